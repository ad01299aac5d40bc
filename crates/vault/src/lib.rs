//! The municipality's keys and everything that is done with them: [`keys`] opens sealed envelopes,
//! signs receipts and editions, and is backed up on paper; [`event_cipher`] encrypts what staff
//! write; [`receipts`] lets other programs verify what was signed; [`private`] makes files that
//! only their owner can read.
//!
//! A secret never leaves this crate except into a key file or an encrypted backup. The crate uses
//! no database and no network, and shows no page.

#![warn(missing_docs)]

mod clock;
pub mod event_cipher;
pub mod keys;
mod marks;
pub mod private;
mod random;
pub mod receipts;

pub use clock::{iso, now_ms, now_s};
pub use marks::{Lookup, SenderTag, Tombstone};
pub use random::random;
