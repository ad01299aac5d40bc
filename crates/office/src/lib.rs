//! The office: server-rendered pages for signed-in staff, where every inquiry is answered on time.
//!
//! What an inquiry is and when it is due is in the crate `casework`. [`desk`] holds the open
//! inquiries decrypted in memory, because they stay encrypted on disk. [`mail`] sends replies,
//! [`ledger_copy`] reads what staff did with the survey and with counters. `guard` checks every
//! request, [`routes`] is the only table of addresses and who may use them, [`oidc`] signs people
//! in with a work account. Every other file is one page.
//!
//! The office does not know the server around it, which gives it [`OfficeParts`]. It must never
//! answer a request that `guard` did not see.

#![warn(missing_docs)]

mod arrivals;
pub mod attempts;
mod audit_check;
mod banner;
mod bulk;
pub mod cells;
mod confirm;
mod counter;
mod daily_email;
pub mod directory;
mod figures;
mod form;
mod gaps;
mod guard;
mod inbox;
mod inquiry;
pub mod inquiry_cache;
pub mod ledger_copy;
mod looks;
pub mod mail;
pub mod maintenance;
mod merge;
pub mod oidc;
pub mod operations;
pub mod outside;
mod pages;
pub mod password;
mod people;
mod promises;
mod qr;
mod record;
mod record_names;
mod reply;
pub mod routes;
mod search;
pub mod second_factor;
mod senders;
mod session;
mod sign_in;
pub mod staff;
pub mod summaries;
pub mod survey;
mod svg;
mod templates;
mod totp;
mod translations;
mod views;

use form::Author;
pub use form::is_from_elsewhere;
pub use guard::tidy_address;
use sign_in::FirstToken;

use attempts::Attempts;
use audit_check::{AuditCheck, ENTRIES_PER_TURN};
use axum::Router;
use casework::case::CaseEvent;
use casework::counter::ledger as counter_ledger;
use casework::counter::overlay::Overlay;
use casework::inquiry::Inquiry;
use casework::survey::ledger as survey_ledger;
use casework::when::Zone;
use directory::ServiceDirectory;
use domain::{Catalogue, SubmissionId};
pub use inquiry_cache::InboxState;
use inquiry_cache::{InquiryCache, after};
use ledger_copy::LedgerCopy;
use limits::budget::Budgets;
use limits::client::TrustedProxies;
use looks::RecordedViews;
use mail::Mailer;
use maintenance::MaintenanceWatch;
use oidc::{OidcProvider, Spent};
use operations::OperationsSource;
use people::hand_over::{self, HandOvers};
use receiving::Receiver;
use record_names::HeldFrenchTexts;
use search::Searches;
use second_factor::SecondFactorPolicy;
use std::sync::Arc;
use store::{AnyStore, AuditContext, Custody, DoorStore, EventRow, OfficeStore, StoreFault};
use survey::opened::OpenedAnswers;
use tokio::sync::OnceCell;
use vault::event_cipher::EventCipher;
use vault::now_ms;

/// The state of the office: everything that its pages and its background tasks share.
pub struct Office {
    receiver: Arc<Receiver<AnyStore>>,
    directory: Arc<dyn ServiceDirectory>,
    budgets: Arc<Budgets>,
    ledger: Arc<LedgerCopy<survey_ledger::SurveyLedger>>,
    counter: Arc<LedgerCopy<counter_ledger::CounterLedger>>,
    trusted_proxies: TrustedProxies,
    version: String,
    /// The app's public address, without a trailing slash; `None` if none is configured.
    public_url: Option<String>,
    /// The inquiries held in memory.
    pub inquiries: InquiryCache,
    zone: Zone,
    floor: OnceCell<u32>,
    looks: RecordedViews,
    attempts: Attempts,
    first: FirstToken,
    /// `None` when no mail server is configured: replying by e-mail is not offered then.
    mailer: Option<Mailer>,
    /// `None` when no provider of work accounts is configured: people sign in with passwords only
    /// then.
    provider: Option<OidcProvider>,
    spent: Spent,
    /// Who needs a second factor, until an administrator has changed the setting.
    second_factor: SecondFactorPolicy,
    searches: Searches,
    opened_answers: OpenedAnswers,
    audit_check: AuditCheck,
    hand_overs: HandOvers,
    french: HeldFrenchTexts,
    operations: Arc<dyn OperationsSource>,
    maintenance: Arc<MaintenanceWatch>,
    /// The data folder holds generated demo data; every page says so.
    is_demo: bool,
}

