//! The search: what was typed, and searches that found nothing.

use super::delivery::DeliveryQueue;
use super::translation::LocalizedCatalogue;
use domain::Language;
use domain::gap::Gap;
use domain::submission::Content;
use elements::Signal;
use finder::asked_elsewhere;
use std::cell::RefCell;

/// Finds services and locations in the catalogue.
pub(crate) struct CatalogueSearch {
    delivery: &'static DeliveryQueue,
    /// The text of the search field.
    pub(crate) query: Signal<String>,
    /// Whether the list of locations shows only what is open now.
    pub(crate) is_open_only: Signal<bool>,
    /// Searches without a result that this page has counted.
    gaps: RefCell<Vec<Gap>>,
}

impl CatalogueSearch {
    pub(super) fn new(delivery: &'static DeliveryQueue, query: String) -> Self {
        Self {
            delivery,
            query: Signal::new(query),
            is_open_only: Signal::new(false),
            gaps: RefCell::default(),
        }
    }

    /// Counts a search without a result, once per page and query. If the count cannot be stored, no
    /// one's words are lost.
    pub(crate) fn note_gap(&self, reading: &LocalizedCatalogue, language: Language) {
        let LocalizedCatalogue { catalogue, finder, .. } = reading;
        let query = self.query.get_untracked();
        let is_gap = finder.find(&query, 1).is_empty()
            && asked_elsewhere(catalogue, finder, &query).is_none();
        let Some(gap) =
            Gap::of(&query, language).filter(|gap| is_gap && !self.gaps.borrow().contains(gap))
        else {
            return;
        };
        self.gaps.borrow_mut().push(gap.clone());
        self.delivery.post_beside(vec![Content::Gap(gap)], Box::new(|_, _| {}));
    }
}
