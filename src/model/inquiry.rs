//! The form for a question: its draft, its faults, and sending it.

use super::delivery::{DeliveryQueue, note_ids, noted_ids};
use super::role::DeviceRole;
use crate::route::Route;
use domain::inquiry::{ContactChoice, InquiryDraft, InquiryField, InquiryProblem, ValidInquiry};
use domain::submission::Content;
use domain::{Catalogue, Language, SubmissionId};
use elements::Signal;
use std::cell::Cell;

/// Ids, separated by spaces, of the questions on this device for which no reply was asked.
const NO_REPLY: &str = "no-reply";

/// The question that a person writes. It is in memory alone until it is sealed.
pub(crate) struct InquiryForm {
    catalogue: &'static Catalogue,
    role: &'static DeviceRole,
    delivery: &'static DeliveryQueue,
    pub(crate) draft: Signal<InquiryDraft>,
    /// What the last check found, in the order of the fields.
    pub(crate) faults: Signal<Vec<(InquiryField, InquiryProblem)>>,
    /// The question that was stored last since the page was opened, and how its person wants the
    /// reply. Everything else about it is sealed.
    stored: Cell<Option<(SubmissionId, ContactChoice)>>,
}

impl InquiryForm {
    pub(super) fn new(
        catalogue: &'static Catalogue,
        role: &'static DeviceRole,
        delivery: &'static DeliveryQueue,
    ) -> Self {
        Self {
            catalogue,
            role,
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

    /// How the person wants the reply to a question. `None` if that is not known any more: a device
    /// remembers only for which questions no reply was asked.
    pub(crate) fn contact_of(&self, id: SubmissionId) -> Option<ContactChoice> {
        let stored = self.stored.get().filter(|(stored, _)| *stored == id);
        let noted = || noted_ids(NO_REPLY).contains(&id).then_some(ContactChoice::None);
        stored.map(|(_, contact)| contact).or_else(noted)
    }

    /// Remembers through a reload that no reply was asked for a question. A shared device shows no
    /// message after a reload, and remembers nothing.
    fn note_no_reply(&self, id: SubmissionId) {
        if self.role.is_shared() {
            return;
        }
        let heads = self.delivery.heads.read_untracked();
        let mut ids = noted_ids(NO_REPLY);
        ids.retain(|noted| heads.iter().any(|head| head.id == *noted));
        ids.push(id);
        note_ids(NO_REPLY, ids);
    }

    /// The question that was sent before this page, on a page that answers its form.
    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn set_stored(&self, stored: Option<(SubmissionId, ContactChoice)>) {
        self.stored.set(stored);
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
            if contact == ContactChoice::None {
                self.note_no_reply(id);
            }
            self.draft.set(InquiryDraft::default());
            Route::Message(id)
        };
        self.delivery.submit(Content::Inquiry(inquiry), None, Box::new(forget_draft), on_done);
    }
}
