//! The store that the server was started with: SQLite or PostgreSQL.

use super::{
    ActRow, AuditContext, AuditedChange, ChangedBy, Custody, DoorStore, ErasedMany, Erasure,
    EventRow, Expired, HalfSessionRow, Hold, LedgerKind, NewCaseEvent, NewRecord, OfficeStore,
    PagePosition, PlainView, PostgresStore, SealedKind, SealedText, SecondFactorRow, SecondProof,
    SeenRow, SenderStore, SentEntry, SentKind, SessionRow, SetAsideRow, SettledRow, SqliteStore,
    StaffChange, StaffRow, StoreFault, StoreOutcome, StoredSubmission, SubmissionStore, ViewRow,
};
use crate::audit::AuditEntry;
use domain::SubmissionId;
use domain::reference::Reference;
use domain::status::InquiryStage;
use domain::submission::{BodyHash, KeyId, Kind};
use std::path::Path;
use std::time::Duration;
use vault::keys::KeyReport;
use vault::{Lookup, SenderTag, Tombstone};

/// Either implementation of the store; every call is forwarded.
pub enum AnyStore {
    /// One file on one machine.
    Sqlite(SqliteStore),
    /// A PostgreSQL cluster.
    Postgres(PostgresStore),
}

/// Evaluates the same expression for either store.
macro_rules! either {
    ($self:expr, $store:ident => $what:expr) => {
        match $self {
            AnyStore::Sqlite($store) => $what,
            AnyStore::Postgres($store) => $what,
        }
    };
}

impl AnyStore {
    /// Begins a use of an SQLite database by a server; see [`SqliteStore::begin_serving`].
    pub async fn begin_serving(&self, beside: &Path) -> Result<(), StoreFault> {
        match self {
            AnyStore::Sqlite(store) => store.begin_serving(beside).await,
            AnyStore::Postgres(_) => Ok(()),
        }
    }

    /// Sets a function that is called after each commit from now on, with the time that it took and
    /// whether it succeeded. Only the first call has an effect.
    pub fn watch_commits(&self, watch: impl Fn(Duration, bool) + Send + Sync + 'static) {
        either!(self, store => store.writer().watch(watch));
    }

    /// Number of jobs that wait for a commit.
    pub fn jobs_waiting(&self) -> usize {
        either!(self, store => store.writer().waiting())
    }

    /// Reports the keys of this server to the others of its database, and returns what they
    /// reported; see [`PostgresStore::exchange_keys`]. A database of SQLite has one server.
    pub async fn exchange_keys(
        &self,
        server: [u8; 16],
        keys: &[KeyId],
    ) -> Result<Vec<KeyReport>, StoreFault> {
        match self {
            AnyStore::Sqlite(_) => Ok(Vec::new()),
            AnyStore::Postgres(store) => store.exchange_keys(server, keys).await,
        }
    }

    /// What the servers of this database reported about their keys; see
    /// [`PostgresStore::key_reports`]. A database of SQLite has one server, which reports nothing.
    pub async fn key_reports(&self) -> Result<Vec<KeyReport>, StoreFault> {
        match self {
            AnyStore::Sqlite(_) => Ok(Vec::new()),
            AnyStore::Postgres(store) => store.key_reports().await,
        }
    }

    /// Confirms that a copy of an SQLite database may be served; see [`SqliteStore::accept_copy`].
    pub async fn accept_copy(&self) -> Result<(), StoreFault> {
        match self {
            AnyStore::Sqlite(store) => store.accept_copy().await,
            AnyStore::Postgres(_) => Ok(()),
        }
    }
}

impl SubmissionStore for AnyStore {
    async fn keep(
        &self,
        records: Vec<NewRecord>,
        now_ms: u64,
    ) -> Result<Vec<StoreOutcome>, StoreFault> {
        either!(self, store => store.keep(records, now_ms).await)
    }

    fn epoch(&self) -> [u8; 16] {
        either!(self, store => store.epoch())
    }

