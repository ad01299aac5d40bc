//! Hands over the open inquiries of someone who left. A person may have thousands, which one
//! request has no time for: the request does the first ones, and a background job the others,
//! batch by batch. If the server stops before it is done, the others stay with the person, and the
//! page of staff offers to hand them over again.

use super::super::Office;
use super::super::form::{Author, CheckedForm};
use super::super::staff::Staff;
use crate::Written;
use casework::case::CaseEvent;
use casework::inquiry::Inquiry;
use domain::SubmissionId;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use store::{DoorStore, StoreFault};

/// Inquiries that are handed over at a time: with a database that takes 50 ms for each, 5 s.
const BATCH_MAX: usize = 100;
/// How often an inquiry is tried again when others write at the same time.
const TRIES: usize = 5;

/// The open inquiries that a person has.
pub(super) fn assigned_to(office: &Office, login: &str) -> Vec<Arc<Inquiry>> {
    let mut active = office.inquiries.active();
    active.retain(|one| one.case.assignee.as_deref() == Some(login) && !one.is_settled());
    active
}

/// The number of open inquiries of each person who has some.
pub(super) fn assigned_counts(office: &Office) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for inquiry in office.inquiries.active() {
        if let Some(login) = inquiry.case.assignee.clone().filter(|_| !inquiry.is_settled()) {
            *counts.entry(login).or_default() += 1;
        }
    }
    counts
}

/// All open inquiries of `login` go to `heir`, or to nobody.
#[derive(Debug, Clone)]
pub(super) struct HandOver {
    pub(super) proof: CheckedForm,
    pub(super) login: String,
    pub(super) heir: Option<String>,
}

/// How many inquiries were handed over, and how many are still to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HandedOver {
    pub(crate) done: usize,
    pub(crate) left: usize,
}

/// What remains to be handed over by the background job, in memory.
#[derive(Debug, Default)]
pub(crate) struct HandOvers(Mutex<VecDeque<HandOver>>);

impl HandOvers {
    /// The newest decision about a person counts.
    fn put(&self, hand_over: HandOver) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|other| other.login != hand_over.login);
        waiting.push_back(hand_over);
    }

    /// What is not finished waits again, unless something newer was decided about the person.
    fn put_back(&self, hand_over: HandOver) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.iter().all(|other| other.login != hand_over.login) {
            waiting.push_back(hand_over);
        }
    }

    fn take(&self) -> Option<HandOver> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

/// Puts what is not finished among what waits: also if the request ends early, by its time limit or
/// a fault.
struct Unfinished<'a> {
    waiting: &'a HandOvers,
    hand_over: Option<HandOver>,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(hand_over) = self.hand_over.take() {
            self.waiting.put(hand_over);
        }
    }
}

/// Hands over a first batch now; what is left follows in the background.
pub(super) async fn begin(office: &Office, of: HandOver) -> Result<HandedOver, StoreFault> {
    let mut rest = Unfinished { waiting: &office.hand_overs, hand_over: Some(of.clone()) };
    let handed = batch(office, &of).await?;
    if handed.left == 0 {
        rest.hand_over = None;
    }
    Ok(handed)
}

/// Hands over another batch of what waits. Returns whether to go on at once. A background job.
pub(crate) async fn go_on(office: &Office) -> bool {
    let Some(of) = office.hand_overs.take() else { return false };
    match batch(office, &of).await {
        Ok(HandedOver { left: 0, .. }) => true,
        Ok(HandedOver { done: 0, left }) => {
            tracing::error!(left, "inquiries of someone who left could not be handed over");
            true
        }
        Ok(_) => {
            office.hand_overs.put_back(of);
            true
        }
        Err(fault) => {
            tracing::error!(%fault, "inquiries could not be handed over; it is tried again");
            office.hand_overs.put_back(of);
            false
        }
    }
}

/// Gives the heir what the heir may see, and leaves the others unassigned. Nothing is taken from a
/// person who has access again.
async fn batch(office: &Office, of: &HandOver) -> Result<HandedOver, StoreFault> {
    if office.store().person(&of.login).await?.is_some_and(|row| row.is_active) {
        return Ok(HandedOver { done: 0, left: 0 });
    }
    let row = match &of.heir {
        Some(heir) => office.store().person(heir).await?.filter(|row| row.is_active),
        None => None,
    };
    let heir = row.as_ref().and_then(Staff::of);
    let mut done = 0;
    for inquiry in assigned_to(office, &of.login).iter().take(BATCH_MAX) {
        let hub = inquiry.said.hub.as_ref().map(|hub| hub.as_str());
        let may_see = |staff: &&Staff| staff.scope.covers(hub, inquiry.case.department());
        let to = heir.as_ref().filter(may_see).map(|staff| staff.login.clone());
        done += usize::from(hand_over_one(office, of, inquiry.id, to).await?);
    }
    Ok(HandedOver { done, left: assigned_to(office, &of.login).len() })
}

/// Hands over an inquiry if the person still has it. Returns whether it was handed over.
async fn hand_over_one(
    office: &Office,
    of: &HandOver,
    id: SubmissionId,
    to: Option<String>,
) -> Result<bool, StoreFault> {
    for _ in 0..TRIES {
        let found = office.inquiries.inquiry(office, id).await?;
        let is_theirs = |one: &Arc<Inquiry>| one.case.assignee.as_ref() == Some(&of.login);
        let Some(inquiry) = found.filter(is_theirs) else { return Ok(false) };
        let (author, event) = (Author::Person(&of.proof), CaseEvent::Assigned { to: to.clone() });
        if office.write(id, inquiry.case.last, author, event).await? == Written::Done {
            return Ok(true);
        }
    }
    Ok(false)
}
