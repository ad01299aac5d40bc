//! An inquiry as the office sees it: the list of its events, and the state after all of them. Pure:
//! nothing here knows a store, a clock or a page.

use crate::channel::InquiryChannel;
use crate::team::{Tag, TeamState};
use domain::hours::Date;
use domain::status::{InquiryEnding, InquiryStage};
use domain::{ServiceId, SubmissionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One step in handling an inquiry. Stored encrypted as JSON: serialized names are never changed,
/// new ones may be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "kebab-case")]
pub enum CaseEvent {
    /// Assigned to a member of staff; `None` returns it to nobody.
    Assigned {
        /// The login; `None` for nobody.
        to: Option<String>,
    },
    /// Moved to another department; the assignee is cleared.
    Transferred {
        /// The name of the new department.
        department: String,
        /// The reason that staff typed.
        why: String,
    },
    /// Staff set the service that it is about, because the person chose none or another one.
    About {
        /// The service; `None` for none.
        service: Option<ServiceId>,
    },
    /// An internal note; the status page does not show it.
    Noted {
        /// The text of the note.
        text: String,
    },
    /// A reply that is not sent yet. Only the newest draft counts; an empty one deletes it.
    Drafted(ReplyDraft),
    /// A reply to the person.
    Replied(CaseReply),
    /// What happened to a reply by e-mail.
    Mailed {
        /// The number of the `Replied` event.
        reply: u32,
        /// The result of the attempt.
        outcome: Delivery,
    },
    /// The person has to answer first; the clock is paused.
    Waiting {
        /// What the person has to answer, for staff.
        text: String,
    },
    /// The person has answered; the clock runs again.
    Resumed,
    /// Closed; the clock is paused.
    Closed {
        /// Why it was closed.
        outcome: CaseOutcome,
        /// The reason that staff typed, when the person got no reply; empty otherwise.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
    },
    /// Opened again after it was closed.
    Reopened {
        /// The reason that staff typed.
        why: String,
    },
    /// Linked to another inquiry that says the same.
    Linked {
        /// The id of the other inquiry.
        to: String,
    },
    /// The link was removed.
    Unlinked {
        /// The id of the other inquiry.
        to: String,
    },
    /// Staff recorded what a person said or wrote to them: the first event of such an inquiry.
    Recorded {
        /// How the person came.
        channel: InquiryChannel,
        /// The person got the answer in the same moment, so the inquiry is replied to and closed.
        #[serde(default)]
        is_answered: bool,
    },
    /// The question was read from the mailbox: the first event of such an inquiry.
    Emailed {
        /// The `Message-ID` of the email, for the answer to it; `None` if it had none.
        message_id: Option<String>,
        /// A confirmation with the promise and the tracking code is sent.
        #[serde(default)]
        is_confirmed: bool,
        /// Files came with it, whose content is in the mailbox only.
        #[serde(default)]
        has_files: bool,
    },
    /// The person added words to the question. A paused clock runs again, and a closed inquiry is
    /// open again.
    Added {
        /// The id of the submission with the words. No two events of an inquiry have the same.
        submission: String,
        /// The words.
        text: String,
    },
    /// The person withdrew the question, which closes it.
    Withdrawn {
        /// The id of the submission, as of [`CaseEvent::Added`].
        submission: String,
    },
    /// A tag was added.
    Tagged {
        /// The tag.
        tag: Tag,
    },
    /// A tag was removed.
    Untagged {
        /// The tag.
        tag: Tag,
    },
    /// It comes back to the inbox on a day.
    FollowUp {
        /// The day; `None` takes it back.
        on: Option<Date>,
        /// What is to be done then; may be empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
    },
    /// Another department is asked something. The inquiry stays where it is, and its clock runs.
    AskedInside {
        /// The name of the department that is asked.
        department: String,
        /// The question.
        text: String,
    },
    /// A colleague answered a question of [`CaseEvent::AskedInside`].
    AnsweredInside {
        /// The number of the event that asked it.
        question: u32,
        /// The answer.
        text: String,
    },
    /// It was merged into another inquiry, where it is answered from now on.
    MergedInto {
        /// The id of the other inquiry.
        into: String,
    },
    /// Another inquiry was merged into this one.
    MergedFrom {
        /// The id of the other inquiry.
        from: String,
    },
    /// A merge was taken back.
    Separated {
        /// The id of the other inquiry.
        from: String,
    },
}

/// A reply that staff are still writing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReplyDraft {
    /// The text so far.
    pub text: String,
    /// The record of the service directory that the text was composed from.
    pub service: Option<ServiceId>,
    /// A digest of that record at the time, so that a later change is noticed.
    pub record: String,
    /// The template that the text was begun with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateUse>,
}

/// A template of replies, in the version that a reply was begun with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateUse {
    /// The number of the template.
    pub number: u32,
    /// Its version, from one on.
    pub version: u32,
}

