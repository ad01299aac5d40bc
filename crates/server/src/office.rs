//! The office: every inquiry answered, on time. Plain pages made here, for people who are signed in.
//!
//! [`case`] and [`clock`] are what an inquiry is and when it is due, and know nothing else. [`desk`] holds all inquiries opened in memory,
//! because on the disk they stay sealed. [`mail`] sends replies, [`finds`] are the sums of what was missing. [`guard`] is the door, [`routes`] the one
//! table of what there is and who may, [`oidc`] the way in with a work account. The rest is one page a file.

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

/// How often the desk looks for what came in, and for what other servers of the same database wrote.
const LOOK_MS: u64 = 1_000;
/// How often who has been quiet at the door is forgotten. Nothing else that takes long is waited for.
const FORGET_TIME: Duration = Duration::from_secs(60);

pub struct Office {
    server: Arc<Server<Store>>,
    pub desk: Desk,
    zone: Zone,
    floor: OnceCell<u32>,
    looks: Looks,
    attempts: Attempts,
    first: FirstToken,
    /// None when no mail server was configured: then nobody is offered to reply by e-mail.
    mailer: Option<Mailer>,
    /// None when no provider of work accounts was configured: then people sign in with passwords only.
    provider: Option<Provider>,
    spent: Spent,
    /// Who needs a second factor, until an administrator has said it.
    second_factor: SecondFactorPolicy,
    searches: Searches,
    audit_check: AuditCheck,
    /// Its entries were made up to show the office at work; every page says so.
    is_demo: bool,
}

/// What writing an event came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    Done,
    /// Somebody else wrote first, or the inquiry is gone.
    Overtaken,
}

impl Office {
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
            audit_check,
            is_demo,
        })
    }

    /// All addresses of the office, behind its door.
    pub fn router<S: Clone + Send + Sync + 'static>(self: &Arc<Self>) -> Router<S> {
        routes::router(self.clone())
    }

    pub(crate) fn store(&self) -> &Store {
        &self.receiver().store
    }

    /// Seals what the office writes with the newest key.
    fn cipher(&self) -> EventCipher {
        self.receiver().keys.event_cipher()
    }

    /// What was done with an inquiry; `None` when no key of the folder opens it.
    fn opened(&self, row: &EventRow) -> Option<Event> {
        self.receiver().keys.cipher_for(&row.sealed).open(row.id, row.number, &row.sealed)
    }

    fn receiver(&self) -> &Receiver<Store> {
        &self.server.receiver
    }

    fn catalogue(&self) -> Arc<Catalogue> {
        self.server.editions.catalogue()
    }

    /// Brings the edition up to date with what the office decided, here or at another server, and with what was published.
    pub(crate) async fn compose(&self) -> Result<(), StoreFault> {
        let overlay =
            Overlay::of(&*self.counter_ledger().await?, &self.zone, self.edition_floor().await?);
        if !self.server.editions.is_composed(overlay.as_ref()) {
            let server = self.server.clone();
            // It packs a catalogue, which takes long. One that is lost to a panic is made at the next look.
            drop(
                tokio::task::spawn_blocking(move || server.editions.compose(overlay.as_ref()))
                    .await,
            );
        }
        Ok(())
    }

    /// How far numbers of editions were raised. It changes only while no server runs.
    async fn edition_floor(&self) -> Result<u32, StoreFault> {
        self.floor.get_or_try_init(|| self.store().edition_floor()).await.copied()
    }

    /// When nobody works here yet: a token for the first administrator, for the console.
    pub async fn first_token(&self) -> Result<Option<String>, StoreFault> {
        let is_empty =
            !self.store().staff().await?.iter().any(|staff| staff.is_active && staff.has_begun());
        Ok(is_empty.then(|| self.first.make()))
    }

    /// The inquiry as whoever saw its event of this number last has it. `None` when it is gone, or somebody wrote more.
    async fn seen_by(
        &self,
        id: SubmissionId,
        seen: u32,
    ) -> Result<Option<Arc<Inquiry>>, StoreFault> {
        let Some(mut inquiry) = self.desk.inquiry(self, id).await? else { return Ok(None) };
        if inquiry.case.last < seen {
            // The page was made by another server, which knows more.
            self.desk.take_events_of(self, id).await?;
            let Some(newer) = self.desk.inquiry(self, id).await? else { return Ok(None) };
            inquiry = newer;
        }
        Ok(Some(inquiry).filter(|inquiry| inquiry.case.last == seen))
    }

    /// Writes down what somebody did, as the next event after the one that they had seen.
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

/// Keeps what the office holds up to date for as long as it is open. What is counted takes long after a start, and nobody waits for it.
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
