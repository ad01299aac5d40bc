//! Checks that the server discloses nothing about itself or others: in its health check, its
//! headers, its log and its files.

use crate::hub::{TestServer, sealed, wire};
use crate::office_client::{OfficeClient, PASSWORD, encoded};
use crate::report::{AttackReport, AttackScale};
use crate::wire::{ATTACKER, WireResponse, address, ask, form, get};
use domain::status::StatusQuestion;
use offline::sealing::Sealed;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Health checks sent, of which few may write to the disk.
const LOOKS: usize = 50;
const WRITES_MAX: usize = 5;

/// A full disk, and a client that requests the health check again and again.
pub(crate) fn health(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    drop(hub.keys());
    let log = PathBuf::from(format!("{}/hub.sqlite-wal", hub.data()));
    let state = || std::fs::metadata(&log).ok().map(|file| (file.len(), file.modified().ok()));
    let (mut writes, mut before) = (0, state());
    for _ in 0..LOOKS {
        get(ATTACKER, &hub, "/ready", "");
        let now = state();
        writes += usize::from(now != before);
        before = now;
    }
    report.check(
        &format!("{LOOKS} looks at /ready"),
        "the probe is cached: it writes five times at most",
        format!("{writes} writes"),
        writes <= WRITES_MAX,
    );
    drop(hub);
    let hub = TestServer::start_with_room_for(512);
    let keys = hub.keys();
    for number in 0..8 {
        let entry = sealed(&"x".repeat(3_000), &keys, number);
        ask(
            address(9_300 + number as usize),
            &hub,
            "POST",
            "/api/submissions",
            "",
            &wire(&[&entry.envelope]),
        );
    }
    hub.leave_room_for(64);
    // A successful probe may be cached a little longer.
    let mut said = get(ATTACKER, &hub, "/ready", "");
    for _ in 0..150 {
        if said.status() == 503 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
        said = get(ATTACKER, &hub, "/ready", "");
    }
    let text = said.text();
    let inside = ["disk", "code", "sqlite error", "(", hub.data().as_str(), "I/O", "SQL"]
        .iter()
        .any(|word| {
            text.to_lowercase().replace("\"engine\":\"sqlite", "").contains(&word.to_lowercase())
        });
    report.check(
        "the health of a full disk",
        "503 in fixed words, nothing from inside",
        format!("{} {text}", said.status()),
        said.status() == 503 && !inside,
    );
}

