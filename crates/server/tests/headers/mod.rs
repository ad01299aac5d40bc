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
/// The random id of a request.
const REQUEST_ID: &str = "x-request-id";

fn check(what: &str, page: &HttpPage, status: u16, own: &[(&str, &str)]) {
    let mut expected: Vec<(String, String)> = ALWAYS
        .iter()
        .chain(own)
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    expected.sort();
    let id = page.header(REQUEST_ID);
    assert!(id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{what}: {id}");
    let varies = |name: &str| OF_HTTP.contains(&name) || name == REQUEST_ID;
    let said: Vec<(String, String)> =
        page.headers().into_iter().filter(|(name, _)| !varies(name)).collect();
    assert_eq!((page.status, said), (status, expected), "{what}");
}

const TEXT: (&str, &str) = ("content-type", "text/plain; charset=utf-8");
const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");
const BYTES: (&str, &str) = ("content-type", "application/octet-stream");
const NO_STORE: (&str, &str) = ("cache-control", "no-store");
const NO_CACHE: (&str, &str) = ("cache-control", "no-cache");
const VARY: (&str, &str) = ("vary", "accept-encoding");

fn ask(hub: &TestServer, method: &str, path: &str, headers: &str, body: &[u8]) -> HttpPage {
    hub.ask(method, path, headers, body).unwrap()
}

fn get(hub: &TestServer, path: &str) -> HttpPage {
    ask(hub, "GET", path, "", b"")
}

fn tag(page: &HttpPage) -> String {
    page.header("etag")
}

#[test]
fn every_answer_has_the_strict_headers_and_no_others() {
    let hub = TestServer::start();
    check_pages(&hub);
    check_files(&hub);
    check_interface(&hub);
    check_refusals(&hub);
    check_submissions(&hub);
}

fn check_pages(hub: &TestServer) {
    for path in ["/", "/index.html", "/services/dog-licence", "/fr/services"] {
        let page = get(hub, path);
        check(path, &page, 200, &[HTML, NO_CACHE, VARY, ("etag", &tag(&page))]);
    }
    // Both existing pages and paths that do not exist.
    for path in
        ["/office", "/office/", "/office/inquiries", "/office/none.css", "/k/library", "/status"]
    {
        let said = get(hub, path).headers();
        assert!(
            ALWAYS
                .iter()
                .all(|(name, value)| said.contains(&(name.to_string(), value.to_string()))),
            "{path}: {said:?}"
        );
    }
    let page = get(hub, "/");
    check(
        "HEAD",
        &ask(hub, "HEAD", "/", "", b""),
        200,
        &[HTML, NO_CACHE, VARY, ("etag", &tag(&page))],
    );
    check(
        "not modified",
        &ask(hub, "GET", "/", &format!("if-none-match: {}\r\n", tag(&page)), b""),
        304,
        &[NO_CACHE, VARY, ("etag", &tag(&page))],
    );
}

fn check_files(hub: &TestServer) {
    let wasm = "/app-0123456789abcdef_bg.wasm";
    let file = ask(hub, "GET", wasm, "accept-encoding: br\r\n", b"");
    let forever = ("cache-control", "public, max-age=31536000, immutable");
    check(
        "a file",
        &file,
        200,
        &[
            ("content-type", "application/wasm"),
            forever,
            VARY,
            ("content-encoding", "br"),
            ("etag", &tag(&file)),
        ],
    );
}

fn check_interface(hub: &TestServer) {
    check("ping", &get(hub, "/api/ping"), 200, &[TEXT]);
    check("keys", &get(hub, "/api/keys"), 200, &[BYTES, NO_STORE]);
    let json = ("content-type", "application/json");
    check("alive", &get(hub, "/health"), 200, &[json, NO_STORE]);
    hub.until_ready_says("inbox", "read");
    check("ready", &get(hub, "/ready"), 200, &[json, NO_STORE]);
    check(
        "a source",
        &get(hub, "/api/sources/services/dog-licence"),
        303,
        &[("location", "https://www.example.org/dogs?a=1")],
    );
}

fn check_refusals(hub: &TestServer) {
    let refused = |path: &str, status: u16| check(path, &get(hub, path), status, &[TEXT, NO_STORE]);
    refused("/api/sources/none", 404);
    refused("/api/nothing", 404);
    refused("/nothing.js", 404);
    refused("/.git/config.x", 404);
    check("a method", &ask(hub, "DELETE", "/", "", b""), 405, &[TEXT, NO_STORE]);
    check(
        "a method of the interface",
        &ask(hub, "GET", "/api/submissions", "", b""),
        405,
        &[("allow", "POST"), NO_STORE],
    );
    check(
        "preflight",
        &ask(
            hub,
            "OPTIONS",
            "/api/submissions",
            "origin: https://evil.example\r\naccess-control-request-method: POST\r\n",
            b"",
        ),
        405,
        &[("allow", "POST"), NO_STORE],
    );
}

fn check_submissions(hub: &TestServer) {
    let send = |body: &[u8]| ask(hub, "POST", "/api/submissions", "", body);
    check(
        "received",
        &send(&wire(&[&sealed("Hello", &hub.keys(), 1).envelope])),
        200,
        &[BYTES, NO_STORE],
    );
    check("malformed", &send(b"\xff"), 400, &[TEXT, NO_STORE]);
    check(
        "too large",
        &send(&vec![0; domain::submission::REQUEST_BYTES_MAX + 1]),
        413,
        &[TEXT, NO_STORE],
    );
    let over = (0..400)
        .find_map(|_| {
            hub.ask("POST", "/api/submissions", "", &wire(&[])).filter(|page| page.status == 429)
        })
        .unwrap();
    check("over the share", &over, 429, &[TEXT, NO_STORE, ("retry-after", "10")]);
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
    let mut hub = hub;
    for (options, expected) in [
        (&["--trusted-proxies", "127.0.0.0/8", "--strict-transport", "host"], "max-age=63072000"),
        (&["--trusted-proxies", "127.0.0.0/8", "--strict-transport", "off"], ""),
    ] {
        hub.stop();
        hub.restart_with(options);
        assert_eq!(said(&hub, "x-forwarded-proto: https\r\n"), expected);
    }
}
