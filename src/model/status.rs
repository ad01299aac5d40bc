//! Looks up how far a message has come: asks the server with the receipt's secret, and remembers
//! the status for when there is no network.

use super::delivery::DeliveryQueue;
use super::role::DeviceRole;
use crate::browser::task::spawn;
use crate::browser::{network, page};
use crate::route::Route;
use domain::status::{Status, StatusAnswer, StatusQuestion};
use elements::Signal;
use offline::ports::Storage;
use offline::sealing::{lookup_of, ticket_of};

/// What a page knows about the status.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum StatusLookup {
    #[default]
    NotYet,
    Asking,
    Known {
        status: Status,
        /// The office's replies. Never stored on the device; they are read from the server every
        /// time.
        replies: Vec<StatusAnswer>,
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
}

impl StatusQuery {
    pub(super) fn new(role: &'static DeviceRole, delivery: &'static DeliveryQueue) -> Self {
        Self { role, delivery, scanned: Signal::default() }
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

    /// Asks about one message, and shows in `to` what is known.
    pub(crate) fn look_up(&'static self, question: StatusQuestion, to: Signal<StatusLookup>) {
        to.set(StatusLookup::Asking);
        spawn(async move { to.set(self.looked_up(question).await) });
    }

    /// Asks the server, and stores the status unless the device is shared. Without an answer,
    /// returns the stored status.
    async fn looked_up(&self, question: StatusQuestion) -> StatusLookup {
        let name = note_name(&question.secret);
        let storage = self.delivery.courier().filter(|_| !self.role.is_shared());
        match network::status(question).await {
            Some((Some(status), replies, code)) => {
                if let (Some(courier), Ok(bytes)) = (storage, postcard::to_allocvec(&status)) {
                    // A status that cannot be remembered is asked for again.
                    let _ = courier.storage().set_note(&name, &bytes).await;
                }
                let survey = code.map(|code| {
                    [code.as_str(), "/", &ticket_of(&question.secret).to_string()].concat()
                });
                StatusLookup::Known { status, replies, survey, is_old: false }
            }
            Some((None, ..)) => StatusLookup::Unknown,
            None => {
                let note = match storage {
                    Some(courier) => courier.storage().note(&name).await.ok().flatten(),
                    None => None,
                };
                let known = note.and_then(|bytes| postcard::from_bytes(&bytes).ok());
                known.map_or(StatusLookup::NoAnswer, |status| StatusLookup::Known {
                    status,
                    replies: Vec::new(),
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
