#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod dom;
mod markup;
mod signal;

pub use dom::{document, mount, window};
pub use leptos::prelude::{event_target_value, request_animation_frame};
pub use markup::*;
pub use signal::{Signal, follow};

use leptos::prelude::{Owner, on_cleanup};
use send_wrapper::SendWrapper;

/// Starts the page: everything that `build` creates lives as long as the page. Call it once.
pub fn run(build: impl FnOnce()) {
    // A page has one executor. A second initialization returns an error and changes nothing.
    let _ = any_spawner::Executor::init_wasm_bindgen();
    let owner = Owner::new();
    owner.set();
    build();
    // The page lives as long as its owner, so the owner is never dropped.
    std::mem::forget(owner);
}

/// Keeps a value until the part of the page that is being built is replaced, then drops it: a
/// listener, for example.
pub fn keep<T: 'static>(value: T) {
    let value = SendWrapper::new(value);
    on_cleanup(move || drop(value));
}
