//! Carries addresses through the browser's history. [`crate::route`] says which page an address
//! means. Pages call it; the model does not.

use super::{DevicePrefix, PageAddress, Route, near_of, split_device};
use crate::app::App;
use crate::browser::page::{document, focus_heading, origin, scroll_to_top, window};
use crate::second_part;
use domain::address::tidy_path;
use domain::terminal::{BORROWED, Terminal};
use domain::{Catalogue, TerminalId};
use elements::request_animation_frame;
use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlAnchorElement, MouseEvent};

/// What the current address asks for: on whose device (a public terminal, a staff tablet or a
/// person's own) and which page.
pub(crate) struct OpenedAddress {
    /// `None` if it is no public terminal.
    pub(crate) terminal: Option<&'static Terminal>,
    /// Whether it is a computer that a person said is shared.
    pub(crate) is_borrowed: bool,
    /// Whether it is a staff tablet.
    pub(crate) is_counter: bool,
    pub(crate) address: PageAddress,
    /// The place to measure distances from, as it was typed.
    pub(crate) near: Option<String>,
}

impl OpenedAddress {
    /// Whether it is opened on a person's own device, as far as the address says.
    pub(crate) fn is_of_person(&self) -> bool {
        self.terminal.is_none() && !self.is_borrowed && !self.is_counter
    }
}

/// Parses the address that the browser shows. A terminal that the catalogue does not list becomes
/// `Route::NotFound`.
pub(crate) fn current(catalogue: &'static Catalogue) -> OpenedAddress {
    let location = window().location();
    let path = tidy_path(&location.pathname().unwrap_or_default());
    let query = location.search().unwrap_or_default();
    let (device, path) = split_device(&path);
    let is_borrowed = device == DevicePrefix::Terminal(BORROWED);
    let terminal = match device {
        DevicePrefix::Terminal(id) if !is_borrowed => {
            Some(TerminalId::parse(id).ok().and_then(|id| catalogue.terminal(&id)))
        }
        _ => None,
    };
    let languages = terminal
        .flatten()
        .map_or(catalogue.municipality().languages.as_slice(), |terminal| &terminal.languages);
    let address = PageAddress::parse(path, &query, languages);
    let address = if terminal == Some(None) {
        PageAddress { route: Route::NotFound, ..address }
    } else {
        address
    };
    OpenedAddress {
        terminal: terminal.flatten(),
        is_borrowed,
        is_counter: device == DevicePrefix::Counter,
        near: near_of(&query),
        address,
    }
}

/// Handles clicks on links inside the app and the browser's back and forward buttons, for as long
/// as the page lives.
pub(crate) fn listen(app: App) {
    let options = EventListenerOptions::enable_prevent_default();
    let listen = |event, act: fn(App, &Event)| {
        EventListener::new_with_options(&document(), event, options, move |event| act(app, event))
            .forget();
    };
    listen("click", follow);
    if app.role.is_kiosk() {
        // The middle button and the menu of a link would open a window without the app's ways back.
        listen("auxclick", follow_middle);
        listen("contextmenu", |_, event| event.prevent_default());
    }
    EventListener::new(&window(), "popstate", move |_| {
        let address = current(app.catalogue).address;
        // A jump within the page is left to the browser. A survey stand has one address for all its
        // pages.
        if app.role.stand.is_none() && *app.address.read_untracked() != address {
            app.address.set(address);
            focus_after_rendering();
        }
        // A second code may be opened in the same window.
        take_up_fragment(app);
    })
    .forget();
}

/// Takes up the code after the `#` of an address that a scan opened.
pub(crate) fn take_up_fragment(app: App) {
    second_part::take_up_code(app, app.address.read_untracked().route.clone());
}

/// Handles a plain click on a link to a page of the app without loading a document. A public
/// terminal or survey stand opens no other link: its address is shown instead.
fn follow(app: App, event: &Event) {
    let Some(click) = event.dyn_ref::<MouseEvent>() else { return };
    let target = click.target().and_then(|target| target.dyn_into::<Element>().ok());
    let link = target
        .and_then(|element| element.closest("a[href]").ok().flatten())
        .and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
    let Some(link) = link else { return };
    // On a public screen every click on a link is a plain one.
    let is_kiosk = app.role.is_kiosk() && !click.default_prevented();
    if is_page(&link) && (is_plain(click) || is_kiosk) {
        event.prevent_default();
        let path = link.pathname();
        go_to(app, PageAddress::parse(split_device(&path).1, &link.search(), app.languages()));
    } else if is_kiosk && !is_jump(&link) {
        // A public screen opens no other site and no other window.
        event.prevent_default();
        app.terminal.way_out.set(Some(link.href()));
    } else if is_kiosk && !is_plain(click) {
        event.prevent_default();
    }
}

/// Handles a click with the middle button as one with the main button.
fn follow_middle(app: App, event: &Event) {
    if event.dyn_ref::<MouseEvent>().is_some_and(|click| click.button() == 1) {
        follow(app, event);
    }
}

/// Whether a click has no modifier key, uses the main button and has not been handled already.
fn is_plain(click: &MouseEvent) -> bool {
    click.button() == 0
        && !click.default_prevented()
        && !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key())
}

/// Whether a link leads to a page of the app, rather than to a download, another window, a jump or
/// the server's API.
fn is_page(link: &HtmlAnchorElement) -> bool {
    let is_page =
        link.origin() == origin() && !link.has_attribute("download") && link.target().is_empty();
    is_page && link.hash().is_empty() && !link.pathname().starts_with("/api/")
}

/// Whether a link leads to another position on this page.
fn is_jump(link: &HtmlAnchorElement) -> bool {
    !link.hash().is_empty() && link.origin() == origin()
}

/// Navigates to a page of the app in the current language.
pub(crate) fn go(app: App, route: Route) {
    go_to(app, PageAddress { language: app.language, route });
}

/// A callback that navigates to a page.
pub(crate) fn going(app: App) -> Box<dyn FnOnce(Route)> {
    Box::new(move |route| go(app, route))
}

fn go_to(app: App, address: PageAddress) {
    // On a public terminal or a survey stand, the back button must not show what the last visitor
    // saw.
    match app.role.is_terminal() || app.role.stand.is_some() {
        true => put(app, &address),
        false => push(&app.role.path(&address)),
    }
    app.address.set(address);
    after_rendering(|| {
        scroll_to_top();
        focus_heading();
    });
}

/// Replaces the current address, for example while a search is typed or a form moves on by a step.
/// Adds nothing to the history.
pub(crate) fn replace(app: App, route: Route) {
    let address = PageAddress { language: app.language, route };
    put(app, &address);
    app.address.set(address);
}

fn put(app: App, address: &PageAddress) {
    // A survey stand always shows its own address. Reloading it starts clean, and the history stays
    // empty.
    if app.role.stand.is_some() {
        return;
    }
    if let Ok(history) = window().history() {
        // A browser that limits history changes per second keeps the old address. The page shown is
        // still right.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&app.role.path(address)));
    }
}

fn push(href: &str) {
    if let Ok(history) = window().history() {
        // The same limit applies here.
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(href));
    }
}

/// Moves the focus to the heading of the page that is shown in the next frame.
pub(crate) fn focus_after_rendering() {
    after_rendering(focus_heading);
}

fn after_rendering(act: fn()) {
    request_animation_frame(act);
}
