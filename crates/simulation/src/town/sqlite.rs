//! The server's own SQLite store behind a simulated server. Each of its calls is one step of the history; what
//! its threads do inside of a step is not seen, so the history is still the same for the same seed.

use crate::executor::pause;
use crate::town::municipality;
use domain::SubmissionId;
use domain::submission::Kind;
use server::store::{Kept, Record, SqliteStore, StoreFault, StoredSubmission, SubmissionStore};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use tokio::runtime::Runtime;

const STEP_MS_MAX: u64 = 40;

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Runtime::new().expect("a machine that can run threads"));

#[derive(Clone)]
pub struct SqliteBooks(Arc<Mutex<Inside>>);

struct Inside {
    dir: tempfile::TempDir,
    /// Which file is the database: a restored one gets a name of its own.
    number: u32,
    store: Arc<SqliteStore>,
}

impl Inside {
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

/// One statement from outside, as an administrator has it done.
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
            .expect("there is a place for temporary files");
        let store = opened(dir.path().join("hub-0.sqlite"));
        Self(Arc::new(Mutex::new(Inside { dir, number: 0, store })))
    }
}

impl SqliteBooks {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn store(&self) -> Arc<SqliteStore> {
        self.inside().store.clone()
    }

    pub fn open_again(&self) {
        let mut inside = self.inside();
        inside.store = opened(inside.file(inside.number));
    }

    pub fn back_up(&self) {
        let inside = self.inside();
        // There is none on the first night.
        let _ = std::fs::remove_file(inside.backup());
        run(
            inside.file(inside.number),
            "VACUUM INTO CAST(? AS TEXT)",
            inside.backup().to_string_lossy().into_owned().into_bytes(),
        );
    }

    pub fn restore(&self, epoch: [u8; 16]) {
        let mut inside = self.inside();
        inside.number += 1;
        let file = inside.file(inside.number);
        std::fs::copy(inside.backup(), &file).expect("there is a backup");
        run(file.clone(), "UPDATE fact SET value = ? WHERE name = 'epoch'", epoch.to_vec());
        inside.store = opened(file);
    }

    pub async fn keep(&self, records: Vec<Record>, now_ms: u64) -> Result<Vec<Kept>, StoreFault> {
        pause(STEP_MS_MAX).await;
        let kept = RUNTIME.block_on(self.store().keep(records, now_ms));
        pause(STEP_MS_MAX).await;
        kept
    }

    pub fn epoch(&self) -> [u8; 16] {
        self.store().epoch()
    }

    pub fn page_now(
        &self,
        kind: Kind,
        since_ms: u64,
        after: Option<(u64, SubmissionId)>,
        most: u32,
    ) -> Result<Vec<StoredSubmission>, StoreFault> {
        RUNTIME.block_on(self.store().page(kind, since_ms, after, most))
    }

    pub fn set_aside_now(&self) -> u64 {
        RUNTIME.block_on(self.store().set_aside_count()).expect("books can be read")
    }
}
