//! Mistakes that systems of this kind have made, each as a switch of a twin. A simulation that does not
//! notice them within few histories is blind.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// The device forgets an entry when it hands it to the network.
    DeleteOnSend,
    /// After a failure the device sends the same words under a new id.
    NewIdOnRetry,
    /// The server says "received" and writes it down a little later.
    AcknowledgeBeforeCommit,
    /// The device throws away what its own clock says is older than a month.
    TrustInTheClock,
    /// The server makes a row of whatever comes.
    NoIdempotency,
    /// A restored server keeps its epoch, so no device knows that it lost something.
    SameEpochAfterRestore,
}

impl Bug {
    pub const ALL: [Bug; 6] = [
        Bug::DeleteOnSend,
        Bug::NewIdOnRetry,
        Bug::AcknowledgeBeforeCommit,
        Bug::TrustInTheClock,
        Bug::NoIdempotency,
        Bug::SameEpochAfterRestore,
    ];
}
