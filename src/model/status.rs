//! Looks up how far messages have come: asks the server with the receipt's secret, and remembers
//! the status for when there is no network.

use super::delivery::DeliveryQueue;
use super::role::DeviceRole;
use crate::browser::clock::BrowserClock;
use crate::browser::task::spawn;
use crate::browser::{network, page};
use crate::route::Route;
use domain::SubmissionId;
use domain::reference::Reference;
use domain::status::{InquiryStage, Status, StatusQuestion, StatusRequest, StatusThread};
use elements::Signal;
use offline::following::{FollowedStatus, ROUND_MS, followed};
use offline::ports::{Clock, Storage};
use offline::sealing::{lookup_of, ticket_of};
use std::cell::{Cell, RefCell};

/// What a page knows about the status.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum StatusLookup {
    #[default]
    NotYet,
    Asking,
    Known {
        status: Status,
        /// What was said. Never stored on the device; it is read from the server every time.
        thread: StatusThread,
        /// What follows `/s/` in the survey's address, for the holder of the receipt of a closed
        /// inquiry.
        survey: Option<String>,
        /// Remembered by this device, because the server could not be reached.
        is_old: bool,
    },
    /// The server knows no such receipt.
    Unknown,
    /// No answer from the server, and nothing remembered.
    NoAnswer,
}

/// Asks how far messages have come.
pub(crate) struct StatusQuery {
    role: &'static DeviceRole,
    delivery: &'static DeliveryQueue,
    /// The receipt whose code was scanned.
    pub(crate) scanned: Signal<Option<StatusQuestion>>,
    /// What is known about this device's own questions, newest first. Empty on a shared device.
    known: Signal<Vec<FollowedStatus>>,
    asked_ms: Cell<Option<u64>>,
    /// Questions whose reply was read for the first time since this page was opened.
    read_now: RefCell<Vec<Reference>>,
}

impl StatusQuery {
    pub(super) fn new(role: &'static DeviceRole, delivery: &'static DeliveryQueue) -> Self {
        Self {
            role,
            delivery,
            scanned: Signal::default(),
            known: Signal::default(),
            asked_ms: Cell::default(),
            read_now: RefCell::default(),
        }
    }

    /// Reads reference number and secret from the fragment of a receipt's code, which no server
    /// sees, and removes the fragment from the address.
    pub(crate) fn take_up(&self, route: &Route) {
        let is_status = *route == Route::Status;
        if let Some(question) = StatusQuestion::of_code(&page::fragment()).filter(|_| is_status) {
            page::clear_fragment();
            self.scanned.set(Some(question));
        }
    }

    /// How far a question of this device has come, as far as it is known.
    pub(crate) fn stage_of(&self, id: SubmissionId) -> Option<InquiryStage> {
        self.of(id, FollowedStatus::stage)
    }

    /// Whether a reply has arrived that was not read here.
    pub(crate) fn has_news(&self, id: SubmissionId) -> bool {
        self.of(id, FollowedStatus::has_news).unwrap_or(false)
    }

    /// Whether a question has a reply that was read here before this page was opened.
    pub(crate) fn was_read(&self, id: SubmissionId) -> bool {
        let reference = Reference::of(id);
        let is_read_now = self.read_now.borrow().contains(&reference);
        !is_read_now && self.known_of(reference).is_some_and(|known| known.is_read())
    }

    /// The questions of this device with a reply that was not read here.
    pub(crate) fn news(&self) -> Vec<SubmissionId> {
        let heads = self.delivery.heads.read();
        heads.iter().rev().map(|head| head.id).filter(|id| self.has_news(*id)).collect()
    }

    fn of<T>(&self, id: SubmissionId, read: fn(&FollowedStatus) -> T) -> Option<T> {
        let reference = Reference::of(id);
        self.known.read().iter().find(|known| known.status.reference == reference).map(read)
    }

