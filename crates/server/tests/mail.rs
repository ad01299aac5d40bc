//! Tests replies by e-mail with the real program and a real mail server, including failures between
//! them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses only a part of it")]
mod cluster;
mod hub;
mod office_client;
mod smtp;

use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::office::OfficeOffer;
use domain::reference::Reference;
use domain::submission::PublicKeys;
use domain::{Language, SubmissionId};
use hub::{TestServer, sealed_inquiry};
use office_client::OfficeClient;
use smtp::{MailManner, MailServer};
use std::process::Command;
use std::time::Duration;

const TAKEN: &str = "The mail server accepted the email";

/// Sends an inquiry; returns its id.
fn ask(hub: &TestServer, email: &str, language: Language, number: u64) -> String {
    let inquiry = ValidInquiry {
        service: None,
        hub: None,
        message: "When is garbage day?".into(),
        name: Some("Jane\r\nBcc: everybody@evil.example".into()),
        reply_to: ReplyTo::Email(email.to_string().try_into().unwrap()),
        language,
        notice_version: 1,
    };
    let entry = sealed_inquiry(inquiry, &hub.keys(), number);
    hub.send(&[&entry]);
    entry.head.id.to_string()
}

fn reference_of(id: &str) -> Reference {
    Reference::of(SubmissionId::parse(id).unwrap())
}

fn reply(clerk: &OfficeClient, hub: &TestServer, reference: &str, text: &str) {
    let page =
        clerk.send(hub, reference, "reply", &[("text", text), ("way", "email"), ("do", "send")]);
    assert_eq!(page.status, 303, "{}", page.text());
}

/// A hub whose mail server behaves as listed, with a staff member and one inquiry.
fn begun(manners: &[MailManner]) -> (MailServer, TestServer, OfficeClient, String) {
    let server = MailServer::start(manners);
    let hub = TestServer::start_mailing(None, server.url());
    let clerk = OfficeClient::first(&hub);
    let reference = ask(&hub, "jane@example.org", Language::English, 1);
    (server, hub, clerk, reference)
}

/// What devices learn about the office with the keys.
fn offer(hub: &TestServer) -> OfficeOffer {
    let (_, offer): (PublicKeys, OfficeOffer) =
        postcard::from_bytes(hub.get("/api/keys").body()).unwrap();
    offer
}

fn page_of(reference: &str) -> String {
    format!("/office/inquiry/{reference}")
}

/// Longer than the interval at which the server looks for mail, so that a second message would have
/// arrived.
fn a_while() {
    std::thread::sleep(Duration::from_millis(1_500));
}

