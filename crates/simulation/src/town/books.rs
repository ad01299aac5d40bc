//! Where the town hall writes down what it receives: the twin in memory, or the real SQLite.

use super::sqlite::SqliteBooks;
use super::twin::MemoryStore;
use crate::executor::at_once;
use domain::SubmissionId;
use domain::submission::{BodyHash, Kind};
use server::store::{Kept, Record, StoreFault, StoredSubmission, SubmissionStore};

/// Rows that one history can make, many times over.
const ROWS_MAX: u32 = 10_000;

#[derive(Clone)]
pub enum Books {
    Twin(MemoryStore),
    Sqlite(SqliteBooks),
}

impl Books {
    pub fn rows(&self) -> Vec<StoredSubmission> {
        let of_kind = |kind: &Kind| match self {
            Self::Twin(store) => at_once(store.page(*kind, 0, None, ROWS_MAX)),
            Self::Sqlite(books) => books.page_now(*kind, 0, None, ROWS_MAX),
        };
        Kind::ALL.iter().flat_map(|kind| of_kind(kind).expect("books can be read")).collect()
    }

    /// What stands under an id.
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

    pub fn back_up(&self) {
        match self {
            Self::Twin(store) => store.back_up(),
            Self::Sqlite(books) => books.back_up(),
        }
    }

    pub fn restore(&self, epoch: [u8; 16]) {
        match self {
            Self::Twin(store) => store.restore(epoch),
            Self::Sqlite(books) => books.restore(epoch),
        }
    }

    /// Opens them again after the server died.
    pub fn open_again(&self) {
        if let Self::Sqlite(books) = self {
            books.open_again();
        }
    }

    /// Erases at a person's request, where the store can do that; tells whether it did.
    pub fn erase(&self, id: SubmissionId) -> bool {
        match self {
            Self::Twin(store) => {
                store.ledger().erase(id);
                true
            }
            Self::Sqlite(_) => false,
        }
    }

    /// How often a commit fails from now on, in ten thousand.
    pub fn set_trouble(&self, trouble: u32) {
        if let Self::Twin(store) = self {
            store.ledger().trouble = trouble;
        }
    }

    pub fn set_aside(&self) -> u64 {
        match self {
            Self::Twin(store) => store.ledger().set_aside_count(),
            Self::Sqlite(books) => books.set_aside_now(),
        }
    }
}

impl SubmissionStore for Books {
    async fn keep(&self, records: Vec<Record>, now_ms: u64) -> Result<Vec<Kept>, StoreFault> {
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

    async fn set_aside_count(&self) -> Result<u64, StoreFault> {
        Ok(self.set_aside())
    }

    async fn has_entries(&self) -> Result<bool, StoreFault> {
        Ok(!self.rows().is_empty())
    }

    /// A history has one folder of keys.
    async fn belongs_to(&self, _keys: [u8; 32]) -> Result<bool, StoreFault> {
        Ok(true)
    }

    async fn engine(&self) -> Result<String, StoreFault> {
        Ok("books".into())
    }

    async fn close(self) {}
}
