//! Holidays by rule, so that no list of dates runs out.

use super::date::{Date, Nth, Weekday};
use crate::ids::HolidayId;
use crate::provenance::Provenance;
use crate::text::Text;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    pub id: HolidayId,
    pub name: Text,
    pub rule: HolidayRule,
    /// A public holiday by the law of the province.
    pub is_statutory: bool,
    /// What is known of the municipality's own practice.
    #[serde(default)]
    pub evidence: Option<String>,
    pub source: Provenance,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HolidayRule {
    Fixed {
        month: u8,
        day: u8,
    },
    NthWeekday {
        nth: Nth,
        weekday: Weekday,
        month: u8,
    },
    /// The last such weekday up to and including a day, as "the Monday before May 25".
    WeekdayOnOrBefore {
        weekday: Weekday,
        month: u8,
        day: u8,
    },
    /// Days after (or, if negative, before) Easter Sunday.
    Easter {
        offset_days: i32,
    },
}

impl HolidayRule {
    /// The day itself, before any move to a working day. `None` in a year that has no such day.
    pub fn date_in(&self, year: u16) -> Option<Date> {
        match *self {
            HolidayRule::Fixed { month, day } => Date::new(year, month, day),
            HolidayRule::NthWeekday { nth, weekday, month } => Date::nth_weekday(year, month, weekday, nth),
            HolidayRule::WeekdayOnOrBefore { weekday, month, day } => {
                let last = Date::new(year, month, day)?;
                Some(last.plus_days(-(last.weekday() as i32 - weekday as i32).rem_euclid(7)))
            }
            HolidayRule::Easter { offset_days } => Some(Date::easter(year).plus_days(offset_days)),
        }
    }
}
