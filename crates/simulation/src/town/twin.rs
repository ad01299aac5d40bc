//! A store in memory that keeps the promises of [`SubmissionStore`]. At a crash it loses exactly
//! what a real one may lose: what was not committed.

use super::ledger::TownLedger;
use crate::bug::Bug;
use crate::executor::{pause, random, spawn};
use domain::SubmissionId;
use domain::submission::Kind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::{NewRecord, StoreFault, StoreOutcome, StoredSubmission, SubmissionStore};

/// The longest time that a commit may take, and the longest time that its confirmation may then
/// take, in milliseconds.
const COMMIT_MS_MAX: u64 = 40;
/// How long the planted bug waits before it stores what it has acknowledged.
const LATE_MS: u64 = 2_000;

/// A handle to a ledger, which is what is on disk and survives a crash.
#[derive(Clone, Default)]
pub struct MemoryStore {
    ledger: Arc<Mutex<TownLedger>>,
    backup: Arc<Mutex<TownLedger>>,
}

impl MemoryStore {
    /// The durable content.
    pub fn ledger(&self) -> MutexGuard<'_, TownLedger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a backup.
    pub fn back_up(&self) {
        *self.backup.lock().unwrap_or_else(PoisonError::into_inner) = self.ledger().clone();
    }

    /// Returns to the last backup, under a new epoch.
    pub fn restore(&self, epoch: [u8; 16]) {
        self.ledger().restore(&self.backup.lock().unwrap_or_else(PoisonError::into_inner), epoch);
    }

    fn commit_later(&self, records: Vec<NewRecord>, now_ms: u64) -> Vec<StoreOutcome> {
        let promised = self.ledger().clone().commit(&records, now_ms);
        let (store, process) = (self.clone(), crate::executor::current());
        spawn(process, async move {
            pause(LATE_MS).await;
            store.ledger().commit(&records, now_ms);
        });
        promised
    }
}

impl SubmissionStore for MemoryStore {
    async fn keep(
        &self,
        records: Vec<NewRecord>,
        now_ms: u64,
    ) -> Result<Vec<StoreOutcome>, StoreFault> {
        // If killed here, nothing is stored.
        pause(COMMIT_MS_MAX).await;
        let trouble = self.ledger().trouble;
        if random(|random| random.chance(trouble)) {
            return Err(if random(|random| random.pick(&[true, false])) {
                StoreFault::Busy
            } else {
                StoreFault::Failed("disk full".into())
            });
        }
        if self.ledger().bug == Some(Bug::AcknowledgeBeforeCommit) {
            return Ok(self.commit_later(records, now_ms));
        }
        let kept = self.ledger().commit(&records, now_ms);
        // If killed here, everything is stored and no caller learns it.
        pause(COMMIT_MS_MAX).await;
        Ok(kept)
    }

    fn epoch(&self) -> [u8; 16] {
        self.ledger().epoch
    }

    async fn page(
        &self,
        kind: Kind,
        since_ms: u64,
        after: Option<(u64, SubmissionId)>,
        most: u32,
    ) -> Result<Vec<StoredSubmission>, StoreFault> {
        Ok(self.ledger().page(kind, since_ms, after, most as usize))
    }

    async fn probe(&self) -> Result<(), StoreFault> {
        Ok(())
    }

    async fn are_pages_whole(&self) -> Result<Option<bool>, StoreFault> {
        Ok(None)
    }

    async fn set_aside_count(&self) -> Result<u64, StoreFault> {
        Ok(self.ledger().set_aside_count())
    }

    async fn has_entries(&self) -> Result<bool, StoreFault> {
        Ok(Kind::ALL.iter().any(|kind| !self.ledger().page(*kind, 0, None, 1).is_empty()))
    }

    /// A history has one key folder.
    async fn belongs_to(&self, _keys: [u8; 32]) -> Result<bool, StoreFault> {
        Ok(true)
    }

    async fn engine(&self) -> Result<String, StoreFault> {
        Ok("memory".into())
    }

    async fn close(self) {}
}
