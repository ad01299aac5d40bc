//! The door of the office, tried from outside: every state that somebody's account may be in, by every
//! way to a session, and what a second factor and a scope keep closed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod desk;
mod hub;
#[allow(dead_code, reason = "each file of tests needs a part of it")]
mod oidc;

use desk::{Desk, PASSWORD, encoded};
use hub::{Hub, PUBLIC_URL, Page};
use oidc::{CLIENT_ID, CLIENT_SECRET, Manner, Provider};
use serde_json::json;
use server::office::staff::Role;
use sqlx::{Connection, SqliteConnection};
use std::sync::atomic::{AtomicU64, Ordering};

/// The states of an account.
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

/// The ways to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// What was once hashed for logins that nobody has.
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

const WAYS: [Way; 7] = [
    Way::OldConstant,
    Way::NoPassword,
    Way::RightPassword,
    Way::WorkAccount,
    Way::NewestInvitation,
    Way::FirstInvitation,
    Way::FirstToken,
];

/// Which doors open. All others stay closed.
fn may_open(account: Account, way: Way) -> bool {
    match way {
        Way::OldConstant | Way::NoPassword | Way::FirstToken => false,
        Way::RightPassword => matches!(account, Account::WithPassword | Account::Demoted),
        // Three days are how long a link may lie about; who somebody is, the provider says at once.
        Way::WorkAccount => !matches!(account, Account::NeverExisted | Account::Left),
        Way::NewestInvitation => matches!(account, Account::Invited | Account::InvitedAgain | Account::LeftAndInvitedAgain),
        Way::FirstInvitation => account == Account::Invited,
    }
}

/// A hub with a provider of work accounts, and Ann, its administrator; every request from an address of its own.
struct Town {
    provider: Provider,
    hub: Hub,
    ann: Desk,
    token: String,
}

static ADDRESSES: AtomicU64 = AtomicU64::new(1);

/// A line that says another address at every call, so that no limit stands between a test and the door.
fn from_elsewhere() -> String {
    let number = ADDRESSES.fetch_add(1, Ordering::Relaxed);
    format!("x-forwarded-for: 10.{}.{}.{}\r\naccept-language: en\r\n", number >> 16 & 255, number >> 8 & 255, number & 255)
}

fn send(hub: &Hub, path: &str, fields: &[(&str, &str)]) -> Page {
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    hub.ask("POST", path, &from_elsewhere(), body.join("&").as_bytes()).unwrap()
}

/// The link that the page of people shows once.
fn link_in(page: &str) -> String {
    let link = page.split("href=\"/office/invitation/").nth(1).unwrap_or_else(|| panic!("{page}")).split('"').next().unwrap();
    format!("/office/invitation/{link}")
}

fn opens(hub: &Hub, page: &Page) -> bool {
    page.headers().iter().any(|(name, line)| name == "set-cookie" && line.starts_with("__Host-hub-office=") && !line.contains("Max-Age=0"))
        && Desk::of(hub, page).is_some()
}

impl Town {
    fn begin() -> Self {
        let provider = Provider::start();
        let environment = vec![
            ("OIDC_ISSUER", provider.issuer()),
            ("OIDC_CLIENT_ID", CLIENT_ID.into()),
            ("OIDC_CLIENT_SECRET", CLIENT_SECRET.into()),
            ("PUBLIC_URL", PUBLIC_URL.into()),
        ];
        let hub = Hub::start_as(environment, &["--trusted-proxies", "1"]);
        let (token, ann) = (Desk::token(&hub), Desk::first(&hub));
        Self { provider, hub, ann, token }
    }

    fn invite(&self, login: &str) -> String {
        let fields = [("login", login), ("name", "Bo Park"), ("role", "office"), ("scope", "all")];
        link_in(&self.ann.post(&self.hub, "/office/people", &fields).text())
    }

    fn change(&self, login: &str, fields: &[(&str, &str)]) -> Page {
        self.ann.post(&self.hub, &format!("/office/people/{login}"), fields)
    }

