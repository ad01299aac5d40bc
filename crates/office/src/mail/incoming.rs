//! What the server writes to an inquiry after it has read an email: how it came, and that a reply
//! did not arrive. Both are written once, however often the email is read.

use crate::form::Author;
use crate::mail::answers::tracking_code;
use crate::mail::confirmation::{self, ConfirmationFacts};
use crate::mail::message::body;
use crate::{Office, Written};
use casework::case::{CaseEntry, CaseEvent, Delivery, ReplyMethod};
use casework::inquiry::Inquiry;
use domain::SubmissionId;
use std::sync::Arc;
use store::StoreFault;

/// Attempts to append an event when someone else writes at the same time. The email stays in the
/// mailbox, and is read again.
const WRITE_TRIES: u32 = 5;

impl Office {
    /// Whether emails can be sent.
    pub fn sends_mail(&self) -> bool {
        self.mailer.is_some()
    }

    /// The inquiry with this id; `None` if there is none.
    pub async fn inquiry_of_mail(
        &self,
        id: SubmissionId,
    ) -> Result<Option<Arc<Inquiry>>, StoreFault> {
        self.inquiries.inquiry(self, id).await
    }

    /// Notes that an inquiry was read from the mailbox, unless that is noted already. Returns
    /// whether it is.
    pub async fn note_emailed(
        &self,
        id: SubmissionId,
        event: CaseEvent,
    ) -> Result<bool, StoreFault> {
        let is_noted =
            |inquiry: &Inquiry| inquiry.entries.iter().any(|entry| is_emailed(&entry.event));
        Ok(self.note_once(id, event, is_noted).await? == Some(true))
    }

    /// Notes that the email about event `number` did not arrive. Returns whether it is noted;
    /// `false` if the inquiry has no such email, `None` if others wrote at each try.
    pub async fn note_bounce(
        &self,
        id: SubmissionId,
        number: u32,
        why: &str,
    ) -> Result<Option<bool>, StoreFault> {
        let Some(inquiry) = self.inquiries.inquiry(self, id).await? else {
            return Ok(Some(false));
        };
        if !inquiry.entries.iter().any(|entry| entry.number == number && is_email(entry)) {
            return Ok(Some(false));
        }
        let is_noted = |inquiry: &Inquiry| {
            let last = inquiry.entries.iter().rev().find_map(|entry| match &entry.event {
                CaseEvent::Mailed { reply, outcome } if *reply == number => Some(outcome),
                _ => None,
            });
            matches!(last, Some(Delivery::Failed { .. }))
        };
        let outcome = Delivery::Failed { why: why.into() };
        self.note_once(id, CaseEvent::Mailed { reply: number, outcome }, is_noted).await
    }

    /// Everything that was said in an inquiry, with the emails as they were sent: what an answer
    /// may repeat.
    pub fn said_in(&self, inquiry: &Inquiry) -> String {
        let (catalogue, keys) = (self.catalogue(), self.receiver().keys.now());
        let url = self.public_url.as_deref().unwrap_or_default();
        let mut said = vec![inquiry.said.message.clone()];
        for entry in &inquiry.entries {
            match &entry.event {
                CaseEvent::Replied(reply) => {
                    said.push(body(inquiry, &reply.text, url, true, catalogue.municipality()));
                }
                CaseEvent::Added { text, .. } => said.push(text.clone()),
                CaseEvent::Emailed { is_confirmed: true, has_files, .. } => {
                    let facts = ConfirmationFacts {
                        tracking_code: tracking_code(&keys, inquiry.id),
                        has_files: *has_files,
                        public_url: url,
                        municipality: catalogue.municipality(),
                    };
                    said.push(confirmation::body(inquiry, &facts));
                }
                _ => {}
            }
        }
        said.join("\n")
    }

    /// Whether it is noted; `Some(false)` if there is no such inquiry, `None` if others wrote at
    /// each try.
    async fn note_once(
        &self,
        id: SubmissionId,
        event: CaseEvent,
        is_noted: impl Fn(&Inquiry) -> bool,
    ) -> Result<Option<bool>, StoreFault> {
        for _ in 0..WRITE_TRIES {
            let Some(inquiry) = self.inquiries.inquiry(self, id).await? else {
                return Ok(Some(false));
            };
            if is_noted(&inquiry) {
                return Ok(Some(true));
            }
            let written = self.write(id, inquiry.case.last, Author::Mailer, event.clone()).await?;
            if written == Written::Done {
                return Ok(Some(true));
            }
            // Another server may have written what this one has not read.
            self.inquiries.take_events_of(self, id).await?;
        }
        Ok(None)
    }
}

fn is_emailed(event: &CaseEvent) -> bool {
    matches!(event, CaseEvent::Emailed { .. })
}

/// Whether an email was sent about this event.
fn is_email(entry: &CaseEntry) -> bool {
    match &entry.event {
        CaseEvent::Replied(reply) => reply.way == ReplyMethod::Email,
        event => is_emailed(event),
    }
}
