//! Records in the audit log that somebody reads people's texts, before the texts are shown: who,
//! which inquiry or list, when. Once per person, item and hour: what matters is that somebody read
//! it, and a log full of reloaded pages would not be read. Search words are never recorded, because
//! they may be somebody's name.

use super::Office;
use domain::SubmissionId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use store::{AuditContext, Custody, StoreFault};
use vault::now_ms;

/// The same access within this time (ms) is not recorded again.
const ONCE_MS: u64 = 60 * 60 * 1_000;
/// Accesses that are remembered: 200 people who each open an inquiry every 30 seconds for an hour
/// (24,000). Beyond that all are forgotten, and recorded again.
const LOOKS_MAX: usize = 25_000;

/// What somebody reads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum RecordedView {
    /// The page of an inquiry: everything that the person and the office wrote.
    Inquiry(SubmissionId),
    /// A reply as a letter, with the person's name; holds the event's number.
    Letter(SubmissionId, u32),
    /// The list of inquiries, with the beginning of each.
    Inbox,
    /// The list of inquiries that match search words.
    Search,
    /// Searches without a result.
    Gaps,
    /// Comments of the survey that are not reviewed yet.
    Comments,
    /// The beginnings of submissions of one sender on one day.
    Sender,
}

/// When each access was last recorded, in ms.
#[derive(Default)]
pub(super) struct RecordedViews(Mutex<HashMap<(String, RecordedView), u64>>);

impl RecordedViews {
    fn is_written(&self, of: &(String, RecordedView), now_ms: u64) -> bool {
        self.with(|looks| {
            looks.get(of).is_some_and(|at_ms| now_ms.saturating_sub(*at_ms) < ONCE_MS)
        })
    }

    fn remember(&self, of: (String, RecordedView), now_ms: u64) {
        self.with(|looks| {
            if looks.len() >= LOOKS_MAX {
                looks.clear();
            }
            looks.insert(of, now_ms);
        });
    }

    pub(super) fn forget_old(&self, now_ms: u64) {
        self.with(|looks| looks.retain(|_, at_ms| now_ms.saturating_sub(*at_ms) < ONCE_MS));
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<(String, RecordedView), u64>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Office {
    /// Records that somebody reads people's texts. Callers must do this first, and show nothing on
    /// an error.
    pub(super) async fn write_look(
        &self,
        login: &str,
        look: RecordedView,
    ) -> Result<(), StoreFault> {
        let (now_ms, of) = (now_ms(), (login.to_string(), look));
        if self.looks.is_written(&of, now_ms) {
            return Ok(());
        }
        let audit_context =
            |reason: String| AuditContext { who: login.into(), reason, at_ms: now_ms };
        let store = self.store();
        match of.1 {
            // Nothing is recorded about an inquiry that was just erased; nothing of it is shown
            // either.
            RecordedView::Inquiry(id) => {
                store.note_of(id, "read", &audit_context(String::new())).await?;
            }
            RecordedView::Letter(id, number) => {
                store.note_of(id, "letter", &audit_context(format!("reply {number}"))).await?;
            }
            RecordedView::Inbox => {
                store.note("inbox", &audit_context("a list of inquiries".into())).await?
            }
            RecordedView::Search => {
                store.note("inbox", &audit_context("a search in inquiries".into())).await?
            }
            RecordedView::Gaps => {
                store.note("gaps", &audit_context("searches without an answer".into())).await?
            }
            RecordedView::Sender => {
                store
                    .note("senders", &audit_context("beginnings of what a sender sent".into()))
                    .await?
            }
            RecordedView::Comments => {
                store.note("comments", &audit_context("comments of the survey".into())).await?
            }
        }
        self.looks.remember(of, now_ms);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(login: &str, seed: u8) -> (String, RecordedView) {
        (login.into(), RecordedView::Inquiry(SubmissionId::from_parts(1, [seed; 10])))
    }

    #[test]
    fn a_look_is_written_once_a_person_inquiry_and_hour() {
        let looks = RecordedViews::default();
        assert!(!looks.is_written(&of("ann", 1), 0));
        looks.remember(of("ann", 1), 0);
        assert!(looks.is_written(&of("ann", 1), ONCE_MS - 1));
        assert!(!looks.is_written(&of("ann", 1), ONCE_MS));
        assert!(!looks.is_written(&of("bo", 1), 5) && !looks.is_written(&of("ann", 2), 5));
        assert!(!looks.is_written(&("ann".into(), RecordedView::Inbox), 5));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_goes_with_its_hour() {
        let looks = RecordedViews::default();
        for number in 0..=LOOKS_MAX {
            looks.remember((number.to_string(), RecordedView::Inbox), 1);
        }
        assert_eq!(
            looks.with(|looks| looks.len()),
            1,
            "who is forgotten is written down again, and nobody is missed"
        );
        looks.forget_old(ONCE_MS + 1);
        assert_eq!(looks.with(|looks| looks.len()), 0);
    }
}
