//! Opens the device's store and delivers what waits there.

use super::{App, BrowserCourier, Keeping, stores};
use crate::browser::clock::BrowserClock;
use crate::browser::locks::{self, Held};
use crate::browser::network::{self, BrowserNetwork};
use crate::browser::random;
use crate::browser::service_worker::room_for_receipts;
use crate::browser::storage::BrowserStorage;
use crate::browser::task::spawn;
use domain::SubmissionId;
use domain::submission::PublicKeys;
use offline::courier::Courier;
use offline::outbox::NextStep;
use offline::ports::{Clock, Storage, StorageFault};
use std::rc::Rc;

const LOCK: &str = "community-hub-courier";
const KEYS_NOTE: &str = "keys";
/// While something waits, another tab's courier gets this many milliseconds before this tab looks
/// again.
const LOOK_AGAIN_MS: u64 = 15_000;
/// A tab found delivering this many times in a row is taken to be frozen by the browser, and
/// another takes over: after a minute, which is longer than a request may take. Attempts are
/// counted rather than timed, because a device's clock may jump. If the tab was working after all,
/// the server receives the same submission twice and stores it once.
const LOOKS_MAX: u32 = 4;
/// The least time between two probes, in milliseconds.
const PROBE_GAP_MS: u64 = 2_000;

impl App {
    /// Uses the store that was opened during the start, or opens it if that took too long.
    pub(crate) fn open_store(self, opened: Option<Result<BrowserStorage, StorageFault>>) {
        spawn(async move {
            let opened = match opened {
                Some(opened) => opened,
                None => stores::open().await,
            };
            match opened {
                Ok(storage) => self.use_store(storage).await,
                Err(fault) => self.keeping.set(Keeping::Impossible(fault)),
            }
        });
        self.tabs.on_told(move || spawn(async move { self.show_store().await }));
    }

    /// Sets up the courier on an open store, then imports older stores, renews keys and catalogue,
    /// and delivers.
    async fn use_store(self, storage: BrowserStorage) {
        let courier = Rc::new(Courier::new(storage, BrowserNetwork, BrowserClock, random::seed()));
        if let Some(keys) = stored_keys(courier.storage()).await {
            courier.learn_keys(keys);
        }
        // The store is opened once, so the cell is empty.
        let _ = self.courier.set(courier);
        self.keeping.set(Keeping::Ready);
        self.take_over_older_stores().await;
        self.show_store().await;
        #[cfg(feature = "counter")]
        self.read_tablet().await;
        self.renew_keys().await;
        room_for_receipts(false);
        self.deliver();
        self.renew_catalogue().await;
    }

    pub(super) fn courier(self) -> Option<Rc<BrowserCourier>> {
        self.courier.get().cloned()
    }

    /// Reads the store again and shows it. What the screen shows comes from the store alone.
    pub(super) async fn show_store(self) {
        let Some(courier) = self.courier() else { return };
        match courier.load().await {
            Ok(()) => self.show(&courier),
            Err(fault) => self.keeping.set(Keeping::Impossible(fault)),
        }
    }

    /// Shows the store's content as of the last reading, with what was written since.
    fn show(self, courier: &BrowserCourier) {
        self.unreadable.set(courier.unreadable());
        self.heads.set(courier.heads());
        self.obstacle.set(courier.obstacle());
        self.compare_with_memory();
    }

    /// Fetches the municipality's keys from the server and stores them for offline use.
    pub(super) async fn renew_keys(self) {
        let Some(courier) = self.courier() else { return };
        let Some(bytes) = network::keys().await else { return };
        let Ok(keys) = postcard::from_bytes::<PublicKeys>(&bytes) else { return };
        if keys.municipality != self.catalogue.municipality().id {
            return;
        }
        let now_ms = keys.now_ms;
        courier.learn_keys(keys);
        // Keys that could not be stored are fetched again at the next start; old envelopes that
        // could not be deleted are deleted then.
        let _ = courier.storage().set_note(KEYS_NOTE, &bytes).await;
        let _ = courier.drop_old_copies(now_ms).await;
    }

