//! Security headers on every response: nothing runs or loads but the app's own files.

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::middleware::Next;
use axum::response::Response;
use limits::client::{TrustedProxies, is_encrypted};
use std::net::SocketAddr;

/// No inline script or style, no other origin, no frame. `form-action 'self'` is for the forms of
/// pages without scripts.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; \
manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const FIXED: [(&str, &str); 8] = [
    ("content-security-policy", POLICY),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("permissions-policy", "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)"),
];
/// What browsers are told to do by HTTPS only (HSTS). Sent only if a trusted proxy reports HTTPS:
/// sent over plain HTTP, it would make the address unreachable for a client that has no HTTPS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StrictTransport {
    /// This name and all names below it, for two years, as browsers' preload lists require.
    #[default]
    Subdomains,
    /// This name alone, for two years: names below it may have no HTTPS.
    Host,
    /// Nothing: the proxy says it, or the name is on trial.
    Off,
}

impl StrictTransport {
    /// Parses the name in options; `None` for anything else.
    pub fn parse(name: &str) -> Option<Self> {
        match name.trim() {
            "" | "subdomains" => Some(Self::Subdomains),
            "host" => Some(Self::Host),
            "off" => Some(Self::Off),
            _ => None,
        }
    }

    fn header(self) -> Option<&'static str> {
        match self {
            Self::Subdomains => Some("max-age=63072000; includeSubDomains"),
            Self::Host => Some("max-age=63072000"),
            Self::Off => None,
        }
    }
}

/// Middleware that adds the headers to a response.
pub async fn secure(
    State((trusted, strict_transport)): State<(TrustedProxies, StrictTransport)>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let is_encrypted = is_encrypted(peer.ip(), request.headers(), trusted);
    let mut response = next.run(request).await;
    for (name, value) in FIXED {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    if is_error && !response.headers().contains_key(CACHE_CONTROL) {
        // What is missing or broken now may be there a moment later.
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Some(value) = strict_transport.header().filter(|_| is_encrypted) {
        response.headers_mut().insert("strict-transport-security", HeaderValue::from_static(value));
    }
    response
}
