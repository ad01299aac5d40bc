//! Pages as HTML. In a process of its own, because a process has one executor for effects.

#![cfg(not(target_family = "wasm"))]

use elements::{
    Signal, a, all, button, div, el, form, input, live, p, picture, rendered, textarea,
};

#[test]
fn what_a_page_says_is_escaped_and_void_elements_have_no_end() {
    let page = || {
        div()
            .class("a")
            .attr("title", "\"<&>'")
            .put("<b> & \"c\"")
            .put((input().attr("type", "text").attr("required", ""), a("/x?a=1&b=2").put("x")))
            .put(picture("svg").put(picture("use").attr("href", "#i")))
            .put(textarea().value(|| "</textarea>".into()))
            .done()
    };
    assert_eq!(
        rendered(page),
        "<div class=\"a\" title=\"&quot;<&amp;>'\">&lt;b&gt; &amp; \"c\"\
         <input type=\"text\" required><a href=\"/x?a=1&amp;b=2\">x</a>\
         <svg><use href=\"#i\"></use></svg>\
         <textarea>\n&lt;/textarea&gt;</textarea></div>"
    );
}

#[test]
fn live_parts_have_their_first_value_and_listeners_are_nothing() {
    let page = || {
        let count = Signal::new(2);
        let (shown, flag, more) = (count.clone(), count.clone(), count);
        all((
            button(move || more.set(0)).live_flag("disabled", move || flag.get() > 1),
            live(move || p().put(shown.get().to_string())),
            input().value(|| "7".into()).live_flag("checked", || false),
            el("br").live_attr("id", || None),
        ))
    };
    assert_eq!(
        rendered(page),
        "<button type=\"button\" disabled></button><p>2</p><input value=\"7\"><br>"
    );
}

#[test]
fn a_form_without_an_address_of_its_own_sends_nothing() {
    let page = || all((form(), form().attr("action", "/search")));
    assert_eq!(rendered(page), "<form method=\"dialog\"></form><form action=\"/search\"></form>");
}
