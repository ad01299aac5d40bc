//! Carries out what the outbox decides, through the three ports.

pub mod carrying;

use crate::answer::{self, Meaning, Obstacle};
use crate::outbox::{NextStep, Outbox};
use crate::parcel::{Attention, Head, ParcelTally};
use crate::ports::{
    Amendments, Clock, Exchange, Network, Storage, StorageFault, StoreChange, batch_of,
};
use crate::sealing::{Sealed, under_another_id};
use domain::SubmissionId;
use domain::submission::{PublicKeys, Refusal, VerifyingKey};
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// Most requests per run, so that a page that is being closed does not send for ever.
const REQUESTS_PER_RUN: usize = 192;

/// Sends this device's submissions. Share it by `Rc`; no `RefCell` borrow is held across an await.
pub struct Courier<S, N, C> {
    storage: S,
    network: N,
    clock: C,
    outbox: RefCell<Outbox>,
    unreadable: Cell<usize>,
    keys: RefCell<Option<PublicKeys>>,
}

impl<S: Storage, N: Network, C: Clock> Courier<S, N, C> {
    /// Creates a courier with an empty queue; [`Courier::load`] fills it. `seed` varies the
    /// back-off between devices.
    pub fn new(storage: S, network: N, clock: C, seed: u64) -> Self {
        Self {
            storage,
            network,
            clock,
            outbox: RefCell::new(Outbox::new(seed)),
            unreadable: Cell::new(0),
            keys: RefCell::new(None),
        }
    }

    /// The store.
    pub fn storage(&self) -> &S {
        &self.storage
    }

    /// The clock.
    pub fn clock(&self) -> &C {
        &self.clock
    }

    /// The municipality's public keys; `None` until they are known.
    pub fn keys(&self) -> Option<PublicKeys> {
        self.keys.borrow().clone()
    }

    /// The keys that receipts are verified with; empty until the municipality's keys are known.
    pub fn verifying_keys(&self) -> Vec<VerifyingKey> {
        self.keys.borrow().as_ref().map(|keys| keys.signing.clone()).unwrap_or_default()
    }

    /// Sets the municipality's public keys, and with them the server's epoch.
    pub fn learn_keys(&self, keys: PublicKeys) {
        self.outbox.borrow_mut().learn_epoch(keys.epoch);
        *self.keys.borrow_mut() = Some(keys);
    }

    /// The submissions of this device, oldest first, as last loaded.
    pub fn heads(&self) -> Vec<Head> {
        self.outbox.borrow().heads().to_vec()
    }

    /// Counts the submissions by state.
    pub fn tally(&self) -> ParcelTally {
        self.outbox.borrow().tally()
    }

    /// What kept the last attempt from reaching the server; `None` after one that reached it.
    pub fn obstacle(&self) -> Option<Obstacle> {
        self.outbox.borrow().obstacle()
    }

    /// The order number for the next parcel.
    pub fn next_order(&self) -> u64 {
        self.outbox.borrow().next_order()
    }

    /// Ends a back-off, so that the next [`Courier::deliver`] sends at once.
    pub fn hurry(&self) {
        self.outbox.borrow_mut().hurry();
    }

    /// Stores a sealed submission. Only after `Ok` may a screen say "kept".
    pub async fn post(&self, sealed: &Sealed) -> Result<(), StorageFault> {
        if let Err(fault) = self.storage.keep(&sealed.head, &sealed.envelope).await {
            // A lost connection to the store may hide that the submission was stored after all. If
            // the person then sent it again, the municipality would have it twice.
            let is_kept =
                self.storage.envelope(sealed.head.id).await.is_ok_and(|found| found.is_some());
            if !is_kept {
                return Err(fault);
            }
        }
        // The submission is safe; if reading the list back fails now, the next load shows it.
        let _ = self.load().await;
        self.hurry();
        Ok(())
    }

    /// How many stored heads could not be read. They stay in the store untouched.
    pub fn unreadable(&self) -> usize {
        self.unreadable.get()
    }

    /// Reads the store again, so that this tab shows what is really stored.
    pub async fn load(&self) -> Result<(), StorageFault> {
        let heads = self.storage.heads().await?;
        self.unreadable.set(heads.unreadable.len());
        self.outbox.borrow_mut().load(heads.readable);
        Ok(())
    }

    /// Sends until nothing is waiting or an obstacle comes up, and returns the step at which it
    /// stopped. As soon as a request is answered and its result is stored, the next one is sent.
    pub async fn deliver(&self) -> Result<NextStep, StorageFault> {
        self.load().await?;
        let (mut sending, mut on_the_way, mut left) = (Vec::new(), Vec::new(), REQUESTS_PER_RUN);
        let (mut has_sent, mut is_stopped, mut outcome) = (false, false, Ok(()));
        loop {
            let step = self.outbox.borrow().next_step_beside(&on_the_way, self.clock.now_ms());
            if let (NextStep::Send(batches), Ok(()), false) = (&step, &outcome, is_stopped) {
                for ids in batches.iter().take(left) {
                    on_the_way.push(ids.clone());
                    sending.push(Box::pin(self.send(ids.clone())));
                    left -= 1;
                    has_sent = true;
                }
            }
            if !sending.is_empty() {
                let (at, ended) = first_of(&mut sending).await;
                on_the_way.swap_remove(at);
                outcome = outcome.and(ended);
                // An obstacle is reported before the next attempt, however soon that may be due.
                is_stopped |= self.obstacle().is_some();
                continue;
            }
            std::mem::replace(&mut outcome, Ok(()))?;
            match step {
                NextStep::Send(_) => return Ok(NextStep::WaitUntil(self.clock.now_ms())),
                // Another tab may have stored something in the meantime.
                NextStep::Rest if has_sent => {
                    if self.storage.count().await?
                        != self.outbox.borrow().heads().len() + self.unreadable()
                    {
                        self.load().await?;
                    }
                    has_sent = false;
                }
                step => return Ok(step),
            }
        }
    }

