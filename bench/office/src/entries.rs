//! Generates years of submissions, and what staff did with them. The same number is the same
//! submission in every run, except for its seal.

use casework::case;
use casework::case::{CaseEvent, CaseReply, ReplyMethod as ReplyWay};
use domain::Language;
use domain::catalogue::Catalogue;
use domain::collector::Way;
use domain::counter::{Channel, Contact, Outcome};
use domain::gap::Gap;
use domain::hours::Date;
use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::submission::{Content, Feedback};
use domain::survey::{
    AnswerKind, Answers, CompleteAnswers, Journey, SCALE_POINTS, Survey, SurveyAnswer,
    SurveyQuestion,
};

/// Number of inquiries, survey answers and searches without a result among a hundred submissions;
/// the rest are contacts.
const INQUIRIES_PERCENT: u64 = 31;
const FEEDBACK_PERCENT: u64 = 30;
const GAPS_PERCENT: u64 = 20;
const DAYS: i32 = 1_000;

const ASKED: [&str; 6] = [
    "When is garbage day on our road, and may we put out a mattress? The last one was left at the end of the lane.",
    "We moved here in spring and would like to know how the dog licence works for a house that is only used in summer.",
    "I was told two different things about the building permit for a deck. Which one is right, and what does it cost?",
    "The culvert at our driveway is blocked since the storm, and the water stands on the road every morning.",
    "My father is 84 and does not use a computer. Can he renew his parking permit on the phone, or at the library?",
    "The ice on the lake road was not sanded this week although the school bus drives there. Who decides about that?",
];
const REPLIED: &str = "Thank you for writing. We have looked it up; you can do this at any hub, please bring a bill with your address. The fee is as the page shows it.";
const MISSED: [&str; 8] = [
    "lost cat",
    "snow shovel lending",
    "wedding at the beach",
    "drone permit",
    "rain barrel",
    "ev charger at home",
    "chicken coop",
    "firewood",
];
const COMMENT: &str =
    "The person at the desk found the form for me in a minute, but I had to come twice.";

/// Random numbers that are the same in every run.
pub(crate) struct EntryRandom(u64);

