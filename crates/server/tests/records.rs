//! Tests the staff commands of the real program with SQLite and PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses only a part of it")]
mod cluster;
mod hub;
mod office_client;
mod on_both;

use domain::status::{InquiryStage, Status, StatusQuestion};
use domain::submission::{Refusal, Verdict};
use hub::{TestServer, sealed};
use office_client::{OfficeClient, PASSWORD};
use on_both::on_both;

on_both!(
    fault_39_what_is_erased_by_its_reference_stays_erased,
    retention_counts_first_and_says_what_it_did,
    the_audit_shows_every_act,
    a_receipt_alone_shows_how_far_an_entry_is,
    fault_35_a_store_put_back_from_a_backup_begins_a_new_epoch,
);

fn fault_39_what_is_erased_by_its_reference_stays_erased(mut hub: TestServer) {
    let keys = hub.keys();
    let (entry, other) = (sealed("please forget me", &keys, 1), sealed("keep me", &keys, 2));
    hub.send(&[&entry, &other]);
    let reference = entry.head.reference().to_string().to_lowercase();
    let (is_fine, said) = hub.office(&["erase", &reference, "--reason", "request 7"]);
    assert!(
        is_fine && said.contains("Deleted") && said.contains("Older copies of the database"),
        "{said}"
    );
    let refused = Verdict::Refused(Refusal::Erased);
    assert_eq!(hub.send(&[&entry]).verdicts[0].1, refused);
    hub.stop();
    hub.restart();
    assert_eq!(hub.send(&[&entry]).verdicts[0].1, refused, "also by the next start");
    let printed = hub.export("inquiries", "jsonl");
    assert!(!printed.contains("forget") && printed.contains("keep me"), "{printed}");
    let (is_fine, said) =
        hub.office(&["erase", &entry.head.id.to_string(), "--reason", "request 7"]);
    assert!(is_fine && said.contains("already deleted"), "{said}");
}

fn a_receipt_alone_shows_how_far_an_entry_is(hub: TestServer) {
    let entry = sealed("when is garbage day?", &hub.keys(), 1);
    let (reference, secret) = (entry.head.reference(), entry.head.secret);
    let ask = |reference, secret| -> Option<Status> {
        let page = hub
            .ask(
                "POST",
                "/api/status",
                "",
                &postcard::to_allocvec(&StatusQuestion { reference, secret }).unwrap(),
            )
            .unwrap();
        assert_eq!(page.status, 200);
        postcard::from_bytes(page.body()).unwrap()
    };
    assert_eq!(ask(reference, secret), None, "it has not come");
    hub.send(&[&entry]);
    let status = ask(reference, secret).unwrap();
    assert_eq!(
        (status.reference, status.stages.len(), status.stages[0].0),
        (reference, 1, InquiryStage::Received)
    );
    let mut wrong = secret;
    wrong[15] ^= 1;
    assert_eq!(ask(reference, wrong), None);
    let other = sealed("other", &hub.keys(), 2);
    hub.send(&[&other]);
    assert_eq!(ask(other.head.reference(), secret), None, "a secret opens its own entry alone");
    for (stage, is_fine) in
        [("in-progress", true), ("in-progress", false), ("answered", true), ("finished", false)]
    {
        assert_eq!(hub.office(&["stage", &reference.to_string(), stage]).0, is_fine, "{stage}");
    }
    let stages: Vec<InquiryStage> =
        ask(reference, secret).unwrap().stages.into_iter().map(|(stage, _)| stage).collect();
    assert_eq!(stages, [InquiryStage::Received, InquiryStage::InProgress, InquiryStage::Answered]);
    hub.office(&["erase", &reference.to_string(), "--reason", "request 9"]);
    assert_eq!(ask(reference, secret), None);
}

fn fault_35_a_store_put_back_from_a_backup_begins_a_new_epoch(mut hub: TestServer) {
    let keys = hub.keys();
    let entry = sealed("Hello", &keys, 1);
    let Verdict::Received(before) = hub.send(&[&entry]).verdicts[0].1.clone() else {
        panic!("not received")
    };
    let session = OfficeClient::first(&hub);
    assert_eq!(session.get(&hub, "/office").status, 200);
    hub.stop();
    assert!(!hub.office(&["restored"]).0, "without a reason");
    let (is_fine, said) = hub.office(&["restored", "--reason", "disk of November 25"]);
    assert!(is_fine && said.contains("A new epoch has begun"), "{said}");
    hub.restart();
    assert_ne!(hub.keys().epoch, keys.epoch);
    assert_ne!(session.get(&hub, "/office").status, 200, "all sessions have ended");
    assert!(OfficeClient::sign_in(&hub, "ann", PASSWORD).is_some());
    let Verdict::Received(after) = hub.send(&[&entry]).verdicts[0].1.clone() else {
        panic!("not received")
    };
    assert_eq!(
        (after.received_at_ms, after.epoch),
        (before.received_at_ms, hub.keys().epoch),
        "what stood stays once"
    );
    let (_, audit) = hub.office(&["audit", "list"]);
    assert!(audit.contains("restored") && audit.contains("disk of November 25"), "{audit}");
}

