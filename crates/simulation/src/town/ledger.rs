//! What is on the simulated server's disk: rows, what was set aside, what was erased, and the
//! epoch.

use crate::bug::Bug;
use domain::SubmissionId;
use domain::submission::{BodyHash, Envelope, Kind};
use std::collections::{BTreeMap, BTreeSet};
use store::{NewRecord, StoreOutcome, StoredSubmission};

#[derive(Debug, Clone)]
struct TownRow {
    envelope: Envelope,
    body: BodyHash,
    received_at_ms: u64,
}

/// The durable content of the in-memory store.
#[derive(Debug, Clone)]
pub struct TownLedger {
    rows: BTreeMap<SubmissionId, TownRow>,
    set_aside: BTreeSet<(SubmissionId, [u8; 32])>,
    erased: BTreeSet<SubmissionId>,
    /// Duplicates; only a store with [`Bug::NoIdempotency`] has any.
    doubled: Vec<TownRow>,
    /// Identifies this instance of the store; a restore changes it.
    pub epoch: [u8; 16],
    /// The bug planted on purpose, if any.
    pub bug: Option<Bug>,
    /// How often a commit fails, in ten thousand.
    pub trouble: u32,
}

impl Default for TownLedger {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            set_aside: BTreeSet::new(),
            erased: BTreeSet::new(),
            doubled: Vec::new(),
            epoch: [1; 16],
            bug: None,
            trouble: 0,
        }
    }
}

impl TownLedger {
    /// An empty ledger.
    pub fn new(bug: Option<Bug>) -> Self {
        Self { bug, ..Self::default() }
    }

    /// Commits all records as one transaction and returns one outcome per record.
    pub fn commit(&mut self, records: &[NewRecord], now_ms: u64) -> Vec<StoreOutcome> {
        records.iter().map(|record| self.keep(record, now_ms)).collect()
    }

    fn keep(&mut self, record: &NewRecord, now_ms: u64) -> StoreOutcome {
        let id = record.envelope.header.id;
        let fresh = TownRow {
            envelope: record.envelope.clone(),
            body: record.body,
            received_at_ms: now_ms,
        };
        if self.erased.contains(&id) {
            return StoreOutcome::Erased;
        }
        match self.rows.get(&id) {
            Some(_) if self.bug == Some(Bug::NoIdempotency) => {
                self.doubled.push(fresh);
                StoreOutcome::Stands { received_at_ms: now_ms }
            }
            Some(first) if first.body == record.body => {
                StoreOutcome::Stands { received_at_ms: first.received_at_ms }
            }
            Some(_) => {
                self.set_aside.insert((id, record.body.0));
                StoreOutcome::SetAside
            }
            None => {
                self.rows.insert(id, fresh);
                StoreOutcome::Stands { received_at_ms: now_ms }
            }
        }
    }

    /// The hash of the body stored under an id; `None` if there is no row.
    pub fn body_of(&self, id: SubmissionId) -> Option<BodyHash> {
        self.rows.get(&id).map(|row| row.body)
    }

    /// How many submissions were set aside.
    pub fn set_aside_count(&self) -> u64 {
        self.set_aside.len() as u64
    }

    /// One page of rows of a kind, received at `since_ms` or later, in the order of time and id,
    /// after the position `after`; at most `most`.
    pub fn page(
        &self,
        kind: Kind,
        since_ms: u64,
        after: Option<(u64, SubmissionId)>,
        most: usize,
    ) -> Vec<StoredSubmission> {
        let is_asked_for = |row: &&TownRow| {
            let header = &row.envelope.header;
            header.kind == kind
                && row.received_at_ms >= since_ms
                && after.is_none_or(|after| (row.received_at_ms, header.id) > after)
        };
        let mut rows: Vec<&TownRow> =
            self.rows.values().chain(&self.doubled).filter(is_asked_for).collect();
        rows.sort_by_key(|row| (row.received_at_ms, row.envelope.header.id));
        rows.iter()
            .take(most)
            .map(|row| StoredSubmission {
                envelope: row.envelope.clone(),
                received_at_ms: row.received_at_ms,
            })
            .collect()
    }

    /// Erases at a person's request: the row is deleted, its id stays on record.
    pub fn erase(&mut self, id: SubmissionId) {
        self.rows.remove(&id);
        self.erased.insert(id);
    }

    /// Replaces the rows by those of the backup, under a new epoch; what was erased since stays
    /// erased.
    pub fn restore(&mut self, backup: &TownLedger, epoch: [u8; 16]) {
        let erased = std::mem::take(&mut self.erased);
        let kept_epoch = self.epoch;
        *self = TownLedger { bug: self.bug, trouble: self.trouble, ..backup.clone() };
        self.epoch = if self.bug == Some(Bug::SameEpochAfterRestore) { kept_epoch } else { epoch };
        self.rows.retain(|id, _| !erased.contains(id));
        self.erased.extend(erased);
    }
}
