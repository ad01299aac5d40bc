//! The store's promises on a real browser's IndexedDB: the same contract that the memory twin passes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

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
    let newer = Database::open("newer").with_version(super::VERSION + 1).await.expect("a new profile has a store");
    newer.close();
    assert_eq!(BrowserStorage::open("newer").await.err(), Some(StorageFault::Newer));
    let still = Database::open("newer").await.expect("it was left alone");
    assert!((still.version() - f64::from(super::VERSION + 1)).abs() < f64::EPSILON);
}
