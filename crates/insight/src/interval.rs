//! A margin of error, or the reason why there is none. Only this crate makes an interval, and only for answers that earn it.

use serde::{Deserialize, Serialize};

/// The one level of every interval, band and test in the product, so that no report mixes levels.
pub const CONFIDENCE: f64 = 0.95;

/// From `low` to `high`, both included. In the unit of its figure: shares 0 to 1, means 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    low: f64,
    high: f64,
}

impl Interval {
    /// The ends in order.
    pub(crate) fn new(low: f64, high: f64) -> Self {
        Self { low: low.min(high), high: high.max(low) }
    }

    /// Around `centre`; `half` is not negative.
    pub(crate) fn around(centre: f64, half: f64) -> Self {
        Self::new(centre - half, centre + half)
    }

    /// Cut to what the figure can be at all.
    pub(crate) fn cut(self, least: f64, most: f64) -> Self {
        Self { low: self.low.clamp(least, most), high: self.high.clamp(least, most) }
    }

    pub fn low(&self) -> f64 {
        self.low
    }

    pub fn high(&self) -> f64 {
        self.high
    }

    pub fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// How sure one can be of a figure. It speaks of chance alone: who did not answer may think otherwise, so the response rate stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Margin {
    Within(Interval),
    None(NoMargin),
}

impl Margin {
    pub fn interval(&self) -> Option<Interval> {
        match self {
            Margin::Within(interval) => Some(*interval),
            Margin::None(_) => None,
        }
    }
}

/// Why a figure has no margin of error. The words are made at the edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoMargin {
    /// Respondents chose themselves, so chance did not draw them and no formula says how far they are from the rest.
    ChoseThemselves,
    /// Fewer than two answers, or weights that leave fewer than two: nothing shows how far answers spread.
    TooFew,
    /// All said the same, which would make a margin of nothing. A mean of ten fives is not certain.
    AllAlike,
}

/// A figure as it is shown: never without its n, and with its margin or the reason.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figure {
    /// Answers that it is made from.
    pub n: u64,
    pub value: f64,
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
