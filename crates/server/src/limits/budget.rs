//! What may be kept of one day: entries and bytes, of each kind from each sender, and one ceiling for all. Only what is new counts: what stands already
//! and is sent again is answered whatever the budget.

use super::sender::{DAY_MS, Sender};
use crate::store::SenderTag;
use domain::submission::Kind;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

const MEGABYTE: u64 = 1_000_000;
const KINDS: usize = Kind::ALL.len();

/// Of each kind from one address. A library's terminals share one, and so do a fair's tablets when they come home, each with some hundred entries.
/// Bytes bound what long texts do: a usual entry has one or two kilobytes, the longest question five.
const SHARE: [(Kind, Allowance); KINDS] = [
    (Kind::Inquiry, Allowance { entries: 2_000, bytes: 4 * MEGABYTE }),
    (Kind::Feedback, Allowance { entries: 5_000, bytes: 8 * MEGABYTE }),
    // A word that is not found, at each of a library's terminals, all day.
    (Kind::Gap, Allowance { entries: 2_000, bytes: 2 * MEGABYTE }),
    // Somebody goes through the catalogue and reports everything.
    (Kind::Correction, Allowance { entries: 500, bytes: MEGABYTE }),
    // A survey that is opened on every phone in a hall.
    (Kind::Tally, Allowance { entries: 5_000, bytes: 5 * MEGABYTE }),
    // Twenty tablets with 250 contacts each.
    (Kind::Contact, Allowance { entries: 5_000, bytes: 5 * MEGABYTE }),
];
/// From everybody together: a city of 80,000 has 25 inquiries a day. What a month of such days leaves on a disk fits on any.
const ALL: Allowance = Allowance { entries: 100_000, bytes: 256 * MEGABYTE };
/// Beyond the ceiling, up to twice of it, goes on whoever has used less than this part of their share of a kind: six senders with all their shares, or two
/// networks of 48 bits, would otherwise stop everybody for the day.
const SMALL_PART: u32 = 10;
/// Where that part is less than this, as many of a sender's first entries are kept: a person who writes once is not stopped by a flood of others.
const FIRST_ENTRIES: u32 = 10;
/// Senders counted one by one. Each costs a hundred bytes; only what was kept counts, so that who is only refused takes no room.
const SENDERS_MAX: usize = 65_536;
/// All who come when there is no room for more of them have this many shares together. Nobody who is counted is forgotten for them.
const OTHERS_SHARES: u32 = 16;
/// A day's end may be far; whoever waits asks again within this.
const RETRY_AFTER_S_MAX: u64 = 3_600;

/// So much of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Allowance {
    pub entries: u32,
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

/// The budgets of a share, by kind, and of all.
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
    /// The usual ones with some changed, as in `inquiry=1000/4,all=50000/128`: entries and megabytes a day.
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

    pub fn share(&self, kind: Kind) -> Allowance {
        self.share[place(kind)]
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Inquiry => "inquiry",
        Kind::Feedback => "feedback",
        Kind::Gap => "gap",
        Kind::Correction => "correction",
        Kind::Tally => "tally",
        Kind::Contact => "contact",
    }
}

fn place(kind: Kind) -> usize {
    usize::from(kind.number()) - 1
}

/// What was kept today, and by whom.
pub struct Budgets {
    settings: BudgetSettings,
    today: Mutex<Today>,
}

#[derive(Default)]
struct Today {
    day: u64,
    all: Allowance,
    senders: HashMap<SenderTag, [Allowance; KINDS]>,
    /// Those that came when there was no room for more.
    others: [Allowance; KINDS],
}

impl fmt::Debug for Budgets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budgets").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Budgets {
    pub fn new(settings: BudgetSettings) -> Self {
        Self { settings, today: Mutex::new(Today::default()) }
    }

    /// What a share may have kept of a kind on one day.
    pub fn share(&self, kind: Kind) -> Allowance {
        self.settings.share(kind)
    }

    /// What was kept on this day before the server started, so that a restart begins no new day. An entry carries the tag of one network: what a
    /// wider or narrower one had used is known again only as far as that.
    pub fn begin(&self, day: u64, kept: impl IntoIterator<Item = (SenderTag, Kind, Allowance)>) {
        let mut today = self.on(day);
        for (tag, kind, used) in kept {
            today.all = today.all.plus(used);
            today.change(tag, kind, |before| before.plus(used));
        }
    }

    /// Takes from the budgets of a sender for each entry, in order: whether there was enough for it. What is not kept is given back.
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

    /// Gives back what was taken for an entry and is not kept now: it was here before, or was refused. Of another day nothing is left to give back.
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

    /// How long whoever is over the budget is asked to wait: until the day's end, or an hour.
    pub fn retry_after_s(now_ms: u64) -> u64 {
        ((DAY_MS - now_ms % DAY_MS) / 1_000).clamp(1, RETRY_AFTER_S_MAX)
    }

    /// On another day all begin anew.
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

    /// With this entry too.
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

    /// What counts as used by a sender who is not counted: nothing, or what all who came too late have used.
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

    /// Who has nothing kept takes no room.
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
