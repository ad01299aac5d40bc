//! Who sent what, by the day: to count a budget again after a restart, to look at what a flood brought, and to put it out of sight or erase it.

mod statements;

pub(super) use statements::senders;

use super::custody::Deed;
use super::{StoreFault, StoredSubmission, Tombstone};
use domain::SubmissionId;
use domain::submission::{BodyHash, Kind};
use std::future::Future;

/// Entries in one transaction: those that are received wait meanwhile.
pub const ENTRIES_AT_ONCE: usize = 1_000;
/// Deeds after which entries are gone that were there, as they stand in the audit.
pub const TAKEN_AWAY: [&str; 4] = ["erase", "retention", SET_ASIDE, ERASE_MANY];
/// Put out of sight, put back, and erased many at once: what a deed is called in the audit.
pub const SET_ASIDE: &str = "set aside";
pub const PUT_BACK: &str = "put back";
pub const ERASE_MANY: &str = "erase many";

/// A keyed hash of the network that something came from, on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SenderTag(pub [u8; 8]);

/// What one sender sent of a kind in some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentKind {
    pub sender: SenderTag,
    pub kind: Kind,
    pub entries: u64,
    /// Of their seals.
    pub bytes: u64,
    /// Of the entries, how many are out of sight.
    pub quarantined: u64,
}

/// One entry of a sender, without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentEntry {
    pub id: SubmissionId,
    pub kind: Kind,
    pub received_at_ms: u64,
    pub is_quarantined: bool,
}

/// What erasing many came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ErasedMany {
    pub erased: u64,
    /// Stay, because somebody said that they must be kept.
    pub held: u64,
}

/// A store's part in standing a flood. Every implementation passes the contract's fourth part.
pub trait SenderStore: Send + Sync + 'static {
    /// Whether each of these stands already, with this very body.
    fn standing(
        &self,
        entries: &[(SubmissionId, BodyHash)],
    ) -> impl Future<Output = Result<Vec<bool>, StoreFault>> + Send;

    /// What each sender sent from a moment up to another, of each kind.
    fn senders(
        &self,
        from_ms: u64,
        until_ms: u64,
    ) -> impl Future<Output = Result<Vec<SentKind>, StoreFault>> + Send;

    /// The entries of one sender in that time, by kind and oldest first; those out of sight too. There are as many as its budget lets in.
    fn sent_by(
        &self,
        sender: SenderTag,
        from_ms: u64,
        until_ms: u64,
    ) -> impl Future<Output = Result<Vec<SentEntry>, StoreFault>> + Send;

    /// What is kept under an id, also when it is out of sight.
    fn entry_in_or_out_of_sight(
        &self,
        id: SubmissionId,
    ) -> impl Future<Output = Result<Option<StoredSubmission>, StoreFault>> + Send;

    /// Puts entries out of sight, in one transaction; gives how many were not so before.
    fn quarantine(
        &self,
        ids: &[SubmissionId],
        deed: &Deed,
    ) -> impl Future<Output = Result<u64, StoreFault>> + Send;

    /// Puts them back; gives how many were out of sight.
    fn put_back(
        &self,
        ids: &[SubmissionId],
        deed: &Deed,
    ) -> impl Future<Output = Result<u64, StoreFault>> + Send;

    /// Erases entries as [`super::Custody::erase`] does one, in one transaction and with one entry in the audit. What is held stays.
    fn erase_many(
        &self,
        entries: &[(SubmissionId, Tombstone)],
        deed: &Deed,
    ) -> impl Future<Output = Result<ErasedMany, StoreFault>> + Send;

    /// Takes the senders' tags off entries that were received from a moment up to another, at most so many of a kind; gives how many.
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
        .map_err(|_| StoreFault::Failed("a sender's tag is damaged".into()))
}
