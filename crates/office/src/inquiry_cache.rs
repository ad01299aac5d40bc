//! The inquiries that the office holds in memory. Open ones are held decrypted, because they stay
//! encrypted on disk; of settled ones (closed, with nothing left to send) only what lists and
//! figures need is held ([`SettledInquiry`]). So memory is bounded by the number of open inquiries:
//! anything else about a settled inquiry is read from the store on demand.
//!
//! Everything is read once when the office starts, open inquiries first. Afterwards new submissions
//! ([`Arrivals`]) and everything that this or another server does or erases are read incrementally:
//! every act has an entry in the audit log, whose numbers have no gaps and depend on no clock.

mod additions;
mod settled_set;

use super::Office;
use super::arrivals::{Arrivals, NewSubmission, open_entry};
use super::summaries::{read_summary, summary_row};
use super::survey::reading::forget_unlisted;
use additions::WaitingAdditions;
use casework::case::{CaseEntry, CaseEvent};
use casework::clock::OfficeHours;
use casework::demand::DemandCounts;
use casework::inquiry::{Inquiry, contact, department_of};
use casework::listed::ListedInquiry;
use casework::month::Month;
use casework::promise::PromiseRules;
use casework::settled::{SettledInquiry, SharedTexts, contact_hash, contact_hashes};
use domain::SubmissionId;
use domain::submission::{Content, Kind};
use settled_set::SettledSet;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use store::{Custody, EventRow, OfficeStore, SettledRow, StoreFault, StoredSubmission};
use vault::event_cipher::EventCipher;
use vault::now_ms;

/// Rows read per query.
const ROWS_AT_ONCE: u32 = 500;
/// Rows about settled inquiries read per query: about 250 bytes each.
const SETTLED_AT_ONCE: u32 = 5_000;
/// Submissions received longer ago than this are not read again once they are counted (ms).
const LATE_MS: u64 = 60 * 1_000;
/// Kinds of submissions that are only counted.
const FINDS: [Kind; 3] = [Kind::Gap, Kind::Correction, Kind::Contact];
/// A person who opened an inquiry within this time (ms) is shown as present.
pub const PRESENT_MS: u64 = 3 * 60 * 1_000;

#[derive(Default)]
struct CachedInquiries {
    /// Inquiries that are not settled.
    active: HashMap<SubmissionId, Arc<Inquiry>>,
    settled: SettledSet,
    /// Strings that many settled inquiries share.
    texts: SharedTexts,
    demand: Arc<DemandCounts>,
    /// How far each kind of [`FINDS`] was counted.
    counted: [Arrivals; FINDS.len()],
    /// Something was deleted since the finds were counted; it may have been one of them.
    is_to_compare: bool,
    /// One of the counted submissions was deleted.
    is_to_recount: bool,
    /// Inquiries with a reply that waits to be sent by e-mail.
    mailing: BTreeSet<SubmissionId>,
    arrivals: Arrivals,
    additions: WaitingAdditions,
    /// The number of the last audit log entry that was read: events and erasures are found there.
    audit: u64,
    /// Inquiries with events that are not in memory themselves yet.
    early: HashSet<SubmissionId>,
    /// The edition by which due times were computed.
    catalogue_version: u32,
    /// The promises by which they were computed.
    promises: PromiseRules,
    /// All inquiries that are not settled have been read; summaries of settled ones may still be
    /// missing.
    has_all_open: bool,
    is_read: bool,
    /// Inquiries that no key opens.
    unopened: HashSet<SubmissionId>,
}

impl CachedInquiries {
    /// Adds a received inquiry; `None` means that no key opens it.
    fn put(&mut self, id: SubmissionId, inquiry: Option<Inquiry>) {
        match inquiry {
            Some(inquiry) => {
                self.additions.note_arrived(inquiry.reference);
                self.place(Arc::new(inquiry));
            }
            None => drop(self.unopened.insert(id)),
        }
    }

