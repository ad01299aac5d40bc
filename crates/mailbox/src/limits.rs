//! How much mail is stored and answered in a day, by sender and in total. The sender of an email is
//! what it claims, so the total counts too. What exceeds a limit stays in the mailbox and is stored
//! on a later day.
//!
//! The counts are in memory: after a restart they begin again. The daily budgets of the server,
//! which also apply, are read from the database.

use crate::automatic::without_tag;
use std::collections::HashMap;

const DAY_MS: u64 = 86_400_000;
/// Messages of one address that are stored in a day: more than any person writes.
pub const OF_SENDER_MAX: u32 = 40;
/// Confirmations to one address in a day. It may belong to a program that answers without saying
/// that it is one, or to someone in whose name others write.
pub const CONFIRMED_MAX: u32 = 5;
/// Messages of all senders in a day. A city of 80,000 people has 25 inquiries a day; ten thousand
/// that waited are taken in a day.
pub const OF_ALL_MAX: u32 = 20_000;
/// Confirmations of a day: the address that they go to may not be that of who wrote.
pub const CONFIRMED_OF_ALL_MAX: u32 = 5_000;
/// Senders that are counted one by one; the others count as one.
const SENDERS_MAX: usize = 50_000;

/// What one sender sent today.
#[derive(Debug, Clone, Copy, Default)]
struct SentToday {
    stored: u32,
    confirmed: u32,
}

/// What was taken today.
#[derive(Debug, Default)]
pub struct MailLimits {
    day: u64,
    all: SentToday,
    senders: HashMap<String, SentToday>,
}

impl MailLimits {
    /// Whether another message of this sender may be stored now. Counts nothing.
    pub fn has_room(&mut self, sender: &str, now_ms: u64) -> bool {
        self.begin_day(now_ms);
        self.all.stored < OF_ALL_MAX && self.of(sender).stored < OF_SENDER_MAX
    }

    /// Counts a message that was stored.
    pub fn note_stored(&mut self, sender: &str, now_ms: u64) {
        self.begin_day(now_ms);
        self.all.stored += 1;
        self.of(sender).stored += 1;
    }

    /// Counts a confirmation; `false` if none may be sent. What stands after a plus sign in the
    /// address reaches the same person.
    pub fn may_confirm(&mut self, sender: &str, now_ms: u64) -> bool {
        self.begin_day(now_ms);
        let sender = &without_tag(sender);
        let has_room = self.all.confirmed < CONFIRMED_OF_ALL_MAX;
        let of_sender = self.of(sender);
        if !has_room || of_sender.confirmed >= CONFIRMED_MAX {
            return false;
        }
        of_sender.confirmed += 1;
        self.all.confirmed += 1;
        true
    }

    fn begin_day(&mut self, now_ms: u64) {
        let day = now_ms / DAY_MS;
        if day != self.day {
            *self = Self { day, ..Self::default() };
        }
    }

    fn of(&mut self, sender: &str) -> &mut SentToday {
        let is_counted = self.senders.contains_key(sender) || self.senders.len() < SENDERS_MAX;
        self.senders.entry(if is_counted { sender.into() } else { String::new() }).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(limits: &mut MailLimits, sender: &str, now_ms: u64) -> bool {
        let has_room = limits.has_room(sender, now_ms);
        if has_room {
            limits.note_stored(sender, now_ms);
        }
        has_room
    }

    #[test]
    fn one_sender_takes_no_room_from_others_and_has_room_again_the_next_day() {
        let mut limits = MailLimits::default();
        let stored = (0..500).filter(|_| taken(&mut limits, "flood@a.example", 5)).count();
        assert_eq!(stored, OF_SENDER_MAX as usize);
        assert!(taken(&mut limits, "jane@a.example", 6));
        assert!(taken(&mut limits, "flood@a.example", DAY_MS + 5));
    }

    #[test]
    fn senders_that_are_made_up_fill_a_day_and_no_memory() {
        let mut limits = MailLimits::default();
        let made_up = |at: u32| format!("{at}@a.example");
        let stored = (0..100_000).filter(|at| taken(&mut limits, &made_up(*at), 5)).count();
        assert_eq!(stored, OF_ALL_MAX as usize);
        assert!(limits.senders.len() <= SENDERS_MAX + 1);
    }

    #[test]
    fn few_confirmations_go_to_one_address() {
        let mut limits = MailLimits::default();
        let robot = |at: u32| format!("Robot+{at}@a.example");
        let sent = (0..50).filter(|at| limits.may_confirm(&robot(*at), 5)).count();
        assert_eq!(sent, CONFIRMED_MAX as usize);
        assert!(limits.may_confirm("jane@a.example", 5));
    }
}
