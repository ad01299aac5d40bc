//! What really happened, kept beside the history by one who sees everything. No simulated part reads it.

use domain::SubmissionId;
use std::collections::BTreeSet;

/// One thing that a person said, however often it was sealed.
#[derive(Debug, Clone, Default)]
pub struct Saying {
    pub device: usize,
    /// The ids that it was ever sealed under, and those of which "kept" was said.
    pub ids: BTreeSet<SubmissionId>,
    pub kept: Option<SubmissionId>,
    /// The device's store was cleared, or the person erased it there: nobody can send it any more.
    pub gone_here: bool,
    /// Its record on the device was damaged.
    pub damaged: bool,
    /// Erased at the town hall at the person's request.
    pub erased: bool,
}

#[derive(Debug, Default)]
pub struct Chronicle {
    pub sayings: Vec<Saying>,
    /// What was seen to be wrong while it happened.
    pub seen: Vec<crate::invariants::Failure>,
}

impl Chronicle {
    /// Begins a saying; gives its number, which is also its words.
    pub fn begin(&mut self, device: usize) -> usize {
        self.sayings.push(Saying { device, ..Saying::default() });
        self.sayings.len() - 1
    }

    pub fn of(&mut self, id: SubmissionId) -> Option<&mut Saying> {
        self.sayings.iter_mut().find(|saying| saying.ids.contains(&id))
    }

    pub fn number_of(&self, id: SubmissionId) -> Option<usize> {
        self.sayings.iter().position(|saying| saying.ids.contains(&id))
    }
}
