//! Runs the storage contract against the in-memory store.

use crate::town::block_on;
use offline::memory::MemoryStorage;
use offline::storage_contract as contract;

macro_rules! holds {
    ($($promise:ident),* $(,)?) => {$(
        #[test]
        fn $promise() {
            block_on(contract::$promise(MemoryStorage::default()));
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
