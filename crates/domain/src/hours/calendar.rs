//! The hours of one location on real days: the usual week, then season, special days, holidays and
//! recurring closures.

use super::date::{Date, Minute, Moment};
use super::kept::HolidayObservance;
use super::week::{Span, Week};
use crate::catalogue::{Catalogue, Facility, Hub, RecurringClosure, SpecialDay};
use crate::ids::HolidayId;

/// How far ahead the next opening is searched: a location that opens only in summer is found in any
/// month.
const OPENS_WITHIN_DAYS: i32 = 370;
/// "Closes soon" is shown for the last half hour.
const CLOSES_SOON_MINUTES: u16 = 30;

/// The hours of a location on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayHours {
    /// Not known.
    Unknown,
    /// Closed all day.
    Closed,
    /// Open for at least one span. Spans are in order and do not touch.
    Open(Vec<Span>),
}

impl DayHours {
    /// Merges spans that touch, so that no location "closes soon" at noon and stays open.
    pub fn of(spans: &[Span]) -> Self {
        let mut apart: Vec<Span> = Vec::new();
        for &span in spans {
            match apart.last_mut().filter(|last| last.to() == span.from()) {
                Some(last) => *last = last.and(span),
                None => apart.push(span),
            }
        }
        if apart.is_empty() { DayHours::Closed } else { DayHours::Open(apart) }
    }

    /// The spans in which a location is known to be open.
    pub fn spans(&self) -> &[Span] {
        match self {
            DayHours::Open(spans) => spans,
            DayHours::Closed | DayHours::Unknown => &[],
        }
    }

    /// The first opening at a minute or after it; `None` if there is none on that day.
    fn opens_from(&self, minute: Minute) -> Option<Minute> {
        self.spans().iter().map(|span| span.from()).find(|&from| from >= minute)
    }
}

/// The hours planned for one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayPlan {
    /// The day.
    pub date: Date,
    /// The hours on that day. Not known on a public holiday by law on which nobody has confirmed
    /// that the location is open, whatever its usual hours are.
    pub hours: DayHours,
    /// The holiday that falls on the day or is observed on it, whether or not the location closes
    /// for it.
    pub holiday: Option<HolidayId>,
    /// False if the screen must say "please confirm".
    pub is_certain: bool,
}

/// Whether a location is open at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayState {
    /// Open now.
    Open {
        /// When it closes; 24:00 if it stays open after midnight.
        until: Minute,
        /// Whether it closes within half an hour. Never true if it stays open after midnight.
        closes_soon: bool,
    },
    /// Closed now.
    Closed {
        /// The next opening; `None` if it is not known or more than a year away.
        opens: Option<Moment>,
    },
    /// Not known.
    Unknown,
}

/// Whether a location is open at one moment, and how certain that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenState {
    /// Open, closed or not known.
    pub state: DayState,
    /// False if the screen must say "please confirm".
    pub is_certain: bool,
    /// The holiday that falls on the day or is observed on it.
    pub holiday: Option<HolidayId>,
}

/// Computes the hours of one location.
#[derive(Debug, Clone, Copy)]
pub struct Hours<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) hub: &'a Hub,
    pub(super) facility: Option<&'a Facility>,
}

impl<'a> Hours<'a> {
    /// The hours of `hub`, which must be of `catalogue`.
    pub fn of(catalogue: &'a Catalogue, hub: &'a Hub) -> Self {
        Self { catalogue, hub, facility: catalogue.facility(&hub.facility) }
    }

    /// The plan of one day.
    pub fn on(&self, date: Date) -> DayPlan {
        if let Some(event) = &self.hub.event {
            // An event is open on its own days, even if they are holidays.
            let spans =
                event.days.iter().find(|day| day.date == date).map_or(&[][..], |day| &day.hours);
            return DayPlan {
                date,
                hours: DayHours::of(spans),
                holiday: None,
                is_certain: self.hub.hours_verified,
            };
        }
        let Some(kept) = self.kept_on(date) else {
            let (hours, is_verified) = self.without_holidays(date);
            let is_certain = self.hub.hours_verified && is_verified;
            return DayPlan { date, hours, holiday: None, is_certain };
        };
        let (hours, is_certain) = self.on_holiday(date, &kept);
        let is_certain = self.hub.hours_verified && is_certain;
        DayPlan { date, hours, holiday: Some(kept.holiday), is_certain }
    }

    /// The hours of a holiday, and whether they are certain.
    fn on_holiday(&self, date: Date, kept: &HolidayObservance) -> (DayHours, bool) {
        if kept.closes {
            return (DayHours::Closed, kept.is_certain);
        }
        // Hours that were confirmed for this very day settle whether it is open on the holiday.
        let is_settled = self.facility.is_some_and(|facility| {
            facility.source.verified && special_day(facility, date).is_some()
        });
        let (hours, is_verified) = self.without_holidays(date);
        match hours {
            DayHours::Open(_) if kept.may_close && !is_settled => (DayHours::Unknown, false),
            hours => (hours, is_verified && (is_settled || kept.is_certain)),
        }
    }

