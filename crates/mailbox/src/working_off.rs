//! Takes the waiting messages of a mailbox one after the other. Only one message is in memory,
//! however many wait, and one is moved only after it was stored: killed in between, it is read
//! again, and found to be stored already.

use crate::reader::{ListedMail, MailFolder, MailboxFault, MailboxReader};
use crate::reading::{FetchedMail, IncomingMail, read_safely};
use std::collections::HashMap;
use std::future::Future;
use std::time::{Duration, Instant};

/// Messages that are listed at once.
const LISTED_AT_ONCE: u32 = 50;
/// Messages of one round. Between two rounds the server may stop, and says how many wait.
pub const ROUND_MAX: usize = 500;
/// How long a message that was not stored stays where it is before it is tried again.
const POSTPONED_FOR: Duration = Duration::from_secs(15 * 60);
/// Messages that are remembered as postponed. More of them are tried in every round.
const POSTPONED_MAX: usize = 20_000;

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenMail {
    /// It is stored, now or before.
    Stored,
    /// There is nothing to store.
    Aside,
    /// It may be stored later: its sender has sent much today, or the database does not answer.
    Later,
}

/// Who stores messages.
pub trait MailTaker: Sync {
    /// Stores a message, unless it is stored already.
    fn take(&self, mail: IncomingMail) -> impl Future<Output = TakenMail> + Send;

    /// Whether to end before the next message.
    fn is_stopping(&self) -> bool;

    /// The addresses that this municipality sends from and reads.
    fn own(&self) -> &[String];
}

/// Messages that are left where they are for a while.
#[derive(Debug, Default)]
pub struct PostponedMail(HashMap<u32, Instant>);

impl PostponedMail {
    fn is_due(&mut self, uid: u32) -> bool {
        match self.0.get(&uid) {
            Some(at) if at.elapsed() < POSTPONED_FOR => false,
            Some(_) => self.0.remove(&uid).is_some(),
            None => true,
        }
    }

    fn put(&mut self, uid: u32) {
        if self.0.len() >= POSTPONED_MAX {
            self.0.retain(|_, at| at.elapsed() < POSTPONED_FOR);
        }
        if self.0.len() < POSTPONED_MAX {
            self.0.insert(uid, Instant::now());
        }
    }
}

/// What a round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MailRound {
    /// Messages that were stored, or had been.
    pub stored: usize,
    /// Messages that were put aside.
    pub aside: usize,
    /// Messages that stay where they are.
    pub left: u32,
    /// The round ended before all messages were looked at.
    pub has_more: bool,
}

/// Takes what waits, at most [`ROUND_MAX`] messages.
pub async fn work_off(
    mailbox: &mut impl MailboxReader,
    taker: &impl MailTaker,
    postponed: &mut PostponedMail,
) -> Result<MailRound, MailboxFault> {
    let mut round = MailRound::default();
    mailbox.waiting().await?;
    loop {
        let listed = mailbox.list(round.left, LISTED_AT_ONCE).await?;
        if listed.is_empty() {
            return Ok(round);
        }
        for mail in listed {
            if taker.is_stopping() || round.stored + round.aside >= ROUND_MAX {
                round.has_more = true;
                return Ok(round);
            }
            let taken = if postponed.is_due(mail.uid) {
                take_one(mailbox, taker, postponed, mail).await?
            } else {
                Some(TakenMail::Later)
            };
            match taken {
                Some(TakenMail::Stored) => round.stored += 1,
                Some(TakenMail::Aside) => round.aside += 1,
                // Someone else moved it, or the server lists what it does not return: it would be
                // listed again and again.
                Some(TakenMail::Later) | None => round.left += 1,
            }
        }
    }
}

async fn take_one(
    mailbox: &mut impl MailboxReader,
    taker: &impl MailTaker,
    postponed: &mut PostponedMail,
    listed: ListedMail,
) -> Result<Option<TakenMail>, MailboxFault> {
    // If this message breaks the connection, the next round begins with the others.
    postponed.put(listed.uid);
    let Some(fetched) = mailbox.fetch(listed).await? else {
        postponed.0.remove(&listed.uid);
        return Ok(None);
    };
    let Some(mail) = read(fetched, taker.own().to_vec()).await else {
        return Ok(Some(TakenMail::Later));
    };
    let taken = taker.take(mail).await;
    let folder = match taken {
        TakenMail::Stored => MailFolder::Handled,
        TakenMail::Aside => MailFolder::Aside,
        TakenMail::Later => return Ok(Some(taken)),
    };
    mailbox.put_away(listed.uid, folder).await?;
    postponed.0.remove(&listed.uid);
    Ok(Some(taken))
}

