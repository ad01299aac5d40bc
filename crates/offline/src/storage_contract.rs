//! The promises of [`Storage`] as checks that every implementation must pass: in memory natively,
//! IndexedDB in a real browser. Each check gets a fresh, empty store and panics where a promise is
//! broken.

use crate::parcel::{Attention, HEAD_FORMAT, Head, ParcelState};
use crate::ports::{Amended, Amendments, Heads, Storage, StoreChange};
use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::submission::{BodyHash, Content, KeyId, Kind, Receipt};
use domain::{Language, SubmissionId};

/// An inquiry with a message only: no service, location, name or reply address.
pub fn sample_question(message: impl Into<String>) -> Content {
    let (message, reply_to, language) = (message.into(), ReplyTo::Nobody, Language::English);
    Content::Inquiry(ValidInquiry {
        service: None,
        hub: None,
        message,
        name: None,
        reply_to,
        language,
        notice_version: 1,
    })
}

/// A head that the checks use; `seed` sets its id, order and bytes.
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
        state: ParcelState::Waiting { attempts: 0 },
    }
}

/// A receipt for a head, with an invalid signature.
pub fn sample_receipt(head: &Head) -> Receipt {
    Receipt {
        id: head.id,
        body: head.body,
        received_at_ms: 5,
        epoch: [1; 16],
        signer: KeyId([2; 8]),
        signature: ([3; 32], [4; 32]),
    }
}

async fn change<S: Storage>(store: &S, changes: impl Into<Vec<StoreChange>>) -> Vec<Head> {
    store.amend(&changes.into().into()).await.expect("there is room").heads
}

async fn receive<S: Storage>(store: &S, receipts: &[Receipt]) -> Vec<Receipt> {
    store.amend(&receipts.to_vec().into()).await.expect("there is room").receipts
}

async fn readable<S: Storage>(store: &S) -> Vec<Head> {
    let Heads { mut readable, unreadable } =
        store.heads().await.expect("a fresh store can be read");
    assert!(unreadable.is_empty(), "everything kept can be read back");
    readable.sort_by_key(|head| head.order);
    readable
}

/// A stored submission is there, both records, byte for byte.
pub async fn what_is_kept_is_there<S: Storage>(store: S) {
    let head = sample_head(1);
    store.keep(&head, &[1, 2, 3]).await.expect("there is room");
    assert_eq!(readable(&store).await, std::slice::from_ref(&head));
    assert_eq!(store.envelope(head.id).await, Ok(Some(vec![1, 2, 3])));
    assert_eq!(store.envelope(sample_head(2).id).await, Ok(None));
}

/// Envelopes come in the order in which their ids were given.
pub async fn envelopes_come_in_the_order_of_their_ids<S: Storage>(store: S) {
    for seed in 2..=6 {
        store.keep(&sample_head(seed), &[seed]).await.expect("there is room");
    }
    // Adjacent ids, ids with others between them, ids missing at either end or in the middle, and
    // any order.
    for seeds in [
        [2, 3, 4, 5, 6].as_slice(),
        &[2, 4, 6],
        &[1, 2, 3],
        &[5, 6, 7],
        &[1, 4, 9],
        &[4, 9, 2],
        &[6, 5, 4],
        &[3],
        &[9],
        &[2, 2],
        &[],
    ] {
        let ids: Vec<_> = seeds.iter().map(|seed| sample_head(*seed).id).collect();
        let expected =
            seeds.iter().map(|seed| (2..=6).contains(seed).then(|| vec![*seed])).collect();
        assert_eq!(store.envelopes(&ids).await, Ok(expected), "{seeds:?}");
    }
    store.drop_envelopes(&[sample_head(4).id]).await.expect("there is room");
    let ids = [3, 4, 5].map(|seed| sample_head(seed).id);
    assert_eq!(store.envelopes(&ids).await, Ok(vec![Some(vec![3]), None, Some(vec![5])]));
}

/// A change sees the stored head, changes that head only, and never creates one.
pub async fn an_amendment_changes_one_head_alone<S: Storage>(store: S) {
    let (first, second) = (sample_head(1), sample_head(2));
    store.keep(&first, &[1]).await.expect("there is room");
    store.keep(&second, &[2]).await.expect("there is room");
    let amended =
        change(&store, [StoreChange::needs_attention(first.id, Attention::Status(400))]).await;
    let heads = readable(&store).await;
    assert!(heads[0].needs_attention() && heads[1] == second);
    assert_eq!(amended, heads[..1], "what changed is told as it stands");
    assert!(
        change(&store, [StoreChange::try_again(sample_head(3).id)]).await.is_empty(),
        "nothing to do is no fault"
    );
    assert_eq!(store.amend(&Amendments::default()).await, Ok(Amended::default()));
    assert_eq!(readable(&store).await.len(), 2);
}

/// Several heads change together, each by its own change; changes without effect do not get in the
/// way.
pub async fn several_heads_are_amended_in_one_action<S: Storage>(store: S) {
    for seed in 1..=3 {
        store.keep(&sample_head(seed), &[seed]).await.expect("there is room");
    }
    let heads = [1, 7, 2, 3].map(sample_head);
    let refused = |at: usize| StoreChange::needs_attention(heads[at].id, Attention::Status(400));
    let amended =
        change(&store, [refused(0), refused(1), StoreChange::try_again(heads[2].id), refused(3)])
            .await;
    assert_eq!(amended.iter().map(|head| head.id).collect::<Vec<_>>(), [heads[0].id, heads[3].id]);
    assert_eq!(
        readable(&store).await.iter().map(Head::needs_attention).collect::<Vec<_>>(),
        [true, false, true]
    );
}

