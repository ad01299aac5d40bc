//! Tests of the queue's decisions, without a store or network.

use super::*;
use crate::storage_contract::sample_head;
use domain::submission::{BodyHash, KeyId};

fn outbox(count: u8) -> Outbox {
    let mut outbox = Outbox::new(7);
    outbox.load((0..count).rev().map(sample_head).collect());
    outbox
}

fn ids(outbox: &Outbox) -> Vec<SubmissionId> {
    outbox.heads().iter().map(|head| head.id).collect()
}

fn receipt(head: &Head, epoch: u8, received_at_ms: u64) -> Receipt {
    Receipt {
        id: head.id,
        body: BodyHash(head.body.0),
        received_at_ms,
        epoch: [epoch; 16],
        signer: KeyId([0; 8]),
        signature: ([0; 32], [0; 32]),
    }
}

fn later(retry_after_s: Option<u64>) -> Meaning {
    Meaning::Later { retry_after_s, why: Obstacle::Busy }
}

#[test]
fn the_oldest_goes_first_and_all_go_together() {
    let outbox = outbox(3);
    assert_eq!(
        outbox.next_step(0),
        NextStep::Send(vec![[0, 1, 2].map(|seed| sample_head(seed).id).to_vec()])
    );
    assert_eq!(Outbox::new(1).next_step(0), NextStep::Rest);
}

#[test]
fn a_request_never_grows_over_its_limits() {
    let mut heads: Vec<Head> = (0..=255).map(sample_head).collect();
    let mut outbox = Outbox::new(1);
    outbox.load(heads.clone());
    assert!(
        matches!(outbox.next_step(0), NextStep::Send(batches) if batches[0].len() == FIRST_BATCH)
    );
    for _ in 0..8 {
        outbox.settle(&[], Meaning::Spoken(Vec::new()), 0);
    }
    assert!(
        matches!(outbox.next_step(0), NextStep::Send(batches) if batches[0].len() == BATCH_MAX)
    );
    heads.iter_mut().for_each(|head| head.size = 60_000);
    outbox.load(heads.clone());
    assert!(
        matches!(outbox.next_step(0), NextStep::Send(batches) if batches[0].len() == REQUEST_BYTES_MAX / 60_000)
    );
    heads.iter_mut().for_each(|head| head.size = 9_000_000);
    outbox.load(heads);
    assert!(
        matches!(outbox.next_step(0), NextStep::Send(batches) if batches[0].len() == 1),
        "one that is too large is still offered, and refused by name"
    );
}

#[test]
fn several_go_at_once_while_they_go_through_and_one_alone_when_not() {
    let mut outbox = Outbox::new(1);
    outbox.load((0..=250).map(sample_head).collect());
    let sizes = |outbox: &Outbox| match outbox.next_step(0) {
        NextStep::Send(batches) => batches.iter().map(Vec::len).collect(),
        _ => Vec::new(),
    };
    assert_eq!(sizes(&outbox), [25], "nobody knows yet whether it gets there");
    let received = |head: &Head| (head.id, Fate::Received(receipt(head, 1, 0)));
    for (count, then) in [(25, [50, 50, 50].as_slice()), (50, &[100, 100, 51])] {
        let fates = outbox.heads()[..count].iter().map(received).collect();
        outbox.settle(&[], Meaning::Spoken(fates), 0);
        assert_eq!(sizes(&outbox), then);
    }
    let ids: Vec<_> = ids(&outbox);
    outbox.settle(&ids[..100], later(None), 0);
    outbox.hurry();
    assert_eq!(sizes(&outbox), [100]);
    outbox.settle(&ids[..100], Meaning::Later { retry_after_s: None, why: Obstacle::NoAnswer }, 0);
    outbox.hurry();
    assert_eq!(sizes(&outbox), [50], "perhaps it was too much for this network");
    outbox.settle(&ids[..1], Meaning::Later { retry_after_s: None, why: Obstacle::NoAnswer }, 0);
    outbox.hurry();
    assert_eq!(
        sizes(&outbox),
        [50],
        "one entry that got no answer says nothing of larger requests"
    );
}

#[test]
fn a_wait_that_one_answer_asks_for_is_not_ended_by_another_to_a_request_beside_it() {
    let mut outbox = outbox(3);
    let (sent, received) =
        (ids(&outbox), |head: &Head| vec![(head.id, Fate::Received(receipt(head, 1, 0)))]);
    let fates = [received(&outbox.heads()[1]), received(&outbox.heads()[2])];
    outbox.settle(&sent[..1], later(Some(600)), 0);
    outbox.settle(&sent[..1], later(None), 0);
    for fates in fates {
        outbox.settle(&[], Meaning::Spoken(fates), 1);
    }
    assert!(matches!(outbox.next_step(1), NextStep::WaitUntil(until) if until >= 600_000));
    assert_eq!(outbox.obstacle(), Some(Obstacle::Busy));
}

