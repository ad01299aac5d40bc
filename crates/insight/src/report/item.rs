//! One question of the report.

use super::Response;
use crate::distribution::Distribution;
use crate::interval::Figure;
use crate::part::Part;
use crate::selection::Selection;
use crate::suppression::{Groups, Rule, Seen};
use domain::QuestionId;
use domain::survey::{Answer, Construct, Question, Stage};
use serde::Serialize;

/// A question on the scale: n, the whole distribution, the share of the top two, the mean.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Item {
    pub question: QuestionId,
    pub stage: Stage,
    pub construct: Construct,
    /// Answers on the scale.
    pub n: Seen,
    pub does_not_apply: Seen,
    pub skipped: Seen,
    /// Of the points 1 to 5.
    pub counts: Vec<Seen>,
    /// Nothing where n is hidden.
    pub top_two: Option<Figure>,
    pub mean: Option<Figure>,
}

impl Item {
    pub(super) fn of<S: Selection>(
        question: &Question,
        part: &Part<'_, S, Response>,
        rule: Rule,
    ) -> Self {
        let ratings = part.ratings(|response| response.answer(&question.id));
        let distribution: &Distribution = ratings.distribution();
        let (n, apart) = (ratings.n(), [distribution.does_not_apply(), distribution.skipped()]);
        // Every figure says its n. That few passed over a question says nothing of what anybody thinks; what they said instead is protected.
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

/// A question with options.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Picked {
    pub question: QuestionId,
    pub stage: Stage,
    pub construct: Construct,
    /// Those who picked one.
    pub n: Seen,
    pub options: Vec<Pick>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pick {
    pub option: QuestionId,
    pub count: Seen,
    /// Of those who picked any; nothing where the count is hidden.
    pub share: Option<Figure>,
}

impl Picked {
    pub(super) fn of<S: Selection>(
        question: &Question,
        options: &[QuestionId],
        part: &Part<'_, S, Response>,
        rule: Rule,
    ) -> Self {
        let picked = |response: &Response| match response.answer(&question.id) {
            Some(Answer::Choice(id)) => Some(id.clone()),
            _ => None,
        };
        let count =
            |option: &QuestionId| part.count(|response| picked(response).as_ref() == Some(option));
        let groups = Groups::of(rule, &options.iter().map(count).collect::<Vec<_>>());
        let pick = |(option, count): (&QuestionId, Seen)| {
            let share = part.share(|response| picked(response).map(|id| id == *option));
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
