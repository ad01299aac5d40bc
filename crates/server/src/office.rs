//! The office: server-rendered pages for signed-in staff, where every inquiry is answered on time.
//!
//! [`case`] says what an inquiry is and [`clock`] when it is due; neither depends on anything else.
//! [`desk`] holds the open inquiries decrypted in memory, because they stay encrypted on disk.
//! [`mail`] sends replies, [`finds`] counts what was searched for and not found. [`guard`] checks
//! every request, [`routes`] is the only table of addresses and who may use them, [`oidc`] signs
//! people in with a work account. Every other file is one page.

mod arrivals;
pub mod attempts;
mod audit_check;
pub mod case;
pub mod clock;
mod counter;
pub mod demo;
pub mod desk;
mod dice;
pub mod event_cipher;
mod figures;
pub mod finds;
mod gaps;
mod guard;
mod inbox;
mod inquiry;
mod listed;
mod looks;
pub mod mail;
pub mod month;
pub mod oidc;
mod pages;
mod password;
mod people;
mod reply;
pub mod routes;
mod search;
pub mod second_factor;
mod senders;
mod session;
pub(crate) mod settled;
mod sign_in;
pub mod staff;
pub mod suppress;
mod survey;
pub(crate) mod svg;
mod totp;
mod views;
pub mod when;

use sign_in::FirstToken;

use crate::api::{Server, now_ms};
use crate::counter::overlay::Overlay;
use crate::receive::Receiver;
use crate::store::{Custody, Deed, DoorStore, EventRow, OfficeStore, Store, StoreFault};
use crate::survey::opened::OpenedAnswers;
use attempts::Attempts;
use audit_check::{AuditCheck, ENTRIES_PER_TURN};
use axum::Router;
use case::Event;
use desk::{Desk, Inquiry};
use domain::{Catalogue, SubmissionId};
use event_cipher::EventCipher;
use looks::Looks;
use mail::Mailer;
use oidc::{Provider, Spent};
use search::Searches;
use second_factor::SecondFactorPolicy;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::OnceCell;
use when::Zone;

/// Interval in ms at which the inquiries in memory are updated with new submissions and with what
/// other servers of the same database wrote.
const LOOK_MS: u64 = 1_000;
/// Interval at which rate limits that are full again are dropped. Only short work runs on this
/// interval.
const FORGET_TIME: Duration = Duration::from_secs(60);

/// The state of the office: everything that its pages and its background tasks share.
pub struct Office {
    server: Arc<Server<Store>>,
    /// The inquiries held in memory.
    pub desk: Desk,
    zone: Zone,
    floor: OnceCell<u32>,
    looks: Looks,
    attempts: Attempts,
    first: FirstToken,
    /// `None` when no mail server is configured: replying by e-mail is not offered then.
    mailer: Option<Mailer>,
    /// `None` when no provider of work accounts is configured: people sign in with passwords only
    /// then.
    provider: Option<Provider>,
    spent: Spent,
    /// Who needs a second factor, until an administrator has changed the setting.
    second_factor: SecondFactorPolicy,
    searches: Searches,
    opened_answers: OpenedAnswers,
    audit_check: AuditCheck,
    /// The data folder holds generated demo data; every page says so.
    is_demo: bool,
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
    /// Creates the office of a server; [`keep_up`] then reads the inquiries into memory.
    pub fn new(
        server: Arc<Server<Store>>,
        mailer: Option<Mailer>,
        provider: Option<Provider>,
        second_factor: SecondFactorPolicy,
        is_demo: bool,
    ) -> Arc<Self> {
        let zone = Zone::of(&server.editions.catalogue().municipality().time_zone);
        let audit_check = AuditCheck::new(&server.receiver.municipality);
        Arc::new(Self {
            server,
            desk: Desk::default(),
            zone,
            floor: OnceCell::new(),
            looks: Looks::default(),
            attempts: Attempts::default(),
            first: FirstToken::default(),
            mailer,
            provider,
            spent: Spent::default(),
            second_factor,
            searches: Searches::default(),
            opened_answers: OpenedAnswers::default(),
            audit_check,
            is_demo,
        })
    }

