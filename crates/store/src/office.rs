//! Records of staff work: events of inquiries, the ledgers, device status, saved lists. Accounts
//! and sign-in are in `door`. Texts are sealed before they reach this module
//! (`vault::event_cipher`); logins and times are not.

mod statements;

pub(super) use statements::{append_event, login_of, office, read, unsettled};

use super::custody::AuditContext;
use super::{StoreFault, StoredSubmission};
use domain::status::InquiryStage;
use domain::submission::Kind;
use domain::{SubmissionId, TerminalId};
use std::future::Future;
use vault::Lookup;

/// One event of an inquiry. Never changed; the next event has the next number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// The inquiry.
    pub id: SubmissionId,
    /// Counts from one for each inquiry, without gaps.
    pub number: u32,
    /// Milliseconds since 1970.
    pub at_ms: u64,
    /// Login of the staff member.
    pub who: String,
    /// The event's content, sealed.
    pub sealed: Vec<u8>,
}

/// An event with what is recorded along with it.
#[derive(Debug, Clone)]
pub struct NewCaseEvent {
    /// The event.
    pub event: EventRow,
    /// The stage that the inquiry reaches with it; `None` if that does not change.
    pub stage: Option<InquiryStage>,
    /// Name of the action in the audit log.
    pub what: &'static str,
    /// Who did it, when and why, for the audit log.
    pub audit: AuditContext,
}

/// Ledgers of staff actions that do not belong to one inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerKind {
    /// Survey links, decisions about comments, baselines.
    Survey,
    /// Staff tablets, counter work, events.
    Counter,
}

/// One action in a ledger. Never changed; the next action has the next number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActRow {
    /// Counts from one for each ledger, without gaps.
    pub number: u32,
    /// Milliseconds since 1970.
    pub at_ms: u64,
    /// Login of the staff member; may be empty.
    pub who: String,
    /// The action's content, sealed.
    pub sealed: Vec<u8>,
}

/// The last status report of a device. Only the last one is stored, and nothing about earlier ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRow {
    /// The device.
    pub device: TerminalId,
    /// When it arrived: server clock, milliseconds since 1970.
    pub at_ms: u64,
    /// Figures as JSON.
    pub state: String,
}

/// Position of a submission in order of receipt: time (milliseconds since 1970), then id.
pub type PagePosition = (u64, SubmissionId);

/// Summary of an inquiry that is closed and has nothing left to send, for lists and figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledRow {
    /// The inquiry.
    pub id: SubmissionId,
    /// Number of the event with which it became settled.
    pub last_event: u32,
    /// The summary, sealed.
    pub sealed: Vec<u8>,
}

/// A saved list, sealed because its name and filters may contain a person's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewRow {
    /// Login of its owner.
    pub login: String,
    /// Number of the list among its owner's.
    pub number: u32,
    /// Name and filters, sealed.
    pub sealed: Vec<u8>,
}

/// A saved list from before lists were sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainView {
    /// Login of its owner.
    pub login: String,
    /// Name of the list.
    pub name: String,
    /// Filters, as the query of a URL.
    pub query: String,
}

/// Kinds of texts that are sealed with the `office` keys, by where they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealedKind {
    /// Content of an event.
    Event,
    /// Summary of a settled inquiry; its number is that of the last event.
    Settled,
    /// Content of an action in a ledger.
    Act(LedgerKind),
    /// A saved list.
    View,
    /// The second factor of a staff member, of which each has one; its number is zero.
    SecondFactor,
}

impl SealedKind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::Event,
        Self::Settled,
        Self::Act(LedgerKind::Survey),
        Self::Act(LedgerKind::Counter),
        Self::View,
        Self::SecondFactor,
    ];
}

/// One sealed text and where it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedText {
    /// The id of the inquiry for an event or a summary, the login for a list or a second factor;
    /// empty for a ledger.
    pub owner: Vec<u8>,
    /// Its number within the owner's texts.
    pub number: u32,
    /// The ciphertext.
    pub sealed: Vec<u8>,
}

