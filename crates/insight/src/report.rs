//! The report of one survey round, in the order in which a council reads it. Every figure in it has
//! passed suppression, and invited and self-selected respondents are reported separately.
//!
//! The same responses in the same order produce the same report, bit for bit: a frozen baseline is
//! such a report, stored.

mod breakdown;
mod half;
mod item;

pub use breakdown::{Breakdown, BreakdownBy, Row};
pub use half::{CollectorCount, Half, Mode, collector_counts};
pub use item::{Item, Pick, Picked};

use crate::invitations::{Invitations, WrongCounts};
use crate::selection::{Invited, SelfSelected};
use crate::suppression::Rule;
use crate::wave::Wave;
use domain::collector::{CollectorCode, Way};
use domain::survey::{AnswerKind, Journey, Survey, SurveyAnswer};
use domain::{CategoryId, HubId, Language, QuestionId};
use serde::Serialize;

/// Percentage of the questions on a person's path through the survey that must be answered for a
/// complete answer. AAPOR (2023), Standard Definitions, leaves the threshold to the survey and asks
/// for it to be stated in advance.
pub const COMPLETE_PERCENT: usize = 80;

/// One person's answers, and the little that is known about how they were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Answers by question.
    pub answers: Vec<(QuestionId, SurveyAnswer)>,
    /// How the person came to the survey, as recorded by the server, not as claimed by the device.
    pub way: Way,
    /// The collector that it came through, if any.
    pub collector: Option<CollectorCode>,
    /// The location that it is about, if known.
    pub hub: Option<HubId>,
    /// Group of the service that it is about, if known.
    pub group: Option<CategoryId>,
    /// Language in which the survey was answered.
    pub language: Language,
    /// Time to fill in the survey in seconds, if known.
    pub seconds: Option<u32>,
}

impl Response {
    /// The answer to `question`; `None` if it has none.
    pub fn answer(&self, question: &QuestionId) -> Option<&SurveyAnswer> {
        self.answers.iter().find(|(id, _)| id == question).map(|(_, answer)| answer)
    }

    /// Whether at least [`COMPLETE_PERCENT`] of the closed questions on the person's path were
    /// answered. Open comments are not counted, because nobody is required to write one.
    pub fn is_complete(&self, survey: &Survey) -> bool {
        let mut given = domain::survey::Answers::default();
        for (id, answer) in &self.answers {
            // An answer that does not fit this version of the survey is ignored.
            drop(given.set(survey, id, answer.clone()));
        }
        let route = Journey::of(survey, &given).route;
        let closed: Vec<_> = route.iter().filter(|question| !question.is_open()).collect();
        let answered = closed
            .iter()
            .filter(|question| {
                given.get(&question.id).is_some_and(|answer| *answer != SurveyAnswer::Skipped)
            })
            .count();
        answered * 100 >= closed.len() * COMPLETE_PERCENT
    }
}

/// All responses of a round, before suppression.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// Responses of people who were invited.
    pub invited: Wave<Invited, Response>,
    /// Responses of people who selected themselves.
    pub open: Wave<SelfSelected, Response>,
}

impl Round {
    /// Sorts responses into complete and partial ones. `asked` and `refused` are counts of people.
    /// Errors if there are more answers and refusals than people asked.
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

/// All figures of a round after suppression.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Version of the survey that was answered.
    pub survey_version: u32,
    /// Figures of the invited respondents, with margins of error.
    pub invited: Half,
    /// Figures of the self-selected respondents. They have no margins, and are never added to the
    /// invited ones.
    pub open: Half,
}

impl Report {
    /// Computes the report. `seed` seeds the bootstrap resamples of the drivers' bands.
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

/// The scale question about the overall experience, which breakdowns and drivers are about; `None`
/// if the survey has none.
pub fn overall_question(survey: &Survey) -> Option<&domain::survey::SurveyQuestion> {
    use domain::survey::Construct;
    survey.questions.iter().find(|question| {
        question.construct == Construct::Overall
            && matches!(question.answer, AnswerKind::Scale { .. })
    })
}

#[cfg(test)]
mod tests;
