//! A public terminal: one visitor leaves nothing behind for the next.

use super::delivery::Delivery;
use super::idle::{IdleWatch, SIGNS_OF_USE};
use super::inquiry::InquiryForm;
use super::role::DeviceRole;
use super::search::CatalogueSearch;
use super::survey::SurveyForm;
use super::trip::TripList;
use crate::browser::page;
use crate::browser::task::spawn;
use crate::route::{Address, Route};
use domain::inquiry::InquiryDraft;
use domain::terminal::IDLE_S;
use elements::Signal;

/// Ends visits on a public terminal or a survey stand.
pub(crate) struct PublicTerminal {
    pub(super) role: &'static DeviceRole,
    pub(super) address: &'static Signal<Address>,
    pub(super) delivery: &'static Delivery,
    pub(super) idle: &'static IdleWatch,
    pub(super) search: &'static CatalogueSearch,
    pub(super) inquiry: &'static InquiryForm,
    pub(super) survey: &'static SurveyForm,
    pub(super) trip: &'static TripList,
    /// An address that the terminal does not open, shown as a code for the visitor's own phone.
    pub(crate) way_out: Signal<Option<String>>,
}

impl PublicTerminal {
    /// Watches every second how long a public device has been idle.
    pub(crate) fn watch(&'static self) {
        if !self.role.is_public() {
            return;
        }
        let idle_s = self.role.terminal.map_or(IDLE_S, |terminal| terminal.idle_s);
        page::enlarge();
        self.idle.watch(
            &SIGNS_OF_USE,
            idle_s,
            move || self.has_traces(),
            move || self.start_over(),
        );
    }

    /// Whether a visitor has left anything on the screen or in the page.
    fn has_traces(&self) -> bool {
        let route = self.address.read_untracked().route.clone();
        let stand = self.role.stand.as_ref();
        let is_elsewhere = route != stand.map_or(Route::Home, |stand| stand.address.route.clone());
        is_elsewhere
            || !self.search.query.read_untracked().is_empty()
            || self.inquiry.has_words()
            || self.survey.has_words()
            || !self.trip.errands.read_untracked().is_empty()
            || self.delivery.has_visit()
    }

    /// Ends a visit, by "I'm done" or for lack of activity: everything of it is cleared and the
    /// page is loaded anew.
    pub(crate) fn start_over(&'static self) {
        self.inquiry.draft.set(InquiryDraft::default());
        self.survey.answers.set(Default::default());
        let unsent = self.delivery.unsent_of_visit();
        spawn(async move {
            // On an ephemeral terminal nothing waits for later. The visitor was informed that an
            // unsent message is lost.
            if let Some(courier) =
                self.delivery.courier().filter(|_| self.role.is_ephemeral() && !unsent.is_empty())
            {
                // If the store fails, the browser deletes it with everything else when it closes.
                let _ = courier.erase(&unsent).await;
            }
            page::replace_by(&self.role.beginning());
        });
    }
}
