//! The figures as counts: pure, from what is known of each inquiry. Whatever leaves this file went through `suppress`.

use crate::office::case::{Case, Outcome, State};
use crate::office::clock::Due;
use crate::office::listed::Listed;
use crate::office::month::Month;
use crate::office::suppress::{alone, table};
use crate::office::when::Zone;
use domain::hours::Moment;
use insight::Seen;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Lines of a table; what comes after them is added up. Months all stand.
pub(super) const LINES_MAX: usize = 20;

/// How the promise of a first reply stands. Stored under its names with what is known of settled inquiries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Promise {
    InTime,
    /// Replied after it was due.
    Late,
    /// Due, and not replied.
    Overdue,
    NotYet,
    /// Closed without a reply, or in nobody's working hours: no promise to measure.
    Without,
}

impl Promise {
    pub const ALL: [Promise; 5] =
        [Promise::InTime, Promise::Late, Promise::Overdue, Promise::NotYet, Promise::Without];

    pub fn of(case: &Case, first_reply: Due, zone: &Zone, now: Moment) -> Self {
        let replied = case.first_reply_ms.map(|ms| zone.moment(ms));
        match (replied, first_reply) {
            (_, Due::Never) => Promise::Without,
            (Some(at), Due::At(due)) => {
                if at <= due {
                    Promise::InTime
                } else {
                    Promise::Late
                }
            }
            // What stands still before it is over was replied to before it was over.
            (Some(_), Due::Paused { .. }) => Promise::InTime,
            (None, _) if case.state == State::Closed => Promise::Without,
            (None, Due::At(due)) if due < now => Promise::Overdue,
            (None, _) => Promise::NotYet,
        }
    }
}

/// What an inquiry adds to the figures.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    pub(super) month: Month,
    pub(super) service: String,
    pub(super) hub: String,
    pub(super) department: String,
    /// How the person wants the answer: the only thing that is known of how they came.
    pub(super) channel: &'static str,
    pub(super) language: &'static str,
    pub(super) promise: Promise,
    /// Nothing as long as it is open.
    pub(super) outcome: Option<Outcome>,
    pub(super) replied_minutes: Option<u32>,
    pub(super) closed_minutes: Option<u32>,
}

impl Fact {
    pub(super) fn of(listed: &Listed, zone: &Zone, now: Moment) -> Self {
        Self {
            month: Month::of(zone.moment(listed.received_at_ms()).date),
            service: listed.service().unwrap_or_default().into(),
            hub: listed.hub().unwrap_or_default().into(),
            department: listed.department().into(),
            channel: match listed.reply() {
                "email" => "email",
                "phone" => "phone",
                _ => "nobody",
            },
            language: listed.language().tag(),
            promise: match listed {
                Listed::Active(inquiry) => {
                    Promise::of(&inquiry.case, inquiry.first_reply, zone, now)
                }
                Listed::Settled(settled) => settled.promise,
            },
            outcome: listed.outcome(),
            replied_minutes: listed.replied_minutes(),
            closed_minutes: listed.closed_minutes(),
        }
    }
}

/// By what inquiries are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Month,
    Department,
    Service,
    Hub,
    Channel,
    Language,
}

impl By {
    pub(super) const ALL: [By; 6] =
        [By::Month, By::Department, By::Service, By::Hub, By::Channel, By::Language];

    pub(super) fn name(self) -> &'static str {
        match self {
            By::Month => "month",
            By::Department => "department",
            By::Service => "service",
            By::Hub => "hub",
            By::Channel => "channel",
            By::Language => "language",
        }
    }

    fn key(self, fact: &Fact) -> String {
        match self {
            By::Month => fact.month.to_string(),
            By::Department => fact.department.clone(),
            By::Service => fact.service.clone(),
            By::Hub => fact.hub.clone(),
            By::Channel => fact.channel.into(),
            By::Language => fact.language.into(),
        }
    }
}

/// From one month to another, both with all their days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) from: Month,
    pub(super) to: Month,
}

impl Period {
    pub(super) fn months(self) -> impl Iterator<Item = Month> {
        (0..).map(move |months| self.from.plus(months)).take_while(move |month| *month <= self.to)
    }
}

/// Which inquiries a line counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// Empty for those that name none.
    Of(String),
    /// So many others, added up.
    Others(usize),
}

/// A line as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) key: Key,
    pub(super) all: Seen,
    /// As in [`Promise::ALL`].
    pub(super) promises: Vec<Seen>,
    /// As in [`Outcome::ALL`], then those that are open.
    pub(super) outcomes: Vec<Seen>,
}

/// How long something took, in minutes of working time, by the nearest rank: half of them, and nine in ten, took no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spread {
    pub(super) count: u64,
    /// There may be more; how many more is hidden.
    pub(super) is_at_least: bool,
    pub(super) median: u32,
    pub(super) ninetieth: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Figures {
    pub(super) period: Period,
    pub(super) all: Seen,
    pub(super) promises: Vec<Seen>,
    pub(super) outcomes: Vec<Seen>,
    pub(super) to_reply: Option<Spread>,
    pub(super) to_close: Option<Spread>,
    pub(super) sections: Vec<(By, Vec<Line>)>,
}

