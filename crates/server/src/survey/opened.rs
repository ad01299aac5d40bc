//! Survey answers and counts that were opened before, in memory: opening a sealed submission takes
//! about 25 us, and the pages of the survey show the same ones again and again.
//!
//! It never decides what counts. Each page asks the store which submissions it has, and uses those
//! only; what the store does not list any more (erased, or set aside) is dropped here.

mod packed;

use crate::keys::Keys;
use crate::store::Place;
use domain::collector::{CollectorCode, Tally, Ticket};
use domain::submission::{Content, Feedback, KeyId, Kind};
use domain::survey::{Answer, AnswerKind, Survey};
use domain::{HubId, Language, QuestionId, ServiceId, SubmissionId};
use packed::Names;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard};

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

/// What an opened submission says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OpenedContent {
    /// The answers of one person.
    Answer(Box<GivenAnswer>),
    /// Something that happened at a survey link.
    Tally(Tally),
    /// A submission of a kind that the survey does not read.
    Other,
}

/// The answers of one person, without what no report uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GivenAnswer {
    /// Version of the survey that was answered.
    pub(crate) survey_version: u32,
    /// Answers by question.
    pub(crate) answers: Vec<(QuestionId, Answer)>,
    /// Language in which they were given.
    pub(crate) language: Language,
    /// Code of the survey link, if any.
    pub(crate) collector: Option<CollectorCode>,
    /// The invitation that was used, if any.
    pub(crate) ticket: Option<Ticket>,
    /// The service that they are about, if any.
    pub(crate) service: Option<ServiceId>,
    /// The location that they are about, if any.
    pub(crate) hub: Option<HubId>,
    /// Time to fill in the survey in seconds, if known.
    pub(crate) seconds: Option<u32>,
}

impl From<Feedback> for GivenAnswer {
    fn from(feedback: Feedback) -> Self {
        Self {
            survey_version: feedback.answers.survey_version(),
            answers: feedback.answers.answers().to_vec(),
            language: feedback.language,
            collector: feedback.collector,
            ticket: feedback.ticket,
            service: feedback.service,
            hub: feedback.hub,
            seconds: feedback.seconds,
        }
    }
}

impl From<Content> for OpenedContent {
    fn from(content: Content) -> Self {
        match content {
            Content::Feedback(feedback) => Self::Answer(Box::new(feedback.into())),
            Content::Tally(tally) => Self::Tally(tally),
            _ => Self::Other,
        }
    }
}

/// One held submission.
struct Entry {
    /// The key that it was sealed to. When that key is destroyed, what it opened goes too.
    key: KeyId,
    sha256: [u8; 32],
    packed: Box<[u8]>,
}

impl Entry {
    fn bytes(&self) -> usize {
        ENTRY_BYTES + self.packed.len()
    }
}

/// The held submissions of one kind, by time of receipt.
#[derive(Default)]
struct Shelf {
    entries: BTreeMap<Place, Entry>,
    bytes: usize,
}

impl Shelf {
    fn put(&mut self, place: Place, entry: Entry, bytes_max: usize) {
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

    fn drop_all(&mut self, places: impl IntoIterator<Item = Place>) {
        for place in places {
            self.bytes -= self.entries.remove(&place).map_or(0, |entry| entry.bytes());
        }
    }
}

#[derive(Default)]
struct Held {
    answers: Shelf,
    tallies: Shelf,
    names: Names,
}

impl Held {
    fn shelf(&mut self, kind: Kind) -> &mut Shelf {
        if kind == Kind::Feedback { &mut self.answers } else { &mut self.tallies }
    }
}

/// Opened answers and counts, bounded in bytes. The bounds are in the memory of the process only;
/// nothing of it is stored.
pub struct OpenedAnswers {
    held: Mutex<Held>,
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

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Makes what is held shorter: ids of this survey's questions and options are held once.
    pub(crate) fn learn(&self, survey: &Survey) {
        let mut held = self.held();
        for question in &survey.questions {
            held.names.learn(&question.id);
            if let AnswerKind::Choice { options } = &question.answer {
                options.iter().for_each(|option| held.names.learn(&option.id));
            }
        }
    }

    /// Returns for each place what was opened before; `None` where it must be opened.
    pub(crate) fn find(&self, kind: Kind, keys: &Keys, places: &[Place]) -> Vec<Option<OpenedRow>> {
        let mut held = self.held();
        let Held { answers, tallies, names } = &mut *held;
        let shelf = if kind == Kind::Feedback { answers } else { tallies };
        let mut unknown = Vec::new();
        let found = |place: &Place| {
            let entry = shelf.entries.get(place)?;
            if !keys.knows(entry.key) {
                unknown.push(*place);
                return None;
            }
            Some(OpenedRow { sha256: entry.sha256, content: Some(names.unpack(&entry.packed)?) })
        };
        let found = places.iter().map(found).collect();
        shelf.drop_all(unknown);
        found
    }

    /// Holds what was just opened with `key`. What no key opens is not held, because a key may be
    /// put back.
    pub(crate) fn put(&self, kind: Kind, place: Place, key: KeyId, row: &OpenedRow) {
        let Some(content) = &row.content else { return };
        let mut held = self.held();
        let Some(packed) = held.names.pack(content) else { return };
        let bytes_max = if kind == Kind::Feedback { self.bytes_max.0 } else { self.bytes_max.1 };
        held.shelf(kind).put(place, Entry { key, sha256: row.sha256, packed }, bytes_max);
    }

    /// Drops everything after one place and up to another that is not among `listed`, which is in
    /// order.
    pub(crate) fn keep_listed(
        &self,
        kind: Kind,
        after: Bound<Place>,
        until: Bound<Place>,
        listed: &[Place],
    ) {
        let mut held = self.held();
        let shelf = held.shelf(kind);
        let gone: Vec<Place> = shelf
            .entries
            .range((after, until))
            .map(|(place, _)| *place)
            .filter(|place| listed.binary_search(place).is_err())
            .collect();
        shelf.drop_all(gone);
    }

    /// The place of the oldest held submission; `None` if none is held.
    pub(crate) fn oldest(&self, kind: Kind) -> Option<Place> {
        self.held().shelf(kind).entries.keys().next().copied()
    }
}

/// The place before all others of a time.
pub(crate) fn beginning_of(ms: u64) -> Place {
    (ms, SubmissionId::from_bytes([0; 16]))
}

#[cfg(test)]
mod tests;
