//! The outbox, the courier and the seal together, against a town hall in memory.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod carrying;
mod contract;
mod courier;
mod sealing;
mod town;
