//! The survey: the answers, the link by which a person came to it, and the counts of a survey
//! stand, a device on which many people answer one after the other.

use super::delivery::DeliveryQueue;
use super::role::DeviceRole;
use crate::browser::clock::BrowserClock;
use crate::browser::keepsake;
use crate::route::{AboutRecord, Route};
use domain::collector::{CollectorCode, Step, Tally, Ticket, Way};
use domain::submission::{Content, Feedback};
use domain::survey::{Answers, CompleteAnswers, Journey, SurveyAnswer};
use domain::{Catalogue, Language, QuestionId, SubmissionId};
use elements::Signal;
use offline::ports::Clock;
use std::cell::{Cell, RefCell};
use std::fmt;
use wording::{Wording, every_kth};

const KEPT_AS: &str = "stand";

/// The survey link by which a person came, until the answers are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SurveyLink {
    pub(crate) code: CollectorCode,
    /// `None` if the person chose to answer, without an invitation.
    pub(crate) ticket: Option<Ticket>,
}

impl SurveyLink {
    /// Parses what follows `/s/`: a code, or a code, a slash and an invitation. `None` if it is
    /// neither.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (code, ticket) = match text.split_once('/') {
            Some((code, ticket)) => (code, Some(Ticket::parse(ticket)?)),
            None => (text, None),
        };
        Some(Self { code: CollectorCode::parse(code)?, ticket })
    }
}

impl fmt::Display for SurveyLink {
    /// What follows `/s/`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ticket = self.ticket.as_ref().map(|ticket| ["/", &ticket.to_string()].concat());
        [self.code.as_str(), &ticket.unwrap_or_default()].concat().fmt(f)
    }
}

/// The answers that were not sent yet, and what belongs to them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct SurveyDraft {
    pub(crate) answers: Answers,
    pub(crate) about: AboutRecord,
    pub(crate) link: Option<SurveyLink>,
    /// When the first question was begun, in ms since 1970.
    pub(crate) started_ms: Option<u64>,
}

/// Counts at a survey stand. Only numbers, so that they may outlive the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct StandCounts {
    /// Visitors since the last one who was asked.
    pub(crate) passed: u32,
    pub(crate) asked: u32,
    pub(crate) refused: u32,
    /// Finished surveys.
    pub(crate) answered: u32,
}

impl StandCounts {
    /// Parses what the device remembers. `None` if it belongs to another code or is damaged.
    fn read(text: &str, code: &CollectorCode) -> Option<Self> {
        let (of, numbers) = text.split_once(' ')?;
        let mut numbers = numbers.split(' ').map(|number| number.parse().ok());
        let mut next = || numbers.next().flatten();
        let counts = Self { passed: next()?, asked: next()?, refused: next()?, answered: next()? };
        (of == code.as_str()).then_some(counts)
    }

    fn written(&self, code: &CollectorCode) -> String {
        let numbers = [self.passed, self.asked, self.refused, self.answered];
        numbers
            .iter()
            .fold(code.to_string(), |text, number| [&text, " ", &number.to_string()].concat())
    }
}

/// The survey as a person answers it, and the counts of a survey stand.
pub(crate) struct SurveyForm {
    catalogue: &'static Catalogue,
    role: &'static DeviceRole,
    delivery: &'static DeliveryQueue,
    pub(crate) answers: Signal<Answers>,
    /// The service or location that the answers are about.
    pub(crate) about: Signal<AboutRecord>,
    /// Zero where there is no survey stand.
    pub(crate) counts: Signal<StandCounts>,
    /// When the first question was begun.
    started_ms: Cell<Option<u64>>,
    /// The link by which the survey was opened.
    link: RefCell<Option<SurveyLink>>,
    /// The steps that this page has counted, one bit each.
    tallied: Cell<u8>,
}

impl SurveyForm {
    pub(super) fn new(
        catalogue: &'static Catalogue,
        role: &'static DeviceRole,
        delivery: &'static DeliveryQueue,
    ) -> Self {
        let remembered = role
            .stand
            .as_ref()
            .and_then(|stand| StandCounts::read(&keepsake::get(KEPT_AS)?, &stand.code));
        Self {
            catalogue,
            role,
            delivery,
            answers: Signal::default(),
            about: Signal::default(),
            counts: Signal::new(remembered.unwrap_or_default()),
            started_ms: Cell::new(None),
            link: RefCell::default(),
            tallied: Cell::default(),
        }
    }

    /// Whether something was answered and not sent.
    pub(crate) fn has_words(&self) -> bool {
        self.answers.read_untracked().say_something()
    }

    /// The answers so far.
    pub(super) fn draft(&self) -> SurveyDraft {
        SurveyDraft {
            answers: self.answers.get(),
            about: self.about.get(),
            link: self.link.borrow().clone(),
            started_ms: self.started_ms.get(),
        }
    }

