//! Durable storage of submissions. One small trait, so that a municipality with one machine and a
//! province with many use the same server; every implementation passes [`contract`].

#![warn(missing_docs)]

mod any;
pub mod audit;
pub mod contract;
mod custody;
mod door;
mod migrations;
mod moving;
mod office;
mod postgres;
mod senders;
mod sqlite;
mod writer;

pub use any::AnyStore;
pub use custody::{AuditContext, AuditedChange, Custody, Erasure, Expired, Hold, SetAsideRow};
pub use door::ADMINISTRATOR;
pub use door::{
    ChangedBy, DoorStore, HalfSessionRow, Invitation, PasswordHash, SecondFactorRow, SecondProof,
    SessionRow, StaffChange, StaffRow,
};
pub use moving::MoveFault;
pub use office::{
    ActRow, EventRow, LedgerKind, NewCaseEvent, OfficeStore, PagePosition, PlainView, SealedKind,
    SealedText, SeenRow, SettledRow, ViewRow,
};
pub use postgres::PostgresStore;
pub use senders::{
    ENTRIES_AT_ONCE, ERASE_MANY, ErasedMany, PUT_BACK, SET_ASIDE, SenderStore, SentEntry, SentKind,
    TAKEN_AWAY,
};
pub use sqlite::SqliteStore;

use domain::submission::{BodyHash, Envelope, Header, KeyId, Kind};
use domain::{MunicipalityId, SubmissionId};
use sqlx::{ColumnIndex, Decode, Row, Type};
use std::fmt;
use std::future::Future;
use vault::{Lookup, SenderTag, Tombstone};

/// A submission to store: the envelope as received, the hash of its sealed body, and what remains
/// of it if it is erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// The sealed envelope as received.
    pub envelope: Envelope,
    /// Hash of the sealed body.
    pub body: BodyHash,
    /// What remains if the submission is erased.
    pub tombstone: Tombstone,
    /// Keyed hash by which it is found from its tracking code.
    pub lookup: Lookup,
    /// The id under which it was sealed, if the submission was given another one.
    pub first: Option<FirstId>,
    /// Tag of the sender on this day; `None` for a submission imported from a file.
    pub sender: Option<SenderTag>,
}

/// The id under which a submission was sealed, where it is not the submission's own. A submission
/// stored under its other id is never stored under this one as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstId {
    /// The id in the sealed envelope.
    pub id: SubmissionId,
    /// Tombstone of that id.
    pub tombstone: Tombstone,
}

/// Most submissions whose ids end in the same bytes, and which therefore have the same reference
/// number. By chance, two among a million submissions share one. More than this many are generated
/// on purpose, and would slow down every status query for that reference number.
pub const ENTRIES_PER_ENDING_MAX: u32 = 32;

/// Result of storing one submission. Reported only after it is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreOutcome {
    /// It is stored: new, or identical to the stored one.
    Stands {
        /// When it was first received: server clock, milliseconds since 1970.
        received_at_ms: u64,
    },
    /// Another body is stored under its id; this one was set aside.
    SetAside,
    /// It was erased at the person's request and stays erased.
    Erased,
    /// [`ENTRIES_PER_ENDING_MAX`] submissions already have its reference number; it needs another
    /// id.
    ReferenceFull,
    /// [`ADDITIONS_MAX`](domain::addition::ADDITIONS_MAX) additions with its lookup are stored.
    TooManyAdditions,
}

/// A submission as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSubmission {
    /// The sealed envelope as received.
    pub envelope: Envelope,
    /// When it was first received: server clock, milliseconds since 1970.
    pub received_at_ms: u64,
}

/// Why the store could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreFault {
    /// The write queue is full. A later retry can succeed.
    Busy,
    /// No writable database can be reached at present. The text says why.
    Away(String),
    /// The disk is full, or the database reported an error. The text says which.
    Failed(String),
}

impl fmt::Display for StoreFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreFault::Busy => f.write_str("too much waits to be written"),
            StoreFault::Away(what) => write!(f, "no database is there: {what}"),
            StoreFault::Failed(what) => write!(f, "the database failed: {what}"),
        }
    }
}

impl std::error::Error for StoreFault {}