#[test]
fn a_backup_of_postgresql_says_how_and_writes_nothing() {
    let cluster = cluster::shared();
    let hub = TestServer::start_on(Some(cluster.database()));
    let to = format!("{}/../backup", hub.data());
    let (is_done, said) = hub.office(&["backup", "--to", &to]);
    assert!(!is_done && said.contains("pg_dump") && said.contains("keys backup"), "{said}");
    assert!(!std::path::Path::new(&to).exists());
    let from = ["restore", "--from", &to, "--data-dir", &to, "--reason", "a test"];
    let (is_done, said) = hub.command(&from);
    assert!(!is_done && said.contains("Nothing was restored"), "{said}");
}

#[test]
fn what_was_erased_is_in_no_file_of_sqlite() {
    let hub = TestServer::start();
    let entry = sealed("please forget me", &hub.keys(), 1);
    hub.send(&[&entry]);
    let seal: Vec<u8> = entry.envelope[entry.envelope.len() - 64..].to_vec();
    let files_with = |bytes: &[u8]| {
        let files =
            std::fs::read_dir(hub.data()).unwrap().flatten().filter(|file| file.path().is_file());
        files
            .filter(|file| {
                std::fs::read(file.path())
                    .unwrap()
                    .windows(bytes.len())
                    .any(|window| window == bytes)
            })
            .count()
    };
    assert!(files_with(&seal) > 0 && files_with(entry.head.id.as_bytes()) > 0, "it was there");
    let (is_fine, said) =
        hub.office(&["erase", &entry.head.id.to_string(), "--reason", "request 7"]);
    assert!(is_fine, "{said}");
    assert_eq!((files_with(&seal), files_with(entry.head.id.as_bytes())), (0, 0));
}

fn retention_counts_first_and_says_what_it_did(hub: TestServer) {
    let keys = hub.keys();
    let (entry, held) = (sealed("old", &keys, 1), sealed("held", &keys, 2));
    hub.send(&[&entry, &held]);
    let (is_fine, said) = hub.office(&[
        "hold",
        "add",
        &held.head.reference().to_string(),
        "--reason",
        "court file 12",
    ]);
    assert!(is_fine && said.contains("On hold"), "{said}");
    assert!(hub.office(&["hold", "list"]).1.contains(&format!("{}  court file 12", held.head.id)));
    let (is_fine, said) =
        hub.office(&["erase", &held.head.id.to_string(), "--reason", "request 8"]);
    assert!(!is_fine && said.contains("on hold"), "{said}");
    let (is_fine, said) = hub.office(&["retention"]);
    assert!(is_fine && said.contains("Inquiry      older than 730 days: 0 deleted"), "{said}");
    let (is_fine, said) = hub.office(&["retention", "--inquiries", "0"]);
    assert!(!is_fine && said.contains("--by-law"), "{said}");
    std::thread::sleep(std::time::Duration::from_millis(5));
    let now = ["retention", "--inquiries", "0", "--by-law", "2026-114"];
    let (is_fine, said) = hub.office(&[&now[..], &["--dry-run"]].concat());
    assert!(is_fine && said.contains("older than 0 days: 1 would be deleted, 1 held"), "{said}");
    assert_eq!(hub.export("inquiries", "jsonl").lines().count(), 2, "nothing is gone yet");
    let (is_fine, said) = hub.office(&now);
    assert!(is_fine && said.contains("older than 0 days: 1 deleted, 1 held"), "{said}");
    assert!(
        hub.office(&["audit", "list"]).1.contains("Inquiry 1; older than 0 days; by-law: 2026-114")
    );
    let printed = hub.export("inquiries", "jsonl");
    assert!(printed.lines().count() == 1 && printed.contains("held"), "{printed}");
    let (is_fine, said) =
        hub.office(&["hold", "remove", &held.head.id.to_string(), "--reason", "file closed"]);
    assert!(is_fine && said.contains("removed"), "{said}");
    assert!(hub.office(&now).1.contains("1 deleted, 0 held"));
    assert_eq!(hub.export("inquiries", "jsonl"), "");
}

