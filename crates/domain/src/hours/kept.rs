//! The holidays that one location observes: on which days, and on which working day if one falls on
//! a weekend.

use super::calendar::Hours;
use super::date::{Date, Weekday};
use super::holiday::Holiday;
use crate::catalogue::order_of;
use crate::ids::HolidayId;

/// A holiday on a weekend finds its working day within four weeks: no catalogue has so many
/// holidays in a row.
const MOVED_WITHIN_DAYS: i32 = 28;

/// The effect of a holiday on a day.
pub(super) struct HolidayObservance {
    pub(super) holiday: HolidayId,
    pub(super) closes: bool,
    /// A public holiday by law, and nobody has confirmed that the location is open on it.
    pub(super) may_close: bool,
    pub(super) is_certain: bool,
}

impl<'a> Hours<'a> {
    /// The holiday observed on a date: the day itself, or the working day that it moved to. If
    /// there are several, one that closes the location, or else one that may. `None` if there is
    /// none.
    pub(super) fn kept_on(&self, date: Date) -> Option<HolidayObservance> {
        let facility = self.facility?;
        let is_verified = facility.source.verified;
        let closing = |holiday: &HolidayId, is_certain| HolidayObservance {
            holiday: holiday.clone(),
            closes: true,
            may_close: false,
            is_certain,
        };
        let today: Vec<&Holiday> = self.holidays_on(date).collect();
        if let Some(holiday) = today.iter().find(|holiday| self.closes_for(&holiday.id)) {
            return Some(closing(&holiday.id, is_verified));
        }
        if let Some(holiday) = self.moved_to(date) {
            return Some(closing(holiday, false));
        }
        let is_known = |holiday: &&&Holiday| facility.open_on.contains(&holiday.id) && is_verified;
        let doubtful =
            today.iter().find(|holiday| holiday.is_statutory && !is_known(holiday)).copied();
        Some(HolidayObservance {
            holiday: doubtful.or(today.first().copied())?.id.clone(),
            closes: false,
            may_close: doubtful.is_some(),
            is_certain: today.iter().all(|holiday| is_known(&holiday)),
        })
    }

    fn holidays_on(&self, date: Date) -> impl Iterator<Item = &'a Holiday> {
        self.catalogue.holidays().iter().filter(move |holiday| holiday.rule.falls_on(date))
    }

    fn closes_for(&self, holiday: &HolidayId) -> bool {
        let by_kind = self.facility.is_some_and(|facility| facility.closed_on.contains(holiday));
        by_kind || self.hub.also_closed_on.contains(holiday)
    }

    /// The weekend holiday that is observed on this working day: each takes the next working day
    /// that no other holiday has.
    fn moved_to(&self, date: Date) -> Option<&'a HolidayId> {
        if !self.facility?.moves_to_working_day || date.weekday().is_weekend() {
            return None;
        }
        let moving = self.closed_weekends_before(date);
        let mut taken: Vec<Date> = Vec::new();
        for at in order_of(moving.len(), &|a, b| moving[a].0.cmp(&moving[b].0)) {
            let (weekend, holiday) = moving[at];
            let is_holiday =
                |day: Date| self.holidays_on(day).any(|holiday| self.closes_for(&holiday.id));
            let is_free = |day: &Date| {
                !day.weekday().is_weekend() && !taken.contains(day) && !is_holiday(*day)
            };
            let day = (1..=MOVED_WITHIN_DAYS).map(|days| weekend.plus_days(days)).find(is_free)?;
            if day == date {
                return Some(holiday);
            }
            taken.push(day);
        }
        None
    }

    /// The holidays on weekends that may have moved to a date, in no order.
    fn closed_weekends_before(&self, date: Date) -> Vec<(Date, &'a HolidayId)> {
        let since = date.plus_days(-MOVED_WITHIN_DAYS);
        let is_weekend =
            move |day: &Date| since <= *day && *day < date && day.weekday().is_weekend();
        // Most holidays always fall on the same weekday, so their dates need not be computed.
        let may_be_on_weekend =
            |holiday: &&Holiday| holiday.rule.weekday().is_none_or(Weekday::is_weekend);
        let dated = |holiday: &'a Holiday| {
            holiday.rule.dates_around(since, date).filter(is_weekend).map(|day| (day, &holiday.id))
        };
        let holidays = self.catalogue.holidays().iter().filter(may_be_on_weekend);
        holidays.flat_map(dated).filter(|(_, id)| self.closes_for(id)).collect()
    }
}
