//! All inquiries, opened, in the memory of the server: on the disk they stay sealed. Read once when the office opens, then kept up with
//! what comes in ([`Arrivals`]), and with what is done with it or erased, here or by other servers: every deed stands in the audit, whose
//! numbers have no gap and no clock. Finding is a walk over all of them, which takes milliseconds at the size of a city.

use super::Office;
use super::arrivals::{Arrival, Arrivals};
use super::case::{Case, Entry, Event, State};
use super::clock::{Due, OfficeHours, due, stretches, worked_minutes};
use super::finds::Finds;
use super::month::Month;
use crate::api::now_ms;
use crate::store::{Custody, EventRow, OfficeStore, StoreFault};
use domain::SubmissionId;
use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::reference::Reference;
use domain::submission::{Content, Kind};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, RwLock};

/// Rows read at a time.
const ROWS_AT_ONCE: u32 = 500;
/// What was counted so long ago is not read again.
const LATE_MS: u64 = 60 * 1_000;
/// What is counted and not opened on the desk.
const FINDS: [Kind; 3] = [Kind::Gap, Kind::Correction, Kind::Contact];
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
    /// The next event; nothing of it when it could not be opened.
    fn take(&mut self, row: &EventRow, event: Option<Event>) {
        match event {
            Some(event) => {
                let entry = Entry { number: row.number, at_ms: row.at_ms, who: row.who.clone(), event };
                self.case.take(&entry);
                self.folded.push_str(&folded_event(&entry));
                self.entries.push(entry);
            }
            // A newer server wrote it, or other keys: its number is taken all the same.
            None => {
                self.case.last = row.number;
                self.closed_entries += 1;
                // Perhaps it says that the e-mail was sent: better not at all than twice.
                self.case.mails.clear();
            }
        }
    }

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
    /// Of two with the same reference, which chance makes once in millions, the first.
    references: HashMap<Reference, SubmissionId>,
    finds: Arc<Finds>,
    /// How far searches and corrections were counted.
    counted: [Arrivals; FINDS.len()],
    /// Something was erased since the finds were counted.
    is_to_recount: bool,
    /// Those that have a reply which is to be sent by e-mail.
    mailing: BTreeSet<SubmissionId>,
    arrivals: Arrivals,
    /// How far the audit was followed: what is done and what is erased shows there.
    audit: u64,
    /// Those with which something was done before they came to the desk.
    early: HashSet<SubmissionId>,
    /// By which catalogue moments were computed.
    catalogue_version: u32,
    is_read: bool,
    /// Inquiries that could not be opened with the keys.
    unopened: HashSet<SubmissionId>,
}

impl Contents {
    /// One that came in; nothing of it when no key opens it.
    fn put(&mut self, id: SubmissionId, inquiry: Option<Inquiry>) {
        match inquiry {
            Some(inquiry) => {
                self.references.entry(inquiry.reference).or_insert(id);
                self.inquiries.insert(id, Arc::new(inquiry));
            }
            None => drop(self.unopened.insert(id)),
        }
    }

    /// The first are computed by this version of the catalogue.
    fn begin(&mut self, catalogue_version: u32) {
        if self.inquiries.is_empty() {
            self.catalogue_version = catalogue_version;
        }
    }

    /// Takes in the next event of an inquiry that is here; false for any other.
    fn take_event(&mut self, office: &Office, row: &EventRow) -> bool {
        let Some(inquiry) = self.inquiries.get_mut(&row.id).filter(|inquiry| row.number == inquiry.case.last + 1) else { return false };
        // Whoever reads this inquiry just now has it as it was.
        let inquiry = Arc::make_mut(inquiry);
        inquiry.take(row, office.opened(row));
        if inquiry.case.mails.is_empty() {
            self.mailing.remove(&row.id);
        } else {
            self.mailing.insert(row.id);
        }
        true
    }

    /// Whether others come before it that were not taken in.
    fn is_ahead(&self, row: &EventRow) -> bool {
        self.inquiries.get(&row.id).is_some_and(|inquiry| row.number > inquiry.case.last + 1)
    }

    fn compute(&mut self, office: &Office, id: SubmissionId) {
        if let Some(inquiry) = self.inquiries.get_mut(&id) {
            with_hours(office, |time| compute(office, time, Arc::make_mut(inquiry)));
        }
    }

