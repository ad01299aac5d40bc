//! A minimal HTTP client: one request per connection, and the complete response, also if it is
//! chunked.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Timeout of a request; longer counts as failed.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(120);

pub(crate) struct FetchedPage {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// Time until the first byte of the response.
    pub(crate) began_after: Duration,
    /// Time until the whole response was there.
    pub(crate) took: Duration,
}

impl FetchedPage {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends a request; `headers` are complete lines.
pub(crate) fn ask(
    port: u16,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> Result<FetchedPage, String> {
    let began = Instant::now();
    let (raw, first) =
        exchange(port, method, path, headers, body).map_err(|error| format!("{path}: {error}"))?;
    let end = raw
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .ok_or_else(|| format!("{path}: no answer"))?;
    let head = String::from_utf8_lossy(&raw[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let is_chunked = head.to_lowercase().contains("transfer-encoding: chunked");
    let body = if is_chunked { joined(&raw[end + 4..]) } else { raw[end + 4..].to_vec() };
    Ok(FetchedPage { status, head, body, began_after: first - began, took: began.elapsed() })
}

/// The raw response, and when its first byte arrived.
fn exchange(
    port: u16,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> std::io::Result<(Vec<u8>, Instant)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(ANSWER_TIME_MAX))?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\naccept-language: en\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    );
    // A server that refuses early may close before the whole request is written; its response still
    // counts.
    let _ = stream.write_all(&[head.as_bytes(), body].concat());
    let mut raw = vec![0; 1];
    let count = stream.read(&mut raw)?;
    let first = Instant::now();
    raw.truncate(count);
    stream.read_to_end(&mut raw)?;
    Ok((raw, first))
}

/// Joins the chunks of a body (RFC 9112, section 7.1).
fn joined(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(
            String::from_utf8_lossy(&rest[..end]).split(';').next().unwrap_or_default().trim(),
            16,
        )
        .unwrap_or(0);
        let Some(chunk) = rest.get(end + 2..end + 2 + size).filter(|chunk| !chunk.is_empty())
        else {
            break;
        };
        body.extend_from_slice(chunk);
        rest = rest.get(end + 4 + size..).unwrap_or_default();
    }
    body
}
