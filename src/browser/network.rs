//! Requests to the server. Each one ends within a stated time, whatever the network does.

use super::files::blob_of;
use super::page::window;
use domain::collector::CollectorCode;
use domain::edition::Edition;
use domain::status::{SaidWords, Status, StatusAnswer, StatusRequest, StatusThread};
use domain::submission::PublicKeys;
#[cfg(feature = "counter")]
use domain::tablet::{Enrolment, EnrolmentCode};
use domain::tablet::{ReportAnswer, TabletReport};
use gloo_timers::callback::Timeout;
use js_sys::{ArrayBuffer, Date, Uint8Array};
use offline::ports::{Exchange, Network};
use offline::report::read_answer;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestCache, RequestInit, RequestRedirect, Response};

/// Time limit of a request in milliseconds: a connection may hang or trickle on a weak signal.
const REQUEST_MS_MAX: u32 = 30_000;
/// Time limit of a probe in milliseconds. Its answer is a few bytes.
const PROBE_MS_MAX: u32 = 5_000;
/// The body of `/api/ping`. Distinguishes the server from the page of a captive portal.
const PING: &str = "community-hub";

/// The network port of the courier, implemented by `fetch`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BrowserNetwork;

impl Network for BrowserNetwork {
    async fn post(&self, batch: Vec<u8>) -> Exchange {
        let (response, _giving_up) = fetch("/api/submissions", &post(&batch), REQUEST_MS_MAX).await;
        match response {
            Some(response) => exchange(response).await,
            None => Exchange::NoAnswer,
        }
    }
}

fn post(body: &[u8]) -> RequestInit {
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_redirect(RequestRedirect::Manual);
    request.set_body(&blob_of(body).map_or_else(|| Uint8Array::from(body).into(), JsValue::from));
    if let Ok(headers) = Headers::new() {
        // Name and value are well formed, so this cannot fail.
        let _ = headers.set("content-type", "application/octet-stream");
        request.set_headers(&headers);
    }
    request
}

/// The status of the submission that a receipt belongs to, the conversation about it and, once the
/// inquiry is closed, the survey's code. The status is `None` if the server knows no such receipt;
/// the result is `None` if something other than the server answered, or nothing.
pub(crate) async fn status(
    request: StatusRequest,
) -> Option<(Option<Status>, StatusThread, Option<CollectorCode>)> {
    let request = postcard::to_allocvec(&request).ok()?;
    let (response, _giving_up) = fetch("/api/status", &post(&request), REQUEST_MS_MAX).await;
    let bytes = bytes_of(&response.filter(Response::ok)?).await?;
    let (status, rest) = postcard::take_from_bytes(&bytes).ok()?;
    // Older servers end the answer after the status (before there were replies), after the replies
    // (before there were survey codes) or after the code.
    let (replies, rest) = postcard::take_from_bytes::<Vec<StatusAnswer>>(rest).unwrap_or_default();
    let (code, rest) = postcard::take_from_bytes(rest).unwrap_or_default();
    let thread = postcard::from_bytes::<Option<StatusThread>>(rest).ok().flatten();
    Some((status, thread.unwrap_or_else(|| replies_alone(replies)), code))
}

/// The conversation as far as an older server tells it.
fn replies_alone(replies: Vec<StatusAnswer>) -> StatusThread {
    let said = replies.into_iter();
    StatusThread {
        said: said
            .map(|StatusAnswer { at_ms, text }| SaidWords { at_ms, is_reply: true, text })
            .collect(),
        ..Default::default()
    }
}

async fn exchange(response: Response) -> Exchange {
    let retry_after_s = retry_after_s(&response.headers());
    match bytes_of(&response).await {
        Some(body) => Exchange::Answered { status: response.status(), retry_after_s, body },
        None => Exchange::NoAnswer,
    }
}

/// How long to wait, which a server or a proxy says in seconds or as a date (RFC 9110). A date is
/// compared with the server's own clock, because the device's may be wrong.
fn retry_after_s(headers: &Headers) -> Option<u64> {
    let text = |name: &str| headers.get(name).ok().flatten();
    let value = text("retry-after")?;
    if let Ok(seconds) = value.trim().parse() {
        return Some(seconds);
    }
    let until_ms = Date::parse(&value);
    let now_ms = text("date").map_or(f64::NAN, |now| Date::parse(&now));
    let now_ms = if now_ms.is_nan() { Date::now() } else { now_ms };
    // Not a date: NaN, which becomes 0. In the past: 0 too.
    Some(((until_ms - now_ms) / 1_000.0) as u64)
}

