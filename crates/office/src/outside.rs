//! Asks an address as a browser would, for `community-hub check`.

use axum::body::Bytes;
use axum::http::Request;
use axum::http::header::STRICT_TRANSPORT_SECURITY;
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use std::error::Error;
use std::time::Duration;

/// Timeout of a request: an administrator waits for it.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
/// Limit of a response; what is asked for has some hundred bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// What an address answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideAnswer {
    /// The status.
    pub status: u16,
    /// The whole body.
    pub body: Vec<u8>,
    /// It tells browsers to stay on HTTPS.
    pub has_strict_transport: bool,
}

/// Sends a GET request, over TLS if the address says so. The error is for an administrator.
pub async fn ask(url: &str) -> Result<OutsideAnswer, String> {
    let connector = HttpsConnectorBuilder::new()
        .with_native_roots()
        .map_err(|error| format!("this machine has no certificates ({error})"))?
        .https_or_http()
        .enable_http1()
        .build();
    let client = Client::builder(TokioExecutor::new()).build::<_, Empty<Bytes>>(connector);
    let request = Request::get(url)
        .body(Empty::new())
        .map_err(|error| format!("it is no address: {error}"))?;
    let asking = async {
        let response = client.request(request).await.map_err(|error| cause(&error))?;
        let status = response.status().as_u16();
        let has_strict_transport = response.headers().contains_key(STRICT_TRANSPORT_SECURITY);
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(|error| error.to_string())?.to_bytes().to_vec();
        Ok(OutsideAnswer { status, body, has_strict_transport })
    };
    tokio::time::timeout(ANSWER_TIME_MAX, asking)
        .await
        .unwrap_or_else(|_| Err(format!("no answer in {} s", ANSWER_TIME_MAX.as_secs())))
}

/// The innermost reason of an error, which is the one that helps.
fn cause(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
