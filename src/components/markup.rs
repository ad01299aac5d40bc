//! Building elements of one type. Every `view!` makes a type of its own, with code of its own for building,
//! rebuilding and dropping it; for some four hundred elements that was half of the app. Here all elements,
//! attributes and texts go through the same few Leptos types. docs/decisions/markup.md has the figures.

use leptos::ev;
use leptos::prelude::*;
use leptos::tachys::html::attribute::any_attribute::{AnyAttribute, IntoAnyAttribute};
use leptos::tachys::html::attribute::custom::custom_attribute;
use leptos::tachys::html::element::custom;
use leptos::tachys::html::event::on;
use leptos::tachys::html::property::prop;
use leptos::tachys::reactive_graph::SharedReactiveFunction;
use std::sync::{Arc, Mutex};

/// An element in the making: attributes first, then what stands in it. Behind one pointer, so that passing it
/// on costs nothing.
pub(crate) struct El(Box<Making>);

struct Making {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
}

/// A finished part of a page, behind one pointer for the same reason.
pub(crate) struct Part(Box<AnyView>);

/// Something that can stand in an element.
pub(crate) trait Piece {
    fn put_into(self, children: &mut Vec<AnyView>);
}

#[inline(never)]
pub(crate) fn el(tag: &'static str) -> El {
    El(Box::new(Making { tag, attributes: Vec::new(), children: Vec::new() }))
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

/// A button that acts.
pub(crate) fn button(act: impl Fn() + 'static) -> El {
    el("button").attr("type", "button").on("click", move |_| act())
}

impl El {
    #[inline(never)]
    fn with(mut self, attribute: AnyAttribute) -> Self {
        self.0.attributes.push(attribute);
        self
    }

    #[inline(never)]
    fn named(self, name: &'static str, value: &str) -> Self {
        self.with(custom_attribute(name, String::from(value)).into_any_attr())
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

    /// The language of what stands in it, where it is not the page's.
    #[inline(never)]
    pub(crate) fn lang(self, lang: Option<&'static str>) -> Self {
        match lang {
            Some(lang) => self.named("lang", lang),
            None => self,
        }
    }

    /// An attribute that follows signals; `None` takes it away.
    pub(crate) fn live_attr(self, name: &'static str, value: impl Fn() -> Option<String> + Send + 'static) -> Self {
        self.live_named(name, Arc::new(Mutex::new(value)))
    }

    #[inline(never)]
    fn live_named(self, name: &'static str, value: SharedReactiveFunction<Option<String>>) -> Self {
        self.with(custom_attribute(name, value).into_any_attr())
    }

    /// The text of a field, following signals.
    pub(crate) fn value(self, value: impl Fn() -> String + Send + 'static) -> Self {
        self.live_value(Arc::new(Mutex::new(value)))
    }

    #[inline(never)]
    fn live_value(self, value: SharedReactiveFunction<String>) -> Self {
        self.with(prop("value", value).into_any_attr())
    }

    /// Whether a box is checked, a button disabled or a part hidden, following signals.
    pub(crate) fn live_flag(self, name: &'static str, value: impl Fn() -> bool + Send + 'static) -> Self {
        self.live_switch(name, Arc::new(Mutex::new(value)))
    }

    #[inline(never)]
    fn live_switch(self, name: &'static str, value: SharedReactiveFunction<bool>) -> Self {
        self.with(prop(name, value).into_any_attr())
    }

    pub(crate) fn on(self, event: &'static str, act: impl Fn(web_sys::Event) + 'static) -> Self {
        self.listening(event, Box::new(act))
    }

    #[inline(never)]
    fn listening(self, event: &'static str, act: Box<dyn Fn(web_sys::Event)>) -> Self {
        self.with(on(ev::Custom::new(event), act).into_any_attr())
    }

    /// Puts one more piece into it.
    pub(crate) fn put(mut self, piece: impl Piece) -> Self {
        piece.put_into(&mut self.0.children);
        self
    }

    /// Puts many pieces into it.
    pub(crate) fn put_all<P: Piece>(mut self, pieces: impl IntoIterator<Item = P>) -> Self {
        pieces.into_iter().for_each(|piece| piece.put_into(&mut self.0.children));
        self
    }

    #[inline(never)]
    pub(crate) fn done(self) -> Part {
        let Making { tag, attributes, children } = *self.0;
        Part(Box::new(custom(tag).add_any_attr(attributes).child(children).into_any()))
    }
}

impl From<AnyView> for Part {
    fn from(view: AnyView) -> Self {
        Self(Box::new(view))
    }
}

impl Part {
    /// What Leptos mounts.
    pub(crate) fn view(self) -> AnyView {
        *self.0
    }
}

/// A part of the page that follows signals.
pub(crate) fn live<P: Piece>(part: impl Fn() -> P + Send + 'static) -> Part {
    live_view(Arc::new(Mutex::new(move || all(part()).view())))
}

#[inline(never)]
fn live_view(part: SharedReactiveFunction<AnyView>) -> Part {
    Part(Box::new(part.into_any()))
}

/// Pieces side by side.
pub(crate) fn all(pieces: impl Piece) -> Part {
    let mut children = Vec::new();
    pieces.put_into(&mut children);
    together(children)
}

#[inline(never)]
fn together(mut children: Vec<AnyView>) -> Part {
    let view = match (children.len(), children.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            children.push(last);
            children.into_any()
        }
        (_, None) => ().into_any(),
    };
    Part(Box::new(view))
}

impl Piece for El {
    #[inline(never)]
    fn put_into(self, children: &mut Vec<AnyView>) {
        children.push(self.done().view());
    }
}

impl Piece for Part {
    #[inline(never)]
    fn put_into(self, children: &mut Vec<AnyView>) {
        children.push(self.view());
    }
}

impl Piece for String {
    fn put_into(self, children: &mut Vec<AnyView>) {
        self.as_str().put_into(children);
    }
}

impl Piece for &str {
    #[inline(never)]
    fn put_into(self, children: &mut Vec<AnyView>) {
        children.push(String::from(self).into_any());
    }
}

impl Piece for () {
    fn put_into(self, _: &mut Vec<AnyView>) {}
}

impl<P: Piece> Piece for Option<P> {
    fn put_into(self, children: &mut Vec<AnyView>) {
        if let Some(piece) = self {
            piece.put_into(children);
        }
    }
}

impl<P: Piece> Piece for Vec<P> {
    fn put_into(self, children: &mut Vec<AnyView>) {
        self.into_iter().for_each(|piece| piece.put_into(children));
    }
}

macro_rules! side_by_side {
    ($($name:ident)*) => {
        impl<$($name: Piece),*> Piece for ($($name,)*) {
            #[allow(non_snake_case, reason = "the names stand for types and for values")]
            fn put_into(self, children: &mut Vec<AnyView>) {
                let ($($name,)*) = self;
                $($name.put_into(children);)*
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
