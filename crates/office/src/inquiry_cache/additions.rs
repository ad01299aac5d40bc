//! Takes over what people add to their questions: each addition becomes one event of its inquiry,
//! exactly once. The event names the submission, and the number of the event is the lock, so it does
//! not matter how many servers try at the same time, or how often.
//!
//! An addition whose question is not here waits: it may be on its way from the same device. It is
//! tried again when a question with its reference number arrives, and from time to time. One that
//! was sent without the question's tracking code finds no question, and never reaches an inquiry.

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
use std::collections::{HashMap, HashSet};
use store::{Custody, OfficeStore, StoreFault};
use vault::{Lookup, now_ms};

/// Attempts to append an event when somebody else writes at the same time. The next look tries
/// again.
const WRITE_TRIES: u32 = 5;
/// How often additions without a question are tried, in ms: their question may have been put back
/// from quarantine, or have been given another reference number on its way.
const RETRY_MS: u64 = 10 * 60 * 1_000;

/// Additions that are not events yet, and what is needed to know the others.
#[derive(Debug, Default)]
pub(super) struct WaitingAdditions {
    arrivals: Arrivals,
    /// Submissions that are events of an inquiry in memory.
    taken: HashSet<SubmissionId>,
    /// The others, each with the reference number that it waits for; `None` if it is to be tried
    /// now.
    waiting: HashMap<SubmissionId, Option<Reference>>,
    /// Reference numbers of inquiries that arrived since the last look.
    arrived: HashSet<Reference>,
    /// When all were tried last, in ms since 1970.
    tried_ms: u64,
}

impl WaitingAdditions {
    /// Notes the additions of an inquiry that is in memory.
    pub(super) fn note_taken(&mut self, added: &[SubmissionId]) {
        self.taken.extend(added);
    }

    /// Notes that a question arrived.
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

    /// The additions to try now.
    fn due(&mut self, now_ms: u64) -> Vec<SubmissionId> {
        let arrived = std::mem::take(&mut self.arrived);
        let is_round = now_ms.abs_diff(self.tried_ms) >= RETRY_MS;
        if is_round {
            self.tried_ms = now_ms;
        }
        let is_due = |reference: &Option<Reference>| {
            is_round || reference.is_none_or(|reference| arrived.contains(&reference))
        };
        let due = self.waiting.iter().filter(|(_, reference)| is_due(reference));
        let mut due: Vec<SubmissionId> = due.map(|(id, _)| *id).collect();
        // An id begins with the time of the device, so words that were sent together keep their
        // order.
        due.sort_unstable();
        due
    }
}

/// What became of an addition.
enum TakeOver {
    /// It is an event of its inquiry.
    Done,
    /// It was erased, or is in quarantine.
    Gone,
    /// There is no question with this reference number and its tracking code.
    Waits(Reference),
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
                let additions = &mut contents.additions;
                for id in page.into_iter().map(|arrival| arrival.id) {
                    if !additions.taken.contains(&id) {
                        additions.waiting.entry(id).or_default();
                    }
                }
            });
        };
        let read = arrivals.look(office, Kind::Addition, (0, now_ms()), is_known, take).await;
        self.change(|contents| contents.additions.arrivals = arrivals);
        read?;
        for id in self.change(|contents| contents.additions.due(now_ms())) {
            let outcome = self.take_over(office, id).await?;
            self.change(|contents| {
                let waiting = &mut contents.additions.waiting;
                match outcome {
                    TakeOver::Done | TakeOver::Gone => drop(waiting.remove(&id)),
                    TakeOver::Waits(reference) => drop(waiting.insert(id, Some(reference))),
                    TakeOver::Again => drop(waiting.insert(id, None)),
                }
            });
        }
        Ok(())
    }

    /// Makes an event of one addition, unless it is one already.
    async fn take_over(&self, office: &Office, id: SubmissionId) -> Result<TakeOver, StoreFault> {
        let Some(row) = office.store().entry(id).await? else { return Ok(TakeOver::Gone) };
        let keys = office.receiver().keys.now();
        let opened = keys.open_seal(&row.envelope).and_then(|plain| read_body(&plain));
        let Some(Body { lookup, content: Content::Addition(addition) }) = opened else {
            // No key opens it. A lost key may be restored.
            return Ok(TakeOver::Waits(Reference::of(id)));
        };
        let to = addition.to;
        let Some(question) = question_of(office, keys.lookup(&lookup), to).await? else {
            return Ok(TakeOver::Waits(to));
        };
        let event = event_of(id, addition);
        for _ in 0..WRITE_TRIES {
            let Some(inquiry) = self.inquiry(office, question).await? else {
                return Ok(TakeOver::Waits(to));
            };
            if inquiry.case.added.contains(&id) {
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

    #[test]
    fn an_addition_is_tried_when_its_question_arrives_and_from_time_to_time() {
        let id = |number: u8| SubmissionId::from_parts(1, [number; 10]);
        let mut additions = WaitingAdditions { tried_ms: 1_000, ..Default::default() };
        additions.waiting.insert(id(3), Some(Reference::of(id(7))));
        additions.waiting.insert(id(2), Some(Reference::of(id(8))));
        additions.waiting.insert(id(1), None);
        assert_eq!(additions.due(1_000), [id(1)]);
        additions.note_arrived(Reference::of(id(7)));
        assert_eq!(additions.due(2_000), [id(1), id(3)]);
        assert_eq!(additions.due(3_000), [id(1)], "an arrival counts once");
        assert_eq!(additions.due(1_000 + RETRY_MS), [id(1), id(2), id(3)]);
        assert_eq!(additions.due(2_000 + RETRY_MS), [id(1)]);
        additions.note_taken(&[id(4)]);
        assert!(
            additions.is_known(id(4)) && additions.is_known(id(2)) && !additions.is_known(id(5))
        );
    }
}
