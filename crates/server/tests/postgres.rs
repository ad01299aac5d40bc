//! Tests the real program with a real PostgreSQL: two servers at once, an outage, and a primary
//! that dies.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[allow(dead_code, reason = "each test file uses only a part of it")]
mod cluster;
mod hub;
mod office_client;

use casework::case::CaseEvent;
use cluster::{TestCluster, signal};
use domain::submission::{Envelope, Receipt, Verdict, Verdicts};
use domain::{MunicipalityId, SubmissionId};
use hub::{TestServer, sealed, wire};
use office::staff::Role;
use office_client::OfficeClient;
use offline::sealing::Sealed;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::{
    AuditContext, EventRow, NewRecord, OfficeStore, PostgresStore, SubmissionStore, contract,
};
use vault::event_cipher::EventCipher;
use vault::keys::Keys;

fn receipt(verdicts: &Verdicts) -> Option<Receipt> {
    match &verdicts.verdicts[0].1 {
        Verdict::Received(receipt) => Some(receipt.clone()),
        _ => None,
    }
}

#[test]
fn two_servers_on_one_postgresql_keep_each_entry_once_and_sign_the_same_receipt() {
    let cluster = cluster::shared();
    let one = TestServer::start_on(Some(cluster.database()));
    let two = one.another();
    let keys = one.keys();
    assert_eq!(keys.signing, two.keys().signing);
    let entries: Vec<_> =
        (0..60).map(|number| sealed(&format!("entry {number}"), &keys, number)).collect();
    let bytes = |hub: &TestServer, entry| {
        postcard::to_allocvec(&receipt(&hub.send(&[entry])).unwrap()).unwrap()
    };
    let send = |entry| {
        std::thread::scope(|scope| {
            let other = scope.spawn(|| bytes(&two, entry));
            (bytes(&one, entry), other.join().unwrap())
        })
    };
    std::thread::scope(|scope| {
        for part in entries.chunks(15) {
            scope.spawn(move || {
                part.iter()
                    .map(send)
                    .for_each(|(first, second)| assert_eq!(first, second, "byte for byte"))
            });
        }
    });
    let printed = two.export("inquiries", "jsonl");
    assert_eq!(printed.lines().count(), 60);
    for entry in &entries {
        assert_eq!(printed.matches(&entry.head.id.to_string()).count(), 1);
    }
}

