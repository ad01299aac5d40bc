#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

#[cfg(target_family = "wasm")]
mod dom;
#[cfg(not(target_family = "wasm"))]
#[path = "text.rs"]
mod dom;
mod markup;
mod signal;
mod window;

pub use dom::mount;
#[cfg(not(target_family = "wasm"))]
pub use dom::{rendered, rendered_without_app};
pub use leptos::prelude::event_target_value;
pub use markup::*;
pub use signal::{Signal, follow};
pub use window::{document, window};

use leptos::prelude::{Owner, on_cleanup};
use send_wrapper::SendWrapper;

/// Whether a page is being written as text, in which only first values count. Never in a browser.
fn is_writing() -> bool {
    #[cfg(target_family = "wasm")]
    return false;
    #[cfg(not(target_family = "wasm"))]
    dom::is_writing()
}

/// Calls `act` before the browser paints the next frame. Natively nothing is painted, and `act` is
/// never called.
pub fn request_animation_frame(act: impl FnOnce() + 'static) {
    if cfg!(target_family = "wasm") {
        leptos::prelude::request_animation_frame(act);
    }
}

/// Starts the page. Everything that `build` creates lives as long as the page. Call it only once.
pub fn run(build: impl FnOnce()) {
    // A page has one executor. A second initialization returns an error and changes nothing.
    let _ = any_spawner::Executor::init_wasm_bindgen();
    let owner = Owner::new();
    owner.set();
    build();
    // The page lives as long as its owner, so the owner is never dropped.
    std::mem::forget(owner);
}

/// Keeps a value, such as a listener, until the part of the page that is being built is replaced;
/// then drops it.
pub fn keep<T: 'static>(value: T) {
    let value = SendWrapper::new(value);
    on_cleanup(move || drop(value));
}
