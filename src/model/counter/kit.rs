//! The checklist of a tablet: whether it has all that it needs before it leaves for a hall without
//! a network, and whether everything was delivered once it is back.

use super::Counter;
use super::tablet::TABLET_NOTE;
use crate::browser::clock::BrowserClock;
use crate::browser::task::spawn;
use crate::browser::{device, network, room, service_worker};
use domain::HubId;
use domain::submission::Kind;
use offline::parcel::Head;
use offline::ports::Clock;

/// A clock that is off by more seconds puts submissions on the wrong day near midnight.
const CLOCK_S_MAX: u64 = 120;
/// Storage for a fair in MB: 5,000 submissions of 4 KB, and as much again for the browser.
const ROOM_MB_MIN: f64 = 50.0;
/// The least battery level, of 1.
const BATTERY_MIN: f64 = 0.8;

/// The result and time of a measurement.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct KitMeasurement {
    /// When it was made, in ms since 1970.
    pub(crate) at_ms: u64,
    /// Whether the server answered.
    pub(crate) is_reached: bool,
    /// The number of the newest edition, if this device has it. `None` if it does not, or if the
    /// server did not say which edition is the newest.
    pub(crate) catalogue: Option<u32>,
    /// Whether this device has keys to seal with.
    pub(crate) has_keys: bool,
    /// Seconds between the device's clock and the server's. `None` if it was not reached.
    pub(crate) clock_off_s: Option<u64>,
    /// Free storage. `None` if the browser does not say.
    pub(crate) room_mb: Option<f64>,
    /// Whether the browser promised not to clear the store. `None` if it does not say.
    pub(crate) is_promised: Option<bool>,
    /// Level from 0 to 1, and whether it is charging. `None` if the browser does not say.
    pub(crate) battery: Option<(f64, bool)>,
    /// Whether the app is stored here, to start without a network.
    pub(crate) has_copy: bool,
    pub(crate) waiting: usize,
}

/// An item of the checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KitCheck {
    Catalogue,
    Keys,
    Copy,
    Room,
    Promise,
    Clock,
    Battery,
    Queue,
}

/// The state of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KitMark {
    Good,
    /// A person has to look at it.
    Look,
    /// The device does not report it.
    Unknown,
}

impl KitMeasurement {
    /// All items that matter in a hall without a network, the most harmful first.
    pub(crate) fn checks(&self) -> [(KitCheck, KitMark); 8] {
        let good_if = |is_good: bool| if is_good { KitMark::Good } else { KitMark::Look };
        [
            (KitCheck::Copy, good_if(self.has_copy)),
            (KitCheck::Keys, good_if(self.has_keys && self.is_reached)),
            (KitCheck::Catalogue, good_if(self.catalogue.is_some())),
            (
                KitCheck::Room,
                self.room_mb.map_or(KitMark::Unknown, |room_mb| good_if(room_mb >= ROOM_MB_MIN)),
            ),
            (KitCheck::Promise, self.is_promised.map_or(KitMark::Unknown, good_if)),
            (
                KitCheck::Clock,
                self.clock_off_s.map_or(KitMark::Look, |off_s| good_if(off_s <= CLOCK_S_MAX)),
            ),
            (
                KitCheck::Battery,
                self.battery.map_or(KitMark::Unknown, |(level, is_charging)| {
                    good_if(level >= BATTERY_MIN || is_charging)
                }),
            ),
            (KitCheck::Queue, good_if(self.waiting == 0)),
        ]
    }

    /// Whether nothing on the checklist needs a person.
    pub(crate) fn is_ready(&self) -> bool {
        self.checks().iter().all(|(_, mark)| *mark != KitMark::Look)
    }
}

/// How many submissions of one kind wait on this device, were received or need a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KindProgress {
    pub(crate) kind: Kind,
    pub(crate) waiting: usize,
    pub(crate) received: usize,
    pub(crate) attention: usize,
}

/// Counts submissions by kind from the store's heads alone. Kinds without submissions are left out.
pub(crate) fn progress_by_kind(heads: &[Head]) -> Vec<KindProgress> {
    let kinds = [
        Kind::Contact,
        Kind::Inquiry,
        Kind::Addition,
        Kind::Feedback,
        Kind::Tally,
        Kind::Correction,
        Kind::Gap,
    ];
    let count = |kind: Kind, fits: fn(&Head) -> bool| {
        heads.iter().filter(|head| head.kind == kind && fits(head)).count()
    };
    let of = |kind| KindProgress {
        kind,
        waiting: count(kind, Head::is_waiting),
        received: count(kind, |head| head.receipt().is_some()),
        attention: count(kind, Head::needs_attention),
    };
    kinds.into_iter().map(of).filter(|of| of.waiting + of.received + of.attention > 0).collect()
}

