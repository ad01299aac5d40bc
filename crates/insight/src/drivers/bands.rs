//! Bootstrap bands of relative weights: the weights are recomputed on resamples of the respondents.
//!
//! Efron, B. (1979), Bootstrap methods: another look at the jackknife, Annals of Statistics 7,
//! 1-26; percentile bands for relative weights as in Tonidandel, S., LeBreton, J. M. and Johnson,
//! J. W. (2009), Psychological Methods 14, 387-399.

use super::relative;
use crate::interval::{CONFIDENCE, Interval, Margin, NoMargin};
use crate::random::SeededRandom;

/// Enough for ends that move by less than 0.01 from seed to seed.
pub(super) const RESAMPLES: usize = 1_000;
/// Minimum number of resamples that have weights. The others cannot be used because all drawn
/// answers to an item are equal.
const USABLE_MIN: usize = 950;

/// Bands of each item's share of R². Draws `RESAMPLES` times `rows.len()` indexes from `random`.
pub(super) fn of(rows: &[Vec<f64>], items: usize, random: &mut SeededRandom) -> Vec<Margin> {
    let mut shares: Vec<Vec<f64>> = vec![Vec::with_capacity(RESAMPLES); items];
    for _ in 0..RESAMPLES {
        let drawn: Vec<&[f64]> =
            (0..rows.len()).map(|_| rows[random.below(rows.len())].as_slice()).collect();
        if let Ok(relative) = relative::of(&drawn) {
            shares
                .iter_mut()
                .zip(relative.raw)
                .for_each(|(shares, raw)| shares.push(raw / relative.r_squared));
        }
    }
    shares.into_iter().map(band).collect()
}

fn band(mut shares: Vec<f64>) -> Margin {
    if shares.len() < USABLE_MIN {
        return Margin::None(NoMargin::AllAlike);
    }
    shares.sort_by(f64::total_cmp);
    let tail = (1.0 - CONFIDENCE) / 2.0;
    Margin::Within(Interval::new(quantile(&shares, tail), quantile(&shares, 1.0 - tail)))
}

/// Linear interpolation between the two nearest values: definition 7 of Hyndman, R. J. and Fan, Y.
/// (1996), Sample quantiles in statistical packages, The American Statistician 50, 361-365.
/// `sorted` must not be empty.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let at = p * (sorted.len() - 1) as f64;
    let below = at.floor();
    let (low, high) = (sorted[below as usize], sorted[(below as usize + 1).min(sorted.len() - 1)]);
    low + (at - below) * (high - low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{close, rows};

    #[test]
    fn bands_are_what_was_recorded_for_the_same_seed() {
        for row in rows("relative_weights") {
            assert_eq!(row.count("resamples"), RESAMPLES as u64);
            let margins = of(
                &row.matrix("rows"),
                row.numbers("raw").len(),
                &mut SeededRandom::seeded(row.count("seed")),
            );
            for (margin, (low, high)) in
                margins.iter().zip(row.numbers("low").into_iter().zip(row.numbers("high")))
            {
                let band = margin.interval().unwrap();
                close(band.low(), low);
                close(band.high(), high);
            }
        }
    }

    #[test]
    fn quantiles_lie_between_their_neighbours() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        assert_eq!([0.0, 0.5, 1.0].map(|p| quantile(&sorted, p)), [1.0, 3.0, 8.0]);
        assert_eq!(quantile(&[5.0], 0.9), 5.0);
    }

    #[test]
    fn an_item_that_hardly_anybody_answered_otherwise_has_no_band() {
        // One of 120 differs; a third of all resamples misses it.
        let rows: Vec<Vec<f64>> = (0..120)
            .map(|at| vec![if at == 0 { 25.0 } else { 75.0 }, 25.0 * f64::from(at % 5)])
            .collect();
        assert_eq!(of(&rows, 1, &mut SeededRandom::seeded(1)), [Margin::None(NoMargin::AllAlike)]);
    }
}
