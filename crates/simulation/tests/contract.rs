//! Runs the store contract against the in-memory version.

use simulation::executor::{Executor, NATURE, spawn};
use simulation::town::MemoryStore;
use std::cell::Cell;
use std::rc::Rc;
use store::contract;

macro_rules! holds {
    ($($promise:ident),* $(,)?) => {$(
        #[test]
        fn $promise() {
            let (mut executor, is_done) = (Executor::new(1, 0, false), Rc::new(Cell::new(false)));
            let done = is_done.clone();
            spawn(NATURE, async move {
                contract::$promise(&MemoryStore::default()).await;
                done.set(true);
            });
            executor.run_until(u64::MAX);
            assert!(is_done.get(), "it ran to its end");
        }
    )*};
}

holds!(
    keeping_again_changes_nothing,
    a_second_body_is_set_aside,
    pages_hold_each_row_once,
    the_epoch_stays
);
