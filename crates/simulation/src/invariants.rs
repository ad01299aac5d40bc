//! What must hold at the end of every history, and of every receipt at the moment it is stored.

use std::fmt;

/// A promise of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// A message for which the screen said "kept", and which was not erased, is stored on the
    /// server.
    NothingIsLost,
    /// One message is at most one row, and nothing is set aside.
    NothingIsDoubled,
    /// A message for which the screen said "kept" leaves the device only when the person or the
    /// browser erases it.
    KeptStaysOnTheDevice,
    /// A receipt exists only for a submission that is in the store of the server that signed it.
    ReceiptsAreTrue,
    /// After the faults have stopped, every submission is delivered sooner or later, and none needs
    /// attention without a cause.
    QueuesDrain,
    /// A submission that was erased on the server does not come back.
    ErasedStaysErased,
}

/// A violated promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The promise that was broken.
    pub invariant: Invariant,
    /// What was found, for the developer.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.invariant, self.what)
    }
}
