//! The icons of the interface, from one sprite. They always accompany a word, so they are hidden
//! from screen readers.

use elements::{El, picture};

/// A decorative picture of the sprite; screen readers skip it.
pub(crate) fn icon(name: &'static str) -> El {
    let shape = picture("use").attr("href", ["/icons.svg#", name].concat());
    picture("svg").class("icon").attr("aria-hidden", "true").attr("focusable", "false").put(shape)
}
