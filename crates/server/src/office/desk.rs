//! All inquiries, opened, in the memory of the server: on the disk they stay sealed. Read once when the office opens, then kept up with
//! what comes in, with what other servers write, and with what is erased. Finding is a walk over all of them, which takes
//! milliseconds at the size of a city.

use super::Office;
use super::case::{Case, Entry, State};
use super::clock::{Due, OfficeHours, due, stretches, worked_minutes};
use super::finds::Finds;
use super::month::Month;
use crate::api::now_ms;
use crate::receive::read_body;
use crate::store::{Custody, EventRow, OfficeStore, StoreFault, StoredSubmission, SubmissionStore};
use domain::SubmissionId;
use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::reference::Reference;
use domain::submission::{Content, Kind};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, RwLock};

/// Rows read at a time.
const ROWS_AT_ONCE: u32 = 500;
/// What was written by another server may become visible a little later than its moment says.
const LATE_MS: u64 = 60 * 1_000;
/// Somebody who looked at an inquiry within this time is said to be there.
pub const PRESENT_MS: u64 = 3 * 60 * 1_000;

/// An inquiry as it lies on the desk.
#[derive(Debug, Clone)]
pub struct Inquiry {
    pub id: SubmissionId,
    pub reference: Reference,
    pub received_at_ms: u64,
    pub said: ValidInquiry,
    /// Everything that may be searched for, in small letters and without accents.
    pub folded: String,
    pub case: Case,
    pub entries: Vec<Entry>,
    pub first_reply: Due,
    pub resolution: Due,
    /// Working time until the first reply, and until it was closed.
    pub replied_minutes: Option<u32>,
    pub closed_minutes: Option<u32>,
    /// Events that could not be opened.
    pub closed_entries: u32,
}

impl Inquiry {
    /// The promise that counts now: a first reply until there was one, then that it is settled. Nothing when all is done.
    pub fn promise(&self) -> Option<Due> {
        match self.case.state {
            State::Closed => None,
            _ if self.case.first_reply_ms.is_none() => Some(self.first_reply),
            _ => Some(self.resolution).filter(|due| *due != Due::Never),
        }
    }
}

#[derive(Default)]
struct Contents {
    inquiries: HashMap<SubmissionId, Arc<Inquiry>>,
    finds: Arc<Finds>,
    /// Something was erased since the finds were counted.
    is_to_recount: bool,
    /// Those that have a reply which is to be sent by e-mail.
    mailing: BTreeSet<SubmissionId>,
    /// The newest moment that was seen, of inquiries and of events.
    received_ms: u64,
    event_ms: u64,
    /// How far the audit was followed: an erasure shows there.
    audit: u64,
    /// By which catalogue moments were computed.
    catalogue_version: u32,
    is_read: bool,
    /// Inquiries that could not be opened with the keys.
    unopened: HashSet<SubmissionId>,
}

#[derive(Default)]
pub struct Desk {
    contents: RwLock<Contents>,
    /// One look at a time.
    looking: tokio::sync::Mutex<()>,
    /// One count of finds at a time; whoever writes does not wait for it.
    counting: tokio::sync::Mutex<()>,
    present: Mutex<HashMap<SubmissionId, Vec<(String, u64)>>>,
}

impl Desk {
    /// All inquiries, in no order.
    pub fn all(&self) -> Vec<Arc<Inquiry>> {
        self.read(|contents| contents.inquiries.values().cloned().collect())
    }

    pub fn inquiry(&self, id: SubmissionId) -> Option<Arc<Inquiry>> {
        self.read(|contents| contents.inquiries.get(&id).cloned())
    }

    /// Those that have a reply which is to be sent by e-mail, the oldest first.
    pub fn mailing(&self) -> Vec<Arc<Inquiry>> {
        self.read(|contents| contents.mailing.iter().filter_map(|id| contents.inquiries.get(id)).cloned().collect())
    }

    pub fn by_reference(&self, reference: Reference) -> Option<Arc<Inquiry>> {
        self.read(|contents| contents.inquiries.values().find(|inquiry| inquiry.reference == reference).cloned())
    }

