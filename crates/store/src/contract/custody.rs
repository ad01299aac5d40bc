//! The second part of the contract: holds, retention, erasure, stages and the audit log.

use super::record;
use crate::audit::{ALIAS_CHARS, Chain};
use crate::{
    AuditContext, Custody, ErasedMany, Erasure, Expired, NewRecord, OfficeStore, SenderStore,
    SetAsideRow, StoreOutcome, StoredSubmission, SubmissionStore,
};
use domain::MunicipalityId;
use domain::addition::ADDITIONS_MAX;
use domain::reference::Reference;
use domain::status::InquiryStage;
use domain::submission::{KeyId, Kind};

fn audit_context(at_ms: u64) -> AuditContext {
    AuditContext { who: "ann".into(), reason: "request 1".into(), at_ms }
}

fn named(record: &NewRecord) -> domain::SubmissionId {
    record.envelope.header.id
}

/// An erased submission is deleted together with what was set aside under its id, and is not stored
/// again, with the same body or another.
pub async fn what_is_erased_stays_erased(store: &(impl SubmissionStore + Custody)) {
    let (first, second, other) =
        (record("x", 1, b"first"), record("x", 1, b"second"), record("x", 2, b"other"));
    store.keep(vec![first.clone(), second.clone(), other.clone()], 1).await.expect("save succeeds");
    let beside = SetAsideRow {
        id: named(&first),
        received_at_ms: 1,
        bytes: postcard::to_allocvec(&second.envelope).expect("a record is encoded").len() as u64,
    };
    assert_eq!(store.set_aside_rows(10).await, Ok(vec![beside]));
    assert_eq!(store.set_aside_rows(0).await, Ok(vec![]));
    let erased = store.erase(named(&first), first.tombstone, &audit_context(2)).await;
    assert_eq!(erased, Ok(Erasure::Done { entries: 1, set_aside: 1 }));
    let kept = store.keep(vec![first.clone(), second, other], 3).await;
    assert_eq!(
        kept,
        Ok(vec![
            StoreOutcome::Erased,
            StoreOutcome::Erased,
            StoreOutcome::Stands { received_at_ms: 1 }
        ])
    );
    assert_eq!(store.page(Kind::Inquiry, 0, None, 10).await.map(|rows| rows.len()), Ok(1));
    assert_eq!(store.set_aside_count().await, Ok(0));
    assert_eq!(
        store.erase(named(&first), first.tombstone, &audit_context(4)).await,
        Ok(Erasure::Already)
    );
}

/// An id can be erased before anything is received under it.
pub async fn what_was_never_there_can_be_erased_before_it_comes(
    store: &(impl SubmissionStore + Custody),
) {
    let one = record("x", 1, b"one");
    assert_eq!(
        store.erase(named(&one), one.tombstone, &audit_context(1)).await,
        Ok(Erasure::Done { entries: 0, set_aside: 0 })
    );
    assert_eq!(store.keep(vec![one], 2).await, Ok(vec![StoreOutcome::Erased]));
}

/// An addition to a question: it has the question's lookup.
fn addition_to(question: &NewRecord, seed: u8) -> NewRecord {
    let mut record = NewRecord { lookup: question.lookup, ..record("x", seed, &[seed]) };
    record.envelope.header.kind = Kind::Addition;
    record
}

/// What was added to a question is found by its lookup, and the question is found without it.
pub async fn additions_are_found_by_the_lookup_of_their_question(
    store: &(impl SubmissionStore + OfficeStore + SenderStore),
) {
    let question = record("x", 1, b"question");
    let (early, late) = (addition_to(&question, 2), addition_to(&question, 3));
    let stray = addition_to(&record("x", 9, b"elsewhere"), 4);
    store.keep(vec![early.clone(), stray], 1).await.expect("save succeeds");
    store.keep(vec![question.clone(), late.clone()], 2).await.expect("save succeeds");
    let ids = |rows: Vec<StoredSubmission>| {
        rows.into_iter().map(|row| row.envelope.header.id).collect::<Vec<_>>()
    };
    assert_eq!(store.by_lookup(question.lookup).await.map(ids), Ok(vec![named(&question)]));
    let added = async || store.additions(question.lookup).await.map(ids);
    assert_eq!(added().await, Ok(vec![named(&early), named(&late)]));
    assert_eq!(store.quarantine(&[named(&early)], &audit_context(3)).await, Ok(1));
    assert_eq!(added().await, Ok(vec![named(&late)]));
}

