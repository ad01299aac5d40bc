//! The half of the report about one kind of respondent: the invited, or the self-selected.

use super::breakdown::{Breakdown, BreakdownBy};
use super::item::{Item, Picked};
use super::{Response, overall_question};
use crate::drivers::{DriverCase, Drivers, WhyRanks};
use crate::invitations::{Invitations, ResponseRates};
use crate::random::SeededRandom;
use crate::rating::Rating;
use crate::selection::Selection;
use crate::suppression::{Groups, Rule, Seen};
use crate::wave::Wave;
use domain::QuestionId;
use domain::collector::{CollectorCode, Step, Tally, Way};
use domain::survey::{AnswerKind, Construct, Survey, SurveyQuestion};
use serde::Serialize;
use std::collections::BTreeMap;

/// Figures of one kind of respondent, after suppression.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Half {
    /// Number of respondents.
    pub n: Seen,
    /// Counts of the people who were asked; `None` for self-selected respondents, or if n is
    /// hidden.
    pub invitations: Option<Invitations>,
    /// Response rates; `None` where `invitations` is, or if nobody was asked.
    pub rates: Option<ResponseRates>,
    /// Respondents by mode: alone, with staff, on paper. Reported separately, because the mode
    /// influences answers.
    pub modes: Vec<(Mode, Seen)>,
    /// Median time to fill in the survey, in seconds: of two middle values the lower one. `None` if
    /// n is hidden or no time is known.
    pub median_seconds: Option<u32>,
    /// Scale questions, in the order of the survey.
    pub items: Vec<Item>,
    /// Choice questions, in the order of the survey.
    pub picked: Vec<Picked>,
    /// The overall question, broken down by groups.
    pub breakdowns: Vec<Breakdown>,
    /// How strongly each item goes together with the overall question, in the order of
    /// `driver_items`; `None` if too few people answered, or if there is no overall question.
    pub drivers: Option<Drivers>,
    /// Ids of the items that `drivers` is about.
    pub driver_items: Vec<QuestionId>,
}

/// How a survey was filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// By the person alone.
    Alone,
    /// With the help of staff.
    WithStaff,
    /// On a paper sheet that staff entered.
    OnPaper,
}

impl Mode {
    /// Every mode, in the order of the report.
    pub const ALL: [Mode; 3] = [Mode::Alone, Mode::WithStaff, Mode::OnPaper];

    /// The mode of a response that was collected by `way`.
    pub fn of(way: Way) -> Self {
        match way {
            Way::StaffAssisted => Mode::WithStaff,
            Way::Paper => Mode::OnPaper,
            Way::OpenLink | Way::Poster | Way::CounterCode | Way::Kiosk | Way::AfterInquiry => {
                Mode::Alone
            }
        }
    }
}

/// Counts of one collector. It holds no answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CollectorCount {
    /// Code of the collector.
    pub collector: CollectorCode,
    /// Times the survey was opened.
    pub opened: u64,
    /// Times it was started.
    pub started: u64,
    /// People invited.
    pub invited: u64,
    /// People who declined.
    pub refused: u64,
    /// Responses received.
    pub completed: u64,
}

impl Half {
    pub(super) fn of<S: Selection>(
        survey: &Survey,
        wave: &Wave<S, Response>,
        invitations: Option<&Invitations>,
        rule: Rule,
        seed: u64,
    ) -> Self {
        let whole = wave.whole();
        let n = rule.alone(whole.n());
        let is_shown = !n.is_hidden();
        let modes = Groups::of(
            rule,
            &Mode::ALL.map(|mode| whole.count(|response| Mode::of(response.way) == mode)),
        )
        .groups;
        let overall = overall_question(survey);
        let driver_questions = driver_questions(survey);
        Self {
            n,
            invitations: invitations.copied().filter(|_| is_shown),
            rates: invitations.filter(|_| is_shown).and_then(Invitations::rates),
            modes: Mode::ALL.into_iter().zip(modes).collect(),
            median_seconds: if is_shown {
                median(wave.records().iter().filter_map(|response| response.seconds).collect())
            } else {
                None
            },
            items: survey
                .questions
                .iter()
                .filter(|question| is_scale(question))
                .map(|question| Item::of(question, &whole, rule))
                .collect(),
            picked: survey
                .questions
                .iter()
                .filter_map(|question| {
                    Some(Picked::of(question, &options(question)?, &whole, rule))
                })
                .collect(),
            breakdowns: overall
                .map(|overall| breakdowns(survey, overall, wave, rule))
                .unwrap_or_default(),
            drivers: overall
                .filter(|_| is_shown)
                .and_then(|overall| drivers(&driver_questions, overall, wave, seed))
                .and_then(|drivers| shown(drivers, rule)),
            driver_items: driver_questions
                .into_iter()
                .map(|question| question.id.clone())
                .collect(),
        }
    }

