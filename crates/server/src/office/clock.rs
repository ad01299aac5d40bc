//! The clock of a promise: it runs in the working hours of the department that has the inquiry, stands still on holidays and while
//! the person has to answer, and is never set back. Pure; all moments are the municipality's wall clock.

use domain::Catalogue;
use domain::hours::{Date, DayHours, Hours, Minute, Moment, Span};
use domain::office::OfficeRules;
use std::cell::RefCell;
use std::collections::HashMap;

/// A promise that is not kept within this many days has no working time to count in.
const DAYS_MAX: i32 = 3 * 366;
const DAY_MINUTES: i64 = 24 * 60;

/// Working time, by department.
pub trait WorkingTime {
    /// When a department works on a day, in order.
    fn on(&self, department: &str, date: Date) -> Vec<Span>;
}

/// The working time of a municipality: its hubs' hours and holidays. What was found of a day stays known: inquiries that come together ask for
/// the same days.
pub struct OfficeHours<'a> {
    pub rules: &'a OfficeRules,
    catalogue: &'a Catalogue,
    known: RefCell<HashMap<Date, Vec<WorkingDay>>>,
}

struct WorkingDay {
    department: String,
    spans: Vec<Span>,
}

impl<'a> OfficeHours<'a> {
    pub fn new(rules: &'a OfficeRules, catalogue: &'a Catalogue) -> Self {
        Self { rules, catalogue, known: RefCell::default() }
    }

    fn find(&self, department: &str, date: Date) -> Vec<Span> {
        let Some(hub) = self.catalogue.hub(self.rules.hub_of(department)) else {
            return Vec::new();
        };
        match Hours::of(self.catalogue, hub).on(date).hours {
            DayHours::Open(spans) => spans,
            DayHours::Closed | DayHours::Unknown => Vec::new(),
        }
    }
}

impl WorkingTime for OfficeHours<'_> {
    fn on(&self, department: &str, date: Date) -> Vec<Span> {
        let mut known = self.known.borrow_mut();
        let of_day = known.entry(date).or_default();
        if let Some(day) = of_day.iter().find(|day| day.department == department) {
            return day.spans.clone();
        }
        let spans = self.find(department, date);
        of_day.push(WorkingDay { department: department.into(), spans: spans.clone() });
        spans
    }
}

/// A stretch of an inquiry's life: who had it, and whether the clock ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    pub from: Moment,
    /// `None`: until now, and on.
    pub to: Option<Moment>,
    pub department: String,
    pub runs: bool,
}

/// When a promise is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    At(Moment),
    /// The clock stands still with so many minutes of working time left.
    Paused {
        left_minutes: u32,
    },
    /// Whoever has it has no working hours that are known.
    Never,
}

/// Stretches from who had it and when it was paused, each oldest first.
pub fn stretches(owners: &[(Moment, String)], pauses: &[(Moment, Option<Moment>)]) -> Vec<Stretch> {
    let Some((begin, _)) = owners.first() else { return Vec::new() };
    let turns = owners
        .iter()
        .map(|(from, _)| *from)
        .chain(pauses.iter().flat_map(|(from, to)| [Some(*from), *to]).flatten());
    let mut turns: Vec<Moment> = turns.map(|turn| turn.max(*begin)).collect();
    turns.sort();
    turns.dedup();
    let stretch = |at: usize| {
        let from = turns[at];
        let department = owners
            .iter()
            .rev()
            .find(|(since, _)| *since <= from)
            .map_or_else(String::new, |(_, department)| department.clone());
        let is_paused =
            pauses.iter().any(|(begin, end)| *begin <= from && end.is_none_or(|end| from < end));
        Stretch { from, to: turns.get(at + 1).copied(), department, runs: !is_paused }
    };
    (0..turns.len()).map(stretch).collect()
}

/// When so many minutes of working time are over.
pub fn due(time: &impl WorkingTime, stretches: &[Stretch], promised_minutes: u32) -> Due {
    let mut left = i64::from(promised_minutes);
    for stretch in stretches.iter().filter(|stretch| stretch.runs) {
        match run(time, stretch, left) {
            Run::Over(at) => return Due::At(at),
            Run::Left(minutes) => left = minutes,
        }
    }
    match stretches.last() {
        Some(last) if !last.runs => Due::Paused { left_minutes: u32::try_from(left).unwrap_or(0) },
        _ => Due::Never,
    }
}

/// Minutes of working time between two moments in which the clock ran.
pub fn worked_minutes(time: &impl WorkingTime, stretches: &[Stretch], until: Moment) -> u32 {
    let all = i64::from(u32::MAX);
    let cut = stretches.iter().filter(|stretch| stretch.runs && stretch.from < until);
    let run = cut.map(|stretch| {
        let to = Some(stretch.to.map_or(until, |to| to.min(until)));
        match run(time, &Stretch { to, ..stretch.clone() }, all) {
            Run::Left(left) => all - left,
            Run::Over(_) => 0,
        }
    });
    u32::try_from(run.sum::<i64>()).unwrap_or(u32::MAX)
}

enum Run {
    Over(Moment),
    Left(i64),
}

/// Lets the clock run through one stretch.
fn run(time: &impl WorkingTime, stretch: &Stretch, mut left: i64) -> Run {
    let (begin, end) = (minutes_of(stretch.from), stretch.to.map_or(i64::MAX, minutes_of));
    for day in 0..DAYS_MAX {
        let date = stretch.from.date.plus_days(day);
        let midnight = i64::from(date.days_since_1970()) * DAY_MINUTES;
        if midnight >= end {
            break;
        }
        for span in time.on(&stretch.department, date) {
            let from = (midnight + i64::from(span.from().since_midnight())).max(begin);
            let to = (midnight + i64::from(span.to().since_midnight())).min(end);
            if from + left <= to {
                return Run::Over(moment_of(from + left));
            }
            left -= (to - from).max(0);
        }
    }
    Run::Left(left)
}

fn minutes_of(moment: Moment) -> i64 {
    i64::from(moment.date.days_since_1970()) * DAY_MINUTES
        + i64::from(moment.minute.since_midnight())
}

fn moment_of(minutes: i64) -> Moment {
    let day = minutes.div_euclid(DAY_MINUTES) as i32;
    let minute = minutes.rem_euclid(DAY_MINUTES) as u16;
    let minute = Minute::new(minute / 60, minute % 60).unwrap_or(Minute::MIDNIGHT);
    Moment { date: Date::from_days_since_1970(day), minute }
}

#[cfg(test)]
mod tests;
