//! The public HTTP interface: accepts submissions, serves keys, status, health and the app itself.

mod tablets;
mod thread;

pub(crate) use tablets::seen_row;

use crate::editions::Editions;
use crate::gate::{ClientAddress, QUESTION_BYTES_MAX, gate};
use crate::headers::{StrictTransport, secure};
use crate::jobs::mailbox::MailboxStatus;
use crate::log::{AccessLog, LostLines, RequestId};
use crate::metrics::{RequestRefusal, ServerMetrics};
use crate::pages::RequestPages;
use crate::plain_forms;
use crate::readiness::{Readiness, Report};
use crate::site::neighbours::NeighbourBuilds;
use crate::site::{ServedSite, plain};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Extension, Path, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use casework::when::Zone;
use casework::{counter, survey};
use domain::Language;
use domain::collector::CollectorCode;
use domain::office::OfficeOffer;
use domain::status::{
    InquiryEnding, Status, StatusAnswer, StatusQuestion, StatusRequest, StatusThread,
};
use domain::submission::{BATCH_MAX, Batch, Kind, REQUEST_BYTES_MAX, Verdict};
use domain::tablet::{EnrolmentCode, TabletReport};
use limits::Limits;
use limits::budget::Budgets;
use limits::client::TrustedProxies;
use limits::rates::RETRY_AFTER_S;
use limits::sender::Sender;
use office::directory::ServiceDirectory;
use office::ledger_copy::LedgerCopy;
use office::maintenance::MaintenanceWatch;
use receiving::{Received, Receiver};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{Custody, OfficeStore, SenderStore, StoreFault, SubmissionStore};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use tracing::Instrument;
use vault::now_ms;
use vault::receipts::pem;

/// Request timeout in seconds. The device sends a request that timed out again.
const WORK_S_MAX: u64 = 30;
/// How long the response with the keys waits for the store.
const RESULTS_PATIENCE: Duration = Duration::from_millis(250);
/// The body of `/api/ping`, by which the app can tell the server from a captive portal.
pub(crate) const PING: &str = "community-hub\n";
/// The header of an answer with its request's id: who reports a fault can name it.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const OVER_BUDGET: &str = "The daily limit of this network is reached. Nothing is lost: messages stay on the device and are sent again later.\n";
const CANNOT_READ: &str = "The server cannot look this up now. Try again in a few minutes.\n";
const CANNOT_KEEP: &str =
    "The server cannot store anything now. Nothing is lost: send it again in a few minutes.\n";
const IN_MAINTENANCE: &str =
    "Nothing is lost: messages stay on the device, which sends them again later.\n";
const IN_MAINTENANCE_FR: &str =
    "Rien n’est perdu\u{a0}: les messages restent sur l’appareil, qui les renverra plus tard.\n";

/// The state that all handlers share.
pub struct ServerParts<S> {
    /// Accepts and stores submissions.
    pub receiver: Arc<Receiver<S>>,
    /// The app's files.
    pub site: ServedSite,
    /// The files of the builds before and after.
    pub neighbours: NeighbourBuilds,
    /// The editions of the service directory.
    pub editions: Arc<Editions>,
    /// Pages that are written for a request.
    pub pages: RequestPages,
    /// Rate limits and daily budgets.
    pub limits: Limits,
    /// Whether the server can do its work.
    pub readiness: Readiness,
    /// Log lines that could not be written.
    pub lost_lines: LostLines,
    /// Counts for monitoring.
    pub metrics: ServerMetrics,
    /// What staff did with the survey: collectors, rounds, baselines.
    pub ledger: Arc<LedgerCopy<survey::ledger::SurveyLedger>>,
    /// What staff did with tablets, counters and events.
    pub counter: Arc<LedgerCopy<counter::ledger::CounterLedger>>,
    /// Whether nothing may be stored now.
    pub maintenance: Arc<MaintenanceWatch>,
    /// How the mailbox is doing.
    pub mailbox: MailboxStatus,
    /// Whether replies can be sent by email.
    pub sends_email: bool,
    /// Proxies whose forwarding headers are trusted.
    pub trusted_proxies: TrustedProxies,
    /// What browsers are told to do by HTTPS only.
    pub strict_transport: StrictTransport,
    /// Which requests have a line in the log.
    pub access_log: AccessLog,
    /// The database's name and version.
    pub engine: String,
}

