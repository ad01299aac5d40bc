//! The overall question, broken down by a trait: location, channel, village.

use super::Response;
use crate::interval::Figure;
use crate::selection::Selection;
use crate::suppression::{Groups, Rule, Seen};
use crate::wave::Wave;
use domain::QuestionId;
use domain::survey::{SurveyAnswer, SurveyQuestion};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The trait by which responses are grouped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BreakdownBy {
    /// How the person came to the survey.
    Way,
    /// The location that the response is about.
    Hub,
    /// The group of the service that it is about.
    ServiceGroup,
    /// The language of the answers.
    Language,
    /// The option chosen at a question about the person's situation: their channel, their
    /// community.
    Question(QuestionId),
}

impl BreakdownBy {
    /// Name in URLs and exports.
    pub fn name(&self) -> &str {
        match self {
            BreakdownBy::Way => "way",
            BreakdownBy::Hub => "hub",
            BreakdownBy::ServiceGroup => "service-group",
            BreakdownBy::Language => "language",
            BreakdownBy::Question(id) => id.as_str(),
        }
    }

    /// Key of the row that `response` belongs to; empty if unknown.
    fn key<'a>(&self, response: &'a Response) -> &'a str {
        match self {
            BreakdownBy::Way => response.way.name(),
            BreakdownBy::Hub => response.hub.as_ref().map_or("", |hub| hub.as_str()),
            BreakdownBy::ServiceGroup => response.group.as_ref().map_or("", |group| group.as_str()),
            BreakdownBy::Language => response.language.tag(),
            BreakdownBy::Question(id) => match response.answer(id) {
                Some(SurveyAnswer::Choice(option)) => option.as_str(),
                _ => "",
            },
        }
    }
}

/// The overall question by one trait.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Breakdown {
    /// The trait.
    pub by: BreakdownBy,
    /// One row per value that occurs, in the order of the keys.
    pub rows: Vec<Row>,
}

/// One group of people, and their ratings of the measured question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Value of the trait; empty for people for whom it is unknown.
    pub key: String,
    /// Number of people in the group.
    pub n: Seen,
    /// Number of them who rated the measured question.
    pub rated: Seen,
    /// Share of answers 4 and 5; `None` if the row is hidden or nobody rated.
    pub top_two: Option<Figure>,
    /// Mean score, 0 to 100; `None` if the row is hidden or nobody rated.
    pub mean: Option<Figure>,
}

impl Breakdown {
    /// Puts every response into exactly one row; the rows are in the order of their keys.
    pub fn of<S: Selection>(
        by: BreakdownBy,
        measured: &SurveyQuestion,
        wave: &Wave<S, Response>,
        rule: Rule,
    ) -> Self {
        let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for response in wave.records() {
            let (people, rated) = counts.entry(by.key(response)).or_default();
            *people += 1;
            *rated +=
                u64::from(matches!(response.answer(&measured.id), Some(SurveyAnswer::Scale(_))));
        }
        let seen = |counts: Vec<u64>| Groups::of(rule, &counts).groups;
        let people = seen(counts.values().map(|(people, _)| *people).collect());
        let rated = seen(counts.values().map(|(_, rated)| *rated).collect());
        let row = |(at, key): (usize, &str)| {
            let part = wave.part(|response| by.key(response) == key);
            let ratings = part.ratings(|response| response.answer(&measured.id));
            // A row is shown as a whole or not at all. Hiding additional figures reveals nothing.
            let is_shown = !people[at].is_hidden() && !rated[at].is_hidden();
            let shown = |seen: Seen| if is_shown { seen } else { Seen::Hidden };
            Row {
                key: key.into(),
                n: shown(people[at]),
                rated: shown(rated[at]),
                top_two: ratings.top_two().filter(|_| is_shown).map(|share| share.figure()),
                mean: ratings.mean().filter(|_| is_shown).map(|mean| mean.figure()),
            }
        };
        let rows = counts.into_keys().enumerate().map(row).collect();
        Self { by, rows }
    }
}
