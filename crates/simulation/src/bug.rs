//! Mistakes that are typical of systems of this kind, each as a switch of a simulated part. A
//! simulation that does not detect each of them within a few histories is useless.

/// A bug that can be planted on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// The device deletes a submission when it hands it to the network.
    DeleteOnSend,
    /// After a failure the device sends the same message under a new id.
    NewIdOnRetry,
    /// The server answers "received" and stores it a little later.
    AcknowledgeBeforeCommit,
    /// The device deletes what is older than a month by its own clock.
    TrustInTheClock,
    /// The server stores a row for whatever arrives, even a duplicate.
    NoIdempotency,
    /// A restored server keeps its epoch, so no device learns that the server lost something.
    SameEpochAfterRestore,
}

impl Bug {
    /// All of them.
    pub const ALL: [Bug; 6] = [
        Bug::DeleteOnSend,
        Bug::NewIdOnRetry,
        Bug::AcknowledgeBeforeCommit,
        Bug::TrustInTheClock,
        Bug::NoIdempotency,
        Bug::SameEpochAfterRestore,
    ];
}
