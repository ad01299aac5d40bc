//! What colleagues agree among themselves about an inquiry: tags, a day to come back to it,
//! questions to each other, what was merged with it, and what was given to whom. Nothing of it is
//! shown to the person, and nothing of it moves a response time.

pub mod day;

use crate::case::{Case, CaseEntry, CaseEvent, CaseState, id_of};
use domain::SubmissionId;
use domain::hours::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The longest tag, in characters.
pub const TAG_CHARS_MAX: usize = 30;
/// Tags of one inquiry: more are not read.
pub const TAGS_MAX: usize = 10;

/// A word by which colleagues group inquiries: one line in small letters, never empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tag(String);

impl Tag {
    /// A tag as a person types it; `None` if it is empty or too long.
    pub fn parse(text: &str) -> Option<Self> {
        let is_hidden =
            |letter: &char| letter.is_control() || ('\u{202a}'..='\u{202e}').contains(letter);
        let visible: String =
            text.chars().map(|letter| if is_hidden(&letter) { ' ' } else { letter }).collect();
        let line = visible.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        (1..=TAG_CHARS_MAX).contains(&line.chars().count()).then_some(Self(line))
    }

    /// The tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Tag {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a tag has 1 to 30 characters")
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> Self {
        tag.0
    }
}

impl std::fmt::Display for Tag {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

/// A day on which the inquiry comes back to the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// The day.
    pub on: Date,
    /// What is to be done then; may be empty.
    pub why: String,
}

/// A question to colleagues that they have not answered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamQuestion {
    /// The number of the event that asked it.
    pub number: u32,
    /// The department that is asked.
    pub department: String,
    /// The login of who asked.
    pub who: String,
}

/// The state of what colleagues agreed, after all events.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TeamState {
    /// The tags, sorted.
    pub tags: BTreeSet<Tag>,
    /// When to come back to it; `None` if no day is set.
    pub follow_up: Option<FollowUp>,
    /// Questions to other departments without an answer, oldest first.
    pub questions: Vec<TeamQuestion>,
    /// The inquiry that this one was merged into: it is answered there.
    pub merged_into: Option<SubmissionId>,
    /// The inquiries that were merged into this one.
    pub merged: BTreeSet<SubmissionId>,
    /// Who gave it to its assignee, who did nothing with it since; `None` if they did, or took it
    /// themselves.
    pub given_by: Option<String>,
    /// Who saved the newest draft, and when (ms since 1970); `None` without a draft.
    pub drafting: Option<(String, u64)>,
    /// The login of a colleague whose answer to a question nobody else has dealt with.
    pub answer_by: Option<String>,
    /// The numbers of the templates that replies were written from, one for each reply.
    pub templates: Vec<u32>,
}

impl TeamState {
    /// Applies an event after the case has taken it. `assignee` is the one before it.
    pub(crate) fn take(&mut self, entry: &CaseEntry, assignee: Option<&str>) {
        if !entry.who.is_empty() && assignee == Some(entry.who.as_str()) {
            self.given_by = None;
        }
        if !entry.who.is_empty() && self.answer_by.as_ref() != Some(&entry.who) {
            self.answer_by = None;
        }
        match &entry.event {
            CaseEvent::Assigned { to } => {
                let is_gift = to.as_ref().is_some_and(|to| *to != entry.who);
                self.given_by = is_gift.then(|| entry.who.clone());
            }
            CaseEvent::Transferred { .. } => self.given_by = None,
            CaseEvent::Tagged { tag } if self.tags.len() < TAGS_MAX => {
                self.tags.insert(tag.clone());
            }
            CaseEvent::Untagged { tag } => drop(self.tags.remove(tag)),
            CaseEvent::FollowUp { on, why } => {
                self.follow_up = on.map(|on| FollowUp { on, why: why.clone() });
            }
            CaseEvent::AskedInside { department, .. } => self.questions.push(TeamQuestion {
                number: entry.number,
                department: department.clone(),
                who: entry.who.clone(),
            }),
            CaseEvent::AnsweredInside { question, .. } => {
                self.questions.retain(|open| open.number != *question);
                self.answer_by = Some(entry.who.clone());
            }
            CaseEvent::MergedInto { into } => self.merged_into = id_of(into),
            CaseEvent::MergedFrom { from } => self.merged.extend(id_of(from)),
            CaseEvent::Separated { from } => self.separate(id_of(from)),
            CaseEvent::Drafted(draft) => {
                let has_text = !draft.text.is_empty();
                self.drafting = has_text.then(|| (entry.who.clone(), entry.at_ms));
            }
            CaseEvent::Replied(reply) => {
                self.drafting = None;
                self.templates.extend(reply.template.map(|template| template.number));
            }
            CaseEvent::Closed { .. } | CaseEvent::Withdrawn { .. } => {
                (self.follow_up, self.given_by) = (None, None);
                self.questions.clear();
            }
            _ => {}
        }
    }

