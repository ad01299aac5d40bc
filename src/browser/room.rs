//! How much storage a device allows this app, and whether it may clear it.

use js_sys::{Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::StorageManager;

fn manager() -> Option<StorageManager> {
    let navigator = super::page::window().navigator();
    let storage = Reflect::get(&navigator, &"storage".into())
        .ok()
        .filter(|storage| !storage.is_undefined())?;
    Some(storage.unchecked_into())
}

async fn answer(promise: Result<Promise, JsValue>) -> Option<JsValue> {
    JsFuture::from(promise.ok()?).await.ok()
}

/// The free storage in bytes, as the browser estimates it. Browsers round and pad this figure, so
/// it only warns early; whether a write fits, the store decides. `None` if the browser does not
/// say.
pub(crate) async fn left() -> Option<f64> {
    let estimate = answer(manager()?.estimate()).await?;
    let number = |name: &str| Reflect::get(&estimate, &name.into()).ok()?.as_f64();
    Some(number("quota")? - number("usage")?)
}

/// Whether the browser has promised not to clear the store automatically. `None` if it does not
/// say.
pub(crate) async fn is_promised() -> Option<bool> {
    answer(manager()?.persisted()).await?.as_bool()
}

/// Asks for that promise. Browsers decide by how the app is used; some ask the person. `None` if
/// the browser does not say.
pub(crate) async fn ask_for_promise() -> Option<bool> {
    answer(manager()?.persist()).await?.as_bool()
}

/// Whether the page runs in a browser tab on an iPhone or iPad. There the store is cleared after
/// seven days without a visit, unless the app is on the home screen.
pub(crate) fn is_tab_on_ios() -> bool {
    let standalone = Reflect::get(&super::page::window().navigator(), &"standalone".into()).ok();
    standalone.and_then(|standalone| standalone.as_bool()) == Some(false)
}
