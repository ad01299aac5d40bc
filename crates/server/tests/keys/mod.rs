//! Tests key management with the real program while it serves.

use crate::hub::{TestServer, sealed};
use crate::receipt;
use domain::submission::{PublicKeys, Refusal, Verdict};
use offline::receipt::is_believable;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const DAY_S: u64 = 86_400;

/// The key files for one use, oldest first.
fn files(hub: &TestServer, usage: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(format!("{}/keys", hub.data()))
        .unwrap()
        .flatten()
        .map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(usage))
        .collect();
    files.sort();
    files
}

/// Makes a key older by renaming its file, whose name contains the key's start.
fn age(path: &Path, usage: &str, days: u64) {
    let made_at_s: u64 = path
        .file_name()
        .unwrap()
        .to_string_lossy()
        .split(['-', '.'])
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    std::fs::rename(path, path.with_file_name(format!("{usage}-{}.key", made_at_s - days * DAY_S)))
        .unwrap();
}

fn keys_command(hub: &TestServer, words: &[&str]) -> String {
    let (is_fine, said) = hub
        .command(&[&["keys"], words, &["--site", &hub.site(), "--data-dir", &hub.data()]].concat());
    assert!(is_fine, "{words:?}: {said}");
    said
}

/// Creates a key that is valid from now on. Waits first, because a key's start has a resolution of
/// one second.
fn rotate_now(hub: &TestServer, usage: &str) {
    std::thread::sleep(Duration::from_millis(1_100));
    keys_command(hub, &["rotate", usage, "--in", "0"]);
}

