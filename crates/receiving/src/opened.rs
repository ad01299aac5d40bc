//! Content that was decrypted on arrival, handed over to the office's in-memory index so that
//! nothing is decrypted twice. Only an optimization: the index follows the store's order and
//! decrypts what is absent here. So what does not fit is left out, and what is never fetched does
//! no harm.

use domain::SubmissionId;
use domain::submission::{Content, Kind};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

/// The kinds that the office's index needs.
const KINDS: [Kind; 4] = [Kind::Inquiry, Kind::Gap, Kind::Correction, Kind::Contact];
/// The most submissions per kind: more than a server receives between two look-ups. One can be as
/// large as a sealed body; a typical one has two kilobytes.
const ENTRIES_MAX: usize = 16 * 1_024;
/// The most bytes of text per kind.
const BYTES_MAX: usize = 16 * 1_024 * 1_024;

/// Content by submission id.
pub type OpenedEntries = HashMap<SubmissionId, Content>;

/// Content that waits to be taken over, by kind.
#[derive(Debug, Default)]
pub struct OpenedSubmission {
    kinds: [Mutex<Waiting>; KINDS.len()],
}

#[derive(Debug, Default)]
struct Waiting {
    entries: OpenedEntries,
    bytes: usize,
}

impl OpenedSubmission {
    /// Adds content; dropped if there is no room. Only for submissions that are on disk.
    pub fn put(&self, id: SubmissionId, content: Content) {
        let Some(mut waiting) = self.waiting(content.kind()) else { return };
        let bytes = waiting.bytes + words_of(&content);
        if waiting.entries.len() < ENTRIES_MAX && bytes <= BYTES_MAX {
            waiting.bytes = bytes;
            waiting.entries.insert(id, content);
        }
    }

    /// Removes and returns all content of a kind.
    pub fn take(&self, kind: Kind) -> OpenedEntries {
        self.waiting(kind)
            .map(|mut waiting| std::mem::take(&mut *waiting).entries)
            .unwrap_or_default()
    }

    fn waiting(&self, kind: Kind) -> Option<MutexGuard<'_, Waiting>> {
        let at = KINDS.iter().position(|one| *one == kind)?;
        Some(self.kinds[at].lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

/// Size in bytes of the only text that can be long.
fn words_of(content: &Content) -> usize {
    match content {
        Content::Inquiry(inquiry) => inquiry.message.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use offline::storage_contract::sample_question;

    fn inquiry(bytes: usize) -> Content {
        sample_question("x".repeat(bytes))
    }

    fn id(number: usize) -> SubmissionId {
        SubmissionId::from_parts(number as u64, [0; 10])
    }

    #[test]
    fn what_is_put_is_taken_once_and_by_its_kind() {
        let opened = OpenedSubmission::default();
        opened.put(id(1), inquiry(3));
        assert!(opened.take(Kind::Gap).is_empty() && opened.take(Kind::Feedback).is_empty());
        assert_eq!(opened.take(Kind::Inquiry), OpenedEntries::from([(id(1), inquiry(3))]));
        assert!(opened.take(Kind::Inquiry).is_empty());
    }

    #[test]
    fn it_stays_small_when_nobody_takes() {
        let opened = OpenedSubmission::default();
        (0..2 * ENTRIES_MAX).for_each(|number| opened.put(id(number), inquiry(1)));
        assert_eq!(opened.take(Kind::Inquiry).len(), ENTRIES_MAX);
        (0..100).for_each(|number| opened.put(id(number), inquiry(1_024 * 1_024)));
        assert_eq!(opened.take(Kind::Inquiry).len(), 16);
        opened.put(id(1), inquiry(1));
        assert_eq!(opened.take(Kind::Inquiry).len(), 1, "it is counted anew after each look");
    }
}
