//! The figures as counts: pure, from what is known of each inquiry. Every count that leaves this
//! file went through `suppress`.

use crate::case::CaseOutcome;
use crate::listed::ListedInquiry;
use crate::month::Month;
use crate::promise::PromiseState;
use crate::suppress::{alone, table};
use crate::when::Zone;
use domain::hours::Moment;
use insight::Seen;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Lines of a table; the rest is added up in one line. Months are never added up.
pub const LINES_MAX: usize = 20;

/// What one inquiry contributes to the figures.
#[derive(Debug, Clone)]
pub struct Fact<'a> {
    /// When it was received.
    pub month: Month,
    /// The id of the service; empty if it names none.
    pub service: &'a str,
    /// The id of the location; empty if it names none.
    pub hub: &'a str,
    /// The name of the department that has it.
    pub department: &'a str,
    /// How the person wants the answer.
    pub channel: &'static str,
    /// The tag of the language that the person chose.
    pub language: &'static str,
    /// The state of the promise of a first reply.
    pub promise: PromiseState,
    /// How the person came.
    pub came_by: &'static str,
    /// `None` while it is open.
    pub outcome: Option<CaseOutcome>,
    /// Working minutes until the first reply; `None` before it.
    pub replied_minutes: Option<u32>,
    /// Working minutes until it was closed; `None` while it is open.
    pub closed_minutes: Option<u32>,
}

impl<'a> Fact<'a> {
    /// What an inquiry contributes at the time `now`.
    pub fn of(listed: &'a ListedInquiry, zone: &Zone, now: Moment) -> Self {
        Self {
            month: Month::of(zone.moment(listed.received_at_ms()).date),
            service: listed.service().unwrap_or_default(),
            hub: listed.hub().unwrap_or_default(),
            department: listed.department(),
            channel: match listed.reply() {
                "email" => "email",
                "phone" => "phone",
                _ => "nobody",
            },
            language: listed.language().tag(),
            came_by: listed.channel().name(),
            promise: match listed {
                ListedInquiry::Active(inquiry) => {
                    PromiseState::of(&inquiry.case, inquiry.first_reply, zone, now)
                }
                ListedInquiry::Settled(settled) => settled.promise,
            },
            outcome: listed.outcome(),
            replied_minutes: listed.replied_minutes(),
            closed_minutes: listed.closed_minutes(),
        }
    }
}

/// The dimension by which inquiries are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureGrouping {
    /// By month of receipt.
    Month,
    /// By department.
    Department,
    /// By service.
    Service,
    /// By location.
    Hub,
    /// By how the person wants the answer.
    Channel,
    /// By language.
    Language,
    /// By how the person came.
    CameBy,
}

impl FigureGrouping {
    /// All dimensions, in the order of the page.
    pub const ALL: [FigureGrouping; 7] = [
        FigureGrouping::Month,
        FigureGrouping::Department,
        FigureGrouping::Service,
        FigureGrouping::Hub,
        FigureGrouping::Channel,
        FigureGrouping::Language,
        FigureGrouping::CameBy,
    ];

    /// The name in addresses and downloads.
    pub fn name(self) -> &'static str {
        match self {
            FigureGrouping::Month => "month",
            FigureGrouping::Department => "department",
            FigureGrouping::Service => "service",
            FigureGrouping::Hub => "hub",
            FigureGrouping::Channel => "channel",
            FigureGrouping::Language => "language",
            FigureGrouping::CameBy => "came-by",
        }
    }

    /// The name that an inquiry is counted under; months are counted by themselves.
    fn name_of<'a>(self, fact: &Fact<'a>) -> &'a str {
        match self {
            FigureGrouping::Month => "",
            FigureGrouping::Department => fact.department,
            FigureGrouping::Service => fact.service,
            FigureGrouping::Hub => fact.hub,
            FigureGrouping::Channel => fact.channel,
            FigureGrouping::Language => fact.language,
            FigureGrouping::CameBy => fact.came_by,
        }
    }
}

/// From one month to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first month.
    pub from: Month,
    /// The last month, included.
    pub to: Month,
}

impl Period {
    /// All months of the period, in order.
    pub fn months(self) -> impl Iterator<Item = Month> {
        (0..).map(move |months| self.from.plus(months)).take_while(move |month| *month <= self.to)
    }
}

/// Which inquiries a line counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// Those with this value; empty for those without one.
    Of(String),
    /// All values beyond the first lines; holds how many.
    Others(usize),
}

/// A line after suppression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which inquiries it counts.
    pub key: Key,
    /// How many there are.
    pub all: Seen,
    /// In the order of [`PromiseState::ALL`].
    pub promises: Vec<Seen>,
    /// In the order of [`CaseOutcome::ALL`], then open inquiries.
    pub outcomes: Vec<Seen>,
}

/// The median and the 90th percentile of a duration in working minutes, by the nearest-rank method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// How many were measured.
    pub count: u64,
    /// The true count may be higher, by a number that is suppressed.
    pub is_at_least: bool,
    /// The median, in working minutes.
    pub median: u32,
    /// The 90th percentile, in working minutes.
    pub ninetieth: u32,
}

/// All figures of a period, after suppression.
#[derive(Debug, Clone)]
pub struct Figures {
    /// The period that was asked for.
    pub period: Period,
    /// All inquiries received in it.
    pub all: Seen,
    /// In the order of [`PromiseState::ALL`].
    pub promises: Vec<Seen>,
    /// In the order of [`CaseOutcome::ALL`], then open inquiries.
    pub outcomes: Vec<Seen>,
    /// How long the first reply took; `None` if nothing was measured.
    pub to_reply: Option<Spread>,
    /// How long closing took, without what was withdrawn; `None` if nothing was measured.
    pub to_close: Option<Spread>,
    /// One table for each dimension.
    pub sections: Vec<(FigureGrouping, Vec<Line>)>,
}

