//! Raking within bounds: weights that make the answers match known population shares.
//!
//! Deming, W. E. and Stephan, F. F. (1940), On a least squares adjustment of a sampled frequency
//! table when the expected marginal totals are known, Annals of Mathematical Statistics 11,
//! 427-444. The bounds are applied by Dykstra's method with Kullback-Leibler projections (Bauschke,
//! H. H. and Lewis, A. S. (2000), Optimization 48, 409-427): each weight has an unbounded
//! counterpart that remembers what the bound cut off. Of all weights within the bounds that meet
//! the targets, the result is therefore the closest to equal weights, which are Deville and
//! Särndal's truncated multiplicative weights (1992, JASA 87, 376-382).

mod targets;

pub use targets::{RakingFault, RakingTarget};

use crate::weights::{Weights, effective_n};
use serde::Serialize;

/// Maximum number of cycles over all targets. Where many weights are at a bound, a cycle may only
/// halve the remaining distance, or reduce it by less.
const CYCLES_MAX: u32 = 20_000;
/// Maximum distance of a share from its target in the result.
const TOLERANCE: f64 = 1e-12;

/// Limits for a weight if the mean weight is 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Smallest weight: above 0 and below 1.
    pub least: f64,
    /// Largest weight: above 1.
    pub most: f64,
}

/// The weights, whose mean is 1, and how they were reached.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Raked {
    /// One weight per answer.
    pub weights: Weights,
    /// Kish's effective sample size of these weights.
    pub effective_n: f64,
    /// Cycles over all targets.
    pub cycles: u32,
    /// The largest remaining distance of a share from its target.
    pub off_by: f64,
    /// Number of weights that are held at a bound.
    pub at_bounds: usize,
}

/// Computes weights for `n` answers that meet all `targets` within `bounds`. Errors if the bounds
/// or a target cannot be used, or if no such weights are found.
pub fn rake(n: usize, targets: &[RakingTarget], bounds: Bounds) -> Result<Raked, RakingFault> {
    bounds.check()?;
    let targets = targets::checked(n, targets)?;
    let mut unbounded = vec![1.0; n];
    let mut cycles = 0;
    loop {
        let bounded: Vec<f64> =
            unbounded.iter().map(|weight: &f64| weight.clamp(bounds.least, bounds.most)).collect();
        let farthest = farthest(&bounded, &targets);
        if farthest.distance() <= TOLERANCE {
            return raked(bounded, &unbounded, cycles, farthest.distance());
        }
        if cycles == CYCLES_MAX {
            let Off { target, category, wanted, reached } = farthest;
            return Err(RakingFault::NotMet { target, category, wanted, reached, cycles });
        }
        adjust(&mut unbounded, bounded, &targets);
        cycles += 1;
    }
}

impl Bounds {
    fn check(&self) -> Result<(), RakingFault> {
        let are_in_order = self.least > 0.0 && self.least < 1.0 && self.most > 1.0;
        if are_in_order { Ok(()) } else { Err(RakingFault::BoundsOutOfOrder) }
    }
}

/// One cycle: adjusts to the targets in turn, each starting from the result of the previous one.
/// The unbounded counterparts are multiplied by the same factors.
fn adjust(unbounded: &mut [f64], mut bounded: Vec<f64>, targets: &[RakingTarget]) {
    for target in targets {
        let shares = shares(&bounded, target);
        for (at, &category) in target.category_of.iter().enumerate() {
            let factor = target.shares[category] / shares[category];
            bounded[at] *= factor;
            unbounded[at] *= factor;
        }
    }
}

/// Weighted shares relative to `n` instead of the sum of the weights, which makes the mean weight
/// converge to 1.
fn shares(weights: &[f64], target: &RakingTarget) -> Vec<f64> {
    let mut shares = vec![0.0; target.shares.len()];
    target
        .category_of
        .iter()
        .zip(weights)
        .for_each(|(&category, weight)| shares[category] += weight);
    shares.iter().map(|sum| sum / weights.len() as f64).collect()
}

/// A share that was reached, and its target.
#[derive(Default)]
struct Off {
    target: usize,
    category: usize,
    wanted: f64,
    reached: f64,
}

impl Off {
    fn distance(&self) -> f64 {
        (self.wanted - self.reached).abs()
    }
}

fn farthest(weights: &[f64], targets: &[RakingTarget]) -> Off {
    let all = targets.iter().enumerate().flat_map(|(place, target)| {
        let reached = shares(weights, target).into_iter().zip(&target.shares).enumerate();
        reached.map(move |(category, (reached, &wanted))| Off {
            target: place,
            category,
            wanted,
            reached,
        })
    });
    all.fold(
        Off::default(),
        |farthest, off| if off.distance() > farthest.distance() { off } else { farthest },
    )
}

fn raked(
    bounded: Vec<f64>,
    unbounded: &[f64],
    cycles: u32,
    off_by: f64,
) -> Result<Raked, RakingFault> {
    let at_bounds =
        bounded.iter().zip(unbounded).filter(|(bounded, unbounded)| bounded != unbounded).count();
    let effective_n = effective_n(&bounded);
    let weights = Weights::new(bounded).map_err(RakingFault::Weights)?;
    Ok(Raked { weights, effective_n, cycles, off_by, at_bounds })
}

#[cfg(test)]
mod tests;
