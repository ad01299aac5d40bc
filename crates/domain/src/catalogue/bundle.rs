//! The catalogue as one published file, in columns: all names together, all addresses together, all
//! fees together. Similar values lie side by side, so the file compresses to a fifth of the size,
//! and reading it takes a tenth of the code that a self-describing format needs.
//!
//! The file consists of: the four letters `HUBC`; the format number; the count of columns; the
//! lengths of each column's numbers and texts; all numbers; all texts. The finder's index follows.
//! Counts, lengths and numbers are LEB128; texts end with a zero byte. A column is one field of one
//! type. Columns are numbered in the order in which a walk through the catalogue first meets their
//! type, which is the same for the writer and the reader.

mod read;
mod records;
mod write;

pub(crate) use read::Columns;

use super::{Catalogue, CatalogueFile};
use serde::Serialize;

/// The first bytes of the file.
const MAGIC: &[u8; 4] = b"HUBC";
/// Grows when the layout changes, including when a field is added or removed. A reader knows
/// exactly one format.
const FORMAT: u8 = 5;
/// Factor by which a fraction is multiplied to be written as an integer. All fractions are degrees,
/// to about a metre.
const DEGREES: f64 = 100_000.0;

/// Why a catalogue could not be written. None of these happens to a catalogue whose texts were
/// typed by people.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotWritable {
    /// A text contains a zero byte, which ends a text in the file.
    #[error("“{}” holds a zero byte: take it out", .0.replace('\0', "␀"))]
    ZeroInText(String),
    /// A number has more than five decimal places.
    #[error("{0} has more than five digits after its point: five are a metre")]
    TooFine(f64),
    /// A record uses a form of data that the format cannot represent.
    #[error("the published form has no place for {0}")]
    Unsupported(String),
}

impl Catalogue {
    /// Serializes a checked catalogue to its published form, followed by `index`, the finder's
    /// index. Returns an error if a value has no form in the format.
    pub fn to_bundle(&self, index: &[u8]) -> Result<Vec<u8>, NotWritable> {
        let mut columns = write::WrittenColumns::default();
        // What a task only explains has no column: it follows the task's services, and those
        // services do not name the task.
        let mut file = self.file.clone();
        file.tasks.iter_mut().for_each(|task| task.services.append(&mut task.explains));
        file.serialize(&mut columns)?;
        let mut bytes = columns.into_bytes();
        bytes.extend(index);
        Ok(bytes)
    }

    /// Parses the output of [`Catalogue::to_bundle`] without checking the catalogue again: the
    /// caller has verified the bytes against a hash or signature. Returns the catalogue and the
    /// finder's index; `None` if the bytes are of another format or damaged.
    pub fn from_bundle(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (mut columns, index) = Columns::of(bytes)?;
        let file = CatalogueFile::read(&mut columns);
        columns.are_used_up().then(|| (Self::published(file), index))
    }
}

/// A type that can be read from columns. Writing uses serde, so that no record needs a second
/// description for it.
pub(crate) trait Columnar {
    fn read(columns: &mut Columns<'_>) -> Self;
}

#[cfg(test)]
mod tests;
