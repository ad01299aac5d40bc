//! What a device says of itself.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// How full the battery is, 0 to 1, and whether it is charging. Not every browser says so.
pub(crate) async fn battery() -> Option<(f64, bool)> {
    let navigator: JsValue = super::page::window().navigator().into();
    let ask: Function = Reflect::get(&navigator, &"getBattery".into()).ok()?.dyn_into().ok()?;
    let asked: Promise = ask.call0(&navigator).ok()?.dyn_into().ok()?;
    let battery = JsFuture::from(asked).await.ok()?;
    let said = |name: &str| Reflect::get(&battery, &name.into()).ok();
    Some((said("level")?.as_f64()?, said("charging")?.as_bool()?))
}
