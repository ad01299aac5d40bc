//! A public terminal: one visitor leaves nothing behind for the next.

use super::delivery::DeliveryQueue;
use super::idle::{IdleWatch, SIGNS_OF_USE};
use super::role::DeviceRole;
use super::visit::VisitForms;
use crate::browser::page;
use crate::route::{PageAddress, Route};
use domain::terminal::{BORROWED_IDLE_S, IDLE_S};
use elements::Signal;

/// Ends visits on a public terminal or a survey stand.
pub(crate) struct PublicTerminal {
    role: &'static DeviceRole,
    address: &'static Signal<PageAddress>,
    delivery: &'static DeliveryQueue,
    idle: &'static IdleWatch,
    visit: VisitForms,
    /// An address that the terminal does not open, shown as a code for the visitor's own phone.
    pub(crate) way_out: Signal<Option<String>>,
}

impl PublicTerminal {
    pub(super) fn new(
        role: &'static DeviceRole,
        address: &'static Signal<PageAddress>,
        delivery: &'static DeliveryQueue,
        idle: &'static IdleWatch,
        visit: VisitForms,
    ) -> Self {
        Self { role, address, delivery, idle, visit, way_out: Signal::default() }
    }

    /// Watches every second how long a public device has been idle, and then calls `start_over`.
    pub(crate) fn watch(&'static self, start_over: impl Fn() + Copy + 'static) {
        if !self.role.is_public() {
            return;
        }
        let unlisted_s = if self.role.is_borrowed() { BORROWED_IDLE_S } else { IDLE_S };
        let idle_s = self.role.terminal.map_or(unlisted_s, |terminal| terminal.idle_s);
        if self.role.is_kiosk() {
            page::enlarge();
        }
        self.idle.watch(&SIGNS_OF_USE, idle_s, move || self.has_traces(), start_over);
    }

    /// Whether a visitor has left anything on the screen or in the page.
    fn has_traces(&self) -> bool {
        let route = self.address.read_untracked().route.clone();
        let stand = self.role.stand.as_ref();
        let is_elsewhere = route != stand.map_or(Route::Home, |stand| stand.address.route.clone());
        is_elsewhere || self.visit.has_traces() || self.delivery.has_visit()
    }

    /// Clears what was typed during this visit.
    pub(crate) fn clear_drafts(&self) {
        self.visit.clear_drafts();
    }

    /// Ends a visit, by "I'm done" or for lack of activity: everything of it is cleared and the
    /// page is loaded anew.
    pub(crate) fn start_over(&'static self) {
        self.clear_drafts();
        let leaving = self.delivery.leaving_with_visit();
        let start = || page::replace_by(&self.role.beginning());
        if leaving.is_empty() {
            return start();
        }
        // If the store fails, the browser of a terminal deletes it with everything else when it
        // closes, and a computer that was borrowed tries again at its next start.
        self.delivery.erase(leaving, move |_| start());
    }
}
