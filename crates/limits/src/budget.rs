//! Limits what is stored per day: submissions and bytes of each kind per sender, and one ceiling
//! for all senders. Only new submissions count: one that is already stored and sent again is
//! confirmed whatever the budget.

use super::sender::{DAY_MS, Sender};
use domain::submission::Kind;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use vault::SenderTag;

const MEGABYTE: u64 = 1_000_000;
const KINDS: usize = Kind::ALL.len();

/// Daily allowance of each kind per address. A library's terminals share one address, and so do a
/// fair's tablets when they come back online, each with some hundred submissions. The byte limits
/// bound the effect of long texts: a usual submission has one or two kilobytes, the longest inquiry
/// five.
const SHARE: [(Kind, Allowance); KINDS] = [
    (Kind::Inquiry, Allowance { entries: 2_000, bytes: 4 * MEGABYTE }),
    (Kind::Feedback, Allowance { entries: 5_000, bytes: 8 * MEGABYTE }),
    // Searches without a result, at each of a library's terminals, all day.
    (Kind::Gap, Allowance { entries: 2_000, bytes: 2 * MEGABYTE }),
    // One person who goes through the service directory and reports everything.
    (Kind::Correction, Allowance { entries: 500, bytes: MEGABYTE }),
    // A survey that is opened on every phone in a hall.
    (Kind::Tally, Allowance { entries: 5_000, bytes: 5 * MEGABYTE }),
    // Twenty tablets with 250 contacts each.
    (Kind::Contact, Allowance { entries: 5_000, bytes: 5 * MEGABYTE }),
    // As many as there may be questions.
    (Kind::Addition, Allowance { entries: 2_000, bytes: 4 * MEGABYTE }),
];
/// Daily ceiling for all senders together. A city of 80,000 people has 25 inquiries a day. A month
/// of days at the ceiling fits on any disk.
const ALL: Allowance = Allowance { entries: 100_000, bytes: 256 * MEGABYTE };
/// Between the ceiling and twice the ceiling, only senders that have used less than one part in
/// this many of their share of a kind are accepted. Without this, six senders with full shares, or
/// two networks of 48 bits, would block everybody for the day.
const SMALL_PART: u32 = 10;
/// Where that part is smaller than this, a sender's first submissions up to this many are accepted:
/// a person who writes once is not blocked by a flood from others.
const FIRST_ENTRIES: u32 = 10;
/// Most senders counted individually. Each takes a hundred bytes. Only stored submissions count, so
/// that a sender whose submissions are all refused takes no memory.
const SENDERS_MAX: usize = 65_536;
/// Senders that arrive when [`SENDERS_MAX`] is reached have this many shares together. No counted
/// sender is dropped for them.
const OTHERS_SHARES: u32 = 16;
/// Longest `Retry-After`, in seconds; the end of the day may be further away.
const RETRY_AFTER_S_MAX: u64 = 3_600;

/// Submissions and bytes per day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Allowance {
    /// Number of submissions.
    pub entries: u32,
    /// Bytes of their sealed envelopes.
    pub bytes: u64,
}

impl Allowance {
    fn times(self, shares: u32) -> Self {
        Self {
            entries: self.entries.saturating_mul(shares),
            bytes: self.bytes.saturating_mul(shares.into()),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            entries: self.entries.saturating_add(other.entries),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            entries: self.entries.saturating_sub(other.entries),
            bytes: self.bytes.saturating_sub(other.bytes),
        }
    }

    fn part(self, part: u32) -> Self {
        Self { entries: self.entries / part, bytes: self.bytes / u64::from(part) }
    }

    fn is_within(self, most: Self) -> bool {
        self.entries <= most.entries && self.bytes <= most.bytes
    }
}

/// Budgets of a share, by kind, and of all senders together.
#[derive(Debug, Clone, Copy)]
pub struct BudgetSettings {
    share: [Allowance; KINDS],
    all: Allowance,
}

