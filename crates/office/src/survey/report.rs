//! The current report.

use super::{Office, ReportQuery};
use crate::guard::Visit;
use crate::pages::{PageFrame, PageResult, page as made};
use crate::survey::words::{HalfView, Words};
use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use casework::survey::round::{BadCount, Comment, LeftOut};
use casework::survey::shown::Shown;
use insight::Rule;
use insight::report::Report;
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "office/survey.html")]
struct ReportPage<'a> {
    f: PageFrame,
    words: Words<'a>,
    from: String,
    to: String,
    version: u32,
    versions: Vec<u32>,
    is_once: bool,
    are_inquiries_read: bool,
    halves: Vec<HalfView>,
    left_out: LeftOut,
    twins: u64,
    bad: Vec<(String, BadCount)>,
    reach: Vec<ReachRow>,
    comments: Vec<CommentView>,
    query: String,
    is_over: bool,
}

impl ReportPage<'_> {
    fn is_version(&self, version: &u32) -> bool {
        self.version == *version
    }
}

struct ReachRow {
    name: String,
    way: &'static str,
    counts: [u64; 3],
}

struct CommentView {
    question: String,
    text: String,
    language: &'static str,
}

pub(super) fn shown(asked: &ReportQuery, rule: Rule) -> Option<Shown> {
    let report = Report::of(&asked.survey, &asked.reading.round, rule, asked.reading.seed());
    serde_json::to_value(report).ok().and_then(|report| Shown::of(report).ok())
}

/// The query string with the days and the version.
pub(super) fn query_of(asked: &ReportQuery) -> String {
    let once = if asked.spec.without_duplicates { "&once=1" } else { "" };
    format!("from={}&to={}&version={}{once}", asked.days.from, asked.days.to, asked.survey.version)
}

pub(crate) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    let asked = office.asked(&query).await?;
    let (catalogue, texts) = (office.catalogue(), office.french_texts());
    let words =
        Words { language: f.language, survey: &asked.survey, catalogue: &catalogue, texts: &texts };
    let shown = shown(&asked, Rule::Office);
    let halves = shown
        .iter()
        .flat_map(|shown| [words.half(&shown.invited, true), words.half(&shown.open, false)])
        .collect();
    let name = |code: &domain::collector::CollectorCode| {
        asked.ledger.collectors.get(code).map(|known| known.collector.name.clone())
    };
    let reach = asked.reading.collectors.iter().filter_map(|count| {
        Some(ReachRow {
            name: name(&count.collector)?,
            way: words.way(count.collector.way()),
            counts: [count.opened, count.started, count.completed],
        })
    });
    Ok(made(
        StatusCode::OK,
        &ReportPage {
            words,
            from: asked.days.from.to_string(),
            to: asked.days.to.to_string(),
            version: asked.survey.version,
            versions: asked.surveys.iter().map(|survey| survey.version).collect(),
            is_once: asked.spec.without_duplicates,
            are_inquiries_read: office.inquiries.state().0,
            halves,
            left_out: asked.reading.left_out.clone(),
            twins: asked.reading.twins,
            bad: asked
                .reading
                .bad_counts
                .iter()
                .map(|bad| (name(&bad.code).unwrap_or_default(), bad.clone()))
                .collect(),
            reach: reach.collect(),
            comments: cleared_comments(&asked, words),
            query: query_of(&asked),
            is_over: asked.days.to < office.today(),
            f,
        },
    ))
}

/// The comments that were cleared for publication.
fn cleared_comments(asked: &ReportQuery, words: Words<'_>) -> Vec<CommentView> {
    let view = |comment: &Comment| CommentView {
        question: words.question_text(&comment.question),
        text: comment.text.clone(),
        language: comment.language.tag(),
    };
    asked
        .reading
        .comments
        .iter()
        .filter(|comment| asked.ledger.judgement(comment.id, &comment.question) == Some(true))
        .map(view)
        .collect()
}
