//! What is held is what was opened, bounded, and gone when the store does not list it any more.

use super::*;
use casework::survey::given::GivenAnswer;
use domain::collector::{CollectorCode, Step, Tally, Ticket, Way};
use domain::survey::SurveyAnswer;
use domain::{HubId, Language, QuestionId, ServiceId};

fn id(name: &str) -> QuestionId {
    QuestionId::parse(name).unwrap()
}

fn place(number: u64) -> PagePosition {
    (number, SubmissionId::from_parts(number, [7; 10]))
}

fn keys() -> (tempfile::TempDir, Keys, KeyId) {
    let dir = tempfile::tempdir().unwrap();
    let keys = Keys::open(dir.path(), false).unwrap().0;
    let town = domain::MunicipalityId::parse("pine-harbour").unwrap();
    let key = keys.public(&town, [0; 16], 0).sealing[0].id;
    (dir, keys, key)
}

fn answer(comment: &str) -> OpenedRow {
    let answers = vec![
        (id("overall"), SurveyAnswer::Scale(4)),
        (id("ease"), SurveyAnswer::DoesNotApply),
        (id("channel"), SurveyAnswer::Choice(id("by-phone"))),
        (id("unknown-here"), SurveyAnswer::Choice(id("unknown-too"))),
        (id("why"), SurveyAnswer::Comment(comment.into())),
        (id("more"), SurveyAnswer::Skipped),
    ];
    let given = GivenAnswer {
        survey_version: 3,
        answers,
        language: Language::French,
        collector: Some(CollectorCode::new(Way::Poster, 1, [9; 16])),
        ticket: Some(Ticket([5; 16])),
        service: Some(ServiceId::parse("dog-licence").unwrap()),
        hub: Some(HubId::parse("town-hall").unwrap()),
        seconds: Some(95),
    };
    OpenedRow { sha256: [4; 32], content: Some(OpenedContent::Answer(Box::new(given))) }
}

fn tally() -> OpenedRow {
    let collector = CollectorCode::new(Way::Kiosk, 1, [3; 16]);
    let tally = Tally { collector, step: Step::Opened };
    OpenedRow { sha256: [8; 32], content: Some(OpenedContent::Tally(tally)) }
}

fn all() -> (Bound<PagePosition>, Bound<PagePosition>) {
    (Bound::Unbounded, Bound::Unbounded)
}

#[test]
fn what_was_opened_is_found_as_it_was() {
    let (_dir, keys, key) = keys();
    let opened = OpenedAnswers::default();
    for name in ["overall", "ease", "channel", "by-phone", "why", "more"] {
        opened.held().names.learn(&id(name));
    }
    let comment = "Ünïcode ✓ and quite long";
    opened.put(Kind::Feedback, place(1), key, &answer(comment));
    opened.put(Kind::Tally, place(1), key, &tally());
    let find = |kind| opened.find(kind, &keys, &[place(1), place(2)]);
    assert_eq!(find(Kind::Feedback), [Some(answer(comment)), None]);
    assert_eq!(find(Kind::Tally), [Some(tally()), None]);
}

#[test]
fn what_the_store_does_not_list_is_dropped() {
    let (_dir, keys, key) = keys();
    let opened = OpenedAnswers::default();
    (1..=4).for_each(|number| opened.put(Kind::Feedback, place(number), key, &answer("")));
    opened.put(Kind::Tally, place(2), key, &tally());
    // The second was erased or set aside; the fourth is outside of what was listed.
    let (after, until) = (Bound::Excluded(place(1)), Bound::Included(place(3)));
    opened.keep_listed(Kind::Feedback, after, until, &[place(3)]);
    let is_held = |number| opened.find(Kind::Feedback, &keys, &[place(number)])[0].is_some();
    assert_eq!([1, 2, 3, 4].map(is_held), [true, false, true, true]);
    assert!(opened.find(Kind::Tally, &keys, &[place(2)])[0].is_some(), "of another kind");
    opened.keep_listed(Kind::Feedback, all().0, all().1, &[]);
    assert_eq!(opened.oldest(Kind::Feedback), None);
    assert_eq!(opened.held().answers.bytes, 0);
}

#[test]
fn over_the_bound_the_newest_stay() {
    let (_dir, keys, key) = keys();
    let opened = OpenedAnswers::bounded(10 * (ENTRY_BYTES + 200), 0);
    (1..=100).rev().for_each(|number| opened.put(Kind::Feedback, place(number), key, &answer("")));
    let is_held = |number| opened.find(Kind::Feedback, &keys, &[place(number)])[0].is_some();
    assert!((91..=100).all(is_held), "who reads what is old drops nothing that is newer");
    assert!((1..=80).all(|number| !is_held(number)));
    opened.put(Kind::Feedback, place(101), key, &answer("more"));
    assert!(is_held(101), "what is newer takes the place of the oldest");
    opened.put(Kind::Feedback, place(102), key, &answer(&"x".repeat(10_000)));
    assert!(opened.held().answers.bytes <= opened.bytes_max.0, "no text is above the bound");
    opened.put(Kind::Tally, place(1), key, &tally());
    assert_eq!(opened.oldest(Kind::Tally), None, "without room nothing is held");
}

#[test]
fn what_a_destroyed_key_opened_goes_with_it() {
    let (_dir, keys, key) = keys();
    let (_other_dir, other_keys, _) = self::keys();
    let opened = OpenedAnswers::default();
    opened.put(Kind::Feedback, place(1), key, &answer("secret"));
    assert_eq!(opened.find(Kind::Feedback, &other_keys, &[place(1)]), [None]);
    assert_eq!(opened.find(Kind::Feedback, &keys, &[place(1)]), [None], "not held any more");
}

#[test]
fn what_no_key_opens_is_not_held_because_a_key_may_be_put_back() {
    let (_dir, _, key) = keys();
    let opened = OpenedAnswers::default();
    let closed = OpenedRow { sha256: [1; 32], content: None };
    opened.put(Kind::Feedback, place(1), key, &closed);
    let other = OpenedRow { sha256: [1; 32], content: Some(OpenedContent::Other) };
    opened.put(Kind::Feedback, place(2), key, &other);
    assert_eq!(opened.oldest(Kind::Feedback), None);
}
