//! Retention, legal holds, erasure, stages and the audit log: what a municipality must be able to
//! do with stored submissions, and to prove afterwards.

mod statements;

pub(super) use statements::{
    ASIDE_AT_ONCE, HOLDS, LAST_NOTED, about, added_to, added_to_due, alias, append, custody, due,
    erase_additions, floor_in, goes_alone, in_range, is_held, is_sealed_to,
};

use super::senders::{PUT_BACK, TAKEN_AWAY};
use super::{StoreFault, StoredSubmission};
use crate::audit::{AuditEntry, Link};
use domain::SubmissionId;
use domain::reference::Reference;
use domain::status::InquiryStage;
use domain::submission::{KeyId, Kind};
use std::future::Future;
use vault::Tombstone;

/// Who does something, when and why. Recorded in the audit log in the same transaction.
#[derive(Debug, Clone)]
pub struct AuditContext {
    /// Login of the staff member, or the part of the program that acts, as in `server`.
    pub who: String,
    /// The reason given, or other detail for the audit log.
    pub reason: String,
    /// Milliseconds since 1970.
    pub at_ms: u64,
}

/// Result of an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erasure {
    /// All that was stored under the id is deleted, and nothing will be stored under it again.
    Done {
        /// Submissions deleted: zero or one.
        entries: u64,
        /// Deleted envelopes that had been set aside under the same id.
        set_aside: u64,
    },
    /// It had been erased before.
    Already,
    /// A legal hold forbids it.
    Held,
}

/// Submissions whose retention period has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expired {
    /// Number that may be deleted.
    pub due: u64,
    /// Number that stay because of a hold.
    pub held: u64,
}

/// A submission that must not be deleted, for a court for instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The held id. A hold may begin before anything is stored under the id.
    pub id: SubmissionId,
    /// The reason given.
    pub reason: String,
    /// When the hold began, in milliseconds since 1970.
    pub since_ms: u64,
}

/// A body that was set aside because another one was stored under its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetAsideRow {
    /// The id of both.
    pub id: SubmissionId,
    /// When it arrived, in milliseconds since 1970.
    pub received_at_ms: u64,
    /// Its size.
    pub bytes: u64,
}

/// What one row of the audit log means for a server that caches inquiries in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditedChange {
    /// The number of that row.
    pub number: u64,
    /// Some submissions were deleted or put in quarantine; the audit log does not say which.
    pub is_taken_away: bool,
    /// Some submissions were taken out of quarantine.
    pub is_put_back: bool,
    /// The submission that was changed; `None` for all other rows, and if it no longer exists.
    pub id: Option<SubmissionId>,
}

/// Audited actions that only read.
const LOOKS: [&str; 2] = ["read", "letter"];

impl AuditedChange {
    /// `id` is the submission whose alias begins the detail. Servers before migration 0004 wrote
    /// the id itself into the detail.
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

/// What a store does for custody. Every implementation passes the second part of the contract.
pub trait Custody: Send + Sync + 'static {
    /// Deletes all that is stored under an id and leaves a tombstone, so that it is never stored
    /// again.
    fn erase(
        &self,
        id: SubmissionId,
        tombstone: Tombstone,
        audit: &AuditContext,
    ) -> impl Future<Output = Result<Erasure, StoreFault>> + Send;

    /// Counts the submissions of a kind received before `before_ms` (milliseconds since 1970).
    fn expired(
        &self,
        kind: Kind,
        before_ms: u64,
    ) -> impl Future<Output = Result<Expired, StoreFault>> + Send;

    /// Deletes the oldest submissions of a kind that were received before `before_ms` and are not
    /// held, at most `most`. Returns how many were deleted.
    fn expire(
        &self,
        kind: Kind,
        before_ms: u64,
        most: u32,
        audit: &AuditContext,
    ) -> impl Future<Output = Result<u64, StoreFault>> + Send;

