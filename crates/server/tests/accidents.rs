//! Tests of ordinary accidents: what they stop, what they must not stop, and whether they are
//! noticed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod backups;
mod hub;

use domain::submission::{Verdict, Verdicts};
use hub::{TestServer, sealed};
use std::fs::File;
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// More lines than a pipe holds (64 KB) that nobody reads.
const LINES: usize = 600;

fn is_received(verdicts: &Verdicts) -> bool {
    verdicts.verdicts.iter().all(|(_, verdict)| matches!(verdict, Verdict::Received(_)))
}

fn lost_lines(hub: &TestServer) -> u64 {
    let report: serde_json::Value = serde_json::from_slice(hub.get("/ready").body()).unwrap();
    report["log_lines_lost"].as_u64().unwrap()
}

/// Pages and submissions go on, in a time that nobody notices.
fn serves(hub: &TestServer, number: u64) {
    let began = Instant::now();
    assert_eq!(hub.get("/services/dog-licence").status, 200);
    assert!(is_received(&hub.send(&[&sealed("Hello", &hub.keys(), number)])));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn fault_55_a_log_on_a_full_disk_stops_nothing_and_is_counted() {
    let hub = TestServer::start_logging_to(File::options().write(true).open("/dev/full").unwrap());
    (1..4).for_each(|number| serves(&hub, number));
    std::thread::sleep(Duration::from_millis(200));
    assert!(lost_lines(&hub) >= 3, "{}", lost_lines(&hub));
}

#[test]
fn fault_55_a_log_whose_reader_has_gone_stops_nothing_and_is_counted() {
    let (reader, writer) = std::io::pipe().unwrap();
    let hub = TestServer::start_logging_to(OwnedFd::from(writer));
    serves(&hub, 1);
    drop(reader);
    (2..5).for_each(|number| serves(&hub, number));
    std::thread::sleep(Duration::from_millis(200));
    assert!(lost_lines(&hub) >= 3, "{}", lost_lines(&hub));
}

#[test]
fn fault_55_a_log_whose_reader_has_stopped_stops_nothing() {
    let (reader, writer) = std::io::pipe().unwrap();
    let mut hub = TestServer::start_logging_to(OwnedFd::from(writer));
    for _ in 0..LINES {
        assert_eq!(hub.get("/health").status, 200);
    }
    serves(&hub, 1);
    assert_eq!(hub.terminate(), Some(0), "and it can be stopped");
    drop(reader);
}

#[test]
fn fault_55_a_full_standard_output_does_not_stop_the_start() {
    let hub = TestServer::start();
    let other = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    let mut server = Command::new(env!("CARGO_BIN_EXE_community-hub"))
        .args(["serve", "--site", &hub.site(), "--port", &port.to_string(), "--data-dir"])
        .arg(other.path())
        .stdout(full())
        .stderr(full())
        .spawn()
        .unwrap();
    let began = Instant::now();
    let is_there = || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
    while !is_there() && began.elapsed() < Duration::from_secs(20) {
        assert!(server.try_wait().unwrap().is_none(), "the server has ended");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(is_there());
    server.kill().unwrap();
    server.wait().unwrap();
}

#[test]
fn fault_56_alive_and_ready_are_two_questions() {
    let hub = TestServer::start_with_room_for(100_000);
    assert_eq!(hub.until_ready_says("inbox", "read"), 200);
    let checks = ["database", "pages", "space", "keys", "edition", "inbox"];
    hub.until_ready_says("pages", "whole");
    assert_eq!(
        checks.map(|check| hub.ready(check).1),
        ["writable", "whole", "enough", "present", "readable", "read"]
    );
    hub.leave_room_for(1);
    assert_eq!(hub.until_ready_says("database", "failing"), 503);
    assert_eq!(hub.get("/health").status, 200, "it is alive: starting it again would not help");
    hub.make_room();
    assert_eq!(hub.until_ready_says("database", "writable"), 200);
}

#[test]
fn fault_56_too_little_space_is_noticed_before_the_disk_is_full() {
    let hub = TestServer::start_as(vec![("LEAST_FREE_MB", (1_u64 << 40).to_string())], &[]);
    hub.until_ready_says("inbox", "read");
    assert_eq!(hub.ready("space"), (503, "short".into()));
    serves(&hub, 1);
}

#[test]
fn fault_56_a_damaged_page_inside_the_database_is_noticed() {
    let mut hub = TestServer::start();
    let keys = hub.keys();
    for number in 1..40 {
        hub.send(&[&sealed(&"x".repeat(3_000), &keys, number)]);
    }
    assert_eq!(hub.terminate(), Some(0));
    let path = format!("{}/hub.sqlite", hub.data());
    let mut bytes = std::fs::read(&path).unwrap();
    // A page that nothing reads at a start.
    let page = root_page(&path, "hold") as usize * 4_096 - 4_096;
    bytes[page..page + 64].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    hub.restart();
    assert_eq!(hub.until_ready_says("pages", "damaged"), 503);
}

#[test]
fn fault_56_keys_that_are_gone_are_noticed_while_the_server_still_has_them() {
    let hub = TestServer::start();
    assert_eq!(hub.until_ready_says("inbox", "read"), 200);
    let (there, away) = (format!("{}/keys", hub.data()), format!("{}/elsewhere", hub.data()));
    std::fs::rename(&there, &away).unwrap();
    assert_eq!(hub.until_ready_says("keys", "missing"), 503);
    serves(&hub, 1);
    std::fs::rename(&away, &there).unwrap();
    assert_eq!(hub.until_ready_says("keys", "present"), 200);
}

#[test]
fn fault_56_an_edition_that_cannot_be_read_is_noticed() {
    let hub = TestServer::start();
    assert_eq!(hub.until_ready_says("inbox", "read"), 200);
    let folder = format!("{}/catalogue", hub.data());
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(format!("{folder}/site.json"), "not an edition").unwrap();
    assert_eq!(hub.until_ready_says("edition", "unreadable"), 503);
    serves(&hub, 1);
}

#[test]
fn fault_56_reserved_names_are_never_a_page_and_nothing_missing_is_cached() {
    let hub = TestServer::start();
    let reserved =
        ["/metrics", "/healthz", "/readyz", "/livez", "/status.json", "/.well-known/security.txt"];
    for path in reserved.into_iter().chain(["/api/none", "/nothing.js", "/office/none"]) {
        let page = hub.get(path);
        assert!(!page.text().contains("english page"), "{path} is a page of the app");
        assert!(
            page.status < 400 || page.header("cache-control").contains("no-store"),
            "{path}: {} {}",
            page.status,
            page.header("cache-control")
        );
        assert!(page.status != 200, "{path}");
    }
}

#[test]
fn fault_57_after_a_clean_stop_the_database_file_alone_is_complete() {
    let mut hub = TestServer::start();
    let keys = hub.keys();
    for number in 1..30 {
        hub.send(&[&sealed(&"x".repeat(3_000), &keys, number)]);
    }
    assert_eq!(hub.terminate(), Some(0));
    for ending in ["-wal", "-shm"] {
        assert!(
            !std::fs::exists(format!("{}/hub.sqlite{ending}", hub.data())).unwrap(),
            "{ending}"
        );
    }
    assert_eq!(hub.export("inquiries", "jsonl").lines().count(), 29);
}

/// Starts the program on a folder where it should refuse; returns what it says.
fn refused(hub: &TestServer, data: &std::path::Path, options: &[&str]) -> String {
    let program = env!("CARGO_BIN_EXE_community-hub");
    // A program that does start is ended, and the test fails.
    let output = Command::new("timeout")
        .args(["20", program, "serve", "--port", "0", "--site", &hub.site(), "--data-dir"])
        .arg(data)
        .args(options)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// Works with a database file.
fn with_sqlite<T>(path: &str, work: impl AsyncFnOnce(&mut sqlx::SqliteConnection) -> T) -> T {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
        let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
        work(&mut connection).await
    })
}

/// The number of the first page of a table, from 1.
fn root_page(path: &str, table: &str) -> i64 {
    with_sqlite(path, async |connection| {
        let find = sqlx::query_scalar("SELECT rootpage FROM sqlite_master WHERE name = ?");
        find.bind(table).fetch_one(connection).await.unwrap()
    })
}

fn back_up(hub: &TestServer, to: &std::path::Path) {
    let statement = format!("VACUUM INTO '{}'", to.display());
    with_sqlite(&format!("{}/hub.sqlite", hub.data()), async |connection| {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(connection).await.unwrap();
    });
}

fn copy_folder(from: &str, to: &std::path::Path, files: impl Fn(&str) -> bool) {
    std::fs::create_dir_all(to.join("keys")).unwrap();
    for folder in ["", "keys"] {
        for entry in std::fs::read_dir(std::path::Path::new(from).join(folder)).unwrap().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_file() && files(&name) {
                std::fs::copy(entry.path(), to.join(folder).join(&name)).unwrap();
            }
        }
    }
}

