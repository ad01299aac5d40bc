//! Weights, their effect on precision, and weighted sums. Unweighted figures use weights of 1, so
//! that there is one computation for both.

use serde::Serialize;

/// One weight per answer, in the order of the answers; all finite and above 0.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Weights(Vec<f64>);

/// Why a list of weights is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WeightFault {
    /// A weight is 0, negative, infinite or NaN. Leave answers that must not count out of the wave
    /// instead of weighting them to 0.
    NotPositive {
        /// Index of the first such weight.
        at: usize,
        /// Its value.
        weight: f64,
    },
    /// The sum of the squares overflows, or the square of a weight underflows.
    OutOfRange,
}

impl Weights {
    /// Errors with the first unusable weight, or if the squares do not fit into an `f64`.
    pub fn new(weights: Vec<f64>) -> Result<Self, WeightFault> {
        if let Some(at) = weights.iter().position(|&weight| !(weight.is_finite() && weight > 0.0)) {
            return Err(WeightFault::NotPositive { at, weight: weights[at] });
        }
        let squares = sum(weights.iter().map(|weight| weight * weight));
        let fits =
            squares.is_finite() && weights.iter().all(|weight| (weight * weight).is_normal());
        if fits { Ok(Self(weights)) } else { Err(WeightFault::OutOfRange) }
    }

    /// The weights, in the order of the answers.
    pub fn as_slice(&self) -> &[f64] {
        &self.0
    }

    /// The number of equally weighted answers that would be as informative; 0 for no weights. Kish
    /// (1965).
    pub fn effective_n(&self) -> f64 {
        effective_n(&self.0)
    }
}

/// (Σw)²/Σw²: Kish, L. (1965), Survey Sampling, section 11.7. It depends on the weights alone:
/// where weights and answers are related, margins based on it are somewhat too wide or too narrow
/// (`tests/coverage.rs`). Capped at the number of weights, which rounding could exceed.
pub(crate) fn effective_n(weights: &[f64]) -> f64 {
    match sum(weights.iter().map(|weight| weight * weight)) {
        0.0 => 0.0,
        squares => {
            let total = sum(weights.iter().copied());
            (total * total / squares).min(weights.len() as f64)
        }
    }
}

/// Σwx/Σw of at least one value. Computed relative to the first value, so that equal values produce
/// exactly that value and a variance of exactly 0.
pub(crate) fn mean(values: &[f64], weights: &[f64]) -> f64 {
    let from = values[0];
    from + sum(values.iter().zip(weights).map(|(value, weight)| (value - from) * weight))
        / sum(weights.iter().copied())
}

/// Σw(x-m)²/(Σw - Σw²/Σw), which equals s² with n-1 if all weights are equal (reliability weights;
/// Cochran 1977, section 5A; GNU Scientific Library, weighted samples). `None` if the effective n
/// is 1, which would divide by 0.
pub(crate) fn variance(values: &[f64], weights: &[f64]) -> Option<f64> {
    let (centre, total) = (mean(values, weights), sum(weights.iter().copied()));
    let squares = sum(values
        .iter()
        .zip(weights)
        .map(|(value, weight)| weight * (value - centre) * (value - centre)));
    let left = 1.0 - 1.0 / effective_n(weights);
    (left > 0.0).then(|| squares / (total * left))
}

/// Sums from first to last: the same order produces the same bits.
fn sum(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |sum, value| sum + value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{close, rows};

    #[test]
    fn they_compute_what_was_recorded() {
        for row in rows("weighted") {
            let (values, weights) = (row.numbers("values"), row.numbers("weights"));
            close(Weights::new(weights.clone()).unwrap().effective_n(), row.number("n_effective"));
            close(mean(&values, &weights), row.number("mean"));
            close(variance(&values, &weights).unwrap(), row.number("variance"));
        }
    }

    #[test]
    fn equal_weights_change_nothing_whatever_they_are() {
        for weight in [1.0, 0.3, 17.0] {
            let (values, weights) = ([0.0, 25.0, 100.0, 100.0], [weight; 4]);
            close(effective_n(&weights), 4.0);
            close(mean(&values, &weights), 56.25);
            close(variance(&values, &weights).unwrap(), 7_968.75 / 3.0);
        }
    }

    #[test]
    fn values_that_are_alike_have_no_variance_at_all() {
        let weights = [0.1, 0.7, 1.3, 2.9, 0.3];
        assert_eq!((mean(&[75.0; 5], &weights), variance(&[75.0; 5], &weights)), (75.0, Some(0.0)));
    }

    #[test]
    fn nothing_has_no_effective_n_and_one_no_variance() {
        assert_eq!(Weights::new(vec![]).unwrap().effective_n(), 0.0);
        assert_eq!(variance(&[50.0], &[2.0]), None);
    }

    #[test]
    fn a_weight_that_is_no_weight_is_a_fault() {
        for weight in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(
                matches!(
                    Weights::new(vec![1.0, weight]),
                    Err(WeightFault::NotPositive { at: 1, .. })
                ),
                "{weight}"
            );
        }
        assert_eq!(Weights::new(vec![1e200, 1e200]), Err(WeightFault::OutOfRange));
        assert_eq!(Weights::new(vec![1e-200]), Err(WeightFault::OutOfRange));
    }
}
