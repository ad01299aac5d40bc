//! An inquiry as lists and figures see it, whether it is held whole or only what is known of a settled one.

use super::case::{Outcome, State};
use super::clock::Due;
use super::desk::Inquiry;
use super::inbox::reply_name;
use super::settled::{Settled, contact_hash};
use domain::{Language, SubmissionId};
use std::sync::Arc;

#[derive(Debug, Clone)]
pub enum Listed {
    /// Open, or with something to be sent.
    Active(Arc<Inquiry>),
    Settled(Arc<Settled>),
}

impl Listed {
    pub fn id(&self) -> SubmissionId {
        match self {
            Listed::Active(inquiry) => inquiry.id,
            Listed::Settled(settled) => settled.id,
        }
    }

    pub fn received_at_ms(&self) -> u64 {
        match self {
            Listed::Active(inquiry) => inquiry.received_at_ms,
            Listed::Settled(settled) => settled.received_at_ms,
        }
    }

    pub fn state(&self) -> State {
        match self {
            Listed::Active(inquiry) => inquiry.case.state,
            Listed::Settled(_) => State::Closed,
        }
    }

    pub fn department(&self) -> &str {
        match self {
            Listed::Active(inquiry) => inquiry.case.department(),
            Listed::Settled(settled) => &settled.department,
        }
    }

    /// The service's id; `None` when none is named.
    pub fn service(&self) -> Option<&str> {
        match self {
            Listed::Active(inquiry) => inquiry.case.service.as_ref().map(|id| id.as_str()),
            Listed::Settled(settled) => settled.service.as_deref(),
        }
    }

    /// The hub's id; `None` when none is named.
    pub fn hub(&self) -> Option<&str> {
        match self {
            Listed::Active(inquiry) => inquiry.said.hub.as_ref().map(|id| id.as_str()),
            Listed::Settled(settled) => settled.hub.as_deref(),
        }
    }

    pub fn assignee(&self) -> Option<&str> {
        match self {
            Listed::Active(inquiry) => inquiry.case.assignee.as_deref(),
            Listed::Settled(settled) => settled.assignee.as_deref(),
        }
    }

    pub fn language(&self) -> Language {
        match self {
            Listed::Active(inquiry) => inquiry.said.language,
            Listed::Settled(settled) => settled.language,
        }
    }

    /// How the person wants the answer, by its name in addresses.
    pub fn reply(&self) -> &str {
        match self {
            Listed::Active(inquiry) => reply_name(&inquiry.said.reply_to),
            Listed::Settled(settled) => &settled.reply,
        }
    }

    /// The promise that counts now; `None` when all is done.
    pub fn promise(&self) -> Option<Due> {
        match self {
            Listed::Active(inquiry) => inquiry.promise(),
            Listed::Settled(_) => None,
        }
    }

    pub fn outcome(&self) -> Option<Outcome> {
        match self {
            Listed::Active(inquiry) => inquiry.case.outcome,
            Listed::Settled(settled) => settled.outcome,
        }
    }

    pub fn closed_ms(&self) -> Option<u64> {
        match self {
            Listed::Active(inquiry) => inquiry.case.closed_ms,
            Listed::Settled(settled) => settled.closed_ms,
        }
    }

    pub fn first_reply_ms(&self) -> Option<u64> {
        match self {
            Listed::Active(inquiry) => inquiry.case.first_reply_ms,
            Listed::Settled(settled) => settled.first_reply_ms,
        }
    }

    pub fn replied_minutes(&self) -> Option<u32> {
        match self {
            Listed::Active(inquiry) => inquiry.replied_minutes,
            Listed::Settled(settled) => settled.replied_minutes,
        }
    }

    pub fn closed_minutes(&self) -> Option<u32> {
        match self {
            Listed::Active(inquiry) => inquiry.closed_minutes,
            Listed::Settled(settled) => settled.closed_minutes,
        }
    }

    /// Of one person's inquiries it is the same; 0 where no way to answer was given.
    pub fn contact(&self) -> u64 {
        match self {
            Listed::Active(inquiry) => contact_hash(super::desk::contact(&inquiry.said.reply_to)),
            Listed::Settled(settled) => settled.contact,
        }
    }
}
