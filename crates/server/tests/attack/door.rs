//! Attacks on sign-in by people without an account or with one in the wrong state.

use crate::hub::TestServer;
use crate::office_client::{OfficeClient, PASSWORD};
use crate::report::{AttackReport, AttackScale};
use crate::wire::{ATTACKER, NEIGHBOUR, address, connect, form, get, sign_in};
use office::staff::Role;
use std::io::Write;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A longer wait would count as denial of service. Generous, for busy machines.
const SIGN_IN_TIME_MAX: Duration = Duration::from_secs(5);
/// Memory of two concurrent password hashes and usual needs, far below that of unbounded hashing.
const HASHING_BYTES_MAX: usize = 100 * 1024 * 1024;
const LOGINS_BYTES_MAX: usize = 8 * 1024 * 1024;

/// An address not used before, so that no rate limit interferes with an attack.
fn fresh() -> Ipv4Addr {
    static NUMBER: AtomicUsize = AtomicUsize::new(40_000);
    address(NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// Invites a person who has not accepted yet; returns the link.
pub(crate) fn invite(
    hub: &TestServer,
    administrator: &OfficeClient,
    login: &str,
    role: Role,
) -> String {
    let page = administrator
        .post(
            hub,
            "/office/people",
            &[("login", login), ("name", login), ("role", role.name()), ("scope", "all")],
        )
        .text();
    link_in(&page).unwrap_or_else(|| panic!("{login} was not invited"))
}

fn link_in(page: &str) -> Option<String> {
    page.split("href=\"/office/invitation/")
        .nth(1)?
        .split('"')
        .next()
        .map(|link| format!("/office/invitation/{link}"))
}

/// Every state of an account, with every password that an attacker might try.
pub(crate) fn states(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let link = invite(&hub, &ann, "bo.invited", Role::Administrator);
    for login in ["cy.again", "di.left", "fay.back", "ed.works"] {
        ann.invited(&hub, login, Role::Office);
    }
    ann.post(&hub, "/office/people/cy.again", &[("do", "invite")]);
    ann.post(&hub, "/office/people/di.left", &[("do", "leave"), ("confirmed", "yes")]);
    ann.post(&hub, "/office/people/fay.back", &[("do", "leave"), ("confirmed", "yes")]);
    ann.post(&hub, "/office/people/fay.back", &[("do", "invite")]);
    ann.post(&hub, "/office/people/ed.works", &[("role", "counter"), ("scope", "all")]);
    let long = "a".repeat(100_000);
    let passwords = [
        "nobody has this password",
        "",
        "   ",
        PASSWORD,
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaA",
        "\0",
        &long,
    ];
    let people = [
        ("bo.invited", "invited, and has no password yet", 0),
        ("cy.again", "invited again after working here", 0),
        ("di.left", "left", 0),
        ("fay.back", "left and was invited again", 0),
        ("zed", "was never here", 0),
        ("", "has no login", 0),
        ("ed.works", "works here, demoted", 1),
    ];
    for (login, state, doors) in people {
        let opened: Vec<&str> = passwords
            .into_iter()
            .filter(|password| sign_in(fresh(), &hub, login, password).has_session())
            .collect();
        let expected = if doors == 0 { "none opens" } else { "only the right one opens" };
        let holds = opened.len() == doors && opened.iter().all(|password| *password == PASSWORD);
        report.check(
            &format!("{} passwords for somebody who {state}", passwords.len()),
            expected,
            format!("opened: {opened:?}"),
            holds,
        );
    }
    invitations(report, &hub, &ann, &link);
}

fn invitations(report: &mut AttackReport, hub: &TestServer, ann: &OfficeClient, link: &str) {
    let other = invite(hub, ann, "gus", Role::Counter);
    let secret = |link: &str| link.rsplit('/').next().unwrap().to_string();
    let accept = |link: &str| form(fresh(), hub, link, "", &[("password", PASSWORD)]).has_session();
    let wrong = [
        format!("/office/invitation/bo.invited/{}", secret(&other)),
        format!("/office/invitation/bo.invited/{}", "0".repeat(32)),
        "/office/invitation/bo.invited/%20".into(),
        format!("/office/invitation/di.left/{}", secret(link)),
        format!("{link}0"),
    ];
    let opened = wrong.iter().filter(|link| accept(link)).count();
    report.check(
        "invitations with another's secret, a guess, none",
        "none opens",
        format!("{opened} opened"),
        opened == 0,
    );
    let (first, second) = (accept(link), accept(link));
    report.check(
        "an invitation twice",
        "it opens once",
        format!("first {first}, second {second}"),
        first && !second,
    );
}

/// Letters that become other letters when lowercased, so that two logins look the same.
pub(crate) fn letters(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    // Lowercased, the Kelvin sign becomes a k, and the next one an i with or without a dot.
    let invited: Vec<&str> = ["\u{212a}im", "\u{130}da", "a\u{17f}a"]
        .into_iter()
        .filter(|login| {
            link_in(
                &ann.post(
                    &hub,
                    "/office/people",
                    &[("login", login), ("name", "Kim"), ("role", "counter"), ("scope", "all")],
                )
                .text(),
            )
            .is_some()
        })
        .collect();
    report.check(
        "inviting logins that only look like ASCII",
        "refused",
        format!("invited: {invited:?}"),
        invited.is_empty(),
    );
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    ann.invited(&hub, "kim", Role::Counter);
    let is_in = sign_in(fresh(), &hub, "\u{212a}im", PASSWORD).has_session();
    report.check(
        "signing in as kim with the Kelvin sign",
        "no session",
        format!("session: {is_in}"),
        !is_in,
    );
    let is_in = sign_in(fresh(), &hub, " KIM ", PASSWORD).has_session();
    report.check(
        "signing in as KIM, as people type it",
        "a session",
        format!("session: {is_in}"),
        is_in,
    );
}

/// Guessing passwords is slowed down, while the person can still sign in.
pub(crate) fn guessing(report: &mut AttackReport, _: AttackScale) {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let guesses: Vec<u16> = (0..12)
        .map(|number| sign_in(ATTACKER, &hub, "ann", &format!("guess number {number}")).status())
        .collect();
    let looked_at = guesses.iter().filter(|status| **status != 429).count();
    report.check(
        "12 guesses for one login from one address",
        "6 at most are looked at, the rest told later",
        format!("{guesses:?}"),
        looked_at <= 6,
    );
    let spaced = ["ann ", " ann", "ANN", "Ann\t", "%61nn"]
        .map(|login| sign_in(ATTACKER, &hub, login, "another guess here").status());
    let is_slowed = spaced[..4].iter().all(|status| *status == 429);
    report.check(
        "the same login in other ways of writing it",
        "one share",
        format!("{spaced:?}"),
        is_slowed,
    );
    let person = sign_in(NEIGHBOUR, &hub, "ann", PASSWORD);
    report.check(
        "the person meanwhile, from elsewhere",
        "signs in at once",
        format!("{} after {} ms", person.status(), person.took.as_millis()),
        person.has_session() && person.took < SIGN_IN_TIME_MAX,
    );
    many_logins(report, &hub);
    first_tokens(report, &hub);
    drop(ann);
}

/// Guesses for many logins from one address.
fn many_logins(report: &mut AttackReport, hub: &TestServer) {
    let from = address(1);
    let passed = (0..60)
        .filter(|number| {
            sign_in(from, hub, &format!("login{number}"), "a guess for each").status() != 429
        })
        .count();
    report.check(
        "60 logins from one address",
        "33 at most are looked at",
        format!("{passed} were"),
        passed <= 33,
    );
}

/// Guesses of the token for the first account.
fn first_tokens(report: &mut AttackReport, hub: &TestServer) {
    let token: Vec<u16> = (0..60)
        .map(|number| {
            form(
                address(2),
                hub,
                "/office/first",
                "",
                &[
                    ("token", &format!("{number:032x}")),
                    ("login", "eve"),
                    ("name", "Eve"),
                    ("password", PASSWORD),
                ],
            )
        })
        .map(|answer| if answer.has_session() { 303 } else { answer.status() })
        .collect();
    report.check(
        "60 guesses of the first token, which was used",
        "none opens",
        format!("{} sessions", token.iter().filter(|status| **status == 303).count()),
        !token.contains(&303),
    );
}

/// A rate limiter whose keys are chosen by the attacker must not become the attacker's storage.
pub(crate) fn long_logins(report: &mut AttackReport, size: AttackScale) {
    let hub = TestServer::start();
    let _ = OfficeClient::first(&hub);
    // Hashing allocates memory that the process keeps, so usual sign-ins come first.
    from_many(&hub, 24, |number| format!("usual{number}"));
    let before = hub.memory_now();
    let count = size.of(64, 600);
    from_many(&hub, count, |number| format!("{number}{}", "x".repeat(240_000)));
    let grown = hub.memory_now().saturating_sub(before);
    let expected = "less than 8 MB more memory";
    report.check(
        &format!("{count} logins of 240 KB each, from as many addresses"),
        expected,
        format!("{} MB more", grown >> 20),
        grown < LOGINS_BYTES_MAX,
    );
}

/// Four threads sign in with generated logins, few from each address, so that no limit applies.
fn from_many(hub: &TestServer, count: usize, login: impl Fn(usize) -> String + Sync) {
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let login = &login;
            scope.spawn(move || {
                for number in (thread..count).step_by(4) {
                    sign_in(fresh(), hub, &login(number), "a guess");
                }
            });
        }
    });
}

