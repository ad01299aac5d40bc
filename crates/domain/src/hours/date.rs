//! Dates and times of the civil calendar, without a time zone.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A day of the Gregorian calendar from 1583 to 9999, written as `2026-11-23`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(extend("pattern" = r"^\d{4}-\d{2}-\d{2}$"))
)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// Days from 0000-03-01 to 1970-01-01 in the proleptic Gregorian calendar.
const EPOCH_FROM_MARCH_0: i32 = 719_468;
/// 1583-01-01 and 9999-12-31.
const FIRST_DAY: i32 = -141_349;
const LAST_DAY: i32 = 2_932_896;

impl Date {
    /// `None` if there is no such day or it is outside the calendar.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let exists = (1583..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day);
        exists.then_some(Self { year, month, day })
    }

    /// Parses `2026-11-23`. `None` if it is not a day in this form.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, rest) = text.split_once('-')?;
        let (month, day) = rest.split_once('-')?;
        let is_padded = (year.len(), month.len(), day.len()) == (4, 2, 2);
        is_padded
            .then(|| Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
            .flatten()
    }

    /// Year, 1583 to 9999.
    pub fn year(self) -> u16 {
        self.year
    }

    /// Month, 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// Day of the month, from 1.
    pub fn day(self) -> u8 {
        self.day
    }

    /// Days since 1970-01-01; negative before. Source: H. Hinnant, "chrono-compatible low-level
    /// date algorithms".
    pub fn days_since_1970(self) -> i32 {
        let year = i32::from(self.year) - i32::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year - era * 400;
        let month_from_march = (i32::from(self.month) + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + i32::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - EPOCH_FROM_MARCH_0
    }

    /// The day that is `days` after 1970-01-01. A day outside the calendar becomes its first or
    /// last day.
    pub fn from_days_since_1970(days: i32) -> Self {
        let days = days.clamp(FIRST_DAY, LAST_DAY) + EPOCH_FROM_MARCH_0;
        let era = days.div_euclid(146_097);
        let day_of_era = days - era * 146_097;
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i32::from(month <= 2);
        Self { year: year as u16, month: month as u8, day: day as u8 }
    }

    /// The day that is `days` later, or earlier if negative. A day outside the calendar becomes its
    /// first or last day.
    pub fn plus_days(self, days: i32) -> Self {
        Self::from_days_since_1970(self.days_since_1970().saturating_add(days))
    }

    /// The weekday of this day.
    pub fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        Weekday::ALL[(self.days_since_1970() + 3).rem_euclid(7) as usize]
    }

    /// Easter Sunday of a year. Source: the "anonymous Gregorian" algorithm (Meeus, Jones,
    /// Butcher).
    pub fn easter(year: u16) -> Self {
        let y = i32::from(year);
        let (a, b, c) = (y % 19, y / 100, y % 100);
        let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
        let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
        let m = (a + 11 * h + 22 * l) / 451;
        let month = (h + l - 7 * m + 114) / 31;
        let day = (h + l - 7 * m + 114) % 31 + 1;
        Self { year, month: month as u8, day: day as u8 }
    }

    /// The n-th such weekday of a month. `None` if the month has no fifth one.
    pub fn nth_weekday(year: u16, month: u8, weekday: Weekday, nth: Nth) -> Option<Self> {
        let first = Self::new(year, month, 1)?;
        let offset = (weekday as i32 - first.weekday() as i32).rem_euclid(7);
        let day = 1 + offset + 7 * (i32::from(nth.get()) - 1);
        Self::new(year, month, u8::try_from(day).ok()?)
    }
}

fn days_in(year: u16, month: u8) -> u8 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u8::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl TryFrom<String> for Date {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("“{text}” is not a day: write it as 2026-11-23"))
    }
}

impl From<Date> for String {
    fn from(date: Date) -> String {
        date.to_string()
    }
}

/// A day of the week, Monday first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Weekday {
    /// All weekdays, Monday first.
    pub const ALL: [Weekday; 7] = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];

    /// Whether it is Saturday or Sunday.
    pub fn is_weekend(self) -> bool {
        self >= Weekday::Saturday
    }
}

/// A rank from first (1) to fifth (5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(extend("minimum" = 1, "maximum" = 5))
)]
#[serde(try_from = "u8", into = "u8")]
pub struct Nth(u8);

impl Nth {
    /// The first.
    pub const FIRST: Nth = Nth(1);

    /// `None` if `n` is not between 1 and 5.
    pub fn new(n: u8) -> Option<Self> {
        (1..=5).contains(&n).then_some(Self(n))
    }

