//! The survey: the collectors and what staff did with them ([`ledger`]), what a report is computed
//! from ([`spec`]), what an opened submission says ([`given`], and [`packed`] to be held in
//! memory), how submissions become a round of answers ([`round`]), and a report's figures as they
//! are shown ([`shown`]). The statistics are in the crate `insight`.

pub mod given;
pub mod ledger;
pub mod packed;
pub mod round;
pub mod shown;
pub mod spec;
