//! A person says something: sealing it, keeping it, and only then saying that it is kept.

use super::{App, BrowserCourier, Keeping, NotKept};
use crate::browser::clock::BrowserClock;
use crate::browser::random;
use crate::browser::task::spawn;
use crate::browser::timer::pause;
use crate::route::{About, Route};
use crate::router;
use domain::SubmissionId;
use domain::collector::Way;
use domain::gap::Gap;
use domain::inquiry::{InquiryDraft, ValidInquiry};
use domain::submission::{Content, CorrectedField, Correction, Feedback};
use domain::survey::{Answers, CompleteAnswers};
use finder::asked_elsewhere;
use offline::ports::{Clock, StorageFault};
use offline::sealing::{Address, Sealed, SealingFault, seal};
use std::rc::Rc;

/// A store that takes longer than half a minute to open will not open.
const OPENING_LOOKS_MAX: u32 = 300;
const OPENING_LOOK_MS: u32 = 100;

impl App {
    /// Checks the question as written. On a fault nothing changes but the faults shown.
    pub(crate) fn check_draft(self) -> Option<ValidInquiry> {
        let notice = self.catalogue.municipality().notice.version;
        match ValidInquiry::parse(&self.draft.read_untracked(), self.language, notice) {
            Ok(inquiry) => {
                self.draft_faults.set(Vec::new());
                Some(inquiry)
            }
            Err(faults) => {
                self.draft_faults.set(faults);
                None
            }
        }
    }

    /// Seals and keeps the question. The draft goes only when it is kept.
    pub(crate) fn send_question(self) {
        let Some(inquiry) = self.check_draft() else { return router::go(self, Route::Ask(Default::default())) };
        self.keep(Content::Inquiry(inquiry), move || self.draft.set(InquiryDraft::default()));
    }

    /// Seals and keeps the answers to the survey.
    pub(crate) fn send_answers(self) {
        let survey = self.catalogue.survey();
        let Some(answers) = CompleteAnswers::of(survey, &self.answers.read_untracked()) else { return };
        let about = self.feedback_about.get_untracked();
        let started_ms = self.feedback_started_ms.get_untracked();
        let seconds = started_ms.map(|started| (BrowserClock.now_ms().saturating_sub(started) / 1_000).min(u64::from(u32::MAX)) as u32);
        let feedback =
            Feedback { answers, language: self.language, way: Way::OpenLink, collector: None, ticket: None, service: about.service, hub: about.hub, seconds };
        self.keep(Content::Feedback(feedback), move || {
            self.answers.set(Answers::default());
            self.feedback_about.set(Default::default());
            self.feedback_started_ms.set(None);
        });
    }

    fn keep(self, content: Content, forget_draft: impl FnOnce() + 'static) {
        if self.is_saving.get_untracked() {
            return;
        }
        self.is_saving.set(true);
        self.not_kept.set(None);
        spawn(async move {
            let kept = self.seal_and_post(content).await;
            self.is_saving.set(false);
            match kept {
                Ok(id) => {
                    forget_draft();
                    self.show_store().await;
                    self.tabs.tell();
                    router::go(self, Route::Message(id));
                    self.deliver();
                }
                Err(reason) => self.not_kept.set(Some(reason)),
            }
        });
    }

    /// Counts a search that found nothing, once a page. A count that cannot be kept is no loss of anybody's words.
    pub(crate) fn note_gap(self) {
        let query = self.query.get_untracked();
        let is_gap = self.finder.find(&query, 1).is_empty() && asked_elsewhere(self.catalogue, &self.finder, &query).is_none();
        let Some(gap) = Gap::of(&query, self.language).filter(|gap| is_gap && !self.gaps.borrow().contains(gap)) else { return };
        self.gaps.borrow_mut().push(gap.clone());
        self.post_beside(Content::Gap(gap), |_| {});
    }

    /// Seals and keeps that something of a record is wrong; tells how that went.
    pub(crate) fn send_correction(self, about: &About, field: CorrectedField, told: impl FnOnce(Result<(), NotKept>) + 'static) {
        let correction = Correction { service: about.service.clone(), hub: about.hub.clone(), field, language: self.language };
        self.post_beside(Content::Correction(correction), told);
    }

    /// Seals and keeps while the page stays as it is.
    fn post_beside(self, content: Content, told: impl FnOnce(Result<(), NotKept>) + 'static) {
        spawn(async move {
            let kept = self.seal_and_post(content).await;
            self.show_store().await;
            told(kept.map(drop));
            self.deliver();
        });
    }

    async fn seal_and_post(self, content: Content) -> Result<SubmissionId, NotKept> {
        let courier = self.opened_courier().await.ok_or_else(|| self.why_no_store())?;
        if courier.keys().is_none() {
            self.renew_keys().await;
        }
        let keys = courier.keys().ok_or(NotKept::NoKeys)?;
        let address = Address {
            municipality: self.catalogue.municipality().id.clone(),
            catalogue_version: self.catalogue.version(),
            now_ms: BrowserClock.now_ms(),
            order: courier.next_order(),
        };
        let mut sealed: Sealed = seal(content, &address, &keys, &mut random::fill)?;
        if self.terminal.is_some() {
            // What could show the next visitor how this question goes on stays in the page, and goes with it.
            let secret = std::mem::take(&mut sealed.head.secret);
            self.visit.borrow_mut().push((sealed.head.id, secret));
        }
        courier.post(&sealed).await?;
        self.ask_for_promise();
        Ok(sealed.head.id)
    }

    /// The courier, once the store has been opened: somebody may be quicker than their device.
    pub(super) async fn opened_courier(self) -> Option<Rc<BrowserCourier>> {
        for _ in 0..OPENING_LOOKS_MAX {
            let is_opening = *self.keeping.read_untracked() == Keeping::Opening;
            if !is_opening {
                break;
            }
            pause(OPENING_LOOK_MS).await;
        }
        self.courier()
    }

    fn why_no_store(self) -> NotKept {
        match &*self.keeping.read_untracked() {
            Keeping::Impossible(fault) => fault.clone().into(),
            Keeping::Opening | Keeping::Ready => NotKept::CannotKeep,
        }
    }
}

impl From<StorageFault> for NotKept {
    fn from(fault: StorageFault) -> Self {
        match fault {
            StorageFault::Full => NotKept::Full,
            StorageFault::Newer => NotKept::Newer,
            StorageFault::Unavailable(_) => NotKept::CannotKeep,
        }
    }
}

impl From<SealingFault> for NotKept {
    fn from(fault: SealingFault) -> Self {
        match fault {
            SealingFault::NoKey => NotKept::NoKeys,
            SealingFault::TooLarge => NotKept::TooLarge,
        }
    }
}
