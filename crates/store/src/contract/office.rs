//! The third part of the contract: staff work.

use super::record;
use crate::{
    ActRow, AuditContext, Custody, ENTRIES_PER_ENDING_MAX, Erasure, EventRow, LedgerKind,
    NewCaseEvent, NewRecord, OfficeStore, PlainView, SealedKind, SealedText, SeenRow, SettledRow,
    StoreOutcome, StoredSubmission, SubmissionStore, ViewRow,
};
use domain::status::InquiryStage;
use domain::submission::Kind;
use domain::{SubmissionId, TerminalId};
use vault::Lookup;

fn audit_context(at_ms: u64) -> AuditContext {
    AuditContext { who: "ann".into(), reason: "a reason".into(), at_ms }
}

fn event(id: SubmissionId, number: u32, at_ms: u64) -> EventRow {
    EventRow { id, number, at_ms, who: "ann".into(), sealed: vec![number as u8; 3] }
}

/// An event's number is unique: the second event with a number is refused and overwrites nothing.
pub async fn an_event_has_one_number_and_goes_with_its_entry(
    store: &(impl SubmissionStore + Custody + OfficeStore),
) {
    let one = record("x", 1, b"one");
    let id = one.envelope.header.id;
    assert_eq!(
        store.append(&event(id, 1, 5), None, "note", &audit_context(5), None).await,
        Ok(false),
        "there is no such entry"
    );
    store.keep(vec![one.clone()], 1).await.expect("save succeeds");
    assert_eq!(
        store
            .append(
                &event(id, 1, 5),
                Some(InquiryStage::InProgress),
                "note",
                &audit_context(5),
                None
            )
            .await,
        Ok(true)
    );
    let second = EventRow { sealed: b"other".to_vec(), ..event(id, 1, 6) };
    assert_eq!(
        store.append(&second, Some(InquiryStage::Closed), "close", &audit_context(6), None).await,
        Ok(false)
    );
    assert_eq!(
        store
            .append(
                &event(id, 2, 7),
                Some(InquiryStage::InProgress),
                "note",
                &audit_context(7),
                None
            )
            .await,
        Ok(true),
        "a stage that was said stays"
    );
    assert_eq!(store.events(id).await, Ok(vec![event(id, 1, 5), event(id, 2, 7)]));
    assert_eq!(
        store.stages(id).await,
        Ok(vec![(InquiryStage::InProgress, 5)]),
        "what was not written says nothing either"
    );
    let audit = store.audit(0, 10).await.expect("store readable");
    assert_eq!(audit.iter().map(|entry| entry.what.as_str()).collect::<Vec<_>>(), ["note", "note"]);
    assert_eq!(placed_inquiries(store).await, [id]);
    assert_eq!(
        store.erase(id, one.tombstone, &audit_context(8)).await,
        Ok(Erasure::Done { entries: 1, set_aside: 0 })
    );
    assert_eq!(
        (store.events(id).await, placed_inquiries(store).await),
        (Ok(Vec::new()), Vec::new())
    );
}

/// The ids of all inquiries that are not in quarantine, read page by page.
pub(super) async fn placed_inquiries(store: &impl OfficeStore) -> Vec<SubmissionId> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let places = store.places(Kind::Inquiry, 0, after, 2).await.expect("store readable");
        let Some(last) = places.last() else { return ids };
        after = Some(*last);
        ids.extend(places.into_iter().map(|(_, id)| id));
    }
}

