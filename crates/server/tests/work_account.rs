//! Tests signing in with a work account: the real program, a real provider, and everything that a
//! provider or a browser may do wrong.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;
mod office_client;
mod oidc;

use hub::{HttpPage, PUBLIC_URL, TestServer, exchange};
use office::staff::Role;
use office_client::OfficeClient;
use oidc::{CLIENT_ID, CLIENT_SECRET, ProviderManner, TestProvider};
use serde_json::{Value, json};

const BO: &str = "bo@example.org";
/// Attributes of the cookie: neither readable nor sent from another site, valid for ten minutes.
const COOKIE: &str = "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600";
const NOT_ASKED: &str = "started elsewhere, took over ten minutes or was already used";
const NOT_BELIEVED: &str = "couldn’t verify your work account";
const AWAY: &str = "We can’t reach work accounts. Sign in with a password if you have one";

/// A hub with a provider and with Ann, its administrator, who has a password.
fn begun(more: &[(&'static str, &str)]) -> (TestProvider, TestServer, OfficeClient) {
    let provider = TestProvider::start();
    let own = [
        ("OIDC_ISSUER", provider.issuer()),
        ("OIDC_CLIENT_ID", CLIENT_ID.into()),
        ("OIDC_CLIENT_SECRET", CLIENT_SECRET.into()),
    ];
    let more = more.iter().map(|(name, value)| (*name, value.to_string()));
    let hub = TestServer::start_in(
        own.into_iter().chain([("PUBLIC_URL", PUBLIC_URL.into())]).chain(more).collect(),
    );
    let ann = OfficeClient::first(&hub);
    (provider, hub, ann)
}

/// Invites a person who has not accepted yet; returns the link.
fn invite(hub: &TestServer, ann: &OfficeClient, login: &str, role: Role) -> String {
    let page = ann
        .post(
            hub,
            "/office/people",
            &[("login", login), ("name", "Bo Park"), ("role", role.name()), ("scope", "all")],
        )
        .text();
    let link = page
        .split("href=\"/office/invitation/")
        .nth(1)
        .unwrap_or_else(|| panic!("{page}"))
        .split('"')
        .next()
        .unwrap();
    format!("/office/invitation/{link}")
}

fn person(email: &str) -> Value {
    json!({ "email": email, "email_verified": true, "preferred_username": "somebody" })
}

/// A browser during sign-in: its cookie, and the address it is redirected to.
struct Browser {
    cookie: String,
    address: String,
}

impl Browser {
    /// Follows the link on the sign-in page.
    fn begin(hub: &TestServer, back: &str) -> Self {
        let page = hub.get(&format!("/office/oidc?back={}", office_client::encoded(back)));
        assert_eq!(page.status, 303, "{}", page.text());
        let line = page.header("set-cookie");
        assert!(line.starts_with("__Host-hub-office-oidc=") && line.ends_with(COOKIE), "{line}");
        Self { cookie: line.split(';').next().unwrap().into(), address: page.header("location") }
    }

    /// Signs in at the provider; returns the address of the hub that it redirects to.
    fn sign_in(&self) -> String {
        let (host, path) = self.address.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let port = host.split_once(':').unwrap().1.parse().unwrap();
        let page = exchange(
            port,
            format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").as_bytes(),
        )
        .unwrap();
        let location = page.header("location");
        location
            .strip_prefix(PUBLIC_URL)
            .unwrap_or_else(|| panic!("{} {location}", page.text()))
            .into()
    }

    fn come_back(&self, hub: &TestServer, address: &str) -> HttpPage {
        hub.get_with(address, &format!("accept-language: en\r\ncookie: {}\r\n", self.cookie))
    }
}

/// The complete sign-in.
fn arrive(hub: &TestServer, back: &str) -> HttpPage {
    let browser = Browser::begin(hub, back);
    browser.come_back(hub, &browser.sign_in())
}

/// Asserts that no session started, that the page says why, and that the browser's cookie is
/// deleted.
fn assert_refused(page: &HttpPage, words: &str, what: &str) {
    let cookies: Vec<String> = page
        .headers()
        .into_iter()
        .filter(|(name, _)| name == "set-cookie")
        .map(|(_, line)| line)
        .collect();
    assert!(
        cookies.len() == 1
            && cookies[0].starts_with("__Host-hub-office-oidc=;")
            && cookies[0].ends_with("Max-Age=0"),
        "{what}: {cookies:?}"
    );
    assert!(
        page.status >= 400 && page.text().contains(words),
        "{what}: {} {}",
        page.status,
        page.text()
    );
    assert!(page.text().contains("name=\"password\""), "{what}: the password is still offered");
}

#[test]
fn who_works_here_comes_in_with_the_work_account_and_with_the_role_that_was_given_here() {
    let (provider, hub, ann) = begun(&[]);
    let link = invite(&hub, &ann, BO, Role::Office);
    assert!(
        hub.get("/office/sign-in?back=/office/gaps")
            .text()
            .contains("href=\"/office/oidc?back=%2Foffice%2Fgaps\"")
    );
    for manner in [ProviderManner::Good, ProviderManner::GoodEs256, ProviderManner::GoodForSeveral]
    {
        provider.be(manner, person("BO@Example.org"));
        let page = arrive(&hub, "/office/gaps");
        assert_eq!(
            (page.status, page.header("location").as_str()),
            (303, "/office/gaps"),
            "{manner:?} {}",
            page.text()
        );
        let bo = OfficeClient::of(&hub, &page).unwrap();
        assert_eq!(
            (bo.get(&hub, "/office/gaps").status, bo.get(&hub, "/office/figures").status),
            (200, 403),
            "{manner:?}"
        );
    }
    assert_eq!(
        hub.ask("POST", &link, "", b"password=a+river+in+the+morning").unwrap().status,
        404,
        "the invitation was taken up"
    );
    let people = ann.get(&hub, "/office/people").text();
    assert!(
        people.contains(BO) && !people.contains("Invited") && people.contains("its email address"),
        "{people}"
    );
    let audit = ann.get(&hub, "/office/audit").text();
    assert_eq!(
        audit.matches("with a work account").count(),
        4,
        "taken up once, signed in three times: {audit}"
    );
    assert_eq!(ann.post(&hub, &format!("/office/people/{BO}"), &[("role", "manager")]).status, 303);
    let bo = OfficeClient::of(&hub, &arrive(&hub, "https://evil.example")).unwrap();
    assert_eq!(bo.get(&hub, "/office/figures").status, 200, "roles are ours, and change here");
    assert!(!hub.log().contains("example.org"), "no address reaches the log: {}", hub.log());
}

#[test]
fn somebody_elses_session_in_the_same_browser_ends() {
    let (provider, hub, ann) = begun(&[]);
    invite(&hub, &ann, BO, Role::Office);
    provider.be(ProviderManner::Good, person(BO));
    let browser = Browser::begin(&hub, "/office");
    let both = format!("{}; {}", ann.cookie_line().trim(), browser.cookie);
    let page = hub.get_with(&browser.sign_in(), &format!("{both}\r\n"));
    let bo = OfficeClient::of(&hub, &page).unwrap();
    assert_ne!(bo.cookie_line(), ann.cookie_line());
    assert_eq!((bo.get(&hub, "/office").status, ann.get(&hub, "/office").status), (200, 303));
}

#[test]
fn what_a_provider_says_wrongly_lets_nobody_in() {
    let (provider, hub, ann) = begun(&[]);
    invite(&hub, &ann, BO, Role::Office);
    let not_believed = [
        ProviderManner::WrongNonce,
        ProviderManner::NoNonce,
        ProviderManner::WrongAudience,
        ProviderManner::NoAudience,
        ProviderManner::OtherParty,
        ProviderManner::Expired,
        ProviderManner::NotYet,
        ProviderManner::NoExpiry,
        ProviderManner::OtherIssuer,
        ProviderManner::NoIssuer,
        ProviderManner::StrangeKey,
        ProviderManner::Altered,
        ProviderManner::AlgNone,
        ProviderManner::AlgHs256,
        ProviderManner::AnswerOfAnother,
    ];
    for manner in not_believed {
        provider.be(manner, person(BO));
        assert_refused(&arrive(&hub, "/office"), NOT_BELIEVED, &format!("{manner:?}"));
    }
    provider.be(ProviderManner::Declines, person(BO));
    assert_refused(&arrive(&hub, "/office"), "did not finish signing in", "declined");
    provider.be(ProviderManner::Good, person(BO));
    assert!(
        OfficeClient::of(&hub, &arrive(&hub, "/office")).is_some(),
        "and the same person comes in when all is well"
    );
    for reason in [
        "InvalidAudience",
        "ExpiredSignature",
        "ImmatureSignature",
        "InvalidIssuer",
        "InvalidSignature",
        "another request",
        "another client",
    ] {
        assert!(
            hub.log().contains(reason),
            "whoever runs the server reads why: {reason}\n{}",
            hub.log()
        );
    }
}

#[test]
fn a_key_for_sealing_signs_nothing() {
    let (provider, hub, ann) = begun(&[]);
    invite(&hub, &ann, BO, Role::Office);
    provider.be(ProviderManner::KeyForSealing, person(BO));
    assert_refused(&arrive(&hub, "/office"), NOT_BELIEVED, "a key for sealing");
}

/// The provider's document and keys are requested once in some minutes, and the keys again if a
/// token names an unknown one.
#[test]
fn a_morning_of_sign_ins_asks_the_provider_once_and_a_newer_key_counts_soon() {
    let (provider, hub, ann) = begun(&[]);
    invite(&hub, &ann, BO, Role::Office);
    provider.be(ProviderManner::Good, person(BO));
    for _ in 0..6 {
        assert_eq!(arrive(&hub, "/office").status, 303);
    }
    assert_eq!(provider.asked(), [1, 1]);
    provider.be(ProviderManner::NewKey, person(BO));
    for _ in 0..5 {
        assert_refused(&arrive(&hub, "/office"), NOT_BELIEVED, "not asked again at once");
    }
    assert_eq!(provider.asked(), [1, 1], "however many tokens name keys that nobody knows");
    std::thread::sleep(std::time::Duration::from_secs(10));
    assert_eq!(arrive(&hub, "/office").status, 303);
    assert_eq!(provider.asked(), [1, 2]);
}

#[test]
fn an_answer_counts_once_and_only_in_the_browser_that_asked() {
    let (provider, hub, ann) = begun(&[]);
    invite(&hub, &ann, BO, Role::Office);
    provider.be(ProviderManner::Good, person(BO));
    let (one, other) = (Browser::begin(&hub, "/office"), Browser::begin(&hub, "/office"));
    let (of_one, of_other) = (one.sign_in(), other.sign_in());
    assert_refused(&hub.get(&of_one), NOT_ASKED, "a browser that asked nothing");
    assert_refused(&other.come_back(&hub, &of_one), NOT_ASKED, "the state of another browser");
    assert_refused(
        &one.come_back(&hub, &of_one.replace("state=", "state=x")),
        NOT_ASKED,
        "a state that nobody made",
    );
    let altered = Browser { cookie: format!("{}x", one.cookie), address: String::new() };
    assert_refused(&altered.come_back(&hub, &of_one), NOT_ASKED, "a cookie that was changed");
    let part = |address: &str, name: &str| {
        address
            .split(['?', '&'])
            .find_map(|pair| pair.strip_prefix(&format!("{name}=")))
            .unwrap()
            .to_string()
    };
    let injected = of_other.replace(&part(&of_other, "code"), &part(&of_one, "code"));
    assert_refused(
        &other.come_back(&hub, &injected),
        NOT_BELIEVED,
        "a code that was given to another browser",
    );
    let third = Browser::begin(&hub, "/office");
    let of_third = third.sign_in();
    assert_eq!(third.come_back(&hub, &of_third).status, 303);
    assert_refused(&third.come_back(&hub, &of_third), NOT_ASKED, "the same answer again");
}

#[test]
fn whoever_is_not_staff_stays_outside_and_nobody_is_made() {
    let (provider, hub, ann) = begun(&[]);
    invite(&hub, &ann, BO, Role::Office);
    let refused = |person: Value, words: &str| {
        provider.be(ProviderManner::Good, person.clone());
        assert_refused(&arrive(&hub, "/office"), words, &person.to_string());
    };
    refused(
        person("cy@example.org"),
        "No staff member has the username of your work account, cy@example.org.",
    );
    refused(
        json!({ "email": BO, "email_verified": false, "preferred_username": BO }),
        "has no verified name",
    );
    refused(json!({ "email": BO }), "has no verified name");
    refused(json!({ "preferred_username": BO }), "has no verified name");
    refused(person("<script>alert(1)</script>@example.org"), "has no verified name");
    assert_eq!(
        ann.post(&hub, &format!("/office/people/{BO}"), &[("do", "leave"), ("confirmed", "yes")])
            .status,
        303
    );
    refused(person(BO), "No staff member has the username of your work account");
    let people = ann.get(&hub, "/office/people").text();
    assert_eq!(people.matches("<th scope=\"row\">").count(), 2, "{people}");
}

#[test]
fn a_provider_may_say_names_that_are_no_addresses() {
    let (provider, hub, ann) = begun(&[("OIDC_LOGIN_CLAIM", "preferred_username")]);
    invite(&hub, &ann, "bo.park", Role::Counter);
    provider.be(
        ProviderManner::Good,
        json!({ "preferred_username": "Bo.Park", "email": "ann", "email_verified": true }),
    );
    let bo = OfficeClient::of(&hub, &arrive(&hub, "/office")).unwrap();
    let page = bo.get(&hub, "/office").text();
    assert!(page.contains("Bo Park"), "{page}");
    assert!(ann.get(&hub, "/office/people").text().contains("its user name"));
}

#[test]
fn a_provider_that_is_away_leaves_the_password() {
    let (provider, hub, ann) = begun(&[]);
    for manner in [ProviderManner::Broken, ProviderManner::DocumentOfAnother] {
        provider.be(manner, person("ann"));
        let page = hub.get_with("/office/oidc", "accept-language: en\r\n");
        assert!(
            page.status == 503
                && page.text().contains(AWAY)
                && page.header("set-cookie").is_empty(),
            "{manner:?} {}",
            page.text()
        );
        let page = hub.get_with("/office/oidc", "accept-language: fr\r\n");
        assert!(
            page.status == 503
                && page.text().contains("Les comptes professionnels ne répondent pas"),
            "{}",
            page.text()
        );
        // That the provider is away is cached for five seconds.
        std::thread::sleep(std::time::Duration::from_millis(5_200));
    }
    assert!(
        hub.log().contains("its discovery document says https://login.evil.example"),
        "{}",
        hub.log()
    );
    provider.be(ProviderManner::Good, person("ann"));
    let asked_before = Browser::begin(&hub, "/office");
    let answer = asked_before.sign_in();
    drop(provider);
    assert_refused(&asked_before.come_back(&hub, &answer), AWAY, "away in between");
    assert_eq!(ann.get(&hub, "/office").status, 200, "who is signed in stays so");
    assert!(OfficeClient::sign_in(&hub, "ann", office_client::PASSWORD).is_some());
}

#[test]
fn one_address_cannot_send_the_server_to_the_provider_for_ever() {
    let (_provider, hub, _ann) = begun(&[]);
    let pages: Vec<HttpPage> = (0..36).map(|_| hub.get("/office/oidc")).collect();
    let slowed: Vec<&HttpPage> = pages.iter().filter(|page| page.status == 429).collect();
    assert!(
        (1..=7).contains(&slowed.len()),
        "thirty and what came back meanwhile, less the form of the first administrator: {}",
        slowed.len()
    );
    assert!(
        slowed[0].header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds <= 3),
        "{}",
        slowed[0].header("retry-after")
    );
}

#[test]
fn without_a_provider_there_is_no_such_way_in() {
    let hub = TestServer::start();
    assert!(!hub.get("/office/sign-in").text().contains("/office/oidc"));
    assert_eq!(
        (hub.get("/office/oidc").status, hub.get("/office/oidc/return?code=1&state=1").status),
        (404, 404)
    );
}
