//! The browser's window and document. Natively there are none, and these functions panic.

use wasm_bindgen::UnwrapThrowExt;
use web_sys::{Document, Window};

/// The window of the page.
pub fn window() -> Window {
    web_sys::window().expect_throw("the app runs in a page")
}

/// The document of the page.
pub fn document() -> Document {
    window().document().expect_throw("a page has a document")
}