#[test]
fn fault_57_a_copy_of_a_running_database_without_its_log_is_refused_in_words() {
    let mut hub = TestServer::start();
    let keys = hub.keys();
    for number in 1..30 {
        hub.send(&[&sealed(&"x".repeat(3_000), &keys, number)]);
    }
    let folder = tempfile::tempdir().unwrap();
    let (lone, both) = (folder.path().join("lone"), folder.path().join("both"));
    copy_folder(&hub.data(), &lone, |name| !name.starts_with("hub.sqlite-") && name != "last-use");
    let said = refused(&hub, &lone, &[]);
    assert!(
        said.contains("made while a server used it") && said.contains("hub.sqlite-wal"),
        "{said}"
    );
    // A backup that SQLite makes is complete, and devices must be asked for what is newer.
    let backup = folder.path().join("backup");
    copy_folder(&hub.data(), &backup, |name| !name.starts_with("hub.sqlite") && name != "last-use");
    back_up(&hub, &backup.join("hub.sqlite"));
    assert!(refused(&hub, &backup, &[]).contains("community-hub restored"));
    let (site, at) = (hub.site(), backup.to_string_lossy().into_owned());
    let places = ["--site", &site, "--data-dir", &at];
    // A command that opens the copy first, and leaves a log of its own, hides nothing.
    let (is_done, said) = hub.command(&[&["staff", "list"][..], &places].concat());
    assert!(is_done, "{said}");
    let log = backup.join("hub.sqlite-wal");
    if !log.exists() {
        std::fs::write(&log, "").unwrap();
    }
    assert!(refused(&hub, &backup, &[]).contains("community-hub restored"));
    let (is_done, said) = hub.command(&[&["restored", "--reason", "a test"][..], &places].concat());
    assert!(is_done, "{said}");
    let export = ["export", "inquiries", "--format", "jsonl", "--reason", "a test"];
    let (is_done, said) = hub.command(&[&export[..], &places].concat());
    assert!(is_done && said.matches("xxx").count() >= 29, "{said}");
    // With the log, as after a crash or in a snapshot of the disk, everything is there.
    hub.stop();
    copy_folder(&hub.data(), &both, |_| true);
    let both = both.to_string_lossy().into_owned();
    let (is_done, said) =
        hub.command(&[&export[..], &["--site", &site, "--data-dir", &both]].concat());
    assert!(is_done && said.matches("xxx").count() >= 29, "{said}");
    hub.restart();
    serves(&hub, 40);
}

