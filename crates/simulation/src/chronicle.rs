//! Ground truth: what really happened in a history, recorded by an observer who sees everything. No
//! simulated part reads it.

use domain::SubmissionId;
use std::collections::BTreeSet;

/// One message that a person wrote, however often it was sealed.
#[derive(Debug, Clone, Default)]
pub struct Saying {
    /// Number of the device on which it was written.
    pub device: usize,
    /// Every id that it was ever sealed under.
    pub ids: BTreeSet<SubmissionId>,
    /// The id for which the screen said "kept"; `None` if it never did.
    pub kept: Option<SubmissionId>,
    /// The device's store was cleared, or the person erased it there: no device can send it any
    /// more.
    pub gone_here: bool,
    /// Its record on the device was damaged.
    pub damaged: bool,
    /// Erased on the server at the person's request.
    pub erased: bool,
}

/// The whole record of a history.
#[derive(Debug, Default)]
pub struct Chronicle {
    /// All messages; the index is the message's number.
    pub sayings: Vec<Saying>,
    /// Violations that were detected while they happened.
    pub seen: Vec<crate::invariants::Failure>,
}

impl Chronicle {
    /// Adds a message and returns its number, which is also its text.
    pub fn begin(&mut self, device: usize) -> usize {
        self.sayings.push(Saying { device, ..Saying::default() });
        self.sayings.len() - 1
    }

    /// The message that was ever sealed under this id; `None` if there is none.
    pub fn of(&mut self, id: SubmissionId) -> Option<&mut Saying> {
        self.sayings.iter_mut().find(|saying| saying.ids.contains(&id))
    }

    /// Its number; `None` if no message was sealed under this id.
    pub fn number_of(&self, id: SubmissionId) -> Option<usize> {
        self.sayings.iter().position(|saying| saying.ids.contains(&id))
    }
}