/// A question takes so many additions and no more; those already stored stay, and another question
/// has room.
pub async fn a_question_takes_so_many_additions_and_no_more(store: &impl SubmissionStore) {
    let (question, other) = (record("x", 1, b"question"), record("x", 2, b"other"));
    let most = ADDITIONS_MAX as u8;
    let batch: Vec<NewRecord> = (0..=most).map(|at| addition_to(&question, 10 + at)).collect();
    let kept = store.keep(batch.clone(), 1).await.expect("save succeeds");
    let stands = StoreOutcome::Stands { received_at_ms: 1 };
    assert_eq!(kept[..usize::from(most)], vec![stands; usize::from(most)]);
    assert_eq!(kept[usize::from(most)..], [StoreOutcome::TooManyAdditions]);
    let again = vec![batch[0].clone(), batch[usize::from(most)].clone(), addition_to(&other, 3)];
    assert_eq!(
        store.keep(again, 2).await,
        Ok(vec![
            stands,
            StoreOutcome::TooManyAdditions,
            StoreOutcome::Stands { received_at_ms: 2 }
        ])
    );
}

/// Erasing a question erases its additions, and those that come later are not stored.
pub async fn additions_are_erased_with_their_question(
    store: &(impl SubmissionStore + Custody + OfficeStore + SenderStore),
) {
    let questions = [record("x", 1, b"one"), record("x", 2, b"two"), record("x", 3, b"three")];
    let additions = [1, 2, 3].map(|at| addition_to(&questions[at - 1], 10 + at as u8));
    let all = questions.iter().chain(&additions).cloned().collect();
    store.keep(all, 1).await.expect("save succeeds");
    let [one, two, three] = &questions;
    assert_eq!(store.hold(named(&additions[0]), &audit_context(2)).await, Ok(true));
    let erase = async |record: &NewRecord| {
        store.erase(named(record), record.tombstone, &audit_context(3)).await
    };
    assert_eq!(erase(one).await, Ok(Erasure::Held), "a part of it is held");
    assert_eq!(store.release(named(&additions[0]), &audit_context(4)).await, Ok(true));
    assert_eq!(erase(one).await, Ok(Erasure::Done { entries: 1, set_aside: 0 }));
    let many = [(named(two), two.tombstone)];
    assert_eq!(
        store.erase_many(&many, &[], &audit_context(5)).await.map(|done| done.erased),
        Ok(1)
    );
    assert_eq!(store.count_in_sight(Kind::Addition).await, Ok(1));
    let late = vec![
        additions[0].clone(),
        addition_to(one, 21),
        addition_to(two, 22),
        addition_to(three, 23),
    ];
    let erased = StoreOutcome::Erased;
    assert_eq!(
        store.keep(late, 6).await,
        Ok(vec![erased, erased, erased, StoreOutcome::Stands { received_at_ms: 6 }])
    );
}

