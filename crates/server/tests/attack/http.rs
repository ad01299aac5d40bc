//! Attacks by HTTP that no browser sends: false lengths, request smuggling, decompression
//! bombs, thousands of stream resets.

use crate::hub::TestServer;
use crate::neighbour;
use crate::report::{AttackReport, AttackScale};
use crate::wire::{ATTACKER, address, ask, connect, get, read_all, send_within};
use std::io::Write;
use std::time::Duration;

const BYTES_MAX: usize = 32 << 20;
/// Time limit of a response; attacks that the server cuts off are answered sooner.
const ANSWER_TIME: Duration = Duration::from_secs(2);
const NEIGHBOUR_TIME_MAX: Duration = Duration::from_secs(1);

/// Reports whether the server is alive and has not grown.
fn lives(report: &mut AttackReport, hub: &TestServer, before: usize) {
    let (ping, grown) =
        (get(address(1), hub, "/api/ping", "").status(), hub.memory_now().saturating_sub(before));
    let has_panicked = hub.log().contains("panicked");
    report.check(
        "the server after it",
        "lives, has not panicked, less than 32 MB more memory",
        format!("ping {ping}, panicked {has_panicked}, {} MB more", grown >> 20),
        ping == 200 && !has_panicked && grown < BYTES_MAX,
    );
}

/// 64 MB of zeros, compressed to few bytes.
pub(crate) fn decompression(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    drop(neighbour::entries(&hub));
    let (before, peak) = (hub.memory_now(), hub.memory_peak());
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 64 * 1024, 5, 24);
    (0..64).try_for_each(|_| writer.write_all(&vec![0; 1 << 20])).unwrap();
    drop(writer);
    for (path, kind) in [
        ("/api/submissions", "application/octet-stream"),
        ("/office/first", "application/x-www-form-urlencoded"),
    ] {
        let statuses = ["br", "gzip", "deflate", "zstd", "br, br"].map(|encoding| {
            ask(
                ATTACKER,
                &hub,
                "POST",
                path,
                &format!("content-encoding: {encoding}\r\ncontent-type: {kind}\r\n"),
                &packed,
            )
            .status()
        });
        report.check(
            &format!("64 MB packed into {} bytes for {path}", packed.len()),
            "refused",
            format!("{statuses:?}"),
            statuses.iter().all(|status| (400..500).contains(status)),
        );
    }
    let grown = hub.memory_peak().saturating_sub(peak);
    report.check(
        "the memory's peak meanwhile",
        "less than 32 MB more",
        format!("{} MB more", grown >> 20),
        grown < BYTES_MAX,
    );
    lives(report, &hub, before);
}

/// Requests with false lengths, and requests of which a part is far too long or is none.
#[allow(clippy::too_many_lines, reason = "a table: one request a row")]
fn false_lengths(size: AttackScale) -> Vec<(&'static str, Vec<u8>)> {
    let post = |headers: &str, body: &[u8]| {
        [format!("POST /api/submissions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n").as_bytes(), body].concat()
    };
    let chunk = [b"10000\r\n".as_slice(), &vec![0; 0x10000], b"\r\n"].concat();
    vec![
        ("a length of a terabyte", post("content-length: 1099511627776\r\n", b"x")),
        ("a negative length", post("content-length: -1\r\n", b"x")),
        ("a length with a sign", post("content-length: +1\r\n", b"x")),
        ("a length in another base", post("content-length: 0x10\r\n", b"0123456789abcdef")),
        (
            "a length of many digits",
            post(&format!("content-length: {}\r\n", "9".repeat(400)), b"x"),
        ),
        ("two lengths that differ", post("content-length: 1\r\ncontent-length: 2\r\n", b"xy")),
        ("a list of lengths", post("content-length: 1, 2\r\n", b"xy")),
        ("a chunk of 2^64 bytes", post("transfer-encoding: chunked\r\n", b"ffffffffffffffff\r\nx")),
        (
            "a chunk of more digits than fit",
            post("transfer-encoding: chunked\r\n", &[vec![b'f'; 400], b"\r\nx".to_vec()].concat()),
        ),
        (
            "a chunk with a long extension",
            post(
                "transfer-encoding: chunked\r\n",
                &[b"1;".to_vec(), vec![b'a'; 200_000], b"\r\nx\r\n0\r\n\r\n".to_vec()].concat(),
            ),
        ),
        (
            "chunks without an end",
            post("transfer-encoding: chunked\r\n", &chunk.repeat(size.of(64, 640))),
        ),
        (
            "trailers without an end",
            post(
                "transfer-encoding: chunked\r\n",
                &[b"0\r\n".to_vec(), b"a: b\r\n".repeat(20_000)].concat(),
            ),
        ),
        ("a header of 1 MB", post(&format!("x-long: {}\r\n", "a".repeat(1 << 20)), b"")),
        ("twenty thousand headers", post(&"x-many: 1\r\n".repeat(20_000), b"")),
        ("a header's name that is none", post("x y: 1\r\n", b"")),
        ("a header with a zero", post("x-zero: a\0b\r\n", b"")),
        ("a folded header", post("x-folded: a\r\n b\r\ncontent-length: 0\r\n", b"")),
        (
            "an address of 1 MB",
            format!(
                "GET /{} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
                "a".repeat(1 << 20)
            )
            .into_bytes(),
        ),
        (
            "a method of 100 KB",
            format!(
                "{} / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
                "A".repeat(100_000)
            )
            .into_bytes(),
        ),
        ("another version", b"GET / HTTP/3.7\r\nhost: localhost\r\n\r\n".to_vec()),
        ("TLS where there is none", vec![0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]),
        (
            "bytes that are nothing",
            (0..60_000_u32)
                .map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8)
                .collect(),
        ),
    ]
}

