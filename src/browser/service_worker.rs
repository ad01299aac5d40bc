//! The service worker, which lets the app work without a network. `boot.js` registers it. This
//! module notices a newer version and lets it take over when the person agrees.

use super::task::spawn;
use gloo_events::EventListener;
use js_sys::{Object, Reflect};
use std::cell::Cell;
use wasm_bindgen::JsCast;
#[cfg(feature = "counter")]
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration};

/// Interval, in milliseconds, at which an open page checks for a newer version.
const LOOK_AGAIN_MS: u32 = 60 * 60 * 1_000;

fn container() -> Option<ServiceWorkerContainer> {
    let navigator = super::page::window().navigator();
    let has_it = Reflect::has(&navigator, &"serviceWorker".into()).unwrap_or(false);
    has_it.then(|| navigator.service_worker())
}

/// Whether a service worker controls this page, so that the app opens without a network.
pub(crate) fn is_controlled() -> bool {
    container().is_some_and(|container| container.controller().is_some())
}

/// Whether the service worker of a staff tablet controls this page, so that the tablet works
/// without a network.
#[cfg(feature = "counter")]
pub(crate) fn is_in_charge() -> bool {
    container()
        .and_then(|container| container.controller())
        .is_some_and(|worker| worker.script_url().ends_with("?counter"))
}

#[cfg(feature = "counter")]
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = caches, js_name = "match", catch)]
    async fn cached(path: &str) -> Result<JsValue, JsValue>;
}

/// Whether a staff tablet would start without a network: its worker controls this page, and every
/// file that this page was made of is in the cache now.
#[cfg(feature = "counter")]
pub(crate) async fn has_copy() -> bool {
    if !is_in_charge() {
        return false;
    }
    let mut files = super::page::files_of_page();
    files.push([crate::route::COUNTER, "/index.html"].concat());
    for file in &files {
        if !cached(file).await.is_ok_and(|found| found.is_object()) {
            return false;
        }
    }
    true
}

/// Calls `on_waiting` when a newer version is complete and waits. Reloads the page when one has
/// taken over, unless `may_reload` returns false because typed text would be lost; then
/// `on_waiting` is called again and the old version keeps running.
pub(crate) fn watch(
    on_waiting: impl Fn() + Clone + 'static,
    may_reload: impl Fn() -> bool + 'static,
) {
    let Some(container) = container() else { return };
    // The very first worker also takes control of the page. That is no reason to reload it.
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

/// Calls `on_waiting` if a newer version waits already, or as soon as one is installed, and checks
/// for one every hour.
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
        // Without a network this fails, and the next check is an hour later.
        let _ = registration.update();
    });
}

/// Lets the waiting version take over. The page reloads when it has.
pub(crate) fn use_newer_version() {
    spawn(async {
        if !give_way().await {
            // Another tab has already let it take over, or only the catalogue is newer.
            super::page::reload();
        }
    });
}

/// Lets a version that waits take over. Returns whether one waits.
pub(crate) async fn give_way() -> bool {
    let Some(container) = container() else { return false };
    let Ok(registration) = JsFuture::from(container.get_registration()).await else { return false };
    let registration = registration.dyn_into::<ServiceWorkerRegistration>().ok();
    let waiting = registration.and_then(|registration| registration.waiting());
    if let Some(worker) = &waiting {
        tell(worker, "take-over");
    }
    waiting.is_some()
}

fn tell(worker: &ServiceWorker, what: &str) {
    let message = Object::new();
    // Setting a property of a plain object cannot fail. If the worker is gone, another has replaced
    // it already.
    let _ = Reflect::set(&message, &"type".into(), &what.into());
    let _ = worker.post_message(&message);
}

/// Asks the service worker to release the storage that it reserves for receipts (`true`), or to
/// reserve it again (`false`). Without a worker nothing is reserved.
pub(crate) fn room_for_receipts(is_needed: bool) {
    if let Some(worker) = container().and_then(|container| container.controller()) {
        tell(&worker, if is_needed { "release" } else { "reserve" });
    }
}
