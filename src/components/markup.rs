//! Builds elements. Signals, effects and owners are Leptos's; the elements are created here with
//! the browser's own calls. Leptos's `view!` makes a type of its own for every piece of a page,
//! each with code for building, rebuilding and dropping it; for some four hundred elements that was
//! half of the app. docs/decisions/0002-markup.md has the figures.
//!
//! Listeners and effects live as long as the owner in which they were created: leaving a page drops
//! all of them.

use crate::browser::page::document;
use crate::signal::follow;
use gloo_events::{EventListener, EventListenerOptions};
use js_sys::Reflect;
use leptos::prelude::on_cleanup;
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt};
use web_sys::{Element, Node};

const SVG: &str = "http://www.w3.org/2000/svg";

/// An element under construction.
pub(crate) struct El(Element);

/// A finished part of a page: one node, or a fragment of several.
pub(crate) struct Part(Node);

/// Something that can be inserted into an element.
pub(crate) trait Piece {
    fn put_into(self, parent: &Node);
}

#[inline(never)]
pub(crate) fn el(tag: &'static str) -> El {
    El(document().create_element(tag).expect_throw("the tags are of HTML"))
}

/// An SVG element.
pub(crate) fn picture(tag: &'static str) -> El {
    El(document().create_element_ns(Some(SVG), tag).expect_throw("the tags are of SVG"))
}

macro_rules! elements {
    ($($name:ident)*) => {$(
        pub(crate) fn $name() -> El {
            el(stringify!($name))
        }
    )*};
}

elements!(p div span ul li dl dt dd h1 h2 h3 section strong form label input textarea fieldset legend table thead tbody tr th td details summary progress);

/// A link.
pub(crate) fn a(href: impl AsRef<str>) -> El {
    el("a").attr("href", href)
}

/// A button that calls `act` when it is clicked.
pub(crate) fn button(act: impl Fn() + 'static) -> El {
    el("button").attr("type", "button").on("click", move |_| act())
}

impl El {
    #[inline(never)]
    fn named(self, name: &'static str, value: &str) -> Self {
        set_attribute(&self.0, name, Some(value));
        self
    }

    pub(crate) fn attr(self, name: &'static str, value: impl AsRef<str>) -> Self {
        self.named(name, value.as_ref())
    }

    pub(crate) fn class(self, name: &'static str) -> Self {
        self.named("class", name)
    }

    pub(crate) fn id(self, id: impl AsRef<str>) -> Self {
        self.named("id", id.as_ref())
    }

    /// The language of the element's content, if it differs from the page's.
    #[inline(never)]
    pub(crate) fn lang(self, lang: Option<&'static str>) -> Self {
        match lang {
            Some(lang) => self.named("lang", lang),
            None => self,
        }
    }

    /// An attribute that follows signals. `None` removes it.
    pub(crate) fn live_attr(
        self,
        name: &'static str,
        value: impl Fn() -> Option<String> + 'static,
    ) -> Self {
        let element = self.0.clone();
        follow(Box::new(move || set_attribute(&element, name, value().as_deref())));
        self
    }

    /// The value of a field, following signals.
    pub(crate) fn value(self, value: impl Fn() -> String + 'static) -> Self {
        let element = self.0.clone();
        follow(Box::new(move || set_property(&element, "value", &value().into())));
        self
    }

    /// A boolean property such as `checked`, `disabled` or `hidden`, following signals.
    pub(crate) fn live_flag(self, name: &'static str, value: impl Fn() -> bool + 'static) -> Self {
        let element = self.0.clone();
        follow(Box::new(move || set_property(&element, name, &value().into())));
        self
    }

    pub(crate) fn on(self, event: &'static str, act: impl Fn(web_sys::Event) + 'static) -> Self {
        self.listening(event, Box::new(act))
    }

    #[inline(never)]
    fn listening(self, event: &'static str, act: Box<dyn Fn(web_sys::Event)>) -> Self {
        let options = EventListenerOptions::enable_prevent_default();
        let listener = SendWrapper::new(EventListener::new_with_options(
            &self.0,
            event,
            options,
            move |event| act(event.clone()),
        ));
        on_cleanup(move || drop(listener));
        self
    }

    /// Appends a piece.
    pub(crate) fn put(self, piece: impl Piece) -> Self {
        piece.put_into(&self.0);
        self
    }

    /// Appends many pieces.
    pub(crate) fn put_all<P: Piece>(self, pieces: impl IntoIterator<Item = P>) -> Self {
        pieces.into_iter().for_each(|piece| piece.put_into(&self.0));
        self
    }

    pub(crate) fn done(self) -> Part {
        Part(self.0.into())
    }
}

#[inline(never)]
fn set_attribute(element: &Element, name: &str, value: Option<&str>) {
    // The names are those of HTML, and an element accepts any value.
    let _ = match value {
        Some(value) => element.set_attribute(name, value),
        None => element.remove_attribute(name),
    };
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

/// A part of the page that follows signals.
pub(crate) fn live<P: Piece>(part: impl Fn() -> P + 'static) -> Part {
    live_part(Box::new(move || all(part())))
}

/// Two comment nodes mark the position. Everything between them is replaced as a whole.
#[inline(never)]
fn live_part(part: Box<dyn Fn() -> Part>) -> Part {
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
        let _ = parent.insert_before(&fresh.0, Some(&end));
    }));
    Part(place)
}

/// Several pieces in a fragment.
pub(crate) fn all(pieces: impl Piece) -> Part {
    let place = fragment();
    pieces.put_into(&place);
    Part(place)
}

/// Appends a part to the document's body.
pub(crate) fn mount(part: Part) {
    if let Some(body) = document().body() {
        append(&body, &part.0);
    }
}

fn fragment() -> Node {
    document().create_document_fragment().unchecked_into()
}

#[inline(never)]
fn append(parent: &Node, child: &Node) {
    // A node that was just created can be appended anywhere.
    let _ = parent.append_child(child);
}

impl Piece for El {
    fn put_into(self, parent: &Node) {
        append(parent, &self.0);
    }
}

impl Piece for Part {
    fn put_into(self, parent: &Node) {
        append(parent, &self.0);
    }
}

impl Piece for String {
    fn put_into(self, parent: &Node) {
        self.as_str().put_into(parent);
    }
}

impl Piece for &str {
    #[inline(never)]
    fn put_into(self, parent: &Node) {
        append(parent, &document().create_text_node(self));
    }
}

impl Piece for () {
    fn put_into(self, _: &Node) {}
}

impl<P: Piece> Piece for Option<P> {
    fn put_into(self, parent: &Node) {
        if let Some(piece) = self {
            piece.put_into(parent);
        }
    }
}

impl<P: Piece> Piece for Vec<P> {
    fn put_into(self, parent: &Node) {
        self.into_iter().for_each(|piece| piece.put_into(parent));
    }
}

macro_rules! side_by_side {
    ($($name:ident)*) => {
        impl<$($name: Piece),*> Piece for ($($name,)*) {
            #[allow(non_snake_case, reason = "the names are both types and values")]
            fn put_into(self, parent: &Node) {
                let ($($name,)*) = self;
                $($name.put_into(parent);)*
            }
        }
    };
}

side_by_side!(A B);
side_by_side!(A B C);
side_by_side!(A B C D);
side_by_side!(A B C D E);
side_by_side!(A B C D E F);
side_by_side!(A B C D E F G);
side_by_side!(A B C D E F G H);
side_by_side!(A B C D E F G H I);
side_by_side!(A B C D E F G H I J);
side_by_side!(A B C D E F G H I J K);
side_by_side!(A B C D E F G H I J K L);
