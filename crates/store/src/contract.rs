//! The promises of [`SubmissionStore`], [`super::Custody`], [`super::OfficeStore`],
//! [`super::DoorStore`] and [`super::SenderStore`], as checks that every implementation must pass.
//! Each check expects an empty store and panics if a promise is broken.

mod custody;
mod door;
mod office;
mod senders;

pub use custody::*;
pub use door::*;
pub use office::*;
pub use senders::*;

use super::{FirstId, NewRecord, StoreOutcome, SubmissionStore};
use domain::submission::{BodyHash, Envelope, FORMAT, Header, KeyId, Kind, SUITE_X25519_CHACHA};
use domain::{MunicipalityId, SubmissionId};
use vault::{Lookup, Tombstone};

/// A record whose id, body and hashes are derived from `seed` and `sealed`.
pub fn record(municipality: &str, seed: u8, sealed: &[u8]) -> NewRecord {
    let header = Header {
        format: FORMAT,
        suite: SUITE_X25519_CHACHA,
        id: SubmissionId::from_parts(u64::from(seed), [seed; 10]),
        municipality: MunicipalityId::parse(municipality).expect("slugs in the tests"),
        kind: Kind::Inquiry,
        key: KeyId([seed; 8]),
        catalogue_version: 7,
    };
    let mut body = [0; 32];
    body[..sealed.len().min(32)].copy_from_slice(&sealed[..sealed.len().min(32)]);
    NewRecord {
        envelope: Envelope { header, sealed: sealed.to_vec() },
        body: BodyHash(body),
        tombstone: Tombstone([seed; 32]),
        lookup: Lookup([seed; 16]),
        first: None,
        sender: None,
    }
}

/// A stored record keeps its first time of receipt, however often and whenever it is sent again.
pub async fn keeping_again_changes_nothing(store: &impl SubmissionStore) {
    let one = record("x", 1, b"one");
    let first = store.keep(vec![one.clone()], 100).await.expect("save succeeds");
    let again = store.keep(vec![one.clone(), one.clone()], 900).await.expect("save succeeds");
    assert_eq!(first, [StoreOutcome::Stands { received_at_ms: 100 }]);
    assert_eq!(again, [StoreOutcome::Stands { received_at_ms: 100 }; 2]);
    let rows = store.page(Kind::Inquiry, 0, None, 10).await.expect("store readable");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].envelope, one.envelope, "byte for byte, header and seal");
}

/// A second body under an id is set aside, once, and the first stays stored.
pub async fn a_second_body_is_set_aside(store: &impl SubmissionStore) {
    let (first, second) = (record("x", 1, b"first"), record("x", 1, b"second"));
    store.keep(vec![first.clone()], 1).await.expect("save succeeds");
    let kept =
        store.keep(vec![second.clone(), second, first.clone()], 2).await.expect("save succeeds");
    assert_eq!(
        kept,
        [
            StoreOutcome::SetAside,
            StoreOutcome::SetAside,
            StoreOutcome::Stands { received_at_ms: 1 }
        ]
    );
    let rows = store.page(Kind::Inquiry, 0, None, 10).await.expect("store readable");
    assert_eq!((rows.len(), &rows[0].envelope), (1, &first.envelope));
    assert_eq!(store.set_aside_count().await, Ok(1));
}

/// The same holds when both come in one batch: the first of them is stored.
pub async fn a_second_body_that_comes_with_the_first_is_set_aside(store: &impl SubmissionStore) {
    let batch = vec![
        record("x", 2, b"alone"),
        record("x", 1, b"first"),
        record("x", 1, b"second"),
        record("x", 1, b"first"),
    ];
    let kept = store.keep(batch, 5).await.expect("save succeeds");
    let stands = StoreOutcome::Stands { received_at_ms: 5 };
    assert_eq!(kept, [stands, stands, StoreOutcome::SetAside, stands]);
    let rows = store.page(Kind::Inquiry, 0, None, 10).await.expect("store readable");
    assert_eq!(
        rows.iter().map(|row| row.envelope.sealed.as_slice()).collect::<Vec<_>>(),
        [b"first", b"alone"]
    );
    assert_eq!(store.set_aside_count().await, Ok(1));
}

