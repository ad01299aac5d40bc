//! What the office itself writes down of its work: what was done with each inquiry. Who works there is in `door`.
//! Texts are sealed before they come here (`office::event_cipher`); names of staff and moments are not.

mod statements;

pub(super) use statements::{append_event, login_of, office, read, unsettled};

use super::{Lookup, StoreFault, StoredSubmission, custody::Deed};
use domain::status::Stage;
use domain::submission::Kind;
use domain::{SubmissionId, TerminalId};
use std::future::Future;

/// One thing that was done with an inquiry. Never changed; the next one has the next number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    pub id: SubmissionId,
    /// From one on, without gaps, for each inquiry.
    pub number: u32,
    pub at_ms: u64,
    pub who: String,
    pub sealed: Vec<u8>,
}

/// An event with all that is written down of it.
#[derive(Debug, Clone)]
pub struct Done {
    pub event: EventRow,
    pub stage: Option<Stage>,
    pub what: &'static str,
    pub deed: Deed,
}

/// What the office writes of its own doings, beside what was done with each inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Book {
    /// Collectors, cleared comments, frozen baselines.
    Survey,
    /// Tablets, what counters do, events.
    Counter,
}

/// One thing that the office did, in one of its books. Never changed; the next one has the next number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActRow {
    /// From one on, without gaps.
    pub number: u32,
    pub at_ms: u64,
    pub who: String,
    pub sealed: Vec<u8>,
}

/// What a device said of itself last. Of each there is one, and nothing of when it spoke before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRow {
    pub device: TerminalId,
    /// By the server's clock.
    pub at_ms: u64,
    /// Numbers as JSON.
    pub state: String,
}

/// The place of an entry in the order in which entries came: moment, then id.
pub type Place = (u64, SubmissionId);

/// What lists and figures need of an inquiry that is closed and has nothing to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledRow {
    pub id: SubmissionId,
    /// The number of the event after which it stood so.
    pub last_event: u32,
    pub sealed: Vec<u8>,
}

/// A list that somebody comes back to, sealed: its name and filters may hold a person's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewRow {
    pub login: String,
    /// Which of this person's.
    pub number: u32,
    pub sealed: Vec<u8>,
}

/// A list as it was kept before lists were sealed: a name and the filters in the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainView {
    pub login: String,
    pub name: String,
    pub query: String,
}

/// All that the office seals, by where it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealedKind {
    Event,
    /// What lists need of an inquiry that is closed; its number is that of the last event.
    Settled,
    Act(Book),
    View,
    /// Of which each person has one; its number is zero.
    SecondFactor,
}

impl SealedKind {
    pub const ALL: [Self; 6] = [
        Self::Event,
        Self::Settled,
        Self::Act(Book::Survey),
        Self::Act(Book::Counter),
        Self::View,
        Self::SecondFactor,
    ];
}

/// One sealed text and where it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedText {
    /// The inquiry of an event or of what lists need, the login of a list or a second factor; empty for a book.
    pub owner: Vec<u8>,
    pub number: u32,
    pub sealed: Vec<u8>,
}

