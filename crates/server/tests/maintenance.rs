//! Tests maintenance with the real program: everything can be read, nothing is stored, and whoever
//! wanted to store something hears what is safe.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses only a part of it")]
mod cluster;
mod hub;
mod office_client;
mod on_both;

use domain::submission::Verdict;
use hub::{TestServer, sealed, wire};
use office::staff::Role;
use office_client::{OfficeClient, encoded};
use on_both::on_both;
use std::time::{Duration, Instant};

/// How soon every server of a database must agree.
const SECONDS: Duration = Duration::from_secs(5);

on_both! {
    nothing_is_stored_until_it_ends_and_then_the_same_message_is,
    staff_read_and_hear_that_nothing_was_saved,
}

fn state(hub: &TestServer) -> (u16, String) {
    let page = hub.get("/ready");
    let report: serde_json::Value = serde_json::from_slice(page.body()).unwrap();
    (page.status, report["maintenance"].as_str().unwrap().into())
}

fn until_maintenance_is(hub: &TestServer, word: &str) {
    let began = Instant::now();
    while state(hub).1 != word {
        assert!(began.elapsed() < SECONDS, "maintenance is not {word}: {}", hub.log());
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn begin(hub: &TestServer) {
    let line = ["maintenance", "on", "--until", "23:59", "--words", "We move a disk."];
    let (is_fine, said) =
        hub.office(&[&line[..], &["--words-fr", "On déplace un disque."]].concat());
    assert!(is_fine && said.contains("We move a disk."), "{said}");
    until_maintenance_is(hub, "on");
}

fn end(hub: &TestServer) {
    let (is_fine, said) = hub.office(&["maintenance", "off"]);
    assert!(is_fine, "{said}");
    until_maintenance_is(hub, "off");
}

fn nothing_is_stored_until_it_ends_and_then_the_same_message_is(hub: TestServer) {
    let (first, second) = (sealed("one", &hub.keys(), 1), sealed("two", &hub.keys(), 2));
    hub.send(&[&first]);
    begin(&hub);
    // Ready to read: a proxy goes on sending requests here.
    assert_eq!(state(&hub), (200, "on".into()));
    assert_eq!(hub.get("/").status, 200);
    assert_eq!(hub.get("/api/catalogue").status, 200);
    let refused = hub.ask("POST", "/api/submissions", "", &wire(&[&second.envelope])).unwrap();
    assert_eq!(refused.status, 503);
    let after: u64 = refused.header("retry-after").parse().unwrap();
    assert!((60..=900).contains(&after), "{after}");
    let said = refused.text();
    for words in ["We move a disk.", "stay on the device", "On déplace un disque.", "Rien n’est"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    for path in ["/api/tablets", "/api/seen"] {
        assert_eq!(hub.ask("POST", path, "", b"").unwrap().status, 503, "{path}");
    }
    assert_eq!(hub.export("inquiries", "jsonl").lines().count(), 1);
    end(&hub);
    let verdicts = hub.send(&[&second]).verdicts;
    assert!(matches!(verdicts[0].1, Verdict::Received(_)), "{verdicts:?}");
    assert_eq!(hub.export("inquiries", "jsonl").lines().count(), 2);
    let (_, audit) = hub.office(&["audit", "list"]);
    assert!(
        audit.contains("maintenance: until 2") && audit.contains("maintenance: end"),
        "{audit}"
    );
}

fn staff_read_and_hear_that_nothing_was_saved(hub: TestServer) {
    let ann = OfficeClient::first(&hub);
    let bo = ann.invited(&hub, "bo", Role::Manager);
    let inquiry = sealed("old words", &hub.keys(), 1);
    hub.send(&[&inquiry]);
    let path = format!("/office/inquiry/{}", inquiry.head.id);
    bo.until(&hub, &path, "old words");
    // The page of an administrator begins it; a manager cannot.
    let form = "/office/operations/maintenance";
    assert_eq!(bo.post(&hub, form, &[("until", "23:59")]).status, 403);
    for until in ["", "soon", "2020-01-01T00:00"] {
        assert_eq!(ann.post(&hub, form, &[("until", until)]).status, 422, "{until}");
    }
    let words = "<script>alert(1)</script>";
    assert_eq!(ann.post(&hub, form, &[("until", "23:59"), ("english", words)]).status, 303);
    until_maintenance_is(&hub, "on");
    let page = bo.get(&hub, &path);
    assert_eq!(page.status, 200, "what is stored can be read");
    assert!(page.text().contains("Nothing can be saved") && !page.text().contains(words));
    for (path, field) in [(format!("{path}/note"), "text"), ("/office/new".into(), "message")] {
        let refused = bo.post(&hub, &path, &[(field, "new words"), ("seen", "0")]);
        assert_eq!(refused.status, 503, "{path}");
        assert!(!refused.header("retry-after").is_empty());
        assert!(refused.text().contains("Nothing was saved. Go back"), "{}", refused.text());
    }
    // Who comes from another device can still end it.
    let ann = OfficeClient::sign_in(&hub, "ann", office_client::PASSWORD).unwrap();
    let page = ann.get(&hub, "/office/operations").text();
    assert!(page.contains("End maintenance"), "{page}");
    let overtaken = ann.post(&hub, form, &[("do", "end"), ("shown", "another")]);
    assert_eq!(overtaken.status, 422, "another value than the one that was seen");
    let shown = page.split("name=\"shown\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let shown = shown.replace("&#34;", "\"").replace("&#60;", "<").replace("&#62;", ">");
    assert_eq!(ann.post(&hub, form, &[("do", "end"), ("shown", &shown)]).status, 303);
    until_maintenance_is(&hub, "off");
    assert_eq!(bo.write(&hub, &path, "note", &[("text", "new words")]), 303);
}

#[test]
fn all_servers_of_a_database_agree_within_seconds_and_after_a_start() {
    let cluster = cluster::shared();
    let hub = TestServer::start_on(Some(cluster.database()));
    let mut another = hub.another();
    begin(&hub);
    until_maintenance_is(&another, "on");
    another.stop();
    another.restart();
    // It may not be ready yet, because it still reads the inbox.
    assert_eq!(state(&another).1, "on", "from its first answer");
    let (_, said) = hub.office(&["maintenance", "show"]);
    assert!(said.contains("Maintenance since") && said.contains("We move a disk."), "{said}");
    end(&hub);
    until_maintenance_is(&another, "off");
}

#[test]
fn work_of_the_night_waits_until_it_ends() {
    let mut hub = TestServer::start();
    begin(&hub);
    hub.stop();
    hub.restart_with(&["--retention-after", "0"]);
    std::thread::sleep(Duration::from_secs(2));
    let (_, audit) = hub.office(&["audit", "list"]);
    assert!(!audit.contains("retention"), "{audit}");
    end(&hub);
    let began = Instant::now();
    while !hub.office(&["audit", "list"]).1.contains("retention done") {
        assert!(began.elapsed() < Duration::from_secs(30), "{}", hub.log());
    }
}

#[test]
fn a_form_without_scripts_says_that_its_text_is_safe() {
    let hub = TestServer::start_with_french_pages(Vec::new());
    let began = Instant::now();
    while !hub.get("/search?q=a").text().contains("<main class=\"main\"") {
        assert!(began.elapsed() < Duration::from_secs(60), "{}", hub.log());
        std::thread::sleep(Duration::from_millis(100));
    }
    begin(&hub);
    let post = |path: &str, number: &str, act: &str| {
        let body = format!(
            "message={}&contact=none&number={number}&do={act}",
            encoded("When is the ferry?")
        );
        let form = "content-type: application/x-www-form-urlencoded\r\n";
        hub.ask("POST", path, form, body.as_bytes()).unwrap()
    };
    let review = post("/fr/ask", "", "check").text();
    let number =
        review.split("name=\"number\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    for (path, words) in [
        ("/ask", ["Your text is still here", "try again later, or call"]),
        ("/fr/ask", ["Votre texte est encore ici", "réessayez plus tard"]),
    ] {
        let page = post(path, number, "send");
        assert_eq!(page.status, 503);
        assert!(!page.header("retry-after").is_empty());
        let text = page.text();
        assert!(words.iter().all(|words| text.contains(words)), "{text}");
        assert!(text.contains("When is the ferry?"), "what was typed is on the page");
    }
    end(&hub);
    assert_eq!(post("/ask", number, "send").status, 200);
}

#[test]
fn a_command_names_what_is_wrong_and_changes_nothing() {
    let hub = TestServer::start();
    for (line, words) in [
        (["--until", "soon", "--words", ""], "18:30"),
        (["--until", "2020-01-01T12:00", "--words", ""], "has passed"),
        (["--until", "2099-01-01T12:00", "--words", ""], "7 days"),
        (["--until", "23:59", "--words", "a\nb"], "one line"),
    ] {
        let (is_fine, said) = hub.office(&[&["maintenance", "on"], &line[..]].concat());
        assert!(!is_fine && said.contains(words), "{said}");
    }
    let (is_fine, said) = hub.office(&["maintenance", "off"]);
    assert!(is_fine && said.contains("There is no maintenance"), "{said}");
    assert_eq!(state(&hub), (200, "off".into()));
}
