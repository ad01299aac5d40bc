//! How documents are ranked: the score of a small index by hand, and the promises of the bounds.

use super::*;
use crate::Builder;

type TestTexts<'t> = &'t [(Field, &'t str)];

fn index_of(documents: &[TestTexts<'_>]) -> Vec<u8> {
    let mut builder = Builder::default();
    documents.iter().for_each(|texts| builder.add(texts.iter().copied()));
    builder.finish()
}

/// The documents found for a question, with their scores.
fn found(documents: &[TestTexts<'_>], question: &str) -> Vec<(u32, f32)> {
    let bytes = index_of(documents);
    let found = Finder::of(&bytes).unwrap().find(question, 9);
    found.into_iter().map(|found| (found.document, found.score)).collect()
}

/// Weight of a word that `met` of `all` documents have.
fn weight(all: f32, met: f32) -> f32 {
    (1.0 + all / (1.0 + met)).ln()
}

fn check(documents: &[TestTexts<'_>], question: &str, expected: &[(u32, f32)]) {
    let found = found(documents, question);
    assert_eq!(found.len(), expected.len(), "{question}: {found:?}");
    for ((document, score), (expected, value)) in found.iter().zip(expected) {
        assert_eq!(document, expected, "{question}: {found:?}");
        assert!(
            (score - value).abs() < 1e-4,
            "{question}: {found:?}, document {expected}: {value}"
        );
    }
}

const ONE_WORD: [TestTexts<'_>; 5] = [
    &[(Field::Summary, "tree")],
    &[(Field::Topic, "tree")],
    &[(Field::Lay, "tree")],
    &[(Field::Keyword, "tree")],
    &[(Field::Name, "tree care")],
];

#[test]
fn a_word_is_worth_what_its_field_says_and_more_the_rarer_it_is() {
    // Four documents and a fifth of the one that only mentions it.
    let rare = weight(5.0, 4.2);
    check(
        &ONE_WORD,
        "tree",
        &[(4, rare * 5.0 * 1.125), (3, rare * 4.0), (2, rare * 3.2), (1, rare * 1.6 * 0.8)],
    );
}

#[test]
fn a_word_by_which_people_ask_counts_more_than_a_mention_and_covers_more() {
    let documents: [TestTexts<'_>; 3] = [
        &[(Field::Summary, "basement water")],
        &[(Field::Asked, "basement water")],
        &[(Field::Name, "oak")],
    ];
    // One document, and a fifth of the one that only mentions it.
    let all = 2.0 * weight(3.0, 1.2);
    check(&documents, "water basement", &[(1, all * 1.5 * 0.65), (0, all * 0.3)]);
}

#[test]
fn a_name_that_contains_little_else_comes_first() {
    let documents: [TestTexts<'_>; 3] = [
        &[(Field::Name, "tree")],
        &[(Field::Name, "tree planting")],
        &[(Field::Name, "big tree planting day")],
    ];
    let rare = weight(3.0, 3.0) * 5.0;
    check(&documents, "tree", &[(0, rare * 1.25), (1, rare * 1.125), (2, rare * 1.0625)]);
}

#[test]
fn a_document_that_has_all_words_comes_before_one_that_has_some() {
    let documents: [TestTexts<'_>; 3] = [
        &[(Field::Keyword, "oak")],
        &[(Field::Keyword, "oak stump")],
        &[(Field::Keyword, "stump"), (Field::Summary, "oak")],
    ];
    let (oak, stump) = (weight(3.0, 2.2), weight(3.0, 2.0));
    let all = oak + stump;
    check(
        &documents,
        "oak stump",
        &[
            (1, all * 4.0),
            (2, (stump * 4.0 + oak) * (stump + 0.3 * oak) / all),
            (0, oak * 4.0 * oak / all),
        ],
    );
}

#[test]
fn lay_words_as_they_were_said_raise_the_document() {
    let documents: [TestTexts<'_>; 2] =
        [&[(Field::Lay, "old couch")], &[(Field::Keyword, "couch")]];
    let (old, couch) = (weight(2.0, 1.0), weight(2.0, 2.0));
    let all = old + couch;
    check(&documents, "old couch", &[(0, all * 3.2 * 1.5), (1, couch * 4.0 * couch / all)]);
    check(&documents, "couch", &[(1, couch * 4.0), (0, couch * 3.2)]);
    let other_form: [TestTexts<'_>; 2] =
        [&[(Field::Lay, "old couches")], &[(Field::Keyword, "chair")]];
    let each = weight(2.0, 1.0) * 3.2;
    check(&other_form, "old couch", &[(0, each + each * 0.9)]);
}

#[test]
fn a_word_that_nobody_knows_makes_every_answer_less_sure() {
    let documents: [TestTexts<'_>; 2] = [&[(Field::Keyword, "oak")], &[(Field::Keyword, "elm")]];
    let (oak, unknown) = (weight(2.0, 1.0), weight(2.0, 0.0) * OF_UNKNOWN);
    check(&documents, "oak qqqqqqq ", &[(0, oak * 4.0 * oak / (oak + unknown))]);
}

#[test]
fn a_phrase_is_found_as_a_whole_whatever_its_words_are() {
    let documents: [TestTexts<'_>; 2] =
        [&[(Field::Lay, "someone to talk to")], &[(Field::Keyword, "talk radio")]];
    let first = found(&documents, "I need someone to talk to");
    assert_eq!(first[0].0, 0);
    let (saying, talk) = (weight(2.0, 1.0) * OF_SAYING, weight(2.0, 2.0));
    let all = saying + talk;
    check(&documents, "someone to talk to", &[(0, all * 3.2 * 1.5), (1, talk * 4.0 * talk / all)]);
}

#[test]
fn what_meets_little_of_the_question_or_is_far_behind_is_no_answer() {
    let mention: [TestTexts<'_>; 2] =
        [&[(Field::Summary, "oak elm ash")], &[(Field::Name, "birch")]];
    assert_eq!(found(&mention, "oak").len(), 1, "all of the question, if in passing");
    let documents: [TestTexts<'_>; 2] = [&[(Field::Summary, "oak")], &[(Field::Name, "birch elm")]];
    let both: Vec<u32> = found(&documents, "oak birch elm").iter().map(|found| found.0).collect();
    assert_eq!(both, [1], "a tenth of the question");
}

#[test]
fn equal_scores_keep_the_order_of_documents_and_only_so_many_are_returned() {
    let same: TestTexts<'_> = &[(Field::Name, "tree")];
    let bytes = index_of(&[same; 20]);
    let finder = Finder::of(&bytes).unwrap();
    for most in [0, 1, 7, 20, 50] {
        let found: Vec<u32> =
            finder.find("tree", most).iter().map(|found| found.document).collect();
        assert_eq!(found, (0..most.min(20) as u32).collect::<Vec<_>>(), "{most}");
        let mut counted = 0;
        finder.each_found(|_| counted += 1);
        assert_eq!(counted, 20, "all are counted, however many are shown");
    }
    assert!(finder.find("qqqq", 9).is_empty());
    let mut counted = 0;
    finder.each_found(|_| counted += 1);
    assert_eq!(counted, 0, "nothing of the question before is left");
}

#[test]
fn the_best_are_returned_wherever_they_stand() {
    let bytes = index_of(&ONE_WORD);
    let finder = Finder::of(&bytes).unwrap();
    for (most, expected) in [(1, &[4][..]), (2, &[4, 3]), (3, &[4, 3, 2])] {
        let found: Vec<u32> =
            finder.find("tree", most).iter().map(|found| found.document).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn what_is_counted_is_what_is_found() {
    let bytes = index_of(&ONE_WORD);
    let finder = Finder::of(&bytes).unwrap();
    for question in ["tree", "care", "tree care", "tre", "nothing"] {
        let mut listed: Vec<u32> =
            finder.find(question, 99).iter().map(|found| found.document).collect();
        let mut counted = Vec::new();
        finder.each_found(|document| counted.push(document));
        listed.sort_unstable();
        counted.sort_unstable();
        assert_eq!(listed, counted, "{question}");
    }
}

/// The words of a question that count, with what each may mean.
fn asked(known: &str, question: &str) -> Vec<String> {
    let bytes = index_of(&[[(Field::Lay, known)].as_slice(); 3]);
    Finder::of(&bytes).unwrap().asked(question).into_iter().map(|asked| asked.typed).collect()
}

#[test]
fn stop_words_do_not_count_unless_they_are_all_there_is() {
    let known = "dog licence airbnb fire ban theatre";
    for (question, expected) in [
        ("How do I get a dog licence?", &["dog", "licence"][..]),
        ("dog dog DOG", &["dog"]),
        ("the", &["the"]),
        ("the ", &[]),
        ("how do the", &["the"]),
        ("air bnb", &["airbnb"]),
        ("dog fire", &["dog", "fire"]),
        ("fireban", &["fire", "ban"]),
        ("", &[]),
    ] {
        assert_eq!(asked(known, question), expected, "{question}");
    }
}

#[test]
fn a_long_question_is_read_to_its_bounds() {
    let known = "dog";
    let long = format!("{}dog", "x".repeat(199) + " ");
    assert_eq!(asked(known, &long).len(), 1, "200 characters");
    assert_eq!(asked(known, &format!("{}dog", " ".repeat(197))), ["dog"]);
    let words: String = (0..40).map(|at| format!("w{at}w ")).collect();
    assert_eq!(asked(known, &words).len(), WORDS_MAX);
}

#[test]
fn a_reason_is_the_best_match_and_says_what_it_adds() {
    let bytes = index_of(&[
        &[(Field::Name, "plow"), (Field::Keyword, "plows")],
        &[(Field::Summary, "plow")],
        &[(Field::Name, "garbage bags")],
    ]);
    let finder = Finder::of(&bytes).unwrap();
    let met = weight(3.0, 1.2 + 1.0);
    let reasons = finder.explain("plow").of(0);
    assert_eq!(
        (reasons.len(), reasons[0].field, reasons[0].meeting),
        (1, Field::Name, Meeting::Same)
    );
    assert!((reasons[0].worth - met * 5.0).abs() < 1e-4, "{reasons:?}");
    let mention = finder.explain("plow").of(1);
    assert!((mention[0].worth - met).abs() < 1e-4, "{mention:?}");
    assert!(finder.explain("plow").of(2).is_empty());
    assert!(!finder.explain("plow garbage").is_whole(2));
    assert!(finder.explain("garbage bag").is_whole(2));
    assert!(!finder.explain("garbgae bag").is_whole(2), "a slip is not certain");
}

#[test]
fn what_was_meant_is_the_likeliest_word_for_each_slip() {
    let bytes = index_of(&[[(Field::Name, "garbage garbages bags")].as_slice(); 3]);
    let finder = Finder::of(&bytes).unwrap();
    for (question, meant) in [
        ("garbgae bags", Some("garbage bags")),
        ("bags", None),
        ("bag", None),
        ("qqqqqqq", None),
        ("grabage qqqqqqq", Some("garbage qqqqqqq")),
    ] {
        assert_eq!(finder.explain(question).meant().as_deref(), meant, "{question}");
    }
}

#[test]
fn rare_words_bring_documents_and_common_words_only_rank_them() {
    // With little weight left to match, a document without the rare word cannot come first.
    let mut documents: Vec<TestTexts<'_>> = vec![&[(Field::Keyword, "common")]; 60];
    documents.push(&[(Field::Keyword, "rare common")]);
    documents.push(&[(Field::Keyword, "rare")]);
    let found = found(&documents, "common rare");
    assert_eq!(found.iter().map(|found| found.0).collect::<Vec<_>>(), [60, 61]);
}

#[test]
fn a_phone_number_is_found_however_it_is_written_and_another_one_is_not() {
    let documents: [TestTexts<'_>; 3] = [
        &[(Field::Name, "tree care"), (Field::Topic, "705-324-9411 ext. 12")],
        &[(Field::Name, "ambulance"), (Field::Topic, "911")],
        &[(Field::Name, "budget 2005"), (Field::Topic, "(705) 324-5731")],
    ];
    let numbers = |question: &str| {
        found(&documents, question).into_iter().map(|(document, _)| document).collect::<Vec<_>>()
    };
    for question in [
        "705-324-9411",
        "705 324 9411",
        "7053249411",
        "+1 (705) 324.9411",
        "705\u{2011}324\u{2011}9411",
        "who is 705 324 9411 ext 12",
        "７０５３２４９４１１",
    ] {
        assert_eq!(numbers(question), [0], "{question}");
    }
    for question in ["705-324-9412", "705", "324 9411", "211", "2 1 1", "91", "2025"] {
        assert!(numbers(question).is_empty(), "{question}");
    }
    assert_eq!(numbers("9-1-1"), [1]);
    let bytes = index_of(&documents);
    let finder = Finder::of(&bytes).unwrap();
    assert_eq!(numbers("2025 budget"), [2]);
    assert_eq!(finder.explain("2025 budget").meant(), None);
}
