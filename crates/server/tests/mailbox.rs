//! Email both ways with the real program, Dovecot and Exim: a message becomes an inquiry and is
//! confirmed, an answer joins it, a bounce shows on it, and nothing is stored twice.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;
mod mail_servers;
mod office_client;

use domain::reference::Reference;
use domain::status::{StatusQuestion, StatusRequest, secret_of};
use hub::TestServer;
use mail_servers::MailServers;
use office_client::OfficeClient;
use sqlx::Row;
use std::collections::BTreeSet;
use std::process::Command;

const HUB: &str = "hub@hub.example.org";
const JANE: &str = "person@example.org";

fn begun() -> (MailServers, TestServer, OfficeClient) {
    let servers = MailServers::start();
    let hub = TestServer::start_in(servers.settings());
    let clerk = OfficeClient::first(&hub);
    (servers, hub, clerk)
}

fn mail(headers: &str, body: &str) -> String {
    format!("From: Jane <{JANE}>\nTo: {HUB}\n{headers}\n\n{body}")
}

/// The value of a header of a message.
fn header<'m>(message: &'m str, name: &str) -> &'m str {
    let begin = format!("\n{name}: ");
    message
        .split(&begin)
        .nth(1)
        .unwrap_or_else(|| panic!("{name}: {message}"))
        .lines()
        .next()
        .unwrap()
}

/// The text of a message with its quoted-printable lines decoded as far as the tests need it.
fn text(message: &str) -> String {
    message.replace("=\r\n", "").replace("=\n", "").replace("=E2=80=99", "’").replace('\r', "")
}

/// What follows a label in a message.
fn after<'m>(message: &'m str, label: &str) -> &'m str {
    message
        .split(label)
        .nth(1)
        .unwrap_or_else(|| panic!("{label}: {message}"))
        .lines()
        .next()
        .unwrap()
        .trim()
}

fn page_of(reference: &str) -> String {
    format!("/office/reference/{reference}")
}

/// How many submissions of a kind are stored.
fn stored(hub: &TestServer, kind: i64) -> i64 {
    hub.sql(async |connection| {
        let count = sqlx::query("SELECT count(*) FROM submission WHERE kind = ?").bind(kind);
        count.fetch_one(connection).await.unwrap().get(0)
    })
}

fn check_contains(page: &str, all: &[&str]) {
    for words in all {
        assert!(page.contains(words), "{words}\n{page}");
    }
}

#[test]
fn a_message_becomes_an_inquiry_is_confirmed_and_its_answers_join_it() {
    let (servers, hub, clerk) = begun();
    let question = mail(
        "Subject: Street lamp\nMessage-ID: <1@example.org>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=A",
        "--A\nContent-Type: text/html\n\n<style>evil</style><p>The lamp at 12 Elm <b>is</b> dark &lt;i&gt;.</p>\n--A\nContent-Type: image/jpeg; name=lamp.jpg\nContent-Transfer-Encoding: base64\n\nAAAA\n--A--\n",
    );
    servers.post(JANE, HUB, &question);
    let confirmation = text(&servers.until_messages("person", "", 1));
    check_contains(
        &confirmation,
        &[
            "Auto-Submitted: auto-replied",
            "In-Reply-To: <1@example.org>",
            "We received your email. You will have a reply by",
            "We see the names of your files",
            "https://hub.example.org/status",
        ],
    );
    assert!(!confirmation.contains("lamp"), "nothing of it is repeated: {confirmation}");
    let reference = after(&confirmation, "Reference number:");
    let page = clerk.until(&hub, &page_of(reference), "The mail server accepted the email");
    check_contains(
        &page,
        &[
            "Street lamp",
            "The lamp at 12 Elm is dark &#60;i&#62;.",
            "[Files, only in the mailbox: lamp.jpg (1 KB)]",
            "The question came by email",
            JANE,
        ],
    );
    assert!(!page.contains("evil") && !page.contains("<i>."), "{page}");
    let question_of_status = StatusQuestion {
        reference: Reference::parse(reference).unwrap(),
        secret: secret_of(after(&confirmation, "Tracking code:")).unwrap(),
    };
    let asked = StatusRequest { question: question_of_status, is_background: false };
    let status =
        hub.ask("POST", "/api/status", "", &postcard::to_allocvec(&asked).unwrap()).unwrap();
    assert!(status.status == 200 && status.text().contains("Street lamp"), "{}", status.status);

    // The same message again is the same inquiry.
    servers.post(JANE, HUB, &question);
    servers.until_messages("hub", "Handled", 2);
    assert_eq!((stored(&hub, 1), servers.messages("person", "").len()), (1, 1));
    check_answers(&servers, &hub, &clerk, reference);
    let operations = clerk.get(&hub, "/office/operations").text();
    check_contains(&operations, &["0 emails wait to be read.", "4 emails stored"]);
    assert!(!hub.log().contains("example.org") && !hub.log().contains("lamp"), "{}", hub.log());
}

