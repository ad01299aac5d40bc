//! Tests sign-in from outside: every state of a staff account with every method of starting a
//! session, second factors, and what a role's scope keeps closed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;
mod office_client;
#[allow(dead_code, reason = "each test file uses only a part of it")]
mod oidc;

use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};
use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::submission::PublicKeys;
use domain::{HubId, Language};
use hub::{HttpPage, PUBLIC_URL, TestServer, sealed_inquiry};
use office_client::{OfficeClient, PASSWORD, encoded};
use offline::sealing::Sealed;
use oidc::{CLIENT_ID, CLIENT_SECRET, ProviderManner, TestProvider};
use serde_json::json;
use sqlx::{Connection, SqliteConnection};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The states of a staff account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Account {
    NeverExisted,
    Invited,
    InvitationExpired,
    WithPassword,
    InvitedAgain,
    WorkAccountOnly,
    Left,
    LeftAndInvitedAgain,
    Demoted,
}

/// The methods of starting a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SignInWay {
    /// The constant that used to be hashed for logins that do not exist.
    OldConstant,
    NoPassword,
    RightPassword,
    WorkAccount,
    NewestInvitation,
    FirstInvitation,
    FirstToken,
}

const ACCOUNTS: [Account; 9] = [
    Account::NeverExisted,
    Account::Invited,
    Account::InvitationExpired,
    Account::WithPassword,
    Account::InvitedAgain,
    Account::WorkAccountOnly,
    Account::Left,
    Account::LeftAndInvitedAgain,
    Account::Demoted,
];

const WAYS: [SignInWay; 7] = [
    SignInWay::OldConstant,
    SignInWay::NoPassword,
    SignInWay::RightPassword,
    SignInWay::WorkAccount,
    SignInWay::NewestInvitation,
    SignInWay::FirstInvitation,
    SignInWay::FirstToken,
];

/// Whether a method must succeed. All others must fail.
fn may_open(account: Account, way: SignInWay) -> bool {
    match way {
        SignInWay::OldConstant | SignInWay::NoPassword | SignInWay::FirstToken => false,
        SignInWay::RightPassword => matches!(account, Account::WithPassword | Account::Demoted),
        // Invitation links expire after three days; a work account is verified by the provider at
        // once.
        SignInWay::WorkAccount => !matches!(account, Account::NeverExisted | Account::Left),
        SignInWay::NewestInvitation => matches!(
            account,
            Account::Invited | Account::InvitedAgain | Account::LeftAndInvitedAgain
        ),
        SignInWay::FirstInvitation => account == Account::Invited,
    }
}

/// A hub with a work account provider and with Ann, its administrator; every request comes from a
/// new address.
struct DoorTown {
    provider: TestProvider,
    hub: TestServer,
    ann: OfficeClient,
    token: String,
}

static ADDRESSES: AtomicU64 = AtomicU64::new(1);

/// A header line with another client address at every call, so that no rate limit interferes with a
/// test.
fn from_elsewhere() -> String {
    let number = ADDRESSES.fetch_add(1, Ordering::Relaxed);
    format!(
        "x-forwarded-for: 10.{}.{}.{}\r\naccept-language: en\r\n",
        number >> 16 & 255,
        number >> 8 & 255,
        number & 255
    )
}

fn send(hub: &TestServer, path: &str, fields: &[(&str, &str)]) -> HttpPage {
    let body: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    hub.ask("POST", path, &from_elsewhere(), body.join("&").as_bytes()).unwrap()
}

/// The invitation link, which the staff page shows once.
fn link_in(page: &str) -> String {
    let link = page
        .split("href=\"/office/invitation/")
        .nth(1)
        .unwrap_or_else(|| panic!("{page}"))
        .split('"')
        .next()
        .unwrap();
    format!("/office/invitation/{link}")
}

fn opens(hub: &TestServer, page: &HttpPage) -> bool {
    page.headers().iter().any(|(name, line)| {
        name == "set-cookie"
            && line.starts_with("__Host-hub-office=")
            && !line.contains("Max-Age=0")
    }) && OfficeClient::of(hub, page).is_some()
}

impl DoorTown {
    fn begin() -> Self {
        let provider = TestProvider::start();
        let environment = vec![
            ("OIDC_ISSUER", provider.issuer()),
            ("OIDC_CLIENT_ID", CLIENT_ID.into()),
            ("OIDC_CLIENT_SECRET", CLIENT_SECRET.into()),
            ("PUBLIC_URL", PUBLIC_URL.into()),
        ];
        let hub = TestServer::start_as(environment, &["--trusted-proxies", "127.0.0.1"]);
        let (token, ann) = (OfficeClient::token(&hub), OfficeClient::first(&hub));
        Self { provider, hub, ann, token }
    }

