//! Carries waiting submissions by file and by code, where there is no network. Saving a submission
//! to a file does not remove it from this device.

use super::clock::MunicipalClock;
use super::delivery::DeliveryQueue;
use crate::browser::files::{self, Blob};
use crate::browser::page;
use crate::browser::task::spawn;
use crate::route::Route;
use domain::submission::Receipt;
use domain::{Catalogue, SubmissionId};
use elements::Signal;
use offline::bundle::{
    BundleFault, Contents, FILE_BYTES_MAX, Parcel, files_of_parcels, files_of_receipts, read,
};
use offline::code;
use offline::courier::carrying::{Adopted, Released};
use offline::ports::{Storage, StorageFault};
use offline::receipt::{file_of, in_file, is_genuine};

const NOT_OPEN: StorageFault = StorageFault::Unavailable(String::new());

/// The outcome of saving or importing a file, to be shown to the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CarryOutcome {
    Saved(usize),
    ReceiptsSaved(usize),
    TakenIn(Adopted),
    Released(Released),
    /// A receipt from a file of its own. `None` if it is not signed by the municipality.
    Proof(Option<Receipt>),
    NotTaken(BundleFault),
    /// The browser could not read or write the file.
    NoFile,
    NoStore(StorageFault),
}

/// Carries submissions to and from other devices.
pub(crate) struct Carrying {
    catalogue: &'static Catalogue,
    delivery: &'static DeliveryQueue,
    clock: &'static MunicipalClock,
    /// A message that came in the address of a scanned code, until the person says whether to
    /// accept it.
    pub(crate) brought: Signal<Option<Result<Parcel, BundleFault>>>,
}

impl Carrying {
    pub(super) fn new(
        catalogue: &'static Catalogue,
        delivery: &'static DeliveryQueue,
        clock: &'static MunicipalClock,
    ) -> Self {
        Self { catalogue, delivery, clock, brought: Signal::default() }
    }

    /// Saves all waiting submissions to files. They keep waiting on this device.
    pub(crate) fn save_waiting(&'static self, on_done: impl FnOnce(CarryOutcome) + 'static) {
        spawn(async move {
            let Some(courier) = self.delivery.courier() else { return };
            on_done(match courier.waiting_envelopes().await {
                Ok(envelopes) => self.hand_out(
                    "messages",
                    files_of_parcels(&self.catalogue.municipality().id, &envelopes),
                    CarryOutcome::Saved(envelopes.len()),
                ),
                Err(fault) => CarryOutcome::NoStore(fault),
            });
        });
    }

    /// Saves the receipts for submissions of other devices to files.
    pub(crate) fn save_receipts(&self, on_done: impl FnOnce(CarryOutcome) + 'static) {
        let Some(courier) = self.delivery.courier() else { return };
        let receipts = courier.receipts_for_others();
        on_done(self.hand_out(
            "receipts",
            files_of_receipts(&self.catalogue.municipality().id, &receipts),
            CarryOutcome::ReceiptsSaved(receipts.len()),
        ));
    }

    /// Saves a receipt as proof that can be shown to others. Returns false if the browser cannot
    /// save it.
    pub(crate) fn save_receipt(&self, receipt: &Receipt, words: &str) -> bool {
        let name = ["receipt-", &receipt.reference().to_string(), ".txt"].concat();
        files::save(&name, file_of(receipt, words, &files::base64_of).as_bytes()).is_some()
    }

    fn hand_out(&self, what: &str, all: Vec<Vec<u8>>, done: CarryOutcome) -> CarryOutcome {
        let day =
            self.clock.now.get_untracked().map(|now| now.date.to_string()).unwrap_or_default();
        let name =
            [what, "-", self.catalogue.municipality().id.as_str(), "-", &day, ".hub"].concat();
        let are_handed = all.iter().all(|bytes| files::save(&name, bytes).is_some());
        if are_handed { done } else { CarryOutcome::NoFile }
    }

    /// Imports a file, whichever of the three kinds it is: submissions, receipts or a single
    /// receipt.
    pub(crate) fn bring_in(
        &'static self,
        file: Blob,
        on_done: impl FnOnce(CarryOutcome) + 'static,
    ) {
        spawn(async move {
            let outcome = self.brought_in(&file).await;
            self.delivery.after_change().await;
            on_done(outcome);
        });
    }

    /// Reads a chosen file and hands its content to the courier.
    async fn brought_in(&self, file: &Blob) -> CarryOutcome {
        let Some(courier) = self.delivery.courier() else { return CarryOutcome::NoStore(NOT_OPEN) };
        let Some(bytes) = files::bytes_of(file, FILE_BYTES_MAX).await else {
            return CarryOutcome::NoFile;
        };
        if let Some(receipt) = in_file(&bytes, &files::of_base64) {
            return CarryOutcome::Proof(
                Some(receipt).filter(|receipt| is_genuine(receipt, &courier.verifying_keys())),
            );
        }
        match read(&bytes, &self.catalogue.municipality().id) {
            Ok(Contents::Parcels(parcels)) => CarryOutcome::TakenIn(courier.adopt(&parcels).await),
            Ok(Contents::Receipts(receipts)) => courier
                .take_receipts(&receipts)
                .await
                .map_or_else(CarryOutcome::NoStore, CarryOutcome::Released),
            Err(fault) => CarryOutcome::NotTaken(fault),
        }
    }

    /// A signal with the sealed envelope of a message; `None` until it has been read.
    pub(crate) fn envelope_of(&'static self, id: SubmissionId) -> Signal<Option<Vec<u8>>> {
        let envelope: Signal<Option<Vec<u8>>> = Signal::default();
        let read = envelope.clone();
        spawn(async move {
            let Some(courier) = self.delivery.opened_courier().await else { return };
            // Without the envelope there is no code to show. The message waits all the same.
            read.set(courier.storage().envelope(id).await.ok().flatten());
        });
        envelope
    }

    /// Reads a message from the fragment of the address, on the page for it. Nothing is stored
    /// until the person agrees.
    pub(crate) fn take_up(&self, route: &Route) {
        let digits = page::fragment();
        if *route == Route::Bring && !digits.is_empty() {
            self.brought.set(Some(code::read(&digits, &self.catalogue.municipality().id)));
        }
    }

    /// Adds that message to this device's outbox. It is offered no longer once it is stored.
    pub(crate) fn take_along(
        &'static self,
        parcel: Parcel,
        on_done: impl FnOnce(CarryOutcome) + 'static,
    ) {
        spawn(async move {
            let Some(courier) = self.delivery.opened_courier().await else {
                return on_done(CarryOutcome::NoStore(NOT_OPEN));
            };
            let adopted = courier.adopt(&[parcel]).await;
            if adopted.fault.is_none() {
                self.brought.set(None);
            }
            self.delivery.after_change().await;
            on_done(CarryOutcome::TakenIn(adopted));
        });
    }
}