/// A reply to the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseReply {
    /// The text that the person reads.
    pub text: String,
    /// How it reaches the person.
    pub way: ReplyMethod,
    /// The service whose record it was written from, if any.
    pub service: Option<ServiceId>,
    /// The edition of the data that it was written from.
    pub catalogue_version: u32,
    /// It asks the person something: the clock is paused until they answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_asking: bool,
    /// The template that it was begun with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<TemplateUse>,
}

/// How a reply reaches the person. Every reply is shown on the status page as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReplyMethod {
    /// Sent by e-mail.
    Email,
    /// Printed, to be sent as a letter or handed over.
    Print,
    /// Given to the person by phone.
    Phone,
    /// Shown on the status page only.
    StatusPage,
}

/// The state of a reply by e-mail after an attempt to send it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Delivery {
    /// A server is about to send it. No other server does until the result is recorded or the
    /// attempt is too old.
    Trying,
    /// A mail server accepted it.
    Sent,
    /// The attempt failed; it will be retried.
    Delayed {
        /// The mail server's answer, or the fault.
        why: String,
    },
    /// It was refused, or retried for too long: staff have to reach the person another way.
    Failed {
        /// The mail server's answer, or the fault.
        why: String,
    },
}

/// A reply by e-mail that no mail server has accepted or refused yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mail {
    /// The number of the event with the reply.
    pub reply: u32,
    /// Attempts so far, including those of a server that crashed in between.
    pub attempts: u32,
    /// When the first attempt began, in ms since 1970; `None` before it.
    pub first_try_ms: Option<u64>,
    /// The result of the newest attempt.
    pub state: MailState,
}

/// How far sending a reply by e-mail has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailState {
    /// Not attempted yet.
    New,
    /// A server is sending it.
    Claimed {
        /// When it began, in ms since 1970.
        at_ms: u64,
    },
    /// The last attempt failed and will be retried.
    Delayed {
        /// When it failed, in ms since 1970.
        at_ms: u64,
    },
}

/// Why an inquiry was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseOutcome {
    /// The question was answered.
    Answered,
    /// What the person asked for was done.
    Done,
    /// Another government or company is responsible; the person was informed.
    Elsewhere,
    /// Another inquiry says the same.
    Duplicate,
    /// The person did not answer a question.
    NoWord,
    /// The person withdrew the question. Staff cannot choose it.
    Withdrawn,
}

impl CaseOutcome {
    /// All outcomes, in the order of columns.
    pub const ALL: [CaseOutcome; 6] = [
        CaseOutcome::Answered,
        CaseOutcome::Done,
        CaseOutcome::Elsewhere,
        CaseOutcome::Duplicate,
        CaseOutcome::NoWord,
        CaseOutcome::Withdrawn,
    ];

    /// The outcomes that staff choose from, in the order of forms.
    pub fn chosen() -> impl Iterator<Item = CaseOutcome> {
        Self::ALL.into_iter().filter(|outcome| *outcome != CaseOutcome::Withdrawn)
    }

    /// How the person is told that it ended.
    pub fn ending(self) -> InquiryEnding {
        match self {
            CaseOutcome::Answered => InquiryEnding::Answered,
            CaseOutcome::Done => InquiryEnding::Done,
            CaseOutcome::Elsewhere => InquiryEnding::Elsewhere,
            CaseOutcome::Duplicate => InquiryEnding::Duplicate,
            CaseOutcome::NoWord => InquiryEnding::NoWord,
            CaseOutcome::Withdrawn => InquiryEnding::Withdrawn,
        }
    }
}

/// The state of an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseState {
    /// Received; no event yet.
    New,
    /// Staff are working on it.
    Open,
    /// The person has to answer a question.
    Waiting,
    /// Replied to, but not closed.
    Answered,
    /// Closed; it may be reopened.
    Closed,
}

impl CaseState {
    /// All states, in the order of the inbox filter.
    pub const ALL: [CaseState; 5] = [
        CaseState::New,
        CaseState::Open,
        CaseState::Waiting,
        CaseState::Answered,
        CaseState::Closed,
    ];
}

impl CaseEvent {
    /// The stage that the status page shows after this event; `None` if the event does not change
    /// it.
    pub fn stage(&self) -> Option<InquiryStage> {
        match self {
            CaseEvent::Assigned { to: Some(_) }
            | CaseEvent::Transferred { .. }
            | CaseEvent::Waiting { .. } => Some(InquiryStage::InProgress),
            CaseEvent::Replied(_) => Some(InquiryStage::Answered),
            CaseEvent::Closed { .. }
            | CaseEvent::Withdrawn { .. }
            | CaseEvent::Recorded { is_answered: true, .. } => Some(InquiryStage::Closed),
            _ => None,
        }
    }