/// Among many, an addition is not erased without its question, in quarantine or not: the question's
/// history has its words too. One without a question is erased like any other.
pub async fn an_addition_is_not_erased_without_its_question(
    store: &(impl SubmissionStore + Custody + OfficeStore + SenderStore),
) {
    let (question, other) = (record("x", 1, b"one"), record("x", 2, b"two"));
    let (part, hidden) = (addition_to(&question, 11), addition_to(&question, 12));
    let (of_other, stray) = (addition_to(&other, 13), addition_to(&record("x", 9, b"lost"), 14));
    let all = [&question, &other, &part, &hidden, &of_other, &stray].map(Clone::clone).into();
    store.keep(all, 1).await.expect("save succeeds");
    assert_eq!(store.quarantine(&[named(&hidden)], &audit_context(2)).await, Ok(1));
    let many = [&other, &part, &hidden, &of_other, &stray];
    let many = many.map(|record| (named(record), record.tombstone));
    // The other question takes its addition with it, so nothing is left of that.
    let done = store.erase_many(&many, &[], &audit_context(3)).await;
    assert_eq!(done, Ok(ErasedMany { erased: 2, held: 0, with_question: 2 }));
    let last = store.audit(0, 10).await.expect("store readable").pop();
    assert_eq!(
        last.map(|entry| entry.detail),
        Some("entries 2, held and kept 0, kept with their question 2; request 1".into())
    );
    assert_eq!(store.additions(question.lookup).await.map(|rows| rows.len()), Ok(1));
    assert_eq!(
        store.keep(vec![part, hidden.clone()], 4).await,
        Ok(vec![StoreOutcome::Stands { received_at_ms: 1 }; 2]),
        "they are not taken for erased"
    );
    // One that names another question is in no history, so nothing of it is left.
    let many = [(named(&hidden), hidden.tombstone)];
    let done = store.erase_many(&many, &[named(&hidden)], &audit_context(4)).await;
    assert_eq!(done, Ok(ErasedMany { erased: 1, held: 0, with_question: 0 }));
    assert_eq!(store.keep(vec![hidden], 5).await, Ok(vec![StoreOutcome::Erased]));
    let many = [(named(&question), question.tombstone)];
    assert_eq!(
        store.erase_many(&many, &[], &audit_context(5)).await.map(|done| done.erased),
        Ok(1)
    );
    assert_eq!(store.additions(question.lookup).await, Ok(Vec::new()));
}

/// An addition is deleted together with its question, however old it is; one without a question by
/// its own age. A hold on one part of a question holds all of it.
pub async fn additions_are_let_go_with_their_question(
    store: &(impl SubmissionStore + Custody + OfficeStore),
) {
    let (old, young) = (record("x", 1, b"old"), record("x", 2, b"young"));
    let (of_old, of_young) = (addition_to(&old, 11), addition_to(&young, 12));
    let stray = addition_to(&record("x", 3, b"never came"), 13);
    store.keep(vec![old.clone(), of_young.clone(), stray], 10).await.expect("save succeeds");
    store.keep(vec![young.clone(), of_old.clone()], 90).await.expect("save succeeds");
    let due = async |kind| store.expired(kind, 50).await;
    assert_eq!(due(Kind::Addition).await, Ok(Expired { due: 1, held: 0 }));
    assert_eq!(store.hold(named(&of_old), &audit_context(91)).await, Ok(true));
    assert_eq!(due(Kind::Inquiry).await, Ok(Expired { due: 0, held: 1 }));
    assert_eq!(store.expire(Kind::Inquiry, 50, 10, &audit_context(92)).await, Ok(0));
    assert_eq!(store.release(named(&of_old), &audit_context(93)).await, Ok(true));
    assert_eq!(store.expire(Kind::Inquiry, 50, 10, &audit_context(94)).await, Ok(1));
    assert_eq!(store.expire(Kind::Addition, 50, 10, &audit_context(95)).await, Ok(1));
    assert_eq!(store.additions(old.lookup).await, Ok(Vec::new()));
    assert_eq!(store.additions(young.lookup).await.map(|rows| rows.len()), Ok(1));
    assert_eq!(
        store.keep(vec![of_old], 96).await,
        Ok(vec![StoreOutcome::Stands { received_at_ms: 96 }]),
        "nothing is left of it"
    );
}

/// A hold takes precedence over retention and erasure until it is removed.
pub async fn what_is_held_is_neither_erased_nor_let_go(store: &(impl SubmissionStore + Custody)) {
    let (held, free) = (record("x", 1, b"held"), record("x", 2, b"free"));
    store.keep(vec![held.clone(), free], 1).await.expect("save succeeds");
    assert_eq!(
        (
            store.hold(named(&held), &audit_context(2)).await,
            store.hold(named(&held), &audit_context(3)).await
        ),
        (Ok(true), Ok(false))
    );
    let holds = store.holds().await.expect("store readable");
    assert_eq!(
        holds.iter().map(|hold| (hold.id, hold.reason.as_str(), hold.since_ms)).collect::<Vec<_>>(),
        [(named(&held), "request 1", 2)]
    );
    assert_eq!(
        store.erase(named(&held), held.tombstone, &audit_context(4)).await,
        Ok(Erasure::Held)
    );
    assert_eq!(store.expired(Kind::Inquiry, 100).await, Ok(Expired { due: 1, held: 1 }));
    assert_eq!(store.expire(Kind::Inquiry, 100, 10, &audit_context(5)).await, Ok(1));
    assert_eq!(
        store.keep(vec![held.clone()], 6).await,
        Ok(vec![StoreOutcome::Stands { received_at_ms: 1 }]),
        "it stood all the time"
    );
    assert_eq!(
        (
            store.release(named(&held), &audit_context(7)).await,
            store.release(named(&held), &audit_context(8)).await
        ),
        (Ok(true), Ok(false))
    );
    assert_eq!(store.expire(Kind::Inquiry, 100, 10, &audit_context(9)).await, Ok(1));
    assert_eq!(store.has_entries().await, Ok(false));
}