    fn separate(&mut self, other: Option<SubmissionId>) {
        let Some(other) = other else { return };
        self.merged.remove(&other);
        if self.merged_into == Some(other) {
            self.merged_into = None;
        }
    }

    /// Whether a department has a question here to answer.
    pub fn asks(&self, department: &str) -> bool {
        self.questions.iter().any(|open| open.department == department)
    }
}

/// What is done with several inquiries in one act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkAct {
    /// Assigned to a person; `None` for nobody.
    Give(Option<String>),
    /// Moved to a department, with the reason.
    Move(String, String),
    /// Tagged.
    Tag(Tag),
    /// Closed, with the reason for those who got no reply.
    Close(crate::case::CaseOutcome, String),
}

/// Why an act does not apply to an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkRefusal {
    /// It is so already: assigned to the person, in the department, tagged.
    AlreadySo,
    /// It is closed.
    Closed,
    /// It has as many tags as an inquiry may have.
    TooManyTags,
    /// It was merged into another one, where it is answered.
    Merged,
}

impl BulkAct {
    /// The event that does this to one inquiry, or why there is none.
    ///
    /// # Errors
    ///
    /// Why the act does not apply to the inquiry.
    pub fn event(&self, case: &Case) -> Result<CaseEvent, BulkRefusal> {
        let is_closed = case.state == CaseState::Closed;
        let unless = |is_so: bool, refusal, event| if is_so { Err(refusal) } else { Ok(event) };
        match self {
            _ if is_closed => Err(BulkRefusal::Closed),
            BulkAct::Tag(tag) if case.team.tags.contains(tag) => Err(BulkRefusal::AlreadySo),
            BulkAct::Tag(tag) => {
                let is_full = case.team.tags.len() >= TAGS_MAX;
                unless(is_full, BulkRefusal::TooManyTags, CaseEvent::Tagged { tag: tag.clone() })
            }
            BulkAct::Give(to) => {
                let event = CaseEvent::Assigned { to: to.clone() };
                unless(case.assignee == *to, BulkRefusal::AlreadySo, event)
            }
            BulkAct::Move(department, why) => {
                let (is_there, department) = (case.department() == department, department.clone());
                let event = CaseEvent::Transferred { department, why: why.clone() };
                unless(is_there, BulkRefusal::AlreadySo, event)
            }
            BulkAct::Close(outcome, why) => {
                let why = if case.first_reply_ms.is_none() { why.clone() } else { String::new() };
                let event = CaseEvent::Closed { outcome: *outcome, why };
                unless(case.team.merged_into.is_some(), BulkRefusal::Merged, event)
            }
        }
    }
}

/// The events that take back a person's last act on an inquiry, in order; empty if there is nothing
/// to take back. `before` is the state before the act, `why` what a reason says.
pub fn undoing(before: &Case, act: &CaseEvent, why: &str) -> Vec<CaseEvent> {
    let assigned = || CaseEvent::Assigned { to: before.assignee.clone() };
    match act {
        CaseEvent::Assigned { .. } => vec![assigned()],
        CaseEvent::Transferred { .. } => {
            let (department, why) = (before.department().into(), why.into());
            let back = CaseEvent::Transferred { department, why };
            let again = before.assignee.is_some().then(assigned);
            [back].into_iter().chain(again).collect()
        }
        CaseEvent::Tagged { tag } if !before.team.tags.contains(tag) => {
            vec![CaseEvent::Untagged { tag: tag.clone() }]
        }
        CaseEvent::Closed { .. } if before.state != CaseState::Closed => reopening(before, why),
        _ => Vec::new(),
    }
}

/// What takes back a closing: also the wait for the person and the follow-up that it ended.
fn reopening(before: &Case, why: &str) -> Vec<CaseEvent> {
    let is_waiting = before.state == CaseState::Waiting;
    let waits = is_waiting.then(|| CaseEvent::Waiting { text: why.into() });
    let to_do = before.team.follow_up.clone();
    let follows = to_do.map(|to_do| CaseEvent::FollowUp { on: Some(to_do.on), why: to_do.why });
    [CaseEvent::Reopened { why: why.into() }].into_iter().chain(waits).chain(follows).collect()
}

#[cfg(test)]
mod tests;
