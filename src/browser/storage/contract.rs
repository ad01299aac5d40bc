//! Tests the store on a real browser's IndexedDB, with the same contract that the in-memory store
//! passes.

#![allow(clippy::unwrap_used, reason = "a test should stop at the first error")]

use super::BrowserStorage;
use offline::ports::{Storage, StorageFault};
use offline::storage_contract as contract;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// A database that no other test uses.
async fn fresh(name: &str) -> BrowserStorage {
    BrowserStorage::open(name).await.expect("a new profile has a store")
}

macro_rules! holds {
    ($($promise:ident),* $(,)?) => {$(
        #[wasm_bindgen_test]
        async fn $promise() {
            contract::$promise(fresh(stringify!($promise)).await).await;
        }
    )*};
}

holds!(
    what_is_kept_is_there,
    envelopes_come_in_the_order_of_their_ids,
    an_amendment_changes_one_head_alone,
    several_heads_are_amended_in_one_action,
    what_is_signed_for_is_received,
    receipts_and_changes_are_one_action,
    what_is_received_can_be_changed_and_erased,
    a_late_refusal_never_undoes_a_receipt,
    erasing_takes_both_records_and_nothing_else,
    keeping_twice_is_keeping_once,
    a_note_reads_back,
);

#[wasm_bindgen_test]
async fn what_one_connection_kept_another_reads() {
    let head = contract::sample_head(1);
    fresh("two connections").await.keep(&head, &[7]).await.unwrap();
    assert_eq!(fresh("two connections").await.envelope(head.id).await, Ok(Some(vec![7])));
}

#[wasm_bindgen_test]
async fn fault_18_a_newer_database_is_refused_and_left_alone() {
    use indexed_db_futures::database::Database;
    let newer = Database::open("newer")
        .with_version(super::VERSION + 1)
        .await
        .expect("a new profile has a store");
    newer.close();
    assert_eq!(BrowserStorage::open("newer").await.err(), Some(StorageFault::Newer));
    let still = Database::open("newer").await.expect("the newer database still opens");
    assert!((still.version() - f64::from(super::VERSION + 1)).abs() < f64::EPSILON);
}

/// A database that an app without an object store for receipts left behind.
#[wasm_bindgen_test]
async fn a_store_of_an_earlier_version_opens_with_all_that_is_in_it() {
    use indexed_db_futures::database::Database;
    let head = contract::sample_head(1);
    super::layout::prepare("earlier", 1, &super::LAYOUT[..3])
        .await
        .ok()
        .expect("a new profile has a store");
    let earlier = Database::open("earlier").await.expect("the database was created just now");
    let transaction =
        super::writing(&earlier, &[super::HEADS, super::ENVELOPES]).ok().expect("both exist");
    for (store, value) in
        [(super::HEADS, super::head_value(&head)), (super::ENVELOPES, super::value_of(&[7]))]
    {
        super::store_of(super::in_browser(&transaction), store)
            .ok()
            .expect("the object store exists")
            .put_with_key(&value, &head.id.to_string().into())
            .unwrap();
    }
    super::complete(transaction).await.ok().expect("the write fits");
    earlier.close();
    let storage = fresh("earlier").await;
    assert_eq!(storage.heads().await.unwrap().readable, std::slice::from_ref(&head));
    assert_eq!(storage.envelope(head.id).await, Ok(Some(vec![7])));
    let receipt = contract::sample_receipt(&head);
    assert_eq!(
        storage.amend(&vec![receipt.clone()].into()).await.unwrap().receipts,
        std::slice::from_ref(&receipt)
    );
    assert_eq!(storage.heads().await.unwrap().readable[0].receipt(), Some(&receipt));
}

