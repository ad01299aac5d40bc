//! A report as it is read: what `insight` wrote down, whether just now or in a baseline that was frozen years ago. Nothing is computed here. What holds a
//! margin is a type of its own, because `insight` lets nobody else make one of its own.

use domain::QuestionId;
use domain::survey::{Construct, Stage};
use insight::report::By;
use insight::{NoMargin, RankCorrelation, ResponseRates, Seen};
use serde::Deserialize;

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Shown {
    pub survey_version: u32,
    pub invited: Half,
    pub open: Half,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Half {
    pub n: Seen,
    pub invitations: Option<Invitations>,
    pub rates: Option<ResponseRates>,
    pub modes: Vec<(String, Seen)>,
    pub median_seconds: Option<u32>,
    pub items: Vec<Item>,
    pub picked: Vec<Picked>,
    pub breakdowns: Vec<Breakdown>,
    pub drivers: Option<Drivers>,
    pub driver_items: Vec<QuestionId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Invitations {
    pub invited: u64,
    pub complete: u64,
    pub partial: u64,
    pub refused: u64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Item {
    pub question: QuestionId,
    pub stage: Stage,
    pub construct: Construct,
    pub n: Seen,
    pub does_not_apply: Seen,
    pub skipped: Seen,
    pub counts: Vec<Seen>,
    pub top_two: Option<Figure>,
    pub mean: Option<Figure>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Figure {
    pub n: u64,
    pub value: f64,
    pub margin: Margin,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Margin {
    Within(Interval),
    None(NoMargin),
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Picked {
    pub question: QuestionId,
    pub stage: Stage,
    pub construct: Construct,
    pub n: Seen,
    pub options: Vec<Pick>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Pick {
    pub option: QuestionId,
    pub count: Seen,
    pub share: Option<Figure>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Breakdown {
    pub by: By,
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Row {
    pub key: String,
    pub n: Seen,
    pub rated: Seen,
    pub top_two: Option<Figure>,
    pub mean: Option<Figure>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drivers {
    Weights { n: u64, left_out: u64, r_squared: f64, weights: Vec<Weight> },
    RankCorrelations { why: serde_json::Value, correlations: Vec<RankCorrelation> },
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Weight {
    pub raw: f64,
    pub share: f64,
    pub margin: Margin,
}

impl Shown {
    /// Errors when the report has another layout than this program knows.
    pub fn of(report: serde_json::Value) -> Result<Self, serde_json::Error> {
        serde_json::from_value(report)
    }
}
