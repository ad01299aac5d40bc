//! Turns a municipality's folder under `data/` into what the server serves: reads the files that
//! people edit, reports every fault in them, and assembles the static site.

#![warn(missing_docs)]

/// Assembling the site: one folder with every file that the server serves.
pub mod assemble;
/// Publishing an edition of the catalogue for servers that are running.
pub mod edition;
/// Faults with file, line, record and field.
pub mod located;
/// Measures of a directory that its editors want to see grow.
pub mod measures;
/// Setting and ending urgent notices.
pub mod notice;
/// Measuring the search quality on judged queries.
pub mod quality;
/// JSON Schemas of the files that people edit.
pub mod schemas;
/// Reading and checking a municipality's folder.
pub mod source;
/// Enrolling a public terminal.
pub mod terminal;

pub use assemble::{Assembly, CompressedCopies, assemble};
pub use edition::{Publication, publish};
pub use source::{Source, check_dir, read_text, replace_text};
pub use terminal::add_terminal;
