//! The public figures: those of the baseline that a manager published, under the public suppression
//! rule, as a page and as open data. They are read from the frozen file and never recomputed, so
//! the page shows what was signed.

use super::Office;
use crate::survey::baseline::{Title, public_part};
use crate::survey::table::{codebook as written_codebook, datapackage as written_package, figures};
use crate::survey::words::{HalfView, Words};
use askama::Template;
use axum::extract::State;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use casework::survey::shown::Shown;
use casework::survey::spec::ReportSpec;
use domain::survey::Survey;
use domain::{Catalogue, Language};
use std::sync::Arc;
use store::StoreFault;

/// Caches may show the page for five minutes after its figures changed.
const CACHE: &str = "public, max-age=300";

#[derive(Template)]
#[template(path = "office/survey_public.html")]
struct PublicPage<'a> {
    words: Words<'a>,
    municipality: String,
    home: &'static str,
    other: &'static str,
    is_demo: bool,
    title: Option<Title>,
    from: String,
    to: String,
    halves: Vec<HalfView>,
}

struct PublishedFigures {
    title: Title,
    spec: ReportSpec,
    survey: Survey,
    shown: Shown,
}

async fn published(office: &Office) -> Result<Option<PublishedFigures>, StoreFault> {
    let ledger = office.survey_ledger().await?;
    let surveys = office.surveys();
    let read = ledger.published().and_then(|frozen| {
        let (title, spec, report) = public_part(&frozen.file)?;
        let survey = surveys.into_iter().find(|survey| survey.version == spec.survey_version)?;
        Some(PublishedFigures { title, spec, survey, shown: Shown::of(report).ok()? })
    });
    Ok(read)
}

fn later(fault: StoreFault) -> Response {
    tracing::error!(%fault, "the published figures could not be read");
    (StatusCode::SERVICE_UNAVAILABLE, "We can’t read the figures. Try again in a minute. / Impossible de lire les chiffres. Réessayez dans une minute.\n")
        .into_response()
}

/// The page, in the language that its address names.
pub(crate) async fn page(State(office): State<Arc<Office>>, uri: Uri) -> Response {
    let is_french = uri.path().starts_with("/fr/");
    let language = if is_french { Language::French } else { Language::English };
    let published = match published(&office).await {
        Ok(published) => published,
        Err(fault) => return later(fault),
    };
    let (catalogue, texts): (Arc<Catalogue>, _) = (office.catalogue(), office.french_texts());
    let survey = published
        .as_ref()
        .map_or_else(|| catalogue.survey().clone(), |published| published.survey.clone());
    let words = Words { language, survey: &survey, catalogue: &catalogue, texts: &texts };
    let days = published
        .as_ref()
        .map(|published| (published.spec.from.clone(), published.spec.to.clone()))
        .unwrap_or_default();
    let page = PublicPage {
        words,
        municipality: catalogue.municipality().name.get(language).into(),
        home: if is_french { "fr" } else { "" },
        other: if is_french { "/survey-results" } else { "/fr/survey-results" },
        is_demo: office.is_demo,
        halves: published
            .iter()
            .flat_map(|published| {
                [
                    words.half(&published.shown.invited, true),
                    words.half(&published.shown.open, false),
                ]
            })
            .collect(),
        title: published.map(|published| published.title),
        from: days.0,
        to: days.1,
    };
    match page.render() {
        Ok(text) => ([(CACHE_CONTROL, CACHE)], Html(text)).into_response(),
        Err(fault) => {
            tracing::error!(%fault, "a page could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// One file of the open data.
pub(crate) async fn file(
    State(office): State<Arc<Office>>,
    axum::extract::Path(name): axum::extract::Path<String>,
) -> Response {
    if name == "style.css" {
        return crate::pages::style(State(office)).await;
    }
    let published = match published(&office).await {
        Ok(Some(published)) => published,
        Ok(None) => {
            return (StatusCode::NOT_FOUND, "No figures were published yet.\n").into_response();
        }
        Err(fault) => return later(fault),
    };
    let (catalogue, texts) = (office.catalogue(), office.french_texts());
    let days = (published.spec.from.as_str(), published.spec.to.as_str());
    let words = Words {
        language: Language::English,
        survey: &published.survey,
        catalogue: &catalogue,
        texts: &texts,
    };
    let made = match name.as_str() {
        "figures.csv" => {
            figures(&published.shown, days).map(|bytes| ("text/csv; charset=utf-8", bytes)).ok()
        }
        "codebook.csv" => {
            written_codebook(words).map(|bytes| ("text/csv; charset=utf-8", bytes)).ok()
        }
        "datapackage.json" => Some((
            "application/json",
            written_package(&published.title.name, "figures.csv", days).into_bytes(),
        )),
        _ => return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response(),
    };
    match made {
        Some((kind, bytes)) => (
            [(CONTENT_TYPE, kind), (CACHE_CONTROL, CACHE), (ACCESS_CONTROL_ALLOW_ORIGIN, "*")],
            bytes,
        )
            .into_response(),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
