//! The device's store of submissions, and their way to the server. What the screen shows of them
//! comes from the store alone.

mod posting;
mod sending;
pub(crate) mod stores;

use super::device::StorageWatch;
use super::role::DeviceRole;
use crate::browser::channel::TabChannel;
use crate::browser::clock::BrowserClock;
use crate::browser::network::{self, BrowserNetwork};
use crate::browser::storage::BrowserStorage;
use crate::browser::task::spawn;
use crate::browser::timer::Alarm;
use crate::browser::{keepsake, page, random};
use domain::office::OfficeOffer;
use domain::submission::PublicKeys;
use domain::tablet::{DeviceState, Reporter, TabletReport};
use domain::{Catalogue, SubmissionId};
use elements::Signal;
use offline::answer::Obstacle;
use offline::courier::Courier;
use offline::parcel::Head;
use offline::ports::{Clock, Storage, StorageFault};
use offline::sealing::SealingFault;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

const KEYS_NOTE: &str = "keys";
/// Ids, separated by spaces, of the messages that were sent from here as from a shared computer.
const BORROWED_SENT: &str = "shared-computer-sent";
/// The most messages that are noted under one name: the newest. What is older was read or deleted
/// long ago.
const NOTED_MAX: usize = 200;

/// The courier with this browser's store, network and clock.
pub(crate) type BrowserCourier = Courier<BrowserStorage, BrowserNetwork, BrowserClock>;

/// Whether this device can store submissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoreState {
    Opening,
    Ready,
    Impossible(StorageFault),
}

/// Why a submission could not be stored. The person's words are still in the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotStored {
    Full,
    CannotKeep,
    Newer,
    NoKeys,
    TooLarge,
}

/// A submission of this visit: its id, and its secret, which a shared device does not store.
struct VisitSecret {
    id: SubmissionId,
    secret: [u8; 16],
}

/// Stores submissions and delivers them.
pub(crate) struct DeliveryQueue {
    catalogue: &'static Catalogue,
    role: &'static DeviceRole,
    device: &'static StorageWatch,
    /// Whether the store can be used.
    pub(crate) store: Signal<StoreState>,
    /// The submissions in the store, oldest first.
    pub(crate) heads: Signal<Vec<Head>>,
    /// How many entries of the store this version of the app cannot read.
    pub(crate) unreadable: Signal<usize>,
    /// What kept the last attempt from being answered.
    pub(crate) obstacle: Signal<Option<Obstacle>>,
    /// Whether the server answered the last probe.
    pub(crate) is_online: Signal<bool>,
    /// What the office promises, and how it can reply; as the server last said. `None` as long as
    /// no server has said it: then nothing is promised.
    pub(crate) offer: Signal<Option<OfficeOffer>>,
    /// Whether the server has published results of the survey. `None` if it has not said that.
    pub(crate) has_results: Signal<Option<bool>>,
    /// Whether a form's submission is being stored.
    pub(crate) is_saving: Signal<bool>,
    /// Why the last submission of a form was not stored.
    pub(crate) not_stored: Signal<Option<NotStored>>,
    visit: RefCell<Vec<VisitSecret>>,
    courier: OnceCell<Rc<BrowserCourier>>,
    tabs: TabChannel,
    alarm: Alarm,
    /// How many attempts in a row found another tab delivering.
    looks: Cell<u32>,
    /// Whether this tab is delivering.
    is_delivering: Cell<bool>,
    on_received: OnceCell<Box<dyn Fn()>>,
}

impl DeliveryQueue {
    pub(super) fn new(
        catalogue: &'static Catalogue,
        role: &'static DeviceRole,
        device: &'static StorageWatch,
    ) -> Self {
        Self {
            catalogue,
            role,
            device,
            store: Signal::new(StoreState::Opening),
            heads: Signal::default(),
            unreadable: Signal::default(),
            obstacle: Signal::default(),
            is_online: Signal::new(true),
            offer: Signal::default(),
            has_results: Signal::default(),
            is_saving: Signal::new(false),
            not_stored: Signal::new(None),
            visit: RefCell::default(),
            courier: OnceCell::new(),
            tabs: TabChannel::open("community-hub"),
            alarm: Alarm::default(),
            looks: Cell::new(0),
            is_delivering: Cell::new(false),
            on_received: OnceCell::new(),
        }
    }