impl<S: SubmissionStore + Custody + OfficeStore> ServerParts<S> {
    /// Looks up the status of a submission, the office's replies, an invitation code for the survey
    /// if the inquiry is closed, and the conversation. The status is `None` if the reference number
    /// or the secret is wrong. In the background only the status is returned.
    pub(crate) async fn status(
        &self,
        StatusRequest { question, is_background }: StatusRequest,
    ) -> Result<StatusResponse, StoreFault> {
        let Some(found) = self.receiver.status(question).await? else {
            return Ok(StatusResponse::default());
        };
        if is_background {
            return Ok((Some(found.status), Vec::new(), None, None));
        }
        let thread = thread::of(self, &found).await?;
        let has_withdrawn =
            thread.as_ref().is_some_and(|of| of.ending == Some(InquiryEnding::Withdrawn));
        let cipher = self.receiver.keys.event_cipher();
        let code = match has_withdrawn || self.maintenance.is_on() {
            // Whoever withdrew a question got nothing that they could have an opinion about, and
            // during maintenance no code is created.
            true => None,
            false => {
                let ledger = (&self.receiver.store, &cipher);
                self.ledger.invite(ledger, &found.status, question, now_ms()).await?
            }
        };
        Ok((Some(found.status), found.replies, code, thread))
    }
}

/// What `/api/status` answers. New parts go last, so that older apps stop reading before them.
type StatusResponse =
    (Option<Status>, Vec<StatusAnswer>, Option<CollectorCode>, Option<StatusThread>);

impl<S: SubmissionStore + OfficeStore> ServerParts<S> {
    /// Whether figures of the survey are published. `None` if the store does not say it in time.
    async fn has_results(&self) -> Option<bool> {
        let cipher = self.receiver.keys.event_cipher();
        let look = self.ledger.look(&self.receiver.store, &cipher);
        // Keys are given out without a store too, and its faults are logged where it is needed.
        let ledger = tokio::time::timeout(RESULTS_PATIENCE, look).await.ok()?.ok()?;
        Some(ledger.published().is_some())
    }
}

impl<S: SubmissionStore> ServerParts<S> {
    /// Whether the server can do its work.
    pub(crate) async fn report(self: &Arc<Self>) -> Report {
        let (probed, keys) = (self.clone(), self.clone());
        self.readiness
            .now(
                || async move { probed.receiver.store.probe().await },
                move || keys.receiver.keys.is_present(),
            )
            .await
    }
}

/// Builds all routes: the public ones, and those of `office`, which checks its own access.
pub fn router<S: SubmissionStore + Custody + OfficeStore + SenderStore>(
    server: Arc<ServerParts<S>>,
    office: Router<Arc<ServerParts<S>>>,
) -> Router {
    Router::new()
        .merge(office)
        .route("/api/submissions", post(submissions::<S>))
        .route("/api/keys", get(keys::<S>))
        .route("/api/keys/{file}", get(key_file::<S>))
        .route("/api/catalogue", get(catalogue::<S>))
        .route("/api/status", post(status::<S>))
        .route("/api/tablets", post(tablets::<S>))
        .route("/api/seen", post(seen::<S>))
        .route("/api/ping", get(async || plain(StatusCode::OK, PING)))
        .route("/api/sources/{*record}", get(source::<S>))
        .route(
            "/api/{*rest}",
            axum::routing::any(async || {
                plain(StatusCode::NOT_FOUND, "There is no such API address.\n")
            }),
        )
        .route("/health", get(health::<S>))
        .route("/ready", get(ready::<S>))
        .merge(reserved())
        .merge(plain_forms::routes(|| MethodRouter::new().fallback(file::<S>)))
        .fallback(file::<S>)
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            Duration::from_secs(WORK_S_MAX),
        ))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(server.clone(), gate))
        .layer(from_fn_with_state((server.trusted_proxies, server.strict_transport), secure))
        .layer(from_fn_with_state(server.clone(), log))
        // The one above answers with all headers and is in the log. This one is for the layers
        // between: no panic anywhere ends a connection.
        .layer(CatchPanicLayer::new())
        .with_state(server)
}

/// Names that monitoring asks for by custom, or that a later version may use. They are never a page
/// of the app, so that a wrong address is noticed.
const RESERVED: [&str; 6] =
    ["/metrics", "/healthz", "/readyz", "/livez", "/status.json", "/.well-known/{*rest}"];