    /// Shows a draft, whatever was there before.
    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn show(&self, draft: SurveyDraft) {
        self.about.set(draft.about);
        self.answers.set(draft.answers);
        self.started_ms.set(draft.started_ms);
        self.link.replace(draft.link);
        self.tallied.set(0);
    }

    /// The link by which the person came, as the address of the survey has it.
    #[cfg(not(target_family = "wasm"))]
    pub(crate) fn link_text(&self) -> Option<String> {
        self.link.borrow().as_ref().map(ToString::to_string)
    }

    /// Takes up a draft, unless other answers were given since. Returns the page to go on with.
    pub(super) fn take_up(&self, draft: SurveyDraft) -> Route {
        if !self.has_words() {
            self.about.set(draft.about);
            self.started_ms.set(draft.started_ms);
            let mut link = self.link.borrow_mut();
            *link = link.take().or(draft.link);
            self.answers.set(draft.answers);
        }
        let answers = self.answers.read_untracked();
        // A comment may have been interrupted; another answer was given when the next question was
        // shown.
        if let Some((question, SurveyAnswer::Comment(_))) = answers.iter().last() {
            return Route::FeedbackQuestion(question.clone());
        }
        let journey = Journey::of(self.catalogue.survey(), &answers);
        journey
            .next
            .and_then(|at| journey.route.get(at))
            .map_or(Route::FeedbackCheck, |next| Route::FeedbackQuestion(next.id.clone()))
    }

    /// Stores a comment as it is typed, so that it survives a reload. An empty one is no answer,
    /// and one that is too long is reported when the person moves on.
    pub(crate) fn type_comment(&self, question: &QuestionId, text: &str) {
        let answer = match text.trim() {
            "" => SurveyAnswer::Skipped,
            _ => SurveyAnswer::Comment(text.into()),
        };
        let survey = self.catalogue.survey();
        self.answers.update(|answers| drop(answers.set(survey, question, answer)));
    }

    /// Seals and stores the answers, then calls `on_done` with the next page.
    pub(crate) fn send(&'static self, language: Language, on_done: Box<dyn FnOnce(Route)>) {
        let survey = self.catalogue.survey();
        let Some(answers) = CompleteAnswers::of(survey, &self.answers.read_untracked()) else {
            return;
        };
        let about = self.about.get_untracked();
        let (collector, ticket) =
            self.link.borrow().clone().map(|link| (link.code, link.ticket)).unzip();
        let way = collector.as_ref().map_or(Way::OpenLink, CollectorCode::way);
        // The time it takes to type in a paper sheet says nothing about the person who filled it
        // in.
        let started_ms = self.started_ms.get().filter(|_| way != Way::Paper);
        let feedback = Feedback {
            answers,
            language,
            way,
            collector,
            ticket: ticket.flatten(),
            service: about.service,
            hub: about.hub,
            seconds: started_ms.map(|started_ms| seconds(started_ms, BrowserClock.now_ms())),
        };
        let forget_draft = move |id| {
            self.answers.set(Answers::default());
            self.about.set(Default::default());
            self.started_ms.set(None);
            self.after_answers(id)
        };
        self.delivery.submit(Content::Feedback(feedback), None, Box::new(forget_draft), on_done);
    }

    /// Records that the survey was opened by its code. A kiosk is open all the time; there the
    /// count is taken when somebody begins.
    pub(crate) fn open_by(&self, link: SurveyLink) {
        // Another code is another visit. The same code comes again when the language changes.
        if self.link.replace(Some(link.clone())).is_some_and(|before| before != link) {
            self.tallied.set(0);
        }
        if self.role.stand.is_none() {
            self.tally_once(Step::Opened);
        }
    }

    /// Counts that the first question was begun, unless it was begun before.
    pub(crate) fn begin(&self) {
        if self.started_ms.get().is_some() {
            return;
        }
        self.started_ms.set(Some(BrowserClock.now_ms()));
        if self.role.stand_way() == Some(Way::Kiosk) {
            self.tally_once(Step::Opened);
        }
        self.tally_once(Step::Started);
    }

    /// Counts a step at most once per page, because going back and forth is not another person. If
    /// the count cannot be stored, no one's words are lost.
    fn tally_once(&self, step: Step) {
        let Some(collector) = self.link.borrow().as_ref().map(|link| link.code.clone()) else {
            return;
        };
        let (before, bit) = (self.tallied.get(), 1 << step as u8);
        if before & bit == 0 {
            self.tallied.set(before | bit);
            self.delivery
                .post_beside(vec![Content::Tally(Tally { collector, step })], Box::new(|_, _| {}));
        }
    }