    /// The name in the audit log: never any text that was written.
    pub fn name(&self) -> &'static str {
        match self {
            CaseEvent::Assigned { .. } => "assign",
            CaseEvent::Transferred { .. } => "transfer",
            CaseEvent::About { .. } => "classify",
            CaseEvent::Noted { .. } => "note",
            CaseEvent::Drafted(_) => "draft",
            CaseEvent::Replied(_) => "reply",
            CaseEvent::Mailed { .. } => "mail",
            CaseEvent::Waiting { .. } => "wait",
            CaseEvent::Resumed => "resume",
            CaseEvent::Closed { .. } => "close",
            CaseEvent::Reopened { .. } => "reopen",
            CaseEvent::Linked { .. } => "link",
            CaseEvent::Unlinked { .. } => "unlink",
            CaseEvent::Recorded { .. } => "record",
            CaseEvent::Emailed { .. } => "email",
            CaseEvent::Added { .. } => "add",
            CaseEvent::Withdrawn { .. } => "withdraw",
            CaseEvent::Tagged { .. } => "tag",
            CaseEvent::Untagged { .. } => "untag",
            CaseEvent::FollowUp { .. } => "follow up",
            CaseEvent::AskedInside { .. } => "ask inside",
            CaseEvent::AnsweredInside { .. } => "answer inside",
            CaseEvent::MergedInto { .. } => "merge into",
            CaseEvent::MergedFrom { .. } => "merge from",
            CaseEvent::Separated { .. } => "separate",
        }
    }

    /// The id of the submission that the person sent it with; `None` for what others did.
    pub fn submission(&self) -> Option<SubmissionId> {
        match self {
            CaseEvent::Added { submission, .. } | CaseEvent::Withdrawn { submission } => {
                id_of(submission)
            }
            _ => None,
        }
    }
}

/// An event with its number, time and author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseEntry {
    /// From one on, without gaps, within an inquiry.
    pub number: u32,
    /// Milliseconds since 1970.
    pub at_ms: u64,
    /// The login of staff; empty when the server did it.
    pub who: String,
    /// What was done.
    pub event: CaseEvent,
}

/// The state of an inquiry after all its events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The state that lists show.
    pub state: CaseState,
    /// How the person came.
    pub channel: InquiryChannel,
    /// It was read from the mailbox, and not recorded by staff.
    pub is_from_mailbox: bool,
    /// The login of the assignee, if any.
    pub assignee: Option<String>,
    /// Departments with the time in ms since which each has it, oldest first; never empty. The
    /// first one's promise counts.
    pub owners: Vec<(u64, String)>,
    /// The service that it is about, if known.
    pub service: Option<ServiceId>,
    /// When the first reply was made, in ms since 1970; one that asks the person something is none.
    pub first_reply_ms: Option<u64>,
    /// When it was closed, in ms since 1970; `None` while it is not.
    pub closed_ms: Option<u64>,
    /// Why it was closed; `None` while it is not.
    pub outcome: Option<CaseOutcome>,
    /// When the clock was paused (from, to, in ms), because the person had to answer or it was
    /// closed; the last pause may have no end.
    pub pauses: Vec<(u64, Option<u64>)>,
    /// Ids of linked inquiries.
    pub linked: BTreeSet<String>,
    /// The newest draft, if it has text.
    pub draft: Option<ReplyDraft>,
    /// A reply whose e-mail failed for good (event number and reason), until another reply is made.
    pub failed_reply: Option<(u32, String)>,
    /// Replies by e-mail that are not sent yet, in order.
    pub mails: Vec<Mail>,
    /// The submissions whose words were added, in order of their events.
    pub added: Vec<SubmissionId>,
    /// The person added words after everything that staff did.
    pub has_new_words: bool,
    /// What colleagues agreed among themselves.
    pub team: TeamState,
    /// The number of the last event; the next event has one more.
    pub last: u32,
}

impl Case {
    /// Whether the person has a tracking code, which opens the status page: who asked with the app,
    /// and who wrote to the mailbox. Who called or came has none.
    pub fn has_tracking_code(&self) -> bool {
        self.channel == InquiryChannel::App || self.is_from_mailbox
    }

    /// A received inquiry without events.
    pub fn new(received_at_ms: u64, department: String, service: Option<ServiceId>) -> Self {
        Self {
            state: CaseState::New,
            channel: InquiryChannel::App,
            is_from_mailbox: false,
            assignee: None,
            owners: vec![(received_at_ms, department)],
            service,
            first_reply_ms: None,
            closed_ms: None,
            outcome: None,
            pauses: Vec::new(),
            linked: BTreeSet::new(),
            draft: None,
            failed_reply: None,
            mails: Vec::new(),
            added: Vec::new(),
            has_new_words: false,
            team: TeamState::default(),
            last: 0,
        }
    }

    /// The name of the department that has it now.
    pub fn department(&self) -> &str {
        self.owners.last().map_or("", |(_, department)| department)
    }

    /// Applies the next event. An event that was applied already or is out of order changes nothing
    /// and returns `false`.
    pub fn take(&mut self, entry: &CaseEntry) -> bool {
        if entry.number != self.last + 1 {
            return false;
        }
        self.last = entry.number;
        self.added.extend(entry.event.submission());
        self.has_new_words &= entry.who.is_empty();
        self.team.take(entry, self.assignee.as_deref());
        self.apply(entry);
        true
    }

