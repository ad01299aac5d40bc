//! Tests that the running program does retention by itself, with SQLite and PostgreSQL.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses only a part of it")]
mod cluster;
mod hub;

use hub::{TestServer, sealed};
use offline::sealing::Sealed;
use sqlx::{Connection, PgConnection, SqliteConnection};
use std::time::{Duration, Instant};

const HOUR_MS: i64 = 3_600_000;
/// More than the 730 days for which inquiries are stored.
const EXPIRED_MS: i64 = 800 * 24 * HOUR_MS;
/// Retention may run directly after the start.
const AT_ONCE: &[&str] = &["--retention-after", "0"];

/// Moves what was received into the past, to simulate the passing of time.
fn age(hub: &TestServer, database: Option<&str>, entry: &Sealed, by_ms: i64) {
    let change = "UPDATE submission SET received_at_ms = received_at_ms - $1 WHERE id = $2";
    let id = entry.head.id.as_bytes().to_vec();
    let path = format!("{}/hub.sqlite", hub.data());
    let changed = tokio::runtime::Runtime::new().unwrap().block_on(async {
        match database {
            Some(url) => sqlx::query(change)
                .bind(by_ms)
                .bind(id)
                .execute(&mut PgConnection::connect(url).await.unwrap())
                .await
                .unwrap()
                .rows_affected(),
            None => sqlx::query(change)
                .bind(by_ms)
                .bind(id)
                .execute(&mut SqliteConnection::connect(&path).await.unwrap())
                .await
                .unwrap()
                .rows_affected(),
        }
    });
    assert_eq!(changed, 1);
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn audit(hub: &TestServer) -> String {
    let (is_fine, listed) = hub.office(&["audit", "list"]);
    assert!(is_fine, "{listed}");
    listed
}

fn what_expired_is_gone_without_a_command(database: Option<String>) {
    let mut hub = TestServer::start_on(database.clone());
    let keys = hub.keys();
    let (old, lately, fresh) = (
        sealed("old words", &keys, 1),
        sealed("words of yesterday", &keys, 2),
        sealed("fresh words", &keys, 3),
    );
    hub.send(&[&old, &lately, &fresh]);
    hub.stop();
    age(&hub, database.as_deref(), &old, EXPIRED_MS);
    age(&hub, database.as_deref(), &lately, 30 * HOUR_MS);
    hub.restart_with(AT_ONCE);
    wait_until("retention is done", || audit(&hub).contains("retention done"));
    let audit = audit(&hub);
    for expected in
        ["Inquiry 1; older than 730 days; nightly", "\"the server\"", "retention begins"]
    {
        assert!(audit.contains(expected), "{expected}: {audit}");
    }
    let printed = hub.export("inquiries", "jsonl");
    assert!(!printed.contains("old words"), "{printed}");
    assert!(printed.contains("words of yesterday") && printed.contains("fresh words"), "{printed}");
    assert_eq!(hub.terminate(), Some(0));
    assert!(hub.log().contains("\"stopped\""), "{}", hub.log());
}

/// Everything in the database is 800 days older than the clock says: the clock jumped.
fn a_clock_far_ahead_deletes_nothing(database: Option<String>) {
    let mut hub = TestServer::start_on(database.clone());
    let keys = hub.keys();
    let (one, two) = (sealed("one", &keys, 1), sealed("two", &keys, 2));
    hub.send(&[&one, &two]);
    hub.stop();
    for entry in [&one, &two] {
        age(&hub, database.as_deref(), entry, EXPIRED_MS);
    }
    let doubts = |hub: &TestServer| hub.log().matches("the clock may be wrong").count();
    hub.restart_with(AT_ONCE);
    wait_until("the clock is doubted", || doubts(&hub) == 1);
    assert_eq!(hub.export("inquiries", "jsonl").lines().count(), 2);
    // What is received by the wrong clock does not bear it out.
    hub.send(&[&sealed("three", &keys, 3)]);
    hub.stop();
    hub.restart_with(AT_ONCE);
    wait_until("the clock is doubted again", || doubts(&hub) == 2);
    assert_eq!(hub.export("inquiries", "jsonl").lines().count(), 3);
    assert!(!audit(&hub).contains("retention"), "{}", audit(&hub));
}

#[test]
fn of_several_servers_of_a_database_one_does_it() {
    let cluster = cluster::shared();
    let mut hub = TestServer::start_on(Some(cluster.database()));
    hub.send(&[&sealed("fresh words", &hub.keys(), 1)]);
    hub.stop();
    hub.restart_with(AT_ONCE);
    let others = [hub.another(), hub.another()];
    wait_until("retention is done", || audit(&hub).contains("retention done"));
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(audit(&hub).matches("retention begins").count(), 1, "{}", audit(&hub));
    drop(others);
}

/// A hub that makes backups in a folder.
fn hub_with_backups(to: &std::path::Path) -> TestServer {
    let environment = vec![("BACKUP_TO", to.to_string_lossy().into_owned())];
    TestServer::start_as(environment, AT_ONCE)
}

/// What `status` says of a hub whose server cannot be asked.
fn status(hub: &TestServer, to: &std::path::Path) -> (bool, String) {
    let (site, data, to) = (hub.site(), hub.data(), to.to_string_lossy());
    let folders = ["--site", &site, "--data-dir", &data, "--backup-to", &to];
    hub.command(&[&["status", "--port", "1"][..], &folders].concat())
}

#[test]
fn fault_60_a_backup_is_made_tried_and_the_oldest_removed_without_a_command() {
    let folder = tempfile::tempdir().unwrap();
    // Fifteen nights before, and something that is no backup.
    for day in 1..=15 {
        let night = folder.path().join(format!("2026-01-{day:02}"));
        std::fs::create_dir(&night).unwrap();
        std::fs::write(night.join("backup.json"), "{}").unwrap();
    }
    std::fs::create_dir(folder.path().join("2025-01-01")).unwrap();
    let hub = hub_with_backups(folder.path());
    wait_until("the backup was tried", || audit(&hub).contains("backup verify done"));
    let names = || -> Vec<String> {
        let entries = std::fs::read_dir(folder.path()).unwrap().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    wait_until("the oldest ones are removed", || names().len() == 15);
    let names = names();
    assert!(names.contains(&"2026-01-15".into()) && names.contains(&"2025-01-01".into()));
    assert!(!names.iter().any(|name| name == "2026-01-02" || name.ends_with(".part")), "{names:?}");
    let audit = audit(&hub);
    assert!(
        audit.contains("Submissions that open: 0. Texts of the office that open: 0."),
        "{audit}"
    );
    let (_, said) = status(&hub, folder.path());
    assert!(said.contains("backup         done; last done: "), "{said}");
    assert!(said.contains("backup verify  done; last done: "), "{said}");
}

#[test]
fn fault_60_a_backup_whose_disk_is_not_there_is_noticed_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("not-mounted");
    let mut hub = hub_with_backups(&disk);
    wait_until("it fails", || audit(&hub).contains("backup failed"));
    assert!(hub.log().contains("mount its disk"), "{}", hub.log());
    assert!(!disk.exists(), "nothing is written to the disk below");
    hub.stop();
    let (is_fine, said) = status(&hub, &disk);
    assert!(!is_fine && said.contains("backup         FAILED 2"), "{said}");
    assert!(said.contains("community-hub backup --to FOLDER"), "{said}");
}

macro_rules! on_both {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $test() {
                super::$test(None);
            })*
        }
        mod postgres {
            $(#[test]
            fn $test() {
                let cluster = super::cluster::shared();
                super::$test(Some(cluster.database()));
            })*
        }
    };
}

on_both!(what_expired_is_gone_without_a_command, a_clock_far_ahead_deletes_nothing);
