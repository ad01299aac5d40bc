//! A ledger: the record of what staff did in one ledger, act by act, and the state after all acts.

use domain::SubmissionId;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The state after a sequence of acts. Pure: the same acts give the same state.
pub trait LedgerSource: Default + Clone + Send + Sync + 'static {
    /// One thing that staff can do in this ledger.
    type Act: Serialize + DeserializeOwned + Send + Sync;
    /// What the ledger's rows are bound to, in place of an inquiry's id; no submission of a person
    /// has this id.
    const SEALED_TO: SubmissionId;

    /// An act's name in the audit log.
    fn name_of(act: &Self::Act) -> &'static str;

    /// The number of the newest act; 0 if there is none.
    fn last(&self) -> u32;

    /// Applies the next act.
    fn take(&mut self, entry: LedgerEntry<Self::Act>);
}

/// An act with its place in the ledger.
#[derive(Debug, Clone)]
pub struct LedgerEntry<A> {
    /// Counts from 1.
    pub number: u32,
    /// When, in milliseconds since 1970.
    pub at_ms: u64,
    /// Who did it.
    pub who: String,
    /// `None` if no key decrypts it, or it cannot be parsed.
    pub act: Option<A>,
}
