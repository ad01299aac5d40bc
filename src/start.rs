//! Starts the app and renders the frame around every page.

use crate::app::App;
use crate::browser::storage::BrowserStorage;
use crate::browser::task::{begin, spawn};
use crate::browser::{keepsake, network, page, service_worker, timer};
use crate::model::Model;
use crate::model::delivery::stores;
use crate::model::translation::{LocalizedCatalogue, TextsNote, french_texts};
use crate::pages::frame::{alerts, footer, header, status_lines};
use crate::pages::{self, is_in_first_part};
use crate::route::router::OpenedAddress;
use crate::route::{Route, borrowed, router};
use crate::second_part::{self, PartState};
use domain::Language;
use elements::{Signal, View, all, el, live};
use offline::newer::{CATALOGUE_NOTE, TEXTS_NOTE, bundle_in};
use offline::ports::{Storage, StorageFault};

/// Interval, in milliseconds, at which the opening states of all locations are computed again.
const CLOCK_MS: u32 = 20_000;
/// Maximum time, in milliseconds, to wait for the device's store before the first page is shown. If
/// opening takes longer, the catalogue that shipped with the app is used.
const KEPT_MS_MAX: u32 = 1_500;
/// Maximum time, in milliseconds, to wait for the texts of the reader's language before the first
/// page is shown. After that it is shown in English until they are there.
const TEXTS_MS_MAX: u32 = 4_000;

/// Reads the catalogue and replaces the document's static content by the app. If anything fails
/// before that, the static content stays, with its phone numbers.
pub fn start() {
    spawn(async {
        let store = begin(open_store());
        let with_app = with_app().await;
        let (storage, kept) = store.within(KEPT_MS_MAX).await.unzip();
        match newest(with_app, kept.flatten()) {
            Some(english) => {
                let english = Box::leak(Box::new(english));
                let address = router::current(&english.catalogue);
                if address.is_borrowed {
                    keepsake::mark_borrowed_tab();
                } else if address.is_of_person() && keepsake::is_borrowed_tab() {
                    return page::replace_by(&borrowed(&address.address));
                }
                let texts = match address.address.language {
                    Language::English => None,
                    Language::French => {
                        let stored = match &storage {
                            Some(Ok(storage)) => storage.note(TEXTS_NOTE).await.ok().flatten(),
                            _ => None,
                        };
                        let fetching = begin(french_texts(&english.catalogue, stored));
                        fetching.within(TEXTS_MS_MAX).await.flatten()
                    }
                };
                // The page as text stays until everything that shows this page is here.
                let needs_second = !is_in_first_part(&address.address.route);
                while needs_second && !second_part::fetch().await {
                    page::show_failure(true);
                    // A newer version that waits for the app would wait for ever.
                    service_worker::give_way().await;
                    timer::pause(second_part::RETRY_MS).await;
                }
                page::show_failure(false);
                mount(english, texts, address, storage);
            }
            None => page::show_failure(true),
        }
    });
}

/// Opens the device's store and reads the catalogue that was stored since the app was installed.
/// The catalogue is `None` if none was stored or the store cannot be read.
async fn open_store() -> (Result<BrowserStorage, StorageFault>, Option<Vec<u8>>) {
    let storage = stores::open().await;
    let kept = match &storage {
        Ok(storage) => storage.note(CATALOGUE_NOTE).await.ok().flatten(),
        Err(_) => None,
    };
    (storage, kept)
}

/// The catalogue that shipped with the app. `None` if it cannot be fetched or read.
async fn with_app() -> Option<LocalizedCatalogue> {
    LocalizedCatalogue::of(network::file(&page::meta("hub-catalogue")?).await?)
}

/// The stored catalogue if it is newer than the one that shipped with the app and this app can read
/// it; otherwise the one that shipped.
fn newest(
    with_app: Option<LocalizedCatalogue>,
    note: Option<Vec<u8>>,
) -> Option<LocalizedCatalogue> {
    let number = with_app.as_ref().map_or(0, |opened| opened.catalogue.version());
    let newer = note
        .as_deref()
        .and_then(|note| bundle_in(note, number))
        .and_then(|bundle| LocalizedCatalogue::of(bundle.to_vec()));
    newer.or(with_app)
}

