//! Survey answers of the generated month, by several survey links. Every answer is random, whatever
//! the questions are.

use casework::random::UnbiasedRandom;
use casework::survey::ledger::{Collector, SurveyAct};
use domain::collector::{CollectorCode, Step, Tally, Way};
use domain::submission::{Content, Feedback};
use domain::survey::{
    AnswerKind, Answers, CompleteAnswers, Journey, SCALE_POINTS, Survey, SurveyAnswer,
    SurveyQuestion,
};
use domain::{Catalogue, HubId, Language};

const COMMENTS: [&str; 6] = [
    "The person at the desk found the form for me in a minute.",
    "I had to come twice because I did not know that I needed a second paper.",
    "Opening on one evening a week would help those of us who work.",
    "Friendly and quick, thank you.",
    "The line was long and there was nowhere to sit.",
    "I would have paid online if I had known that it is possible.",
];
/// Percentage of begun surveys that are sent.
const SENT_PERCENT: u64 = 70;

/// Survey links, and the submissions that came by them.
pub(super) struct OpinionStory {
    pub(super) acts: Vec<SurveyAct>,
    pub(super) entries: Vec<Content>,
}

/// Answers by five modes of access: a tablet and paper sheets for invited people, a poster, a
/// counter's code, and the app's own page.
pub(super) fn month(
    random: &mut UnbiasedRandom,
    catalogue: &Catalogue,
    answers: u64,
    chance: impl Fn() -> [u8; 16],
) -> OpinionStory {
    let hubs: Vec<HubId> = catalogue.hubs().iter().map(|hub| hub.id.clone()).collect();
    let mut story = OpinionStory { acts: Vec::new(), entries: Vec::new() };
    if hubs.is_empty() {
        return story;
    }
    let ways = [
        (Way::StaffAssisted, 5, "Tablet at the counter", 40),
        (Way::Paper, 10, "Sheets in the hall", 15),
        (Way::Poster, 1, "Poster, fall", 20),
        (Way::CounterCode, 1, "Card on the counter", 15),
    ];
    for (way, every, name, percent) in ways {
        let hub = random.one(&hubs).clone();
        let code = CollectorCode::new(way, every, chance());
        story.acts.push(SurveyAct::Made {
            collector: Collector {
                code: code.clone(),
                name: format!("{name} (made up)"),
                hub: Some(hub),
            },
        });
        let count = answers * percent / 100;
        let tally = |step: Step| Content::Tally(Tally { collector: code.clone(), step });
        match way {
            Way::Paper => story.acts.push(SurveyAct::Counted {
                code: code.clone(),
                invited: count * 2,
                refused: count / 3,
            }),
            Way::StaffAssisted => {
                (0..count * 5 / 3).for_each(|_| story.entries.push(tally(Step::Invited)));
                (0..count / 4).for_each(|_| story.entries.push(tally(Step::Refused)));
            }
            _ => {
                (0..count * 300 / SENT_PERCENT)
                    .for_each(|_| story.entries.push(tally(Step::Opened)));
                (0..count * 100 / SENT_PERCENT)
                    .for_each(|_| story.entries.push(tally(Step::Started)));
            }
        }
        (0..count).for_each(|_| story.entries.extend(answer(random, catalogue, Some(&code), None)));
    }
    (0..answers / 10)
        .for_each(|_| story.entries.extend(answer(random, catalogue, None, Some(&hubs))));
    story
}

/// One person's answers, each near a common mood. People who chose to answer themselves are less
/// satisfied than invited ones.
fn answer(
    random: &mut UnbiasedRandom,
    catalogue: &Catalogue,
    code: Option<&CollectorCode>,
    hubs: Option<&[HubId]>,
) -> Option<Content> {
    let survey = catalogue.survey();
    let is_invited = code.is_some_and(|code| code.way().is_invited());
    let mood = match random.below(100) {
        0..6 => 1,
        6..16 => {
            if is_invited {
                3
            } else {
                1
            }
        }
        16..34 => {
            if is_invited {
                3
            } else {
                2
            }
        }
        34..72 => 4,
        _ => 5,
    };
    let mut answers = Answers::default();
    // The next question is computed after each answer, because an answer may open a branch.
    while let Some(question) = next(survey, &answers) {
        let given = given(random, question, mood);
        answers.set(survey, &question.id, given).ok()?;
    }
    let service = random.percent(60).then(|| random.one(catalogue.services()).id.clone());
    let feedback = Feedback {
        answers: CompleteAnswers::of(survey, &answers)?,
        language: if random.percent(6) { Language::French } else { Language::English },
        way: code.map_or(Way::OpenLink, CollectorCode::way),
        collector: code.cloned(),
        ticket: None,
        service,
        hub: hubs.map(|hubs| random.one(hubs).clone()),
        seconds: Some(90 + random.below(150) as u32),
    };
    Some(Content::Feedback(feedback))
}

fn next<'a>(survey: &'a Survey, answers: &Answers) -> Option<&'a SurveyQuestion> {
    let journey = Journey::of(survey, answers);
    journey.next.and_then(|at| journey.route.get(at).copied())
}

fn given(random: &mut UnbiasedRandom, question: &SurveyQuestion, mood: u8) -> SurveyAnswer {
    match &question.answer {
        _ if random.percent(4) => SurveyAnswer::Skipped,
        AnswerKind::Scale { may_not_apply: true, .. } if random.percent(5) => {
            SurveyAnswer::DoesNotApply
        }
        AnswerKind::Scale { .. } => {
            let stray = match random.below(4) {
                0 => mood.saturating_sub(1),
                1 => mood + 1,
                _ => mood,
            };
            SurveyAnswer::Scale(stray.clamp(1, SCALE_POINTS))
        }
        AnswerKind::Choice { options } => SurveyAnswer::Choice(random.one(options).id.clone()),
        AnswerKind::Comment if random.percent(20) => {
            SurveyAnswer::Comment((*random.one(&COMMENTS)).into())
        }
        AnswerKind::Comment => SurveyAnswer::Skipped,
    }
}
