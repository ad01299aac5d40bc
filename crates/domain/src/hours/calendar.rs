//! The hours of one hub on real days: usual week, season, holidays, closures, one after the other.

use super::date::{Date, Minute, Moment};
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
    catalogue: &'a Catalogue,
    hub: &'a Hub,
    facility: Option<&'a Facility>,
}

impl<'a> Hours<'a> {
    pub fn of(catalogue: &'a Catalogue, hub: &'a Hub) -> Self {
        Self { catalogue, hub, facility: catalogue.facility(&hub.facility) }
    }

    /// The plan of one day.
    pub fn on(&self, date: Date) -> DayPlan {
        let usual = match self.week_for(date).on(date.weekday()) {
            None => DayHours::Unknown,
            Some(spans) => open_or_closed(spans.to_vec()),
        };
        let kept = self.kept_on(date);
        let hours = match &kept {
            Some(Kept { closes: true, .. }) => DayHours::Closed,
            _ => self.after_closures(date, self.special_on(date).unwrap_or(usual)),
        };
        let is_certain = self.hub.hours_verified && kept.as_ref().is_none_or(|kept| kept.is_certain);
        DayPlan { date, hours, holiday: kept.map(|kept| kept.holiday), is_certain }
    }

    /// Monday to Sunday of the week in which `date` lies.
    pub fn week_of(&self, date: Date) -> Vec<DayPlan> {
        let monday = date.plus_days(-(date.weekday() as i32));
        (0..7).map(|offset| self.on(monday.plus_days(offset))).collect()
    }

    /// Open until when, or closed until when.
    pub fn state_at(&self, now: Moment) -> OpenState {
        let today = self.on(now.date);
        let state = match &today.hours {
            DayHours::Unknown => State::Unknown,
            DayHours::Open(spans) => match spans.iter().find(|span| span.contains(now.minute)) {
                Some(span) => open_until(span.to(), now.minute),
                None => State::Closed { opens: self.opens_after(now, &today) },
            },
            DayHours::Closed => State::Closed { opens: self.opens_after(now, &today) },
        };
        OpenState { state, is_certain: today.is_certain, holiday: today.holiday }
    }

    fn opens_after(&self, now: Moment, today: &DayPlan) -> Option<Moment> {
        let later_today = first_from(&today.hours, now.minute).map(|minute| Moment { date: now.date, minute });
        later_today.or_else(|| {
            let days = (1..=OPENS_WITHIN_DAYS).map(|offset| self.on(now.date.plus_days(offset)));
            let first = days.into_iter().find(|plan| plan.hours != DayHours::Closed)?;
            first_from(&first.hours, Minute::new(0, 0)?).map(|minute| Moment { date: first.date, minute })
        })
    }

    fn week_for(&self, date: Date) -> &'a Week {
        self.hub.seasons.iter().find(|season| season.contains(date)).map_or(&self.hub.hours, |season| &season.hours)
    }

    fn special_on(&self, date: Date) -> Option<DayHours> {
        let day = self.facility?.special_days.iter().find(|day| (day.month, day.day) == (date.month(), date.day()))?;
        let is_open_that_day = self.week_for(date).on(date.weekday()).is_some_and(|spans| !spans.is_empty());
        is_open_that_day.then(|| open_or_closed(day.hours.clone()))
    }

    fn after_closures(&self, date: Date, hours: DayHours) -> DayHours {
        let DayHours::Open(spans) = hours else { return hours };
        let mine = self.catalogue.recurring_closures().iter().filter(|closure| closure.hubs.contains(&self.hub.id));
        let left = mine
            .filter(|closure| closure.falls_on(date))
            .fold(spans, |spans, closure| spans.into_iter().flat_map(|span| span.without(closure.closed)).collect());
        open_or_closed(left)
    }

    /// The holiday kept on a date: the day itself, or the working day that it moved to.
    fn kept_on(&self, date: Date) -> Option<Kept> {
        let facility = self.facility?;
        let itself = self.catalogue.holidays().iter().find(|holiday| holiday.rule.date_in(date.year()) == Some(date));
        if let Some(holiday) = itself {
            let closes = self.closes_for(&holiday.id);
            let is_known = closes || facility.open_on.contains(&holiday.id);
            return Some(Kept { holiday: holiday.id.clone(), closes, is_certain: is_known && facility.source.verified });
        }
        let moved = self.moved_holidays(date.year()).into_iter().find(|(day, _)| *day == date);
        moved.map(|(_, holiday)| Kept { holiday, closes: true, is_certain: false })
    }

    fn closes_for(&self, holiday: &HolidayId) -> bool {
        let by_kind = self.facility.is_some_and(|facility| facility.closed_on.contains(holiday));
        by_kind || self.hub.also_closed_on.contains(holiday)
    }

    /// Holidays on a weekend, each with the next working day that no other holiday takes.
    fn moved_holidays(&self, year: u16) -> Vec<(Date, HolidayId)> {
        if !self.facility.is_some_and(|facility| facility.moves_to_working_day) {
            return Vec::new();
        }
        let all: Vec<(Date, HolidayId)> = self.closed_holidays(year.saturating_sub(1)).chain(self.closed_holidays(year)).collect();
        let in_order = crate::catalogue::order_of(all.len(), &|a, b| all[a].0.cmp(&all[b].0));
        let closed: Vec<(Date, HolidayId)> = in_order.into_iter().map(|at| all[at].clone()).collect();
        let mut taken: Vec<Date> = closed.iter().map(|(date, _)| *date).filter(|date| !date.weekday().is_weekend()).collect();
        let on_weekend = closed.into_iter().filter(|(date, _)| date.weekday().is_weekend());
        let move_on = |(date, holiday): (Date, HolidayId)| {
            let day = (1..=7).map(|days| date.plus_days(days)).find(|day| !day.weekday().is_weekend() && !taken.contains(day))?;
            taken.push(day);
            Some((day, holiday))
        };
        on_weekend.filter_map(move_on).collect()
    }

    fn closed_holidays(&self, year: u16) -> impl Iterator<Item = (Date, HolidayId)> {
        let holidays = self.catalogue.holidays().iter().filter(|holiday| self.closes_for(&holiday.id));
        holidays.filter_map(move |holiday| Some((holiday.rule.date_in(year)?, holiday.id.clone())))
    }
}

struct Kept {
    holiday: HolidayId,
    closes: bool,
    is_certain: bool,
}

impl RecurringClosure {
    fn falls_on(&self, date: Date) -> bool {
        if self.moved.iter().any(|moved| moved.to == date) {
            return true;
        }
        let by_rule = Date::nth_weekday(date.year(), date.month(), self.weekday, self.nth) == Some(date);
        by_rule && !self.moved.iter().any(|moved| moved.from == date)
    }
}

fn open_or_closed(spans: Vec<Span>) -> DayHours {
    if spans.is_empty() { DayHours::Closed } else { DayHours::Open(spans) }
}

fn open_until(until: Minute, now: Minute) -> State {
    State::Open { until, closes_soon: until.since_midnight() - now.since_midnight() <= CLOSES_SOON_MINUTES }
}

fn first_from(hours: &DayHours, minute: Minute) -> Option<Minute> {
    match hours {
        DayHours::Open(spans) => spans.iter().map(|span| span.from()).find(|&from| from >= minute),
        DayHours::Closed | DayHours::Unknown => None,
    }
}
