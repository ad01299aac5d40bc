//! The browser's document as the target of markup. Everything that is specific to the DOM is in
//! this module; `text.rs` has the same functions for HTML as text.

use crate::{document, follow, keep};
use gloo_events::{EventListener, EventListenerOptions};
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt};

pub(crate) use web_sys::{Element, Event, Node};

const SVG: &str = "http://www.w3.org/2000/svg";

/// Appends a part to the document's body.
pub fn mount(part: crate::View) {
    if let Some(body) = document().body() {
        append(&body, &part.0);
    }
}

pub(crate) fn html_element(tag: &str) -> Element {
    document().create_element(tag).expect_throw("the tags are of HTML")
}

pub(crate) fn svg_element(tag: &str) -> Element {
    document().create_element_ns(Some(SVG), tag).expect_throw("the tags are of SVG")
}

pub(crate) fn fragment() -> Node {
    document().create_document_fragment().unchecked_into()
}

#[inline(never)]
pub(crate) fn append(parent: &Node, child: &Node) {
    // A node that was just created can be appended anywhere.
    let _ = parent.append_child(child);
}

#[inline(never)]
pub(crate) fn append_text(parent: &Node, text: &str) {
    append(parent, &document().create_text_node(text));
}

#[inline(never)]
pub(crate) fn set_attribute(element: &Element, name: &str, value: Option<&str>) {
    // The names are those of HTML, and an element accepts any value.
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
}

/// Sets the value of a field.
#[inline(never)]
pub(crate) fn set_value(element: &Element, value: &str) {
    set_property(element, "value", &value.into());
}

/// Sets a boolean property.
#[inline(never)]
pub(crate) fn set_flag(element: &Element, name: &str, is_set: bool) {
    set_property(element, name, &is_set.into());
}

/// Sets a property only if it differs: writing a field's own text again would move the cursor to
/// its end.
#[inline(never)]
fn set_property(element: &Element, name: &str, value: &JsValue) {
    let name = JsValue::from_str(name);
    if Reflect::get(element, &name).is_ok_and(|there| there != *value) {
        // The property was just read, so it exists.
        let _ = Reflect::set(element, &name, value);
    }
}

/// Calls `act` at every such event of an element, for as long as the owner lives.
#[inline(never)]
pub(crate) fn listen(element: &Element, event: &'static str, act: Box<dyn Fn(Event)>) {
    let options = EventListenerOptions::enable_prevent_default();
    keep(EventListener::new_with_options(element, event, options, move |event| act(event.clone())));
}

/// A fragment whose content follows signals. Two comment nodes mark the position; everything
/// between them is replaced as a whole.
#[inline(never)]
pub(crate) fn live_region(part: Box<dyn Fn() -> Node>) -> Node {
    let place = fragment();
    let (start, end): (Node, Node) =
        (document().create_comment("").into(), document().create_comment("").into());
    append(&place, &start);
    append(&place, &end);
    follow(Box::new(move || {
        let fresh = part();
        let Some(parent) = end.parent_node() else { return };
        while let Some(old) = start.next_sibling().filter(|old| *old != end) {
            // It was found as a child of the parent.
            let _ = parent.remove_child(&old);
        }
        let _ = parent.insert_before(&fresh, Some(&end));
    }));
    place
}