    /// Everything else leaves the memory.
    fn keep(&mut self, kept: &HashSet<SubmissionId>) {
        self.inquiries.retain(|id, _| kept.contains(id));
        self.unopened.retain(|id| kept.contains(id));
        self.references = self.inquiries.values().map(|inquiry| (inquiry.reference, inquiry.id)).collect();
        self.is_to_recount = true;
    }
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
        self.read(|contents| contents.references.get(&reference).and_then(|id| contents.inquiries.get(id)).cloned())
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
        // What is done from here on is followed; what was done before is read whole.
        let (is_read, _) = self.state();
        let deeds = if is_read { 0 } else { office.store().last_deed().await? };
        let version = office.catalogue().version();
        self.change(|contents| contents.begin(version));
        self.take_inquiries(office).await?;
        if !is_read {
            self.take_all_events(office).await?;
            self.change(|contents| contents.audit = deeds);
        }
        self.follow_audit(office).await?;
        self.change(|contents| contents.is_read = true);
        self.follow_catalogue(office).await;
        Ok(())
    }

    async fn take_inquiries(&self, office: &Office) -> Result<(), StoreFault> {
        let mut arrivals = self.read(|contents| contents.arrivals);
        let is_known = |id| self.read(|contents| contents.inquiries.contains_key(&id) || contents.unopened.contains(&id));
        let take = |arrivals: Vec<Arrival>| {
            let new = arrivals.into_iter().filter(|arrival| !is_known(arrival.id));
            let inquiries: Vec<_> = with_hours(office, |time| new.map(|arrival| (arrival.id, inquiry(office, time, arrival))).collect());
            self.change(|contents| inquiries.into_iter().for_each(|(id, inquiry)| contents.put(id, inquiry)));
        };
        arrivals.look(office, Kind::Inquiry, (0, now_ms()), is_known, take).await?;
        self.change(|contents| contents.arrivals = arrivals);
        Ok(())
    }

    /// What was done with all of them until now. When each is due is found once, after all of it.
    async fn take_all_events(&self, office: &Office) -> Result<(), StoreFault> {
        let (mut changed, mut gaps) = (BTreeSet::new(), BTreeSet::new());
        let mut after = None;
        loop {
            let rows = office.store().events_since(0, after, ROWS_AT_ONCE).await?;
            let Some(last) = rows.last() else { break };
            after = Some((last.at_ms, last.id, last.number));
            self.change(|contents| {
                for row in &rows {
                    if contents.take_event(office, row) {
                        changed.insert(row.id);
                    } else if contents.is_ahead(row) {
                        // Clocks differ, or one was set back: an earlier event bears a later moment.
                        gaps.insert(row.id);
                    }
                }
            });
            tokio::task::yield_now().await;
        }
        for id in gaps {
            self.take_events_of(office, id).await?;
            changed.remove(&id);
        }
        self.compute(office, changed).await;
        Ok(())
    }

    /// Takes in what was done with one inquiry, whatever its moments say.
    pub async fn take_events_of(&self, office: &Office, id: SubmissionId) -> Result<(), StoreFault> {
        let rows = office.store().events(id).await?;
        self.change(|contents| {
            if rows.iter().filter(|row| contents.take_event(office, row)).count() > 0 {
                contents.compute(office, id);
            }
        });
        Ok(())
    }

    /// Finds anew when some are due. Others of this server have their turn in between.
    async fn compute(&self, office: &Office, ids: impl IntoIterator<Item = SubmissionId>) {
        for id in ids {
            self.change(|contents| contents.compute(office, id));
            tokio::task::yield_now().await;
        }
    }

    /// What was done since the last look, by whomever, and what was erased or let go.
    async fn follow_audit(&self, office: &Office) -> Result<(), StoreFault> {
        let (mut number, mut done) = self.read(|contents| (contents.audit, contents.early.clone()));
        let mut is_gone = false;
        loop {
            let entries = office.store().changes(number, ROWS_AT_ONCE).await?;
            let Some(last) = entries.last() else { break };
            number = last.number;
            is_gone |= entries.iter().any(|entry| entry.is_deletion);
            done.extend(entries.iter().filter_map(|entry| entry.id));
        }
        if is_gone {
            let kept: HashSet<SubmissionId> = office.store().ids(Kind::Inquiry).await?.into_iter().collect();
            done.retain(|id| kept.contains(id));
            self.change(|contents| contents.keep(&kept));
        }
        let (here, early): (HashSet<_>, HashSet<_>) = done.into_iter().partition(|id| self.inquiry(*id).is_some());
        for id in here {
            self.take_events_of(office, id).await?;
        }
        self.change(|contents| (contents.audit, contents.early) = (number, early));
        Ok(())
    }

    /// Counts what is new of searches and corrections. After an erasure all are counted again, because sums do not say whose is whose; those
    /// before stand until then.
    pub async fn count_finds(&self, office: &Office) -> Result<(), StoreFault> {
        let _alone = self.counting.lock().await;
        let is_to_recount = self.change(|contents| std::mem::take(&mut contents.is_to_recount));
        let (before, mut arrivals) = if is_to_recount { Default::default() } else { self.read(|contents| (contents.finds.clone(), contents.counted)) };
        match counted(office, &before, &mut arrivals).await {
            Ok(finds) => self.change(|contents| {
                contents.counted = arrivals;
                match finds {
                    Some(finds) => contents.finds = Arc::new(finds),
                    None if is_to_recount => contents.finds = before,
                    None => {}
                }
            }),
            Err(fault) => {
                self.change(|contents| contents.is_to_recount |= is_to_recount);
                return Err(fault);
            }
        }
        Ok(())
    }

    /// Hours and holidays may have changed with a newer catalogue.
    async fn follow_catalogue(&self, office: &Office) {
        let version = office.catalogue().version();
        if self.read(|contents| contents.catalogue_version) == version {
            return;
        }
        let is_open = |inquiry: &&Arc<Inquiry>| inquiry.case.state != State::Closed;
        let open: Vec<_> = self.read(|contents| contents.inquiries.values().filter(is_open).map(|inquiry| inquiry.id).collect());
        self.compute(office, open).await;
        self.change(|contents| contents.catalogue_version = version);
    }
}

