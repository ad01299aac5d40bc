//! The fourth part of the contract: senders and quarantine.

use super::office::placed_inquiries;
use super::record;
use crate::{
    AuditContext, Custody, ErasedMany, NewRecord, OfficeStore, PUT_BACK, SET_ASIDE, SenderStore,
    SentKind, StoreOutcome, StoredSubmission, SubmissionStore,
};
use domain::SubmissionId;
use domain::reference::Reference;
use domain::status::InquiryStage;
use domain::submission::{BodyHash, Kind};
use vault::SenderTag;

const ONE: SenderTag = SenderTag([1; 8]);
const OTHER: SenderTag = SenderTag([2; 8]);

fn audit_context(at_ms: u64) -> AuditContext {
    AuditContext { who: "ann".into(), reason: "a flood".into(), at_ms }
}

fn sent(seed: u8, sealed: &[u8], sender: Option<SenderTag>) -> NewRecord {
    NewRecord { sender, ..record("x", seed, sealed) }
}

fn id(record: &NewRecord) -> SubmissionId {
    record.envelope.header.id
}

fn ids(rows: &[StoredSubmission]) -> Vec<SubmissionId> {
    rows.iter().map(|row| row.envelope.header.id).collect()
}

/// Sums are per sender and kind, within a time span; submissions without a sender are in none.
pub async fn what_each_sender_sent_is_summed(store: &(impl SubmissionStore + SenderStore)) {
    let mut gap = sent(4, b"gap", Some(ONE));
    gap.envelope.header.kind = Kind::Gap;
    let batch = vec![
        sent(1, b"one", Some(ONE)),
        sent(2, b"twelve bytes", Some(ONE)),
        sent(3, b"three", Some(OTHER)),
        gap,
        sent(5, b"by file", None),
    ];
    store.keep(batch.clone(), 100).await.expect("save succeeds");
    store.keep(vec![sent(6, b"later", Some(ONE))], 200).await.expect("save succeeds");
    store.keep(batch, 150).await.expect("save succeeds");
    let mut sums = store.senders(100, 200).await.expect("store readable");
    sums.sort_by_key(|sum| (sum.sender, sum.kind));
    let sum =
        |sender, kind, entries, bytes| SentKind { sender, kind, entries, bytes, quarantined: 0 };
    assert_eq!(
        sums,
        [
            sum(ONE, Kind::Inquiry, 2, 15),
            sum(ONE, Kind::Gap, 1, 3),
            sum(OTHER, Kind::Inquiry, 1, 5)
        ]
    );
    let entries = store.sent_by(ONE, 100, 201).await.expect("store readable");
    assert_eq!(
        entries.iter().map(|entry| (entry.kind, entry.received_at_ms)).collect::<Vec<_>>(),
        [(Kind::Inquiry, 100), (Kind::Inquiry, 100), (Kind::Inquiry, 200), (Kind::Gap, 100)]
    );
}

/// A stored submission is recognised by its id and body; one with a second body is not.
pub async fn what_stands_is_known_again(store: &(impl SubmissionStore + SenderStore)) {
    let (one, second, never) =
        (record("x", 1, b"one"), record("x", 1, b"second"), record("x", 2, b"never"));
    store.keep(vec![one.clone(), second.clone()], 1).await.expect("save succeeds");
    let asked: Vec<(SubmissionId, BodyHash)> =
        [&second, &one, &never].map(|record| (id(record), record.body)).into();
    assert_eq!(store.standing(&asked).await, Ok(vec![false, true, false]));
    assert_eq!(store.standing(&[]).await, Ok(Vec::new()));
}

/// The inquiries that `page` returns. Checks that `places` returns the same ones, at once and page
/// by page.
async fn in_sight(store: &(impl SubmissionStore + OfficeStore)) -> Vec<SubmissionId> {
    let page = ids(&store.page(Kind::Inquiry, 0, None, 10).await.expect("store readable"));
    let places: Vec<_> = store
        .places(Kind::Inquiry, 0, None, 10)
        .await
        .expect("store readable")
        .into_iter()
        .map(|(_, id)| id)
        .collect();
    let listed = placed_inquiries(store).await;
    assert!(page == places && page == listed, "{page:?} {places:?} {listed:?}");
    page
}

/// A submission in quarantine is in no list and no page, is still confirmed when it is sent again,
/// and comes back unchanged.
pub async fn what_is_out_of_sight_stands_and_comes_back(
    store: &(impl SubmissionStore + Custody + OfficeStore + SenderStore),
) {
    let all: Vec<NewRecord> = (1..=3).map(|seed| sent(seed, b"one", Some(ONE))).collect();
    store.keep(all.clone(), 1).await.expect("save succeeds");
    let everything: Vec<SubmissionId> = all.iter().map(id).collect();
    assert_eq!(
        (
            store.quarantine(&everything[..2], &audit_context(2)).await,
            store.quarantine(&everything[..2], &audit_context(3)).await
        ),
        (Ok(2), Ok(0))
    );
    assert_eq!(in_sight(store).await, everything[2..]);
    assert_eq!(store.entry(everything[0]).await, Ok(None));
    let row = store
        .entry_in_or_out_of_sight(everything[0])
        .await
        .expect("store readable")
        .expect("is stored");
    assert_eq!((row.envelope, row.received_at_ms), (all[0].envelope.clone(), 1));
    assert_eq!(
        store.keep(vec![all[0].clone()], 9).await,
        Ok(vec![StoreOutcome::Stands { received_at_ms: 1 }]),
        "who sends it again is told that it stands"
    );
    assert_eq!(
        store.senders(0, 10).await.map(|sums| (sums[0].entries, sums[0].quarantined)),
        Ok((3, 2))
    );
    let flags = store
        .sent_by(ONE, 0, 10)
        .await
        .map(|entries| entries.iter().map(|entry| entry.is_quarantined).collect::<Vec<_>>());
    assert_eq!(flags, Ok(vec![true, true, false]));
    assert_eq!(
        (
            store.put_back(&everything, &audit_context(4)).await,
            store.put_back(&everything, &audit_context(5)).await
        ),
        (Ok(2), Ok(0))
    );
    assert_eq!(in_sight(store).await, everything);
    let told = store.audit(0, 10).await.expect("store readable");
    let told: Vec<(&str, &str)> =
        told.iter().map(|entry| (entry.what.as_str(), entry.detail.as_str())).collect();
    assert_eq!(told, [(SET_ASIDE, "entries 2; a flood"), (PUT_BACK, "entries 2; a flood")]);
    assert_eq!(
        store.quarantine(&[id(&record("x", 9, b"never"))], &audit_context(6)).await,
        Ok(0),
        "nothing is there"
    );
}

