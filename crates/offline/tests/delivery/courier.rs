//! The courier against a server in memory: lost answers, refusals, captive portals, failing stores.

use crate::town::{TownHall, answered, block_on, device, sealed};
use domain::submission::{Refusal, Verdict, Verdicts};
use offline::answer::Obstacle;
use offline::memory::{MemoryStorage, Turn};
use offline::outbox::NextStep;
use offline::parcel::{Attention, ParcelState, ParcelTally};
use offline::ports::{Exchange, Storage, StorageFault};

fn tally(waiting: usize, received: usize, needs_attention: usize) -> ParcelTally {
    ParcelTally { waiting, received, needs_attention }
}

#[test]
fn what_is_kept_is_delivered_and_receipted() {
    let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
    let (courier, network, _) = device(&hall, &storage);
    for order in 0..3 {
        block_on(courier.post(&sealed("Hello", order, &hall.keys()))).unwrap();
    }
    assert_eq!(courier.tally(), tally(3, 0, 0));
    assert_eq!(block_on(courier.deliver()), Ok(NextStep::Rest));
    assert_eq!(
        (courier.tally(), network.requests(), hall.kept.borrow().len()),
        (tally(0, 3, 0), 1, 3)
    );
}

#[test]
fn fault_03_a_full_device_keeps_nothing_and_says_so() {
    let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
    let (courier, _, _) = device(&hall, &storage);
    storage.break_with(Some(StorageFault::Full));
    let entry = sealed("Hello", 0, &hall.keys());
    assert_eq!(block_on(courier.post(&entry)), Err(StorageFault::Full));
    block_on(courier.load()).unwrap();
    assert_eq!(courier.tally(), ParcelTally::default());
    storage.break_with(None);
    assert_eq!(block_on(courier.post(&entry)), Ok(()), "fault 5: room is freed, and it goes on");
}

#[test]
fn fault_06_what_was_kept_in_spite_of_a_lost_connection_is_said_to_be_kept_and_never_said_twice() {
    let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
    let (courier, _, _) = device(&hall, &storage);
    storage.lose_next_word();
    assert_eq!(block_on(courier.post(&sealed("Hello", 0, &hall.keys()))), Ok(()));
    block_on(courier.deliver()).unwrap();
    assert_eq!((courier.tally(), hall.kept.borrow().len()), (tally(0, 1, 0), 1));
}

#[test]
fn fault_23_a_lost_answer_is_asked_for_again_and_nothing_is_doubled() {
    let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
    let (courier, network, clock) = device(&hall, &storage);
    network.script([Turn::AnswerLost]);
    block_on(courier.post(&sealed("Hello", 0, &hall.keys()))).unwrap();
    let Ok(NextStep::WaitUntil(until)) = block_on(courier.deliver()) else { panic!("it waits") };
    assert_eq!((courier.tally(), courier.obstacle()), (tally(1, 0, 0), Some(Obstacle::NoAnswer)));
    clock.set(until);
    block_on(courier.deliver()).unwrap();
    assert_eq!(
        (courier.tally(), courier.obstacle(), hall.kept.borrow().len()),
        (tally(0, 1, 0), None, 1)
    );
}

/// For each of the answers, which do not come from the server, from `from_ms` on: the submission
/// keeps waiting. Then the server accepts it.
fn postponed_by(answers: impl IntoIterator<Item = Exchange>, from_ms: u64) {
    let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
    let (courier, network, clock) = device(&hall, &storage);
    block_on(courier.post(&sealed("Hello", 0, &hall.keys()))).unwrap();
    clock.set(from_ms);
    for answer in answers {
        network.script([Turn::Instead(answer)]);
        let Ok(NextStep::WaitUntil(until)) = block_on(courier.deliver()) else {
            panic!("it waits")
        };
        assert_eq!(
            (courier.tally(), courier.obstacle()),
            (tally(1, 0, 0), Some(Obstacle::NotTheServer))
        );
        clock.set(until);
    }
    block_on(courier.deliver()).unwrap();
    assert_eq!(courier.tally(), tally(0, 1, 0));
}

