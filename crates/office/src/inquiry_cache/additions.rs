//! Takes over what people add to their questions: each addition becomes one event of its inquiry,
//! exactly once. The event names the submission, and the number of the event is the lock, so it
//! does not matter how many servers try at the same time, or how often.
//!
//! An addition whose question is not here waits: it may be on its way from the same device. It is
//! tried again when a question with its reference number arrives, and on its first day also from
//! time to time. One that was sent without the question's tracking code finds no question, and
//! never reaches an inquiry. However many of those there are, a look tries only so many.

use super::InquiryCache;
use crate::arrivals::{Arrivals, NewSubmission};
use crate::form::Author;
use crate::{Office, Written};
use casework::body::read_body;
use casework::case::CaseEvent;
use domain::SubmissionId;
use domain::addition::{AddedWords, Addition};
use domain::reference::Reference;
use domain::submission::{Body, Content, Kind};
use receiving::bears;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Bound;
use store::{Custody, OfficeStore, StoreFault};
use vault::{Lookup, now_ms};

/// Attempts to append an event when somebody else writes at the same time. The next look tries
/// again.
const WRITE_TRIES: u32 = 5;
/// How often additions without a question are tried, in ms: their question may have been given
/// another reference number on its way.
const RETRY_MS: u64 = 10 * 60 * 1_000;
/// Additions without a question that are tried each time; the next time the next ones.
const RETRIED_AT_ONCE: usize = 200;
/// Additions received longer ago than this (ms) are no longer young: they are tried only when a
/// question arrives.
const RETRIED_FOR_MS: u64 = 30 * 24 * 60 * 60 * 1_000;
/// Additions tried in one look; the others follow in the next looks.
const TRIED_PER_LOOK: usize = 1_000;

/// Additions that are not events yet, and what is needed to know the others.
#[derive(Debug, Default)]
pub(super) struct WaitingAdditions {
    arrivals: Arrivals,
    /// Submissions that are events of an inquiry.
    taken: HashSet<SubmissionId>,
    /// The others, with when they were received (ms since 1970) and the reference number of their
    /// question.
    waiting: BTreeMap<SubmissionId, (u64, Reference)>,
    /// Those of `waiting` that are to be tried now. An id begins with the time of the device, so
    /// words that were sent together keep their order.
    due: BTreeSet<SubmissionId>,
    /// Reference numbers of inquiries that arrived since the last look.
    arrived: HashSet<Reference>,
    /// When those without a question were tried last, in ms since 1970.
    tried_ms: u64,
    /// The last of those that were tried then.
    last_tried: Option<SubmissionId>,
}

impl WaitingAdditions {
    /// Notes the additions of an inquiry that is in memory.
    pub(super) fn note_taken(&mut self, added: &[SubmissionId]) {
        self.taken.extend(added);
    }

    /// Notes that a question arrived, came back from quarantine, or was read again.
    pub(super) fn note_arrived(&mut self, reference: Reference) {
        self.arrived.insert(reference);
    }

