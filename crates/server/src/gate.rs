//! Middleware that every request passes before its handler: it identifies the client, checks the
//! client's rate, reads the body within limits, and waits for a work slot. The whole body is read
//! before work begins, so that a slow client never holds a work slot.

mod body;

use crate::api::{ServerParts, later};
use crate::metrics::RequestRefusal;
use crate::plain_forms::{self, PLAIN_BYTES_MAX, is_of_form};
use crate::site::plain;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use body::{BodyFault, PATIENCE, discard, read};
use domain::submission::REQUEST_BYTES_MAX;
use limits::FORM_BYTES_MAX;
use limits::client::address;
use limits::rates::{RETRY_AFTER_S, RateOutcome};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Largest body of any other API request, in bytes. A device status report needs a third of it; a
/// reference number with a tracking code needs far less.
pub const QUESTION_BYTES_MAX: usize = 512;
const TOO_MUCH: &str =
    "Too many requests at once. Nothing is lost: send it again in a few minutes.\n";
const TOO_MUCH_OF_FORMS: &str = "Too many forms at once from your network. Nothing was changed: go back, wait ten seconds and send yours again.\n\
Trop de formulaires à la fois depuis votre réseau. Rien n’a été changé : revenez en arrière, attendez dix secondes et renvoyez le vôtre.\n";
const TOO_LARGE: &str = "This request is too large. Send fewer entries at a time.\n";
const TOO_SLOW: &str = "This request came too slowly. Nothing is lost: send it again.\n";
const BROKEN: &str = "This request was cut off. Nothing is lost: send it again.\n";
const ALL_BUSY: &str = "The server is too busy. Nothing is lost: send it again in a few minutes.\n";

/// Request extension with the client address that limits count against, for the handlers behind the
/// gate.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// Passes a request on once its whole body has been read and a work slot is free. Otherwise
/// responds with 400, 408, 413, 429 or 503.
pub async fn gate<S: Send + Sync + 'static>(
    State(server): State<Arc<ServerParts<S>>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let client = address(peer.ip(), request.headers(), server.trusted_proxies);
    request.extensions_mut().insert(ClientAddress(client));
    let (request, _room) = match with_whole_body(&server, client, request).await {
        Ok(whole) => whole,
        Err(refused) => return refused,
    };
    // The slot is released when the response head is ready: a client that reads the response body
    // slowly holds a connection, not a work slot.
    match server.limits.work.enter().await {
        Some(_place) => next.run(request).await,
        None => {
            server.metrics.note_refusal(RequestRefusal::Busy);
            later(StatusCode::SERVICE_UNAVAILABLE, RETRY_AFTER_S, ALL_BUSY)
        }
    }
}

type WholeBody = (Request, Option<tokio::sync::OwnedSemaphorePermit>);

async fn with_whole_body<S>(
    server: &ServerParts<S>,
    client: IpAddr,
    request: Request,
) -> Result<WholeBody, Response> {
    let (asked, bytes_max) = of_address(request.uri().path());
    let (parts, body) = request.into_parts();
    if matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok((Request::from_parts(parts, Body::empty()), None));
    }
    let is_plain = is_of_form(parts.uri.path());
    let too_much = match asked {
        RateOutcome::Form => TOO_MUCH_OF_FORMS,
        RateOutcome::Interface if is_plain => plain_forms::TOO_MANY,
        RateOutcome::Interface => TOO_MUCH,
    };
    let place = if server.limits.rates.allow(asked, client) {
        server.limits.reading.enter(client).ok_or(RequestRefusal::Bodies)
    } else {
        Err(RequestRefusal::Rate)
    };
    let place = place.inspect_err(|refusal| server.metrics.note_refusal(*refusal));
    let Ok(place) = place else {
        discard(body.into_data_stream()).await;
        return Err(later(StatusCode::TOO_MANY_REQUESTS, RETRY_AFTER_S, too_much));
    };
    let fault = match read(body, bytes_max, PATIENCE, &place).await {
        Ok(read) => return Ok((Request::from_parts(parts, Body::from(read.bytes)), read.room)),
        Err(fault) => fault,
    };
    let (refusal, response) = match fault {
        BodyFault::TooLarge => {
            let text = if is_plain { plain_forms::TOO_LARGE } else { TOO_LARGE };
            (RequestRefusal::TooLarge, plain(StatusCode::PAYLOAD_TOO_LARGE, text))
        }
        BodyFault::TooSlow => {
            (RequestRefusal::TooSlow, plain(StatusCode::REQUEST_TIMEOUT, TOO_SLOW))
        }
        BodyFault::Broken => (RequestRefusal::Broken, plain(StatusCode::BAD_REQUEST, BROKEN)),
        BodyFault::NoRoom => {
            let response = later(StatusCode::SERVICE_UNAVAILABLE, RETRY_AFTER_S, ALL_BUSY);
            (RequestRefusal::Memory, response)
        }
    };
    server.metrics.note_refusal(refusal);
    Err(response)
}

/// Returns the rate that a path counts against and the largest body it accepts, in bytes.
fn of_address(path: &str) -> (RateOutcome, usize) {
    match path {
        "/api/submissions" => (RateOutcome::Interface, REQUEST_BYTES_MAX),
        path if path == "/office" || path.starts_with("/office/") => {
            (RateOutcome::Form, FORM_BYTES_MAX)
        }
        path if is_of_form(path) => (RateOutcome::Interface, PLAIN_BYTES_MAX),
        _ => (RateOutcome::Interface, QUESTION_BYTES_MAX),
    }
}