    /// Seals and stores the steps that staff counted; `on_done` receives how many were stored. If
    /// not all were, the page shows why.
    pub(crate) fn tally(&'static self, steps: Vec<Step>, on_done: Box<dyn FnOnce(usize)>) {
        let Some(stand) =
            self.role.stand.as_ref().filter(|_| !self.delivery.is_saving.get_untracked())
        else {
            return;
        };
        self.delivery.is_saving.set(true);
        let tallies = steps
            .into_iter()
            .map(|step| Content::Tally(Tally { collector: stand.code.clone(), step }))
            .collect();
        let on_done = move |stored, why| {
            self.delivery.is_saving.set(false);
            self.delivery.not_stored.set(why);
            on_done(stored);
        };
        self.delivery.post_beside(tallies, Box::new(on_done));
    }

    /// Changes the counts of the stand and remembers them.
    pub(crate) fn count(&self, change: impl FnOnce(&mut StandCounts)) {
        let Some(stand) = &self.role.stand else { return };
        self.counts.update(change);
        keepsake::set(KEPT_AS, &self.counts.read_untracked().written(&stand.code));
    }

    /// Called when the answers are stored; returns the next page. Where the next person follows at
    /// once, no receipt is shown, because that person would read it.
    fn after_answers(&self, id: SubmissionId) -> Route {
        if self.role.stand.is_none() || self.role.is_ephemeral() {
            self.link.take();
            return Route::Message(id);
        }
        self.count(|counts| counts.answered += 1);
        if self.role.is_paper() { self.first_question() } else { Route::FeedbackDone }
    }

    /// Why this person is asked. `None` if the person came by choice.
    pub(crate) fn why_asked(&self, language: Language) -> Option<String> {
        let link = self.link.borrow();
        let code = &link.as_ref()?.code;
        let words = Wording::in_language(language);
        match code.way() {
            Way::AfterInquiry => Some(words.asked_after.into()),
            Way::StaffAssisted | Way::Paper => Some(
                [words.asked_by_chance, " ", &every_kth(language, code.every().into()), "."]
                    .concat(),
            ),
            _ => None,
        }
    }

    /// The page before the first question.
    pub(crate) fn door(&self) -> Route {
        match &self.role.stand {
            Some(stand) if self.role.is_paper() => stand.address.route.clone(),
            _ => Route::Feedback(Default::default()),
        }
    }

    /// The page of the first question; if there are none, the page that sends.
    pub(crate) fn first_question(&self) -> Route {
        // No question precedes the first one, so it has no condition.
        let first = self.catalogue.survey().questions.first();
        first.map_or(Route::FeedbackCheck, |question| Route::FeedbackQuestion(question.id.clone()))
    }
}

/// The time from one moment of the device's clock to another, which may have been set back.
fn seconds(started_ms: u64, now_ms: u64) -> u32 {
    (now_ms.saturating_sub(started_ms) / 1_000).min(u64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_code_or_a_code_and_its_invitation_and_nothing_else() {
        let poster = CollectorCode::new(Way::Poster, 1, [9; 16]);
        let reply = CollectorCode::new(Way::AfterInquiry, 1, [9; 16]);
        let ticket = Ticket([7; 16]);
        assert_eq!(
            SurveyLink::parse(&poster.to_string().to_lowercase()),
            Some(SurveyLink { code: poster.clone(), ticket: None })
        );
        assert_eq!(
            SurveyLink::parse(&format!("{reply}/{ticket}")),
            Some(SurveyLink { code: reply.clone(), ticket: Some(ticket) })
        );
        let link = SurveyLink { code: reply.clone(), ticket: Some(ticket) };
        assert_eq!(SurveyLink::parse(&link.to_string()), Some(link));
        for text in [
            "",
            "P1",
            "hello",
            &format!("{reply}/"),
            &format!("{reply}/12"),
            &format!("{reply}/{ticket}/x"),
            &format!("{poster}0"),
        ] {
            assert_eq!(SurveyLink::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_time_is_in_whole_seconds_and_never_negative() {
        assert_eq!(seconds(1_000, 62_999), 61);
        assert_eq!(seconds(5_000, 1_000), 0);
        assert_eq!(seconds(0, u64::MAX), u32::MAX);
    }

    #[test]
    fn counts_are_of_one_code_and_read_back_as_written() {
        let [code, other] =
            [1, 2].map(|chance| CollectorCode::new(Way::StaffAssisted, 5, [chance; 16]));
        let counts = StandCounts { passed: 4, asked: 12, refused: 3, answered: 8 };
        assert_eq!(StandCounts::read(&counts.written(&code), &code), Some(counts));
        assert_eq!(StandCounts::read(&counts.written(&code), &other), None);
        for text in [
            "",
            "x",
            &format!("{code} 1 2 3"),
            &format!("{code} 1 2 3 x"),
            &format!("{code}  1 2 3 4"),
        ] {
            assert_eq!(StandCounts::read(text, &code), None, "{text}");
        }
    }
}