/// Retention deletes the oldest first, at most the given number, of one kind, and only those
/// received before the given time.
pub async fn what_is_old_enough_goes_with_what_was_set_aside_and_the_rest_stays(
    store: &(impl SubmissionStore + Custody),
) {
    for seed in 1..=6 {
        store
            .keep(
                vec![record("x", seed, b"first"), record("x", seed, b"second")],
                u64::from(seed) * 10,
            )
            .await
            .expect("save succeeds");
    }
    assert_eq!(
        store.expired(Kind::Inquiry, 40).await,
        Ok(Expired { due: 3, held: 0 }),
        "the moment itself is not before it"
    );
    assert_eq!(store.expired(Kind::Feedback, 40).await, Ok(Expired { due: 0, held: 0 }));
    assert_eq!(store.expire(Kind::Feedback, 40, 10, &audit_context(100)).await, Ok(0));
    assert_eq!(store.expire(Kind::Inquiry, 40, 2, &audit_context(100)).await, Ok(2));
    let left = async || {
        store
            .page(Kind::Inquiry, 0, None, 10)
            .await
            .map(|rows| rows.iter().map(|row| row.received_at_ms).collect::<Vec<_>>())
    };
    assert_eq!((left().await, store.set_aside_count().await), (Ok(vec![30, 40, 50, 60]), Ok(4)));
    assert_eq!(
        (store.expire(Kind::Inquiry, 40, 2, &audit_context(101)).await, left().await),
        (Ok(1), Ok(vec![40, 50, 60]))
    );
    assert_eq!(store.expire(Kind::Inquiry, 40, 2, &audit_context(102)).await, Ok(0));
}

/// Stages are recorded once each, only for stored submissions, and are deleted with them.
pub async fn stages_are_said_once_and_go_with_the_entry(store: &(impl SubmissionStore + Custody)) {
    let (one, other) = (record("x", 1, b"one"), record("x", 2, b"other"));
    assert_eq!(
        store.set_stage(named(&one), InquiryStage::InProgress, &audit_context(1)).await,
        Ok(false),
        "nothing is there"
    );
    store.keep(vec![one.clone(), other.clone()], 2).await.expect("save succeeds");
    assert_eq!(
        store.entry(named(&one)).await.map(|row| row.map(|row| (row.envelope, row.received_at_ms))),
        Ok(Some((one.envelope.clone(), 2)))
    );
    assert_eq!(
        (
            store.set_stage(named(&one), InquiryStage::InProgress, &audit_context(3)).await,
            store.set_stage(named(&one), InquiryStage::InProgress, &audit_context(4)).await
        ),
        (Ok(true), Ok(false))
    );
    assert_eq!(
        store.set_stage(named(&one), InquiryStage::Closed, &audit_context(5)).await,
        Ok(true)
    );
    assert_eq!(
        store.stages(named(&one)).await,
        Ok(vec![(InquiryStage::InProgress, 3), (InquiryStage::Closed, 5)])
    );
    assert_eq!(store.stages(named(&other)).await, Ok(Vec::new()));
    assert_eq!(
        store
            .audit(0, 10)
            .await
            .map(|entries| entries.iter().filter(|entry| entry.what == "stage").count()),
        Ok(2)
    );
    store.erase(named(&one), one.tombstone, &audit_context(6)).await.expect("write is accepted");
    assert_eq!(
        (store.stages(named(&one)).await, store.entry(named(&one)).await),
        (Ok(Vec::new()), Ok(None))
    );
    store
        .set_stage(named(&other), InquiryStage::Answered, &audit_context(7))
        .await
        .expect("write is accepted");
    assert_eq!(store.expire(Kind::Inquiry, 100, 10, &audit_context(8)).await, Ok(1));
    assert_eq!(store.stages(named(&other)).await, Ok(Vec::new()));
}

