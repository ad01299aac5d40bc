//! The functions that pages are written with. What they create is defined by [`crate::dom`]:
//! elements of the browser's document, or natively a tree that becomes text.

use crate::dom::{self, Element, Event, Node};
use crate::follow;

/// An element under construction.
pub struct El(Element);

/// A finished part of a page: one node, or a fragment of several.
pub struct View(pub(crate) Node);

/// Something that can be inserted into an element.
pub trait Piece {
    /// Appends this to a node.
    fn put_into(self, parent: &Node);
}

/// An HTML element.
#[inline(never)]
pub fn el(tag: &'static str) -> El {
    El(dom::html_element(tag))
}

/// An SVG element.
pub fn picture(tag: &'static str) -> El {
    El(dom::svg_element(tag))
}

macro_rules! elements {
    ($($name:ident)*) => {$(
        #[doc = concat!("The HTML element `", stringify!($name), "`.")]
        pub fn $name() -> El {
            el(stringify!($name))
        }
    )*};
}

elements!(p div span ul li dl dt dd h1 h2 h3 section strong form label);
elements!(input textarea fieldset legend details summary progress);
elements!(table thead tbody tr th td);

/// A link.
pub fn a(href: impl AsRef<str>) -> El {
    el("a").attr("href", href)
}

/// A button that calls `act` when it is clicked.
pub fn button(act: impl Fn() + 'static) -> El {
    el("button").attr("type", "button").on("click", move |_| act())
}

impl El {
    #[inline(never)]
    fn named(self, name: &'static str, value: &str) -> Self {
        dom::set_attribute(&self.0, name, Some(value));
        self
    }

    /// An attribute with a fixed value.
    pub fn attr(self, name: &'static str, value: impl AsRef<str>) -> Self {
        self.named(name, value.as_ref())
    }

    /// An attribute that only a page as text has: what a browser needs to send a form that no
    /// script answers. In a browser's document nothing, and no code.
    #[inline(always)]
    pub fn written(self, name: &'static str, value: impl AsRef<str>) -> Self {
        if cfg!(target_family = "wasm") { self } else { self.named(name, value.as_ref()) }
    }

    /// The element's classes.
    pub fn class(self, name: &'static str) -> Self {
        self.named("class", name)
    }

    /// The element's id.
    pub fn id(self, id: impl AsRef<str>) -> Self {
        self.named("id", id.as_ref())
    }

    /// The language of the element's content, if it differs from the page's.
    #[inline(never)]
    pub fn lang(self, lang: Option<&'static str>) -> Self {
        match lang {
            Some(lang) => self.named("lang", lang),
            None => self,
        }
    }

    /// An attribute that follows signals. `None` removes it.
    pub fn live_attr(
        self,
        name: &'static str,
        value: impl Fn() -> Option<String> + 'static,
    ) -> Self {
        let element = self.0.clone();
        follow(Box::new(move || dom::set_attribute(&element, name, value().as_deref())));
        self
    }

    /// The value of a field, following signals.
    pub fn value(self, value: impl Fn() -> String + 'static) -> Self {
        let element = self.0.clone();
        follow(Box::new(move || dom::set_value(&element, &value())));
        self
    }

    /// A boolean property such as `checked`, `disabled` or `hidden`, following signals.
    pub fn live_flag(self, name: &'static str, value: impl Fn() -> bool + 'static) -> Self {
        let element = self.0.clone();
        follow(Box::new(move || dom::set_flag(&element, name, value())));
        self
    }

    /// Calls `act` at every such event. `act` may prevent the event's default.
    pub fn on(self, event: &'static str, act: impl Fn(Event) + 'static) -> Self {
        dom::listen(&self.0, event, Box::new(act));
        self
    }

    /// Appends a piece.
    pub fn put(self, piece: impl Piece) -> Self {
        piece.put_into(&self.0);
        self
    }

    /// Appends many pieces.
    pub fn put_all<P: Piece>(self, pieces: impl IntoIterator<Item = P>) -> Self {
        pieces.into_iter().for_each(|piece| piece.put_into(&self.0));
        self
    }

    /// The finished element.
    #[allow(clippy::useless_conversion, reason = "in a browser, elements and nodes are two types")]
    pub fn done(self) -> View {
        View(self.0.into())
    }
}

/// A part of the page that follows signals. The whole part is built again whenever a signal that
/// `part` has read changes.
pub fn live<P: Piece>(part: impl Fn() -> P + 'static) -> View {
    View(dom::live_region(Box::new(move || all(part()).0)))
}

/// Several pieces in a fragment.
pub fn all(pieces: impl Piece) -> View {
    let place = dom::fragment();
    pieces.put_into(&place);
    View(place)
}

impl Piece for El {
    fn put_into(self, parent: &Node) {
        dom::append(parent, &self.0);
    }
}

impl Piece for View {
    fn put_into(self, parent: &Node) {
        dom::append(parent, &self.0);
    }
}

impl Piece for String {
    fn put_into(self, parent: &Node) {
        self.as_str().put_into(parent);
    }
}

impl Piece for &str {
    fn put_into(self, parent: &Node) {
        dom::append_text(parent, self);
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
