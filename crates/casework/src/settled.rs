//! The summary of a settled inquiry (closed, with nothing left to send): what lists and figures
//! need, about 150 bytes in memory.

use super::case::{CaseOutcome, id_of};
use crate::channel::InquiryChannel;
use crate::inquiry::reply_name;
use crate::inquiry::{Inquiry, contact};
use crate::promise::PromiseState;
use crate::team::Tag;
use arcstr::ArcStr;
use domain::phone::ReadPhone;
use domain::text::{folded, plain};
use domain::{HubId, Language, ServiceId, SubmissionId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// The summary of a settled inquiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledInquiry {
    /// The id of the submission.
    pub id: SubmissionId,
    /// When it was received, in ms since 1970.
    pub received_at_ms: u64,
    /// When it was closed, in ms since 1970.
    pub closed_ms: Option<u64>,
    /// When the first reply was made, in ms since 1970; `None` if there was none.
    pub first_reply_ms: Option<u64>,
    /// The department that has it.
    pub department: ArcStr,
    /// The id of the service; `None` if it names none.
    pub service: Option<ArcStr>,
    /// The id of the location; `None` if it names none.
    pub hub: Option<ArcStr>,
    /// The login of the assignee, if any.
    pub assignee: Option<ArcStr>,
    /// The language that the person chose.
    pub language: Language,
    /// How the person wanted the answer: a name of [`reply_name`].
    pub reply: ArcStr,
    /// How the person came.
    pub channel: InquiryChannel,
    /// Whether the promise of a first reply was met.
    pub promise: PromiseState,
    /// Why it was closed.
    pub outcome: Option<CaseOutcome>,
    /// Working minutes until the first reply; `None` if there was none.
    pub replied_minutes: Option<u32>,
    /// Working minutes until it was closed.
    pub closed_minutes: Option<u32>,
    /// A hash of the contact, equal for all inquiries of one person; 0 if none was given.
    pub contact: u64,
    /// The number of the last event.
    pub last_event: u32,
    /// The submissions whose words were added; `None` for none, as nearly always.
    pub added: Option<Box<[SubmissionId]>>,
    /// Its tags and the templates of its replies; `None` if it has neither.
    pub marks: Option<Box<SettledMarks>>,
}

/// What only some settled inquiries have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledMarks {
    /// The tags, sorted.
    pub tags: Box<[ArcStr]>,
    /// The numbers of the templates that its replies were begun with, one for each reply.
    pub templates: Box<[u32]>,
}

impl SettledMarks {
    fn of<'a>(
        tags: impl Iterator<Item = &'a str>,
        templates: &[u32],
        texts: &mut SharedTexts,
    ) -> Option<Box<Self>> {
        let tags: Box<[ArcStr]> = tags.map(|tag| texts.of(tag)).collect();
        let is_marked = !tags.is_empty() || !templates.is_empty();
        is_marked.then(|| Box::new(Self { tags, templates: templates.into() }))
    }
}

/// The stored form, with the fields of [`SettledInquiry`]. New fields must be optional, so that
/// stored summaries stay readable.
#[derive(Serialize, Deserialize)]
pub struct SettledFile {
    pub(crate) received_at_ms: u64,
    pub(crate) closed_ms: Option<u64>,
    pub(crate) first_reply_ms: Option<u64>,
    pub(crate) department: String,
    pub(crate) service: Option<ServiceId>,
    pub(crate) hub: Option<HubId>,
    pub(crate) assignee: Option<String>,
    pub(crate) language: Language,
    pub(crate) reply: String,
    pub(crate) promise: PromiseState,
    pub(crate) outcome: Option<CaseOutcome>,
    pub(crate) replied_minutes: Option<u32>,
    pub(crate) closed_minutes: Option<u32>,
    pub(crate) contact: u64,
    /// The number of the last event.
    pub last_event: u32,
    #[serde(default)]
    pub(crate) channel: InquiryChannel,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) added: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) templates: Vec<u32>,
}

/// Interned strings: each is held once, however many summaries share it.
#[derive(Debug, Clone, Default)]
pub struct SharedTexts(HashSet<ArcStr>);

impl SharedTexts {
    /// The one copy of a text.
    pub fn of(&mut self, text: &str) -> ArcStr {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let text: ArcStr = text.into();
        self.0.insert(text.clone());
        text
    }

