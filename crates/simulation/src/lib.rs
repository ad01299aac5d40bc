//! Simulated weeks of devices, a network that loses, duplicates, delays and corrupts, and a server
//! that crashes.
//!
//! The outbox, the courier, the sealing, the receipts and the receiving code are the real ones;
//! only the ports are replaced by in-memory versions that can fail ([`device`], [`town`]).
//! [`history::run`] runs one history from its seed and checks it against [`invariants::Invariant`].
//! [`bug::Bug`] is a mistake that a history can plant in them on purpose, to prove that the
//! simulation detects it.
#![warn(missing_docs)]

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
