//! Staff work, senders and sign-in in PostgreSQL.

use super::{PostgresReader, PostgresStore, fault};
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
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Row};
use std::collections::HashMap;
use vault::SenderTag;
use vault::{Lookup, Tombstone};

impl PostgresStore {
    /// Opens a connection of its own for one command, beside the writers'.
    async fn office(&self) -> Result<PgConnection, StoreFault> {
        self.cluster.primary().await
    }

    /// Takes a connection for reading.
    async fn reader(&self) -> Result<PostgresReader<'_>, StoreFault> {
        self.readers.take().await
    }

    /// Closes the connection. Deleted rows remain on the disk until they are overwritten by new
    /// ones; no statement changes that (docs/operate/records.md).
    async fn scrub(&self, connection: PgConnection) -> Result<(), StoreFault> {
        connection.close().await.map_err(fault)
    }
}

// No submission can be stored between the check and the tombstone: storing takes the same lock, in
// shared mode (commit.rs).
custody!(
    PostgresStore,
    begin alone: "BEGIN; SELECT pg_advisory_xact_lock(724816, 1)",
    new epoch: "UPDATE fact SET value = $2 WHERE municipality = $1 AND name = 'epoch'",
    floor: "SELECT value FROM fact WHERE municipality = $1 AND name = 'edition floor'",
    new floor: "INSERT INTO fact (municipality, name, value) VALUES ($1, 'edition floor', $2)
                ON CONFLICT (municipality, name) DO UPDATE SET value = excluded.value"
);

office!(PostgresStore, row: sqlx::postgres::PgRow, begin alone: "BEGIN; SELECT pg_advisory_xact_lock(724816, 1)");

senders!(PostgresStore, begin alone: "BEGIN; SELECT pg_advisory_xact_lock(724816, 1)");
door!(PostgresStore, row: sqlx::postgres::PgRow, begin alone: "BEGIN; SELECT pg_advisory_xact_lock(724816, 1)");
