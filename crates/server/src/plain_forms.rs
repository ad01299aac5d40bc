//! Answers forms that a browser sends without scripts, or before the app has started: a question,
//! its status, and the survey. The pages are the app's own, written by the page process; what needs
//! keys and the store happens here. What a person typed is in no address, no log and no cache, and
//! comes back on the page whatever happens.

mod number;
mod sending;
mod survey;

use crate::api::ServerParts;
use crate::gate::ClientAddress;
use crate::site::plain;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{MethodRouter, post};
use casework::when::Zone;
use community_hub_app::render::{PlainAnswer, PlainFields, PlainPage, PlainTrouble, StatusFinding};
use domain::Language;
use domain::inquiry::{InquiryDraft, ValidInquiry};
use domain::office::OfficeOffer;
use domain::reference::Reference;
use domain::status::{StatusQuestion, StatusRequest, secret_of, secret_text};
use domain::submission::Content;
use limits::budget::Budgets;
use limits::rates::RETRY_AFTER_S;
pub(crate) use number::FormNumber;
use office::directory::ServiceDirectory;
use office::is_from_elsewhere;
use offline::sealing::ticket_of;
use sending::FormContent;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use store::{Custody, OfficeStore, SenderStore, SubmissionStore};
use vault::now_ms;

/// The largest form, in bytes: the longest question has 4,000 characters, of which each may take
/// twelve bytes in a form. What is longer than a question may be comes back with its fault, up to
/// here.
pub(crate) const PLAIN_BYTES_MAX: usize = 64 * 1_024;
/// How long the store has to answer a form. It is shorter than what the server gives to a request,
/// which would otherwise end without words.
const STORE_PATIENCE: Duration = Duration::from_secs(20);
/// The addresses of forms, in both languages.
const ASK: [&str; 2] = ["/ask", "/fr/ask"];
const STATUS: [&str; 2] = ["/status", "/fr/status"];
const SURVEY: [&str; 2] = ["/feedback", "/fr/feedback"];

const FROM_ELSEWHERE: &str = "\
This form came from another site. Nothing was sent. Open the page here and fill it in.
Ce formulaire vient d’un autre site. Rien n’a été envoyé. Ouvrez la page ici et remplissez-la.
";
const NO_FORM: &str = "\
This is not a form of this site. Nothing was sent.
Ce n’est pas un formulaire de ce site. Rien n’a été envoyé.
";
const NO_SUCH_PAGE: &str = "There is nothing at this address. Nothing was sent.\n";
const THANKS: &str = "\
Thank you. We received your answers.
Merci. Nous avons reçu vos réponses.
";
/// What a form gets that is larger than [`PLAIN_BYTES_MAX`].
pub(crate) const TOO_LARGE: &str = "\
This form is too long. Nothing was sent: go back and shorten your text.
Ce formulaire est trop long. Rien n’a été envoyé\u{a0}: revenez en arrière et raccourcissez votre texte.
";
/// What a form gets that exceeds the rate of its network.
pub(crate) const TOO_MANY: &str = "\
Too many forms at once from your network. Nothing was sent: go back and send it again in ten \
seconds.
Trop de formulaires à la fois depuis votre réseau. Rien n’a été envoyé\u{a0}: revenez en arrière et \
renvoyez-le dans dix secondes.
";

/// Whether a plain form is sent to a path.
pub(crate) fn is_of_form(path: &str) -> bool {
    [ASK, STATUS, SURVEY].iter().any(|paths| paths.contains(&path))
}

/// The routes of the forms. Every other method of their addresses gets `page`.
pub(crate) fn routes<S: SubmissionStore + Custody + OfficeStore + SenderStore>(
    page: fn() -> MethodRouter<Arc<ServerParts<S>>>,
) -> Router<Arc<ServerParts<S>>> {
    let mut router = Router::new();
    for (ask_path, (status_path, survey_path)) in ASK.iter().zip(STATUS.iter().zip(SURVEY)) {
        router = router
            .route(ask_path, page().merge(post(ask::<S>)))
            .route(status_path, page().merge(post(status::<S>)))
            .route(survey_path, page().merge(post(survey::survey::<S>)));
    }
    router
}