#[test]
fn fault_26_a_page_of_a_captive_portal_releases_nothing() {
    let page = answered(200, b"<html>Welcome! Sign in".to_vec());
    postponed_by(
        [
            page,
            answered(200, vec![]),
            answered(302, vec![]),
            answered(511, vec![]),
            answered(404, vec![]),
        ],
        0,
    );
}

#[test]
fn fault_29_an_hour_of_trouble_loses_nothing() {
    let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
    let (courier, network, clock) = device(&hall, &storage);
    block_on(courier.post(&sealed("Hello", 0, &hall.keys()))).unwrap();
    let mut now = 0;
    for status in [500, 502, 503, 429, 401, 403].into_iter().cycle() {
        network.script([Turn::Instead(answered(status, vec![]))]);
        let Ok(NextStep::WaitUntil(until)) = block_on(courier.deliver()) else {
            panic!("it waits")
        };
        assert!(until > now && courier.tally() == tally(1, 0, 0));
        now = until;
        clock.set(now);
        if now > 3_600_000 {
            break;
        }
    }
    assert!(network.requests() < 20, "it does not hammer: {}", network.requests());
    block_on(courier.deliver()).unwrap();
    assert_eq!(courier.tally(), tally(0, 1, 0));
}

#[test]
fn fault_31_a_gate_that_asks_to_sign_in_after_weeks_postpones_and_nothing_was_ever_needed_to_sign_in()
 {
    // A batch is all that a request carries: the port has no place for a session.
    postponed_by(
        [401, 403, 407].map(|status| answered(status, b"Sign in".to_vec())),
        60 * 86_400_000,
    );
}

/// The server refuses twice: after the first refusal the submission is sent under another id, with
/// its secret and its position; after the second a person is asked.
#[test]
fn an_entry_whose_reference_is_full_goes_again_under_another_id_once() {
    let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
    let (courier, network, _) = device(&hall, &storage);
    let entry = sealed("Hello", 0, &hall.keys());
    block_on(courier.post(&entry)).unwrap();
    let full = |id| {
        answered(
            200,
            postcard::to_allocvec(&Verdicts {
                verdicts: vec![(id, Verdict::Refused(Refusal::ReferenceFull))],
            })
            .unwrap(),
        )
    };
    network.script([Turn::Instead(full(entry.head.id))]);
    assert_eq!(block_on(courier.deliver()), Ok(NextStep::Rest));
    let heads = courier.heads();
    assert_eq!((courier.tally(), heads.len(), hall.kept.borrow().len()), (tally(0, 1, 0), 1, 1));
    assert_ne!(heads[0].reference(), entry.head.reference());
    assert_eq!(
        (heads[0].secret, heads[0].order, heads[0].kept_at_ms),
        (entry.head.secret, entry.head.order, entry.head.kept_at_ms)
    );
    assert!(block_on(storage.envelope(entry.head.id)).unwrap().is_none(), "it is there once");

    let second = sealed("Hello again", 1, &hall.keys());
    block_on(courier.post(&second)).unwrap();
    let other = offline::sealing::under_another_id(&second.head, &second.envelope).unwrap();
    network.script([Turn::Instead(full(second.head.id)), Turn::Instead(full(other.head.id))]);
    assert_eq!(block_on(courier.deliver()), Ok(NextStep::Rest));
    assert_eq!(courier.tally(), tally(0, 1, 1));
    assert!(
        block_on(storage.envelope(other.head.id)).unwrap().is_some(),
        "its words are still here"
    );
}

