//! Tests every header of every kind of response, exactly.

use crate::hub::{HttpPage, TestServer, sealed, wire};

/// Headers of every response. `form-action` is for the search field of the page without scripts.
const ALWAYS: [(&str, &str); 8] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; \
         worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];
/// Headers set by HTTP itself, which vary.
const OF_HTTP: [&str; 3] = ["date", "connection", "content-length"];

fn check(what: &str, page: &HttpPage, status: u16, own: &[(&str, &str)]) {
    let mut expected: Vec<(String, String)> = ALWAYS
        .iter()
        .chain(own)
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    expected.sort();
    let said: Vec<(String, String)> =
        page.headers().into_iter().filter(|(name, _)| !OF_HTTP.contains(&name.as_str())).collect();
    assert_eq!((page.status, said), (status, expected), "{what}");
}

#[test]
fn every_answer_has_the_strict_headers_and_no_others() {
    let hub = TestServer::start();
    let ask = |method: &str, path: &str, headers: &str, body: &[u8]| {
        hub.ask(method, path, headers, body).unwrap()
    };
    let get = |path: &str| ask("GET", path, "", b"");
    let text = ("content-type", "text/plain; charset=utf-8");
    let html = ("content-type", "text/html; charset=utf-8");
    let (bytes, no_store) =
        (("content-type", "application/octet-stream"), ("cache-control", "no-store"));
    let (no_cache, vary) = (("cache-control", "no-cache"), ("vary", "accept-encoding"));
    let tag = |page: &HttpPage| page.header("etag");
    for path in ["/", "/index.html", "/services/dog-licence", "/fr/services"] {
        let page = get(path);
        check(path, &page, 200, &[html, no_cache, vary, ("etag", &tag(&page))]);
    }
    // Both existing pages and paths that do not exist.
    for path in
        ["/office", "/office/", "/office/inquiries", "/office/none.css", "/k/library", "/status"]
    {
        let said = get(path).headers();
        assert!(
            ALWAYS
                .iter()
                .all(|(name, value)| said.contains(&(name.to_string(), value.to_string()))),
            "{path}: {said:?}"
        );
    }
    let page = get("/");
    check("HEAD", &ask("HEAD", "/", "", b""), 200, &[html, no_cache, vary, ("etag", &tag(&page))]);
    check(
        "not modified",
        &ask("GET", "/", &format!("if-none-match: {}\r\n", tag(&page)), b""),
        304,
        &[no_cache, vary, ("etag", &tag(&page))],
    );
    let wasm = "/app-0123456789abcdef_bg.wasm";
    let file = ask("GET", wasm, "accept-encoding: br\r\n", b"");
    let forever = ("cache-control", "public, max-age=31536000, immutable");
    check(
        "a file",
        &file,
        200,
        &[
            ("content-type", "application/wasm"),
            forever,
            vary,
            ("content-encoding", "br"),
            ("etag", &tag(&file)),
        ],
    );
    check("ping", &get("/api/ping"), 200, &[text]);
    check("keys", &get("/api/keys"), 200, &[bytes, no_store]);
    check("health", &get("/health"), 200, &[("content-type", "application/json"), no_store]);
    check(
        "a source",
        &get("/api/sources/services/dog-licence"),
        303,
        &[("location", "https://www.example.org/dogs?a=1")],
    );
    let refused = |path: &str, status: u16| check(path, &get(path), status, &[text]);
    refused("/api/sources/none", 404);
    refused("/api/nothing", 404);
    refused("/nothing.js", 404);
    refused("/.git/config.x", 404);
    check("a method", &ask("DELETE", "/", "", b""), 405, &[text]);
    check(
        "a method of the interface",
        &ask("GET", "/api/submissions", "", b""),
        405,
        &[("allow", "POST")],
    );
    check(
        "preflight",
        &ask(
            "OPTIONS",
            "/api/submissions",
            "origin: https://evil.example\r\naccess-control-request-method: POST\r\n",
            b"",
        ),
        405,
        &[("allow", "POST")],
    );
    check(
        "received",
        &ask("POST", "/api/submissions", "", &wire(&[&sealed("Hello", &hub.keys(), 1).envelope])),
        200,
        &[bytes, no_store],
    );
    check("malformed", &ask("POST", "/api/submissions", "", b"\xff"), 400, &[text]);
    check(
        "too large",
        &ask("POST", "/api/submissions", "", &vec![0; domain::submission::REQUEST_BYTES_MAX + 1]),
        413,
        &[text],
    );
    let over = (0..400)
        .find_map(|_| {
            hub.ask("POST", "/api/submissions", "", &wire(&[])).filter(|page| page.status == 429)
        })
        .unwrap();
    check("over the share", &over, 429, &[text, ("retry-after", "10")]);
}

#[test]
fn only_what_came_encrypted_is_told_to_stay_so() {
    let said = |hub: &TestServer, headers: &str| {
        hub.get_with("/", headers).header("strict-transport-security")
    };
    let hub = TestServer::start_with(&["--trusted-proxies", "127.0.0.0/8"], |_| ());
    assert_eq!(said(&hub, "x-forwarded-proto: https\r\n"), "max-age=63072000; includeSubDomains");
    assert_eq!(
        (said(&hub, ""), said(&hub, "x-forwarded-proto: http\r\n")),
        (String::new(), String::new())
    );
    // Without a trusted proxy the header is ignored: otherwise a client could set the address for
    // everybody behind the same cache.
    assert_eq!(said(&TestServer::start(), "x-forwarded-proto: https\r\n"), "");
}
