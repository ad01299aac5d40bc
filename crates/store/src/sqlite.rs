//! The store on one machine: SQLite with a write-ahead log, flushed at every commit.

mod copy;
mod layout;
mod office;
mod serving;

use super::migrations::migrate_sqlite;
use super::writer::{SqliteCommitter, StoreWriter, WriteJob};
use super::{
    NewRecord, PAGE, StoreFault, StoreOutcome, StoredSubmission, SubmissionStore, kind_number,
    place, stored,
};
use domain::submission::Kind;
use domain::{MunicipalityId, SubmissionId};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Row};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use vault::private::make_file;

/// Oldest accepted version of SQLite: older ones can corrupt the write-ahead log (release notes of
/// SQLite 3.51.3).
const SQLITE_OLDEST: (u32, u32, u32) = (3, 51, 3);
/// Connections for reading: two cores, and an export beside the health check.
const READERS: u32 = 4;
/// Cache of the writer, and of each connection that writes: 16 MB. With less, pages that are
/// written must first be read from the disk.
const CACHE: &str = "-16000";
/// Cache of each connection for reading: 2 MB, the upper levels of the indexes. More would hold a
/// second time what the system's own cache of the file holds, for each connection.
const READER_CACHE: &str = "-2000";
/// Pages of the log (16 MB) after which the writer copies it into the database. The longer the log,
/// the more of it is repeated versions of one page, which is copied once. With SQLite's default of
/// 1,000, throughput drops by a tenth, however submissions arrive.
const LOG_PAGES: &str = "4000";

/// A store in one SQLite file.
pub struct SqliteStore {
    municipality: MunicipalityId,
    options: Box<SqliteConnectOptions>,
    readers: SqlitePool,
    writer: StoreWriter,
    epoch: [u8; 16],
    /// The write-ahead log was beside the file when it was opened.
    had_log: bool,
    /// The token of the use that this process began as a server; `None` for a command.
    serving: Mutex<Option<[u8; 16]>>,
}

impl SqliteStore {
    /// Opens the database or creates it, and checks that its settings and version ensure
    /// durability.
    pub async fn open(path: &Path, municipality: MunicipalityId) -> Result<Self, StoreFault> {
        let had_log = serving::log_of(path).exists();
        // SQLite gives the log and the shared-memory file the mode of the database file.
        make_file(path).map_err(|error| {
            StoreFault::Failed(format!("{} cannot be opened: {error}", path.display()))
        })?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5))
            .pragma("secure_delete", "ON")
            .pragma("cache_size", CACHE)
            .pragma("wal_autocheckpoint", LOG_PAGES)
            .foreign_keys(true);
        let mut connection = options.connect().await.map_err(fault)?;
        layout::renew(&mut connection).await.map_err(fault)?;
        migrate_sqlite(&mut connection).await?;
        check_promises(&mut connection).await?;
        serving::note_opening(&mut connection, had_log).await?;
        let epoch = epoch_of(&mut connection).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(
                options
                    .clone()
                    .read_only(true)
                    .create_if_missing(false)
                    .pragma("cache_size", READER_CACHE),
            )
            .await
            .map_err(fault)?;
        let writer = StoreWriter::start([SqliteCommitter {
            connection,
            municipality: municipality.clone(),
        }]);
        Ok(Self {
            municipality,
            options: Box::new(options),
            readers,
            writer,
            epoch,
            had_log,
            serving: Mutex::default(),
        })
    }

    /// The municipality whose rows this store reads and writes.
    pub fn municipality(&self) -> &MunicipalityId {
        &self.municipality
    }

    /// A connection of its own, as the writer's.
    pub(crate) async fn connect(&self) -> Result<SqliteConnection, StoreFault> {
        self.options.connect().await.map_err(fault)
    }

    pub(crate) fn writer(&self) -> &StoreWriter {
        &self.writer
    }
}

/// SQLite's code for a file whose content is not that of a database.
const CORRUPT: &str = "11";

pub(super) fn fault(error: sqlx::Error) -> StoreFault {
    let is_damaged = error
        .as_database_error()
        .and_then(|error| error.code())
        .is_some_and(|code| code == CORRUPT);
    if is_damaged {
        return StoreFault::Failed(format!(
            "its file is damaged. Keep a copy of it, and restore a backup ({error})"
        ));
    }
    StoreFault::Failed(error.to_string())
}

async fn check_promises(connection: &mut SqliteConnection) -> Result<(), StoreFault> {
    let broken = |what: String| Err(StoreFault::Failed(what));
    let journal: String =
        sqlx::query("PRAGMA journal_mode").fetch_one(&mut *connection).await.map_err(fault)?.get(0);
    let synchronous: i64 =
        sqlx::query("PRAGMA synchronous").fetch_one(&mut *connection).await.map_err(fault)?.get(0);
    let version: String = sqlx::query("SELECT sqlite_version()")
        .fetch_one(&mut *connection)
        .await
        .map_err(fault)?
        .get(0);
    if journal != "wal" || synchronous != 2 {
        return broken(format!(
            "it does not flush at every commit (journal {journal}, synchronous {synchronous}); use a local disk"
        ));
    }
    let numbers: Vec<u32> = version.split('.').filter_map(|number| number.parse().ok()).collect();
    if numbers.as_slice() < [SQLITE_OLDEST.0, SQLITE_OLDEST.1, SQLITE_OLDEST.2].as_slice() {
        return broken(format!(
            "SQLite {version} is older than 3.51.3, which fixed its write-ahead log"
        ));
    }
    Ok(())
}