    async fn page(
        &self,
        kind: Kind,
        since_ms: u64,
        after: Option<(u64, SubmissionId)>,
        most: u32,
    ) -> Result<Vec<StoredSubmission>, StoreFault> {
        either!(self, store => store.page(kind, since_ms, after, most).await)
    }

    async fn probe(&self) -> Result<(), StoreFault> {
        either!(self, store => store.probe().await)
    }

    async fn are_pages_whole(&self) -> Result<Option<bool>, StoreFault> {
        either!(self, store => store.are_pages_whole().await)
    }

    async fn set_aside_count(&self) -> Result<u64, StoreFault> {
        either!(self, store => store.set_aside_count().await)
    }

    async fn has_entries(&self) -> Result<bool, StoreFault> {
        either!(self, store => store.has_entries().await)
    }

    async fn belongs_to(&self, keys: [u8; 32]) -> Result<bool, StoreFault> {
        either!(self, store => store.belongs_to(keys).await)
    }

    async fn engine(&self) -> Result<String, StoreFault> {
        either!(self, store => store.engine().await)
    }

    async fn close(self) {
        either!(self, store => store.close().await);
    }
}

impl Custody for AnyStore {
    async fn erase(
        &self,
        id: SubmissionId,
        tombstone: Tombstone,
        audit: &AuditContext,
    ) -> Result<Erasure, StoreFault> {
        either!(self, store => store.erase(id, tombstone, audit).await)
    }

    async fn expired(&self, kind: Kind, before_ms: u64) -> Result<Expired, StoreFault> {
        either!(self, store => store.expired(kind, before_ms).await)
    }

    async fn expire(
        &self,
        kind: Kind,
        before_ms: u64,
        most: u32,
        audit: &AuditContext,
    ) -> Result<u64, StoreFault> {
        either!(self, store => store.expire(kind, before_ms, most, audit).await)
    }

    async fn hold(&self, id: SubmissionId, audit: &AuditContext) -> Result<bool, StoreFault> {
        either!(self, store => store.hold(id, audit).await)
    }

    async fn release(&self, id: SubmissionId, audit: &AuditContext) -> Result<bool, StoreFault> {
        either!(self, store => store.release(id, audit).await)
    }

    async fn holds(&self) -> Result<Vec<Hold>, StoreFault> {
        either!(self, store => store.holds().await)
    }

    async fn ids_of(&self, reference: Reference) -> Result<Vec<SubmissionId>, StoreFault> {
        either!(self, store => store.ids_of(reference).await)
    }

    async fn entry(&self, id: SubmissionId) -> Result<Option<StoredSubmission>, StoreFault> {
        either!(self, store => store.entry(id).await)
    }

    async fn stages(&self, id: SubmissionId) -> Result<Vec<(InquiryStage, u64)>, StoreFault> {
        either!(self, store => store.stages(id).await)
    }

    async fn set_stage(
        &self,
        id: SubmissionId,
        stage: InquiryStage,
        audit: &AuditContext,
    ) -> Result<bool, StoreFault> {
        either!(self, store => store.set_stage(id, stage, audit).await)
    }

    async fn begin_epoch(&self, epoch: [u8; 16], audit: &AuditContext) -> Result<(), StoreFault> {
        either!(self, store => store.begin_epoch(epoch, audit).await)
    }

    async fn note(&self, what: &str, audit: &AuditContext) -> Result<(), StoreFault> {
        either!(self, store => store.note(what, audit).await)
    }

    async fn note_of(
        &self,
        id: SubmissionId,
        what: &str,
        audit: &AuditContext,
    ) -> Result<bool, StoreFault> {
        either!(self, store => store.note_of(id, what, audit).await)
    }

    async fn alias(&self, id: SubmissionId) -> Result<Option<String>, StoreFault> {
        either!(self, store => store.alias(id).await)
    }

    async fn claim(
        &self,
        what: &str,
        since_ms: u64,
        audit: &AuditContext,
    ) -> Result<bool, StoreFault> {
        either!(self, store => store.claim(what, since_ms, audit).await)
    }

    async fn set_aside_rows(&self, most: u32) -> Result<Vec<SetAsideRow>, StoreFault> {
        either!(self, store => store.set_aside_rows(most).await)
    }

