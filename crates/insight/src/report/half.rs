//! What one kind of respondent said: the invited, or those who chose themselves.

use super::breakdown::{Breakdown, By};
use super::item::{Item, Picked};
use super::{Response, overall_question};
use crate::drivers::{Case, Drivers, WhyRanks};
use crate::invitations::{Invitations, ResponseRates};
use crate::random::Random;
use crate::rating::Rating;
use crate::selection::Selection;
use crate::suppression::{Groups, Rule, Seen};
use crate::wave::Wave;
use domain::QuestionId;
use domain::collector::{CollectorCode, Step, Tally, Way};
use domain::survey::{AnswerKind, Construct, Question, Survey};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Half {
    /// People.
    pub n: Seen,
    /// Of those who were asked; nothing for those who chose themselves, or where n is hidden.
    pub invitations: Option<Invitations>,
    pub rates: Option<ResponseRates>,
    /// By themselves, with staff, on paper: reported apart, because it changes what people say.
    pub modes: Vec<(Mode, Seen)>,
    /// Half of them took at most this long; hidden where n is.
    pub median_seconds: Option<u32>,
    pub items: Vec<Item>,
    pub picked: Vec<Picked>,
    /// The overall question by groups.
    pub breakdowns: Vec<Breakdown>,
    /// Which items go together with the overall question: in the order of `driver_items`.
    pub drivers: Option<Drivers>,
    pub driver_items: Vec<QuestionId>,
}

/// How a survey was filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    Alone,
    WithStaff,
    OnPaper,
}

impl Mode {
    pub const ALL: [Mode; 3] = [Mode::Alone, Mode::WithStaff, Mode::OnPaper];

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

/// What came by one collector: counts only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CollectorCount {
    pub collector: CollectorCode,
    pub opened: u64,
    pub started: u64,
    pub invited: u64,
    pub refused: u64,
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

    pub fn item(&self, question: &QuestionId) -> Option<&Item> {
        self.items.iter().find(|item| item.question == *question)
    }
}

fn is_scale(question: &Question) -> bool {
    matches!(question.answer, AnswerKind::Scale { .. })
}

fn options(question: &Question) -> Option<Vec<QuestionId>> {
    match &question.answer {
        AnswerKind::Choice { options } => {
            Some(options.iter().map(|option| option.id.clone()).collect())
        }
        _ => None,
    }
}

/// All items on the scale but the overall one: each stands for a part of the experience.
fn driver_questions(survey: &Survey) -> Vec<&Question> {
    survey
        .questions
        .iter()
        .filter(|question| {
            is_scale(question)
                && !matches!(question.construct, Construct::Overall | Construct::Context)
        })
        .collect()
}

fn breakdowns<S: Selection>(
    survey: &Survey,
    overall: &Question,
    wave: &Wave<S, Response>,
    rule: Rule,
) -> Vec<Breakdown> {
    let context = survey
        .questions
        .iter()
        .filter(|question| question.construct == Construct::Context && options(question).is_some());
    let by = [By::Way, By::Hub, By::ServiceGroup, By::Language]
        .into_iter()
        .chain(context.map(|question| By::Question(question.id.clone())));
    by.map(|by| Breakdown::of(by, overall, wave, rule)).collect()
}

fn drivers<S: Selection>(
    questions: &[&Question],
    overall: &Question,
    wave: &Wave<S, Response>,
    seed: u64,
) -> Option<Drivers> {
    let rating = |response: &Response, question: &Question| {
        response.answer(&question.id).and_then(Rating::of)
    };
    let case = |response: &Response| Case {
        outcome: rating(response, overall),
        items: questions.iter().map(|question| rating(response, question)).collect(),
    };
    wave.whole().drivers(case, &mut Random::seeded(seed)).ok()
}

/// Correlations are shown when none of them is among few people.
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

/// The lower of the two in the middle where there are two.
fn median(mut seconds: Vec<u32>) -> Option<u32> {
    seconds.sort_unstable();
    seconds.get(seconds.len().checked_sub(1)? / 2).copied()
}

/// What came by each collector, and what happened there besides; in the order of their codes.
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
