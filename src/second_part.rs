//! The second part of the app: what nobody needs on the first page. It is fetched after the first
//! page is shown, so that finding, reading and writing a question do not wait for it.
//! docs/decisions/0047-two-parts.md
//!
//! The build divides the compiled app. What only the functions in [`entry`] call is the second
//! part, so a call past them would move its code into the first. Staff tablets, development builds
//! and pages as text have one part.

use crate::app::App;
use crate::browser::storage::BrowserStorage;
use crate::browser::task::spawn;
use crate::browser::timer::pause;
use crate::browser::{page, timer};
use crate::model::delivery::NotStored;
use crate::pages::{self, TitledPage, heading, is_in_first_part};
use crate::route::{Route, router};
use crate::ui::message::warning;
use domain::submission::Content;
use elements::{Signal, View, div, live};
use offline::ports::StorageFault;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Whether the build divides this app.
const IS_DIVIDED: bool = cfg!(all(target_family = "wasm", not(feature = "counter")));
/// Milliseconds between two attempts to fetch the part.
pub(crate) const RETRY_MS: u32 = 5_000;
/// Milliseconds after which a page that still waits says whom to call.
const AWAITED_MS: u32 = 10_000;
/// Interval, in milliseconds, at which an open page asks for a newer edition of the catalogue, so
/// that an urgent notice does not arrive late.
const NEWER_MS: u32 = 10 * 60 * 1_000;

/// How far the second part has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PartState {
    /// It is being fetched for the first time.
    Awaited,
    /// It could not be fetched. It is tried again.
    Missing,
    Here,
}

impl PartState {
    /// At the start of the app.
    pub(crate) const FIRST: Self = if IS_DIVIDED { Self::Awaited } else { Self::Here };
}

/// Is called when something is stored, or with the reason why it is not.
pub(crate) type OnPosted = Box<dyn FnOnce(Result<(), NotStored>)>;
/// The device's store, if it was opened before the first page.
pub(crate) type OpenedStore = Option<Result<BrowserStorage, StorageFault>>;

/// Fetches the second part if it is not here. Returns whether it is here then.
pub(crate) async fn fetch() -> bool {
    entry::fetch_all().await.is_ok()
}

/// A page of the second part. As long as that is not here, says so; whoever follows this is called
/// again when it is.
pub(crate) fn page(app: App, route: &Route) -> TitledPage {
    // Another failed attempt does not build the page anew.
    let is_here = Signal::computed(move || app.second_part.get() == PartState::Here);
    let page = is_here.get().then(|| at_once(entry::page(app, route.clone())));
    page.flatten().unwrap_or_else(|| awaited(app))
}

/// The dialogs that cover a page of a public screen while they are needed.
pub(crate) fn overlays(app: App) -> Option<View> {
    (app.role.is_counter() || app.role.is_public()).then(|| {
        live(move || {
            let is_here = app.second_part.get() == PartState::Here;
            is_here.then(|| at_once(entry::overlays(app)).flatten())
        })
    })
}

/// Fetches the second part, then does what runs beside the pages: store, delivery, connection.
pub(crate) fn begin(app: App, opened: OpenedStore) {
    if IS_DIVIDED {
        spawn(async move {
            // A connection may hang. The part may still come.
            pause(AWAITED_MS).await;
            say_missing(app);
        });
    }
    spawn(async move {
        while !fetch().await {
            say_missing(app);
            pause(RETRY_MS).await;
        }
        if app.second_part.get_untracked() != PartState::Here {
            let is_awaited = !is_in_first_part(&app.address.read_untracked().route);
            app.second_part.set(PartState::Here);
            // A code that was scanned meanwhile.
            router::take_up_fragment(app);
            if is_awaited {
                router::focus_after_rendering();
            }
        }
        let _ = entry::beside(app, opened).await;
    });
}

/// Ends the visit on a public screen that nobody touches. It does not wait for the second part: a
/// visitor can write before that is here.
pub(crate) fn watch_idle(app: App) {
    app.terminal.watch(move || start_over(app));
}

/// Ends the visit on a public screen.
pub(crate) fn start_over(app: App) {
    // Without the part nothing was stored, and loading the page anew clears the rest.
    if app.second_part.get_untracked() != PartState::Here {
        app.terminal.clear_drafts();
        return page::replace_by(&app.role.beginning());
    }
    spawn(async move {
        if entry::start_over(app).await.is_err() {
            page::replace_by(&app.role.beginning());
        }
    });
}

