//! The store of the simulated server: the in-memory version, or the real SQLite store.

use super::sqlite::SqliteBooks;
use super::twin::MemoryStore;
use crate::executor::at_once;
use domain::SubmissionId;
use domain::submission::{BodyHash, Kind};
use store::{NewRecord, StoreFault, StoreOutcome, StoredSubmission, SubmissionStore};

/// More rows than one history can make.
const ROWS_MAX: u32 = 10_000;

/// The store of a history.
#[derive(Clone)]
pub enum Books {
    /// In memory.
    Twin(MemoryStore),
    /// The real SQLite store.
    Sqlite(SqliteBooks),
}

impl Books {
    /// All rows of all kinds.
    pub fn rows(&self) -> Vec<StoredSubmission> {
        let of_kind = |kind: &Kind| match self {
            Self::Twin(store) => at_once(store.page(*kind, 0, None, ROWS_MAX)),
            Self::Sqlite(books) => books.page_now(*kind, 0, None, ROWS_MAX),
        };
        Kind::ALL.iter().flat_map(|kind| of_kind(kind).expect("the store can be read")).collect()
    }

    /// The hash of the body stored under an id; `None` if there is no row.
    pub fn body_of(&self, id: SubmissionId) -> Option<BodyHash> {
        match self {
            Self::Twin(store) => store.ledger().body_of(id),
            Self::Sqlite(_) => self
                .rows()
                .iter()
                .find(|row| row.envelope.header.id == id)
                .map(|row| super::hash_of(&row.envelope.sealed)),
        }
    }

    /// Takes a backup.
    pub fn back_up(&self) {
        match self {
            Self::Twin(store) => store.back_up(),
            Self::Sqlite(books) => books.back_up(),
        }
    }

    /// Returns to the last backup, under a new epoch.
    pub fn restore(&self, epoch: [u8; 16]) {
        match self {
            Self::Twin(store) => store.restore(epoch),
            Self::Sqlite(books) => books.restore(epoch),
        }
    }

    /// Opens the store again after the server died.
    pub fn open_again(&self) {
        if let Self::Sqlite(books) = self {
            books.open_again();
        }
    }

    /// Erases a submission at a person's request, if the store supports it; returns whether it did.
    pub fn erase(&self, id: SubmissionId) -> bool {
        match self {
            Self::Twin(store) => {
                store.ledger().erase(id);
                true
            }
            Self::Sqlite(_) => false,
        }
    }

    /// How often a commit fails from now on, in ten thousand. Has no effect on SQLite.
    pub fn set_trouble(&self, trouble: u32) {
        if let Self::Twin(store) = self {
            store.ledger().trouble = trouble;
        }
    }

    /// How many submissions were set aside.
    pub fn set_aside(&self) -> u64 {
        match self {
            Self::Twin(store) => store.ledger().set_aside_count(),
            Self::Sqlite(books) => books.set_aside_now(),
        }
    }
}

impl SubmissionStore for Books {
    async fn keep(
        &self,
        records: Vec<NewRecord>,
        now_ms: u64,
    ) -> Result<Vec<StoreOutcome>, StoreFault> {
        match self {
            Self::Twin(store) => store.keep(records, now_ms).await,
            Self::Sqlite(books) => books.keep(records, now_ms).await,
        }
    }

    fn epoch(&self) -> [u8; 16] {
        match self {
            Self::Twin(store) => store.epoch(),
            Self::Sqlite(books) => books.epoch(),
        }
    }

    async fn page(
        &self,
        kind: Kind,
        since_ms: u64,
        after: Option<(u64, SubmissionId)>,
        most: u32,
    ) -> Result<Vec<StoredSubmission>, StoreFault> {
        match self {
            Self::Twin(store) => store.page(kind, since_ms, after, most).await,
            Self::Sqlite(books) => books.page_now(kind, since_ms, after, most),
        }
    }

    async fn probe(&self) -> Result<(), StoreFault> {
        Ok(())
    }

    async fn are_pages_whole(&self) -> Result<Option<bool>, StoreFault> {
        Ok(None)
    }

    async fn set_aside_count(&self) -> Result<u64, StoreFault> {
        Ok(self.set_aside())
    }

    async fn has_entries(&self) -> Result<bool, StoreFault> {
        Ok(!self.rows().is_empty())
    }

    /// A history has one key folder.
    async fn belongs_to(&self, _keys: [u8; 32]) -> Result<bool, StoreFault> {
        Ok(true)
    }

    async fn engine(&self) -> Result<String, StoreFault> {
        Ok("books".into())
    }

    async fn close(self) {}
}