#[test]
fn fault_57_an_older_copy_that_was_put_back_is_noticed() {
    let mut hub = TestServer::start();
    serves(&hub, 1);
    assert_eq!(hub.terminate(), Some(0));
    let (file, copy) = (format!("{}/hub.sqlite", hub.data()), format!("{}/copy", hub.data()));
    std::fs::copy(&file, &copy).unwrap();
    hub.restart();
    serves(&hub, 2);
    assert_eq!(hub.terminate(), Some(0));
    std::fs::copy(&copy, &file).unwrap();
    let said = refused(&hub, std::path::Path::new(&hub.data()), &[]);
    assert!(said.contains("an older copy was put in its place"), "{said}");
    assert!(hub.office(&["restored", "--reason", "a test"]).0);
    hub.restart();
    serves(&hub, 3);
}

#[test]
fn fault_57_no_database_is_made_beside_keys_unless_it_is_meant() {
    let mut hub = TestServer::start();
    hub.terminate();
    std::fs::remove_file(format!("{}/hub.sqlite", hub.data())).unwrap();
    let said = refused(&hub, std::path::Path::new(&hub.data()), &[]);
    assert!(said.contains("is not beside them") && said.contains("--new-database"), "{said}");
    assert!(!std::fs::exists(format!("{}/hub.sqlite", hub.data())).unwrap());
    hub.restart_with(&["--new-database"]);
    serves(&hub, 1);
}

#[test]
fn fault_58_deleting_most_of_what_is_stored_needs_its_number() {
    let hub = TestServer::start();
    let keys = hub.keys();
    let entries: Vec<_> = (1..31).map(|number| sealed("Hello", &keys, number)).collect();
    assert!(is_received(&hub.send(&entries.iter().collect::<Vec<_>>())));
    let all = ["retention", "--inquiries", "0", "--by-law", "2026-114"];
    let (is_done, said) = hub.office(&all);
    assert!(!is_done && said.contains("30 of 30") && said.contains("--confirm 30"), "{said}");
    let (is_done, said) = hub.office(&[&all[..], &["--confirm", "29"]].concat());
    assert!(!is_done && said.contains("Nothing was deleted"), "{said}");
    assert_eq!(hub.export("inquiries", "jsonl").lines().count(), 30);
    let (is_done, said) = hub.office(&[&all[..], &["--confirm", "30"]].concat());
    assert!(is_done && said.contains("30 deleted"), "{said}");
    assert_eq!(hub.export("inquiries", "jsonl"), "");
}

