//! What a tablet reports to the office about itself, and what the office answers.

use super::{App, TABLET_NOTE};
use crate::browser::network;
use domain::tablet::Reporter;

impl App {
    /// Reports the tablet's state and stores the office's answer. Without an answer everything
    /// stays as it was.
    pub(in crate::state) async fn report(self) {
        let Some(mut tablet) = self.counter.tablet.get_untracked() else { return };
        let reporter = Reporter::Tablet {
            id: tablet.enrolment.tablet.clone(),
            secret: tablet.enrolment.secret,
        };
        let Some(Some(standing)) = network::report(&self.report_by(reporter)).await else { return };
        if tablet.standing.as_ref() == Some(&standing) {
            return;
        }
        tablet.standing = Some(standing);
        // An event that was chosen while the request was in flight stays chosen.
        tablet.event =
            self.counter.tablet.read_untracked().as_ref().and_then(|now| now.event.clone());
        if self.put(TABLET_NOTE, &tablet).await.is_ok() {
            self.counter.tablet.set(Some(tablet));
            self.read_log();
            self.look_at_gate();
        }
    }
}
