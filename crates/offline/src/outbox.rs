//! What to send next, and what to do with an answer: plain data, no async, no clock of its own.

mod backoff;

use crate::answer::{Fate, Meaning, Obstacle};
use crate::parcel::{Attention, Head, State, Tally};
use crate::ports::{Amended, Amendments, Change};
use backoff::Backoff;
use domain::SubmissionId;
use domain::submission::{BATCH_MAX, REQUEST_BYTES_MAX, Receipt};
use std::iter::Peekable;

/// How long a received submission's sealed copy stays, in case the server loses its own.
pub const COPY_KEPT_MS: u64 = 7 * 24 * 3600 * 1000;
/// Requests at once, while one after the other goes through: as one is on its way, the receipts of another are checked and written down.
pub const REQUESTS_AT_ONCE: usize = 3;
/// Entries in the first request of a page: on two bars of signal one with all of them may not get through in its time.
const FIRST_BATCH: usize = 25;
/// Room that the length of a batch takes at most.
const BATCH_LENGTH_BYTES: usize = 4;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// Send these at the same time, each list in a request of its own, oldest first.
    Send(Vec<Vec<SubmissionId>>),
    /// Nothing until this moment of the device's clock; a save or a new connection may come first.
    WaitUntil(u64),
    /// Nothing waits.
    Rest,
}

/// The device's queue.
#[derive(Debug, Clone)]
pub struct Outbox {
    heads: Vec<Head>,
    backoff: Backoff,
    /// Halved when a batch is refused as a whole or is not answered, doubled when one goes through.
    batch_limit: usize,
    /// Whether the last request went through whole. If not, or nobody knows yet, the next goes alone.
    is_through: bool,
    obstacle: Option<Obstacle>,
    epoch: Option<[u8; 16]>,
}

impl Outbox {
    /// An empty queue. `seed` scatters the waiting times of many devices.
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

    /// Takes over what the store holds now. All counts come from here.
    pub fn load(&mut self, heads: Vec<Head>) {
        let key = |at: usize| (heads[at].order, heads[at].id);
        let in_order = domain::catalogue::order_of(heads.len(), &|a, b| key(a).cmp(&key(b)));
        self.heads = in_order.into_iter().map(|at| heads[at].clone()).collect();
    }

    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// Takes over what some heads have become in the store.
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

    /// The heads of some submissions, in their order; those that are not here are left out.
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

    pub fn tally(&self) -> Tally {
        Tally::of(&self.heads)
    }

    /// What kept the last attempt from reaching the server; `None` after one that did.
    pub fn obstacle(&self) -> Option<Obstacle> {
        self.obstacle
    }

    /// The order number for the next parcel.
    pub fn next_order(&self) -> u64 {
        self.heads.last().map_or(0, |head| head.order + 1)
    }

    /// The server told its epoch: what an earlier one received is offered again while its copy is here.
    pub fn learn_epoch(&mut self, epoch: [u8; 16]) {
        self.epoch = Some(epoch);
    }

    /// A person asked, a connection came back, or something was kept: do not wait any longer.
    pub fn hurry(&mut self) {
        self.backoff.forget();
    }

    pub fn next_step(&self, now_ms: u64) -> NextStep {
        self.next_step_beside(&[], now_ms)
    }

