//! A catalogue with its thesaurus and translations: what a server needs to make the next edition,
//! and the files that devices receive.

use crate::catalogue::{index_of, index_of_translated};
use crate::search::Finder;
use crate::thesaurus::Thesaurus;
use domain::catalogue::{Catalogue, CatalogueFile, NotWritable, TranslationFile, Translations};
use domain::text::Language;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// An edition with everything that devices do not receive: words that are only in the index,
/// addresses of sources, the editors' notes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Whole {
    /// All records of the edition.
    pub catalogue: CatalogueFile,
    /// The words that people use for them, and the translations.
    #[serde(flatten)]
    pub words: EditionWords,
}

/// What belongs to a catalogue in addition to its records.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct EditionWords {
    /// The words that people use for the records.
    pub thesaurus: Thesaurus,
    /// The records' texts in other languages, at most one for each language.
    #[serde(default)]
    pub translations: Vec<Translations>,
}

/// An edition in the form that devices receive.
#[derive(Debug, Clone, PartialEq)]
pub struct EditionBundle {
    /// The catalogue as devices have it.
    pub catalogue: Catalogue,
    /// The file of the catalogue and its index, in English.
    pub bytes: Vec<u8>,
    /// A file of texts, with its index, for each other language.
    pub translations: Vec<(Language, Vec<u8>)>,
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

/// Bundles a catalogue with its indexes in the form that the app reads. Every file is read back and
/// compared before it is returned.
pub fn bundle_of(catalogue: &Catalogue, words: &EditionWords) -> Result<EditionBundle, NotBundled> {
    let index = index_of(catalogue, &words.thesaurus);
    let mut for_devices = catalogue.for_devices().file().clone();
    let mut translations = Vec::new();
    for translation in &words.translations {
        let bytes = translated_bundle(catalogue, &for_devices, words, translation)?;
        let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let language = translation.language;
        for_devices.translations.push(TranslationFile { language, sha256 });
        translations.push((language, bytes));
    }
    let for_devices = Catalogue::published(for_devices);
    let bytes = for_devices.to_bundle(&index).map_err(NotBundled::NotWritable)?;
    match Catalogue::from_bundle(&bytes) {
        Some((read, rest)) if read == for_devices && Finder::of(rest).is_some() => {
            Ok(EditionBundle { catalogue: for_devices, bytes, translations })
        }
        _ => Err(NotBundled::ReadsOtherwise),
    }
}

/// The texts of a catalogue in one language, with the index of the translated catalogue.
fn translated_bundle(
    catalogue: &Catalogue,
    for_devices: &CatalogueFile,
    words: &EditionWords,
    translation: &Translations,
) -> Result<Vec<u8>, NotBundled> {
    // The index needs what devices do not receive, in the other language.
    let texts = translation.to_bundle(catalogue, &[]);
    let (translated, _) = catalogue.clone().translated(&texts).ok_or(NotBundled::ReadsOtherwise)?;
    let index = index_of_translated(&translated, catalogue, translation.language, &words.thesaurus);
    let for_devices = Catalogue::published(for_devices.clone());
    let bytes = translation.to_bundle(&for_devices, &index);
    match for_devices.clone().translated(&bytes) {
        Some((_, rest)) if Finder::of(rest).is_some() => Ok(bytes),
        _ => Err(NotBundled::ReadsOtherwise),
    }
}
