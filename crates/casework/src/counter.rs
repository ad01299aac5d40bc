//! Counters and pop-up locations: the record of what staff did with tablets, counters and events
//! ([`ledger`]), how it becomes the next edition of the service directory ([`overlay`]), and what
//! staff counted at their counters ([`contacts`]).

pub mod contacts;
pub mod ledger;
pub mod overlay;