/// A form as it arrived, and what it can be answered with.
struct PlainVisit<'a, S> {
    server: &'a Arc<ServerParts<S>>,
    headers: &'a HeaderMap,
    fields: PlainFields,
    language: Language,
    client: IpAddr,
    now_ms: u64,
}

impl<'a, S> PlainVisit<'a, S> {
    /// Reads a form. The error is the response to send: it is from elsewhere, not a form, or in a
    /// language that the municipality does not have.
    #[allow(
        clippy::result_large_err,
        reason = "built at most once per request and returned at once"
    )]
    fn read(
        server: &'a Arc<ServerParts<S>>,
        client: ClientAddress,
        uri: &Uri,
        headers: &'a HeaderMap,
        body: &[u8],
    ) -> Result<Self, Response> {
        let is_french = uri.path().starts_with("/fr/");
        let language = if is_french { Language::French } else { Language::English };
        if !server.editions.catalogue().municipality().languages.contains(&language) {
            return Err(plain(StatusCode::NOT_FOUND, NO_SUCH_PAGE));
        }
        if is_from_elsewhere(headers) && !is_of_no_site(headers) {
            return Err(plain(StatusCode::FORBIDDEN, FROM_ELSEWHERE));
        }
        let kind =
            headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, NO_FORM));
        }
        let pairs = form_urlencoded::parse(body)
            .map(|(name, value)| (name.into_owned(), value.into_owned()));
        let (fields, now_ms) = (PlainFields::of(pairs), now_ms());
        Ok(Self { server, headers, fields, language, client: client.0, now_ms })
    }

    /// The number of the form, if it has one.
    fn number(&self) -> Option<FormNumber> {
        FormNumber::parse(self.fields.text("number"), self.now_ms)
    }

    /// The page as the answer; `None` if it could not be written.
    async fn page(&self, page: PlainPage, number: FormNumber) -> Option<Response> {
        let editions = &self.server.editions;
        let zone = Zone::of(&editions.catalogue().municipality().time_zone);
        let at = times_on(&page).into_iter().chain([self.now_ms]);
        let times = at.map(|at_ms| (at_ms, zone.moment(at_ms))).collect();
        let offer = OfficeOffer::of(editions.rules().as_deref(), self.server.sends_email);
        let (language, now_ms) = (self.language, self.now_ms);
        let number = number.to_string();
        let answer = PlainAnswer { page, language, number, now_ms, times, offer };
        self.server.pages.answer_form(&self.server.site, editions, answer, self.headers).await
    }

    /// A page with a status; if it could not be written, words that say that nothing was sent.
    async fn shown(&self, status: StatusCode, page: PlainPage, number: FormNumber) -> Response {
        match self.page(page, number).await {
            Some(mut response) => {
                *response.status_mut() = status;
                response
            }
            None => self.nothing_sent(),
        }
    }

    /// The response with the time after which the form can be sent again, where it is known.
    fn later(&self, trouble: PlainTrouble, mut response: Response) -> Response {
        let after_s = match trouble {
            PlainTrouble::OverBudget => Budgets::retry_after_s(self.now_ms),
            PlainTrouble::NotStored => RETRY_AFTER_S,
            PlainTrouble::Maintenance => {
                let maintenance = self.server.maintenance.now();
                maintenance.map_or(RETRY_AFTER_S, |of| of.retry_after_s(self.now_ms))
            }
            PlainTrouble::NoNumber | PlainTrouble::UsedBefore => return response,
        };
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(after_s));
        response
    }

    /// For when no page can be written. What was typed is still on the page before.
    fn nothing_sent(&self) -> Response {
        let catalogue = self.server.editions.catalogue();
        let phone = &catalogue.municipality().contact.phone;
        let text = format!(
            "Nothing was sent: this page can’t be shown now. Go back, where your text still is, and \
             try again in a minute, or call {phone}.\n\
             Rien n’a été envoyé\u{a0}: cette page ne peut pas s’afficher. Revenez en arrière, où se \
             trouve encore votre texte, et réessayez dans une minute, ou appelez le {phone}.\n"
        );
        let mut response = plain(StatusCode::SERVICE_UNAVAILABLE, text);
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S));
        response
    }
}