    /// What was looked for and not found, and what was said to be wrong.
    pub fn finds(&self) -> Arc<Finds> {
        self.read(|contents| contents.finds.clone())
    }

    /// Whether all that is kept was read once, and how many could not be opened.
    pub fn state(&self) -> (bool, u64) {
        self.read(|contents| (contents.is_read, contents.unopened.len() as u64))
    }

    fn read<T>(&self, read: impl FnOnce(&Contents) -> T) -> T {
        read(&self.contents.read().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Contents) -> T) -> T {
        change(&mut self.contents.write().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }

    /// Says that somebody looks at an inquiry; gives who else does, and since how many seconds.
    pub fn be_present(&self, id: SubmissionId, login: &str) -> Vec<(String, u64)> {
        let now_ms = now_ms();
        let mut present = self.present.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        present.retain(|_, people| {
            people.retain(|(_, at_ms)| now_ms.saturating_sub(*at_ms) < PRESENT_MS);
            !people.is_empty()
        });
        let people = present.entry(id).or_default();
        let others = people.iter().filter(|(of, _)| of != login).map(|(of, at_ms)| (of.clone(), now_ms.saturating_sub(*at_ms) / 1_000)).collect();
        people.retain(|(of, _)| of != login);
        people.push((login.into(), now_ms));
        others
    }

    /// Takes in what is new since the last look.
    pub async fn look(&self, office: &Office) -> Result<(), StoreFault> {
        let _alone = self.looking.lock().await;
        self.take_inquiries(office).await?;
        self.take_events(office).await?;
        self.drop_erased(office).await?;
        self.change(|contents| contents.is_read = true);
        self.follow_catalogue(office);
        Ok(())
    }

    async fn take_inquiries(&self, office: &Office) -> Result<(), StoreFault> {
        let since_ms = self.read(|contents| contents.received_ms.saturating_sub(LATE_MS));
        let mut after = None;
        loop {
            let rows = office.store().page(Kind::Inquiry, since_ms, after, ROWS_AT_ONCE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some((last.received_at_ms, last.envelope.header.id));
            let is_known = |id: &SubmissionId| self.read(|contents| contents.inquiries.contains_key(id) || contents.unopened.contains(id));
            let new = rows.iter().filter(|row| !is_known(&row.envelope.header.id));
            let opened: Vec<_> = new.map(|row| (row.envelope.header.id, opened(office, row))).collect();
            let last_ms = last.received_at_ms;
            self.change(|contents| {
                contents.received_ms = contents.received_ms.max(last_ms);
                for (id, inquiry) in opened {
                    match inquiry {
                        Some(inquiry) => drop(contents.inquiries.insert(id, Arc::new(inquiry))),
                        None => drop(contents.unopened.insert(id)),
                    }
                }
            });
            // Others of this server have their turn between pages.
            tokio::task::yield_now().await;
        }
    }

    async fn take_events(&self, office: &Office) -> Result<(), StoreFault> {
        let since_ms = self.read(|contents| contents.event_ms.saturating_sub(LATE_MS));
        let mut after = None;
        loop {
            let rows = office.store().events_since(since_ms, after, ROWS_AT_ONCE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some((last.at_ms, last.id, last.number));
            let last_ms = last.at_ms;
            self.change(|contents| contents.event_ms = contents.event_ms.max(last_ms));
            for row in &rows {
                let next = self.inquiry(row.id).map(|inquiry| inquiry.case.last + 1);
                if next.is_some_and(|next| row.number > next) {
                    // Clocks differ, or one was set back: an earlier event bears a later moment.
                    self.take_events_of(office, row.id).await?;
                } else {
                    self.take_event(office, row);
                }
            }
            tokio::task::yield_now().await;
        }
    }

    /// Takes in what was done with one inquiry, whatever its moments say.
    pub async fn take_events_of(&self, office: &Office, id: SubmissionId) -> Result<(), StoreFault> {
        office.store().events(id).await?.iter().for_each(|row| self.take_event(office, row));
        Ok(())
    }

    fn take_event(&self, office: &Office, row: &EventRow) {
        let Some(before) = self.inquiry(row.id).filter(|inquiry| row.number > inquiry.case.last) else { return };
        let mut inquiry = Inquiry::clone(&before);
        match office.ink.open(row.id, row.number, &row.sealed) {
            Some(event) => {
                let entry = Entry { number: row.number, at_ms: row.at_ms, who: row.who.clone(), event };
                if !inquiry.case.take(&entry) {
                    return;
                }
                inquiry.folded.push_str(&folded_event(&entry));
                inquiry.entries.push(entry);
            }
            // A newer server wrote it, or other keys: its number is taken all the same.
            None => {
                inquiry.case.last = row.number;
                inquiry.closed_entries += 1;
                // Perhaps it says that the e-mail was sent: better not at all than twice.
                inquiry.case.mails.clear();
            }
        }
        compute(office, &mut inquiry);
        self.change(|contents| {
            let is_mailing = !inquiry.case.mails.is_empty();
            if is_mailing {
                contents.mailing.insert(inquiry.id)
            } else {
                contents.mailing.remove(&inquiry.id)
            };
            contents.inquiries.insert(inquiry.id, Arc::new(inquiry));
        });
    }

    /// What was erased or let go by a command, or by another server, leaves the memory too.
    async fn drop_erased(&self, office: &Office) -> Result<(), StoreFault> {
        let mut number = self.read(|contents| contents.audit);
        let mut is_gone = false;
        loop {
            let entries = office.store().audit(number, ROWS_AT_ONCE).await?;
            let Some(last) = entries.last() else { break };
            number = last.number;
            is_gone |= entries.iter().any(|entry| matches!(entry.what.as_str(), "erase" | "retention"));
        }
        if is_gone {
            let kept: HashSet<SubmissionId> = office.store().ids(Kind::Inquiry).await?.into_iter().collect();
            self.change(|contents| {
                contents.inquiries.retain(|id, _| kept.contains(id));
                contents.unopened.retain(|id| kept.contains(id));
                contents.is_to_recount = true;
            });
        }
        self.change(|contents| contents.audit = number);
        Ok(())
    }

    /// Counts what is new of searches and corrections. After an erasure all are counted again, because sums do not say whose is whose; those
    /// before stand until then.
    pub async fn count_finds(&self, office: &Office) -> Result<(), StoreFault> {
        let _alone = self.counting.lock().await;
        let is_to_recount = self.change(|contents| std::mem::take(&mut contents.is_to_recount));
        let before = if is_to_recount { Arc::default() } else { self.finds() };
        match counted(office, &before).await {
            Ok(Some(finds)) => self.change(|contents| contents.finds = Arc::new(finds)),
            Ok(None) if is_to_recount => self.change(|contents| contents.finds = before),
            Ok(None) => {}
            Err(fault) => {
                self.change(|contents| contents.is_to_recount |= is_to_recount);
                return Err(fault);
            }
        }
        Ok(())
    }

    /// Hours and holidays may have changed with a newer catalogue.
    fn follow_catalogue(&self, office: &Office) {
        let version = office.catalogue().version();
        if self.read(|contents| contents.catalogue_version) == version {
            return;
        }
        let open: Vec<_> = self.all().into_iter().filter(|inquiry| inquiry.case.state != State::Closed).collect();
        for before in open {
            let mut inquiry = Inquiry::clone(&before);
            compute(office, &mut inquiry);
            self.change(|contents| contents.inquiries.insert(inquiry.id, Arc::new(inquiry)));
        }
        self.change(|contents| contents.catalogue_version = version);
    }
}

/// One that came in, opened; nothing when no key opens it.
fn opened(office: &Office, row: &StoredSubmission) -> Option<Inquiry> {
    let body = read_body(&office.receiver().keys.now().open_seal(&row.envelope)?)?;
    let Content::Inquiry(said) = body.content else { return None };
    let id = row.envelope.header.id;
    let reference = Reference::of(id);
    let department = department_of(office, &said);
    let case = Case::new(row.received_at_ms, department, said.service.clone());
    let folded = folded_inquiry(reference, &said);
    let mut inquiry = Inquiry {
        id,
        reference,
        received_at_ms: row.received_at_ms,
        said,
        folded,
        case,
        entries: Vec::new(),
        first_reply: Due::Never,
        resolution: Due::Never,
        replied_minutes: None,
        closed_minutes: None,
        closed_entries: 0,
    };
    compute(office, &mut inquiry);
    Some(inquiry)
}

/// The finds with what came since; nothing when nothing did.
async fn counted(office: &Office, before: &Finds) -> Result<Option<Finds>, StoreFault> {
    let since_ms = before.since_ms(LATE_MS);
    let mut finds: Option<Finds> = None;
    let mut newest_ms = 0;
    for kind in [Kind::Gap, Kind::Correction] {
        let mut after = None;
        loop {
            let rows = office.store().page(kind, since_ms, after, ROWS_AT_ONCE).await?;
            let Some(last) = rows.last() else { break };
            after = Some((last.received_at_ms, last.envelope.header.id));
            newest_ms = newest_ms.max(last.received_at_ms);
            for row in rows.iter().filter(|row| !before.has(row.envelope.header.id)) {
                let content = office.receiver().keys.now().open_seal(&row.envelope).and_then(|bytes| read_body(&bytes)).map(|body| body.content);
                let month = Month::of(office.zone.moment(row.received_at_ms).date);
                finds.get_or_insert_with(|| before.clone()).count(row.envelope.header.id, row.received_at_ms, month, content);
            }
            tokio::task::yield_now().await;
        }
    }
    if let Some(finds) = &mut finds {
        finds.counted_until(newest_ms, LATE_MS);
    }
    Ok(finds)
}

/// Whose it is: the department of the service, or the one that has what comes without.
fn department_of(office: &Office, said: &ValidInquiry) -> String {
    let catalogue = office.catalogue();
    let of_service = said.service.as_ref().and_then(|id| catalogue.service(id)).map(|service| service.department.clone());
    of_service.or_else(|| office.server.editions.rules().map(|rules| rules.department.clone())).unwrap_or_default()
}

/// When its promises are due, from all that was done so far.
fn compute(office: &Office, inquiry: &mut Inquiry) {
    let (Some(rules), catalogue) = (office.server.editions.rules(), office.catalogue()) else { return };
    let time = OfficeHours { rules: &rules, catalogue: &catalogue };
    let moment = |ms: u64| office.zone.moment(ms);
    let owners: Vec<_> = inquiry.case.owners.iter().map(|(since_ms, department)| (moment(*since_ms), department.clone())).collect();
    let pauses: Vec<_> = inquiry.case.pauses.iter().map(|(from, to)| (moment(*from), to.map(moment))).collect();
    let stretches = stretches(&owners, &pauses);
    inquiry.first_reply = due(&time, &stretches, rules.first_reply.working_hours * 60);
    let worked = |until_ms: Option<u64>| until_ms.map(|until_ms| worked_minutes(&time, &stretches, moment(until_ms)));
    inquiry.replied_minutes = worked(inquiry.case.first_reply_ms);
    inquiry.closed_minutes = worked(inquiry.case.closed_ms);
    inquiry.resolution = rules.resolution.as_ref().map_or(Due::Never, |promise| due(&time, &stretches, promise.working_hours * 60));
}

fn folded_inquiry(reference: Reference, said: &ValidInquiry) -> String {
    let contact = match &said.reply_to {
        ReplyTo::Phone(phone) => phone.as_str(),
        ReplyTo::Email(email) => email,
        ReplyTo::Nobody => "",
    };
    finder::folded(&format!("{reference}\n{}\n{contact}\n{}\n", said.name.as_deref().unwrap_or_default(), said.message))
}

fn folded_event(entry: &Entry) -> String {
    use super::case::Event;
    match &entry.event {
        Event::Noted { text } | Event::Waiting { text } => finder::folded(&format!("{text}\n")),
        Event::Replied(reply) => finder::folded(&format!("{}\n", reply.text)),
        _ => String::new(),
    }
}
