//! Printed material for a survey link, from the same data as the survey: a poster, a card for the
//! counter, the paper form, and the batch sheet for a bundle of forms.

use super::Office;
use crate::guard::Visit;
use crate::pages::{PageFrame, PageResult, TroublePage, page as made};
use crate::qr::square;
use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use domain::collector::{CollectorCode, Way};
use domain::survey::{AnswerKind, Survey};
use domain::{Language, Text};
use std::collections::HashMap;
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
    hub: String,
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
    fn t(&self, english: &'static str, french: &'static str) -> &'static str {
        if self.language == Language::English { english } else { french }
    }

    fn tag(&self) -> &'static str {
        self.language.tag()
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
    let usual = match code.way() {
        Way::Poster | Way::OpenLink => "poster",
        Way::Paper => "form",
        Way::CounterCode | Way::Kiosk | Way::StaffAssisted | Way::AfterInquiry => "card",
    };
    let language = one_of("language", &["both", "en", "fr"], "both");
    let languages = [Language::English, Language::French]
        .into_iter()
        .filter(|side| language == "both" || language == side.tag());
    let (survey, catalogue) = (office.surveys().remove(0), office.catalogue());
    let municipality = catalogue.municipality();
    let (address, is_address_known) = office.address(&headers);
    let address = format!("{address}/s/{code}");
    let side = |language: Language| PaperSide {
        language,
        municipality: municipality.formal_name.get(language).into(),
        title: survey.title.get(language).into(),
        introduction: survey.introduction.get(language).into(),
        thanks: survey.thanks.get(language).into(),
        questions: questions(&survey, language),
        phone: municipality.contact.phone.to_string(),
    };
    let page = PrintPage {
        code: code.to_string(),
        name: known.collector.name.clone(),
        hub: known
            .collector
            .hub
            .as_ref()
            .and_then(|hub| catalogue.hub(hub))
            .map(|hub| hub.name.clone())
            .unwrap_or_default(),
        kind: one_of("kind", &KINDS, usual),
        paper: one_of("paper", &PAPERS, "letter"),
        sides: languages.map(side).collect(),
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

fn questions(survey: &Survey, language: Language) -> Vec<QuestionView> {
    let number_of = |id: &domain::QuestionId| {
        survey.questions.iter().position(|question| question.id == *id).map_or(0, |at| at + 1)
    };
    let option_texts =
        |question: &domain::QuestionId, any_of: &[domain::QuestionId]| -> Vec<String> {
            let asked = survey.question(question).map(|question| &question.answer);
            let Some(AnswerKind::Choice { options }) = asked else { return Vec::new() };
            options
                .iter()
                .filter(|option| any_of.contains(&option.id))
                .map(|option| option.text.get(language).to_string())
                .collect()
        };
    let view = |(at, question): (usize, &domain::survey::SurveyQuestion)| {
        let text = |text: &Text| text.get(language).to_string();
        let options = match &question.answer {
            AnswerKind::Scale { labels, may_not_apply } => {
                let apart = may_not_apply.then(|| {
                    if language == Language::English {
                        "Does not apply"
                    } else {
                        "Ne s'applique pas"
                    }
                    .to_string()
                });
                (1..)
                    .zip(labels)
                    .map(|(point, label)| format!("{point} {}", text(label)))
                    .chain(apart)
                    .collect()
            }
            AnswerKind::Choice { options } => {
                options.iter().map(|option| text(&option.text)).collect()
            }
            AnswerKind::Comment => Vec::new(),
        };
        let only_if = question.only_if.as_ref().map(|condition| {
            let said = option_texts(&condition.question, &condition.any_of)
                .join(if language == Language::English { " or " } else { " ou " });
            match language {
                Language::English => format!(
                    "Only if you answered “{said}” at question {}.",
                    number_of(&condition.question)
                ),
                Language::French => format!(
                    "Seulement si vous avez répondu « {said} » à la question {}.",
                    number_of(&condition.question)
                ),
            }
        });
        QuestionView {
            number: at + 1,
            text: text(&question.text),
            hint: question.hint.as_ref().map(text).unwrap_or_default(),
            options,
            is_comment: question.is_open(),
            only_if: only_if.unwrap_or_default(),
        }
    };
    survey.questions.iter().enumerate().map(view).collect()
}

impl Office {
    /// The site's public address; `true` if it is configured, `false` if it is only derived from
    /// the request's `Host` header.
    pub(crate) fn address(&self, headers: &HeaderMap) -> (String, bool) {
        if let Some(mailer) = &self.mailer {
            return (mailer.public_url().to_string(), true);
        }
        let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        let is_here =
            host.starts_with("localhost") || host.starts_with("127.") || host.starts_with("[::1]");
        (format!("{}://{host}", if is_here { "http" } else { "https" }), false)
    }
}
