//! The code by which a person came to the survey, and survey stands, the devices on which many
//! people answer one after the other: a kiosk, a tablet that staff hand over, or a place where
//! staff enter paper sheets. The address decides which of these a device is; it is never guessed.

use super::App;
use super::device::TABLET_MARK;
use crate::browser::keepsake;
use crate::route::{Address, Route};
use crate::wording::every_kth;
use domain::SubmissionId;
use domain::collector::{CollectorCode, Step, Tally, Ticket, Way};
use domain::submission::Content;

const KEPT_AS: &str = "stand";

/// The survey link by which a person came, until the answers are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) code: CollectorCode,
    pub(crate) ticket: Option<Ticket>,
}

impl Entry {
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

/// A survey stand: a device that passes from hand to hand, and the address at which it starts anew.
pub(crate) struct Stand {
    pub(crate) code: CollectorCode,
    pub(crate) address: Address,
}

impl Stand {
    pub(crate) fn of(address: &Address) -> Option<Self> {
        let Route::Survey(text) = &address.route else { return None };
        let code = Entry::parse(text)?.code;
        let is_one = matches!(code.way(), Way::Kiosk | Way::StaffAssisted | Way::Paper);
        is_one.then(|| Self { code, address: address.clone() })
    }
}

/// Counts at a survey stand. Only numbers, so that they may outlive the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// Visitors since the last one who was asked.
    pub(crate) passed: u32,
    pub(crate) asked: u32,
    pub(crate) refused: u32,
    pub(crate) answered: u32,
}

impl Counts {
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

pub(super) fn kept_counts(stand: Option<&Stand>) -> Counts {
    stand.and_then(|stand| Counts::read(&keepsake::get(KEPT_AS)?, &stand.code)).unwrap_or_default()
}

impl App {
    /// How answers are collected on this device. `None` if it is no survey stand.
    pub(crate) fn stand_way(self) -> Option<Way> {
        self.stand.as_ref().map(|stand| stand.code.way())
    }

    /// Whether this device was enrolled as a staff tablet.
    pub(crate) fn is_staff_tablet(self) -> bool {
        keepsake::get(TABLET_MARK).is_some()
    }

    pub(crate) fn is_paper(self) -> bool {
        self.stand_way() == Some(Way::Paper)
    }

    /// Whether people use this device one after the other who are not watched, or to whom it does
    /// not belong.
    pub(crate) fn is_public(self) -> bool {
        self.terminal.is_some() || matches!(self.stand_way(), Some(Way::Kiosk | Way::StaffAssisted))
    }

    /// Records that the survey was opened by its code. A kiosk is open all the time; there the
    /// count is taken when somebody begins.
    pub(crate) fn open_by(self, entry: Entry) {
        // Another code is another visit. The same code comes again when the language changes.
        if self.entry.replace(Some(entry.clone())).is_some_and(|before| before != entry) {
            self.tallied.set(0);
        }
        if self.stand.is_none() {
            self.tally_once(Step::Opened);
        }
    }

    /// Counts that the first question was begun.
    pub(crate) fn begin_survey(self) {
        if self.stand_way() == Some(Way::Kiosk) {
            self.tally_once(Step::Opened);
        }
        self.tally_once(Step::Started);
    }

    /// Counts a step at most once per page, because going back and forth is not another person. If
    /// the count cannot be stored, no one's words are lost.
    fn tally_once(self, step: Step) {
        let Some(collector) = self.entry.borrow().as_ref().map(|entry| entry.code.clone()) else {
            return;
        };
        let (before, bit) = (self.tallied.get(), 1 << step as u8);
        if before & bit == 0 {
            self.tallied.set(before | bit);
            self.post_beside(vec![Content::Tally(Tally { collector, step })], Box::new(|_, _| {}));
        }
    }

    /// Seals and stores the steps that staff counted; `told` receives how many were stored. If not
    /// all were, the page shows why.
    pub(crate) fn tally(self, steps: Vec<Step>, told: Box<dyn FnOnce(usize)>) {
        let Some(stand) = self.stand.as_ref().filter(|_| !self.is_saving.get_untracked()) else {
            return;
        };
        self.is_saving.set(true);
        let tallies = steps
            .into_iter()
            .map(|step| Content::Tally(Tally { collector: stand.code.clone(), step }))
            .collect();
        let told = move |kept, why| {
            self.is_saving.set(false);
            self.not_kept.set(why);
            told(kept);
        };
        self.post_beside(tallies, Box::new(told));
    }

