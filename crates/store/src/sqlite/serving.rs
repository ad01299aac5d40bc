//! Distinguishes a database that stayed in its place from a copy that was put there.
//!
//! Each time a server begins to use a database, it writes a new token into it and into a file
//! beside it. At the next start the two are compared. If they differ, an older copy was put back.
//! Devices must then offer again what they have sent since, so the copy is served only after
//! `community-hub restored`. The same holds for a copy that was made while a server used the
//! database, and that lacks the file with the token. If SQLite made the copy, it is complete as of
//! that time. If only the database file was copied, it lacks what was received last, which was in
//! the log beside it: the server would start with an older or empty database, without any warning.

use super::{SqliteStore, fault};
use crate::StoreFault;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Row};
use std::io::Write;
use std::path::{Path, PathBuf};
use vault::private::make_file;

/// Names one use of a database by a server.
type Token = [u8; 16];

/// What the administrator reads about a copy without the file beside it.
const COPY: &str = "hub.sqlite is a copy that was made while a server used it. If it is a backup that SQLite made (.backup), run this first, and devices send again what is newer: community-hub restored --reason \"…\". If someone copied the file alone, what was received last is missing, because it was in hub.sqlite-wal: copy both files while no server runs, or restore a backup";
/// What the administrator reads about a database that was exchanged.
const EXCHANGED: &str = "hub.sqlite is not the one that this folder was last used with: an older copy was put in its place. Run this first, and devices send again what is newer: community-hub restored --reason \"…\". If it was not meant, put the newer one back";

/// The write-ahead log of a database file.
pub(super) fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_os_string();
    log.push("-wal");
    log.into()
}

/// The last use as the database has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct LastUse {
    token: Token,
    /// The server stopped cleanly.
    has_ended: bool,
}

/// Why the database must be confirmed first; `None` if it may be served. `known` are the tokens of
/// the file beside it: none if there is no file.
fn objection(last: Option<LastUse>, known: &[Token], had_log: bool) -> Option<&'static str> {
    let last = last?;
    if known.contains(&last.token) {
        return None;
    }
    if !known.is_empty() {
        return Some(EXCHANGED);
    }
    (!last.has_ended && !had_log).then_some(COPY)
}

impl SqliteStore {
    /// Begins a use of the database by a server, which ends when the store is closed. `beside` is
    /// the file beside the database. Fails if the database must be confirmed first.
    pub async fn begin_serving(&self, beside: &Path) -> Result<(), StoreFault> {
        let known = tokens_in(beside);
        let mut connection = self.options.connect().await.map_err(fault)?;
        let last = last_use(&mut connection).await?;
        let had_log = self.had_log && !was_opened_alone(&mut connection).await?;
        connection.close().await.map_err(fault)?;
        if let Some(what) = objection(last, &known, had_log) {
            return Err(StoreFault::Failed(what.into()));
        }
        let token: Token = vault::random();
        // Writes both tokens, in case the server ends before the database has the new one.
        write_tokens(beside, &[Some(token), last.map(|last| last.token)])?;
        note_use(&self.options, &[&token[..], &[0]].concat()).await?;
        write_tokens(beside, &[Some(token)])?;
        *self.serving.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(token);
        Ok(())
    }

    /// Confirms that this database may be served, whichever database was here before.
    pub async fn accept_copy(&self) -> Result<(), StoreFault> {
        let mut connection = self.options.connect().await.map_err(fault)?;
        sqlx::query("DELETE FROM fact WHERE name IN ('serving', 'opened-alone')")
            .execute(&mut connection)
            .await
            .map_err(fault)?;
        write_back(connection).await
    }
}

/// Notes that a database whose last server did not stop cleanly was opened without its log, before
/// the opener leaves a log of its own. Commands open a copy too.
pub(super) async fn note_opening(
    connection: &mut SqliteConnection,
    had_log: bool,
) -> Result<(), StoreFault> {
    if had_log || last_use(connection).await?.is_none_or(|last| last.has_ended) {
        return Ok(());
    }
    let note = "INSERT OR REPLACE INTO fact (name, value) VALUES ('opened-alone', x'01')";
    sqlx::query(note).execute(connection).await.map(drop).map_err(fault)
}

