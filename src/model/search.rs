//! The search: what was typed, and searches that found nothing.

use super::translation::LocalizedCatalogue;
use domain::Language;
use domain::gap::Gap;
use domain::submission::Content;
use elements::Signal;
use finder::asked_elsewhere;
use std::cell::RefCell;

/// Finds services and locations in the catalogue.
pub(crate) struct CatalogueSearch {
    /// The text of the search field.
    pub(crate) query: Signal<String>,
    /// Whether the list of locations shows only what is open now.
    pub(crate) is_open_only: Signal<bool>,
    /// Searches without a result that this page has counted.
    gaps: RefCell<Vec<Gap>>,
}

impl CatalogueSearch {
    pub(super) fn new(query: String) -> Self {
        Self {
            query: Signal::new(query),
            is_open_only: Signal::new(false),
            gaps: RefCell::default(),
        }
    }

    /// The count of a search without a result, to be sent: once per page and query.
    pub(crate) fn new_gap(
        &self,
        reading: &LocalizedCatalogue,
        language: Language,
    ) -> Option<Content> {
        let LocalizedCatalogue { catalogue, finder, .. } = reading;
        let query = self.query.get_untracked();
        let is_gap = finder.find(&query, 1).is_empty()
            && asked_elsewhere(catalogue, finder, &query).is_none();
        let gap =
            Gap::of(&query, language).filter(|gap| is_gap && !self.gaps.borrow().contains(gap))?;
        self.gaps.borrow_mut().push(gap.clone());
        Some(Content::Gap(gap))
    }
}
