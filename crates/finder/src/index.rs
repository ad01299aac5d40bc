//! The index: one file that is read in place. Nothing is copied or parsed when it is opened.
//!
//! Layout, integers little-endian: the letters `HUBF`; the format number (1 byte); counts of
//! documents (u32) and words (u32), bytes of all suffixes (u32); for each document the number of
//! content words in its name (u8); for each block of [`BLOCK`] words the offsets of its suffixes
//! and of its lists (2 × u32); for each word the bytes of the prefix that it shares with the word
//! before it (u8; 0 at the start of a block); for each word the bytes of its own suffix (u8); the
//! suffixes; the lists.
//!
//! A list consists of: a byte that says which fields it has ([`Field`], one bit each), whether each
//! field has exactly one document ([`SINGLE`]) and whether the list is long ([`LONG`]); if long,
//! the bytes that follow; then for each field the number of its documents (unless single), the
//! bytes they take (if long), and the documents: as distances from the one before, or as a bitmap
//! of all documents where that is shorter. All of these numbers are LEB128. There is no table of
//! lists: a list is found from the start of its block by skipping at most 31 others.

use crate::words::WORD_BYTES_MAX;

pub(crate) const MAGIC: &[u8; 4] = b"HUBF";
/// Incremented when the layout changes. A reader accepts exactly one format.
pub(crate) const FORMAT: u8 = 3;
const HEADER_BYTES: usize = 17;
/// Words in one block. Within a block, each word shares its prefix with the word before it.
pub(crate) const BLOCK: usize = 32;
/// Bit of a list's first byte: the list stores its length.
pub(crate) const LONG: u8 = 1 << 6;
/// Bit of a list's first byte: each of its fields has exactly one document.
pub(crate) const SINGLE: u8 = 1 << 7;
/// Most documents in one index: what fits in three bytes, enough for a hundred provinces.
pub const DOCUMENTS_MAX: usize = 1 << 24;

/// The part of a document in which a word occurs. A word counts once for each document, in the best
/// of its fields; the best field is declared first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Field {
    /// The name.
    Name,
    /// Keywords that the editors wrote for search.
    Keyword,
    /// What people say instead, from the thesaurus.
    Lay,
    /// Topic, place, audience.
    Topic,
    /// Questions by which people ask for it, in their own words.
    Asked,
    /// The summary.
    Summary,
}

impl Field {
    /// All fields, best first.
    pub const ALL: [Field; 6] =
        [Field::Name, Field::Keyword, Field::Lay, Field::Topic, Field::Asked, Field::Summary];

    /// Score of a word in this field relative to one in the summary.
    pub(crate) fn weight(self) -> f32 {
        [5.0, 4.0, 3.2, 1.6, 1.5, 1.0][self as usize]
    }

    /// How much a document with a word in this field adds to the document frequency of the word.
    pub(crate) fn commonness(self) -> f32 {
        [1.0, 1.0, 1.0, 1.0, 1.0, 0.2][self as usize]
    }

    /// How much of a word counts as matched in this field: a passing mention covers less of the
    /// question.
    pub(crate) fn sureness(self) -> f32 {
        [1.0, 1.0, 1.0, 0.8, 0.65, 0.3][self as usize]
    }
}

/// An index whose section sizes fit its bytes. The content of the sections is read defensively: a
/// damaged index returns no results, or wrong ones, but never ends the app.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Index<'a> {
    /// How many records are indexed.
    pub(crate) documents: usize,
    words: usize,
    name_words: &'a [u8],
    blocks: &'a [u8],
    shared: &'a [u8],
    own: &'a [u8],
    letters: &'a [u8],
    lists: &'a [u8],
}

