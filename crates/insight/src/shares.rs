//! Shares of people, and their margins of error.

use crate::interval::{Figure, Interval, Margin};
use crate::normal::Z;
use crate::selection::Selection;
use std::marker::PhantomData;

/// A share from 0 to 1 of at least one answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share<S> {
    n: u64,
    n_effective: f64,
    value: f64,
    /// Finite population correction; 1 if the population size is unknown.
    factor: f64,
    selection: PhantomData<S>,
}

impl<S: Selection> Share<S> {
    /// `n` must not be 0, and `value` must be within 0 to 1.
    pub(crate) fn new(n: u64, n_effective: f64, value: f64, factor: f64) -> Self {
        Self { n, n_effective, value: value.clamp(0.0, 1.0), factor, selection: PhantomData }
    }

    /// Number of answers that it is a share of.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Kish's effective sample size; equal to `n` without weights.
    pub fn n_effective(&self) -> f64 {
        self.n_effective
    }

    /// The share, 0 to 1.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Wilson interval at [`crate::CONFIDENCE`], or why there is none.
    pub fn margin(&self) -> Margin {
        S::margin(|| Margin::Within(self.wilson(Z)))
    }

    /// The share with its n and margin.
    pub fn figure(&self) -> Figure {
        Figure { n: self.n, value: self.value, margin: self.margin() }
    }

    /// Wilson interval at the normal quantile `z`. Weights and a finite population change the size
    /// of the simple random sample from a vast population that would be equally informative; the
    /// interval is computed for that size (Korn and Graubard 1998; Dean and Pagano 2015, both for
    /// design effects).
    pub(crate) fn wilson(&self, z: f64) -> Interval {
        wilson(self.value, self.n_effective / (self.factor * self.factor), z)
    }
}

/// Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, JASA
/// 22, 209-212. `n` is positive and need not be whole. It is infinite if the whole population
/// answered, and the interval is then a single point. Rounding never puts an end on the wrong side
/// of the share.
fn wilson(p: f64, n: f64, z: f64) -> Interval {
    let squared = z * z / n;
    let centre = (p + squared / 2.0) / (1.0 + squared);
    let half = z / (1.0 + squared) * (p * (1.0 - p) / n + squared / (4.0 * n)).sqrt();
    Interval::new((centre - half).clamp(0.0, p), (centre + half).clamp(p, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finite;
    use crate::interval::NoMargin;
    use crate::recorded::{close, rows};
    use crate::selection::{Invited, SelfSelected};

    fn of<S: Selection>(hits: u64, n: u64) -> Share<S> {
        Share::new(n, n as f64, hits as f64 / n as f64, 1.0)
    }

    #[test]
    fn intervals_are_what_was_recorded() {
        for row in rows("wilson") {
            let interval = wilson(row.number("p"), row.number("n"), Z);
            close(interval.low(), row.number("low"));
            close(interval.high(), row.number("high"));
        }
    }

    #[test]
    fn intervals_of_finite_populations_are_what_was_recorded() {
        for row in rows("wilson_finite") {
            let (hits, n) = (row.count("hits"), row.count("n"));
            let share = Share::<Invited>::new(
                n,
                n as f64,
                hits as f64 / n as f64,
                finite::factor(n, row.count("population")),
            );
            let interval = share.margin().interval().unwrap();
            close(interval.low(), row.number("low"));
            close(interval.high(), row.number("high"));
        }
    }

    #[test]
    fn a_share_says_of_how_many_answers_it_is() {
        let share = Share::<Invited>::new(9, 7.5, 0.25, 1.0);
        assert_eq!((share.n(), share.n_effective(), share.value()), (9, 7.5, 0.25));
        assert_eq!(share.figure(), Figure { n: 9, value: 0.25, margin: share.margin() });
    }

    #[test]
    fn the_values_of_the_standard_come_out() {
        let cases = [
            (21, 30, 52.1, 83.3),
            (35, 50, 56.2, 80.9),
            (70, 100, 60.4, 78.1),
            (153, 219, 63.5, 75.6),
            (270, 385, 65.4, 74.5),
            (700, 1000, 67.1, 72.8),
        ];
        for (hits, n, low, high) in cases {
            let interval = of::<Invited>(hits, n).margin().interval().unwrap();
            let tenth = |value: f64| (value * 1000.0).round() / 10.0;
            assert_eq!((tenth(interval.low()), tenth(interval.high())), (low, high), "{hits}/{n}");
        }
        let nobody = of::<Invited>(0, 30).margin().interval().unwrap();
        assert_eq!((nobody.low(), (nobody.high() * 1e4).round()), (0.0, 1135.0));
        let all = of::<Invited>(10, 10).margin().interval().unwrap();
        assert_eq!(((all.low() * 1e4).round(), all.high()), (7225.0, 1.0));
    }

    #[test]
    fn an_interval_holds_its_share_within_nothing_and_all() {
        for n in 1..=60 {
            for hits in 0..=n {
                let share = of::<Invited>(hits, n);
                let interval = share.margin().interval().unwrap();
                assert!(
                    interval.holds(share.value())
                        && interval.low() >= 0.0
                        && interval.high() <= 1.0,
                    "{hits}/{n}: {interval:?}"
                );
                assert!(interval.low() < interval.high(), "{hits}/{n}: a sample is never certain");
            }
        }
    }

    #[test]
    fn more_answers_and_a_larger_part_of_the_population_make_it_narrower() {
        let width = |n: u64, factor| {
            let interval =
                Share::<Invited>::new(n, n as f64, 0.7, factor).margin().interval().unwrap();
            interval.high() - interval.low()
        };
        assert!((10..500).all(|n| width(n + 1, 1.0) < width(n, 1.0)));
        assert!(width(100, 0.5) < width(100, 0.9));
        assert_eq!(width(100, 0.0), 0.0, "everybody was heard");
    }

    #[test]
    fn people_who_chose_themselves_give_a_share_without_a_margin() {
        let figure = of::<SelfSelected>(700, 1000).figure();
        assert_eq!(
            figure,
            Figure { n: 1000, value: 0.7, margin: Margin::None(NoMargin::ChoseThemselves) }
        );
    }
}
