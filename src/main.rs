//! The app: the only room that knows Leptos and the browser.

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