/// One that came in; nothing when no key opens it.
fn inquiry(office: &Office, time: Option<&OfficeHours>, arrival: Arrival) -> Option<Inquiry> {
    let Arrival { id, received_at_ms, content: Some(Content::Inquiry(said)) } = arrival else { return None };
    let reference = Reference::of(id);
    let department = department_of(office, &said);
    let case = Case::new(received_at_ms, department, said.service.clone());
    let folded = folded_inquiry(reference, &said);
    let mut inquiry = Inquiry {
        id,
        reference,
        received_at_ms,
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
    compute(office, time, &mut inquiry);
    Some(inquiry)
}

/// The finds with what came since; nothing when nothing did.
async fn counted(office: &Office, before: &Finds, arrivals: &mut [Arrivals; FINDS.len()]) -> Result<Option<Finds>, StoreFault> {
    let since_ms = before.since_ms(LATE_MS);
    let mut finds: Option<Finds> = None;
    let mut newest_ms = 0;
    for (kind, arrivals) in FINDS.into_iter().zip(arrivals) {
        let take = |arrivals: Vec<Arrival>| {
            for Arrival { id, received_at_ms, content } in arrivals.into_iter().filter(|arrival| !before.has(arrival.id)) {
                newest_ms = newest_ms.max(received_at_ms);
                let month = Month::of(office.zone.moment(received_at_ms).date);
                finds.get_or_insert_with(|| before.clone()).count(id, received_at_ms, month, content);
            }
        };
        arrivals.look(office, kind, (since_ms, now_ms()), |id| before.has(id), take).await?;
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

/// Working time as the newest catalogue has it; nothing of a municipality without an office.
fn with_hours<T>(office: &Office, work: impl FnOnce(Option<&OfficeHours>) -> T) -> T {
    let (rules, catalogue) = (office.server.editions.rules(), office.catalogue());
    work(rules.as_ref().map(|rules| OfficeHours::new(rules, &catalogue)).as_ref())
}

/// When its promises are due, from all that was done so far.
fn compute(office: &Office, time: Option<&OfficeHours>, inquiry: &mut Inquiry) {
    let Some(time) = time else { return };
    let rules = time.rules;
    let moment = |ms: u64| office.zone.moment(ms);
    let owners: Vec<_> = inquiry.case.owners.iter().map(|(since_ms, department)| (moment(*since_ms), department.clone())).collect();
    let pauses: Vec<_> = inquiry.case.pauses.iter().map(|(from, to)| (moment(*from), to.map(moment))).collect();
    let stretches = stretches(&owners, &pauses);
    inquiry.first_reply = due(time, &stretches, rules.first_reply.working_hours * 60);
    let worked = |until_ms: Option<u64>| until_ms.map(|until_ms| worked_minutes(time, &stretches, moment(until_ms)));
    inquiry.replied_minutes = worked(inquiry.case.first_reply_ms);
    inquiry.closed_minutes = worked(inquiry.case.closed_ms);
    inquiry.resolution = rules.resolution.as_ref().map_or(Due::Never, |promise| due(time, &stretches, promise.working_hours * 60));
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
    match &entry.event {
        Event::Noted { text } | Event::Waiting { text } => finder::folded(&format!("{text}\n")),
        Event::Replied(reply) => finder::folded(&format!("{}\n", reply.text)),
        _ => String::new(),
    }
}
