//! What staff counted at their counters: sums by day, location, task, channel and outcome, in the
//! server's memory. Only acts are counted: nothing tells who came, or whether a person came twice.

use domain::counter::{Channel, Contact, Outcome, Reason};
use domain::hours::Date;
use domain::{HubId, TaskId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most sums per day: the counters of a city produce some hundred, and this bounds what an
/// attacker can add.
pub const SUMS_PER_DAY_MAX: usize = 5_000;

/// What a sum counts, within its day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Of {
    /// Where.
    pub hub: HubId,
    /// Which task.
    pub task: TaskId,
    /// How the person made contact.
    pub channel: Channel,
    /// How it ended.
    pub outcome: Outcome,
}

/// All sums. A clone shares the days that did not change since.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contacts {
    days: BTreeMap<Date, Arc<BTreeMap<Of, i64>>>,
}

impl Contacts {
    /// Counts a contact, or takes one back. A correction may arrive before the contact that it
    /// corrects; until then a sum can be negative.
    pub fn count(&mut self, contact: Contact) {
        self.count_within(contact, usize::MAX);
    }

    /// Like [`Contacts::count`], with a limit against unbounded input: returns `false` and counts
    /// nothing if the day already has `most` sums and this contact would add another.
    pub fn count_within(&mut self, contact: Contact, most: usize) -> bool {
        let Contact { task, hub, on, channel, outcome, is_taken_back } = contact;
        let day = Arc::make_mut(self.days.entry(on).or_default());
        let of = Of { hub, task, channel, outcome };
        if day.len() >= most && !day.contains_key(&of) {
            return false;
        }
        *day.entry(of).or_default() += if is_taken_back { -1 } else { 1 };
        true
    }

    /// The sums of a range of days, both ends included, oldest first; sums of zero or less are left
    /// out.
    pub fn between(&self, from: Date, to: Date) -> impl Iterator<Item = (Date, &Of, u64)> {
        let days = (from <= to).then(|| self.days.range(from..=to)).into_iter().flatten();
        let rows = days.flat_map(|(day, sums)| {
            sums.iter().map(move |(of, sum)| (*day, of, u64::try_from(*sum).unwrap_or(0)))
        });
        rows.filter(|(.., sum)| *sum > 0)
    }

    /// The sums of all days, oldest first.
    pub fn all(&self) -> impl Iterator<Item = (Date, &Of, u64)> {
        let ends = self.days.keys().next().copied().zip(self.days.keys().next_back().copied());
        ends.map(|(from, to)| self.between(from, to)).into_iter().flatten()
    }
}

/// How a number of contacts ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ends {
    /// Contacts that were completed.
    pub done: u64,
    /// Contacts that were referred elsewhere, by reason.
    pub referred: BTreeMap<Reason, u64>,
    /// Contacts that could not be completed, by reason.
    pub could_not: BTreeMap<Reason, u64>,
}

impl Ends {
    /// Adds `count` contacts with this outcome.
    pub fn add(&mut self, outcome: Outcome, count: u64) {
        match outcome {
            Outcome::Done => self.done += count,
            Outcome::Referred(reason) => *self.referred.entry(reason).or_default() += count,
            Outcome::CouldNot(reason) => *self.could_not.entry(reason).or_default() += count,
        }
    }

    /// All contacts that were referred.
    pub fn referred(&self) -> u64 {
        self.referred.values().sum()
    }

    /// All contacts that could not be completed.
    pub fn could_not(&self) -> u64 {
        self.could_not.values().sum()
    }

    /// All contacts.
    pub fn all(&self) -> u64 {
        self.done + self.referred() + self.could_not()
    }
}

/// Groups contacts by a key.
pub fn ends_by<'a, K: Ord>(
    rows: impl Iterator<Item = (Date, &'a Of, u64)>,
    key: impl Fn(Date, &Of) -> K,
) -> BTreeMap<K, Ends> {
    let mut by: BTreeMap<K, Ends> = BTreeMap::new();
    for (day, of, count) in rows {
        by.entry(key(day, of)).or_default().add(of.outcome, count);
    }
    by
}

