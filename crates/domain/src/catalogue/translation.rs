//! The texts of a catalogue in another language.
//!
//! A translation is kept by its English text: when the English changes, the old translation no
//! longer fits, and the English is shown until somebody writes a new one. A device fetches the
//! texts of one language as one file of the same edition, in the order of
//! [`CatalogueFile::each_text`].

use super::{Catalogue, CatalogueFile};
use crate::text::Language;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The first bytes of the file.
const MAGIC: &[u8; 4] = b"HUBT";
/// Grows when the layout changes. A reader knows exactly one format.
const FORMAT: u8 = 1;

/// Everything that a municipality has translated into one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Translations {
    /// The language of the translations.
    pub language: Language,
    /// Each English text, with its translation.
    pub texts: BTreeMap<String, String>,
}

/// What a translation lacks and has too much.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TranslationGaps {
    /// English texts of the catalogue without a translation.
    pub missing: BTreeSet<String>,
    /// English texts that the catalogue no longer has: they were changed or taken out.
    pub stale: BTreeSet<String>,
}

impl Translations {
    /// Compares the translations with a catalogue.
    pub fn gaps(&self, catalogue: &Catalogue) -> TranslationGaps {
        let mut all = BTreeSet::new();
        catalogue.file.clone().each_text(&mut |text| {
            all.insert(std::mem::take(text));
        });
        TranslationGaps {
            stale: self.texts.keys().filter(|text| !all.contains(*text)).cloned().collect(),
            missing: all.into_iter().filter(|text| !self.texts.contains_key(text)).collect(),
        }
    }

    /// Serializes the texts of a catalogue in this language, followed by `index`, the finder's
    /// index of the translated catalogue. A text without a translation is empty. Layout: the four
    /// letters `HUBT`; the format number; the texts, each ended by a zero byte; the index.
    pub fn to_bundle(&self, catalogue: &Catalogue, index: &[u8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(FORMAT);
        catalogue.file.clone().each_text(&mut |text| {
            let translated = self.texts.get(text).map_or("", String::as_str);
            bytes.extend(translated.bytes().filter(|byte| *byte != 0));
            bytes.push(0);
        });
        bytes.extend(index);
        bytes
    }
}

impl Catalogue {
    /// The catalogue in another language, and the finder's index, from the output of
    /// [`Translations::to_bundle`] for this edition. `None` if the bytes are of another format or
    /// damaged; the caller has compared them with the hash in [`CatalogueFile::translations`].
    pub fn translated(mut self, bytes: &[u8]) -> Option<(Self, &[u8])> {
        let mut rest = bytes.strip_prefix(MAGIC)?.strip_prefix(&[FORMAT])?;
        let mut is_whole = true;
        let Self { file, untranslated } = &mut self;
        file.each_text(&mut |text| {
            let translated = rest.iter().position(|byte| *byte == 0).and_then(|end| {
                let (translated, after) = rest.split_at(end);
                rest = &after[1..];
                std::str::from_utf8(translated).ok()
            });
            match translated {
                Some("") => untranslated.push(text.clone()),
                Some(translated) => *text = translated.into(),
                None => is_whole = false,
            }
        });
        is_whole.then_some((self, rest))
    }

    /// Whether a text of a translated catalogue is still English.
    pub fn is_untranslated(&self, text: &str) -> bool {
        self.untranslated.iter().any(|untranslated| untranslated == text)
    }
}

impl CatalogueFile {
    /// Visits every text that people read and that is in one language only, always in the same
    /// order.
    pub fn each_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        for service in &mut self.services {
            visit(&mut service.name);
            visit(&mut service.summary);
            visit(&mut service.department);
            visit_all(&mut service.fee, visit);
            service.fees.iter_mut().for_each(|fee| visit(&mut fee.what));
            visit_all(&mut service.eligibility, visit);
            visit_all(&mut service.documents, visit);
            visit_all(&mut service.processing_time, visit);
            visit_all(&mut service.steps, visit);
            visit_all(&mut service.notes, visit);
        }
        for task in &mut self.tasks {
            visit(&mut task.name);
            visit_all(&mut task.for_residents, visit);
            visit_all(&mut task.steps, visit);
            visit_all(&mut task.documents, visit);
        }
        for hub in &mut self.hubs {
            visit(&mut hub.name);
            visit_all(&mut hub.hours_note, visit);
            visit_all(&mut hub.directions, visit);
            visit_all(&mut hub.parking, visit);
            visit_all(&mut hub.accessibility, visit);
            visit_all(&mut hub.notes, visit);
            hub.offerings.iter_mut().for_each(|offering| visit_all(&mut offering.note, visit));
        }
        for event in &mut self.life_events {
            visit(&mut event.name);
            visit(&mut event.summary);
            event.steps.iter_mut().for_each(|step| visit(&mut step.text));
        }
    }
}

fn visit_all<'t>(
    texts: impl IntoIterator<Item = &'t mut String>,
    visit: &mut dyn FnMut(&mut String),
) {
    texts.into_iter().for_each(visit);
}
