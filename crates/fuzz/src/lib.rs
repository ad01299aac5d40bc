//! Every decoder of bytes that come from elsewhere: what the network, a disk or a person's keyboard gives us. Each [`Target`] is
//! such a decoder with what is done to its outcome, and must neither panic, nor hang, nor take memory without bound.
//!
//! Two drivers give them bytes: the tests, with seeds and changes of seeds that are the same at every run, and
//! `cargo xtask fuzz`, where libFuzzer looks for inputs that reach what none has reached.

pub mod memory;
pub mod mutation;
mod places;
mod targets;

pub use targets::{TARGETS, Target, target};

/// Bytes of one input: as much as one request may have.
pub const INPUT_BYTES_MAX: usize = domain::submission::REQUEST_BYTES_MAX;
/// Memory that one input may take at once. A request of 512 KB is read into less than its tenfold; the rest are vectors that double.
pub const PEAK_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Seconds that one input may take, on a machine that is busy and with all checks in.
pub const INPUT_S_MAX: u64 = 5;