    async fn last_noted(&self, what: &str, until_ms: u64) -> Result<Option<u64>, StoreFault> {
        either!(self, store => store.last_noted(what, until_ms).await)
    }

    async fn newest(&self, until_ms: u64) -> Result<Option<u64>, StoreFault> {
        either!(self, store => store.newest(until_ms).await)
    }

    async fn changes(&self, after: u64, most: u32) -> Result<Vec<AuditedChange>, StoreFault> {
        either!(self, store => store.changes(after, most).await)
    }

    async fn edition_floor(&self) -> Result<u32, StoreFault> {
        either!(self, store => store.edition_floor().await)
    }

    async fn sealed_to(&self, key: KeyId) -> Result<u64, StoreFault> {
        either!(self, store => store.sealed_to(key).await)
    }

    async fn last_audit_number(&self) -> Result<u64, StoreFault> {
        either!(self, store => store.last_audit_number().await)
    }

    async fn audit(&self, after: u64, most: u32) -> Result<Vec<AuditEntry>, StoreFault> {
        either!(self, store => store.audit(after, most).await)
    }
}

impl OfficeStore for AnyStore {
    async fn append(
        &self,
        event: &EventRow,
        stage: Option<InquiryStage>,
        what: &str,
        audit: &AuditContext,
        settled: Option<&[u8]>,
    ) -> Result<bool, StoreFault> {
        either!(self, store => store.append(event, stage, what, audit, settled).await)
    }

    async fn append_all(&self, all: &[NewCaseEvent]) -> Result<u64, StoreFault> {
        either!(self, store => store.append_all(all).await)
    }

    async fn events(&self, id: SubmissionId) -> Result<Vec<EventRow>, StoreFault> {
        either!(self, store => store.events(id).await)
    }

    async fn events_since(
        &self,
        since_ms: u64,
        after: Option<(u64, SubmissionId, u32)>,
        most: u32,
    ) -> Result<Vec<EventRow>, StoreFault> {
        either!(self, store => store.events_since(since_ms, after, most).await)
    }

    async fn append_act(
        &self,
        ledger: LedgerKind,
        row: &ActRow,
        what: &str,
        audit: &AuditContext,
    ) -> Result<bool, StoreFault> {
        either!(self, store => store.append_act(ledger, row, what, audit).await)
    }

    async fn acts(&self, ledger: LedgerKind, after: u32) -> Result<Vec<ActRow>, StoreFault> {
        either!(self, store => store.acts(ledger, after).await)
    }

    async fn see_device(&self, seen: &SeenRow) -> Result<(), StoreFault> {
        either!(self, store => store.see_device(seen).await)
    }

    async fn devices(&self) -> Result<Vec<SeenRow>, StoreFault> {
        either!(self, store => store.devices().await)
    }

    async fn places(
        &self,
        kind: Kind,
        since_ms: u64,
        after: Option<(u64, SubmissionId)>,
        most: u32,
    ) -> Result<Vec<(u64, SubmissionId)>, StoreFault> {
        either!(self, store => store.places(kind, since_ms, after, most).await)
    }

    async fn unsettled(
        &self,
        closed_once: bool,
        after: Option<PagePosition>,
        most: u32,
    ) -> Result<Vec<(StoredSubmission, Vec<EventRow>)>, StoreFault> {
        either!(self, store => store.unsettled(closed_once, after, most).await)
    }

    async fn settled(
        &self,
        after: Option<SubmissionId>,
        most: u32,
    ) -> Result<Vec<SettledRow>, StoreFault> {
        either!(self, store => store.settled(after, most).await)
    }

    async fn put_settled(&self, rows: &[SettledRow]) -> Result<(), StoreFault> {
        either!(self, store => store.put_settled(rows).await)
    }

    async fn inquiries_before(
        &self,
        before: Option<PagePosition>,
        most: u32,
    ) -> Result<Vec<(StoredSubmission, Vec<EventRow>)>, StoreFault> {
        either!(self, store => store.inquiries_before(before, most).await)
    }

