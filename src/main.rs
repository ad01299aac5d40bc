//! The app, which runs in the browser: the only crate that knows the browser's interfaces.

mod app;
mod browser;
mod model;
mod pages;
mod route;
mod start;
mod ui;

fn main() {
    start::start();
}
