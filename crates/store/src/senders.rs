//! Senders by day: for counting budgets again after a restart, for reviewing what a flood sent, and
//! for putting it in quarantine or erasing it.

mod statements;

pub(super) use statements::senders;

use super::custody::AuditContext;
use super::{StoreFault, StoredSubmission};
use domain::SubmissionId;
use domain::submission::{BodyHash, Kind};
use std::future::Future;
use vault::{SenderTag, Tombstone};

/// Most submissions changed in one transaction, because submissions being received wait meanwhile.
pub const ENTRIES_AT_ONCE: usize = 1_000;
/// Names in the audit log of the actions that remove submissions from sight.
pub const TAKEN_AWAY: [&str; 4] = ["erase", "retention", SET_ASIDE, ERASE_MANY];
/// Name in the audit log of putting submissions in quarantine.
pub const SET_ASIDE: &str = "set aside";
/// Name in the audit log of taking submissions out of quarantine.
pub const PUT_BACK: &str = "put back";
/// Name in the audit log of erasing many submissions at once.
pub const ERASE_MANY: &str = "erase many";

/// What one sender sent of one kind within some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentKind {
    /// The sender.
    pub sender: SenderTag,
    /// The kind of submission.
    pub kind: Kind,
    /// Number of submissions.
    pub entries: u64,
    /// Bytes of their sealed bodies.
    pub bytes: u64,
    /// Number of those submissions in quarantine.
    pub quarantined: u64,
}

/// One submission of a sender, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentEntry {
    /// Id of the submission.
    pub id: SubmissionId,
    /// Kind of the submission.
    pub kind: Kind,
    /// When it was first received: server clock, milliseconds since 1970.
    pub received_at_ms: u64,
    /// Whether it is in quarantine.
    pub is_quarantined: bool,
}

/// Result of erasing many submissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ErasedMany {
    /// Number erased.
    pub erased: u64,
    /// Number that stay because of a hold.
    pub held: u64,
    /// Number of additions that stay because their question does: its history has their words too.
    /// Erasing the question erases them.
    pub with_question: u64,
}

/// What a store does about floods. Every implementation passes the fourth part of the contract.
pub trait SenderStore: Send + Sync + 'static {
    /// Whether each of these submissions is stored with exactly this body.
    fn standing(
        &self,
        entries: &[(SubmissionId, BodyHash)],
    ) -> impl Future<Output = Result<Vec<bool>, StoreFault>> + Send;

    /// What each sender sent of each kind, from `from_ms` until before `until_ms` (milliseconds
    /// since 1970).
    fn senders(
        &self,
        from_ms: u64,
        until_ms: u64,
    ) -> impl Future<Output = Result<Vec<SentKind>, StoreFault>> + Send;

    /// Submissions that one sender sent from `from_ms` until before `until_ms`, by kind and oldest
    /// first, including those in quarantine. Their number is bounded by the sender's budget.
    fn sent_by(
        &self,
        sender: SenderTag,
        from_ms: u64,
        until_ms: u64,
    ) -> impl Future<Output = Result<Vec<SentEntry>, StoreFault>> + Send;

    /// The submission stored under an id, also if it is in quarantine; `None` if there is none.
    fn entry_in_or_out_of_sight(
        &self,
        id: SubmissionId,
    ) -> impl Future<Output = Result<Option<StoredSubmission>, StoreFault>> + Send;

    /// Puts submissions in quarantine, in one transaction. Returns how many were not there before.
    fn quarantine(
        &self,
        ids: &[SubmissionId],
        audit: &AuditContext,
    ) -> impl Future<Output = Result<u64, StoreFault>> + Send;

    /// Takes submissions out of quarantine. Returns how many were in it.
    fn put_back(
        &self,
        ids: &[SubmissionId],
        audit: &AuditContext,
    ) -> impl Future<Output = Result<u64, StoreFault>> + Send;

    /// Erases submissions as [`super::Custody::erase`] does one, in one transaction and with one
    /// row in the audit log. Those that are held stay, and so do additions whose question stays;
    /// questions that are to be erased therefore come before their additions. Additions among
    /// `alone` go without a question that has their tracking code: they name another one, so its
    /// history does not have their words.
    fn erase_many(
        &self,
        entries: &[(SubmissionId, Tombstone)],
        alone: &[SubmissionId],
        audit: &AuditContext,
    ) -> impl Future<Output = Result<ErasedMany, StoreFault>> + Send;

    /// Removes the senders' tags from submissions received from `from_ms` until before `until_ms`,
    /// at most `most` of each kind. Returns how many were changed.
    fn forget_senders(
        &self,
        from_ms: u64,
        until_ms: u64,
        most: u32,
    ) -> impl Future<Output = Result<u64, StoreFault>> + Send;
}

pub(super) fn sender_in(bytes: Vec<u8>) -> Result<SenderTag, StoreFault> {
    bytes
        .try_into()
        .map(SenderTag)
        .map_err(|_| StoreFault::Failed("a sender’s tag is damaged".into()))
}
