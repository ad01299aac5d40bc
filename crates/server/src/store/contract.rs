//! The promises of [`SubmissionStore`], as checks that every implementation must pass. Each is given a
//! fresh store and panics where a promise is broken.

use super::{Kept, Record, SubmissionStore};
use domain::submission::{BodyHash, Envelope, FORMAT, Header, KeyId, Kind, SUITE_X25519_CHACHA};
use domain::{MunicipalityId, SubmissionId};

/// A record with a content of its own.
pub fn record(municipality: &str, seed: u8, sealed: &[u8]) -> Record {
    let header = Header {
        format: FORMAT,
        suite: SUITE_X25519_CHACHA,
        id: SubmissionId::from_parts(u64::from(seed), [seed; 10]),
        municipality: MunicipalityId::parse(municipality).expect("the checks use slugs"),
        kind: Kind::Inquiry,
        key: KeyId([seed; 8]),
        catalogue_version: 7,
    };
    let mut body = [0; 32];
    body[..sealed.len().min(32)].copy_from_slice(&sealed[..sealed.len().min(32)]);
    Record { envelope: Envelope { header, sealed: sealed.to_vec() }, body: BodyHash(body) }
}

/// What was kept once stands since its first moment, however often and whenever it comes again.
pub async fn keeping_again_changes_nothing(store: &impl SubmissionStore) {
    let one = record("x", 1, b"one");
    let first = store.keep(vec![one.clone()], 100).await.expect("there is room");
    let again = store.keep(vec![one.clone(), one.clone()], 900).await.expect("there is room");
    assert_eq!(first, [Kept::Stands { received_at_ms: 100 }]);
    assert_eq!(again, [Kept::Stands { received_at_ms: 100 }; 2]);
    let rows = store.page(Kind::Inquiry, 0, None, 10).await.expect("it can be read");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].envelope, one.envelope, "byte for byte, header and seal");
}

/// A second body under an id is set aside, once, and the first still stands.
pub async fn a_second_body_is_set_aside(store: &impl SubmissionStore) {
    let (first, second) = (record("x", 1, b"first"), record("x", 1, b"second"));
    store.keep(vec![first.clone()], 1).await.expect("there is room");
    let kept = store.keep(vec![second.clone(), second, first.clone()], 2).await.expect("there is room");
    assert_eq!(kept, [Kept::SetAside, Kept::SetAside, Kept::Stands { received_at_ms: 1 }]);
    let rows = store.page(Kind::Inquiry, 0, None, 10).await.expect("it can be read");
    assert_eq!((rows.len(), &rows[0].envelope), (1, &first.envelope));
    assert_eq!(store.set_aside_count().await, Ok(1));
}

/// Pages come oldest first, each row once, of one kind, from a moment on.
pub async fn pages_hold_each_row_once(store: &impl SubmissionStore) {
    for seed in 0..25 {
        store.keep(vec![record("x", seed, &[seed])], u64::from(seed / 5)).await.expect("there is room");
    }
    let (mut seen, mut after) = (Vec::new(), None);
    while let Some(last) = {
        let rows = store.page(Kind::Inquiry, 1, after, 4).await.expect("it can be read");
        seen.extend(rows.iter().map(|row| row.envelope.header.id));
        rows.last().map(|row| (row.received_at_ms, row.envelope.header.id))
    } {
        after = Some(last);
    }
    let expected: Vec<_> = (5..25).map(|seed| record("x", seed, &[seed]).envelope.header.id).collect();
    assert_eq!(seen, expected);
    assert!(store.page(Kind::Feedback, 0, None, 10).await.expect("it can be read").is_empty());
}

/// The epoch stays, and the store answers its probe.
pub async fn the_epoch_stays(store: &impl SubmissionStore) {
    let epoch = store.epoch();
    store.probe().await.expect("it can be written");
    assert_eq!(store.epoch(), epoch);
    assert_ne!(epoch, [0; 16]);
}