    fn apply(&mut self, entry: &CaseEntry) {
        let at_ms = entry.at_ms;
        match &entry.event {
            CaseEvent::Assigned { to } => {
                self.assignee.clone_from(to);
                self.open();
            }
            CaseEvent::Transferred { department, .. } => {
                self.owners.push((at_ms, department.clone()));
                self.assignee = None;
                self.open();
            }
            CaseEvent::About { service } => self.service.clone_from(service),
            CaseEvent::Noted { .. }
            | CaseEvent::AskedInside { .. }
            | CaseEvent::AnsweredInside { .. } => self.open(),
            CaseEvent::Drafted(draft) => {
                self.draft = Some(draft.clone()).filter(|draft| !draft.text.is_empty());
                self.open();
            }
            CaseEvent::Replied(reply) => self.take_reply(entry.number, reply, at_ms),
            CaseEvent::Mailed { reply, outcome } => self.mail(*reply, outcome, at_ms),
            CaseEvent::Waiting { .. } if self.state != CaseState::Closed => {
                self.pause(at_ms);
                self.state = CaseState::Waiting;
            }
            CaseEvent::Resumed if self.state == CaseState::Waiting => {
                self.resume(at_ms);
                self.state = CaseState::Open;
            }
            CaseEvent::Closed { outcome, .. } => self.close(at_ms, *outcome),
            CaseEvent::Recorded { channel, is_answered } => {
                self.record(*channel, *is_answered, at_ms);
            }
            CaseEvent::Emailed { is_confirmed, .. } => {
                self.arrive_by_email(entry.number, *is_confirmed);
            }
            CaseEvent::Reopened { .. } if self.state == CaseState::Closed => self.reopen(at_ms),
            CaseEvent::Added { .. } => {
                self.has_new_words = true;
                if self.state != CaseState::New {
                    self.reopen(at_ms);
                }
            }
            CaseEvent::Withdrawn { .. } if self.state != CaseState::Closed => {
                self.close(at_ms, CaseOutcome::Withdrawn);
            }
            CaseEvent::Linked { to } => drop(self.linked.insert(to.clone())),
            CaseEvent::Unlinked { to } => drop(self.linked.remove(to)),
            CaseEvent::Waiting { .. }
            | CaseEvent::Resumed
            | CaseEvent::Reopened { .. }
            | CaseEvent::Withdrawn { .. }
            | CaseEvent::Tagged { .. }
            | CaseEvent::Untagged { .. }
            | CaseEvent::FollowUp { .. }
            | CaseEvent::MergedInto { .. }
            | CaseEvent::MergedFrom { .. }
            | CaseEvent::Separated { .. } => {}
        }
    }

    fn open(&mut self) {
        if self.state == CaseState::New {
            self.state = CaseState::Open;
        }
    }

    fn record(&mut self, channel: InquiryChannel, is_answered: bool, at_ms: u64) {
        self.channel = channel;
        if is_answered {
            self.reply(at_ms);
            self.close(at_ms, CaseOutcome::Answered);
        }
    }

    fn take_reply(&mut self, number: u32, reply: &CaseReply, at_ms: u64) {
        if reply.is_asking {
            // It is not the reply that is promised: that one is due after the person's answer.
            self.end_draft();
            if self.state != CaseState::Closed {
                self.pause(at_ms);
                self.state = CaseState::Waiting;
            }
        } else {
            self.reply(at_ms);
        }
        if reply.way == ReplyMethod::Email {
            self.send(number);
        }
    }

    fn arrive_by_email(&mut self, number: u32, is_confirmed: bool) {
        (self.channel, self.is_from_mailbox) = (InquiryChannel::Email, true);
        if is_confirmed {
            self.send(number);
        }
    }

    /// An email about the event with this number has to be sent.
    fn send(&mut self, number: u32) {
        let state = MailState::New;
        self.mails.push(Mail { reply: number, attempts: 0, first_try_ms: None, state });
    }

    fn reply(&mut self, at_ms: u64) {
        self.first_reply_ms.get_or_insert(at_ms);
        self.end_draft();
        if self.state != CaseState::Closed {
            // A reply while the person has to answer leaves the clock paused.
            self.state = if self.state == CaseState::Waiting {
                CaseState::Waiting
            } else {
                CaseState::Answered
            };
        }
    }

    /// Any reply replaces the draft, and one that failed.
    fn end_draft(&mut self) {
        (self.draft, self.failed_reply) = (None, None);
    }

    /// The office has to do something again: the clock runs, and nothing is closed.
    fn reopen(&mut self, at_ms: u64) {
        self.resume(at_ms);
        (self.state, self.closed_ms, self.outcome) = (CaseState::Open, None, None);
    }

    fn close(&mut self, at_ms: u64, outcome: CaseOutcome) {
        self.pause(at_ms);
        (self.state, self.closed_ms, self.outcome) =
            (CaseState::Closed, Some(at_ms), Some(outcome));
    }

