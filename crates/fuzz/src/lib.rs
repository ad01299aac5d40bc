//! Fuzz targets: every decoder of bytes from outside, from the network, a disk or a person's
//! keyboard. Each [`FuzzTarget`] is one such decoder together with the use of its result. For every
//! input, a target must not panic, hang, or allocate memory without bound.
//!
//! Two drivers supply the bytes: the tests, with seeds and mutations of seeds that are the same at
//! every run, and `cargo xtask fuzz`, where libFuzzer searches for inputs that reach new code.
#![warn(missing_docs)]

pub mod memory;
pub mod mutation;
mod places;
mod targets;

pub use targets::{FuzzTarget, TARGETS, target};

/// Most bytes of one input: as many as one request may have.
pub const INPUT_BYTES_MAX: usize = domain::submission::REQUEST_BYTES_MAX;
/// Most bytes that one input may allocate at once. A request of 512 KB is decoded into less than
/// ten times its size; the rest is for vectors that double.
pub const PEAK_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Most seconds that one input may take, on a busy machine with all checks enabled.
pub const INPUT_S_MAX: u64 = 5;
