//! Compares two waves: which changes are shown, which may be chance, and which cannot be assessed.
//!
//! The answers of the two waves are assumed to come from different people, or at least to be
//! independent.

mod holm;
mod newcombe;
mod welch;

pub use holm::holm;

use crate::interval::{CONFIDENCE, Interval, NoMargin};
use crate::means::Mean;
use crate::selection::Selection;
use crate::shares::Share;
use serde::Serialize;

/// One figure from both waves; the type parameter ensures that both have the same selection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pair<S> {
    /// Two shares.
    Shares {
        /// In the earlier wave.
        before: Share<S>,
        /// In the later wave.
        after: Share<S>,
    },
    /// Two means.
    Means {
        /// In the earlier wave.
        before: Mean<S>,
        /// In the later wave.
        after: Mean<S>,
    },
}

/// Whether both waves asked the question in the same words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    /// The same words.
    Same,
    /// Different words: the figures are not comparable.
    Changed,
}

/// One figure to compare between two waves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison<S> {
    /// The figure in both waves.
    pub pair: Pair<S>,
    /// Whether the question was worded the same.
    pub wording: Wording,
}

/// The result of one comparison.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComparedChange {
    /// Larger than chance explains, also after the adjustment for the number of comparisons.
    Shown(Difference),
    /// Chance could explain it. This does not mean "no change": the interval contains the plausible
    /// changes.
    NotShown(Difference),
    /// The change cannot be assessed.
    CannotSay {
        /// `after` minus `before`; `None` if the wording changed.
        value: Option<f64>,
        /// The reason.
        why: Incomparable,
    },
}

/// `after` minus `before`, in the unit of the figures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    /// The difference: -1 to 1 for shares, -100 to 100 for means.
    pub value: f64,
    /// Interval of this difference alone, not adjusted for the number of comparisons.
    pub interval: Interval,
    /// P value of this difference alone: below 0.05 if `interval` does not contain 0.
    pub p: f64,
    /// Adjusted by Holm's method over everything that was compared together. It decides whether the
    /// change is shown.
    pub p_adjusted: f64,
}

/// Why two figures cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Incomparable {
    /// The two waves asked in different words.
    WordingChanged,
    /// A figure has no margin of error.
    NoMargin(NoMargin),
}

/// Compares figures that are shown together. Returns one [`ComparedChange`] per comparison, in
/// order. The adjustment depends on the number of comparisons, so pass every figure that is looked
/// at.
pub fn compare<S: Selection>(comparisons: &[Comparison<S>]) -> Vec<ComparedChange> {
    let alone: Vec<_> = comparisons.iter().map(Comparison::alone).collect();
    let p_values: Vec<f64> = alone.iter().flatten().map(|difference| difference.p).collect();
    let mut adjusted = holm(&p_values).into_iter();
    let mut judge = |mut difference: Difference| {
        difference.p_adjusted = adjusted.next().unwrap_or(1.0);
        if difference.p_adjusted <= 1.0 - CONFIDENCE {
            ComparedChange::Shown(difference)
        } else {
            ComparedChange::NotShown(difference)
        }
    };
    let said = alone.into_iter().zip(comparisons);
    said.map(|(alone, comparison)| alone.map_or_else(|why| comparison.cannot_say(why), &mut judge))
        .collect()
}

impl<S: Selection> Comparison<S> {
    /// The difference without the adjustment for other comparisons.
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

    fn cannot_say(&self, why: Incomparable) -> ComparedChange {
        let value = (self.wording == Wording::Same).then(|| self.pair.difference());
        ComparedChange::CannotSay { value, why }
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
