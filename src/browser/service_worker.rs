//! The copy of the app that works without a network. `boot.js` registers it; here the page learns of a
//! newer version and, when the person says so, lets it take over.

use super::task::spawn;
use gloo_events::EventListener;
use js_sys::{Object, Reflect};
use std::cell::Cell;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration};

/// How often a page that stays open asks for a newer version.
const LOOK_AGAIN_MS: u32 = 60 * 60 * 1_000;

fn container() -> Option<ServiceWorkerContainer> {
    let navigator = super::page::window().navigator();
    let has_it = Reflect::has(&navigator, &"serviceWorker".into()).unwrap_or(false);
    has_it.then(|| navigator.service_worker())
}

/// Whether this page has a tablet's copy, which works without a network.
#[cfg(feature = "counter")]
pub(crate) fn is_in_charge() -> bool {
    container()
        .and_then(|container| container.controller())
        .is_some_and(|worker| worker.script_url().ends_with("?counter"))
}

/// Calls back when a newer version is complete and waits. Loads the page again when one has taken over,
/// unless something half written would be lost; then the offer stands, and the old version goes on.
pub(crate) fn watch(
    on_waiting: impl Fn() + Clone + 'static,
    may_reload: impl Fn() -> bool + 'static,
) {
    let Some(container) = container() else { return };
    // The very first worker also takes control of the page; that is no reason to load it again.
    let has_controller = Cell::new(container.controller().is_some());
    let offer = on_waiting.clone();
    EventListener::new(&container, "controllerchange", move |_| {
        match (has_controller.replace(true), may_reload()) {
            (true, true) => super::page::reload(),
            (true, false) => offer(),
            (false, _) => {}
        }
    })
    .forget();
    spawn(async move {
        let Ok(ready) = container.ready() else { return };
        let Ok(registration) = JsFuture::from(ready).await else { return };
        watch_registration(registration.unchecked_into(), on_waiting);
    });
}

fn watch_registration(
    registration: ServiceWorkerRegistration,
    on_waiting: impl Fn() + Clone + 'static,
) {
    if registration.waiting().is_some() {
        on_waiting();
    }
    let updated = registration.clone();
    EventListener::new(&registration, "updatefound", move |_| {
        let Some(worker) = updated.installing() else { return };
        let (on_waiting, installing) = (on_waiting.clone(), worker.clone());
        EventListener::new(&worker, "statechange", move |_| {
            let is_update = container().is_some_and(|container| container.controller().is_some());
            if installing.state() == web_sys::ServiceWorkerState::Installed && is_update {
                on_waiting();
            }
        })
        .forget();
    })
    .forget();
    super::timer::every(LOOK_AGAIN_MS, move || {
        // No network is no fault: it asks again in an hour.
        let _ = registration.update();
    });
}

/// Lets the waiting version take over; the page is loaded again when it has.
pub(crate) fn use_newer_version() {
    let Some(container) = container() else { return };
    spawn(async move {
        let Ok(registration) = JsFuture::from(container.get_registration()).await else { return };
        let registration = registration.dyn_into::<ServiceWorkerRegistration>().ok();
        match registration.and_then(|registration| registration.waiting()) {
            Some(worker) => tell(&worker, "take-over"),
            // Another tab has let it take over already, or it is the catalogue alone that is newer.
            None => super::page::reload(),
        }
    });
}

fn tell(worker: &ServiceWorker, what: &str) {
    let message = Object::new();
    // Setting a property of a plain object cannot fail; a worker that is gone has been replaced already.
    let _ = Reflect::set(&message, &"type".into(), &what.into());
    let _ = worker.post_message(&message);
}

/// Sets room aside for receipts, or gives it back. Without a worker there is none.
pub(crate) fn room_for_receipts(is_needed: bool) {
    if let Some(worker) = container().and_then(|container| container.controller()) {
        tell(&worker, if is_needed { "release" } else { "reserve" });
    }
}