#[test]
fn fault_33_what_a_stricter_server_refuses_waits_for_a_person_with_the_reason() {
    let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
    let (courier, network, _) = device(&hall, &storage);
    let (fine, strange) = (sealed("fine", 0, &hall.keys()), sealed("strange", 1, &hall.keys()));
    block_on(courier.post(&fine)).unwrap();
    block_on(courier.post(&strange)).unwrap();
    let received = Verdict::Received(hall.sign(fine.head.id, fine.head.body));
    let verdicts = Verdicts {
        verdicts: vec![
            (fine.head.id, received),
            (strange.head.id, Verdict::Refused(Refusal::NotValid)),
        ],
    };
    network.script([Turn::Instead(answered(200, postcard::to_allocvec(&verdicts).unwrap()))]);
    assert_eq!(block_on(courier.deliver()), Ok(NextStep::Rest));
    assert_eq!(courier.tally(), tally(0, 1, 1));
    assert!(matches!(
        courier.heads()[1].state,
        ParcelState::NeedsAttention { reason: Attention::Refused(Refusal::NotValid), .. }
    ));
    assert!(
        block_on(storage.envelope(strange.head.id)).unwrap().is_some(),
        "its words are still here"
    );
    block_on(courier.try_again(strange.head.id)).unwrap();
    block_on(courier.deliver()).unwrap();
    assert_eq!(courier.tally(), tally(0, 2, 0), "a server that was mended takes it");
}

/// A clock that is an hour later at each reading, as on a device that takes longer to store a
/// result than the back-off lasts.
struct SlowDevice(std::cell::Cell<u64>);

impl offline::ports::Clock for SlowDevice {
    fn now_ms(&self) -> u64 {
        self.0.set(self.0.get() + 3_600_000);
        self.0.get()
    }
}

#[test]
fn fault_27_what_stands_in_the_way_is_told_before_it_is_tried_again() {
    let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
    let server = hall.clone();
    let network = offline::memory::MemoryNetwork::new(move |bytes| server.answer(bytes));
    let courier =
        offline::courier::Courier::new(storage, network.clone(), SlowDevice(Default::default()), 1);
    courier.learn_keys(hall.keys());
    block_on(courier.post(&sealed("Hello", 0, &hall.keys()))).unwrap();
    for turn in [Turn::Lost, Turn::Instead(answered(503, Vec::new()))] {
        network.script([turn]);
        assert!(matches!(block_on(courier.deliver()), Ok(NextStep::WaitUntil(_))));
        assert!(courier.obstacle().is_some() && courier.tally() == tally(1, 0, 0));
    }
    assert_eq!((block_on(courier.deliver()), network.requests()), (Ok(NextStep::Rest), 3));
}

#[test]
fn fault_46_five_thousand_go_in_two_dozen_requests_and_the_list_is_read_twice() {
    let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
    let (courier, network, _) = device(&hall, &storage);
    let server = hall.clone();
    let entries: Vec<_> = (0..5_000).map(|order| sealed("Hello", order, &hall.keys())).collect();
    for entry in &entries {
        block_on(storage.keep(&entry.head, &entry.envelope)).unwrap();
    }
    assert_eq!(block_on(courier.deliver()), Ok(NextStep::Rest));
    assert_eq!(
        (courier.tally(), server.kept.borrow().len(), network.requests()),
        (tally(0, 5_000, 0), 5_000, 25)
    );
    assert!(storage.lists_read() <= 2, "{}", storage.lists_read());
}

#[test]
fn what_another_tab_kept_during_a_delivery_goes_with_it() {
    let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
    let late = sealed("from another tab", 1, &hall.keys());
    let (server, other, kept_meanwhile) = (hall.clone(), storage.clone(), late.clone());
    let network = offline::memory::MemoryNetwork::new(move |bytes| {
        block_on(other.keep(&kept_meanwhile.head, &kept_meanwhile.envelope)).unwrap();
        server.answer(bytes)
    });
    let courier =
        crate::town::TownCourier::new(storage.clone(), network.clone(), Default::default(), 1);
    courier.learn_keys(hall.keys());
    block_on(courier.post(&sealed("Hello", 0, &hall.keys()))).unwrap();
    assert_eq!(block_on(courier.deliver()), Ok(NextStep::Rest));
    assert_eq!(
        (network.requests(), hall.kept.borrow().len(), courier.tally()),
        (2, 2, tally(0, 2, 0))
    );
}

