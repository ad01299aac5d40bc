//! An inquiry with its events and the times that it is due: what the office holds of an open one.

use crate::case::{Case, CaseEntry, CaseEvent, CaseState};
use crate::clock::{Due, OfficeHours, due, stretches, worked_minutes};
use crate::promise::{PromiseState, is_overdue};
use crate::when::Zone;
use domain::hours::Moment;
use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::office::OfficeRules;
use domain::phone::{PhonePart, phone_parts};
use domain::reference::Reference;
use domain::text::folded;
use domain::{Catalogue, SubmissionId};

/// Marks that a person may paste or write around what they look for.
const AROUND_WORDS: [char; 13] = ['.', ',', ';', ':', '!', '?', '"', '\'', '(', ')', '[', ']', '…'];

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
    /// All searchable text, as [`searchable`] returns it.
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

    /// Computes when the promises are due, from all events so far. Changes nothing in a
    /// municipality without an office, which has no working hours (`None`).
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

/// The department in charge: that of the service, or the default department if there is no service.
/// Empty if neither is known.
pub fn department_of(
    said: &ValidInquiry,
    catalogue: &Catalogue,
    rules: Option<&OfficeRules>,
) -> String {
    let service = said.service.as_ref().and_then(|id| catalogue.service(id));
    let of_service = service.map(|service| service.department.clone());
    of_service.or_else(|| rules.map(|rules| rules.department.clone())).unwrap_or_default()
}

fn folded_inquiry(reference: Reference, said: &ValidInquiry) -> String {
    let contact = contact(&said.reply_to);
    searchable(&format!(
        "{reference}\n{}\n{contact}\n{}\n",
        said.name.as_deref().unwrap_or_default(),
        said.message
    ))
}

/// A text as the inbox searches it: folded, and with the digits of each phone number below it, so
/// that a number is found however it was written.
fn searchable(text: &str) -> String {
    let mut searchable = folded(text);
    for part in phone_parts(text) {
        if let PhonePart::Number(phone) = part {
            searchable.extend([phone.national(), "\n"]);
        }
    }
    searchable
}

/// What must all be in a [`searchable`] text that is asked for: the words, without the marks of the
/// sentence around them, and phone numbers as their digits.
pub fn searched_words(asked: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in phone_parts(asked) {
        match part {
            PhonePart::Number(phone) => words.push(phone.national().into()),
            PhonePart::Words(text) => {
                let folded = folded(&text);
                let bare = folded.split_whitespace().map(|word| word.trim_matches(AROUND_WORDS));
                words.extend(bare.filter(|word| !word.is_empty()).map(String::from));
            }
        }
    }
    words
}

/// The phone number or e-mail address that the person gave; empty if none.
pub fn contact(reply_to: &ReplyTo) -> &str {
    match reply_to {
        ReplyTo::Phone(phone) => phone.as_str(),
        ReplyTo::Email(email) => email.as_str(),
        ReplyTo::Nobody => "",
    }
}

/// The searchable text of an event.
fn folded_event(entry: &CaseEntry) -> String {
    match &entry.event {
        CaseEvent::Noted { text } | CaseEvent::Waiting { text } | CaseEvent::Added { text, .. } => {
            searchable(&format!("{text}\n"))
        }
        CaseEvent::Replied(reply) => searchable(&format!("{}\n", reply.text)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_is_found_however_it_was_written() {
        let text = searchable(
            "7Q3M-X9TB-E\nSean O’Brien\n705-324-9411\n“Flood” on l’Œuvre road, call +1 (705) 738.2088",
        );
        for asked in [
            "O'Brien",
            "o’brien,",
            "(O‘BRIEN)",
            "7q3m-x9tb-e.",
            "7Q3M‑X9TB‑E",
            "\u{202d}705 324 9411\u{202c}",
            "7053249411",
            "(705) 324-9411",
            "1.705.324.9411",
            "705-738-2088 flood",
            "324-9411",
            "ﬂood",
            "ＦＬＯＯＤ",
            "oeuvre?",
            "L'ŒUVRE",
        ] {
            let words = searched_words(asked);
            assert!(!words.is_empty(), "{asked}");
            assert!(words.iter().all(|word| text.contains(word)), "{asked}: {words:?}");
        }
        for asked in ["705-324-9412", "O'Brian", "9411324"] {
            assert!(!searched_words(asked).iter().all(|word| text.contains(word)), "{asked}");
        }
        assert!(searched_words("\u{200b} . ’").is_empty());
    }
}
