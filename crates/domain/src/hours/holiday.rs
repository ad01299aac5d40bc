//! Holidays as rules, so that no list of dates expires.

use super::date::{Date, Nth, Weekday};
use crate::ids::HolidayId;
use crate::provenance::Provenance;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// A holiday that recurs every year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// Id of the holiday; facilities and hubs refer to it.
    pub id: HolidayId,
    /// Name of the holiday, as people say it.
    pub name: Text,
    /// Which day it is.
    pub rule: HolidayRule,
    /// Whether it is a public holiday by the law of the province.
    pub is_statutory: bool,
    /// What is known about the municipality's own practice.
    #[serde(default)]
    pub evidence: Option<String>,
    /// Where the record comes from, and how certain it is.
    pub source: Provenance,
}

/// How the day of a holiday follows from the year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
#[serde(rename_all = "kebab-case")]
pub enum HolidayRule {
    /// The same day every year.
    Fixed {
        /// Month, 1 to 12.
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 12)))]
        month: u8,
        /// Day of the month, from 1.
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 31)))]
        day: u8,
    },
    /// The n-th such weekday of a month.
    NthWeekday {
        /// Which of the weekdays in the month.
        nth: Nth,
        /// The weekday.
        weekday: Weekday,
        /// Month, 1 to 12.
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 12)))]
        month: u8,
    },
    /// The last such weekday up to and including a day, as "the Monday before May 25".
    WeekdayOnOrBefore {
        /// The weekday.
        weekday: Weekday,
        /// Month of the last possible day, 1 to 12.
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 12)))]
        month: u8,
        /// Last possible day of the month.
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 31)))]
        day: u8,
    },
    /// A fixed number of days from Easter Sunday.
    Easter {
        /// Days after Easter Sunday; negative before it.
        #[cfg_attr(feature = "schema", schemars(range(min = -100, max = 100)))]
        offset_days: i32,
    },
}

impl HolidayRule {
    /// Whether a day is the holiday itself, before any move to a working day.
    pub fn falls_on(&self, date: Date) -> bool {
        self.weekday().is_none_or(|weekday| weekday == date.weekday())
            && self.dates_around(date, date).any(|day| day == date)
    }

    /// All dates of the holiday from `first` to `last`, and some before and after.
    pub(super) fn dates_around(&self, first: Date, last: Date) -> impl Iterator<Item = Date> {
        // Counted back from Easter or from January, next year's holiday may fall in December.
        let last_year = last.year() + u16::from(last.month() == 12);
        (first.year()..=last_year).filter_map(|year| self.date_in(year))
    }

    /// The weekday on which the holiday always falls; `None` if it varies.
    pub(super) fn weekday(&self) -> Option<Weekday> {
        match *self {
            HolidayRule::Fixed { .. } => None,
            HolidayRule::NthWeekday { weekday, .. }
            | HolidayRule::WeekdayOnOrBefore { weekday, .. } => Some(weekday),
            HolidayRule::Easter { offset_days } => {
                Some(Weekday::ALL[(offset_days - 1).rem_euclid(7) as usize])
            }
        }
    }

    /// The date of the holiday in a year. `None` if that year has no such day.
    fn date_in(&self, year: u16) -> Option<Date> {
        match *self {
            HolidayRule::Fixed { month, day } => Date::new(year, month, day),
            HolidayRule::NthWeekday { nth, weekday, month } => {
                Date::nth_weekday(year, month, weekday, nth)
            }
            HolidayRule::WeekdayOnOrBefore { weekday, month, day } => {
                let last = Date::new(year, month, day)?;
                Some(last.plus_days(-(last.weekday() as i32 - weekday as i32).rem_euclid(7)))
            }
            HolidayRule::Easter { offset_days } => Some(Date::easter(year).plus_days(offset_days)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: HolidayRule, day: &str) {
        let date = Date::parse(day).unwrap();
        assert!(
            rule.falls_on(date)
                && !rule.falls_on(date.plus_days(7))
                && !rule.falls_on(date.plus_days(-1)),
            "{rule:?} on {day}"
        );
        assert!(rule.weekday().is_none_or(|weekday| weekday == date.weekday()));
    }

    #[test]
    fn a_rule_falls_on_its_day() {
        check(HolidayRule::Fixed { month: 2, day: 29 }, "2028-02-29");
        check(
            HolidayRule::NthWeekday { nth: Nth::FIRST, weekday: Weekday::Monday, month: 8 },
            "2026-08-03",
        );
        check(
            HolidayRule::WeekdayOnOrBefore { weekday: Weekday::Monday, month: 5, day: 24 },
            "2027-05-24",
        );
        check(HolidayRule::Easter { offset_days: -2 }, "2026-04-03");
    }

    #[test]
    fn a_holiday_counted_back_over_new_year_falls_in_the_december_before() {
        check(
            HolidayRule::WeekdayOnOrBefore { weekday: Weekday::Friday, month: 1, day: 2 },
            "2027-12-31",
        );
        check(HolidayRule::Easter { offset_days: -100 }, "2026-12-18");
    }
}
