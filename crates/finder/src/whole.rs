//! A catalogue with its thesaurus: what a server needs to make the next edition, and the bundle
//! that devices receive.

use crate::catalogue::index_of;
use crate::search::Finder;
use crate::thesaurus::Thesaurus;
use domain::catalogue::{Catalogue, CatalogueFile, NotWritable};
use serde::{Deserialize, Serialize};

/// An edition with everything that devices do not receive: words that are only in the index,
/// addresses of sources, the editors' notes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Whole {
    /// All records of the edition.
    pub catalogue: CatalogueFile,
    /// The words that people use for them.
    pub thesaurus: Thesaurus,
}

/// Why a catalogue could not be bundled.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotBundled {
    /// The bundle format cannot represent it.
    #[error("the catalogue cannot be written: {0}")]
    NotWritable(NotWritable),
    /// The bundle reads back as something else, so it is not released.
    #[error("the catalogue reads back otherwise than it was written")]
    ReadsOtherwise,
}

/// Bundles a catalogue with its index in the form that the app reads. The bundle is read back and
/// compared before it is returned. Returns the catalogue as devices have it, and the bytes.
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
