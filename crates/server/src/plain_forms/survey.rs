//! Answers the forms of the survey. The answers so far travel in the form, so that nothing is
//! stored before they are sent.

use super::sending::FormContent;
use super::{FormNumber, PlainVisit, STORE_PATIENCE, in_time, needs_fresh};
use super::{or_fresh, status_of, thanked};
use crate::api::ServerParts;
use crate::gate::ClientAddress;
use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use community_hub_app::render::{PlainPage, PlainSurvey, PlainTrouble, SurveyTurn};
use domain::collector::{Step, Tally};
use domain::submission::Content;
use office::directory::ServiceDirectory;
use std::sync::Arc;
use store::{Custody, OfficeStore, SenderStore, SubmissionStore};

/// What is counted when somebody begins: no script has counted before that the survey was opened.
const BEGUN: [(Step, &str); 2] = [(Step::Opened, "opened"), (Step::Started, "started")];

/// Answers a form of the survey with the page that follows from it.
pub(super) async fn survey<S: SubmissionStore + Custody + OfficeStore + SenderStore>(
    State(server): State<Arc<ServerParts<S>>>,
    Extension(client): Extension<ClientAddress>,
    headers: HeaderMap,
    uri: Uri,
    body: Bytes,
) -> Response {
    let visit = match PlainVisit::read(&server, client, &uri, &headers, &body) {
        Ok(visit) => visit,
        Err(refused) => return refused,
    };
    let number = visit.number();
    match visit.fields.survey_turn(&server.editions.catalogue()) {
        SurveyTurn::Send(survey) => send(&visit, survey, number).await,
        SurveyTurn::Begin(page) => {
            count(&visit, &page, number.as_ref()).await;
            visit.shown(StatusCode::OK, page, or_fresh(number, &visit)).await
        }
        SurveyTurn::Show(page) => {
            let is_faulty = matches!(page, PlainPage::SurveyQuestion { is_checked: true, .. });
            let status = if is_faulty { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            visit.shown(status, page, or_fresh(number, &visit)).await
        }
    }
}

/// Counts for a survey link that somebody has begun, once for each number. If it cannot be counted
/// in time, the page is shown all the same.
async fn count<S: SubmissionStore + Custody + SenderStore>(
    visit: &PlainVisit<'_, S>,
    page: &PlainPage,
    number: Option<&FormNumber>,
) {
    let collector = match page {
        PlainPage::SurveyQuestion { survey, .. } => survey.collector(),
        _ => None,
    };
    let Some((collector, number)) = collector.zip(number) else { return };
    let counting = async {
        for (step, purpose) in BEGUN {
            let content = Content::Tally(Tally { collector: collector.clone(), step });
            let form = FormContent { number, purpose, content };
            // Why it was not is in the log or in the metrics.
            let _ = form.send(visit.server, visit.client).await;
        }
    };
    let _ = in_time(STORE_PATIENCE, counting).await;
}

/// Stores the answers and thanks for them, or shows the review again with the reason.
async fn send<S: SubmissionStore + Custody + SenderStore>(
    visit: &PlainVisit<'_, S>,
    survey: PlainSurvey,
    number: Option<FormNumber>,
) -> Response {
    let fresh = FormNumber::fresh(visit.now_ms);
    let catalogue = visit.server.editions.catalogue();
    let feedback = survey.feedback(catalogue.survey(), visit.language);
    // After a new edition the person confirms the answers beside the questions as they are now.
    let is_current = visit.fields.text("version") == catalogue.survey().version.to_string();
    let confirmed = feedback.clone().filter(|_| is_current);
    let (Some(feedback), Some(number)) = (confirmed, number.clone()) else {
        // Without an answer the page itself says so.
        let trouble = feedback.map(|_| PlainTrouble::NoNumber);
        let page = PlainPage::SurveyCheck { survey, trouble };
        let next = or_fresh(number, visit);
        return visit.shown(StatusCode::UNPROCESSABLE_ENTITY, page, next).await;
    };
    let content = Content::Feedback(feedback);
    let form = FormContent { number: &number, purpose: "answers", content };
    match form.send(visit.server, visit.client).await {
        Ok(_) => visit.page(PlainPage::SurveyDone, fresh).await.unwrap_or_else(thanked),
        Err(trouble) => {
            let next = if needs_fresh(trouble) { fresh } else { number };
            let page = PlainPage::SurveyCheck { survey, trouble: Some(trouble) };
            visit.later(trouble, visit.shown(status_of(trouble), page, next).await)
        }
    }
}