/// A durable store. All rows are keyed by municipality and id.
pub trait SubmissionStore: Send + Sync + 'static {
    /// Stores records. Idempotent. Returns one result per record, in the same order; `Ok` means
    /// that all of them are durable. `now_ms` is the time of receipt, in milliseconds since 1970.
    fn keep(
        &self,
        records: Vec<NewRecord>,
        now_ms: u64,
    ) -> impl Future<Output = Result<Vec<StoreOutcome>, StoreFault>> + Send;

    /// Identifies this instance of the store; changes when the store is restored from a backup.
    /// Part of every receipt.
    fn epoch(&self) -> [u8; 16];

    /// All submissions of a kind that are not in quarantine, oldest first, received at or after
    /// `since_ms`. `after` is the time and id of the previous page's last row, `most` the size of a
    /// page.
    fn page(
        &self,
        kind: Kind,
        since_ms: u64,
        after: Option<(u64, SubmissionId)>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<StoredSubmission>, StoreFault>> + Send;

    /// Checks that the database can be read and written.
    fn probe(&self) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// Whether every page of the database file is undamaged; `None` if the database checks its
    /// pages itself. Reads the whole file.
    fn are_pages_whole(&self) -> impl Future<Output = Result<Option<bool>, StoreFault>> + Send;

    /// Number of envelopes set aside because another body was stored under their id.
    fn set_aside_count(&self) -> impl Future<Output = Result<u64, StoreFault>> + Send;

    /// Whether any submission is stored.
    fn has_entries(&self) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// Whether the store belongs to the keys with this fingerprint. The first fingerprint asked for
    /// is recorded as the store's own. With other keys, receipts would differ and erased
    /// submissions could be accepted again.
    fn belongs_to(&self, keys: [u8; 32]) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// Name and version of the database.
    fn engine(&self) -> impl Future<Output = Result<String, StoreFault>> + Send;

    /// Writes all queued jobs and closes the database.
    fn close(self) -> impl Future<Output = ()> + Send;
}

/// The number of a kind as columns hold it.
pub(crate) fn kind_number(kind: Kind) -> i64 {
    kind.number().into()
}

fn kind_of(number: i64) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind_number(*kind) == number)
}

/// One page of stored submissions, oldest first. Both databases accept numbered parameters and this
/// syntax. `$3` must not be earlier than `$4`: SQLite looks up `$3` in its index, and with an
/// earlier value each page would scan all pages before it.
const PAGE: &str = "SELECT id, format, suite, kind, key, catalogue_version, sealed, received_at_ms FROM submission
    WHERE municipality = $1 AND kind = $2 AND received_at_ms >= $3 AND (received_at_ms, id) > ($4, $5)
    AND NOT EXISTS (SELECT 1 FROM quarantine WHERE quarantine.municipality = submission.municipality AND quarantine.id = submission.id)
    ORDER BY received_at_ms, id LIMIT $6";

/// The position after which a page begins, as parameters of [`PAGE`].
fn place(after: Option<(u64, SubmissionId)>) -> (i64, Vec<u8>) {
    after.map_or((0, Vec::new()), |(ms, id)| (ms as i64, id.as_bytes().to_vec()))
}

/// Decodes a row of `submission` from either database. Fails if a column is damaged.
fn stored<'r, R: Row>(
    municipality: &MunicipalityId,
    row: &'r R,
) -> Result<StoredSubmission, StoreFault>
where
    &'static str: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
{
    let damaged = || StoreFault::Failed("a row is damaged".into());
    let number = |name: &'static str| row.get::<i64, _>(name);
    let bytes = |name: &'static str| row.get::<Vec<u8>, _>(name);
    let header = Header {
        format: number("format") as u16,
        suite: number("suite") as u16,
        id: SubmissionId::from_bytes(bytes("id").try_into().map_err(|_| damaged())?),
        municipality: municipality.clone(),
        kind: kind_of(number("kind")).ok_or_else(damaged)?,
        key: KeyId(bytes("key").try_into().map_err(|_| damaged())?),
        catalogue_version: number("catalogue_version") as u32,
    };
    Ok(StoredSubmission {
        envelope: Envelope { header, sealed: bytes("sealed") },
        received_at_ms: number("received_at_ms") as u64,
    })
}
