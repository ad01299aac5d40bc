//! A margin of error, or the reason why a figure has none. Only this crate can construct an
//! interval, and only for answers that justify one.

use serde::{Deserialize, Serialize};

/// The single confidence level of every interval, band and test in the product, so that no report
/// mixes levels.
pub const CONFIDENCE: f64 = 0.95;

/// A closed interval from `low` to `high`, in the unit of its figure: 0 to 1 for shares, 0 to 100
/// for means.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    low: f64,
    high: f64,
}

impl Interval {
    /// Orders the two ends if necessary.
    pub(crate) fn new(low: f64, high: f64) -> Self {
        Self { low: low.min(high), high: high.max(low) }
    }

    /// An interval of half-width `half` around `centre`. `half` must not be negative.
    pub(crate) fn around(centre: f64, half: f64) -> Self {
        Self::new(centre - half, centre + half)
    }

    /// Clamps both ends to the range of possible values.
    pub(crate) fn cut(self, least: f64, most: f64) -> Self {
        Self { low: self.low.clamp(least, most), high: self.high.clamp(least, most) }
    }

    /// The lower end, included.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// The upper end, included.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// Whether `value` lies in the interval, ends included.
    pub fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// The sampling uncertainty of a figure, or why it has none. It covers chance alone: people who did
/// not answer may differ (non-response), so the response rate is shown with it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Margin {
    /// The interval at [`CONFIDENCE`].
    Within(Interval),
    /// No interval, for the reason given.
    None(NoMargin),
}

impl Margin {
    /// The interval; `None` if the figure has none.
    pub fn interval(&self) -> Option<Interval> {
        match self {
            Margin::Within(interval) => Some(*interval),
            Margin::None(_) => None,
        }
    }
}

/// Why a figure has no margin of error. The caller translates it into text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoMargin {
    /// Respondents selected themselves. They are not a random sample, and no formula says how far
    /// they are from everybody else.
    ChoseThemselves,
    /// Fewer than two answers, or weights with an effective n below two: the spread cannot be
    /// estimated.
    TooFew,
    /// All answers are equal, which would make the margin zero. A mean of ten fives is not certain.
    AllAlike,
}

/// A figure as it is published: always with its n, and with its margin or the reason why it has
/// none.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figure {
    /// Number of answers that the figure is computed from, unweighted.
    pub n: u64,
    /// The figure itself: a share from 0 to 1, or a mean score from 0 to 100.
    pub value: f64,
    /// Its margin of error, or why it has none.
    pub margin: Margin,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_has_its_ends_in_order_and_within_what_can_be() {
        let interval = Interval::around(99.0, 3.0);
        assert_eq!((interval.low(), interval.high()), (96.0, 102.0));
        assert_eq!(interval.cut(0.0, 100.0), Interval::new(100.0, 96.0));
        assert!(
            interval.holds(96.0)
                && interval.holds(102.0)
                && !interval.holds(95.9)
                && !interval.holds(102.1)
        );
    }

    #[test]
    fn a_figure_is_written_with_its_margin_or_the_reason() {
        let figure = |margin| serde_json::to_string(&Figure { n: 7, value: 0.5, margin }).unwrap();
        assert_eq!(
            figure(Margin::Within(Interval::new(0.25, 0.75))),
            r#"{"n":7,"value":0.5,"margin":{"within":{"low":0.25,"high":0.75}}}"#
        );
        assert_eq!(
            figure(Margin::None(NoMargin::ChoseThemselves)),
            r#"{"n":7,"value":0.5,"margin":{"none":"chose-themselves"}}"#
        );
    }
}