fn reserved<S: Clone + Send + Sync + 'static>() -> Router<S> {
    RESERVED.iter().fold(Router::new(), |router, path| {
        let nothing = async || plain(StatusCode::NOT_FOUND, "There is no page at this address.\n");
        router.route(path, axum::routing::any(nothing))
    })
}

async fn submissions<S: SubmissionStore + SenderStore>(
    State(server): State<Arc<ServerParts<S>>>,
    Extension(client): Extension<ClientAddress>,
    body: Bytes,
) -> Response {
    if let Some(refused) = in_maintenance(&server) {
        return refused;
    }
    match postcard::from_bytes::<Batch>(&body) {
        Ok(batch) if batch.envelopes.len() > BATCH_MAX => plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            "There are more than 250 entries in this request. Send fewer at a time.\n",
        ),
        Ok(batch) => {
            let now_ms = now_ms();
            let sender = Sender::of(&server.receiver.keys.now(), client.0, now_ms);
            let kinds: Vec<Kind> =
                batch.envelopes.iter().map(|envelope| envelope.header.kind).collect();
            let received =
                server.receiver.receive_from(&sender, &server.limits.budgets, batch, now_ms).await;
            server.metrics.note_verdicts(&kinds, &received.verdicts);
            answered(&server, &received, now_ms)
        }
        Err(_) => {
            plain(StatusCode::BAD_REQUEST, "This is not a batch of submissions in format 1.\n")
        }
    }
}

async fn keys<S: SubmissionStore + OfficeStore>(
    State(server): State<Arc<ServerParts<S>>>,
) -> Response {
    let receiver = &server.receiver;
    let keys = receiver.keys.public(&receiver.municipality, receiver.store.epoch(), now_ms());
    let offer = OfficeOffer::of(server.editions.rules().as_deref(), server.sends_email);
    // New fields go last, so that older apps stop reading before them.
    binary(&(keys, offer, server.has_results().await))
}

/// Serves a key that signs receipts as PEM, for other programs; see docs/receipts.md.
async fn key_file<S: SubmissionStore>(
    State(server): State<Arc<ServerParts<S>>>,
    Path(file): Path<String>,
) -> Response {
    let receiver = &server.receiver;
    match pem(
        &receiver.keys.now().public(&receiver.municipality, receiver.store.epoch(), now_ms()),
        &file,
    ) {
        Some(key) => plain(StatusCode::OK, key),
        None => plain(
            StatusCode::NOT_FOUND,
            "There is no such key. It may have been revoked; ask the office.\n",
        ),
    }
}

/// Reports the status of a submission to the holder of its receipt. An unknown id and a wrong
/// secret get the same answer.
async fn status<S: SubmissionStore + Custody + OfficeStore>(
    State(server): State<Arc<ServerParts<S>>>,
    body: Bytes,
) -> Response {
    let question = match asked::<StatusQuestion>(
        &body,
        "This is not a reference number with its tracking code.\n",
    ) {
        Ok(question) => question,
        Err(refused) => return refused,
    };
    let is_background =
        postcard::from_bytes(&body).is_ok_and(|request: StatusRequest| request.is_background);
    match server.status(StatusRequest { question, is_background }).await {
        Ok(found) => binary(&found),
        Err(fault) => {
            tracing::error!(%fault, "a status could not be read");
            later(StatusCode::SERVICE_UNAVAILABLE, RETRY_AFTER_S, CANNOT_READ)
        }
    }
}

/// Enrols a device as a staff tablet, with a code that staff created.
async fn tablets<S: SubmissionStore + Custody + OfficeStore>(
    State(server): State<Arc<ServerParts<S>>>,
    body: Bytes,
) -> Response {
    if let Some(refused) = in_maintenance(&server) {
        return refused;
    }
    let code = match asked::<EnrolmentCode>(&body, "This is not a setup code.\n") {
        Ok(code) => code,
        Err(refused) => return refused,
    };
    answer("a tablet could not be enrolled", server.enrol(&code, now_ms()).await)
}

/// Accepts a status report from a staff tablet or a public terminal.
async fn seen<S: SubmissionStore + Custody + OfficeStore>(
    State(server): State<Arc<ServerParts<S>>>,
    body: Bytes,
) -> Response {
    if let Some(refused) = in_maintenance(&server) {
        return refused;
    }
    let report = match asked::<TabletReport>(&body, "This is not a status report from a device.\n")
    {
        Ok(report) => report,
        Err(refused) => return refused,
    };
    answer("a device’s report could not be kept", server.seen(report, now_ms()).await)
}