/// Many events added at once have the same effect as one by one, and one that is refused does not
/// prevent the others.
pub async fn many_events_are_added_as_each_would_be(
    store: &(impl SubmissionStore + Custody + OfficeStore),
) {
    let (one, none) = (record("x", 1, b"one"), record("x", 2, b"none"));
    let (id, nobody) = (one.envelope.header.id, none.envelope.header.id);
    store.keep(vec![one], 1).await.expect("save succeeds");
    let done = |id, number, at_ms, stage| NewCaseEvent {
        event: event(id, number, at_ms),
        stage,
        what: "note",
        audit: audit_context(at_ms),
    };
    let all = [
        done(id, 1, 5, Some(InquiryStage::InProgress)),
        done(nobody, 1, 6, None),
        done(id, 1, 7, Some(InquiryStage::Closed)),
        done(id, 2, 8, None),
    ];
    assert_eq!(store.append_all(&all).await, Ok(2));
    assert_eq!(
        (store.events(id).await, store.events(nobody).await),
        (Ok(vec![event(id, 1, 5), event(id, 2, 8)]), Ok(Vec::new()))
    );
    assert_eq!(store.stages(id).await, Ok(vec![(InquiryStage::InProgress, 5)]));
    assert_eq!((store.last_audit_number().await, store.append_all(&[]).await), (Ok(2), Ok(0)));
}

/// Events are deleted with their inquiry when its retention period ends.
pub async fn events_of_what_is_let_go_go_with_it(
    store: &(impl SubmissionStore + Custody + OfficeStore),
) {
    let (old, young) = (record("x", 1, b"old"), record("x", 2, b"young"));
    for (at_ms, record) in [(10, &old), (90, &young)] {
        store.keep(vec![record.clone()], at_ms).await.expect("save succeeds");
        assert_eq!(
            store
                .append(
                    &event(record.envelope.header.id, 1, 95),
                    None,
                    "note",
                    &audit_context(95),
                    None
                )
                .await,
            Ok(true)
        );
    }
    assert_eq!(store.expire(Kind::Inquiry, 50, 10, &audit_context(99)).await, Ok(1));
    let left = store.events_since(0, None, 10).await.expect("store readable");
    assert_eq!(left.iter().map(|event| event.id).collect::<Vec<_>>(), [young.envelope.header.id]);
}

/// Pages contain each event once, also if several have the same time.
pub async fn events_are_paged_by_their_moments(store: &(impl SubmissionStore + OfficeStore)) {
    let ids: Vec<SubmissionId> =
        (1..=5).map(|seed| record("x", seed, b"x").envelope.header.id).collect();
    store
        .keep((1..=5).map(|seed| record("x", seed, b"x")).collect(), 1)
        .await
        .expect("save succeeds");
    for number in 1..=4 {
        for id in &ids {
            assert_eq!(
                store
                    .append(
                        &event(*id, number, 10 + u64::from(number / 2)),
                        None,
                        "note",
                        &audit_context(1),
                        None
                    )
                    .await,
                Ok(true)
            );
        }
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store.events_since(11, after, 3).await.expect("store readable");
        let Some(last) = page.last() else { break };
        after = Some((last.at_ms, last.id, last.number));
        seen.extend(page.into_iter().map(|event| (event.at_ms, event.id, event.number)));
    }
    let mut sorted = seen.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!((seen.len(), &seen), (15, &sorted), "numbers two to four of each, in order");
}

