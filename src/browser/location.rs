//! The device's position, requested only when a person asks for it.

use super::page::window;
use domain::place::Position;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::PositionOptions;

/// Time limit, in milliseconds. A phone without a position by then probably has no reception.
const WAIT_MS: u32 = 15_000;
/// A position of the last few minutes is accurate enough (milliseconds).
const AGE_MS: u32 = 300_000;

/// Requests the position; the browser asks the person for consent. Calls `on_done` with `None` if
/// consent is refused or the position is unknown.
pub(crate) fn ask(on_done: impl FnOnce(Option<Position>) + Clone + 'static) {
    let Ok(geolocation) = window().navigator().geolocation() else { return on_done(None) };
    let options = PositionOptions::new();
    options.set_timeout(WAIT_MS);
    options.set_maximum_age(AGE_MS);
    let on_refused = on_done.clone();
    let found = Closure::once_into_js(move |at: JsValue| {
        let coordinates = at.unchecked_into::<web_sys::Position>().coords();
        on_done(Some(Position { lat: coordinates.latitude(), lon: coordinates.longitude() }));
    });
    let refused = Closure::once_into_js(move |_: JsValue| on_refused(None));
    // A browser that cannot start the request calls neither closure. A person can still type the
    // name of a place.
    let _ = geolocation.get_current_position_with_error_callback_and_options(
        found.unchecked_ref(),
        Some(refused.unchecked_ref()),
        &options,
    );
}