/// Whether no site sent a form: a browser that loads its answer again says so. A form of another
/// site never has this value.
fn is_of_no_site(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "none")
}

/// What the store answers; `None` if that takes too long.
async fn in_time<T>(patience: Duration, answer: impl Future<Output = T>) -> Option<T> {
    let answered = tokio::time::timeout(patience, answer).await;
    answered.inspect_err(|_| tracing::error!("the store did not answer a form in time")).ok()
}

/// Each time that a page shows, in milliseconds since 1970.
fn times_on(page: &PlainPage) -> Vec<u64> {
    match page {
        PlainPage::Asked { receipt, .. } => vec![receipt.received_at_ms],
        PlainPage::Status { finding: StatusFinding::Found(status, thread, _), .. } => {
            let said = thread.said.iter().map(|said| said.at_ms).chain(thread.promised_ms);
            status.stages.iter().map(|(_, at_ms)| *at_ms).chain(said).collect()
        }
        _ => Vec::new(),
    }
}

/// Answers the form for a question: its review, the form again, or the receipt.
async fn ask<S: SubmissionStore + Custody + OfficeStore + SenderStore>(
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
    let catalogue = server.editions.catalogue();
    let mut draft = visit.fields.question(&catalogue);
    let number = visit.number();
    let act = visit.fields.text("do");
    if act == "show" || act == "remove-topic" {
        if act == "remove-topic" {
            (draft.service, draft.hub) = (None, None);
        }
        let page = PlainPage::Ask { draft, is_checked: false };
        return visit.shown(StatusCode::OK, page, or_fresh(number, &visit)).await;
    }
    let notice = catalogue.municipality().notice.version;
    match ValidInquiry::parse(&draft, visit.language, notice) {
        Err(_) => {
            let page = PlainPage::Ask { draft, is_checked: true };
            visit.shown(StatusCode::UNPROCESSABLE_ENTITY, page, or_fresh(number, &visit)).await
        }
        Ok(inquiry) if act == "send" => send(&visit, draft, inquiry, number).await,
        Ok(_) => {
            let page = PlainPage::AskCheck { draft, trouble: None };
            visit.shown(StatusCode::OK, page, or_fresh(number, &visit)).await
        }
    }
}

fn or_fresh<S>(number: Option<FormNumber>, visit: &PlainVisit<'_, S>) -> FormNumber {
    number.unwrap_or_else(|| FormNumber::fresh(visit.now_ms))
}

/// Stores a question and shows its receipt, or the review again with the reason.
async fn send<S: SubmissionStore + Custody + SenderStore>(
    visit: &PlainVisit<'_, S>,
    draft: InquiryDraft,
    inquiry: ValidInquiry,
    number: Option<FormNumber>,
) -> Response {
    let fresh = FormNumber::fresh(visit.now_ms);
    let Some(number) = number else {
        let page = PlainPage::AskCheck { draft, trouble: Some(PlainTrouble::NoNumber) };
        return visit.shown(StatusCode::UNPROCESSABLE_ENTITY, page, fresh).await;
    };
    let (content, contact) = (Content::Inquiry(inquiry), draft.contact);
    let form = FormContent { number: &number, purpose: "question", content };
    match form.send(visit.server, visit.client).await {
        Ok(receipt) => {
            let (secret, reference) = (form.secret(), receipt.reference());
            let page = visit.page(PlainPage::Asked { receipt, secret, contact }, fresh).await;
            page.unwrap_or_else(|| received(reference, &secret))
        }
        Err(trouble) => {
            let next = if needs_fresh(trouble) { fresh } else { number };
            let page = PlainPage::AskCheck { draft, trouble: Some(trouble) };
            visit.later(trouble, visit.shown(status_of(trouble), page, next).await)
        }
    }
}