fn check_contains(text: &str, all: &[&str]) {
    for words in all {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

#[test]
fn a_reply_arrives_once_in_the_persons_language() {
    let (server, hub, clerk, english) = begun(&[]);
    assert!(offer(&hub).sends_email, "devices offer what the server can do");
    let french = ask(&hub, "jeanne@example.org", Language::French, 2);
    reply(
        &clerk,
        &hub,
        &english,
        "On Thursday.\n.\nPut it out by 7.\r\n.\r\nMAIL FROM:<x@evil.example>",
    );
    reply(&clerk, &hub, &french, "Le jeudi, dès 7 h. À bientôt!");
    for reference in [&english, &french] {
        clerk.until(&hub, &page_of(reference), TAKEN);
    }
    a_while();
    let taken = server.taken();
    assert_eq!(taken.len(), 2, "{taken:?}");
    let of =
        |to: &str| taken.iter().find(|mail| mail.to == [to]).unwrap_or_else(|| panic!("{taken:?}"));
    let (to_jane, to_jeanne) = (of("jane@example.org"), of("jeanne@example.org"));
    assert_eq!(
        (to_jane.from.as_str(), to_jeanne.from.as_str()),
        ("office@hub.example.org", "office@hub.example.org")
    );
    check_contains(
        &to_jane.read(),
        &[
            "On Thursday.\r\n.\r\nPut it out by 7.\r\n.\r\nMAIL FROM:<x@evil.example>\r\n",
            &format!("Reference number: {}", reference_of(&english)),
            "\r\nhttps://hub.example.org/status\r\n",
            "this mailbox is not monitored",
            "call 555-555-0100",
            "\r\nhttps://hub.example.org/ask\r\n",
        ],
    );
    check_contains(
        &to_jeanne.read(),
        &[
            "Le jeudi, dès 7 h. À bientôt!",
            &format!("Numéro de référence : {}", reference_of(&french)),
            "/fr/status\r\n",
            "cette boîte n’est pas surveillée",
            "/fr/ask\r\n",
        ],
    );
    let subject = format!("Subject: Your question {}\r\n", reference_of(&english));
    check_contains(&to_jane.text, &[&subject]);
    let subject = format!("Subject: Votre question {}\r\n", reference_of(&french));
    check_contains(&to_jeanne.text, &[&subject]);
    assert!(
        !to_jane.text.contains("Bcc")
            && !to_jane.text.contains("Auto-Submitted")
            && !to_jane.text.contains("Reply-To"),
        "{}",
        to_jane.text
    );
    assert!(!hub.log().contains("example.org"), "no address reaches the log: {}", hub.log());
}

#[test]
fn what_the_server_writes_about_an_e_mail_overtakes_nobody() {
    let (_server, hub, clerk, reference) = begun(&[]);
    let before = clerk.until(&hub, &page_of(&reference), "name=\"seen\"");
    reply(&clerk, &hub, &reference, "On Thursday.");
    let between = clerk.get(&hub, &page_of(&reference)).text();
    clerk.until(&hub, &page_of(&reference), TAKEN);
    assert_eq!(
        clerk
            .send_as(&hub, &between, &page_of(&reference), "note", &[("text", "she called")])
            .status,
        303
    );
    let page = clerk.send_as(&hub, &before, &page_of(&reference), "note", &[("text", "too late")]);
    assert!(
        page.status == 409 && page.text().contains("Someone else changed this inquiry"),
        "a colleague's reply still counts: {}",
        page.text()
    );
}

#[test]
fn a_busy_mail_server_is_asked_again() {
    let (server, hub, clerk, reference) = begun(&[MailManner::Busy]);
    reply(&clerk, &hub, &reference, "On Thursday.");
    clerk.until(&hub, &page_of(&reference), "451 4.3.0 busy, come back later");
    assert_eq!(server.taken(), []);
    let page = clerk.until(&hub, &page_of(&reference), TAKEN);
    assert!(!page.contains("451 4.3.0"), "only the newest of a reply is shown");
    assert_eq!((server.taken().len(), server.connections()), (1, 2));
}

#[test]
fn a_mail_server_that_hangs_up_or_wants_a_password_is_asked_again() {
    for (manner, words) in
        [(MailManner::HangUp, "or disconnected"), (MailManner::Strict, "to check SMTP_URL")]
    {
        let (server, hub, clerk, reference) = begun(&[manner]);
        reply(&clerk, &hub, &reference, "On Thursday.");
        clerk.until(&hub, &page_of(&reference), words);
        clerk.until(&hub, &page_of(&reference), TAKEN);
        assert_eq!((server.taken().len(), server.connections()), (1, 2), "{manner:?}");
    }
}

#[test]
fn an_address_that_is_refused_is_shown_at_once_and_not_tried_again() {
    let (server, hub, clerk, reference) = begun(&[MailManner::Refuse]);
    reply(&clerk, &hub, &reference, "On Thursday.");
    let page = clerk.until(&hub, &page_of(&reference), "The email did not arrive.");
    assert!(
        page.contains("550 5.1.1 no such user &#60;b&#62;here")
            && page.contains("Reply in another way"),
        "{page}"
    );
    assert!(
        clerk.get(&hub, "/office").text().contains("The email did not arrive"),
        "the inbox says so too"
    );
    std::thread::sleep(Duration::from_secs(12));
    assert_eq!((server.taken().len(), server.connections()), (0, 1));
    let unwritable = ask(&hub, "jane,joe@example.org", Language::English, 2);
    reply(&clerk, &hub, &unwritable, "On Thursday.");
    clerk.until(&hub, &page_of(&unwritable), "can’t deliver to this address");
    assert_eq!(server.connections(), 1, "nobody is asked about what is no address");
}

#[test]
fn killed_between_the_claim_and_the_sending_it_is_sent_after_the_restart() {
    let (server, mut hub, clerk, reference) = begun(&[MailManner::Silent]);
    reply(&clerk, &hub, &reference, "On Thursday.");
    server.wait_for("claimed", |server| server.connections() == 1);
    clerk.until(&hub, &page_of(&reference), "is being sent");
    hub.stop();
    hub.restart();
    clerk.until(&hub, &page_of(&reference), TAKEN);
    a_while();
    assert_eq!((server.taken().len(), server.connections()), (1, 2));
}

#[test]
fn told_to_stop_it_ends_the_message_that_is_under_way() {
    let (server, mut hub, clerk, reference) = begun(&[MailManner::Slow]);
    reply(&clerk, &hub, &reference, "On Thursday.");
    server.wait_for("claimed", |server| server.connections() == 1);
    assert_eq!(hub.terminate(), Some(0));
    hub.restart();
    clerk.until(&hub, &page_of(&reference), TAKEN);
    assert_eq!((server.taken().len(), server.connections()), (1, 1));
}

#[test]
fn somebody_who_writes_while_it_is_sent_is_in_nobodys_way() {
    let (server, hub, clerk, reference) = begun(&[MailManner::Slow]);
    reply(&clerk, &hub, &reference, "On Thursday.");
    server.wait_for("claimed", |server| server.connections() == 1);
    assert_eq!(clerk.send(&hub, &reference, "note", &[("text", "she called")]).status, 303);
    clerk.until(&hub, &page_of(&reference), TAKEN);
    std::thread::sleep(Duration::from_secs(12));
    assert_eq!((server.taken().len(), server.connections()), (1, 1));
}

#[test]
fn killed_again_and_again_it_sends_every_reply_and_what_it_sends_twice_is_known_as_the_same() {
    let (server, mut hub, clerk, first) = begun(&[]);
    let references: Vec<String> = [first]
        .into_iter()
        .chain((2..8).map(|number| ask(&hub, "jane@example.org", Language::English, number)))
        .collect();
    for (at, reference) in references.iter().enumerate() {
        reply(&clerk, &hub, reference, "On Thursday.");
        std::thread::sleep(Duration::from_millis(at as u64 * 90));
        hub.stop();
        hub.restart();
    }
    for reference in &references {
        clerk.until(&hub, &page_of(reference), TAKEN);
    }
    let mut texts: Vec<String> = server.taken().into_iter().map(|mail| mail.text).collect();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), references.len(), "the same to the last byte: {texts:?}");
}