    fn invite(&self, login: &str) -> String {
        let fields = [("login", login), ("name", "Bo Park"), ("role", "office"), ("scope", "all")];
        let page = self.ann.post(&self.hub, "/office/people", &fields).text();
        let link = link_in(&page);
        assert!(page.contains(&format!(">{PUBLIC_URL}{link}</a>")), "{page}");
        link
    }

    fn change(&self, login: &str, fields: &[(&str, &str)]) -> HttpPage {
        self.ann.post(&self.hub, &format!("/office/people/{login}"), fields)
    }

    fn change_database(&self, statement: &str, login: &str) {
        let path = format!("{}/hub.sqlite", self.hub.data());
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let mut connection = SqliteConnection::connect(&path).await.unwrap();
            let query = sqlx::query(sqlx::AssertSqlSafe(statement.to_string())).bind(login);
            assert_eq!(
                query.execute(&mut connection).await.unwrap().rows_affected(),
                1,
                "{statement}"
            );
            connection.close().await.unwrap();
        });
    }

    fn with_work_account(&self, login: &str) -> HttpPage {
        self.provider.be(ProviderManner::Good, json!({ "email": login, "email_verified": true }));
        let page = self.hub.get_with("/office/oidc?back=/office", &from_elsewhere());
        let cookie = page.header("set-cookie").split(';').next().unwrap().to_string();
        let address = page.header("location");
        let (host, path) = address
            .strip_prefix("http://")
            .unwrap_or_else(|| panic!("{}", page.text()))
            .split_once('/')
            .unwrap();
        let port = host.split_once(':').unwrap().1.parse().unwrap();
        let page = hub::exchange(
            port,
            format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").as_bytes(),
        )
        .unwrap();
        let back = page.header("location").strip_prefix(PUBLIC_URL).unwrap().to_string();
        self.hub.get_with(&back, &format!("{}cookie: {cookie}\r\n", from_elsewhere()))
    }

    /// Brings an account into a state; returns its first and its newest invitation.
    fn bring(&self, login: &str, account: Account) -> (String, String) {
        if account == Account::NeverExisted {
            let none = format!("/office/invitation/{login}/0123456789abcdef0123456789abcdef");
            return (none.clone(), none);
        }
        let first = self.invite(login);
        let mut newest = first.clone();
        let begins = !matches!(
            account,
            Account::Invited | Account::InvitationExpired | Account::WorkAccountOnly
        );
        if begins {
            assert!(
                opens(&self.hub, &send(&self.hub, &first, &[("password", PASSWORD)])),
                "{account:?}"
            );
        }
        match account {
            Account::InvitationExpired => self.change_database(
                "UPDATE staff SET invitation_until_ms = 1 WHERE login = $1",
                login,
            ),
            Account::InvitedAgain => {
                newest = link_in(&self.change(login, &[("do", "invite")]).text())
            }
            Account::WorkAccountOnly => {
                assert!(opens(&self.hub, &self.with_work_account(login)), "{account:?}")
            }
            Account::Left => {
                assert_eq!(self.change(login, &[("do", "leave"), ("confirmed", "yes")]).status, 303)
            }
            Account::LeftAndInvitedAgain => {
                assert_eq!(
                    self.change(login, &[("do", "leave"), ("confirmed", "yes")]).status,
                    303
                );
                newest = link_in(&self.change(login, &[("do", "invite")]).text());
            }
            Account::Demoted => {
                assert_eq!(self.change(login, &[("role", "counter"), ("scope", "all")]).status, 303)
            }
            Account::NeverExisted | Account::Invited | Account::WithPassword => {}
        }
        (first, newest)
    }

    fn try_way(&self, login: &str, way: SignInWay, (first, newest): &(String, String)) -> HttpPage {
        let password = |password: &str| {
            send(&self.hub, "/office/sign-in", &[("login", login), ("password", password)])
        };
        match way {
            SignInWay::OldConstant => password("nobody has this password"),
            SignInWay::NoPassword => password(""),
            SignInWay::RightPassword => password(PASSWORD),
            SignInWay::WorkAccount => self.with_work_account(login),
            SignInWay::NewestInvitation => send(&self.hub, newest, &[("password", PASSWORD)]),
            SignInWay::FirstInvitation => send(&self.hub, first, &[("password", PASSWORD)]),
            SignInWay::FirstToken => {
                let fields = [
                    ("token", self.token.as_str()),
                    ("login", login),
                    ("name", "Bo Park"),
                    ("password", PASSWORD),
                ];
                send(&self.hub, "/office/first", &fields)
            }
        }
    }
}

