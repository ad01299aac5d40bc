//! What one visitor leaves in the page of a device that others use after them.

use super::addition::AdditionForm;
use super::delivery::DeliveryQueue;
use super::inquiry::InquiryForm;
use super::leaked;
use super::role::DeviceRole;
use super::search::CatalogueSearch;
use super::status::StatusQuery;
use super::survey::SurveyForm;
use super::trip::TripList;
use super::unsent::UnsentWords;
use domain::Catalogue;

/// The forms and fields that a visitor writes into.
#[derive(Clone, Copy)]
pub(super) struct VisitForms {
    pub(super) search: &'static CatalogueSearch,
    pub(super) inquiry: &'static InquiryForm,
    pub(super) addition: &'static AdditionForm,
    pub(super) survey: &'static SurveyForm,
    pub(super) unsent: &'static UnsentWords,
    pub(super) trip: &'static TripList,
    pub(super) status: &'static StatusQuery,
}

impl VisitForms {
    /// Empty forms, but for the search text `query` and the place `near` in the address.
    pub(super) fn new(
        catalogue: &'static Catalogue,
        role: &'static DeviceRole,
        delivery: &'static DeliveryQueue,
        query: String,
        near: Option<String>,
    ) -> Self {
        let search = leaked(CatalogueSearch::new(query));
        let inquiry = leaked(InquiryForm::new(catalogue, role, delivery));
        let survey = leaked(SurveyForm::new(catalogue, role, delivery));
        let trip = leaked(TripList::new(catalogue, role, near));
        let status = leaked(StatusQuery::new(role, delivery));
        let addition = leaked(AdditionForm::new(delivery));
        let unsent = leaked(UnsentWords::new(catalogue, role, inquiry, survey));
        Self { search, inquiry, addition, survey, unsent, trip, status }
    }

    /// Whether the visitor has left anything in them.
    pub(super) fn has_traces(&self) -> bool {
        !self.search.query.read_untracked().is_empty()
            || self.inquiry.has_words()
            || self.addition.has_words()
            || self.survey.has_words()
            || !self.trip.errands.read_untracked().is_empty()
            || self.trip.near.read_untracked().is_some()
    }

    /// Clears what was written and not sent.
    pub(super) fn clear_drafts(&self) {
        self.inquiry.draft.set(Default::default());
        self.addition.draft.set(Default::default());
        self.survey.answers.set(Default::default());
    }

    /// Clears everything that the next person must not see.
    #[cfg(feature = "counter")]
    pub(super) fn clear(&self) {
        self.clear_drafts();
        self.unsent.decline();
        self.inquiry.faults.set(Vec::new());
        self.survey.about.set(Default::default());
        self.search.query.set(String::new());
        self.search.is_open_only.set(false);
        self.trip.near.set(None);
        self.status.scanned.set(None);
    }
}
