//! What the server writes to an inquiry after it has read an email: how it came, and that a reply
//! did not arrive. Both are written once, however often the email is read.

use crate::form::Author;
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
        self.note_once(id, event, is_noted).await
    }

    /// Notes that the email about event `number` did not arrive. Returns whether it is noted;
    /// `false` if the inquiry has no such email.
    pub async fn note_bounce(
        &self,
        id: SubmissionId,
        number: u32,
        why: &str,
    ) -> Result<bool, StoreFault> {
        let Some(inquiry) = self.inquiries.inquiry(self, id).await? else { return Ok(false) };
        if !inquiry.entries.iter().any(|entry| entry.number == number && is_email(entry)) {
            return Ok(false);
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
        let catalogue = self.catalogue();
        let url = self.public_url.as_deref().unwrap_or_default();
        let mut said = vec![inquiry.said.message.clone()];
        for entry in &inquiry.entries {
            match &entry.event {
                CaseEvent::Replied(reply) => {
                    said.push(body(inquiry, &reply.text, url, true, catalogue.municipality()));
                }
                CaseEvent::Added { text, .. } => said.push(text.clone()),
                _ => {}
            }
        }
        said.join("\n")
    }

    async fn note_once(
        &self,
        id: SubmissionId,
        event: CaseEvent,
        is_noted: impl Fn(&Inquiry) -> bool,
    ) -> Result<bool, StoreFault> {
        for _ in 0..WRITE_TRIES {
            let Some(inquiry) = self.inquiries.inquiry(self, id).await? else { return Ok(false) };
            if is_noted(&inquiry) {
                return Ok(true);
            }
            let written = self.write(id, inquiry.case.last, Author::Mailer, event.clone()).await?;
            if written == Written::Done {
                return Ok(true);
            }
            // Another server may have written what this one has not read.
            self.inquiries.take_events_of(self, id).await?;
        }
        Ok(false)
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