/// Submissions are found by their reference numbers.
pub async fn entries_are_found_by_their_reference(store: &(impl SubmissionStore + Custody)) {
    let batch: Vec<NewRecord> = (1..=20).map(|seed| record("x", seed, b"one")).collect();
    store.keep(batch.clone(), 1).await.expect("save succeeds");
    for record in &batch {
        assert_eq!(store.ids_of(Reference::of(named(record))).await, Ok(vec![named(record)]));
    }
    assert_eq!(store.ids_of(Reference::of(named(&record("x", 99, b"")))).await, Ok(vec![]));
}

/// Every action is recorded once, in its own transaction; one that had no effect is not recorded.
pub async fn deeds_are_written_down_in_a_chain(store: &(impl SubmissionStore + Custody)) {
    let batch: Vec<NewRecord> = (1..=4).map(|seed| record("x", seed, b"one")).collect();
    store.keep(batch.clone(), 1).await.expect("save succeeds");
    assert_eq!(store.last_audit_number().await, Ok(0));
    store.hold(named(&batch[0]), &audit_context(10)).await.expect("write is accepted");
    store.hold(named(&batch[0]), &audit_context(11)).await.expect("write is accepted");
    store
        .erase(named(&batch[0]), batch[0].tombstone, &audit_context(12))
        .await
        .expect("write is accepted");
    store.release(named(&batch[0]), &audit_context(13)).await.expect("write is accepted");
    store
        .erase(named(&batch[1]), batch[1].tombstone, &audit_context(14))
        .await
        .expect("write is accepted");
    store.expire(Kind::Inquiry, 100, 10, &audit_context(15)).await.expect("write is accepted");
    store.expire(Kind::Inquiry, 100, 10, &audit_context(16)).await.expect("write is accepted");
    store.note("export", &audit_context(17)).await.expect("write is accepted");
    let entries = store.audit(0, 100).await.expect("store readable");
    let told: Vec<(u64, &str, &str)> = entries
        .iter()
        .map(|entry| (entry.at_ms, entry.who.as_str(), entry.what.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (10, "ann", "hold"),
            (13, "ann", "release"),
            (14, "ann", "erase"),
            (15, "ann", "retention"),
            (17, "ann", "export")
        ]
    );
    assert!(
        entries[2].detail.starts_with("entries 1, set aside 0; request 1")
            && entries[3].detail.starts_with("Inquiry 3"),
        "{entries:?}"
    );
    assert!(
        !entries[2].detail.contains(&named(&batch[1]).to_string()),
        "what was erased is not named"
    );
    let mut chain = Chain::new(MunicipalityId::parse("x").expect("slugs in the tests"));
    assert_eq!(entries.iter().try_for_each(|entry| chain.follow(entry)), Ok(()));
    assert_eq!(
        (store.audit(3, 1).await.map(|page| page[0].number), store.last_audit_number().await),
        (Ok(4), Ok(5))
    );
}

/// The details of all rows of the audit log.
async fn details(store: &impl Custody) -> Vec<String> {
    let audit = store.audit(0, 100).await.expect("store readable");
    audit.into_iter().map(|entry| entry.detail).collect()
}

