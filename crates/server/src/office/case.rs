//! An inquiry as the office sees it: what was done with it, event by event, and what stands after all of them. Pure: nothing
//! here knows a store, a clock or a page.

use domain::status::Stage;
use domain::{ServiceId, SubmissionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One thing that was done. Kept sealed, as JSON: a name is never changed, and a new one may come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "kebab-case")]
pub enum Event {
    /// Somebody takes it, or is given it; nobody has it any more with `None`.
    Assigned {
        to: Option<String>,
    },
    Transferred {
        department: String,
        why: String,
    },
    /// What it is about, when the person did not say, or said something else.
    About {
        service: Option<ServiceId>,
    },
    Noted {
        text: String,
    },
    /// A reply that is not sent yet. The newest draft counts.
    Drafted(Draft),
    Replied(Reply),
    /// What became of a reply that goes by e-mail.
    Mailed {
        /// The number of the event with the reply.
        reply: u32,
        outcome: Delivery,
    },
    /// The person has to answer first; the clock stands still.
    Waiting {
        text: String,
    },
    Resumed,
    Closed {
        outcome: Outcome,
    },
    Reopened {
        why: String,
    },
    /// It says the same as another one.
    Linked {
        to: String,
    },
    Unlinked {
        to: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Draft {
    pub text: String,
    /// The record that it was composed from, and a digest of what stood there.
    pub service: Option<ServiceId>,
    pub record: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    pub text: String,
    pub way: Way,
    pub service: Option<ServiceId>,
    /// The edition of the catalogue that it was written from.
    pub catalogue_version: u32,
}

/// How a reply reaches the person. It stands on the status page whatever the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    Email,
    /// Printed, to be sent as a letter or handed over.
    Print,
    Phone,
    /// Read on the status page only.
    StatusPage,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Delivery {
    /// A server is about to send it: no other one does until that is answered, or too long ago.
    Trying,
    /// A mail server took it.
    Sent,
    /// It will be tried again.
    Delayed { why: String },
    /// It was refused, or tried for too long: somebody has to find another way.
    Failed { why: String },
}

/// A reply by e-mail that no mail server has taken yet, nor refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mail {
    /// The number of the event with the reply.
    pub reply: u32,
    /// How often it was tried, also by a server that died meanwhile.
    pub attempts: u32,
    pub first_try_ms: Option<u64>,
    pub state: MailState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailState {
    New,
    Claimed { at_ms: u64 },
    Delayed { at_ms: u64 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Answered,
    /// What was asked for was done.
    Done,
    /// Another government or company does it; the person was told.
    Elsewhere,
    Duplicate,
    /// The person did not come back.
    NoWord,
}

impl Outcome {
    pub const ALL: [Outcome; 5] =
        [Outcome::Answered, Outcome::Done, Outcome::Elsewhere, Outcome::Duplicate, Outcome::NoWord];
}

/// Where an inquiry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Nobody did anything with it.
    New,
    Open,
    /// The person has to answer.
    Waiting,
    /// Somebody replied; it is not closed.
    Answered,
    Closed,
}

impl State {
    pub const ALL: [State; 5] =
        [State::New, State::Open, State::Waiting, State::Answered, State::Closed];
}

impl Event {
    /// What it means to the person, on the status page.
    pub fn stage(&self) -> Option<Stage> {
        match self {
            Event::Assigned { to: Some(_) } | Event::Transferred { .. } | Event::Waiting { .. } => {
                Some(Stage::InProgress)
            }
            Event::Replied(_) => Some(Stage::Answered),
            Event::Closed { .. } => Some(Stage::Closed),
            _ => None,
        }
    }

    /// Its name in the audit: never what was written.
    pub fn name(&self) -> &'static str {
        match self {
            Event::Assigned { .. } => "assign",
            Event::Transferred { .. } => "transfer",
            Event::About { .. } => "classify",
            Event::Noted { .. } => "note",
            Event::Drafted(_) => "draft",
            Event::Replied(_) => "reply",
            Event::Mailed { .. } => "mail",
            Event::Waiting { .. } => "wait",
            Event::Resumed => "resume",
            Event::Closed { .. } => "close",
            Event::Reopened { .. } => "reopen",
            Event::Linked { .. } => "link",
            Event::Unlinked { .. } => "unlink",
        }
    }
}

/// An event with its number, its moment and who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub number: u32,
    /// Milliseconds since 1970.
    pub at_ms: u64,
    /// The login of staff; empty when the server did it.
    pub who: String,
    pub event: Event,
}