    /// Moves an inquiry to the maps that its state asks for.
    fn place(&mut self, inquiry: Arc<Inquiry>) {
        let id = inquiry.id;
        self.additions.note_taken(&inquiry.case.added);
        if inquiry.is_settled() {
            self.active.remove(&id);
            let settled = SettledInquiry::of(&inquiry, &mut self.texts);
            let settled = match self.settled.get(id) {
                Some(before) => settled.keeping(before),
                None => settled,
            };
            self.settled.put(settled);
        } else {
            self.settled.remove(id);
            if inquiry.case.mails.is_empty() {
                self.mailing.remove(&id);
            } else {
                self.mailing.insert(id);
            }
            self.active.insert(id, inquiry);
            return;
        }
        self.mailing.remove(&id);
    }

    fn has(&self, id: SubmissionId) -> bool {
        self.active.contains_key(&id) || self.settled.contains(id)
    }

    fn forget(&mut self, id: SubmissionId) {
        self.active.remove(&id);
        self.settled.remove(id);
        self.mailing.remove(&id);
    }

    /// Drops everything that is not in `kept`.
    fn keep(&mut self, kept: &HashSet<SubmissionId>) {
        self.active.retain(|id, _| kept.contains(id));
        self.settled.retain(|id| kept.contains(&id));
        self.mailing.retain(|id| kept.contains(id));
        self.unopened.retain(|id| kept.contains(id));
        self.is_to_compare = true;
    }
}

/// The inquiries of the office in memory, shared by all requests.
#[derive(Default)]
pub struct InquiryCache {
    contents: RwLock<CachedInquiries>,
    /// One update at a time.
    looking: tokio::sync::Mutex<()>,
    /// One count of finds at a time; writers do not wait for it.
    counting: tokio::sync::Mutex<()>,
    present: Mutex<HashMap<SubmissionId, Vec<(String, u64)>>>,
    /// Everything received before this moment is here, in milliseconds since 1970; zero before the
    /// first look has ended.
    read_until_ms: AtomicU64,
}

/// The inbox in numbers, for monitoring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboxState {
    /// What was received before this moment is shown, in milliseconds since 1970; `None` before
    /// everything was read once.
    pub read_until_ms: Option<u64>,
    /// Inquiries that no key opens.
    pub unopened: u64,
    /// Inquiries with a reply that waits to be sent by e-mail.
    pub mails_waiting: usize,
}

impl InquiryCache {
    pub(super) fn inbox_state(&self) -> InboxState {
        let read_until_ms = self.read_until_ms.load(Ordering::Relaxed);
        self.read(|contents| InboxState {
            read_until_ms: (read_until_ms > 0).then_some(read_until_ms),
            unopened: contents.unopened.len() as u64,
            mails_waiting: contents.mailing.len(),
        })
    }

    /// Inquiries that are open or have something to send, in no order.
    pub fn active(&self) -> Vec<Arc<Inquiry>> {
        self.read(|contents| contents.active.values().cloned().collect())
    }

    /// The summary of a settled inquiry; `None` if it is open, or unknown.
    pub(super) fn settled(&self, id: SubmissionId) -> Option<Arc<SettledInquiry>> {
        self.read(|contents| contents.settled.get(id).cloned())
    }

    /// How many settled inquiries pass a test.
    pub(super) fn count_settled(&self, is_meant: impl Fn(&SettledInquiry) -> bool) -> usize {
        self.read(|contents| contents.settled.all().filter(|settled| is_meant(settled)).count())
    }

    /// All inquiries as lists and figures need them, in no order.
    pub fn listed(&self) -> Vec<ListedInquiry> {
        self.read(|contents| {
            let active = contents.active.values().cloned().map(ListedInquiry::Active);
            active.chain(contents.settled.all().cloned().map(ListedInquiry::Settled)).collect()
        })
    }

    /// One inquiry with all its events, read from the store if it is not in memory. `None` if it
    /// does not exist or no key opens it.
    pub async fn inquiry(
        &self,
        office: &Office,
        id: SubmissionId,
    ) -> Result<Option<Arc<Inquiry>>, StoreFault> {
        if let Some(inquiry) = self.read(|contents| contents.active.get(&id).cloned()) {
            return Ok(Some(inquiry));
        }
        let Some(row) = office.store().entry(id).await? else { return Ok(None) };
        let events = office.store().events(id).await?;
        Ok(with_hours(office, |time| whole(office, time, row, &events)).map(Arc::new))
    }

