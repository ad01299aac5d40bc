//! An index reads back exactly what was put into it: random words in random documents, against
//! plain maps.

use super::*;
use crate::Builder;
use std::collections::BTreeMap;

/// Marsaglia's xorshift, so that a failure can be reproduced.
struct IndexRandom(u64);

impl IndexRandom {
    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % count
    }
}

/// For each word, the documents that have it in each field.
type ExpectedIndex = BTreeMap<String, [Vec<u32>; Field::ALL.len()]>;

/// An index of so many documents, and what it must contain. Each word has its own rarity, from one
/// document to nearly all.
fn made(documents: usize, words: usize, seed: u64) -> (Vec<u8>, ExpectedIndex) {
    let mut random = IndexRandom(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let vocabulary: Vec<(String, usize)> = (0..words)
        .map(|at| (format!("zz{:x}", at * 37 % 4_096), 1 + random.below(1 + documents / 2)))
        .collect();
    let mut texts: Vec<BTreeMap<&str, Field>> = vec![BTreeMap::new(); documents];
    for (word, rarity) in &vocabulary {
        let first = random.below(documents);
        for (at, text) in texts.iter_mut().enumerate() {
            if at == first || random.below(*rarity) == 0 {
                text.insert(word, Field::ALL[random.below(Field::ALL.len())]);
            }
        }
    }
    let (mut builder, mut expected) = (Builder::default(), ExpectedIndex::new());
    for (document, text) in texts.iter().enumerate() {
        builder.add(text.iter().map(|(&word, &field)| (field, word)));
        for (&word, &field) in text {
            expected.entry(word.into()).or_default()[field as usize].push(document as u32);
        }
    }
    (builder.finish(), expected)
}

fn documents_of(list: List<'_>) -> [Vec<u32>; Field::ALL.len()] {
    let mut all: [Vec<u32>; Field::ALL.len()] = Default::default();
    for documents in list {
        let found = &mut all[documents.field as usize];
        documents.each(|document| {
            found.push(document);
            true
        });
        assert_eq!(found.len(), documents.count);
    }
    all
}

#[test]
fn every_word_has_the_documents_that_it_was_put_into() {
    for (documents, words, seed) in
        [(1, 1, 1), (3, 40, 2), (9, 33, 3), (70, 200, 4), (700, 130, 5), (3_000, 66, 6)]
    {
        let (bytes, expected) = made(documents, words, seed);
        let index = Index::of(&bytes).unwrap();
        let mut all = index.words_from(b"");
        for (number, (word, fields)) in expected.iter().enumerate() {
            let found = all.next().unwrap();
            assert_eq!((found.word(), found.number), (word.as_bytes(), number));
            assert_eq!(documents_of(index.list(number)), *fields, "{word} of {documents}");
        }
        assert!(all.next().is_none());
    }
}

#[test]
fn a_document_is_among_those_of_a_word_or_is_not() {
    for (documents, words, seed) in [(9, 20, 7), (300, 40, 8)] {
        let (bytes, expected) = made(documents, words, seed);
        let index = Index::of(&bytes).unwrap();
        for (number, fields) in expected.values().enumerate() {
            for list in index.list(number) {
                let theirs = &fields[list.field as usize];
                for document in 0..documents as u32 + 20 {
                    assert_eq!(list.have(document), theirs.contains(&document), "{document}");
                }
            }
        }
    }
}

#[test]
fn visiting_documents_stops_when_asked_to() {
    for (documents, rare) in [(400, true), (400, false)] {
        let mut builder = Builder::default();
        for at in 0..documents {
            let has = if rare { at % 20 == 3 } else { at % 2 == 1 };
            builder.add(has.then_some((Field::Name, "word")));
        }
        let bytes = builder.finish();
        let list = Index::of(&bytes).unwrap().list(0).next().unwrap();
        let mut visited = Vec::new();
        list.each(|document| {
            visited.push(document);
            visited.len() < 3
        });
        assert_eq!(visited, if rare { [3, 23, 43] } else { [1, 3, 5] });
    }
}

#[test]
fn words_are_read_from_any_beginning_on() {
    let (bytes, expected) = made(20, 300, 9);
    let index = Index::of(&bytes).unwrap();
    let all: Vec<&str> = expected.keys().map(String::as_str).collect();
    let near = |word: &&str| [word.to_string(), format!("{word}0"), word[..word.len() - 1].into()];
    let starts = all.iter().flat_map(near).chain(["".into(), "a".into(), "zzz".into()]);
    for from in starts {
        let mut words = index.words_from(from.as_bytes());
        let expected: Vec<&str> = all.iter().copied().filter(|&word| *word >= *from).collect();
        for word in &expected {
            assert_eq!(
                words.next().map(|found| found.word().to_vec()),
                Some(word.as_bytes().to_vec()),
                "{from}"
            );
        }
        assert!(words.next().is_none(), "{from}");
    }
}

#[test]
fn a_word_says_how_many_letters_it_shares_with_the_one_before_it() {
    let (bytes, expected) = made(5, 100, 10);
    let index = Index::of(&bytes).unwrap();
    let mut words = index.words_from(b"");
    let mut before = "";
    for (number, word) in expected.keys().enumerate() {
        let shared = word.bytes().zip(before.bytes()).take_while(|(a, b)| a == b).count();
        let is_first_of_block = number % BLOCK == 0;
        assert_eq!(words.next().unwrap().shared, if is_first_of_block { 0 } else { shared });
        before = word;
    }
}

#[test]
fn a_word_counts_once_in_its_best_field_and_names_are_measured() {
    let mut builder = Builder::default();
    builder.add([
        (Field::Summary, "dog"),
        (Field::Name, "The dog licence of the town"),
        (Field::Keyword, "dog licence"),
    ]);
    builder.add([(Field::Summary, "dog"), (Field::Topic, "dogs")]);
    let bytes = builder.finish();
    let index = Index::of(&bytes).unwrap();
    assert_eq!((index.documents, index.name_words(0)), (2, 3), "dog, licence, town");
    assert_eq!((index.name_words(1), index.name_words(9)), (1, 1), "never zero");
    let dog = documents_of(index.list(0));
    assert_eq!(dog, [vec![0], vec![], vec![], vec![], vec![], vec![1]]);
}

#[test]
fn numbers_take_seven_bits_a_byte() {
    for (bytes, number) in [
        (&[0][..], Some(0)),
        (&[0x7f], Some(127)),
        (&[0x80, 1], Some(128)),
        (&[0xff, 0x7f], Some(16_383)),
        (&[0x81, 0x82, 0x03], Some(1 + (2 << 7) + (3 << 14))),
        (&[0xff, 0xff, 0xff, 0xff, 0x0f], Some(u32::MAX)),
        (&[0x80], None),
        (&[0x80; 6], None),
        (&[], None),
    ] {
        assert_eq!(number_from(&mut &bytes[..]), number, "{bytes:?}");
    }
    let mut two = &[0x80, 1, 5][..];
    assert_eq!((number_from(&mut two), number_from(&mut two)), (Some(128), Some(5)));
}

#[test]
fn only_whole_files_of_this_format_are_read() {
    let (bytes, _) = made(9, 40, 11);
    assert_eq!(bytes[..5], *b"HUBF\x03");
    let lists_begin = bytes.len() - Index::of(&bytes).unwrap().lists.len();
    for length in 0..bytes.len() {
        assert_eq!(Index::of(&bytes[..length]).is_some(), length >= lists_begin, "{length}");
    }
    let mut many = bytes.clone();
    many[5..9].copy_from_slice(&(DOCUMENTS_MAX as u32 + 1).to_le_bytes());
    assert!(Index::of(&many).is_none());
}

#[test]
fn a_bitmap_is_used_where_it_is_shorter() {
    let is_shorter = |count| is_shorter_as_bits(count, 80);
    assert!(!is_shorter(10) && is_shorter(11));
}

#[test]
fn fields_are_worth_less_the_less_they_say() {
    let all = |of: fn(Field) -> f32| Field::ALL.map(of);
    assert!(all(Field::weight).is_sorted_by(|better, other| better > other));
    assert!(all(Field::sureness).is_sorted_by(|better, other| better >= other));
    assert_eq!(all(Field::weight), [5.0, 4.0, 3.2, 1.6, 1.5, 1.0]);
    assert_eq!(all(Field::commonness), [1.0, 1.0, 1.0, 1.0, 1.0, 0.2]);
    assert_eq!(all(Field::sureness), [1.0, 1.0, 1.0, 0.8, 0.65, 0.3]);
}
