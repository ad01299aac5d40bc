//! Carries waiting submissions by file and by code, where there is no network. Saving a submission
//! to a file does not remove it from this device.

use super::App;
use crate::browser::files::{self, Blob};
use crate::browser::page;
use crate::browser::task::spawn;
use crate::route::Route;
use crate::router;
use crate::signal::Signal;
use domain::SubmissionId;
use domain::submission::Receipt;
use offline::bundle::{
    BundleFault, Contents, FILE_BYTES_MAX, Parcel, files_of_parcels, files_of_receipts, read,
};
use offline::code;
use offline::courier::carrying::{Adopted, Released};
use offline::ports::{Storage, StorageFault};
use offline::receipt::{file_of, in_file, is_genuine};
use web_sys::HtmlInputElement;

const NOT_OPEN: StorageFault = StorageFault::Unavailable(String::new());

/// The outcome of saving or importing a file, to be shown to the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Carried {
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

impl App {
    /// Saves all waiting submissions to files. They keep waiting on this device.
    pub(crate) fn save_waiting(self, told: impl FnOnce(Carried) + 'static) {
        spawn(async move {
            let Some(courier) = self.courier() else { return };
            told(match courier.waiting_envelopes().await {
                Ok(envelopes) => self.hand_out(
                    "messages",
                    files_of_parcels(&self.catalogue.municipality().id, &envelopes),
                    Carried::Saved(envelopes.len()),
                ),
                Err(fault) => Carried::NoStore(fault),
            });
        });
    }

    /// Saves the receipts for submissions of other devices to files.
    pub(crate) fn save_receipts(self, told: impl FnOnce(Carried) + 'static) {
        let Some(courier) = self.courier() else { return };
        let receipts = courier.receipts_for_others();
        told(self.hand_out(
            "receipts",
            files_of_receipts(&self.catalogue.municipality().id, &receipts),
            Carried::ReceiptsSaved(receipts.len()),
        ));
    }

    /// Saves a receipt as proof that can be shown to others. Returns false if the browser cannot
    /// save it.
    pub(crate) fn save_receipt(self, receipt: &Receipt, words: &str) -> bool {
        let name = ["receipt-", &receipt.reference().to_string(), ".txt"].concat();
        files::save(&name, file_of(receipt, words, &files::base64_of).as_bytes()).is_some()
    }

    fn hand_out(self, what: &str, all: Vec<Vec<u8>>, done: Carried) -> Carried {
        let day = self.now.get_untracked().map(|now| now.date.to_string()).unwrap_or_default();
        let name =
            [what, "-", self.catalogue.municipality().id.as_str(), "-", &day, ".hub"].concat();
        let are_handed = all.iter().all(|bytes| files::save(&name, bytes).is_some());
        if are_handed { done } else { Carried::NoFile }
    }

    /// Imports the file that was chosen in a field, whichever of the three kinds it is:
    /// submissions, receipts or a single receipt.
    pub(crate) fn bring_in(self, field: &HtmlInputElement, told: impl FnOnce(Carried) + 'static) {
        let Some(file) = files::chosen(field) else { return };
        spawn(async move {
            let carried = self.brought_in(&file).await;
            self.after_bringing_in().await;
            told(carried);
        });
    }

    /// Reads a chosen file and hands its content to the courier.
    async fn brought_in(self, file: &Blob) -> Carried {
        let Some(courier) = self.courier() else { return Carried::NoStore(NOT_OPEN) };
        let Some(bytes) = files::bytes_of(file, FILE_BYTES_MAX).await else {
            return Carried::NoFile;
        };
        if let Some(receipt) = in_file(&bytes, &files::of_base64) {
            return Carried::Proof(
                Some(receipt).filter(|receipt| is_genuine(receipt, &courier.verifying_keys())),
            );
        }
        match read(&bytes, &self.catalogue.municipality().id) {
            Ok(Contents::Parcels(parcels)) => Carried::TakenIn(courier.adopt(&parcels).await),
            Ok(Contents::Receipts(receipts)) => courier
                .take_receipts(&receipts)
                .await
                .map_or_else(Carried::NoStore, Carried::Released),
            Err(fault) => Carried::NotTaken(fault),
        }
    }

    async fn after_bringing_in(self) {
        self.show_store().await;
        self.tabs.tell();
        self.deliver();
    }

    /// A signal with the sealed envelope of a message; `None` until it has been read.
    pub(crate) fn envelope_of(self, id: SubmissionId) -> Signal<Option<Vec<u8>>> {
        let envelope: Signal<Option<Vec<u8>>> = Signal::default();
        let read = envelope.clone();
        spawn(async move {
            let Some(courier) = self.opened_courier().await else { return };
            // Without the envelope there is no code to show. The message waits all the same.
            read.set(courier.storage().envelope(id).await.ok().flatten());
        });
        envelope
    }

    /// Reads a message from the fragment of the address. Nothing is stored until the person agrees.
    pub(crate) fn take_up_code(self) {
        let digits = page::fragment();
        if self.address.read_untracked().route == Route::Bring && !digits.is_empty() {
            self.brought.set(Some(code::read(&digits, &self.catalogue.municipality().id)));
        }
    }

    /// Adds that message to this device's outbox. Removes it from the address once it is stored.
    pub(crate) fn take_along(self, parcel: Parcel, told: impl FnOnce(Carried) + 'static) {
        spawn(async move {
            let Some(courier) = self.opened_courier().await else {
                return told(Carried::NoStore(NOT_OPEN));
            };
            let adopted = courier.adopt(&[parcel]).await;
            if adopted.fault.is_none() {
                self.forget_code();
            }
            self.after_bringing_in().await;
            told(Carried::TakenIn(adopted));
        });
    }

    pub(crate) fn forget_code(self) {
        self.brought.set(None);
        let is_there = self.address.read_untracked().route == Route::Bring;
        if is_there {
            router::replace(self, Route::Bring);
        }
    }
}