    /// Calls `act` whenever the server has received something from here. Set once.
    pub(super) fn on_received(&self, act: Box<dyn Fn()>) {
        let _ = self.on_received.set(act);
    }

    /// Shows what other tabs change.
    pub(super) fn follow_other_tabs(&'static self) {
        self.tabs.on_change(move || spawn(self.show_store()));
    }

    /// Sets up the courier on an open store, which is ready once it has been shown.
    pub(super) async fn use_store(&self, storage: BrowserStorage) {
        let courier = Rc::new(Courier::new(storage, BrowserNetwork, BrowserClock, random::seed()));
        self.take_stored_keys(&courier).await;
        // The store is opened once, so the cell is empty.
        let _ = self.courier.set(courier);
    }

    /// Reads the municipality's keys that this device stores. Without them, they are fetched.
    async fn take_stored_keys(&self, courier: &BrowserCourier) {
        if let Ok(Some(bytes)) = courier.storage().note(KEYS_NOTE).await
            && let Some(keys) = self.read_keys(&bytes)
        {
            courier.learn_keys(keys);
        }
    }

    /// This device has no store that opens.
    pub(super) fn cannot_store(&self, fault: StorageFault) {
        self.store.set(StoreState::Impossible(fault));
    }

    /// `None` until the store is open.
    pub(super) fn courier(&self) -> Option<Rc<BrowserCourier>> {
        self.courier.get().cloned()
    }

    /// Reads the store again and shows it. What the screen shows comes from the store alone.
    pub(super) async fn show_store(&'static self) {
        let Some(courier) = self.courier() else { return };
        match courier.load().await {
            Ok(()) => self.show(&courier),
            Err(fault) => self.cannot_store(fault),
        }
    }

    /// Shows the store's content as of the last reading, with what was written since.
    fn show(&'static self, courier: &BrowserCourier) {
        let mut heads = courier.heads();
        self.unreadable.set(courier.unreadable());
        self.obstacle.set(courier.obstacle());
        self.device.compare_with_memory(&heads, *self.unreadable.read_untracked());
        // What a visit on a borrowed computer left is nobody's business.
        let borrowed = if self.role.is_shared() { Vec::new() } else { borrowed_ids() };
        heads.retain(|head| !borrowed.contains(&head.id));
        self.heads.set(heads);
        // Only now: an open store that was not read yet is not an empty one.
        if *self.store.read_untracked() != StoreState::Ready {
            self.store.set(StoreState::Ready);
        }
    }

    /// Shows the store again after a change, here and in other tabs, and delivers.
    pub(super) async fn after_change(&'static self) {
        self.show_store().await;
        self.tabs.tell();
        self.deliver();
    }

    /// Reads the municipality's keys and shows what the office offers, which follows them. `None`
    /// if they are damaged or another municipality's.
    fn read_keys(&self, bytes: &[u8]) -> Option<PublicKeys> {
        let (keys, rest) = postcard::take_from_bytes::<PublicKeys>(bytes).ok()?;
        if keys.municipality != self.catalogue.municipality().id {
            return None;
        }
        let (offer, has_results) = said_with_keys(rest);
        self.offer.set(offer);
        self.has_results.set(has_results);
        Some(keys)
    }

    /// Fetches the municipality's keys from the server and stores them for offline use.
    pub(super) async fn renew_keys(&self) {
        let Some(courier) = self.courier() else { return };
        let Some(bytes) = network::keys().await else { return };
        let Some(keys) = self.read_keys(&bytes) else { return };
        let now_ms = keys.now_ms;
        courier.learn_keys(keys);
        // Keys that could not be stored are fetched again at the next start; old envelopes that
        // could not be deleted are deleted then.
        let _ = courier.storage().set_note(KEYS_NOTE, &bytes).await;
        let _ = courier.drop_old_copies(now_ms).await;
    }