/// The summary of a settled inquiry is stored with the event that settled it, and deleted with the
/// one that reopens it.
pub async fn a_settled_inquiry_is_found_by_its_row_and_all_others_whole(
    store: &(impl SubmissionStore + Custody + OfficeStore),
) {
    let records: Vec<NewRecord> = (1..=4).map(|seed| record("x", seed, &[seed])).collect();
    let ids: Vec<SubmissionId> = records.iter().map(|record| record.envelope.header.id).collect();
    store.keep(records.clone(), 1).await.expect("save succeeds");
    let append =
        async |at: usize, number: u32, stage: Option<InquiryStage>, settled: Option<&[u8]>| {
            assert_eq!(
                store
                    .append(&event(ids[at], number, 5), stage, "note", &audit_context(5), settled)
                    .await,
                Ok(true)
            );
        };
    append(0, 1, None, None).await;
    append(1, 1, Some(InquiryStage::Closed), Some(b"settled")).await;
    append(2, 1, Some(InquiryStage::Closed), Some(b"settled")).await;
    append(2, 2, None, None).await;
    let unsettled = async |closed_once: bool, after| {
        let found = store.unsettled(closed_once, after, 10).await.expect("store readable");
        found
            .into_iter()
            .map(|(entry, events)| (entry.envelope.header.id, events.len()))
            .collect::<Vec<_>>()
    };
    assert_eq!(unsettled(false, None).await, [(ids[0], 1), (ids[3], 0)]);
    assert_eq!(unsettled(false, Some((1, ids[0]))).await, [(ids[3], 0)]);
    assert_eq!(unsettled(true, None).await, [(ids[2], 2)], "it was opened again");
    let row = |at: usize, last_event, sealed: &[u8]| SettledRow {
        id: ids[at],
        last_event,
        sealed: sealed.to_vec(),
    };
    assert_eq!(store.settled(None, 10).await, Ok(vec![row(1, 1, b"settled")]));
    assert_eq!(store.settled(Some(ids[1]), 10).await, Ok(Vec::new()));
    // A summary that was computed too late is ignored: another event was added meanwhile.
    store.put_settled(&[row(2, 1, b"late"), row(0, 1, b"found")]).await.expect("write is accepted");
    assert_eq!(store.settled(None, 10).await, Ok(vec![row(0, 1, b"found"), row(1, 1, b"settled")]));
    assert_eq!(
        store.erase(ids[1], records[1].tombstone, &audit_context(8)).await,
        Ok(Erasure::Done { entries: 1, set_aside: 0 })
    );
    assert_eq!(store.settled(None, 10).await, Ok(vec![row(0, 1, b"found")]));
    assert_eq!(store.expire(Kind::Inquiry, 50, 10, &audit_context(99)).await, Ok(3));
    assert_eq!(store.settled(None, 10).await, Ok(Vec::new()));
}

/// Inquiries can be listed from the newest back, each with its own events.
pub async fn inquiries_are_walked_back_with_their_events(
    store: &(impl SubmissionStore + OfficeStore),
) {
    for seed in 0..25 {
        let record = record("x", seed, &[seed]);
        let id = record.envelope.header.id;
        store.keep(vec![record], u64::from(seed / 5)).await.expect("save succeeds");
        for number in 1..=u32::from(seed % 3) {
            assert_eq!(
                store.append(&event(id, number, 50), None, "note", &audit_context(50), None).await,
                Ok(true)
            );
        }
    }
    let (mut seen, mut before) = (Vec::new(), None);
    while let Some(last) = {
        let page = store.inquiries_before(before, 4).await.expect("store readable");
        seen.extend(page.iter().map(|(entry, events)| {
            assert!(events.iter().all(|event| event.id == entry.envelope.header.id));
            (entry.envelope.header.id, events.iter().map(|event| event.number).collect::<Vec<_>>())
        }));
        page.last().map(|(entry, _)| (entry.received_at_ms, entry.envelope.header.id))
    } {
        before = Some(last);
    }
    let expected = (0..25_u8).rev().map(|seed| {
        (
            record("x", seed, &[seed]).envelope.header.id,
            (1..=u32::from(seed % 3)).collect::<Vec<_>>(),
        )
    });
    assert_eq!(seen, expected.collect::<Vec<_>>());
}

