//! What runs beside the pages: opens the store, probes the connection, renews keys and catalogue,
//! and reports the state of a device in the municipality's rooms.

#[cfg(feature = "counter")]
use super::counter::Counter;
use super::delivery::{DeliveryQueue, stores};
use super::edition::EditionUpdate;
use super::role::DeviceRole;
use super::status::StatusQuery;
use super::translation::Translation;
use crate::browser::clock::BrowserClock;
use crate::browser::network;
use crate::browser::service_worker::room_for_receipts;
use crate::browser::storage::BrowserStorage;
use crate::browser::task::spawn;
use domain::tablet::Reporter;
use offline::ports::{Clock, StorageFault};
use std::cell::Cell;

/// The least time between two probes, in milliseconds.
const PROBE_GAP_MS: u64 = 2_000;

/// Keeps the device's store, keys and catalogue up to date.
pub(crate) struct Upkeep {
    role: &'static DeviceRole,
    delivery: &'static DeliveryQueue,
    edition: &'static EditionUpdate,
    translation: &'static Translation,
    status: &'static StatusQuery,
    #[cfg(feature = "counter")]
    counter: &'static Counter,
    probed_ms: Cell<Option<u64>>,
}

impl Upkeep {
    pub(super) fn new(
        role: &'static DeviceRole,
        delivery: &'static DeliveryQueue,
        edition: &'static EditionUpdate,
        translation: &'static Translation,
        status: &'static StatusQuery,
        #[cfg(feature = "counter")] counter: &'static Counter,
    ) -> Self {
        Self {
            role,
            delivery,
            edition,
            translation,
            status,
            #[cfg(feature = "counter")]
            counter,
            probed_ms: Cell::new(None),
        }
    }

    /// Uses the store that was opened during the start, or opens it if that took too long.
    pub(crate) fn open_store(&'static self, opened: Option<Result<BrowserStorage, StorageFault>>) {
        spawn(async move {
            let opened = match opened {
                Some(opened) => opened,
                None => stores::open().await,
            };
            match opened {
                Ok(storage) => self.use_store(storage).await,
                Err(fault) => self.delivery.cannot_store(fault),
            }
        });
        self.delivery.on_received(Box::new(|| spawn(self.report())));
        self.delivery.follow_other_tabs();
    }

    /// Starts delivery from an open store, then imports older stores, renews keys and catalogue,
    /// and delivers.
    async fn use_store(&'static self, storage: BrowserStorage) {
        self.delivery.use_store(storage).await;
        self.delivery.take_over_older_stores().await;
        self.delivery.show_store().await;
        self.delivery.forget_borrowed().await;
        #[cfg(feature = "counter")]
        self.counter.read_tablet().await;
        self.status.follow(false).await;
        self.delivery.renew_keys().await;
        room_for_receipts(false);
        self.delivery.deliver();
        self.edition.renew().await;
        self.translation.keep_up().await;
        let is_online = self.delivery.is_online.get_untracked();
        self.status.follow(is_online).await;
    }

    /// Checks whether the server answers, whatever the browser believes, and delivers what waits if
    /// it does.
    pub(crate) fn probe(&'static self) {
        let now_ms = BrowserClock.now_ms();
        if self.probed_ms.get().is_some_and(|at| now_ms.abs_diff(at) < PROBE_GAP_MS) {
            return;
        }
        self.probed_ms.set(Some(now_ms));
        spawn(async move {
            let is_reachable = network::is_reachable().await;
            self.delivery.is_online.set(is_reachable);
            if let Some(courier) = self.delivery.courier().filter(|_| is_reachable) {
                courier.hurry();
                // A receipt whose signature was not accepted may be signed with a new key.
                if courier.keys().is_none() || courier.obstacle().is_some() {
                    self.delivery.renew_keys().await;
                }
                self.delivery.deliver();
                self.edition.renew().await;
                self.translation.keep_up().await;
                self.status.follow(true).await;
                self.report().await;
            }
        });
    }

    /// Reports the state of a public terminal or a staff tablet. A person's own device reports
    /// nothing.
    async fn report(&'static self) {
        #[cfg(feature = "counter")]
        self.counter.report().await;
        if let Some(terminal) = self.role.terminal {
            // Nothing waits for the answer, and the next probe reports again.
            let reporter = Reporter::Terminal { id: terminal.id.clone() };
            let _ = network::report(&self.delivery.report_by(reporter)).await;
        }
    }
}
