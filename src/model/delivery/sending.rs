//! Delivers what waits, in one tab at a time.

use super::DeliveryQueue;
use crate::browser::clock::BrowserClock;
use crate::browser::locks::{self, WhenHeld};
use crate::browser::task::spawn;
use domain::SubmissionId;
use offline::outbox::NextStep;
use offline::ports::{Clock, StorageFault};

const LOCK: &str = "community-hub-courier";
/// While something waits, another tab's courier gets this many milliseconds before this tab looks
/// again.
const LOOK_AGAIN_MS: u64 = 15_000;
/// A tab found delivering this many times in a row is taken to be frozen by the browser, and
/// another takes over: after a minute, which is longer than a request may take. Attempts are
/// counted rather than timed, because a device's clock may jump. If the tab was working after all,
/// the server receives the same submission twice and stores it once.
const LOOKS_MAX: u32 = 4;

impl DeliveryQueue {
    /// Delivers what waits, in the one tab that holds the lock, and sets the alarm for the rest.
    pub(crate) fn deliver(&'static self) {
        spawn(async move {
            let is_frozen = self.looks.get() >= LOOKS_MAX && !self.is_delivering.get();
            let held = if is_frozen { WhenHeld::Steal } else { WhenHeld::Skip };
            let has_run = locks::with(LOCK, held, self.deliver_now()).await;
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
    async fn deliver_now(&'static self) {
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
            if let Some(act) = self.on_received.get() {
                act();
            }
        }
    }

    /// Retries one message that needed attention or, with `None`, all that wait.
    pub(crate) fn try_again(&'static self, id: Option<SubmissionId>) {
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

    /// Erases submissions from this device, then calls `on_done` with the outcome.
    pub(crate) fn erase(
        &'static self,
        ids: Vec<SubmissionId>,
        on_done: impl FnOnce(Result<(), StorageFault>) + 'static,
    ) {
        spawn(async move {
            let Some(courier) = self.courier() else {
                return on_done(Err(StorageFault::Unavailable("not open".into())));
            };
            let outcome = courier.erase(&ids).await;
            self.show_store().await;
            self.tabs.tell();
            on_done(outcome);
        });
    }
}
