//! Reads a municipality's translations: one folder for each language, named by its tag, with files
//! of pairs.

use super::file::FileReader;
use crate::located::Located;
use domain::catalogue::Translations;
use domain::text::Language;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// One text in two languages: `en`, and the tag of the folder's language.
pub(super) type TranslationPair = BTreeMap<String, String>;

/// The translations of every language except English that has a folder.
pub(super) fn read(reader: &mut FileReader) -> Vec<Translations> {
    let mut translations = Vec::new();
    for language in [Language::French] {
        if reader.has(language.tag()) {
            translations.push(read_language(reader, language));
        }
    }
    translations
}

fn read_language(reader: &mut FileReader, language: Language) -> Translations {
    let tag = language.tag();
    let mut texts = BTreeMap::new();
    for file in reader.names_below(tag) {
        for pair in reader.records::<TranslationPair>(&file, "text") {
            match in_two_languages(pair, tag) {
                Some((english, translated)) => match texts.entry(english) {
                    Entry::Vacant(free) => {
                        free.insert(translated);
                    }
                    Entry::Occupied(known) if *known.get() == translated => {}
                    Entry::Occupied(known) => reader.faults.push(twice(&file, known.key())),
                },
                None => reader.add_file_fault(
                    &file,
                    "a text is not in exactly two languages".into(),
                    &format!("write each as en = \"…\" and {tag} = \"…\""),
                ),
            }
        }
    }
    Translations { language, texts }
}

fn in_two_languages(mut pair: TranslationPair, tag: &str) -> Option<(String, String)> {
    let (english, translated) = (pair.remove("en")?, pair.remove(tag)?);
    let is_filled = !english.trim().is_empty() && !translated.trim().is_empty();
    (pair.is_empty() && is_filled).then_some((english, translated))
}

fn twice(file: &str, english: &str) -> Located {
    Located {
        file: file.into(),
        line: None,
        record: "text".into(),
        field: "en".into(),
        what: format!("“{english}” is translated in two ways"),
        remedy: "keep one of them".into(),
    }
}