/// `None` if it cannot be read now.
async fn read(fetched: FetchedMail, own: Vec<String>) -> Option<IncomingMail> {
    // Only a runtime that ends does not run it.
    tokio::task::spawn_blocking(move || read_safely(fetched, &own)).await.ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automatic::MailNature;
    use crate::memory::{MemoryFault, MemoryMailbox};
    use std::collections::HashSet;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Stores each message once, as a database does.
    #[derive(Default)]
    struct Desk {
        stored: Mutex<HashSet<[u8; 32]>>,
        takes: AtomicUsize,
        refuses_after: Option<usize>,
        stops_after: Option<usize>,
    }

    impl Desk {
        fn stored(&self) -> usize {
            self.stored.lock().unwrap().len()
        }
    }

    impl MailTaker for Desk {
        async fn take(&self, mail: IncomingMail) -> TakenMail {
            self.takes.fetch_add(1, Ordering::Relaxed);
            if mail.nature != MailNature::Person {
                return TakenMail::Aside;
            }
            let mut stored = self.stored.lock().unwrap();
            if self.refuses_after.is_some_and(|count| stored.len() >= count) {
                return TakenMail::Later;
            }
            stored.insert(mail.identity);
            TakenMail::Stored
        }

        fn is_stopping(&self) -> bool {
            self.stops_after.is_some_and(|count| self.takes.load(Ordering::Relaxed) >= count)
        }

        fn own(&self) -> &[String] {
            &[]
        }
    }

    fn message(uid: u32) -> Vec<u8> {
        format!("From: a@b.ca\r\nMessage-ID: <{uid}@b.ca>\r\n\r\nQuestion {uid}").into_bytes()
    }

    async fn all_off(mailbox: &mut MemoryMailbox, desk: &Desk) -> usize {
        let mut postponed = PostponedMail::default();
        let mut rounds = 0;
        loop {
            rounds += 1;
            let round = work_off(mailbox, desk, &mut postponed).await.unwrap();
            if !round.has_more {
                return rounds;
            }
        }
    }

    #[tokio::test]
    async fn ten_thousand_waiting_messages_are_worked_off_one_at_a_time() {
        let (mut mailbox, desk) = (MemoryMailbox::new(10_000, message), Desk::default());
        let rounds = all_off(&mut mailbox, &desk).await;
        assert_eq!((desk.stored(), mailbox.waiting().await), (10_000, Ok(0)));
        assert!(rounds >= 10_000 / ROUND_MAX, "{rounds}");
        assert_eq!(mailbox.listed_max, LISTED_AT_ONCE as usize, "no list holds all of them");
    }

    #[tokio::test]
    async fn killed_anywhere_a_message_is_read_again_and_stored_once() {
        for fault in [MemoryFault::Fetch(3), MemoryFault::PutAway(3)] {
            let (mut mailbox, desk) = (MemoryMailbox::new(5, message), Desk::default());
            mailbox.fault = Some(fault);
            let mut postponed = PostponedMail::default();
            let broken = work_off(&mut mailbox, &desk, &mut postponed).await;
            assert_eq!(broken, Err(MailboxFault::Broken));
            assert!(!mailbox.put_away.contains_key(&3), "not moved before it is stored");
            // A new process remembers nothing.
            all_off(&mut mailbox, &desk).await;
            assert_eq!((desk.stored(), mailbox.put_away.len()), (5, 5), "{fault:?}");
        }
    }

    #[tokio::test]
    async fn a_message_that_breaks_the_connection_does_not_keep_the_others_waiting() {
        let (mut mailbox, desk) = (MemoryMailbox::new(5, message), Desk::default());
        let mut postponed = PostponedMail::default();
        mailbox.fault = Some(MemoryFault::Fetch(1));
        assert!(work_off(&mut mailbox, &desk, &mut postponed).await.is_err());
        let round = work_off(&mut mailbox, &desk, &mut postponed).await.unwrap();
        assert_eq!((round.stored, round.left), (4, 1));
    }

    #[tokio::test]
    async fn the_same_message_twice_is_stored_once_and_both_copies_are_moved() {
        let desk = Desk::default();
        let mut mailbox = MemoryMailbox::new(6, |uid| message(uid % 3));
        all_off(&mut mailbox, &desk).await;
        assert_eq!((desk.stored(), mailbox.put_away.len()), (3, 6));
    }

    #[tokio::test]
    async fn what_cannot_be_stored_now_stays_and_is_not_read_again_at_once() {
        let desk = Desk { refuses_after: Some(2), ..Desk::default() };
        let mut mailbox = MemoryMailbox::new(120, message);
        let mut postponed = PostponedMail::default();
        let round = work_off(&mut mailbox, &desk, &mut postponed).await.unwrap();
        assert_eq!((round.stored, round.left), (2, 118));
        let fetched = mailbox.fetched;
        work_off(&mut mailbox, &desk, &mut postponed).await.unwrap();
        assert_eq!((mailbox.fetched, mailbox.waiting().await), (fetched, Ok(118)));
    }

    #[tokio::test]
    async fn what_no_person_wrote_and_what_is_no_message_goes_aside() {
        let desk = Desk::default();
        let mut mailbox = MemoryMailbox::new(3, |uid| match uid {
            1 => b"From: a@b.ca\r\nAuto-Submitted: auto-replied\r\n\r\nI am away".to_vec(),
            2 => Vec::new(),
            _ => message(uid),
        });
        all_off(&mut mailbox, &desk).await;
        let aside = |uid| mailbox.put_away.get(&uid) == Some(&MailFolder::Aside);
        assert!(aside(1) && aside(2) && !aside(3), "{:?}", mailbox.put_away);
    }

    #[tokio::test]
    async fn what_is_listed_and_never_returned_ends_no_round_and_holds_up_no_other() {
        let (mut mailbox, desk) = (MemoryMailbox::new(5, message), Desk::default());
        mailbox.withheld = Some(2);
        let mut postponed = PostponedMail::default();
        let round = work_off(&mut mailbox, &desk, &mut postponed).await.unwrap();
        assert_eq!((round.stored, round.left, round.has_more), (4, 1, false));
    }

    #[tokio::test]
    async fn told_to_stop_it_ends_between_two_messages() {
        let desk = Desk { stops_after: Some(3), ..Desk::default() };
        let mut mailbox = MemoryMailbox::new(9, message);
        let mut postponed = PostponedMail::default();
        let round = work_off(&mut mailbox, &desk, &mut postponed).await.unwrap();
        assert!(round.has_more && round.stored == 3 && mailbox.put_away.len() == 3, "{round:?}");
    }
}
