//! Printed material for a survey link, from the same data as the survey: a poster, a card for the
//! counter, the paper form, and the batch sheet for a bundle of forms.

use super::Office;
use crate::guard::Visit;
use crate::pages::{PageFrame, PageResult, TroublePage, page as made};
use crate::qr::square;
use crate::record_names::{FrenchTexts, french_name};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use domain::collector::{CollectorCode, Way};
use domain::municipality::Municipality;
use domain::survey::{AnswerKind, Condition, Survey, SurveyQuestion};
use domain::{Language, Text};
use std::collections::HashMap;
use std::fmt::Display;
use std::sync::Arc;

/// What can be printed; which of them depends on the kind of survey link.
const KINDS: [&str; 4] = ["poster", "card", "form", "sheet"];
const PAPERS: [&str; 2] = ["letter", "a4"];

#[derive(Template)]
#[template(path = "office/survey_print.html")]
struct PrintPage {
    f: PageFrame,
    code: String,
    name: String,
    /// The location's name, once if it is the same in all languages to print.
    hubs: Vec<(&'static str, String)>,
    kind: String,
    paper: String,
    language: String,
    /// The languages to print, with their words.
    sides: Vec<PaperSide>,
    address: String,
    qr: String,
    is_paper: bool,
    is_address_known: bool,
    every: u8,
}

/// One language of the printed material.
struct PaperSide {
    language: Language,
    municipality: String,
    title: String,
    introduction: String,
    thanks: String,
    questions: Vec<QuestionView>,
    phone: String,
}

struct QuestionView {
    number: usize,
    text: String,
    hint: String,
    options: Vec<String>,
    is_comment: bool,
    only_if: String,
}

impl PaperSide {
    fn of(survey: &Survey, municipality: &Municipality, language: Language) -> Self {
        Self {
            language,
            municipality: municipality.formal_name.get(language).into(),
            title: survey.title.get(language).into(),
            introduction: survey.introduction.get(language).into(),
            thanks: survey.thanks.get(language).into(),
            questions: survey
                .questions
                .iter()
                .zip(1..)
                .map(|(question, number)| QuestionView::of(survey, question, number, language))
                .collect(),
            phone: municipality.contact.phone.to_string(),
        }
    }

    fn t(&self, english: &'static str, french: &'static str) -> &'static str {
        if self.language == Language::English { english } else { french }
    }

    fn tag(&self) -> &'static str {
        self.language.tag()
    }

    /// Whom to invite, if that is not everyone.
    fn sampling(&self, every: impl Display) -> String {
        let text = self.t(
            "Don’t choose people yourself: invite one visitor in {every}.",
            "Ne choisissez pas les personnes\u{a0}: invitez un visiteur sur {every}.",
        );
        wording::fill(text, &[("every", &every.to_string())])
    }
}

pub(crate) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Path(code): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    let ledger = office.survey_ledger().await?;
    let known = CollectorCode::parse(&code).and_then(|code| ledger.collectors.get(&code));
    let Some(known) = known else { return Err(TroublePage::Nothing(Box::new(f))) };
    let code = &known.collector.code;
    let one_of = |name: &str, choices: &[&str], usual: &str| {
        let asked = query.get(name).map(String::as_str).unwrap_or(usual);
        choices.iter().find(|choice| **choice == asked).map_or(usual, |choice| *choice).to_string()
    };
    let language = one_of("language", &["both", "en", "fr"], "both");
    let languages: Vec<Language> = [Language::English, Language::French]
        .into_iter()
        .filter(|side| language == "both" || language == side.tag())
        .collect();
    let (survey, catalogue) = (office.surveys().remove(0), office.catalogue());
    let (address, is_address_known) = office.address(&headers);
    let address = format!("{address}/s/{code}");
    let side = |language| PaperSide::of(&survey, catalogue.municipality(), language);
    let hub = known.collector.hub.as_ref().and_then(|hub| catalogue.hub(hub));
    let hubs = hub.map(|hub| names_in(&languages, &hub.name, &office.french_texts()));
    let hubs = hubs.unwrap_or_default();
    let page = PrintPage {
        code: code.to_string(),
        name: known.collector.name.clone(),
        hubs,
        kind: one_of("kind", &KINDS, usual_kind(code.way())),
        paper: one_of("paper", &PAPERS, "letter"),
        sides: languages.into_iter().map(side).collect(),
        qr: square(&address, f.t("Code that opens the survey", "Code qui ouvre le sondage")),
        language,
        address,
        is_paper: code.way() == Way::Paper,
        is_address_known,
        every: code.every(),
        f,
    };
    Ok(made(StatusCode::OK, &page))
}