    /// Everything is read from the store again.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn is_known(&self, id: SubmissionId) -> bool {
        self.taken.contains(&id) || self.waiting.contains_key(&id)
    }

    /// Notes an addition that arrived, to be tried now.
    fn note_waiting(&mut self, arrival: &NewSubmission) {
        if self.is_known(arrival.id) {
            return;
        }
        let to = match &arrival.content {
            Some(Content::Addition(addition)) => addition.to,
            // No key opens it. A lost key may be restored, so it is tried for a month.
            _ => Reference::of(arrival.id),
        };
        self.waiting.insert(arrival.id, (arrival.received_at_ms, to));
        self.due.insert(arrival.id);
    }

    /// The additions to try now, at most so many. They stay due until their outcome is noted.
    fn due(&mut self, now_ms: u64) -> Vec<SubmissionId> {
        let arrived = std::mem::take(&mut self.arrived);
        if !arrived.is_empty() {
            let found = self.waiting.iter().filter(|(_, (_, to))| arrived.contains(to));
            self.due.extend(found.map(|(id, _)| *id));
        }
        if now_ms.abs_diff(self.tried_ms) >= RETRY_MS {
            self.tried_ms = now_ms;
            let retried = self.retried(now_ms);
            self.last_tried = retried.last().copied();
            self.due.extend(retried);
        }
        self.due.iter().copied().take(TRIED_PER_LOOK).collect()
    }

    /// The next young additions after the last one that was tried, and then from the beginning.
    fn retried(&self, now_ms: u64) -> Vec<SubmissionId> {
        let from = self.last_tried.map_or(Bound::Unbounded, Bound::Excluded);
        let after = self.waiting.range((from, Bound::Unbounded));
        let before = self.last_tried.map(|last| self.waiting.range(..=last));
        let all = after.chain(before.into_iter().flatten());
        let young =
            all.filter(|(_, (received_ms, _))| now_ms.abs_diff(*received_ms) < RETRIED_FOR_MS);
        young.map(|(id, _)| *id).take(RETRIED_AT_ONCE).collect()
    }

    /// Notes what became of an addition that was tried.
    fn note_outcome(&mut self, id: SubmissionId, outcome: TakeOver) {
        if !matches!(outcome, TakeOver::Again) {
            self.due.remove(&id);
        }
        if matches!(outcome, TakeOver::Done | TakeOver::Gone) {
            self.waiting.remove(&id);
        }
        if matches!(outcome, TakeOver::Done) {
            self.taken.insert(id);
        }
    }
}

/// What became of an addition.
enum TakeOver {
    /// It is an event of its inquiry.
    Done,
    /// It was erased, or is in quarantine.
    Gone,
    /// There is no question with its reference number and its tracking code.
    Waits,
    /// Others wrote at the same time.
    Again,
}

impl InquiryCache {
    /// Makes events of all additions that arrived and whose question is here.
    pub(super) async fn take_over_additions(&self, office: &Office) -> Result<(), StoreFault> {
        let mut arrivals = self.read(|contents| contents.additions.arrivals);
        let is_known = |id| self.read(|contents| contents.additions.is_known(id));
        let take = |page: Vec<NewSubmission>| {
            self.change(|contents| {
                page.iter().for_each(|arrival| contents.additions.note_waiting(arrival));
            });
        };
        let read = arrivals.look(office, Kind::Addition, (0, now_ms()), is_known, take).await;
        self.change(|contents| contents.additions.arrivals = arrivals);
        read?;
        for id in self.change(|contents| contents.additions.due(now_ms())) {
            let outcome = self.take_over(office, id).await?;
            self.change(|contents| contents.additions.note_outcome(id, outcome));
        }
        Ok(())
    }

    /// Makes an event of one addition, unless it is one already.
    async fn take_over(&self, office: &Office, id: SubmissionId) -> Result<TakeOver, StoreFault> {
        let Some(row) = office.store().entry(id).await? else { return Ok(TakeOver::Gone) };
        let keys = office.receiver().keys.now();
        let opened = keys.open_seal(&row.envelope).and_then(|plain| read_body(&plain));
        let Some(Body { lookup, content: Content::Addition(addition) }) = opened else {
            return Ok(TakeOver::Waits);
        };
        let found = question_of(office, keys.lookup(&lookup), addition.to).await?;
        let Some(question) = found else { return Ok(TakeOver::Waits) };
        let event = event_of(id, addition);
        for _ in 0..WRITE_TRIES {
            let Some(inquiry) = self.inquiry(office, question).await? else {
                return Ok(TakeOver::Waits);
            };
            if inquiry.case.added.contains(&id) {
                // A server of an older version does not see that added words open an inquiry again,
                // and may have stored it as settled.
                if !inquiry.is_settled() && self.settled(question).is_some() {
                    self.read_again(office, question).await?;
                }
                return Ok(TakeOver::Done);
            }
            let (last, author) = (inquiry.case.last, Author::Resident);
            if office.write(question, last, author, event.clone()).await? == Written::Done {
                return Ok(TakeOver::Done);
            }
        }
        Ok(TakeOver::Again)
    }
}

/// The question with this reference number and tracking code, also if it is in quarantine.
async fn question_of(
    office: &Office,
    lookup: Lookup,
    to: Reference,
) -> Result<Option<SubmissionId>, StoreFault> {
    let found = office.store().by_lookup(lookup).await?;
    let is_meant = |row: &&store::StoredSubmission| {
        row.envelope.header.kind == Kind::Inquiry && bears(row, to)
    };
    Ok(found.iter().find(is_meant).map(|row| row.envelope.header.id))
}

