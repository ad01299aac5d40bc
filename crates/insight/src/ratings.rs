//! The answers of one part of a wave to one scale question.

use crate::distribution::Distribution;
use crate::means::Mean;
use crate::rating::Rating;
use crate::selection::Selection;
use crate::shares::Share;
use crate::weights;
use domain::survey::SCALE_POINTS;
use std::marker::PhantomData;

/// Distribution, top-two share and mean of one scale question. All but the distribution are
/// weighted if the wave is.
#[derive(Debug, Clone, PartialEq)]
pub struct Ratings<S> {
    distribution: Distribution,
    moments: Option<Moments>,
    factor: f64,
    selection: PhantomData<S>,
}

#[derive(Debug, Clone, PartialEq)]
struct Moments {
    n_effective: f64,
    shares: [f64; SCALE_POINTS as usize],
    top_two: f64,
    mean: f64,
    variance: Option<f64>,
}

impl<S: Selection> Ratings<S> {
    /// `rated` holds each rating of `distribution` with its weight. `factor` is the finite
    /// population correction.
    pub(crate) fn new(distribution: Distribution, rated: &[(Rating, f64)], factor: f64) -> Self {
        Self {
            distribution,
            moments: (!rated.is_empty()).then(|| Moments::of(rated)),
            factor,
            selection: PhantomData,
        }
    }

    /// Number of answers on the scale.
    pub fn n(&self) -> u64 {
        self.distribution.n()
    }

    /// Counts of people, never weighted.
    pub fn distribution(&self) -> &Distribution {
        &self.distribution
    }

    /// Shares of the points 1 to 5, which sum to 1; `None` without an answer on the scale.
    pub fn shares(&self) -> Option<[f64; SCALE_POINTS as usize]> {
        Some(self.moments.as_ref()?.shares)
    }

    /// Share of answers 4 and 5; `None` without an answer on the scale.
    pub fn top_two(&self) -> Option<Share<S>> {
        let moments = self.moments.as_ref()?;
        Some(Share::new(self.n(), moments.n_effective, moments.top_two, self.factor))
    }

    /// Mean of the scores 0, 25, 50, 75 and 100; `None` without an answer on the scale.
    pub fn mean(&self) -> Option<Mean<S>> {
        let moments = self.moments.as_ref()?;
        Some(Mean::new(self.n(), moments.n_effective, moments.mean, moments.variance, self.factor))
    }
}

impl Moments {
    fn of(rated: &[(Rating, f64)]) -> Self {
        let (scores, weights): (Vec<f64>, Vec<f64>) =
            rated.iter().map(|(rating, weight)| (rating.score(), *weight)).unzip();
        let share = |counts: &dyn Fn(Rating) -> bool| {
            let ones: Vec<f64> =
                rated.iter().map(|(rating, _)| f64::from(u8::from(counts(*rating)))).collect();
            weights::mean(&ones, &weights)
        };
        Self {
            n_effective: weights::effective_n(&weights),
            shares: std::array::from_fn(|place| share(&|rating| rating.place() == place)),
            top_two: share(&Rating::is_top_two),
            mean: weights::mean(&scores, &weights),
            variance: weights::variance(&scores, &weights),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::recorded::{close, rows};
    use crate::selection::{Invited, SelfSelected};
    use crate::wave::testing::{of_counts, open_of_counts, weighted};
    use crate::{Margin, NoMargin};

    #[test]
    fn the_values_of_the_standard_come_out() {
        for (counts, mean, top_two) in
            [([23, 46, 153, 419, 528], 79.6, 81.0), ([67, 73, 205, 1276, 4434], 91.0, 94.3)]
        {
            let ratings = of_counts(counts);
            assert_eq!((ratings.mean().unwrap().value() * 10.0).round() / 10.0, mean);
            assert_eq!((ratings.top_two().unwrap().value() * 1000.0).round() / 10.0, top_two);
            assert_eq!(ratings.distribution().counts(), counts);
        }
    }

    #[test]
    fn means_and_shares_are_what_was_recorded() {
        for row in rows("mean") {
            let ratings = of_counts(row.counts("counts").try_into().unwrap());
            let mean = ratings.mean().unwrap();
            close(mean.value(), row.number("mean"));
            // The other rows are of small populations, which the tests of `means` cover.
            if row.count("population") > 1_000_000_000 && row.number("variance") > 0.0 {
                let interval = mean.margin().interval().unwrap();
                close(interval.low(), row.number("low").max(0.0));
                close(interval.high(), row.number("high").min(100.0));
            }
        }
    }

    #[test]
    fn weighted_figures_are_what_was_recorded() {
        for row in rows("weighted") {
            let ratings = weighted::<Invited>(&row.numbers("values"), row.numbers("weights"));
            let (mean, share) = (ratings.mean().unwrap(), ratings.top_two().unwrap());
            close(mean.value(), row.number("mean"));
            match mean.margin() {
                Margin::Within(interval) => {
                    close(interval.low(), row.number("mean_low").max(0.0));
                    close(interval.high(), row.number("mean_high").min(100.0));
                }
                Margin::None(why) => {
                    assert!(why == NoMargin::TooFew && row.number("n_effective") < 2.0)
                }
            }
            close(share.value(), row.number("share"));
            let share = share.margin().interval().unwrap();
            close(share.low(), row.number("share_low"));
            close(share.high(), row.number("share_high"));
        }
    }

    #[test]
    fn shares_are_together_one_and_a_weight_moves_them() {
        let ratings = weighted::<Invited>(&[0.0, 100.0], vec![3.0, 1.0]);
        assert_eq!(ratings.shares(), Some([0.75, 0.0, 0.0, 0.0, 0.25]));
        assert_eq!(ratings.distribution().counts(), [1, 0, 0, 0, 1], "people stay people");
    }

    #[test]
    fn nobody_gives_a_distribution_of_nothing_and_no_figure() {
        let ratings = of_counts([0; 5]);
        assert_eq!((ratings.n(), ratings.shares()), (0, None));
        assert!(ratings.top_two().is_none() && ratings.mean().is_none());
    }

    #[test]
    fn people_who_chose_themselves_give_n_and_the_distribution() {
        let ratings = open_of_counts([1, 2, 3, 4, 5]);
        let expected = Margin::None(NoMargin::ChoseThemselves);
        assert_eq!((ratings.n(), ratings.distribution().counts()), (15, [1, 2, 3, 4, 5]));
        assert_eq!(
            (ratings.top_two().unwrap().margin(), ratings.mean().unwrap().margin()),
            (expected, expected)
        );
        assert_eq!(
            weighted::<SelfSelected>(&[0.0, 100.0, 100.0], vec![3.0, 1.0, 2.0])
                .mean()
                .unwrap()
                .margin(),
            expected
        );
    }
}