    /// The scale question with this id; `None` if the survey has none.
    pub fn item(&self, question: &QuestionId) -> Option<&Item> {
        self.items.iter().find(|item| item.question == *question)
    }
}

fn is_scale(question: &SurveyQuestion) -> bool {
    matches!(question.answer, AnswerKind::Scale { .. })
}

fn options(question: &SurveyQuestion) -> Option<Vec<QuestionId>> {
    match &question.answer {
        AnswerKind::Choice { options } => {
            Some(options.iter().map(|option| option.id.clone()).collect())
        }
        _ => None,
    }
}

/// All scale items that everybody is asked, except the overall one: each measures a part of the
/// experience. Relative weights use only people who rated every item, so an item with a condition
/// would exclude everybody who was not asked it.
fn driver_questions(survey: &Survey) -> Vec<&SurveyQuestion> {
    survey
        .questions
        .iter()
        .filter(|question| {
            is_scale(question)
                && question.only_if.is_none()
                && !matches!(question.construct, Construct::Overall | Construct::Context)
        })
        .collect()
}

fn breakdowns<S: Selection>(
    survey: &Survey,
    overall: &SurveyQuestion,
    wave: &Wave<S, Response>,
    rule: Rule,
) -> Vec<Breakdown> {
    let context = survey
        .questions
        .iter()
        .filter(|question| question.construct == Construct::Context && options(question).is_some());
    let by = [BreakdownBy::Way, BreakdownBy::Hub, BreakdownBy::ServiceGroup, BreakdownBy::Language]
        .into_iter()
        .chain(context.map(|question| BreakdownBy::Question(question.id.clone())));
    by.map(|by| Breakdown::of(by, overall, wave, rule)).collect()
}

fn drivers<S: Selection>(
    questions: &[&SurveyQuestion],
    overall: &SurveyQuestion,
    wave: &Wave<S, Response>,
    seed: u64,
) -> Option<Drivers> {
    let rating = |response: &Response, question: &SurveyQuestion| {
        response.answer(&question.id).and_then(Rating::of)
    };
    let case = |response: &Response| DriverCase {
        outcome: rating(response, overall),
        items: questions.iter().map(|question| rating(response, question)).collect(),
    };
    wave.whole().drivers(case, &mut SeededRandom::seeded(seed)).ok()
}

/// Returns correlations only if none of them is over too few people.
fn shown(drivers: Drivers, rule: Rule) -> Option<Drivers> {
    let is_few = |n: u64| rule.alone(n).is_hidden();
    match &drivers {
        Drivers::RankCorrelations { why: WhyRanks::TooFewAnswers { complete, .. }, .. }
            if is_few(*complete) =>
        {
            None
        }
        Drivers::RankCorrelations { correlations, .. }
            if correlations.iter().any(|correlation| is_few(correlation.n)) =>
        {
            None
        }
        _ => Some(drivers),
    }
}

/// The lower one of the two middle values for an even count; `None` if empty.
fn median(mut seconds: Vec<u32>) -> Option<u32> {
    seconds.sort_unstable();
    seconds.get(seconds.len().checked_sub(1)? / 2).copied()
}

/// Counts of each collector from tallied steps and completed responses, in the order of the
/// collector codes.
pub fn collector_counts<'a>(
    tallies: impl Iterator<Item = &'a Tally>,
    completed: impl Iterator<Item = &'a CollectorCode>,
) -> Vec<CollectorCount> {
    let mut counts: BTreeMap<&CollectorCode, CollectorCount> = BTreeMap::new();
    fn of<'c, 'a>(
        counts: &'c mut BTreeMap<&'a CollectorCode, CollectorCount>,
        code: &'a CollectorCode,
    ) -> &'c mut CollectorCount {
        let none = || CollectorCount {
            collector: code.clone(),
            opened: 0,
            started: 0,
            invited: 0,
            refused: 0,
            completed: 0,
        };
        counts.entry(code).or_insert_with(none)
    }
    for tally in tallies {
        let count = of(&mut counts, &tally.collector);
        match tally.step {
            Step::Opened => count.opened += 1,
            Step::Started => count.started += 1,
            Step::Invited => count.invited += 1,
            Step::Refused => count.refused += 1,
        }
    }
    completed.for_each(|code| of(&mut counts, code).completed += 1);
    counts.into_values().collect()
}
