//! Review of comments, one by one, before anybody else reads them: whether a comment identifies a
//! person is for a person to judge.

use super::Office;
use crate::guard::Visit;
use crate::looks::Look;
use crate::pages::{Answer, Frame, Trouble, go, page as made};
use crate::survey::words::Words;
use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use casework::survey::ledger::Act;
use domain::{QuestionId, SubmissionId};
use std::collections::HashMap;
use std::sync::Arc;
use store::Custody;

const COMMENTS_PER_PAGE: usize = 25;

#[derive(Template)]
#[template(path = "office/survey_comments.html")]
struct CommentsPage {
    f: Frame,
    rows: Vec<Row>,
    waiting: usize,
    total: usize,
    shows_all: bool,
    from: String,
    to: String,
}

struct Row {
    id: String,
    question_id: String,
    question: String,
    text: String,
    language: &'static str,
    way: &'static str,
    judgement: Option<bool>,
}

pub(crate) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> Answer {
    office.write_look(visit.login(), Look::Comments).await?;
    let f = Frame::of(&office, &visit);
    let asked = office.asked(&query).await?;
    let catalogue = office.catalogue();
    let words = Words { language: f.language, survey: &asked.survey, catalogue: &catalogue };
    let shows_all = query.contains_key("all");
    let judged: Vec<_> = asked
        .reading
        .comments
        .iter()
        .map(|comment| (comment, asked.ledger.judgement(comment.id, &comment.question)))
        .collect();
    let waiting = judged.iter().filter(|(_, judgement)| judgement.is_none()).count();
    let rows = judged
        .iter()
        .filter(|(_, judgement)| shows_all || judgement.is_none())
        .take(if shows_all { usize::MAX } else { COMMENTS_PER_PAGE });
    let rows = rows.map(|(comment, judgement)| Row {
        id: comment.id.to_string(),
        question_id: comment.question.to_string(),
        question: words.question_text(&comment.question),
        text: comment.text.clone(),
        language: comment.language.tag(),
        way: words.way(comment.way),
        judgement: *judgement,
    });
    let (from, to) = (asked.days.from.to_string(), asked.days.to.to_string());
    Ok(made(
        StatusCode::OK,
        &CommentsPage {
            rows: rows.collect(),
            waiting,
            total: judged.len(),
            shows_all,
            from,
            to,
            f,
        },
    ))
}

/// Clears or withholds a comment.
pub(crate) async fn judge(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
) -> Answer {
    let id = SubmissionId::parse(visit.field("id")).ok();
    let question = QuestionId::parse(visit.field("question")).ok();
    let (Some(id), Some(question)) = (id, question) else {
        return Err(Trouble::Nothing(Box::new(Frame::of(&office, &visit))));
    };
    let act = Act::Judged { id, question, is_cleared: visit.field("judgement") == "clear" };
    let alias = office.store().alias(id).await?.unwrap_or_default();
    office.write_survey(visit.login(), &alias, &act).await?;
    let all = if visit.has("all") { "&all=1" } else { "" };
    let day = |name: &str| {
        domain::hours::Date::parse(visit.field(name)).map(|day| day.to_string()).unwrap_or_default()
    };
    Ok(go(&format!("/office/survey/comments?from={}&to={}{all}", day("from"), day("to"))))
}