/// What a store does for staff work. Every implementation passes the third part of the contract.
pub trait OfficeStore: Send + Sync + 'static {
    /// Adds an event and the stage that it implies. `settled` is the sealed summary if the inquiry
    /// is settled after this event; with `None`, an earlier summary is deleted. Returns false, and
    /// adds nothing, if the event's number is taken or the inquiry does not exist.
    fn append(
        &self,
        event: &EventRow,
        stage: Option<InquiryStage>,
        what: &str,
        audit: &AuditContext,
        settled: Option<&[u8]>,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// Adds events with the given numbers, in one transaction. Skips those that `append` would
    /// refuse. Returns how many were added.
    fn append_all(
        &self,
        all: &[NewCaseEvent],
    ) -> impl Future<Output = Result<u64, StoreFault>> + Send;

    /// All events of one inquiry, in order.
    fn events(
        &self,
        id: SubmissionId,
    ) -> impl Future<Output = Result<Vec<EventRow>, StoreFault>> + Send;

    /// Events of all inquiries since `since_ms`, oldest first. `after` is the position of the
    /// previous page's last event, `most` the size of a page.
    fn events_since(
        &self,
        since_ms: u64,
        after: Option<(u64, SubmissionId, u32)>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<EventRow>, StoreFault>> + Send;

    /// Adds an action to a ledger. Returns false if its number is taken.
    fn append_act(
        &self,
        ledger: LedgerKind,
        row: &ActRow,
        what: &str,
        audit: &AuditContext,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// Actions of a ledger after a number, in order.
    fn acts(
        &self,
        ledger: LedgerKind,
        after: u32,
    ) -> impl Future<Output = Result<Vec<ActRow>, StoreFault>> + Send;

    /// Stores a device's status report in place of its previous one.
    fn see_device(&self, seen: &SeenRow) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// The last status report of every device, in order of device names.
    fn devices(&self) -> impl Future<Output = Result<Vec<SeenRow>, StoreFault>> + Send;

    /// Times of receipt and ids of the submissions that `SubmissionStore::page` would return,
    /// without their envelopes.
    fn places(
        &self,
        kind: Kind,
        since_ms: u64,
        after: Option<(u64, SubmissionId)>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<(u64, SubmissionId)>, StoreFault>> + Send;

    /// Inquiries that are not settled, with all their events, in order of receipt. With
    /// `closed_once`, those that have been closed at some time; without it, those that never were.
    fn unsettled(
        &self,
        closed_once: bool,
        after: Option<PagePosition>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<(StoredSubmission, Vec<EventRow>)>, StoreFault>> + Send;

    /// Summaries of settled inquiries, in order of their ids.
    fn settled(
        &self,
        after: Option<SubmissionId>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<SettledRow>, StoreFault>> + Send;

    /// Stores summaries of settled inquiries. Skips each whose inquiry has had another event
    /// meanwhile.
    fn put_settled(
        &self,
        rows: &[SettledRow],
    ) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// Inquiries received before a position, with all their events, newest first.
    fn inquiries_before(
        &self,
        before: Option<PagePosition>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<(StoredSubmission, Vec<EventRow>)>, StoreFault>> + Send;

    /// The submissions that a tracking code belongs to, oldest first, without additions. Usually
    /// one; more are generated on purpose. Returns at most eight.
    fn by_lookup(
        &self,
        lookup: Lookup,
    ) -> impl Future<Output = Result<Vec<StoredSubmission>, StoreFault>> + Send;

    /// What was added to the question that a tracking code belongs to, oldest first, without what
    /// is in quarantine. At most [`ADDITIONS_MAX`](domain::addition::ADDITIONS_MAX), or a few more.
    fn additions(
        &self,
        lookup: Lookup,
    ) -> impl Future<Output = Result<Vec<StoredSubmission>, StoreFault>> + Send;

    /// Submissions that were stored before lookups existed and have none yet; with `ending`, only
    /// those whose ids end in these bytes. At most `most`.
    fn without_lookup(
        &self,
        ending: Option<[u8; 5]>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<StoredSubmission>, StoreFault>> + Send;

    /// Resets the lookups that are empty because no key could open the submission, so that
    /// [`OfficeStore::without_lookup`] returns these submissions again.
    fn forget_empty_lookups(&self) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// Sets the lookups of submissions; `None` for one that no key can open.
    fn set_lookups(
        &self,
        lookups: &[(SubmissionId, Option<Lookup>)],
    ) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// Number of stored submissions of a kind that are not in quarantine.
    fn count_in_sight(&self, kind: Kind) -> impl Future<Output = Result<u64, StoreFault>> + Send;

    /// The saved lists of one person.
    fn views(&self, login: &str) -> impl Future<Output = Result<Vec<ViewRow>, StoreFault>> + Send;

    /// Saves a list in place of the one with its number. Returns false if the person has `most`
    /// others already.
    fn put_view(
        &self,
        view: &ViewRow,
        most: u32,
    ) -> impl Future<Output = Result<bool, StoreFault>> + Send;

    /// Deletes a saved list. Does nothing if it does not exist.
    fn drop_view(
        &self,
        login: &str,
        number: u32,
    ) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// Saved lists that are not sealed yet, at most `most`.
    fn plain_views(
        &self,
        most: u32,
    ) -> impl Future<Output = Result<Vec<PlainView>, StoreFault>> + Send;

    /// Replaces a plain list by a sealed one and leaves no trace of the plain one. Does nothing if
    /// the plain one no longer exists.
    fn seal_view(
        &self,
        plain: &PlainView,
        view: &ViewRow,
    ) -> impl Future<Output = Result<(), StoreFault>> + Send;

    /// All sealed texts of a kind, in a stable order. `after` is the last text of the previous
    /// page, `most` the size of a page.
    fn sealed_texts(
        &self,
        kind: SealedKind,
        after: Option<&SealedText>,
        most: u32,
    ) -> impl Future<Output = Result<Vec<SealedText>, StoreFault>> + Send;

    /// Replaces each text that is still the same as when it was read. Returns how many were
    /// replaced.
    fn reseal(
        &self,
        kind: SealedKind,
        texts: &[(SealedText, Vec<u8>)],
    ) -> impl Future<Output = Result<u64, StoreFault>> + Send;
}