fn the_audit_shows_every_act(hub: TestServer) {
    let entry = sealed("Hello", &hub.keys(), 1);
    hub.send(&[&entry]);
    let id = entry.head.id.to_string();
    hub.office(&["hold", "add", &id, "--reason", "court file 12"]);
    hub.office(&["hold", "remove", &id, "--reason", "file closed"]);
    let (is_fine, said) = hub.office(&["audit", "verify"]);
    assert!(is_fine && said.starts_with("2 in all"), "{said}");
    let noted = said.lines().last().unwrap().to_string();
    hub.office(&["erase", &id, "--reason", "request 7"]);
    let (is_fine, said) = hub.office(&["audit", "verify", "--noted", &noted]);
    assert!(is_fine && said.starts_with("4 in all"), "{said}");
    let (is_fine, said) = hub.office(&["audit", "verify", "--noted", &"0".repeat(64)]);
    assert!(!is_fine && said.contains("taken off its end"), "{said}");
    let listed = hub.office(&["audit", "list"]).1;
    let last = listed.lines().last().unwrap();
    assert!(
        last.contains("\"who\":\"ann\"") && last.contains("request 7") && !last.contains(&id),
        "{last}"
    );
    let (is_fine, said) = hub.office(&["erase", &id]);
    assert!(!is_fine && said.contains("--reason"), "{said}");
    let (is_fine, said) = hub.office(&["erase", "7Q3M-X9TB-0", "--reason", "x"]);
    assert!(!is_fine && said.contains("7Q3M-X9TB-0"), "{said}");
}

#[test]
fn staff_are_invited_changed_and_removed_by_command_but_never_the_last_administrator() {
    let hub = TestServer::start();
    let run = |line: &str, reason: bool| {
        let words: Vec<&str> = line.split(' ').collect();
        hub.office(&[&words[..], if reason { &["--reason", "a test"] } else { &[] }].concat())
    };
    OfficeClient::first(&hub);
    let ann = "staff invite ann --name Ann --role administrator --reads all";
    let (is_done, said) = run(ann, true);
    assert!(!is_done && said.contains("has the username “ann” already"), "{said}");
    let bo = "staff invite bo --name Bo --role office --reads hub:town-hall";
    let (is_done, said) = run(bo, true);
    assert!(is_done && said.contains("/office/invitation/bo/"), "{said}");
    let (_, said) = run("staff list", false);
    assert!(said.contains("bo  Bo  office, reads hub:town-hall, invited"), "{said}");
    let (is_done, said) = run("staff role bo manager --reads all", true);
    assert!(is_done && said.contains("Bo is manager now and reads all"), "{said}");
    let (is_done, said) = run("staff remove bo", true);
    assert!(is_done && said.contains("no longer has access"), "{said}");
    assert!(run("staff list", false).1.contains("bo  Bo  manager, reads all, left"));
    let (is_done, said) = run("staff remove zoe", true);
    assert!(!is_done && said.contains("No one has the username “zoe”"), "{said}");
    for line in ["staff remove ann", "staff role ann office"] {
        let (is_done, said) = run(line, true);
        assert!(!is_done && said.contains("No administrator would remain"), "{line}: {said}");
    }
    let audit = run("audit list", false).1;
    for expected in ["bo as office, reads hub:town-hall; a test", "\"leave\"", "\"role\""] {
        assert!(audit.contains(expected), "{expected}: {audit}");
    }
}

#[test]
fn everything_is_exported_for_moving_away_and_recorded() {
    let hub = TestServer::start();
    hub.send(&[&sealed("the words of a person", &hub.keys(), 1)]);
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("all");
    let line = ["export", "everything", "--to", &to.to_string_lossy(), "--reason", "moving"];
    let (is_done, said) = hub.office(&line);
    assert!(is_done && said.contains("1  inquiries.jsonl"), "{said}");
    let read = |name: &str| std::fs::read_to_string(to.join(name)).unwrap();
    assert!(read("inquiries.jsonl").contains("the words of a person"));
    // The folder describes every file that is in it, and no other.
    let described = read("README.txt");
    for entry in std::fs::read_dir(&to).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(name == "README.txt" || described.contains(&name), "{name}");
    }
    assert_eq!(described.matches(".jsonl ").count(), 11, "{described}");
    assert!(read("audit.jsonl").contains("export begins"));
    let (is_done, said) = hub.office(&line);
    assert!(!is_done && said.contains("is not empty. Nothing was written"), "{said}");
}

#[test]
fn an_export_that_fails_leaves_nothing_that_others_could_read() {
    let mut hub = TestServer::start();
    hub.send(&[&sealed("the words of a person", &hub.keys(), 1)]);
    hub.terminate();
    let database = format!("{}/hub.sqlite", hub.data());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        use sqlx::Connection;
        let mut connection = sqlx::SqliteConnection::connect(&database).await.unwrap();
        // The staff come after the inquiries.
        let lost = "ALTER TABLE staff RENAME TO staff_lost";
        sqlx::query(lost).execute(&mut connection).await.unwrap();
    });
    let folder = tempfile::tempdir().unwrap();
    let (new, there) = (folder.path().join("new"), folder.path().join("there"));
    std::fs::create_dir(&there).unwrap();
    for to in [&new, &there] {
        let line = ["export", "everything", "--to", &to.to_string_lossy(), "--reason", "moving"];
        let (is_done, said) = hub.office(&line);
        assert!(!is_done && said.contains("What was already written was removed."), "{said}");
    }
    assert!(!new.exists() && there.read_dir().unwrap().next().is_none());
}
