//! Checks that every text of the newest survey version is at grade 8 or lower.
//!
//! [`ReadingCounts`] names the formulas. French ease has Flesch's scale, where 60 to 70 is grades 8
//! and 9 (Flesch, The Art of Readable Writing, 1949), so the easier half of that range is required;
//! in addition LIX, by Anderson's table of grades (Journal of Reading 26(6), 1983: 36 to 39 is
//! grade 8), for each passage of twenty words or more.
//!
//! The formulas are made for prose. Labels of two words are therefore judged together with their
//! question, as one passage; a single sentence is judged if it has six words or more.

use super::{catalogue, labels};
use domain::Language;
use domain::survey::Survey;
use domain::text::Text;
use publish::measures::reading::{ReadingCounts, sentences, words};

const GRADE_MAX: f64 = 8.0;
const EASE_MIN: f64 = 65.0;
const LIX_MAX: f64 = 39.5;
const LIX_WORDS_MIN: f64 = 20.0;
/// Minimum words in a sentence. Formulas based on lengths alone are meaningless for shorter ones.
const WORDS_MIN: usize = 6;

/// The parts of a passage that are too hard, each with its score; and the score of the whole
/// passage.
fn too_hard(language: Language, texts: &[&str]) -> (Vec<String>, f64) {
    let all: Vec<&str> = texts.iter().flat_map(|text| sentences(text)).collect();
    let judge = |sentences: &[&str]| {
        let counts = ReadingCounts::of(language, sentences);
        match language {
            Language::English => {
                (counts.grade(), counts.grade() > GRADE_MAX, format!("grade {:.1}", counts.grade()))
            }
            Language::French => {
                (counts.ease(), counts.ease() < EASE_MIN, format!("ease {:.0}", counts.ease()))
            }
        }
    };
    let single = all
        .iter()
        .filter(|sentence| words(sentence).len() >= WORDS_MIN)
        .map(|sentence| vec![*sentence]);
    let mut hard: Vec<String> = single
        .chain([all.clone()])
        .filter(|part| judge(part).1)
        .map(|part| format!("{}: {}", judge(&part).2, part.join(" ")))
        .collect();
    let counts = ReadingCounts::of(language, &all);
    if language == Language::French && counts.lix() > LIX_MAX && counts.words >= LIX_WORDS_MIN {
        hard.push(format!("LIX {:.0}: {}", counts.lix(), all.join(" ")));
    }
    (hard, judge(&all).0)
}

/// Passages as a person sees them: the introduction, each question with its answers, the last
/// screen.
fn passages(survey: &Survey) -> Vec<(String, Vec<&Text>)> {
    let ends = [
        ("introduction".to_string(), vec![&survey.title, &survey.introduction]),
        ("thanks".into(), vec![&survey.thanks]),
    ];
    let questions = survey.questions.iter().map(|question| {
        let labels = labels(question).into_iter().filter(|label| !are_names(label));
        let texts = [&question.text].into_iter().chain(&question.hint).chain(labels);
        (question.id.to_string(), texts.collect())
    });
    ends.into_iter().chain(questions).collect()
}

/// Whether a label consists of place names, whose length cannot be changed.
fn are_names(label: &Text) -> bool {
    let is_name = |word: &str| word == "or" || word.starts_with(char::is_uppercase);
    label.en.contains(" or ") && label.en.split(' ').all(is_name)
}

fn in_language(language: Language, texts: &[&Text]) -> Vec<String> {
    texts.iter().map(|text| text.get(language).to_string()).collect()
}

#[test]
fn every_text_of_the_newest_version_is_at_grade_8_or_lower_in_both_languages() {
    let catalogue = catalogue();
    let mut hard = Vec::new();
    for (name, texts) in passages(catalogue.survey()) {
        let mut row = format!("{name:<14}");
        for language in [Language::English, Language::French] {
            let texts = in_language(language, &texts);
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let (sentences, figure) = too_hard(language, &texts);
            hard.extend(
                sentences
                    .into_iter()
                    .map(|sentence| format!("{name}, {}: {sentence}", language.tag())),
            );
            row += &format!(" {figure:>6.1}");
        }
        println!("{row}");
    }
    assert!(hard.is_empty(), "too hard to read:\n{}", hard.join("\n"));
}

#[test]
fn the_formulas_tell_plain_words_from_an_offices() {
    let plain = ["The cat sat on the mat.", "It was a hot day."];
    let office = [
        "Notwithstanding the aforementioned considerations, residents are encouraged to communicate their dissatisfaction regarding municipal administration.",
    ];
    assert!(too_hard(Language::English, &plain).0.is_empty());
    assert!(
        too_hard(Language::English, &office).0[0].contains("Notwithstanding"),
        "it names the sentence"
    );
    let simple = ["Le chat est sur le lit.", "Il fait beau."];
    let administratif = [
        "Nonobstant les considérations susmentionnées, les contribuables sont invités à communiquer leur insatisfaction administrative.",
    ];
    assert!(too_hard(Language::French, &simple).0.is_empty());
    assert!(
        too_hard(Language::French, &administratif).0.iter().any(|said| said.contains("Nonobstant"))
    );
    let counts =
        ReadingCounts { sentences: 10.0, words: 100.0, syllables: 150.0, long_words: 20.0 };
    assert!(
        (counts.grade() - 6.01).abs() < 1e-9
            && (counts.ease() - 86.45).abs() < 1e-9
            && (counts.lix() - 30.0).abs() < 1e-9
    );
}
