//! Determines which day is which holiday by examining one day after another. Holidays on a weekend
//! are queued until a working day is free.

use domain::HolidayId;
use domain::catalogue::{CatalogueFile, Facility, Hub};
use domain::hours::{HolidayRule, Weekday};
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::VecDeque;

/// The effect of a holiday on the day on which it is observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ExpectedHoliday {
    Closes(HolidayId),
    /// It was on a weekend, and closes this working day instead. Observed only once, so never
    /// certain.
    MovedHere(HolidayId),
    /// The location is not known to close. `is_known` if everything known about the day confirms
    /// that it is open; `may_close` if the law makes it a holiday and nobody confirmed otherwise.
    Open {
        holiday: HolidayId,
        is_known: bool,
        may_close: bool,
    },
}

/// Steps through days in order, with a queue of the holidays that wait for a working day.
pub(crate) struct Walk<'a> {
    file: &'a CatalogueFile,
    hub: &'a Hub,
    facility: &'a Facility,
    waiting: VecDeque<HolidayId>,
}

impl<'a> Walk<'a> {
    /// Starts this many days earlier, so that no holiday is queued from before the start.
    const BEGINS_DAYS_BEFORE: i32 = 60;

    pub(crate) fn until(file: &'a CatalogueFile, hub: &'a Hub, first: Date) -> Self {
        let facility = file.facilities.iter().find(|facility| facility.id == hub.facility).unwrap();
        let mut walk = Self { file, hub, facility, waiting: VecDeque::new() };
        for days in (1..=Self::BEGINS_DAYS_BEFORE).rev() {
            walk.step(first - days.days());
        }
        walk
    }

    /// Processes the next day. Days must be passed in order, without gaps.
    pub(crate) fn step(&mut self, day: Date) -> Option<ExpectedHoliday> {
        let today: Vec<&HolidayId> = self
            .file
            .holidays
            .iter()
            .filter(|holiday| is_day_of(&holiday.rule, day))
            .map(|holiday| &holiday.id)
            .collect();
        let closing: Vec<HolidayId> =
            today.iter().filter(|id| self.closes_for(id)).map(|&id| id.clone()).collect();
        let is_working_day = day.weekday().to_monday_zero_offset() < 5;
        if self.facility.moves_to_working_day && !is_working_day {
            self.waiting.extend(closing.iter().cloned());
        }
        if let Some(id) = closing.first() {
            return Some(ExpectedHoliday::Closes(id.clone()));
        }
        if is_working_day && let Some(id) = self.waiting.pop_front() {
            return Some(ExpectedHoliday::MovedHere(id));
        }
        let is_practice_verified = self.facility.source.verified;
        let (known, unknown): (Vec<&HolidayId>, Vec<&HolidayId>) =
            today.iter().partition(|id| is_practice_verified && self.facility.open_on.contains(id));
        let by_law = |id: &&HolidayId| {
            self.file.holidays.iter().any(|holiday| holiday.id == **id && holiday.is_statutory)
        };
        let doubtful = unknown.iter().copied().find(by_law);
        let holiday = doubtful.or(today.first().copied())?.clone();
        let is_known = known.len() == today.len();
        Some(ExpectedHoliday::Open { holiday, is_known, may_close: doubtful.is_some() })
    }

    fn closes_for(&self, holiday: &HolidayId) -> bool {
        self.facility.closed_on.contains(holiday) || self.hub.also_closed_on.contains(holiday)
    }
}

pub(crate) fn is_day_of(rule: &HolidayRule, day: Date) -> bool {
    match *rule {
        HolidayRule::Fixed { month, day: number } => is_month_and_day(day, month, number),
        HolidayRule::NthWeekday { nth, weekday, month } => {
            let place_in_month = (day.day() - 1) / 7 + 1;
            (day.month() as u8, place_in_month as u8) == (month, nth.get())
                && is_weekday(day, weekday)
        }
        HolidayRule::WeekdayOnOrBefore { weekday, month, day: last } => {
            is_weekday(day, weekday)
                && (0..7).any(|days| is_month_and_day(day + days.days(), month, last))
        }
        HolidayRule::Easter { offset_days } => {
            let sunday = day - offset_days.days();
            is_weekday(sunday, Weekday::Sunday) && sunday == easter(sunday.year())
        }
    }
}

/// Easter Sunday by golden number and epact. Source: C. Clavius, 1603, as given by D. Knuth in "The
/// Art of Computer Programming", 1.3.2, exercise 14.
pub(crate) fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let (golden_number, century) = (y % 19 + 1, y / 100 + 1);
    let leap_days_left_out = 3 * century / 4 - 12;
    let moon_correction = (8 * century + 5) / 25 - 5;
    let epact = (11 * golden_number + 20 + moon_correction - leap_days_left_out).rem_euclid(30);
    let epact = epact + i32::from((epact == 25 && golden_number > 11) || epact == 24);
    let full_moon_of_march = if epact > 23 { 74 - epact } else { 44 - epact };
    let after_full_moon = Date::constant(year, 3, 1) + full_moon_of_march.days();
    (0..7)
        .map(|days| after_full_moon + days.days())
        .find(|&day| is_weekday(day, Weekday::Sunday))
        .unwrap()
}

fn is_month_and_day(date: Date, month: u8, day: u8) -> bool {
    (date.month() as u8, date.day() as u8) == (month, day)
}

pub(crate) fn is_weekday(date: Date, weekday: Weekday) -> bool {
    date.weekday().to_monday_zero_offset() == weekday as i8
}