    async fn send(&self, ids: Vec<SubmissionId>) -> Result<(), StorageFault> {
        let (mut sent, mut envelopes, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
        let stored = self.storage.envelopes(&ids).await?;
        for (id, envelope) in ids.into_iter().zip(stored) {
            match envelope {
                Some(envelope) => {
                    sent.push(id);
                    envelopes.push(envelope);
                }
                None => unreadable.push(id),
            }
        }
        if !unreadable.is_empty() {
            self.cannot_be_read(&unreadable).await?;
        }
        if sent.is_empty() {
            return Ok(());
        }
        let exchange = self.network.post(batch_of(&envelopes)).await;
        let mut meaning = self.meaning_of(&exchange, &sent);
        let without_room = answer::take_those_without_room(&mut meaning);
        let amendments = self.outbox.borrow_mut().settle(&sent, meaning, self.clock.now_ms());
        self.carry_out(amendments).await?;
        for id in without_room {
            self.give_another_id(id).await?;
        }
        Ok(())
    }

    /// Moves a submission to another id, once, because the server has no room left under its
    /// reference number. The new record is stored before the old one is deleted. The step is
    /// idempotent: after a crash in between, the same id is derived again.
    async fn give_another_id(&self, id: SubmissionId) -> Result<(), StorageFault> {
        let head = self.outbox.borrow().heads_of(&[id]).pop();
        let envelope = self.storage.envelope(id).await?;
        let other =
            head.zip(envelope).and_then(|(head, envelope)| under_another_id(&head, &envelope));
        let Some(other) = other else {
            return self
                .change([StoreChange::needs_attention(
                    id,
                    Attention::Refused(Refusal::ReferenceFull),
                )])
                .await;
        };
        if self.storage.envelope(other.head.id).await?.is_none() {
            self.storage.keep(&other.head, &other.envelope).await?;
        }
        self.storage.erase(&[id]).await?;
        self.load().await
    }

    async fn cannot_be_read(&self, ids: &[SubmissionId]) -> Result<(), StorageFault> {
        self.change(ids.iter().map(|id| StoreChange::needs_attention(*id, Attention::Unreadable)))
            .await?;
        self.change(ids.iter().map(|id| StoreChange::copy_dropped(*id))).await?;
        // A submission that another tab erased has no head either; the reload drops it.
        self.load().await
    }

    fn meaning_of(&self, exchange: &Exchange, sent: &[SubmissionId]) -> Meaning {
        let heads = self.outbox.borrow().heads_of(sent);
        answer::read(exchange, &heads, &self.verifying_keys())
    }

    async fn change(
        &self,
        changes: impl IntoIterator<Item = StoreChange>,
    ) -> Result<(), StorageFault> {
        self.carry_out(changes.into_iter().collect::<Vec<_>>().into()).await
    }

    async fn carry_out(&self, amendments: Amendments) -> Result<(), StorageFault> {
        if amendments.receipts.is_empty() && amendments.changes.is_empty() {
            return Ok(());
        }
        let amended = self.storage.amend(&amendments).await?;
        self.outbox.borrow_mut().update(amended);
        Ok(())
    }

    /// Queues a parcel that needed attention for another attempt, on a person's request.
    pub async fn try_again(&self, id: SubmissionId) -> Result<(), StorageFault> {
        self.change([StoreChange::try_again(id)]).await?;
        self.hurry();
        self.load().await
    }

    /// Deletes the sealed copies of submissions that the server has held long enough by its own
    /// clock (`server_now_ms`, milliseconds since 1970).
    pub async fn drop_old_copies(&self, server_now_ms: u64) -> Result<(), StorageFault> {
        let ids = self.outbox.borrow().copies_to_drop(server_now_ms);
        if ids.is_empty() {
            return Ok(());
        }
        self.storage.drop_envelopes(&ids).await?;
        self.change(ids.into_iter().map(StoreChange::copy_dropped)).await?;
        self.load().await
    }

    /// Erases submissions from this device, on a person's request. What was not sent is lost; what
    /// was sent stays with the municipality.
    pub async fn erase(&self, ids: &[SubmissionId]) -> Result<(), StorageFault> {
        self.storage.erase(ids).await?;
        self.load().await
    }
}

/// Polls all futures until one completes, and removes it. Returns its index and output. On each
/// wake-up all of them are polled, which is fine for a few.
async fn first_of<F: Future>(running: &mut Vec<Pin<Box<F>>>) -> (usize, F::Output) {
    let (at, ended) = poll_fn(|context| {
        let ended = |(at, future): (usize, &mut Pin<Box<F>>)| match future.as_mut().poll(context) {
            Poll::Ready(ended) => Some((at, ended)),
            Poll::Pending => None,
        };
        running.iter_mut().enumerate().find_map(ended).map_or(Poll::Pending, Poll::Ready)
    })
    .await;
    drop(running.swap_remove(at));
    (at, ended)
}
