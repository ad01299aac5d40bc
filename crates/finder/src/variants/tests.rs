//! What a typed word may mean: which words of the index, how they match, and how likely each is.

use super::*;
use crate::{Builder, Field};

/// An index with each of these words in three documents, so that none of them is rare.
fn index_of(words: &[&str]) -> Vec<u8> {
    let mut builder = Builder::default();
    for _ in 0..3 {
        builder.add(words.iter().map(|&word| (Field::Name, word)));
    }
    builder.finish()
}

/// The variants of a word, best first: the word, how it matches, its likeness in thousandths.
fn variants(words: &[&str], typed: &str, is_typing: bool) -> Vec<(String, Meeting, u32)> {
    let bytes = index_of(words);
    let mut found: Vec<_> = variants_of(Index::of(&bytes).unwrap(), typed, is_typing)
        .into_iter()
        .map(|found| (found.word, found.meeting, (found.likeness * 1_000.0).round() as u32))
        .collect();
    found.sort_by_key(|(word, _, likeness)| (u32::MAX - likeness, word.clone()));
    found
}

fn check(words: &[&str], typed: &str, expected: &[(&str, Meeting, u32)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|&(word, meeting, likeness)| (word.to_string(), meeting, likeness))
        .collect();
    assert_eq!(variants(words, typed, false), expected, "{typed}");
}

fn check_typing(words: &[&str], typed: &str, expected: &[(&str, Meeting, u32)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|&(word, meeting, likeness)| (word.to_string(), meeting, likeness))
        .collect();
    assert_eq!(variants(words, typed, true), expected, "{typed}");
}

use Meeting::{Beginning, Form, Same, Slips as Slip};

#[test]
fn the_word_itself_comes_before_its_other_forms() {
    let words = ["plow", "plowing", "plows", "plowed", "plower", "plot", "plo"];
    check(
        &words,
        "plow",
        &[
            ("plow", Same, 1_000),
            ("plowed", Form, 900),
            ("plowing", Form, 900),
            ("plows", Form, 900),
        ],
    );
    check(
        &["library", "libraries", "librarian"],
        "libraries",
        &[("libraries", Same, 1_000), ("library", Form, 900)],
    );
    check(&["licence", "license"], "licensing", &[("licence", Form, 900), ("license", Form, 900)]);
    check(&["tax", "taxi"], "taxes", &[("tax", Form, 900)]);
}

#[test]
fn an_unfinished_word_is_as_likely_as_it_is_long() {
    check_typing(
        &["licence", "licen", "dog"],
        "lic",
        &[("licen", Beginning, 770), ("licence", Beginning, 693)],
    );
    check_typing(&["licence", "dog"], "l", &[("licence", Beginning, 564)]);
    check(&["licence", "dog"], "lice", &[("licence", Beginning, 757)]);
    check(&["licence", "dog"], "li", &[]);
    check_typing(
        &["plow", "plows", "plover"],
        "plow",
        &[("plow", Same, 1_000), ("plows", Form, 900)],
    );
}

#[test]
fn slips_are_forgiven_by_the_length_of_the_word() {
    check(&["dog", "garbage"], "dgo", &[("dog", Slip(1), 720 * 8 / 10)]);
    check(&["garbage"], "grabage", &[("garbage", Slip(1), 720)]);
    check(&["garbage"], "barbage", &[("garbage", Slip(1), 612)]);
    check(&["garbage"], "grabgea", &[]);
    check(&["recycling"], "recyclnig", &[("recycling", Slip(1), 720)]);
    check(&["recycling"], "recylcnig", &[("recycling", Slip(2), 500)]);
    check(&["recycling"], "rceylcnig", &[]);
    check(&["pothole"], "ptohloe", &[("pothole", Slip(2), 400)]);
    check(&["dog"], "xy", &[]);
    check(&["dog"], "dxy", &[]);
}

#[test]
fn an_unfinished_word_may_have_a_slip_from_five_letters_on() {
    let expected = |word: &str, typed: f32, known: f32| {
        let share = 0.4 + 0.5 * typed / known;
        vec![(word.to_string(), Slip(1), (0.72 * share * 1_000.0_f32).round() as u32)]
    };
    assert_eq!(variants(&["recycling"], "recly", true), expected("recycling", 5.0, 9.0));
    assert!(variants(&["recycling"], "recly", false).is_empty());
    assert!(variants(&["recycling"], "rcey", true).is_empty());
}