/// The answer to what would be stored, during maintenance: devices keep it, and ask again.
fn in_maintenance<S>(server: &ServerParts<S>) -> Option<Response> {
    let of = server.maintenance.now()?;
    server.metrics.note_refusal(RequestRefusal::Maintenance);
    let now_ms = now_ms();
    let zone = Zone::of(&server.editions.catalogue().municipality().time_zone);
    let words = [Language::English, Language::French].map(|in_| of.said(in_, &zone, now_ms));
    let text = format!("{}\n{IN_MAINTENANCE}{}\n{IN_MAINTENANCE_FR}", words[0], words[1]);
    Some(later(StatusCode::SERVICE_UNAVAILABLE, of.retry_after_s(now_ms), text))
}

/// Parses a small request in postcard; the error is the response to send.
#[allow(clippy::result_large_err, reason = "built at most once per request and returned at once")]
fn asked<Q: serde::de::DeserializeOwned>(
    body: &[u8],
    else_said: &'static str,
) -> Result<Q, Response> {
    let question =
        (body.len() <= QUESTION_BYTES_MAX).then(|| postcard::from_bytes(body).ok()).flatten();
    question.ok_or_else(|| plain(StatusCode::BAD_REQUEST, else_said))
}

fn answer<T: serde::Serialize>(what: &'static str, found: Result<T, StoreFault>) -> Response {
    match found {
        Ok(found) => binary(&found),
        Err(fault) => {
            tracing::error!(%fault, what);
            later(StatusCode::SERVICE_UNAVAILABLE, RETRY_AFTER_S, CANNOT_READ)
        }
    }
}

/// Serves the signed description of the newest edition. Devices poll it, and fetch the edition if
/// theirs is older.
async fn catalogue<S: SubmissionStore>(State(server): State<Arc<ServerParts<S>>>) -> Response {
    binary(&server.editions.edition(&server.receiver.keys.now(), now_ms()))
}

/// Redirects to the web page that a record is based on. Devices carry only the page's owner, not
/// its address.
async fn source<S: SubmissionStore>(
    State(server): State<Arc<ServerParts<S>>>,
    Path(record): Path<String>,
) -> Response {
    match server.editions.source(&server.site, &record) {
        Some(url) => Redirect::to(&url).into_response(),
        None => plain(StatusCode::NOT_FOUND, "No source is known for this record.\n"),
    }
}

/// Answers as long as the program runs: what restarts a program asks this.
async fn health<S: SubmissionStore>(State(server): State<Arc<ServerParts<S>>>) -> Response {
    json(StatusCode::OK, &serde_json::json!({ "status": "ok", "version": server.site.version }))
}

/// Whether the server can do its work: what sends it requests asks this, and who watches over it.
async fn ready<S: SubmissionStore>(State(server): State<Arc<ServerParts<S>>>) -> Response {
    let report = server.report().await;
    let (status, word) = match report.is_ready() {
        true => (StatusCode::OK, "ready"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not ready"),
    };
    let checks: serde_json::Map<String, serde_json::Value> =
        report.words().map(|(check, word)| (check.into(), word.into())).into_iter().collect();
    json(
        status,
        &serde_json::json!({
            "status": word,
            "version": server.site.version,
            "engine": server.engine,
            "maintenance": if server.maintenance.is_on() { "on" } else { "off" },
            "checks": checks,
            "log_lines_lost": server.lost_lines.count(),
        }),
    )
}

fn json(status: StatusCode, value: &serde_json::Value) -> Response {
    let built = Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "application/json")
        .header(CACHE_CONTROL, "no-store")
        .body(Body::from(value.to_string()));
    built.expect("all header values are plain ASCII")
}

async fn file<S: SubmissionStore>(
    State(server): State<Arc<ServerParts<S>>>,
    method: Method,
    request: Request,
) -> Response {
    match method {
        // The HTTP layer drops the body of a HEAD response.
        Method::GET | Method::HEAD => {
            let (path, headers) = (request.uri().path(), request.headers());
            if !server.site.has(path)
                && let Some(address) = office::tidy_address(request.uri())
            {
                return Redirect::to(&address).into_response();
            }
            let editions = &server.editions;
            if let Some(address) = editions.moved(path) {
                return moved(&address);
            }
            if let Some(answer) = editions.answer(path, headers) {
                return answer;
            }
            let (site, uri) = (&server.site, request.uri());
            let of_neighbour = || server.neighbours.answer(path, headers);
            if let Some(answer) = (!site.has(path)).then(of_neighbour).flatten() {
                return answer;
            }
            if let Some(page) = server.pages.answer(site, editions, uri, headers).await {
                return page;
            }
            // A page in the site belongs to the site's own edition. If there is a newer one, the
            // app shows its facts, and nothing stale comes first.
            let page = site.answer_page(path, headers).filter(|_| editions.is_of_site());
            page.unwrap_or_else(|| site.answer(path, headers))
        }
        _ => plain(StatusCode::METHOD_NOT_ALLOWED, "This address accepts only GET.\n"),
    }
}

