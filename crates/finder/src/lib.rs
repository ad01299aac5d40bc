//! Search: from a person's own words to ranked documents.
//!
//! A [`Builder`] makes an index when a catalogue is published. A [`Finder`] reads the index in
//! place and is queried at every keystroke. It folds case and accents, treats the word being typed
//! as a prefix, knows the forms of a word, tolerates typing errors depending on the length of the
//! word, weights rare words more than common ones, and ignores stop words. It can explain every
//! result. It must not depend on the user interface.

#![warn(missing_docs)]

mod answer;
mod build;
mod catalogue;
mod facets;
mod index;
mod names;
mod neighbours;
mod search;
mod slips;
mod tasks;
pub mod thesaurus;
mod variants;
mod whole;
mod words;

pub use answer::{Answer, AskedFact, answer_to};
pub use build::Builder;
pub use catalogue::{IndexedRecord, asked_elsewhere, index_of, record_at, services_found};
pub use domain::text::folded;
pub use facets::{AUDIENCES, Counts, FacetFilter, FacetWay};
pub use index::{DOCUMENTS_MAX, Field};
pub use names::{name_in, name_of};
pub use search::{Explanation, Finder, MatchReason, SearchMatch};
pub use tasks::find_tasks;
pub use variants::Meeting;
pub use whole::{EditionBundle, EditionWords, NotBundled, Whole, bundle_of};