/// What an office is made of: what it shares with the server around it, and its settings.
pub struct OfficeParts {
    /// Keys and store of the municipality, and what was received and not yet read.
    pub receiver: Arc<Receiver<AnyStore>>,
    /// The newest edition of the service directory.
    pub directory: Arc<dyn ServiceDirectory>,
    /// How much one sender may send in a day.
    pub budgets: Arc<Budgets>,
    /// What staff did with the survey.
    pub ledger: Arc<LedgerCopy<survey_ledger::SurveyLedger>>,
    /// What staff did with tablets, counters and events.
    pub counter: Arc<LedgerCopy<counter_ledger::CounterLedger>>,
    /// Proxies whose forwarding headers are trusted.
    pub trusted_proxies: TrustedProxies,
    /// The app's version, shown on every page.
    pub version: String,
    /// The app's public address; `None` if none is configured.
    pub public_url: Option<String>,
    /// The mail server; `None` if none is configured.
    pub mailer: Option<Mailer>,
    /// The provider of work accounts; `None` if none is configured.
    pub provider: Option<OidcProvider>,
    /// Who needs a second factor, until an administrator changes it.
    pub second_factor: SecondFactorPolicy,
    /// What the server does at night, and how it is.
    pub operations: Arc<dyn OperationsSource>,
    /// Whether nothing may be written now.
    pub maintenance: Arc<MaintenanceWatch>,
    /// The data folder holds generated demo data.
    pub is_demo: bool,
}

/// The outcome of appending an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// The event is stored.
    Done,
    /// Somebody else appended an event first, or the inquiry no longer exists.
    Overtaken,
}

impl Office {
    /// Creates the office of a server; [`follow`] then reads the inquiries into memory.
    pub fn new(parts: OfficeParts) -> Arc<Self> {
        let zone = Zone::of(&parts.directory.catalogue().municipality().time_zone);
        let audit_check = AuditCheck::new(&parts.receiver.municipality);
        Arc::new(Self {
            receiver: parts.receiver,
            directory: parts.directory,
            budgets: parts.budgets,
            ledger: parts.ledger,
            counter: parts.counter,
            trusted_proxies: parts.trusted_proxies,
            version: parts.version,
            public_url: parts.public_url,
            inquiries: InquiryCache::default(),
            zone,
            floor: OnceCell::new(),
            looks: RecordedViews::default(),
            attempts: Attempts::default(),
            first: FirstToken::default(),
            mailer: parts.mailer,
            provider: parts.provider,
            spent: Spent::default(),
            second_factor: parts.second_factor,
            searches: Searches::default(),
            opened_answers: OpenedAnswers::default(),
            audit_check,
            hand_overs: HandOvers::default(),
            french: HeldFrenchTexts::default(),
            operations: parts.operations,
            maintenance: parts.maintenance,
            is_demo: parts.is_demo,
        })
    }

    /// Routes for all addresses of the office; each checks the session and the role.
    pub fn router<S: Clone + Send + Sync + 'static>(self: &Arc<Self>) -> Router<S> {
        routes::router(self.clone())
    }

    pub(crate) fn store(&self) -> &AnyStore {
        &self.receiver().store
    }

    /// The cipher with the newest key, for everything that the office encrypts.
    fn cipher(&self) -> EventCipher {
        self.receiver().keys.event_cipher()
    }

    /// Decrypts an event of an inquiry; `None` when no key of the key folder opens it.
    fn opened(&self, row: &EventRow) -> Option<CaseEvent> {
        self.receiver().keys.cipher_for(&row.sealed).open(row.id, row.number, &row.sealed)
    }

    fn receiver(&self) -> &Receiver<AnyStore> {
        &self.receiver
    }

    fn catalogue(&self) -> Arc<Catalogue> {
        self.directory.catalogue()
    }

    /// Recomposes the edition when the office's decisions (made here or at another server) or the
    /// published data changed.
    pub async fn compose(&self) -> Result<(), StoreFault> {
        let overlay =
            Overlay::of(&*self.counter_ledger().await?, &self.zone, self.edition_floor().await?);
        if !self.directory.is_composed(overlay.as_ref()) {
            let directory = self.directory.clone();
            // Composing packs a catalogue, which takes long. If it panics, the next run tries
            // again.
            drop(tokio::task::spawn_blocking(move || directory.compose(overlay.as_ref())).await);
        }
        Ok(())
    }

    /// The number to which edition numbers were raised. It changes only while no server runs, so it
    /// is read once.
    async fn edition_floor(&self) -> Result<u32, StoreFault> {
        self.floor.get_or_try_init(|| self.store().edition_floor()).await.copied()
    }

    /// A token for the first administrator, to be printed on the console; `None` once somebody
    /// works here.
    pub async fn first_token(&self) -> Result<Option<String>, StoreFault> {
        let is_empty =
            !self.store().staff().await?.iter().any(|staff| staff.is_active && staff.has_begun());
        Ok(is_empty.then(|| self.first.make()))
    }

    /// The inquiry, if event number `seen` is still its last one. `None` when it no longer exists,
    /// or somebody appended another event.
    async fn seen_by(
        &self,
        id: SubmissionId,
        seen: u32,
    ) -> Result<Option<Arc<Inquiry>>, StoreFault> {
        let Some(mut inquiry) = self.inquiries.inquiry(self, id).await? else { return Ok(None) };
        if inquiry.case.last < seen {
            // The page came from another server, which has read newer events.
            self.inquiries.take_events_of(self, id).await?;
            let Some(newer) = self.inquiries.inquiry(self, id).await? else { return Ok(None) };
            inquiry = newer;
        }
        Ok(Some(inquiry).filter(|inquiry| inquiry.case.last == seen))
    }

    /// Appends an event directly after event number `seen`, the last one that the author saw.
    async fn write(
        &self,
        id: SubmissionId,
        seen: u32,
        author: Author<'_>,
        event: CaseEvent,
    ) -> Result<Written, StoreFault> {
        self.write_at((id, seen), author, event, now_ms()).await
    }

    /// The same at a given time (ms since 1970), which all events of one act share.
    async fn write_at(
        &self,
        (id, seen): (SubmissionId, u32),
        author: Author<'_>,
        event: CaseEvent,
        at_ms: u64,
    ) -> Result<Written, StoreFault> {
        let who = author.login();
        let Some(before) = self.seen_by(id, seen).await? else { return Ok(Written::Overtaken) };
        let number = seen + 1;
        let settled =
            self.inquiries.settled_row(self, &after(self, &before, number, at_ms, who, &event));
        let row = EventRow {
            id,
            number,
            at_ms,
            who: who.into(),
            sealed: self.cipher().seal(id, number, &event),
        };
        let audit = AuditContext {
            who: if who.is_empty() { "server".into() } else { who.into() },
            reason: String::new(),
            at_ms,
        };
        let settled = settled.as_ref().map(|row| row.sealed.as_slice());
        let is_written =
            self.store().append(&row, event.stage(), event.name(), &audit, settled).await?;
        self.inquiries.take_events_of(self, id).await?;
        Ok(if is_written { Written::Done } else { Written::Overtaken })
    }
}

