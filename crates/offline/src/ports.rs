//! What this crate needs from the outside. Each port has a twin in [`crate::memory`], and the promises
//! of [`Storage`] stand in one contract that every twin runs: [`crate::storage_contract`].

use crate::parcel::Head;
use domain::SubmissionId;
use domain::submission::{Batch, REQUEST_BYTES_MAX, Receipt};

/// Why the device could not keep or read something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorageFault {
    /// The device is full. Nothing of the action was kept.
    Full,
    /// The store cannot be opened or used: private mode, blocked, lost connection.
    Unavailable(String),
    /// The store was written by a newer version of the app. Nothing was touched.
    Newer,
}

/// All that a store could read, and the ids of what it could not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Heads {
    pub readable: Vec<Head>,
    pub unreadable: Vec<SubmissionId>,
}

impl Heads {
    /// Lets receipts that lie beside their heads stand in them.
    pub fn receive(&mut self, receipts: impl IntoIterator<Item = Receipt>) {
        for receipt in receipts {
            if let Ok(at) = self.readable.binary_search_by_key(&receipt.id, |head| head.id) {
                self.readable[at].receive(receipt);
            }
        }
    }
}

/// What is to be written of some heads. Each id stands once in each list.
#[derive(Default)]
pub struct Amendments {
    /// From then on each of these heads is received, whatever it was before: a receipt is the last word.
    pub receipts: Vec<Receipt>,
    pub changes: Vec<Change>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Amended {
    /// Those whose heads are there.
    pub receipts: Vec<Receipt>,
    /// Those that changed, as they stand now.
    pub heads: Vec<Head>,
}

impl From<Vec<Receipt>> for Amendments {
    fn from(receipts: Vec<Receipt>) -> Self {
        Self { receipts, changes: Vec::new() }
    }
}

impl From<Vec<Change>> for Amendments {
    fn from(changes: Vec<Change>) -> Self {
        Self { receipts: Vec::new(), changes }
    }
}

/// A change to one stored head, decided before it is carried out; it is applied to what stands in the store then.
pub struct Change {
    pub id: SubmissionId,
    pub amendment: Amendment,
}

pub type Amendment = Box<dyn Fn(&Head) -> Option<Head>>;

/// A durable store on the device: two records a submission, head and envelope, under one id.
#[allow(async_fn_in_trait, reason = "the app has one thread; nothing here needs to be Send")]
pub trait Storage {
    /// Keeps both records or neither. `Ok` only when they are on disk for good.
    async fn keep(&self, head: &Head, envelope: &[u8]) -> Result<(), StorageFault>;

    /// All heads, in the order of their ids. One record that cannot be read does not hide the others.
    async fn heads(&self) -> Result<Heads, StorageFault>;

    /// How many heads there are, readable or not: among thousands that is known sooner than what they say.
    async fn count(&self) -> Result<usize, StorageFault>;

    /// One for each id, in their order; `None` where there is none.
    async fn envelopes(&self, ids: &[SubmissionId]) -> Result<Vec<Option<Vec<u8>>>, StorageFault>;

    /// Writes down receipts, then reads heads, changes them and writes them back, as one action: all or none. Where a change gives `None`, or
    /// there is no such head, nothing happens. Gives what was written.
    async fn amend(&self, amendments: &Amendments) -> Result<Amended, StorageFault>;

    /// Drops the envelopes of some submissions and keeps their heads.
    async fn drop_envelopes(&self, ids: &[SubmissionId]) -> Result<(), StorageFault>;

    /// Drops head and envelope of some submissions: what is asked for is gone, or nothing is.
    async fn erase(&self, ids: &[SubmissionId]) -> Result<(), StorageFault>;

    async fn envelope(&self, id: SubmissionId) -> Result<Option<Vec<u8>>, StorageFault> {
        self.envelopes(&[id]).await.map(|mut found| found.pop().flatten())
    }

    /// Small values of the app: the municipality's keys, the reader's language.
    async fn note(&self, name: &str) -> Result<Option<Vec<u8>>, StorageFault>;

    async fn set_note(&self, name: &str, value: &[u8]) -> Result<(), StorageFault>;
}

/// What came back of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exchange {
    Answered {
        status: u16,
        retry_after_s: Option<u64>,
        body: Vec<u8>,
    },
    /// No answer in time, or none at all.
    NoAnswer,
}

#[allow(async_fn_in_trait, reason = "the app has one thread; nothing here needs to be Send")]
pub trait Network {
    /// Posts a batch; gives up by itself after a bounded time.
    async fn post(&self, batch: Vec<u8>) -> Exchange;
}

pub trait Clock {
    /// Milliseconds since 1970 by the device, which may be wrong and may jump.
    fn now_ms(&self) -> u64;
}

/// Joins stored envelopes to the bytes of a [`Batch`] without reading them.
pub fn batch_of(envelopes: &[Vec<u8>]) -> Vec<u8> {
    let bytes = joined(envelopes);
    debug_assert!(bytes.len() <= 2 * REQUEST_BYTES_MAX);
    bytes
}

/// Postcard writes a list as its length (LEB128) and then its members.
pub(crate) fn joined(records: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = postcard::to_allocvec(&records.len()).expect("a number has a postcard form");
    records.iter().for_each(|record| bytes.extend_from_slice(record));
    bytes
}

/// Reads what [`batch_of`] joined.
pub fn read_batch(bytes: &[u8]) -> Result<Batch, postcard::Error> {
    postcard::from_bytes(bytes)
}
