//! Key drivers: how strongly each part of an experience goes together with the overall rating, and
//! how certain that is. A driver is not shown to be a cause.
//!
//! With enough answers: relative weights with bootstrap bands. Otherwise: rank correlations, and
//! the reason.

mod bands;
mod eigen;
mod ranks;
mod relative;

pub use ranks::RankCorrelation;

use crate::interval::{Margin, NoMargin};
use crate::random::SeededRandom;
use crate::rating::Rating;
use relative::Relative;
use serde::Serialize;

/// Minimum number of complete cases for relative weights.
const CASES_MIN: usize = 100;
/// Minimum number of complete cases per item. The larger of the two minimums applies.
const CASES_PER_ITEM_MIN: usize = 10;

/// One person's ratings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriverCase {
    /// The overall rating; `None` if not answered.
    pub outcome: Option<Rating>,
    /// The rating of each item, in the same order in all cases; `None` if not answered.
    pub items: Vec<Option<Rating>>,
}

/// Error: the cases have different numbers of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnevenCases {
    /// Index of the first case that differs from case 0.
    pub at: usize,
}

/// Relative weights, or rank correlations if weights are not possible.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drivers {
    /// Relative weights (Johnson 2000).
    Weights {
        /// Number of cases that answered the outcome and every item.
        n: u64,
        /// Number of cases left out because an answer is missing.
        left_out: u64,
        /// Share of the variance of the outcome that all items together explain, 0 to 1.
        r_squared: f64,
        /// One per item; the raw weights sum to `r_squared`.
        weights: Vec<Weight>,
    },
    /// One Spearman correlation per item.
    RankCorrelations {
        /// Why there are no relative weights.
        why: WhyRanks,
        /// One per item, each over the cases that answered it and the outcome.
        correlations: Vec<RankCorrelation>,
    },
}

/// The importance of one item.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Weight {
    /// Its part of R².
    pub raw: f64,
    /// Its part as a share of R², 0 to 1; all items together 1.
    pub share: f64,
    /// Margin of `share`, for invited answers: the middle 95 % of bootstrap resamples.
    pub margin: Margin,
}

/// Why there are no relative weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyRanks {
    /// Fewer complete cases than needed.
    TooFewAnswers {
        /// Cases that answered the outcome and every item.
        complete: u64,
        /// Complete cases needed for this number of items.
        needed: u64,
    },
    /// All answers to the outcome or to an item are equal, or the items do not explain the outcome
    /// at all.
    NoSpread,
    /// Items are linearly dependent, so their contributions cannot be separated.
    ItemsMoveTogether,
    /// There are no items.
    NoItems,
}

/// `refusal` is the selection's reason to have no margins. Errors if the cases have different
/// numbers of items.
pub(crate) fn of(
    cases: &[DriverCase],
    refusal: Option<NoMargin>,
    random: &mut SeededRandom,
) -> Result<Drivers, UnevenCases> {
    let items = cases.first().map_or(0, |case| case.items.len());
    if let Some(at) = cases.iter().position(|case| case.items.len() != items) {
        return Err(UnevenCases { at });
    }
    let ranks = |why| Drivers::RankCorrelations {
        why,
        correlations: (0..items).map(|item| ranks::of(cases, item)).collect(),
    };
    let complete = complete(cases);
    let needed = CASES_MIN.max(CASES_PER_ITEM_MIN * items);
    if items == 0 {
        return Ok(ranks(WhyRanks::NoItems));
    }
    if complete.len() < needed {
        return Ok(ranks(WhyRanks::TooFewAnswers {
            complete: complete.len() as u64,
            needed: needed as u64,
        }));
    }
    Ok(match relative::of(&complete) {
        Err(why) => ranks(why),
        Ok(Relative { r_squared, raw }) => {
            let margins = match refusal {
                Some(why) => vec![Margin::None(why); items],
                None => bands::of(&complete, items, random),
            };
            let weights = raw
                .iter()
                .zip(margins)
                .map(|(&raw, margin)| Weight { raw, share: raw / r_squared, margin })
                .collect();
            Drivers::Weights {
                n: complete.len() as u64,
                left_out: (cases.len() - complete.len()) as u64,
                r_squared,
                weights,
            }
        }
    })
}

/// Rows of scores, outcome last, of the cases without a missing answer.
fn complete(cases: &[DriverCase]) -> Vec<Vec<f64>> {
    let row = |case: &DriverCase| {
        case.items.iter().chain([&case.outcome]).map(|rating| Some((*rating)?.score())).collect()
    };
    cases.iter().filter_map(row).collect()
}

#[cfg(test)]
mod tests;