/// The audit log refers to a submission by an alias, never by its id. Deleting the submission
/// leaves the alias without a target.
pub async fn an_entry_has_a_name_in_the_audit_as_long_as_it_is_kept(
    store: &(impl SubmissionStore + Custody),
) {
    let (one, other, held) =
        (record("x", 1, b"one"), record("x", 2, b"other"), record("x", 3, b"held"));
    assert_eq!(store.alias(named(&one)).await, Ok(None), "nothing has come");
    assert_eq!(store.note_of(named(&one), "read", &audit_context(1)).await, Ok(false));
    assert_eq!(store.last_audit_number().await, Ok(0));
    store.keep(vec![one.clone(), other.clone()], 1).await.expect("save succeeds");
    let alias =
        async |record: &NewRecord| store.alias(named(record)).await.expect("store readable");
    let (of_one, of_other) =
        (alias(&one).await.expect("it is kept"), alias(&other).await.expect("it is kept"));
    assert_eq!((of_one.len(), alias(&one).await), (ALIAS_CHARS, Some(of_one.clone())));
    assert_ne!(of_one, of_other);
    assert_eq!(
        store
            .note_of(
                named(&one),
                "read",
                &AuditContext { reason: String::new(), ..audit_context(2) }
            )
            .await,
        Ok(true)
    );
    store
        .set_stage(named(&one), InquiryStage::InProgress, &audit_context(3))
        .await
        .expect("save succeeds");
    store.hold(named(&other), &audit_context(4)).await.expect("save succeeds");
    store.release(named(&other), &audit_context(5)).await.expect("save succeeds");
    // An id that is held has an alias too, even if nothing was received under it.
    store.hold(named(&held), &audit_context(6)).await.expect("save succeeds");
    let of_held = alias(&held).await.expect("it is held");
    store.release(named(&held), &audit_context(7)).await.expect("save succeeds");
    let expected = [
        of_one.clone(),
        format!("{of_one} InProgress; request 1"),
        format!("{of_other}; request 1"),
        format!("{of_other}; request 1"),
        format!("{of_held}; request 1"),
        format!("{of_held}; request 1"),
    ];
    assert_eq!(details(store).await, expected);
    store.erase(named(&one), one.tombstone, &audit_context(8)).await.expect("write is accepted");
    assert_eq!(store.expire(Kind::Inquiry, 100, 10, &audit_context(9)).await, Ok(1));
    for record in [&one, &other, &held] {
        assert_eq!(alias(record).await, None);
        let id = named(record).to_string();
        assert!(details(store).await.iter().all(|detail| !detail.contains(&id)));
    }
    // A submission stored again under an id that was deleted gets a new alias.
    store.keep(vec![other.clone()], 10).await.expect("save succeeds");
    assert_ne!(alias(&other).await, Some(of_other));
}

/// The aliases of many submissions erased at once are deleted with them.
pub async fn the_names_of_many_are_gone_with_them(
    store: &(impl SubmissionStore + Custody + SenderStore),
) {
    let batch: Vec<NewRecord> = (1..=3).map(|seed| record("x", seed, b"one")).collect();
    store.keep(batch.clone(), 1).await.expect("save succeeds");
    for record in &batch {
        assert!(store.alias(named(record)).await.expect("store readable").is_some());
    }
    let erased: Vec<_> =
        batch.iter().take(2).map(|record| (named(record), record.tombstone)).collect();
    store.erase_many(&erased, &[], &audit_context(2)).await.expect("write is accepted");
    let mut left = Vec::new();
    for record in &batch {
        left.push(store.alias(named(record)).await.expect("store readable").is_some());
    }
    assert_eq!(left, [false, false, true]);
    assert!(
        store
            .changes(0, 10)
            .await
            .expect("store readable")
            .iter()
            .any(|change| change.is_taken_away && change.id.is_none())
    );
}

/// Edition numbers continue above all previous ones, from whichever backup a store is restored.
pub async fn a_restored_store_raises_the_numbers_of_editions(
    store: &(impl SubmissionStore + Custody),
) {
    const RESTORED_MS: u64 = 1_800_000_000_000;
    // A running store has one epoch; here the same epoch begins again.
    assert_eq!(store.edition_floor().await, Ok(0));
    store.begin_epoch(store.epoch(), &audit_context(RESTORED_MS)).await.expect("write is accepted");
    let first = store.edition_floor().await.expect("store readable");
    assert_eq!(
        u64::from(first),
        RESTORED_MS / 1_000 - 1_577_836_800,
        "by the clock, which no backup sets back"
    );
    store
        .begin_epoch(store.epoch(), &audit_context(RESTORED_MS + 3_600_000))
        .await
        .expect("write is accepted");
    assert_eq!(store.edition_floor().await, Ok(first + 3_600));
    store.begin_epoch(store.epoch(), &audit_context(0)).await.expect("write is accepted");
    assert_eq!(
        store.edition_floor().await,
        Ok(first + 3_601),
        "never down, whatever the clock says"
    );
}

