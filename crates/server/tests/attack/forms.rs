//! Attacks by forms that other sites make a browser send, by redirects, and by oversized forms.

use crate::hub::{TestServer, sealed};
use crate::office_client::{OfficeClient, PASSWORD, encoded};
use crate::report::{AttackReport, AttackScale};
use crate::wire::{ATTACKER, ask, form, get};
use office::staff::Role;
use std::time::Duration;

const FORM_TIME_MAX: Duration = Duration::from_secs(5);

/// The fields of a form that invites an administrator, after the token.
const INVITATION: [(&str, &str); 4] =
    [("login", "mallory"), ("name", "Mallory"), ("role", "administrator"), ("scope", "all")];

/// Requests that another site could send in the name of a signed-in person.
pub(crate) fn foreign(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let bo = ann.invited(&hub, "bo", Role::Administrator);
    foreign_invitations(report, &hub, &ann, &bo);
    let query = format!(
        "/office/people?csrf={}&login=mallory&name=Mallory&role=administrator&scope=all",
        ann.csrf
    );
    get(ATTACKER, &hub, &query, &ann.cookie_line());
    let fields: Vec<(&str, &str)> =
        [("csrf", ann.csrf.as_str())].into_iter().chain(INVITATION).collect();
    let cookieless = form(ATTACKER, &hub, "/office/people", "", &fields).status();
    report.check("the right token without a session", "401", cookieless, cookieless == 401);
    let is_there = ann.get(&hub, "/office/people").text().contains("Mallory");
    report.check(
        "all of them together",
        "nobody was invited",
        format!("Mallory is there: {is_there}"),
        !is_there,
    );
    let login = form(
        ATTACKER,
        &hub,
        "/office/sign-in",
        "origin: https://evil.example\r\n",
        &[("login", "ann"), ("password", PASSWORD)],
    );
    report.check(
        "a sign-in that another site sends",
        "no session",
        login.status(),
        !login.has_session(),
    );
    let preflight = ask(
        ATTACKER,
        &hub,
        "OPTIONS",
        "/office/people",
        "origin: https://evil.example\r\naccess-control-request-method: POST\r\n",
        b"",
    );
    let allowed = preflight.header("access-control-allow-origin");
    report.check(
        "asking whether another origin may",
        "no word of permission",
        format!("“{allowed}”"),
        allowed.is_empty(),
    );
}

/// Invitations sent with Ann's cookie, each with a wrong token or from a wrong place.
fn foreign_invitations(
    report: &mut AttackReport,
    hub: &TestServer,
    ann: &OfficeClient,
    bo: &OfficeClient,
) {
    let send = |headers: &str, csrf: &str| {
        let token = (!csrf.is_empty()).then_some(("csrf", csrf));
        let fields: Vec<(&str, &str)> = token.into_iter().chain(INVITATION).collect();
        let headers = format!("{}{headers}", ann.cookie_line());
        form(ATTACKER, hub, "/office/people", &headers, &fields).status()
    };
    let tries = [
        ("no token", "", ""),
        (
            "a token of zeros",
            "",
            "0000000000000000000000000000000000000000000000000000000000000000",
        ),
        ("the token of another session", "", &bo.csrf),
        ("a foreign origin", "origin: https://evil.example\r\n", &ann.csrf),
        ("an origin that begins like ours", "origin: http://localhost.evil.example\r\n", &ann.csrf),
        ("a null origin and no token", "origin: null\r\n", ""),
        ("a null origin and the token of another session", "origin: null\r\n", &bo.csrf),
        (
            "a null origin of a foreign page",
            "origin: null\r\nsec-fetch-site: cross-site\r\n",
            &ann.csrf,
        ),
        ("sec-fetch-site: cross-site", "sec-fetch-site: cross-site\r\n", &ann.csrf),
        ("sec-fetch-site: same-site", "sec-fetch-site: same-site\r\n", &ann.csrf),
        ("sec-fetch-site: none", "sec-fetch-site: none\r\n", &ann.csrf),
        (
            "a foreign origin that claims to be forwarded",
            "origin: https://evil.example\r\nx-forwarded-host: evil.example\r\n",
            &ann.csrf,
        ),
    ];
    for (what, headers, csrf) in tries {
        let status = send(headers, csrf);
        report.check(&format!("a form with {what}"), "409, nothing is done", status, status == 409);
    }
}

/// Addresses that lead out of the office, or that a lax parser takes for such.
const AWAY: [&str; 20] = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/office\\@evil.example",
    "/officeevil.example",
    "javascript:alert(1)",
    "/office/\r\nset-cookie: x=1",
    "/office/%0d%0aset-cookie:x=1",
    "http:/office/",
    " //evil.example",
    "/./evil",
    "//office/../evil.example",
    "/office/\\..\\..\\evil",
    "https:office",
    "/office@evil.example",
    "\t//evil.example",
    "/office/\u{0}x",
    "/office/é",
];

