//! What a power cut leaves of a database: everything that was flushed, and of the rest whatever the disk
//! happened to have written, sector by sector.
//!
//! [`layer`] stands between SQLite and the files and writes down what SQLite does; [`record`] keeps that in
//! order, together with what the store said to its callers; [`cut`] makes from it the files as they are found
//! after a cut at any moment; [`trial`] lets the real store work, cuts, opens what is left, and compares.

pub mod cut;
mod layer;
pub mod record;
pub mod trial;
