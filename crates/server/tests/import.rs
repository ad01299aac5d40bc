//! Tests `community-hub import`: files saved by a device, imported at the server.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod hub;

use domain::MunicipalityId;
use domain::submission::{PublicKeys, Receipt, Verdict};
use hub::{TestServer, sealed};
use offline::bundle::{Contents, files_of_parcels, files_of_receipts, read};
use offline::receipt::is_believable;
use offline::sealing::Sealed;
use std::path::PathBuf;

fn ours() -> MunicipalityId {
    MunicipalityId::parse("pine-harbour").unwrap()
}

/// A folder that stands for a USB stick, with a file of submissions on it.
struct Stick(tempfile::TempDir);

impl Stick {
    fn with(entries: &[&Sealed]) -> Self {
        let envelopes: Vec<Vec<u8>> = entries.iter().map(|entry| entry.envelope.clone()).collect();
        Self::holding(&files_of_parcels(&ours(), &envelopes)[0])
    }

    fn holding(bytes: &[u8]) -> Self {
        let stick = Self(tempfile::tempdir().unwrap());
        std::fs::write(stick.path("messages.hub"), bytes).unwrap();
        stick
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn import_into(&self, hub: &TestServer) -> (bool, String) {
        let (file, receipts) = (self.path("messages.hub"), self.path("receipts.hub"));
        hub.command(&[
            "import",
            file.to_str().unwrap(),
            "--receipts",
            receipts.to_str().unwrap(),
            "--site",
            &hub.site(),
            "--data-dir",
            &hub.data(),
        ])
    }

    fn receipts(&self) -> Vec<Receipt> {
        match read(&std::fs::read(self.path("receipts.hub")).unwrap(), &ours()) {
            Ok(Contents::Receipts(receipts)) => receipts,
            other => panic!("{other:?}"),
        }
    }
}

fn rows(hub: &TestServer) -> usize {
    hub.export("inquiries", "jsonl").lines().count()
}

fn entries(keys: &PublicKeys, numbers: std::ops::Range<u64>) -> Vec<Sealed> {
    numbers.map(|number| sealed(&format!("entry {number}"), keys, number)).collect()
}

#[test]
fn a_file_is_taken_in_beside_the_running_server_and_its_receipts_are_the_servers() {
    let hub = TestServer::start();
    let keys = hub.keys();
    let entries = entries(&keys, 1..4);
    let stick = Stick::with(&entries.iter().collect::<Vec<_>>());
    let (is_fine, said) = stick.import_into(&hub);
    assert!(is_fine && said.contains("3 received, 0 already there, 0 refused."), "{said}");
    assert_eq!(rows(&hub), 3);
    let receipts = stick.receipts();
    for (entry, receipt) in entries.iter().zip(&receipts) {
        assert!(is_believable(receipt, entry.head.id, entry.head.body, &keys.signing));
    }
    let by_network = hub.send(&[&entries[0]]);
    assert_eq!(
        by_network.verdicts[0].1,
        Verdict::Received(receipts[0].clone()),
        "byte for byte the same receipt"
    );
}

#[test]
fn fault_25_the_same_entry_by_network_and_by_file_is_one_row() {
    let hub = TestServer::start();
    let entries = entries(&hub.keys(), 1..3);
    let first = hub.send(&[&entries[0]]);
    let stick = Stick::with(&[&entries[0], &entries[1]]);
    let (is_fine, said) = stick.import_into(&hub);
    assert!(is_fine && said.contains("1 received, 1 already there, 0 refused."), "{said}");
    assert_eq!(rows(&hub), 2);
    assert_eq!(
        first.verdicts[0].1,
        Verdict::Received(stick.receipts()[0].clone()),
        "both tablets get the same receipt"
    );
}

#[test]
fn fault_43_the_same_file_twice_changes_nothing_and_gives_the_same_receipts() {
    let hub = TestServer::start();
    let entries = entries(&hub.keys(), 1..4);
    let stick = Stick::with(&entries.iter().collect::<Vec<_>>());
    assert!(stick.import_into(&hub).0);
    let first = stick.receipts();
    let (is_fine, said) = stick.import_into(&hub);
    assert!(is_fine && said.contains("0 received, 3 already there, 0 refused."), "{said}");
    assert_eq!((rows(&hub), stick.receipts()), (3, first));
}

#[test]
fn fault_43_a_file_that_is_cut_damaged_foreign_or_something_else_is_refused_with_the_reason() {
    let hub = TestServer::start();
    let entry = sealed("Hello", &hub.keys(), 1);
    let envelopes = [entry.envelope.clone()];
    let whole = files_of_parcels(&ours(), &envelopes).remove(0);
    let mut flipped = whole.clone();
    flipped[99] ^= 1;
    let foreign =
        files_of_parcels(&MunicipalityId::parse("elsewhere").unwrap(), &envelopes).remove(0);
    hub.send(&[&entry]);
    let Verdict::Received(receipt) = hub.send(&[&entry]).verdicts[0].1.clone() else {
        panic!("it was received")
    };
    let receipts = files_of_receipts(&ours(), &[receipt]).remove(0);
    let bad: [(&[u8], &str); 6] = [
        (&whole[..whole.len() - 1], "cut short"),
        (&flipped, "damaged"),
        (&foreign, "another municipality"),
        (&receipts, "holds proofs of receipt"),
        (b"a letter", "not a file that Community Hub saved"),
        (b"", "cut short"),
    ];
    for (bytes, reason) in bad {
        let stick = Stick::holding(bytes);
        let (is_fine, said) = stick.import_into(&hub);
        assert!(
            !is_fine && said.contains(reason) && said.contains("Nothing was imported."),
            "{said}"
        );
        assert!(!stick.path("receipts.hub").exists());
    }
    assert_eq!(rows(&hub), 1);
}

#[test]
fn fault_43_an_entry_sealed_to_an_old_key_or_damaged_inside_is_refused_by_name_and_the_rest_is_received()
 {
    let (hub, other) = (TestServer::start(), TestServer::start());
    let (good, old) = (sealed("good", &hub.keys(), 1), sealed("old", &other.keys(), 2));
    let mut closed = sealed("closed", &hub.keys(), 3);
    // A byte of the ciphertext: the file's checksum is computed afterwards, so only opening reveals
    // the change.
    *closed.envelope.last_mut().unwrap() ^= 1;
    let stick = Stick::with(&[&old, &good, &closed]);
    let (is_fine, said) = stick.import_into(&hub);
    assert!(is_fine && said.contains("1 received, 0 already there, 2 refused."), "{said}");
    assert!(said.contains(&format!("{}: it is sealed to a key", old.head.reference())), "{said}");
    assert!(
        said.contains(&format!("{}: its seal does not open", closed.head.reference())),
        "{said}"
    );
    let receipts = stick.receipts();
    assert_eq!(
        (receipts.len(), receipts[0].id, rows(&hub)),
        (1, good.head.id, 1),
        "no receipt without a row"
    );
}

#[test]
fn many_batches_go_in_while_the_server_receives_too() {
    let hub = TestServer::start();
    let keys = hub.keys();
    let (by_file, by_network) = (entries(&keys, 1..451), entries(&keys, 1_001..1_101));
    let stick = Stick::with(&by_file.iter().collect::<Vec<_>>());
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| {
            by_network
                .iter()
                .all(|entry| matches!(hub.send(&[entry]).verdicts[0].1, Verdict::Received(_)))
        });
        let (is_fine, said) = stick.import_into(&hub);
        assert!(is_fine && said.contains("450 received"), "{said}");
        assert!(sending.join().unwrap(), "neither stops the other");
    });
    assert_eq!((rows(&hub), stick.receipts().len()), (550, 450));
}

#[test]
fn it_works_while_the_server_is_stopped_and_makes_no_database_of_its_own() {
    let mut hub = TestServer::start();
    let entry = sealed("Hello", &hub.keys(), 1);
    hub.stop();
    let stick = Stick::with(&[&entry]);
    assert!(stick.import_into(&hub).0);
    assert_eq!(rows(&hub), 1);
    let (file, nowhere) = (stick.path("messages.hub"), stick.path("no-server"));
    let (is_fine, said) = hub.command(&[
        "import",
        file.to_str().unwrap(),
        "--site",
        &hub.site(),
        "--data-dir",
        nowhere.to_str().unwrap(),
    ]);
    assert!(!is_fine && said.contains("holds no database") && !nowhere.exists(), "{said}");
    let (is_fine, said) = hub.command(&["import"]);
    assert!(!is_fine && said.contains("<FILE>"), "{said}");
}