/// A submission is found by its lookup, also one that was stored before lookups existed.
pub async fn an_entry_is_found_by_its_lookup(
    store: &(impl SubmissionStore + Custody + OfficeStore),
) {
    let (one, other) = (record("x", 1, b"one"), record("x", 2, b"other"));
    store.keep(vec![one.clone(), other.clone()], 1).await.expect("save succeeds");
    let found = async |lookup| {
        store
            .by_lookup(lookup)
            .await
            .expect("store readable")
            .first()
            .map(|row| row.envelope.header.id)
    };
    assert_eq!(found(one.lookup).await, Some(one.envelope.header.id));
    assert_eq!(found(Lookup([9; 16])).await, None);
    assert_eq!(store.without_lookup(None, 10).await, Ok(Vec::new()));
    store
        .set_lookups(&[
            (one.envelope.header.id, Some(Lookup([9; 16]))),
            (other.envelope.header.id, None),
        ])
        .await
        .expect("write is accepted");
    assert_eq!(
        [found(Lookup([9; 16])).await, found(one.lookup).await],
        [Some(one.envelope.header.id), None]
    );
    assert_eq!(
        (found(other.lookup).await, store.without_lookup(None, 10).await),
        (None, Ok(Vec::new())),
        "it was looked at"
    );
    store.forget_empty_lookups().await.expect("write is accepted");
    let ids = |rows: Vec<StoredSubmission>| {
        rows.into_iter().map(|row| row.envelope.header.id).collect::<Vec<_>>()
    };
    assert_eq!(
        store.without_lookup(None, 10).await.map(ids),
        Ok(vec![other.envelope.header.id]),
        "a key may have been put back"
    );
    let ending = |record: &NewRecord| {
        std::array::from_fn(|at| record.envelope.header.id.as_bytes()[11 + at])
    };
    assert_eq!(
        store.without_lookup(Some(ending(&other)), 10).await.map(ids),
        Ok(vec![other.envelope.header.id])
    );
    assert_eq!(store.without_lookup(Some(ending(&one)), 10).await, Ok(Vec::new()));
}

/// The number of submissions with one reference number is limited, whether they come one by one or
/// all at once; those already stored stay.
pub async fn a_reference_is_borne_by_so_many_and_no_more(store: &impl SubmissionStore) {
    let ending_alike = |number: u8| {
        let mut record = record("x", number, &[number]);
        let mut random = [7; 10];
        random[0] = number;
        record.envelope.header.id = SubmissionId::from_parts(u64::from(number), random);
        record
    };
    let most = ENTRIES_PER_ENDING_MAX as u8;
    let kept =
        store.keep((0..most + 8).map(ending_alike).collect(), 1).await.expect("save succeeds");
    let stands = |kept: &[StoreOutcome]| {
        kept.iter().filter(|kept| matches!(kept, StoreOutcome::Stands { .. })).count()
    };
    assert_eq!(
        (stands(&kept), kept.iter().filter(|kept| **kept == StoreOutcome::ReferenceFull).count()),
        (usize::from(most), 8)
    );
    let again = store
        .keep(vec![ending_alike(0), ending_alike(most), record("x", 200, b"other")], 2)
        .await
        .expect("save succeeds");
    assert_eq!(
        again,
        [
            StoreOutcome::Stands { received_at_ms: 1 },
            StoreOutcome::ReferenceFull,
            StoreOutcome::Stands { received_at_ms: 2 }
        ]
    );
}

/// If many add the next event of one inquiry at once, one succeeds, and the numbers have no gap.
pub async fn of_many_who_write_at_once_one_is_first(store: &(impl SubmissionStore + OfficeStore)) {
    let one = record("x", 1, b"one");
    let id = one.envelope.header.id;
    store.keep(vec![one], 1).await.expect("save succeeds");
    let write = async |at_ms: u64| {
        store
            .append(&event(id, 1, at_ms), None, "note", &audit_context(at_ms), None)
            .await
            .expect("write is accepted")
    };
    let (one, two, three, four) = tokio::join!(write(1), write(2), write(3), write(4));
    assert_eq!([one, two, three, four].iter().filter(|is_written| **is_written).count(), 1);
    assert_eq!(store.events(id).await.map(|events| events.len()), Ok(1));
}