/// Returns the store's epoch. It is generated when the database is first opened.
async fn epoch_of(connection: &mut SqliteConnection) -> Result<[u8; 16], StoreFault> {
    let fresh: [u8; 16] = vault::random();
    sqlx::query("INSERT INTO fact (name, value) VALUES ('epoch', ?) ON CONFLICT DO NOTHING")
        .bind(fresh.as_slice())
        .execute(&mut *connection)
        .await
        .map_err(fault)?;
    let row = sqlx::query("SELECT value FROM fact WHERE name = 'epoch'")
        .fetch_one(connection)
        .await
        .map_err(fault)?;
    row.get::<Vec<u8>, _>(0)
        .try_into()
        .map_err(|_| StoreFault::Failed("the epoch is damaged".into()))
}

impl SubmissionStore for SqliteStore {
    async fn keep(
        &self,
        records: Vec<NewRecord>,
        now_ms: u64,
    ) -> Result<Vec<StoreOutcome>, StoreFault> {
        self.writer.ask(|answer| WriteJob::Keep { records, now_ms, answer }).await
    }

    fn epoch(&self) -> [u8; 16] {
        self.epoch
    }

    async fn page(
        &self,
        kind: Kind,
        since_ms: u64,
        after: Option<(u64, SubmissionId)>,
        most: u32,
    ) -> Result<Vec<StoredSubmission>, StoreFault> {
        let (after_ms, after_id) = place(after);
        let page = sqlx::query(PAGE)
            .bind(self.municipality.as_str())
            .bind(kind_number(kind))
            .bind(since_ms.max(after.map_or(0, |(ms, _)| ms)) as i64);
        let rows = page
            .bind(after_ms)
            .bind(after_id)
            .bind(most)
            .fetch_all(&self.readers)
            .await
            .map_err(fault)?;
        rows.iter().map(|row| stored(&self.municipality, row)).collect()
    }

    async fn probe(&self) -> Result<(), StoreFault> {
        sqlx::query("SELECT 1 FROM fact LIMIT 1")
            .fetch_optional(&self.readers)
            .await
            .map_err(fault)?;
        self.writer.ask(|answer| WriteJob::Probe { answer }).await
    }

    async fn are_pages_whole(&self) -> Result<Option<bool>, StoreFault> {
        let check = sqlx::query("PRAGMA quick_check(1)").fetch_one(&self.readers).await;
        match check {
            Ok(row) => Ok(Some(row.get::<String, _>(0) == "ok")),
            // Some damage makes the check itself fail.
            Err(sqlx::Error::Database(error)) if error.message().contains("malformed") => {
                Ok(Some(false))
            }
            Err(error) => Err(fault(error)),
        }
    }

    async fn set_aside_count(&self) -> Result<u64, StoreFault> {
        let row = sqlx::query("SELECT count(*) FROM set_aside WHERE municipality = ?")
            .bind(self.municipality.as_str())
            .fetch_one(&self.readers)
            .await
            .map_err(fault)?;
        Ok(row.get::<i64, _>(0) as u64)
    }

    async fn has_entries(&self) -> Result<bool, StoreFault> {
        let row = sqlx::query("SELECT EXISTS (SELECT 1 FROM submission)")
            .fetch_one(&self.readers)
            .await
            .map_err(fault)?;
        Ok(row.get::<bool, _>(0))
    }

    async fn belongs_to(&self, keys: [u8; 32]) -> Result<bool, StoreFault> {
        let mut connection = self.options.connect().await.map_err(fault)?;
        let make =
            sqlx::query("INSERT INTO fact (name, value) VALUES ('keys', ?) ON CONFLICT DO NOTHING")
                .bind(keys.as_slice());
        make.execute(&mut connection).await.map_err(fault)?;
        let row = sqlx::query("SELECT value FROM fact WHERE name = 'keys'")
            .fetch_one(&mut connection)
            .await
            .map_err(fault)?;
        connection.close().await.map_err(fault)?;
        Ok(row.get::<Vec<u8>, _>(0) == keys)
    }

    async fn engine(&self) -> Result<String, StoreFault> {
        let row =
            sqlx::query("SELECT sqlite_version()").fetch_one(&self.readers).await.map_err(fault)?;
        Ok(format!("SQLite {}", row.get::<String, _>(0)))
    }

    async fn close(self) {
        self.writer.finish().await;
        self.readers.close().await;
        // A command that runs beside a server leaves the server's token unchanged. Once no reader
        // is left, the whole log can be written back.
        let serving = *self.serving.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = serving
            && let Err(fault) = serving::end_serving(&self.options, token).await
        {
            tracing::warn!(%fault, "the log stays beside the database file: copy both");
        }
    }
}
