//! Builds an index, when a catalogue is published.

use crate::index::{BLOCK, DOCUMENTS_MAX, FORMAT, Field, LONG, MAGIC, SINGLE, is_shorter_as_bits};
use crate::words::{content_words, sayings, searchable, words_of};
use std::collections::BTreeMap;

/// A list of more bytes stores its length, so that it can be skipped without being read.
const SHORT_BYTES_MAX: usize = 48;

/// Separators between several phrases in one text.
const SAYINGS_END: [char; 3] = [',', ';', '\n'];

type DocumentFields = [Vec<u32>; Field::ALL.len()];

/// Collects documents one by one and builds an index of all of them.
#[derive(Debug, Default)]
pub struct Builder {
    words: BTreeMap<String, DocumentFields>,
    name_words: Vec<u8>,
}

impl Builder {
    /// Adds a document. It gets the next number, starting at zero.
    ///
    /// # Panics
    ///
    /// If there are more than [`DOCUMENTS_MAX`] documents.
    pub fn add<'t>(&mut self, texts: impl IntoIterator<Item = (Field, &'t str)>) {
        let document = self.name_words.len() as u32;
        assert!(
            (document as usize) < DOCUMENTS_MAX,
            "an index holds {DOCUMENTS_MAX} documents at most"
        );
        let mut best: BTreeMap<String, Field> = BTreeMap::new();
        let mut in_name = 0_u8;
        for (field, text) in texts {
            let text = searchable(text);
            // A phrase that people say is found as a whole, whatever words it consists of.
            if field == Field::Lay {
                for saying in text.split(SAYINGS_END).filter_map(saying_of) {
                    best.entry(saying).or_insert(field);
                }
            }
            for word in content_words(&text) {
                in_name = in_name.saturating_add((field == Field::Name).into());
                best.entry(word.into())
                    .and_modify(|known| *known = field.min(*known))
                    .or_insert(field);
            }
        }
        for (word, field) in best {
            self.words.entry(word).or_default()[field as usize].push(document);
        }
        self.name_words.push(in_name);
    }

    /// Returns the index as bytes, for [`crate::Finder::of`].
    pub fn finish(self) -> Vec<u8> {
        let documents = self.name_words.len();
        let (mut blocks, mut letters, mut lists) = (Vec::new(), Vec::new(), Vec::new());
        let (mut all_shared, mut all_own) = (Vec::new(), Vec::new());
        let mut before: &str = "";
        for (at, (word, fields)) in self.words.iter().enumerate() {
            if at % BLOCK == 0 {
                blocks.extend((letters.len() as u32).to_le_bytes());
                blocks.extend((lists.len() as u32).to_le_bytes());
                before = "";
            }
            let shared = word.bytes().zip(before.bytes()).take_while(|(a, b)| a == b).count();
            // A word has at most 31 bytes.
            all_shared.push(shared as u8);
            all_own.push((word.len() - shared) as u8);
            letters.extend(&word.as_bytes()[shared..]);
            lists.extend(list_of(fields, documents));
            before = word;
        }
        let measures = [documents, self.words.len(), letters.len()]
            .map(|number| (number as u32).to_le_bytes());
        [
            MAGIC.as_slice(),
            &[FORMAT],
            &measures.concat(),
            &self.name_words,
            &blocks,
            &all_shared,
            &all_own,
            &letters,
            &lists,
        ]
        .concat()
    }
}

/// A whole text of a few words, with stop words among them, joined into one word.
fn saying_of(text: &str) -> Option<String> {
    let words: Vec<&str> = words_of(text).collect();
    sayings(&words)
        .find(|(_, at, count)| *at == 0 && *count == words.len())
        .map(|(joined, _, _)| joined)
}

/// Encodes a list in the short form, or in the long form if it is too long to be skipped byte by
/// byte.
fn list_of(fields: &DocumentFields, documents: usize) -> Vec<u8> {
    let head =
        fields.iter().enumerate().map(|(at, found)| u8::from(!found.is_empty()) << at).sum::<u8>();
    let is_single = fields.iter().all(|found| found.len() <= 1);
    let head = head | if is_single { SINGLE } else { 0 };
    let short = documents_of(fields, documents, is_single, false);
    if short.len() <= SHORT_BYTES_MAX {
        return [&[head], short.as_slice()].concat();
    }
    let long = documents_of(fields, documents, is_single, true);
    let mut list = vec![head | LONG];
    put(&mut list, long.len());
    list.extend(long);
    list
}

fn documents_of(
    fields: &DocumentFields,
    documents: usize,
    is_single: bool,
    is_long: bool,
) -> Vec<u8> {
    let mut list = Vec::new();
    for found in fields.iter().filter(|found| !found.is_empty()) {
        if !is_single {
            put(&mut list, found.len());
        }
        if is_shorter_as_bits(found.len(), documents) {
            let mut bits = vec![0; documents.div_ceil(8)];
            found.iter().for_each(|&document| bits[document as usize / 8] |= 1 << (document % 8));
            list.extend(bits);
            continue;
        }
        let mut distances = Vec::new();
        let mut last = 0;
        for &document in found {
            put(&mut distances, (document - last) as usize);
            last = document;
        }
        if is_long {
            put(&mut list, distances.len());
        }
        list.extend(distances);
    }
    list
}

/// Encodes LEB128.
fn put(to: &mut Vec<u8>, mut number: usize) {
    while number > 0x7f {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}