fn event_of(id: SubmissionId, addition: Addition) -> CaseEvent {
    let submission = id.to_string();
    match addition.said {
        AddedWords::Message(text) => CaseEvent::Added { submission, text },
        AddedWords::Withdrawal => CaseEvent::Withdrawn { submission },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Language;

    fn id(number: u16) -> SubmissionId {
        let mut random = [1; 10];
        random[8..].copy_from_slice(&number.to_be_bytes());
        SubmissionId::from_parts(number.into(), random)
    }

    fn wait(additions: &mut WaitingAdditions, number: u16, received_at_ms: u64, to: u16) {
        let addition = Addition {
            to: Reference::of(id(to)),
            said: AddedWords::Withdrawal,
            language: Language::English,
        };
        let content = Some(Content::Addition(addition));
        additions.note_waiting(&NewSubmission { id: id(number), received_at_ms, content });
    }

    /// Tries what is due, and finds no question.
    fn tried(additions: &mut WaitingAdditions, now_ms: u64) -> Vec<SubmissionId> {
        let due = additions.due(now_ms);
        due.iter().for_each(|id| additions.note_outcome(*id, TakeOver::Waits));
        due
    }

    #[test]
    fn an_addition_is_tried_when_its_question_arrives_and_from_time_to_time() {
        let mut additions = WaitingAdditions { tried_ms: 1_000, ..Default::default() };
        for (number, to) in [(3, 70), (2, 80), (1, 90)] {
            wait(&mut additions, number, 1_000, to);
        }
        assert_eq!(additions.due(1_000), [id(1), id(2), id(3)]);
        assert_eq!(tried(&mut additions, 1_001), [id(1), id(2), id(3)], "until it is noted");
        assert_eq!(tried(&mut additions, 1_002), []);
        additions.note_arrived(Reference::of(id(70)));
        assert_eq!(tried(&mut additions, 2_000), [id(3)]);
        assert_eq!(tried(&mut additions, 3_000), [], "an arrival counts once");
        assert_eq!(additions.due(1_000 + RETRY_MS), [id(1), id(2), id(3)]);
        additions.note_outcome(id(1), TakeOver::Again);
        additions.note_outcome(id(2), TakeOver::Gone);
        additions.note_outcome(id(3), TakeOver::Waits);
        assert_eq!(additions.due(2_000 + RETRY_MS), [id(1)]);
        additions.note_taken(&[id(4)]);
        assert!(
            additions.is_known(id(4)) && additions.is_known(id(3)) && !additions.is_known(id(2))
        );
    }

    #[test]
    fn of_many_without_a_question_only_so_many_are_tried_and_all_have_their_turn() {
        let mut additions = WaitingAdditions { tried_ms: 1_000, ..Default::default() };
        (0..1_500).for_each(|number| wait(&mut additions, number, 1_000, 2_000));
        assert_eq!(tried(&mut additions, 1_000).len(), TRIED_PER_LOOK);
        assert_eq!(tried(&mut additions, 2_000).len(), 500, "the others in the next look");
        let mut seen = HashSet::new();
        for round in 1..=8 {
            let tried = tried(&mut additions, 1_000 + round * RETRY_MS);
            assert_eq!(tried.len(), RETRIED_AT_ONCE);
            seen.extend(tried);
        }
        assert_eq!(seen.len(), 1_500);
    }

    #[test]
    fn an_addition_of_an_earlier_day_is_tried_only_when_its_question_arrives() {
        let mut additions = WaitingAdditions::default();
        let now_ms = 3 * RETRIED_FOR_MS;
        wait(&mut additions, 1, now_ms - RETRIED_FOR_MS, 70);
        wait(&mut additions, 2, now_ms - RETRY_MS, 80);
        assert_eq!(tried(&mut additions, now_ms), [id(1), id(2)], "every one is tried once");
        assert_eq!(tried(&mut additions, now_ms + RETRY_MS), [id(2)]);
        additions.note_arrived(Reference::of(id(70)));
        assert_eq!(tried(&mut additions, now_ms + RETRY_MS + 1), [id(1)]);
    }
}
