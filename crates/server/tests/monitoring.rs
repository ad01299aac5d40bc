//! Tests of what monitoring sees: the numbers of a real server under load and under attack, and
//! whether alerts, runbook and numbers agree.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;

use hub::{HttpPage, TestServer, exchange, post_to, sealed, wire};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// Every word that a label may have, by label. Statuses are numbers or "other".
const WORDS: [(&str, &[&str]); 7] = [
    (
        "class",
        &[
            "submissions",
            "keys",
            "catalogue",
            "status",
            "tablets",
            "seen",
            "ping",
            "health",
            "office",
            "api",
            "file",
            "page",
        ],
    ),
    ("check", &["database", "pages", "space", "keys", "edition", "inbox"]),
    ("kind", &["inquiry", "feedback", "gap", "correction", "tally", "contact", "addition"]),
    ("work", &["retention", "backup", "drill"]),
    ("verdict", &["received", "refused", "later"]),
    ("usage", &["sealing", "signing", "office"]),
    (
        "reason",
        &[
            "rate",
            "bodies",
            "too_large",
            "too_slow",
            "broken",
            "memory",
            "busy",
            "budget",
            "store",
            "maintenance",
            "other_content",
            "erased",
            "unknown_key",
            "does_not_open",
            "not_valid",
            "other_municipality",
            "newer_format",
            "reference_full",
            "too_many_additions",
        ],
    ),
];

/// Starts a hub with metrics; returns the port of their listener.
fn start() -> (TestServer, u16) {
    let mut hub = TestServer::start_with(&["--metrics", "127.0.0.1:0"], |_| ());
    let line = hub.next_line();
    let port = line.trim().trim_end_matches("/metrics").rsplit(':').next().unwrap();
    let port = port.parse().unwrap_or_else(|_| panic!("{line}"));
    (hub, port)
}

fn get(port: u16, path: &str) -> HttpPage {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    exchange(port, request.as_bytes()).unwrap()
}

/// All series with their values, as `name{labels}`.
fn scrape(port: u16) -> BTreeMap<String, f64> {
    let page = get(port, "/metrics");
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.header("content-type").starts_with("application/openmetrics-text"));
    let text = page.text();
    assert!(text.ends_with("# EOF\n"), "{text}");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (series, value) = line.rsplit_once(' ').unwrap();
            (series.to_string(), value.parse().unwrap())
        })
        .collect()
}

fn value(series: &BTreeMap<String, f64>, of: &str) -> f64 {
    *series.get(of).unwrap_or_else(|| panic!("no {of} in {series:#?}"))
}

/// The names and values of the labels of a series.
fn labels(series: &str) -> Vec<(String, String)> {
    let Some((_, labels)) = series.split_once('{') else { return Vec::new() };
    let pairs = labels.trim_end_matches('}').split("\",").map(|pair| pair.trim_end_matches('"'));
    let pairs = pairs.filter_map(|pair| pair.split_once("=\""));
    pairs.map(|(name, value)| (name.into(), value.into())).collect()
}

#[test]
fn what_happens_is_counted_by_kind_status_and_reason() {
    let (hub, port) = start();
    let keys = hub.keys();
    let entries: Vec<_> = (1..=5).map(|number| sealed("Hello", &keys, number)).collect();
    hub.send(&entries.iter().collect::<Vec<_>>());
    let mut damaged = entries[0].envelope.clone();
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    assert_eq!(hub.post(&wire(&[&damaged])).status, 200);
    hub.get("/services/dog-licence");
    hub.get("/nothing.js");
    let series = scrape(port);
    let check = |of: &str, expected: f64| {
        assert_eq!(value(&series, &format!("community_hub_{of}")), expected, "{of}");
    };
    check("submissions_total{kind=\"inquiry\",verdict=\"received\"}", 5.0);
    check("submissions_total{kind=\"inquiry\",verdict=\"refused\"}", 1.0);
    check("submissions_total{kind=\"feedback\",verdict=\"received\"}", 0.0);
    check("refused_submissions_total{reason=\"does_not_open\"}", 1.0);
    check("request_seconds_count{class=\"submissions\",status=\"200\"}", 2.0);
    check("request_seconds_count{class=\"page\",status=\"200\"}", 1.0);
    check("request_seconds_count{class=\"file\",status=\"404\"}", 1.0);
    let commits = value(&series, "community_hub_commit_seconds_count");
    let within = value(&series, "community_hub_commit_seconds_bucket{le=\"+Inf\"}");
    assert!(commits >= 1.0 && commits == within, "{commits} {within}");
    check("failed_commits_total", 0.0);
    check("jobs_waiting", 0.0);
    check("last_backup_timestamp_seconds", 0.0);
    check("retention_is_nightly", 1.0);
    check("edition_number", 7.0);
    check("maintenance", 0.0);
    assert!(value(&series, "community_hub_free_bytes") > 1e6);
    assert!(value(&series, "community_hub_key_age_days{usage=\"sealing\"}") < 1.0);
}