/// `places` returns the same submissions as `page`, in the same order.
pub async fn places_are_paged_as_entries_are(store: &(impl SubmissionStore + OfficeStore)) {
    for seed in 0..25 {
        store
            .keep(vec![record("x", seed, &[seed])], u64::from(seed / 5))
            .await
            .expect("save succeeds");
    }
    let (mut seen, mut after) = (Vec::new(), None);
    while let Some(last) = {
        let places = store.places(Kind::Inquiry, 1, after, 4).await.expect("store readable");
        seen.extend(places.iter().copied());
        places.last().copied()
    } {
        after = Some(last);
    }
    let rows = store.page(Kind::Inquiry, 1, None, 100).await.expect("store readable");
    assert_eq!(
        seen,
        rows.iter().map(|row| (row.received_at_ms, row.envelope.header.id)).collect::<Vec<_>>()
    );
    assert_eq!((seen.len(), store.places(Kind::Feedback, 0, None, 10).await), (20, Ok(Vec::new())));
}

/// Each person has their own saved lists.
pub async fn each_has_lists_of_their_own(store: &impl OfficeStore) {
    let view = |login: &str, number: u32, text: &[u8]| ViewRow {
        login: login.into(),
        number,
        sealed: text.to_vec(),
    };
    for put in [
        view("ann", 2, b"one"),
        view("ann", 1, b"two"),
        view("bo", 1, b"three"),
        view("ann", 2, b"four"),
        view("ann", 3, b"gone"),
    ] {
        assert_eq!(store.put_view(&put, 3).await, Ok(true));
    }
    store.drop_view("ann", 3).await.expect("write is accepted");
    assert_eq!(store.views("ann").await, Ok(vec![view("ann", 1, b"two"), view("ann", 2, b"four")]));
    assert_eq!(store.views("bo").await, Ok(vec![view("bo", 1, b"three")]));
    assert_eq!(store.plain_views(10).await, Ok(Vec::new()));
    let plain = PlainView { login: "bo".into(), name: "not there".into(), query: "q=1".into() };
    store.seal_view(&plain, &view("bo", 1, b"other")).await.expect("write is accepted");
    assert_eq!(
        store.views("bo").await,
        Ok(vec![view("bo", 1, b"three")]),
        "another server had sealed it before"
    );
}

/// The sealed texts of a kind, two at a time.
async fn all_sealed_texts(store: &impl OfficeStore, kind: SealedKind) -> Vec<SealedText> {
    let (mut seen, mut after) = (Vec::new(), None);
    while let Some(last) = {
        let page = store.sealed_texts(kind, after.as_ref(), 2).await.expect("store readable");
        seen.extend(page.iter().cloned());
        page.last().cloned()
    } {
        after = Some(last);
    }
    seen
}

