//! Rank correlations, for when there are too few answers for relative weights.

use super::DriverCase;
use crate::rating::Rating;
use serde::{Deserialize, Serialize};

/// Spearman's correlation of one item with the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RankCorrelation {
    /// Number of cases that answered both.
    pub n: u64,
    /// -1 to 1; `None` for fewer than two cases, or if all answers to one of the two are equal.
    pub rho: Option<f64>,
}

/// Spearman, C. (1904), The proof and measurement of association between two things, American
/// Journal of Psychology 15, 72-101; ties get the mean of their ranks (Kendall, M. G. (1948), Rank
/// Correlation Methods, chapter 3).
pub(super) fn of(cases: &[DriverCase], item: usize) -> RankCorrelation {
    let both: Vec<(Rating, Rating)> =
        cases.iter().filter_map(|case| Some((case.items[item]?, case.outcome?))).collect();
    let (items, outcomes): (Vec<Rating>, Vec<Rating>) = both.into_iter().unzip();
    RankCorrelation {
        n: items.len() as u64,
        rho: pearson(&doubled_ranks(&items), &doubled_ranks(&outcomes)),
    }
}

/// Twice the rank, minus n + 1: whole numbers with a mean of 0. A rating with `below` ratings under
/// it and `same` equal ones, itself included, has rank below + (same + 1)/2.
fn doubled_ranks(ratings: &[Rating]) -> Vec<i64> {
    let mut counts = [0_i64; 5];
    ratings.iter().for_each(|rating| counts[rating.place()] += 1);
    let below = |place: usize| counts[..place].iter().sum::<i64>();
    let rank = |rating: &Rating| 2 * below(rating.place()) + counts[rating.place()] + 1;
    ratings.iter().map(|rating| rank(rating) - ratings.len() as i64 - 1).collect()
}

/// Pearson's correlation of two columns whose mean is 0; `None` if one does not vary.
fn pearson(one: &[i64], other: &[i64]) -> Option<f64> {
    let product = |one: &[i64], other: &[i64]| {
        one.iter().zip(other).fold(0.0, |sum, (one, other)| sum + (one * other) as f64)
    };
    let spread = (product(one, one) * product(other, other)).sqrt();
    (spread > 0.0).then(|| (product(one, other) / spread).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{close, rows};

    fn cases(pairs: &[(u8, u8)]) -> Vec<DriverCase> {
        pairs
            .iter()
            .map(|&(item, outcome)| DriverCase {
                outcome: Rating::new(outcome),
                items: vec![Rating::new(item)],
            })
            .collect()
    }

    #[test]
    fn it_is_what_was_recorded() {
        for row in rows("spearman") {
            let points = |name| row.places(name).into_iter().map(|point| point as u8);
            let correlation =
                of(&cases(&points("item").zip(points("outcome")).collect::<Vec<_>>()), 0);
            close(correlation.rho.unwrap(), row.number("rho"));
        }
    }

    #[test]
    fn in_step_is_one_and_against_it_minus_one() {
        assert_eq!(
            of(&cases(&[(1, 2), (2, 3), (5, 4), (5, 4)]), 0),
            RankCorrelation { n: 4, rho: Some(1.0) }
        );
        assert_eq!(of(&cases(&[(1, 5), (3, 3), (4, 1)]), 0).rho, Some(-1.0));
    }

    #[test]
    fn who_said_nothing_does_not_count_and_what_does_not_vary_says_nothing() {
        assert_eq!(of(&cases(&[(1, 2), (0, 3), (2, 0), (2, 3)]), 0).n, 2);
        assert_eq!(of(&cases(&[(4, 1), (4, 5)]), 0).rho, None);
        assert_eq!(of(&cases(&[(4, 1)]), 0).rho, None);
        assert_eq!(of(&cases(&[]), 0), RankCorrelation { n: 0, rho: None });
    }
}
