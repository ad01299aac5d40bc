//! Tests backups with the real program: made while it serves, tried, restored, and refused.

use crate::hub::{TestServer, sealed};
use crate::is_received;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

/// A hub with this many questions.
fn hub_with(count: u64) -> TestServer {
    let hub = TestServer::start();
    let keys = hub.keys();
    let entries: Vec<_> = (1..=count).map(|number| sealed("Hello", &keys, number)).collect();
    assert!(is_received(&hub.send(&entries.iter().collect::<Vec<_>>())));
    hub
}

fn back_up(hub: &TestServer, to: &Path) -> String {
    let (is_done, said) = hub.office(&["backup", "--to", &to.to_string_lossy()]);
    assert!(is_done, "{said}");
    said
}

/// The file with the words of a hub's backups.
fn words_file(hub: &TestServer) -> String {
    format!("{}/backup-words", hub.data())
}

fn verify(hub: &TestServer, backup: &Path) -> (bool, String) {
    let words = words_file(hub);
    hub.office(&["backup", "verify", &backup.to_string_lossy(), "--words", &words])
}

fn restore(hub: &TestServer, backup: &Path, data: &Path) -> (bool, String) {
    let (backup, data) = (backup.to_string_lossy(), data.to_string_lossy());
    let words = words_file(hub);
    hub.command(&[
        "restore",
        "--from",
        &backup,
        "--data-dir",
        &data,
        "--words",
        &words,
        "--reason",
        "a test",
    ])
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let copy = to.join(file.strip_prefix(from).unwrap());
        std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
        std::fs::copy(&file, copy).unwrap();
    }
}

/// The words that a first backup printed.
fn printed_words(said: &str) -> String {
    let is_words = |line: &&str| line.len() == 29 && line.matches('-').count() == 4;
    said.lines().map(str::trim).find(is_words).unwrap_or_else(|| panic!("{said}")).to_string()
}

#[test]
fn fault_59_a_backup_made_while_people_write_is_restored_on_another_machine() {
    let (hub, folder) = (hub_with(30), tempfile::tempdir().unwrap());
    copy(Path::new(&hub.site()), &Path::new(&hub.data()).join("catalogue"));
    let (first, second) = (folder.path().join("monday"), folder.path().join("tuesday"));
    let (is_over, keys) = (AtomicBool::new(false), hub.keys());
    let said = std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            let mut number = 31;
            while !is_over.load(Ordering::Relaxed) {
                assert!(is_received(&hub.send(&[&sealed("Hello", &keys, number)])));
                number += 1;
            }
            number
        });
        let said = back_up(&hub, &first);
        is_over.store(true, Ordering::Relaxed);
        assert!(writing.join().unwrap() > 32, "people wrote meanwhile");
        said
    });
    let words = printed_words(&said);
    assert!(said.contains("on paper") && said.contains("backup verify"), "{said}");
    let again = back_up(&hub, &second);
    assert!(again.contains("those on your paper") && !again.contains(&words), "{again}");
    assert!(files(&first).iter().any(|path| path.ends_with("catalogue/site.json")));
    for file in files(&first) {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
        let bytes = std::fs::read(&file).unwrap();
        let in_keys = files(&Path::new(&hub.data()).join("keys"));
        let is_key = |path: &&PathBuf| path.extension().is_some_and(|ending| ending == "key");
        assert!(in_keys.iter().filter(is_key).count() >= 4);
        for key in in_keys.iter().filter(is_key) {
            let key = std::fs::read_to_string(key).unwrap();
            let is_in_it = bytes.windows(32).any(|part| part == &key.as_bytes()[..32]);
            assert!(!is_in_it, "{} holds a key", file.display());
        }
    }
    let (is_done, said) = verify(&hub, &second);
    assert!(is_done && said.contains("Texts of the office that open: 0."), "{said}");
    let audit = hub.office(&["audit", "list"]).1;
    assert!(audit.contains("backup done") && audit.contains("backup verify done"), "{audit}");
    // On another machine there is only the paper.
    let other = TestServer::start_with(&[], |data| {
        let (from, to) = (first.to_string_lossy(), data.to_string_lossy());
        let line = ["restore", "--from", &from, "--data-dir", &to, "--reason", "a test"];
        let (is_done, said) = hub.command_told(&line, &words.to_lowercase());
        assert!(is_done && said.contains("Start the server"), "{said}");
    });
    assert!(other.export("inquiries", "jsonl").lines().count() >= 30);
    assert_ne!(other.keys().epoch, hub.keys().epoch, "devices must offer again what is newer");
    assert!(is_received(&other.send(&[&sealed("Hello", &other.keys(), 9_000)])));
    assert!(other.office(&["audit", "verify"]).0);
    assert!(back_up(&other, &folder.path().join("wednesday")).contains("those on your paper"));
}

#[test]
fn fault_59_what_is_damaged_or_half_copied_is_refused_and_named() {
    let (hub, folder) = (hub_with(20), tempfile::tempdir().unwrap());
    let whole = folder.path().join("whole");
    back_up(&hub, &whole);
    let check = |what: &str, expected: &str, change: &dyn Fn(&Path)| {
        let (backup, data) = (folder.path().join(what), folder.path().join("data"));
        copy(&whole, &backup);
        change(&backup);
        for (is_done, said) in [verify(&hub, &backup), restore(&hub, &backup, &data)] {
            assert!(!is_done && said.contains(expected), "{what}: {said}");
            assert!(said.contains("use another backup"), "{what}: {said}");
        }
        assert!(!data.exists(), "{what}");
    };
    check("damaged", "hub.sqlite is damaged", &|backup| {
        let path = backup.join("hub.sqlite");
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).unwrap();
    });
    check("cut", "hub.sqlite is cut short", &|backup| {
        std::fs::File::options()
            .write(true)
            .open(backup.join("hub.sqlite"))
            .and_then(|file| file.set_len(4_096))
            .unwrap();
    });
    check("keyless", "keys.age is missing", &|backup| {
        std::fs::remove_file(backup.join("keys.age")).unwrap();
    });
    check("half", "backup.json, which is written last, is missing", &|backup| {
        std::fs::remove_file(backup.join("backup.json")).unwrap();
    });
    assert!(verify(&hub, &whole).0, "the whole one is fine");
}

