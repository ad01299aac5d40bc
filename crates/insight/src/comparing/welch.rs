//! The difference between two means: interval and p value.
//!
//! Welch, B. L. (1947), The generalization of "Student's" problem when several different population
//! variances are involved, Biometrika 34, 28-35; degrees of freedom by Satterthwaite, F. E. (1946),
//! Biometrics Bulletin 2, 110-114.

use crate::interval::{Interval, NoMargin};
use crate::means::{Mean, Precision};
use crate::selection::Selection;
use crate::student;

/// Interval and p value of `after` minus `before`. Errors with the reason why one of the two has no
/// margin.
pub(super) fn interval_and_p<S: Selection>(
    before: &Mean<S>,
    after: &Mean<S>,
) -> Result<(Interval, f64), NoMargin> {
    let precision = both(before.precision()?, after.precision()?);
    let difference = after.value() - before.value();
    let p = match (difference, precision.standard_error) {
        (0.0, _) => 1.0,
        // The whole population answered both times.
        (_, 0.0) => 0.0,
        (difference, error) => student::two_sided_p(difference / error, precision.degrees),
    };
    Ok((precision.around(difference).cut(-100.0, 100.0), p))
}

fn both(one: Precision, other: Precision) -> Precision {
    let square = |value: f64| value * value;
    let (first, second) = (square(one.standard_error), square(other.standard_error));
    let degrees = match first + second {
        0.0 => 1.0,
        sum => square(sum) / (square(first) / one.degrees + square(second) / other.degrees),
    };
    Precision { standard_error: (first + second).sqrt(), degrees }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{close, rows};
    use crate::selection::Invited;
    use crate::wave::testing::of_counts;

    fn mean(n: u64, value: f64, variance: f64, factor: f64) -> Mean<Invited> {
        Mean::new(n, n as f64, value, Some(variance), factor)
    }

    #[test]
    fn interval_and_p_are_what_was_recorded() {
        for row in rows("welch") {
            let [before, after] = ["before", "after"]
                .map(|name| of_counts(row.counts(name).try_into().unwrap()).mean().unwrap());
            let (interval, p) = interval_and_p(&before, &after).unwrap();
            close(interval.low(), row.number("low").max(-100.0));
            close(interval.high(), row.number("high").min(100.0));
            close(p, row.number("p"));
        }
    }

    #[test]
    fn a_mean_without_a_margin_leaves_the_difference_without() {
        let fine = mean(30, 70.0, 500.0, 1.0);
        assert_eq!(interval_and_p(&fine, &mean(30, 100.0, 0.0, 1.0)), Err(NoMargin::AllAlike));
        assert_eq!(interval_and_p(&mean(1, 50.0, 0.0, 1.0), &fine), Err(NoMargin::TooFew));
    }

    #[test]
    fn where_everybody_was_heard_any_difference_is_certain() {
        let (interval, p) =
            interval_and_p(&mean(40, 70.0, 500.0, 0.0), &mean(40, 71.0, 500.0, 0.0)).unwrap();
        assert_eq!((interval, p), (Interval::new(1.0, 1.0), 0.0));
        assert_eq!(
            interval_and_p(&mean(40, 70.0, 500.0, 0.0), &mean(40, 70.0, 0.0, 0.0)).unwrap().1,
            1.0
        );
    }
}