    /// Inquiries with a reply that waits to be sent by e-mail, oldest first.
    pub fn mailing(&self) -> Vec<Arc<Inquiry>> {
        self.read(|contents| {
            contents.mailing.iter().filter_map(|id| contents.active.get(id)).cloned().collect()
        })
    }

    /// Counts of searches without a result, reported errors in records, and contacts at counters.
    pub fn demand(&self) -> Arc<DemandCounts> {
        self.read(|contents| contents.demand.clone())
    }

    /// Whether everything stored has been read once, and how many inquiries no key opens.
    pub fn state(&self) -> (bool, u64) {
        self.read(|contents| (contents.is_read, contents.unopened.len() as u64))
    }

    /// Whether everything that is open has been read once, so that lists of open inquiries are
    /// complete.
    pub fn has_all_open(&self) -> bool {
        self.read(|contents| contents.has_all_open)
    }

    /// All inquiries whose contact has the hash of this one, in no order.
    pub(super) fn of_contact(&self, wanted: &str) -> Vec<ListedInquiry> {
        let (hash, hashes) = (contact_hash(wanted), contact_hashes(wanted));
        self.read(|contents| {
            let settled =
                contents.settled.all().filter(|settled| hashes.contains(&settled.contact));
            let settled = settled.cloned().map(ListedInquiry::Settled);
            let active = contents
                .active
                .values()
                .filter(|inquiry| contact_hash(contact(&inquiry.said.reply_to)) == hash);
            active.cloned().map(ListedInquiry::Active).chain(settled).collect()
        })
    }