#[test]
fn what_was_done_and_what_is_broken_is_seen() {
    let (hub, port) = start();
    let to = format!("{}/../backup", hub.data());
    let (is_done, said) = hub.office(&["backup", "--to", &to]);
    assert!(is_done, "{said}");
    hub.until_ready_says("inbox", "read");
    let series = scrape(port);
    let now_s = vault::now_ms() as f64 / 1_000.0;
    let backup_s = value(&series, "community_hub_last_backup_timestamp_seconds");
    assert!((now_s - backup_s).abs() < 60.0, "{backup_s}");
    assert!(value(&series, "community_hub_inbox_lag_seconds") < 10.0);
    let keys = "community_hub_check{check=\"keys\"}";
    assert_eq!(value(&series, keys), 1.0);
    std::fs::rename(format!("{}/keys", hub.data()), format!("{}/away", hub.data())).unwrap();
    let began = Instant::now();
    while value(&scrape(port), keys) > 0.0 {
        assert!(began.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Requests as a person, a scanner and an attacker send them.
fn hostile(number: usize) -> Vec<u8> {
    let paths = [
        "/search?q=jane.doe@example.org",
        "/services/jane-doe-555-0199",
        "/api/jane/{class=\"x\"}",
        "/office/inquiries/0190-jane",
        "/%22%7D%20jane%0a1",
        "/metrics\"} 1",
        "/jane.php",
    ];
    let path = format!("{}{number}", paths[number % paths.len()]);
    let method = ["GET", "POST", "JANE", "PUT"][number % 4];
    format!(
        "{method} {path} HTTP/1.1\r\nhost: jane{number}.example.org\r\nuser-agent: jane\r\nx-forwarded-for: 203.0.113.7\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
    .into_bytes()
}

#[test]
fn nothing_that_arrives_makes_a_label() {
    let (mut hub, port) = start();
    let public = hub.port();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                for number in 0..100 {
                    exchange(public, &hostile(thread * 100 + number));
                    assert!(!scrape(port).is_empty(), "it can be looked at meanwhile");
                }
            });
        }
    });
    // More than a network may ask in a minute.
    let limited =
        (0..400).filter(|_| post_to(public, &wire(&[])).is_some_and(|reply| reply.status == 429));
    assert!(limited.count() > 0);
    let text = get(port, "/metrics").text();
    for word in ["jane", "example.org", "203.0.113", "127.0.0.1", "localhost", "JANE"] {
        assert!(!text.contains(word), "{word} is in it:\n{text}");
    }
    let series = scrape(port);
    assert!(series.len() < 1_500, "{}", series.len());
    let refused = value(&series, "community_hub_refused_requests_total{reason=\"rate\"}");
    assert!(refused > 0.0);
    let limited = "community_hub_request_seconds_count{class=\"submissions\",status=\"429\"}";
    assert!(value(&series, limited) > 0.0);
    for (name, word) in series.keys().flat_map(|series| labels(series)) {
        let is_known = match WORDS.iter().find(|(label, _)| *label == name) {
            Some((_, words)) => words.contains(&word.as_str()),
            None if name == "status" => word == "other" || word.parse::<u16>().is_ok(),
            None => ["le", "version"].contains(&name.as_str()),
        };
        assert!(is_known, "{name}={word}");
    }
    assert_eq!(hub.terminate(), Some(0));
    let log = format!("{}/hub.sqlite-wal", hub.data());
    assert!(!Path::new(&log).exists(), "the store is closed although somebody looked");
}