/// False content lengths.
pub(crate) fn lengths(report: &mut AttackReport, size: AttackScale) {
    let hub = TestServer::start();
    drop(neighbour::entries(&hub));
    let before = hub.memory_now();
    for (number, (what, bytes)) in false_lengths(size).iter().enumerate() {
        let answer = send_within(address(7_000 + number), &hub, bytes, ANSWER_TIME);
        let is_refused =
            answer.status() == 0 || (400..500).contains(&answer.status()) && answer.count() == 1;
        report.check(what, "refused or cut off", answer.status(), is_refused);
    }
    lives(report, &hub, before);
}

/// Requests with a second one inside, each with another way of saying where the first one ends.
#[allow(clippy::too_many_lines, reason = "a table: one request a row")]
fn doubled_requests() -> Vec<(&'static str, String)> {
    let second = "GET /api/ping HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let with = |headers: &str, body: &str| {
        format!("POST /api/submissions HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n{body}")
    };
    let inside = format!("0\r\n\r\n{second}");
    let length = inside.len();
    vec![
        (
            "a length and chunks",
            with(&format!("content-length: {length}\r\ntransfer-encoding: chunked\r\n"), &inside),
        ),
        (
            "chunks and a length",
            with(&format!("transfer-encoding: chunked\r\ncontent-length: {length}\r\n"), &inside),
        ),
        (
            "two codings, the last unknown",
            with(
                &format!(
                    "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\ncontent-length: {length}\r\n"
                ),
                &inside,
            ),
        ),
        (
            "a coding that only looks like chunks",
            with(&format!("transfer-encoding: xchunked\r\ncontent-length: {length}\r\n"), &inside),
        ),
        (
            "a space before the colon",
            with(&format!("transfer-encoding : chunked\r\ncontent-length: {length}\r\n"), &inside),
        ),
        (
            "a tab in the coding",
            with(&format!("transfer-encoding:\tchunked\r\ncontent-length: {length}\r\n"), &inside),
        ),
        (
            "a coding on a folded line",
            with(
                &format!("x: y\r\n transfer-encoding: chunked\r\ncontent-length: {length}\r\n"),
                &inside,
            ),
        ),
        (
            "two lengths",
            with(&format!("content-length: 0\r\ncontent-length: {}\r\n", second.len()), second),
        ),
        (
            "a length in a body of GET",
            format!(
                "GET /api/ping HTTP/1.1\r\nhost: localhost\r\nx: y\rcontent-length: {}\r\n\r\n{second}",
                second.len()
            ),
        ),
        (
            "old HTTP with chunks",
            format!(
                "POST /api/submissions HTTP/1.0\r\nhost: localhost\r\ntransfer-encoding: chunked\r\ncontent-length: {length}\r\n\r\n{inside}"
            ),
        ),
        (
            "chunks that end in a bare line feed",
            with("transfer-encoding: chunked\r\n", &format!("5\nxxxxx\n0\n\n{second}")),
        ),
        (
            "a chunk that is longer than it says",
            with("transfer-encoding: chunked\r\n", &format!("1\r\nxyz\r\n0\r\n\r\n{second}")),
        ),
    ]
}

