//! What a person adds to a question that they sent: its draft, its fault, and sending it.

use super::delivery::DeliveryQueue;
use crate::route::Route;
use domain::addition::{AddedWords, Addition};
use domain::inquiry::InquiryProblem;
use domain::status::StatusQuestion;
use domain::submission::Content;
use domain::{Language, SubmissionId};
use elements::Signal;
use offline::following::unsent_additions;
use offline::parcel::Head;
use std::cell::Cell;

/// The words that a person adds to one question at a time. They are in memory alone until they are
/// sealed.
pub(crate) struct AdditionForm {
    delivery: &'static DeliveryQueue,
    pub(crate) draft: Signal<String>,
    /// What the last check found.
    pub(crate) problem: Signal<Option<InquiryProblem>>,
    /// The question that the draft is for.
    question: Cell<Option<StatusQuestion>>,
}

impl AdditionForm {
    pub(super) fn new(delivery: &'static DeliveryQueue) -> Self {
        Self {
            delivery,
            draft: Signal::default(),
            problem: Signal::default(),
            question: Cell::default(),
        }
    }

    /// Shows the form for a question. Words for another one are forgotten, so that nobody sends
    /// them to this one.
    pub(crate) fn begin(&self, question: StatusQuestion) {
        if self.question.replace(Some(question)) != Some(question) {
            self.draft.set(String::new());
            self.problem.set(None);
        }
    }

    /// Whether something was typed and not sent.
    pub(crate) fn has_words(&self) -> bool {
        !self.draft.read_untracked().is_empty()
    }

    /// Seals and stores what was typed, then calls `on_done`. If it cannot be sent as it is, says
    /// so and does nothing.
    pub(crate) fn send(&'static self, language: Language, on_done: Box<dyn FnOnce(Route)>) {
        let said = AddedWords::parse(&self.draft.read_untracked());
        self.problem.set(said.as_ref().err().copied());
        if let Ok(said) = said {
            self.post(said, language, on_done);
        }
    }

    /// Withdraws the question, then calls `on_done`.
    pub(crate) fn withdraw(&'static self, language: Language, on_done: Box<dyn FnOnce(Route)>) {
        self.post(AddedWords::Withdrawal, language, on_done);
    }

    fn post(&'static self, said: AddedWords, language: Language, on_done: Box<dyn FnOnce(Route)>) {
        let Some(StatusQuestion { reference, secret }) = self.question.get() else { return };
        let is_message = said != AddedWords::Withdrawal;
        let content = Content::Addition(Addition { to: reference, said, language });
        let forget_draft = move |id: SubmissionId| {
            if is_message {
                self.draft.set(String::new());
            }
            Route::Message(id)
        };
        self.delivery.submit(content, Some(secret), Box::new(forget_draft), on_done);
    }

    /// The additions to a question that are on this device and not received.
    pub(crate) fn unsent(&self, secret: [u8; 16]) -> Vec<Head> {
        let heads = self.delivery.heads.read();
        unsent_additions(&heads, secret, |head| self.delivery.secret_of(head))
    }
}
