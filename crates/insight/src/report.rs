//! The report: what one round of the survey says, in the order in which a council reads it. Everything in it went through suppression,
//! and what invited people said stands apart from what people said who chose themselves.
//!
//! The same responses in the same order give the same report, to the last bit: a frozen baseline is this, written down.

mod breakdown;
mod half;
mod item;

pub use breakdown::{Breakdown, By, Row};
pub use half::{CollectorCount, Half, Mode, collector_counts};
pub use item::{Item, Pick, Picked};

use crate::invitations::{Invitations, WrongCounts};
use crate::selection::{Invited, SelfSelected};
use crate::suppression::Rule;
use crate::wave::Wave;
use domain::collector::{CollectorCode, Way};
use domain::survey::{Answer, AnswerKind, Journey, Survey};
use domain::{CategoryId, HubId, Language, QuestionId};
use serde::Serialize;

/// Of the questions on a person's way through the survey, so many answered make it a complete answer, in hundredths. AAPOR (2023), Standard
/// Definitions, leaves the threshold to the survey and asks for it to be said in advance.
pub const COMPLETE_PERCENT: usize = 80;

/// What one person said, and the little that is known about how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub answers: Vec<(QuestionId, Answer)>,
    /// As the office knows it, not as the device says.
    pub way: Way,
    pub collector: Option<CollectorCode>,
    pub hub: Option<HubId>,
    /// The group of the service that it is about.
    pub group: Option<CategoryId>,
    pub language: Language,
    pub seconds: Option<u32>,
}

impl Response {
    pub fn answer(&self, question: &QuestionId) -> Option<&Answer> {
        self.answers.iter().find(|(id, _)| id == question).map(|(_, answer)| answer)
    }

    /// Whether enough of what was asked on its way was answered. Comments are not asked of anybody.
    pub fn is_complete(&self, survey: &Survey) -> bool {
        let mut given = domain::survey::Answers::default();
        for (id, answer) in &self.answers {
            // An answer that does not fit this version is none of it.
            drop(given.set(survey, id, answer.clone()));
        }
        let route = Journey::of(survey, &given).route;
        let closed: Vec<_> = route.iter().filter(|question| !question.is_open()).collect();
        let answered = closed
            .iter()
            .filter(|question| {
                given.get(&question.id).is_some_and(|answer| *answer != Answer::Skipped)
            })
            .count();
        answered * 100 >= closed.len() * COMPLETE_PERCENT
    }
}

/// Everything that came in, before any of it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    pub invited: Wave<Invited, Response>,
    pub open: Wave<SelfSelected, Response>,
}

impl Round {
    /// `invitations` are the counts of those who were asked and of those who said no; answers are counted here. Errors when there are
    /// more answers and refusals than people asked.
    pub fn new(
        survey: &Survey,
        invited: Vec<Response>,
        asked: u64,
        refused: u64,
        open: Vec<Response>,
    ) -> Result<Self, WrongCounts> {
        let complete =
            invited.iter().filter(|response| response.is_complete(survey)).count() as u64;
        let invitations =
            Invitations::new(asked, complete, invited.len() as u64 - complete, refused)?;
        Ok(Self { invited: Wave::invited(invitations, invited)?, open: Wave::self_selected(open) })
    }
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    pub survey_version: u32,
    pub invited: Half,
    /// Those who chose themselves. No margins, and never added to the others.
    pub open: Half,
}

impl Report {
    /// `seed` draws the resamples of the drivers' bands.
    pub fn of(survey: &Survey, round: &Round, rule: Rule, seed: u64) -> Self {
        Self {
            survey_version: survey.version,
            invited: Half::of(
                survey,
                &round.invited,
                Some(round.invited.invitations()),
                rule,
                seed,
            ),
            open: Half::of(survey, &round.open, None, rule, seed),
        }
    }
}

/// The question of the overall experience, which breakdowns and drivers are about.
pub fn overall_question(survey: &Survey) -> Option<&domain::survey::Question> {
    use domain::survey::Construct;
    survey.questions.iter().find(|question| {
        question.construct == Construct::Overall
            && matches!(question.answer, AnswerKind::Scale { .. })
    })
}

#[cfg(test)]
mod tests;
