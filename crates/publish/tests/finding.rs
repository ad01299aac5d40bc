//! Finding on the real catalogue.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use finder::Finder;
use publish::quality::answers;
use std::path::Path;

fn with_finder(check: impl Fn(&dyn Fn(&str) -> Vec<String>, &Finder<'_>)) {
    let (catalogue, thesaurus) = publish::check_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/kawartha-lakes")).unwrap();
    let index = finder::index_of(&catalogue, &thesaurus);
    let finder = Finder::of(&index).unwrap();
    check(&|question| answers(&catalogue, &finder, question), &finder);
}

#[test]
fn a_service_is_found_by_its_words_by_their_beginnings_and_in_spite_of_slips() {
    with_finder(|answers, _| {
        for (question, service) in [
            ("dog licence", "dog-licence"),
            ("dog licnce", "dog-licence"),
            ("dog lcience", "dog-licence"),
            ("potho", "report-pothole"),
            ("phothole", "report-pothole"),
            ("How do I get a building permit?", "building-permit"),
            ("BURN PERMITS", "burn-permit"),
        ] {
            assert_eq!(answers(question).first().map(String::as_str), Some(service), "{question}");
        }
    });
}

#[test]
fn nothing_is_found_for_nonsense_and_nothing_breaks_on_anything() {
    with_finder(|answers, _| {
        for question in ["qqqq zzzz", "", "   ", "?!", "\u{301}\u{301}", &"ü".repeat(5_000)] {
            assert!(answers(question).is_empty(), "{question:.20}");
        }
    });
}
