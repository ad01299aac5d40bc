//! Consecutive days as one line of minutes, from which the current state, its end and the next
//! opening are read.

use super::holidays::Walk;
use super::plan::{MINUTES, Plan, PlanDoor};
use domain::catalogue::{CatalogueFile, Hub};
use domain::hours::{DayHours, DayPlan, DayState, Minute, Moment, OpenState, Span};
use jiff::ToSpan;
use jiff::civil::Date;

/// The number of days that the product searches for the next opening.
const LOOKED_AHEAD_DAYS: usize = 370;
const CLOSES_SOON_MINUTES: usize = 30;

pub(crate) struct Timeline {
    days: Vec<Plan>,
    doors: Vec<PlanDoor>,
    /// For each minute, the next later minute at which the state changes; the end of the line if
    /// there is none.
    change_at: Vec<usize>,
}

impl Timeline {
    /// `count` days from `first` on, and the following days that are needed to find the next
    /// opening.
    pub(crate) fn expand(file: &CatalogueFile, hub: &Hub, first: Date, count: usize) -> Self {
        let mut walk = Walk::until(file, hub, first);
        let mut days: Vec<Plan> = Vec::new();
        for at in 0..count + LOOKED_AHEAD_DAYS {
            let date = first + (at as i64).days();
            days.push(Plan::paint(file, hub, date, walk.step(date)));
            let is_end = days[at].has(PlanDoor::Open)
                || (days[at].has(PlanDoor::NotKnown) && days[at].holiday.is_none());
            if at >= count && is_end {
                break;
            }
        }
        let doors: Vec<PlanDoor> = days.iter().flat_map(|day| day.doors.iter().copied()).collect();
        let mut change_at = vec![doors.len(); doors.len()];
        for minute in (0..doors.len() - 1).rev() {
            change_at[minute] =
                if doors[minute] == doors[minute + 1] { change_at[minute + 1] } else { minute + 1 };
        }
        Self { days, doors, change_at }
    }

    pub(crate) fn date(&self, day: usize) -> Date {
        self.days[day].date
    }

    /// Index of a date on the line.
    pub(crate) fn day_of(&self, date: Date) -> usize {
        self.days.iter().position(|day| day.date == date).unwrap()
    }

    /// The minutes of a day at which the location opens or closes.
    pub(crate) fn changes_on(&self, day: usize) -> impl Iterator<Item = usize> {
        let doors = &self.days[day].doors;
        (1..MINUTES).filter(move |&minute| doors[minute] != doors[minute - 1])
    }

    pub(crate) fn plan(&self, day: usize) -> DayPlan {
        let Plan { date, doors, holiday, is_certain, .. } = &self.days[day];
        let mut ends = 0;
        let runs = doors.chunk_by(|a, b| a == b).map(|run| {
            ends += run.len();
            (run[0], Span::new(minute(ends - run.len()), minute(ends)).unwrap())
        });
        let spans: Vec<Span> =
            runs.filter(|(door, _)| *door == PlanDoor::Open).map(|(_, span)| span).collect();
        let hours = match doors[0] {
            PlanDoor::NotKnown => DayHours::Unknown,
            _ if spans.is_empty() => DayHours::Closed,
            _ => DayHours::Open(spans),
        };
        DayPlan { date: ours(*date), hours, holiday: holiday.clone(), is_certain: *is_certain }
    }

    /// The first change, from one on, to a door that is open, or not known on a day that is no
    /// holiday.
    fn past_unknown_holidays(&self, mut change: usize) -> usize {
        loop {
            change = match self.doors.get(change) {
                Some(PlanDoor::NotKnown) if self.days[change / MINUTES].holiday.is_some() => {
                    (change / MINUTES + 1) * MINUTES
                }
                Some(PlanDoor::Shut) => self.change_at[change],
                Some(PlanDoor::Open | PlanDoor::NotKnown) | None => return change,
            }
        }
    }

    pub(crate) fn state_at(&self, day: usize, minute_of_day: usize) -> OpenState {
        let Plan { holiday, is_certain, .. } = &self.days[day];
        let (holiday, is_certain) = (holiday.clone(), *is_certain);
        let now = day * MINUTES + minute_of_day;
        let change = self.change_at[now];
        match self.doors[now] {
            PlanDoor::NotKnown => OpenState { state: DayState::Unknown, is_certain, holiday },
            PlanDoor::Open => {
                let until = minute((change - day * MINUTES).min(MINUTES));
                OpenState {
                    state: DayState::Open {
                        until,
                        closes_soon: change - now <= CLOSES_SOON_MINUTES,
                    },
                    is_certain,
                    holiday,
                }
            }
            PlanDoor::Shut => {
                let change = self.past_unknown_holidays(change);
                let opens_on = change / MINUTES;
                let is_found = self.doors.get(change) == Some(&PlanDoor::Open)
                    && opens_on - day <= LOOKED_AHEAD_DAYS;
                let opens = is_found.then(|| Moment {
                    date: ours(self.date(opens_on)),
                    minute: minute(change % MINUTES),
                });
                // "Opens Monday" depends on every day up to that Monday, except days that are
                // closed in any case.
                let is_certain = is_certain
                    && (!is_found
                        || self.days[day + 1..=opens_on]
                            .iter()
                            .all(|day| day.is_certain || day.is_shut_anyway));
                OpenState { state: DayState::Closed { opens }, is_certain, holiday }
            }
        }
    }
}

pub(crate) fn minute(since_midnight: usize) -> Minute {
    Minute::new((since_midnight / 60) as u16, (since_midnight % 60) as u16).unwrap()
}

/// Converts a day of the other calendar (jiff) to the product's date.
pub(crate) fn ours(date: Date) -> domain::hours::Date {
    domain::hours::Date::new(date.year() as u16, date.month() as u8, date.day() as u8).unwrap()
}
