//! What a tablet reports to the office about itself, and what the office answers.

use super::Counter;
use super::tablet::{EnrolledTablet, QUICK_LIST_NOTE, QuickList, TABLET_NOTE};
use crate::browser::network;
use domain::tablet::Reporter;

impl Counter {
    /// Reports the tablet's state and stores the office's answer. Without an answer everything
    /// stays as it was.
    pub(in crate::model) async fn report(&self) {
        let Some(mut tablet) = self.tablet.get_untracked() else { return };
        let reporter = Reporter::Tablet {
            id: tablet.enrolment.tablet.clone(),
            secret: tablet.enrolment.secret,
        };
        let Some(answer) = network::report(&self.parts.delivery.report_by(reporter)).await else {
            return;
        };
        let Some(standing) = answer.standing else { return };
        let is_same = |now: &EnrolledTablet| now.enrolment == tablet.enrolment;
        if !self.tablet.read_untracked().as_ref().is_some_and(is_same) {
            // It was enrolled anew meanwhile.
            return;
        }
        let quick = QuickList::new(answer.quick_tasks);
        if *self.quick.read_untracked() != quick
            && self.store_note(QUICK_LIST_NOTE, &quick).await.is_ok()
        {
            self.quick.set(quick);
        }
        if tablet.standing.as_ref() == Some(&standing) {
            return;
        }
        tablet.standing = Some(standing);
        // An event that was chosen while the request was in flight stays chosen.
        tablet.event = self.tablet.read_untracked().as_ref().and_then(|now| now.event.clone());
        if self.store_note(TABLET_NOTE, &tablet).await.is_ok() {
            self.tablet.set(Some(tablet));
            self.read_log();
            self.look_at_gate();
        }
    }
}
