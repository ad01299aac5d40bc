//! Starting the app, and the frame around every page.

use crate::browser::storage::BrowserStorage;
use crate::browser::task::{begin, spawn};
use crate::browser::{network, page, service_worker, timer};
use crate::components::frame::{alerts, footer, header, status_lines};
use crate::components::kiosk::overlays;
use crate::components::markup::{self, Part, el, live};
use crate::pages;
use crate::route::Route;
use crate::router;
use crate::signal::Signal;
use crate::state::{App, State, stores};
use domain::Catalogue;
use finder::Finder;
use leptos::prelude::*;
use offline::newer::{CATALOGUE_NOTE, bundle_in};
use offline::ports::{Storage, StorageFault};

/// The open states of hubs are looked at again this often.
const CLOCK_MS: u32 = 20_000;
/// A page that stays open asks this often for a newer catalogue: an urgent word in it should not come late.
const NEWER_MS: u32 = 10 * 60 * 1_000;
/// A store that takes longer to open does not hold up the first page; the catalogue that came with the app serves.
const KEPT_MS_MAX: u32 = 1_500;

/// Reads the catalogue and puts the app in the place of the document's first content. Whatever goes wrong
/// before that leaves the first content, with its phone numbers, where it is.
pub(crate) fn start() {
    spawn(async {
        let store = begin(open_store());
        let with_app = with_app().await;
        let (storage, kept) = store.within(KEPT_MS_MAX).await.unzip();
        match newest(with_app, kept.flatten()) {
            Some((catalogue, finder)) => mount(Box::leak(Box::new(catalogue)), finder, storage),
            None => page::show_failure(),
        }
    });
}

/// The device's store, and the catalogue that was taken into it since the app was installed.
async fn open_store() -> (Result<BrowserStorage, StorageFault>, Option<Vec<u8>>) {
    let storage = stores::open().await;
    let kept = match &storage {
        Ok(storage) => storage.note(CATALOGUE_NOTE).await.ok().flatten(),
        Err(_) => None,
    };
    (storage, kept)
}

/// A catalogue, and the finder that reads its index where it lies: the bytes stay as long as the page.
type Opened = (Catalogue, Finder<'static>);

async fn with_app() -> Option<Opened> {
    opened(network::file(&page::meta("hub-catalogue")?).await?)
}

fn opened(bytes: Vec<u8>) -> Option<Opened> {
    let (catalogue, index) = Catalogue::from_bundle(Vec::leak(bytes))?;
    Some((catalogue, Finder::of(index)?))
}

/// The one that was taken from the server since, when it is newer than the one that came with the app and this app can read it.
fn newest(with_app: Option<Opened>, note: Option<Vec<u8>>) -> Option<Opened> {
    let number = with_app.as_ref().map_or(0, |(catalogue, _)| catalogue.version());
    let newer = note
        .as_deref()
        .and_then(|note| bundle_in(note, number))
        .and_then(|bundle| opened(bundle.to_vec()));
    newer.or(with_app)
}

fn mount(
    catalogue: &'static Catalogue,
    finder: Finder<'static>,
    storage: Option<Result<BrowserStorage, StorageFault>>,
) {
    // There is one executor in a page; a second call would say so and change nothing.
    let _ = any_spawner::Executor::init_wasm_bindgen();
    let owner = Owner::new();
    owner.set();
    let (typed, had_focus) = page::typed_before_start();
    let app = App::new(State::new(catalogue, finder, router::current(catalogue), typed));
    take_up_trip(app);
    app.take_up_code();
    app.take_up_receipt();
    router::listen(app);
    markup::mount(frame(app));
    page::remove_shell();
    if had_focus {
        page::focus("#q");
    }
    go_on_beside(app, storage);
    // The page lives as long as its owner does: for ever.
    std::mem::forget(owner);
}

/// A list that came with the address joins what the device remembers; then the address is the page's own.
fn take_up_trip(app: App) {
    let brought = match &app.address.read_untracked().route {
        Route::Trip(errands) => errands.clone(),
        _ => Vec::new(),
    };
    app.take_up_trip(&brought);
    if !brought.is_empty() {
        router::replace(app, Route::Trip(Vec::new()));
    }
}

/// What goes on beside the pages: clock, store, connection, newer versions.
fn go_on_beside(app: App, storage: Option<Result<BrowserStorage, StorageFault>>) {
    app.look_at_clock();
    timer::every(CLOCK_MS, move || app.look_at_clock());
    app.open_store(storage);
    app.probe();
    timer::every(NEWER_MS, move || app.probe());
    page::on_window("online", move || app.probe());
    page::on_window("offline", move || app.probe());
    page::on_visible(move || {
        app.look_at_clock();
        app.probe();
    });
    if !app.is_public() {
        page::guard_leaving(move || app.has_unsaved_words());
    }
    app.watch_terminal();
    #[cfg(feature = "counter")]
    app.watch_counter();
    let on_waiting = move || {
        // A device that becomes a tablet had the residents' copy: the tablet's takes its place at once.
        #[cfg(feature = "counter")]
        if app.is_counter() && !service_worker::is_in_charge() {
            return service_worker::use_newer_version();
        }
        app.update.set(true);
    };
    service_worker::watch(on_waiting, move || !app.has_unsaved_words());
}

fn frame(app: App) -> Part {
    let language = Signal::computed(move || app.address.read().language);
    live(move || {
        let app = app.speaking(language.get());
        page::set_language(app.language.tag());
        let content = el("main").class("main").id("main").attr("tabindex", "-1").put(content(app));
        (header(app), alerts(app), status_lines(app), content, footer(app), overlays(app))
    })
}

/// The page of the address. A change in the words of a search is no other page.
fn content(app: App) -> Part {
    let shown = Signal::computed(move || match &app.address.read().route {
        Route::Search { .. } => Route::Search { query: String::new(), filter: Default::default() },
        other => other.clone(),
    });
    live(move || {
        let found = pages::of(app, &shown.get());
        let name = app.catalogue.municipality().name.get(app.language);
        page::set_title(&format!("{} - {name}", found.title));
        found.view
    })
}
