//! What this crate needs from the outside. Each port has an in-memory twin in [`crate::memory`].
//! The promises of [`Storage`] are written as one contract that every implementation runs:
//! [`crate::storage_contract`].

use crate::parcel::Head;
use domain::SubmissionId;
use domain::submission::{Batch, REQUEST_BYTES_MAX, Receipt};

/// Why the device could not store or read something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorageFault {
    /// The device is full. Nothing of the action was stored.
    Full,
    /// The store cannot be opened or used: private browsing, blocked, or connection lost. The text
    /// is the cause, for logs.
    Unavailable(String),
    /// The store was written by a newer version of the app. It was left unchanged.
    Newer,
}

/// All heads that a store could read, and the ids of those that it could not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heads {
    /// In the order of their ids.
    pub readable: Vec<Head>,
    /// Ids of records that are damaged or of a newer format.
    pub unreadable: Vec<SubmissionId>,
}

impl Heads {
    /// Applies receipts that are stored apart to their heads. Requires `readable` to be sorted by
    /// id.
    pub fn receive(&mut self, receipts: impl IntoIterator<Item = Receipt>) {
        for receipt in receipts {
            if let Ok(at) = self.readable.binary_search_by_key(&receipt.id, |head| head.id) {
                self.readable[at].receive(receipt);
            }
        }
    }
}

/// Changes to stored heads. Each id occurs at most once in each list.
#[derive(Default)]
pub struct Amendments {
    /// Each of these heads becomes received, whatever its state: a receipt is final.
    pub receipts: Vec<Receipt>,
    /// Applied after the receipts.
    pub changes: Vec<StoreChange>,
}

/// What [`Storage::amend`] wrote.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Amended {
    /// The receipts whose heads exist.
    pub receipts: Vec<Receipt>,
    /// The heads that changed, in their new state.
    pub heads: Vec<Head>,
}

impl From<Vec<Receipt>> for Amendments {
    fn from(receipts: Vec<Receipt>) -> Self {
        Self { receipts, changes: Vec::new() }
    }
}

impl From<Vec<StoreChange>> for Amendments {
    fn from(changes: Vec<StoreChange>) -> Self {
        Self { receipts: Vec::new(), changes }
    }
}

/// A change to one stored head. It is decided before it is carried out, and applied to the head
/// that is stored at that time.
pub struct StoreChange {
    /// Of the head to change.
    pub id: SubmissionId,
    /// How to change it.
    pub amendment: Amendment,
}

/// Returns the new head, or `None` to leave the stored one unchanged.
pub type Amendment = Box<dyn Fn(&Head) -> Option<Head>>;

/// A durable store on the device. It holds two records per submission, head and envelope, under one
/// id.
#[allow(
    async_fn_in_trait,
    reason = "the app is single-threaded, so no future here needs to be Send"
)]
pub trait Storage {
    /// Stores both records or neither. Returns `Ok` only when they are durable.
    async fn keep(&self, head: &Head, envelope: &[u8]) -> Result<(), StorageFault>;

    /// Returns all heads, in the order of their ids. One record that cannot be read does not hide
    /// the others.
    async fn heads(&self) -> Result<Heads, StorageFault>;

    /// Returns how many heads are stored, readable or not. With thousands of heads this is faster
    /// than reading them.
    async fn count(&self) -> Result<usize, StorageFault>;

    /// Returns one envelope per id, in the given order; `None` for an id without one.
    async fn envelopes(&self, ids: &[SubmissionId]) -> Result<Vec<Option<Vec<u8>>>, StorageFault>;

    /// Stores the receipts, then reads, changes and writes back the heads, in one transaction: all
    /// or nothing. A change that returns `None`, or whose head does not exist, has no effect.
    /// Returns what was written.
    async fn amend(&self, amendments: &Amendments) -> Result<Amended, StorageFault>;

    /// Deletes the envelopes of the given submissions and leaves their heads.
    async fn drop_envelopes(&self, ids: &[SubmissionId]) -> Result<(), StorageFault>;

    /// Deletes the head and the envelope of the given submissions, all or none.
    async fn erase(&self, ids: &[SubmissionId]) -> Result<(), StorageFault>;

    /// Returns one envelope; `None` if it does not exist.
    async fn envelope(&self, id: SubmissionId) -> Result<Option<Vec<u8>>, StorageFault> {
        self.envelopes(&[id]).await.map(|mut found| found.pop().flatten())
    }

    /// Reads a small value of the app, such as the municipality's keys or the reader's language;
    /// `None` if it was never set.
    async fn note(&self, name: &str) -> Result<Option<Vec<u8>>, StorageFault>;

    /// Stores a small value under a name and replaces an earlier one.
    async fn set_note(&self, name: &str, value: &[u8]) -> Result<(), StorageFault>;
}

/// The outcome of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exchange {
    /// Something answered; not necessarily the server.
    Answered {
        /// HTTP status.
        status: u16,
        /// Seconds from the `Retry-After` header, if there was one.
        retry_after_s: Option<u64>,
        /// The response body.
        body: Vec<u8>,
    },
    /// The request failed or timed out.
    NoAnswer,
}

/// Sends requests to the server.
#[allow(
    async_fn_in_trait,
    reason = "the app is single-threaded, so no future here needs to be Send"
)]
pub trait Network {
    /// Posts a batch. Times out on its own after a bounded time.
    async fn post(&self, batch: Vec<u8>) -> Exchange;
}

/// The device's clock.
pub trait Clock {
    /// Milliseconds since 1970 by the device's clock, which may be wrong and may jump.
    fn now_ms(&self) -> u64;
}

/// Concatenates stored envelopes into the bytes of a [`Batch`] without parsing them.
pub fn batch_of(envelopes: &[Vec<u8>]) -> Vec<u8> {
    let bytes = joined(envelopes);
    debug_assert!(bytes.len() <= 2 * REQUEST_BYTES_MAX);
    bytes
}

/// Postcard encodes a list as its length (LEB128) followed by its elements.
pub(crate) fn joined(records: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = postcard::to_allocvec(&records.len()).expect("a number serializes to postcard");
    records.iter().for_each(|record| bytes.extend_from_slice(record));
    bytes
}

/// Parses what [`batch_of`] wrote.
pub fn read_batch(bytes: &[u8]) -> Result<Batch, postcard::Error> {
    postcard::from_bytes(bytes)
}
