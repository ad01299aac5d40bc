//! The document and its window: title, focus, meta data, printing.

use gloo_events::EventListener;
use wasm_bindgen::{JsCast, UnwrapThrowExt};
use web_sys::{Document, Element, HtmlElement, HtmlInputElement, Window};

pub(crate) fn window() -> Window {
    web_sys::window().expect_throw("the app runs in a page")
}

pub(crate) fn document() -> Document {
    window().document().expect_throw("a page has a document")
}

pub(crate) fn by_id(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

fn first(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// The value of `<meta name=… content=…>`.
pub(crate) fn meta(name: &str) -> Option<String> {
    first(&format!("meta[name={name}]"))?.get_attribute("content")
}

pub(crate) fn set_language(tag: &str) {
    if let Some(root) = document().document_element() {
        // A root element takes any attribute.
        let _ = root.set_attribute("lang", tag);
    }
}

pub(crate) fn set_title(title: &str) {
    document().set_title(title);
}

/// Moves the focus to the page's heading, so that a screen reader begins there.
pub(crate) fn focus_heading() {
    focus("h1");
}

/// Moves the focus to the first element that a selector finds.
pub(crate) fn focus(selector: &str) {
    if let Some(element) = first(selector) {
        // An element that cannot take the focus leaves it where it was.
        let _ = element.focus();
    }
}

pub(crate) fn scroll_to_top() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Asks the browser to print. A browser without printing does nothing.
pub(crate) fn print() {
    let _ = window().print();
}

/// What stands behind the `#` of the address.
pub(crate) fn fragment() -> String {
    window().location().hash().unwrap_or_default().trim_start_matches('#').into()
}

/// The beginning of every address of this app.
pub(crate) fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// Loads the page again. A reload that the browser refuses leaves the old version running, which is whole.
pub(crate) fn reload() {
    let _ = window().location().reload();
}

/// Wide enough that focusing a field does not throw a keyboard over the page.
pub(crate) fn is_wide() -> bool {
    window()
        .match_media("(min-width: 60rem) and (pointer: fine)")
        .ok()
        .flatten()
        .is_some_and(|query| query.matches())
}

/// What was typed into the page's own search field before the app took over, and whether it had the focus.
pub(crate) fn typed_before_start() -> (String, bool) {
    let field = first("#shell input[name=q]");
    let has_focus =
        field.is_some() && document().active_element() == field.clone().map(Element::from);
    let typed = field
        .and_then(|field| field.dyn_into::<HtmlInputElement>().ok())
        .map(|field| field.value())
        .unwrap_or_default();
    (typed, has_focus)
}

/// Whether the cursor is in the search field of a page that has just started, with words in it.
pub(crate) fn is_typing() -> bool {
    let field =
        document().active_element().and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
    field.is_some_and(|field| field.name() == "q" && !field.value().is_empty())
}

/// Scrolls so that an element is in sight.
pub(crate) fn show(id: &str) {
    if let Some(element) = by_id(id) {
        element.scroll_into_view_with_scroll_into_view_options(&nearest());
    }
}

fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options
}

/// Takes away what the document showed before the app.
pub(crate) fn remove_shell() {
    if let Some(shell) = by_id("shell") {
        shell.remove();
    }
}

/// Shows the document's own word that the app cannot go on; it needs nothing of the app.
pub(crate) fn show_failure() {
    if let Some(failure) = by_id("failure") {
        failure.set_hidden(false);
    }
}

pub(crate) fn is_visible() -> bool {
    document().visibility_state() == web_sys::VisibilityState::Visible
}

/// Calls back at every such event of the window, for as long as the page lives.
pub(crate) fn on_window(event: &'static str, mut act: impl FnMut() + 'static) {
    EventListener::new(&window(), event, move |_| act()).forget();
}

/// Calls back at every key that is pressed, wherever the focus is, until what is shown now is left. Not when it is a command to the browser.
pub(crate) fn on_key_here(act: impl Fn(&str) + 'static) {
    let listener = EventListener::new(&document(), "keydown", move |event| {
        let event = event.dyn_ref::<web_sys::KeyboardEvent>();
        if let Some(event) =
            event.filter(|event| !(event.ctrl_key() || event.meta_key() || event.alt_key()))
        {
            act(&event.key());
        }
    });
    let listener = send_wrapper::SendWrapper::new(listener);
    leptos::prelude::on_cleanup(move || drop(listener));
}

/// Calls back whenever the page becomes visible again.
pub(crate) fn on_visible(mut act: impl FnMut() + 'static) {
    EventListener::new(&document(), "visibilitychange", move |_| {
        if is_visible() {
            act();
        }
    })
    .forget();
}

/// Calls back when the browser shows a page again that it had put away whole.
pub(crate) fn on_restored(mut act: impl FnMut() + 'static) {
    EventListener::new(&window(), "pageshow", move |event| {
        if event
            .dyn_ref::<web_sys::PageTransitionEvent>()
            .is_some_and(web_sys::PageTransitionEvent::persisted)
        {
            act();
        }
    })
    .forget();
}

/// Opens a dialog of the page once it is there.
pub(crate) fn open_dialog_soon(id: &'static str) {
    leptos::prelude::request_animation_frame(move || {
        let dialog =
            by_id(id).and_then(|dialog| dialog.dyn_into::<web_sys::HtmlDialogElement>().ok());
        if let Some(dialog) = dialog {
            // It was made just now, so it is not open yet.
            let _ = dialog.show_modal();
        }
    });
}

/// Goes to an address in the place of this one, as if this page had never been.
pub(crate) fn replace_by(address: &str) {
    // A browser that refuses stays where it is, where everything was cleared.
    let _ = window().location().replace(address);
}

/// Takes it out of the address and of the history.
pub(crate) fn clear_fragment() {
    let location = window().location();
    if let (Ok(history), Ok(path)) = (window().history(), location.pathname()) {
        // A browser that refuses keeps it in the address of this one device.
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&path));
    }
}

/// One size larger, for a screen that people stand before.
pub(crate) fn enlarge() {
    if let Some(root) = document().document_element() {
        root.set_class_name("kiosk");
    }
}

/// Asks before the page is left while `has_words` says that something typed would be lost.
pub(crate) fn guard_leaving(has_words: impl Fn() -> bool + 'static) {
    let options = gloo_events::EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&window(), "beforeunload", options, move |event| {
        if has_words() {
            event.prevent_default();
        }
    })
    .forget();
}
