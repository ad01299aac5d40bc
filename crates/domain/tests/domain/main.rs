//! The behaviour of the domain, on a small invented town. One program, so that it links quickly.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod alerts;
mod bundle;
mod catalogue;
mod faults;
mod faults_of_places;
mod hours;
mod office;
mod oracle;
mod trip;
mod values;
mod wire;
