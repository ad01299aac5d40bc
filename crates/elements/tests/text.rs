//! Pages as HTML.

#![cfg(not(target_family = "wasm"))]

use elements::{
    Signal, a, all, button, div, el, form, input, live, p, picture, rendered, rendered_without_app,
    textarea,
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
        "<div class=\"a\" title=\"&quot;&lt;&amp;&gt;'\">&lt;b&gt; &amp; \"c\"\
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

/// A parser changes a carriage return and drops a zero byte.
#[test]
fn what_a_parser_would_change_is_written_so_that_it_stays() {
    let page = || all((p().put("a\rb\0c"), input().value(|| "\r\u{1b}".into())));
    assert_eq!(rendered(page), "<p>a&#13;b\u{fffd}c</p><input value=\"&#13;\u{1b}\">");
}

#[test]
fn the_chosen_option_says_so() {
    let option = |value: &'static str| el("option").attr("value", value).put(value);
    let page = || el("select").put_all(["a", "b"].map(option)).value(|| "b".into()).done();
    assert_eq!(
        rendered(page),
        "<select><option value=\"a\">a</option><option value=\"b\" selected>b</option></select>"
    );
}

/// Effects would stay in the signals that they read.
#[test]
fn a_signal_that_a_page_read_has_no_followers() {
    let (count, runs) = (Signal::new(1), std::rc::Rc::new(std::cell::Cell::new(0)));
    let (shown, counted) = (count.clone(), runs.clone());
    let computed = move || {
        counted.set(counted.get() + 1);
        shown.get()
    };
    let html = rendered(|| {
        let doubled = Signal::computed(computed);
        all(live(move || (2 * doubled.get()).to_string()))
    });
    count.set(5);
    assert_eq!((html.as_str(), runs.get()), ("2", 1), "computed once");
}

#[test]
fn a_form_without_an_address_of_its_own_sends_nothing() {
    let page = || all((form(), form().attr("action", "/search")));
    assert_eq!(rendered(page), "<form method=\"dialog\"></form><form action=\"/search\"></form>");
}

#[test]
fn a_document_without_the_app_has_no_button_that_only_a_script_answers() {
    let page = || all((button(|| ()).put("a"), el("button").attr("type", "submit").put("b")));
    let sent = "<button type=\"submit\">b</button>";
    assert_eq!(rendered_without_app(page), sent);
    assert_eq!(rendered(page), format!("<button type=\"button\">a</button>{sent}"));
}