    /// What to do beside some requests that have no answer yet. Nothing is sent while it is in one of them; it may be that no list is to be sent now.
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
            State::Waiting { .. } => true,
            State::Received { receipt, copy_kept } => {
                *copy_kept && self.epoch.is_some_and(|epoch| epoch != receipt.epoch)
            }
            State::NeedsAttention { .. } => false,
        }
    }

    /// As many as may be at once, beside some; at least one when there is none.
    fn batches<'a>(
        &self,
        mut due: Peekable<impl Iterator<Item = &'a Head>>,
        beside: usize,
    ) -> Vec<Vec<SubmissionId>> {
        let most = if self.is_through { REQUESTS_AT_ONCE } else { 1 };
        (beside..most).map(|_| self.fitting(&mut due)).filter(|batch| !batch.is_empty()).collect()
    }

    /// As many as one request holds; at least one while there is one.
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

    /// Records what an answer means. Gives what to carry out in the store, which decides in the end:
    /// each change is applied to the head that stands there then.
    pub fn settle(&mut self, sent: &[SubmissionId], meaning: Meaning, now_ms: u64) -> Amendments {
        self.is_through = false;
        match meaning {
            Meaning::Later { retry_after_s, why } => {
                if why == Obstacle::NoAnswer && sent.len() > 1 {
                    self.batch_limit = sent.len() / 2;
                }
                self.obstacle = Some(why);
                self.backoff.postpone(now_ms, retry_after_s);
                sent.iter().map(|id| Change::attempted(*id)).collect::<Vec<_>>().into()
            }
            Meaning::Divide => {
                self.batch_limit = (sent.len() / 2).max(1);
                Amendments::default()
            }
            Meaning::Spoken(fates) => self.settle_each(fates, now_ms),
        }
    }

    /// What went through does not end a wait that was asked for by an answer to a request beside it.
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
                    amendments.changes.push(Change::refused(id, reason, self.epoch))
                }
                Fate::Again => amendments.changes.push(Change::attempted(id)),
            }
        }
        amendments
    }

    /// Received submissions whose sealed copy has been kept long enough, by the server's clock.
    pub fn copies_to_drop(&self, server_now_ms: u64) -> Vec<SubmissionId> {
        let is_old = |receipt: &Receipt| {
            receipt.received_at_ms.saturating_add(COPY_KEPT_MS) <= server_now_ms
        };
        let copies = self.heads.iter().filter(|head| matches!(&head.state, State::Received { receipt, copy_kept: true } if is_old(receipt)));
        copies.filter(|head| !self.is_due(head)).map(|head| head.id).collect()
    }
}

/// Where each of some ids stands among `count`. What is sent and what comes back stands in the order of the queue, so the next is mostly the neighbour
/// of the last, among thousands.
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

impl Change {
    /// The store cannot do what was asked of it for this entry.
    pub fn needs_attention(id: SubmissionId, reason: Attention) -> Self {
        Self::refused(id, reason, None)
    }

    /// A refusal never undoes a receipt, unless the receipt is of an epoch that the server has lost.
    fn refused(id: SubmissionId, reason: Attention, epoch: Option<[u8; 16]>) -> Self {
        let amendment = move |head: &Head| {
            let attempts = match &head.state {
                State::Waiting { attempts } | State::NeedsAttention { attempts, .. } => *attempts,
                State::Received { receipt, .. }
                    if epoch.is_some_and(|epoch| epoch != receipt.epoch) =>
                {
                    0
                }
                State::Received { .. } => return None,
            };
            Some(Head {
                state: State::NeedsAttention { reason, attempts: attempts.saturating_add(1) },
                ..head.clone()
            })
        };
        Self { id, amendment: Box::new(amendment) }
    }

    /// Counts an attempt on what still waits.
    fn attempted(id: SubmissionId) -> Self {
        let amendment = |head: &Head| match head.state {
            State::Waiting { attempts } => Some(Head {
                state: State::Waiting { attempts: attempts.saturating_add(1) },
                ..head.clone()
            }),
            _ => None,
        };
        Self { id, amendment: Box::new(amendment) }
    }

    /// A person asks to try a parcel that needed attention once more.
    pub fn try_again(id: SubmissionId) -> Self {
        let amendment = |head: &Head| match head.state {
            State::NeedsAttention { attempts, .. } => {
                Some(Head { state: State::Waiting { attempts }, ..head.clone() })
            }
            _ => None,
        };
        Self { id, amendment: Box::new(amendment) }
    }

    /// The sealed copy is gone from the store.
    pub fn copy_dropped(id: SubmissionId) -> Self {
        let amendment = |head: &Head| match &head.state {
            State::Received { receipt, .. } => Some(Head {
                state: State::Received { receipt: receipt.clone(), copy_kept: false },
                ..head.clone()
            }),
            _ => None,
        };
        Self { id, amendment: Box::new(amendment) }
    }
}

#[cfg(test)]
mod tests;