impl EntryRandom {
    pub(crate) fn of(number: usize) -> Self {
        Self((number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most.max(1)
    }

    fn one<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Inquiry,
    Feedback,
    Gap,
    Contact,
}

/// The kind of a submission: mixed, and the same in every run.
pub(crate) fn sort_of(number: usize) -> Sort {
    let place = (number as u64).wrapping_mul(37) % 100;
    match place {
        _ if place < INQUIRIES_PERCENT => Sort::Inquiry,
        _ if place < INQUIRIES_PERCENT + FEEDBACK_PERCENT => Sort::Feedback,
        _ if place < INQUIRIES_PERCENT + FEEDBACK_PERCENT + GAPS_PERCENT => Sort::Gap,
        _ => Sort::Contact,
    }
}

/// The content of a submission: what a person sent, or what staff counted.
pub(crate) fn content(number: usize, catalogue: &Catalogue, today: Date) -> Content {
    let mut random = EntryRandom::of(number);
    match sort_of(number) {
        Sort::Inquiry => Content::Inquiry(inquiry(number, &mut random, catalogue)),
        Sort::Feedback => feedback(&mut random, catalogue).map_or_else(
            || Content::Inquiry(inquiry(number, &mut EntryRandom::of(number), catalogue)),
            Content::Feedback,
        ),
        Sort::Gap => Content::Gap(gap(number, &mut random)),
        Sort::Contact => Content::Contact(contact(&mut random, catalogue, today)),
    }
}

fn inquiry(number: usize, random: &mut EntryRandom, catalogue: &Catalogue) -> ValidInquiry {
    let reply_to = match random.below(10) {
        0..6 => {
            ReplyTo::Email(format!("resident{number}@example.org").try_into().expect("it has an @"))
        }
        6..9 => ReplyTo::Phone(
            format!("705-555-{:04}", number % 10_000).try_into().expect("it has 12 characters"),
        ),
        _ => ReplyTo::Nobody,
    };
    ValidInquiry {
        service: (random.below(10) < 8).then(|| random.one(catalogue.services()).id.clone()),
        hub: (random.below(10) < 4).then(|| random.one(catalogue.hubs()).id.clone()),
        message: format!("{} (Question {number}.)", random.one(&ASKED)),
        name: (random.below(10) < 7).then(|| format!("Resident {number}")),
        reply_to,
        language: if random.below(100) < 6 { Language::French } else { Language::English },
        notice_version: catalogue.municipality().notice.version,
    }
}

/// Most searches repeat; one in twenty is rare.
fn gap(number: usize, random: &mut EntryRandom) -> Gap {
    let words = if random.below(20) == 0 {
        format!("{} {}", random.one(&MISSED), number % 5_000)
    } else {
        (*random.one(&MISSED)).into()
    };
    Gap::of(&words, Language::English)
        .unwrap_or_else(|| Gap::of("firewood", Language::English).expect("plain words are a gap"))
}

fn contact(random: &mut EntryRandom, catalogue: &Catalogue, today: Date) -> Contact {
    let hubs: Vec<_> = catalogue.hubs().iter().filter(|hub| !hub.tasks.is_empty()).collect();
    let hub = *random.one(&hubs);
    let on = today.plus_days(-(random.below(DAYS as usize) as i32));
    let channel = if random.below(5) < 4 { Channel::Counter } else { Channel::Phone };
    Contact {
        task: random.one(&hub.tasks).clone(),
        hub: hub.id.clone(),
        on,
        channel,
        outcome: Outcome::Done,
        is_taken_back: false,
    }
}

fn feedback(random: &mut EntryRandom, catalogue: &Catalogue) -> Option<Feedback> {
    let survey = catalogue.survey();
    let mut answers = Answers::default();
    // The route is computed again after each answer, because an answer may open a branch.
    while let Some(question) = next(survey, &answers) {
        answers.set(survey, &question.id, given(random, question)).ok()?;
    }
    Some(Feedback {
        answers: CompleteAnswers::of(survey, &answers)?,
        language: Language::English,
        way: Way::OpenLink,
        collector: None,
        ticket: None,
        service: (random.below(10) < 6).then(|| random.one(catalogue.services()).id.clone()),
        hub: Some(random.one(catalogue.hubs()).id.clone()),
        seconds: Some(90 + random.below(150) as u32),
    })
}

fn next<'a>(survey: &'a Survey, answers: &Answers) -> Option<&'a SurveyQuestion> {
    let journey = Journey::of(survey, answers);
    journey.next.and_then(|at| journey.route.get(at).copied())
}

fn given(random: &mut EntryRandom, question: &SurveyQuestion) -> SurveyAnswer {
    match &question.answer {
        AnswerKind::Scale { .. } => {
            SurveyAnswer::Scale(1 + random.below(SCALE_POINTS.into()) as u8)
        }
        AnswerKind::Choice { options } => SurveyAnswer::Choice(random.one(options).id.clone()),
        AnswerKind::Comment if random.below(5) == 0 => SurveyAnswer::Comment(COMMENT.into()),
        AnswerKind::Comment => SurveyAnswer::Skipped,
    }
}

/// What staff did with an inquiry, each action with the hours since the inquiry arrived. Half of
/// the open inquiries are assigned to a person.
pub(crate) fn done(number: usize, is_open: bool) -> Vec<(u64, CaseEvent)> {
    let mut random = EntryRandom::of(number);
    let who = format!("clerk{}", random.below(12));
    let assigned = (2, CaseEvent::Assigned { to: Some(who) });
    if is_open {
        return if number.is_multiple_of(2) { vec![assigned] } else { Vec::new() };
    }
    let reply = CaseReply {
        text: REPLIED.into(),
        way: ReplyWay::StatusPage,
        service: None,
        catalogue_version: 1,
        is_asking: false,
        template: None,
    };
    vec![
        assigned,
        (20, CaseEvent::Replied(reply)),
        (40, CaseEvent::Closed { outcome: case::CaseOutcome::Answered, why: String::new() }),
    ]
}
