//! The finder as a WebAssembly module for comparisons with other engines. It takes documents, and
//! returns the positions of those that match.
//!
//! In a browser: `init(docs)` with the documents as one text, and `search(query, k)`. `dump()`
//! returns everything needed for searching as bytes, and `load(bytes)` loads it; `count(query)`
//! returns how many of all matching documents have each of `choices()`.

pub mod facets;

use facets::Facet;
use finder::{Builder, Field, Finder};

/// Separates two documents.
pub const DOCUMENT_ENDS: char = '\u{1e}';
/// Separates two fields of a document.
pub const FIELD_ENDS: char = '\u{1f}';
/// The fields of a document, in the order in which they are passed: title, keywords, thesaurus,
/// area, audience, summary, category, format.
pub const FIELDS: [Field; 8] = [
    Field::Name,
    Field::Keyword,
    Field::Lay,
    Field::Keyword,
    Field::Topic,
    Field::Summary,
    Field::Topic,
    Field::Topic,
];
/// Indexes of the fields that are counted: category, area, format.
const FACETS: [usize; 3] = [6, 3, 7];

/// An index, and the facets of its documents. In the product, facets come from the catalogue and
/// are not in the index; here they follow the index.
#[derive(Debug)]
pub struct Answering<'a> {
    /// Everything that [`made_of`] built.
    pub bytes: &'a [u8],
    /// The index.
    pub finder: Finder<'a>,
    /// The facets: category, area, format.
    pub facets: Vec<Facet<'a>>,
}

/// Builds the index of documents passed as one text, followed by their facets. The bytes begin with
/// the number of documents and the length of the index (2 × u32).
pub fn made_of(documents: &str) -> Vec<u8> {
    let documents: Vec<Vec<&str>> = documents
        .split(DOCUMENT_ENDS)
        .filter(|document| !document.is_empty())
        .map(|document| document.split(FIELD_ENDS).collect())
        .collect();
    let mut builder = Builder::default();
    for document in &documents {
        builder.add(FIELDS.into_iter().zip(document.iter().copied()));
    }
    let index = builder.finish();
    let facets = FACETS.map(|field| {
        facets::written(
            &documents
                .iter()
                .map(|document| document.get(field).copied().unwrap_or_default())
                .collect::<Vec<_>>(),
        )
    });
    [
        &(documents.len() as u32).to_le_bytes(),
        &(index.len() as u32).to_le_bytes(),
        index.as_slice(),
        &facets.concat(),
    ]
    .concat()
}

impl<'a> Answering<'a> {
    /// Reads the result of [`made_of`]; `None` if it is malformed.
    pub fn of(bytes: &'a [u8]) -> Option<Self> {
        let (documents, rest) = bytes.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (index, mut columns) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let facets = FACETS
            .iter()
            .map(|_| Facet::read(&mut columns, u32::from_le_bytes(*documents) as usize))
            .collect::<Option<_>>()?;
        Some(Self { bytes, finder: Finder::of(index)?, facets })
    }

    /// The number of matching documents, then how many of these have each choice, facet by facet.
    pub fn count(&self, question: &str) -> Vec<u32> {
        self.finder.find(question, 1);
        let mut all = Vec::new();
        self.finder.each_found(|document| all.push(document));
        let mut counts = vec![all.len() as u32];
        counts.extend(self.facets.iter().flat_map(|facet| facet.counts(&all)));
        counts
    }
}

#[cfg(target_family = "wasm")]
#[allow(unreachable_pub, reason = "the exports are called from JavaScript")]
mod browser {
    use super::{Answering, DOCUMENT_ENDS, FIELD_ENDS, made_of};
    use std::cell::RefCell;
    use wasm_bindgen::prelude::*;

    thread_local! {
        static ANSWERING: RefCell<Option<Answering<'static>>> = const { RefCell::new(None) };
    }

    fn answer<T: Default>(ask: impl FnOnce(&Answering<'_>) -> T) -> T {
        ANSWERING.with_borrow(|answering| answering.as_ref().map(ask).unwrap_or_default())
    }

    /// Builds the index of the documents and searches in it from now on.
    #[wasm_bindgen]
    pub fn init(documents: &str) {
        load(made_of(documents));
    }

    /// All bytes needed for searching, for `load`; empty before `init`.
    #[wasm_bindgen]
    pub fn dump() -> Vec<u8> {
        answer(|answering| answering.bytes.to_vec())
    }

    /// Searches from now on in the bytes from `dump`, which stay in memory as long as the page;
    /// false if they are malformed.
    #[wasm_bindgen]
    pub fn load(bytes: Vec<u8>) -> bool {
        ANSWERING.set(Answering::of(Vec::leak(bytes)));
        ANSWERING.with_borrow(Option::is_some)
    }

    /// Indexes of the matching documents, best first.
    #[wasm_bindgen]
    pub fn search(query: &str, most: usize) -> Vec<u32> {
        answer(|answering| {
            answering.finder.find(query, most).iter().map(|found| found.document).collect()
        })
    }

    /// The number of matching documents, then for each of `choices` how many of these.
    #[wasm_bindgen]
    pub fn count(query: &str) -> Vec<u32> {
        answer(|answering| answering.count(query))
    }

    /// The names of all choices, facet by facet.
    #[wasm_bindgen]
    pub fn choices() -> String {
        let names = |answering: &Answering<'_>| {
            answering
                .facets
                .iter()
                .map(|facet| facet.choices.join(&FIELD_ENDS.to_string()))
                .collect::<Vec<_>>()
        };
        answer(names).join(&DOCUMENT_ENDS.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENTS: [[&str; 8]; 3] = [
        [
            "Dog licence",
            "pet, tag",
            "mutt",
            "Norland",
            "families",
            "Every dog needs one.",
            "Animals",
            "Online",
        ],
        [
            "Lost dog",
            "pet",
            "stray",
            "Bobcaygeon",
            "families",
            "Tell us where.",
            "Animals",
            "By phone",
        ],
        [
            "Burn permit",
            "fire",
            "bonfire",
            "Norland",
            "adults",
            "Before you burn.",
            "Fire",
            "Online",
        ],
    ];

    fn made() -> Vec<u8> {
        made_of(
            &DOCUMENTS
                .map(|document| document.join(&FIELD_ENDS.to_string()))
                .join(&DOCUMENT_ENDS.to_string()),
        )
    }

    #[test]
    fn all_that_fit_are_counted_by_each_facet() {
        let bytes = made();
        let answering = Answering::of(&bytes).expect("what was made can be read");
        let choices: Vec<&str> =
            answering.facets.iter().flat_map(|facet| facet.choices.iter().copied()).collect();
        assert_eq!(choices, ["Animals", "Fire", "Bobcaygeon", "Norland", "By phone", "Online"]);
        assert_eq!(answering.count("dog"), [2, 2, 0, 1, 1, 1, 1]);
        assert_eq!(answering.count("bonfire"), [1, 0, 1, 0, 1, 0, 1]);
        assert_eq!(answering.count("zzzz"), [0; 7]);
    }

    #[test]
    fn a_piece_of_what_was_made_is_nothing() {
        let bytes = made();
        assert!((0..bytes.len()).all(|length| Answering::of(&bytes[..length]).is_none()));
    }
}