/// What stands after all events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub state: State,
    pub assignee: Option<String>,
    /// Who has it, since when, oldest first; never empty. The first is whose promise counts.
    pub owners: Vec<(u64, String)>,
    pub service: Option<ServiceId>,
    pub first_reply_ms: Option<u64>,
    pub closed_ms: Option<u64>,
    pub outcome: Option<Outcome>,
    /// When the clock stood still, because the person had to answer or it was closed; the last may have no end.
    pub pauses: Vec<(u64, Option<u64>)>,
    pub linked: BTreeSet<String>,
    pub draft: Option<Draft>,
    /// A reply whose e-mail failed for good, until another reply is made.
    pub failed_reply: Option<(u32, String)>,
    /// What is still to be sent, in order.
    pub mails: Vec<Mail>,
    /// The number of the last event; the next has one more.
    pub last: u32,
}

impl Case {
    /// As it came in: nothing was done.
    pub fn new(received_at_ms: u64, department: String, service: Option<ServiceId>) -> Self {
        Self {
            state: State::New,
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
            last: 0,
        }
    }

    pub fn department(&self) -> &str {
        self.owners.last().map_or("", |(_, department)| department)
    }

    /// Takes in the next event. One that was taken in already, or comes before its time, changes nothing.
    pub fn take(&mut self, entry: &Entry) -> bool {
        if entry.number != self.last + 1 {
            return false;
        }
        self.last = entry.number;
        let at_ms = entry.at_ms;
        match &entry.event {
            Event::Assigned { to } => {
                self.assignee.clone_from(to);
                self.open();
            }
            Event::Transferred { department, .. } => {
                self.owners.push((at_ms, department.clone()));
                self.assignee = None;
                self.open();
            }
            Event::About { service } => self.service.clone_from(service),
            Event::Noted { .. } => self.open(),
            Event::Drafted(draft) => {
                self.draft = Some(draft.clone()).filter(|draft| !draft.text.is_empty());
                self.open();
            }
            Event::Replied(reply) => {
                self.reply(at_ms);
                if reply.way == Way::Email {
                    self.mails.push(Mail {
                        reply: entry.number,
                        attempts: 0,
                        first_try_ms: None,
                        state: MailState::New,
                    });
                }
            }
            Event::Mailed { reply, outcome } => self.mail(*reply, outcome, at_ms),
            Event::Waiting { .. } if self.state != State::Closed => {
                self.pause(at_ms);
                self.state = State::Waiting;
            }
            Event::Resumed if self.state == State::Waiting => {
                self.resume(at_ms);
                self.state = State::Open;
            }
            Event::Closed { outcome } => {
                self.pause(at_ms);
                (self.state, self.closed_ms, self.outcome) =
                    (State::Closed, Some(at_ms), Some(*outcome));
            }
            Event::Reopened { .. } if self.state == State::Closed => {
                self.resume(at_ms);
                (self.state, self.closed_ms, self.outcome) = (State::Open, None, None);
            }
            Event::Linked { to } => drop(self.linked.insert(to.clone())),
            Event::Unlinked { to } => drop(self.linked.remove(to)),
            Event::Waiting { .. } | Event::Resumed | Event::Reopened { .. } => {}
        }
        true
    }

    fn open(&mut self) {
        if self.state == State::New {
            self.state = State::Open;
        }
    }