#[test]
fn a_known_word_is_taken_as_typed_however_rare_it_is() {
    let of = |rare: &str, times: usize, typed: &str| {
        let mut builder = Builder::default();
        for at in 0..6 {
            let rare = (at < times).then_some((Field::Summary, rare));
            builder.add(rare.into_iter().chain([(Field::Name, "parking")]));
        }
        let bytes = builder.finish();
        variants_of(Index::of(&bytes).unwrap(), typed, false)
            .into_iter()
            .map(|found| (found.word, found.meeting))
            .collect::<Vec<_>>()
    };
    let slip = ("parking".to_string(), Slip(1));
    for times in [1, 2, 3] {
        assert_eq!(of("barking", times, "barking"), [("barking".to_string(), Same)], "{times}");
        assert_eq!(of("barking", times, "barked"), [("barking".to_string(), Form)], "{times}");
        // A word that only begins a rare one may be a slip for a common one.
        assert_eq!(of("barkingham", times, "barking").contains(&slip), times < 3, "{times}");
    }
}

#[test]
fn one_prefix_expands_to_so_many_words_and_slips_to_fewer() {
    let letter = |at: u8| char::from(b'a' + at);
    let many: Vec<String> = (0..400).map(|at| format!("word{at:03}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(variants(&many, "word", true).len(), BEGINNING_WORDS_MAX);
    let many: Vec<String> =
        (0..100).map(|at| format!("wordword{}{}", letter(at / 26), letter(at % 26))).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(variants(&many, "wordword..", false).len(), GUESSES_MAX);
}

/// Slips through the whole index must find what a plain comparison of every word finds.
#[test]
fn no_word_within_the_slips_is_passed_over() {
    let mut seed = 11_u64;
    let mut next = |count: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 16) % count
    };
    let mut word = |least: u64| -> String {
        (0..least + next(4)).map(|_| char::from(b"abcd"[next(4) as usize])).collect()
    };
    let known: std::collections::BTreeSet<String> = (0..300).map(|_| word(4)).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let bytes = index_of(&known);
    let index = Index::of(&bytes).unwrap();
    for _ in 0..300 {
        let typed = word(4);
        let mut found = Vec::new();
        guesses(index, &typed, 1, false, &mut found);
        let mut expected: Vec<&str> = Vec::new();
        for &word in &known {
            let mut automaton = Slips::of(&typed, 1);
            let is_alive = word.bytes().enumerate().all(|(at, letter)| automaton.take(at, letter));
            if is_alive && automaton.met_at(word.len()).is_some() {
                expected.push(word);
            }
        }
        expected.truncate(GUESSES_MAX);
        assert_eq!(
            found.iter().map(|found| found.word.as_str()).collect::<Vec<_>>(),
            expected,
            "{typed}"
        );
    }
}

#[test]
fn two_words_written_as_one_are_parted_where_both_are_known() {
    let bytes = index_of(&["fire", "ban", "fireb", "bus", "stop", "é", "été"]);
    let index = Index::of(&bytes).unwrap();
    for (typed, expected) in [
        ("fireban", Some(("fire", "ban"))),
        ("firesban", Some(("fires", "ban"))),
        ("busstop", Some(("bus", "stop"))),
        ("firefox", None),
        ("foxfire", None),
        ("ban", None),
        ("", None),
    ] {
        assert_eq!(halves(index, typed), expected, "{typed}");
    }
    assert!(is_known(index, "buses") && !is_known(index, "busy"));
    assert!(has_word(index, "fire") && !has_word(index, "fir") && !has_word(index, "zzz"));
}

#[test]
fn what_was_typed_counts_as_matched_by_how_sure_it_is() {
    let variant = |meeting, likeness| Variant { number: 0, likeness, meeting, word: String::new() };
    assert_eq!(variant(Beginning, 0.5).sureness(), 1.0);
    assert_eq!(variant(Slip(1), 0.72).sureness(), 0.72);
    assert_eq!(variant(Slip(2), 0.4).sureness(), 0.6);
}

#[test]
fn a_number_is_never_guessed() {
    let words = ["911", "2005", "7053249411", "311", "covid19", "budget"];
    for typed in ["211", "2025", "91", "705", "70532494", "7053249412", "911311", "covid18"] {
        check(&words, typed, &[]);
        check_typing(&words, typed, &[]);
        let bytes = index_of(&words);
        assert_eq!(halves(Index::of(&bytes).unwrap(), typed), None, "{typed}");
    }
    check(&words, "911", &[("911", Same, 1_000)]);
    check(&["a11"], "all", &[]);
    let bytes = index_of(&words);
    assert_eq!(halves(Index::of(&bytes).unwrap(), "budget911"), Some(("budget", "911")));
}
