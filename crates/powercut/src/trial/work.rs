//! What writes to the database: the server's own store, or a plain table whose durability can be
//! reduced.

use crate::record::Recorder;
use domain::submission::{BodyHash, Envelope, FORMAT, Header, KeyId, Kind, SUITE_X25519_CHACHA};
use domain::{MunicipalityId, SubmissionId};
use futures_util::future::join_all;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use store::{NewRecord, SqliteStore, StoreOutcome, SubmissionStore};
use vault::{Lookup, Tombstone};

/// What a trial runs.
#[derive(Debug, Clone, Copy)]
pub enum TrialWork {
    /// The server's own store.
    Real,
    /// Records of the same size in a plain table, flushed as this setting says. A control, to see
    /// that losses are detected.
    Control(SqliteSynchronous),
}

/// Submissions per recording: enough for SQLite to fold its log back into the database in between.
pub(super) const ENTRIES: usize = 400;
/// Concurrent requests, which wait for one another's commit.
const AT_ONCE: usize = 8;
/// The most rows that a test's database may come to hold.
const ROWS_MAX: u32 = 1_000_000;

fn municipality() -> MunicipalityId {
    MunicipalityId::parse("pine-harbour").expect("a slug")
}

/// A body of half a kilobyte to eight, so that a record takes one to three pages.
fn body_of(entry: u64) -> Vec<u8> {
    let length = 512 * (1 + entry * 7 % 16) as usize;
    (0..length).map(|at| (entry as usize * 31 + at * 7) as u8).collect()
}

fn record(entry: u64) -> NewRecord {
    let header = Header {
        format: FORMAT,
        suite: SUITE_X25519_CHACHA,
        id: id_of(entry),
        municipality: municipality(),
        kind: Kind::Inquiry,
        key: KeyId([1; 8]),
        catalogue_version: 1,
    };
    NewRecord {
        envelope: Envelope { header, sealed: body_of(entry) },
        body: BodyHash([entry as u8; 32]),
        tombstone: Tombstone([entry as u8; 32]),
        lookup: Lookup([entry as u8; 16]),
        first: None,
        sender: None,
    }
}

/// Ids end differently for each submission, as those of real devices do.
fn id_of(entry: u64) -> SubmissionId {
    let mut random = [entry as u8; 10];
    random[2..].copy_from_slice(&entry.to_be_bytes());
    SubmissionId::from_parts(entry, random)
}

/// The number of a submission, from the time in its id, which is all that [`record`] varies.
fn entry_of(id: SubmissionId) -> u64 {
    id.as_bytes()[..6].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Runs the server's store with several requests in flight; each is acknowledged when the store
/// confirms it.
pub async fn real(dir: &Path, recorder: &Arc<Recorder>, first_entry: u64) {
    let store = SqliteStore::open(&dir.join("hub.sqlite"), municipality())
        .await
        .expect("the folder is sound");
    let mut entries = first_entry..first_entry + ENTRIES as u64;
    while !entries.is_empty() {
        let requests: Vec<Vec<u64>> = (0..AT_ONCE as u64)
            .map(|size| entries.by_ref().take(1 + size as usize % 3).collect())
            .collect();
        join_all(requests.iter().map(|request| async {
            let records = request.iter().map(|entry| record(*entry)).collect();
            let kept = store
                .keep(records, 1_000 + request.first().copied().unwrap_or(0))
                .await
                .unwrap_or_default();
            let stands = request
                .iter()
                .zip(kept)
                .filter(|(_, kept)| matches!(kept, StoreOutcome::Stands { .. }));
            stands.for_each(|(entry, _)| recorder.acknowledge(*entry));
        }))
        .await;
    }
    store.close().await;
}

async fn connect(
    dir: &Path,
    synchronous: SqliteSynchronous,
) -> Result<sqlx::SqliteConnection, sqlx::Error> {
    let options =
        SqliteConnectOptions::new().filename(dir.join("hub.sqlite")).create_if_missing(true);
    options.journal_mode(SqliteJournalMode::Wal).synchronous(synchronous).connect().await
}

/// Writes to a plain table, one commit per record.
pub async fn control(
    dir: &Path,
    recorder: &Arc<Recorder>,
    first_entry: u64,
    synchronous: SqliteSynchronous,
) {
    let mut connection = connect(dir, synchronous).await.expect("the folder is sound");
    let table = "CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL)";
    sqlx::query(table).execute(&mut connection).await.expect("there is room for a table");
    for entry in first_entry..first_entry + ENTRIES as u64 {
        let insert =
            sqlx::query("INSERT INTO entry VALUES (?, ?)").bind(entry as i64).bind(body_of(entry));
        insert.execute(&mut connection).await.expect("there is room for an entry");
        recorder.acknowledge(entry);
    }
    connection.close().await.expect("it was open");
}

/// The numbers of the submissions in a database. The server's store reads them if the database is
/// the store's, and SQLite checks every page. `None` if the database cannot be opened, is not
/// sound, or holds a record that differs from what was written.
pub async fn entries_in(dir: &Path) -> Option<BTreeSet<u64>> {
    let mut connection = connect(dir, SqliteSynchronous::Full).await.ok()?;
    let is_sound = sqlx::query("PRAGMA integrity_check")
        .fetch_one(&mut connection)
        .await
        .ok()?
        .get::<String, _>(0)
        == "ok";
    let has_own_table =
        sqlx::query("SELECT id, sealed FROM entry").fetch_all(&mut connection).await;
    // The log was read when the database was opened; closing only tidies up.
    let _ = connection.close().await;
    let rows = match has_own_table {
        Ok(rows) => {
            rows.iter().map(|row| (row.get::<i64, _>(0) as u64, row.get::<Vec<u8>, _>(1))).collect()
        }
        Err(_) => rows_of_the_store(dir).await?,
    };
    let is_whole = rows.iter().all(|(entry, sealed)| *sealed == body_of(*entry));
    (is_sound && is_whole).then(|| rows.into_iter().map(|(entry, _)| entry).collect())
}

async fn rows_of_the_store(dir: &Path) -> Option<Vec<(u64, Vec<u8>)>> {
    let store = SqliteStore::open(&dir.join("hub.sqlite"), municipality()).await.ok()?;
    let rows = store.page(Kind::Inquiry, 0, None, ROWS_MAX).await.ok()?;
    store.close().await;
    Some(
        rows.into_iter()
            .map(|row| (entry_of(row.envelope.header.id), row.envelope.sealed))
            .collect(),
    )
}