/// Exchanges an enrolment code of the office for what makes this device a tablet. `Some(None)` if
/// the code is not valid, `None` if the server did not answer.
#[cfg(feature = "counter")]
pub(crate) async fn enrol(code: &EnrolmentCode) -> Option<Option<Enrolment>> {
    let (response, _giving_up) =
        fetch("/api/tablets", &post(&postcard::to_allocvec(code).ok()?), REQUEST_MS_MAX).await;
    postcard::from_bytes(&bytes_of(&response.filter(Response::ok)?).await?).ok()
}

/// Reports this device's state to the office. `None` if the server did not answer.
pub(crate) async fn report(report: &TabletReport) -> Option<ReportAnswer> {
    let (response, _giving_up) =
        fetch("/api/seen", &post(&postcard::to_allocvec(report).ok()?), REQUEST_MS_MAX).await;
    read_answer(&bytes_of(&response.filter(Response::ok)?).await?)
}

/// The municipality's public keys in their wire form. `None` if the server cannot be reached or
/// something else answers.
pub(crate) async fn keys() -> Option<Vec<u8>> {
    let (response, _giving_up) = fetch("/api/keys", &RequestInit::new(), REQUEST_MS_MAX).await;
    let bytes = bytes_of(&response.filter(Response::ok)?).await?;
    postcard::from_bytes::<PublicKeys>(&bytes).ok().map(|_| bytes)
}

/// The newest edition of the catalogue according to the server. Its signature has not been checked
/// yet.
pub(crate) async fn edition() -> Option<Edition> {
    let (response, _giving_up) = fetch("/api/catalogue", &RequestInit::new(), REQUEST_MS_MAX).await;
    postcard::from_bytes(&bytes_of(&response.filter(Response::ok)?).await?).ok()
}

/// Whether the server itself answers now. `navigator.onLine` is wrong in both directions, so this
/// probe decides.
pub(crate) async fn is_reachable() -> bool {
    let request = RequestInit::new();
    request.set_cache(RequestCache::NoStore);
    let (response, _giving_up) = fetch("/api/ping", &request, PROBE_MS_MAX).await;
    match response.filter(Response::ok) {
        Some(response) => {
            bytes_of(&response).await.is_some_and(|bytes| bytes.trim_ascii() == PING.as_bytes())
        }
        None => false,
    }
}

/// A file of this version of the app or a newer catalogue, from the service worker's cache or the
/// network. `None` if neither has it.
pub(crate) async fn file(path: &str) -> Option<Vec<u8>> {
    let (response, giving_up) = fetch(path, &RequestInit::new(), REQUEST_MS_MAX).await;
    // The download has begun. On a weak signal it may take longer than the time limit.
    drop(giving_up);
    bytes_of(&response.filter(Response::ok)?).await
}

/// Sends a request. Returns the response once its headers have arrived, and a timer that aborts the
/// rest after `most_ms` unless it is dropped first.
async fn fetch(
    path: &str,
    request: &RequestInit,
    most_ms: u32,
) -> (Option<Response>, Option<Timeout>) {
    let (signal, giving_up) = bounded(most_ms);
    request.set_signal(signal.as_ref());
    let answer = JsFuture::from(window().fetch_with_str_and_init(path, request)).await;
    (answer.ok().and_then(|answer| answer.dyn_into().ok()), giving_up)
}

async fn bytes_of(response: &Response) -> Option<Vec<u8>> {
    let buffer = JsFuture::from(response.array_buffer().ok()?).await.ok()?;
    Some(Uint8Array::new(buffer.unchecked_ref::<ArrayBuffer>()).to_vec())
}

/// An abort signal that fires after `most_ms`, unless its timer is dropped first.
fn bounded(most_ms: u32) -> (Option<web_sys::AbortSignal>, Option<Timeout>) {
    let Ok(controller) = AbortController::new() else { return (None, None) };
    let signal = controller.signal();
    (Some(signal), Some(Timeout::new(most_ms, move || controller.abort())))
}
