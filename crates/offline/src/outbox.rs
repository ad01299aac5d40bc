//! Decides what to send next and how an answer changes the queue. Plain data: no async, no clock of
//! its own.

mod backoff;

use crate::answer::{Fate, Meaning, Obstacle};
use crate::parcel::{Attention, Head, ParcelState, ParcelTally};
use crate::ports::{Amended, Amendments, StoreChange};
use backoff::Backoff;
use domain::SubmissionId;
use domain::submission::{BATCH_MAX, REQUEST_BYTES_MAX, Receipt};
use std::iter::Peekable;

/// How long the sealed copy of a received submission stays on the device, in milliseconds (seven
/// days), in case the server loses its own.
pub const COPY_KEPT_MS: u64 = 7 * 24 * 3600 * 1000;
/// Concurrent requests while requests succeed: while one is in flight, the receipts of another are
/// verified and stored.
pub const REQUESTS_AT_ONCE: usize = 3;
/// Submissions in the first request after a page load: on a weak signal, one request with all of
/// them may time out.
const FIRST_BATCH: usize = 25;
/// The most bytes that the length prefix of a batch takes.
const BATCH_LENGTH_BYTES: usize = 4;

/// What the courier has to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// Send these batches concurrently, one request each, oldest first.
    Send(Vec<Vec<SubmissionId>>),
    /// Send nothing before this moment of the device's clock, in milliseconds since 1970. A newly
    /// stored submission or a new connection may end the wait early.
    WaitUntil(u64),
    /// Nothing is waiting.
    Rest,
}

/// The device's queue of submissions.
#[derive(Debug, Clone)]
pub struct Outbox {
    heads: Vec<Head>,
    backoff: Backoff,
    /// Most submissions per request. Halved when a batch is refused as a whole or gets no answer,
    /// doubled when one goes through.
    batch_limit: usize,
    /// Whether the last request went through whole. If it did not, or none was sent yet, the next
    /// request is sent alone.
    is_through: bool,
    obstacle: Option<Obstacle>,
    epoch: Option<[u8; 16]>,
}

impl Outbox {
    /// Creates an empty queue. `seed` varies the back-off between devices.
    pub fn new(seed: u64) -> Self {
        Self {
            heads: Vec::new(),
            backoff: Backoff::new(seed),
            batch_limit: FIRST_BATCH,
            is_through: false,
            obstacle: None,
            epoch: None,
        }
    }

    /// Replaces the queue with the store's current content. All counts are computed from here.
    pub fn load(&mut self, heads: Vec<Head>) {
        let key = |at: usize| (heads[at].order, heads[at].id);
        let in_order = domain::catalogue::order_of(heads.len(), &|a, b| key(a).cmp(&key(b)));
        self.heads = in_order.into_iter().map(|at| heads[at].clone()).collect();
    }

    /// The submissions of the queue, oldest first.
    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// Applies heads and receipts that the store has just written.
    pub fn update(&mut self, Amended { receipts, heads }: Amended) {
        let places = self.places_of(receipts.iter().map(|receipt| receipt.id));
        for (place, receipt) in places.into_iter().zip(receipts) {
            if let Some(at) = place {
                self.heads[at].receive(receipt);
            }
        }
        let places = self.places_of(heads.iter().map(|head| head.id));
        for (place, head) in places.into_iter().zip(heads) {
            if let Some(at) = place {
                self.heads[at] = head;
            }
        }
    }

    /// Returns the heads of the given submissions, in the given order; ids that are not in the
    /// queue are left out.
    pub fn heads_of(&self, ids: &[SubmissionId]) -> Vec<Head> {
        self.places_of(ids.iter().copied())
            .into_iter()
            .flatten()
            .map(|at| self.heads[at].clone())
            .collect()
    }

    fn places_of(&self, ids: impl Iterator<Item = SubmissionId>) -> Vec<Option<usize>> {
        places_of(ids, self.heads.len(), &|at| self.heads[at].id)
    }

    /// Counts the submissions by state.
    pub fn tally(&self) -> ParcelTally {
        ParcelTally::of(&self.heads)
    }

    /// What kept the last attempt from reaching the server; `None` after one that reached it.
    pub fn obstacle(&self) -> Option<Obstacle> {
        self.obstacle
    }

    /// Returns the order number for the next parcel.
    pub fn next_order(&self) -> u64 {
        self.heads.last().map_or(0, |head| head.order + 1)
    }