    /// Adds the strings of another set, which keep what already refers to them.
    pub fn join(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

impl SettledInquiry {
    /// The summary of an inquiry that is settled.
    pub fn of(inquiry: &Inquiry, texts: &mut SharedTexts) -> Self {
        let (case, said) = (&inquiry.case, &inquiry.said);
        Self {
            id: inquiry.id,
            received_at_ms: inquiry.received_at_ms,
            closed_ms: case.closed_ms,
            first_reply_ms: case.first_reply_ms,
            department: texts.of(case.department()),
            service: case.service.as_ref().map(|id| texts.of(id.as_str())),
            hub: said.hub.as_ref().map(|id| texts.of(id.as_str())),
            assignee: case.assignee.as_ref().map(|login| texts.of(login)),
            language: said.language,
            reply: texts.of(reply_name(&said.reply_to)),
            channel: case.channel,
            promise: inquiry.first_reply_promise,
            outcome: case.outcome,
            replied_minutes: inquiry.replied_minutes,
            closed_minutes: inquiry.closed_minutes,
            contact: contact_hash(contact(&said.reply_to)),
            last_event: case.last,
            added: (!case.added.is_empty()).then(|| case.added.as_slice().into()),
            marks: SettledMarks::of(
                case.team.tags.iter().map(Tag::as_str),
                &case.team.templates,
                texts,
            ),
        }
    }

    /// The same with the figures of an earlier summary, if it was replied to and closed at the same
    /// times: a promise that was changed since does not count for the past.
    #[must_use]
    pub fn keeping(self, before: &Self) -> Self {
        let times = |of: &Self| (of.first_reply_ms, of.closed_ms);
        if times(&self) != times(before) {
            return self;
        }
        Self {
            promise: before.promise,
            replied_minutes: before.replied_minutes,
            closed_minutes: before.closed_minutes,
            ..self
        }
    }

    /// The summary in its stored form.
    pub fn file(&self) -> SettledFile {
        SettledFile {
            received_at_ms: self.received_at_ms,
            closed_ms: self.closed_ms,
            first_reply_ms: self.first_reply_ms,
            department: self.department.to_string(),
            service: self.service.as_ref().and_then(|id| ServiceId::parse(id).ok()),
            hub: self.hub.as_ref().and_then(|id| HubId::parse(id).ok()),
            assignee: self.assignee.as_ref().map(ToString::to_string),
            language: self.language,
            reply: self.reply.to_string(),
            promise: self.promise,
            outcome: self.outcome,
            replied_minutes: self.replied_minutes,
            closed_minutes: self.closed_minutes,
            contact: self.contact,
            last_event: self.last_event,
            channel: self.channel,
            added: self.added.iter().flatten().map(ToString::to_string).collect(),
            tags: self.tags().map(String::from).collect(),
            templates: self.templates().to_vec(),
        }
    }

    /// The summary of the inquiry `id`, from its stored form.
    pub fn of_file(id: SubmissionId, file: SettledFile, texts: &mut SharedTexts) -> Self {
        Self {
            id,
            received_at_ms: file.received_at_ms,
            closed_ms: file.closed_ms,
            first_reply_ms: file.first_reply_ms,
            department: texts.of(&file.department),
            service: file.service.map(|id| texts.of(id.as_str())),
            hub: file.hub.map(|id| texts.of(id.as_str())),
            assignee: file.assignee.map(|login| texts.of(&login)),
            language: file.language,
            reply: texts.of(&file.reply),
            channel: file.channel,
            promise: file.promise,
            outcome: file.outcome,
            replied_minutes: file.replied_minutes,
            closed_minutes: file.closed_minutes,
            contact: file.contact,
            last_event: file.last_event,
            added: added_in(&file.added),
            marks: SettledMarks::of(file.tags.iter().map(String::as_str), &file.templates, texts),
        }
    }

    /// Its tags, sorted.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.marks.iter().flat_map(|marks| marks.tags.iter()).map(ArcStr::as_str)
    }

    /// The numbers of the templates of its replies.
    pub fn templates(&self) -> &[u32] {
        self.marks.as_ref().map_or(&[], |marks| &marks.templates)
    }
}

/// The ids in a stored list; `None` if there are none.
fn added_in(stored: &[String]) -> Option<Box<[SubmissionId]>> {
    let added: Vec<SubmissionId> = stored.iter().filter_map(|id| id_of(id)).collect();
    (!added.is_empty()).then(|| added.into())
}

/// The phone number or e-mail address of a person as it is compared: equal however it was written.
/// Empty if none was given.
pub fn compared_contact(contact: &str) -> String {
    let is_phone = !contact.contains('@');
    // A number from abroad has digits that are not read; it is compared as it is written.
    let digits = |text: &str| plain(text).bytes().filter(u8::is_ascii_digit).count();
    let is_whole = |read: &ReadPhone| {
        digits(&read.digits) + read.extension.as_deref().map_or(0, digits) == digits(contact)
    };
    match ReadPhone::first(contact).filter(|read| is_phone && is_whole(read)) {
        Some(phone) => phone.compared(),
        None => folded(contact).trim().into(),
    }
}

/// A hash to find inquiries of one person; 0 for an empty contact. Hashes may collide, so callers
/// compare the contact itself too.
pub fn contact_hash(contact: &str) -> u64 {
    hash_of(&compared_contact(contact))
}

/// The hashes by which inquiries of one person may have been stored. Summaries that an older server
/// stored have the hash of the contact as it was written; the usual ways to write a phone number
/// are all looked for.
pub fn contact_hashes(contact: &str) -> Vec<u64> {
    let compared = compared_contact(contact);
    let mut hashes = vec![hash_of(&compared), hash_of(&folded(contact))];
    if let Some(digits) = compared.strip_suffix('x').filter(|digits| digits.len() == 10) {
        let (area, rest) = digits.split_at(3);
        let (middle, last) = rest.split_at(3);
        let written = [
            format!("{area}-{middle}-{last}"),
            format!("({area}) {middle}-{last}"),
            format!("{area} {middle} {last}"),
            format!("{area}.{middle}.{last}"),
            format!("{area} {middle}-{last}"),
            format!("1-{area}-{middle}-{last}"),
            digits.to_string(),
        ];
        hashes.extend(written.iter().map(|written| hash_of(written)));
    }
    hashes.retain(|hash| *hash != 0);
    hashes
}

fn hash_of(folded: &str) -> u64 {
    if folded.is_empty() {
        return 0;
    }
    let hash: [u8; 32] = Sha256::digest(folded.as_bytes()).into();
    u64::from_be_bytes(std::array::from_fn(|at| hash[at])).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_have_in_common_is_held_once() {
        let mut texts = SharedTexts::default();
        assert!(ArcStr::ptr_eq(&texts.of("Roads"), &texts.of("Roads")));
    }

    #[test]
    fn one_person_is_known_by_one_contact_and_nobody_by_none() {
        assert_eq!(contact_hash("Jane@Example.org"), contact_hash("jane@example.org"));
        assert_ne!(contact_hash("jane@example.org"), contact_hash("jan@example.org"));
        assert_eq!(contact_hash(""), 0);
        for same in
            ["(705) 324-9411", "+1 705 324 9411", "7053249411", "\u{202d}705.324.9411\u{202c}"]
        {
            assert_eq!(contact_hash(same), contact_hash("705-324-9411"), "{same}");
        }
        assert_ne!(contact_hash("705-324-9411 ext. 2"), contact_hash("705-324-9411"));
        assert_eq!(contact_hash("o’brien@example.org "), contact_hash("O'Brien@example.org"));
        assert_eq!(compared_contact("7053249411@example.org"), "7053249411@example.org");
        assert!(contact_hashes("").is_empty());
    }

    #[test]
    fn a_summary_of_an_older_server_is_found_by_the_same_number() {
        for written in ["705-324-9411", "(705) 324-9411", "7053249411", "705 324-9411"] {
            let stored = hash_of(&folded(written));
            assert!(contact_hashes("+1 705 324 9411").contains(&stored), "{written}");
        }
    }

    #[test]
    fn texts_of_two_sets_are_held_once_after_they_joined() {
        let (mut one, mut other) = (SharedTexts::default(), SharedTexts::default());
        let (roads, tax) = (one.of("Roads"), other.of("Tax"));
        one.join(other);
        assert!(ArcStr::ptr_eq(&one.of("Tax"), &tax) && ArcStr::ptr_eq(&one.of("Roads"), &roads));
    }

    #[test]
    fn a_number_is_compared_with_its_extension_and_two_as_they_are_written() {
        let compared = compared_contact("705-324-9411 ext. 2");
        assert_eq!(compared_contact("(705) 324-9411 x2"), compared);
        assert_ne!(compared_contact("705-324-9411 ext. 3"), compared);
        let two = "705-324-9411 or 705-738-2088";
        assert_eq!(compared_contact(two), two);
    }
}
