//! The outbox, the courier and the sealing together, against a server in memory.

#![allow(clippy::unwrap_used, reason = "a failed unwrap should fail the test")]

mod carrying;
mod contract;
mod courier;
mod sealing;
mod town;