    /// Records the server's epoch. Submissions received under another epoch are sent again while
    /// their sealed copy is on the device.
    pub fn learn_epoch(&mut self, epoch: [u8; 16]) {
        self.epoch = Some(epoch);
    }

    /// Ends a wait: the person asked to send, the connection came back, or a submission was stored.
    pub fn hurry(&mut self) {
        self.backoff.forget();
    }

    /// Returns the next step when no request is in flight. `now_ms` is the device's clock, in
    /// milliseconds since 1970.
    pub fn next_step(&self, now_ms: u64) -> NextStep {
        self.next_step_beside(&[], now_ms)
    }

    /// Returns the next step while the given batches are in flight. A submission that is in flight
    /// is not sent again. [`NextStep::Send`] may hold no batch, which means that nothing can be
    /// sent until a request in flight completes.
    pub fn next_step_beside(&self, on_the_way: &[Vec<SubmissionId>], now_ms: u64) -> NextStep {
        let mut sent = on_the_way.concat();
        sent.sort_unstable();
        let mut due = self
            .heads
            .iter()
            .filter(|head| self.is_due(head) && sent.binary_search(&head.id).is_err())
            .peekable();
        if due.peek().is_none() && sent.is_empty() {
            return NextStep::Rest;
        }
        match self.backoff.wait_until(now_ms) {
            Some(moment) => NextStep::WaitUntil(moment),
            None => NextStep::Send(self.batches(due, on_the_way.len())),
        }
    }

    fn is_due(&self, head: &Head) -> bool {
        match &head.state {
            ParcelState::Waiting { .. } => true,
            ParcelState::Received { receipt, copy_kept } => {
                *copy_kept && self.epoch.is_some_and(|epoch| epoch != receipt.epoch)
            }
            ParcelState::NeedsAttention { .. } => false,
        }
    }

    /// Returns as many batches as may be in flight, less those that already are; at least one if
    /// nothing is in flight.
    fn batches<'a>(
        &self,
        mut due: Peekable<impl Iterator<Item = &'a Head>>,
        beside: usize,
    ) -> Vec<Vec<SubmissionId>> {
        let most = if self.is_through { REQUESTS_AT_ONCE } else { 1 };
        (beside..most).map(|_| self.fitting(&mut due)).filter(|batch| !batch.is_empty()).collect()
    }

    /// Takes from the front of `due` as many submissions as fit one request, and at least one if
    /// any is due.
    fn fitting<'a>(&self, due: &mut Peekable<impl Iterator<Item = &'a Head>>) -> Vec<SubmissionId> {
        let (mut bytes, mut ids) = (BATCH_LENGTH_BYTES, Vec::new());
        while let Some(head) = due.next_if(|head| {
            ids.is_empty()
                || ids.len() < self.batch_limit && bytes + head.size as usize <= REQUEST_BYTES_MAX
        }) {
            bytes += head.size as usize;
            ids.push(head.id);
        }
        ids
    }

    /// Records what an answer means for the submissions of one request. Returns the changes to make
    /// in the store. The store decides in the end: each change is applied to the head that is
    /// stored at that time.
    pub fn settle(&mut self, sent: &[SubmissionId], meaning: Meaning, now_ms: u64) -> Amendments {
        self.is_through = false;
        match meaning {
            Meaning::Later { retry_after_s, why } => {
                if why == Obstacle::NoAnswer && sent.len() > 1 {
                    self.batch_limit = sent.len() / 2;
                }
                self.obstacle = Some(why);
                self.backoff.postpone(now_ms, retry_after_s);
                sent.iter().map(|id| StoreChange::attempted(*id)).collect::<Vec<_>>().into()
            }
            Meaning::Divide => {
                self.batch_limit = (sent.len() / 2).max(1);
                Amendments::default()
            }
            Meaning::Spoken(fates) => self.settle_each(fates, now_ms),
        }
    }

    /// A success does not end a wait that the answer to a concurrent request asked for.
    fn settle_each(&mut self, fates: Vec<(SubmissionId, Fate)>, now_ms: u64) -> Amendments {
        let again = fates.iter().filter(|(_, fate)| *fate == Fate::Again).count();
        if again > 0 {
            self.backoff.postpone(now_ms, None);
        }
        if self.backoff.wait_until(now_ms).is_none() {
            self.backoff.forget();
            self.is_through = true;
            self.batch_limit = (self.batch_limit * 2).min(BATCH_MAX);
        }
        if self.is_through || again > 0 {
            self.obstacle = (again == fates.len() && again > 0).then_some(Obstacle::Busy);
        }
        let mut amendments = Amendments::default();
        for (id, fate) in fates {
            match fate {
                Fate::Received(receipt) => amendments.receipts.push(receipt),
                Fate::NeedsAttention(reason) => {
                    amendments.changes.push(StoreChange::refused(id, reason, self.epoch))
                }
                Fate::Again => amendments.changes.push(StoreChange::attempted(id)),
            }
        }
        amendments
    }

    /// Returns the received submissions whose sealed copy is older than [`COPY_KEPT_MS`] by the
    /// server's clock.
    pub fn copies_to_drop(&self, server_now_ms: u64) -> Vec<SubmissionId> {
        let is_old = |receipt: &Receipt| {
            receipt.received_at_ms.saturating_add(COPY_KEPT_MS) <= server_now_ms
        };
        let copies = self.heads.iter().filter(|head| matches!(&head.state, ParcelState::Received { receipt, copy_kept: true } if is_old(receipt)));
        copies.filter(|head| !self.is_due(head)).map(|head| head.id).collect()
    }
}

