//! The few pictures of the interface, from one sprite. Always beside a word, so hidden from screen readers.

use super::markup::Part;
use leptos::prelude::*;

#[inline(never)]
pub(crate) fn icon(name: &'static str) -> Part {
    view! { <svg class="icon" aria-hidden="true" focusable="false"><use href=format!("/icons.svg#{name}")></use></svg> }.into_any().into()
}