/// Erasing many submissions is like erasing each: with all that belongs to them, for good, and
/// those that are held stay.
pub async fn many_are_erased_as_one_is(
    store: &(impl SubmissionStore + Custody + OfficeStore + SenderStore),
) {
    let all: Vec<NewRecord> = (1..=4).map(|seed| sent(seed, b"one", Some(ONE))).collect();
    store.keep(all.clone(), 1).await.expect("save succeeds");
    store.keep(vec![record("x", 1, b"second")], 1).await.expect("save succeeds");
    store.hold(id(&all[3]), &audit_context(2)).await.expect("write is accepted");
    store
        .set_stage(id(&all[0]), InquiryStage::InProgress, &audit_context(3))
        .await
        .expect("write is accepted");
    store.quarantine(&[id(&all[1])], &audit_context(4)).await.expect("write is accepted");
    let entries: Vec<_> = all.iter().map(|record| (id(record), record.tombstone)).collect();
    assert_eq!(
        store.erase_many(&entries, &[], &audit_context(5)).await,
        Ok(ErasedMany { erased: 3, held: 1, with_question: 0 })
    );
    assert_eq!(
        store.keep(all[..3].to_vec(), 6).await,
        Ok(vec![StoreOutcome::Erased; 3]),
        "they do not come back"
    );
    assert_eq!(placed_inquiries(store).await, [id(&all[3])]);
    assert_eq!(
        (store.set_aside_count().await, store.stages(id(&all[0])).await),
        (Ok(0), Ok(Vec::new()))
    );
    assert_eq!(store.entry_in_or_out_of_sight(id(&all[1])).await, Ok(None));
    let last =
        store.audit(0, 10).await.expect("store readable").pop().expect("the audit has the row");
    assert_eq!(
        (last.what.as_str(), last.detail.as_str()),
        ("erase many", "entries 3, held and kept 1; a flood")
    );
    assert_eq!(
        store.erase_many(&entries, &[], &audit_context(7)).await,
        Ok(ErasedMany { erased: 0, held: 1, with_question: 0 })
    );
    assert_eq!(
        store.audit(0, 10).await.map(|entries| entries.len()),
        Ok(4),
        "what came to nothing is not written down"
    );
}

/// A submission in quarantine is erased like any other, and deleted when its retention period ends.
/// Nothing remains that would hide a later one.
pub async fn what_is_out_of_sight_is_erased_and_let_go_as_any_other(
    store: &(impl SubmissionStore + Custody + OfficeStore + SenderStore),
) {
    let all: Vec<NewRecord> = (1..=2).map(|seed| sent(seed, b"one", Some(ONE))).collect();
    store.keep(all.clone(), 1).await.expect("save succeeds");
    store
        .quarantine(&[id(&all[0]), id(&all[1])], &audit_context(2))
        .await
        .expect("write is accepted");
    store.erase(id(&all[0]), all[0].tombstone, &audit_context(3)).await.expect("write is accepted");
    assert_eq!(store.expire(Kind::Inquiry, 100, 10, &audit_context(4)).await, Ok(1));
    assert_eq!(store.put_back(&[id(&all[0]), id(&all[1])], &audit_context(5)).await, Ok(0));
    store.keep(vec![all[1].clone()], 9).await.expect("save succeeds");
    assert_eq!(store.ids_of(Reference::of(id(&all[1]))).await, Ok(vec![id(&all[1])]));
    assert_eq!(store.entry(id(&all[1])).await.map(|row| row.is_some()), Ok(true));
}

/// After their time, senders are removed and their submissions stay.
pub async fn senders_are_forgotten_and_their_entries_stay(
    store: &(impl SubmissionStore + SenderStore),
) {
    for seed in 1..=5 {
        store
            .keep(vec![sent(seed, b"one", Some(ONE))], u64::from(seed) * 10)
            .await
            .expect("save succeeds");
    }
    assert_eq!(store.forget_senders(0, 40, 2).await, Ok(2));
    assert_eq!(
        (store.forget_senders(0, 40, 2).await, store.forget_senders(0, 40, 2).await),
        (Ok(1), Ok(0))
    );
    assert_eq!(store.senders(0, 100).await.map(|sums| sums[0].entries), Ok(2));
    assert_eq!(store.page(Kind::Inquiry, 0, None, 10).await.map(|rows| rows.len()), Ok(5));
}