/// Whether the next form needs another number. The same number again is the same submission, unless
/// it belongs to other words, or to something that is erased.
fn needs_fresh(trouble: PlainTrouble) -> bool {
    matches!(trouble, PlainTrouble::UsedBefore | PlainTrouble::NoNumber)
}

fn status_of(trouble: PlainTrouble) -> StatusCode {
    match trouble {
        PlainTrouble::NoNumber => StatusCode::UNPROCESSABLE_ENTITY,
        PlainTrouble::UsedBefore => StatusCode::CONFLICT,
        PlainTrouble::OverBudget => StatusCode::TOO_MANY_REQUESTS,
        PlainTrouble::NotStored | PlainTrouble::Maintenance => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The receipt in plain words, for when the question is stored and no page can be written.
fn received(reference: Reference, secret: &[u8; 16]) -> Response {
    let secret = secret_text(secret);
    let text = format!(
        "We received your question. Note both:\n\
         Nous avons reçu votre question. Notez les deux\u{a0}:\n\n\
         Reference number / Numéro de référence\u{a0}: {reference}\n\
         Tracking code / Code de suivi\u{a0}: {secret}\n"
    );
    plain_not_stored(text)
}

/// Thanks in plain words, for when the answers are stored and no page can be written.
fn thanked() -> Response {
    plain_not_stored(THANKS)
}

fn plain_not_stored(text: impl Into<Body>) -> Response {
    let mut response = plain(StatusCode::OK, text);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Answers the form for the status of a question.
async fn status<S: SubmissionStore + Custody + OfficeStore>(
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
    let text = |name: &str| visit.fields.text(name).to_string();
    let (reference, secret) = (text("reference"), text("secret"));
    let asked = (Reference::parse(&reference), secret_of(&secret));
    let (status, finding) = match asked {
        (Some(reference), Some(secret)) => {
            found(&server, StatusQuestion { reference, secret }).await
        }
        // Only the language was changed, and nobody has asked yet.
        _ if visit.fields.text("do") == "show" => (StatusCode::OK, StatusFinding::NotAsked),
        (None, _) => (StatusCode::UNPROCESSABLE_ENTITY, StatusFinding::WrongReference),
        (_, None) => (StatusCode::UNPROCESSABLE_ENTITY, StatusFinding::WrongCode),
    };
    let page = PlainPage::Status { reference, secret, finding };
    visit.shown(status, page, FormNumber::fresh(visit.now_ms)).await
}

async fn found<S: SubmissionStore + Custody + OfficeStore>(
    server: &ServerParts<S>,
    question: StatusQuestion,
) -> (StatusCode, StatusFinding) {
    let request = StatusRequest { question, is_background: false };
    let Some(answered) = in_time(STORE_PATIENCE, server.status(request)).await else {
        return (StatusCode::SERVICE_UNAVAILABLE, StatusFinding::NoAnswer);
    };
    match answered {
        Ok((Some(status), _, code, thread)) => {
            let ticket = ticket_of(&question.secret);
            let survey = code.map(|code| format!("{code}/{ticket}"));
            (StatusCode::OK, StatusFinding::Found(status, thread.unwrap_or_default(), survey))
        }
        Ok((None, ..)) => (StatusCode::OK, StatusFinding::Unknown),
        Err(fault) => {
            tracing::error!(%fault, "a status could not be read");
            (StatusCode::SERVICE_UNAVAILABLE, StatusFinding::NoAnswer)
        }
    }
}
