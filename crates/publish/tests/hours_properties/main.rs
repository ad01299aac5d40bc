//! Checks opening hours against a second implementation that shares no code with the first: it
//! fills in every minute on a line, with the days of another calendar. It must never call what
//! `domain::hours` computes; it only reads records.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod agreement;
mod catalogue;
mod dates;
mod found;
mod generated;
mod holidays;
mod made;
mod plan;
mod timeline;
mod zones;
