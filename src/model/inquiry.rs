//! The form for a question: its draft, its faults, and sending it.

use super::delivery::DeliveryQueue;
use crate::route::Route;
use domain::inquiry::{ContactChoice, InquiryDraft, InquiryField, InquiryProblem, ValidInquiry};
use domain::submission::Content;
use domain::{Catalogue, Language, SubmissionId};
use elements::Signal;
use std::cell::Cell;

/// The question that a person writes. It is in memory alone until it is sealed.
pub(crate) struct InquiryForm {
    catalogue: &'static Catalogue,
    delivery: &'static DeliveryQueue,
    pub(crate) draft: Signal<InquiryDraft>,
    /// What the last check found, in the order of the fields.
    pub(crate) faults: Signal<Vec<(InquiryField, InquiryProblem)>>,
    /// The question that was stored last since the page was opened, and how its person wants the
    /// reply. Everything else about it is sealed.
    stored: Cell<Option<(SubmissionId, ContactChoice)>>,
}

impl InquiryForm {
    pub(super) fn new(catalogue: &'static Catalogue, delivery: &'static DeliveryQueue) -> Self {
        Self {
            catalogue,
            delivery,
            draft: Signal::default(),
            faults: Signal::default(),
            stored: Cell::default(),
        }
    }

    /// Whether something was typed and not sent.
    pub(crate) fn has_words(&self) -> bool {
        self.draft.read_untracked().has_words()
    }

    /// How the person wants the reply to a question. `None` unless it was the last one stored since
    /// the page was opened.
    pub(crate) fn contact_of(&self, id: SubmissionId) -> Option<ContactChoice> {
        self.stored.get().filter(|(stored, _)| *stored == id).map(|(_, contact)| contact)
    }

    /// Validates the question. `None` if it has faults, which are then shown; nothing else changes.
    pub(crate) fn check(&self, language: Language) -> Option<ValidInquiry> {
        let notice = self.catalogue.municipality().notice.version;
        match ValidInquiry::parse(&self.draft.read_untracked(), language, notice) {
            Ok(inquiry) => {
                self.faults.set(Vec::new());
                Some(inquiry)
            }
            Err(faults) => {
                self.faults.set(faults);
                None
            }
        }
    }

    /// Seals and stores the question, then calls `on_done` with the next page. The draft is cleared
    /// only when it is stored; if it has faults, the next page is the form.
    pub(crate) fn send(&'static self, language: Language, on_done: Box<dyn FnOnce(Route)>) {
        let Some(inquiry) = self.check(language) else {
            return on_done(Route::Ask(Default::default()));
        };
        let contact = self.draft.read_untracked().contact;
        let forget_draft = move |id| {
            self.stored.set(Some((id, contact)));
            self.draft.set(InquiryDraft::default());
            Route::Message(id)
        };
        self.delivery.submit(Content::Inquiry(inquiry), None, Box::new(forget_draft), on_done);
    }
}