/// The office's own part of a store. Every implementation passes the contract's third part.
pub trait OfficeStore: Send + Sync + 'static {
    /// Adds an event, and the stage that it means. `settled` is what is kept of the inquiry when it is settled after the event;
    /// with `None` nothing is. Returns false when the event's number is taken, or its inquiry is not there.
    fn append(
        &self,
        event: &EventRow,
        stage: Option<Stage>,
        what: &str,
        deed: &Deed,
        settled: Option<&[u8]>,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// Adds events as they stand, in one transaction. What `append` would not add is left out; gives how many were added.
    fn append_all(&self, all: &[Done]) -> impl Future<Output = Result<u64, StoreFault>> + Send;

    /// All events of one inquiry, in order.
    fn events(
        &self,
        id: SubmissionId,
    ) -> impl Future<Output = Result<Vec<EventRow>, StoreFault>> + Send;

    /// The events of all inquiries from a moment on, oldest first; `after` and `most` page through them.
    fn events_since(
        &self,
        since_ms: u64,
        after: Option<(u64, SubmissionId, u32)>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<EventRow>, StoreFault>> + Send;

    /// Adds what was done to a book. False when its number is taken.
    fn append_act(
        &self,
        book: Book,
        row: &ActRow,
        what: &str,
        deed: &Deed,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// All that stands in a book after a number, in order.
    fn acts(
        &self,
        book: Book,
        after: u32,
    ) -> impl Future<Output = Result<Vec<ActRow>, StoreFault>> + Send;

    /// Keeps what a device says of itself, in place of what it said before.
    fn see_device(&self, seen: &SeenRow) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// What every device said last, in order of their names.
    fn devices(&self) -> impl Future<Output = Result<Vec<SeenRow>, StoreFault>> + Send;

    /// The ids of all that is kept of a kind and in sight.
    fn ids(&self, kind: Kind)
    -> impl Future<Output = Result<Vec<SubmissionId>, StoreFault>> + Send;

    /// When what is kept of a kind and in sight was received, and its id: from a moment on, oldest first, as `SubmissionStore::page` has the whole of it.
    fn places(
        &self,
        kind: Kind,
        since_ms: u64,
        after: Option<(u64, SubmissionId)>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<(u64, SubmissionId)>, StoreFault>> + Send;

    /// Inquiries that are not settled, with all that was done with each, in the order in which they came.
    /// `closed_once` chooses those that were closed at some time, or those that never were.
    fn unsettled(
        &self,
        closed_once: bool,
        after: Option<Place>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<(StoredSubmission, Vec<EventRow>)>, StoreFault>> + Send;

    /// What is kept of settled inquiries, in the order of their ids.
    fn settled(
        &self,
        after: Option<SubmissionId>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<SettledRow>, StoreFault>> + Send;

    /// Keeps what was found out of inquiries that are settled, unless more was done with one of them meanwhile.
    fn put_settled(
        &self,
        rows: &[SettledRow],
    ) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// All inquiries before a place, with all that was done with each, the newest first.
    fn inquiries_before(
        &self,
        before: Option<Place>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<(StoredSubmission, Vec<EventRow>)>, StoreFault>> + Send;

    /// The entries that a receipt's secret belongs to, the oldest first. By chance it is one; a few more are somebody's own work.
    fn by_lookup(
        &self,
        lookup: Lookup,
    ) -> impl Future<Output = Result<Vec<StoredSubmission>, StoreFault>> + Send;

    /// Entries from before lookups were kept; those alone whose ids end so, where an ending is given.
    fn without_lookup(
        &self,
        ending: Option<[u8; 5]>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<StoredSubmission>, StoreFault>> + Send;

    /// Entries that no key opened when their lookups were filled in are without one again.
    fn forget_empty_lookups(&self) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// Fills in their lookups; none for an entry that no key opens.
    fn set_lookups(
        &self,
        lookups: &[(SubmissionId, Option<Lookup>)],
    ) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// How many of a kind are kept and in sight.
    fn count_in_sight(&self, kind: Kind) -> impl Future<Output = Result<u64, StoreFault>> + Send;

    /// The saved lists of one person.
    fn views(&self, login: &str) -> impl Future<Output = Result<Vec<ViewRow>, StoreFault>> + Send;

    /// Saves a list, in place of the one with its number. False if the person has so many others already.
    fn put_view(
        &self,
        view: &ViewRow,
        most: u32,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    fn drop_view(
        &self,
        login: &str,
        number: u32,
    ) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// Lists that are not sealed yet, at most so many.
    fn plain_views(
        &self,
        most: u32,
    ) -> impl Future<Output = Result<Vec<PlainView>, StoreFault>> + Send;

    /// Puts a sealed list in the place of a plain one, of which nothing stays. Does nothing when the plain one is gone.
    fn seal_view(
        &self,
        plain: &PlainView,
        view: &ViewRow,
    ) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// All texts of a kind, in one order; `after` and `most` page through them.
    fn sealed_texts(
        &self,
        kind: SealedKind,
        after: Option<&SealedText>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<SealedText>, StoreFault>> + Send;

    /// Puts a text in the place of each, where it still is as it was read. Gives how many were.
    fn reseal(
        &self,
        kind: SealedKind,
        texts: &[(SealedText, Vec<u8>)],
    ) -> impl Future<Output = Result<u64, StoreFault>> + Send;
}
