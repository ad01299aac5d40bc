//! The promises of [`Storage`], as checks that every twin must pass: in memory natively, IndexedDB in a
//! real browser. Each check is given a fresh, empty store and panics where a promise is broken.

use crate::outbox::Change;
use crate::parcel::{Attention, HEAD_FORMAT, Head, State};
use crate::ports::{Heads, Storage};
use domain::SubmissionId;
use domain::submission::{BodyHash, KeyId, Kind, Receipt};

/// A head as the checks use it.
pub fn sample_head(seed: u8) -> Head {
    Head {
        format: HEAD_FORMAT,
        id: SubmissionId::from_parts(u64::from(seed), [seed; 10]),
        kind: Kind::Inquiry,
        order: u64::from(seed),
        kept_at_ms: 1,
        size: 3,
        body: BodyHash([seed; 32]),
        secret: [seed; 16],
        state: State::Waiting { attempts: 0 },
    }
}

fn sample_receipt(head: &Head) -> Receipt {
    Receipt { id: head.id, body: head.body, received_at_ms: 5, epoch: [1; 16], signer: KeyId([2; 8]), signature: ([3; 32], [4; 32]) }
}

async fn readable<S: Storage>(store: &S) -> Vec<Head> {
    let Heads { mut readable, unreadable } = store.heads().await.expect("a fresh store can be read");
    assert!(unreadable.is_empty(), "everything kept can be read back");
    readable.sort_by_key(|head| head.order);
    readable
}

/// What is kept is there, both records, byte for byte.
pub async fn what_is_kept_is_there<S: Storage>(store: S) {
    let head = sample_head(1);
    store.keep(&head, &[1, 2, 3]).await.expect("there is room");
    assert_eq!(readable(&store).await, std::slice::from_ref(&head));
    assert_eq!(store.envelope(head.id).await, Ok(Some(vec![1, 2, 3])));
    assert_eq!(store.envelope(sample_head(2).id).await, Ok(None));
}

/// An amendment sees what stands there, changes one head alone, and none brings a head into being.
pub async fn an_amendment_changes_one_head_alone<S: Storage>(store: S) {
    let (first, second) = (sample_head(1), sample_head(2));
    store.keep(&first, &[1]).await.expect("there is room");
    store.keep(&second, &[2]).await.expect("there is room");
    let change = Change::needs_attention(first.id, Attention::Status(400));
    store.amend(change.id, change.amendment).await.expect("there is room");
    let heads = readable(&store).await;
    assert!(heads[0].needs_attention() && heads[1] == second);
    let change = Change::try_again(sample_head(3).id);
    store.amend(change.id, change.amendment).await.expect("nothing to do is no fault");
    assert_eq!(readable(&store).await.len(), 2);
}

/// A receipt stays, whatever is said later.
pub async fn a_late_refusal_never_undoes_a_receipt<S: Storage>(store: S) {
    let head = sample_head(1);
    store.keep(&head, &[1]).await.expect("there is room");
    let receipt = sample_receipt(&head);
    let received = State::Received { receipt, copy_kept: true };
    let state = received.clone();
    store.amend(head.id, Box::new(move |head| Some(Head { state: state.clone(), ..head.clone() }))).await.expect("there is room");
    let change = Change::needs_attention(head.id, Attention::Status(400));
    store.amend(change.id, change.amendment).await.expect("there is room");
    assert_eq!(readable(&store).await[0].state, received);
}

/// Dropping an envelope leaves the head; erasing leaves neither, and touches nobody else.
pub async fn erasing_takes_both_records_and_nothing_else<S: Storage>(store: S) {
    let heads = [sample_head(1), sample_head(2), sample_head(3)];
    for head in &heads {
        store.keep(head, &[9]).await.expect("there is room");
    }
    store.drop_envelopes(&[heads[0].id]).await.expect("it is there");
    assert_eq!(store.envelope(heads[0].id).await, Ok(None));
    store.erase(&[heads[1].id]).await.expect("it is there");
    assert_eq!(readable(&store).await, [heads[0].clone(), heads[2].clone()]);
    assert_eq!(store.envelope(heads[1].id).await, Ok(None));
    assert_eq!(store.envelope(heads[2].id).await, Ok(Some(vec![9])));
}

/// Keeping the same submission again changes nothing.
pub async fn keeping_twice_is_keeping_once<S: Storage>(store: S) {
    let head = sample_head(1);
    store.keep(&head, &[1]).await.expect("there is room");
    store.keep(&head, &[1]).await.expect("there is room");
    assert_eq!(readable(&store).await, [head]);
}

/// A note reads back as written last.
pub async fn a_note_reads_back<S: Storage>(store: S) {
    assert_eq!(store.note("keys").await, Ok(None));
    store.set_note("keys", &[1]).await.expect("there is room");
    store.set_note("keys", &[2, 3]).await.expect("there is room");
    assert_eq!(store.note("keys").await, Ok(Some(vec![2, 3])));
    assert!(readable(&store).await.is_empty(), "a note is no submission");
}
