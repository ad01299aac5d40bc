//! Weekly and seasonal hours as written: a day that is left out is not known; an empty one is
//! closed.

use super::date::{Date, Minute, Weekday};
use serde::{Deserialize, Serialize};
use std::fmt;

/// From one minute up to, but not including, another of the same day, written as `08:30-16:30`.
/// Never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(extend("pattern" = r"^\d{2}:\d{2}-\d{2}:\d{2}$"))
)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    from: Minute,
    to: Minute,
}

impl Span {
    /// `None` unless `from` is before `to`.
    pub fn new(from: Minute, to: Minute) -> Option<Self> {
        (from < to).then_some(Self { from, to })
    }

    /// From 00:00 to 24:00.
    pub(crate) const ALL_DAY: Span = Span { from: Minute::MIDNIGHT, to: Minute::END_OF_DAY };

    /// Parses `08:30-16:30`. `None` if it is not a span in this form.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        Self::new(Minute::parse(from)?, Minute::parse(to)?)
    }

    /// First minute of the span.
    pub fn from(self) -> Minute {
        self.from
    }

    /// First minute after the span.
    pub fn to(self) -> Minute {
        self.to
    }

    /// Whether the minute lies in the span; its end does not.
    pub fn contains(self, minute: Minute) -> bool {
        self.from <= minute && minute < self.to
    }

    /// From the beginning of this span to the end of a later one.
    pub(super) fn and(self, later: Span) -> Span {
        Span { from: self.from, to: self.to.max(later.to) }
    }

    /// What remains of this span after another is removed: no, one or two pieces.
    pub fn without(self, taken: Span) -> impl Iterator<Item = Span> {
        let before = Span::new(self.from, self.to.min(taken.from));
        let after = Span::new(self.from.max(taken.to), self.to);
        [before, after].into_iter().flatten()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from, self.to)
    }
}

impl TryFrom<String> for Span {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
            .ok_or_else(|| format!("“{text}” is not a time of opening: write it as 08:30-16:30"))
    }
}

impl From<Span> for String {
    fn from(span: Span) -> String {
        span.to_string()
    }
}

/// One usual week. `None` means not known, empty means closed. Spans are in order and do not
/// overlap, which the catalogue check ensures.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Week {
    /// Opening times on Mondays. Leave the day out if they are not known; `[]` is closed.
    pub mon: Option<Vec<Span>>,
    /// Opening times on Tuesdays. Leave the day out if they are not known; `[]` is closed.
    pub tue: Option<Vec<Span>>,
    /// Opening times on Wednesdays. Leave the day out if they are not known; `[]` is closed.
    pub wed: Option<Vec<Span>>,
    /// Opening times on Thursdays. Leave the day out if they are not known; `[]` is closed.
    pub thu: Option<Vec<Span>>,
    /// Opening times on Fridays. Leave the day out if they are not known; `[]` is closed.
    pub fri: Option<Vec<Span>>,
    /// Opening times on Saturdays. Leave the day out if they are not known; `[]` is closed.
    pub sat: Option<Vec<Span>>,
    /// Opening times on Sundays. Leave the day out if they are not known; `[]` is closed.
    pub sun: Option<Vec<Span>>,
}

impl Week {
    /// The spans of a weekday; `None` if not known, empty if closed.
    pub fn on(&self, weekday: Weekday) -> Option<&[Span]> {
        let day = match weekday {
            Weekday::Monday => &self.mon,
            Weekday::Tuesday => &self.tue,
            Weekday::Wednesday => &self.wed,
            Weekday::Thursday => &self.thu,
            Weekday::Friday => &self.fri,
            Weekday::Saturday => &self.sat,
            Weekday::Sunday => &self.sun,
        };
        day.as_deref()
    }

    /// Whether no day of the week is known.
    pub fn is_unknown(&self) -> bool {
        Weekday::ALL.iter().all(|&weekday| self.on(weekday).is_none())
    }
}

/// A day of any year, written as `05-01`. February 29 is allowed and comes before March 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(extend("pattern" = r"^\d{2}-\d{2}$"))
)]
#[serde(try_from = "String", into = "String")]
pub struct YearDay {
    month: u8,
    day: u8,
}

impl YearDay {
    /// The day of the year of a date.
    pub fn of(date: Date) -> Self {
        Self { month: date.month(), day: date.day() }
    }

    /// Parses `05-01`. `None` if it is not a day in this form.
    pub fn parse(text: &str) -> Option<Self> {
        // Any leap year has every day.
        Date::parse(&["2024-", text].concat()).map(Self::of)
    }
}

impl TryFrom<String> for YearDay {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
            .ok_or_else(|| format!("“{text}” is not a day of the year: write it as 05-01"))
    }
}

impl From<YearDay> for String {
    fn from(day: YearDay) -> String {
        format!("{:02}-{:02}", day.month, day.day)
    }
}

/// Hours for a part of the year, both ends included. It may run over New Year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Season {
    /// Name of the season, as in `summer`.
    pub name: String,
    /// First day, as in `05-01`.
    pub from: YearDay,
    /// Last day, as in `10-15`. It may lie in the next year.
    pub to: YearDay,
    /// The week in this season.
    pub hours: Week,
}

impl Season {
    /// Whether the date lies in the season.
    pub fn contains(&self, date: Date) -> bool {
        let day = YearDay::of(date);
        if self.from <= self.to {
            self.from <= day && day <= self.to
        } else {
            self.from <= day || day <= self.to
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &str) -> Span {
        Span::parse(text).expect("the tests use spans")
    }

    #[test]
    fn taking_hours_out_leaves_what_is_around_them() {
        let rest = |whole: &str, taken: &str| {
            span(whole).without(span(taken)).map(|s| s.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(rest("08:30-16:30", "08:30-12:00"), ["12:00-16:30"]);
        assert_eq!(rest("08:30-16:30", "10:00-12:00"), ["08:30-10:00", "12:00-16:30"]);
        assert_eq!(rest("08:30-16:30", "07:00-17:00"), [""; 0]);
        assert_eq!(rest("08:30-16:30", "17:00-18:00"), ["08:30-16:30"]);
    }

    #[test]
    fn a_season_may_run_over_new_year() {
        let season = |from: &str, to: &str| Season {
            name: "s".into(),
            from: YearDay::try_from(from.to_string()).unwrap(),
            to: YearDay::try_from(to.to_string()).unwrap(),
            hours: Week::default(),
        };
        let day = |text| Date::parse(text).unwrap();
        let winter = season("10-16", "04-30");
        assert!(
            winter.contains(day("2026-12-31"))
                && winter.contains(day("2027-04-30"))
                && winter.contains(day("2026-10-16"))
        );
        assert!(!winter.contains(day("2026-05-01")) && !winter.contains(day("2026-10-15")));
        assert!(season("05-01", "10-15").contains(day("2026-05-01")));
    }

    #[test]
    fn hours_that_end_before_they_begin_are_no_hours() {
        for bad in ["16:30-08:30", "08:30-08:30", "08:30", "8:30-16:30", "08:30–16:30"] {
            assert_eq!(Span::parse(bad), None, "{bad}");
        }
    }
}
