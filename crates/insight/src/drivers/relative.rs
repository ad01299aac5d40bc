//! Relative weights: how R² divides among correlated items.
//!
//! Johnson, J. W. (2000), A heuristic method for estimating the relative weight of predictor
//! variables in multiple regression, Multivariate Behavioral Research 35, 1-19. The items'
//! correlations are R = VΔ²Vᵀ; Λ = VΔVᵀ holds the correlations of the items with their nearest
//! uncorrelated counterparts, β = Λ⁻¹r those of the counterparts with the outcome; item j accounts
//! for Σₖ Λⱼₖ²βₖ².

use super::WhyRanks;
use super::eigen;

/// An eigenvalue of the correlation matrix below this means that one item is determined by the
/// others.
const EIGENVALUE_MIN: f64 = 1e-9;
/// An R² below this is rounding error, so shares of it are meaningless.
const R_SQUARED_MIN: f64 = 1e-12;

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Relative {
    pub(super) r_squared: f64,
    /// One per item; they sum to `r_squared`.
    pub(super) raw: Vec<f64>,
}

/// `rows` are scores, each row the items and then the outcome. Errors with the reason why no
/// weights can be computed.
pub(super) fn of<Row: AsRef<[f64]>>(rows: &[Row]) -> Result<Relative, WhyRanks> {
    let correlations = correlations(rows).ok_or(WhyRanks::NoSpread)?;
    let items = correlations.len() - 1;
    let (among, outcome): (Vec<Vec<f64>>, Vec<f64>) =
        correlations[..items].iter().map(|row| (row[..items].to_vec(), row[items])).unzip();
    let (values, vectors) = eigen::symmetric(among);
    if values.iter().any(|value| *value < EIGENVALUE_MIN) {
        return Err(WhyRanks::ItemsMoveTogether);
    }
    // The element [one][other] of V f(Δ²) Vᵀ.
    let turned = |one: usize, other: usize, f: fn(f64) -> f64| {
        (0..items).fold(0.0, |sum, k| sum + vectors[one][k] * f(values[k]) * vectors[other][k])
    };
    let beta: Vec<f64> = (0..items)
        .map(|k| {
            (0..items)
                .fold(0.0, |sum, j| sum + turned(k, j, |value| 1.0 / value.sqrt()) * outcome[j])
        })
        .collect();
    let square = |value: f64| value * value;
    let raw: Vec<f64> = (0..items)
        .map(|j| {
            (0..items).fold(0.0, |sum, k| sum + square(turned(j, k, f64::sqrt)) * square(beta[k]))
        })
        .collect();
    let r_squared = raw.iter().fold(0.0, |sum, raw| sum + raw);
    if r_squared < R_SQUARED_MIN {
        Err(WhyRanks::NoSpread)
    } else {
        Ok(Relative { r_squared, raw })
    }
}

/// Pearson correlations of all columns with each other; `None` if a column does not vary.
fn correlations<Row: AsRef<[f64]>>(rows: &[Row]) -> Option<Vec<Vec<f64>>> {
    let columns = rows.first()?.as_ref().len();
    let mut sums = vec![0.0; columns];
    rows.iter()
        .for_each(|row| row.as_ref().iter().enumerate().for_each(|(at, score)| sums[at] += score));
    let means: Vec<f64> = sums.iter().map(|sum| sum / rows.len() as f64).collect();
    let mut products = vec![vec![0.0; columns]; columns];
    for row in rows {
        let off: Vec<f64> =
            row.as_ref().iter().zip(&means).map(|(score, mean)| score - mean).collect();
        for one in 0..columns {
            (0..=one).for_each(|other| products[one][other] += off[one] * off[other]);
        }
    }
    // Scores that vary at all differ by 25, so a smaller spread is the rounding of a mean.
    let spreads: Vec<f64> = (0..columns).map(|at| products[at][at].sqrt()).collect();
    let correlation = |one: usize, other: usize| {
        if one == other {
            1.0
        } else {
            products[one.max(other)][one.min(other)] / (spreads[one] * spreads[other])
        }
    };
    let vary = spreads.iter().all(|spread| *spread > 1.0);
    vary.then(|| {
        (0..columns)
            .map(|one| (0..columns).map(|other| correlation(one, other)).collect())
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{close, rows};

    #[test]
    fn weights_are_what_was_recorded() {
        for row in rows("relative_weights") {
            let relative = of(&row.matrix("rows")).unwrap();
            close(relative.r_squared, row.number("r_squared"));
            relative
                .raw
                .iter()
                .zip(row.numbers("raw"))
                .for_each(|(ours, recorded)| close(*ours, recorded));
        }
    }

    #[test]
    fn items_that_do_not_go_together_have_their_squared_correlations() {
        // Every combination of two items; the outcome depends on the first alone.
        let rows: Vec<_> = [0.0, 50.0, 100.0]
            .into_iter()
            .flat_map(|one| [0.0, 50.0, 100.0].map(|other| [one, other, one]))
            .collect();
        let relative = of(&rows).unwrap();
        close(relative.r_squared, 1.0);
        close(relative.raw[0], 1.0);
        close(relative.raw[1], 0.0);
    }

    #[test]
    fn what_does_not_vary_or_moves_together_has_no_weights() {
        assert_eq!(of(&[[0.0, 0.0], [25.0, 0.0]]), Err(WhyRanks::NoSpread));
        assert_eq!(of(&[[75.0, 0.0], [75.0, 25.0], [75.0, 100.0]]), Err(WhyRanks::NoSpread));
        assert_eq!(
            of(&[[0.0, 25.0, 0.0], [75.0, 100.0, 25.0], [25.0, 50.0, 0.0]]),
            Err(WhyRanks::ItemsMoveTogether)
        );
        assert_eq!(of::<[f64; 2]>(&[]), Err(WhyRanks::NoSpread));
    }

    #[test]
    fn an_outcome_that_no_item_tells_has_nothing_to_divide() {
        assert_eq!(
            of(&[[0.0, 0.0], [0.0, 100.0], [100.0, 0.0], [100.0, 100.0]]),
            Err(WhyRanks::NoSpread)
        );
    }
}