impl Counter {
    /// Fetches newer keys and a newer catalogue, asks the browser not to clear the store, and
    /// measures the rest.
    pub(crate) fn prepare(&'static self, on_done: impl FnOnce() + 'static) {
        spawn(async move {
            self.parts.delivery.renew_keys().await;
            self.parts.edition.ask_again();
            let newest = network::edition().await.map(|edition| edition.number);
            self.parts.edition.renew().await;
            let measured = self.measure(newest).await;
            let is_promised = measured.is_promised;
            self.parts.device.facts.update(|facts| facts.is_promised = is_promised);
            self.measured.set(Some(measured));
            self.report().await;
            on_done();
        });
    }

    /// Measures everything on the checklist. `newest` is the number of the server's newest edition,
    /// if it answered.
    async fn measure(&self, newest: Option<u32>) -> KitMeasurement {
        let is_promised = room::ask_for_promise().await;
        let room_mb = room::left().await.map(|bytes| bytes / 1e6);
        let courier = self.parts.delivery.courier();
        let keys = courier.as_ref().and_then(|courier| courier.keys());
        let heads = &self.parts.delivery.heads;
        KitMeasurement {
            at_ms: BrowserClock.now_ms(),
            is_reached: newest.is_some(),
            catalogue: newest.filter(|newest| self.parts.edition.newest() >= *newest),
            has_keys: keys.is_some(),
            clock_off_s: keys
                .filter(|_| newest.is_some())
                .map(|keys| keys.now_ms.abs_diff(BrowserClock.now_ms()) / 1_000),
            room_mb,
            is_promised,
            battery: device::battery().await,
            has_copy: service_worker::has_copy().await,
            waiting: heads.read_untracked().iter().filter(|head| head.is_waiting()).count(),
        }
    }

    /// Makes the tablet work at an event from now on, or with `None` at the location that the
    /// office chose.
    pub(crate) fn work_at(&'static self, event: Option<HubId>) {
        let Some(mut tablet) = self.tablet.get_untracked() else { return };
        tablet.event = event;
        self.chosen_channel.set(None);
        spawn(async move {
            if self.store_note(TABLET_NOTE, &tablet).await.is_ok() {
                self.tablet.set(Some(tablet));
                self.read_log();
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> KitMeasurement {
        KitMeasurement {
            at_ms: 1,
            is_reached: true,
            catalogue: Some(3),
            has_keys: true,
            clock_off_s: Some(2),
            room_mb: Some(900.0),
            is_promised: Some(true),
            battery: Some((0.95, false)),
            has_copy: true,
            waiting: 0,
        }
    }

    #[test]
    fn a_tablet_is_ready_when_nothing_asks_for_a_look() {
        assert!(good().is_ready());
        let unknown = KitMeasurement { battery: None, is_promised: None, room_mb: None, ..good() };
        assert!(
            unknown.is_ready(),
            "what the device does not say, the page says to look at by eye"
        );
        let charging = KitMeasurement { battery: Some((0.1, true)), ..good() };
        assert!(charging.is_ready());
    }

    #[test]
    fn each_thing_that_is_missing_is_named() {
        let spoiled = [
            (KitCheck::Copy, KitMeasurement { has_copy: false, ..good() }),
            (KitCheck::Keys, KitMeasurement { has_keys: false, ..good() }),
            (KitCheck::Catalogue, KitMeasurement { catalogue: None, ..good() }),
            (KitCheck::Room, KitMeasurement { room_mb: Some(12.0), ..good() }),
            (KitCheck::Promise, KitMeasurement { is_promised: Some(false), ..good() }),
            (KitCheck::Clock, KitMeasurement { clock_off_s: Some(3_600), ..good() }),
            (KitCheck::Clock, KitMeasurement { clock_off_s: None, ..good() }),
            (KitCheck::Battery, KitMeasurement { battery: Some((0.4, false)), ..good() }),
            (KitCheck::Queue, KitMeasurement { waiting: 3, ..good() }),
        ];
        for (check, measured) in spoiled {
            let named: Vec<KitCheck> = measured
                .checks()
                .into_iter()
                .filter(|(_, mark)| *mark == KitMark::Look)
                .map(|(check, _)| check)
                .collect();
            assert_eq!(named, [check]);
            assert!(!measured.is_ready());
        }
    }
}
