//! A catalogue and what belongs to it, whole: what a server needs to make the next edition of it, and the form in which devices get it.

use crate::catalogue::index_of;
use crate::search::Finder;
use crate::thesaurus::Thesaurus;
use domain::catalogue::{Catalogue, CatalogueFile, NotWritable};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An edition with all that devices do not get: words that are in the index only, addresses of sources, the editors' notes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Whole {
    pub catalogue: CatalogueFile,
    pub thesaurus: Thesaurus,
}

/// Why there is no bundle of a catalogue.
#[derive(Debug, Clone, PartialEq)]
pub enum NotBundled {
    NotWritable(NotWritable),
    /// What was written reads back as something else. It is not let out.
    ReadsOtherwise,
}

impl fmt::Display for NotBundled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotBundled::NotWritable(fault) => write!(f, "the catalogue cannot be written: {fault}"),
            NotBundled::ReadsOtherwise => {
                f.write_str("the catalogue reads back otherwise than it was written")
            }
        }
    }
}

impl std::error::Error for NotBundled {}

/// The catalogue and its index in the form that the app reads; read back and compared before they are let out. Gives the catalogue as devices have
/// it beside the bytes.
pub fn bundle_of(
    catalogue: &Catalogue,
    thesaurus: &Thesaurus,
) -> Result<(Catalogue, Vec<u8>), NotBundled> {
    let index = index_of(catalogue, thesaurus);
    let catalogue = catalogue.for_devices();
    let bytes = catalogue.to_bundle(&index).map_err(NotBundled::NotWritable)?;
    match Catalogue::from_bundle(&bytes) {
        Some((read, rest)) if read == catalogue && Finder::of(rest).is_some() => {
            Ok((catalogue, bytes))
        }
        _ => Err(NotBundled::ReadsOtherwise),
    }
}