#[test]
fn fault_30_one_refused_parcel_is_set_aside_and_the_rest_goes_on() {
    for status in [400, 409, 410, 413, 422] {
        let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
        let poison = sealed("poison", 2, &hall.keys());
        let (courier, _) = device_whose_server_answers(status, &poison, &hall, &storage);
        for order in 0..5 {
            let entry =
                if order == 2 { poison.clone() } else { sealed("Hello", order, &hall.keys()) };
            block_on(courier.post(&entry)).unwrap();
        }
        block_on(courier.deliver()).unwrap();
        assert_eq!(courier.tally(), tally(0, 4, 1), "{status}");
        let state =
            courier.heads().into_iter().find(|head| head.id == poison.head.id).unwrap().state;
        assert!(
            matches!(state, ParcelState::NeedsAttention { reason: Attention::Status(s), .. } if s == status)
        );
        assert!(
            block_on(storage.envelope(poison.head.id)).unwrap().is_some(),
            "its words are still here"
        );
        block_on(courier.try_again(poison.head.id)).unwrap();
        assert_eq!(courier.tally(), tally(1, 4, 0));
    }
}

/// A server that answers with a status to every batch that holds one given parcel.
fn device_whose_server_answers(
    status: u16,
    poison: &offline::sealing::Sealed,
    hall: &std::rc::Rc<TownHall>,
    storage: &MemoryStorage,
) -> (crate::town::TownCourier, offline::memory::MemoryNetwork) {
    let (server, bad) = (hall.clone(), poison.head.id);
    let network = offline::memory::MemoryNetwork::new(move |bytes| {
        let holds_it = offline::ports::read_batch(bytes)
            .unwrap()
            .envelopes
            .iter()
            .any(|envelope| envelope.header.id == bad);
        if holds_it { answered(status, vec![]) } else { server.answer(bytes) }
    });
    let courier =
        crate::town::TownCourier::new(storage.clone(), network.clone(), Default::default(), 1);
    courier.learn_keys(hall.keys());
    (courier, network)
}

#[test]
fn fault_30_a_refusal_by_name_needs_attention_and_says_why() {
    let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
    let (courier, network, _) = device(&hall, &storage);
    let entry = sealed("Hello", 0, &hall.keys());
    block_on(courier.post(&entry)).unwrap();
    let verdicts =
        Verdicts { verdicts: vec![(entry.head.id, Verdict::Refused(Refusal::UnknownKey))] };
    network.script([Turn::Instead(answered(200, postcard::to_allocvec(&verdicts).unwrap()))]);
    assert_eq!(block_on(courier.deliver()), Ok(NextStep::Rest));
    assert!(matches!(
        courier.heads()[0].state,
        ParcelState::NeedsAttention { reason: Attention::Refused(Refusal::UnknownKey), .. }
    ));
}

#[test]
fn fault_36_a_receipt_that_is_not_believed_releases_nothing() {
    let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
    let (courier, network, _) = device(&hall, &storage);
    let entry = sealed("Hello", 0, &hall.keys());
    block_on(courier.post(&entry)).unwrap();
    let mut receipt = hall.sign(entry.head.id, entry.head.body);
    receipt.signature.1[3] ^= 4;
    let verdicts = Verdicts { verdicts: vec![(entry.head.id, Verdict::Received(receipt))] };
    network.script([Turn::Instead(answered(200, postcard::to_allocvec(&verdicts).unwrap()))]);
    assert!(matches!(block_on(courier.deliver()), Ok(NextStep::WaitUntil(_))));
    assert_eq!(courier.tally(), tally(1, 0, 0));
}

