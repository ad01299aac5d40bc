//! One day of one location as 1440 minutes: filled in with the usual week, then the season, then
//! the exceptions.

use super::holidays::{ExpectedHoliday, is_weekday};
use domain::HolidayId;
use domain::catalogue::{CatalogueFile, Facility, Hub, RecurringClosure};
use domain::hours::{Season, Span, Week};
use jiff::ToSpan;
use jiff::civil::Date;

pub(crate) const MINUTES: usize = 24 * 60;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlanDoor {
    NotKnown,
    Shut,
    Open,
}

pub(crate) struct Plan {
    pub(crate) date: Date,
    pub(crate) doors: Vec<PlanDoor>,
    pub(crate) holiday: Option<HolidayId>,
    pub(crate) is_certain: bool,
    /// Closed regardless of holidays: the usual week has no hours for the day.
    pub(crate) is_shut_anyway: bool,
}

impl Plan {
    pub(crate) fn paint(
        file: &CatalogueFile,
        hub: &Hub,
        date: Date,
        kept: Option<ExpectedHoliday>,
    ) -> Self {
        let facility = file.facilities.iter().find(|facility| facility.id == hub.facility).unwrap();
        let mut plan = Self {
            date,
            doors: vec![PlanDoor::NotKnown; MINUTES],
            holiday: None,
            is_certain: hub.hours_verified,
            is_shut_anyway: false,
        };
        plan.paint_week(&hub.hours);
        // In reverse, so that the first of two overlapping seasons takes precedence.
        for season in hub.seasons.iter().rev().filter(|season| is_in_season(season, date)) {
            plan.paint_week(&season.hours);
        }
        plan.is_shut_anyway = plan.doors.iter().all(|&door| door == PlanDoor::Shut);
        let is_closing =
            matches!(kept, Some(ExpectedHoliday::Closes(_) | ExpectedHoliday::MovedHere(_)));
        if !is_closing {
            let special = facility.special_days.iter().find(|special| {
                (special.month, special.day) == (date.month() as u8, date.day() as u8)
            });
            if let Some(special) = special.filter(|special| {
                plan.has(PlanDoor::Open)
                    || (special.hours.is_empty() && plan.has(PlanDoor::NotKnown))
            }) {
                plan.paint_spans(&special.hours);
                plan.is_certain &= facility.source.verified;
            }
            let is_open_at_first = plan.has(PlanDoor::Open);
            for closure in
                closures(file, hub).filter(|closure| is_open_at_first && falls_on(closure, date))
            {
                plan.fill(closure.closed, PlanDoor::Shut);
                plan.is_certain &= closure.source.verified;
            }
        }
        plan.keep(kept, facility);
        plan
    }

    fn keep(&mut self, kept: Option<ExpectedHoliday>, facility: &Facility) {
        let is_practice_verified = facility.source.verified;
        let is_named = facility.special_days.iter().any(|special| {
            (special.month, special.day) == (self.date.month() as u8, self.date.day() as u8)
        });
        let is_settled = is_named && is_practice_verified;
        let (holiday, is_known) = match kept {
            None => return,
            Some(ExpectedHoliday::Closes(holiday)) => {
                self.doors.fill(PlanDoor::Shut);
                (holiday, is_practice_verified)
            }
            Some(ExpectedHoliday::MovedHere(holiday)) => {
                self.doors.fill(PlanDoor::Shut);
                (holiday, false)
            }
            Some(ExpectedHoliday::Open { holiday, is_known, may_close }) => {
                if may_close && !is_settled && self.has(PlanDoor::Open) {
                    self.doors.fill(PlanDoor::NotKnown);
                }
                (holiday, is_settled || is_known)
            }
        };
        self.holiday = Some(holiday);
        self.is_certain &= is_known;
    }

    pub(crate) fn has(&self, door: PlanDoor) -> bool {
        self.doors.contains(&door)
    }

    fn paint_week(&mut self, week: &Week) {
        let days = [&week.mon, &week.tue, &week.wed, &week.thu, &week.fri, &week.sat, &week.sun];
        match days[self.date.weekday().to_monday_zero_offset() as usize] {
            None => self.doors.fill(PlanDoor::NotKnown),
            Some(spans) => self.paint_spans(spans),
        }
    }

    fn paint_spans(&mut self, spans: &[Span]) {
        self.doors.fill(PlanDoor::Shut);
        spans.iter().for_each(|&span| self.fill(span, PlanDoor::Open));
    }

    fn fill(&mut self, span: Span, door: PlanDoor) {
        self.doors
            [usize::from(span.from().since_midnight())..usize::from(span.to().since_midnight())]
            .fill(door);
    }
}

/// Steps through a leap year from the season's first day to its last.
fn is_in_season(season: &Season, date: Date) -> bool {
    let on_the_round = |day: domain::hours::YearDay| -> Date {
        format!("2024-{}", String::from(day)).parse().unwrap()
    };
    let (mut day, last) = (on_the_round(season.from), on_the_round(season.to));
    loop {
        let is_that_day = (day.month(), day.day()) == (date.month(), date.day());
        if is_that_day || day == last {
            return is_that_day;
        }
        day = if day == Date::constant(2024, 12, 31) {
            Date::constant(2024, 1, 1)
        } else {
            day + 1.day()
        };
    }
}

fn closures<'a>(file: &'a CatalogueFile, hub: &Hub) -> impl Iterator<Item = &'a RecurringClosure> {
    file.recurring_closures.iter().filter(|closure| closure.hubs.contains(&hub.id))
}

fn falls_on(closure: &RecurringClosure, date: Date) -> bool {
    let is = |day: domain::hours::Date| day.to_string() == date.to_string();
    let is_by_rule =
        is_weekday(date, closure.weekday) && (date.day() + 6) / 7 == closure.nth.get() as i8;
    let leaves = closure.moved.iter().any(|moved| is(moved.from));
    let arrives = closure.moved.iter().any(|moved| is(moved.to));
    arrives || (is_by_rule && !leaves)
}
