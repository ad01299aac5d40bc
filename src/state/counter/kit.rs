//! The checklist of a tablet: whether it has all that it needs before it leaves for a hall without
//! a network, and whether everything was delivered once it is back.

use super::{App, TABLET_NOTE};
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
pub(crate) struct Measured {
    pub(crate) at_ms: u64,
    pub(crate) is_reached: bool,
    /// The number of the newest edition, if this device has it. `None` if it does not, or if the
    /// server did not say which edition is the newest.
    pub(crate) catalogue: Option<u32>,
    pub(crate) has_keys: bool,
    pub(crate) clock_off_s: Option<u64>,
    pub(crate) room_mb: Option<f64>,
    pub(crate) is_promised: Option<bool>,
    /// Level from 0 to 1, and whether it is charging. `None` if the browser does not say.
    pub(crate) battery: Option<(f64, bool)>,
    pub(crate) has_copy: bool,
    pub(crate) waiting: usize,
}

/// An item of the checklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
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
pub(crate) enum Mark {
    Good,
    /// A person has to look at it.
    Look,
    /// The device does not report it.
    Unknown,
}

impl Measured {
    /// All items that matter in a hall without a network, the most harmful first.
    pub(crate) fn checks(&self) -> [(What, Mark); 8] {
        let good_if = |is_good: bool| if is_good { Mark::Good } else { Mark::Look };
        [
            (What::Copy, good_if(self.has_copy)),
            (What::Keys, good_if(self.has_keys && self.is_reached)),
            (What::Catalogue, good_if(self.catalogue.is_some())),
            (
                What::Room,
                self.room_mb.map_or(Mark::Unknown, |room_mb| good_if(room_mb >= ROOM_MB_MIN)),
            ),
            (What::Promise, self.is_promised.map_or(Mark::Unknown, good_if)),
            (
                What::Clock,
                self.clock_off_s.map_or(Mark::Look, |off_s| good_if(off_s <= CLOCK_S_MAX)),
            ),
            (
                What::Battery,
                self.battery.map_or(Mark::Unknown, |(level, is_charging)| {
                    good_if(level >= BATTERY_MIN || is_charging)
                }),
            ),
            (What::Queue, good_if(self.waiting == 0)),
        ]
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.checks().iter().all(|(_, mark)| *mark != Mark::Look)
    }
}

/// How many submissions of one kind wait on this device, were received or need a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arrived {
    pub(crate) kind: Kind,
    pub(crate) waiting: usize,
    pub(crate) received: usize,
    pub(crate) attention: usize,
}

/// Counts submissions by kind from the store's heads alone. Kinds without submissions are left out.
pub(crate) fn arrived(heads: &[Head]) -> Vec<Arrived> {
    let kinds =
        [Kind::Contact, Kind::Inquiry, Kind::Feedback, Kind::Tally, Kind::Correction, Kind::Gap];
    let count = |kind: Kind, fits: fn(&Head) -> bool| {
        heads.iter().filter(|head| head.kind == kind && fits(head)).count()
    };
    let of = |kind| Arrived {
        kind,
        waiting: count(kind, Head::is_waiting),
        received: count(kind, |head| head.receipt().is_some()),
        attention: count(kind, Head::needs_attention),
    };
    kinds.into_iter().map(of).filter(|of| of.waiting + of.received + of.attention > 0).collect()
}

impl App {
    /// Fetches newer keys and a newer catalogue, asks the browser not to clear the store, and
    /// measures the rest.
    pub(crate) fn prepare(self, told: impl FnOnce() + 'static) {
        spawn(async move {
            self.renew_keys().await;
            self.asked_for_newer_ms.set(None);
            let newest = network::edition().await.map(|edition| edition.number);
            self.renew_catalogue().await;
            let is_promised = room::ask_for_promise().await;
            let room_mb = room::left().await.map(|bytes| bytes / 1e6);
            let courier = self.courier();
            let keys = courier.as_ref().and_then(|courier| courier.keys());
            let measured = Measured {
                at_ms: BrowserClock.now_ms(),
                is_reached: newest.is_some(),
                catalogue: newest.filter(|newest| self.newest.get() >= *newest),
                has_keys: keys.is_some(),
                clock_off_s: keys
                    .filter(|_| newest.is_some())
                    .map(|keys| keys.now_ms.abs_diff(BrowserClock.now_ms()) / 1_000),
                room_mb,
                is_promised,
                battery: device::battery().await,
                has_copy: service_worker::is_in_charge(),
                waiting: self
                    .heads
                    .read_untracked()
                    .iter()
                    .filter(|head| head.is_waiting())
                    .count(),
            };
            self.device.update(|device| device.is_promised = is_promised);
            self.counter.measured.set(Some(measured));
            self.report().await;
            told();
        });
    }

    /// Makes the tablet work at an event from now on, or with `None` at the location that the
    /// office chose.
    pub(crate) fn work_at(self, event: Option<HubId>) {
        let Some(mut tablet) = self.counter.tablet.get_untracked() else { return };
        tablet.event = event;
        self.counter.channel.set(None);
        spawn(async move {
            if self.put(TABLET_NOTE, &tablet).await.is_ok() {
                self.counter.tablet.set(Some(tablet));
                self.read_log();
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Measured {
        Measured {
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
        let unknown = Measured { battery: None, is_promised: None, room_mb: None, ..good() };
        assert!(
            unknown.is_ready(),
            "what the device does not say, the page says to look at by eye"
        );
        let charging = Measured { battery: Some((0.1, true)), ..good() };
        assert!(charging.is_ready());
    }

    #[test]
    fn each_thing_that_is_missing_is_named() {
        let spoiled = [
            (What::Copy, Measured { has_copy: false, ..good() }),
            (What::Keys, Measured { has_keys: false, ..good() }),
            (What::Catalogue, Measured { catalogue: None, ..good() }),
            (What::Room, Measured { room_mb: Some(12.0), ..good() }),
            (What::Promise, Measured { is_promised: Some(false), ..good() }),
            (What::Clock, Measured { clock_off_s: Some(3_600), ..good() }),
            (What::Clock, Measured { clock_off_s: None, ..good() }),
            (What::Battery, Measured { battery: Some((0.4, false)), ..good() }),
            (What::Queue, Measured { waiting: 3, ..good() }),
        ];
        for (what, measured) in spoiled {
            let named: Vec<What> = measured
                .checks()
                .into_iter()
                .filter(|(_, mark)| *mark == Mark::Look)
                .map(|(what, _)| what)
                .collect();
            assert_eq!(named, [what]);
            assert!(!measured.is_ready());
        }
    }
}
