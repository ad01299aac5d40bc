//! The clock of a promise: it counts the working hours of the department that has the inquiry, is
//! paused on holidays and while the person has to answer, and is never reset. Pure; all times are
//! the municipality's local time.

use crate::promise::PromiseRules;
use domain::Catalogue;
use domain::hours::{Date, Hours, Moment, Span, WorkingClock};
use domain::office::OfficeRules;
use std::cell::RefCell;
use std::collections::HashMap;

/// The working hours of departments.
pub trait WorkingTime {
    /// The hours of a department on a day, in order; empty if it does not work.
    fn on(&self, department: &str, date: Date) -> Vec<Span>;
}

/// The working hours of a municipality: the opening hours and holidays of its locations. Results
/// are cached by day, because inquiries that arrive together ask for the same days.
pub struct OfficeHours<'a> {
    /// The promises, and the location whose hours a department keeps.
    pub rules: &'a OfficeRules,
    /// Shorter promises of departments and services.
    pub promises: PromiseRules,
    catalogue: &'a Catalogue,
    known: RefCell<HashMap<Date, Vec<WorkingDay>>>,
}

struct WorkingDay {
    department: String,
    spans: Vec<Span>,
}

impl<'a> OfficeHours<'a> {
    /// Creates it with an empty cache.
    pub fn new(rules: &'a OfficeRules, catalogue: &'a Catalogue) -> Self {
        Self::with_promises(rules, PromiseRules::default(), catalogue)
    }

    /// The same with shorter promises of departments and services.
    pub fn with_promises(
        rules: &'a OfficeRules,
        promises: PromiseRules,
        catalogue: &'a Catalogue,
    ) -> Self {
        Self { rules, promises, catalogue, known: RefCell::default() }
    }

    fn find(&self, department: &str, date: Date) -> Vec<Span> {
        let Some(hub) = self.catalogue.hub(self.rules.hub_of(department)) else {
            return Vec::new();
        };
        Hours::of(self.catalogue, hub).on(date).hours.spans().to_vec()
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

/// A period in an inquiry's life with one department, in which the clock ran or was paused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingStretch {
    /// Its begin.
    pub from: Moment,
    /// Its end; `None` for a period that has not ended.
    pub to: Option<Moment>,
    /// The department that had it.
    pub department: String,
    /// Whether the clock ran.
    pub runs: bool,
}

/// When a promise is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The minute at which the working time is used up.
    At(Moment),
    /// The clock is paused.
    Paused {
        /// Working time left, in minutes.
        left_minutes: u32,
    },
    /// The department has no known working hours.
    Never,
}

/// Splits an inquiry's life into periods. `owners` and `pauses` are each oldest first.
pub fn stretches(
    owners: &[(Moment, String)],
    pauses: &[(Moment, Option<Moment>)],
) -> Vec<WorkingStretch> {
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
        WorkingStretch { from, to: turns.get(at + 1).copied(), department, runs: !is_paused }
    };
    (0..turns.len()).map(stretch).collect()
}

/// When `promised_minutes` of working time have passed.
pub fn due(time: &impl WorkingTime, stretches: &[WorkingStretch], promised_minutes: u32) -> Due {
    let mut left = i64::from(promised_minutes);
    for stretch in stretches.iter().filter(|stretch| stretch.runs) {
        match run(time, stretch, left) {
            WorkingClock::Over(at) => return Due::At(at),
            WorkingClock::Left(minutes) => left = minutes,
        }
    }
    match stretches.last() {
        Some(last) if !last.runs => Due::Paused { left_minutes: u32::try_from(left).unwrap_or(0) },
        _ => Due::Never,
    }
}

/// Minutes of working time up to `until` in which the clock ran.
pub fn worked_minutes(time: &impl WorkingTime, stretches: &[WorkingStretch], until: Moment) -> u32 {
    let all = i64::from(u32::MAX);
    let cut = stretches.iter().filter(|stretch| stretch.runs && stretch.from < until);
    let run = cut.map(|stretch| {
        let to = Some(stretch.to.map_or(until, |to| to.min(until)));
        match run(time, &WorkingStretch { to, ..stretch.clone() }, all) {
            WorkingClock::Left(left) => all - left,
            WorkingClock::Over(_) => 0,
        }
    });
    u32::try_from(run.sum::<i64>()).unwrap_or(u32::MAX)
}

/// Runs the clock through one period with `left` minutes to go.
fn run(time: &impl WorkingTime, stretch: &WorkingStretch, left: i64) -> WorkingClock {
    WorkingClock::run(|date| time.on(&stretch.department, date), stretch.from, stretch.to, left)
}

#[cfg(test)]
mod tests;
