//! Checks the product's dates against another calendar, over three centuries.

use crate::oracle::holidays::{easter, is_day_of};
use crate::oracle::timeline::ours;
use domain::hours::{Date, HolidayRule, Nth, Weekday};
use jiff::ToSpan;
use jiff::civil::Date as Civil;

const FIRST: Civil = Civil::constant(1900, 1, 1);
const LAST: Civil = Civil::constant(2200, 12, 31);
const EPOCH: Civil = Civil::constant(1970, 1, 1);

fn days() -> impl Iterator<Item = Civil> {
    FIRST.series(1.day()).take_while(|&day| day <= LAST)
}

#[test]
fn every_day_of_three_centuries_has_the_same_name_number_and_weekday() {
    for day in days() {
        let date = ours(day);
        let number = EPOCH.until(day).unwrap().get_days();
        assert_eq!(date.to_string(), day.to_string());
        assert_eq!(Date::parse(&day.to_string()), Some(date));
        assert_eq!((date.days_since_1970(), Date::from_days_since_1970(number)), (number, date));
        assert_eq!(date.weekday() as i8, day.weekday().to_monday_zero_offset(), "{day}");
    }
}

#[test]
fn days_before_and_after_are_the_same_by_both_calendars() {
    for day in days().step_by(17) {
        for distance in [
            -36_524, -1_461, -366, -365, -31, -7, -1, 0, 1, 6, 28, 29, 30, 365, 366, 1_460, 146_097,
        ] {
            assert_eq!(
                ours(day).plus_days(distance),
                ours(day + distance.days()),
                "{day} {distance:+}"
            );
        }
    }
}

#[test]
fn easter_is_the_sunday_after_the_full_moon_by_epact() {
    for year in FIRST.year()..=LAST.year() {
        assert_eq!(Date::easter(year as u16), ours(easter(year)));
    }
}

#[test]
fn the_nth_weekday_of_every_month_is_the_same_or_missing_in_both() {
    for month in FIRST.series(1.month()).take_while(|&month| month <= LAST) {
        for weekday in Weekday::ALL {
            for nth in 1..=5 {
                let theirs = month
                    .nth_weekday_of_month(
                        nth,
                        jiff::civil::Weekday::from_monday_zero_offset(weekday as i8).unwrap(),
                    )
                    .ok();
                let mine = Date::nth_weekday(
                    month.year() as u16,
                    month.month() as u8,
                    weekday,
                    Nth::new(nth as u8).unwrap(),
                );
                assert_eq!(mine, theirs.map(ours), "{month} {weekday:?} {nth}");
            }
        }
    }
}

/// Includes rules that count back across New Year, whose day is in the previous year.
#[test]
fn a_rule_names_the_days_that_one_finds_by_asking_every_day() {
    let rules = [
        HolidayRule::Fixed { month: 2, day: 29 },
        HolidayRule::NthWeekday { nth: Nth::new(5).unwrap(), weekday: Weekday::Sunday, month: 12 },
        HolidayRule::WeekdayOnOrBefore { weekday: Weekday::Monday, month: 5, day: 24 },
        HolidayRule::WeekdayOnOrBefore { weekday: Weekday::Friday, month: 1, day: 3 },
        HolidayRule::Easter { offset_days: -2 },
        HolidayRule::Easter { offset_days: 1 },
        HolidayRule::Easter { offset_days: -100 },
        HolidayRule::Easter { offset_days: 100 },
    ];
    for day in days().filter(|day| (2000..2060).contains(&day.year())) {
        for rule in &rules {
            assert_eq!(rule.falls_on(ours(day)), is_day_of(rule, day), "{rule:?} {day}");
        }
    }
}

#[test]
fn days_beyond_the_calendar_are_its_first_and_its_last() {
    let (first, last) = (Date::new(1583, 1, 1).unwrap(), Date::new(9999, 12, 31).unwrap());
    assert_eq!((first.plus_days(-1), first.plus_days(-200)), (first, first));
    assert_eq!((last.plus_days(1), last.plus_days(60)), (last, last));
    assert_eq!(
        (Date::from_days_since_1970(i32::MIN), Date::from_days_since_1970(i32::MAX)),
        (first, last)
    );
    assert_eq!((first.plus_days(i32::MIN), last.plus_days(i32::MAX)), (first, last));
}