    fn mail(&mut self, reply: u32, outcome: &Delivery, at_ms: u64) {
        let mail = self.mails.iter_mut().find(|mail| mail.reply == reply);
        match (outcome, mail) {
            (Delivery::Trying, Some(mail)) => {
                mail.attempts += 1;
                mail.first_try_ms.get_or_insert(at_ms);
                mail.state = MailState::Claimed { at_ms };
            }
            (Delivery::Delayed { .. }, Some(mail)) => mail.state = MailState::Delayed { at_ms },
            (Delivery::Trying | Delivery::Delayed { .. }, None) => {}
            (Delivery::Sent, _) => self.mails.retain(|mail| mail.reply != reply),
            (Delivery::Failed { why }, _) => {
                self.mails.retain(|mail| mail.reply != reply);
                self.failed_reply = Some((reply, why.clone()));
            }
        }
    }

    fn pause(&mut self, at_ms: u64) {
        if self.pauses.last().is_none_or(|(_, end)| end.is_some()) {
            self.pauses.push((at_ms, None));
        }
    }

    fn resume(&mut self, at_ms: u64) {
        if let Some((_, end @ None)) = self.pauses.last_mut() {
            *end = Some(at_ms);
        }
    }
}

/// Parses the id in a link to another inquiry; `None` if it is not an id.
pub fn id_of(link: &str) -> Option<SubmissionId> {
    SubmissionId::parse(link).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(events: &[(u64, CaseEvent)]) -> Case {
        let mut case = Case::new(0, "Tax".into(), None);
        for (at, (at_ms, event)) in events.iter().enumerate() {
            assert!(case.take(&CaseEntry {
                number: at as u32 + 1,
                at_ms: *at_ms,
                who: "ann".into(),
                event: event.clone()
            }));
        }
        case
    }

    fn replied() -> CaseEvent {
        CaseEvent::Replied(CaseReply {
            text: "Yes.".into(),
            way: ReplyMethod::StatusPage,
            service: None,
            catalogue_version: 1,
            is_asking: false,
            template: None,
        })
    }

    fn closed(outcome: CaseOutcome) -> CaseEvent {
        CaseEvent::Closed { outcome, why: String::new() }
    }

    #[test]
    fn what_staff_record_keeps_its_channel_and_is_closed_if_it_was_answered_at_once() {
        let recorded =
            |is_answered| CaseEvent::Recorded { channel: InquiryChannel::Phone, is_answered };
        let open = case(&[(4, recorded(false))]);
        assert_eq!((open.channel, open.state), (InquiryChannel::Phone, CaseState::New));
        assert_eq!(recorded(false).stage(), None, "the status page says that it was received");
        let done = case(&[(4, recorded(true))]);
        assert_eq!((done.state, done.outcome), (CaseState::Closed, Some(CaseOutcome::Answered)));
        assert_eq!((done.first_reply_ms, done.closed_ms), (Some(4), Some(4)));
        assert_eq!(recorded(true).stage(), Some(InquiryStage::Closed));
        assert_eq!(case(&[]).channel, InquiryChannel::App);
        assert!(case(&[]).has_tracking_code() && !open.has_tracking_code());
    }

    #[test]
    fn what_came_by_email_has_a_tracking_code_and_is_confirmed_once() {
        let emailed = |is_confirmed| CaseEvent::Emailed {
            message_id: Some("<1@a.example>".into()),
            is_confirmed,
            has_files: false,
        };
        let asked = case(&[(4, emailed(true))]);
        assert_eq!((asked.channel, asked.state), (InquiryChannel::Email, CaseState::New));
        assert!(asked.has_tracking_code() && asked.mails.len() == 1 && asked.mails[0].reply == 1);
        assert!(case(&[(4, emailed(false))]).mails.is_empty());
        let sent = CaseEvent::Mailed { reply: 1, outcome: Delivery::Sent };
        assert!(case(&[(4, emailed(true)), (5, sent)]).mails.is_empty());
        let stored = r#"{"did":"emailed","message_id":null}"#;
        let read = CaseEvent::Emailed { message_id: None, is_confirmed: false, has_files: false };
        assert_eq!(serde_json::from_str::<CaseEvent>(stored).ok(), Some(read));
    }

    #[test]
    fn a_closing_from_before_reasons_reads_back() {
        let old = r#"{"did":"closed","outcome":"done"}"#;
        assert_eq!(serde_json::from_str::<CaseEvent>(old).ok(), Some(closed(CaseOutcome::Done)));
        assert_eq!(serde_json::to_string(&closed(CaseOutcome::Done)).unwrap(), old);
    }

    #[test]
    fn an_inquiry_goes_from_new_to_closed() {
        assert_eq!(case(&[]).state, CaseState::New);
        assert_eq!(
            case(&[(1, CaseEvent::Assigned { to: Some("ann".into()) })]).state,
            CaseState::Open
        );
        let answered =
            case(&[(1, CaseEvent::Noted { text: "x".into() }), (5, replied()), (9, replied())]);
        assert_eq!(
            (answered.state, answered.first_reply_ms),
            (CaseState::Answered, Some(5)),
            "the first reply counts"
        );
        let closed = case(&[(5, replied()), (9, closed(CaseOutcome::Answered))]);
        assert_eq!(
            (closed.state, closed.closed_ms, closed.outcome),
            (CaseState::Closed, Some(9), Some(CaseOutcome::Answered))
        );
    }

    #[test]
    fn the_clock_stands_still_while_the_person_has_to_answer_and_goes_on_after() {
        let waiting = || CaseEvent::Waiting { text: "which lot?".into() };
        let paused =
            case(&[(5, waiting()), (6, waiting()), (9, CaseEvent::Resumed), (12, waiting())]);
        assert_eq!(paused.pauses, [(5, Some(9)), (12, None)]);
        let reopened = case(&[
            (5, closed(CaseOutcome::Done)),
            (8, CaseEvent::Reopened { why: "not done".into() }),
        ]);
        assert_eq!(
            (reopened.state, reopened.pauses.as_slice(), reopened.closed_ms),
            (CaseState::Open, [(5, Some(8))].as_slice(), None)
        );
        assert_eq!(case(&[(3, CaseEvent::Resumed)]).pauses, []);
    }

    fn id(number: u8) -> SubmissionId {
        SubmissionId::from_parts(1, [number; 10])
    }

    fn added(number: u8) -> CaseEvent {
        CaseEvent::Added { submission: id(number).to_string(), text: "Lot 4.".into() }
    }

    fn withdrawn() -> CaseEvent {
        CaseEvent::Withdrawn { submission: id(9).to_string() }
    }

    #[test]
    fn added_words_let_the_clock_run_again_and_open_what_was_closed() {
        let waiting = CaseEvent::Waiting { text: "which lot?".into() };
        let resumed = case(&[(5, waiting), (9, added(1))]);
        assert_eq!((resumed.state, resumed.pauses), (CaseState::Open, vec![(5, Some(9))]));
        let reopened = case(&[(5, closed(CaseOutcome::Done)), (9, added(1)), (12, added(2))]);
        assert_eq!((reopened.state, reopened.pauses), (CaseState::Open, vec![(5, Some(9))]));
        assert_eq!((reopened.closed_ms, reopened.outcome), (None, None));
        assert_eq!(reopened.added, [id(1), id(2)]);
        assert_eq!(case(&[(5, replied()), (9, added(1))]).state, CaseState::Open);
        let new = case(&[(9, added(1))]);
        assert_eq!((new.state, new.pauses.as_slice()), (CaseState::New, [].as_slice()));
    }

    #[test]
    fn new_words_are_told_until_a_colleague_does_something() {
        assert!(!case(&[(1, replied())]).has_new_words);
        let mut new = case(&[(1, replied()), (2, added(1))]);
        assert!(new.has_new_words);
        let entry = |number, who: &str| CaseEntry {
            number,
            at_ms: 3,
            who: who.into(),
            event: CaseEvent::Mailed { reply: 1, outcome: Delivery::Sent },
        };
        new.take(&entry(3, ""));
        assert!(new.has_new_words, "the server did it");
        new.take(&entry(4, "ann"));
        assert!(!new.has_new_words);
    }

    #[test]
    fn a_withdrawn_question_is_closed_until_the_person_adds_words() {
        let gone = case(&[(5, withdrawn())]);
        assert_eq!((gone.state, gone.outcome), (CaseState::Closed, Some(CaseOutcome::Withdrawn)));
        assert_eq!((gone.closed_ms, gone.first_reply_ms), (Some(5), None));
        assert_eq!(withdrawn().stage(), Some(InquiryStage::Closed));
        let before = case(&[(5, closed(CaseOutcome::Done)), (9, withdrawn())]);
        assert_eq!((before.outcome, before.closed_ms), (Some(CaseOutcome::Done), Some(5)));
        let again = case(&[(5, withdrawn()), (9, added(1))]);
        assert_eq!((again.state, again.outcome), (CaseState::Open, None));
        assert!(CaseOutcome::chosen().eq(CaseOutcome::ALL[..5].iter().copied()), "not by staff");
    }

    #[test]
    fn a_reply_that_asks_pauses_the_clock_in_the_same_event() {
        let CaseEvent::Replied(reply) = replied() else { panic!("a reply") };
        let asking = CaseEvent::Replied(CaseReply { is_asking: true, ..reply });
        let asked = case(&[(5, asking.clone())]);
        assert_eq!((asked.state, asked.first_reply_ms), (CaseState::Waiting, None));
        assert_eq!(asked.pauses, [(5, None)]);
        assert_eq!(asking.stage(), Some(InquiryStage::Answered));
        let answered = case(&[(5, asking.clone()), (9, added(1))]);
        assert_eq!((answered.state, answered.pauses), (CaseState::Open, vec![(5, Some(9))]));
        assert_eq!(answered.first_reply_ms, None, "the promise is still to be kept");
        let told = case(&[(5, asking.clone()), (9, added(1)), (12, replied())]);
        assert_eq!((told.state, told.first_reply_ms), (CaseState::Answered, Some(12)));
        let before = case(&[(3, replied()), (5, asking.clone())]);
        assert_eq!((before.state, before.first_reply_ms), (CaseState::Waiting, Some(3)));
        let draft = ReplyDraft { text: "x".into(), ..ReplyDraft::default() };
        assert_eq!(case(&[(3, CaseEvent::Drafted(draft)), (5, asking.clone())]).draft, None);
        let closed = case(&[(2, closed(CaseOutcome::Done)), (5, asking)]);
        assert_eq!((closed.state, closed.pauses), (CaseState::Closed, vec![(2, None)]));
    }

    #[test]
    fn a_transfer_leaves_the_first_promise_and_the_past_standing() {
        let case = case(&[
            (1, CaseEvent::Assigned { to: Some("ann".into()) }),
            (5, CaseEvent::Transferred { department: "Roads".into(), why: "theirs".into() }),
        ]);
        assert_eq!(case.owners, [(0, "Tax".to_string()), (5, "Roads".to_string())]);
        assert_eq!((case.department(), &case.assignee), ("Roads", &None));
    }

    #[test]
    fn events_are_taken_in_order_and_once() {
        let mut case = Case::new(0, "Tax".into(), None);
        let entry = |number| CaseEntry {
            number,
            at_ms: 1,
            who: "ann".into(),
            event: CaseEvent::Noted { text: "x".into() },
        };
        assert!(!case.take(&entry(2)));
        assert!(case.take(&entry(1)));
        assert!(!case.take(&entry(1)));
        assert_eq!(case.last, 1);
    }

    #[test]
    fn a_failed_mail_is_shown_until_another_reply_is_made() {
        let failed = |reply| CaseEvent::Mailed {
            reply,
            outcome: Delivery::Failed { why: "no such address".into() },
        };
        assert_eq!(
            case(&[(1, replied()), (2, failed(1))]).failed_reply,
            Some((1, "no such address".into()))
        );
        assert_eq!(case(&[(1, replied()), (2, failed(1)), (3, replied())]).failed_reply, None);
    }

    #[test]
    fn a_reply_by_e_mail_waits_until_it_is_taken_or_refused() {
        let by = |way| {
            CaseEvent::Replied(CaseReply {
                text: "Yes.".into(),
                way,
                service: None,
                catalogue_version: 1,
                is_asking: false,
                template: None,
            })
        };
        let mailed = |reply, outcome| CaseEvent::Mailed { reply, outcome };
        let delayed = || Delivery::Delayed { why: "busy".into() };
        assert_eq!(case(&[(1, by(ReplyMethod::Print))]).mails, []);
        let tried = [
            (1, by(ReplyMethod::Email)),
            (2, mailed(1, Delivery::Trying)),
            (3, mailed(1, delayed())),
            (9, mailed(1, Delivery::Trying)),
        ];
        let mail = |attempts, state| Mail {
            reply: 1,
            attempts,
            first_try_ms: Some(2).filter(|_| attempts > 0),
            state,
        };
        assert_eq!(case(&tried[..1]).mails, [mail(0, MailState::New)]);
        assert_eq!(case(&tried[..2]).mails, [mail(1, MailState::Claimed { at_ms: 2 })]);
        assert_eq!(case(&tried[..3]).mails, [mail(1, MailState::Delayed { at_ms: 3 })]);
        assert_eq!(case(&tried).mails, [mail(2, MailState::Claimed { at_ms: 9 })]);
        for last in [Delivery::Sent, Delivery::Failed { why: "no such address".into() }] {
            assert_eq!(case(&[tried.as_slice(), &[(10, mailed(1, last))]].concat()).mails, []);
        }
    }

    #[test]
    fn events_read_back_from_what_is_kept() {
        let events = [
            CaseEvent::Assigned { to: None },
            CaseEvent::Drafted(ReplyDraft { text: "x".into(), ..ReplyDraft::default() }),
            replied(),
            CaseEvent::Mailed { reply: 3, outcome: Delivery::Sent },
            CaseEvent::Mailed { reply: 3, outcome: Delivery::Trying },
            closed(CaseOutcome::NoWord),
            CaseEvent::Closed { outcome: CaseOutcome::Done, why: "By phone.".into() },
            CaseEvent::Recorded { channel: InquiryChannel::Letter, is_answered: false },
            CaseEvent::Resumed,
            added(1),
            withdrawn(),
            CaseEvent::FollowUp { on: Date::parse("2026-12-01"), why: String::new() },
            CaseEvent::Tagged { tag: Tag::parse("snow").unwrap() },
            CaseEvent::AnsweredInside { question: 3, text: "Yes.".into() },
        ];
        for event in events {
            let json = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<CaseEvent>(&json).ok(), Some(event), "{json}");
        }
    }

    #[test]
    fn the_status_page_tells_what_staff_began_answered_and_closed_and_nothing_else() {
        let draft = ReplyDraft { text: "x".into(), ..ReplyDraft::default() };
        let (why, text) = (String::new(), String::new());
        for (event, stage) in [
            (CaseEvent::Assigned { to: Some("ann".into()) }, Some(InquiryStage::InProgress)),
            (CaseEvent::Assigned { to: None }, None),
            (
                CaseEvent::Transferred { department: "Roads".into(), why: why.clone() },
                Some(InquiryStage::InProgress),
            ),
            (CaseEvent::Waiting { text: text.clone() }, Some(InquiryStage::InProgress)),
            (CaseEvent::Noted { text }, None),
            (CaseEvent::Drafted(draft), None),
            (replied(), Some(InquiryStage::Answered)),
            (closed(CaseOutcome::Done), Some(InquiryStage::Closed)),
            (CaseEvent::Reopened { why }, None),
            (CaseEvent::Resumed, None),
        ] {
            assert_eq!(event.stage(), stage, "{event:?}");
        }
    }

    #[test]
    fn each_event_has_a_name_of_its_own_in_the_audit_log() {
        let text = String::new;
        let events = [
            CaseEvent::Assigned { to: None },
            CaseEvent::Transferred { department: text(), why: text() },
            CaseEvent::About { service: None },
            CaseEvent::Noted { text: text() },
            CaseEvent::Drafted(ReplyDraft::default()),
            replied(),
            CaseEvent::Mailed { reply: 1, outcome: Delivery::Sent },
            CaseEvent::Waiting { text: text() },
            CaseEvent::Resumed,
            closed(CaseOutcome::Done),
            CaseEvent::Reopened { why: text() },
            CaseEvent::Linked { to: text() },
            CaseEvent::Unlinked { to: text() },
            CaseEvent::Recorded { channel: InquiryChannel::Phone, is_answered: false },
            added(1),
            withdrawn(),
            CaseEvent::Tagged { tag: Tag::parse("snow").unwrap() },
            CaseEvent::Untagged { tag: Tag::parse("snow").unwrap() },
            CaseEvent::FollowUp { on: None, why: text() },
            CaseEvent::AskedInside { department: text(), text: text() },
            CaseEvent::AnsweredInside { question: 1, text: text() },
            CaseEvent::MergedInto { into: text() },
            CaseEvent::MergedFrom { from: text() },
            CaseEvent::Separated { from: text() },
        ];
        let names: BTreeSet<&str> = events.iter().map(CaseEvent::name).collect();
        assert_eq!(names.len(), events.len(), "{names:?}");
    }

    #[test]
    fn the_newest_draft_is_kept_until_it_is_emptied_or_sent() {
        let drafted =
            |text: &str| CaseEvent::Drafted(ReplyDraft { text: text.into(), ..Default::default() });
        let text = |events: &[(u64, CaseEvent)]| case(events).draft.map(|draft| draft.text);
        assert_eq!(text(&[(1, drafted("x")), (2, drafted("y"))]), Some("y".into()));
        assert_eq!(text(&[(1, drafted("x")), (2, drafted(""))]), None);
        assert_eq!(text(&[(1, drafted("x")), (2, replied())]), None);
        assert_eq!(case(&[(1, drafted("x"))]).state, CaseState::Open);
    }

    #[test]
    fn a_closed_inquiry_is_not_opened_by_work_on_it() {
        let done = (5, closed(CaseOutcome::Done));
        for event in [
            replied(),
            CaseEvent::Waiting { text: "which lot?".into() },
            CaseEvent::Resumed,
            CaseEvent::Assigned { to: Some("ann".into()) },
        ] {
            let after = case(&[done.clone(), (9, event.clone())]);
            assert_eq!((after.state, after.closed_ms), (CaseState::Closed, Some(5)), "{event:?}");
            assert_eq!(after.pauses, [(5, None)], "{event:?}");
        }
        let reopen = CaseEvent::Reopened { why: "not done".into() };
        let waiting = CaseEvent::Waiting { text: "which lot?".into() };
        let not_closed = case(&[(5, waiting.clone()), (9, reopen)]);
        assert_eq!(not_closed.state, CaseState::Waiting, "what is open is not reopened");
        assert_eq!(case(&[(5, waiting), (9, replied())]).state, CaseState::Waiting);
    }

    #[test]
    fn the_mail_of_each_reply_has_a_fate_of_its_own() {
        let CaseEvent::Replied(reply) = replied() else { panic!("a reply") };
        let by_mail = CaseEvent::Replied(CaseReply { way: ReplyMethod::Email, ..reply });
        let mailed = |reply, outcome| CaseEvent::Mailed { reply, outcome };
        let two = [(1, by_mail.clone()), (2, by_mail), (3, mailed(2, Delivery::Trying))];
        let states = |last: CaseEvent| {
            let case = case(&[two.as_slice(), &[(4, last)]].concat());
            case.mails.iter().map(|mail| (mail.reply, mail.state)).collect::<Vec<_>>()
        };
        let (new, claimed) = ((1, MailState::New), (2, MailState::Claimed { at_ms: 3 }));
        assert_eq!(states(mailed(9, Delivery::Trying)), [new, claimed], "there is no such reply");
        assert_eq!(states(mailed(1, Delivery::Sent)), [claimed]);
        assert_eq!(states(mailed(2, Delivery::Failed { why: "full".into() })), [new]);
    }

    #[test]
    fn links_to_other_inquiries_come_and_go() {
        let linked = |to: &str| CaseEvent::Linked { to: to.into() };
        let unlinked = CaseEvent::Unlinked { to: "one".into() };
        let case = case(&[(1, linked("one")), (2, linked("two")), (3, unlinked)]);
        assert_eq!(case.linked, BTreeSet::from(["two".to_string()]));
    }
}