#[test]
fn fault_29_waits_grow_are_scattered_and_capped() {
    let mut outbox = outbox(1);
    let (sent, mut now, mut waits) = (ids(&outbox), 1_000_000, Vec::new());
    for _ in 0..40 {
        assert!(matches!(outbox.next_step(now), NextStep::Send(_)));
        assert_eq!(outbox.settle(&sent, later(None), now).changes.len(), 1);
        let NextStep::WaitUntil(until) = outbox.next_step(now) else {
            panic!("it waits after a failure")
        };
        waits.push(until - now);
        now = until;
    }
    assert!(waits[0] <= 2_000 && waits[0] >= 1_000);
    assert!(waits[12..].iter().all(|wait| (450_000..=900_000).contains(wait)), "{waits:?}");
    assert!(waits[12..].windows(2).any(|pair| pair[0] != pair[1]), "scattered");
}

#[test]
fn fault_29_retry_after_is_honoured_but_not_for_ever() {
    let mut outbox = outbox(1);
    let sent = ids(&outbox);
    outbox.settle(&sent, later(Some(3_600)), 0);
    assert!(
        matches!(outbox.next_step(3_599_999), NextStep::WaitUntil(until) if until >= 3_600_000)
    );
    outbox.hurry();
    outbox.settle(&sent, later(Some(u64::MAX)), 0);
    assert!(matches!(outbox.next_step(1), NextStep::WaitUntil(until) if until <= 7 * 3_600_000));
}

#[test]
fn fault_38_a_clock_that_jumps_back_does_not_silence_the_queue() {
    let mut outbox = outbox(1);
    let sent = ids(&outbox);
    outbox.settle(&sent, later(None), 10 * 365 * 86_400_000);
    assert!(matches!(outbox.next_step(1_000), NextStep::Send(_)));
}

#[test]
fn a_person_or_a_new_connection_ends_the_wait() {
    let mut outbox = outbox(1);
    let sent = ids(&outbox);
    outbox.settle(&sent, later(Some(600)), 0);
    outbox.hurry();
    assert!(matches!(outbox.next_step(1), NextStep::Send(_)));
}

#[test]
fn fault_37_a_refused_batch_is_halved_until_it_goes_through() {
    let mut outbox = outbox(8);
    let mut sizes = Vec::new();
    for _ in 0..4 {
        let NextStep::Send(batches) = outbox.next_step(0) else { panic!("it goes on") };
        let [sent] = batches.as_slice() else { panic!("one at a time, until one went through") };
        sizes.push(sent.len());
        outbox.settle(sent, Meaning::Divide, 0);
    }
    assert_eq!(sizes, [8, 4, 2, 1]);
}

#[test]
fn a_restored_server_is_offered_what_it_may_have_lost() {
    let mut head = sample_head(1);
    head.state = ParcelState::Received { receipt: receipt(&head, 1, 0), copy_kept: true };
    let mut outbox = Outbox::new(1);
    outbox.load(vec![head.clone()]);
    outbox.learn_epoch([1; 16]);
    assert_eq!(outbox.next_step(0), NextStep::Rest);
    outbox.learn_epoch([2; 16]);
    assert_eq!(outbox.next_step(0), NextStep::Send(vec![vec![head.id]]));
    assert!(
        outbox.copies_to_drop(u64::MAX).is_empty(),
        "a copy that is being offered is not dropped"
    );
}

#[test]
fn a_copy_is_dropped_after_seven_days_of_the_servers_clock() {
    let mut head = sample_head(1);
    head.state = ParcelState::Received { receipt: receipt(&head, 1, 100), copy_kept: true };
    let mut outbox = Outbox::new(1);
    outbox.load(vec![head.clone()]);
    assert!(outbox.copies_to_drop(99 + COPY_KEPT_MS).is_empty());
    assert_eq!(outbox.copies_to_drop(100 + COPY_KEPT_MS), [head.id]);
}

#[test]
fn fault_47_the_counts_are_those_of_the_store() {
    let mut outbox = outbox(3);
    let sent = ids(&outbox);
    let fates = vec![(sent[0], Fate::Received(receipt(&outbox.heads()[0], 1, 0)))];
    let Amendments { receipts, changes } = outbox.settle(&sent, Meaning::Spoken(fates), 0);
    assert!(changes.is_empty());
    assert_eq!(
        outbox.tally(),
        ParcelTally { waiting: 3, ..ParcelTally::default() },
        "nothing is counted before the store has it"
    );
    outbox.update(Amended { receipts, heads: Vec::new() });
    assert_eq!(outbox.tally(), ParcelTally { waiting: 2, received: 1, needs_attention: 0 });
}
