//! Carries addresses through the browser's history. Which page an address is, says [`crate::route`].

use crate::browser::page::{document, focus_heading, scroll_to_top, window};
use crate::route::{Address, Route};
use crate::state::App;
use domain::Language;
use gloo_events::{EventListener, EventListenerOptions};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlAnchorElement, MouseEvent};

/// The address that the browser shows now.
pub(crate) fn current(languages: &[Language]) -> Address {
    let location = window().location();
    let (path, query) = (location.pathname().unwrap_or_default(), location.search().unwrap_or_default());
    Address::parse(&path, &query, languages)
}

/// Follows links inside the app and the browser's back and forward, for as long as the page lives.
pub(crate) fn listen(app: App) {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&document(), "click", options, move |event| follow(app, event)).forget();
    EventListener::new(&window(), "popstate", move |_| {
        let address = current(&app.catalogue.municipality().languages);
        // A jump within the page is the browser's own business.
        if *app.address.read_untracked() != address {
            app.address.set(address);
            after_rendering(focus_heading);
        }
    })
    .forget();
}

/// A plain click on a link to one of our pages goes there without loading anything.
fn follow(app: App, event: &Event) {
    let Some(click) = event.dyn_ref::<MouseEvent>().filter(|click| is_plain(click)) else { return };
    let target = click.target().and_then(|target| target.dyn_into::<Element>().ok());
    let link = target.and_then(|element| element.closest("a[href]").ok().flatten()).and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
    let Some(link) = link.filter(is_ours) else { return };
    event.prevent_default();
    go_to(app, Address::parse(&link.pathname(), &link.search(), &app.catalogue.municipality().languages));
}

fn is_plain(click: &MouseEvent) -> bool {
    click.button() == 0 && !click.default_prevented() && !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key())
}

fn is_ours(link: &HtmlAnchorElement) -> bool {
    let here = window().location().origin().unwrap_or_default();
    let is_page = link.origin() == here && !link.has_attribute("download") && link.target().is_empty();
    let is_jump = !link.hash().is_empty();
    is_page && !is_jump && !link.pathname().starts_with("/api/")
}

/// Goes to a page of the app in the language that is being read.
pub(crate) fn go(app: App, route: Route) {
    go_to(app, Address { language: app.language, route });
}

fn go_to(app: App, address: Address) {
    push(&address.href());
    app.address.set(address);
    after_rendering(|| {
        scroll_to_top();
        focus_heading();
    });
}

/// Puts another address in the place of this one, as a search goes on or a form moves a step.
pub(crate) fn replace(app: App, route: Route) {
    let address = Address { language: app.language, route };
    if let Ok(history) = window().history() {
        // A browser that counts too many changes a second keeps the old address; the page is right all the same.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address.href()));
    }
    app.address.set(address);
}

fn push(href: &str) {
    if let Ok(history) = window().history() {
        // As above.
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(href));
    }
}

fn after_rendering(act: fn()) {
    request_animation_frame(act);
}
