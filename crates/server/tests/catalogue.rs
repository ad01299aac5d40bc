//! Tests the commands about the data of a municipality with the real program, beside a server that
//! runs: a folder is checked, published, and gets an urgent notice.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;

use domain::Catalogue;
use domain::edition::Edition;
use hub::TestServer;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Copies Pine Harbour's data into a folder that a test may change.
fn town(dir: &Path) -> PathBuf {
    let from =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/municipalities/pine-harbour");
    std::process::Command::new("cp").arg("-r").arg(from).arg(dir.join("town")).status().unwrap();
    dir.join("town")
}

fn run(hub: &TestServer, act: &str, town: &Path, more: &[&str]) -> (bool, String) {
    hub.office(&[&["catalogue", act, town.to_str().unwrap()], more].concat())
}

fn edition(hub: &TestServer) -> Edition {
    postcard::from_bytes(hub.get("/api/catalogue").body()).unwrap()
}

/// The catalogue of the next edition that the server offers.
fn next_after(hub: &TestServer, before: u32) -> (u32, Catalogue) {
    for _ in 0..100 {
        let edition = edition(hub);
        if edition.number > before {
            let bundle = hub.get(&edition.path());
            return (edition.number, Catalogue::from_bundle(bundle.body()).unwrap().0);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("no edition after {before}: {}", hub.log());
}

#[test]
fn faults_are_named_by_file_and_line_and_nothing_is_published() {
    let (hub, dir) = (TestServer::start(), tempfile::tempdir().unwrap());
    let town = town(dir.path());
    let (is_fine, said) = run(&hub, "check", &town, &[]);
    assert!(is_fine && said.contains("no faults"), "{said}");
    let file = town.join("holidays.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}\nunknown_field = 1\n")).unwrap();
    let before = edition(&hub).number;
    for (act, more) in [
        ("check", &[][..]),
        ("publish", &[]),
        ("alert", &["--text", "Boil water.", "--until", "23:59"]),
    ] {
        let (is_fine, said) = run(&hub, act, &town, more);
        assert!(!is_fine && said.contains("holidays.toml:"), "{act}: {said}");
    }
    assert!(!town.join("alerts.toml").exists());
    assert!(!Path::new(&hub.data()).join("catalogue").exists());
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(edition(&hub).number, before);
}

#[test]
fn an_edition_and_an_urgent_notice_reach_devices_and_the_notice_ends() {
    let (hub, dir) = (TestServer::start(), tempfile::tempdir().unwrap());
    let town = town(dir.path());
    let first = edition(&hub).number;
    let (is_fine, said) = run(&hub, "publish", &town, &[]);
    assert!(is_fine && said.contains("is published"), "{said}");
    let (second, catalogue) = next_after(&hub, first);
    assert!(catalogue.alerts().is_empty());
    let (is_fine, said) = run(&hub, "publish", &town, &[]);
    assert!(is_fine && said.contains("Nothing has changed"), "{said}");

    for until in ["soon", "2020-01-01T00:00"] {
        let (is_fine, said) = run(&hub, "alert", &town, &["--text", "Boil.", "--until", until]);
        assert!(!is_fine && said.contains("to come"), "{said}");
    }
    let words = "Boil \"all\" water.";
    let notice = ["--text", words, "--until", "2099-01-01T12:00", "--reason", "a break"];
    let (is_fine, said) = run(&hub, "alert", &town, &notice);
    assert!(is_fine, "{said}");
    let (third, catalogue) = next_after(&hub, second);
    assert_eq!(catalogue.alerts()[0].text.en, words);

    let (is_fine, said) = run(&hub, "alert", &town, &["--end"]);
    assert!(is_fine, "{said}");
    let (_, catalogue) = next_after(&hub, third);
    assert!(catalogue.alerts().is_empty(), "devices show it no more");
    let text = std::fs::read_to_string(town.join("alerts.toml")).unwrap();
    assert!(text.contains("# Ended ") && text.contains("# text.en = "), "{text}");
    let (is_fine, said) = run(&hub, "alert", &town, &["--end"]);
    assert!(!is_fine && said.contains("No urgent notice"), "{said}");
    let (_, audit) = hub.office(&["audit", "list"]);
    for what in ["publish done", "alert done", "alert end done", "a break"] {
        assert!(audit.contains(what), "{what}: {audit}");
    }
}

#[test]
fn an_urgent_notice_does_not_wait_for_the_database() {
    let (hub, dir) = (TestServer::start(), tempfile::tempdir().unwrap());
    let town = town(dir.path());
    let first = edition(&hub).number;
    let run = |act: &str, more: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_community-hub"));
        // Nothing listens there.
        command.env_remove("HUB_SETTINGS").env("DATABASE_URL", "postgres://hub@127.0.0.1:1/hub");
        command.args(["catalogue", act]).arg(&town).args(more);
        command.args(["--site", &hub.site(), "--data-dir", &hub.data()]);
        let output = command.output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (is_fine, said) = run("publish", &[]);
    assert!(!is_fine, "{said}");
    let notice = ["--text", "Boil all water.", "--until", "2099-01-01T12:00"];
    let (is_fine, said) = run("alert", &notice);
    assert!(is_fine && said.contains("no audit log has a record"), "{said}");
    let (second, catalogue) = next_after(&hub, first);
    assert_eq!(catalogue.alerts()[0].text.en, "Boil all water.");
    let (is_fine, said) = run("alert", &["--end"]);
    assert!(is_fine && said.contains("no audit log has a record"), "{said}");
    assert!(next_after(&hub, second).1.alerts().is_empty());
}

#[test]
fn a_notice_with_a_fault_leaves_the_folder_as_it_was() {
    let (hub, dir) = (TestServer::start(), tempfile::tempdir().unwrap());
    let town = town(dir.path());
    let notice = ["--text", " ", "--until", "23:59"];
    let (is_fine, said) = run(&hub, "alert", &town, &notice);
    assert!(!is_fine && said.contains("alerts.toml"), "{said}");
    assert!(!town.join("alerts.toml").exists(), "it was not there before");
    let (is_fine, said) = run(&hub, "check", &town, &[]);
    assert!(is_fine, "{said}");
}
