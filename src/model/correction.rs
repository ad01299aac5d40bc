//! Reports of errors in a record.

use super::delivery::{DeliveryQueue, NotStored};
use crate::route::AboutRecord;
use domain::Language;
use domain::submission::{Content, CorrectedField, Correction};

/// Reports that a fact of a service or location is wrong.
pub(crate) struct CorrectionForm {
    delivery: &'static DeliveryQueue,
}

impl CorrectionForm {
    pub(super) fn new(delivery: &'static DeliveryQueue) -> Self {
        Self { delivery }
    }

    /// Seals and stores a report, then calls `on_done` with the outcome.
    pub(crate) fn send(
        &self,
        about: &AboutRecord,
        field: CorrectedField,
        language: Language,
        on_done: impl FnOnce(Result<(), NotStored>) + 'static,
    ) {
        let correction = Correction {
            service: about.service.clone(),
            hub: about.hub.clone(),
            task: None,
            step: None,
            field,
            language,
        };
        let on_done = move |_, why: Option<NotStored>| on_done(why.map_or(Ok(()), Err));
        self.delivery.post_beside(vec![Content::Correction(correction)], Box::new(on_done));
    }
}