    /// Routes for all addresses of the office; each checks the session and the role.
    pub fn router<S: Clone + Send + Sync + 'static>(self: &Arc<Self>) -> Router<S> {
        routes::router(self.clone())
    }

    pub(crate) fn store(&self) -> &Store {
        &self.receiver().store
    }

    /// The cipher with the newest key, for everything that the office encrypts.
    fn cipher(&self) -> EventCipher {
        self.receiver().keys.event_cipher()
    }

    /// Decrypts an event of an inquiry; `None` when no key of the key folder opens it.
    fn opened(&self, row: &EventRow) -> Option<Event> {
        self.receiver().keys.cipher_for(&row.sealed).open(row.id, row.number, &row.sealed)
    }

    fn receiver(&self) -> &Receiver<Store> {
        &self.server.receiver
    }

    fn catalogue(&self) -> Arc<Catalogue> {
        self.server.editions.catalogue()
    }

    /// Recomposes the edition when the office's decisions (made here or at another server) or the
    /// published data changed.
    pub(crate) async fn compose(&self) -> Result<(), StoreFault> {
        let overlay =
            Overlay::of(&*self.counter_ledger().await?, &self.zone, self.edition_floor().await?);
        if !self.server.editions.is_composed(overlay.as_ref()) {
            let server = self.server.clone();
            // Composing packs a catalogue, which takes long. If it panics, the next run tries
            // again.
            drop(
                tokio::task::spawn_blocking(move || server.editions.compose(overlay.as_ref()))
                    .await,
            );
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
        let Some(mut inquiry) = self.desk.inquiry(self, id).await? else { return Ok(None) };
        if inquiry.case.last < seen {
            // The page came from another server, which has read newer events.
            self.desk.take_events_of(self, id).await?;
            let Some(newer) = self.desk.inquiry(self, id).await? else { return Ok(None) };
            inquiry = newer;
        }
        Ok(Some(inquiry).filter(|inquiry| inquiry.case.last == seen))
    }

    /// Appends an event directly after event number `seen`, the last one that the author saw.
    async fn write(
        &self,
        id: SubmissionId,
        seen: u32,
        who: &str,
        event: Event,
    ) -> Result<Written, StoreFault> {
        let Some(before) = self.seen_by(id, seen).await? else { return Ok(Written::Overtaken) };
        let number = seen + 1;
        let at_ms = now_ms();
        let settled = self.desk.settled_row(self, &before.after(self, number, at_ms, who, &event));
        let row = EventRow {
            id,
            number,
            at_ms,
            who: who.into(),
            sealed: self.cipher().seal(id, number, &event),
        };
        let deed = Deed {
            who: if who.is_empty() { "server".into() } else { who.into() },
            reason: String::new(),
            at_ms,
        };
        let settled = settled.as_ref().map(|row| row.sealed.as_slice());
        let is_written =
            self.store().append(&row, event.stage(), event.name(), &deed, settled).await?;
        self.desk.take_events_of(self, id).await?;
        Ok(if is_written { Written::Done } else { Written::Overtaken })
    }
}

/// Keeps the state of the office up to date until it is dropped. Counting takes long after a start,
/// so it runs apart and nothing waits for it.
pub async fn keep_up(office: Arc<Office>) {
    let office = Arc::downgrade(&office);
    tokio::join!(follow(office.clone()), count(office.clone()), forget(office));
}

async fn follow(office: Weak<Office>) {
    while let Some(office) = office.upgrade() {
        if let Err(fault) = office.desk.look(&office).await {
            tracing::error!(%fault, "the desk could not be brought up to date; it is tried again");
        }
        if let Err(fault) = office.compose().await {
            tracing::error!(%fault, "what the office decided could not be read; it is tried again");
        }
        drop(office);
        tokio::time::sleep(Duration::from_millis(LOOK_MS)).await;
    }
}

async fn forget(office: Weak<Office>) {
    while let Some(office) = office.upgrade() {
        office.attempts.forget_quiet();
        office.looks.forget_old(now_ms());
        drop(office);
        tokio::time::sleep(FORGET_TIME).await;
    }
}

async fn count(office: Weak<Office>) {
    while let Some(office) = office.upgrade() {
        if let Err(fault) = office.audit_check.go_on(&office, ENTRIES_PER_TURN).await {
            tracing::error!(%fault, "the audit could not be followed; it is tried again");
        }
        match office.receiver().fill_in_lookups().await {
            // There may be a million of them.
            Ok(false) => continue,
            Ok(true) => {}
            Err(fault) => {
                tracing::error!(%fault, "entries from before could not be given their lookups; it is tried again")
            }
        }
        if let Err(fault) = office.desk.count_finds(&office).await {
            tracing::error!(%fault, "searches without an answer could not be counted; it is tried again");
        }
        drop(office);
        tokio::time::sleep(Duration::from_millis(LOOK_MS)).await;
    }
}