#[test]
fn fault_59_a_backup_with_the_keys_of_another_hub_or_other_words_is_refused() {
    let (hub, other, folder) = (hub_with(3), hub_with(3), tempfile::tempdir().unwrap());
    let (ours, theirs) = (folder.path().join("ours"), folder.path().join("theirs"));
    back_up(&hub, &ours);
    back_up(&other, &theirs);
    let data = folder.path().join("data");
    let (is_done, said) = restore(&other, &ours, &data);
    assert!(!is_done && said.contains("Compare them with the paper"), "{said}");
    // Somebody copied a key file from one backup to another, and noted its hash.
    let mixed = folder.path().join("mixed");
    copy(&ours, &mixed);
    std::fs::copy(theirs.join("keys.age"), mixed.join("keys.age")).unwrap();
    let note = |folder: &Path| -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(folder.join("backup.json")).unwrap()).unwrap()
    };
    let (mut manifest, of_theirs) = (note(&mixed), note(&theirs));
    let keys = |manifest: &serde_json::Value| {
        let files = manifest["files"].as_array().unwrap();
        files.iter().position(|file| file["path"] == "keys.age").unwrap()
    };
    let (to, from) = (keys(&manifest), keys(&of_theirs));
    manifest["files"][to] = of_theirs["files"][from].clone();
    std::fs::write(mixed.join("backup.json"), manifest.to_string()).unwrap();
    for (is_done, said) in [verify(&other, &mixed), restore(&other, &mixed, &data)] {
        assert!(!is_done && said.contains("do not belong together"), "{said}");
    }
    assert_eq!(files(&data), Vec::<PathBuf>::new());
}

#[test]
fn fault_59_nothing_is_written_over() {
    let (mut hub, folder) = (hub_with(3), tempfile::tempdir().unwrap());
    let backup = folder.path().join("backup");
    back_up(&hub, &backup);
    let (is_done, said) = hub.office(&["backup", "--to", &backup.to_string_lossy()]);
    assert!(!is_done && said.contains("is not empty. Nothing was written"), "{said}");
    let data = PathBuf::from(hub.data());
    let (is_done, said) = restore(&hub, &backup, &data);
    assert!(!is_done && said.contains("is in use by a server"), "{said}");
    hub.terminate();
    let (is_done, said) = restore(&hub, &backup, &data);
    assert!(!is_done && said.contains("is not empty. Nothing was written"), "{said}");
    hub.restart();
    assert_eq!(hub.export("inquiries", "jsonl").lines().count(), 3);
    assert!(verify(&hub, &backup).0, "the backup is as it was");
}

#[test]
fn fault_59_what_root_restores_belongs_to_the_owner_of_the_folder() {
    // Only root can give files away.
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let (hub, folder) = (hub_with(3), tempfile::tempdir().unwrap());
    let (backup, data) = (folder.path().join("backup"), folder.path().join("data"));
    let owner = Some(12_345);
    std::os::unix::fs::chown(hub.data(), owner, owner).unwrap();
    back_up(&hub, &backup);
    assert_eq!(std::fs::metadata(words_file(&hub)).unwrap().uid(), 12_345);
    std::fs::create_dir(&data).unwrap();
    std::os::unix::fs::chown(&data, owner, owner).unwrap();
    let (is_done, said) = restore(&hub, &backup, &data);
    assert!(is_done, "{said}");
    assert!(files(&data).len() > 5);
    for path in files(&data).into_iter().chain([data.join("keys")]) {
        let metadata = std::fs::metadata(&path).unwrap();
        assert_eq!((metadata.uid(), metadata.gid()), (12_345, 12_345), "{}", path.display());
    }
}

#[test]
fn fault_59_words_that_cannot_be_read_are_not_replaced() {
    let (hub, folder) = (hub_with(3), tempfile::tempdir().unwrap());
    // In place of a file that this user may not read, which root always may.
    std::fs::create_dir(words_file(&hub)).unwrap();
    let backup = folder.path().join("backup");
    let (is_done, said) = hub.office(&["backup", "--to", &backup.to_string_lossy()]);
    assert!(!is_done && said.contains("backup-words") && said.contains("was not made"), "{said}");
    assert!(!backup.exists() && Path::new(&words_file(&hub)).is_dir());
}

#[test]
fn fault_59_a_full_destination_leaves_no_half_backup_and_a_server_that_goes_on() {
    let (mut hub, folder) = (hub_with(200), tempfile::tempdir().unwrap());
    hub.terminate();
    hub.restart();
    assert_eq!(hub.until_ready_says("inbox", "read"), 200);
    let backup = folder.path().join("backup");
    // The audit log's own entries fit; the copy of the database does not.
    let output = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 300; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_community-hub"))
        .args(["backup", "--site", &hub.site(), "--data-dir", &hub.data(), "--to"])
        .arg(&backup)
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("The backup was not made"), "{said}");
    assert!(said.contains("What was already written was removed"), "{said}");
    assert!(!backup.exists());
    assert!(is_received(&hub.send(&[&sealed("Hello", &hub.keys(), 1_000)])));
    back_up(&hub, &backup);
    assert!(verify(&hub, &backup).0, "with room it is made");
}