impl Figures {
    /// Counts the facts of a period. `first` is the month of the first inquiry of all; `None` if
    /// there is none.
    pub fn since(first: Option<Month>, facts: &[Fact<'_>], period: Period) -> Self {
        // No rows for months before the first inquiry, of which nothing is known.
        let months = Period { from: period.from.max(first.unwrap_or(period.from)), ..period };
        let facts: Vec<&Fact<'_>> =
            facts.iter().filter(|fact| (period.from..=period.to).contains(&fact.month)).collect();
        let mut whole = FigureSums::default();
        facts.iter().for_each(|fact| whole.add(fact));
        let (promises, outcomes) = (overall(&whole.promises), overall(&whole.outcomes));
        let minutes =
            |of: fn(&Fact<'_>) -> Option<u32>| facts.iter().filter_map(|fact| of(fact)).collect();
        let measured = |fact: &Fact<'_>| {
            fact.replied_minutes
                .filter(|_| matches!(fact.promise, PromiseState::InTime | PromiseState::Late))
        };
        // What the person withdrew was not closed by the office. It is the last of all outcomes.
        let closed = |fact: &Fact<'_>| {
            fact.closed_minutes.filter(|_| fact.outcome != Some(CaseOutcome::Withdrawn))
        };
        Self {
            period,
            all: alone(facts.len() as u64),
            to_reply: spread(minutes(measured), &promises[..2]),
            to_close: spread(minutes(closed), &outcomes[..CaseOutcome::Withdrawn as usize]),
            promises,
            outcomes,
            sections: FigureGrouping::ALL.map(|by| (by, lines(&facts, by, months))).into(),
        }
    }
}

/// The counts of one line before suppression.
#[derive(Debug, Clone, Default)]
struct FigureSums {
    promises: [u64; PromiseState::ALL.len()],
    outcomes: [u64; CaseOutcome::ALL.len() + 1],
}

impl FigureSums {
    fn add(&mut self, fact: &Fact<'_>) {
        self.promises[fact.promise as usize] += 1;
        self.outcomes[fact.outcome.map_or(CaseOutcome::ALL.len(), |outcome| outcome as usize)] += 1;
    }

    fn join(&mut self, other: &FigureSums) {
        self.promises.iter_mut().zip(other.promises).for_each(|(sum, more)| *sum += more);
        self.outcomes.iter_mut().zip(other.outcomes).for_each(|(sum, more)| *sum += more);
    }

    fn all(&self) -> u64 {
        self.promises.iter().sum()
    }
}

fn overall(counts: &[u64]) -> Vec<Seen> {
    crate::suppress::group(counts)
}

/// The lines of one table: months in order, others by size with the largest first, suppressed ones
/// by name.
fn lines(facts: &[&Fact<'_>], by: FigureGrouping, period: Period) -> Vec<Line> {
    let mut sums =
        if by == FigureGrouping::Month { by_month(facts, period) } else { by_name(facts, by) };
    if by != FigureGrouping::Month {
        sums.sort_by_key(|(_, sums)| Reverse(sums.all()));
        add_up_others(&mut sums);
    }
    let promises = table(&sums.iter().map(|(_, sums)| sums.promises.to_vec()).collect::<Vec<_>>());
    let outcomes = table(&sums.iter().map(|(_, sums)| sums.outcomes.to_vec()).collect::<Vec<_>>());
    let cells = promises.cells.into_iter().zip(outcomes.cells);
    let line = |(((key, _), all), (promises, outcomes))| Line { key, all, promises, outcomes };
    let mut lines: Vec<Line> = sums.into_iter().zip(promises.totals).zip(cells).map(line).collect();
    if by != FigureGrouping::Month {
        // Sorting suppressed lines by size would reveal their order.
        lines.sort_by_key(|line| match &line.key {
            Key::Of(key) => (false, line.all.count().map_or(Reverse(0), Reverse), key.clone()),
            Key::Others(_) => (true, Reverse(0), String::new()),
        });
    }
    lines
}

fn by_month(facts: &[&Fact<'_>], period: Period) -> Vec<(Key, FigureSums)> {
    let mut sums: BTreeMap<Month, FigureSums> =
        period.months().map(|month| (month, FigureSums::default())).collect();
    facts.iter().for_each(|fact| sums.entry(fact.month).or_default().add(fact));
    sums.into_iter().map(|(month, sums)| (Key::Of(month.to_string()), sums)).collect()
}

fn by_name(facts: &[&Fact<'_>], by: FigureGrouping) -> Vec<(Key, FigureSums)> {
    let mut sums: BTreeMap<&str, FigureSums> = BTreeMap::new();
    facts.iter().for_each(|fact| sums.entry(by.name_of(fact)).or_default().add(fact));
    sums.into_iter().map(|(name, sums)| (Key::Of(name.into()), sums)).collect()
}

fn add_up_others(sums: &mut Vec<(Key, FigureSums)>) {
    if sums.len() <= LINES_MAX + 1 {
        return;
    }
    let others = sums.split_off(LINES_MAX);
    let count = others.len();
    let mut all = FigureSums::default();
    others.iter().for_each(|(_, sums)| all.join(sums));
    sums.push((Key::Others(count), all));
}

/// `parts` are the counts that add up to the number of measurements. If one of them is suppressed,
/// subtraction must not reveal it, so only the sum of the shown ones is returned.
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