#[test]
fn two_servers_on_one_postgresql_send_every_reply_once() {
    let (cluster, server) = (cluster::shared(), MailServer::start(&[]));
    let one = TestServer::start_mailing(Some(cluster.database()), server.url());
    let clerk = OfficeClient::first(&one);
    let two = one.another();
    let references: Vec<String> =
        (1..9).map(|number| ask(&one, "jane@example.org", Language::English, number)).collect();
    for reference in &references {
        reply(&clerk, &one, reference, "On Thursday.");
    }
    for reference in &references {
        clerk.until(&two, &page_of(reference), TAKEN);
    }
    a_while();
    assert_eq!(server.taken().len(), references.len());
}

#[test]
fn without_a_mail_server_nobody_is_offered_to_reply_by_e_mail() {
    let hub = TestServer::start();
    let clerk = OfficeClient::first(&hub);
    let reference = ask(&hub, "jane@example.org", Language::English, 1);
    let page = clerk.until(
        &hub,
        &page_of(&reference),
        "Email is not set up on this server. Print the reply or call.",
    );
    assert!(!page.contains("value=\"email\""), "{page}");
    assert!(!offer(&hub).sends_email, "devices do not offer it either");
    let refused = clerk.send(
        &hub,
        &reference,
        "reply",
        &[("text", "On Thursday."), ("way", "email"), ("do", "send")],
    );
    let text = refused.text();
    assert!(
        refused.status == 422
            && text.contains("role=\"alert\">Email is not set up")
            && text.contains("On Thursday."),
        "{text}"
    );
}

#[test]
fn a_server_with_half_of_what_mail_needs_does_not_start_and_says_why() {
    let start = |pairs: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_community-hub"));
        command
            .env_remove("SMTP_URL")
            .env_remove("MAIL_FROM")
            .env_remove("PUBLIC_URL")
            .envs(pairs.iter().copied());
        let output = command.args(["serve", "--port", "0", "--site", "nowhere"]).output().unwrap();
        assert!(!output.status.success());
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    };
    let (from, public) =
        (("MAIL_FROM", "office@example.org"), ("PUBLIC_URL", "https://hub.example.org"));
    let said = start(&[("SMTP_URL", "mail.example.org:hunter2"), from, public]);
    assert!(said.contains("SMTP_URL is not understood") && !said.contains("hunter2"), "{said}");
    assert!(
        start(&[("SMTP_URL", "smtps://a:hunter2@mail.example.org"), public])
            .contains("--mail-from")
    );
    assert!(
        start(&[("SMTP_URL", "smtps://a:hunter2@mail.example.org"), from]).contains("--public-url")
    );
}