/// Every sealed text is visited once, kind by kind, and a new text replaces only the one that was
/// read.
pub async fn sealed_texts_are_gone_through_and_sealed_again(
    store: &(impl SubmissionStore + OfficeStore),
) {
    let ids: Vec<SubmissionId> =
        (1..=3).map(|seed| record("x", seed, b"x").envelope.header.id).collect();
    store
        .keep((1..=3).map(|seed| record("x", seed, b"x")).collect(), 1)
        .await
        .expect("save succeeds");
    for id in &ids {
        for number in 1..=2 {
            let settled = (number == 2).then_some(&b"settled"[..]);
            assert_eq!(
                store
                    .append(&event(*id, number, 5), None, "note", &audit_context(5), settled)
                    .await,
                Ok(true)
            );
        }
    }
    for ledger in [LedgerKind::Survey, LedgerKind::Counter] {
        for number in 1..=3 {
            let row = ActRow { number, at_ms: 1, who: "ann".into(), sealed: vec![number as u8] };
            assert_eq!(store.append_act(ledger, &row, "make", &audit_context(5)).await, Ok(true));
        }
    }
    for (login, number) in [("ann", 1), ("ann", 2), ("bo", 1)] {
        store
            .put_view(&ViewRow { login: login.into(), number, sealed: vec![7] }, 10)
            .await
            .expect("save succeeds");
    }
    for (kind, count) in
        SealedKind::ALL.into_iter().zip([6, 3, 3, 3, 3, 0]).filter(|(_, count)| *count > 0)
    {
        let seen = all_sealed_texts(store, kind).await;
        let places: std::collections::BTreeSet<_> =
            seen.iter().map(|text| (text.owner.clone(), text.number)).collect();
        assert_eq!((seen.len(), places.len()), (count, count), "{kind:?}");
        let mut anew: Vec<(SealedText, Vec<u8>)> =
            seen.iter().map(|text| (text.clone(), b"anew".to_vec())).collect();
        // Another server replaced the text meanwhile.
        anew[0].0.sealed = b"as it was read".to_vec();
        assert_eq!(store.reseal(kind, &anew).await, Ok(count as u64 - 1), "{kind:?}");
        let after = store.sealed_texts(kind, None, 10).await.expect("store readable");
        assert_eq!(
            (&after[0], after[1..].iter().all(|text| text.sealed == b"anew")),
            (&seen[0], true),
            "{kind:?}"
        );
    }
    assert_eq!(
        store.events(ids[1]).await.map(|rows| rows.iter().all(|row| row.sealed == b"anew")),
        Ok(true)
    );
    assert_eq!(store.views("bo").await.map(|rows| rows[0].sealed.clone()), Ok(b"anew".to_vec()));
}

/// From the audit log, other servers learn which submissions were changed, and that some were
/// removed.
pub async fn the_audit_says_which_entries_changed(
    store: &(impl SubmissionStore + Custody + OfficeStore),
) {
    let (one, other) = (record("x", 1, b"one"), record("x", 2, b"other"));
    let (id, gone) = (one.envelope.header.id, other.envelope.header.id);
    store.keep(vec![one, other.clone()], 1).await.expect("save succeeds");
    store
        .append(&event(id, 1, 5), None, "note", &audit_context(5), None)
        .await
        .expect("save succeeds");
    let bare = AuditContext { reason: String::new(), ..audit_context(6) };
    store.append(&event(gone, 1, 6), None, "note", &bare, None).await.expect("save succeeds");
    store.note("figures", &audit_context(7)).await.expect("save succeeds");
    assert_eq!(store.note_of(id, "read", &bare).await, Ok(true));
    store.append(&event(id, 2, 8), None, "note", &bare, None).await.expect("save succeeds");
    let told = async |after| {
        store.changes(after, 10).await.map(|all| {
            all.iter()
                .map(|change| (change.number, change.id, change.is_taken_away))
                .collect::<Vec<_>>()
        })
    };
    let is = |number, id| (number, id, false);
    assert_eq!(
        told(0).await,
        Ok(vec![is(1, Some(id)), is(2, Some(gone)), is(3, None), is(4, None), is(5, Some(id))]),
        "a look changes nothing"
    );
    store.erase(gone, other.tombstone, &audit_context(9)).await.expect("write is accepted");
    assert_eq!(
        told(0).await,
        Ok(vec![
            is(1, Some(id)),
            is(2, None),
            is(3, None),
            is(4, None),
            is(5, Some(id)),
            (6, None, true)
        ])
    );
    assert_eq!(told(4).await, Ok(vec![is(5, Some(id)), (6, None, true)]));
    assert_eq!(store.expire(Kind::Inquiry, 100, 10, &audit_context(10)).await, Ok(1));
    assert_eq!(told(6).await, Ok(vec![(7, None, true)]));
    // Servers from before aliases wrote the id.
    store
        .note("note", &AuditContext { reason: id.to_string(), ..audit_context(11) })
        .await
        .expect("save succeeds");
    assert_eq!(told(7).await, Ok(vec![is(8, Some(id))]));
}

