//! One question of the report.

use super::Response;
use crate::distribution::Distribution;
use crate::interval::Figure;
use crate::part::SamplePart;
use crate::selection::Selection;
use crate::suppression::{Groups, Rule, Seen};
use domain::QuestionId;
use domain::survey::{Construct, JourneyStage, SurveyAnswer, SurveyQuestion};
use serde::Serialize;

/// A scale question: n, the whole distribution, the top-two share, the mean.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    /// Id of the question.
    pub question: QuestionId,
    /// Stage of the experience that it belongs to.
    pub stage: JourneyStage,
    /// What it measures.
    pub construct: Construct,
    /// Number of answers on the scale.
    pub n: Seen,
    /// Number of people who answered that it does not apply to them.
    pub does_not_apply: Seen,
    /// Number of people who skipped it.
    pub skipped: Seen,
    /// Counts for the points 1 to 5.
    pub counts: Vec<Seen>,
    /// Share of answers 4 and 5; `None` if n is hidden.
    pub top_two: Option<Figure>,
    /// Mean score, 0 to 100; `None` if n is hidden.
    pub mean: Option<Figure>,
}

impl Item {
    pub(super) fn of<S: Selection>(
        question: &SurveyQuestion,
        part: &SamplePart<'_, S, Response>,
        rule: Rule,
    ) -> Self {
        let ratings = part.ratings(|response| response.answer(&question.id));
        let distribution: &Distribution = ratings.distribution();
        let (n, apart) = (ratings.n(), [distribution.does_not_apply(), distribution.skipped()]);
        // Every figure states its n. That few people skipped a question reveals no opinion, so n is
        // not protected against subtraction; the answers themselves are.
        let without =
            Groups::of(rule, &[apart[0], apart[1], part.n() - n - apart[0] - apart[1]]).groups;
        let n = rule.alone(n);
        let is_shown = !n.is_hidden();
        let counts = match is_shown {
            true => Groups::of(rule, &distribution.counts()).groups,
            false => vec![Seen::Hidden; distribution.counts().len()],
        };
        Self {
            question: question.id.clone(),
            stage: question.stage,
            construct: question.construct,
            n,
            does_not_apply: without[0],
            skipped: without[1],
            counts,
            top_two: ratings.top_two().filter(|_| is_shown).map(|share| share.figure()),
            mean: ratings.mean().filter(|_| is_shown).map(|mean| mean.figure()),
        }
    }
}

/// A choice question, with a count for each option.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Picked {
    /// Id of the question.
    pub question: QuestionId,
    /// Stage of the experience that it belongs to.
    pub stage: JourneyStage,
    /// What it measures.
    pub construct: Construct,
    /// Number of people who picked an option.
    pub n: Seen,
    /// The options, in the order of the survey.
    pub options: Vec<Pick>,
}

/// One option, and how many people picked it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pick {
    /// Id of the option.
    pub option: QuestionId,
    /// Number of people who picked it.
    pub count: Seen,
    /// Share of those who picked any option; `None` if the count or the total is hidden.
    pub share: Option<Figure>,
}

impl Picked {
    pub(super) fn of<S: Selection>(
        question: &SurveyQuestion,
        options: &[QuestionId],
        part: &SamplePart<'_, S, Response>,
        rule: Rule,
    ) -> Self {
        let count = |option: &QuestionId| {
            part.count(|response| picked(response, &question.id) == Some(option))
        };
        let groups = Groups::of(rule, &options.iter().map(count).collect::<Vec<_>>());
        let pick = |(option, count): (&QuestionId, Seen)| {
            let share =
                part.share(|response| picked(response, &question.id).map(|id| id == option));
            Pick {
                option: option.clone(),
                count,
                share: share
                    .filter(|_| !count.is_hidden() && !groups.total.is_hidden())
                    .map(|share| share.figure()),
            }
        };
        let options = options.iter().zip(groups.groups.iter().copied()).map(pick).collect();
        Self {
            question: question.id.clone(),
            stage: question.stage,
            construct: question.construct,
            n: groups.total,
            options,
        }
    }
}

/// The option that was picked; `None` if none was.
fn picked<'a>(response: &'a Response, question: &QuestionId) -> Option<&'a QuestionId> {
    match response.answer(question) {
        Some(SurveyAnswer::Choice(option)) => Some(option),
        _ => None,
    }
}
