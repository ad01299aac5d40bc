//! Keeping what was received. One small trait, so that a municipality on one machine and a province on
//! many use the same server; every implementation passes [`contract`].

pub mod contract;
mod sqlite;
mod writer;

pub use sqlite::SqliteStore;

use domain::SubmissionId;
use domain::submission::{BodyHash, Envelope, Kind};
use std::fmt;
use std::future::Future;

/// A submission to keep: the envelope as it came, and the hash of its sealed body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub envelope: Envelope,
    pub body: BodyHash,
}

/// What keeping a submission came to. Said only after it is on disk for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It stands, since this moment (milliseconds since 1970 by the server): new, or the same as before.
    Stands { received_at_ms: u64 },
    /// Another body stands under its id; this one was set aside.
    SetAside,
    /// It was erased at the person's request and stays erased.
    Erased,
}

/// One row as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSubmission {
    pub envelope: Envelope,
    pub received_at_ms: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreFault {
    /// More waits to be written than is held in memory; later it will fit.
    Busy,
    /// The disk is full, or the database failed.
    Failed(String),
}

impl fmt::Display for StoreFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreFault::Busy => f.write_str("too much waits to be written"),
            StoreFault::Failed(what) => write!(f, "the database failed: {what}"),
        }
    }
}

impl std::error::Error for StoreFault {}

/// A durable store. Everything is keyed by municipality and id.
pub trait SubmissionStore: Send + Sync + 'static {
    /// Keeps records, exactly once in effect; the answers stand in the same order. `Ok` means durable.
    fn keep(&self, records: Vec<Record>, now_ms: u64) -> impl Future<Output = Result<Vec<Kept>, StoreFault>> + Send;

    /// Changes when the store is replaced; part of every receipt.
    fn epoch(&self) -> [u8; 16];

    /// All of a kind, oldest first, from a moment on; `after` and `most` page through them.
    fn page(
        &self,
        kind: Kind,
        since_ms: u64,
        after: Option<(u64, SubmissionId)>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<StoredSubmission>, StoreFault>> + Send;

    /// Reads and writes a trifle.
    fn probe(&self) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// How many second bodies have been set aside.
    fn set_aside_count(&self) -> impl Future<Output = Result<u64, StoreFault>> + Send;
}

pub(crate) fn kind_number(kind: Kind) -> i64 {
    kind.number().into()
}

pub(crate) fn kind_of(number: i64) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind_number(*kind) == number)
}