    /// Shows what this device remembers about its questions and, if `is_online`, asks the server
    /// about those that are open: in the background, and not more often than every few minutes.
    pub(super) async fn follow(&self, is_online: bool) {
        let Some(courier) = self.delivery.courier().filter(|_| !self.role.is_shared()) else {
            return;
        };
        let questions: Vec<_> = followed(&self.delivery.heads.read_untracked())
            .map(|head| StatusQuestion { reference: head.reference(), secret: head.secret })
            .collect();
        for &question in &questions {
            if let Ok(Some(note)) = courier.storage().note(&note_name(&question.secret)).await
                && let Some(known) = FollowedStatus::read(&note)
            {
                self.show(known);
            }
        }
        let now_ms = BrowserClock.now_ms();
        let is_early = self.asked_ms.get().is_some_and(|at| now_ms.abs_diff(at) < ROUND_MS);
        if !is_online || is_early || questions.is_empty() {
            return;
        }
        self.asked_ms.set(Some(now_ms));
        for question in questions {
            let is_over =
                self.known_of(question.reference).is_some_and(|known| known.is_over(now_ms));
            if is_over {
                continue;
            }
            let request = StatusRequest { question, is_background: true };
            // Without an answer, the next round asks again.
            let Some((status, ..)) = network::status(request).await else { return };
            if let Some(status) = status {
                self.remember(&question, status, false).await;
            }
        }
    }

    fn known_of(&self, reference: Reference) -> Option<FollowedStatus> {
        self.known
            .read_untracked()
            .iter()
            .find(|known| known.status.reference == reference)
            .cloned()
    }

    /// Shows what is known about one question, in its place.
    fn show(&self, status: FollowedStatus) {
        if self.known_of(status.status.reference).as_ref() == Some(&status) {
            return;
        }
        self.known.update(|known| {
            known.retain(|other| other.status.reference != status.status.reference);
            known.push(status);
        });
    }

    /// Stores and shows an answer of the server. `is_read` if a person sees it.
    async fn remember(&self, question: &StatusQuestion, status: Status, is_read: bool) {
        let Some(courier) = self.delivery.courier().filter(|_| !self.role.is_shared()) else {
            return;
        };
        let before = self.known_of(question.reference);
        if is_read && !before.as_ref().is_some_and(FollowedStatus::is_read) {
            self.read_now.borrow_mut().push(question.reference);
        }
        let after = FollowedStatus::after(before.as_ref(), status, is_read);
        // A status that cannot be remembered is asked for again.
        let _ = courier.storage().set_note(&note_name(&question.secret), &after.to_bytes()).await;
        self.show(after);
    }

    /// Asks about one message, and shows in `to` what is known.
    pub(crate) fn look_up(&'static self, question: StatusQuestion, to: Signal<StatusLookup>) {
        to.set(StatusLookup::Asking);
        spawn(async move { to.set(self.looked_up(question).await) });
    }

    /// Asks the server, and stores the status unless the device is shared. Without an answer,
    /// returns the stored status.
    async fn looked_up(&self, question: StatusQuestion) -> StatusLookup {
        match network::status(StatusRequest { question, is_background: false }).await {
            Some((Some(status), thread, code)) => {
                self.remember(&question, status.clone(), true).await;
                let survey = code.map(|code| {
                    [code.as_str(), "/", &ticket_of(&question.secret).to_string()].concat()
                });
                StatusLookup::Known { status, thread, survey, is_old: false }
            }
            Some((None, ..)) => StatusLookup::Unknown,
            None => {
                let note = match self.delivery.courier().filter(|_| !self.role.is_shared()) {
                    Some(courier) => {
                        courier.storage().note(&note_name(&question.secret)).await.ok().flatten()
                    }
                    None => None,
                };
                let known = note.and_then(|bytes| FollowedStatus::read(&bytes));
                known.map_or(StatusLookup::NoAnswer, |known| StatusLookup::Known {
                    status: known.status,
                    thread: StatusThread::default(),
                    survey: None,
                    is_old: true,
                })
            }
        }
    }
}

/// The name of the note that holds a status. It contains a part of the secret's hash, not the
/// secret itself.
fn note_name(secret: &[u8; 16]) -> String {
    let hash = lookup_of(secret);
    hash[..8].iter().fold(String::from("status-"), |name, byte| name + &byte.to_string() + ".")
}