impl Default for BudgetSettings {
    fn default() -> Self {
        let mut share = [Allowance::default(); KINDS];
        for (kind, allowance) in SHARE {
            share[place(kind)] = allowance;
        }
        Self { share, all: ALL }
    }
}

impl BudgetSettings {
    /// Parses changes to the default budgets, as in `inquiry=1000/4,all=50000/128`: submissions and
    /// megabytes per day. An error is a sentence for the operator.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut settings = Self::default();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let wrong = || {
                format!(
                    "“{part}” is not a budget; write entries and megabytes a day, as in --budget inquiry=1000/4,all=50000/128."
                )
            };
            let (name, allowance) = part.split_once('=').ok_or_else(wrong)?;
            let (entries, megabytes) = allowance.split_once('/').ok_or_else(wrong)?;
            let (entries, megabytes): (u32, u64) =
                (entries.parse().map_err(|_| wrong())?, megabytes.parse().map_err(|_| wrong())?);
            let allowance = Allowance { entries, bytes: megabytes.saturating_mul(MEGABYTE) };
            match (name, Kind::ALL.into_iter().find(|kind| kind_name(*kind) == name)) {
                ("all", _) => settings.all = allowance,
                (_, Some(kind)) => settings.share[place(kind)] = allowance,
                (_, None) => {
                    return Err(format!(
                        "“{name}” has no budget; those that have are {}, and all.",
                        Kind::ALL.map(kind_name).join(", ")
                    ));
                }
            }
        }
        Ok(settings)
    }

    /// The daily allowance of one share for a kind.
    pub fn share(&self, kind: Kind) -> Allowance {
        self.share[place(kind)]
    }
}

/// The name of a kind in settings and metrics.
pub fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Inquiry => "inquiry",
        Kind::Feedback => "feedback",
        Kind::Gap => "gap",
        Kind::Correction => "correction",
        Kind::Tally => "tally",
        Kind::Contact => "contact",
        Kind::Addition => "addition",
    }
}

fn place(kind: Kind) -> usize {
    usize::from(kind.number()) - 1
}

/// What was stored today, by sender and in total.
pub struct Budgets {
    settings: BudgetSettings,
    today: Mutex<Today>,
}

#[derive(Default)]
struct Today {
    day: u64,
    all: Allowance,
    senders: HashMap<SenderTag, [Allowance; KINDS]>,
    /// Usage of senders that arrived when the limit of counted senders was reached.
    others: [Allowance; KINDS],
}

impl fmt::Debug for Budgets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budgets").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Budgets {
    /// Creates budgets of which nothing is used.
    pub fn new(settings: BudgetSettings) -> Self {
        Self { settings, today: Mutex::new(Today::default()) }
    }

    /// The daily allowance of one share for a kind.
    pub fn share(&self, kind: Kind) -> Allowance {
        self.settings.share(kind)
    }

    /// Restores what was stored on this day before the server started, so that a restart does not
    /// reset the budgets. A submission is stored with the tag of only one network, so the usage of
    /// its wider and narrower networks is not restored.
    pub fn begin(&self, day: u64, kept: impl IntoIterator<Item = (SenderTag, Kind, Allowance)>) {
        let mut today = self.on(day);
        for (tag, kind, used) in kept {
            today.all = today.all.plus(used);
            today.change(tag, kind, |before| before.plus(used));
        }
    }

    /// Deducts each submission from the sender's budgets, in order, and returns for each whether
    /// the budget sufficed. The caller returns what is not stored in the end through
    /// [`Budgets::give_back`].
    pub fn take(
        &self,
        sender: &Sender,
        wanted: impl IntoIterator<Item = (Kind, u64)>,
    ) -> Vec<bool> {
        let mut today = self.on(sender.day);
        let mut take = |(kind, bytes)| {
            let entry = Allowance { entries: 1, bytes };
            let has_room = today.has_room(&self.settings, sender, kind, entry);
            if has_room {
                today.all = today.all.plus(entry);
                sender
                    .networks
                    .iter()
                    .for_each(|(tag, _)| today.change(*tag, kind, |before| before.plus(entry)));
            }
            has_room
        };
        wanted.into_iter().map(&mut take).collect()
    }

    /// Returns to the budget what was deducted for a submission that was not stored because it was
    /// already stored or was refused. Does nothing if the day has changed since.
    pub fn give_back(&self, sender: &Sender, kind: Kind, bytes: u64) {
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        if today.day != sender.day {
            return;
        }
        let entry = Allowance { entries: 1, bytes };
        today.all = today.all.minus(entry);
        sender
            .networks
            .iter()
            .for_each(|(tag, _)| today.change(*tag, kind, |before| before.minus(entry)));
    }

    /// `Retry-After` for a sender over budget, in seconds: until the end of the day (UTC), at most
    /// an hour.
    pub fn retry_after_s(now_ms: u64) -> u64 {
        ((DAY_MS - now_ms % DAY_MS) / 1_000).clamp(1, RETRY_AFTER_S_MAX)
    }

    /// Locks today's usage, and resets it if the day has changed.
    fn on(&self, day: u64) -> MutexGuard<'_, Today> {
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        if today.day != day {
            *today = Today { day, ..Today::default() };
        }
        today
    }
}