/// Replies, and answers the reply by its address and by its header.
fn check_answers(servers: &MailServers, hub: &TestServer, clerk: &OfficeClient, reference: &str) {
    let fields = [("text", "Which lamp post?\nIt has a number."), ("way", "email"), ("do", "send")];
    let sent = clerk.send(hub, page_id(clerk, hub, reference).as_str(), "reply", &fields);
    assert_eq!(sent.status, 303, "{}", sent.text());
    let reply = text(&servers.until_messages("person", "", 2));
    check_contains(
        &reply,
        &["Which lamp post?", "reply to this email", "In-Reply-To: <1@example.org>"],
    );
    let to = header(&reply, "Reply-To");
    assert!(to.starts_with("hub+") && to.len() > 40, "{to}");

    // By the address, without what the answer repeats.
    let quoted: String =
        ["Which lamp post?", "It has a number."].map(|line| format!("> {line}\n")).concat();
    servers.post(JANE, to, &format!("From: {JANE}\nTo: {to}\nMessage-ID: <2@x>\n\nNumber 77.\n\nOn Monday, Town <{HUB}> wrote:\n{quoted}"));
    let page = clerk.until(hub, &page_of(reference), "Number 77.");
    assert!(!page.contains("&#62; Which") && !page.contains("Town &#60;"), "{page}");
    // By the header, from another address.
    let id = header(&reply, "Message-ID");
    servers.post(
        "joe@example.org",
        HUB,
        &format!("From: joe@example.org\nTo: {HUB}\nIn-Reply-To: {id}\n\nIt is 78."),
    );
    clerk.until(hub, &page_of(reference), "From joe@example.org:");
    assert_eq!((stored(hub, 1), stored(hub, 7)), (1, 2));
    servers.until_messages("hub", "Handled", 4);
    assert!(servers.messages("hub", "").is_empty());
}

/// The id of an inquiry, from its page.
fn page_id(clerk: &OfficeClient, hub: &TestServer, reference: &str) -> String {
    let page = clerk.until(hub, &page_of(reference), "/office/inquiry/");
    let after = page.split("/office/inquiry/").nth(1).unwrap();
    after.chars().take_while(|c| c.is_ascii_hexdigit() || *c == '-').collect()
}

#[test]
fn what_programs_send_is_put_aside_and_a_bounce_shows_on_the_inquiry() {
    let (servers, hub, clerk) = begun();
    for headers in [
        "Subject: Away\nAuto-Submitted: auto-replied",
        "Subject: News\nList-Id: <news.example.org>",
        "Subject: Offer\nPrecedence: bulk",
    ] {
        servers.post(JANE, HUB, &mail(headers, "I am not here."));
    }
    servers.until_messages("hub", "Aside", 3);
    servers.post(HUB, HUB, &format!("From: {HUB}\nTo: {HUB}\n\nMy own words."));
    servers.until_messages("hub", "Aside", 4);
    assert_eq!(
        (stored(&hub, 1), servers.messages("person", "").len()),
        (0, 0),
        "nothing is answered"
    );

    // The confirmation cannot be delivered, so Exim sends a bounce to the address with the token.
    servers.post("nobody@example.org", HUB, &format!("From: nobody@example.org\nTo: {HUB}\nSubject: Bonjour\n\nQuand passe la collecte des ordures?"));
    servers.until_messages("hub", "Handled", 2);
    let inbox = clerk.until(&hub, "/office", "The email did not arrive");
    let id = inbox.split("/office/inquiry/").nth(1).unwrap();
    let id: String = id.chars().take_while(|c| c.is_ascii_hexdigit() || *c == '-').collect();
    let page = clerk.until(&hub, &format!("/office/inquiry/{id}"), "5.0.0");
    check_contains(&page, &["The email did not arrive", "Quand passe la collecte"]);
    assert_eq!((stored(&hub, 1), stored(&hub, 7)), (1, 0));
}

#[test]
fn a_message_of_thirty_megabytes_is_not_read_whole_and_says_which_files_it_has() {
    let (servers, hub, clerk) = begun();
    let line = format!("{}\n", "QUJD".repeat(19));
    let body = format!(
        "--A\n\nHere is a film of the lamp.\n--A\nContent-Type: video/mp4; name=\"lamp.mp4\"\nContent-Disposition: attachment; filename=\"lamp.mp4\"\nContent-Transfer-Encoding: base64\n\n{}--A--\n",
        line.repeat(30_000_000 / line.len())
    );
    let before = hub.memory_now();
    servers.post(
        JANE,
        HUB,
        &mail("Subject: Film\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=A", &body),
    );
    let confirmation = text(&servers.until_messages("person", "", 1));
    let page = clerk.until(&hub, &page_of(after(&confirmation, "Reference number:")), "lamp.mp4");
    check_contains(&page, &["Here is a film of the lamp.", "MB)]"]);
    let grown = hub.memory_peak().saturating_sub(before);
    assert!(grown < 28_000_000, "{grown} bytes more than before");
}