#[test]
fn fault_36_a_countersignature_vouches_for_the_verdicts_that_it_signs_and_for_no_other() {
    let hall = TownHall::new(1);
    let entries: Vec<_> = (0..3).map(|order| sealed("Hello", order, &hall.keys())).collect();
    let verdicts = Verdicts {
        verdicts: entries
            .iter()
            .map(|entry| {
                (entry.head.id, Verdict::Received(hall.sign(entry.head.id, entry.head.body)))
            })
            .collect(),
    };
    let received = |body: Vec<u8>| {
        let storage = MemoryStorage::default();
        let (courier, network, _) = device(&hall, &storage);
        entries.iter().for_each(|entry| block_on(courier.post(entry)).unwrap());
        network
            .script([Turn::Instead(answered(200, body)), Turn::Instead(answered(503, Vec::new()))]);
        block_on(courier.deliver()).unwrap();
        courier.tally().received
    };
    let whole = hall.countersigned(&verdicts);
    let length = postcard::to_allocvec(&verdicts).unwrap().len();
    assert_eq!(
        (received(whole.clone()), received(whole[..length].to_vec())),
        (3, 3),
        "each is signed by itself too, as servers of before send them"
    );
    for at in (0..whole.len()).step_by(7) {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        // Damage behind the verdicts leaves each receipt's own signature valid; damage in one
        // verdict costs that one.
        let expected = if at < length { 0..=2 } else { 3..=3 };
        assert!(expected.contains(&received(changed)), "byte {at}");
    }
    let mut forged = verdicts.clone();
    for (_, verdict) in &mut forged.verdicts {
        if let Verdict::Received(receipt) = verdict {
            receipt.signature.0[0] ^= 1;
        }
    }
    assert_eq!(received(postcard::to_allocvec(&forged).unwrap()), 0);
    let mut unknown = hall.countersigned(&forged);
    assert_eq!(received(unknown.clone()), 3, "one signature is as good as three");
    *unknown.last_mut().unwrap() ^= 1;
    assert_eq!(received(unknown), 0, "nobody signed it");
    assert_eq!(
        received([postcard::to_allocvec(&forged).unwrap(), whole[length..].to_vec()].concat()),
        0,
        "signed for other verdicts"
    );
}

#[test]
fn fault_13_two_tabs_deliver_the_same_store_and_one_row_stands() {
    let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
    let (first, _, _) = device(&hall, &storage);
    let (second, _, _) = device(&hall, &storage);
    block_on(first.post(&sealed("from the first", 0, &hall.keys()))).unwrap();
    block_on(second.post(&sealed("from the second", 1, &hall.keys()))).unwrap();
    block_on(async {
        first.deliver().await.unwrap();
        second.deliver().await.unwrap();
        first.load().await.unwrap();
    });
    assert_eq!(
        (first.tally(), second.tally(), hall.kept.borrow().len()),
        (tally(0, 2, 0), tally(0, 2, 0), 2)
    );
}

#[test]
fn fault_35_a_restored_server_is_offered_what_it_lost_and_only_once() {
    let (before, storage) = (TownHall::new(1), MemoryStorage::default());
    let (courier, _, _) = device(&before, &storage);
    block_on(courier.post(&sealed("Hello", 0, &before.keys()))).unwrap();
    block_on(courier.deliver()).unwrap();
    let restored = TownHall::new(2);
    let (courier, network, _) = device(&restored, &storage);
    assert_eq!(block_on(courier.deliver()), Ok(NextStep::Rest));
    assert_eq!(
        (restored.kept.borrow().len(), network.requests(), courier.tally()),
        (1, 1, tally(0, 1, 0))
    );
    block_on(courier.deliver()).unwrap();
    assert_eq!(network.requests(), 1);
}

#[test]
fn fault_35_a_restored_server_that_refuses_is_not_asked_for_ever() {
    let (before, storage) = (TownHall::new(1), MemoryStorage::default());
    let (courier, _, _) = device(&before, &storage);
    let entry = sealed("Hello", 0, &before.keys());
    block_on(courier.post(&entry)).unwrap();
    block_on(courier.deliver()).unwrap();
    let (courier, network, _) = device(&TownHall::new(2), &storage);
    let verdicts =
        Verdicts { verdicts: vec![(entry.head.id, Verdict::Refused(Refusal::UnknownKey))] };
    network.script([Turn::Instead(answered(200, postcard::to_allocvec(&verdicts).unwrap()))]);
    assert_eq!(block_on(courier.deliver()), Ok(NextStep::Rest));
    assert_eq!(courier.tally(), tally(0, 0, 1));
}