#[test]
fn fault_58_a_restore_is_not_confirmed_beside_a_running_server() {
    let mut hub = TestServer::start();
    let (is_done, said) = hub.office(&["restored", "--reason", "a test"]);
    assert!(!is_done && said.contains("is in use by a server"), "{said}");
    hub.terminate();
    let (is_done, said) = hub.office(&["restored", "--reason", "a test"]);
    assert!(is_done, "{said}");
}

/// Moves everything in the database by this many days.
fn move_days(hub: &TestServer, days: i64) {
    let path = format!("{}/hub.sqlite", hub.data());
    with_sqlite(&path, async |database| {
        let change = "UPDATE submission SET received_at_ms = received_at_ms + $1";
        sqlx::query(change).bind(days * 86_400_000).execute(&mut *database).await.unwrap();
        // The audit log is only ever added to.
        let allow = "DROP TRIGGER IF EXISTS audit_is_not_changed";
        sqlx::query(allow).execute(&mut *database).await.unwrap();
        let change = "UPDATE audit SET at_ms = at_ms + $1";
        sqlx::query(change).bind(days * 86_400_000).execute(database).await.unwrap();
    });
}

#[test]
fn fault_61_what_cannot_be_undone_asks_twice_when_the_clock_jumped() {
    let mut hub = TestServer::start();
    let entry = sealed("Hello", &hub.keys(), 1);
    assert!(is_received(&hub.send(&[&entry])));
    hub.terminate();
    let erase = ["erase", &entry.head.id.to_string(), "--reason", "a test"];
    let rotate = ["keys", "rotate", "sealing"];
    let keys = || std::fs::read_dir(format!("{}/keys", hub.data())).unwrap().count();
    let before = keys();
    // The clock is ahead, then behind.
    for (days, number) in [(-800, "800"), (900, "99")] {
        move_days(&hub, days);
        for (line, kept) in [(&erase[..], "Nothing was deleted"), (&rotate[..], "No key was made")]
        {
            for more in [&[][..], &["--confirm", "1"][..]] {
                let (is_done, said) = hub.office(&[line, more].concat());
                assert!(!is_done && said.contains(kept), "{said}");
                assert!(said.contains(&format!("--confirm {number}")), "{said}");
            }
        }
    }
    assert_eq!(keys(), before);
    let (is_done, said) = hub.office(&[&erase[..], &["--confirm", "99"]].concat());
    assert!(is_done && said.contains("Deleted"), "{said}");
    assert!(hub.office(&[&rotate[..], &["--confirm", "99"]].concat()).0);
    assert!(keys() > before);
}

#[test]
fn fault_61_an_old_copy_is_confirmed_by_its_age() {
    let mut hub = TestServer::start();
    assert!(is_received(&hub.send(&[&sealed("Hello", &hub.keys(), 1)])));
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup");
    let (is_done, said) = hub.office(&["backup", "--to", &backup.to_string_lossy()]);
    assert!(is_done, "{said}");
    hub.terminate();
    move_days(&hub, -30);
    let restored = ["restored", "--reason", "a test"];
    let (is_done, said) = hub.office(&restored);
    assert!(!is_done && said.contains("30 days old") && said.contains("--confirm 30"), "{said}");
    assert!(hub.office(&[&restored[..], &["--confirm", "30"]].concat()).0);
    let manifest = backup.join("backup.json");
    let text = std::fs::read(&manifest).unwrap();
    let mut listed: serde_json::Value = serde_json::from_slice(&text).unwrap();
    listed["made_at"] = "2019-11-30T03:20:00Z".into();
    std::fs::write(&manifest, listed.to_string()).unwrap();
    let (from, to) = (backup.to_string_lossy(), folder.path().join("data"));
    let words = format!("{}/backup-words", hub.data());
    let to = to.to_string_lossy();
    let line = ["restore", "--from", &from, "--data-dir", &to, "--words", &words, "--reason", "x"];
    let (is_done, said) = hub.command(&line);
    assert!(!is_done && said.contains("days old") && said.contains("--confirm"), "{said}");
    assert!(!std::path::Path::new(&*to).exists(), "nothing was written");
}