    fn change_database(&self, statement: &str, login: &str) {
        let path = format!("{}/hub.sqlite", self.hub.data());
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let mut connection = SqliteConnection::connect(&path).await.unwrap();
            let query = sqlx::query(sqlx::AssertSqlSafe(statement.to_string())).bind(login);
            assert_eq!(query.execute(&mut connection).await.unwrap().rows_affected(), 1, "{statement}");
            connection.close().await.unwrap();
        });
    }

    fn with_work_account(&self, login: &str) -> Page {
        self.provider.be(Manner::Good, json!({ "email": login, "email_verified": true }));
        let page = self.hub.get_with("/office/oidc?back=/office", &from_elsewhere());
        let cookie = page.header("set-cookie").split(';').next().unwrap().to_string();
        let address = page.header("location");
        let (host, path) = address.strip_prefix("http://").unwrap_or_else(|| panic!("{}", page.text())).split_once('/').unwrap();
        let port = host.split_once(':').unwrap().1.parse().unwrap();
        let page = hub::exchange(port, format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").as_bytes()).unwrap();
        let back = page.header("location").strip_prefix(PUBLIC_URL).unwrap().to_string();
        self.hub.get_with(&back, &format!("{}cookie: {cookie}\r\n", from_elsewhere()))
    }

    /// Brings an account into a state; gives its first invitation and its newest.
    fn bring(&self, login: &str, account: Account) -> (String, String) {
        if account == Account::NeverExisted {
            let none = format!("/office/invitation/{login}/0123456789abcdef0123456789abcdef");
            return (none.clone(), none);
        }
        let first = self.invite(login);
        let mut newest = first.clone();
        let begins = !matches!(account, Account::Invited | Account::InvitationExpired | Account::WorkAccountOnly);
        if begins {
            assert!(opens(&self.hub, &send(&self.hub, &first, &[("password", PASSWORD)])), "{account:?}");
        }
        match account {
            Account::InvitationExpired => self.change_database("UPDATE staff SET invitation_until_ms = 1 WHERE login = $1", login),
            Account::InvitedAgain => newest = link_in(&self.change(login, &[("do", "invite")]).text()),
            Account::WorkAccountOnly => assert!(opens(&self.hub, &self.with_work_account(login)), "{account:?}"),
            Account::Left => assert_eq!(self.change(login, &[("do", "leave")]).status, 303),
            Account::LeftAndInvitedAgain => {
                assert_eq!(self.change(login, &[("do", "leave")]).status, 303);
                newest = link_in(&self.change(login, &[("do", "invite")]).text());
            }
            Account::Demoted => assert_eq!(self.change(login, &[("role", "counter"), ("scope", "all")]).status, 303),
            Account::NeverExisted | Account::Invited | Account::WithPassword => {}
        }
        (first, newest)
    }

    fn try_way(&self, login: &str, way: Way, (first, newest): &(String, String)) -> Page {
        let password = |password: &str| send(&self.hub, "/office/sign-in", &[("login", login), ("password", password)]);
        match way {
            Way::OldConstant => password("nobody has this password"),
            Way::NoPassword => password(""),
            Way::RightPassword => password(PASSWORD),
            Way::WorkAccount => self.with_work_account(login),
            Way::NewestInvitation => send(&self.hub, newest, &[("password", PASSWORD)]),
            Way::FirstInvitation => send(&self.hub, first, &[("password", PASSWORD)]),
            Way::FirstToken => {
                let fields = [("token", self.token.as_str()), ("login", login), ("name", "Bo Park"), ("password", PASSWORD)];
                send(&self.hub, "/office/first", &fields)
            }
        }
    }
}

/// Whatever state somebody's account is in, whichever way they come: the table says whether it opens.
#[test]
fn each_state_of_an_account_opens_by_the_ways_that_it_should_and_by_no_other() {
    let town = Town::begin();
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