#[test]
fn fault_07_what_an_older_store_held_is_moved_once_it_opens_again_and_then_delivered() {
    let (hall, older, storage) =
        (TownHall::new(1), MemoryStorage::default(), MemoryStorage::default());
    let (before, _, _) = device(&hall, &older);
    block_on(before.post(&sealed("before", 0, &hall.keys()))).unwrap();
    block_on(before.post(&sealed("before too", 1, &hall.keys()))).unwrap();
    let (courier, _, _) = device(&hall, &storage);
    block_on(courier.post(&sealed("since", 2, &hall.keys()))).unwrap();
    older.break_with(Some(StorageFault::Full));
    assert_eq!(
        block_on(courier.take_over(&older)),
        Err(StorageFault::Full),
        "it can be read, and not be emptied"
    );
    older.break_with(None);
    assert_eq!(block_on(courier.take_over(&older)), Ok(2));
    block_on(courier.load()).unwrap();
    assert_eq!(
        (courier.tally(), block_on(older.heads()).unwrap().readable.len()),
        (tally(3, 0, 0), 0),
        "moved once, not twice"
    );
    block_on(courier.deliver()).unwrap();
    assert_eq!((courier.tally(), hall.kept.borrow().len()), (tally(0, 3, 0), 3));
}

#[test]
fn fault_08_one_head_that_cannot_be_read_does_not_stop_the_others() {
    let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
    let (courier, _, _) = device(&hall, &storage);
    let (spoilt, sound) = (sealed("spoilt", 0, &hall.keys()), sealed("sound", 1, &hall.keys()));
    block_on(courier.post(&spoilt)).unwrap();
    block_on(courier.post(&sound)).unwrap();
    storage.spoil_head(spoilt.head.id);
    block_on(courier.deliver()).unwrap();
    assert_eq!(
        (block_on(courier.load()), courier.unreadable(), courier.tally()),
        (Ok(()), 1, tally(0, 1, 0))
    );
}

#[test]
fn an_entry_whose_sealed_bytes_are_gone_is_shown_and_does_not_stop_the_others() {
    let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
    let (courier, _, _) = device(&hall, &storage);
    let (gone, sound) = (sealed("gone", 0, &hall.keys()), sealed("sound", 1, &hall.keys()));
    block_on(courier.post(&gone)).unwrap();
    block_on(courier.post(&sound)).unwrap();
    block_on(storage.drop_envelopes(&[gone.head.id])).unwrap();
    block_on(courier.deliver()).unwrap();
    assert_eq!(courier.tally(), tally(0, 1, 1));
}

#[test]
fn erasing_here_takes_nothing_back_at_the_town_hall() {
    let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
    let (courier, _, _) = device(&hall, &storage);
    let entry = sealed("Hello", 0, &hall.keys());
    block_on(courier.post(&entry)).unwrap();
    block_on(courier.deliver()).unwrap();
    block_on(courier.erase(&[entry.head.id])).unwrap();
    assert_eq!((courier.tally(), hall.kept.borrow().len()), (ParcelTally::default(), 1));
}

#[test]
fn no_answer_at_all_is_no_reason_to_drop_anything() {
    let (hall, storage) = (TownHall::new(1), MemoryStorage::default());
    let (courier, network, _) = device(&hall, &storage);
    block_on(courier.post(&sealed("Hello", 0, &hall.keys()))).unwrap();
    network.script([Turn::Lost, Turn::Instead(Exchange::NoAnswer)]);
    block_on(courier.deliver()).unwrap();
    courier.hurry();
    block_on(courier.deliver()).unwrap();
    assert!(matches!(courier.heads()[0].state, ParcelState::Waiting { attempts: 2 }));
}
