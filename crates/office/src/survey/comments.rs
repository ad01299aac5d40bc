//! Review of comments, one by one, before anybody else reads them: whether a comment identifies a
//! person is for a person to judge.

use super::Office;
use crate::banner::FinishedAct;
use crate::form::{FieldFault, FromFields, OfficeForm, TypedFields};
use crate::guard::Visit;
use crate::looks::RecordedView;
use crate::pages::{PageFrame, PageResult, TroublePage, go, page as made};
use crate::survey::words::Words;
use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use casework::survey::ledger::SurveyAct;
use casework::survey::round::Comment;
use domain::hours::Date;
use domain::{Catalogue, QuestionId, SubmissionId};
use std::collections::HashMap;
use std::sync::Arc;
use store::Custody;

const COMMENTS_PER_PAGE: usize = 25;

#[derive(Template)]
#[template(path = "office/survey_comments.html")]
struct CommentsPage {
    f: PageFrame,
    rows: Vec<CommentRow>,
    waiting: usize,
    total: usize,
    shows_all: bool,
    from: String,
    to: String,
    version: u32,
    versions: Vec<u32>,
}

impl CommentsPage {
    fn is_version(&self, version: &u32) -> bool {
        self.version == *version
    }
}

struct CommentRow {
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
) -> PageResult {
    office.write_look(visit.login(), RecordedView::Comments).await?;
    let f = PageFrame::of(&office, &visit);
    let asked = office.asked(&query).await?;
    let (catalogue, texts) = (office.catalogue(), office.french_texts());
    let words =
        Words { language: f.language, survey: &asked.survey, catalogue: &catalogue, texts: &texts };
    let shows_all = query.contains_key("all");
    let judged: Vec<_> = asked
        .reading
        .comments
        .iter()
        .map(|comment| (comment, asked.ledger.judgement(comment.id, &comment.question)))
        .collect();
    let waiting = judged.iter().filter(|(_, judgement)| judgement.is_none()).count();
    let just = just_judged(&f);
    let is_just = |comment: &Comment| {
        just.as_ref().is_some_and(|(id, of)| comment.id == *id && comment.question == *of)
    };
    let first = judged
        .iter()
        .filter(|(comment, judgement)| !shows_all && judgement.is_some() && is_just(comment));
    let listed = judged
        .iter()
        .filter(|(_, judgement)| shows_all || judgement.is_none())
        .take(if shows_all { usize::MAX } else { COMMENTS_PER_PAGE });
    let rows = first.chain(listed).map(|(comment, judgement)| CommentRow {
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
            version: asked.survey.version,
            versions: asked.surveys.iter().map(|survey| survey.version).collect(),
            f,
        },
    ))
}

/// The comment that was judged on the page before. It is shown once more, so that one press takes
/// the judgement back.
fn just_judged(f: &PageFrame) -> Option<(SubmissionId, QuestionId)> {
    let (id, question) = f.banner.as_ref()?.named.as_ref()?.split_once(' ')?;
    Some((SubmissionId::parse(id).ok()?, QuestionId::parse(question).ok()?))
}

/// The judgement of a comment, and the list to return to.
pub(crate) struct JudgeForm {
    id: SubmissionId,
    question: QuestionId,
    is_cleared: bool,
    shows_all: bool,
    from: Option<Date>,
    to: Option<Date>,
    version: Option<u32>,
}

impl FromFields for JudgeForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        let id = SubmissionId::parse(fields.text("id")).ok();
        let question = QuestionId::parse(fields.text("question")).ok();
        let (Some(id), Some(question)) = (id, question) else {
            return Err(FieldFault::new("Choose a comment.", "Choisissez un commentaire."));
        };
        Ok(Self {
            id,
            question,
            is_cleared: fields.text("judgement") == "clear",
            shows_all: fields.has("all"),
            from: Date::parse(fields.text("from")),
            to: Date::parse(fields.text("to")),
            version: fields.parsed("version"),
        })
    }
}

/// Clears or withholds a comment.
pub(crate) async fn judge(
    State(office): State<Arc<Office>>,
    OfficeForm { visit, proof, asked }: OfficeForm<JudgeForm>,
) -> PageResult {
    let Ok(JudgeForm { id, question, is_cleared, shows_all, from, to, version }) = asked else {
        return Err(TroublePage::Nothing(Box::new(PageFrame::of(&office, &visit))));
    };
    let alias = office.store().alias(id).await?.unwrap_or_default();
    let named = format!("{id} {question}");
    office.write_survey(&proof, &alias, &SurveyAct::Judged { id, question, is_cleared }).await?;
    let all = if shows_all { "&all=1" } else { "" };
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let version = version.map(|version| format!("&version={version}")).unwrap_or_default();
    let done = if is_cleared { FinishedAct::CommentApproved } else { FinishedAct::CommentHidden };
    let list = format!("/office/survey/comments?from={}&to={}{version}{all}", day(from), day(to));
    Ok(go(&done.at_named(&list, &named)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::banner::Banner;
    use crate::pages::bare_frame;

    #[test]
    fn only_an_id_and_a_question_name_the_comment_that_was_just_judged() {
        let id = SubmissionId::from_parts(7, [7; 10]);
        let judged = |named: &str| {
            let mut f = bare_frame();
            let at = FinishedAct::CommentHidden.at_named("/office/survey/comments?from=", named);
            f.banner = Banner::of(&f, &at);
            just_judged(&f)
        };
        let question = QuestionId::parse("why").unwrap();
        assert_eq!(judged(&format!("{id} why")), Some((id, question)));
        for forged in ["", "why", "x why", &format!("{id} <b>"), &format!("{id}")] {
            assert_eq!(judged(forged), None, "{forged}");
        }
        assert_eq!(just_judged(&bare_frame()), None);
    }
}