async fn was_opened_alone(connection: &mut SqliteConnection) -> Result<bool, StoreFault> {
    let find = sqlx::query("SELECT 1 FROM fact WHERE name = 'opened-alone'");
    Ok(find.fetch_optional(connection).await.map_err(fault)?.is_some())
}

/// Records that a server stopped cleanly. The database file is then complete without its log.
pub(super) async fn end_serving(
    options: &SqliteConnectOptions,
    token: Token,
) -> Result<(), StoreFault> {
    note_use(options, &[&token[..], &[1]].concat()).await
}

async fn note_use(options: &SqliteConnectOptions, value: &[u8]) -> Result<(), StoreFault> {
    let mut connection = options.connect().await.map_err(fault)?;
    let note = "INSERT INTO fact (name, value) VALUES ('serving', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    sqlx::query(note).bind(value).execute(&mut connection).await.map_err(fault)?;
    let known = "DELETE FROM fact WHERE name = 'opened-alone'";
    sqlx::query(known).execute(&mut connection).await.map_err(fault)?;
    write_back(connection).await
}

/// Writes the log back into the database file. The last connection to close removes the log.
async fn write_back(mut connection: SqliteConnection) -> Result<(), StoreFault> {
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await.map_err(fault)?;
    connection.close().await.map_err(fault)
}

async fn last_use(connection: &mut SqliteConnection) -> Result<Option<LastUse>, StoreFault> {
    let find = sqlx::query("SELECT value FROM fact WHERE name = 'serving'");
    let Some(row) = find.fetch_optional(connection).await.map_err(fault)? else { return Ok(None) };
    let value: Vec<u8> = row.get(0);
    let read = value.split_last().and_then(|(has_ended, token)| {
        Some(LastUse { token: token.try_into().ok()?, has_ended: *has_ended == 1 })
    });
    Ok(read)
}

/// The tokens of the file beside a database; none if it does not exist or holds something else.
fn tokens_in(path: &Path) -> Vec<Token> {
    let bytes = std::fs::read(path).unwrap_or_default();
    bytes.chunks_exact(size_of::<Token>()).filter_map(|chunk| chunk.try_into().ok()).collect()
}

fn write_tokens(path: &Path, tokens: &[Option<Token>]) -> Result<(), StoreFault> {
    let bytes: Vec<u8> = tokens.iter().flatten().flatten().copied().collect();
    let write = || -> std::io::Result<()> {
        let mut file = make_file(path)?;
        file.set_len(0)?;
        file.write_all(&bytes)?;
        file.sync_all()
    };
    write().map_err(|error| StoreFault::Failed(format!("{}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_put_in_place_is_objected_to() {
        let (this, other) = ([1; 16], [2; 16]);
        let last = |has_ended| Some(LastUse { token: this, has_ended });
        let cases = [
            ("a new database", None, vec![], false, None),
            ("a database put in place of another", last(true), vec![other], false, Some(EXCHANGED)),
            ("the same with a log beside it", last(false), vec![other], true, Some(EXCHANGED)),
            ("after a clean stop", last(true), vec![this], false, None),
            ("after a crash", last(false), vec![this], true, None),
            ("after a crash that somebody else cleaned up", last(false), vec![this], false, None),
            ("after a crash at the start", last(true), vec![other, this], true, None),
            ("moved after a clean stop", last(true), vec![], false, None),
            ("a snapshot of the disk", last(false), vec![], true, None),
            ("copied alone while in use", last(false), vec![], false, Some(COPY)),
        ];
        for (what, last, known, had_log, expected) in cases {
            assert_eq!(objection(last, &known, had_log), expected, "{what}");
        }
    }
}
