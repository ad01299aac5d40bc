//! Invented weeks of devices, a network that loses, doubles, delays and lies, and a server that dies.
//!
//! The outbox, the courier, the seal, the receipts and the receiving code are the real ones; only the ports
//! are twins that can break ([`device`], [`town`]). [`history::run`] tells one history from its seed and
//! checks it against [`invariants::Invariant`]. [`bug::Bug`] breaks a twin on purpose, to see that it is noticed.

pub mod bug;
pub mod chronicle;
pub mod device;
pub mod executor;
pub mod faults;
pub mod history;
pub mod invariants;
pub mod random;
pub mod town;
pub mod world;
