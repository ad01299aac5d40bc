//! The municipality's wall clock, whatever time zone the device is in.

use crate::browser::clock::{BrowserClock, wall_clock};
use domain::hours::{Date, Moment};
use elements::Signal;
use offline::ports::Clock;

/// The date and time where the municipality is, read every so often.
pub(crate) struct MunicipalClock {
    zone: &'static str,
    /// `None` if the browser does not know the time zone.
    pub(crate) now: Signal<Option<Moment>>,
    /// The date of that clock, in a signal of its own so that what depends on the day alone is not
    /// computed anew every minute.
    pub(crate) today: Signal<Option<Date>>,
}

impl MunicipalClock {
    pub(super) fn new(zone: &'static str) -> Self {
        Self { zone, now: Signal::new(None), today: Signal::new(None) }
    }

    /// Reads the clock and updates `now` and `today` if they have changed.
    pub(crate) fn look(&self) {
        self.show(wall_clock(self.zone, BrowserClock.now_ms()));
    }

    /// Updates `now` and `today` if they are others.
    pub(crate) fn show(&self, now: Option<Moment>) {
        if *self.now.read_untracked() != now {
            self.now.set(now);
        }
        let today = now.map(|now| now.date);
        if *self.today.read_untracked() != today {
            self.today.set(today);
        }
    }
}
