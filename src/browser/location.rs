//! Where the device is, asked only when a person wants it.

use super::page::window;
use domain::place::Position;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::PositionOptions;

/// A phone that has not found itself by then is in a cellar.
const WAIT_MS: u32 = 15_000;
/// Where it was a few minutes ago is near enough.
const AGE_MS: u32 = 300_000;

/// Asks the device, which asks the person. `None` when either says no, or does not know.
pub(crate) fn ask(told: impl FnOnce(Option<Position>) + Clone + 'static) {
    let Ok(geolocation) = window().navigator().geolocation() else { return told(None) };
    let options = PositionOptions::new();
    options.set_timeout(WAIT_MS);
    options.set_maximum_age(AGE_MS);
    let tell = told.clone();
    let found = Closure::once_into_js(move |at: JsValue| {
        let coordinates = at.unchecked_into::<web_sys::Position>().coords();
        told(Some(Position { lat: coordinates.latitude(), lon: coordinates.longitude() }));
    });
    let refused = Closure::once_into_js(move |_: JsValue| tell(None));
    // A browser that cannot ask at all calls neither; the field for a name is there all the same.
    let _ = geolocation.get_current_position_with_error_callback_and_options(
        found.unchecked_ref(),
        Some(refused.unchecked_ref()),
        &options,
    );
}
