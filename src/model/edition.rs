//! Fetches a newer catalogue in the background. The page continues with the one that it started
//! with, so that nothing changes while a person reads; urgent notices are shown at once. A page
//! that was just opened, and that nobody has touched, starts again with the newer one.

use super::delivery::DeliveryQueue;
use super::idle::SIGNS_OF_USE;
use super::translation::{Translation, french_texts};
use crate::browser::clock::BrowserClock;
use crate::browser::service_worker::use_newer_version;
use crate::browser::{keepsake, network, page};
use domain::Catalogue;
use domain::alert::Alert;
use elements::Signal;
use offline::newer::{CATALOGUE_NOTE, TEXTS_NOTE, is_wanted, note_of};
use offline::ports::{Clock, Storage};
use std::cell::Cell;

/// The least time between two requests to the server, in milliseconds.
const ASK_GAP_MS: u64 = 60_000;
/// How long after its start, in milliseconds, a page that nobody has touched takes a newer version
/// without asking. After that somebody may be reading.
const START_MS: u64 = 5_000;
/// The number of the catalogue for which a page started again by itself. It does so once: a device
/// that is too slow to read the stored catalogue would start again for ever.
const STARTED_AGAIN: &str = "edition-started-again";

/// The newest catalogue on this device, which the next start uses.
pub(crate) struct EditionUpdate {
    delivery: &'static DeliveryQueue,
    translation: &'static Translation,
    /// Whether a newer version of the app or the catalogue waits for the next start.
    pub(crate) is_ready: Signal<bool>,
    /// Urgent notices of the newest catalogue on this device, even while the page still shows the
    /// previous catalogue.
    pub(crate) alerts: Signal<Vec<Alert>>,
    /// The number of the catalogue that the page shows.
    shown: u32,
    /// The number of the newest catalogue on this device.
    newest: Cell<u32>,
    asked_ms: Cell<Option<u64>>,
    /// When the page started, as long as nobody has touched it.
    untouched_since_ms: Cell<Option<u64>>,
}

impl EditionUpdate {
    pub(super) fn new(
        catalogue: &Catalogue,
        delivery: &'static DeliveryQueue,
        translation: &'static Translation,
    ) -> Self {
        Self {
            delivery,
            translation,
            is_ready: Signal::new(false),
            alerts: Signal::new(catalogue.alerts().to_vec()),
            shown: catalogue.version(),
            newest: Cell::new(catalogue.version().saturating_sub(u32::from(is_unstored()))),
            asked_ms: Cell::new(None),
            untouched_since_ms: Cell::new(None),
        }
    }

    /// Notices from the page's start whether somebody touches it. A pointer may move by itself.
    pub(crate) fn watch_start(&'static self) {
        self.untouched_since_ms.set(Some(BrowserClock.now_ms()));
        for &sign in &SIGNS_OF_USE[1..] {
            page::on_window(sign, move || self.untouched_since_ms.set(None));
        }
    }

    /// Uses the newer version that is complete on this device if the page has just been opened and
    /// nobody has touched it; otherwise offers it.
    pub(crate) fn newer_is_here(&self) {
        let now_ms = BrowserClock.now_ms();
        if self.untouched_since_ms.get().is_some_and(|since| now_ms.abs_diff(since) < START_MS) {
            use_newer_version();
        } else {
            self.is_ready.set(true);
        }
    }

    #[cfg(feature = "counter")]
    pub(super) fn newest(&self) -> u32 {
        self.newest.get()
    }

    /// Makes the next call of [`Self::renew`] ask at once.
    #[cfg(feature = "counter")]
    pub(super) fn ask_again(&self) {
        self.asked_ms.set(None);
    }

    /// Asks for a newer edition, accepts it only if the municipality has signed it, and stores it
    /// whole for the next start.
    pub(super) async fn renew(&self) {
        let Some(courier) = self.delivery.courier() else { return };
        let Some(keys) = courier.keys() else { return };
        let now_ms = BrowserClock.now_ms();
        if self.asked_ms.get().is_some_and(|at| now_ms.abs_diff(at) < ASK_GAP_MS) {
            return;
        }
        self.asked_ms.set(Some(now_ms));
        let Some(edition) = network::edition().await else { return };
        if is_wanted(&edition, self.newest.get(), &keys).is_err() {
            return;
        }
        let Some(bundle) = network::file(&edition.path()).await else { return };
        // An incomplete or wrong download is requested again later.
        let Ok(note) = note_of(&edition, &bundle) else { return };
        // A catalogue format that this app does not know comes with a newer app.
        let Some((catalogue, _)) = Catalogue::from_bundle(&bundle) else { return };
        self.alerts.set(catalogue.alerts().to_vec());
        // Whoever reads French has the next start in French too.
        if self.translation.is_in_use() && !catalogue.file().translations.is_empty() {
            let Some(texts) = french_texts(&catalogue, None).await else { return };
            if courier.storage().set_note(TEXTS_NOTE, &texts.note).await.is_err() {
                return;
            }
        }
        if courier.storage().set_note(CATALOGUE_NOTE, &note).await.is_ok() {
            self.newest.set(edition.number);
            if edition.number <= self.shown {
                return;
            }
            let number = edition.number.to_string();
            let has_started_again = keepsake::get(STARTED_AGAIN).as_ref() == Some(&number);
            keepsake::set(STARTED_AGAIN, &number);
            // Without a place to remember it, the page asks.
            if has_started_again || keepsake::get(STARTED_AGAIN).is_none() {
                self.is_ready.set(true);
            } else {
                self.newer_is_here();
            }
        }
    }
}

/// Whether the page came with a newer catalogue than the app that is installed with it: it is not
/// on the device until it is stored.
fn is_unstored() -> bool {
    page::meta("hub-newer").is_some()
}
