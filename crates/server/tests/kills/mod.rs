//! Clients with the real outbox and courier, against a server that is killed again and again while
//! it works.

use crate::hub::{TestServer, post_to, sealed};
use domain::SubmissionId;
use domain::submission::PublicKeys;
use offline::courier::Courier;
use offline::memory::MemoryStorage;
use offline::ports::{Clock, Exchange, Network};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Kills in the usual test run; `cargo xtask crash --server-kills` sets another number.
const KILLS: u64 = 10;
const CLIENTS: u64 = 4;
/// Least time, in milliseconds, that the server lives after it received something; at most five
/// times that.
const LIFE_MS: u64 = 40;
/// A server that has received nothing after this many seconds never will.
const FIRST_S_MAX: u64 = 60;
/// Attempts after the last kill within which every parcel must be delivered.
const ATTEMPTS_MAX: u32 = 600;

/// Connects to the server's current port.
struct Wire<'a>(&'a AtomicU16);

impl Network for Wire<'_> {
    async fn post(&self, batch: Vec<u8>) -> Exchange {
        match post_to(self.0.load(Ordering::SeqCst), &batch) {
            Some(reply) => {
                Exchange::Answered { status: reply.status, retry_after_s: None, body: reply.body }
            }
            None => Exchange::NoAnswer,
        }
    }
}

struct MachineClock;

impl Clock for MachineClock {
    fn now_ms(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64
    }
}

/// Polls a future that is never pending: the ports of these clients block.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("these ports do not wait"),
    }
}

/// Stores and delivers submissions until told to stop, then delivers the rest. Returns two lists of
/// ids: those with a receipt that the courier accepted before that rest, and all.
fn client(
    number: u64,
    port: &AtomicU16,
    keys: &PublicKeys,
    receipts: &AtomicU64,
    is_over: &AtomicBool,
    is_back: &AtomicBool,
) -> (Vec<SubmissionId>, Vec<SubmissionId>) {
    let courier = Courier::new(MemoryStorage::default(), Wire(port), MachineClock, number);
    courier.learn_keys(keys.clone());
    let ids_where = |is_wanted: fn(&offline::parcel::Head) -> bool| {
        courier.heads().iter().filter(|head| is_wanted(head)).map(|head| head.id).collect()
    };
    for entry in 0.. {
        at_once(courier.post(&sealed(
            &format!("entry {entry} of {number}"),
            keys,
            number * 1_000_000 + entry,
        )))
        .unwrap();
        let before = courier.tally().received;
        at_once(courier.deliver()).unwrap();
        match courier.tally().received - before {
            0 => std::thread::sleep(Duration::from_millis(5)),
            more => drop(receipts.fetch_add(more as u64, Ordering::SeqCst)),
        }
        if is_over.load(Ordering::SeqCst) {
            break;
        }
    }
    let acknowledged = ids_where(|head| head.receipt().is_some());
    while !is_back.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(10));
    }
    for _ in 0..ATTEMPTS_MAX {
        courier.hurry();
        at_once(courier.deliver()).unwrap();
        if courier.tally().waiting == 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(
        (courier.tally().waiting, courier.tally().needs_attention),
        (0, 0),
        "everything comes through in the end"
    );
    (acknowledged, ids_where(|_| true))
}

fn rows(hub: &TestServer) -> BTreeMap<SubmissionId, usize> {
    let mut rows = BTreeMap::new();
    for line in hub.export("inquiries", "jsonl").lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        *rows.entry(SubmissionId::parse(row["id"].as_str().unwrap()).unwrap()).or_default() += 1;
    }
    rows
}

#[test]
fn fault_34_and_fault_48_killed_under_load_again_and_again_the_server_loses_and_doubles_nothing() {
    let kills = std::env::var("HUB_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let mut hub = TestServer::start();
    let (keys, port) = (hub.keys(), AtomicU16::new(hub.port()));
    let (receipts, is_over, is_back) =
        (AtomicU64::new(0), AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let shared = (&port, &keys, &receipts, &is_over, &is_back);
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                scope
                    .spawn(move || client(number, shared.0, shared.1, shared.2, shared.3, shared.4))
            })
            .collect();
        for kill in 0..kills {
            let (before, began) = (receipts.load(Ordering::SeqCst), Instant::now());
            while receipts.load(Ordering::SeqCst) == before
                && began.elapsed() < Duration::from_secs(FIRST_S_MAX)
            {
                std::thread::sleep(Duration::from_millis(2));
            }
            std::thread::sleep(Duration::from_millis(LIFE_MS + kill * 37 % (4 * LIFE_MS)));
            is_over.store(kill + 1 == kills, Ordering::SeqCst);
            hub.stop();
            if kill + 1 < kills {
                hub.restart();
                port.store(hub.port(), Ordering::SeqCst);
            }
        }
        // The stored rows right after the last kill, before anything is sent again.
        let stood = rows(&hub);
        hub.restart();
        port.store(hub.port(), Ordering::SeqCst);
        is_back.store(true, Ordering::SeqCst);
        let (acknowledged, all): (Vec<_>, Vec<_>) =
            clients.into_iter().map(|client| client.join().unwrap()).unzip();
        let (acknowledged, all) = (acknowledged.concat(), all.concat());
        let lost: Vec<_> = acknowledged.iter().filter(|id| !stood.contains_key(id)).collect();
        assert!(lost.is_empty(), "{} acknowledged and lost: {lost:?}", lost.len());
        let ends_with = rows(&hub);
        assert!(ends_with.values().all(|count| *count == 1), "one row each");
        assert!(
            all.len() == ends_with.len() && all.iter().all(|id| ends_with.contains_key(id)),
            "{} sent, {} stand",
            all.len(),
            ends_with.len()
        );
        assert!(acknowledged.len() as u64 > kills, "there was load: {}", acknowledged.len());
        println!(
            "{kills} kills, {} entries, {} acknowledged before the last kill, 0 lost, 0 doubled",
            all.len(),
            acknowledged.len()
        );
    });
}
