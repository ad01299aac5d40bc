//! Fetches a newer catalogue in the background. The page continues with the one that it started
//! with, so that nothing changes while a person reads; urgent notices are shown at once.

use super::App;
use crate::browser::clock::BrowserClock;
use crate::browser::network;
use domain::Catalogue;
use offline::newer::{CATALOGUE_NOTE, is_wanted, note_of};
use offline::ports::{Clock, Storage};

/// The least time between two requests to the server, in milliseconds.
const ASK_GAP_MS: u64 = 60_000;

impl App {
    /// Asks for a newer edition, accepts it only if the municipality has signed it, and stores it
    /// whole for the next start.
    pub(super) async fn renew_catalogue(self) {
        let Some(courier) = self.courier() else { return };
        let Some(keys) = courier.keys() else { return };
        let now_ms = BrowserClock.now_ms();
        if self.asked_for_newer_ms.get().is_some_and(|at| now_ms.abs_diff(at) < ASK_GAP_MS) {
            return;
        }
        self.asked_for_newer_ms.set(Some(now_ms));
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
        if courier.storage().set_note(CATALOGUE_NOTE, &note).await.is_ok() {
            self.newest.set(edition.number);
            self.update.set(true);
        }
    }
}