/// Two requests that a proxy in front could take for one.
pub(crate) fn smuggling(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    let before = hub.memory_now();
    for (number, (what, bytes)) in doubled_requests().iter().enumerate() {
        let answer = send_within(address(7_100 + number), &hub, bytes.as_bytes(), ANSWER_TIME);
        let is_smuggled = String::from_utf8_lossy(&answer.raw).contains("community-hub\n");
        report.check(
            what,
            "what stands inside is not answered",
            format!("{} with {} answers", answer.status(), answer.count()),
            !is_smuggled && answer.count() <= 1,
        );
    }
    lives(report, &hub, before);
}

pub(crate) fn methods(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    let mut strange = Vec::new();
    for path in [
        "/",
        "/api/ping",
        "/api/keys",
        "/health",
        "/office",
        "/office/sign-in",
        "/sw.js",
        "/api/submissions",
    ] {
        for method in [
            "TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "DEBUG", "get",
            "A B",
        ] {
            let answer = ask(ATTACKER, &hub, method, path, "x-secret: a word of mine\r\n", b"");
            if answer.status() != 0 && (answer.status() < 303 || answer.status() >= 500)
                || String::from_utf8_lossy(&answer.raw).contains("a word of mine")
            {
                strange.push(format!("{method} {path}: {}", answer.status()));
            }
        }
    }
    report.check(
        "ten methods that are none of ours at eight addresses",
        "refused, and nothing is sent back",
        format!("{strange:?}"),
        strange.is_empty(),
    );
    let over =
        ask(ATTACKER, &hub, "GET", "/api/submissions", "x-http-method-override: POST\r\n", b"");
    report.check("a method in a header", "not listened to", over.status(), over.status() == 405);
    let head = ask(ATTACKER, &hub, "HEAD", "/", "", b"");
    report.check(
        "HEAD",
        "no body",
        head.body().len(),
        head.status() == 200 && head.body().is_empty(),
    );
}

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// `GET / http localhost`, by the static table of HPACK (RFC 7541).
const HEADERS: &[u8] = b"\x82\x84\x86\x41\x09localhost";

/// A frame (RFC 9113, section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let [_, length @ ..] = (payload.len() as u32).to_be_bytes();
    [length.as_slice(), &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

fn begun(settings: &[u8]) -> Vec<u8> {
    [PREFACE, &frame(4, 0, 0, settings)].concat()
}

/// Streams that are reset immediately, endless headers, endless pings, and windows that never open
/// (RFC 9113, section 10.5).
pub(crate) fn http2(report: &mut AttackReport, size: AttackScale) {
    let hub = TestServer::start();
    let mine = neighbour::entries(&hub);
    let before = hub.memory_now();
    let count = size.of(2_000_u32, 40_000);
    let reset = |stream: u32| {
        [frame(1, 5, stream, HEADERS), frame(3, 0, stream, &8_u32.to_be_bytes())].concat()
    };
    let resets =
        [begun(&[]), (0..count).flat_map(|number| reset(number * 2 + 1)).collect()].concat();
    let endless = [
        begun(&[]),
        frame(1, 1, 1, HEADERS),
        frame(9, 0, 1, &vec![0; 16_000]).repeat(size.of(300, 3_000)),
    ]
    .concat();
    let pings = [begun(&[]), frame(6, 0, 0, &[7; 8]).repeat(size.of(20_000, 400_000))].concat();
    let settings =
        [begun(&[]), frame(4, 0, 0, &[0, 3, 0, 0, 0, 9]).repeat(size.of(10_000, 200_000))].concat();
    // Every stream has a window of zero, so that no response can be sent completely.
    let shut = [
        begun(&[0, 4, 0, 0, 0, 0]),
        (0..200_u32).flat_map(|number| frame(1, 5, number * 2 + 1, HEADERS)).collect(),
    ]
    .concat();
    let half = [PREFACE, &[0, 0, 9]].concat();
    for (what, bytes) in [
        ("resets", resets),
        ("a header without an end", endless),
        ("pings", pings),
        ("settings", settings),
        ("shut windows", shut),
        ("half a frame", half),
    ] {
        let seen = std::thread::scope(|scope| {
            for attacker in 0..4 {
                let (hub, bytes) = (&hub, &bytes);
                scope.spawn(move || {
                    let Ok(mut stream) = connect(address(8_000 + attacker), hub) else { return };
                    let _ = stream.set_write_timeout(Some(ANSWER_TIME));
                    // The server closes the connection when it has enough.
                    let _ = stream.write_all(bytes);
                    read_all(stream, ANSWER_TIME / 2);
                });
            }
            neighbour::looks(&hub, &mine)
        });
        report.check(
            &format!("HTTP/2 with {what}, four times at once"),
            "a neighbour is served within a second",
            &seen,
            seen.is_within(NEIGHBOUR_TIME_MAX),
        );
    }
    lives(report, &hub, before);
}
