//! Checks the survey questions: how hard they are to read, how long they take, which places they
//! name, and that no published version has changed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod pace;
mod reading;
mod versions;

use domain::survey::{
    AnswerKind, Answers, Construct, Journey, JourneyStage, SurveyAnswer, SurveyQuestion,
};
use domain::text::Text;
use domain::{Catalogue, QuestionId};
use publish::check_dir;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn catalogue() -> Catalogue {
    check_dir(&project().join("data/kawartha-lakes")).unwrap().0
}

/// The labels of the answers to choose from.
fn labels(question: &SurveyQuestion) -> Vec<&Text> {
    match &question.answer {
        AnswerKind::Scale { labels, .. } => labels.iter().collect(),
        AnswerKind::Choice { options } => options.iter().map(|option| &option.text).collect(),
        AnswerKind::Comment => Vec::new(),
    }
}

#[test]
fn every_stage_but_the_need_and_every_construct_is_asked_about_once_or_more() {
    let catalogue = catalogue();
    let questions = &catalogue.survey().questions;
    let stages: BTreeSet<JourneyStage> = questions.iter().map(|question| question.stage).collect();
    // Only people who reached the City answer, so they cannot say whether others knew that they
    // could.
    assert!(stages.len() == 6 && !stages.contains(&JourneyStage::Need), "{stages:?}");
    for construct in [
        Construct::Overall,
        Construct::Timeliness,
        Construct::Knowledge,
        Construct::Fairness,
        Construct::Outcome,
        Construct::Access,
        Construct::Information,
        Construct::Context,
        Construct::Courtesy,
        Construct::Privacy,
    ] {
        assert!(questions.iter().any(|question| question.construct == construct), "{construct:?}");
    }
    let is_rated = |question: &&SurveyQuestion| matches!(question.answer, AnswerKind::Scale { .. });
    for question in questions
        .iter()
        .filter(is_rated)
        .filter(|question| question.construct != Construct::Overall)
    {
        assert!(
            matches!(question.answer, AnswerKind::Scale { may_not_apply: true, .. }),
            "{}: “does not apply” stands apart",
            question.id
        );
    }
}

#[test]
fn a_place_is_asked_about_where_there_was_one_and_data_where_some_were_sent() {
    let catalogue = catalogue();
    let survey = catalogue.survey();
    let id = |name: &str| QuestionId::parse(name).unwrap();
    let asked = |channel: &str| {
        let mut answers = Answers::default();
        answers.set(survey, &id("channel"), SurveyAnswer::Choice(id(channel))).unwrap();
        let journey = Journey::of(survey, &answers);
        ["barriers", "privacy"].map(|name| journey.position_of(&id(name)).is_some())
    };
    for channel in ["in-person", "event", "drop-box"] {
        assert_eq!(asked(channel), [true, false], "{channel}");
    }
    for channel in ["online", "by-email"] {
        assert_eq!(asked(channel), [false, true], "{channel}");
    }
    for channel in ["phone", "by-mail", "other"] {
        assert_eq!(asked(channel), [false, false], "{channel}");
    }
}

/// A person far from a village names a large part of the city, and never anything more precise.
#[test]
fn where_somebody_lives_is_asked_in_at_most_eight_parts_that_are_named_after_real_places() {
    let catalogue = catalogue();
    let area = catalogue
        .survey()
        .questions
        .iter()
        .find(|question| question.id.as_str() == "area")
        .unwrap();
    let options = labels(area);
    assert!(options.len() <= 8);
    let known: BTreeSet<&str> = catalogue.place_names().into_iter().map(|(name, _)| name).collect();
    let (parts, elsewhere) = options.split_at(options.len() - 1);
    assert!(elsewhere[0].en.contains("rather not say"));
    let mut named = BTreeSet::new();
    for text in parts.iter() {
        let french = text.fr.as_deref().unwrap().replace(" ou ", ", ");
        assert_eq!(text.en.replace(" or ", ", "), french, "the same places in both languages");
        for name in french.split(", ") {
            assert!(
                known.contains(name) || known.contains(format!("{name} Township").as_str()),
                "{name} is not among the places"
            );
            assert!(named.insert(name.to_string()), "{name} stands in two parts");
        }
    }
}

#[test]
fn nobody_is_asked_who_they_are() {
    let catalogue = catalogue();
    for question in &catalogue.survey().questions {
        let said = format!(
            "{} {}",
            question.text.en,
            labels(question).iter().map(|text| text.en.as_str()).collect::<Vec<_>>().join(" ")
        )
        .to_lowercase();
        for word in ["your name", "address", "postal", "phone number", "birth", "your age"] {
            assert!(!said.contains(word), "{} asks for {word}", question.id);
        }
        let is_open = question.is_open();
        assert!(
            !is_open
                || question.hint.as_ref().is_some_and(|hint| hint.en.contains("leave out names")),
            "{} asks to leave out names",
            question.id
        );
    }
}