    /// Checks whether the server answers, whatever the browser believes, and delivers what waits if
    /// it does.
    pub(crate) fn probe(self) {
        let now_ms = BrowserClock.now_ms();
        let asked_just_now =
            self.last_probe.borrow().is_some_and(|at| now_ms.abs_diff(at) < PROBE_GAP_MS);
        if asked_just_now {
            return;
        }
        *self.last_probe.borrow_mut() = Some(now_ms);
        spawn(async move {
            let is_reachable = network::is_reachable().await;
            self.is_online.set(is_reachable);
            if let Some(courier) = self.courier().filter(|_| is_reachable) {
                courier.hurry();
                // A receipt whose signature was not accepted may be signed with a new key.
                if courier.keys().is_none() || courier.obstacle().is_some() {
                    self.renew_keys().await;
                }
                self.deliver();
                self.renew_catalogue().await;
                self.tell_office().await;
            }
        });
    }

    /// Delivers what waits, in the one tab that holds the lock, and sets the alarm for the rest.
    pub(crate) fn deliver(self) {
        spawn(async move {
            let is_frozen = self.looks.get() >= LOOKS_MAX && !self.is_delivering.get();
            let held = if is_frozen { Held::Steal } else { Held::Skip };
            let has_run = locks::with(LOCK, held, async move { self.deliver_now().await }).await;
            if has_run {
                self.looks.set(0);
            }
            let still_waits = self.heads.read_untracked().iter().any(|head| head.is_waiting());
            // A tab that did not get the lock learned no time for the next attempt, so it sets its
            // own.
            if still_waits && !(has_run && self.alarm.is_set()) {
                self.alarm.set(LOOK_AGAIN_MS, move || {
                    self.looks.set(self.looks.get() + 1);
                    self.deliver();
                });
            }
        });
    }

    /// One round of delivery. Shows the result, notifies the other tabs of a change, and sets the
    /// alarm for the next attempt or cancels it.
    async fn deliver_now(self) {
        let Some(courier) = self.courier() else { return };
        let before = courier.tally();
        self.is_delivering.set(true);
        let step = courier.deliver().await;
        self.is_delivering.set(false);
        match &step {
            Ok(_) => self.show(&courier),
            Err(_) => self.show_store().await,
        }
        if courier.tally() != before {
            self.tabs.tell();
        }
        match step {
            Ok(NextStep::WaitUntil(moment)) => {
                let delay_ms = moment.saturating_sub(BrowserClock.now_ms()).max(1_000);
                self.alarm.set(delay_ms, move || self.deliver());
            }
            Ok(NextStep::Rest | NextStep::Send(_)) => self.alarm.forget(),
            Err(_) => self.alarm.set(LOOK_AGAIN_MS, move || self.deliver()),
        }
        if courier.obstacle().is_none() && courier.tally().received > before.received {
            self.is_online.set(true);
            self.tell_office().await;
        }
    }

    /// Retries one message that needed attention or, with `None`, all that wait.
    pub(crate) fn try_again(self, id: Option<SubmissionId>) {
        spawn(async move {
            let Some(courier) = self.courier() else { return };
            if let Some(id) = id {
                // If the store fails, the message stays as it is and the button is still there.
                let _ = courier.try_again(id).await;
            }
            courier.hurry();
            self.show_store().await;
            self.deliver();
        });
    }

    /// Erases submissions from this device and reports the outcome.
    pub(crate) fn erase(
        self,
        ids: Vec<SubmissionId>,
        done: impl FnOnce(Result<(), StorageFault>) + 'static,
    ) {
        spawn(async move {
            let Some(courier) = self.courier() else {
                return done(Err(StorageFault::Unavailable("not open".into())));
            };
            let outcome = courier.erase(&ids).await;
            self.show_store().await;
            self.tabs.tell();
            done(outcome);
        });
    }
}

async fn stored_keys(storage: &BrowserStorage) -> Option<PublicKeys> {
    let bytes = storage.note(KEYS_NOTE).await.ok().flatten()?;
    postcard::from_bytes(&bytes).ok()
}
