//! Months of the municipality's calendar.

use domain::Language;
use domain::hours::Date;
use std::fmt;

/// A month of a year; ordered by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: u16,
    /// From one to twelve.
    month: u8,
}

impl Month {
    /// The month of a date.
    pub fn of(date: Date) -> Self {
        Self { year: date.year(), month: date.month() }
    }

    /// The first day of the month.
    pub fn first_day(self) -> Date {
        Date::new(self.year, self.month, 1).expect("every month has a first day")
    }

    /// Parses `2026-11`; `None` if it is not a month.
    pub fn parse(text: &str) -> Option<Self> {
        Date::parse(&format!("{text}-01")).map(Self::of)
    }

    /// This many months later (or earlier if negative); a result outside the calendar's years stays
    /// in the same year.
    pub fn plus(self, months: i32) -> Self {
        let all = i32::from(self.year) * 12 + i32::from(self.month) - 1 + months;
        let year = u16::try_from(all.div_euclid(12)).unwrap_or(self.year);
        Self { year, month: all.rem_euclid(12) as u8 + 1 }
    }

    /// "November 2026" or "novembre 2026".
    pub fn name(self, language: Language) -> String {
        format!("{} {}", wording::month(language, self.month), self.year)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_counted_over_the_end_of_a_year() {
        let month = Month::parse("2026-11").unwrap();
        assert_eq!(
            (month.plus(2).to_string().as_str(), month.plus(-11).to_string().as_str()),
            ("2027-01", "2025-12")
        );
        assert_eq!(
            (month.name(Language::English).as_str(), month.name(Language::French).as_str()),
            ("November 2026", "novembre 2026")
        );
        for text in ["", "2026", "2026-13", "2026-11-01", "26-11"] {
            assert_eq!(Month::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_month_has_the_days_of_its_calendar() {
        let date = |text| Date::parse(text).unwrap();
        let month = Month::of(date("2026-02-28"));
        assert_eq!(
            (month.to_string().as_str(), month.first_day()),
            ("2026-02", date("2026-02-01"))
        );
        let around = [-2, -1, 0, 10, 11].map(|months| month.plus(months).to_string());
        assert_eq!(around, ["2025-12", "2026-01", "2026-02", "2026-12", "2027-01"]);
    }
}
