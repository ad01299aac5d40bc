//! Survey answers and counts that were opened before, in memory: opening a sealed submission takes
//! about 25 us, and the pages of the survey show the same ones again and again.
//!
//! It never decides what counts. Each page asks the store which submissions it has, and uses those
//! only; what the store does not list any more (erased, or set aside) is dropped here.

use casework::survey::given::OpenedContent;
use casework::survey::packed::NameNumbers;
use domain::SubmissionId;
use domain::submission::{KeyId, Kind};
use domain::survey::Survey;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard};
use store::PagePosition;
use vault::keys::Keys;

/// Memory for answers: some 80,000 without long comments, so that two quarters of a city of 80,000
/// people can be compared.
const ANSWER_BYTES_MAX: usize = 24 * 1024 * 1024;
/// Memory for counts: some 60,000.
const TALLY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// What one submission takes beside its packed content: the entry, its place in the map, and what
/// the allocator adds.
const ENTRY_BYTES: usize = 144;
/// The kinds of submissions that are held.
pub(crate) const OPENED_KINDS: [Kind; 2] = [Kind::Feedback, Kind::Tally];

/// An opened submission about the survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenedRow {
    /// SHA-256 of the sealed body.
    pub(crate) sha256: [u8; 32],
    /// `None` if no key opens it, or it is invalid.
    pub(crate) content: Option<OpenedContent>,
}

/// One held submission.
struct HeldSubmission {
    /// The key that it was sealed to. When that key is destroyed, what it opened goes too.
    key: KeyId,
    sha256: [u8; 32],
    packed: Box<[u8]>,
}

impl HeldSubmission {
    fn bytes(&self) -> usize {
        ENTRY_BYTES + self.packed.len()
    }
}

/// The held submissions of one kind, by time of receipt.
#[derive(Default)]
struct HeldByTime {
    entries: BTreeMap<PagePosition, HeldSubmission>,
    bytes: usize,
}

impl HeldByTime {
    fn put(&mut self, place: PagePosition, entry: HeldSubmission, bytes_max: usize) {
        self.bytes += entry.bytes();
        self.bytes -= self.entries.insert(place, entry).map_or(0, |before| before.bytes());
        // The newest stay: reports are about the last months, and a reader of older ones must not
        // drop what all others look at.
        while self.bytes > bytes_max
            && let Some((_, oldest)) = self.entries.pop_first()
        {
            self.bytes -= oldest.bytes();
        }
    }

    fn drop_all(&mut self, places: impl IntoIterator<Item = PagePosition>) {
        for place in places {
            self.bytes -= self.entries.remove(&place).map_or(0, |entry| entry.bytes());
        }
    }
}

#[derive(Default)]
struct HeldSubmissions {
    answers: HeldByTime,
    tallies: HeldByTime,
    names: NameNumbers,
}

impl HeldSubmissions {
    fn of(&mut self, kind: Kind) -> &mut HeldByTime {
        if kind == Kind::Feedback { &mut self.answers } else { &mut self.tallies }
    }
}

/// Opened answers and counts, bounded in bytes. The bounds are in the memory of the process only;
/// nothing of it is stored.
pub struct OpenedAnswers {
    held: Mutex<HeldSubmissions>,
    bytes_max: (usize, usize),
}

impl Default for OpenedAnswers {
    fn default() -> Self {
        Self::bounded(ANSWER_BYTES_MAX, TALLY_BYTES_MAX)
    }
}

impl OpenedAnswers {
    fn bounded(answer_bytes_max: usize, tally_bytes_max: usize) -> Self {
        Self { held: Mutex::default(), bytes_max: (answer_bytes_max, tally_bytes_max) }
    }

    fn held(&self) -> MutexGuard<'_, HeldSubmissions> {
        self.held.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Makes what is held shorter: ids of this survey's questions and options are held once.
    pub(crate) fn learn(&self, survey: &Survey) {
        self.held().names.learn_survey(survey);
    }

    /// Returns for each place what was opened before; `None` where it must be opened.
    pub(crate) fn find(
        &self,
        kind: Kind,
        keys: &Keys,
        places: &[PagePosition],
    ) -> Vec<Option<OpenedRow>> {
        let mut held = self.held();
        let HeldSubmissions { answers, tallies, names } = &mut *held;
        let of_kind = if kind == Kind::Feedback { answers } else { tallies };
        let mut unknown = Vec::new();
        let found = |place: &PagePosition| {
            let entry = of_kind.entries.get(place)?;
            if !keys.knows(entry.key) {
                unknown.push(*place);
                return None;
            }
            Some(OpenedRow { sha256: entry.sha256, content: Some(names.unpack(&entry.packed)?) })
        };
        let found = places.iter().map(found).collect();
        of_kind.drop_all(unknown);
        found
    }

    /// Holds what was just opened with `key`. What no key opens is not held, because a key may be
    /// put back.
    pub(crate) fn put(&self, kind: Kind, place: PagePosition, key: KeyId, row: &OpenedRow) {
        let Some(content) = &row.content else { return };
        let mut held = self.held();
        let Some(packed) = held.names.pack(content) else { return };
        let bytes_max = if kind == Kind::Feedback { self.bytes_max.0 } else { self.bytes_max.1 };
        held.of(kind).put(place, HeldSubmission { key, sha256: row.sha256, packed }, bytes_max);
    }

    /// Drops everything after one place and up to another that is not among `listed`, which is in
    /// order.
    pub(crate) fn keep_listed(
        &self,
        kind: Kind,
        after: Bound<PagePosition>,
        until: Bound<PagePosition>,
        listed: &[PagePosition],
    ) {
        let mut held = self.held();
        let of_kind = held.of(kind);
        let gone: Vec<PagePosition> = of_kind
            .entries
            .range((after, until))
            .map(|(place, _)| *place)
            .filter(|place| listed.binary_search(place).is_err())
            .collect();
        of_kind.drop_all(gone);
    }

    /// The place of the oldest held submission; `None` if none is held.
    pub(crate) fn oldest(&self, kind: Kind) -> Option<PagePosition> {
        self.held().of(kind).entries.keys().next().copied()
    }
}

/// The place before all others of a time.
pub(crate) fn beginning_of(ms: u64) -> PagePosition {
    (ms, SubmissionId::from_bytes([0; 16]))
}

#[cfg(test)]
mod tests;