/// Before a key is destroyed, everything sealed to it can be counted, including what was set aside.
pub async fn what_is_sealed_to_a_key_is_counted(store: &(impl SubmissionStore + Custody)) {
    let key = |seed: u8| KeyId([seed; 8]);
    for seed in 1..=2 {
        store
            .keep(
                vec![
                    record("x", seed, b"first"),
                    record("x", seed, b"second"),
                    record("x", seed, b"third"),
                ],
                1,
            )
            .await
            .expect("save succeeds");
    }
    assert_eq!(
        (
            store.sealed_to(key(1)).await,
            store.sealed_to(key(2)).await,
            store.sealed_to(key(3)).await
        ),
        (Ok(3), Ok(3), Ok(0))
    );
    let one = record("x", 1, b"first");
    store.erase(named(&one), one.tombstone, &audit_context(2)).await.expect("write is accepted");
    assert_eq!((store.sealed_to(key(1)).await, store.sealed_to(key(2)).await), (Ok(0), Ok(3)));
}

/// If several servers claim the same action, one succeeds. Entries of a later time than that of the
/// claim do not count.
pub async fn what_is_to_be_done_once_is_claimed_by_one(store: &(impl SubmissionStore + Custody)) {
    let claim = async |since_ms, at_ms| {
        store.claim("retention begins", since_ms, &audit_context(at_ms)).await
    };
    let claims = futures_util::future::join_all((0..8).map(|_| claim(90, 100))).await;
    assert_eq!(claims.iter().filter(|claim| **claim == Ok(true)).count(), 1);
    assert!(claims.iter().all(Result::is_ok), "{claims:?}");
    assert_eq!((claim(101, 110).await, claim(110, 111).await), (Ok(true), Ok(false)));
    assert_eq!(claim(40, 50).await, Ok(true), "what is ahead of a clock that was set back");
    assert_eq!(store.last_audit_number().await, Ok(3));
    let noted = async |until_ms| store.last_noted("retention begins", until_ms).await;
    assert_eq!((noted(49).await, noted(109).await), (Ok(None), Ok(Some(50))));
    assert_eq!(store.last_noted("retention done", u64::MAX).await, Ok(None));
}

/// The newest time is that of the last submission or entry of the audit log, of whatever kind.
pub async fn the_newest_thing_up_to_a_time_is_found(store: &(impl SubmissionStore + Custody)) {
    assert_eq!(store.newest(u64::MAX).await, Ok(None));
    store.keep(vec![record("x", 1, b"one")], 20).await.expect("save succeeds");
    store.note("export", &audit_context(30)).await.expect("write is accepted");
    store.keep(vec![record("x", 2, b"two")], 40).await.expect("save succeeds");
    for (until_ms, newest) in
        [(u64::MAX, Some(40)), (40, Some(40)), (39, Some(30)), (29, Some(20)), (19, None)]
    {
        assert_eq!(store.newest(until_ms).await, Ok(newest), "{until_ms}");
    }
}

/// Concurrent actions do not fork the chain.
pub async fn deeds_of_several_at_once_stand_in_one_chain(store: &(impl SubmissionStore + Custody)) {
    let note = async |what: &str| {
        for at_ms in 0..10 {
            store.note(what, &audit_context(at_ms)).await.expect("write is accepted");
        }
    };
    tokio::join!(note("one"), note("two"), note("three"));
    let mut chain = Chain::new(MunicipalityId::parse("x").expect("slugs in the tests"));
    let entries = store.audit(0, 100).await.expect("store readable");
    assert_eq!(
        (entries.iter().try_for_each(|entry| chain.follow(entry)), chain.number),
        (Ok(()), 30)
    );
}

/// An erasure succeeds while the same submission is sent again and again: afterwards it is gone for
/// good.
pub async fn an_erasure_in_the_midst_of_keeping_wins(store: &(impl SubmissionStore + Custody)) {
    for seed in 0..20 {
        let one = record("x", seed, b"one");
        let send = async || {
            for now_ms in 0..5 {
                store.keep(vec![one.clone()], now_ms).await.expect("save succeeds");
            }
        };
        let erase = async || store.erase(named(&one), one.tombstone, &audit_context(1)).await;
        let ((), (), erased) = tokio::join!(send(), send(), erase());
        assert!(matches!(erased, Ok(Erasure::Done { .. })), "{erased:?}");
        assert_eq!(store.keep(vec![one], 9).await, Ok(vec![StoreOutcome::Erased]));
    }
    assert_eq!(store.has_entries().await, Ok(false));
}
