//! The app: its pages as elements of a browser, and natively the same pages as HTML text
//! ([`render`]), which stands there before the app has started.
#![warn(missing_docs)]

mod app;
mod browser;
mod model;
mod pages;
#[cfg(not(target_family = "wasm"))]
pub mod render;
mod route;
mod second_part;
mod start;
mod ui;

pub use start::start;
