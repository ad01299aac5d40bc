//! The catalogue as one published file, in columns: all names together, all addresses together, all fees
//! together. What is alike lies side by side, so that it travels in a fifth of its size, and reading it
//! takes a tenth of the code that a self-describing format needs.
//!
//! The file is: the four letters `HUBC`, the number of the format, the count of columns, the lengths of
//! each column's numbers and texts, all numbers, all texts; what follows is the finder's index. Counts, lengths and numbers are LEB128; texts
//! end with a zero byte. A column is one field of one type. Columns are numbered in the order in which a
//! walk through the catalogue first meets their type, which is the same for the writer and the reader.

mod read;
mod records;
mod write;

pub(crate) use read::Columns;

use super::{Catalogue, CatalogueFile};
use serde::Serialize;
use std::fmt;

/// The file's first letters.
const MAGIC: &[u8; 4] = b"HUBC";
/// Grows when the layout changes, also when a field comes or goes. A reader knows one.
const FORMAT: u8 = 4;
/// What a fraction is multiplied with to be written as a whole number: all our fractions are degrees, to a metre.
const DEGREES: f64 = 100_000.0;

/// Why a catalogue could not be written. Neither happens to a catalogue whose texts were typed by people.
#[derive(Debug, Clone, PartialEq)]
pub enum NotWritable {
    /// Texts end with a zero byte, so they cannot hold one.
    ZeroInText(String),
    /// A number with more than five digits after its point.
    TooFine(f64),
    /// A record uses a form of data that the format has no place for.
    Unsupported(String),
}

impl fmt::Display for NotWritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotWritable::ZeroInText(text) => {
                write!(f, "“{}” holds a zero byte: take it out", text.replace('\0', "␀"))
            }
            NotWritable::TooFine(number) => {
                write!(f, "{number} has more than five digits after its point: five are a metre")
            }
            NotWritable::Unsupported(what) => {
                write!(f, "the published form has no place for {what}")
            }
        }
    }
}

impl std::error::Error for NotWritable {}

impl Catalogue {
    /// The published form of a checked catalogue, and after it what belongs to it: the finder's index.
    pub fn to_bundle(&self, index: &[u8]) -> Result<Vec<u8>, NotWritable> {
        let mut columns = write::Columns::default();
        self.file.serialize(&mut columns)?;
        let mut bytes = columns.into_bytes();
        bytes.extend(index);
        Ok(bytes)
    }

    /// Reads what [`Catalogue::to_bundle`] has written, without checking it again: the caller has compared
    /// the bytes with their hash or signature. `None` when they are of another format, or damaged.
    pub fn from_bundle(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (mut columns, index) = Columns::of(bytes)?;
        let file = CatalogueFile::read(&mut columns);
        columns.are_used_up().then(|| (Self::published(file), index))
    }
}

/// What can be read from columns. Writing follows serde, so that a record needs no second description of that.
pub(crate) trait Columnar {
    fn read(columns: &mut Columns<'_>) -> Self;
}
