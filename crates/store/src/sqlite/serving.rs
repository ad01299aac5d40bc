//! A mark in the database file while a server uses it. Together with the log beside the file, it
//! tells a crash from a copy.
//!
//! After a crash the mark stands and the log is there: SQLite reads both. In a copy that was made
//! while a server used the database, the mark stands and the log is missing. Such a copy is served
//! only after `community-hub restored`: if SQLite made it (`.backup`), it is complete as of then, and
//! devices must offer again what they sent since; if somebody copied the file alone, what was
//! received last is missing, and it would start without a word, older than it was or empty.

use super::{SqliteStore, fault};
use crate::StoreFault;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::Relaxed;

/// What the administrator reads.
const UNCONFIRMED_COPY: &str = "hub.sqlite is a copy that was made while a server used it. If it is a backup that SQLite made (.backup), run this first, and devices send again what is newer: community-hub restored --reason \"…\". If somebody copied the file alone, what was received last is missing, because it was in hub.sqlite-wal: copy both files while no server runs, or restore a backup";

/// The write-ahead log of a database file.
pub(super) fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_os_string();
    log.push("-wal");
    log.into()
}

async fn is_marked(connection: &mut SqliteConnection) -> Result<bool, StoreFault> {
    let mark = sqlx::query("SELECT 1 FROM fact WHERE name = 'serving'");
    Ok(mark.fetch_optional(connection).await.map_err(fault)?.is_some())
}

impl SqliteStore {
    /// Marks the database as used by a server, in the database file itself; closing the store
    /// removes the mark. Fails if this is a copy of a database in use that nobody has confirmed.
    pub async fn begin_serving(&self) -> Result<(), StoreFault> {
        let mut connection = self.options.connect().await.map_err(fault)?;
        let is_copy = !self.had_log && is_marked(&mut connection).await?;
        connection.close().await.map_err(fault)?;
        if is_copy {
            return Err(StoreFault::Failed(UNCONFIRMED_COPY.into()));
        }
        let mark =
            "INSERT INTO fact (name, value) VALUES ('serving', x'01') ON CONFLICT DO NOTHING";
        change_mark(&self.options, mark).await?;
        self.is_serving.store(true, Relaxed);
        Ok(())
    }

    /// Confirms a copy: it may be served.
    pub async fn accept_copy(&self) -> Result<(), StoreFault> {
        end_serving(&self.options).await
    }
}

/// Removes the mark, and writes the log back into the database file: it is then complete by itself.
/// The last connection to close removes the log.
pub(super) async fn end_serving(options: &SqliteConnectOptions) -> Result<(), StoreFault> {
    change_mark(options, "DELETE FROM fact WHERE name = 'serving'").await
}

async fn change_mark(
    options: &SqliteConnectOptions,
    statement: &'static str,
) -> Result<(), StoreFault> {
    let mut connection = options.connect().await.map_err(fault)?;
    sqlx::query(statement).execute(&mut connection).await.map_err(fault)?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await.map_err(fault)?;
    connection.close().await.map_err(fault)
}