    /// What the office learns about a device in its rooms: numbers, never content.
    pub(super) fn report_by(&self, reporter: Reporter) -> TabletReport {
        let heads = self.heads.read_untracked();
        let facts = self.device.facts.read_untracked();
        let now_ms = BrowserClock.now_ms();
        let unsent = || heads.iter().filter(|head| head.receipt().is_none());
        let state = DeviceState {
            waiting: unsent().filter(|head| head.is_waiting()).count() as u32,
            needs_attention: unsent().filter(|head| head.needs_attention()).count() as u32,
            oldest_s: unsent().map(|head| now_ms.saturating_sub(head.kept_at_ms) / 1_000).max(),
            catalogue: self.catalogue.version(),
            app: page::meta("hub-version").unwrap_or_default(),
            room_mb: facts.room_bytes.map(|bytes| (bytes / 1e6) as u32),
            is_promised: facts.is_promised,
        };
        TabletReport { reporter, state }
    }

    /// Called when the person has read about a loss.
    pub(crate) fn forget_losses(&self) {
        self.device.forget_losses(&self.heads.read_untracked());
    }

    /// Whether anything was sent during this visit.
    pub(super) fn has_visit(&self) -> bool {
        !self.visit.borrow().is_empty()
    }

    /// Forgets the secrets of this visit, and with them which messages may be shown.
    #[cfg(feature = "counter")]
    pub(super) fn forget_visit(&self) {
        self.visit.borrow_mut().clear();
    }

    /// The messages that are deleted when this visit ends. On an ephemeral terminal nothing waits
    /// for later: the visitor was informed that an unsent message is lost. On a borrowed computer
    /// what was sent goes too, because its browser forgets nothing by itself.
    pub(super) fn leaving_with_visit(&self) -> Vec<SubmissionId> {
        if !self.role.is_ephemeral() {
            return Vec::new();
        }
        let is_leaving = |head: &&Head| {
            self.is_of_visit(head.id) && (self.role.is_borrowed() || head.receipt().is_none())
        };
        self.heads.read_untracked().iter().filter(is_leaving).map(|head| head.id).collect()
    }

    /// Deletes what visits on a borrowed computer left because its tab was closed before they
    /// ended: what the server has received. The rest is sent first, and deleted at a later start.
    pub(super) async fn forget_borrowed(&'static self) {
        let Some(courier) = self.courier() else { return };
        let noted = borrowed_ids();
        let is_leaving = |head: &Head| {
            head.receipt().is_some() && noted.contains(&head.id) && !self.is_of_visit(head.id)
        };
        let leaving: Vec<_> =
            courier.heads().into_iter().filter(is_leaving).map(|head| head.id).collect();
        if !leaving.is_empty() && courier.erase(&leaving).await.is_ok() {
            // Another tab may have noted more meanwhile.
            let rest = borrowed_ids().into_iter().filter(|id| !leaving.contains(id));
            note_borrowed(rest.collect());
            self.show_store().await;
            self.tabs.tell();
        }
    }

    /// Leaves nothing of this visit on this device, or of all messages that it has, once the server
    /// has received them.
    pub(crate) fn leave_nothing(&'static self, of_all: bool) {
        let heads = self.heads.get_untracked();
        let leaving = heads.iter().filter(|head| of_all || self.is_of_visit(head.id));
        note_borrowed(borrowed_ids().into_iter().chain(leaving.map(|head| head.id)).collect());
        if of_all {
            self.visit.borrow_mut().clear();
        }
        spawn(self.forget_borrowed());
    }

    /// Whether a message was sent since this page was opened.
    pub(crate) fn is_of_visit(&self, id: SubmissionId) -> bool {
        self.visit.borrow().iter().any(|own| own.id == id)
    }

    /// Whether this device shows a message. A person's own device shows all, a shared device only
    /// those of this visit.
    pub(crate) fn shows(&self, id: SubmissionId) -> bool {
        !self.role.is_shared() || self.is_of_visit(id)
    }

