//! An inquiry as lists and figures see it: in full, or the summary of a settled one.

use super::case::{CaseOutcome, CaseState};
use super::clock::Due;
use super::settled::{SettledInquiry, contact_hash};
use crate::channel::InquiryChannel;
use crate::inquiry::Inquiry;
use crate::inquiry::reply_name;
use domain::hours::Moment;
use domain::{Language, SubmissionId};
use std::sync::Arc;

/// One inquiry, in either form.
#[derive(Debug, Clone)]
pub enum ListedInquiry {
    /// Open, or with something left to send.
    Active(Arc<Inquiry>),
    /// The summary of a settled one.
    Settled(Arc<SettledInquiry>),
}

impl ListedInquiry {
    /// The id of the submission.
    pub fn id(&self) -> SubmissionId {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.id,
            ListedInquiry::Settled(settled) => settled.id,
        }
    }

    /// When it was received, in ms since 1970.
    pub fn received_at_ms(&self) -> u64 {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.received_at_ms,
            ListedInquiry::Settled(settled) => settled.received_at_ms,
        }
    }

    /// Its state; a settled one is closed.
    pub fn state(&self) -> CaseState {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.case.state,
            ListedInquiry::Settled(_) => CaseState::Closed,
        }
    }

    /// The name of the department that has it.
    pub fn department(&self) -> &str {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.case.department(),
            ListedInquiry::Settled(settled) => &settled.department,
        }
    }

    /// The id of the service; `None` if it names none.
    pub fn service(&self) -> Option<&str> {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.case.service.as_ref().map(|id| id.as_str()),
            ListedInquiry::Settled(settled) => settled.service.as_deref(),
        }
    }

    /// The id of the location; `None` if it names none.
    pub fn hub(&self) -> Option<&str> {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.said.hub.as_ref().map(|id| id.as_str()),
            ListedInquiry::Settled(settled) => settled.hub.as_deref(),
        }
    }

    /// The login of the assignee, if any.
    pub fn assignee(&self) -> Option<&str> {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.case.assignee.as_deref(),
            ListedInquiry::Settled(settled) => settled.assignee.as_deref(),
        }
    }

    /// The language that the person chose.
    pub fn language(&self) -> Language {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.said.language,
            ListedInquiry::Settled(settled) => settled.language,
        }
    }

    /// How the person wants the answer: `email`, `phone` or `nobody`.
    pub fn reply(&self) -> &str {
        match self {
            ListedInquiry::Active(inquiry) => reply_name(&inquiry.said.reply_to),
            ListedInquiry::Settled(settled) => &settled.reply,
        }
    }

    /// How the person came.
    pub fn channel(&self) -> InquiryChannel {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.case.channel,
            ListedInquiry::Settled(settled) => settled.channel,
        }
    }

    /// Whether the person still waits for a first reply after its time: what lists, counts and
    /// figures call overdue.
    pub fn is_overdue(&self, now: Moment) -> bool {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.is_overdue(now),
            ListedInquiry::Settled(_) => false,
        }
    }

    /// When the current promise is due; `None` when nothing is due.
    pub fn promise(&self) -> Option<Due> {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.promise(),
            ListedInquiry::Settled(_) => None,
        }
    }

    /// Whether the person added words after everything that staff did.
    pub fn has_new_words(&self) -> bool {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.case.has_new_words,
            ListedInquiry::Settled(_) => false,
        }
    }

    /// Why it was closed; `None` while it is not.
    pub fn outcome(&self) -> Option<CaseOutcome> {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.case.outcome,
            ListedInquiry::Settled(settled) => settled.outcome,
        }
    }

    /// When it was closed, in ms since 1970; `None` while it is not.
    pub fn closed_ms(&self) -> Option<u64> {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.case.closed_ms,
            ListedInquiry::Settled(settled) => settled.closed_ms,
        }
    }

    /// When the first reply was made, in ms since 1970; `None` before it.
    pub fn first_reply_ms(&self) -> Option<u64> {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.case.first_reply_ms,
            ListedInquiry::Settled(settled) => settled.first_reply_ms,
        }
    }

    /// Working minutes until the first reply; `None` before it.
    pub fn replied_minutes(&self) -> Option<u32> {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.replied_minutes,
            ListedInquiry::Settled(settled) => settled.replied_minutes,
        }
    }

    /// Working minutes until it was closed; `None` while it is not.
    pub fn closed_minutes(&self) -> Option<u32> {
        match self {
            ListedInquiry::Active(inquiry) => inquiry.closed_minutes,
            ListedInquiry::Settled(settled) => settled.closed_minutes,
        }
    }

    /// A hash of the contact, equal for all inquiries of one person; 0 if none was given.
    pub fn contact(&self) -> u64 {
        match self {
            ListedInquiry::Active(inquiry) => {
                contact_hash(crate::inquiry::contact(&inquiry.said.reply_to))
            }
            ListedInquiry::Settled(settled) => settled.contact,
        }
    }
}