    fn read<T>(&self, read: impl FnOnce(&CachedInquiries) -> T) -> T {
        read(&self.contents.read().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    fn change<T>(&self, change: impl FnOnce(&mut CachedInquiries) -> T) -> T {
        change(&mut self.contents.write().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    /// Records that a person opened an inquiry. Returns who else has it open, with the seconds
    /// since they opened it.
    pub fn be_present(&self, id: SubmissionId, login: &str) -> Vec<(String, u64)> {
        let now_ms = now_ms();
        let mut present = self.present.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        present.retain(|_, people| {
            people.retain(|(_, at_ms)| now_ms.saturating_sub(*at_ms) < PRESENT_MS);
            !people.is_empty()
        });
        let people = present.entry(id).or_default();
        let others = people
            .iter()
            .filter(|(of, _)| of != login)
            .map(|(of, at_ms)| (of.clone(), now_ms.saturating_sub(*at_ms) / 1_000))
            .collect();
        people.retain(|(of, _)| of != login);
        people.push((login.into(), now_ms));
        others
    }

    /// Reads what is new since the last look, here or at other servers.
    pub async fn look(&self, office: &Office) -> Result<(), StoreFault> {
        let _alone = self.looking.lock().await;
        let began_ms = now_ms();
        let (is_read, _) = self.state();
        if !is_read {
            self.read_all(office).await?;
        }
        self.take_inquiries(office).await?;
        self.follow_audit(office).await?;
        // The inbox does not wait for what was added.
        self.change(|contents| contents.is_read = true);
        if !office.maintenance.is_on() {
            self.take_over_additions(office).await?;
        }
        self.read_until_ms.store(began_ms, Ordering::Relaxed);
        self.follow_catalogue(office).await;
        Ok(())
    }

    /// Reads everything from the store: open inquiries first, because people wait for them.
    async fn read_all(&self, office: &Office) -> Result<(), StoreFault> {
        // Acts after this number are followed later; the effects of earlier ones are read here.
        let acts = office.store().last_audit_number().await?;
        let newest = office.store().inquiries_before(None, 1).await?;
        let newest = newest.first().map(|(row, _)| (row.received_at_ms, row.envelope.header.id));
        let version = office.catalogue().version();
        self.change(|contents| {
            // An earlier reading that failed half-way may have left inquiries that were erased
            // since.
            contents.active.clear();
            contents.settled.clear();
            contents.mailing.clear();
            contents.unopened.clear();
            contents.additions.clear();
            contents.has_all_open = false;
            contents.catalogue_version = version;
            contents.audit = acts;
            contents.arrivals.begin_after(newest);
        });
        self.read_unsettled(office, false).await?;
        self.read_unsettled(office, true).await?;
        self.take_new_inquiries(office).await?;
        self.change(|contents| contents.has_all_open = true);
        self.read_settled(office).await
    }

    /// Reads inquiries without a stored summary. Summaries of those that turn out to be settled are
    /// stored, so that they are not read in full again; after an upgrade this applies to every
    /// inquiry that was ever closed.
    async fn read_unsettled(&self, office: &Office, closed_once: bool) -> Result<(), StoreFault> {
        let mut after = None;
        loop {
            let rows = office.store().unsettled(closed_once, after, ROWS_AT_ONCE).await?;
            let Some((last, _)) = rows.last() else { return Ok(()) };
            after = Some((last.received_at_ms, last.envelope.header.id));
            let open = |(row, events): (StoredSubmission, Vec<EventRow>)| {
                let id = row.envelope.header.id;
                (id, with_hours(office, |time| whole(office, time, row, &events)))
            };
            let inquiries: Vec<(SubmissionId, Option<Inquiry>)> =
                rows.into_iter().map(open).collect();
            let settled = inquiries
                .iter()
                .filter_map(|(_, inquiry)| inquiry.as_ref())
                .filter_map(|inquiry| self.settled_row(office, inquiry));
            let settled: Vec<SettledRow> = settled.collect();
            if !settled.is_empty() && !office.maintenance.is_on() {
                office.store().put_settled(&settled).await?;
            }
            self.change(|contents| {
                inquiries.into_iter().for_each(|(id, inquiry)| contents.put(id, inquiry))
            });
            if closed_once {
                // This may take long; new submissions do not wait for it.
                self.take_new_inquiries(office).await?;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Reads the summaries of settled inquiries. A row that no key opens or that a newer server
    /// wrote is rebuilt from the submission.
    async fn read_settled(&self, office: &Office) -> Result<(), StoreFault> {
        let (mut after, mut texts) = (None, self.read(|contents| contents.texts.clone()));
        loop {
            let mut rows = office.store().settled(after, SETTLED_AT_ONCE).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.id);
            rows.retain(|row| !self.read(|contents| contents.has(row.id)));
            let (summaries, read) = decrypted(office.cipher(), rows, texts).await;
            texts = read;
            let mut unread = Vec::new();
            self.change(|contents| {
                for (id, settled) in summaries {
                    match settled {
                        // Something happened to it since its row was read, and that is newer.
                        _ if contents.has(id) => {}
                        Some(settled) => {
                            let added = settled.added.as_deref().unwrap_or_default();
                            contents.additions.note_taken(added);
                            contents.settled.put(settled);
                        }
                        None => unread.push(id),
                    }
                }
            });
            for id in unread {
                self.read_again(office, id).await?;
            }
            // There may be hundreds of thousands; new submissions do not wait for them.
            self.take_new_inquiries(office).await?;
        }
        self.change(|contents| contents.texts.join(texts));
        Ok(())
    }

    /// The encrypted summary to store for an inquiry; `None` while it is not settled.
    pub(super) fn settled_row(&self, office: &Office, inquiry: &Inquiry) -> Option<SettledRow> {
        let settled = inquiry
            .is_settled()
            .then(|| SettledInquiry::of(inquiry, &mut SharedTexts::default()))?;
        let settled = match self.settled(inquiry.id) {
            Some(before) => settled.keeping(&before),
            None => settled,
        };
        Some(summary_row(&settled, &office.cipher()))
    }

    async fn take_inquiries(&self, office: &Office) -> Result<(), StoreFault> {
        let mut arrivals = self.read(|contents| contents.arrivals);
        let outcome = arrivals
            .look(
                office,
                Kind::Inquiry,
                (0, now_ms()),
                |id| self.is_known(id),
                |new| self.take(office, new),
            )
            .await;
        self.change(|contents| contents.arrivals = arrivals);
        outcome
    }

    /// Like `take_inquiries`, but without looking back for late ones.
    async fn take_new_inquiries(&self, office: &Office) -> Result<(), StoreFault> {
        let mut arrivals = self.read(|contents| contents.arrivals);
        let mut opened = office.receiver().opened.take(Kind::Inquiry);
        let outcome =
            arrivals.go_on(office, Kind::Inquiry, &mut opened, |new| self.take(office, new)).await;
        self.change(|contents| contents.arrivals = arrivals);
        outcome
    }

    fn is_known(&self, id: SubmissionId) -> bool {
        self.read(|contents| contents.has(id) || contents.unopened.contains(&id))
    }

    fn take(&self, office: &Office, arrivals: Vec<NewSubmission>) {
        let new = arrivals.into_iter().filter(|arrival| !self.is_known(arrival.id));
        let inquiries: Vec<_> = with_hours(office, |time| {
            new.map(|arrival| (arrival.id, inquiry(office, time, arrival))).collect()
        });
        self.change(|contents| {
            inquiries.into_iter().for_each(|(id, inquiry)| contents.put(id, inquiry))
        });
    }

    /// Applies all stored events of one inquiry that are not applied yet.
    pub async fn take_events_of(
        &self,
        office: &Office,
        id: SubmissionId,
    ) -> Result<(), StoreFault> {
        if !self.read(|contents| contents.active.contains_key(&id)) {
            return self.read_again(office, id).await;
        }
        let rows = office.store().events(id).await?;
        self.change(|contents| {
            // Another look may have applied some of them in the meantime, or settled the inquiry.
            let Some(last) = contents.active.get(&id).map(|inquiry| inquiry.case.last) else {
                return;
            };
            if !rows.iter().any(|row| row.number == last + 1) {
                return;
            }
            let Some(mut inquiry) = contents.active.remove(&id) else { return };
            // A request that is reading this inquiry keeps its unchanged copy; without one, nothing
            // is copied.
            let changed = Arc::make_mut(&mut inquiry);
            for row in &rows {
                if row.number == changed.case.last + 1 {
                    changed.take(row.number, entry_of(office, row));
                }
            }
            with_hours(office, |time| compute(office, time, changed));
            contents.place(inquiry);
        });
        Ok(())
    }

    /// Reads one inquiry in full and stores it in the map that its state asks for, or drops it if
    /// it no longer exists.
    async fn read_again(&self, office: &Office, id: SubmissionId) -> Result<(), StoreFault> {
        let found = self.inquiry(office, id).await?;
        self.change(|contents| match found {
            Some(inquiry) => {
                contents.additions.note_arrived(inquiry.reference);
                contents.place(inquiry);
            }
            None => contents.forget(id),
        });
        Ok(())
    }

    /// Recomputes due times. Other tasks of this server run in between.
    async fn compute(&self, office: &Office, ids: impl IntoIterator<Item = SubmissionId>) {
        for id in ids {
            self.change(|contents| {
                if let Some(inquiry) = contents.active.get_mut(&id) {
                    with_hours(office, |time| compute(office, time, Arc::make_mut(inquiry)));
                }
            });
            tokio::task::yield_now().await;
        }
    }

    /// Applies what any server did since the last look: events, erasures and deletions after the
    /// retention period.
    async fn follow_audit(&self, office: &Office) -> Result<(), StoreFault> {
        let (mut number, mut done) = self.read(|contents| (contents.audit, contents.early.clone()));
        let (mut is_gone, mut is_back) = (false, false);
        loop {
            let entries = office.store().changes(number, ROWS_AT_ONCE).await?;
            let Some(last) = entries.last() else { break };
            number = last.number;
            is_gone |= entries.iter().any(|entry| entry.is_taken_away);
            is_back |= entries.iter().any(|entry| entry.is_put_back);
            done.extend(entries.iter().filter_map(|entry| entry.id));
        }
        if is_back {
            done.extend(self.take_back(office).await?);
        }
        if is_gone {
            forget_unlisted(office.store(), &office.opened_answers).await?;
            let kept = ids_in_sight(office).await?;
            done.retain(|id| kept.contains(id));
            self.change(|contents| contents.keep(&kept));
        }
        let (here, early): (HashSet<_>, HashSet<_>) =
            done.into_iter().partition(|id| self.read(|contents| contents.has(*id)));
        for id in here {
            self.take_events_of(office, id).await?;
        }
        self.change(|contents| (contents.audit, contents.early) = (number, early));
        Ok(())
    }

    /// Reads inquiries that were put back into view and are not in memory, with their events. New
    /// ones may have been added without their events in the meantime, so the ids of all active
    /// inquiries without any applied event are returned.
    async fn take_back(&self, office: &Office) -> Result<Vec<SubmissionId>, StoreFault> {
        for id in ids_in_sight(office).await?.into_iter().filter(|id| !self.is_known(*id)) {
            self.read_again(office, id).await?;
        }
        Ok(self.change(|contents| {
            contents.is_to_recount = true;
            contents
                .active
                .values()
                .filter(|inquiry| inquiry.case.last == 0)
                .map(|inquiry| inquiry.id)
                .collect()
        }))
    }

    /// Counts new searches, corrections and contacts. After an erasure all are counted again,
    /// because a sum does not show which submission contributed what; the previous counts stay
    /// visible until then.
    pub async fn count_demand(&self, office: &Office) -> Result<(), StoreFault> {
        let _alone = self.counting.lock().await;
        let is_to_recount = self.change(|contents| std::mem::take(&mut contents.is_to_recount));
        let (before, mut arrivals) = if is_to_recount {
            Default::default()
        } else {
            self.read(|contents| (contents.demand.clone(), contents.counted))
        };
        match counted(office, &before, &mut arrivals).await {
            Ok(demand) => self.change(|contents| {
                contents.counted = arrivals;
                match demand {
                    Some(demand) => contents.demand = Arc::new(demand),
                    None if is_to_recount => contents.demand = before,
                    None => {}
                }
            }),
            Err(fault) => {
                self.change(|contents| contents.is_to_recount |= is_to_recount);
                return Err(fault);
            }
        }
        if self.read(|contents| contents.is_to_compare)
            && let Some(are_gone) =
                are_some_gone(office, self.read(|contents| contents.demand.counted)).await?
        {
            self.change(|contents| {
                (contents.is_to_compare, contents.is_to_recount) = (false, are_gone)
            });
        }
        Ok(())
    }

    /// Recomputes due times when a new edition may have changed hours and holidays.
    async fn follow_catalogue(&self, office: &Office) {
        let (version, promises) =
            (office.catalogue().version(), office.counter.held().promises.clone());
        let is_same = |contents: &CachedInquiries| {
            contents.catalogue_version == version && contents.promises == promises
        };
        if self.read(is_same) {
            return;
        }
        let open: Vec<_> = self.read(|contents| contents.active.keys().copied().collect());
        self.compute(office, open).await;
        self.change(|contents| {
            contents.catalogue_version = version;
            contents.promises = promises;
        });
    }
}

/// Decrypts summaries on a blocking thread, so that requests do not wait for it. `None` for one
/// that no key opens or that a newer server wrote. Returns the interned strings too.
async fn decrypted(
    cipher: EventCipher,
    rows: Vec<SettledRow>,
    mut texts: SharedTexts,
) -> (Vec<(SubmissionId, Option<SettledInquiry>)>, SharedTexts) {
    let ids: Vec<SubmissionId> = rows.iter().map(|row| row.id).collect();
    let read = move || {
        let read = |row: &SettledRow| (row.id, read_summary(row, &cipher, &mut texts));
        let summaries = rows.iter().map(read).collect();
        (summaries, texts)
    };
    // After a panic, which is in the log, they are rebuilt from their submissions.
    let unread = || (ids.into_iter().map(|id| (id, None)).collect(), SharedTexts::default());
    tokio::task::spawn_blocking(read).await.unwrap_or_else(|_| unread())
}

/// An inquiry with all its events, from stored rows; `None` when no key opens it or it is of
/// another kind.
pub(super) fn whole(
    office: &Office,
    time: Option<&OfficeHours>,
    row: StoredSubmission,
    events: &[EventRow],
) -> Option<Inquiry> {
    let mut inquiry = inquiry(office, time, open_entry(office, row))?;
    for row in events.iter().filter(|row| row.number > 0) {
        inquiry.take(row.number, entry_of(office, row));
    }
    if !events.is_empty() {
        compute(office, time, &mut inquiry);
    }
    Some(inquiry)
}

/// A stored event; `None` when no key opens it.
fn entry_of(office: &Office, row: &EventRow) -> Option<CaseEntry> {
    office.opened(row).map(|event| CaseEntry {
        number: row.number,
        at_ms: row.at_ms,
        who: row.who.clone(),
        event,
    })
}

/// A received inquiry without events; `None` when no key opens it or it is of another kind.
fn inquiry(office: &Office, time: Option<&OfficeHours>, arrival: NewSubmission) -> Option<Inquiry> {
    let NewSubmission { id, received_at_ms, content: Some(Content::Inquiry(said)) } = arrival
    else {
        return None;
    };
    let rules = office.directory.rules();
    let department = department_of(&said, &office.catalogue(), rules.as_deref());
    let mut inquiry = Inquiry::received(id, received_at_ms, said, department);
    compute(office, time, &mut inquiry);
    Some(inquiry)
}

/// The ids of all stored inquiries that are not set aside, read page by page.
async fn ids_in_sight(office: &Office) -> Result<HashSet<SubmissionId>, StoreFault> {
    let (mut ids, mut after) = (HashSet::new(), None);
    loop {
        let places = office.store().places(Kind::Inquiry, 0, after, SETTLED_AT_ONCE).await?;
        let Some(last) = places.last() else { return Ok(ids) };
        after = Some(*last);
        ids.extend(places.into_iter().map(|(_, id)| id));
        tokio::task::yield_now().await;
    }
}

/// Whether counted submissions were deleted; `None` while there are new ones that are not counted
/// yet.
async fn are_some_gone(office: &Office, counted: u64) -> Result<Option<bool>, StoreFault> {
    let mut there = 0;
    for kind in FINDS {
        there += office.store().count_in_sight(kind).await?;
    }
    Ok((there <= counted).then_some(there < counted))
}

/// `before` plus the submissions received since; `None` when there are none.
async fn counted(
    office: &Office,
    before: &DemandCounts,
    arrivals: &mut [Arrivals; FINDS.len()],
) -> Result<Option<DemandCounts>, StoreFault> {
    let since_ms = before.since_ms(LATE_MS);
    let mut demand: Option<DemandCounts> = None;
    let mut newest_ms = 0;
    for (kind, arrivals) in FINDS.into_iter().zip(arrivals) {
        let take = |arrivals: Vec<NewSubmission>| {
            for NewSubmission { id, received_at_ms, content } in
                arrivals.into_iter().filter(|arrival| !before.has(arrival.id))
            {
                newest_ms = newest_ms.max(received_at_ms);
                let month = Month::of(office.zone.moment(received_at_ms).date);
                demand.get_or_insert_with(|| before.clone()).count(
                    id,
                    received_at_ms,
                    month,
                    content,
                );
            }
            // After a start there are hundreds of thousands; none of them is read twice.
            if let Some(demand) = &mut demand {
                demand.counted_until(newest_ms, LATE_MS);
            }
        };
        arrivals.look(office, kind, (since_ms, now_ms()), |id| before.has(id), take).await?;
    }
    if let Some(demand) = &mut demand {
        demand.counted_until(newest_ms, LATE_MS);
    }
    Ok(demand)
}

/// Calls `work` with the working hours of the newest edition; `None` in a municipality without an
/// office.
pub(super) fn with_hours<T>(office: &Office, work: impl FnOnce(Option<&OfficeHours>) -> T) -> T {
    let (rules, catalogue) = (office.directory.rules(), office.catalogue());
    let promises = office.counter.held().promises.clone();
    let hours = rules.as_ref().map(|rules| OfficeHours::with_promises(rules, promises, &catalogue));
    work(hours.as_ref())
}

/// Computes when the promises are due, from all events so far.
fn compute(office: &Office, time: Option<&OfficeHours>, inquiry: &mut Inquiry) {
    inquiry.compute(time, &office.zone, now_ms());
}

/// The inquiry as it will be after one further event.
pub(super) fn after(
    office: &Office,
    inquiry: &Inquiry,
    number: u32,
    at_ms: u64,
    who: &str,
    event: &CaseEvent,
) -> Inquiry {
    let mut after = inquiry.clone();
    after.case.take(&CaseEntry { number, at_ms, who: who.into(), event: event.clone() });
    with_hours(office, |time| compute(office, time, &mut after));
    after
}
