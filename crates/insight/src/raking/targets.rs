//! Known population shares, checked against the answers before they are used for weighting.

use crate::weights::WeightFault;
use serde::Serialize;

/// How far the shares of a target may sum to other than 1: allows for the rounding of binary
/// fractions, but not for a missing percent.
const SUM_TOLERANCE: f64 = 1e-6;

/// The known population shares of the categories of one trait, for example of the villages.
#[derive(Debug, Clone, PartialEq)]
pub struct RakingTarget {
    /// Population share of each category: each above 0, summing to 1.
    pub shares: Vec<f64>,
    /// The category of each answer, as an index into `shares`.
    pub category_of: Vec<usize>,
}

/// Why raking is impossible. Numbers are indexes: of the target in the list, of the category in the
/// target, of the answer in the wave.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RakingFault {
    /// There are no answers to weight.
    NoAnswers,
    /// The bounds do not satisfy 0 < `least` < 1 < `most`.
    BoundsOutOfOrder,
    /// The target assigns a category to `given` answers, not to every answer.
    WrongLength {
        /// Index of the target.
        target: usize,
        /// Number of answers with a category.
        given: usize,
    },
    /// An answer has a category that the target does not list.
    UnknownCategory {
        /// Index of the target.
        target: usize,
        /// Index of the first such answer.
        answer: usize,
    },
    /// A share is 0, negative, infinite or NaN. Nobody is weighted to 0: leave out the answers and
    /// the category.
    NoShare {
        /// Index of the target.
        target: usize,
        /// Index of the first such category.
        category: usize,
    },
    /// The shares of a target do not sum to 1.
    NotAWhole {
        /// Index of the target.
        target: usize,
        /// What the shares sum to.
        sum: f64,
    },
    /// A category without answers: no weight can represent it. Merge categories.
    NobodyIn {
        /// Index of the target.
        target: usize,
        /// Index of the category.
        category: usize,
    },
    /// The bounds are so wide that the weights do not fit into an `f64`.
    Weights(WeightFault),
    /// The targets contradict each other, or the bounds allow no such weights. Names the share that
    /// was farthest from its target.
    NotMet {
        /// Index of the target.
        target: usize,
        /// Index of the category.
        category: usize,
        /// The target share, 0 to 1.
        wanted: f64,
        /// The share that was reached, 0 to 1.
        reached: f64,
        /// Cycles that were run.
        cycles: u32,
    },
}

/// The targets, normalized to sum to exactly 1, or the first fault.
pub(super) fn checked(
    n: usize,
    targets: &[RakingTarget],
) -> Result<Vec<RakingTarget>, RakingFault> {
    if n == 0 {
        return Err(RakingFault::NoAnswers);
    }
    targets.iter().enumerate().map(|(place, target)| target.checked(n, place)).collect()
}

impl RakingTarget {
    fn checked(&self, n: usize, target: usize) -> Result<RakingTarget, RakingFault> {
        if self.category_of.len() != n {
            return Err(RakingFault::WrongLength { target, given: self.category_of.len() });
        }
        if let Some(answer) =
            self.category_of.iter().position(|&category| category >= self.shares.len())
        {
            return Err(RakingFault::UnknownCategory { target, answer });
        }
        if let Some(category) =
            self.shares.iter().position(|share| !(share.is_finite() && *share > 0.0))
        {
            return Err(RakingFault::NoShare { target, category });
        }
        let sum: f64 = self.shares.iter().sum();
        if (sum - 1.0).abs() > SUM_TOLERANCE {
            return Err(RakingFault::NotAWhole { target, sum });
        }
        match (0..self.shares.len()).find(|category| !self.category_of.contains(category)) {
            Some(category) => Err(RakingFault::NobodyIn { target, category }),
            None => Ok(RakingTarget {
                shares: self.shares.iter().map(|share| share / sum).collect(),
                category_of: self.category_of.clone(),
            }),
        }
    }
}
