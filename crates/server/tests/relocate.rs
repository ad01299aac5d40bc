//! Tests that everything moves from SQLite to PostgreSQL and back with the real program: what was
//! received, what staff wrote, who is signed in, and the audit log.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses only a part of it")]
mod cluster;
mod hub;
mod office_client;

use domain::submission::{PublicKeys, Verdict};
use hub::{TestServer, sealed};
use office_client::OfficeClient;
use offline::sealing::Sealed;
use std::time::{Duration, Instant};

const MANY: i64 = 20_000;
/// "In seconds", with room for a busy machine and a program that is not optimized.
const MOVE_TIME: Duration = Duration::from_secs(60);
/// How long servers that were killed count as running, and some more.
const STOPPED: Duration = Duration::from_secs(45);

fn moved(hub: &TestServer, to: &str) -> (bool, String) {
    hub.office(&["move", "--to", to, "--reason", "a test"])
}

/// Waits until the database no longer believes that a server uses it.
fn moved_at_last(hub: &TestServer, to: &str) -> String {
    let began = Instant::now();
    loop {
        let (is_fine, said) = moved(hub, to);
        if is_fine {
            return said;
        }
        assert!(said.contains("half a minute") && began.elapsed() < STOPPED, "{said}");
        std::thread::sleep(Duration::from_secs(1));
    }
}

fn file(hub: &TestServer, name: &str) -> std::path::PathBuf {
    std::path::Path::new(&hub.data()).join(name)
}

/// What was there before a move, and must be there after it.
struct Before {
    keys: PublicKeys,
    inquiry: Sealed,
    receipt: Verdict,
    erased: Sealed,
    ann: OfficeClient,
}

impl Before {
    fn on(hub: &TestServer) -> Self {
        let keys = hub.keys();
        let (inquiry, erased) = (sealed("old words", &keys, 1), sealed("gone words", &keys, 2));
        let receipt = hub.send(&[&inquiry, &erased]).verdicts[0].1.clone();
        let ann = OfficeClient::first(hub);
        let id = inquiry.head.id.to_string();
        assert_eq!(ann.send(hub, &id, "note", &[("text", "a note of Ann")]).status, 303);
        let (is_fine, said) =
            hub.office(&["erase", &erased.head.id.to_string(), "--reason", "asked"]);
        assert!(is_fine, "{said}");
        Self { keys, inquiry, receipt, erased, ann }
    }

    fn check(&self, hub: &TestServer) {
        assert_eq!(hub.keys().epoch, self.keys.epoch, "devices have nothing to offer again");
        let again = hub.send(&[&self.inquiry, &self.erased]).verdicts;
        assert_eq!(again[0].1, self.receipt, "the same receipt");
        assert!(matches!(again[1].1, Verdict::Refused(_)), "what was erased stays erased");
        let page = self.ann.until(
            hub,
            &format!("/office/inquiry/{}", self.inquiry.head.id),
            "a note of Ann",
        );
        assert!(page.contains("old words"), "the session holds, and everything opens");
        let (is_fine, said) = hub.office(&["audit", "verify"]);
        assert!(is_fine, "{said}");
        let (_, audit) = hub.office(&["audit", "list"]);
        assert!(audit.contains("move begins") && audit.contains("move done"), "{audit}");
    }
}

