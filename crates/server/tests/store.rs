//! The store's promises, held by SQLite.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use domain::MunicipalityId;
use server::store::{SqliteStore, contract};

macro_rules! holds {
    ($($promise:ident),* $(,)?) => {$(
        #[tokio::test]
        async fn $promise() {
            let dir = tempfile::tempdir().unwrap();
            let store = SqliteStore::open(&dir.path().join("hub.sqlite"), MunicipalityId::parse("x").unwrap()).await.unwrap();
            contract::$promise(&store).await;
            store.close().await;
        }
    )*};
}

holds!(keeping_again_changes_nothing, a_second_body_is_set_aside, pages_hold_each_row_once, the_epoch_stays);

#[tokio::test]
async fn what_was_kept_is_there_when_the_store_is_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("hub.sqlite");
    let municipality = || MunicipalityId::parse("x").unwrap();
    let store = SqliteStore::open(&path, municipality()).await.unwrap();
    let epoch = server::store::SubmissionStore::epoch(&store);
    contract::keeping_again_changes_nothing(&store).await;
    store.close().await;
    let store = SqliteStore::open(&path, municipality()).await.unwrap();
    assert!(store.has_entries().await.unwrap());
    assert_eq!(server::store::SubmissionStore::epoch(&store), epoch);
}
