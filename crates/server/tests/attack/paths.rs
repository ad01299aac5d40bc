//! Attacks by paths that lead out of the served folders, and by ids that do not exist.

use crate::hub::TestServer;
use crate::office_client::OfficeClient;
use crate::report::{AttackReport, AttackScale};
use crate::wire::{ATTACKER, ask, send};
use office::routes::ROUTES;
use office::staff::Role;

/// Contents that no response may contain: files of the server and of the machine.
const INSIDE: [&str; 5] =
    ["SQLite format 3", "BEGIN PRIVATE", "AGE-SECRET", "root:x:", "[package]"];
const OUT: [&str; 36] = [
    "/../",
    "/../../../../etc/passwd",
    "/..%2f..%2f..%2fetc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/%2e%2e%2fdata%2fhub.sqlite",
    "/../data/hub.sqlite",
    "/..\\..\\data\\hub.sqlite",
    "/..%5c..%5cdata%5chub.sqlite",
    "/%252e%252e%252fdata/hub.sqlite",
    "/%c0%ae%c0%ae/data/hub.sqlite",
    "/.%00./data",
    "/index.html%00.sqlite",
    "//etc/passwd",
    "///../data/keys",
    "/./../data/keys",
    "/data/keys",
    "/hub.sqlite",
    "/keys",
    "/in-use",
    "/site.json/../../data/hub.sqlite",
    "/api/keys/..%2f..%2fhub.sqlite",
    "/api/keys/../../data/hub.sqlite",
    "/api/keys/%2e%2e%2f%2e%2e%2fhub.sqlite",
    "/api/keys/office.key",
    "/api/keys/..",
    "/api/keys/%00",
    "/api/keys/sealing.key",
    "/api/sources/../../hub.sqlite",
    "/api/sources/..%2f..%2fhub.sqlite",
    "/api/catalogue/../../etc/passwd",
    "/k/../../data",
    "/.git/config",
    "/.env",
    "/fr/../../data/hub.sqlite",
    "/catalogue-0123456789abcdef.bin/../../data/hub.sqlite",
    "file:///etc/passwd",
];

fn get_raw(hub: &TestServer, path: &str, headers: &str) -> crate::wire::WireResponse {
    send(
        ATTACKER,
        hub,
        format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n")
            .as_bytes(),
    )
}

fn holds_inside(answer: &crate::wire::WireResponse) -> bool {
    let text = String::from_utf8_lossy(&answer.raw).into_owned();
    INSIDE.iter().any(|inside| text.contains(inside))
}

pub(crate) fn outside(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    let mut strange = Vec::new();
    for path in OUT {
        let answer = get_raw(&hub, path, "");
        if holds_inside(&answer) || answer.status() >= 500 {
            strange.push(format!("{path}: {}", answer.status()));
        }
    }
    report.check(
        &format!("{} addresses that lead out of the site", OUT.len()),
        "nothing from inside, no fault",
        format!("{strange:?}"),
        strange.is_empty(),
    );
    let statuses = [
        "/api/keys/..%2f..%2fhub.sqlite",
        "/api/keys/office.key",
        "/api/keys/..",
        "/api/keys/%2e%2e%2fsealing",
    ]
    .map(|path| get_raw(&hub, path, "").status());
    report.check(
        "names of files where a key's name should be",
        "404 or 400",
        format!("{statuses:?}"),
        statuses.iter().all(|status| matches!(status, 400 | 404)),
    );
    let statuses: Vec<u16> = [1_000, 8_000, 60_000, 200_000]
        .into_iter()
        .map(|length| get_raw(&hub, &format!("/{}", "a/".repeat(length / 2)), "").status())
        .collect();
    report.check(
        "addresses of up to 200,000 letters",
        "an answer below 500",
        format!("{statuses:?}"),
        statuses.iter().all(|status| *status < 500),
    );
}

/// Paths that could bypass the table of rights.
pub(crate) fn office(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let counter = ann.invited(&hub, "cy", Role::Counter);
    let people = [
        "/office/people",
        "/office//people",
        "//office/people",
        "/office/./people",
        "/office/x/../people",
        "/office/%70eople",
        "/office/people/",
        "/office/people%2f",
        "/office/people;x",
        "/office/people%00",
        "/office/people?x",
        "/OFFICE/people",
        "/Office/people",
        "/office%2fpeople",
        "/office/people#x",
        "/office/%2e%2e/office/people",
        "/office/people%20",
        "/office\\people",
        "/office/audit/",
        "/office//audit",
        "/office/%61udit",
        "/office/./audit",
    ];
    for (who, headers) in [("nobody", String::new()), ("a counter", counter.cookie_line())] {
        let seen: Vec<&str> = people
            .iter()
            .copied()
            .filter(|path| {
                ["Invite someone", "first administrator"]
                    .iter()
                    .any(|words| get_raw(&hub, path, &headers).text().contains(words))
            })
            .collect();
        report.check(
            &format!("{} ways of writing an administrator's address, for {who}", people.len()),
            "none shows it",
            format!("{seen:?}"),
            seen.is_empty(),
        );
    }
    of_nobody(report, &hub, &ann);
}

/// Every route of the table, with ids that do not exist and malformed ids.
fn of_nobody(report: &mut AttackReport, hub: &TestServer, ann: &OfficeClient) {
    let ids = [
        "00000000000000000000000000",
        "00000000-0000-7000-8000-000000000000",
        "..",
        "%2e%2e%2f",
        "%00",
        "'%20OR%201=1--",
        "-1",
        "18446744073709551616",
        "%F0%9F%98%80",
        "%ff%fe",
    ];
    let (mut broken, mut asked) = (Vec::new(), 0);
    for (method, path, _) in ROUTES.iter().filter(|(_, path, _)| path.contains('{')) {
        for id in ids {
            let address: String = path
                .split('/')
                .map(|part| if part.starts_with('{') { id } else { part })
                .collect::<Vec<_>>()
                .join("/");
            let body = format!(
                "csrf={}&seen=0&text=x&do=close&outcome=answered&to=ann&number=1",
                ann.csrf
            );
            let headers =
                format!("content-type: application/x-www-form-urlencoded\r\n{}", ann.cookie_line());
            let answer = ask(
                ATTACKER,
                hub,
                method,
                &address,
                &headers,
                if *method == "POST" { body.as_bytes() } else { b"" },
            );
            asked += 1;
            if answer.status() >= 500 || answer.status() == 0 || holds_inside(&answer) {
                broken.push(format!("{method} {address}: {}", answer.status()));
            }
        }
    }
    report.check(
        &format!("{asked} addresses of the office with ids of nobody"),
        "answers below 500",
        format!("{} are not: {:?}", broken.len(), broken.iter().take(5).collect::<Vec<_>>()),
        broken.is_empty(),
    );
    let has_panicked = hub.log().contains("panicked");
    report.check("the server after it", "has not panicked", has_panicked, !has_panicked);
}