#[test]
fn two_servers_that_start_at_once_on_an_empty_postgresql_agree() {
    let cluster = cluster::shared();
    let first = TestServer::start_on(Some(cluster.database()));
    let (epoch, signing) = (first.keys().epoch, first.keys().signing);
    let others: Vec<TestServer> = std::thread::scope(|scope| {
        let starting: Vec<_> = (0..3).map(|_| scope.spawn(|| first.another())).collect();
        starting.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(others.iter().all(|hub| hub.keys().epoch == epoch && hub.keys().signing == signing));
}

#[test]
fn other_keys_than_the_database_knows_are_refused() {
    let cluster = cluster::shared();
    let url = cluster.database();
    let one = TestServer::start_on(Some(url));
    let elsewhere = format!("{}-other", one.data());
    let (is_fine, said) = one.command(&[
        "export",
        "inquiries",
        "--reason",
        "a test",
        "--site",
        &one.site(),
        "--data-dir",
        &elsewhere,
    ]);
    assert!(!is_fine && said.contains("begun with other keys"), "{said}");
}

#[test]
fn without_a_database_nothing_is_received_and_with_it_everything_goes_on() {
    let mut cluster = TestCluster::start();
    let hub = TestServer::start_on(Some(cluster.url("postgres")));
    let entry = sealed("Hello", &hub.keys(), 1);
    let first = receipt(&hub.send(&[&entry])).unwrap();
    cluster.stop();
    for _ in 0..2 {
        let reply = hub.post(&wire(&[&entry.envelope]));
        assert!(
            reply.status == 503 && String::from_utf8_lossy(&reply.body).contains("Nothing is lost"),
            "{reply:?}"
        );
    }
    let health = hub.get("/ready");
    assert!(
        health.status == 503 && health.text().contains("away") && !health.text().contains("/tmp"),
        "{}",
        health.text()
    );
    assert_eq!((hub.keys().signing.len(), hub.get("/").status), (1, 200), "all else is served");
    cluster.restart();
    assert_eq!(receipt(&hub.send(&[&entry])).unwrap(), first);
    // The health check caches its result for two seconds.
    std::thread::sleep(Duration::from_millis(2_100));
    assert_eq!(hub.get("/ready").status, 200);
}

/// Waits until something is so, as long as a busy machine may need.
fn until(what: &str, hub: &TestServer, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(30), "{what}\n{}", hub.log());
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn fault_64_without_the_standby_the_answer_is_later_within_seconds_and_the_log_says_why() {
    let primary = TestCluster::start();
    let mut standby = primary.standby();
    primary.sender();
    primary.wait_for_the_standby();
    let hub = TestServer::start_on(Some(primary.url("postgres")));
    let entry = sealed("Hello", &hub.keys(), 1);
    receipt(&hub.send(&[&entry])).unwrap();
    standby.stop();
    for number in 2..4 {
        let (began, late) = (Instant::now(), sealed("Later", &hub.keys(), number));
        let reply = hub.post(&wire(&[&late.envelope]));
        let (took, said) = (began.elapsed(), String::from_utf8_lossy(&reply.body).into_owned());
        println!("{} after {took:?}", reply.status);
        assert!(reply.status == 503 && said.contains("Nothing is lost"), "{said}");
        assert!(took < Duration::from_secs(3), "{took:?}");
    }
    assert!(hub.log().contains("waits for its synchronous standby"), "{}", hub.log());
    assert_eq!(hub.get("/ready").status, 503);
    assert_eq!(hub.get("/").status, 200, "all else is served");
    standby.restart();
    until("received again", &hub, || {
        hub.try_send(&[&sealed("Later", &hub.keys(), 5)]).as_ref().and_then(receipt).is_some()
    });
    until("ready again", &hub, || hub.get("/ready").status == 200);
}

#[test]
fn fault_64_a_start_without_a_database_waits_and_says_for_what() {
    let mut cluster = TestCluster::start();
    let mut hub = TestServer::start_on(Some(cluster.url("postgres")));
    hub.stop();
    cluster.stop();
    let log = std::path::Path::new(&hub.data()).with_file_name("log");
    std::thread::scope(|scope| {
        let starting = scope.spawn(|| hub.restart());
        let began = Instant::now();
        while !std::fs::read_to_string(&log).unwrap().contains("Waiting for the database. ") {
            assert!(!starting.is_finished() && began.elapsed() < Duration::from_secs(30));
            std::thread::sleep(Duration::from_millis(50));
        }
        cluster.restart();
    });
    assert!(hub.log().contains("cannot be reached"), "{}", hub.log());
    receipt(&hub.send(&[&sealed("Hello", &hub.keys(), 1)])).unwrap();
}

#[test]
fn a_key_is_used_when_every_server_has_it_and_is_never_refused_by_one_that_lacks_it() {
    let cluster = cluster::shared();
    let url = cluster.database();
    let one = TestServer::start_on(Some(url.clone()));
    let folder = |hub: &TestServer| std::path::Path::new(&hub.data()).join("keys");
    let copy = |from: std::path::PathBuf, to: &std::path::Path| {
        std::fs::create_dir_all(to).unwrap();
        for file in std::fs::read_dir(from).unwrap().flatten() {
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    };
    let two = TestServer::start_on_with(url, |data| copy(folder(&one), &data.join("keys")));
    let old = one.keys().sealing[0].id;
    // Both have said which keys they have.
    std::thread::sleep(Duration::from_secs(6));
    let ann = OfficeClient::first(&one);
    let keys = |line: &[&str]| one.office(&[&["keys"], line].concat());
    for usage in ["sealing", "office"] {
        let (is_done, said) = keys(&["rotate", usage, "--in", "0"]);
        assert!(is_done, "{said}");
    }
    until("the rotation is noticed", &one, || one.log().contains("the keys have changed"));
    until("the difference is in the log", &one, || one.log().contains("different keys"));
    std::thread::sleep(Duration::from_secs(6));
    let (is_done, said) = keys(&["reseal"]);
    assert!(!is_done && said.contains("do not have the key") && said.contains("yet: 1"), "{said}");
    ann.until(&one, "/office/operations", "have different keys");
    assert_eq!(one.keys().sealing.iter().map(|key| key.id).collect::<Vec<_>>(), [old]);

    let all = Keys::existing(&folder(&one)).unwrap();
    let municipality = MunicipalityId::parse("pine-harbour").unwrap();
    let told = all.public(&municipality, one.keys().epoch, u64::MAX);
    assert_ne!(told.sealing[0].id, old);
    let entry = sealed("to the new key", &told, 1);
    assert!(receipt(&one.send(&[&entry])).is_some(), "who has the key opens it");
    let second = sealed("to the new key too", &told, 2);
    assert_eq!(two.post(&wire(&[&second.envelope])).status, 503, "later, not refused");

    copy(folder(&one), &folder(&two));
    for hub in [&one, &two] {
        until("the new key is used", hub, || hub.keys().sealing[0].id == told.sealing[0].id);
    }
    assert!(receipt(&two.send(&[&second])).is_some());
    let (is_done, said) = keys(&["reseal"]);
    assert!(is_done, "{said}");
    assert!(!ann.get(&one, "/office/operations").text().contains("have different keys"));
}

#[test]
fn rights_and_sessions_hold_at_every_server_at_once() {
    let cluster = cluster::shared();
    let one = TestServer::start_on(Some(cluster.database()));
    let two = one.another();
    let admin = OfficeClient::first(&one);
    assert_eq!(admin.get(&two, "/office").status, 200, "signed in at both");
    let bob = admin.invited(&two, "bob", Role::Administrator);
    assert_eq!(bob.get(&one, "/office/people").status, 200);
    let (is_done, said) = two.office(&["staff", "role", "bob", "counter", "--reason", "a test"]);
    assert!(is_done, "{said}");
    for hub in [&one, &two] {
        assert_ne!(bob.get(hub, "/office/people").status, 200, "not a second longer");
    }
    let (is_done, said) = one.office(&["staff", "remove", "bob", "--reason", "a test"]);
    assert!(is_done, "{said}");
    for hub in [&one, &two] {
        assert_eq!(bob.get(hub, "/office").status, 303, "signed out");
    }
}

/// Result of a load during which the primary died and the standby took over.
#[derive(Debug)]
struct Failover {
    acknowledged_before: usize,
    acknowledged_after: usize,
    lost: usize,
    doubled: usize,
}

/// Sends submissions and collects the ids of those acknowledged.
struct Load<'a> {
    hub: &'a TestServer,
    number: AtomicU64,
    is_over: AtomicBool,
    acknowledged: Mutex<Vec<String>>,
}

impl Load<'_> {
    /// Sends as a device does: the same submission again until it is received.
    fn send_on(&self) {
        let keys = self.hub.keys();
        while !self.is_over.load(Ordering::Relaxed) {
            let entry = sealed("under load", &keys, self.number.fetch_add(1, Ordering::Relaxed));
            while self.hub.try_send(&[&entry]).as_ref().and_then(receipt).is_none() {
                if self.is_over.load(Ordering::Relaxed) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(300));
            }
            self.acknowledged.lock().unwrap().push(entry.head.id.to_string());
            // One address may send 240 in a burst and two per second after that.
            std::thread::sleep(Duration::from_millis(40));
        }
    }

    fn wait_for(&self, count: usize) {
        let began = Instant::now();
        while self.acknowledged.lock().unwrap().len() < count {
            if began.elapsed() > Duration::from_secs(90) {
                self.is_over.store(true, Ordering::Relaxed);
                panic!("{count} were not acknowledged\n{}", self.hub.log());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The standby receives nothing for a while, as over a slow link; then the primary dies.
fn failover(waits_for_the_standby: bool) -> Failover {
    let primary = TestCluster::start();
    let standby = primary.standby();
    let sender = primary.sender();
    if waits_for_the_standby {
        primary.wait_for_the_standby();
    }
    let hub = TestServer::start_on(Some(format!(
        "{},{}",
        standby.url("postgres"),
        primary.url("postgres")
    )));
    let load = Load {
        hub: &hub,
        number: AtomicU64::new(1),
        is_over: AtomicBool::new(false),
        acknowledged: Mutex::default(),
    };
    let acknowledged_before = std::thread::scope(|scope| {
        (0..4).for_each(|_| drop(scope.spawn(|| load.send_on())));
        load.wait_for(40);
        signal("STOP", &sender);
        std::thread::sleep(Duration::from_millis(500));
        primary.kill();
        signal("KILL", &sender);
        std::thread::sleep(Duration::from_millis(300));
        let before = load.acknowledged.lock().unwrap().len();
        standby.promote();
        load.wait_for(before + 40);
        load.is_over.store(true, Ordering::Relaxed);
        before
    });
    let printed = hub.export("inquiries", "jsonl");
    let acknowledged = load.acknowledged.into_inner().unwrap();
    let rows = |id: &String| printed.matches(id.as_str()).count();
    Failover {
        acknowledged_before,
        acknowledged_after: acknowledged.len() - acknowledged_before,
        lost: acknowledged.iter().filter(|id| rows(id) == 0).count(),
        doubled: acknowledged.iter().filter(|id| rows(id) > 1).count(),
    }
}

#[test]
fn fault_53_the_primary_dies_under_load_and_nothing_acknowledged_is_lost() {
    let outcome = failover(true);
    println!("{outcome:?}");
    assert!(outcome.acknowledged_before >= 40 && outcome.acknowledged_after >= 40, "{outcome:?}");
    assert_eq!((outcome.lost, outcome.doubled), (0, 0), "{outcome:?}");
}

#[test]
fn fault_53_is_seen_where_a_primary_does_not_wait_for_its_standby() {
    let outcome = failover(false);
    println!("{outcome:?}");
    assert!(outcome.lost > 0, "the test above would not notice a loss: {outcome:?}");
}

/// A server elsewhere with a wrong clock, represented by what it writes to the store.
struct ElsewhereServer {
    store: PostgresStore,
    cipher: EventCipher,
    runtime: tokio::runtime::Runtime,
}

impl ElsewhereServer {
    fn beside(hub: &TestServer, url: &str) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let store = runtime
            .block_on(PostgresStore::open(url, MunicipalityId::parse("pine-harbour").unwrap()))
            .unwrap();
        let keys = Keys::existing(&std::path::Path::new(&hub.data()).join("keys")).unwrap();
        Self { store, cipher: EventCipher::of(&keys), runtime }
    }

    fn note(&self, id: SubmissionId, number: u32, at_ms: u64, text: &str) {
        let event = CaseEvent::Noted { text: text.into() };
        let row = EventRow {
            id,
            number,
            at_ms,
            who: "ann".into(),
            sealed: self.cipher.seal(id, number, &event),
        };
        let audit = AuditContext { who: "ann".into(), reason: String::new(), at_ms };
        assert!(
            self.runtime
                .block_on(self.store.append(&row, event.stage(), event.name(), &audit, None))
                .unwrap()
        );
    }

    fn keep(&self, entry: &Sealed, at_ms: u64) {
        let envelope: Envelope = postcard::from_bytes(&entry.envelope).unwrap();
        let record = NewRecord { body: entry.head.body, envelope, ..contract::record("x", 9, b"") };
        self.runtime.block_on(self.store.keep(vec![record], at_ms)).unwrap();
    }
}

#[test]
fn what_a_server_with_another_clock_writes_shows_at_every_desk_in_its_order() {
    const MINUTES_10: u64 = 10 * 60 * 1_000;
    let cluster = cluster::shared();
    let url = cluster.database();
    let mut hub = TestServer::start_on(Some(url.clone()));
    let ann = OfficeClient::first(&hub);
    let elsewhere = ElsewhereServer::beside(&hub, &url);
    let now_ms =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()
            as u64;
    let entry = sealed("which bin?", &hub.keys(), 1);
    hub.send(&[&entry]);
    ann.until(&hub, "/office", "which bin?");
    let (id, path) = (entry.head.id, format!("/office/inquiry/{}", entry.head.id));
    assert_eq!(ann.write(&hub, &path, "note", &[("text", "one, by a clock that is right")]), 303);
    elsewhere.note(id, 2, now_ms - MINUTES_10, "two, by a clock that is behind");
    ann.until(&hub, &path, "two, by a clock that is behind");
    elsewhere.note(id, 3, now_ms + MINUTES_10, "three, by a clock that is ahead");
    ann.until(&hub, &path, "three, by a clock that is ahead");
    assert_eq!(ann.write(&hub, &path, "note", &[("text", "four, by the first again")]), 303);
    elsewhere.note(id, 5, now_ms, "five, by a clock that was set");
    ann.until(&hub, &path, "five, by a clock that was set");
    let is_in_order = |page: &str| {
        let places: Vec<_> = ["one, by", "two, by", "three, by", "four, by", "five, by"]
            .map(|words| page.find(words))
            .into();
        assert!(
            places.iter().all(Option::is_some)
                && (places.is_sorted() || places.iter().rev().is_sorted()),
            "{places:?} {page}"
        );
    };
    is_in_order(&ann.get(&hub, &path).text());
    hub.stop();
    hub.restart();
    is_in_order(&ann.until(&hub, &path, "five, by a clock that was set"));
    assert_eq!(ann.write(&hub, &path, "note", &[("text", "six, after a start")]), 303);
}

#[test]
fn an_entry_that_shows_late_comes_to_the_desk_and_so_does_what_was_done_with_it_before() {
    let cluster = cluster::shared();
    let url = cluster.database();
    let hub = TestServer::start_on(Some(url.clone()));
    let ann = OfficeClient::first(&hub);
    let elsewhere = ElsewhereServer::beside(&hub, &url);
    let now_ms =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()
            as u64;
    let (newest, late) =
        (sealed("the newest", &hub.keys(), 1), sealed("the late one", &hub.keys(), 2));
    hub.send(&[&newest]);
    ann.until(&hub, "/office", "the newest");
    elsewhere.keep(&late, now_ms - 40_000);
    elsewhere.note(late.head.id, 1, now_ms - 39_000, "done before anybody here saw it");
    ann.until(&hub, "/office", "the late one");
    ann.until(
        &hub,
        &format!("/office/inquiry/{}", late.head.id),
        "done before anybody here saw it",
    );
}
