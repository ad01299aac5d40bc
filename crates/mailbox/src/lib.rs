//! Mail that people send to the municipality: from the bytes of a message, which a stranger chose,
//! to what the office needs.
//!
//! [`reading`] reads a message, [`automatic`] recognizes what no person wrote, [`html`] makes text
//! of HTML, [`quotes`] removes what a reply repeats, [`language`] guesses the language, [`token`]
//! joins a reply to its inquiry, and [`limits`] bounds a day. All of these are pure.
//! [`working_off`] takes the waiting messages of a mailbox one after the other; the mailbox is a
//! small trait, [`reader`], with [`imap`] and, for tests, [`memory`] behind it.
//!
//! What a message says never gets into the log, into an error, or into an answer.

#![warn(missing_docs)]

pub mod account;
pub mod automatic;
pub mod html;
pub mod imap;
pub mod language;
pub mod limits;
pub mod memory;
pub mod quotes;
pub mod reader;
pub mod reading;
pub mod token;
pub mod working_off;