    /// The rank as a number, 1 to 5.
    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Nth {
    type Error = String;
    fn try_from(n: u8) -> Result<Self, String> {
        Self::new(n).ok_or_else(|| format!("{n} is not between 1 (first) and 5 (fifth)"))
    }
}

impl From<Nth> for u8 {
    fn from(nth: Nth) -> u8 {
        nth.0
    }
}

/// Minutes since midnight, 0 to 1440. 1440 is 24:00, the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minute(u16);

impl Minute {
    /// 00:00, the beginning of a day.
    pub const MIDNIGHT: Minute = Minute(0);
    /// 24:00, the end of a day.
    pub const END_OF_DAY: Minute = Minute(24 * 60);

    /// `None` if there is no such time; 24:00 is the latest.
    pub fn new(hour: u16, minute: u16) -> Option<Self> {
        let minutes = hour.checked_mul(60)?.checked_add(minute)?;
        (minute < 60 && minutes <= Self::END_OF_DAY.0).then_some(Self(minutes))
    }

    /// Parses `08:30`. `None` if it is not a time in this form.
    pub fn parse(text: &str) -> Option<Self> {
        let (hour, minute) = text.split_once(':')?;
        let is_padded = hour.len() == 2 && minute.len() == 2;
        is_padded.then(|| Self::new(hour.parse().ok()?, minute.parse().ok()?)).flatten()
    }

    /// Hour, 0 to 24.
    pub fn hour(self) -> u16 {
        self.0 / 60
    }

    /// Minute of the hour, 0 to 59.
    pub fn minute(self) -> u16 {
        self.0 % 60
    }

    /// Minutes since midnight, 0 to 1440.
    pub fn since_midnight(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour(), self.minute())
    }
}

/// A moment by the municipality's wall clock, written as `2026-11-23 08:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(extend("pattern" = r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$"))
)]
#[serde(try_from = "String", into = "String")]
pub struct Moment {
    /// The day.
    pub date: Date,
    /// The time of day.
    pub minute: Minute,
}

impl Moment {
    /// Parses `2026-11-23 08:30`. `None` if it is not a moment in this form.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, minute) = text.split_once(' ')?;
        Some(Self { date: Date::parse(date)?, minute: Minute::parse(minute)? })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.date, self.minute)
    }
}

impl TryFrom<String> for Moment {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| {
            format!("“{text}” is not a moment: write day and time as 2026-11-23 08:30")
        })
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> String {
        moment.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_four_centuries_counts_one_on() {
        let first = Date::new(1900, 1, 1).unwrap();
        let mut expected = (1900_u16, 1_u8, 1_u8);
        for offset in 0..146_097 {
            let date = first.plus_days(offset);
            assert_eq!((date.year, date.month, date.day), expected);
            assert_eq!(Date::from_days_since_1970(date.days_since_1970()), date);
            expected = match expected {
                (year, 12, 31) => (year + 1, 1, 1),
                (year, month, day) if day == days_in(year, month) => (year, month + 1, 1),
                (year, month, day) => (year, month, day + 1),
            };
        }
    }

    #[test]
    fn beyond_the_calendar_lie_its_first_and_its_last_day() {
        let (first, last) = (Date::new(1583, 1, 1).unwrap(), Date::new(9999, 12, 31).unwrap());
        assert_eq!((first.plus_days(-1), first.plus_days(i32::MIN)), (first, first));
        assert_eq!((last.plus_days(60), last.plus_days(i32::MAX)), (last, last));
        assert_eq!(first.plus_days(last.days_since_1970() - first.days_since_1970()), last);
    }

    #[test]
    fn weekdays_and_easter_are_those_of_the_almanac() {
        assert_eq!(Date::new(2026, 11, 23).unwrap().weekday(), Weekday::Monday);
        assert_eq!(Date::new(2000, 2, 29).unwrap().weekday(), Weekday::Tuesday);
        for (year, month, day) in
            [(2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2028, 4, 16), (2038, 4, 25)]
        {
            assert_eq!(Date::easter(year), Date::new(year, month, day).unwrap());
        }
    }

    #[test]
    fn the_nth_weekday_may_not_exist() {
        let second_monday = Date::nth_weekday(2026, 10, Weekday::Monday, Nth(2));
        assert_eq!(second_monday, Date::new(2026, 10, 12));
        assert_eq!(Date::nth_weekday(2026, 2, Weekday::Monday, Nth(5)), None);
    }

    #[test]
    fn text_that_is_no_day_or_time_is_refused() {
        for bad in
            ["2026-02-29", "2026-13-01", "26-01-01", "2026-1-1", "", "2026-01-01-01", "1582-12-31"]
        {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
        for bad in ["8:30", "24:01", "12:60", "noon", "", "-1:00"] {
            assert_eq!(Minute::parse(bad), None, "{bad}");
        }
        assert_eq!(Minute::parse("24:00"), Some(Minute::END_OF_DAY));
    }
}
