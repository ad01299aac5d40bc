//! What an inquiry, a counter and a survey are to the office: its rules, as pure functions.
//!
//! [`case`] says what an inquiry is and [`clock`] when it is due; [`inquiry`] puts both together,
//! [`settled`] is what stays in memory of a closed one, and [`listed`] is either, as lists and
//! figures ([`tally`]) see it. [`counter`] is what staff decide about counters and count there,
//! [`survey`] what they do with the survey and how answers become a round. [`ledger`] is how both
//! are recorded, act by act. [`team`] is what colleagues agree among themselves, [`merged`] which
//! inquiries are answered together, [`templates`] what replies begin with. [`body`] decides which
//! decrypted bytes are a valid submission.
//!
//! Nothing here knows a store, a key, a network, a page or the time: the same input gives the same
//! result, on any machine. There must be no dependency that does I/O.

#![warn(missing_docs)]

pub mod backlog;
pub mod body;
pub mod case;
pub mod channel;
pub mod clock;
pub mod counter;
pub mod demand;
pub mod inquiry;
pub mod ledger;
pub mod listed;
pub mod maintenance;
pub mod merged;
pub mod month;
pub mod promise;
pub mod random;
pub mod settled;
pub mod stages;
pub mod suppress;
pub mod survey;
pub mod tally;
pub mod team;
pub mod templates;
pub mod when;
