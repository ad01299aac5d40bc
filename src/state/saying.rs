//! Sends what a person wrote: seals it, stores it, and only then reports it as stored.

use super::{App, BrowserCourier, Keeping, NotKept};
use crate::browser::clock::BrowserClock;
use crate::browser::random;
use crate::browser::task::spawn;
use crate::browser::timer::pause;
use crate::route::{About, Route};
use crate::router;
use domain::SubmissionId;
use domain::collector::{CollectorCode, Way};
use domain::gap::Gap;
use domain::inquiry::{InquiryDraft, ValidInquiry};
use domain::submission::{Content, CorrectedField, Correction, Feedback};
use domain::survey::{Answers, CompleteAnswers};
use finder::asked_elsewhere;
use offline::ports::{Clock, StorageFault};
use offline::sealing::{Address, Sealed, SealingFault, seal};
use std::rc::Rc;

/// A store that takes longer than half a minute to open will not open: 300 checks, 100 ms apart.
const OPENING_LOOKS_MAX: u32 = 300;
const OPENING_LOOK_MS: u32 = 100;

impl App {
    /// Validates the question. `None` if it has faults, which are then shown; nothing else changes.
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

    /// Seals and stores the question. The draft is cleared only when it is stored.
    pub(crate) fn send_question(self) {
        let Some(inquiry) = self.check_draft() else {
            return router::go(self, Route::Ask(Default::default()));
        };
        let forget_draft = move |id| {
            self.draft.set(InquiryDraft::default());
            Route::Message(id)
        };
        self.keep(Content::Inquiry(inquiry), Box::new(forget_draft));
    }

    /// Seals and stores the answers to the survey.
    pub(crate) fn send_answers(self) {
        let survey = self.catalogue.survey();
        let Some(answers) = CompleteAnswers::of(survey, &self.answers.read_untracked()) else {
            return;
        };
        let about = self.feedback_about.get_untracked();
        let (collector, ticket) =
            self.entry.borrow().clone().map(|entry| (entry.code, entry.ticket)).unzip();
        let way = collector.as_ref().map_or(Way::OpenLink, CollectorCode::way);
        // The time it takes to type in a paper sheet says nothing about the person who filled it
        // in.
        let started_ms = self.feedback_started_ms.get_untracked().filter(|_| way != Way::Paper);
        let seconds = started_ms.map(|started| {
            (BrowserClock.now_ms().saturating_sub(started) / 1_000).min(u64::from(u32::MAX)) as u32
        });
        let (language, ticket) = (self.language, ticket.flatten());
        let feedback = Feedback {
            answers,
            language,
            way,
            collector,
            ticket,
            service: about.service,
            hub: about.hub,
            seconds,
        };
        let forget_draft = move |id| {
            self.answers.set(Answers::default());
            self.feedback_about.set(Default::default());
            self.feedback_started_ms.set(None);
            self.after_answers(id)
        };
        self.keep(Content::Feedback(feedback), Box::new(forget_draft));
    }

    /// Seals and stores a submission. Once it is stored, `forget_draft` clears the draft and
    /// returns the next page. The closures here and below are boxed, because an async function is
    /// compiled once per closure type.
    fn keep(self, content: Content, forget_draft: Box<dyn FnOnce(SubmissionId) -> Route>) {
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
                    let next = forget_draft(id);
                    self.show_store().await;
                    self.tabs.tell();
                    router::go(self, next);
                    self.deliver();
                }
                Err(reason) => self.not_kept.set(Some(reason)),
            }
        });
    }

    /// Counts a search without a result, once per page and query. If the count cannot be stored, no
    /// one's words are lost.
    pub(crate) fn note_gap(self) {
        let query = self.query.get_untracked();
        let is_gap = self.finder.find(&query, 1).is_empty()
            && asked_elsewhere(self.catalogue, &self.finder, &query).is_none();
        let Some(gap) = Gap::of(&query, self.language)
            .filter(|gap| is_gap && !self.gaps.borrow().contains(gap))
        else {
            return;
        };
        self.gaps.borrow_mut().push(gap.clone());
        self.post_beside(vec![Content::Gap(gap)], Box::new(|_, _| {}));
    }

    /// Seals and stores a correction of a record, then reports the outcome.
    pub(crate) fn send_correction(
        self,
        about: &About,
        field: CorrectedField,
        told: impl FnOnce(Result<(), NotKept>) + 'static,
    ) {
        let correction = Correction {
            service: about.service.clone(),
            hub: about.hub.clone(),
            task: None,
            step: None,
            field,
            language: self.language,
        };
        let told = move |_, why: Option<NotKept>| told(why.map_or(Ok(()), Err));
        self.post_beside(vec![Content::Correction(correction)], Box::new(told));
    }

    /// Seals and stores several submissions in order, while the page stays as it is. Stops at the
    /// first failure; `told` receives how many were stored and why not all.
    pub(super) fn post_beside(
        self,
        contents: Vec<Content>,
        told: Box<dyn FnOnce(usize, Option<NotKept>)>,
    ) {
        spawn(async move {
            let (mut kept, mut why) = (0, None);
            for content in contents {
                match self.seal_and_post(content).await {
                    Ok(_) => kept += 1,
                    Err(reason) => {
                        why = Some(reason);
                        break;
                    }
                }
            }
            self.show_store().await;
            told(kept, why);
            self.deliver();
        });
    }

    /// Seals one submission and stores it in the outbox. On a shared device the secret stays in
    /// memory only.
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
        if self.is_shared() {
            // On a shared device, the secret that could show this inquiry's progress to the next
            // person stays in the page and is gone with it.
            let secret = std::mem::take(&mut sealed.head.secret);
            self.visit.borrow_mut().push((sealed.head.id, secret));
        }
        courier.post(&sealed).await?;
        self.ask_for_promise();
        Ok(sealed.head.id)
    }

    /// The courier, once the store is open: a person may be faster than the device. `None` if the
    /// store does not open.
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