    /// The tracking secret of a message. On a shared device it is in the page only.
    pub(crate) fn secret_of(&self, head: &Head) -> [u8; 16] {
        let visit = self.visit.borrow();
        visit.iter().find(|own| own.id == head.id).map_or(head.secret, |own| own.secret)
    }
}

/// What a server says after its keys: what the office offers, and whether results are published.
/// Older servers end before one of them.
fn said_with_keys(bytes: &[u8]) -> (Option<OfficeOffer>, Option<bool>) {
    match postcard::take_from_bytes::<OfficeOffer>(bytes) {
        Ok((offer, rest)) => {
            (Some(offer), postcard::from_bytes::<Option<bool>>(rest).ok().flatten())
        }
        Err(_) => (None, None),
    }
}

/// The messages of visits on a borrowed computer that are not deleted yet.
fn borrowed_ids() -> Vec<SubmissionId> {
    noted_ids(BORROWED_SENT)
}

/// Notes these messages, so that they are deleted however the visit ends.
fn note_borrowed(ids: Vec<SubmissionId>) {
    note_ids(BORROWED_SENT, ids);
}

/// The messages that this device has noted under a name.
pub(super) fn noted_ids(name: &str) -> Vec<SubmissionId> {
    ids_in(&keepsake::get(name).unwrap_or_default())
}

/// Notes the newest of these messages under a name, in place of those that were noted before.
pub(super) fn note_ids(name: &str, ids: Vec<SubmissionId>) {
    keepsake::set(name, &newest_of(ids));
}

fn ids_in(listed: &str) -> Vec<SubmissionId> {
    listed.split(' ').filter_map(|id| SubmissionId::parse(id).ok()).collect()
}

/// The newest messages as they are noted, each once.
fn newest_of(mut ids: Vec<SubmissionId>) -> String {
    ids.sort_unstable();
    ids.dedup();
    let newest = &ids[ids.len().saturating_sub(NOTED_MAX)..];
    let texts: Vec<_> = newest.iter().map(ToString::to_string).collect();
    texts.join(" ")
}

impl From<StorageFault> for NotStored {
    fn from(fault: StorageFault) -> Self {
        match fault {
            StorageFault::Full => NotStored::Full,
            StorageFault::Newer => NotStored::Newer,
            StorageFault::Unavailable(_) => NotStored::CannotKeep,
        }
    }
}

impl From<SealingFault> for NotStored {
    fn from(fault: SealingFault) -> Self {
        match fault {
            SealingFault::NoKey => NotStored::NoKeys,
            SealingFault::TooLarge => NotStored::TooLarge,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_server_says_less_with_its_keys() {
        let offer = OfficeOffer { sends_email: true, first_reply: None };
        let bytes = postcard::to_allocvec(&(&offer, Some(false))).unwrap();
        assert_eq!(said_with_keys(&bytes), (Some(offer.clone()), Some(false)));
        let unknown = postcard::to_allocvec(&(&offer, None::<bool>)).unwrap();
        assert_eq!(said_with_keys(&unknown), (Some(offer.clone()), None));
        let before = postcard::to_allocvec(&offer).unwrap();
        assert_eq!(said_with_keys(&before), (Some(offer), None));
        assert_eq!(said_with_keys(&[]), (None, None));
    }

    #[test]
    fn the_newest_messages_are_noted_once_each_and_read_back() {
        let id = |at: usize| SubmissionId::from_parts(at as u64, [7; 10]);
        let all: Vec<_> = (1..=NOTED_MAX + 3).rev().chain([5]).map(id).collect();
        let noted: Vec<_> = (4..=NOTED_MAX + 3).map(id).collect();
        assert_eq!(ids_in(&newest_of(all)), noted);
        assert_eq!(newest_of(Vec::new()), "", "the name is removed");
        assert!(ids_in("x <b> 0193").is_empty(), "what others wrote there is no id");
    }
}