/// Takes up the code after the `#` of an address that a scan opened.
pub(crate) fn take_up_code(app: App, route: Route) {
    if matches!(route, Route::Bring | Route::Status) {
        spawn(async move {
            // Without the part, there is no page that would show it.
            let _ = entry::take_up_code(app, route).await;
        });
    }
}

/// Seals and stores a submission while the page stays as it is, then calls `on_done`.
pub(crate) fn post(app: App, content: Content, on_done: OnPosted) {
    spawn(async move {
        if !fetch().await {
            return on_done(Err(NotStored::NoKeys));
        }
        let _ = entry::post(app, content, on_done).await;
    });
}

/// The result of a function of the part, which has been fetched: then nothing is waited for.
fn at_once<T>(call: impl Future<Output = Result<T, NotHere>>) -> Option<T> {
    match pin!(call).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result.ok(),
        Poll::Pending => None,
    }
}

fn awaited(app: App) -> TitledPage {
    let words = app.words;
    let missing = live(move || {
        let is_missing = app.second_part.get() == PartState::Missing;
        is_missing.then(|| warning(app.language, words.part_missing, app.phone()))
    });
    let said = div().attr("role", "status").put(missing);
    TitledPage::new(words.part_awaited, (heading(words.part_awaited, None), said))
}

/// Says that the part is missing, if it was not said already.
fn say_missing(app: App) {
    if app.second_part.get_untracked() == PartState::Awaited {
        app.second_part.set(PartState::Missing);
    }
}

/// The second part has not arrived, and cannot be fetched now.
#[derive(Debug)]
struct NotHere;

#[cfg(all(target_family = "wasm", not(feature = "counter")))]
impl From<wasm_split_helpers::SplitLoaderError> for NotHere {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// The functions by which the first part calls the second.
macro_rules! entries {
    ($($name:ident, $fetch:ident ($($given:ident: $kind:ty),*) -> $out:ty;)*) => {
        /// What the build divides: each function fetches the part before its first call.
        #[cfg(all(target_family = "wasm", not(feature = "counter")))]
        mod entry {
            use super::*;
            use wasm_split_helpers::wasm_split;
            $(
                #[wasm_split(second, fallible, preload($fetch))]
                pub(super) fn $name($($given: $kind),*) -> Result<$out, NotHere> {
                    Ok(inner::$name($($given),*))
                }
            )*
            pub(super) async fn fetch_all() -> Result<(), NotHere> {
                $($fetch().await?;)*
                Ok(())
            }
        }

        /// An app of one part.
        #[cfg(not(all(target_family = "wasm", not(feature = "counter"))))]
        mod entry {
            use super::*;
            $(
                pub(super) async fn $name($($given: $kind),*) -> Result<$out, NotHere> {
                    Ok(inner::$name($($given),*))
                }
            )*
            pub(super) async fn fetch_all() -> Result<(), NotHere> {
                Ok(())
            }
        }
    };
}

entries! {
    page, fetch_page(app: App, route: Route) -> TitledPage;
    overlays, fetch_overlays(app: App) -> Option<View>;
    beside, fetch_beside(app: App, opened: OpenedStore) -> ();
    start_over, fetch_start_over(app: App) -> ();
    take_up_code, fetch_take_up_code(app: App, route: Route) -> ();
    post, fetch_post(app: App, content: Content, on_done: OnPosted) -> ();
}

/// What the functions do. Only `entry` calls them.
mod inner {
    use super::*;

    pub(super) fn page(app: App, route: Route) -> TitledPage {
        pages::of_second_part(app, &route)
    }

    pub(super) fn overlays(app: App) -> Option<View> {
        pages::frame::kiosk::overlays(app)
    }

    pub(super) fn beside(app: App, opened: OpenedStore) {
        app.upkeep.open_store(opened);
        app.upkeep.probe();
        timer::every(NEWER_MS, move || app.upkeep.probe());
        page::on_window("online", move || app.upkeep.probe());
        page::on_window("offline", move || app.upkeep.probe());
        page::on_visible(move || app.upkeep.probe());
    }

    pub(super) fn start_over(app: App) {
        app.terminal.start_over();
    }

    pub(super) fn take_up_code(app: App, route: Route) {
        app.carrying.take_up(&route);
        app.status.take_up(&route);
    }

    pub(super) fn post(app: App, content: Content, on_done: OnPosted) {
        let on_done = Box::new(|_, why: Option<NotStored>| on_done(why.map_or(Ok(()), Err)));
        app.delivery.post_beside(vec![content], on_done);
    }
}