    /// A day and the six days after it.
    pub fn seven_days_from(&self, date: Date) -> Vec<DayPlan> {
        (0..7).map(|offset| self.on(date.plus_days(offset))).collect()
    }

    /// Whether it is open, and until when; or closed, and until when. "Opens Monday" is certain
    /// only if every day up to that Monday is.
    pub fn state_at(&self, now: Moment) -> OpenState {
        let today = self.on(now.date);
        let span = today.hours.spans().iter().find(|span| span.contains(now.minute));
        let (state, is_certain) = match (&today.hours, span) {
            (DayHours::Unknown, _) => (DayState::Unknown, today.is_certain),
            (_, Some(span)) => (self.open_until(span.to(), now), today.is_certain),
            (_, None) => self.closed_until(now, &today),
        };
        OpenState { state, is_certain, holiday: today.holiday }
    }

    fn open_until(&self, until: Minute, now: Moment) -> DayState {
        let is_last_half_hour =
            until.since_midnight() - now.minute.since_midnight() <= CLOSES_SOON_MINUTES;
        let goes_on = || {
            until == Minute::END_OF_DAY
                && self.on(now.date.plus_days(1)).hours.opens_from(Minute::MIDNIGHT)
                    == Some(Minute::MIDNIGHT)
        };
        DayState::Open { until, closes_soon: is_last_half_hour && !goes_on() }
    }

    /// The next opening, and whether it is certain.
    fn closed_until(&self, now: Moment, today: &DayPlan) -> (DayState, bool) {
        let opens_on = |date, minute| DayState::Closed { opens: Some(Moment { date, minute }) };
        if let Some(minute) = today.hours.opens_from(now.minute) {
            return (opens_on(now.date, minute), today.is_certain);
        }
        let mut is_certain = today.is_certain;
        let days = (1..=OPENS_WITHIN_DAYS).map(|days| now.date.plus_days(days));
        for plan in days.filter(|&date| !self.is_closed_anyway(date)).map(|date| self.on(date)) {
            is_certain &= plan.is_certain;
            match plan.hours.opens_from(Minute::MIDNIGHT) {
                Some(minute) => return (opens_on(plan.date, minute), is_certain),
                // Whether it is open on a holiday is not known, but the days after it are.
                None if plan.hours == DayHours::Unknown && plan.holiday.is_none() => break,
                None => {}
            }
        }
        (DayState::Closed { opens: None }, today.is_certain)
    }

    /// Whether it is closed by the usual week. No holiday changes that, so no holiday makes it
    /// uncertain.
    fn is_closed_anyway(&self, date: Date) -> bool {
        self.hub.event.is_none()
            && self.usual_week(date).on(date.weekday()).is_some_and(<[Span]>::is_empty)
    }

    /// The usual week on a date: that of its season, if it has one.
    pub fn usual_week(&self, date: Date) -> &'a Week {
        self.hub
            .seasons
            .iter()
            .find(|season| season.contains(date))
            .map_or(&self.hub.hours, |season| &season.hours)
    }

    /// The hours of a day as if it were not a holiday, and whether every departure from the usual
    /// hours is verified.
    fn without_holidays(&self, date: Date) -> (DayHours, bool) {
        let usual =
            self.usual_week(date).on(date.weekday()).map_or(DayHours::Unknown, DayHours::of);
        let (hours, is_verified) = self.special_on(date, &usual).unwrap_or((usual, true));
        let DayHours::Open(spans) = hours else { return (hours, is_verified) };
        let mine = self
            .catalogue
            .recurring_closures()
            .iter()
            .filter(|closure| closure.hubs.contains(&self.hub.id));
        let closed: Vec<&RecurringClosure> =
            mine.filter(|closure| closure.falls_on(date)).collect();
        let left = closed.iter().fold(spans, |spans, closure| {
            spans.into_iter().flat_map(|span| span.without(closure.closed)).collect()
        });
        (DayHours::of(&left), is_verified && closed.iter().all(|closure| closure.source.verified))
    }

    /// The hours of a special day and whether they are verified; `None` if the usual hours are
    /// unchanged.
    fn special_on(&self, date: Date, usual: &DayHours) -> Option<(DayHours, bool)> {
        let facility = self.facility?;
        let day = special_day(facility, date)?;
        let differs = match usual {
            DayHours::Open(_) => true,
            // Closed all day is known, even if the weekday's usual hours are not.
            DayHours::Unknown => day.hours.is_empty(),
            DayHours::Closed => false,
        };
        differs.then(|| (DayHours::of(&day.hours), facility.source.verified))
    }
}

fn special_day(facility: &Facility, date: Date) -> Option<&SpecialDay> {
    facility.special_days.iter().find(|day| (day.month, day.day) == (date.month(), date.day()))
}

impl RecurringClosure {
    fn falls_on(&self, date: Date) -> bool {
        if self.moved.iter().any(|moved| moved.to == date) {
            return true;
        }
        let by_rule =
            Date::nth_weekday(date.year(), date.month(), self.weekday, self.nth) == Some(date);
        by_rule && !self.moved.iter().any(|moved| moved.from == date)
    }
}
