//! An inquiry with its events and the times that it is due: what the office holds of an open one.

use crate::case::{Case, CaseEntry, CaseEvent, CaseState};
use crate::clock::{Due, OfficeHours, due, stretches, worked_minutes};
use crate::promise::{PromiseState, is_overdue};
use crate::when::Zone;
use domain::SubmissionId;
use domain::hours::Moment;
use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::phone::ReadPhone;
use domain::reference::Reference;

/// A decrypted inquiry with its events and due times.
#[derive(Debug, Clone)]
pub struct Inquiry {
    /// The id of the submission.
    pub id: SubmissionId,
    /// The reference number, derived from the id.
    pub reference: Reference,
    /// When it was received, in ms since 1970.
    pub received_at_ms: u64,
    /// What the person wrote.
    pub said: ValidInquiry,
    /// All searchable text, in lower case and without accents.
    pub folded: String,
    /// The state after all events.
    pub case: Case,
    /// The events in order, except those that no key opens.
    pub entries: Vec<CaseEntry>,
    /// When the first reply is due.
    pub first_reply: Due,
    /// When closing it is due.
    pub resolution: Due,
    /// Working minutes until the first reply; `None` before it.
    pub replied_minutes: Option<u32>,
    /// Working minutes until it was closed; `None` while it is open.
    pub closed_minutes: Option<u32>,
    /// Whether the promise of a first reply was met when this was last computed; final once it is
    /// closed.
    pub first_reply_promise: PromiseState,
    /// The number of events that no key opens.
    pub closed_entries: u32,
}

impl Inquiry {
    /// Whether it can leave memory: it is closed, and nothing is left to send.
    pub fn is_settled(&self) -> bool {
        self.case.state == CaseState::Closed && self.case.mails.is_empty()
    }

    /// A received inquiry without events. `department` is the one in charge; the times are computed
    /// by [`Inquiry::compute`].
    pub fn received(
        id: SubmissionId,
        received_at_ms: u64,
        said: ValidInquiry,
        department: String,
    ) -> Self {
        let reference = Reference::of(id);
        let case = Case::new(received_at_ms, department, said.service.clone());
        let folded = folded_inquiry(reference, &said);
        Self {
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
            first_reply_promise: PromiseState::Without,
            closed_entries: 0,
        }
    }

    /// Applies the next event, which has this number; `None` stands for an event that could not be
    /// decrypted.
    pub fn take(&mut self, number: u32, entry: Option<CaseEntry>) {
        match entry {
            Some(entry) => {
                self.case.take(&entry);
                self.folded.push_str(&folded_event(&entry));
                self.entries.push(entry);
            }
            // Written by a newer server or with other keys: its number is used all the same.
            None => {
                self.case.last = number;
                self.closed_entries += 1;
                // It may say that the e-mail was sent: not sending is better than sending twice.
                self.case.mails.clear();
            }
        }
    }

    /// When the current promise is due: the first reply until one is made, then closing. `None`
    /// when nothing is due.
    pub fn promise(&self) -> Option<Due> {
        match self.case.state {
            CaseState::Closed => None,
            _ if self.case.first_reply_ms.is_none() => Some(self.first_reply),
            _ => Some(self.resolution).filter(|due| *due != Due::Never),
        }
    }

    /// Whether the person still waits for a first reply after its time.
    pub fn is_overdue(&self, now: Moment) -> bool {
        is_overdue(&self.case, self.first_reply, now)
    }

    /// Computes when the promises are due, from all events so far. Changes nothing in a municipality
    /// without an office, which has no working hours (`None`).
    pub fn compute(&mut self, time: Option<&OfficeHours>, zone: &Zone, now_ms: u64) {
        let Some(time) = time else { return };
        let rules = time.rules;
        let moment = |ms: u64| zone.moment(ms);
        let owners: Vec<_> = self
            .case
            .owners
            .iter()
            .map(|(since_ms, department)| (moment(*since_ms), department.clone()))
            .collect();
        let pauses: Vec<_> =
            self.case.pauses.iter().map(|(from, to)| (moment(*from), to.map(moment))).collect();
        let stretches = stretches(&owners, &pauses);
        self.first_reply = due(time, &stretches, rules.first_reply.working_hours * 60);
        let worked = |until_ms: Option<u64>| {
            until_ms.map(|until_ms| worked_minutes(time, &stretches, moment(until_ms)))
        };
        self.replied_minutes = worked(self.case.first_reply_ms);
        self.closed_minutes = worked(self.case.closed_ms);
        self.first_reply_promise =
            PromiseState::of(&self.case, self.first_reply, zone, moment(now_ms));
        self.resolution = rules
            .resolution
            .as_ref()
            .map_or(Due::Never, |promise| due(time, &stretches, promise.working_hours * 60));
    }
}

fn folded_inquiry(reference: Reference, said: &ValidInquiry) -> String {
    let contact = contact(&said.reply_to);
    finder::folded(&format!(
        "{reference}\n{}\n{contact}\n{}\n",
        said.name.as_deref().unwrap_or_default(),
        said.message
    ))
}

/// The phone number or e-mail address that the person gave; empty if none.
pub fn contact(reply_to: &ReplyTo) -> &str {
    match reply_to {
        ReplyTo::Phone(phone) => phone.as_str(),
        ReplyTo::Email(email) => email.as_str(),
        ReplyTo::Nobody => "",
    }
}

/// What two inquiries of one person have in common, however they write it: the digits of a phone
/// number, or the address without case. Empty if no contact was given.
pub fn contact_key(reply_to: &ReplyTo) -> String {
    let number = match reply_to {
        ReplyTo::Phone(phone) => ReadPhone::first(phone.as_str()),
        ReplyTo::Email(_) | ReplyTo::Nobody => None,
    };
    number.map_or_else(|| finder::folded(contact(reply_to)), |number| number.compared())
}

/// The searchable text of an event.
fn folded_event(entry: &CaseEntry) -> String {
    match &entry.event {
        CaseEvent::Noted { text } | CaseEvent::Waiting { text } => {
            finder::folded(&format!("{text}\n"))
        }
        CaseEvent::Replied(reply) => finder::folded(&format!("{}\n", reply.text)),
        _ => String::new(),
    }
}

/// How the person wants the answer, as lists and figures name it: `email`, `phone` or `nobody`.
pub fn reply_name(reply_to: &ReplyTo) -> &'static str {
    match reply_to {
        ReplyTo::Email(_) => "email",
        ReplyTo::Phone(_) => "phone",
        ReplyTo::Nobody => "nobody",
    }
}