/// A client that requests work and disconnects must not get more of it than one that waits.
pub(crate) fn hang_up(report: &mut AttackReport, size: AttackScale) {
    let hub = TestServer::start();
    let _ = OfficeClient::first(&hub);
    from_many(&hub, 16, |number| format!("usual{number}"));
    let before = hub.memory_peak();
    let count = size.of(24, 64);
    for number in 0..count {
        let body = format!("login=l{number}&password=a+guess+that+nobody+waits+for");
        let request = format!(
            "POST /office/sign-in HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        if let Ok(mut stream) = connect(address(500 + number), &hub) {
            // The connection is closed at once, whether or not the server has read the request.
            let _ = stream.write_all(request.as_bytes());
            std::thread::sleep(Duration::from_millis(4));
        }
    }
    let person = sign_in(NEIGHBOUR, &hub, "ann", PASSWORD);
    let grown = hub.memory_peak().saturating_sub(before);
    report.check(
        &format!("{count} sign-ins that hang up at once"),
        "less than 100 MB more at the peak",
        format!("{} MB more", grown >> 20),
        grown < HASHING_BYTES_MAX,
    );
    let said = format!("{} after {} ms", person.status(), person.took.as_millis());
    report.check(
        "the person meanwhile",
        "signs in within 5 s",
        said,
        person.has_session() && person.took < SIGN_IN_TIME_MAX,
    );
}