    fn reply(&mut self, at_ms: u64) {
        self.first_reply_ms.get_or_insert(at_ms);
        (self.draft, self.failed_reply) = (None, None);
        if self.state != State::Closed {
            // A reply to somebody who has to answer leaves the clock standing still.
            self.state =
                if self.state == State::Waiting { State::Waiting } else { State::Answered };
        }
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

/// Ids in links stand as text.
pub fn id_of(link: &str) -> Option<SubmissionId> {
    SubmissionId::parse(link).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(events: &[(u64, Event)]) -> Case {
        let mut case = Case::new(0, "Tax".into(), None);
        for (at, (at_ms, event)) in events.iter().enumerate() {
            assert!(case.take(&Entry {
                number: at as u32 + 1,
                at_ms: *at_ms,
                who: "ann".into(),
                event: event.clone()
            }));
        }
        case
    }

    fn replied() -> Event {
        Event::Replied(Reply {
            text: "Yes.".into(),
            way: Way::StatusPage,
            service: None,
            catalogue_version: 1,
        })
    }

    #[test]
    fn an_inquiry_goes_from_new_to_closed() {
        assert_eq!(case(&[]).state, State::New);
        assert_eq!(case(&[(1, Event::Assigned { to: Some("ann".into()) })]).state, State::Open);
        let answered =
            case(&[(1, Event::Noted { text: "x".into() }), (5, replied()), (9, replied())]);
        assert_eq!(
            (answered.state, answered.first_reply_ms),
            (State::Answered, Some(5)),
            "the first reply counts"
        );
        let closed = case(&[(5, replied()), (9, Event::Closed { outcome: Outcome::Answered })]);
        assert_eq!(
            (closed.state, closed.closed_ms, closed.outcome),
            (State::Closed, Some(9), Some(Outcome::Answered))
        );
    }

    #[test]
    fn the_clock_stands_still_while_the_person_has_to_answer_and_goes_on_after() {
        let waiting = || Event::Waiting { text: "which lot?".into() };
        let paused = case(&[(5, waiting()), (6, waiting()), (9, Event::Resumed), (12, waiting())]);
        assert_eq!(paused.pauses, [(5, Some(9)), (12, None)]);
        let reopened = case(&[
            (5, Event::Closed { outcome: Outcome::Done }),
            (8, Event::Reopened { why: "not done".into() }),
        ]);
        assert_eq!(
            (reopened.state, reopened.pauses.as_slice(), reopened.closed_ms),
            (State::Open, [(5, Some(8))].as_slice(), None)
        );
        assert_eq!(case(&[(3, Event::Resumed)]).pauses, []);
    }

    #[test]
    fn a_transfer_leaves_the_first_promise_and_the_past_standing() {
        let case = case(&[
            (1, Event::Assigned { to: Some("ann".into()) }),
            (5, Event::Transferred { department: "Roads".into(), why: "theirs".into() }),
        ]);
        assert_eq!(case.owners, [(0, "Tax".to_string()), (5, "Roads".to_string())]);
        assert_eq!((case.department(), &case.assignee), ("Roads", &None));
    }

    #[test]
    fn events_are_taken_in_order_and_once() {
        let mut case = Case::new(0, "Tax".into(), None);
        let entry = |number| Entry {
            number,
            at_ms: 1,
            who: "ann".into(),
            event: Event::Noted { text: "x".into() },
        };
        assert!(!case.take(&entry(2)));
        assert!(case.take(&entry(1)));
        assert!(!case.take(&entry(1)));
        assert_eq!(case.last, 1);
    }

    #[test]
    fn a_failed_mail_is_shown_until_another_reply_is_made() {
        let failed = |reply| Event::Mailed {
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
            Event::Replied(Reply { text: "Yes.".into(), way, service: None, catalogue_version: 1 })
        };
        let mailed = |reply, outcome| Event::Mailed { reply, outcome };
        let delayed = || Delivery::Delayed { why: "busy".into() };
        assert_eq!(case(&[(1, by(Way::Print))]).mails, []);
        let tried = [
            (1, by(Way::Email)),
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
            Event::Assigned { to: None },
            Event::Drafted(Draft { text: "x".into(), ..Draft::default() }),
            replied(),
            Event::Mailed { reply: 3, outcome: Delivery::Sent },
            Event::Mailed { reply: 3, outcome: Delivery::Trying },
            Event::Closed { outcome: Outcome::NoWord },
            Event::Resumed,
        ];
        for event in events {
            let json = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<Event>(&json).ok(), Some(event), "{json}");
        }
    }
}
