//! A report as it is read back: what `insight` serialized, just now or in a baseline frozen years
//! ago. Nothing is computed here. Types with a margin are declared again, because only `insight`
//! can construct its own.

use domain::QuestionId;
use domain::survey::{Construct, JourneyStage};
use insight::report::BreakdownBy;
use insight::{NoMargin, RankCorrelation, ResponseRates, Seen};
use serde::Deserialize;

/// A report.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Shown {
    /// The version of the questions.
    pub survey_version: u32,
    /// The invited respondents.
    pub invited: ShownHalf,
    /// The self-selected respondents.
    pub open: ShownHalf,
}

/// The figures of one kind of respondents.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ShownHalf {
    /// Respondents.
    pub n: Seen,
    /// Counts of invitations; `None` for self-selected respondents.
    pub invitations: Option<ShownInvitations>,
    /// Response rates (AAPOR); `None` for self-selected respondents.
    pub rates: Option<ResponseRates>,
    /// Respondents by mode of answering.
    pub modes: Vec<(String, Seen)>,
    /// Median time for the questionnaire, in seconds.
    pub median_seconds: Option<u32>,
    /// Scale questions.
    pub items: Vec<ShownItem>,
    /// Choice questions.
    pub picked: Vec<ShownPicked>,
    /// The overall question by groups.
    pub breakdowns: Vec<ShownBreakdown>,
    /// Which questions weigh most for the overall question; `None` if not computed.
    pub drivers: Option<ShownDrivers>,
    /// The questions that `drivers` are about, in its order.
    pub driver_items: Vec<QuestionId>,
}

/// What became of the invitations.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct ShownInvitations {
    /// People invited.
    pub invited: u64,
    /// Complete answers.
    pub complete: u64,
    /// Partial answers.
    pub partial: u64,
    /// Refusals.
    pub refused: u64,
}

/// The figures of a scale question.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ShownItem {
    /// The question.
    pub question: QuestionId,
    /// The stage of the journey that it is about.
    pub stage: JourneyStage,
    /// What it measures.
    pub construct: Construct,
    /// Respondents who rated it.
    pub n: Seen,
    /// Respondents to whom it did not apply.
    pub does_not_apply: Seen,
    /// Respondents who skipped it.
    pub skipped: Seen,
    /// Respondents per scale point, lowest first.
    pub counts: Vec<Seen>,
    /// Share of the two best points, from 0 to 1; `None` if suppressed.
    pub top_two: Option<ShownFigure>,
    /// Mean, from 0 to 100; `None` if suppressed.
    pub mean: Option<ShownFigure>,
}

/// A value with its margin.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct ShownFigure {
    /// Answers that it is computed from.
    pub n: u64,
    /// The value.
    pub value: f64,
    /// Its margin of error.
    pub margin: ShownMargin,
}

/// A margin of error, or the reason for its absence.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShownMargin {
    /// A 95% interval.
    Within(ShownInterval),
    /// No margin, and why.
    None(NoMargin),
}

/// A 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct ShownInterval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The figures of a choice question.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ShownPicked {
    /// The question.
    pub question: QuestionId,
    /// The stage of the journey that it is about.
    pub stage: JourneyStage,
    /// What it measures.
    pub construct: Construct,
    /// Respondents who answered it.
    pub n: Seen,
    /// Its options.
    pub options: Vec<ShownPick>,
}

/// The figures of one option.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ShownPick {
    /// The option.
    pub option: QuestionId,
    /// Respondents who chose it.
    pub count: Seen,
    /// Their share, from 0 to 1; `None` if suppressed.
    pub share: Option<ShownFigure>,
}

/// The overall question by groups of respondents.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ShownBreakdown {
    /// What they are grouped by.
    pub by: BreakdownBy,
    /// The groups.
    pub rows: Vec<ShownRow>,
}

/// One group of a breakdown.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ShownRow {
    /// The group; empty if unknown.
    pub key: String,
    /// Respondents in it.
    pub n: Seen,
    /// Respondents in it who rated the overall question.
    pub rated: Seen,
    /// Share of the two best points, from 0 to 1; `None` if suppressed.
    pub top_two: Option<ShownFigure>,
    /// Mean, from 0 to 100; `None` if suppressed.
    pub mean: Option<ShownFigure>,
}

/// Which questions weigh most for the overall question.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShownDrivers {
    /// Johnson's relative weights.
    Weights {
        /// Respondents used.
        n: u64,
        /// Respondents left out, because of missing answers.
        left_out: u64,
        /// Explained share of the variance.
        r_squared: f64,
        /// One per question.
        weights: Vec<ShownWeight>,
    },
    /// Spearman's rank correlations, if weights cannot be computed.
    RankCorrelations {
        /// The reason, as `insight` serialized it.
        why: serde_json::Value,
        /// One per question.
        correlations: Vec<RankCorrelation>,
    },
}

/// The relative weight of one question.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct ShownWeight {
    /// Part of the explained share of the variance.
    pub raw: f64,
    /// Share of all weights, from 0 to 1.
    pub share: f64,
    /// Margin of `share`.
    pub margin: ShownMargin,
}

impl Shown {
    /// Parses a report. Fails if it has another format than this program knows.
    pub fn of(report: serde_json::Value) -> Result<Self, serde_json::Error> {
        serde_json::from_value(report)
    }
}
