//! Means of scores, and their margins of error.

use crate::interval::{Figure, Interval, Margin, NoMargin};
use crate::selection::Selection;
use crate::student;
use std::marker::PhantomData;

/// A mean from 0 to 100 of at least one score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean<S> {
    n: u64,
    n_effective: f64,
    value: f64,
    /// `None` if there are too few answers to estimate it.
    variance: Option<f64>,
    /// Finite population correction; 1 if the population size is unknown.
    factor: f64,
    selection: PhantomData<S>,
}

/// Standard error and degrees of freedom of a mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Precision {
    pub(crate) standard_error: f64,
    /// Degrees of freedom: the effective sample size less one.
    pub(crate) degrees: f64,
}

impl<S: Selection> Mean<S> {
    /// `n` must not be 0.
    pub(crate) fn new(
        n: u64,
        n_effective: f64,
        value: f64,
        variance: Option<f64>,
        factor: f64,
    ) -> Self {
        Self { n, n_effective, value, variance, factor, selection: PhantomData }
    }

    /// Number of answers that it is the mean of.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Kish's effective sample size; equal to `n` without weights.
    pub fn n_effective(&self) -> f64 {
        self.n_effective
    }

    /// The mean score, 0 to 100.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// t(n-1) s/sqrt(n), times the finite population correction: Student (1908), The probable error
    /// of a mean, Biometrika 6, 1-25. With weights, n is Kish's effective sample size. Clamped to 0
    /// to 100.
    pub fn margin(&self) -> Margin {
        S::margin(|| match self.precision() {
            Ok(precision) => Margin::Within(precision.around(self.value).cut(0.0, 100.0)),
            Err(why) => Margin::None(why),
        })
    }

    /// The mean with its n and margin.
    pub fn figure(&self) -> Figure {
        Figure { n: self.n, value: self.value, margin: self.margin() }
    }

    /// Errors if too few answered, or if all answers are equal.
    pub(crate) fn precision(&self) -> Result<Precision, NoMargin> {
        if self.factor == 0.0 {
            // Everybody answered, so there is no sampling error, even if all answers are equal.
            return Ok(Precision { standard_error: 0.0, degrees: 1.0 });
        }
        match self.variance {
            Some(variance) if self.n_effective >= 2.0 && variance > 0.0 => Ok(Precision {
                standard_error: (variance / self.n_effective).sqrt() * self.factor,
                degrees: self.n_effective - 1.0,
            }),
            Some(0.0) if self.n_effective >= 2.0 => Err(NoMargin::AllAlike),
            _ => Err(NoMargin::TooFew),
        }
    }
}

impl Precision {
    /// The 95 % interval around a mean, by Student's t.
    pub(crate) fn around(&self, value: f64) -> Interval {
        Interval::around(value, student::critical(self.degrees) * self.standard_error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finite;
    use crate::recorded::{close, rows};
    use crate::selection::{Invited, SelfSelected};

    fn of<S: Selection>(n: u64, value: f64, variance: f64, factor: f64) -> Mean<S> {
        Mean::new(n, n as f64, value, (n > 1).then_some(variance), factor)
    }

    #[test]
    fn intervals_are_what_was_recorded() {
        for row in rows("mean") {
            let factor = finite::factor(row.count("n"), row.count("population"));
            let interval =
                of::<Invited>(row.count("n"), row.number("mean"), row.number("variance"), factor)
                    .margin()
                    .interval()
                    .unwrap();
            close(interval.low(), row.number("low"));
            close(interval.high(), row.number("high"));
        }
    }

    #[test]
    fn a_mean_says_of_how_many_answers_it_is() {
        let mean = Mean::<Invited>::new(9, 7.5, 75.0, Some(600.0), 1.0);
        assert_eq!((mean.n(), mean.n_effective(), mean.value()), (9, 7.5, 75.0));
        assert_eq!(mean.figure(), Figure { n: 9, value: 75.0, margin: mean.margin() });
    }

    #[test]
    fn ten_fives_are_not_certain_unless_ten_is_all() {
        assert_eq!(of::<Invited>(10, 100.0, 0.0, 1.0).margin(), Margin::None(NoMargin::AllAlike));
        assert_eq!(
            of::<Invited>(10, 100.0, 0.0, 0.0).margin(),
            Margin::Within(Interval::new(100.0, 100.0))
        );
    }

    #[test]
    fn one_answer_has_no_margin() {
        assert_eq!(of::<Invited>(1, 75.0, 0.0, 1.0).margin(), Margin::None(NoMargin::TooFew));
        assert_eq!(
            Mean::<Invited>::new(9, 1.9, 75.0, Some(600.0), 1.0).margin(),
            Margin::None(NoMargin::TooFew),
            "weights left one of them"
        );
    }

    #[test]
    fn a_margin_ends_where_the_scale_does() {
        let interval = of::<Invited>(3, 90.0, 300.0, 1.0).margin().interval().unwrap();
        assert_eq!(interval.high(), 100.0);
        assert!(interval.low() > 0.0 && interval.low() < 90.0);
    }

    #[test]
    fn people_who_chose_themselves_give_a_mean_without_a_margin() {
        assert_eq!(
            of::<SelfSelected>(5000, 80.0, 500.0, 1.0).margin(),
            Margin::None(NoMargin::ChoseThemselves)
        );
        assert_eq!(
            of::<SelfSelected>(1, 80.0, 0.0, 0.0).margin(),
            Margin::None(NoMargin::ChoseThemselves),
            "of one answer too"
        );
    }
}
