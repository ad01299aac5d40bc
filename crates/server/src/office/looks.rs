//! Looks at people's words, written into the audit before anybody sees them: who, which inquiry or which list, when. Once a
//! person, thing and hour, for what matters is that somebody read it, and an audit of reloaded pages would be read by nobody.
//! Words that were searched for are not written down: they may be somebody's name.

use super::Office;
use crate::api::now_ms;
use crate::store::{Custody, Deed, StoreFault};
use domain::SubmissionId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The same look within this time is not written down again.
const ONCE_MS: u64 = 60 * 60 * 1_000;
/// Looks that are remembered: 200 people who each open one inquiry every 30 seconds of an hour. With more they are
/// forgotten, and written down again.
const LOOKS_MAX: usize = 25_000;

/// What somebody looks at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Look {
    /// The page of an inquiry: all that the person and the office wrote.
    Inquiry(SubmissionId),
    /// A reply as a letter, with the person's name.
    Letter(SubmissionId, u32),
    /// The list of inquiries, with the beginning of each.
    Inbox,
    /// The same, found by words.
    Search,
    /// What people searched for and did not find.
    Gaps,
    /// Comments that nobody has judged yet.
    Comments,
    /// How entries of one sender of a day begin.
    Sender,
}

/// When each was written down last.
#[derive(Default)]
pub(super) struct Looks(Mutex<HashMap<(String, Look), u64>>);

impl Looks {
    fn is_written(&self, of: &(String, Look), now_ms: u64) -> bool {
        self.with(|looks| {
            looks.get(of).is_some_and(|at_ms| now_ms.saturating_sub(*at_ms) < ONCE_MS)
        })
    }

    fn remember(&self, of: (String, Look), now_ms: u64) {
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

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<(String, Look), u64>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Office {
    /// Writes down that somebody looks at people's words. Whoever shows them asks first: with a fault, nothing is shown.
    pub(super) async fn write_look(&self, login: &str, look: Look) -> Result<(), StoreFault> {
        let (now_ms, of) = (now_ms(), (login.to_string(), look));
        if self.looks.is_written(&of, now_ms) {
            return Ok(());
        }
        let deed = |reason: String| Deed { who: login.into(), reason, at_ms: now_ms };
        let store = self.store();
        match of.1 {
            // Nothing is written of one that was erased a moment ago; nothing is shown of it either.
            Look::Inquiry(id) => drop(store.note_of(id, "read", &deed(String::new())).await?),
            Look::Letter(id, number) => {
                drop(store.note_of(id, "letter", &deed(format!("reply {number}"))).await?)
            }
            Look::Inbox => store.note("inbox", &deed("a list of inquiries".into())).await?,
            Look::Search => store.note("inbox", &deed("a search in inquiries".into())).await?,
            Look::Gaps => store.note("gaps", &deed("searches without an answer".into())).await?,
            Look::Sender => {
                store.note("senders", &deed("beginnings of what a sender sent".into())).await?
            }
            Look::Comments => {
                store.note("comments", &deed("comments of the survey".into())).await?
            }
        }
        self.looks.remember(of, now_ms);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(login: &str, seed: u8) -> (String, Look) {
        (login.into(), Look::Inquiry(SubmissionId::from_parts(1, [seed; 10])))
    }

    #[test]
    fn a_look_is_written_once_a_person_inquiry_and_hour() {
        let looks = Looks::default();
        assert!(!looks.is_written(&of("ann", 1), 0));
        looks.remember(of("ann", 1), 0);
        assert!(looks.is_written(&of("ann", 1), ONCE_MS - 1));
        assert!(!looks.is_written(&of("ann", 1), ONCE_MS));
        assert!(!looks.is_written(&of("bo", 1), 5) && !looks.is_written(&of("ann", 2), 5));
        assert!(!looks.is_written(&("ann".into(), Look::Inbox), 5));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_goes_with_its_hour() {
        let looks = Looks::default();
        for number in 0..=LOOKS_MAX {
            looks.remember((number.to_string(), Look::Inbox), 1);
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