/// Headers that every response must have.
const ALWAYS: [(&str, &str); 6] = [
    ("content-security-policy", "frame-ancestors 'none'"),
    ("content-security-policy", "default-src 'none'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// One answer of each kind that holds nothing about anybody.
fn public_answers(hub: &TestServer, ann: &OfficeClient) -> Vec<(&'static str, WireResponse)> {
    vec![
        ("a page", get(ATTACKER, hub, "/", "")),
        ("nothing there", get(ATTACKER, hub, "/x.js", "")),
        ("ping", get(ATTACKER, hub, "/api/ping", "")),
        ("health", get(ATTACKER, hub, "/health", "")),
        ("a source", get(ATTACKER, hub, "/api/sources/services/dog-licence", "")),
        ("a refused batch", ask(ATTACKER, hub, "POST", "/api/submissions", "", b"\xff")),
        (
            "a batch that is too large",
            ask(ATTACKER, hub, "POST", "/api/submissions", "", &vec![0; 600_000]),
        ),
        ("a method", ask(ATTACKER, hub, "DELETE", "/", "", b"")),
        (
            "a foreign form",
            form(ATTACKER, hub, "/office/sign-in", "origin: https://evil.example\r\n", &[]),
        ),
        (
            "an address of the office that is not there",
            get(ATTACKER, hub, "/office/none", &ann.cookie_line()),
        ),
    ]
}

/// One answer of each kind that is meant for one person.
fn personal_answers(
    hub: &TestServer,
    ann: &OfficeClient,
    question: &[u8],
) -> Vec<(&'static str, WireResponse)> {
    let own = |path: &str| get(ATTACKER, hub, path, &ann.cookie_line());
    let sign_in = |password: &str| {
        form(ATTACKER, hub, "/office/sign-in", "", &[("login", "ann"), ("password", password)])
    };
    vec![
        ("a status", ask(ATTACKER, hub, "POST", "/api/status", "", question)),
        ("the inbox", own("/office")),
        ("the people", own("/office/people")),
        ("the audit", own("/office/audit")),
        ("the gaps", own("/office/gaps")),
        ("figures as a file", own("/office/figures.csv")),
        ("the sign-in page", get(ATTACKER, hub, "/office/sign-in", "")),
        ("a wrong sign-in", sign_in("x")),
        ("a sign-in", sign_in(PASSWORD)),
        ("an invitation of nobody", get(ATTACKER, hub, "/office/invitation/bo/00", "")),
        ("the way to the sign-in", get(ATTACKER, hub, "/office", "")),
    ]
}

pub(crate) fn headers(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let entry = sealed("a question", &hub.keys(), 1);
    hub.send(&[&entry]);
    let question = postcard::to_allocvec(&StatusQuestion {
        reference: entry.head.reference(),
        secret: entry.head.secret,
    })
    .unwrap();
    let (answers, personal) = (public_answers(&hub, &ann), personal_answers(&hub, &ann, &question));
    for (what, answer) in answers.iter().chain(&personal) {
        let missing: Vec<&str> = ALWAYS
            .iter()
            .filter(|(name, value)| !answer.header(name).contains(value))
            .map(|(_, value)| *value)
            .collect();
        let policy = answer.header("content-security-policy");
        let is_strict = !policy.contains("unsafe-inline")
            && !policy.contains("unsafe-eval") | policy.contains("wasm-unsafe-eval")
            && !policy.contains('*');
        report.check(
            &format!("the headers of {what}"),
            "the strict ones, nothing inline",
            format!("{} lacks {missing:?}", answer.status()),
            missing.is_empty() && is_strict && answer.header("server").is_empty(),
        );
    }
    for (what, answer) in &personal {
        let caching = answer.header("cache-control");
        report.check(
            &format!("who may keep {what}"),
            "nobody (no-store)",
            format!("“{caching}”"),
            caching.contains("no-store"),
        );
    }
}

/// Sends words, logins, secrets and addresses in every way that could reach the log.
fn send_secrets(hub: &TestServer, ann: &OfficeClient, entry: &Sealed) {
    ask(
        ATTACKER,
        hub,
        "POST",
        "/api/submissions",
        "x-forwarded-for: 203.0.113.77\r\nuser-agent: marked-agent\r\n",
        &wire(&[&entry.envelope]),
    );
    get(ATTACKER, hub, "/search?q=divorce+papers", "referer: https://marked.example/\r\n");
    form(
        ATTACKER,
        hub,
        "/office/sign-in",
        "",
        &[("login", "marked-login"), ("password", "marked-password")],
    );
    form(
        ATTACKER,
        hub,
        "/office/sign-in",
        "",
        &[("login", "marked\n{\"level\":\"forged-line\"}"), ("password", "x")],
    );
    get(ATTACKER, hub, &format!("/office?q={}", encoded("marked-search")), &ann.cookie_line());
    get(ATTACKER, hub, "/office/invitation/marked-person/marked-secret", "");
    ask(ATTACKER, hub, "POST", "/api/submissions", "", b"marked-bytes");
    ask(
        ATTACKER,
        hub,
        "POST",
        "/api/status",
        "",
        &postcard::to_allocvec(&StatusQuestion {
            reference: entry.head.reference(),
            secret: entry.head.secret,
        })
        .unwrap(),
    );
    get(ATTACKER, hub, &format!("/s/{}", entry.head.reference()), "");
}

/// What people wrote and typed, their names, and secrets that grant access are not in the log.
pub(crate) fn log(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    let token = OfficeClient::token(&hub);
    let ann = OfficeClient::first(&hub);
    let entry = sealed("my secret words about a divorce", &hub.keys(), 1);
    send_secrets(&hub, &ann, &entry);
    let log = hub.log();
    let lines: Vec<&str> = log.lines().filter(|line| line.starts_with('{')).collect();
    let cookie = ann.cookie_line().trim().rsplit('=').next().unwrap().to_string();
    let (reference, id) = (entry.head.reference().to_string(), entry.head.id.to_string());
    let private = [
        "secret words",
        "divorce",
        "marked",
        "127.0.0.9",
        "203.0.113.77",
        "forged-line",
        PASSWORD,
        &token,
        &cookie,
        &reference,
        &id,
        &ann.csrf,
    ];
    let found: Vec<&&str> =
        private.iter().filter(|word| lines.iter().any(|line| line.contains(**word))).collect();
    report.check(
        &format!(
            "the log's {} lines, after words, logins, secrets and addresses were sent",
            lines.len()
        ),
        "hold none of them",
        format!("{found:?}"),
        found.is_empty() && !lines.is_empty(),
    );
    let forged = log.lines().filter(|line| line.contains("forged-line")).count();
    report.check("a line of the log in a login", "stands nowhere", forged, forged == 0);
}

/// Files that another user of the machine could read.
pub(crate) fn files(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let entry = sealed("Words that must not lie open on the disk.", &hub.keys(), 1);
    hub.send(&[&entry]);
    ann.until(&hub, "/office", "Words that must");
    let (mut open, mut words) = (Vec::new(), Vec::new());
    look_into(Path::new(&hub.data()), &mut |path| {
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        if mode & 0o077 != 0 {
            open.push(format!(
                "{}: {:o}",
                path.file_name().unwrap_or_default().to_string_lossy(),
                mode & 0o777
            ));
        }
        let bytes =
            if path.is_file() { std::fs::read(path).unwrap_or_default() } else { Vec::new() };
        if bytes.windows(17).any(|window| window == b"must not lie open")
            || bytes.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes())
        {
            words.push(path.display().to_string());
        }
    });
    report.check(
        "the files of the data folder",
        "nobody else may read them",
        format!("{open:?}"),
        open.is_empty(),
    );
    report.check(
        "words and passwords in them",
        "are nowhere in the clear",
        format!("{words:?}"),
        words.is_empty(),
    );
}

/// Visits a folder and everything in it.
fn look_into(path: &Path, look: &mut impl FnMut(&Path)) {
    look(path);
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { look_into(&path, look) } else { look(&path) }
    }
}