/// The keys that the server publishes, as soon as they are as expected.
fn keys_once(hub: &TestServer, is_expected: impl Fn(&PublicKeys) -> bool) -> PublicKeys {
    let began = Instant::now();
    loop {
        let keys = hub.keys();
        if is_expected(&keys) {
            return keys;
        }
        assert!(began.elapsed() < Duration::from_secs(15), "the server has not learnt of it");
        std::thread::sleep(Duration::from_millis(100));
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn fault_45_a_key_is_rotated_and_entries_sealed_to_the_old_one_still_open() {
    for days in [60, 400, 900] {
        let mut hub = TestServer::start();
        let old = hub.keys();
        let waiting = sealed("waited on a tablet", &old, 1);
        hub.stop();
        age(&files(&hub, "sealing")[0], "sealing", days);
        hub.restart();
        rotate_now(&hub, "sealing");
        let new = keys_once(&hub, |keys| keys.sealing[0].id != old.sealing[0].id);
        assert_eq!(new.sealing[1], old.sealing[0], "the old one is there, after the new one");
        let fresh = sealed("written today", &new, 2);
        receipt(&hub.send(&[&waiting]));
        receipt(&hub.send(&[&fresh]));
        let printed = hub.export("inquiries", "jsonl");
        assert!(
            printed.contains("waited on a tablet") && printed.contains("written today"),
            "{days} days: {printed}"
        );
        assert_eq!(
            keys_command(&hub, &["list"]).contains("may be revoked"),
            days > 400,
            "{days} days"
        );
    }
}

#[test]
fn servers_that_share_the_keys_take_what_any_of_them_offers() {
    let one = TestServer::start();
    let keys = PathBuf::from(format!("{}/keys", one.data()));
    let other = TestServer::start_with(&["--new-database"], |data| {
        std::fs::create_dir_all(data).unwrap();
        std::os::unix::fs::symlink(&keys, data.join("keys")).unwrap();
    });
    assert_eq!(one.keys().sealing, other.keys().sealing);
    let old = one.keys().sealing[0].id;
    rotate_now(&one, "sealing");
    let new = keys_once(&one, |keys| keys.sealing[0].id != old);
    // Whether or not the other server has reloaded its keys yet.
    let receipt = receipt(&other.send(&[&sealed("Hello", &new, 1)]));
    assert!(one.keys().signing.iter().any(|key| key.id == receipt.signer));
}

#[test]
fn two_signing_keys_are_believed_at_once_and_a_rotation_changes_no_receipt() {
    let mut hub = TestServer::start();
    let device = hub.keys();
    let (first, second) = (sealed("one", &device, 1), sealed("two", &device, 2));
    let before = receipt(&hub.send(&[&first]));
    // A key is valid from a whole second; what was received in that second may be signed by either.
    std::thread::sleep(Duration::from_millis(1_100));
    keys_command(&hub, &["rotate", "signing"]);
    let told = keys_once(&hub, |keys| keys.signing.len() == 2);
    let during = receipt(&hub.send(&[&second]));
    assert!(
        is_believable(&during, second.head.id, second.head.body, &device.signing),
        "it signs with what every device knows"
    );
    // Seven days later the new key is valid.
    hub.stop();
    let begun = files(&hub, "signing");
    age(&begun[1], "signing", 7);
    hub.restart();
    let third = sealed("three", &device, 3);
    let after = receipt(&hub.send(&[&third]));
    assert!(!is_believable(&after, third.head.id, third.head.body, &device.signing));
    assert!(
        is_believable(&after, third.head.id, third.head.body, &told.signing),
        "who asked in those days knows it"
    );
    assert_eq!(receipt(&hub.send(&[&first])), before, "byte for byte, by the key of its day");
    assert!(is_believable(&before, first.head.id, first.head.body, &hub.keys().signing));
}

#[test]
fn a_revoked_key_is_offered_to_nobody_and_what_was_sealed_to_it_opens_until_its_file_is_deleted() {
    let hub = TestServer::start();
    let old = hub.keys();
    let (first, late) = (sealed("before", &old, 1), sealed("on its way", &old, 2));
    hub.send(&[&first]);
    let id = hex(&old.sealing[0].id.0);
    let (is_fine, said) =
        hub.command(&["keys", "revoke", &id, "--site", &hub.site(), "--data-dir", &hub.data()]);
    assert!(
        !is_fine && said.contains("keys rotate sealing --in 0"),
        "the only key is never taken away: {said}"
    );
    rotate_now(&hub, "sealing");
    let said = keys_command(&hub, &["revoke", &id]);
    assert!(said.contains("still opens") && said.contains("open that again:\n"), "{said}");
    let new =
        keys_once(&hub, |keys| keys.sealing.len() == 1 && keys.sealing[0].id != old.sealing[0].id);
    receipt(&hub.send(&[&late]));
    let printed = hub.export("inquiries", "jsonl");
    assert!(printed.contains("before") && printed.contains("on its way"), "{printed}");
    let revoked = files(&hub, "sealing")
        .into_iter()
        .find(|path| path.to_string_lossy().ends_with(".revoked.key"))
        .unwrap();
    std::fs::remove_file(revoked).unwrap();
    assert!(!hub.export("inquiries", "jsonl").contains("before"));
    std::thread::sleep(Duration::from_secs(6));
    let refused = hub.send(&[&sealed("too late", &old, 3)]);
    assert_eq!(
        refused.verdicts[0].1,
        Verdict::Refused(Refusal::UnknownKey),
        "the device keeps it and says why"
    );
    receipt(&hub.send(&[&sealed("new", &new, 4)]));
}

#[test]
fn a_revoked_signing_key_is_told_to_nobody_and_who_asks_again_gets_a_new_receipt() {
    let hub = TestServer::start();
    let old = hub.keys();
    let entry = sealed("one", &old, 1);
    hub.send(&[&entry]);
    rotate_now(&hub, "signing");
    keys_command(&hub, &["revoke", &hex(&old.signing[0].id.0)]);
    let new = keys_once(&hub, |keys| keys.signing.len() == 1 && keys.signing != old.signing);
    let again = receipt(&hub.send(&[&entry]));
    assert!(is_believable(&again, entry.head.id, entry.head.body, &new.signing));
    assert_eq!(hub.export("inquiries", "jsonl").lines().count(), 1);
}

/// The passphrase in the output of `keys backup`.
fn words_in(said: &str) -> String {
    said.lines()
        .find_map(|line| line.trim().strip_prefix("words that open it"))
        .unwrap()
        .trim()
        .to_string()
}

#[test]
fn the_drill_a_lost_folder_of_keys_comes_back_and_everything_opens() {
    let mut hub = TestServer::start();
    let old = hub.keys();
    hub.send(&[&sealed("before the rotation", &old, 1)]);
    rotate_now(&hub, "sealing");
    let new = keys_once(&hub, |keys| keys.sealing[0].id != old.sealing[0].id);
    let entry = sealed("after the rotation", &new, 2);
    let before = receipt(&hub.send(&[&entry]));
    let file = format!("{}/../keys.age", hub.data());
    let said = keys_command(&hub, &["backup", "--to", &file]);
    let words = words_in(&said);
    assert!(said.contains(&hex(&new.sealing[0].id.0)) && said.contains("SHA-256"), "{said}");
    assert!(
        !hub.command(&[
            "keys",
            "backup",
            "--to",
            &file,
            "--site",
            &hub.site(),
            "--data-dir",
            &hub.data()
        ])
        .0,
        "a backup is never written over another"
    );

    let drill =
        ["keys", "drill", "--from", &file, "--site", &hub.site(), "--data-dir", &hub.data()];
    let (is_fine, said) = hub.command_told(&drill, &words.to_lowercase());
    assert!(is_fine && said.contains("keys of this backup: 2."), "{said}");
    let restore =
        ["keys", "restore", "--from", &file, "--site", &hub.site(), "--data-dir", &hub.data()];
    let (is_fine, said) = hub.command_told(&restore, &words);
    assert!(!is_fine && said.contains("never put over others"), "{said}");

    hub.stop();
    std::fs::remove_dir_all(format!("{}/keys", hub.data())).unwrap();
    let (is_fine, said) = hub.command_told(&restore, "00000-00000-00000-00000-00000");
    assert!(!is_fine && said.contains("Compare them with the paper"), "{said}");
    let (is_fine, said) = hub.command_told(&restore, &words);
    assert!(is_fine && said.contains("5 keys"), "{said}");
    hub.restart();
    assert_eq!((hub.keys().sealing, hub.keys().signing), (new.sealing, new.signing));
    assert_eq!(receipt(&hub.send(&[&entry])), before, "the same receipt as before the loss");
    let printed = hub.export("inquiries", "jsonl");
    assert!(
        printed.contains("before the rotation") && printed.contains("after the rotation"),
        "{printed}"
    );
}

#[test]
fn a_drill_says_when_a_backup_is_too_old_for_what_came_since() {
    let hub = TestServer::start();
    let old = hub.keys();
    let file = format!("{}/../keys.age", hub.data());
    let words = words_in(&keys_command(&hub, &["backup", "--to", &file]));
    rotate_now(&hub, "sealing");
    let new = keys_once(&hub, |keys| keys.sealing[0].id != old.sealing[0].id);
    hub.send(&[&sealed("Hello", &old, 1), &sealed("Hello again", &new, 2)]);
    let (is_fine, said) = hub.command_told(
        &["keys", "drill", "--from", &file, "--site", &hub.site(), "--data-dir", &hub.data()],
        &words,
    );
    assert!(
        !is_fine
            && said.contains("keys of this backup: 1.")
            && said.contains("do not open: 1.")
            && said.contains(&hex(&new.sealing[0].id.0)),
        "{said}"
    );
}

#[test]
fn keys_says_what_is_wrong_and_what_to_do() {
    let hub = TestServer::start();
    let said = |words: &[&str]| {
        let (is_fine, said) = hub.command(words);
        assert!(!is_fine, "{words:?}");
        said
    };
    assert!(said(&["keys", "rotate"]).contains("<USAGE>"));
    assert!(
        said(&["keys", "list", "--data-dir", "/nowhere"]).contains("/nowhere/keys holds no keys")
    );
    assert!(
        said(&["keys", "rotate", "sealing", "--data-dir", "/nowhere"]).contains("holds no keys")
    );
    assert!(
        said(&["keys", "revoke", "0123", "--site", &hub.site(), "--data-dir", &hub.data()])
            .contains("There is no key “0123”")
    );
    assert!(said(&["keys", "backup"]).contains("--to <FILE>"));
    let listed = keys_command(&hub, &["list"]);
    assert!(
        listed.contains("new entries are sealed to it") && listed.contains("signs receipts"),
        "{listed}"
    );
}