    async fn count_in_sight(&self, kind: Kind) -> Result<u64, StoreFault> {
        either!(self, store => store.count_in_sight(kind).await)
    }

    async fn by_lookup(&self, lookup: Lookup) -> Result<Vec<StoredSubmission>, StoreFault> {
        either!(self, store => store.by_lookup(lookup).await)
    }

    async fn additions(&self, lookup: Lookup) -> Result<Vec<StoredSubmission>, StoreFault> {
        either!(self, store => store.additions(lookup).await)
    }

    async fn without_lookup(
        &self,
        ending: Option<[u8; 5]>,
        most: u32,
    ) -> Result<Vec<StoredSubmission>, StoreFault> {
        either!(self, store => store.without_lookup(ending, most).await)
    }

    async fn forget_empty_lookups(&self) -> Result<(), StoreFault> {
        either!(self, store => store.forget_empty_lookups().await)
    }

    async fn set_lookups(
        &self,
        lookups: &[(SubmissionId, Option<Lookup>)],
    ) -> Result<(), StoreFault> {
        either!(self, store => store.set_lookups(lookups).await)
    }

    async fn views(&self, login: &str) -> Result<Vec<ViewRow>, StoreFault> {
        either!(self, store => store.views(login).await)
    }

    async fn put_view(&self, view: &ViewRow, most: u32) -> Result<bool, StoreFault> {
        either!(self, store => store.put_view(view, most).await)
    }

    async fn drop_view(&self, login: &str, number: u32) -> Result<(), StoreFault> {
        either!(self, store => store.drop_view(login, number).await)
    }

    async fn plain_views(&self, most: u32) -> Result<Vec<PlainView>, StoreFault> {
        either!(self, store => store.plain_views(most).await)
    }

    async fn seal_view(&self, plain: &PlainView, view: &ViewRow) -> Result<(), StoreFault> {
        either!(self, store => store.seal_view(plain, view).await)
    }

    async fn sealed_texts(
        &self,
        kind: SealedKind,
        after: Option<&SealedText>,
        most: u32,
    ) -> Result<Vec<SealedText>, StoreFault> {
        either!(self, store => store.sealed_texts(kind, after, most).await)
    }

    async fn reseal(
        &self,
        kind: SealedKind,
        texts: &[(SealedText, Vec<u8>)],
    ) -> Result<u64, StoreFault> {
        either!(self, store => store.reseal(kind, texts).await)
    }
}

impl DoorStore for AnyStore {
    async fn staff(&self) -> Result<Vec<StaffRow>, StoreFault> {
        either!(self, store => store.staff().await)
    }

    async fn person(&self, login: &str) -> Result<Option<StaffRow>, StoreFault> {
        either!(self, store => store.person(login).await)
    }

    async fn add_staff(
        &self,
        staff: &StaffRow,
        by: ChangedBy<'_>,
        what: &str,
        audit: &AuditContext,
    ) -> Result<StaffChange, StoreFault> {
        either!(self, store => store.add_staff(staff, by, what, audit).await)
    }

    async fn change_staff(
        &self,
        staff: &StaffRow,
        by: ChangedBy<'_>,
        what: &str,
        audit: &AuditContext,
    ) -> Result<StaffChange, StoreFault> {
        either!(self, store => store.change_staff(staff, by, what, audit).await)
    }

    async fn reset_staff(
        &self,
        staff: &StaffRow,
        by: ChangedBy<'_>,
        what: &str,
        audit: &AuditContext,
    ) -> Result<StaffChange, StoreFault> {
        either!(self, store => store.reset_staff(staff, by, what, audit).await)
    }

    async fn begin_session(
        &self,
        hash: [u8; 32],
        session: &SessionRow,
        staff_version: u64,
        audit: &AuditContext,
    ) -> Result<bool, StoreFault> {
        either!(self, store => store.begin_session(hash, session, staff_version, audit).await)
    }

    async fn session(&self, hash: [u8; 32]) -> Result<Option<SessionRow>, StoreFault> {
        either!(self, store => store.session(hash).await)
    }

