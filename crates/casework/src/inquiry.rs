//! An inquiry with its events and the times that it is due: what the office holds of an open one.

use crate::case::{Case, CaseEntry, CaseEvent, CaseState, ReplyDraft};
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
                if matches!(entry.event, CaseEvent::Drafted(_) | CaseEvent::Replied(_)) {
                    self.forget_draft();
                }
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

    /// Drops the text of the draft that is not the newest any more, of which there may be hundreds.
    fn forget_draft(&mut self) {
        let draft = self.entries.iter_mut().rev().find_map(|entry| match &mut entry.event {
            CaseEvent::Drafted(draft) => Some(draft),
            _ => None,
        });
        if let Some(draft) = draft {
            *draft = ReplyDraft::default();
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
        let department = self.case.owners.first().map_or("", |(_, department)| department);
        let public = rules.first_reply.working_hours;
        let hours = time.promises.hours(public, self.case.service.as_ref(), department);
        self.first_reply = due(time, &stretches, hours * 60);
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
pub(crate) fn searchable(text: &str) -> String {
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
        CaseEvent::Noted { text }
        | CaseEvent::Waiting { text }
        | CaseEvent::Added { text, .. }
        | CaseEvent::AskedInside { text, .. }
        | CaseEvent::AnsweredInside { text, .. }
        | CaseEvent::FollowUp { why: text, .. } => searchable(&format!("{text}\n")),
        CaseEvent::Tagged { tag } => searchable(&format!("{tag}\n")),
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
    use crate::case::{CaseOutcome, CaseReply, Delivery, ReplyMethod};
    use crate::clock::WorkingTime as _;
    use crate::promise::{PromiseRules, PromiseSubject};
    use domain::contact::{EmailAddress, PhoneNumber};
    use domain::office::{DepartmentHours, ResponsePromise};
    use domain::text::Language;
    use sample::{id, moment, verified};

    fn said(service: Option<&str>) -> ValidInquiry {
        ValidInquiry {
            service: service.map(id),
            hub: None,
            message: "When do you burn leaves?".into(),
            name: Some("Jane Doe".into()),
            reply_to: ReplyTo::Email(EmailAddress::typed("jane@example.org").unwrap()),
            language: Language::English,
            notice_version: 1,
        }
    }

    fn zone() -> Zone {
        Zone::of("America/Toronto")
    }

    /// Received on a Monday at nine, half an hour after the town hall opened.
    fn received() -> Inquiry {
        let submission = SubmissionId::from_parts(7, [1; 10]);
        let at_ms = zone().ms(moment("2026-11-23 09:00"));
        Inquiry::received(submission, at_ms, said(None), "Clerk".into())
    }

    fn with(mut inquiry: Inquiry, at: &str, event: CaseEvent) -> Inquiry {
        let (number, at_ms) = (inquiry.case.last + 1, zone().ms(moment(at)));
        inquiry.take(number, Some(CaseEntry { number, at_ms, who: "ann".into(), event }));
        inquiry
    }

    fn replied(way: ReplyMethod) -> CaseEvent {
        CaseEvent::Replied(CaseReply {
            text: "From four on.".into(),
            way,
            service: None,
            catalogue_version: 1,
            is_asking: false,
            template: None,
        })
    }

    fn closed() -> CaseEvent {
        CaseEvent::Closed { outcome: CaseOutcome::Answered, why: String::new() }
    }

    fn rules(resolution: Option<u32>) -> OfficeRules {
        let promise = |working_hours| ResponsePromise {
            working_hours,
            note: sample::text("As the council decided"),
            source: verified("promise"),
        };
        OfficeRules {
            hub: id("town-hall"),
            department: "Clerk".into(),
            first_reply: promise(8),
            resolution: resolution.map(promise),
            departments: vec![DepartmentHours { department: "Waste".into(), hub: id("landfill") }],
        }
    }

    /// The inquiry with its times, as they are on the evening of the third day.
    fn computed(mut inquiry: Inquiry, rules: &OfficeRules) -> Inquiry {
        let catalogue = sample::checked(|_| {});
        let now_ms = zone().ms(moment("2026-11-25 20:00"));
        inquiry.compute(Some(&OfficeHours::new(rules, &catalogue)), &zone(), now_ms);
        inquiry
    }

    #[test]
    fn a_department_works_when_its_location_is_open() {
        let (rules, catalogue) = (rules(None), sample::checked(|_| {}));
        let office = OfficeHours::new(&rules, &catalogue);
        for _ in 0..2 {
            let on = |department, day| office.on(department, sample::date(day));
            assert_eq!(on("Clerk", "2026-11-22"), []);
            assert_eq!(on("Waste", "2026-11-22"), sample::spans(&["08:00-17:00"]));
            assert_eq!(on("Clerk", "2026-11-23"), sample::spans(&["08:30-16:30"]));
            assert_eq!(on("Waste", "2026-11-23"), [], "asked again it is the same");
        }
        let gone = OfficeRules { hub: id("gone"), ..rules.clone() };
        let office = OfficeHours::new(&gone, &catalogue);
        assert_eq!(office.on("Clerk", sample::date("2026-11-23")), []);
    }

    #[test]
    fn promises_are_due_after_their_working_hours() {
        let open = computed(received(), &rules(Some(16)));
        assert_eq!(open.first_reply, Due::At(moment("2026-11-24 09:00")));
        assert_eq!(open.resolution, Due::At(moment("2026-11-25 09:00")));
        assert_eq!((open.replied_minutes, open.closed_minutes), (None, None));
        assert_eq!(open.first_reply_promise, PromiseState::Overdue);
        assert_eq!(computed(received(), &rules(None)).resolution, Due::Never);
        let mut without_office = received();
        without_office.compute(None, &zone(), 0);
        assert_eq!(without_office.first_reply, Due::Never);
    }

    #[test]
    fn a_shorter_promise_of_the_department_counts_from_the_same_beginning() {
        let (rules, catalogue) = (rules(None), sample::checked(|_| {}));
        let mut promises = PromiseRules::default();
        promises.set(PromiseSubject::Department { department: "Clerk".into() }, Some(2));
        let mut inquiry = received();
        let time = OfficeHours::with_promises(&rules, promises, &catalogue);
        inquiry.compute(Some(&time), &zone(), 0);
        assert_eq!(inquiry.first_reply, Due::At(moment("2026-11-23 11:00")));
        let moved = CaseEvent::Transferred { department: "Waste".into(), why: "theirs".into() };
        let mut moved = with(inquiry, "2026-11-23 09:30", moved);
        moved.compute(Some(&time), &zone(), 0);
        assert_ne!(
            moved.first_reply,
            Due::At(moment("2026-11-24 09:00")),
            "the first one’s counts"
        );
    }

    #[test]
    fn what_took_how_long_is_counted_in_working_minutes() {
        let answered = with(received(), "2026-11-24 09:00", replied(ReplyMethod::Print));
        let done = computed(with(answered, "2026-11-24 10:10", closed()), &rules(Some(16)));
        assert_eq!((done.replied_minutes, done.closed_minutes), (Some(480), Some(550)));
        assert_eq!(done.first_reply_promise, PromiseState::InTime);
    }

    #[test]
    fn the_reply_is_due_first_then_closing_if_that_is_promised_and_then_nothing() {
        let rules = rules(Some(16));
        let open = computed(received(), &rules);
        assert_eq!(open.promise(), Some(open.first_reply));
        let replied = with(open, "2026-11-23 10:00", replied(ReplyMethod::Print));
        assert_eq!(replied.promise(), Some(replied.resolution));
        let closed = with(replied.clone(), "2026-11-23 11:00", closed());
        assert_eq!(closed.promise(), None);
        let unpromised = Inquiry { resolution: Due::Never, ..replied };
        assert_eq!(unpromised.promise(), None);
    }

    #[test]
    fn an_inquiry_is_settled_when_it_is_closed_and_its_e_mail_is_sent() {
        let printed = with(received(), "2026-11-23 10:00", replied(ReplyMethod::Print));
        assert!(!printed.is_settled());
        assert!(with(printed, "2026-11-23 10:01", closed()).is_settled());
        let mailed = with(received(), "2026-11-23 10:00", replied(ReplyMethod::Email));
        let mailed = with(mailed, "2026-11-23 10:01", closed());
        assert!(!mailed.is_settled(), "the e-mail is still to be sent");
        let sent = CaseEvent::Mailed { reply: 1, outcome: Delivery::Sent };
        assert!(with(mailed, "2026-11-23 10:02", sent).is_settled());
    }

    #[test]
    fn an_event_that_no_key_opens_has_its_number_and_stops_the_e_mails() {
        let mut inquiry = with(received(), "2026-11-23 10:00", replied(ReplyMethod::Email));
        inquiry.take(2, None);
        inquiry.take(3, None);
        assert_eq!((inquiry.case.last, inquiry.closed_entries), (3, 2));
        assert_eq!((inquiry.case.mails.len(), inquiry.entries.len()), (0, 1));
        let noted = with(inquiry, "2026-11-23 11:00", CaseEvent::Noted { text: "Called.".into() });
        assert_eq!((noted.case.last, noted.entries.len()), (4, 2), "and the next one goes on");
    }

    #[test]
    fn an_inquiry_belongs_to_the_department_of_its_service_or_of_the_office() {
        let catalogue = sample::checked(|file| file.services[1].department = "Animals".into());
        let rules = OfficeRules { department: "Reception".into(), ..rules(None) };
        let of = |service, rules| department_of(&said(service), &catalogue, rules);
        assert_eq!(of(Some("dog-licence"), Some(&rules)), "Animals");
        assert_eq!(of(Some("gone"), Some(&rules)), "Reception");
        assert_eq!(of(None, Some(&rules)), "Reception");
        assert_eq!(of(None, None), "");
    }

    #[test]
    fn all_that_was_written_is_searched() {
        let added = SubmissionId::from_parts(9, [3; 10]).to_string();
        let inquiry = [
            CaseEvent::Noted { text: "Ask the chief".into() },
            CaseEvent::Waiting { text: "Which lot".into() },
            CaseEvent::Added { submission: added, text: "Lot four".into() },
            replied(ReplyMethod::Print),
            CaseEvent::Transferred { department: "Fire".into(), why: "Theirs".into() },
        ]
        .into_iter()
        .fold(received(), |inquiry, event| with(inquiry, "2026-11-23 10:00", event));
        let reference = inquiry.reference.to_string();
        for asked in [
            &reference,
            "Jane Doe",
            "jane@example.org",
            "burn leaves",
            "the chief",
            "which lot",
            "lot four",
            "from four on",
        ] {
            assert!(inquiry.folded.contains(&folded(asked)), "{asked}: {}", inquiry.folded);
        }
        assert!(!inquiry.folded.contains("theirs"), "it is about the work");
    }

    #[test]
    fn the_contact_of_an_answer_has_a_name_in_lists() {
        let phone = ReplyTo::Phone(PhoneNumber::typed("705-324-9411").unwrap());
        assert_eq!((contact(&phone), reply_name(&phone)), ("705-324-9411", "phone"));
        let email = said(None).reply_to;
        assert_eq!((contact(&email), reply_name(&email)), ("jane@example.org", "email"));
        assert_eq!((contact(&ReplyTo::Nobody), reply_name(&ReplyTo::Nobody)), ("", "nobody"));
    }

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