/// Compares storing a submission with the least that a browser can do: one strict transaction with
/// one record of two kilobytes, in plain JavaScript. Both alternate, so that they meet the same
/// disk. Runs on request only, because no test may depend on timing: `HUB_BENCH=1 cargo xtask test
/// --only store`.
mod saves {
    use super::*;
    use domain::MunicipalityId;
    use domain::submission::{KeyId, PublicKeys, SealingKey};
    use js_sys::Uint8Array;
    use offline::sealing::{Address, Sealed, seal};
    use wasm_bindgen::prelude::*;
    use wasm_bindgen_test::console_log;

    const ROUNDS: usize = 5;
    const SAVES_A_ROUND: usize = 60;
    const BYTES: usize = 2_048;

    #[wasm_bindgen(inline_js = "
        export const now = () => performance.now();
        export const opened = () => new Promise((ok, no) => {
            const asked = indexedDB.open('plain', 1);
            asked.onupgradeneeded = () => asked.result.createObjectStore('entries');
            asked.onsuccess = () => ok(asked.result);
            asked.onerror = () => no(asked.error);
        });
        export const saved = (database, id, bytes) => new Promise((ok, no) => {
            const transaction = database.transaction('entries', 'readwrite', { durability: 'strict' });
            transaction.objectStore('entries').put(bytes, id);
            transaction.oncomplete = () => ok();
            transaction.onabort = () => no(transaction.error);
        });
    ")]
    extern "C" {
        fn now() -> f64;
        #[wasm_bindgen(catch)]
        async fn opened() -> std::result::Result<JsValue, JsValue>;
        #[wasm_bindgen(catch)]
        async fn saved(
            database: &JsValue,
            id: u32,
            bytes: Uint8Array,
        ) -> std::result::Result<JsValue, JsValue>;
    }

    /// A question of some length, sealed as the app does it.
    fn sealed(number: u64) -> Sealed {
        let municipality = MunicipalityId::parse("x").unwrap();
        let content = contract::sample_question("When is it open? ".repeat(90));
        // The base point is a valid public key.
        let mut public = [0; 32];
        public[0] = 9;
        let sealing = vec![SealingKey { id: KeyId([1; 8]), public }];
        let keys = PublicKeys {
            municipality: municipality.clone(),
            sealing,
            signing: Vec::new(),
            epoch: [0; 16],
            now_ms: 0,
        };
        let address = Address { municipality, catalogue_version: 1, now_ms: number, order: number };
        seal(content, &address, &keys, &mut crate::browser::random::fill).unwrap()
    }

    /// The 50th, 95th and 99th percentile of the times, in ms.
    fn percentiles(mut times: Vec<f64>) -> [f64; 3] {
        times.sort_by(f64::total_cmp);
        [50, 95, 99].map(|percent| times[(times.len() * percent / 100).min(times.len() - 1)])
    }

    #[wasm_bindgen_test]
    async fn saves_beside_the_least_that_a_browser_can_do() {
        if option_env!("HUB_BENCH").is_none() {
            return;
        }
        let (database, storage) = (opened().await.unwrap(), fresh("saves").await);
        let (mut plain, mut kept, mut with_sealing) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            for at in 0..SAVES_A_ROUND {
                let number = (round * SAVES_A_ROUND + at) as u32;
                let bytes = Uint8Array::from(vec![120_u8; BYTES].as_slice());
                let began = now();
                saved(&database, number, bytes).await.unwrap();
                plain.push(now() - began);
                let began = now();
                let Sealed { head, envelope } = sealed(u64::from(number) + 1);
                let is_sealed = now();
                storage.keep(&head, &envelope).await.unwrap();
                kept.push(now() - is_sealed);
                with_sealing.push(now() - began);
            }
        }
        for (what, times) in [
            ("one strict record, plain JavaScript", plain),
            ("kept", kept),
            ("sealed and kept", with_sealing),
        ] {
            let [middle, p95, p99] = percentiles(times);
            console_log!("{what}: p50 {middle:.2} ms, p95 {p95:.2}, p99 {p99:.2}");
        }
    }
}
