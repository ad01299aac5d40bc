//! The difference between two shares: interval and p value.
//!
//! Newcombe, R. G. (1998), Interval estimation for the difference between independent proportions:
//! comparison of eleven methods, Statistics in Medicine 17, 873-890: method 10, from the two Wilson
//! intervals without continuity correction.

use crate::interval::Interval;
use crate::normal::{self, Z};
use crate::selection::Selection;
use crate::shares::Share;

/// Above this quantile, a tail probability is 0 in an `f64`.
const Z_MAX: f64 = 40.0;

/// Interval of `after` minus `before`, at [`crate::CONFIDENCE`].
pub(super) fn interval<S: Selection>(before: &Share<S>, after: &Share<S>) -> Interval {
    let difference = after.value() - before.value();
    Interval::new(difference - reach(after, before, Z), difference + reach(before, after, Z))
}

/// One minus the confidence level at which the interval just reaches 0. P value and interval
/// therefore never contradict each other, as they can if p comes from a z test.
pub(super) fn p<S: Selection>(before: &Share<S>, after: &Share<S>) -> f64 {
    let (smaller, larger) =
        if before.value() < after.value() { (before, after) } else { (after, before) };
    let apart = larger.value() - smaller.value();
    if apart == 0.0 {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, Z_MAX);
    loop {
        let middle = low + (high - low) / 2.0;
        // Bisects until no floating-point number lies between the ends.
        if middle <= low || middle >= high {
            return normal::two_sided_p(middle);
        }
        if reach(larger, smaller, middle) < apart { low = middle } else { high = middle }
    }
}

/// Distance from the difference to the end of its interval that is nearer to 0: `larger` at its low
/// end and `smaller` at its high end.
fn reach<S: Selection>(larger: &Share<S>, smaller: &Share<S>, z: f64) -> f64 {
    let down = larger.value() - larger.wilson(z).low();
    let up = smaller.wilson(z).high() - smaller.value();
    (down * down + up * up).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{close, rows};
    use crate::selection::Invited;

    fn share(hits: u64, n: u64) -> Share<Invited> {
        Share::new(n, n as f64, hits as f64 / n as f64, 1.0)
    }

    #[test]
    fn interval_and_p_are_what_was_recorded() {
        for row in rows("newcombe") {
            let before = share(row.count("hits_before"), row.count("n_before"));
            let after = share(row.count("hits_after"), row.count("n_after"));
            let interval = interval(&before, &after);
            close(interval.low(), row.number("low"));
            close(interval.high(), row.number("high"));
            close(p(&before, &after), row.number("p"));
        }
    }

    #[test]
    fn the_examples_of_the_paper_come_out() {
        // Table II of Newcombe 1998, method 10: 56/70 - 48/80, 9/10 - 3/10, 10/10 - 0/10.
        for (one, other, low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((10, 10), (0, 10), 0.6075, 1.0),
        ] {
            let interval = interval(&share(other.0, other.1), &share(one.0, one.1));
            let rounded = |value: f64| (value * 1e4).round() / 1e4;
            assert_eq!((rounded(interval.low()), rounded(interval.high())), (low, high));
        }
    }

    #[test]
    fn p_and_interval_say_the_same_and_turning_round_changes_the_sign_alone() {
        for (one, other) in
            (0..=25).flat_map(|one| (0..=40).map(move |other| (share(one, 25), share(other, 40))))
        {
            let (there, back) = (interval(&one, &other), interval(&other, &one));
            assert!(
                (there.low() + back.high()).abs() < 1e-12
                    && (there.high() + back.low()).abs() < 1e-12
            );
            assert!((p(&one, &other) - p(&other, &one)).abs() < 1e-12);
            assert_eq!(p(&one, &other) < 0.05, !there.holds(0.0), "{one:?} {other:?}");
        }
    }

    #[test]
    fn where_everybody_was_heard_any_difference_is_certain() {
        let all = |hits: u64| Share::<Invited>::new(50, 50.0, hits as f64 / 50.0, 0.0);
        assert_eq!((p(&all(20), &all(21)), p(&all(20), &all(20))), (0.0, 1.0));
    }
}