impl<'a> Index<'a> {
    /// `None` if the bytes are not an index of this format.
    pub(crate) fn of(bytes: &'a [u8]) -> Option<Self> {
        let number =
            |at: usize| Some(u32::from_le_bytes(*bytes.get(at..at + 4)?.first_chunk()?) as usize);
        if bytes.get(..5)? != [MAGIC.as_slice(), &[FORMAT]].concat() {
            return None;
        }
        let (documents, words, letters) = (number(5)?, number(9)?, number(13)?);
        let (name_words, rest) = bytes.get(HEADER_BYTES..)?.split_at_checked(documents)?;
        let (blocks, rest) = rest.split_at_checked(words.div_ceil(BLOCK).checked_mul(8)?)?;
        let (shared, rest) = rest.split_at_checked(words)?;
        let (own, rest) = rest.split_at_checked(words)?;
        let (letters, lists) = rest.split_at_checked(letters)?;
        (documents <= DOCUMENTS_MAX).then_some(Self {
            documents,
            words,
            name_words,
            blocks,
            shared,
            own,
            letters,
            lists,
        })
    }

    /// Content words in the name of a document, at least 1.
    pub(crate) fn name_words(&self, document: u32) -> u8 {
        self.name_words.get(document as usize).copied().unwrap_or(1).max(1)
    }

    /// All words in order, from the first that is not before `word`.
    pub(crate) fn words_from(&self, word: &[u8]) -> IndexWords<'a> {
        let (mut low, mut high) = (0, self.words.div_ceil(BLOCK));
        while high - low > 1 {
            let middle = low.midpoint(high);
            if self.block(middle).next().is_some_and(|first| first.word() <= word) {
                low = middle
            } else {
                high = middle
            }
        }
        let mut words = self.block(low);
        let mut before = words;
        while words.next().is_some_and(|found| found.word() < word) {
            before = words;
        }
        before
    }

    /// The offset of a block's suffixes (`which` 0) or of its lists (1).
    fn start(&self, block: usize, which: usize) -> usize {
        let at = block * 8 + which * 4;
        self.blocks
            .get(at..at + 4)
            .and_then(|bytes| bytes.first_chunk())
            .map_or(usize::MAX, |bytes| u32::from_le_bytes(*bytes) as usize)
    }

    fn block(&self, block: usize) -> IndexWords<'a> {
        let first = (block * BLOCK).min(self.words);
        IndexWords {
            shared: &self.shared[first..],
            own: &self.own[first..],
            letters: self.letters.get(self.start(block, 0)..).unwrap_or_default(),
            next: first,
            found: IndexMatch { word: [0; WORD_BYTES_MAX], length: 0, shared: 0, number: 0 },
        }
    }

    /// The documents of a word, field by field, best field first.
    pub(crate) fn list(&self, word: usize) -> List<'a> {
        let mut bytes = self.lists.get(self.start(word / BLOCK, 1)..).unwrap_or_default();
        for _ in 0..word % BLOCK {
            bytes = List::of(bytes, self.documents).past();
        }
        List::of(bytes, self.documents)
    }
}

/// A word of the index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IndexMatch {
    word: [u8; WORD_BYTES_MAX],
    length: usize,
    /// Bytes shared with the word before it, in the order of iteration.
    pub(crate) shared: usize,
    /// Its index among all words, by which its list is found.
    pub(crate) number: usize,
}

impl IndexMatch {
    pub(crate) fn word(&self) -> &[u8] {
        &self.word[..self.length]
    }
}

/// An iterator over the words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IndexWords<'a> {
    shared: &'a [u8],
    own: &'a [u8],
    letters: &'a [u8],
    next: usize,
    found: IndexMatch,
}

impl IndexWords<'_> {
    /// The next word. Borrowed, not copied: one iteration passes thousands.
    pub(crate) fn next(&mut self) -> Option<&IndexMatch> {
        let (&shared, more_shared) = self.shared.split_first()?;
        let (&own, more_own) = self.own.split_first()?;
        (self.shared, self.own) = (more_shared, more_own);
        let (shared, end) = (usize::from(shared), usize::from(shared) + usize::from(own));
        let (letters, rest) = self.letters.split_at_checked(usize::from(own))?;
        self.found.word.get_mut(shared..end)?.copy_from_slice(letters);
        self.letters = rest;
        (self.found.length, self.found.shared, self.found.number) = (end, shared, self.next);
        self.next += 1;
        Some(&self.found)
    }
}