/// Submissions sent by several senders at once and in any order are stored once, and all senders
/// get the same result.
pub async fn many_who_send_the_same_at_once_get_one_answer(store: &impl SubmissionStore) {
    let send = async |reversed: bool, now_ms: u64| {
        let mut told = Vec::new();
        for begin in (0..200).step_by(20) {
            let mut batch: Vec<NewRecord> =
                (begin..begin + 20).map(|seed| record("x", seed, &[seed])).collect();
            if reversed {
                batch.reverse();
            }
            let mut kept = store.keep(batch, now_ms).await.expect("save succeeds");
            if reversed {
                kept.reverse();
            }
            told.extend(kept);
        }
        told
    };
    let (one, two, three, four) =
        tokio::join!(send(false, 1), send(true, 2), send(false, 3), send(true, 4));
    assert!(one.iter().all(|kept| matches!(kept, StoreOutcome::Stands { .. })));
    assert!(one == two && two == three && three == four);
    assert_eq!(store.page(Kind::Inquiry, 0, None, 1_000).await.map(|rows| rows.len()), Ok(200));
}

/// A submission that was given another id is stored once: not under its first id as well, and not
/// again after it was erased.
pub async fn an_entry_with_another_id_is_kept_once(
    store: &(impl SubmissionStore + super::Custody),
) {
    let first = record("x", 1, b"words");
    let other = |seed: u8, first: &NewRecord| NewRecord {
        first: Some(FirstId { id: first.envelope.header.id, tombstone: first.tombstone }),
        ..record("x", seed, b"the same words")
    };
    let moved = other(2, &first);
    assert_eq!(
        store.keep(vec![moved.clone()], 1).await,
        Ok(vec![StoreOutcome::Stands { received_at_ms: 1 }])
    );
    assert_eq!(
        store.keep(vec![moved.clone(), first.clone()], 2).await,
        Ok(vec![StoreOutcome::Stands { received_at_ms: 1 }, StoreOutcome::Erased])
    );
    let audit = super::AuditContext { who: "ann".into(), reason: "asked".into(), at_ms: 3 };
    assert_eq!(
        store.erase(moved.envelope.header.id, moved.tombstone, &audit).await,
        Ok(super::Erasure::Done { entries: 1, set_aside: 0 })
    );
    assert_eq!(
        store.keep(vec![first.clone(), moved, other(3, &first)], 4).await,
        Ok(vec![StoreOutcome::Erased; 3]),
        "neither under the one nor under another"
    );
    // A submission that is stored under its first id is not stored a second time under another.
    let standing = record("x", 8, b"first");
    store.keep(vec![standing.clone()], 5).await.expect("save succeeds");
    assert_eq!(
        store.keep(vec![other(9, &standing), record("x", 10, b"plain")], 6).await,
        Ok(vec![StoreOutcome::SetAside, StoreOutcome::Stands { received_at_ms: 6 }])
    );
}

/// Pages contain each row once, oldest first, of one kind, from a given time on.
pub async fn pages_hold_each_row_once(store: &impl SubmissionStore) {
    for seed in 0..25 {
        store
            .keep(vec![record("x", seed, &[seed])], u64::from(seed / 5))
            .await
            .expect("save succeeds");
    }
    let (mut seen, mut after) = (Vec::new(), None);
    while let Some(last) = {
        let rows = store.page(Kind::Inquiry, 1, after, 4).await.expect("store readable");
        seen.extend(rows.iter().map(|row| row.envelope.header.id));
        rows.last().map(|row| (row.received_at_ms, row.envelope.header.id))
    } {
        after = Some(last);
    }
    let expected: Vec<_> =
        (5..25).map(|seed| record("x", seed, &[seed]).envelope.header.id).collect();
    assert_eq!(seen, expected);
    assert!(store.page(Kind::Feedback, 0, None, 10).await.expect("store readable").is_empty());
}

/// The epoch does not change, and the store answers a probe.
pub async fn the_epoch_stays(store: &impl SubmissionStore) {
    let epoch = store.epoch();
    store.probe().await.expect("write is accepted");
    assert_eq!(store.epoch(), epoch);
    assert_ne!(epoch, [0; 16]);
}

/// A store accepts the keys that it is first asked about, and rejects all others.
pub async fn a_store_goes_with_one_set_of_keys(store: &impl SubmissionStore) {
    assert_eq!(store.belongs_to([1; 32]).await, Ok(true));
    assert_eq!(store.belongs_to([2; 32]).await, Ok(false));
    assert_eq!(store.belongs_to([1; 32]).await, Ok(true));
}