    /// Changes the counts of the stand and remembers them.
    pub(crate) fn count(self, change: impl FnOnce(&mut Counts)) {
        let Some(stand) = &self.stand else { return };
        self.counts.update(change);
        keepsake::set(KEPT_AS, &self.counts.read_untracked().written(&stand.code));
    }

    /// Called when the answers are stored; returns the next page. Where the next person follows at
    /// once, no receipt is shown, because that person would read it.
    pub(super) fn after_answers(self, id: SubmissionId) -> Route {
        if self.stand.is_none() || self.is_ephemeral() {
            self.entry.take();
            return Route::Message(id);
        }
        self.count(|counts| counts.answered += 1);
        if self.is_paper() { self.first_question() } else { Route::FeedbackDone }
    }

    /// Why this person is asked. `None` if the person came by choice.
    pub(crate) fn why_asked(self) -> Option<String> {
        let entry = self.entry.borrow();
        let code = &entry.as_ref()?.code;
        match code.way() {
            Way::AfterInquiry => Some(self.words.asked_after.into()),
            Way::StaffAssisted | Way::Paper => Some(
                [
                    self.words.asked_by_chance,
                    " ",
                    &every_kth(self.language, code.every().into()),
                    ".",
                ]
                .concat(),
            ),
            _ => None,
        }
    }

    /// The page before the first question.
    pub(crate) fn survey_door(self) -> Route {
        match &self.stand {
            Some(stand) if self.is_paper() => stand.address.route.clone(),
            _ => Route::Feedback(Default::default()),
        }
    }

    pub(crate) fn first_question(self) -> Route {
        // No question precedes the first one, so it has no condition.
        let first = self.catalogue.survey().questions.first();
        first.map_or(Route::FeedbackCheck, |question| Route::FeedbackQuestion(question.id.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Language;

    #[test]
    fn an_address_has_a_code_or_a_code_and_its_invitation_and_nothing_else() {
        let poster = CollectorCode::new(Way::Poster, 1, [9; 16]);
        let reply = CollectorCode::new(Way::AfterInquiry, 1, [9; 16]);
        let ticket = Ticket([7; 16]);
        assert_eq!(
            Entry::parse(&poster.to_string().to_lowercase()),
            Some(Entry { code: poster.clone(), ticket: None })
        );
        assert_eq!(
            Entry::parse(&format!("{reply}/{ticket}")),
            Some(Entry { code: reply.clone(), ticket: Some(ticket) })
        );
        for text in [
            "",
            "P1",
            "hello",
            &format!("{reply}/"),
            &format!("{reply}/12"),
            &format!("{reply}/{ticket}/x"),
            &format!("{poster}0"),
        ] {
            assert_eq!(Entry::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_stand_is_what_its_code_says() {
        let at = |way| Address {
            language: Language::French,
            route: Route::Survey(CollectorCode::new(way, 5, [1; 16]).to_string()),
        };
        for way in Way::ALL {
            let is_one = matches!(way, Way::Kiosk | Way::StaffAssisted | Way::Paper);
            assert_eq!(
                Stand::of(&at(way)).map(|stand| (stand.code.way(), stand.address)),
                is_one.then(|| (way, at(way)))
            );
        }
        assert!(Stand::of(&Address { language: Language::English, route: Route::Home }).is_none());
    }

    #[test]
    fn counts_are_of_one_code_and_read_back_as_written() {
        let [code, other] =
            [1, 2].map(|chance| CollectorCode::new(Way::StaffAssisted, 5, [chance; 16]));
        let counts = Counts { passed: 4, asked: 12, refused: 3, answered: 8 };
        assert_eq!(Counts::read(&counts.written(&code), &code), Some(counts));
        assert_eq!(Counts::read(&counts.written(&code), &other), None);
        for text in [
            "",
            "x",
            &format!("{code} 1 2 3"),
            &format!("{code} 1 2 3 x"),
            &format!("{code}  1 2 3 4"),
        ] {
            assert_eq!(Counts::read(text, &code), None, "{text}");
        }
    }
}
