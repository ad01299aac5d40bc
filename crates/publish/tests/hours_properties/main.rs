//! The opening hours of the real catalogue, against the second implementation of the domain's
//! tests.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod catalogue;
#[path = "../../../domain/tests/domain/oracle/mod.rs"]
#[expect(dead_code, reason = "the domain's own tests use all of it")]
mod oracle;
