//! How reliably this device stores submissions.

use super::App;
use crate::browser::clock::BrowserClock;
use crate::browser::task::spawn;
use crate::browser::{keepsake, network, page, room};
use domain::tablet::{DeviceState, Report, Reporter};
use offline::parcel::Head;
use offline::ports::Clock;

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
pub(crate) struct Device {
    /// Whether the browser has promised not to clear the store automatically. `None` if it does not
    /// say.
    pub(crate) is_promised: Option<bool>,
    pub(crate) room_bytes: Option<f64>,
    /// An earlier store of this device does not open. It is left as it is, and another is in use.
    pub(crate) is_one_set_aside: bool,
    /// Submissions that waited here when the store was last read, and that are missing now.
    pub(crate) lost: usize,
}

impl Device {
    pub(crate) fn has_little_room(&self) -> bool {
        self.room_bytes.is_some_and(|bytes| bytes < ROOM_BYTES_MIN)
    }
}

fn waiting(heads: &[Head]) -> usize {
    heads.iter().filter(|head| head.receipt().is_none()).count()
}

impl App {
    /// After each reading of the store: first looks for losses (once per page), then updates the
    /// remembered number.
    pub(super) fn compare_with_memory(self) {
        if !self.has_looked_for_losses.replace(true) {
            self.look_for_losses();
        }
        self.remember_waiting();
    }

    fn look_for_losses(self) {
        let before = keepsake::get(CANARY).and_then(|text| text.parse().ok()).unwrap_or(0_usize);
        // A store that still holds anything was not cleared. What is missing from it was sent from
        // another tab.
        let is_empty =
            self.heads.read_untracked().is_empty() && *self.unreadable.read_untracked() == 0;
        let lost = if is_empty { before } else { 0 };
        self.device.update(|device| device.lost = lost);
        self.look_at_room();
    }

    fn remember_waiting(self) {
        // The number stays until the person has read about a loss.
        if self.device.read_untracked().lost == 0 {
            let count = waiting(&self.heads.read_untracked());
            keepsake::set(CANARY, &if count == 0 { String::new() } else { count.to_string() });
        }
    }

    /// Called when the person has read about the loss.
    pub(crate) fn forget_losses(self) {
        self.device.update(|device| device.lost = 0);
        self.remember_waiting();
    }

    /// What the office learns about a device in its rooms: numbers, never content.
    fn state_for_office(self) -> DeviceState {
        let heads = self.heads.read_untracked();
        let device = self.device.read_untracked();
        let now_ms = BrowserClock.now_ms();
        let unsent = || heads.iter().filter(|head| head.receipt().is_none());
        DeviceState {
            waiting: unsent().filter(|head| head.is_waiting()).count() as u32,
            needs_attention: unsent().filter(|head| head.needs_attention()).count() as u32,
            oldest_s: unsent().map(|head| now_ms.saturating_sub(head.kept_at_ms) / 1_000).max(),
            catalogue: self.catalogue.version(),
            app: page::meta("hub-version").unwrap_or_default(),
            room_mb: device.room_bytes.map(|bytes| (bytes / 1e6) as u32),
            is_promised: device.is_promised,
        }
    }

    pub(super) fn report_by(self, reporter: Reporter) -> Report {
        Report { reporter, state: self.state_for_office() }
    }

    /// Reports the state of a public terminal or a staff tablet. A person's own device reports
    /// nothing.
    pub(super) async fn tell_office(self) {
        #[cfg(feature = "counter")]
        self.report().await;
        if let Some(terminal) = self.terminal {
            // Nothing waits for the answer, and the next probe reports again.
            let _ =
                network::report(&self.report_by(Reporter::Terminal { id: terminal.id.clone() }))
                    .await;
        }
    }

    fn look_at_room(self) {
        spawn(async move {
            let (room_bytes, is_promised) = (room::left().await, room::is_promised().await);
            self.device.update(|device| {
                (device.room_bytes, device.is_promised) = (room_bytes, is_promised)
            });
        });
    }

    /// Asks the browser not to clear the store. Called after a submission was stored, because
    /// browsers grant it to apps in use. Not on a public terminal.
    pub(super) fn ask_for_promise(self) {
        if self.terminal.is_some() || self.device.read_untracked().is_promised == Some(true) {
            return;
        }
        spawn(async move {
            let is_promised = room::ask_for_promise().await;
            self.device.update(|device| device.is_promised = is_promised);
        });
    }
}
