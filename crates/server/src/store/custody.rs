//! What an office must be able to do with what it keeps: hold an entry for a court, let it go when its time is over,
//! erase it when the person asks, and show who did which.

mod statements;

pub(super) use statements::{
    ASIDE_AT_ONCE, about, alias, append, custody, due, floor_in, is_sealed_to,
};

use super::senders::{PUT_BACK, TAKEN_AWAY};
use super::{StoreFault, StoredSubmission, Tombstone};
use crate::audit::{AuditEntry, Link};
use domain::SubmissionId;
use domain::reference::Reference;
use domain::status::Stage;
use domain::submission::{KeyId, Kind};
use std::future::Future;

/// Who does something, when and why. Written down in the transaction that does it.
#[derive(Debug, Clone)]
pub struct Deed {
    pub who: String,
    pub reason: String,
    pub at_ms: u64,
}

/// What erasing came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasure {
    /// What was there under the id is gone, and will not be taken again.
    Done { entries: u64, set_aside: u64 },
    /// It was erased before.
    Already,
    /// Somebody said that it must be kept.
    Held,
}

/// Entries whose time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired {
    pub due: u64,
    /// Stay although their time is over.
    pub held: u64,
}

/// An entry that must be kept, whatever else is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub id: SubmissionId,
    pub reason: String,
    pub since_ms: u64,
}

/// What one entry of the audit means for whoever holds inquiries in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The audit's.
    pub number: u64,
    /// Entries are gone that were there, or out of sight: which, the audit does not say.
    pub is_taken_away: bool,
    /// Some are in sight again.
    pub is_put_back: bool,
    /// With which entry something was done; `None` of all else, and where that entry is gone.
    pub id: Option<SubmissionId>,
}

/// Looks change nothing.
const LOOKS: [&str; 2] = ["read", "letter"];

impl Change {
    /// `id` is whom the beginning of the detail means. Servers before version 0004 of the layout wrote the id itself.
    pub(super) fn of(number: u64, what: &str, detail: &str, id: Option<SubmissionId>) -> Self {
        let id = id.or_else(|| SubmissionId::parse(detail).ok()).filter(|_| !LOOKS.contains(&what));
        Self {
            number,
            is_taken_away: TAKEN_AWAY.contains(&what),
            is_put_back: what == PUT_BACK,
            id,
        }
    }
}

/// The office's part of a store. Every implementation passes the contract's second half.
pub trait Custody: Send + Sync + 'static {
    /// Deletes what is kept under an id, and leaves a tombstone so that it stays away.
    fn erase(
        &self,
        id: SubmissionId,
        tombstone: Tombstone,
        deed: &Deed,
    ) -> impl Future<Output = Result<Erasure, StoreFault>> + Send;

    /// How many of a kind were received before a moment.
    fn expired(
        &self,
        kind: Kind,
        before_ms: u64,
    ) -> impl Future<Output = Result<Expired, StoreFault>> + Send;

    /// Deletes the oldest of them that are not held, at most so many; gives how many.
    fn expire(
        &self,
        kind: Kind,
        before_ms: u64,
        most: u32,
        deed: &Deed,
    ) -> impl Future<Output = Result<u64, StoreFault>> + Send;

    /// Keeps an id from being deleted. False when it was held already.
    fn hold(
        &self,
        id: SubmissionId,
        deed: &Deed,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// Ends that. False when it was not held.
    fn release(
        &self,
        id: SubmissionId,
        deed: &Deed,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// All that is held, oldest first.
    fn holds(&self) -> impl Future<Output = Result<Vec<Hold>, StoreFault>> + Send;

    /// The ids of what is kept under a reference: usually one.
    fn ids_of(
        &self,
        reference: Reference,
    ) -> impl Future<Output = Result<Vec<SubmissionId>, StoreFault>> + Send;

    /// What is kept under an id; `None` also if it is out of sight (`SenderStore::quarantine`).
    fn entry(
        &self,
        id: SubmissionId,
    ) -> impl Future<Output = Result<Option<StoredSubmission>, StoreFault>> + Send;

    /// The stages that the office has said of an entry, with their moments, oldest first.
    fn stages(
        &self,
        id: SubmissionId,
    ) -> impl Future<Output = Result<Vec<(Stage, u64)>, StoreFault>> + Send;

    /// Says that an entry has come so far. False when that was said before, or nothing is kept under the id.
    fn set_stage(
        &self,
        id: SubmissionId,
        stage: Stage,
        deed: &Deed,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// After the store was put back from a backup: a new epoch, by which devices learn to offer again what they sent since, and
    /// numbers of editions that are above all that any device has seen. Servers that run have the old ones until they are started anew.
    fn begin_epoch(
        &self,
        epoch: [u8; 16],
        deed: &Deed,
    ) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// Writes down what was done elsewhere.
    fn note(&self, what: &str, deed: &Deed) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// Writes down what was done with an entry. False, and nothing is written, when nothing is kept or held under the id.
    fn note_of(
        &self,
        id: SubmissionId,
        what: &str,
        deed: &Deed,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// By what name the audit knows an entry, made when it is first asked for; `None` when nothing is kept or held under
    /// the id. What deletes the entry deletes the name, which leads to nobody from then on.
    fn alias(
        &self,
        id: SubmissionId,
    ) -> impl Future<Output = Result<Option<String>, StoreFault>> + Send;

    /// What the audit's entries after a number mean for inquiries, in order.
    fn changes(
        &self,
        after: u64,
        most: u32,
    ) -> impl Future<Output = Result<Vec<Change>, StoreFault>> + Send;

    /// How far numbers of editions were raised when the store was put back from backups; zero where it never was.
    fn edition_floor(&self) -> impl Future<Output = Result<u32, StoreFault>> + Send;

    /// How many entries are sealed to a key, also of those that were set aside.
    fn sealed_to(&self, key: KeyId) -> impl Future<Output = Result<u64, StoreFault>> + Send;

    /// The number of the audit's last entry; zero before the first.
    fn last_deed(&self) -> impl Future<Output = Result<u64, StoreFault>> + Send;

    /// The audit's entries in order, after a number.
    fn audit(
        &self,
        after: u64,
        most: u32,
    ) -> impl Future<Output = Result<Vec<AuditEntry>, StoreFault>> + Send;
}

pub(super) fn stage_in(number: i64) -> Result<Stage, StoreFault> {
    Stage::of_number(number).ok_or_else(|| StoreFault::Failed("a stage is damaged".into()))
}

pub(super) fn id_in(bytes: Vec<u8>) -> Result<SubmissionId, StoreFault> {
    bytes
        .try_into()
        .map(SubmissionId::from_bytes)
        .map_err(|_| StoreFault::Failed("an id is damaged".into()))
}

pub(super) fn link_in(bytes: Vec<u8>) -> Result<Link, StoreFault> {
    bytes.try_into().map_err(|_| StoreFault::Failed("the audit is damaged".into()))
}
