//! Simulates power cuts under a database: everything that was flushed survives, and of the rest
//! only the sectors that the disk happened to have written.
//!
//! [`layer`] is a VFS between SQLite and the files that records what SQLite does. [`record`] holds
//! these events in order, together with the acknowledgements that the store's callers got. [`cut`]
//! computes from them the files as they would be found after a cut at any moment. [`trial`] runs
//! the real store, cuts, opens what is left, and compares.
#![warn(missing_docs)]

pub mod cut;
mod layer;
pub mod record;
pub mod trial;