#[test]
fn everything_moves_to_postgresql_and_back_and_the_old_one_takes_nothing() {
    let cluster = cluster::shared();
    let url = cluster.database();
    let mut hub = TestServer::start();
    let before = Before::on(&hub);
    let (is_fine, said) = moved(&hub, &url);
    assert!(!is_fine && said.contains("in use by a server"), "{said}");
    assert_eq!(hub.terminate(), Some(0));
    let (is_fine, said) = moved(&hub, "sqlite");
    assert!(!is_fine && said.contains("--to postgres://"), "{said}");
    let (is_fine, said) = moved(&hub, &url);
    assert!(is_fine && said.contains("compared row by row"), "{said}");
    for line in [&["audit", "list"][..], &["serve", "--port", "0"]] {
        let (site, data) = (hub.site(), hub.data());
        let line = [line, &["--site", &site, "--data-dir", &data]].concat();
        let (is_fine, said) = hub.command(&line);
        assert!(!is_fine && said.contains("moved from this database"), "{line:?}: {said}");
    }
    for line in [&["--stay"][..], &["--to", &url]] {
        let (is_fine, said) = hub.office(&[&["move", "--reason", "a test"][..], line].concat());
        assert!(!is_fine && said.contains("--even-though-it-was-moved"), "{line:?}: {said}");
    }
    let mut on_postgres = hub.on_database(Some(url.clone()));
    before.check(&on_postgres);
    let (is_fine, said) = moved(&on_postgres, "sqlite");
    assert!(!is_fine && said.contains("use this database"), "{said}");
    on_postgres.stop();
    let (is_fine, said) = on_postgres.office(&["maintenance", "on", "--until", "23:59"]);
    assert!(is_fine, "{said}");
    // The old file is not empty, and stays as it is.
    let began = Instant::now();
    let said = loop {
        let (is_fine, said) = moved(&on_postgres, "sqlite");
        assert!(!is_fine);
        if !said.contains("half a minute") {
            break said;
        }
        assert!(began.elapsed() < STOPPED, "{said}");
        std::thread::sleep(Duration::from_secs(1));
    };
    assert!(said.contains("is not empty") && said.contains("as it was, in maintenance"), "{said}");
    let (_, said) = on_postgres.office(&["maintenance", "show"]);
    assert!(said.contains("Maintenance since"), "a failed move does not end it: {said}");
    for name in ["hub.sqlite", "hub.sqlite-wal", "hub.sqlite-shm"] {
        // The last two are there only after a kill.
        let _ = std::fs::rename(file(&hub, name), file(&hub, &format!("old-{name}")));
    }
    let said = moved_at_last(&on_postgres, "sqlite");
    assert!(said.contains("remove database_url"), "{said}");
    let (is_fine, said) = on_postgres.office(&["audit", "list"]);
    assert!(!is_fine && said.contains("moved from this database"), "{said}");
    before.check(&hub.on_database(None));
}

/// Adds rows as they are when a city has used it for a while.
fn add_many(hub: &TestServer) {
    hub.sql(async |connection| {
        for statement in [
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
             INSERT INTO submission (municipality, id, format, suite, kind, key,
                catalogue_version, body_hash, sealed, received_at_ms)
             SELECT 'pine-harbour', randomblob(16), 1, 1, 1, x'0102030405060708', 7,
                randomblob(32), randomblob(600), 1700000000000 + i FROM n",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
             INSERT INTO tombstone (municipality, hash, erased_at_ms)
             SELECT 'pine-harbour', randomblob(32), i FROM n",
        ] {
            sqlx::query(statement).bind(MANY).execute(&mut *connection).await.unwrap();
        }
    });
}

#[test]
fn twenty_thousand_rows_move_in_seconds_and_again_after_a_kill() {
    let cluster = cluster::shared();
    let url = cluster.database();
    let mut hub = TestServer::start();
    hub.send(&[&sealed("one", &hub.keys(), 1)]);
    assert_eq!(hub.terminate(), Some(0));
    add_many(&hub);
    // Killed at some moment of the copying: the new database is as empty as before.
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_community-hub"));
    command.env_remove("DATABASE_URL").env_remove("HUB_SETTINGS");
    command.args(["move", "--to", &url, "--reason", "a test", "--site", &hub.site()]);
    let mut child = command.args(["--data-dir", &hub.data()]).spawn().unwrap();
    let is_marked = || !hub.office(&["audit", "list"]).0;
    let began = Instant::now();
    while !is_marked() {
        assert!(began.elapsed() < MOVE_TIME, "it has not begun");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // It can be given up, or done again.
    let stay = ["move", "--stay", "--even-though-it-was-moved", "--reason", "not today"];
    let (is_fine, said) = hub.office(&stay);
    assert!(is_fine && !is_marked(), "{said}");
    let (is_fine, _) = hub.office(&stay);
    assert!(!is_fine, "there is nothing to give up");
    let began = Instant::now();
    let (is_fine, said) = moved(&hub, &url);
    let lasted = began.elapsed();
    // The kill may have come too late.
    assert!(is_fine || said.contains("is not empty"), "{said}");
    assert!(lasted < MOVE_TIME, "{lasted:?}");
    println!("two times 20,000 rows in {lasted:?}");
    let count = cluster.sql(url_database(&url), "SELECT count(*) FROM submission");
    assert_eq!(count, (MANY + 1).to_string());
}

/// The name of the database in an address of the test cluster.
fn url_database(url: &str) -> &str {
    url.split("localhost/").nth(1).unwrap().split('?').next().unwrap()
}