/// Addresses that a link of the hub could be made to redirect to.
pub(crate) fn redirects(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let strange = led_away(&hub, &ann);
    let tried = format!("{} addresses to come back to, by three forms and links", AWAY.len());
    report.check(
        &tried,
        "all stay in the office",
        if strange.is_empty() { "all did".into() } else { strange.join("; ") },
        strange.is_empty(),
    );
    let sources = [
        "https://evil.example",
        "//evil.example",
        "services/../../evil",
        "services/dog-licence/../x",
        "services%2fdog-licence%00",
    ];
    let led: Vec<String> = sources
        .iter()
        .map(|record| get(ATTACKER, &hub, &format!("/api/sources/{record}"), "").header("location"))
        .filter(|location| location.contains("evil"))
        .collect();
    report.check(
        "sources of records that are addresses",
        "lead nowhere",
        format!("{led:?}"),
        led.is_empty(),
    );
    let elsewhere =
        crate::wire::send(ATTACKER, &hub, b"GET /office/people HTTP/1.1\r\nhost: evil.example\r\nx-forwarded-host: evil.example\r\nconnection: close\r\n\r\n");
    report.check(
        "a foreign host in the request",
        "stands nowhere in the answer",
        elsewhere.status(),
        !String::from_utf8_lossy(&elsewhere.raw).contains("evil.example"),
    );
}

/// The addresses to come back to that a sign-in, the choice of a language or a sign-in page led out
/// of the office to.
fn led_away(hub: &TestServer, ann: &OfficeClient) -> Vec<String> {
    let stays = |location: &str| {
        location.is_empty()
            || ((location == "/office"
                || location.starts_with("/office/")
                || location.starts_with("/office?"))
                && !location.contains('\\'))
    };
    let mut strange = Vec::new();
    for (number, back) in AWAY.iter().enumerate() {
        let signed_in = form(
            crate::wire::address(number),
            hub,
            "/office/sign-in",
            "",
            &[("login", "ann"), ("password", PASSWORD), ("back", back)],
        );
        let by_link =
            get(ATTACKER, hub, &format!("/office/language/fr?back={}", encoded(back)), "");
        let again = get(
            ATTACKER,
            hub,
            &format!("/office/sign-in?back={}", encoded(back)),
            &ann.cookie_line(),
        );
        for answer in [signed_in, by_link, again] {
            let (location, cookies) = (answer.header("location"), answer.header("set-cookie"));
            if !stays(&location) || cookies.contains("x=1") || answer.status() >= 500 {
                strange.push(format!("{back:?} led to {location:?}"));
            }
        }
    }
    strange
}

/// Forms that are larger or stranger than any browser sends.
pub(crate) fn huge(report: &mut AttackReport, size: AttackScale) {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let entry = sealed("where is it?", &hub.keys(), 1);
    hub.send(&[&entry]);
    let inbox = ann.until(&hub, "/office", "where is it?");
    let path = format!(
        "/office/inquiry/{}",
        inbox.split("href=\"/office/inquiry/").nth(1).unwrap().split('"').next().unwrap()
    );
    let before = hub.memory_now();
    strange_notes(report, &hub, &ann, &path);
    let words = "x+".repeat(size.of(8_000, 20_000));
    let search = get(ATTACKER, &hub, &format!("/office?q={words}"), &ann.cookie_line());
    report.check(
        "a search for many thousand words",
        "an answer within 5 s",
        format!("{} after {} ms", search.status(), search.took.as_millis()),
        search.status() > 0 && search.status() < 500 && search.took < FORM_TIME_MAX,
    );
    let numbers = [
        "/office?page=99999999999999999999",
        "/office?page=-1",
        "/office?page=0",
        "/office/figures?months=99999999",
        "/office/audit?before=18446744073709551615",
        "/office/figures?from=0000-00-00",
    ];
    let broken: Vec<_> = numbers
        .iter()
        .filter(|path| get(ATTACKER, &hub, path, &ann.cookie_line()).status() >= 500)
        .collect();
    report.check(
        "numbers that are none in addresses",
        "no answer of 500 or above",
        format!("{broken:?}"),
        broken.is_empty(),
    );
    let grown = hub.memory_now().saturating_sub(before);
    report.check(
        "all of them together",
        "less than 32 MB more memory",
        format!("{} MB more", grown >> 20),
        grown < 32 << 20,
    );
}

/// Notes that no browser would send.
fn strange_notes(report: &mut AttackReport, hub: &TestServer, ann: &OfficeClient, path: &str) {
    let note = |body: &[u8]| {
        ask(
            ATTACKER,
            hub,
            "POST",
            &format!("{path}/note"),
            &format!("content-type: application/x-www-form-urlencoded\r\n{}", ann.cookie_line()),
            body,
        )
    };
    let own = format!("csrf={}&seen=0&text=", ann.csrf);
    for (what, body) in [
        ("a note of 2 MB", [own.as_bytes(), &vec![b'a'; 2 << 20]].concat()),
        ("a hundred thousand fields", [own.as_bytes(), "&a=".repeat(80_000).as_bytes()].concat()),
        ("bytes that are no text", [own.as_bytes(), b"%ff%fe%00%c0%80".as_slice()].concat()),
        ("half an escape", [own.as_bytes(), b"%".as_slice()].concat()),
        ("the token twice", format!("csrf=x&{own}hello").into_bytes()),
    ] {
        let answer = note(&body);
        let is_calm = (300..500).contains(&answer.status()) && answer.took < FORM_TIME_MAX;
        report.check(
            what,
            "an answer below 500 within 5 s",
            format!("{} after {} ms", answer.status(), answer.took.as_millis()),
            is_calm,
        );
    }
}
