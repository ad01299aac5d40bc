//! Staff work, senders and sign-in in SQLite. Deleted data is overwritten, in the log too.

use super::{SqliteStore, fault};
use crate::audit::{AuditEntry, BEGINNING};
use crate::custody::floor_after;
use crate::custody::{
    ASIDE_AT_ONCE, AuditContext, AuditedChange, Erasure, Expired, HOLDS, Hold, LAST_NOTED,
    SetAsideRow, about, added_to, added_to_due, alias, append, custody, due, erase_additions,
    floor_in, goes_alone, id_in, in_range, is_held, is_sealed_to, link_in, stage_in,
};
use crate::door::{
    ADMINISTRATOR, ChangedBy, HalfSessionRow, Invitation, PasswordHash, SecondFactorRow,
    SecondProof, SessionRow, StaffChange, StaffRow, begin_session, bound_staff, change_staff, door,
    factor_columns, has_administrator, may_change, staff_columns,
};
use crate::office::{
    ActRow, EventRow, LedgerKind, NewCaseEvent, PagePosition, PlainView, SealedKind, SealedText,
    SeenRow, SettledRow, ViewRow, append_event, login_of, office, read, unsettled,
};
use crate::senders::{
    ERASE_MANY, ErasedMany, PUT_BACK, SET_ASIDE, SentEntry, SentKind, sender_in, senders,
};
use crate::{ENTRIES_PER_ENDING_MAX, StoreFault, StoredSubmission, kind_number, place, stored};
use domain::reference::Reference;
use domain::status::InquiryStage;
use domain::submission::{BodyHash, KeyId, Kind};
use domain::{SubmissionId, TerminalId};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{Sqlite, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Row};
use std::collections::HashMap;
use vault::SenderTag;
use vault::{Lookup, Tombstone};

impl SqliteStore {
    /// Opens a connection of its own for one command, beside the writer's.
    async fn office(&self) -> Result<SqliteConnection, StoreFault> {
        self.options.connect().await.map_err(fault)
    }

    /// Takes a read-only connection from the pool.
    async fn reader(&self) -> Result<SqliteReader, StoreFault> {
        self.readers.acquire().await.map(SqliteReader).map_err(fault)
    }

    /// Removes deleted rows from the log: `secure_delete` zeroes them in the database, but the log
    /// still contains them. Writes the log back and truncates it.
    async fn scrub(&self, mut connection: SqliteConnection) -> Result<(), StoreFault> {
        let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut connection)
            .await
            .map_err(fault)?;
        if row.get::<i64, _>(0) != 0 {
            tracing::warn!(
                "others read at the same time: what was deleted stays in the log until the next time it is written back"
            );
        }
        connection.close().await.map_err(fault)
    }
}

/// A pooled connection. Dropping it returns it to the pool, which checks whether it still works.
struct SqliteReader(PoolConnection<Sqlite>);

impl SqliteReader {
    fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.0
    }

    fn put_back(self) {}
}

custody!(
    SqliteStore,
    begin alone: "BEGIN IMMEDIATE",
    // A file belongs to one municipality, so its facts have no municipality column; the first
    // parameter is bound only to match the statements of PostgreSQL.
    new epoch: "UPDATE fact SET value = $2 WHERE name = 'epoch' AND $1 = $1",
    floor: "SELECT value FROM fact WHERE name = 'edition floor' AND $1 = $1",
    new floor: "INSERT INTO fact (name, value) SELECT 'edition floor', $2 WHERE $1 = $1 ON CONFLICT (name) DO UPDATE SET value = excluded.value"
);

office!(SqliteStore, row: sqlx::sqlite::SqliteRow, begin alone: "BEGIN IMMEDIATE");

senders!(SqliteStore, begin alone: "BEGIN IMMEDIATE");
door!(SqliteStore, row: sqlx::sqlite::SqliteRow, begin alone: "BEGIN IMMEDIATE");