/// Several receipts are stored together. Each shows in its head from then on; if there are two, the
/// last one.
pub async fn what_is_signed_for_is_received<S: Storage>(store: S) {
    let heads = [1, 2, 3, 4].map(sample_head);
    for head in &heads[1..] {
        store.keep(head, &[9]).await.expect("there is room");
    }
    change(&store, [StoreChange::needs_attention(heads[1].id, Attention::Status(400))]).await;
    let receipts = [0, 1, 2].map(|at: usize| sample_receipt(&heads[at]));
    assert_eq!(receive(&store, &receipts).await, receipts[1..], "one of nobody is left out");
    let later = Receipt { epoch: [9; 16], ..receipts[2].clone() };
    assert_eq!(receive(&store, std::slice::from_ref(&later)).await, std::slice::from_ref(&later));
    assert!(receive(&store, &receipts[..1]).await.is_empty());
    assert_eq!(
        readable(&store).await.iter().map(Head::receipt).collect::<Vec<_>>(),
        [Some(&receipts[1]), Some(&later), None]
    );
}

/// Receipts and changes of one answer are one transaction; a change sees the receipts.
pub async fn receipts_and_changes_are_one_action<S: Storage>(store: S) {
    let heads = [1, 2, 3].map(sample_head);
    for head in &heads {
        store.keep(head, &[9]).await.expect("there is room");
    }
    let receipts = vec![sample_receipt(&heads[0]), sample_receipt(&heads[1])];
    let changes = vec![
        StoreChange::copy_dropped(heads[1].id),
        StoreChange::needs_attention(heads[2].id, Attention::Status(400)),
    ];
    let amended = store
        .amend(&Amendments { receipts: receipts.clone(), changes })
        .await
        .expect("there is room");
    let now = readable(&store).await;
    assert_eq!(
        now.iter().map(Head::receipt).collect::<Vec<_>>(),
        [Some(&receipts[0]), Some(&receipts[1]), None]
    );
    assert_eq!(
        now[1].state,
        ParcelState::Received { receipt: receipts[1].clone(), copy_kept: false }
    );
    assert_eq!(amended, Amended { receipts, heads: now[1..].to_vec() });
}

/// Where a receipt is stored does not show: a later change, erasure or write finds it in its head,
/// and no other head is touched.
pub async fn what_is_received_can_be_changed_and_erased<S: Storage>(store: S) {
    let heads = [1, 2, 3].map(sample_head);
    for head in &heads {
        store.keep(head, &[9]).await.expect("there is room");
    }
    let receipts = heads.each_ref().map(sample_receipt);
    receive(&store, &receipts).await;
    let amended = change(&store, [StoreChange::copy_dropped(heads[0].id)]).await;
    let state = |copy_kept: bool, at: usize| ParcelState::Received {
        receipt: receipts[at].clone(),
        copy_kept,
    };
    assert_eq!(amended.iter().map(|head| &head.state).collect::<Vec<_>>(), [&state(false, 0)]);
    receive(&store, &receipts[1..2]).await;
    store.erase(&[heads[1].id]).await.expect("it is there");
    assert_eq!(
        readable(&store).await.iter().map(|head| &head.state).collect::<Vec<_>>(),
        [&state(false, 0), &state(true, 2)]
    );
    store.keep(&heads[1], &[9]).await.expect("there is room");
    assert_eq!(readable(&store).await[1], heads[1], "nothing is left of what was erased");
}

/// A later refusal never undoes a receipt.
pub async fn a_late_refusal_never_undoes_a_receipt<S: Storage>(store: S) {
    let head = sample_head(1);
    store.keep(&head, &[1]).await.expect("there is room");
    let receipt = sample_receipt(&head);
    receive(&store, std::slice::from_ref(&receipt)).await;
    change(&store, [StoreChange::needs_attention(head.id, Attention::Status(400))]).await;
    assert_eq!(readable(&store).await[0].state, ParcelState::Received { receipt, copy_kept: true });
}

/// Dropping an envelope leaves the head; erasing removes both; neither touches another submission.
pub async fn erasing_takes_both_records_and_nothing_else<S: Storage>(store: S) {
    let heads = [sample_head(1), sample_head(2), sample_head(3)];
    for head in &heads {
        store.keep(head, &[9]).await.expect("there is room");
    }
    store.drop_envelopes(&[heads[0].id]).await.expect("it is there");
    assert_eq!(store.envelope(heads[0].id).await, Ok(None));
    store.erase(&[heads[1].id]).await.expect("it is there");
    assert_eq!(readable(&store).await, [heads[0].clone(), heads[2].clone()]);
    assert_eq!(store.count().await, Ok(2));
    assert_eq!(store.envelope(heads[1].id).await, Ok(None));
    assert_eq!(store.envelope(heads[2].id).await, Ok(Some(vec![9])));
}

/// Storing the same submission again is idempotent.
pub async fn keeping_twice_is_keeping_once<S: Storage>(store: S) {
    let head = sample_head(1);
    store.keep(&head, &[1]).await.expect("there is room");
    store.keep(&head, &[1]).await.expect("there is room");
    assert_eq!(readable(&store).await, [head]);
}

/// A note reads back as last written.
pub async fn a_note_reads_back<S: Storage>(store: S) {
    assert_eq!(store.note("keys").await, Ok(None));
    store.set_note("keys", &[1]).await.expect("there is room");
    store.set_note("keys", &[2, 3]).await.expect("there is room");
    assert_eq!(store.note("keys").await, Ok(Some(vec![2, 3])));
    assert!(readable(&store).await.is_empty(), "a note is no submission");
}