/// If many lists are saved at once, no more are stored than one person may have.
pub async fn of_many_lists_saved_at_once_as_many_stand_as_one_may_have(store: &impl OfficeStore) {
    let save = async |number: u32| {
        let view = ViewRow { login: "ann".into(), number, sealed: vec![1] };
        store.put_view(&view, 3).await.expect("write is accepted")
    };
    let saved = futures_util::future::join_all((0..8).map(save)).await;
    assert_eq!(saved.iter().filter(|is_saved| **is_saved).count(), 3);
    assert_eq!(store.views("ann").await.map(|views| views.len()), Ok(3));
}

/// Actions have one order within their ledger and are in no other ledger; the second action with a
/// number is refused and overwrites nothing.
pub async fn what_was_done_has_one_order_in_each_book(store: &(impl OfficeStore + Custody)) {
    let row = |number: u32, at_ms: u64| ActRow {
        number,
        at_ms,
        who: "ann".into(),
        sealed: vec![number as u8; 3],
    };
    for (ledger, other) in
        [(LedgerKind::Survey, LedgerKind::Counter), (LedgerKind::Counter, LedgerKind::Survey)]
    {
        let before = store.acts(other, 0).await;
        assert_eq!(store.append_act(ledger, &row(1, 5), "make", &audit_context(5)).await, Ok(true));
        assert_eq!(
            store
                .append_act(
                    ledger,
                    &ActRow { sealed: b"other".to_vec(), ..row(1, 6) },
                    "make",
                    &audit_context(6)
                )
                .await,
            Ok(false)
        );
        assert_eq!(
            store.append_act(ledger, &row(2, 4), "end", &audit_context(7)).await,
            Ok(true),
            "a clock that was set back changes no order"
        );
        assert_eq!(store.acts(ledger, 0).await, Ok(vec![row(1, 5), row(2, 4)]));
        assert_eq!(store.acts(ledger, 1).await, Ok(vec![row(2, 4)]));
        assert_eq!(store.acts(other, 0).await, before);
    }
    let audit = store.audit(0, 10).await.expect("store readable");
    assert_eq!(
        audit.iter().map(|entry| entry.what.as_str()).collect::<Vec<_>>(),
        ["make", "end", "make", "end"]
    );
}

/// If many write one number at once, one succeeds: this is how a code is used only once.
pub async fn of_many_acts_with_one_number_one_stands(store: &impl OfficeStore) {
    let write = async |at_ms: u64| {
        let row = ActRow { number: 1, at_ms, who: String::new(), sealed: vec![at_ms as u8] };
        store
            .append_act(LedgerKind::Counter, &row, "enrol", &audit_context(at_ms))
            .await
            .expect("write is accepted")
    };
    let (one, two, three, four) = tokio::join!(write(1), write(2), write(3), write(4));
    assert_eq!([one, two, three, four].iter().filter(|is_written| **is_written).count(), 1);
    assert_eq!(store.acts(LedgerKind::Counter, 0).await.map(|rows| rows.len()), Ok(1));
}

/// Of each device only the last status report is stored.
pub async fn of_each_device_there_is_what_it_said_last(store: &impl OfficeStore) {
    let seen = |device: &str, at_ms: u64, state: &str| SeenRow {
        device: TerminalId::parse(device).expect("slugs in the tests"),
        at_ms,
        state: state.into(),
    };
    assert_eq!(store.devices().await, Ok(Vec::new()));
    for said in [
        seen("tablet-b", 5, "{}"),
        seen("tablet-a", 6, "{}"),
        seen("tablet-b", 4, r#"{"waiting":2}"#),
    ] {
        store.see_device(&said).await.expect("save succeeds");
    }
    assert_eq!(
        store.devices().await,
        Ok(vec![seen("tablet-a", 6, "{}"), seen("tablet-b", 4, r#"{"waiting":2}"#)])
    );
}
