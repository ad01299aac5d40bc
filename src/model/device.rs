//! How reliably this device stores submissions.

use super::role::DeviceRole;
use crate::browser::task::spawn;
use crate::browser::{keepsake, room};
use elements::Signal;
use offline::parcel::Head;
use std::cell::Cell;

/// Tells the start script that this device is a staff tablet, and a survey stand where its staff
/// come from.
pub(super) const TABLET_MARK: &str = "counter";
/// Name in `localStorage`, which is apart from the store, of the number of submissions that waited
/// there. If the store is cleared, the number says how many are missing.
const CANARY: &str = "waiting";
/// Less free storage than this, in bytes, is little: a submission takes 2 to 64 KB, and a browser
/// needs space to write at all.
const ROOM_BYTES_MIN: f64 = 1_000_000.0;

/// What is known about this device's storage.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct StorageFacts {
    /// Whether the browser has promised not to clear the store automatically. `None` if it does not
    /// say.
    pub(crate) is_promised: Option<bool>,
    /// Free storage. `None` if the browser does not say.
    pub(crate) room_bytes: Option<f64>,
    /// An earlier store of this device does not open. It is left as it is, and another is in use.
    pub(crate) is_one_set_aside: bool,
    /// Submissions that waited here when the store was last read, and that are missing now.
    pub(crate) lost: usize,
}

impl StorageFacts {
    pub(crate) fn has_little_room(&self) -> bool {
        self.room_bytes.is_some_and(|bytes| bytes < ROOM_BYTES_MIN)
    }
}

/// The text that is remembered about a store: how many submissions wait, and nothing if none do.
fn canary_of(heads: &[Head]) -> String {
    let waiting = heads.iter().filter(|head| head.receipt().is_none()).count();
    if waiting == 0 { String::new() } else { waiting.to_string() }
}

/// How many submissions are missing. A store that still holds anything was not cleared: what is
/// missing from it was sent from another tab.
fn lost(canary: Option<&str>, held: usize) -> usize {
    let before = canary.and_then(|text| text.parse().ok()).unwrap_or(0);
    if held == 0 { before } else { 0 }
}

/// Watches over this device's storage.
pub(crate) struct StorageWatch {
    role: &'static DeviceRole,
    pub(crate) facts: Signal<StorageFacts>,
    has_looked_for_losses: Cell<bool>,
}

impl StorageWatch {
    pub(super) fn new(role: &'static DeviceRole) -> Self {
        Self { role, facts: Signal::default(), has_looked_for_losses: Cell::new(false) }
    }

    /// Whether this device was enrolled as a staff tablet.
    pub(crate) fn is_staff_tablet(&self) -> bool {
        keepsake::get(TABLET_MARK).is_some()
    }

    /// After each reading of the store: first looks for losses (once per page), then updates the
    /// remembered number.
    pub(super) fn compare_with_memory(&'static self, heads: &[Head], unreadable: usize) {
        if !self.has_looked_for_losses.replace(true) {
            let lost = lost(keepsake::get(CANARY).as_deref(), heads.len() + unreadable);
            self.facts.update(|facts| facts.lost = lost);
            self.look_at_room();
        }
        self.remember_waiting(heads);
    }

    fn remember_waiting(&self, heads: &[Head]) {
        // The number stays until the person has read about a loss.
        if self.facts.read_untracked().lost == 0 {
            keepsake::set(CANARY, &canary_of(heads));
        }
    }

    /// Called when the person has read about the loss.
    pub(crate) fn forget_losses(&self, heads: &[Head]) {
        self.facts.update(|facts| facts.lost = 0);
        self.remember_waiting(heads);
    }

    fn look_at_room(&'static self) {
        spawn(async move {
            let (room_bytes, is_promised) = (room::left().await, room::is_promised().await);
            self.facts
                .update(|facts| (facts.room_bytes, facts.is_promised) = (room_bytes, is_promised));
        });
    }

    /// Asks the browser not to clear the store. Called after a submission was stored, because
    /// browsers grant it to apps in use. Not on a public terminal.
    pub(super) fn ask_for_promise(&'static self) {
        let is_promised = self.facts.read_untracked().is_promised == Some(true);
        if self.role.is_terminal() || is_promised {
            return;
        }
        spawn(async move {
            let is_promised = room::ask_for_promise().await;
            self.facts.update(|facts| facts.is_promised = is_promised);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_empty_store_has_lost_what_waited() {
        assert_eq!(lost(Some("3"), 0), 3);
        assert_eq!(lost(Some("3"), 1), 0);
        assert_eq!(lost(None, 0), 0);
        assert_eq!(lost(Some("x"), 0), 0);
        assert_eq!(canary_of(&[]), "");
    }

    #[test]
    fn little_room_is_said_only_if_the_browser_says_how_much() {
        let with = |room_bytes| StorageFacts { room_bytes, ..Default::default() };
        assert!(with(Some(999_999.0)).has_little_room());
        assert!(!with(Some(1_000_000.0)).has_little_room());
        assert!(!with(None).has_little_room());
    }
}
