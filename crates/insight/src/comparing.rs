//! Two waves beside each other: what changed, what may have, and what nobody can say.
//!
//! The answers of the two waves are taken to be of different people, or at least independent of each other.

mod holm;
mod newcombe;
mod welch;

pub use holm::holm;

use crate::interval::{CONFIDENCE, Interval, NoMargin};
use crate::means::Mean;
use crate::selection::Selection;
use crate::shares::Share;
use serde::Serialize;

/// One figure of both waves; the types see to it that both are of the same selection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pair<S> {
    Shares { before: Share<S>, after: Share<S> },
    Means { before: Mean<S>, after: Mean<S> },
}

/// Whether both waves asked in the same words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    Same,
    Changed,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison<S> {
    pub pair: Pair<S>,
    pub wording: Wording,
}

/// What can be said of one comparison.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// More than chance makes, also when one looks at as many figures as were compared.
    Shown(Difference),
    /// Chance could have made it. That is not "nothing changed": the interval says what may have.
    NotShown(Difference),
    /// `value` is after less before, where the two are figures of the same question.
    CannotSay { value: Option<f64>, why: Incomparable },
}

/// After less before, in the unit of the figures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    pub value: f64,
    /// Of this difference alone.
    pub interval: Interval,
    /// Of this difference alone: below 0.05 where `interval` leaves out 0.
    pub p: f64,
    /// By Holm, over all that were compared at once; what is shown is decided by it.
    pub p_adjusted: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Incomparable {
    WordingChanged,
    NoMargin(NoMargin),
}

/// Compares figures that are shown together; their number counts, so leave none out that was looked at. One [`Change`] each, in order.
pub fn compare<S: Selection>(comparisons: &[Comparison<S>]) -> Vec<Change> {
    let alone: Vec<_> = comparisons.iter().map(Comparison::alone).collect();
    let p_values: Vec<f64> = alone.iter().flatten().map(|difference| difference.p).collect();
    let mut adjusted = holm(&p_values).into_iter();
    let mut judge = |mut difference: Difference| {
        difference.p_adjusted = adjusted.next().unwrap_or(1.0);
        if difference.p_adjusted <= 1.0 - CONFIDENCE {
            Change::Shown(difference)
        } else {
            Change::NotShown(difference)
        }
    };
    let said = alone.into_iter().zip(comparisons);
    said.map(|(alone, comparison)| alone.map_or_else(|why| comparison.cannot_say(why), &mut judge))
        .collect()
}

impl<S: Selection> Comparison<S> {
    /// As if it were the only one.
    fn alone(&self) -> Result<Difference, Incomparable> {
        if self.wording == Wording::Changed {
            return Err(Incomparable::WordingChanged);
        }
        if let Some(why) = S::REFUSAL {
            return Err(Incomparable::NoMargin(why));
        }
        let (interval, p) = match &self.pair {
            Pair::Shares { before, after } => {
                (newcombe::interval(before, after), newcombe::p(before, after))
            }
            Pair::Means { before, after } => {
                welch::interval_and_p(before, after).map_err(Incomparable::NoMargin)?
            }
        };
        Ok(Difference { value: self.pair.difference(), interval, p, p_adjusted: p })
    }

    fn cannot_say(&self, why: Incomparable) -> Change {
        let value = (self.wording == Wording::Same).then(|| self.pair.difference());
        Change::CannotSay { value, why }
    }
}

impl<S: Selection> Pair<S> {
    fn difference(&self) -> f64 {
        match self {
            Pair::Shares { before, after } => after.value() - before.value(),
            Pair::Means { before, after } => after.value() - before.value(),
        }
    }
}

#[cfg(test)]
mod tests;