/// Why a task is missing at a location: it could not be done there, or the person was referred
/// because it is not done there. `None` for other outcomes.
pub fn missing(outcome: Outcome) -> Option<Reason> {
    match outcome {
        Outcome::CouldNot(reason) | Outcome::Referred(reason @ Reason::NotDoneHere) => Some(reason),
        Outcome::Done | Outcome::Referred(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn contact(on: &str, outcome: Outcome, is_taken_back: bool) -> Contact {
        let (task, hub) = (TaskId::parse("sell").unwrap(), HubId::parse("hall").unwrap());
        Contact { task, hub, on: day(on), channel: Channel::Counter, outcome, is_taken_back }
    }

    #[test]
    fn what_is_taken_back_is_not_counted_and_no_sum_is_less_than_nothing() {
        let mut contacts = Contacts::default();
        for (on, outcome, is_taken_back) in [
            ("2026-11-24", Outcome::Done, false),
            ("2026-11-24", Outcome::Done, false),
            ("2026-11-24", Outcome::Done, true),
            ("2026-11-24", Outcome::CouldNot(Reason::Payment), true),
            ("2026-11-26", Outcome::Referred(Reason::NotDoneHere), false),
        ] {
            contacts.count(contact(on, outcome, is_taken_back));
        }
        let told: Vec<_> =
            contacts.all().map(|(day, of, sum)| (day.to_string(), of.outcome, sum)).collect();
        assert_eq!(
            told,
            [
                ("2026-11-24".into(), Outcome::Done, 1),
                ("2026-11-26".into(), Outcome::Referred(Reason::NotDoneHere), 1)
            ]
        );
        // The contact that was taken back arrives late.
        contacts.count(contact("2026-11-24", Outcome::CouldNot(Reason::Payment), false));
        assert_eq!(contacts.all().count(), 2);
    }

    #[test]
    fn days_are_taken_with_both_ends_and_a_copy_keeps_what_it_had() {
        let mut contacts = Contacts::default();
        ["2026-11-24", "2026-11-25", "2026-11-26"]
            .into_iter()
            .for_each(|on| contacts.count(contact(on, Outcome::Done, false)));
        let before = contacts.clone();
        contacts.count(contact("2026-11-25", Outcome::CouldNot(Reason::Other), false));
        let ends = |contacts: &Contacts| {
            ends_by(contacts.between(day("2026-11-25"), day("2026-11-26")), |_, of| of.hub.clone())
                .remove(&HubId::parse("hall").unwrap())
                .unwrap()
        };
        assert_eq!(
            (ends(&before).all(), ends(&contacts).all(), ends(&contacts).could_not()),
            (2, 3, 1)
        );
        assert_eq!(contacts.between(day("2026-11-26"), day("2026-11-25")).count(), 0);
    }
    #[test]
    fn a_full_day_takes_only_what_it_counts_already() {
        let mut contacts = Contacts::default();
        let mut count = |on, outcome| contacts.count_within(contact(on, outcome, false), 2);
        let (done, referred) = (Outcome::Done, Outcome::Referred(Reason::Other));
        assert!(count("2026-11-24", done) && count("2026-11-24", referred));
        assert!(!count("2026-11-24", Outcome::CouldNot(Reason::Other)));
        assert!(count("2026-11-24", done), "it has this sum");
        assert!(count("2026-11-25", Outcome::CouldNot(Reason::Other)), "another day has room");
        let told: Vec<_> = contacts.all().map(|(_, of, sum)| (of.outcome, sum)).collect();
        assert_eq!(told, [(done, 2), (referred, 1), (Outcome::CouldNot(Reason::Other), 1)]);
    }

    #[test]
    fn ends_add_up_by_outcome_and_reason() {
        let mut ends = Ends::default();
        for (outcome, count) in [
            (Outcome::Done, 7),
            (Outcome::Done, 4),
            (Outcome::Referred(Reason::NotDoneHere), 3),
            (Outcome::Referred(Reason::NotDoneHere), 2),
            (Outcome::Referred(Reason::Other), 6),
            (Outcome::CouldNot(Reason::Payment), 8),
            (Outcome::CouldNot(Reason::Payment), 5),
            (Outcome::CouldNot(Reason::SystemDown), 9),
        ] {
            ends.add(outcome, count);
        }
        assert_eq!(ends.referred[&Reason::NotDoneHere], 5);
        assert_eq!(ends.could_not[&Reason::Payment], 13);
        assert_eq!((ends.done, ends.referred(), ends.could_not(), ends.all()), (11, 11, 22, 44));
    }

    #[test]
    fn a_task_is_missing_where_it_could_not_be_done_or_is_not_done() {
        assert_eq!(missing(Outcome::CouldNot(Reason::Payment)), Some(Reason::Payment));
        let not_here = Outcome::Referred(Reason::NotDoneHere);
        assert_eq!(missing(not_here), Some(Reason::NotDoneHere));
        assert_eq!(missing(Outcome::Referred(Reason::OtherGovernment)), None);
        assert_eq!(missing(Outcome::Done), None);
    }
}
