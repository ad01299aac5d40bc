//! What is known of everybody, checked against the answers before anything is weighted by it.

use crate::weights::WeightFault;
use serde::Serialize;

/// How far the shares of a target may be from 1 together: enough for sums of rounded binary fractions, too little for a forgotten percent.
const SUM_TOLERANCE: f64 = 1e-6;

/// What is known of everybody: the shares of the categories of one trait, such as the villages.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Each above 0, together 1.
    pub shares: Vec<f64>,
    /// The category of every answer, as a place in `shares`.
    pub category_of: Vec<usize>,
}

/// Places are those of the target in the list, and of the category in the target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RakingFault {
    NoAnswers,
    BoundsOutOfOrder,
    /// The target names categories of `given` answers, not of all.
    WrongLength {
        target: usize,
        given: usize,
    },
    UnknownCategory {
        target: usize,
        answer: usize,
    },
    /// 0 or below, or no number. Nobody is weighted away: leave the answers out, and the category.
    NoShare {
        target: usize,
        category: usize,
    },
    NotAWhole {
        target: usize,
        sum: f64,
    },
    /// A part of everybody of which nobody answered: no weight stands for them. Join categories.
    NobodyIn {
        target: usize,
        category: usize,
    },
    /// Bounds so wide that a weight is no number any more.
    Weights(WeightFault),
    /// The targets contradict each other, or the bounds leave no such weights. This share was the farthest off after `cycles` rounds.
    NotMet {
        target: usize,
        category: usize,
        wanted: f64,
        reached: f64,
        cycles: u32,
    },
}

/// The targets with their shares made exactly whole, or what is wrong with the first that cannot be used.
pub(super) fn checked(n: usize, targets: &[Target]) -> Result<Vec<Target>, RakingFault> {
    if n == 0 {
        return Err(RakingFault::NoAnswers);
    }
    targets.iter().enumerate().map(|(place, target)| target.checked(n, place)).collect()
}

impl Target {
    fn checked(&self, n: usize, target: usize) -> Result<Target, RakingFault> {
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
            None => Ok(Target {
                shares: self.shares.iter().map(|share| share / sum).collect(),
                category_of: self.category_of.clone(),
            }),
        }
    }
}
