//! The document and its window: title, focus, metadata and printing.

use super::IS_BROWSER;
use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

pub(crate) use elements::{document, window};

/// `None` if there is no such element, or if it is not HTML.
pub(crate) fn by_id(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

fn first(selector: &str) -> Option<HtmlElement> {
    if !IS_BROWSER {
        return None;
    }
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// The value of `<meta name=… content=…>`. `None` if there is no such element. Natively the name in
/// braces, for whoever puts the page together to replace.
pub(crate) fn meta(name: &str) -> Option<String> {
    if !IS_BROWSER {
        return Some(["{", name, "}"].concat());
    }
    first(&format!("meta[name={name}]"))?.get_attribute("content")
}

/// The addresses of the files that this page was made of: script, styles, wasm and catalogue.
#[cfg(feature = "counter")]
pub(crate) fn files_of_page() -> Vec<String> {
    let selector = "script[src], link[rel=stylesheet], link[rel=preload]";
    let Ok(found) = document().query_selector_all(selector) else { return Vec::new() };
    let elements =
        (0..found.length()).filter_map(|at| found.get(at)?.dyn_into::<web_sys::Element>().ok());
    elements.filter_map(|file| file.get_attribute("src").or(file.get_attribute("href"))).collect()
}

/// Tells screen readers the language of the document: a tag such as `fr`.
pub(crate) fn set_language(tag: &str) {
    if let Some(root) = document().document_element() {
        // A root element accepts any attribute.
        let _ = root.set_attribute("lang", tag);
    }
}

pub(crate) fn set_title(title: &str) {
    document().set_title(title);
}

/// Moves the focus to the page's heading, so that a screen reader starts there.
pub(crate) fn focus_heading() {
    focus("h1");
}

/// Moves the focus to the first element that a selector matches.
pub(crate) fn focus(selector: &str) {
    if let Some(element) = first(selector) {
        // An element that cannot take the focus leaves it where it was.
        let _ = element.focus();
    }
}

pub(crate) fn is_at_top() -> bool {
    window().scroll_y().is_ok_and(|top| top <= 0.0)
}

pub(crate) fn scroll_to_top() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Opens the browser's print dialog. Does nothing in a browser without printing.
pub(crate) fn print() {
    let _ = window().print();
}

/// The part of the address after the `#`. Empty if absent.
pub(crate) fn fragment() -> String {
    window().location().hash().unwrap_or_default().trim_start_matches('#').into()
}

/// The scheme, host and port of this app's addresses.
pub(crate) fn origin() -> String {
    if !IS_BROWSER {
        return String::new();
    }
    window().location().origin().unwrap_or_default()
}

/// Loads the page again. If the browser refuses, the old version keeps running unharmed.
pub(crate) fn reload() {
    let _ = window().location().reload();
}

/// Whether the screen is wide and has a mouse, so that focusing a field does not open an on-screen
/// keyboard.
pub(crate) fn is_wide() -> bool {
    if !IS_BROWSER {
        return false;
    }
    window()
        .match_media("(min-width: 60rem) and (pointer: fine)")
        .ok()
        .flatten()
        .is_some_and(|query| query.matches())
}

/// The text that was typed into the search field of the page before the app started (empty if it is
/// as it came), and a selector of the element that had the focus, which the app's page has too.
pub(crate) fn typed_before_start() -> (String, Option<String>) {
    let typed = first("#shell input[name=q]")
        .and_then(|field| field.dyn_into::<HtmlInputElement>().ok())
        .filter(|field| field.value() != field.default_value())
        .map(|field| field.value())
        .unwrap_or_default();
    let focused = document().active_element().and_then(|element| match element.id().as_str() {
        "" => Some(["a[href=\"", &element.get_attribute("href")?, "\"]"].concat()),
        id => Some(["#", id].concat()),
    });
    (typed, focused)
}

/// Whether a search was being typed into the static page when the app started. The field of
/// another page of the app does not count: Enter there asks for the results.
pub(crate) fn is_typing_at_start() -> bool {
    if !IS_BROWSER {
        return false;
    }
    let (typed, focused) = typed_before_start();
    focused.as_deref() == Some("#q") && !typed.is_empty()
}

/// Scrolls so that an element is in view.
pub(crate) fn show(id: &str) {
    if let Some(element) = by_id(id) {
        element.scroll_into_view_with_scroll_into_view_options(&nearest());
    }
}

/// Scrolls an element to the top, where a screen keyboard may cover what is below it.
pub(crate) fn show_on_top(id: &str) {
    if let Some(element) = by_id(id).filter(|_| !is_wide()) {
        element.scroll_into_view();
    }
}

fn nearest() -> web_sys::ScrollIntoViewOptions {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options
}

/// Removes the static content that the document showed before the app started. The page stays where
/// it was scrolled to.
pub(crate) fn remove_shell() {
    if let Some(shell) = by_id("shell") {
        let top = window().scroll_y().unwrap_or_default();
        shell.remove();
        if top > 0.0 {
            window().scroll_to_with_x_and_y(0.0, top);
        }
    }
}

/// Shows or hides the document's own message that the app cannot start. It needs nothing of the
/// app.
pub(crate) fn show_failure(is_shown: bool) {
    if let Some(failure) = by_id("failure") {
        failure.set_hidden(!is_shown);
    }
}

pub(crate) fn is_visible() -> bool {
    document().visibility_state() == web_sys::VisibilityState::Visible
}

/// Calls `act` at every such event of the window, for as long as the page lives.
pub(crate) fn on_window(event: &'static str, mut act: impl FnMut() + 'static) {
    EventListener::new(&window(), event, move |_| act()).forget();
}

/// Calls `act` with every key that is pressed, wherever the focus is, until the current
/// page is left. Skips keys pressed with Ctrl, Meta or Alt, which are commands to the browser.
pub(crate) fn on_key_here(act: impl Fn(&str) + 'static) {
    if !IS_BROWSER {
        return;
    }
    let listener = EventListener::new(&document(), "keydown", move |event| {
        let event = event.dyn_ref::<web_sys::KeyboardEvent>();
        if let Some(event) =
            event.filter(|event| !(event.ctrl_key() || event.meta_key() || event.alt_key()))
        {
            act(&event.key());
        }
    });
    elements::keep(listener);
}

/// Calls `act` whenever the page becomes visible again.
pub(crate) fn on_visible(mut act: impl FnMut() + 'static) {
    EventListener::new(&document(), "visibilitychange", move |_| {
        if is_visible() {
            act();
        }
    })
    .forget();
}

/// Calls `act` when the browser restores the page from its back/forward cache.
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

/// Opens a dialog of the page at the next animation frame, when it is in the document.
pub(crate) fn open_dialog_soon(id: &'static str) {
    elements::request_animation_frame(move || {
        let dialog =
            by_id(id).and_then(|dialog| dialog.dyn_into::<web_sys::HtmlDialogElement>().ok());
        if let Some(dialog) = dialog {
            // The dialog was created just now, so it is not open yet.
            let _ = dialog.show_modal();
        }
    });
}

/// Navigates to an address and replaces this page in the history.
pub(crate) fn replace_by(address: &str) {
    // If the browser refuses, the page stays, and everything on it has been cleared.
    let _ = window().location().replace(address);
}

/// Removes the part after the `#` from the address and from the history.
pub(crate) fn clear_fragment() {
    let location = window().location();
    if let (Ok(history), Ok(path)) = (window().history(), location.pathname()) {
        // If the browser refuses, the fragment stays in the address bar of this device only.
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&path));
    }
}

/// Enlarges the page by one size, for a public screen.
pub(crate) fn enlarge() {
    if let Some(root) = document().document_element() {
        root.set_class_name("kiosk");
    }
}

/// Asks for confirmation before the page is left while `has_words` returns true, because typed text
/// would be lost.
pub(crate) fn guard_leaving(has_words: impl Fn() -> bool + 'static) {
    let options = gloo_events::EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&window(), "beforeunload", options, move |event| {
        if has_words() {
            event.prevent_default();
        }
    })
    .forget();
}