/// A name of the directory in the languages to print, with the language that it is written in. A
/// name that is the same in two languages is printed once.
fn names_in(
    languages: &[Language],
    name: &str,
    texts: &FrenchTexts,
) -> Vec<(&'static str, String)> {
    let named = |language: &Language| match language {
        Language::English => (language.tag(), name.to_string()),
        Language::French => {
            let french = french_name(texts, name);
            let is_translated = texts.contains_key(name);
            let written = if is_translated { Language::French } else { Language::English };
            (written.tag(), french)
        }
    };
    let mut names: Vec<_> = languages.iter().map(named).collect();
    names.dedup_by(|one, other| one.1 == other.1);
    names
}

/// What is printed for a way of answering unless something else is asked for.
fn usual_kind(way: Way) -> &'static str {
    match way {
        Way::Poster | Way::OpenLink => "poster",
        Way::Paper => "form",
        Way::CounterCode | Way::Kiosk | Way::StaffAssisted | Way::AfterInquiry => "card",
    }
}

impl QuestionView {
    fn of(survey: &Survey, question: &SurveyQuestion, number: usize, language: Language) -> Self {
        let text = |text: &Text| text.get(language).to_string();
        Self {
            number,
            text: text(&question.text),
            hint: question.hint.as_ref().map(text).unwrap_or_default(),
            options: options(&question.answer, language),
            is_comment: question.is_open(),
            only_if: question
                .only_if
                .as_ref()
                .map(|condition| condition_words(survey, condition, language))
                .unwrap_or_default(),
        }
    }
}

/// What a question offers to tick; none for a comment.
fn options(answer: &AnswerKind, language: Language) -> Vec<String> {
    match answer {
        AnswerKind::Scale { labels, may_not_apply } => {
            let apart = may_not_apply.then(|| {
                if language == Language::English { "Does not apply" } else { "Ne s’applique pas" }
                    .to_string()
            });
            (1..)
                .zip(labels)
                .map(|(point, label)| format!("{point} {}", label.get(language)))
                .chain(apart)
                .collect()
        }
        AnswerKind::Choice { options } => {
            options.iter().map(|option| option.text.get(language).to_string()).collect()
        }
        AnswerKind::Comment => Vec::new(),
    }
}

/// For whom a question is, by what they answered before.
fn condition_words(survey: &Survey, condition: &Condition, language: Language) -> String {
    let number = survey
        .questions
        .iter()
        .position(|question| question.id == condition.question)
        .map_or(0, |at| at + 1);
    let asked = survey.question(&condition.question).map(|question| &question.answer);
    let options = match asked {
        Some(AnswerKind::Choice { options }) => options.as_slice(),
        _ => &[],
    };
    let said: Vec<String> = options
        .iter()
        .filter(|option| condition.any_of.contains(&option.id))
        .map(|option| option.text.get(language).to_string())
        .collect();
    match language {
        Language::English => {
            format!("Only if you answered “{}” at question {number}.", said.join(" or "))
        }
        Language::French => format!(
            "Seulement si vous avez répondu « {} » à la question {number}.",
            said.join(" ou ")
        ),
    }
}

impl Office {
    /// The site's public address; `true` if it is configured, `false` if it is only derived from
    /// the request's `Host` header.
    pub(crate) fn address(&self, headers: &HeaderMap) -> (String, bool) {
        if let Some(public_url) = &self.public_url {
            return (public_url.clone(), true);
        }
        let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        let is_here =
            host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("[::1]");
        (format!("{}://{host}", if is_here { "http" } else { "https" }), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_printed_in_every_language_of_the_sheet_and_never_twice_alike() {
        let both = [Language::English, Language::French];
        let texts = FrenchTexts::from([("City Hall".into(), "Hôtel de ville".into())]);
        let names = |languages: &[Language], name: &str| {
            let names = names_in(languages, name, &texts);
            names.into_iter().map(|(tag, name)| format!("{tag} {name}")).collect::<Vec<_>>()
        };
        assert_eq!(names(&both, "City Hall"), ["en City Hall", "fr Hôtel de ville"]);
        assert_eq!(names(&both[1..], "City Hall"), ["fr Hôtel de ville"]);
        assert_eq!(names(&both, "Coboconk"), ["en Coboconk"]);
        assert_eq!(names(&both[1..], "Coboconk"), ["en Coboconk"]);
    }
}
