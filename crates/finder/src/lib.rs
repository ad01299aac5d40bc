//! Finding: from a person's own words to ranked documents.
//!
//! A [`Builder`] makes an index where a catalogue is published; a [`Finder`] reads it where it lies and is asked at every
//! keystroke. It folds case and accents, takes the word being typed as a beginning, knows the forms of a word, forgives slips of the
//! hand by the length of the word, weighs rare words more than common ones and ignores chatter. What it finds, it can explain.
//! It knows nothing of screens.

mod build;
mod catalogue;
mod facets;
mod index;
mod names;
mod search;
mod slips;
mod tasks;
pub mod thesaurus;
mod variants;
mod whole;
mod words;

pub use build::Builder;
pub use catalogue::{Record, asked_elsewhere, index_of, record_at};
pub use facets::{AUDIENCES, Counts, Filter, Way};
pub use index::{DOCUMENTS_MAX, Field};
pub use names::name_of;
pub use search::{Explanation, Finder, Found, Reason};
pub use tasks::find_tasks;
pub use variants::Meeting;
pub use whole::{NotBundled, Whole, bundle_of};
pub use words::folded;
