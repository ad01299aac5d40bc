//! The summaries of settled inquiries by their id. There may be hundreds of thousands, so each id
//! is held once, in the summary.

use casework::settled::SettledInquiry;
use domain::SubmissionId;
use std::borrow::Borrow;
use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A summary that is compared by its id alone.
struct ById(Arc<SettledInquiry>);

impl Borrow<SubmissionId> for ById {
    fn borrow(&self) -> &SubmissionId {
        &self.0.id
    }
}

impl PartialEq for ById {
    fn eq(&self, other: &Self) -> bool {
        self.0.id == other.0.id
    }
}

impl Eq for ById {}

impl Hash for ById {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.id.hash(state);
    }
}

/// A set of summaries with at most one per id.
#[derive(Default)]
pub(super) struct SettledSet(HashSet<ById>);

impl SettledSet {
    /// The summary of an inquiry; `None` if it is not settled.
    pub(super) fn get(&self, id: SubmissionId) -> Option<&Arc<SettledInquiry>> {
        self.0.get(&id).map(|ById(settled)| settled)
    }

    pub(super) fn contains(&self, id: SubmissionId) -> bool {
        self.0.contains(&id)
    }

    /// Adds a summary, in place of an older one with its id.
    pub(super) fn put(&mut self, settled: SettledInquiry) {
        self.0.replace(ById(Arc::new(settled)));
    }

    pub(super) fn remove(&mut self, id: SubmissionId) {
        self.0.remove(&id);
    }

    /// All summaries, in no order.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<SettledInquiry>> {
        self.0.iter().map(|ById(settled)| settled)
    }

    /// Drops all summaries whose id does not pass.
    pub(super) fn retain(&mut self, is_kept: impl Fn(SubmissionId) -> bool) {
        self.0.retain(|ById(settled)| is_kept(settled.id));
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