/// For every state of an account and every method, the table decides whether a session starts.
#[test]
fn each_state_of_an_account_opens_by_the_ways_that_it_should_and_by_no_other() {
    let town = DoorTown::begin();
    let mut wrong = Vec::new();
    for (row, account) in ACCOUNTS.into_iter().enumerate() {
        for (column, way) in WAYS.into_iter().enumerate() {
            let login = format!("bo{row}{column}@example.org");
            let links = town.bring(&login, account);
            let page = town.try_way(&login, way, &links);
            if opens(&town.hub, &page) != may_open(account, way) {
                wrong.push(format!("{account:?} by {way:?}: {}", page.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(town.ann.get(&town.hub, "/office/people").status, 200);
}

/// If several people use the token from the console at once, one administrator is created.
#[test]
fn a_first_token_that_many_use_at_once_makes_one_administrator() {
    let hub = TestServer::start_as(Vec::new(), &["--trusted-proxies", "127.0.0.1"]);
    let token = OfficeClient::token(&hub);
    let begun = std::thread::scope(|scope| {
        let begin = |number: u32| {
            let (login, hub, token) = (format!("admin{number}"), &hub, token.as_str());
            scope.spawn(move || {
                let page = send(
                    hub,
                    "/office/first",
                    &[("token", token), ("login", &login), ("name", "Ann"), ("password", PASSWORD)],
                );
                opens(hub, &page).then_some(page)
            })
        };
        let all: Vec<_> = (0..6).map(begin).collect();
        all.into_iter().filter_map(|one| one.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(begun.len(), 1, "one of six");
    let ann = OfficeClient::of(&hub, &begun[0]).unwrap();
    assert_eq!(ann.get(&hub, "/office/people").text().matches("<th scope=\"row\">").count(), 1);
}

/// Letters that become ASCII only when lowercased do not count as ASCII.
#[test]
fn a_login_of_other_letters_is_nobodys() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    ann.invited(&hub, "kim", office::staff::Role::Office);
    assert!(OfficeClient::sign_in(&hub, "KIM", PASSWORD).is_some());
    assert!(OfficeClient::sign_in(&hub, "\u{212a}im", PASSWORD).is_none(), "the Kelvin sign");
    let page = OfficeClient::nobody(&hub).post(
        &hub,
        "/office/sign-in",
        &[("login", &"a".repeat(100_000)), ("password", "x")],
    );
    assert!(
        page.status == 422 && page.body().len() < 20_000,
        "what was typed is cut: {} {}",
        page.status,
        page.body().len()
    );
}

#[test]
fn a_password_that_is_tried_first_is_refused_with_words_that_help() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let fields = [("login", "bo"), ("name", "Bo Park"), ("role", "office")];
    let link = link_in(&ann.post(&hub, "/office/people", &fields).text());
    for common in ["passwordpassword", "qwertyuiopasdfgh", "Pine Harbour 2026"] {
        let page = OfficeClient::nobody(&hub).post(&hub, &link, &[("password", common)]);
        assert!(
            page.status == 422 && page.text().contains("four or five unrelated words"),
            "{common}: {}",
            page.status
        );
    }
    assert!(opens(&hub, &OfficeClient::nobody(&hub).post(&hub, &link, &[("password", PASSWORD)])));
}

/// A person with the right password and an authenticator app.
struct Phone {
    secret: Vec<u8>,
    spare_codes: Vec<String>,
}

impl Phone {
    fn now() -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 30
    }

    /// An independent implementation of RFC 6238.
    fn code(&self, step: u64) -> String {
        let mac = sign(&Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret), &step.to_be_bytes());
        let mac = mac.as_ref();
        let at = usize::from(mac[19] & 15);
        let number = u32::from_be_bytes(mac[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }

    /// Parses the page that sets up a second factor.
    fn of(page: &str) -> Self {
        let text = page
            .split("<p class=\"mono hash\" translate=\"no\">")
            .nth(1)
            .unwrap_or_else(|| panic!("{page}"))
            .split('<')
            .next()
            .unwrap();
        let (mut secret, mut held, mut bits) = (Vec::new(), 0_u32, 0);
        for letter in text.bytes().filter(|letter| *letter != b' ') {
            let value =
                if letter.is_ascii_uppercase() { letter - b'A' } else { letter - b'2' + 26 };
            (held, bits) = (held << 5 | u32::from(value), bits + 5);
            if bits >= 8 {
                bits -= 8;
                secret.push((held >> bits & 255) as u8);
            }
        }
        assert_eq!(secret.len(), 20, "{text}");
        Self { secret, spare_codes: Vec::new() }
    }
}

/// A browser between password and code.
struct HalfSignIn {
    cookie: String,
}

impl HalfSignIn {
    fn of(page: &HttpPage) -> Self {
        assert_eq!(
            (page.status, page.header("location").as_str()),
            (303, "/office/second-factor"),
            "{}",
            page.text()
        );
        let line = page.header("set-cookie");
        assert!(
            line.starts_with("__Host-hub-office-half=")
                && line.contains("; HttpOnly")
                && line.contains("; Secure"),
            "{line}"
        );
        Self { cookie: line.split(';').next().unwrap().into() }
    }

    fn sign_in(hub: &TestServer, login: &str) -> Self {
        Self::of(&send(hub, "/office/sign-in", &[("login", login), ("password", PASSWORD)]))
    }

    fn get(&self, hub: &TestServer, path: &str) -> HttpPage {
        hub.get_with(path, &format!("{}cookie: {}\r\n", from_elsewhere(), self.cookie))
    }

    fn post(&self, hub: &TestServer, path: &str, body: &str) -> HttpPage {
        hub.ask(
            "POST",
            path,
            &format!("{}cookie: {}\r\n", from_elsewhere(), self.cookie),
            body.as_bytes(),
        )
        .unwrap()
    }

    fn give(&self, hub: &TestServer, code: &str) -> HttpPage {
        self.post(hub, "/office/second-factor", &format!("code={}", encoded(code)))
    }

    /// Sets up a second factor; returns the authenticator and the session that starts with it.
    fn set_up(&self, hub: &TestServer) -> (Phone, OfficeClient) {
        let mut phone = Phone::of(&self.get(hub, "/office/second-factor").text());
        let page = self.give(hub, &phone.code(Phone::now()));
        let client = session_of(hub, &page).unwrap_or_else(|| panic!("{}", page.text()));
        let list = page.text();
        let list = list
            .split("<ol class=\"mono\" translate=\"no\">")
            .nth(1)
            .unwrap()
            .split("</ol>")
            .next()
            .unwrap()
            .to_string();
        phone.spare_codes = list
            .split("<li>")
            .skip(1)
            .map(|item| item.split('<').next().unwrap().to_string())
            .collect();
        assert_eq!(phone.spare_codes.len(), 10);
        (phone, client)
    }
}

/// The session that a page starts. The page may delete another cookie too.
fn session_of(hub: &TestServer, page: &HttpPage) -> Option<OfficeClient> {
    let lines: Vec<String> = page
        .headers()
        .into_iter()
        .filter(|(name, _)| name == "set-cookie")
        .map(|(_, line)| line)
        .collect();
    let line = lines.iter().find(|line| line.starts_with("__Host-hub-office="))?;
    assert!(
        lines.iter().any(|line| line.starts_with("__Host-hub-office-half=;")),
        "the half session's cookie goes: {lines:?}"
    );
    OfficeClient::with_cookie(hub, line)
}

fn with_second_factors() -> (TestServer, HalfSignIn) {
    let hub = TestServer::start_as(
        vec![("SECOND_FACTOR", "managers".into())],
        &["--trusted-proxies", "127.0.0.1"],
    );
    let token = OfficeClient::token(&hub);
    let first = send(
        &hub,
        "/office/first",
        &[("token", &token), ("login", "ann"), ("name", "Ann Lee"), ("password", PASSWORD)],
    );
    (hub, HalfSignIn::of(&first))
}

/// A half session neither reads nor changes anything.
fn check_opens_nothing(hub: &TestServer, half: &HalfSignIn) {
    for path in ["/office", "/office/people", "/office/gaps", "/office/audit"] {
        assert!(half.get(hub, path).header("location").starts_with("/office/sign-in?"), "{path}");
    }
    for path in ["/office/people", "/office/views", "/office/second-factor/policy"] {
        assert_eq!(
            half.post(hub, path, "policy=off&login=eve&name=Eve&role=administrator").status,
            401,
            "{path}"
        );
    }
}

/// The right password alone grants no access; a code is valid once, and so is a printed code.
#[test]
fn a_password_alone_opens_nothing_and_each_code_counts_once() {
    let (hub, half) = with_second_factors();
    check_opens_nothing(&hub, &half);
    assert_eq!(half.give(&hub, "000 000").status, 422);
    let (phone, ann) = half.set_up(&hub);
    assert_eq!(ann.get(&hub, "/office/people").status, 200);
    // One time step later, as the clock of a phone may be.
    let (used, next) = (phone.code(Phone::now()), phone.code(Phone::now() + 1));
    let (one, two) = (HalfSignIn::sign_in(&hub, "ann"), HalfSignIn::sign_in(&hub, "ann"));
    check_opens_nothing(&hub, &one);
    assert_eq!(one.give(&hub, &used).status, 422, "it was used to set it up");
    let page = one.give(&hub, &next);
    assert_eq!(session_of(&hub, &page).unwrap().get(&hub, "/office").status, 200);
    assert_eq!(two.give(&hub, &next).status, 422, "whoever looked over her shoulder is late");
    assert_eq!(
        one.give(&hub, &next).header("location"),
        "/office/sign-in",
        "the half session has ended"
    );
    let page = two.give(&hub, &phone.spare_codes[3].to_lowercase());
    assert!(session_of(&hub, &page).is_some(), "{}", page.text());
    assert_eq!(
        HalfSignIn::sign_in(&hub, "ann").give(&hub, &phone.spare_codes[3]).status,
        422,
        "it was used"
    );
    let audit = ann.get(&hub, "/office/audit").text();
    for said in [
        "first administrator and a code",
        "with a password and a code",
        "with a password and a spare code",
        "second factor",
    ] {
        assert!(audit.contains(said), "{said}: {audit}");
    }
    let sealed: Vec<u8> = ["hub.sqlite", "hub.sqlite-wal"]
        .iter()
        .flat_map(|name| std::fs::read(format!("{}/{name}", hub.data())).unwrap())
        .collect();
    assert!(
        !sealed.windows(20).any(|window| window == phone.secret),
        "the secret is sealed on the disk"
    );
    let (is_fine, said) = hub.office(&["audit", "sign-ins"]);
    assert!(is_fine && said.contains("none was by someone without a password"), "{said}");
}

#[test]
fn codes_are_few_however_often_the_password_is_given_again() {
    let (hub, half) = with_second_factors();
    let (phone, _) = half.set_up(&hub);
    let half = HalfSignIn::sign_in(&hub, "ann");
    let answers: Vec<u16> =
        (0..6).map(|number| half.give(&hub, &format!("00000{number}")).status).collect();
    assert_eq!(answers, [422; 6]);
    let page = half.give(&hub, &phone.code(Phone::now() + 1));
    assert!(
        !opens(&hub, &page) && page.text().contains("Too many wrong codes"),
        "five tries, then the password again: {}",
        page.text()
    );
    let half = HalfSignIn::sign_in(&hub, "ann");
    let answers: Vec<u16> =
        (0..5).map(|number| half.give(&hub, &format!("00001{number}")).status).collect();
    assert!(answers.ends_with(&[429, 429]), "{answers:?}");
    let page = half.give(&hub, &phone.code(Phone::now() + 1));
    assert!(
        page.status == 429
            && page.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds <= 301)
    );
}

#[test]
fn an_administrator_says_who_needs_a_second_factor_and_takes_one_away() {
    let (hub, half) = with_second_factors();
    let (_, ann) = half.set_up(&hub);
    let fields = [("login", "bo"), ("name", "Bo Park"), ("role", "office")];
    let link = link_in(&ann.post(&hub, "/office/people", &fields).text());
    let bo = send(&hub, &link, &[("password", PASSWORD)]);
    assert!(opens(&hub, &bo), "who answers inquiries needs none");
    assert_eq!(
        ann.post(
            &hub,
            "/office/second-factor/policy",
            &[("shown", "managers"), ("policy", "everybody")]
        )
        .status,
        303
    );
    let (_, bo) = HalfSignIn::sign_in(&hub, "bo").set_up(&hub);
    assert_eq!(bo.get(&hub, "/office").status, 200);
    assert!(
        HalfSignIn::sign_in(&hub, "bo")
            .get(&hub, "/office/second-factor")
            .text()
            .contains("printed spare code"),
        "and is asked for it from then on"
    );
    let stale =
        ann.post(&hub, "/office/second-factor/policy", &[("shown", "managers"), ("policy", "off")]);
    assert!(
        stale.status == 422
            && stale.text().contains("Someone else changed who needs a second factor"),
        "{}",
        stale.text()
    );
    assert_eq!(
        ann.post(
            &hub,
            "/office/second-factor/policy",
            &[("shown", "everybody"), ("policy", "off")]
        )
        .status,
        303
    );
    HalfSignIn::sign_in(&hub, "bo");
    let people = ann.get(&hub, "/office/people").text();
    assert!(
        people.contains("Reset second factor")
            && people.contains("<option value=\"off\" selected>"),
        "{people}"
    );
    assert_eq!(ann.post(&hub, "/office/people/bo", &[("do", "reset-factor")]).status, 303);
    assert_eq!(bo.get(&hub, "/office").status, 303, "the session has ended");
    assert!(
        opens(&hub, &send(&hub, "/office/sign-in", &[("login", "bo"), ("password", PASSWORD)])),
        "nobody needs one now"
    );
    assert!(ann.get(&hub, "/office/audit").text().contains("reset second factor"));
}

/// An administrator who lost phone and printed codes, or whose password is unknown, regains access
/// through a command on the server.
#[test]
fn who_is_locked_out_is_let_in_again_by_a_command_on_the_machine() {
    let (hub, half) = with_second_factors();
    let (_, ann) = half.set_up(&hub);
    let (is_fine, said) = hub.office(&["staff", "list"]);
    assert!(
        is_fine && said.contains("ann  Ann Lee  administrator, reads all, password, second factor"),
        "{said}"
    );
    assert!(!hub.office(&["staff", "reset", "ann"]).0, "a reason is asked for");
    let (is_fine, said) = hub.office(&["staff", "reset", "zoe", "--reason", "lost"]);
    assert!(!is_fine && said.contains("No one has the username"), "{said}");
    let (is_fine, said) =
        hub.office(&["staff", "reset", "ann", "--reason", "lost the phone, came by"]);
    assert!(is_fine, "{said}");
    let link = said
        .lines()
        .find(|line| line.starts_with("/office/invitation/ann/"))
        .unwrap_or_else(|| panic!("{said}"));
    assert_eq!(ann.get(&hub, "/office").status, 303, "her sessions have ended");
    assert_eq!(
        send(&hub, "/office/sign-in", &[("login", "ann"), ("password", PASSWORD)]).status,
        422,
        "the password is gone"
    );
    let (_, ann) =
        HalfSignIn::of(&send(&hub, link, &[("password", "another river in the evening")]))
            .set_up(&hub);
    let audit = ann.get(&hub, "/office/audit").text();
    assert!(
        audit.contains("reset staff") && audit.contains("ann; lost the phone, came by"),
        "{audit}"
    );
}

#[test]
fn somebody_who_fails_often_shows_on_the_page_of_people_until_they_come_in() {
    let hub = TestServer::start_as(Vec::new(), &["--trusted-proxies", "127.0.0.1"]);
    let ann = OfficeClient::first(&hub);
    let bo = ann.invited(&hub, "bo", office::staff::Role::Office);
    for _ in 0..7 {
        assert_eq!(
            send(
                &hub,
                "/office/sign-in",
                &[("login", "bo"), ("password", "a guess of a stranger")]
            )
            .status,
            422
        );
    }
    assert!(ann.get(&hub, "/office/people").text().contains("7 failed sign-ins in 24 hours"));
    assert_eq!(bo.get(&hub, "/office").status, 200, "nobody was locked out");
    assert!(opens(
        &hub,
        &send(&hub, "/office/sign-in", &[("login", "bo"), ("password", PASSWORD)])
    ));
    assert!(!ann.get(&hub, "/office/people").text().contains("failed sign-in"));
}

/// An inquiry by the same person each time, sealed.
fn asked(keys: &PublicKeys, number: u64, place: Option<&str>, message: &str) -> Sealed {
    let inquiry = ValidInquiry {
        service: None,
        hub: place.map(|id| HubId::parse(id).unwrap()),
        message: message.into(),
        name: None,
        reply_to: ReplyTo::Email("kit@example.org".to_string().try_into().unwrap()),
        language: Language::English,
        notice_version: 1,
    };
    sealed_inquiry(inquiry, keys, number)
}

/// Invites somebody with a scope and signs them in; `None` if the invitation is refused.
fn invited_with_scope(
    hub: &TestServer,
    ann: &OfficeClient,
    [login, role, scope]: [&str; 3],
) -> Option<OfficeClient> {
    let page = ann.post(
        hub,
        "/office/people",
        &[("login", login), ("name", login), ("role", role), ("scope", scope)],
    );
    if page.status != 200 {
        return None;
    }
    let nobody = OfficeClient::nobody(hub);
    OfficeClient::of(hub, &nobody.post(hub, &link_in(&page.text()), &[("password", PASSWORD)]))
}

fn inquiry_path(entry: &Sealed) -> String {
    format!("/office/inquiry/{}", entry.head.id)
}

/// One inquiry at the town hall, one at the boat house, one that names no location.
struct ScopedInquiries {
    ours: Sealed,
    theirs: Sealed,
    nobodys: Sealed,
}

impl ScopedInquiries {
    fn sent(hub: &TestServer, ann: &OfficeClient) -> Self {
        let keys = hub.keys();
        let (ours, theirs, nobodys) = (
            asked(&keys, 1, Some("town-hall"), "the bell rings"),
            asked(&keys, 2, Some("boat-house"), "the boat leaks"),
            asked(&keys, 3, None, "the sun shines"),
        );
        hub.send(&[&ours, &theirs, &nobodys]);
        for message in ["the bell rings", "the boat leaks", "the sun shines"] {
            ann.until(hub, "/office?state=any", message);
        }
        Self { ours, theirs, nobodys }
    }

    /// Whoever reads the town hall's inquiries finds and opens no others.
    fn check_only_ours_is_read(&self, hub: &TestServer, client: &OfficeClient) {
        let inbox = client.get(hub, "/office?state=any").text();
        assert!(
            inbox.contains("the bell rings")
                && !inbox.contains("the boat leaks")
                && !inbox.contains("the sun shines"),
            "{inbox}"
        );
        assert!(
            !client.get(hub, "/office?state=any&q=boat").text().contains("the boat leaks"),
            "nor by its words"
        );
        let page = client.get(hub, &inquiry_path(&self.ours)).text();
        assert!(
            page.contains("the bell rings") && !page.contains("the boat leaks"),
            "others of the same person: {page}"
        );
        for entry in [&self.theirs, &self.nobodys] {
            let path = inquiry_path(entry);
            assert_eq!(client.get(hub, &path).status, 404);
            let fields = [("seen", "0"), ("text", "hello")];
            assert_eq!(client.post(hub, &format!("{path}/note"), &fields).status, 404);
        }
    }

    /// Whoever does not read the boat house's inquiry does not change or link it.
    fn check_theirs_is_not_changed(&self, hub: &TestServer, client: &OfficeClient) {
        for form in ["assign", "transfer", "about", "state", "link", "reply"] {
            let fields = [
                ("seen", "0"),
                ("to", "olli"),
                ("department", "Recreation"),
                ("text", "x"),
                ("do", "send"),
                ("way", "status"),
            ];
            assert_eq!(
                client.post(hub, &format!("{}/{form}", inquiry_path(&self.theirs)), &fields).status,
                404,
                "{form}"
            );
        }
        let linked = client.send(
            hub,
            &self.ours.head.id.to_string(),
            "link",
            &[("to", &self.theirs.head.reference().to_string())],
        );
        assert_eq!(linked.status, 422, "what is not read is not linked");
    }

    /// Whoever does not read the boat house's inquiry does not print its letter or see it named.
    fn check_theirs_is_not_named(
        &self,
        hub: &TestServer,
        ann: &OfficeClient,
        client: &OfficeClient,
    ) {
        assert_eq!(
            ann.send(
                hub,
                &self.theirs.head.id.to_string(),
                "reply",
                &[("text", "mended"), ("do", "send"), ("way", "status")]
            )
            .status,
            303
        );
        let letter = format!("{}/letter/1", inquiry_path(&self.theirs));
        assert_eq!((ann.get(hub, &letter).status, client.get(hub, &letter).status), (200, 404));
        let gaps = client.get(hub, "/office/gaps").text();
        let named = |entry: &Sealed| gaps.contains(&entry.head.id.to_string());
        assert_eq!(
            (named(&self.ours), named(&self.theirs), named(&self.nobodys)),
            (true, false, false),
            "{gaps}"
        );
    }

    /// Closed inquiries are not cached but searched in the store.
    fn check_theirs_is_not_found_closed(
        &self,
        hub: &TestServer,
        ann: &OfficeClient,
        client: &OfficeClient,
    ) {
        let id = self.theirs.head.id.to_string();
        assert_eq!(
            ann.send(
                hub,
                &id,
                "state",
                &[("outcome", "answered"), ("why", "By phone."), ("confirmed", "yes")]
            )
            .status,
            303
        );
        assert!(ann.get(hub, "/office?state=any&q=boat").text().contains("the boat leaks"));
        for query in ["state=any&q=boat", "state=closed", "state=closed&q=leaks"] {
            let text = client.get(hub, &format!("/office?{query}")).text();
            assert!(
                !text.contains("the boat leaks") && !text.contains("of 1 closed"),
                "{query}: {text}"
            );
        }
        assert_eq!(client.get(hub, &inquiry_path(&self.theirs)).status, 404);
    }
}

/// Inquiries outside a person's scope cannot be found, opened, changed, linked or printed, and are
/// not named to them.
#[test]
fn a_scope_keeps_the_inquiries_of_others_closed() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let inquiries = ScopedInquiries::sent(&hub, &ann);
    let invite = |login, role, scope| invited_with_scope(&hub, &ann, [login, role, scope]);
    assert!(invite("cy", "counter", "").is_none(), "at a counter one says which");
    assert!(
        invite("cy", "counter", "hub:nowhere").is_none()
            && invite("cy", "counter", "everything").is_none()
    );
    let counter = invite("cy", "counter", "hub:town-hall").unwrap();
    let office = invite("olli", "office", "hub:town-hall").unwrap();
    for client in [&counter, &office] {
        inquiries.check_only_ours_is_read(&hub, client);
    }
    inquiries.check_theirs_is_not_changed(&hub, &office);
    inquiries.check_theirs_is_not_named(&hub, &ann, &office);
    let ScopedInquiries { ours, theirs, .. } = &inquiries;
    let given = ann.send(&hub, &theirs.head.id.to_string(), "assign", &[("to", "olli")]);
    assert!(
        given.status == 422 && given.text().contains("can’t see this inquiry"),
        "{}",
        given.status
    );
    assert_eq!(ann.send(&hub, &ours.head.id.to_string(), "assign", &[("to", "olli")]).status, 303);
    let reference = format!("/office/reference/{}", theirs.head.reference());
    assert_eq!(
        (ann.get(&hub, &reference).status, counter.get(&hub, &reference).status),
        (200, 404)
    );
    inquiries.check_theirs_is_not_found_closed(&hub, &ann, &counter);
    assert_eq!(
        ann.post(&hub, "/office/people/cy", &[("role", "counter"), ("scope", "all")]).status,
        303
    );
    let counter = OfficeClient::sign_in(&hub, "cy", PASSWORD).unwrap();
    assert_eq!(counter.get(&hub, &inquiry_path(theirs)).status, 200);
    assert!(
        ann.get(&hub, "/office/people")
            .text()
            .contains("Counter role with all inquiries: choose a location")
    );
}

/// A person whose staff page is older than another person's change gets an error and changes
/// nothing.
#[test]
fn two_who_change_one_person_from_pages_of_the_same_time_do_not_undo_each_other() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    ann.invited(&hub, "bo", office::staff::Role::Office);
    let page = ann.get(&hub, "/office/people").text();
    let form = page.split("action=\"/office/people/bo\"").nth(1).unwrap();
    let version =
        form.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(
        ann.post(
            &hub,
            "/office/people/bo",
            &[("do", "leave"), ("confirmed", "yes"), ("version", version)]
        )
        .status,
        303
    );
    let late = ann.post(&hub, "/office/people/bo", &[("role", "manager"), ("version", version)]);
    assert!(
        late.status == 422 && late.text().contains("Someone else changed this person’s account"),
        "{}",
        late.text()
    );
    assert!(ann.get(&hub, "/office/people").text().contains("No access"));
}

/// A removal means "no access", whatever changed since the page was shown: it needs no second try.
#[test]
fn a_removal_from_an_older_page_still_removes() {
    let hub = TestServer::start();
    let ann = OfficeClient::first(&hub);
    let bo = ann.invited(&hub, "bo", office::staff::Role::Office);
    let page = ann.get(&hub, "/office/people").text();
    let form = page.split("action=\"/office/people/bo\"").nth(1).unwrap();
    let version =
        form.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let change = [("role", "manager"), ("version", version)];
    assert_eq!(ann.post(&hub, "/office/people/bo", &change).status, 303);
    let removal = [("do", "leave"), ("confirmed", "yes"), ("version", version)];
    assert_eq!(ann.post(&hub, "/office/people/bo", &removal).status, 303);
    assert!(ann.get(&hub, "/office/people").text().contains("No access"));
    assert_ne!(bo.get(&hub, "/office").status, 200, "a session of somebody removed ends");
    assert!(OfficeClient::sign_in(&hub, "bo", PASSWORD).is_none());
}
