//! The server's own SQLite store behind a simulated server. Each call is one step of the history.
//! What its threads do inside a step is invisible to the history, so the same seed still produces
//! the same history.

use crate::executor::pause;
use crate::town::municipality;
use domain::SubmissionId;
use domain::submission::Kind;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use store::{NewRecord, SqliteStore, StoreFault, StoreOutcome, StoredSubmission, SubmissionStore};
use tokio::runtime::Runtime;

const STEP_MS_MAX: u64 = 40;

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Runtime::new().expect("threads can be started"));

/// A handle to a real database in a temporary folder.
#[derive(Clone)]
pub struct SqliteBooks(Arc<Mutex<SqliteInside>>);

struct SqliteInside {
    dir: tempfile::TempDir,
    /// Number of the current database file: a restored one gets a new name.
    number: u32,
    store: Arc<SqliteStore>,
}

impl SqliteInside {
    fn file(&self, number: u32) -> PathBuf {
        self.dir.path().join(format!("hub-{number}.sqlite"))
    }

    fn backup(&self) -> PathBuf {
        self.dir.path().join("backup.sqlite")
    }
}

fn opened(path: PathBuf) -> Arc<SqliteStore> {
    Arc::new(
        RUNTIME.block_on(SqliteStore::open(&path, municipality())).expect("the database is sound"),
    )
}

/// Runs one statement from outside the store, as an administrator would.
fn run(path: PathBuf, statement: &'static str, value: Vec<u8>) {
    RUNTIME.block_on(async {
        let mut connection = SqliteConnectOptions::new()
            .filename(path)
            .connect()
            .await
            .expect("the database is there");
        sqlx::query(statement)
            .bind(value)
            .execute(&mut connection)
            .await
            .expect("the statement is sound");
        connection.close().await.expect("it was open");
    });
}

impl Default for SqliteBooks {
    fn default() -> Self {
        let memory = std::path::Path::new("/dev/shm");
        let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }
            .expect("a temporary folder can be created");
        let store = opened(dir.path().join("hub-0.sqlite"));
        Self(Arc::new(Mutex::new(SqliteInside { dir, number: 0, store })))
    }
}

impl SqliteBooks {
    fn inside(&self) -> MutexGuard<'_, SqliteInside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn store(&self) -> Arc<SqliteStore> {
        self.inside().store.clone()
    }

    /// Opens the database again, as a restarted server does.
    pub fn open_again(&self) {
        let mut inside = self.inside();
        inside.store = opened(inside.file(inside.number));
    }

    /// Writes a backup beside the database and replaces the earlier one.
    pub fn back_up(&self) {
        let inside = self.inside();
        // No backup exists on the first night.
        let _ = std::fs::remove_file(inside.backup());
        run(
            inside.file(inside.number),
            "VACUUM INTO CAST(? AS TEXT)",
            inside.backup().to_string_lossy().into_owned().into_bytes(),
        );
    }

    /// Replaces the database by the last backup, under a new epoch.
    pub fn restore(&self, epoch: [u8; 16]) {
        let mut inside = self.inside();
        inside.number += 1;
        let file = inside.file(inside.number);
        std::fs::copy(inside.backup(), &file).expect("there is a backup");
        run(file.clone(), "UPDATE fact SET value = ? WHERE name = 'epoch'", epoch.to_vec());
        inside.store = opened(file);
    }

    /// Stores records as the server's store does, with a simulated delay before and after.
    pub async fn keep(
        &self,
        records: Vec<NewRecord>,
        now_ms: u64,
    ) -> Result<Vec<StoreOutcome>, StoreFault> {
        pause(STEP_MS_MAX).await;
        let kept = RUNTIME.block_on(self.store().keep(records, now_ms));
        pause(STEP_MS_MAX).await;
        kept
    }

    /// The store's epoch.
    pub fn epoch(&self) -> [u8; 16] {
        self.store().epoch()
    }

    /// One page of rows, without a simulated delay.
    pub fn page_now(
        &self,
        kind: Kind,
        since_ms: u64,
        after: Option<(u64, SubmissionId)>,
        most: u32,
    ) -> Result<Vec<StoredSubmission>, StoreFault> {
        RUNTIME.block_on(self.store().page(kind, since_ms, after, most))
    }

    /// How many submissions were set aside, without a simulated delay.
    pub fn set_aside_now(&self) -> u64 {
        RUNTIME.block_on(self.store().set_aside_count()).expect("the database can be read")
    }
}