impl Office {
    /// Whether all open inquiries have been read since the start, so that staff see them.
    pub fn has_all_open(&self) -> bool {
        self.inquiries.has_all_open()
    }

    /// Fills in lookups of older submissions; during maintenance none. Returns whether none is left
    /// to be filled in now.
    async fn fill_in_lookups(&self) -> Result<bool, StoreFault> {
        if self.maintenance.is_on() { Ok(true) } else { self.receiver().fill_in_lookups().await }
    }

    /// The inbox in numbers, for monitoring.
    pub fn inbox_state(&self) -> InboxState {
        self.inquiries.inbox_state()
    }
}

/// Updates the inquiries in memory with new submissions and with what other servers of the same
/// database wrote, and the edition with the office's decisions. A background job.
pub async fn follow(office: &Arc<Office>) {
    // Due times depend on the promises in it.
    if let Err(fault) = office.counter_ledger().await {
        tracing::error!(%fault, "what the office decided could not be read; it is tried again");
    }
    if let Err(fault) = office.inquiries.look(office).await {
        tracing::error!(%fault, "the inquiries could not be brought up to date; it is tried again");
    }
    if let Err(fault) = office.compose().await {
        tracing::error!(%fault, "what the office decided could not be read; it is tried again");
    }
}

/// Drops rate limits that are full again, and what is too old to be remembered of reading. A
/// background job.
pub fn forget(office: &Office) {
    office.attempts.forget_quiet();
    office.looks.forget_old(now_ms());
}

/// Hands over inquiries of people who left, for which a request had no time. Returns whether to go
/// on at once. A background job.
pub async fn hand_over(office: &Office) -> bool {
    hand_over::go_on(office).await
}

/// Removes the sessions that have ended. A background job, for offices in which nobody signs in.
pub async fn forget_sessions(office: &Office) {
    let before_ms = now_ms().saturating_sub(session::SESSION_MS_MAX);
    if let Err(fault) = office.store().end_sessions_before(before_ms).await {
        tracing::error!(%fault, "ended sessions could not be removed; it is tried again");
    }
}

/// Checks the audit log, fills in lookups of older submissions, and counts searches without a
/// result. Returns whether lookups remain to be filled in. A background job: it takes long after a
/// start, so nothing waits for it.
pub async fn count(office: &Arc<Office>) -> bool {
    if let Err(fault) = office.audit_check.go_on(office, ENTRIES_PER_TURN).await {
        tracing::error!(%fault, "the audit could not be followed; it is tried again");
    }
    match office.fill_in_lookups().await {
        // There may be a million of them.
        Ok(false) => return true,
        Ok(true) => {}
        Err(fault) => {
            tracing::error!(%fault, "entries from before could not be given their lookups; it is tried again")
        }
    }
    if let Err(fault) = office.inquiries.count_demand(office).await {
        tracing::error!(%fault, "searches without an answer could not be counted; it is tried again");
    }
    false
}