#[test]
fn nothing_is_read_during_maintenance_and_afterwards_it_is() {
    let (servers, hub, _clerk) = begun();
    let words = ["--words", "We move a disk.", "--words-fr", "On déplace un disque."];
    let on = [&["maintenance", "on", "--until", "23:59"][..], &words].concat();
    let (is_fine, said) = hub.office(&on);
    assert!(is_fine, "{said}");
    let begins = || hub.get("/ready").text().contains("\"maintenance\":\"on\"").then_some(());
    servers.until("maintenance begins", begins);
    servers.post(JANE, HUB, &mail("Subject: Lamp\nMessage-ID: <1@example.org>", "When?"));
    servers.until_messages("hub", "", 1);
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!((stored(&hub, 1), servers.messages("hub", "").len()), (0, 1));
    let (is_fine, said) = hub.office(&["maintenance", "off"]);
    assert!(is_fine, "{said}");
    servers.until_messages("hub", "Handled", 1);
    assert_eq!(stored(&hub, 1), 1);
}

#[test]
fn killed_while_it_reads_it_stores_every_message_once() {
    let (servers, mut hub, clerk) = begun();
    hub.stop();
    let count = 60;
    for number in 0..count {
        let headers = format!("Subject: Number {number}\nMessage-ID: <{number}@example.org>");
        let from = format!("person-{number}@example.org");
        servers.post(&from, HUB, &mail(&headers, "When?").replace(JANE, &from));
    }
    for pause_ms in [900, 1_200, 1_500] {
        hub.restart();
        std::thread::sleep(std::time::Duration::from_millis(pause_ms));
        hub.stop();
    }
    hub.restart();
    servers.until_messages("hub", "Handled", count);
    let confirmed = || {
        let all = servers.messages("person", "");
        all.iter().map(|message| header(message, "Message-ID").to_string()).collect::<BTreeSet<_>>()
    };
    // A confirmation that was sent when the server was killed may be sent again, as the same one.
    servers.until("each is confirmed", || (confirmed().len() == count).then_some(()));
    assert_eq!((stored(&hub, 1), stored(&hub, 7)), (count as i64, 0));
    assert!(servers.messages("hub", "").is_empty());
    drop(clerk);
}

#[test]
fn the_check_signs_in_and_says_what_is_wrong_in_words() {
    let servers = MailServers::start();
    let dir = tempfile::tempdir().unwrap();
    let check_with = |change: &dyn Fn(&str, String) -> String, token: &str| {
        let settings =
            servers.settings().into_iter().map(|(name, value)| (name, change(name, value)));
        let mut command = Command::new(env!("CARGO_BIN_EXE_community-hub"));
        let output = command
            .args(["check", "--site", "nowhere", "--data-dir"])
            .arg(dir.path())
            .envs(settings)
            .envs((!token.is_empty()).then(|| ("IMAP_TOKEN_COMMAND", format!("echo {token}"))))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = said
            .lines()
            .find(|line| line.contains(" mailbox "))
            .unwrap_or_else(|| panic!("{said}"));
        assert!(!said.contains("p%40ss") && !said.contains(mail_servers::PASSWORD), "{said}");
        line.to_string()
    };
    let check = |change: &dyn Fn(&str, String) -> String| check_with(change, "");
    let fine = check(&|_, value| value);
    assert!(fine.contains("fine") && fine.contains("signed in; 0 messages wait"), "{fine}");
    let of = |of: &'static str, value: &'static str, by: &'static str| {
        move |name: &str, old: String| if name == of { old.replace(value, by) } else { old }
    };
    for (change, words) in [
        (of("IMAP_URL", "p%40ss", "other"), "refuses the user"),
        (of("IMAP_URL", "@localhost", "@127.0.0.1"), "no certificate that is trusted"),
        (of("IMAP_CA", "ca.pem", "server.key"), "no certificate that is trusted"),
        (of("IMAP_URL", "imaps", "imap"), "IMAP_URL is not understood"),
    ] {
        let said = check(&change);
        assert!(said.contains("WRONG") && said.contains(words), "{said}");
    }
    let without_password = of("IMAP_URL", ":a%20p%40ss%22word%5C", "");
    let token = servers.token();
    let fine = check_with(&without_password, &token);
    assert!(fine.contains("signed in; 0 messages wait"), "{fine}");
    let said = check_with(&without_password, &token[1..]);
    assert!(said.contains("WRONG") && said.contains("or the token"), "{said}");
}
