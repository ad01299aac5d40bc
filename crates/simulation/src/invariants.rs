//! What must hold at the end of every history, and of every receipt at the moment it is written down.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// What was called kept, and was not erased, stands at the town hall.
    NothingIsLost,
    /// One saying, at most one row, and nothing set aside.
    NothingIsDoubled,
    /// What was called kept leaves the device only when the person or the browser erases it.
    KeptStaysOnTheDevice,
    /// A receipt is only ever for what stands in the store that signed it.
    ReceiptsAreTrue,
    /// When the faults have stopped, nothing waits for ever and nothing asks for attention without a cause.
    QueuesDrain,
    /// What was erased at the town hall does not come back.
    ErasedStaysErased,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub invariant: Invariant,
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.invariant, self.what)
    }
}