    async fn see_session(&self, hash: [u8; 32], seen_ms: u64) -> Result<(), StoreFault> {
        either!(self, store => store.see_session(hash, seen_ms).await)
    }

    async fn end_session(
        &self,
        hash: [u8; 32],
        audit: Option<&AuditContext>,
    ) -> Result<bool, StoreFault> {
        either!(self, store => store.end_session(hash, audit).await)
    }

    async fn end_sessions_before(&self, before_ms: u64) -> Result<(), StoreFault> {
        either!(self, store => store.end_sessions_before(before_ms).await)
    }

    async fn begin_half_session(
        &self,
        hash: [u8; 32],
        half: &HalfSessionRow,
    ) -> Result<bool, StoreFault> {
        either!(self, store => store.begin_half_session(hash, half).await)
    }

    async fn half_session(&self, hash: [u8; 32]) -> Result<Option<HalfSessionRow>, StoreFault> {
        either!(self, store => store.half_session(hash).await)
    }

    async fn count_try(&self, hash: [u8; 32], most: u32) -> Result<bool, StoreFault> {
        either!(self, store => store.count_try(hash, most).await)
    }

    async fn second_factor(&self, login: &str) -> Result<Option<SecondFactorRow>, StoreFault> {
        either!(self, store => store.second_factor(login).await)
    }

    async fn second_factors(&self) -> Result<Vec<SecondFactorRow>, StoreFault> {
        either!(self, store => store.second_factors().await)
    }

    async fn complete_sign_in(
        &self,
        half: [u8; 32],
        proof: &SecondProof,
        hash: [u8; 32],
        session: &SessionRow,
        audit: &AuditContext,
    ) -> Result<bool, StoreFault> {
        either!(self, store => store.complete_sign_in(half, proof, hash, session, audit).await)
    }

    async fn setting(&self, name: &str) -> Result<Option<String>, StoreFault> {
        either!(self, store => store.setting(name).await)
    }

    async fn change_setting(
        &self,
        name: &str,
        [shown, value]: [&str; 2],
        by: ChangedBy<'_>,
        audit: &AuditContext,
    ) -> Result<StaffChange, StoreFault> {
        either!(self, store => store.change_setting(name, [shown, value], by, audit).await)
    }
}

impl SenderStore for AnyStore {
    async fn standing(
        &self,
        entries: &[(SubmissionId, BodyHash)],
    ) -> Result<Vec<bool>, StoreFault> {
        either!(self, store => store.standing(entries).await)
    }

    async fn senders(&self, from_ms: u64, until_ms: u64) -> Result<Vec<SentKind>, StoreFault> {
        either!(self, store => store.senders(from_ms, until_ms).await)
    }

    async fn sent_by(
        &self,
        sender: SenderTag,
        from_ms: u64,
        until_ms: u64,
    ) -> Result<Vec<SentEntry>, StoreFault> {
        either!(self, store => store.sent_by(sender, from_ms, until_ms).await)
    }

    async fn entry_in_or_out_of_sight(
        &self,
        id: SubmissionId,
    ) -> Result<Option<StoredSubmission>, StoreFault> {
        either!(self, store => store.entry_in_or_out_of_sight(id).await)
    }

    async fn quarantine(
        &self,
        ids: &[SubmissionId],
        audit: &AuditContext,
    ) -> Result<u64, StoreFault> {
        either!(self, store => store.quarantine(ids, audit).await)
    }

    async fn put_back(
        &self,
        ids: &[SubmissionId],
        audit: &AuditContext,
    ) -> Result<u64, StoreFault> {
        either!(self, store => store.put_back(ids, audit).await)
    }

    async fn erase_many(
        &self,
        entries: &[(SubmissionId, Tombstone)],
        alone: &[SubmissionId],
        audit: &AuditContext,
    ) -> Result<ErasedMany, StoreFault> {
        either!(self, store => store.erase_many(entries, alone, audit).await)
    }

    async fn forget_senders(
        &self,
        from_ms: u64,
        until_ms: u64,
        most: u32,
    ) -> Result<u64, StoreFault> {
        either!(self, store => store.forget_senders(from_ms, until_ms, most).await)
    }
}
