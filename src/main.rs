//! The app, a Leptos program that runs in the browser. The only crate that depends on Leptos and on
//! the browser's interfaces.

mod app;
mod browser;
mod components;
mod pages;
mod route;
mod router;
mod signal;
mod state;
mod wording;

fn main() {
    app::start();
}
