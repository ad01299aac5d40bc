//! The promises of the index: every kind of match, explanations that are true, and no panic
//! whatever its bytes are.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use finder::{Builder, Field, Finder, Meeting};

const SERVICES: [(&str, &str, &str); 6] = [
    ("Get a dog licence", "pet, tag", "Every dog needs one; buy it online."),
    ("Report a pothole", "road damage", "Tell us where the road is broken."),
    ("Snow plowing", "ice, winter", "How roads are cleared."),
    ("Pay a property tax bill", "taxes, instalment", "Online, by mail or at a counter."),
    ("Déneigement des trottoirs", "neige", "Sidewalks in winter."),
    ("Food truck licence", "chip wagon", "For hot dog carts too."),
];

fn index() -> Vec<u8> {
    let mut builder = Builder::default();
    for (name, keywords, summary) in SERVICES {
        builder.add([(Field::Name, name), (Field::Keyword, keywords), (Field::Summary, summary)]);
    }
    builder.finish()
}

fn first(question: &str) -> Option<&'static str> {
    let index = index();
    Finder::of(&index)
        .unwrap()
        .find(question, 3)
        .first()
        .map(|found| SERVICES[found.document as usize].0)
}

#[test]
fn a_question_meets_words_forms_beginnings_and_slips() {
    for (question, name) in [
        ("dog licence", SERVICES[0].0),
        ("dogs license", SERVICES[0].0),
        ("how do I get my dog a licence?", SERVICES[0].0),
        ("lcience for a dog", SERVICES[0].0),
        ("potho", SERVICES[1].0),
        ("pot hole", SERVICES[1].0),
        ("snowplowing", SERVICES[2].0),
        ("plowed roads", SERVICES[2].0),
        ("proprety taxs", SERVICES[3].0),
        ("deneigement", SERVICES[4].0),
        ("DÉNEIGEMENT", SERVICES[4].0),
        ("chip wagons", SERVICES[5].0),
    ] {
        assert_eq!(first(question), Some(name), "{question}");
    }
    for nothing in ["", "the", "qqqqqq", "!?", "how do you "] {
        assert_eq!(first(nothing), None, "{nothing}");
    }
}

#[test]
fn a_reason_names_word_field_and_how_they_met() {
    let index = index();
    let explanation = Finder::of(&index).unwrap().explain("dgo taxes whatever");
    let dog = explanation.of(0);
    assert_eq!(
        (dog.len(), dog[0].typed.as_str(), dog[0].word.as_str(), dog[0].field, dog[0].meeting),
        (1, "dgo", "dog", Field::Name, Meeting::Slips(1))
    );
    let tax = explanation.of(3);
    assert!(tax.iter().any(|reason| reason.word == "tax"
        && reason.field == Field::Name
        && reason.meeting == Meeting::Form
        && reason.worth > 0.0));
    assert_eq!(explanation.meant().as_deref(), Some("dog taxes whatever"));
    assert_eq!(Finder::of(&index).unwrap().explain("dog").meant(), None);
}

#[test]
fn all_that_was_found_can_be_counted() {
    let index = index();
    let finder = Finder::of(&index).unwrap();
    let mut counted = 0;
    let listed = finder.find("licence", 10).len();
    finder.each_found(|_| counted += 1);
    assert_eq!((listed, counted), (2, 2));
}

#[test]
fn a_damaged_index_finds_something_else_or_nothing_and_never_ends_the_app() {
    let index = index();
    for length in 0..index.len() {
        let _ = Finder::of(&index[..length]).map(|finder| finder.find("dog licence pothole", 9));
    }
    for at in 0..index.len() {
        for change in [1, 0x40, 0x80, 0xff] {
            let mut damaged = index.clone();
            damaged[at] ^= change;
            if let Some(finder) = Finder::of(&damaged) {
                let found = finder.find("dgo licence winter", 9);
                found.iter().for_each(|found| {
                    drop(finder.explain("dgo licence winter").of(found.document))
                });
            }
        }
    }
}

/// Found by `cargo xtask fuzz`: a word whose last letter has more than one byte ended the app.
#[test]
fn words_in_any_script_are_only_not_known() {
    let index = index();
    let finder = Finder::of(&index).unwrap();
    for question in
        ["w\u{fffd}", "привет собака", "日本語", "ไทย", "한국어 licence", "dog 🐕", "é", "ж", "نص"]
    {
        let found = finder.find(question, 3);
        found.iter().for_each(|found| drop(finder.explain(question).of(found.document)));
    }
    assert_eq!(
        first("собака licence dog"),
        Some(SERVICES[0].0),
        "and the known ones beside them still count"
    );
}

#[test]
fn another_format_is_not_read() {
    let mut index = index();
    index[4] += 1;
    assert!(Finder::of(&index).is_none() && Finder::of(b"").is_none());
}