/// The documents of one word in one field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Documents<'a> {
    pub(crate) field: Field,
    /// How many documents these are.
    pub(crate) count: usize,
    bytes: &'a [u8],
    is_bits: bool,
    documents: usize,
}

impl Documents<'_> {
    /// Calls `visit` for each document, in order, until it returns false.
    #[inline]
    pub(crate) fn each(&self, mut visit: impl FnMut(u32) -> bool) {
        if self.is_bits {
            for (at, &byte) in self.bytes.iter().enumerate() {
                let mut bits = byte;
                while bits != 0 {
                    let document = at as u32 * 8 + bits.trailing_zeros();
                    if document as usize >= self.documents || !visit(document) {
                        return;
                    }
                    bits &= bits - 1;
                }
            }
            return;
        }
        let (mut bytes, mut document) = (self.bytes, 0_usize);
        for _ in 0..self.count {
            let Some(distance) = number_from(&mut bytes) else { return };
            document = document.saturating_add(distance as usize);
            if document >= self.documents || !visit(document as u32) {
                return;
            }
        }
    }

    /// Whether the document is among them.
    pub(crate) fn have(&self, wanted: u32) -> bool {
        if self.is_bits {
            return self
                .bytes
                .get(wanted as usize / 8)
                .is_some_and(|byte| byte >> (wanted % 8) & 1 == 1);
        }
        let mut is_there = false;
        self.each(|document| {
            is_there |= document == wanted;
            document < wanted
        });
        is_there
    }
}

/// An iterator over the fields of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List<'a> {
    bytes: &'a [u8],
    head: u8,
    /// Bytes of a long list, which is skipped in one step.
    length: usize,
    next: usize,
    documents: usize,
}

impl<'a> List<'a> {
    fn of(bytes: &'a [u8], documents: usize) -> Self {
        let (&head, mut bytes) = bytes.split_first().unwrap_or((&0, &[]));
        let length =
            if head & LONG == 0 { 0 } else { number_from(&mut bytes).unwrap_or_default() as usize };
        Self { bytes, head, length, next: 0, documents }
    }

    /// The bytes that follow the list.
    fn past(mut self) -> &'a [u8] {
        if self.head & LONG != 0 {
            return self.bytes.get(self.length..).unwrap_or_default();
        }
        while self.next().is_some() {}
        self.bytes
    }
}

impl<'a> Iterator for List<'a> {
    type Item = Documents<'a>;

    fn next(&mut self) -> Option<Documents<'a>> {
        while self.next < Field::ALL.len() {
            let field = Field::ALL[self.next];
            self.next += 1;
            if self.head >> (self.next - 1) & 1 == 0 {
                continue;
            }
            let count =
                if self.head & SINGLE == 0 { number_from(&mut self.bytes)? as usize } else { 1 };
            let is_bits = is_shorter_as_bits(count, self.documents);
            let length = match (is_bits, self.head & LONG != 0) {
                (true, _) => self.documents.div_ceil(8),
                (false, true) => number_from(&mut self.bytes)? as usize,
                (false, false) => {
                    let mut rest = self.bytes;
                    for _ in 0..count {
                        number_from(&mut rest)?;
                    }
                    self.bytes.len() - rest.len()
                }
            };
            let (bytes, rest) = self.bytes.split_at_checked(length)?;
            self.bytes = rest;
            return Some(Documents { field, count, bytes, is_bits, documents: self.documents });
        }
        None
    }
}

/// Whether a bitmap is shorter than distances, each of which takes at least one byte.
pub(crate) fn is_shorter_as_bits(count: usize, documents: usize) -> bool {
    count > documents / 8
}

/// Decodes LEB128 of at most 32 bits. `None` if the bytes end or continue beyond that.
#[inline]
pub(crate) fn number_from(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0;
    for shift in [0, 7, 14, 21, 28] {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests;
