//! Carries out what the outbox decides, through the three ports.

pub mod carrying;

use crate::answer::{self, Meaning, Obstacle};
use crate::outbox::{NextStep, Outbox};
use crate::parcel::{Attention, Head, Tally};
use crate::ports::{Change, Clock, Exchange, Network, Storage, StorageFault, batch_of};
use crate::sealing::Sealed;
use domain::SubmissionId;
use domain::submission::{PublicKeys, VerifyingKey};
use std::cell::RefCell;
use std::future::poll_fn;
use std::task::Poll;

/// Steps in one run, so that a page that is being left does not go on for ever.
const STEPS_PER_RUN: usize = 64;

/// The device's courier. Share it by `Rc`; nothing is borrowed across an await.
pub struct Courier<S, N, C> {
    storage: S,
    network: N,
    clock: C,
    outbox: RefCell<Outbox>,
    keys: RefCell<Option<PublicKeys>>,
}

impl<S: Storage, N: Network, C: Clock> Courier<S, N, C> {
    pub fn new(storage: S, network: N, clock: C, seed: u64) -> Self {
        Self { storage, network, clock, outbox: RefCell::new(Outbox::new(seed)), keys: RefCell::new(None) }
    }

    pub fn storage(&self) -> &S {
        &self.storage
    }

    pub fn clock(&self) -> &C {
        &self.clock
    }

    pub fn keys(&self) -> Option<PublicKeys> {
        self.keys.borrow().clone()
    }

    /// With which receipts are checked; none before the municipality's keys are known.
    pub fn verifying_keys(&self) -> Vec<VerifyingKey> {
        self.keys.borrow().as_ref().map(|keys| keys.signing.clone()).unwrap_or_default()
    }

    /// The municipality's keys became known, or were renewed.
    pub fn learn_keys(&self, keys: PublicKeys) {
        self.outbox.borrow_mut().learn_epoch(keys.epoch);
        *self.keys.borrow_mut() = Some(keys);
    }

    pub fn heads(&self) -> Vec<Head> {
        self.outbox.borrow().heads().to_vec()
    }

    pub fn tally(&self) -> Tally {
        self.outbox.borrow().tally()
    }

    pub fn obstacle(&self) -> Option<Obstacle> {
        self.outbox.borrow().obstacle()
    }

    pub fn next_order(&self) -> u64 {
        self.outbox.borrow().next_order()
    }

    pub fn hurry(&self) {
        self.outbox.borrow_mut().hurry();
    }

    /// Keeps a sealed submission. `Ok` is the one moment at which a screen may say "kept".
    pub async fn post(&self, sealed: &Sealed) -> Result<(), StorageFault> {
        if let Err(fault) = self.storage.keep(&sealed.head, &sealed.envelope).await {
            // A connection that was lost may hide that it was kept after all; a person who tried again would then have said it twice.
            let is_kept = self.storage.envelope(sealed.head.id).await.is_ok_and(|found| found.is_some());
            if !is_kept {
                return Err(fault);
            }
        }
        // The entry is safe; if reading the list back fails now, the next load shows it.
        let _ = self.load().await;
        self.hurry();
        Ok(())
    }

    /// Reads the store again: this tab's view becomes what is really there. A head that cannot be read
    /// stays where it is; gives how many there are.
    pub async fn load(&self) -> Result<usize, StorageFault> {
        let heads = self.storage.heads().await?;
        let unreadable = heads.unreadable.len();
        self.outbox.borrow_mut().load(heads.readable);
        Ok(unreadable)
    }

    /// Sends until nothing waits or something stands in the way. Gives the step that it stopped at.
    pub async fn deliver(&self) -> Result<NextStep, StorageFault> {
        self.load().await?;
        let mut has_sent = false;
        for _ in 0..STEPS_PER_RUN {
            let step = self.outbox.borrow().next_step(self.clock.now_ms());
            match step {
                NextStep::Send(batches) => {
                    all(batches.iter().map(|ids| self.send(ids)).collect()).await?;
                    has_sent = true;
                }
                // Another tab may have kept something meanwhile.
                _ if has_sent => {
                    self.load().await?;
                    has_sent = false;
                }
                _ => return Ok(step),
            }
        }
        Ok(NextStep::WaitUntil(self.clock.now_ms()))
    }

    async fn send(&self, ids: &[SubmissionId]) -> Result<(), StorageFault> {
        let (mut sent, mut envelopes, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
        for (&id, envelope) in ids.iter().zip(self.storage.envelopes(ids).await?) {
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
        let meaning = self.meaning_of(&exchange, &sent);
        let changes = self.outbox.borrow_mut().settle(&sent, meaning, self.clock.now_ms());
        self.carry_out(changes).await
    }

    async fn cannot_be_read(&self, ids: &[SubmissionId]) -> Result<(), StorageFault> {
        self.carry_out(ids.iter().map(|id| Change::needs_attention(*id, Attention::Unreadable)).collect()).await?;
        self.carry_out(ids.iter().map(|id| Change::copy_dropped(*id)).collect()).await?;
        // One that was erased by another tab has no head either.
        self.load().await.map(|_| ())
    }

    fn meaning_of(&self, exchange: &Exchange, sent: &[SubmissionId]) -> Meaning {
        let heads = self.outbox.borrow().heads_of(sent);
        answer::read(exchange, &heads, &self.verifying_keys())
    }

    async fn carry_out(&self, changes: Vec<Change>) -> Result<(), StorageFault> {
        if changes.is_empty() {
            return Ok(());
        }
        let amended = self.storage.amend(&changes).await?;
        self.outbox.borrow_mut().update(amended);
        Ok(())
    }

    /// A person asks to send a parcel that needed attention once more.
    pub async fn try_again(&self, id: SubmissionId) -> Result<(), StorageFault> {
        self.carry_out(vec![Change::try_again(id)]).await?;
        self.hurry();
        self.load().await.map(|_| ())
    }

    /// Drops sealed copies that the server has held long enough by its own clock.
    pub async fn drop_old_copies(&self, server_now_ms: u64) -> Result<(), StorageFault> {
        let ids = self.outbox.borrow().copies_to_drop(server_now_ms);
        if ids.is_empty() {
            return Ok(());
        }
        self.storage.drop_envelopes(&ids).await?;
        self.carry_out(ids.into_iter().map(Change::copy_dropped).collect()).await?;
        self.load().await.map(|_| ())
    }

    /// A person erases entries from this device. What was not sent is gone; what was sent is at the municipality.
    pub async fn erase(&self, ids: &[SubmissionId]) -> Result<(), StorageFault> {
        self.storage.erase(ids).await?;
        self.load().await.map(|_| ())
    }
}

/// Goes on with all of them until all have ended; gives the first fault. A few: whenever one wakes, each is asked.
async fn all<T>(futures: Vec<impl Future<Output = Result<(), T>>>) -> Result<(), T> {
    let mut running: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut outcome = Ok(());
    poll_fn(|context| {
        running.retain_mut(|future| match future.as_mut().poll(context) {
            Poll::Ready(ended) => {
                outcome = std::mem::replace(&mut outcome, Ok(())).and(ended);
                false
            }
            Poll::Pending => true,
        });
        if running.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    outcome
}