    /// Protects an id from deletion. Returns false if it was already held.
    fn hold(
        &self,
        id: SubmissionId,
        audit: &AuditContext,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// Ends a hold. Returns false if the id was not held.
    fn release(
        &self,
        id: SubmissionId,
        audit: &AuditContext,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// All holds, oldest first.
    fn holds(&self) -> impl Future<Output = Result<Vec<Hold>, StoreFault>> + Send;

    /// Ids of the submissions with a reference number: usually one.
    fn ids_of(
        &self,
        reference: Reference,
    ) -> impl Future<Output = Result<Vec<SubmissionId>, StoreFault>> + Send;

    /// The submission stored under an id; `None` also if it is in quarantine
    /// (`SenderStore::quarantine`).
    fn entry(
        &self,
        id: SubmissionId,
    ) -> impl Future<Output = Result<Option<StoredSubmission>, StoreFault>> + Send;

    /// Stages that staff have set for a submission, with their times in milliseconds since 1970,
    /// oldest first.
    fn stages(
        &self,
        id: SubmissionId,
    ) -> impl Future<Output = Result<Vec<(InquiryStage, u64)>, StoreFault>> + Send;

    /// Records that a submission has reached a stage. Returns false if that was already recorded,
    /// or if nothing is stored under the id.
    fn set_stage(
        &self,
        id: SubmissionId,
        stage: InquiryStage,
        audit: &AuditContext,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// Begins a new epoch after the store was restored from a backup. By the epoch, devices notice
    /// that they must send again what they sent since the backup. Also raises edition numbers above
    /// all that any device can have seen. Running servers use the old epoch until they are
    /// restarted.
    fn begin_epoch(
        &self,
        epoch: [u8; 16],
        audit: &AuditContext,
    ) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// Records in the audit log an action that was performed outside the store.
    fn note(
        &self,
        what: &str,
        audit: &AuditContext,
    ) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// Records the start of an action that only one of several servers may do. Returns false, and
    /// records nothing, if the audit log has an entry `what` from `since_ms` up to `audit.at_ms`
    /// (both in milliseconds since 1970). Check and record are one transaction.
    fn claim(
        &self,
        what: &str,
        since_ms: u64,
        audit: &AuditContext,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// Bodies that were set aside because another one was stored under their id, newest first.
    fn set_aside_rows(
        &self,
        most: u32,
    ) -> impl Future<Output = Result<Vec<SetAsideRow>, StoreFault>> + Send;

    /// The time of the last entry `what` in the audit log, up to `until_ms`; both in milliseconds
    /// since 1970. `None` if there is none.
    fn last_noted(
        &self,
        what: &str,
        until_ms: u64,
    ) -> impl Future<Output = Result<Option<u64>, StoreFault>> + Send;

    /// The time of the newest submission or entry of the audit log, up to `until_ms`; both in
    /// milliseconds since 1970. `None` if there is none.
    fn newest(&self, until_ms: u64)
    -> impl Future<Output = Result<Option<u64>, StoreFault>> + Send;

    /// Records an action on a submission in the audit log. Returns false, and records nothing, if
    /// nothing is stored or held under the id.
    fn note_of(
        &self,
        id: SubmissionId,
        what: &str,
        audit: &AuditContext,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// The random name by which the audit log refers to a submission, generated when first needed.
    /// Returns `None` if nothing is stored or held under the id. Deleting the submission deletes
    /// the alias, so that the log no longer leads to it.
    fn alias(
        &self,
        id: SubmissionId,
    ) -> impl Future<Output = Result<Option<String>, StoreFault>> + Send;

    /// What the rows of the audit log after number `after` mean for cached inquiries, in order; at
    /// most `most`.
    fn changes(
        &self,
        after: u64,
        most: u32,
    ) -> impl Future<Output = Result<Vec<AuditedChange>, StoreFault>> + Send;

    /// The value that edition numbers were raised to when the store was restored from a backup;
    /// zero if it never was.
    fn edition_floor(&self) -> impl Future<Output = Result<u32, StoreFault>> + Send;

    /// Number of submissions sealed to a key, including those set aside.
    fn sealed_to(&self, key: KeyId) -> impl Future<Output = Result<u64, StoreFault>> + Send;

    /// Number of the last row of the audit log; zero if it is empty.
    fn last_audit_number(&self) -> impl Future<Output = Result<u64, StoreFault>> + Send;

    /// Rows of the audit log after number `after`, in order; at most `most`.
    fn audit(
        &self,
        after: u64,
        most: u32,
    ) -> impl Future<Output = Result<Vec<AuditEntry>, StoreFault>> + Send;
}

pub(super) fn stage_in(number: i64) -> Result<InquiryStage, StoreFault> {
    InquiryStage::of_number(number).ok_or_else(|| StoreFault::Failed("a stage is damaged".into()))
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

/// 2020-01-01, in seconds since 1970.
const FLOOR_BEGINS_S: u64 = 1_577_836_800;

/// The amount by which edition numbers are raised after a store is restored from a backup: the
/// seconds since 2020. The backup does not know how many editions devices have seen since it was
/// made. Staff decide less than once a second, so no number was ever ahead of this clock, however
/// often and from whichever backup a store is restored.
pub(crate) fn floor_after(before: u32, now_ms: u64) -> u32 {
    let seconds = (now_ms / 1_000).saturating_sub(FLOOR_BEGINS_S);
    u32::try_from(seconds).unwrap_or(u32::MAX).max(before.saturating_add(1))
}