impl Today {
    fn has_room(
        &self,
        settings: &BudgetSettings,
        sender: &Sender,
        kind: Kind,
        entry: Allowance,
    ) -> bool {
        let share = settings.share(kind);
        let fits = |(tag, shares): &(SenderTag, u32)| match self.senders.get(tag) {
            Some(used) => used[place(kind)].plus(entry).is_within(share.times(*shares)),
            None if self.senders.len() < SENDERS_MAX => entry.is_within(share),
            None => self.others[place(kind)].plus(entry).is_within(share.times(OTHERS_SHARES)),
        };
        if !sender.networks.iter().all(fits) {
            return false;
        }
        let all = self.all.plus(entry);
        let has_little =
            || self.has_little(settings, sender, kind, entry) || self.is_among_first(sender);
        all.is_within(settings.all) || (all.is_within(settings.all.times(2)) && has_little())
    }

    /// Whether the sender has used little of its share, including this submission.
    fn has_little(
        &self,
        settings: &BudgetSettings,
        sender: &Sender,
        kind: Kind,
        entry: Allowance,
    ) -> bool {
        let little = settings.share(kind).part(SMALL_PART);
        let used = |tag: &SenderTag| {
            self.senders.get(tag).map_or(self.unknown(kind), |used| used[place(kind)])
        };
        sender
            .networks
            .iter()
            .all(|(tag, shares)| used(tag).plus(entry).is_within(little.times(*shares)))
    }

    /// Usage assumed for a sender that is not counted: none, or that of all uncounted senders once
    /// the limit of counted senders is reached.
    fn unknown(&self, kind: Kind) -> Allowance {
        if self.senders.len() < SENDERS_MAX {
            Allowance::default()
        } else {
            self.others[place(kind)]
        }
    }

    fn is_among_first(&self, sender: &Sender) -> bool {
        let entries = |used: &[Allowance; KINDS]| used.iter().map(|used| used.entries).sum::<u32>();
        let used =
            |(tag, shares): &(SenderTag, u32)| (self.senders.get(tag).map_or(0, entries), *shares);
        sender.networks.iter().map(used).all(|(entries, shares)| entries < FIRST_ENTRIES * shares)
    }

    /// Changes a sender's usage. A sender whose usage drops to zero is removed.
    fn change(&mut self, tag: SenderTag, kind: Kind, change: impl FnOnce(Allowance) -> Allowance) {
        if !self.senders.contains_key(&tag) && self.senders.len() >= SENDERS_MAX {
            self.others[place(kind)] = change(self.others[place(kind)]);
            return;
        }
        let used = self.senders.entry(tag).or_default();
        used[place(kind)] = change(used[place(kind)]);
        if used.iter().all(|used| used.entries == 0) {
            self.senders.remove(&tag);
        }
    }
}

#[cfg(test)]
mod tests;