impl Figures {
    pub(super) fn of(facts: &[Fact], period: Period) -> Self {
        // Nothing is known of the time before the first inquiry of all: no rows of nothing.
        let first = facts.iter().map(|fact| fact.month).min().unwrap_or(period.from);
        let months = Period { from: period.from.max(first), ..period };
        let facts: Vec<&Fact> =
            facts.iter().filter(|fact| (period.from..=period.to).contains(&fact.month)).collect();
        let mut whole = Sums::default();
        facts.iter().for_each(|fact| whole.add(fact));
        let (promises, outcomes) = (overall(&whole.promises), overall(&whole.outcomes));
        let minutes =
            |of: fn(&Fact) -> Option<u32>| facts.iter().filter_map(|fact| of(fact)).collect();
        let measured = |fact: &Fact| {
            fact.replied_minutes.filter(|_| matches!(fact.promise, Promise::InTime | Promise::Late))
        };
        Self {
            period,
            all: alone(facts.len() as u64),
            to_reply: spread(minutes(measured), &promises[..2]),
            to_close: spread(minutes(|fact| fact.closed_minutes), &outcomes[..Outcome::ALL.len()]),
            promises,
            outcomes,
            sections: By::ALL.map(|by| (by, lines(&facts, by, months))).into(),
        }
    }
}

/// The counts of one line.
#[derive(Debug, Clone, Default)]
struct Sums {
    promises: [u64; Promise::ALL.len()],
    outcomes: [u64; Outcome::ALL.len() + 1],
}

impl Sums {
    fn add(&mut self, fact: &Fact) {
        self.promises[fact.promise as usize] += 1;
        self.outcomes[fact.outcome.map_or(Outcome::ALL.len(), |outcome| outcome as usize)] += 1;
    }

    fn join(&mut self, other: &Sums) {
        self.promises.iter_mut().zip(other.promises).for_each(|(sum, more)| *sum += more);
        self.outcomes.iter_mut().zip(other.outcomes).for_each(|(sum, more)| *sum += more);
    }

    fn all(&self) -> u64 {
        self.promises.iter().sum()
    }
}

fn overall(counts: &[u64]) -> Vec<Seen> {
    crate::office::suppress::group(counts)
}

/// The lines of one table: months in order, all else the largest first, what is hidden by its name.
fn lines(facts: &[&Fact], by: By, period: Period) -> Vec<Line> {
    let mut sums: BTreeMap<String, Sums> = BTreeMap::new();
    if by == By::Month {
        sums.extend(period.months().map(|month| (month.to_string(), Sums::default())));
    }
    facts.iter().for_each(|fact| sums.entry(by.key(fact)).or_default().add(fact));
    let mut sums: Vec<(Key, Sums)> =
        sums.into_iter().map(|(key, sums)| (Key::Of(key), sums)).collect();
    if by != By::Month {
        sums.sort_by_key(|(_, sums)| Reverse(sums.all()));
        add_up_others(&mut sums);
    }
    let promises = table(&sums.iter().map(|(_, sums)| sums.promises.to_vec()).collect::<Vec<_>>());
    let outcomes = table(&sums.iter().map(|(_, sums)| sums.outcomes.to_vec()).collect::<Vec<_>>());
    let cells = promises.cells.into_iter().zip(outcomes.cells);
    let line = |(((key, _), all), (promises, outcomes))| Line { key, all, promises, outcomes };
    let mut lines: Vec<Line> = sums.into_iter().zip(promises.totals).zip(cells).map(line).collect();
    if by != By::Month {
        // The order would tell what is hidden.
        lines.sort_by_key(|line| match &line.key {
            Key::Of(key) => (false, line.all.count().map_or(Reverse(0), Reverse), key.clone()),
            Key::Others(_) => (true, Reverse(0), String::new()),
        });
    }
    lines
}

fn add_up_others(sums: &mut Vec<(Key, Sums)>) {
    if sums.len() <= LINES_MAX + 1 {
        return;
    }
    let others = sums.split_off(LINES_MAX);
    let count = others.len();
    let mut all = Sums::default();
    others.iter().for_each(|(_, sums)| all.join(sums));
    sums.push((Key::Others(count), all));
}

/// `parts` are the counts that make up how many were measured. One of them that is hidden must not come out by subtraction, so that then
/// only those that are shown are named.
fn spread(mut minutes: Vec<u32>, parts: &[Seen]) -> Option<Spread> {
    let count = parts.iter().filter_map(|seen| seen.count()).sum();
    minutes.sort_unstable();
    let rank = |hundredths: usize| {
        minutes.get((minutes.len() * hundredths).div_ceil(100).max(1) - 1).copied()
    };
    let (median, ninetieth) = (rank(50)?, rank(90)?);
    let is_at_least = parts.contains(&Seen::Hidden);
    (alone(count) != Seen::Hidden).then_some(Spread { count, is_at_least, median, ninetieth })
}

#[cfg(test)]
mod tests;
