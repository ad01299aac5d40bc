//! The way in for comparisons with other engines: documents in, numbers of documents out.
//!
//! In a browser: `init(docs)` with the documents as one text, `search(query, k)`; `dump()` gives the index and `load(bytes)` takes it.

use finder::{Builder, Field, Finder};

/// Between two documents, and between two fields of one.
pub const DOCUMENT_ENDS: char = '\u{1e}';
pub const FIELD_ENDS: char = '\u{1f}';
/// The fields of a document, in the order in which they are given: title, keywords, thesaurus, area, audience, summary, category, format.
pub const FIELDS: [Field; 8] = [Field::Name, Field::Keyword, Field::Lay, Field::Keyword, Field::Topic, Field::Summary, Field::Topic, Field::Topic];

/// The index of documents given as one text.
pub fn index_of(documents: &str) -> Vec<u8> {
    let mut builder = Builder::default();
    for document in documents.split(DOCUMENT_ENDS).filter(|document| !document.is_empty()) {
        builder.add(FIELDS.into_iter().zip(document.split(FIELD_ENDS)));
    }
    builder.finish()
}

/// A finder that lives as long as the page.
pub fn finder_of(index: Vec<u8>) -> Option<Finder<'static>> {
    Finder::of(Vec::leak(index))
}

#[cfg(target_family = "wasm")]
#[allow(unreachable_pub, reason = "what is exported is reached from JavaScript")]
mod browser {
    use finder::Finder;
    use std::cell::RefCell;
    use wasm_bindgen::prelude::*;

    thread_local! {
        static FINDER: RefCell<Option<Finder<'static>>> = const { RefCell::new(None) };
        static INDEX: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }

    /// Builds the index and keeps a copy for [`dump`].
    #[wasm_bindgen]
    pub fn init(documents: &str) {
        let index = super::index_of(documents);
        INDEX.set(index.clone());
        FINDER.set(super::finder_of(index));
    }

    #[wasm_bindgen]
    pub fn dump() -> Vec<u8> {
        INDEX.take()
    }

    /// Reads an index; false when it is none.
    #[wasm_bindgen]
    pub fn load(index: Vec<u8>) -> bool {
        FINDER.set(super::finder_of(index));
        FINDER.with_borrow(Option::is_some)
    }

    /// Numbers of the documents that fit, best first.
    #[wasm_bindgen]
    pub fn search(query: &str, most: usize) -> Vec<u32> {
        FINDER.with_borrow(|finder| finder.iter().flat_map(|finder| finder.find(query, most)).map(|found| found.document).collect())
    }

    /// Numbers of all documents that the last question found, for counting them.
    #[wasm_bindgen]
    pub fn each_found() -> Vec<u32> {
        let mut all = Vec::new();
        FINDER.with_borrow(|finder| finder.iter().for_each(|finder| finder.each_found(|document| all.push(document))));
        all
    }
}
