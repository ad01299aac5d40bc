//! How far a message has come: asked of the server with the receipt's secret, and remembered for when there is no network.

use super::App;
use crate::browser::task::spawn;
use crate::browser::{network, page};
use crate::route::Route;
use crate::signal::Signal;
use domain::status::{Answer, Question, Status};
use offline::ports::Storage;
use offline::sealing::{lookup_of, ticket_of};

/// What a page knows of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Looked {
    #[default]
    NotYet,
    Asking,
    Known {
        status: Status,
        /// What the office replied. Never remembered: it is read again from the server.
        replies: Vec<Answer>,
        /// What follows `/s/` for whoever holds the receipt of a closed matter.
        survey: Option<String>,
        /// From this device's memory: the server was not reached.
        is_old: bool,
    },
    /// The server knows no such receipt.
    Unknown,
    /// No answer, and nothing remembered.
    NoAnswer,
}

impl App {
    /// A receipt's code brings both behind the `#`, which no server sees; they do not stay in the address.
    pub(crate) fn take_up_receipt(self) {
        let is_status = self.address.read_untracked().route == Route::Status;
        if let Some(question) = Question::of_code(&page::fragment()).filter(|_| is_status) {
            page::clear_fragment();
            self.scanned.set(Some(question));
        }
    }

    pub(crate) fn look_up(self, question: Question, to: Signal<Looked>) {
        to.set(Looked::Asking);
        spawn(async move { to.set(self.looked_up(question).await) });
    }

    async fn looked_up(self, question: Question) -> Looked {
        let name = note_name(&question.secret);
        let storage = self.courier().filter(|_| !self.is_shared());
        match network::status(question).await {
            Some((Some(status), replies, code)) => {
                if let (Some(courier), Ok(bytes)) = (storage, postcard::to_allocvec(&status)) {
                    // What cannot be remembered is asked again.
                    let _ = courier.storage().set_note(&name, &bytes).await;
                }
                let survey = code.map(|code| {
                    [code.as_str(), "/", &ticket_of(&question.secret).to_string()].concat()
                });
                Looked::Known { status, replies, survey, is_old: false }
            }
            Some((None, ..)) => Looked::Unknown,
            None => {
                let note = match storage {
                    Some(courier) => courier.storage().note(&name).await.ok().flatten(),
                    None => None,
                };
                let known = note.and_then(|bytes| postcard::from_bytes(&bytes).ok());
                known.map_or(Looked::NoAnswer, |status| Looked::Known {
                    status,
                    replies: Vec::new(),
                    survey: None,
                    is_old: true,
                })
            }
        }
    }
}

/// Not the secret itself: a part of its hash.
fn note_name(secret: &[u8; 16]) -> String {
    let hash = lookup_of(secret);
    hash[..8].iter().fold(String::from("status-"), |name, byte| name + &byte.to_string() + ".")
}