/// Returns the position of each id among `count` records, or `None` if it is not there. Requests
/// and answers follow the order of the queue, so each search starts just behind the last match;
/// this keeps it near linear for thousands of records.
pub(crate) fn places_of(
    ids: impl Iterator<Item = SubmissionId>,
    count: usize,
    id_at: &dyn Fn(usize) -> SubmissionId,
) -> Vec<Option<usize>> {
    let mut after = 0;
    ids.map(|id| {
        let place = (after..count).chain(0..after).find(|&at| id_at(at) == id);
        after = place.map_or(after, |at| at + 1);
        place
    })
    .collect()
}

impl StoreChange {
    /// Marks a submission as needing attention because the store cannot do what was asked for it.
    pub fn needs_attention(id: SubmissionId, reason: Attention) -> Self {
        Self::refused(id, reason, None)
    }

    /// A refusal never undoes a receipt, unless the receipt is from an epoch that the server has
    /// lost.
    fn refused(id: SubmissionId, reason: Attention, epoch: Option<[u8; 16]>) -> Self {
        let amendment = move |head: &Head| {
            let attempts = match &head.state {
                ParcelState::Waiting { attempts }
                | ParcelState::NeedsAttention { attempts, .. } => *attempts,
                ParcelState::Received { receipt, .. }
                    if epoch.is_some_and(|epoch| epoch != receipt.epoch) =>
                {
                    0
                }
                ParcelState::Received { .. } => return None,
            };
            Some(Head {
                state: ParcelState::NeedsAttention { reason, attempts: attempts.saturating_add(1) },
                ..head.clone()
            })
        };
        Self { id, amendment: Box::new(amendment) }
    }

    /// Counts an attempt on a submission that is still waiting.
    fn attempted(id: SubmissionId) -> Self {
        let amendment = |head: &Head| match head.state {
            ParcelState::Waiting { attempts } => Some(Head {
                state: ParcelState::Waiting { attempts: attempts.saturating_add(1) },
                ..head.clone()
            }),
            _ => None,
        };
        Self { id, amendment: Box::new(amendment) }
    }

    /// Puts a parcel that needed attention back into the queue, on a person's request.
    pub fn try_again(id: SubmissionId) -> Self {
        let amendment = |head: &Head| match head.state {
            ParcelState::NeedsAttention { attempts, .. } => {
                Some(Head { state: ParcelState::Waiting { attempts }, ..head.clone() })
            }
            _ => None,
        };
        Self { id, amendment: Box::new(amendment) }
    }

    /// Records that the sealed copy was deleted from the store.
    pub fn copy_dropped(id: SubmissionId) -> Self {
        let amendment = |head: &Head| match &head.state {
            ParcelState::Received { receipt, .. } => Some(Head {
                state: ParcelState::Received { receipt: receipt.clone(), copy_kept: false },
                ..head.clone()
            }),
            _ => None,
        };
        Self { id, amendment: Box::new(amendment) }
    }
}

#[cfg(test)]
mod tests;
