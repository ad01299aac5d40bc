//! What a device reports about itself.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The battery's level, 0 to 1, and whether it is charging. `None` in browsers without the Battery
/// Status API.
pub(crate) async fn battery() -> Option<(f64, bool)> {
    let navigator: JsValue = super::page::window().navigator().into();
    let ask: Function = Reflect::get(&navigator, &"getBattery".into()).ok()?.dyn_into().ok()?;
    let asked: Promise = ask.call0(&navigator).ok()?.dyn_into().ok()?;
    let battery = JsFuture::from(asked).await.ok()?;
    let said = |name: &str| Reflect::get(&battery, &name.into()).ok();
    Some((said("level")?.as_f64()?, said("charging")?.as_bool()?))
}
