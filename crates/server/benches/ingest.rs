//! How fast either store keeps entries, each acknowledged after its commit, and what opening one
//! and signing for it takes by itself: `cargo xtask bench ingest`. The stores alone, without HTTP
//! and without opening seals; both on this machine's disk, PostgreSQL by its socket.

#![allow(clippy::unwrap_used, reason = "a bench that cannot go on should stop")]

#[allow(dead_code, reason = "the bench needs a part of it")]
#[path = "../tests/cluster/mod.rs"]
mod cluster;

use domain::MunicipalityId;
use domain::submission::{Envelope, PublicKeys};
use offline::sealing::{Address, seal};
use offline::storage_contract::sample_question;
use receiving::judge;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{NewRecord, PostgresStore, SqliteStore, StoreOutcome, SubmissionStore, contract};
use vault::Tombstone;
use vault::keys::KeyFolder;

/// As a sealed question is.
const SEALED_BYTES: usize = 2_048;
/// Entries that are opened and signed for.
const OPENED: u64 = 20_000;

fn main() {
    let argument = |name: &str| {
        std::env::args()
            .skip_while(|argument| argument != name)
            .nth(1)
            .and_then(|value| value.parse().ok())
    };
    let seconds = argument("--seconds").unwrap_or(5);
    println!("opened, judged and signed for, one after the other: {:.1} us each\n", judging_us());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    println!(
        "{:<12} {:>11} {:>9} {:>12} {:>9} {:>9}",
        "store", "connections", "a batch", "entries/s", "p50 ms", "p99 ms"
    );
    let dir = tempfile::tempdir().unwrap();
    runtime.block_on(async {
        let sqlite =
            SqliteStore::open(&dir.path().join("hub.sqlite"), municipality()).await.unwrap();
        all("SQLite", Arc::new(sqlite), seconds).await;
        let cluster = cluster::TestCluster::start();
        let postgres = PostgresStore::open(&cluster.database(), municipality()).await.unwrap();
        all("PostgreSQL", Arc::new(postgres), seconds).await;
    });
}

/// Microseconds for an entry, on one core.
fn judging_us() -> f64 {
    let dir = tempfile::tempdir().unwrap();
    let keys = KeyFolder::open(dir.path(), false).unwrap().0;
    let public = keys.now().public(&municipality(), [0; 16], 1);
    let envelopes: Vec<Envelope> = (0..OPENED).map(|number| envelope(number, &public)).collect();
    let began = Instant::now();
    for envelope in envelopes {
        let (record, content) = judge(envelope, &municipality(), &keys).unwrap();
        std::hint::black_box((
            keys.now().sign(record.envelope.header.id, record.body, 1, [0; 16]),
            content,
        ));
    }
    began.elapsed().as_secs_f64() * 1e6 / OPENED as f64
}

/// A question of two kilobytes, sealed as a device seals it.
fn envelope(number: u64, keys: &PublicKeys) -> Envelope {
    let content = sample_question("When is it open? ".repeat(90));
    let address = Address {
        municipality: municipality(),
        catalogue_version: 1,
        now_ms: number,
        order: number,
    };
    let mut random = |bytes: &mut [u8]| getrandom::fill(bytes).unwrap();
    postcard::from_bytes(&seal(content, &address, keys, &mut random).unwrap().envelope).unwrap()
}

fn municipality() -> MunicipalityId {
    MunicipalityId::parse("x").unwrap()
}

async fn all(name: &str, store: Arc<impl SubmissionStore>, seconds: u64) {
    for (connections, batch) in [(1, 1), (64, 1), (8, 100)] {
        let (per_second, mut times) =
            load(&store, connections, batch, Duration::from_secs(seconds)).await;
        times.sort_unstable();
        let percentile =
            |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1_000.0;
        println!(
            "{name:<12} {connections:>11} {batch:>9} {per_second:>12.0} {:>9.2} {:>9.2}",
            percentile(50),
            percentile(99)
        );
    }
}

/// So many ask at once, each again as soon as it is answered. Returns entries a second, and how
/// long each answer took.
async fn load(
    store: &Arc<impl SubmissionStore>,
    connections: u64,
    batch: usize,
    time: Duration,
) -> (f64, Vec<Duration>) {
    let began = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let store = store.clone();
        tasks.spawn(async move {
            let mut times = Vec::new();
            while began.elapsed() < time {
                let records = (0..batch).map(|_| fresh()).collect();
                let asked = Instant::now();
                let kept = store.keep(records, 1).await.unwrap();
                assert!(
                    kept.iter().all(|kept| *kept == StoreOutcome::Stands { received_at_ms: 1 })
                );
                times.push(asked.elapsed());
            }
            times
        });
    }
    let times: Vec<Duration> = tasks.join_all().await.into_iter().flatten().collect();
    ((times.len() * batch) as f64 / began.elapsed().as_secs_f64(), times)
}

/// An entry of its own, in the order of time as devices make them.
fn fresh() -> NewRecord {
    static NUMBER: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let mut record = contract::record("x", 1, &[0; SEALED_BYTES]);
    let mut random = [0; 10];
    random[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    record.envelope.header.id = domain::SubmissionId::from_parts(number / 8, random);
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&random[..8]);
    record.tombstone = Tombstone(hash);
    record
}
