//! Checks what a power cut and a failing disk leave of what was acknowledged.

#![allow(clippy::unwrap_used, reason = "a failed unwrap should fail the test")]

use domain::MunicipalityId;
use powercut::cut::Disk;
use powercut::record::{FAILING, FULL, watch};
use powercut::trial::{TrialWork, folder, run, run_while_it_is_made};
use sqlx::sqlite::SqliteSynchronous;
use store::{SqliteStore, StoreFault, StoreOutcome, SubmissionStore, contract};

/// Kept low for CI; `cargo xtask crash --power-cuts` makes ten thousand.
const CUTS: usize = 300;
const CUTS_OF_A_CONTROL: usize = 50;

#[tokio::test]
async fn a_cut_while_the_database_is_made_leaves_one_that_opens() {
    let tally = run_while_it_is_made(CUTS, 3).await;
    assert_eq!((tally.cuts, tally.acknowledged, tally.unsound), (CUTS, 0, 0), "{tally:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_48_a_power_cut_takes_nothing_that_was_acknowledged() {
    let tally = run(TrialWork::Real, Disk::Honest, CUTS, 1, |_| {}).await;
    assert_eq!((tally.cuts, tally.lost, tally.unsound), (CUTS, 0, 0), "{tally:?}");
    assert!(tally.acknowledged > 10 * CUTS, "there was something to lose: {tally:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_48_the_same_test_sees_what_a_store_loses_that_does_not_flush() {
    let full = run(
        TrialWork::Control(SqliteSynchronous::Full),
        Disk::Honest,
        CUTS_OF_A_CONTROL,
        1,
        |_| {},
    )
    .await;
    assert_eq!((full.lost, full.unsound), (0, 0), "{full:?}");
    let normal = run(
        TrialWork::Control(SqliteSynchronous::Normal),
        Disk::Honest,
        CUTS_OF_A_CONTROL,
        1,
        |_| {},
    )
    .await;
    assert!(normal.lost > 0, "{normal:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_48_the_same_test_sees_what_a_disk_loses_that_lies_about_flushing() {
    let tally = run(TrialWork::Real, Disk::Lying, CUTS_OF_A_CONTROL, 1, |_| {}).await;
    assert!(tally.lost > 0, "{tally:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_49_a_disk_that_is_full_or_fails_acknowledges_nothing_and_keeps_what_it_had() {
    for code in [FULL, FAILING] {
        let dir = folder();
        let recorder = watch(dir.path());
        let store =
            SqliteStore::open(&dir.path().join("hub.sqlite"), MunicipalityId::parse("x").unwrap())
                .await
                .unwrap();
        let (before, during) =
            (contract::record("x", 1, b"before"), contract::record("x", 2, b"during"));
        store.keep(vec![before.clone()], 1).await.unwrap();
        recorder.fail_with(code);
        assert!(
            matches!(store.keep(vec![during.clone()], 2).await, Err(StoreFault::Failed(_))),
            "{code}"
        );
        assert!(store.probe().await.is_err(), "the health check says so: {code}");
        recorder.fail_with(0);
        let kept = store.keep(vec![before, during], 3).await.unwrap();
        assert_eq!(
            kept,
            [
                StoreOutcome::Stands { received_at_ms: 1 },
                StoreOutcome::Stands { received_at_ms: 3 }
            ],
            "{code}"
        );
        assert!(store.probe().await.is_ok());
        store.close().await;
    }
}
