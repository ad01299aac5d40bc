//! HTML as text, the target of markup outside a browser: the same functions as `dom.rs`, on a tree
//! that is written out in the end. What follows signals has its first value. Listeners do nothing.

use crate::{View, follow};
use leptos::prelude::Owner;
use leptos::reactive::diagnostics::SpecialNonReactiveZone;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

pub(crate) use web_sys::Event;

/// A node of the tree. A clone is a handle to the same node.
#[derive(Clone)]
pub struct Node(Rc<RefCell<NodeContent>>);

/// In text, an element is an ordinary node.
pub(crate) type Element = Node;

#[derive(Default)]
struct NodeContent {
    /// `None` for a fragment or a text.
    tag: Option<&'static str>,
    attributes: Vec<(String, String)>,
    /// The text of a text node, or the value of a `textarea`.
    text: String,
    children: Vec<Node>,
}

/// HTML's elements without an end tag (HTML Standard, 13.1.2), as far as pages have them.
const VOID: [&str; 8] = ["area", "base", "br", "hr", "img", "input", "link", "meta"];

thread_local! {
    static IS_WRITING: Cell<bool> = const { Cell::new(false) };
    static IS_WITHOUT_APP: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is writing a page. Nothing follows a signal then: effects that never run
/// again would stay in the signals that they read, and a server writes pages for months.
pub(crate) fn is_writing() -> bool {
    IS_WRITING.get()
}

/// Builds a part of a page and writes it as HTML.
pub fn rendered(build: impl FnOnce() -> View) -> String {
    // Nothing follows a signal here; this suppresses the warning of the reactive graph about it.
    let _quiet = SpecialNonReactiveZone::enter();
    let _writing = Writing::begin();
    let owner = Owner::new();
    let mut html = String::new();
    owner.with(|| build().0.write(&mut html));
    owner.cleanup();
    html
}

/// The same for a document in which the app never starts: a button that only a script answers is
/// left out.
pub fn rendered_without_app(build: impl FnOnce() -> View) -> String {
    IS_WITHOUT_APP.set(true);
    let html = rendered(build);
    IS_WITHOUT_APP.set(false);
    html
}

/// While it exists, the thread is writing a page.
struct Writing {
    before: bool,
}

impl Writing {
    fn begin() -> Self {
        Self { before: IS_WRITING.replace(true) }
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        IS_WRITING.set(self.before);
    }
}

/// There is no document to append to.
pub fn mount(_: View) {}

pub(crate) fn html_element(tag: &'static str) -> Element {
    Node::new(NodeContent { tag: Some(tag), ..NodeContent::default() })
}

pub(crate) fn svg_element(tag: &'static str) -> Element {
    html_element(tag)
}

pub(crate) fn fragment() -> Node {
    Node::new(NodeContent::default())
}

pub(crate) fn append(parent: &Node, child: &Node) {
    parent.0.borrow_mut().children.push(child.clone());
}

pub(crate) fn append_text(parent: &Node, text: &str) {
    append(parent, &Node::new(NodeContent { text: text.into(), ..NodeContent::default() }));
}

pub(crate) fn set_attribute(element: &Element, name: &str, value: Option<&str>) {
    let mut content = element.0.borrow_mut();
    content.attributes.retain(|(other, _)| other != name);
    if let Some(value) = value {
        content.attributes.push((name.into(), value.into()));
    }
}

pub(crate) fn set_value(element: &Element, value: &str) {
    let tag = element.0.borrow().tag;
    match tag {
        Some("textarea") => element.0.borrow_mut().text = value.into(),
        // In HTML, the chosen option has an attribute. The options already exist at this point.
        Some("select") => element.0.borrow().children.iter().for_each(|option| {
            let is_chosen = option.has("value", value);
            set_flag(option, "selected", is_chosen);
        }),
        _ => set_attribute(element, "value", Some(value).filter(|value| !value.is_empty())),
    }
}

pub(crate) fn set_flag(element: &Element, name: &str, is_set: bool) {
    set_attribute(element, name, is_set.then_some(""));
}

pub(crate) fn listen(_: &Element, _: &'static str, _: Box<dyn Fn(Event)>) {}

pub(crate) fn live_region(part: Box<dyn Fn() -> Node>) -> Node {
    let place = fragment();
    let region = place.clone();
    follow(Box::new(move || {
        let fresh = part();
        region.0.borrow_mut().children = vec![fresh];
    }));
    place
}

impl Node {
    fn new(content: NodeContent) -> Self {
        Self(Rc::new(RefCell::new(content)))
    }

    fn has(&self, name: &str, value: &str) -> bool {
        let content = self.0.borrow();
        content.attributes.iter().any(|(other, found)| other == name && found == value)
    }

    fn write(&self, html: &mut String) {
        let content = self.0.borrow();
        if content.tag == Some("button") && IS_WITHOUT_APP.get() && self.has("type", "button") {
            return;
        }
        if let Some(tag) = content.tag {
            html.push('<');
            html.push_str(tag);
            content.attributes.iter().for_each(|(name, value)| write_attribute(html, name, value));
            // A form that the app answers must not send what was typed in an address. This method
            // does nothing outside a dialog.
            if tag == "form" && !content.attributes.iter().any(|(name, _)| name == "action") {
                write_attribute(html, "method", "dialog");
            }
            html.push('>');
            if VOID.contains(&tag) {
                return;
            }
        }
        // A parser drops the first line break of a `textarea`.
        if content.tag == Some("textarea") {
            html.push('\n');
        }
        write_escaped(html, &content.text, false);
        content.children.iter().for_each(|child| child.write(html));
        if let Some(tag) = content.tag {
            html.push_str("</");
            html.push_str(tag);
            html.push('>');
        }
    }
}

fn write_attribute(html: &mut String, name: &str, value: &str) {
    html.push(' ');
    html.push_str(name);
    if !value.is_empty() {
        html.push_str("=\"");
        write_escaped(html, value, true);
        html.push('"');
    }
}

/// Writes a text so that a parser reads exactly it, as content or as an attribute in double quotes.
fn write_escaped(html: &mut String, text: &str, is_attribute: bool) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' if is_attribute => html.push_str("&quot;"),
            // A parser would read the first as a line feed, and drop the second.
            '\r' => html.push_str("&#13;"),
            '\0' => html.push('\u{fffd}'),
            letter => html.push(letter),
        }
    }
}