#[test]
fn metrics_have_a_listener_of_their_own_that_answers_nothing_else() {
    let (hub, port) = start();
    assert_eq!(hub.get("/metrics").status, 404, "the public has none");
    for path in ["/", "/api/keys", "/office", "/metrics/", "/ready"] {
        assert_eq!(get(port, path).status, 404, "{path}");
    }
    let post = b"POST /metrics HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(exchange(port, post).unwrap().status, 405);
    // Some that say nothing, and some that stop in the middle.
    let silent: Vec<TcpStream> = (0..40)
        .map(|number| {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            if number % 2 == 0 {
                stream.write_all(b"GET /metrics HTT").unwrap();
            }
            stream
        })
        .collect();
    let (done, is_done) = std::sync::mpsc::channel();
    std::thread::spawn(move || done.send(scrape(port).len()));
    assert!(is_done.recv_timeout(Duration::from_secs(30)).is_ok_and(|series| series > 0));
    assert_eq!(hub.get("/health").status, 200);
    drop(silent);
}

#[test]
fn an_address_that_is_taken_is_named_before_anything_is_opened() {
    let hub = TestServer::start();
    let address = format!("127.0.0.1:{}", hub.port());
    let other = format!("{}/../other", hub.data());
    let (is_done, said) = hub.command(&[
        "serve",
        "--site",
        &hub.site(),
        "--data-dir",
        &other,
        "--port",
        "0",
        "--metrics",
        &address,
    ]);
    assert!(!is_done && said.contains(&address) && said.contains("--metrics"), "{said}");
    assert!(!Path::new(&other).exists());
}

/// The words of a text that begin with a prefix.
fn words<'a>(text: &'a str, prefix: &str) -> BTreeSet<&'a str> {
    let is_other = |letter: char| !letter.is_ascii_alphanumeric() && letter != '_';
    text.split(is_other).filter(|word| word.starts_with(prefix)).collect()
}

#[test]
fn every_alert_asks_for_a_number_that_exists_and_has_its_line_in_the_runbook() {
    let (hub, port) = start();
    hub.until_ready_says("inbox", "read");
    hub.get("/");
    let page = get(port, "/metrics").text();
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: &str| std::fs::read_to_string(project.join(path)).unwrap();
    let (alerts, runbook) =
        (read("packaging/prometheus/alerts.yml"), read("docs/operate/monitor.md"));
    let there = words(&page, "community_hub_");
    for asked in words(&alerts, "community_hub_") {
        assert!(there.contains(asked), "{asked} is not among the metrics");
    }
    let named: Vec<&str> =
        alerts.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert!(named.len() >= 15, "{}", named.len());
    for alert in named {
        let line = runbook.lines().find(|line| line.starts_with(&format!("| `{alert}` |")));
        let cells = line.map_or(0, |line| line.matches(" | ").count());
        assert_eq!(cells, 4, "{alert} needs a line in the runbook: seen, why, do, undo");
    }
    let numbers = runbook.split("## ").find(|part| part.starts_with("The numbers")).unwrap();
    let cells = numbers.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    for metric in cells.flat_map(|cell| words(cell, "")).filter(|word| word.contains('_')) {
        let is_there = there.iter().any(|name| {
            name.strip_prefix("community_hub_").is_some_and(|name| name.starts_with(metric))
        });
        assert!(is_there, "{metric} is not among the metrics");
    }
}

#[test]
fn a_line_of_the_log_has_the_id_of_the_answer_and_good_ones_can_be_left_out() {
    let hub = TestServer::start();
    let ids = [(); 2].map(|()| hub.ask("GET", "/health", "x-request-id: mine\r\n", b"").unwrap());
    let ids = ids.map(|page| page.header("x-request-id"));
    assert!(ids[0] != ids[1] && ids[0] != "mine", "{ids:?}");
    let began = Instant::now();
    while !ids.iter().all(|id| hub.log().contains(&format!("\"id\":\"{id}\""))) {
        assert!(began.elapsed() < Duration::from_secs(10), "{ids:?} {}", hub.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut hub = TestServer::start_with(&["--access-log", "0"], |_| ());
    hub.get("/services/dog-licence");
    assert_eq!(hub.terminate(), Some(0));
    assert!(!hub.log().contains("\"class\":\"page\""), "{}", hub.log());
}