/// Builds the model, mounts the frame and starts the background work. A search that was typed into
/// the static page is carried over.
fn mount(
    english: &'static LocalizedCatalogue,
    texts: Option<TextsNote>,
    address: OpenedAddress,
    storage: Option<Result<BrowserStorage, StorageFault>>,
) {
    elements::run(|| {
        let (typed, focused) = page::typed_before_start();
        let app = App::new(Model::new(english, texts, address, typed));
        if !is_in_first_part(&app.address.read_untracked().route) {
            app.second_part.set(PartState::Here);
        }
        take_up_trip(app);
        take_up_typed(app);
        router::take_up_fragment(app);
        router::listen(app);
        // Before the first page, so that nothing is shown twice.
        app.clock.look();
        elements::mount(frame(app));
        page::remove_shell();
        let is_untouched = app.search.query.read_untracked().is_empty() && focused.is_none();
        if let Some(focused) = focused {
            page::focus(&focused);
        }
        // A staff tablet is locked when it starts, so nobody's work ends if it starts again.
        if is_untouched {
            app.edition.watch_start();
        }
        go_on_beside(app, storage);
    });
}

/// Adds a trip list from the address to the list that this device remembers, then replaces the
/// address by the plain one, without the list and without the place that was typed.
fn take_up_trip(app: App) {
    let route = app.address.read_untracked().route.clone();
    let (brought, plain) = match route {
        Route::Trip(errands) => (errands, Some(Route::Trip(Vec::new()))),
        Route::Hubs => (Vec::new(), Some(Route::Hubs)),
        _ => (Vec::new(), None),
    };
    app.trip.take_up(&brought);
    let has_place = app.trip.near.read_untracked().is_some();
    if let Some(plain) = plain.filter(|_| has_place || !brought.is_empty()) {
        router::replace(app, plain);
    }
}

/// What was typed into a page of results before the app started is what is searched for.
fn take_up_typed(app: App) {
    let typed = app.search.query.get_untracked();
    if let Route::Search { query, filter } = app.address.get_untracked().route
        && query != typed
    {
        router::replace(app, Route::Search { query: typed, filter });
    }
}

/// Starts everything that runs beside the pages: clock, the check for newer versions, and the
/// second part with store and delivery.
fn go_on_beside(app: App, storage: Option<Result<BrowserStorage, StorageFault>>) {
    timer::every(CLOCK_MS, move || app.clock.look());
    second_part::watch_idle(app);
    second_part::begin(app, storage);
    page::on_visible(move || app.clock.look());
    if !app.role.is_public() {
        page::guard_leaving(move || !app.role.is_public() && app.has_unsaved_words());
    }
    app.unsent.watch();
    #[cfg(feature = "counter")]
    {
        // The next person starts at the first page, in the language that is shown.
        app.counter.on_new_person(move || {
            let language = app.address.read_untracked().language;
            router::replace(app.speaking(language), Route::Home);
        });
        app.counter.watch();
    }
    let on_waiting = move || {
        // A device that has just become a staff tablet still runs the service worker of the
        // residents' app. The tablet's own takes over at once.
        #[cfg(feature = "counter")]
        if app.role.is_counter() && !service_worker::is_in_charge() {
            return service_worker::use_newer_version();
        }
        app.edition.newer_is_here();
    };
    service_worker::watch(on_waiting, move || !app.has_unsaved_words());
}

/// The parts around every page: header, alerts, status lines, main content, footer and overlays.
/// They are rendered anew when the language changes, and when the person says that this computer is
/// shared.
fn frame(app: App) -> View {
    let shown = Signal::computed(move || (app.address.read().language, app.role.borrowed.get()));
    live(move || {
        let app = app.speaking(shown.get().0);
        page::set_language(app.language.tag());
        framed(app, content(app))
    })
}

/// The parts around a page's content.
pub(crate) fn framed(app: App, content: View) -> View {
    let content = el("main").class("main").id("main").attr("tabindex", "-1").put(content);
    all((
        header(app),
        alerts(app),
        status_lines(app),
        content,
        footer(app),
        second_part::overlays(app),
    ))
}

/// The page of the current address. A change of the words in a search does not render the search
/// page anew.
fn content(app: App) -> View {
    let shown = Signal::computed(move || match &app.address.read().route {
        Route::Search { .. } => Route::Search { query: String::new(), filter: Default::default() },
        other => other.clone(),
    });
    live(move || {
        // The page that continues a text may be the one that is shown already.
        app.unsent.is_continued.get();
        let found = pages::of(app, &shown.get());
        let name = app.catalogue.municipality().name.get(app.language);
        page::set_title(&format!("{} - {name}", found.title));
        found.view
    })
}
