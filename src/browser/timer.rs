//! Doing something later, or again and again.

use gloo_timers::callback::{Interval, Timeout};
use std::cell::RefCell;

/// The longest that `setTimeout` can count without overflowing, in milliseconds.
const TIMEOUT_MS_MAX: u64 = i32::MAX as u64;

/// Runs something every so often, for as long as the page lives.
pub(crate) fn every(period_ms: u32, act: impl FnMut() + 'static) {
    Interval::new(period_ms, act).forget();
}

pub(crate) async fn pause(time_ms: u32) {
    gloo_timers::future::TimeoutFuture::new(time_ms).await;
}

/// One alarm: setting it again forgets the earlier time.
#[derive(Default)]
pub(crate) struct Alarm(RefCell<Option<Timeout>>);

impl Alarm {
    pub(crate) fn set(&self, delay_ms: u64, act: impl FnOnce() + 'static) {
        let timeout = Timeout::new(delay_ms.min(TIMEOUT_MS_MAX) as u32, act);
        *self.0.borrow_mut() = Some(timeout);
    }

    pub(crate) fn forget(&self) {
        self.0.borrow_mut().take();
    }

    /// An alarm that went off and set no new one still counts as set; whoever it called sets or forgets it.
    pub(crate) fn is_set(&self) -> bool {
        self.0.borrow().is_some()
    }
}
