//! Elements in a real browser's document.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test should stop at the first error")]

use elements::{El, Signal, all, button, div, document, input, li, live, mount, p, picture, ul};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

/// Mounts what `part` builds in an element of its own, and returns that element.
fn shown(id: &'static str, part: impl FnOnce() -> El) -> Element {
    elements::run(|| mount(part().id(id).done()));
    document().get_element_by_id(id).unwrap()
}

/// Lets the effects of a change run.
async fn settle() {
    let frame = js_sys::Promise::new(&mut |done, _| {
        elements::window().request_animation_frame(&done).unwrap();
    });
    wasm_bindgen_futures::JsFuture::from(frame).await.unwrap();
}

#[wasm_bindgen_test]
fn pieces_are_put_side_by_side_and_text_is_only_text() {
    let found = shown("pieces", || {
        div().put("<b>").put(Some(p().put("one"))).put(None::<El>).put((
            " ",
            vec![li(), li()],
            all("two"),
        ))
    });
    assert_eq!(found.inner_html(), "&lt;b&gt;<p>one</p> <li></li><li></li>two");
    let svg = shown("svg", || div().put(picture("svg").put(picture("path").attr("d", "M0,0"))));
    let path = svg.first_element_child().unwrap().first_element_child().unwrap();
    assert_eq!(path.namespace_uri().as_deref(), Some("http://www.w3.org/2000/svg"));
}

#[wasm_bindgen_test]
async fn a_live_part_is_replaced_where_it_stands() {
    let names = Signal::new(vec!["a"]);
    let read = names.clone();
    let found = shown("live", || {
        ul().put(li().put("first"))
            .put(live(move || read.get().iter().map(|name| li().put(*name)).collect::<Vec<_>>()))
            .put(li().put("last"))
    });
    assert_eq!(found.text_content().as_deref(), Some("firstalast"));
    names.set(vec!["b", "c"]);
    settle().await;
    assert_eq!(found.text_content().as_deref(), Some("firstbclast"));
    names.set(Vec::new());
    settle().await;
    assert_eq!(found.text_content().as_deref(), Some("firstlast"));
}

#[wasm_bindgen_test]
async fn attributes_and_properties_follow_signals() {
    let (is_on, text) = (Signal::new(false), Signal::new("a".to_string()));
    let (mark, flag, value) = (is_on.clone(), is_on.clone(), text.clone());
    let found = shown("follow", || {
        div().put(
            input()
                .live_attr("aria-current", move || mark.get().then(|| "true".into()))
                .live_flag("disabled", move || flag.get())
                .value(move || value.get()),
        )
    });
    let field: web_sys::HtmlInputElement = found.first_element_child().unwrap().dyn_into().unwrap();
    let state = || (field.get_attribute("aria-current"), field.disabled(), field.value());
    assert_eq!(state(), (None, false, "a".into()));
    is_on.set(true);
    text.set("b".into());
    settle().await;
    assert_eq!(state(), (Some("true".into()), true, "b".into()));
}

#[wasm_bindgen_test]
async fn a_button_acts_until_its_part_is_replaced() {
    let (is_there, clicks) = (Signal::new(true), Rc::new(Cell::new(0)));
    let (read, count) = (is_there.clone(), clicks.clone());
    let found = shown("button", || {
        div().put(live(move || {
            let count = count.clone();
            read.get().then(|| button(move || count.set(count.get() + 1)).put("One more"))
        }))
    });
    let one: HtmlElement = found.first_element_child().unwrap().dyn_into().unwrap();
    one.click();
    assert_eq!(clicks.get(), 1);
    is_there.set(false);
    settle().await;
    assert!(found.first_element_child().is_none());
    one.click();
    assert_eq!(clicks.get(), 1);
}