/// Session cookies that were guessed, planted or expired.
pub(crate) fn sessions(report: &mut AttackReport, size: AttackScale) {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    guessed_cookies(report, &hub, size);
    let cookie = planted_cookie(report, &hub);
    let value = cookie.trim_start_matches("cookie: __Host-hub-office=").trim();
    misplaced_secret(report, &hub, value);
    let bo = ann.invited(&hub, "bo", Role::Counter);
    ann.post(&hub, "/office/people/bo", &[("do", "leave"), ("confirmed", "yes")]);
    report.check(
        "the session of somebody who was just removed",
        "is over",
        bo.get(&hub, "/office").status,
        bo.get(&hub, "/office").status == 303,
    );
    ann.post(&hub, "/office/sign-out", &[]);
    report.check(
        "a session after signing out",
        "is over",
        ann.get(&hub, "/office").status,
        ann.get(&hub, "/office").status == 303,
    );
}

/// Whether the office lets in a request with these headers.
fn is_in(hub: &TestServer, headers: &str) -> bool {
    get(ATTACKER, hub, "/office", headers).status() == 200
}

fn guessed_cookies(report: &mut AttackReport, hub: &TestServer, size: AttackScale) {
    let count = size.of(200, 5_000);
    let began = Instant::now();
    let guessed = (0..count)
        .filter(|number| is_in(hub, &format!("cookie: __Host-hub-office={number:064x}\r\n")))
        .count();
    report.check(
        &format!("{count} guessed cookies"),
        "none opens",
        format!("{guessed} opened, in {} ms", began.elapsed().as_millis()),
        guessed == 0,
    );
}

/// Signs in with a cookie that somebody else planted; returns the header of the new session.
fn planted_cookie(report: &mut AttackReport, hub: &TestServer) -> String {
    let planted = "cookie: __Host-hub-office=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\r\n";
    let answer = form(
        ATTACKER,
        hub,
        "/office/sign-in",
        planted,
        &[("login", "ann"), ("password", PASSWORD)],
    );
    let own = answer.cookie().unwrap_or_default();
    report.check(
        "a cookie planted before the sign-in",
        "another is given, the planted one opens nothing",
        own.is_empty() || own == planted,
        !own.is_empty() && own != planted && !is_in(hub, planted),
    );
    let line = answer.header("set-cookie");
    let flags = ["__Host-", "; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"];
    report.check(
        "the cookie's flags",
        &flags.join(" "),
        line.split_once(';').map_or("", |(_, rest)| rest),
        flags.iter().all(|flag| line.contains(flag)) && !line.contains("Domain="),
    );
    own
}

/// The secret of a session in other headers, and in the address.
fn misplaced_secret(report: &mut AttackReport, hub: &TestServer, value: &str) {
    let strange = [
        format!("cookie: hub-office={value}\r\n"),
        format!("x-cookie: {value}\r\n"),
        format!("authorization: Bearer {value}\r\n"),
        format!("cookie: __host-hub-office={value}\r\n"),
    ];
    let opened = strange.iter().filter(|headers| is_in(hub, headers)).count();
    report.check(
        "the secret under other names",
        "opens nothing",
        format!("{opened} opened"),
        opened == 0,
    );
    report.check(
        "the secret in the address",
        "opens nothing",
        get(ATTACKER, hub, &format!("/office?session={value}"), "").status(),
        get(ATTACKER, hub, &format!("/office?__Host-hub-office={value}"), "").status() == 303,
    );
}
