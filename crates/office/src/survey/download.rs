//! The report as CSV, the codebook that defines its columns, and the description of both (Data
//! Package).

use super::report::{query_of, shown};
use super::{Office, ReportQuery};
use crate::guard::Visit;
use crate::pages::{PageFrame, PageResult, download};
use crate::survey::table::{codebook as written_codebook, datapackage as written_package, figures};
use crate::survey::words::Words;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use insight::Rule;
use std::collections::HashMap;
use std::sync::Arc;
use store::{AuditContext, Custody};
use vault::now_ms;

pub(crate) async fn csv(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    let asked = office.asked(&query).await?;
    let Some(bytes) = shown(&asked, Rule::Office)
        .and_then(|shown| figures(&shown, (&asked.spec.from, &asked.spec.to)).ok())
    else {
        return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response());
    };
    let audit = AuditContext {
        who: visit.login().into(),
        reason: format!("survey figures {}", query_of(&asked)),
        at_ms: now_ms(),
    };
    office.store().note("figures", &audit).await?;
    Ok(download("text/csv; charset=utf-8", &file_name(&asked, "csv"), bytes))
}

pub(crate) async fn codebook(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    let asked = office.asked(&query).await?;
    let catalogue = office.catalogue();
    let bytes = written_codebook(Words {
        language: f.language,
        survey: &asked.survey,
        catalogue: &catalogue,
        texts: &office.french_texts(),
    });
    Ok(bytes.map_or_else(
        |_| StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        |bytes| download("text/csv; charset=utf-8", "codebook.csv", bytes),
    ))
}

pub(crate) async fn datapackage(
    State(office): State<Arc<Office>>,
    Extension(_): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    let asked = office.asked(&query).await?;
    let title = asked.survey.title.get(domain::Language::English).to_string();
    Ok(download(
        "application/json",
        "datapackage.json",
        written_package(&title, &file_name(&asked, "csv"), (&asked.spec.from, &asked.spec.to)),
    ))
}

fn file_name(asked: &ReportQuery, ending: &str) -> String {
    format!("survey-{}-{}.{ending}", asked.spec.from, asked.spec.to)
}
