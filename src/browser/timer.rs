//! Delays and repetition.

use gloo_timers::callback::{Interval, Timeout};
use std::cell::RefCell;

/// The longest delay that `setTimeout` can count without overflowing, in milliseconds.
const TIMEOUT_MS_MAX: u64 = i32::MAX as u64;

/// Calls `act` every `period_ms` milliseconds, for as long as the page lives.
pub(crate) fn every(period_ms: u32, act: impl FnMut() + 'static) {
    Interval::new(period_ms, act).forget();
}

/// Waits at least so many milliseconds.
pub(crate) async fn pause(time_ms: u32) {
    gloo_timers::future::TimeoutFuture::new(time_ms).await;
}

/// A single alarm: setting it again cancels the earlier time.
#[derive(Default)]
pub(crate) struct Alarm(RefCell<Option<Timeout>>);

impl Alarm {
    /// Calls `act` once after `delay_ms` milliseconds.
    pub(crate) fn set(&self, delay_ms: u64, act: impl FnOnce() + 'static) {
        let timeout = Timeout::new(delay_ms.min(TIMEOUT_MS_MAX) as u32, act);
        *self.0.borrow_mut() = Some(timeout);
    }

    /// Cancels the alarm, if it is set.
    pub(crate) fn forget(&self) {
        self.0.borrow_mut().take();
    }

    /// Whether the alarm is set. An alarm that went off still counts as set; the callback sets it
    /// again or cancels it.
    pub(crate) fn is_set(&self) -> bool {
        self.0.borrow().is_some()
    }
}
