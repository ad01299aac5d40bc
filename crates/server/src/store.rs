//! Keeping what was received. One small trait, so that a municipality on one machine and a province on
//! many use the same server; every implementation passes [`contract`].

mod any;
pub mod contract;
mod custody;
mod door;
mod migrations;
mod office;
mod postgres;
mod senders;
mod sqlite;
mod writer;

pub use any::Store;
pub use custody::{Change, Custody, Deed, Erasure, Expired, Hold};
pub(crate) use door::ADMINISTRATOR;
pub use door::{
    ChangedBy, DoorStore, HalfSessionRow, Invitation, PasswordHash, SecondFactorRow, SecondProof,
    SessionRow, StaffChange, StaffRow,
};
pub use office::{
    ActRow, Book, Done, EventRow, OfficeStore, Place, PlainView, SealedKind, SealedText, SeenRow,
    SettledRow, ViewRow,
};
pub use postgres::PostgresStore;
pub use senders::{
    ENTRIES_AT_ONCE, ERASE_MANY, ErasedMany, PUT_BACK, SET_ASIDE, SenderStore, SenderTag,
    SentEntry, SentKind, TAKEN_AWAY,
};
pub use sqlite::SqliteStore;

use domain::submission::{BodyHash, Envelope, Header, KeyId, Kind};
use domain::{MunicipalityId, SubmissionId};
use sqlx::{ColumnIndex, Decode, Row, Type};
use std::fmt;
use std::future::Future;

/// A submission to keep: the envelope as it came, the hash of its sealed body, and what would stay of it if it was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub envelope: Envelope,
    pub body: BodyHash,
    pub tombstone: Tombstone,
    pub lookup: Lookup,
    /// The id that it had before it was given another one.
    pub first: Option<FirstId>,
    /// Whom it came from on this day; `None` of what came by file.
    pub sender: Option<SenderTag>,
}

/// The id under which an entry was sealed, where that is not its own. Kept under the other id, it is not kept under this one too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstId {
    pub id: SubmissionId,
    pub tombstone: Tombstone,
}

/// A keyed hash of an id: enough to know it when it comes again, and nothing to those without the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tombstone(pub [u8; 32]);

/// A keyed hash of the secret on an entry's receipt, by which its status is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lookup(pub [u8; 16]);

/// Entries whose ids end alike, and which therefore bear the same reference. By chance two do among
/// a million; more than this many are somebody's work, and everyone who looks one up would pay.
pub const ENTRIES_PER_ENDING_MAX: u32 = 32;

/// What keeping a submission came to. Said only after it is on disk for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It stands, since this moment (milliseconds since 1970 by the server): new, or the same as before.
    Stands { received_at_ms: u64 },
    /// Another body stands under its id; this one was set aside.
    SetAside,
    /// It was erased at the person's request and stays erased.
    Erased,
    /// [`ENTRIES_PER_ENDING_MAX`] entries bear its reference; it needs another id.
    ReferenceFull,
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
    /// No database is there to write to, for now.
    Away(String),
    /// The disk is full, or the database failed.
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

/// A durable store. Everything is keyed by municipality and id.
pub trait SubmissionStore: Send + Sync + 'static {
    /// Keeps records, exactly once in effect; the answers stand in the same order. `Ok` means durable.
    fn keep(
        &self,
        records: Vec<Record>,
        now_ms: u64,
    ) -> impl Future<Output = Result<Vec<Kept>, StoreFault>> + Send;

    /// Changes when the store is replaced; part of every receipt.
    fn epoch(&self) -> [u8; 16];

    /// All of a kind that is in sight, oldest first, from a moment on; `after` and `most` page through them.
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

    /// Whether anything was ever received.
    fn has_entries(&self) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// Whether the store goes with these keys, known by their mark; the first that ask make it theirs.
    /// With others, receipts would differ and what was erased could come back.
    fn belongs_to(&self, keys: [u8; 32]) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// The database's name and version.
    fn engine(&self) -> impl Future<Output = Result<String, StoreFault>> + Send;

    /// Writes what still waits, and closes the database.
    fn close(self) -> impl Future<Output = ()> + Send;
}

pub(crate) fn kind_number(kind: Kind) -> i64 {
    kind.number().into()
}

fn kind_of(number: i64) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind_number(*kind) == number)
}

/// One page of what was kept, oldest first. Both databases understand numbered parameters and the same words. $3 must not lie before $4: it is
/// what SQLite looks up in its index, and an earlier one makes each page walk over all pages before it.
const PAGE: &str = "SELECT id, format, suite, kind, key, catalogue_version, sealed, received_at_ms FROM submission
    WHERE municipality = $1 AND kind = $2 AND received_at_ms >= $3 AND (received_at_ms, id) > ($4, $5)
    AND NOT EXISTS (SELECT 1 FROM quarantine WHERE quarantine.municipality = submission.municipality AND quarantine.id = submission.id)
    ORDER BY received_at_ms, id LIMIT $6";

/// The place in a page's order after which it begins.
fn place(after: Option<(u64, SubmissionId)>) -> (i64, Vec<u8>) {
    after.map_or((0, Vec::new()), |(ms, id)| (ms as i64, id.as_bytes().to_vec()))
}

/// A row of `submission` put together again, whichever database it came from.
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
