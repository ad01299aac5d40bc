//! The hours of one hub on real days: usual week, season, holidays, closures, one after the other.

use super::date::{Date, Minute, Moment};
use super::kept::Kept;
use super::week::{Span, Week};
use crate::catalogue::{Catalogue, Facility, Hub, RecurringClosure};
use crate::ids::HolidayId;

/// How far ahead "opens next" looks: a place that opens in summer only is found in any month.
const OPENS_WITHIN_DAYS: i32 = 370;
/// "Closes soon" is said for the last half hour.
const CLOSES_SOON_MINUTES: u16 = 30;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayHours {
    Unknown,
    Closed,
    /// At least one span, in order and apart.
    Open(Vec<Span>),
}

impl DayHours {
    /// Times of opening that touch are one: no place "closes soon" at noon and stays open.
    fn of(spans: &[Span]) -> Self {
        let mut apart: Vec<Span> = Vec::new();
        for &span in spans {
            match apart.last_mut().filter(|last| last.to() == span.from()) {
                Some(last) => *last = last.and(span),
                None => apart.push(span),
            }
        }
        if apart.is_empty() { DayHours::Closed } else { DayHours::Open(apart) }
    }

    fn spans(&self) -> &[Span] {
        match self {
            DayHours::Open(spans) => spans,
            DayHours::Closed | DayHours::Unknown => &[],
        }
    }

    /// When a door first opens at a minute or after it.
    fn opens_from(&self, minute: Minute) -> Option<Minute> {
        self.spans().iter().map(|span| span.from()).find(|&from| from >= minute)
    }
}

/// What is planned for one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayPlan {
    pub date: Date,
    pub hours: DayHours,
    /// The holiday that the day is, or is kept as, whether or not the hub closes for it.
    pub holiday: Option<HolidayId>,
    /// False when the screen must say "please confirm".
    pub is_certain: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// `until` is 24:00, and never soon, where the place stays open after midnight.
    Open {
        until: Minute,
        closes_soon: bool,
    },
    /// `opens` is `None` when the next opening is not known or more than a year away.
    Closed {
        opens: Option<Moment>,
    },
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenState {
    pub state: State,
    pub is_certain: bool,
    pub holiday: Option<HolidayId>,
}

/// The hours of one hub.
#[derive(Debug, Clone, Copy)]
pub struct Hours<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) hub: &'a Hub,
    pub(super) facility: Option<&'a Facility>,
}

impl<'a> Hours<'a> {
    pub fn of(catalogue: &'a Catalogue, hub: &'a Hub) -> Self {
        Self { catalogue, hub, facility: catalogue.facility(&hub.facility) }
    }

    /// The plan of one day.
    pub fn on(&self, date: Date) -> DayPlan {
        if let Some(event) = &self.hub.event {
            // An event keeps its own days, whatever holiday they are.
            let spans =
                event.days.iter().find(|day| day.date == date).map_or(&[][..], |day| &day.hours);
            return DayPlan {
                date,
                hours: DayHours::of(spans),
                holiday: None,
                is_certain: self.hub.hours_verified,
            };
        }
        let kept = self.kept_on(date);
        let (hours, is_verified) = match &kept {
            Some(Kept { closes: true, .. }) => (DayHours::Closed, true),
            _ => self.without_holidays(date),
        };
        let is_certain = self.hub.hours_verified
            && is_verified
            && kept.as_ref().is_none_or(|kept| kept.is_certain);
        DayPlan { date, hours, holiday: kept.map(|kept| kept.holiday), is_certain }
    }

    /// Monday to Sunday of the week in which `date` lies.
    pub fn week_of(&self, date: Date) -> Vec<DayPlan> {
        let monday = date.plus_days(-(date.weekday() as i32));
        (0..7).map(|offset| self.on(monday.plus_days(offset))).collect()
    }

    /// Open until when, or closed until when. "Opens Monday" is certain only if every day up to that Monday is.
    pub fn state_at(&self, now: Moment) -> OpenState {
        let today = self.on(now.date);
        let span = today.hours.spans().iter().find(|span| span.contains(now.minute));
        let (state, is_certain) = match (&today.hours, span) {
            (DayHours::Unknown, _) => (State::Unknown, today.is_certain),
            (_, Some(span)) => (self.open_until(span.to(), now), today.is_certain),
            (_, None) => self.closed_until(now, &today),
        };
        OpenState { state, is_certain, holiday: today.holiday }
    }

    fn open_until(&self, until: Minute, now: Moment) -> State {
        let is_last_half_hour =
            until.since_midnight() - now.minute.since_midnight() <= CLOSES_SOON_MINUTES;
        let goes_on = || {
            until == Minute::END_OF_DAY
                && self.on(now.date.plus_days(1)).hours.opens_from(Minute::MIDNIGHT)
                    == Some(Minute::MIDNIGHT)
        };
        State::Open { until, closes_soon: is_last_half_hour && !goes_on() }
    }

    /// Closed until the next opening, and whether that is certain.
    fn closed_until(&self, now: Moment, today: &DayPlan) -> (State, bool) {
        let opens_on = |date, minute| State::Closed { opens: Some(Moment { date, minute }) };
        if let Some(minute) = today.hours.opens_from(now.minute) {
            return (opens_on(now.date, minute), today.is_certain);
        }
        let mut is_certain = today.is_certain;
        let days = (1..=OPENS_WITHIN_DAYS).map(|days| now.date.plus_days(days));
        for plan in days.filter(|&date| !self.is_closed_anyway(date)).map(|date| self.on(date)) {
            is_certain &= plan.is_certain;
            match plan.hours.opens_from(Minute::MIDNIGHT) {
                Some(minute) => return (opens_on(plan.date, minute), is_certain),
                None if plan.hours == DayHours::Unknown => break,
                None => {}
            }
        }
        (State::Closed { opens: None }, today.is_certain)
    }

    /// Closed in the usual week. No holiday changes that, so none puts it in doubt.
    fn is_closed_anyway(&self, date: Date) -> bool {
        self.hub.event.is_none()
            && self.week_for(date).on(date.weekday()).is_some_and(<[Span]>::is_empty)
    }

    fn week_for(&self, date: Date) -> &'a Week {
        self.hub
            .seasons
            .iter()
            .find(|season| season.contains(date))
            .map_or(&self.hub.hours, |season| &season.hours)
    }

    /// The hours of a day as if it were no holiday, and whether all that makes it differ from the usual is verified.
    fn without_holidays(&self, date: Date) -> (DayHours, bool) {
        let usual = self.week_for(date).on(date.weekday()).map_or(DayHours::Unknown, DayHours::of);
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

    /// The hours of a special day, where it changes the usual ones, and whether they are verified.
    fn special_on(&self, date: Date, usual: &DayHours) -> Option<(DayHours, bool)> {
        let facility = self.facility?;
        let day = facility
            .special_days
            .iter()
            .find(|day| (day.month, day.day) == (date.month(), date.day()))?;
        let differs = match usual {
            DayHours::Open(_) => true,
            // Closed all day is known, whatever the weekday's own hours are.
            DayHours::Unknown => day.hours.is_empty(),
            DayHours::Closed => false,
        };
        differs.then(|| (DayHours::of(&day.hours), facility.source.verified))
    }
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
