//! Which parts of an experience go together with the whole of it, and how sure one can be. Never what causes it.
//!
//! With enough answers, relative weights with bootstrap bands; else rank correlations, and why.

mod bands;
mod eigen;
mod ranks;
mod relative;

pub use ranks::RankCorrelation;

use crate::interval::{Margin, NoMargin};
use crate::random::Random;
use crate::rating::Rating;
use relative::Relative;
use serde::Serialize;

/// Complete cases that relative weights need.
const CASES_MIN: usize = 100;
/// And for each item.
const CASES_PER_ITEM_MIN: usize = 10;

/// What one person said of the outcome and of every item, in the same order for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub outcome: Option<Rating>,
    pub items: Vec<Option<Rating>>,
}

/// Cases with different numbers of items: the one at this place is the first that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnevenCases {
    pub at: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drivers {
    Weights {
        /// Those who answered the outcome and every item.
        n: u64,
        left_out: u64,
        /// How much of the outcome's spread all items account for, 0 to 1.
        r_squared: f64,
        /// One an item, together `r_squared`.
        weights: Vec<Weight>,
    },
    RankCorrelations {
        why: WhyRanks,
        /// One an item, each of those who answered it and the outcome.
        correlations: Vec<RankCorrelation>,
    },
}

/// The importance of an item.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Weight {
    /// Its part of R².
    pub raw: f64,
    /// Its part as a share of R², 0 to 1; all items together 1.
    pub share: f64,
    /// Of `share`, where the answers earn one: the middle 95 % of resamples.
    pub margin: Margin,
}

/// Why there are no relative weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyRanks {
    TooFewAnswers {
        complete: u64,
        needed: u64,
    },
    /// Everybody said the same of the outcome or of an item, or the items do not tell the outcome at all.
    NoSpread,
    /// Some items are always answered alike; nothing tells them apart.
    ItemsMoveTogether,
    NoItems,
}

/// `refusal` is the selection's. Errors when the cases are not of the same items.
pub(crate) fn of(
    cases: &[Case],
    refusal: Option<NoMargin>,
    random: &mut Random,
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

/// Rows of scores, the outcome last, of those who answered everything.
fn complete(cases: &[Case]) -> Vec<Vec<f64>> {
    let row = |case: &Case| {
        case.items.iter().chain([&case.outcome]).map(|rating| Some((*rating)?.score())).collect()
    };
    cases.iter().filter_map(row).collect()
}

#[cfg(test)]
mod tests;
