//! Finding: from a person's own words to ranked services.
//!
//! A [`Finder`] is built once from a catalogue and asked at every keystroke. It folds case and accents,
//! takes the word being typed as a beginning, and forgives slips of the hand by the length of the word.
//! It knows nothing of screens; what it finds says why it was found.

mod edits;
mod index;
mod words;

pub use index::{Field, Finder, Found, Reason};
pub use words::folded;
