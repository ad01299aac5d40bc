//! Requests to the server. Every one ends within a stated time, whatever the network does.

use domain::submission::PublicKeys;
use gloo_net::http::{Request, Response};
use gloo_timers::callback::Timeout;
use offline::ports::{Exchange, Network};
use web_sys::AbortController;

/// A request that has not ended by then is given up: a hang or a trickle on two bars of signal.
const REQUEST_MS_MAX: u32 = 30_000;
/// A probe is a few bytes.
const PROBE_MS_MAX: u32 = 5_000;
/// What `/api/ping` answers, so that a portal's page is not taken for the server.
const PING: &str = "community-hub";

#[derive(Debug, Clone, Copy)]
pub(crate) struct BrowserNetwork;

impl Network for BrowserNetwork {
    async fn post(&self, batch: Vec<u8>) -> Exchange {
        let (signal, _giving_up) = bounded(REQUEST_MS_MAX);
        let body = js_sys::Uint8Array::from(batch.as_slice());
        let request = Request::post("/api/submissions")
            .header("content-type", "application/octet-stream")
            .abort_signal(signal.as_ref())
            .redirect(web_sys::RequestRedirect::Manual)
            .body(body);
        let Ok(request) = request else { return Exchange::NoAnswer };
        match request.send().await {
            Ok(response) => exchange(response).await,
            Err(_) => Exchange::NoAnswer,
        }
    }
}

async fn exchange(response: Response) -> Exchange {
    let retry_after_s = response.headers().get("retry-after").and_then(|value| value.trim().parse().ok());
    match response.binary().await {
        Ok(body) => Exchange::Answered { status: response.status(), retry_after_s, body },
        Err(_) => Exchange::NoAnswer,
    }
}

/// The municipality's public keys, from the server. `None` when it cannot be reached or something else answers.
pub(crate) async fn keys() -> Option<Vec<u8>> {
    let (signal, _giving_up) = bounded(REQUEST_MS_MAX);
    let response = Request::get("/api/keys").abort_signal(signal.as_ref()).send().await.ok().filter(Response::ok)?;
    let bytes = response.binary().await.ok()?;
    postcard::from_bytes::<PublicKeys>(&bytes).ok().map(|_| bytes)
}

/// Whether the server itself answers now. `navigator.onLine` is wrong in both directions; this decides.
pub(crate) async fn is_reachable() -> bool {
    let (signal, _giving_up) = bounded(PROBE_MS_MAX);
    let request = Request::get("/api/ping").abort_signal(signal.as_ref()).cache(web_sys::RequestCache::NoStore).send();
    match request.await {
        Ok(response) if response.ok() => response.text().await.is_ok_and(|text| text.trim() == PING),
        _ => false,
    }
}

/// A file of this version of the app, from the service worker's copy or the network.
pub(crate) async fn file(path: &str) -> Option<Vec<u8>> {
    let response = Request::get(path).send().await.ok().filter(Response::ok)?;
    response.binary().await.ok()
}

/// A signal that aborts after a time, unless its timeout is dropped first.
fn bounded(most_ms: u32) -> (Option<web_sys::AbortSignal>, Option<Timeout>) {
    let Ok(controller) = AbortController::new() else { return (None, None) };
    let signal = controller.signal();
    (Some(signal), Some(Timeout::new(most_ms, move || controller.abort())))
}