/// The record at this address has another one for good.
fn moved(address: &str) -> Response {
    let built = Response::builder()
        .status(StatusCode::MOVED_PERMANENTLY)
        .header(LOCATION, address)
        .header(CACHE_CONTROL, "no-cache")
        .body(Body::empty());
    built.expect("an address of the app is plain ASCII")
}

/// If no submission of the request could be stored, the HTTP status says so too, for monitoring and
/// for proxies.
fn answered<S: SubmissionStore>(
    server: &ServerParts<S>,
    received: &Received,
    now_ms: u64,
) -> Response {
    let verdicts = &received.verdicts.verdicts;
    if verdicts.is_empty() || verdicts.iter().any(|(_, verdict)| *verdict != Verdict::Later) {
        return bytes(server.receiver.answer(&received.verdicts, now_ms));
    }
    if received.over_budget == verdicts.len() {
        server.metrics.note_refusal(RequestRefusal::Budget);
        return later(StatusCode::TOO_MANY_REQUESTS, Budgets::retry_after_s(now_ms), OVER_BUDGET);
    }
    server.metrics.note_refusal(RequestRefusal::Store);
    later(StatusCode::SERVICE_UNAVAILABLE, RETRY_AFTER_S, CANNOT_KEEP)
}

/// Asks the client to send the same request again after `retry_after_s` seconds.
pub(crate) fn later(status: StatusCode, retry_after_s: u64, why: impl Into<Body>) -> Response {
    let built = Response::builder()
        .status(status)
        .header(RETRY_AFTER, retry_after_s)
        .header(CONTENT_TYPE, "text/plain; charset=utf-8")
        .body(why.into());
    built.expect("all header values are plain ASCII")
}

fn binary<T: serde::Serialize>(value: &T) -> Response {
    bytes(postcard::to_allocvec(value).expect("all answers serialize to postcard"))
}

fn bytes(bytes: Vec<u8>) -> Response {
    let built = Response::builder()
        .header(CONTENT_TYPE, "application/octet-stream")
        .header(CACHE_CONTROL, "no-store")
        .body(Body::from(bytes));
    built.expect("all header values are plain ASCII")
}

/// Gives the request its id, which each line of the log about it has, and logs one line per
/// request: kind of address, outcome and duration. It must hold nothing that leads to a person.
async fn log<S: Send + Sync + 'static>(
    State(server): State<Arc<ServerParts<S>>>,
    request: Request,
    next: Next,
) -> Response {
    let class = class_of(request.uri().path());
    let method = request.method().clone();
    let began = Instant::now();
    let id = RequestId::new();
    let span = tracing::error_span!("request", %id);
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let (status, time) = (response.status().as_u16(), began.elapsed());
    server.metrics.note_request(class, status, time);
    let ms = time.as_millis() as u64;
    if !server.access_log.has(id, status, ms) {
        return response;
    }
    let _in_request = span.enter();
    if status >= 500 {
        tracing::error!(%method, class, status, ms, "request");
    } else {
        tracing::info!(%method, class, status, ms, "request");
    }
    response
}

/// The kind of an address. Paths are not logged, because they show what a person searched for or
/// read.
fn class_of(path: &str) -> &'static str {
    match path {
        "/api/submissions" => "submissions",
        "/api/keys" => "keys",
        "/api/catalogue" => "catalogue",
        "/api/status" => "status",
        "/api/tablets" => "tablets",
        "/api/seen" => "seen",
        "/api/ping" => "ping",
        path if path.starts_with("/api/keys/") => "keys",
        "/health" | "/ready" => "health",
        path if path == "/office" || path.starts_with("/office/") => "office",
        path if path.starts_with("/api/") => "api",
        path if path.rsplit('/').next().unwrap_or_default().contains('.') => "file",
        _ => "page",
    }
}
