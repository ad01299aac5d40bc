//! Finding on the real catalogue.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use finder::Finder;
use std::path::Path;

fn first_five(finder: &Finder, question: &str) -> Vec<String> {
    finder.find(question).into_iter().take(5).map(|found| found.service.to_string()).collect()
}

fn finder() -> Finder {
    Finder::new(&publish::check_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/kawartha-lakes")).unwrap().0)
}

#[test]
fn a_service_is_found_by_its_words_by_their_beginnings_and_in_spite_of_slips() {
    let finder = finder();
    for (question, service) in [
        ("dog licence", "dog-licence"),
        ("dog licnce", "dog-licence"),
        ("dog lcience", "dog-licence"),
        ("potho", "report-pothole"),
        ("phothole", "report-pothole"),
        ("How do I get a building permit?", "building-permit"),
        ("BURN PERMITS", "burn-permit"),
    ] {
        assert_eq!(first_five(&finder, question).first().map(String::as_str), Some(service), "{question}");
    }
}

#[test]
fn nothing_is_found_for_nonsense_and_nothing_breaks_on_anything() {
    let finder = finder();
    for question in ["qqqq zzzz", "", "   ", "?!", "\u{301}\u{301}", &"ü".repeat(5_000)] {
        assert!(finder.find(question).is_empty(), "{question:.20}");
    }
}

#[test]
fn a_reason_is_a_word_that_stands_in_the_record() {
    let found = finder().find("taxes");
    assert!(found[0].reasons.iter().all(|reason| reason.word.starts_with("tax") && reason.word != "taxe"), "{:?}", found[0].reasons);
}
