//! The outbox, the courier and the seal together, against a town hall in memory.

mod contract;
mod courier;
mod sealing;
mod town;
