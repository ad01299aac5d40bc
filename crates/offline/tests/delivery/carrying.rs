//! Parcels and receipts that are carried by file and code.

use crate::town::{TownCourier, TownHall, block_on, device, municipality, sealed};
use domain::submission::{Envelope, PublicKeys, Receipt, Refusal, Verdict, Verdicts};
use offline::bundle::{BundleFault, Contents, Parcel, files_of_parcels, files_of_receipts, read};
use offline::courier::carrying::{Adopted, Released};
use offline::memory::{MemoryStorage, Turn};
use offline::outbox::NextStep;
use offline::parcel::{Attention, ParcelState, ParcelTally};
use offline::ports::{Exchange, Storage, StorageFault};
use offline::sealing::{Address, seal};
use offline::storage_contract::sample_question;
use std::rc::Rc;

/// A device that posts some questions and has no network.
fn tablet(hall: &Rc<TownHall>, orders: std::ops::Range<u64>) -> TownCourier {
    let (courier, network, _) = device(hall, &MemoryStorage::default());
    network.script((0..100).map(|_| Turn::Lost));
    for order in orders {
        block_on(courier.post(&sealed("Hello", order, &hall.keys()))).unwrap();
    }
    courier
}

fn saved(courier: &TownCourier) -> Vec<u8> {
    let envelopes = block_on(courier.waiting_envelopes()).unwrap();
    files_of_parcels(&municipality(), &envelopes).pop().unwrap()
}

fn parcels(file: &[u8]) -> Vec<Parcel> {
    match read(file, &municipality()) {
        Ok(Contents::Parcels(parcels)) => parcels,
        other => panic!("{other:?}"),
    }
}

fn receipts(file: &[u8]) -> Vec<Receipt> {
    match read(file, &municipality()) {
        Ok(Contents::Receipts(receipts)) => receipts,
        other => panic!("{other:?}"),
    }
}

fn receipts_saved(courier: &TownCourier) -> Vec<u8> {
    files_of_receipts(&municipality(), &courier.receipts_for_others()).pop().unwrap()
}

fn waiting(waiting: usize) -> ParcelTally {
    ParcelTally { waiting, ..ParcelTally::default() }
}

fn received(received: usize) -> ParcelTally {
    ParcelTally { received, ..ParcelTally::default() }
}

#[test]
fn three_messages_go_by_file_and_their_receipts_come_back_by_file() {
    let hall = TownHall::new(1);
    let a = tablet(&hall, 0..3);
    let file = saved(&a);
    assert_eq!(a.tally(), waiting(3), "what was saved waits here as before");
    let (b, network, _) = device(&hall, &MemoryStorage::default());
    assert_eq!(block_on(b.adopt(&parcels(&file))), Adopted { taken: 3, ..Adopted::default() });
    assert_eq!(
        (b.tally(), b.receipts_for_others().len()),
        (waiting(3), 0),
        "nothing is called received before it is"
    );
    assert_eq!(block_on(b.deliver()), Ok(NextStep::Rest));
    assert_eq!((b.tally(), network.requests(), hall.kept.borrow().len()), (received(3), 1, 3));
    assert_eq!(a.tally(), waiting(3), "the first device knows nothing of it yet");
    let back = receipts(&receipts_saved(&b));
    assert_eq!(
        block_on(a.take_receipts(&back)),
        Ok(Released { received: 3, ..Released::default() })
    );
    assert_eq!((a.tally(), block_on(a.waiting_envelopes()).unwrap().len()), (received(3), 0));
    assert_eq!(
        block_on(a.take_receipts(&back)),
        Ok(Released { known: 3, ..Released::default() }),
        "twice is once"
    );
}

#[test]
fn what_is_brought_in_comes_after_what_waits_here() {
    let hall = TownHall::new(1);
    let (a, b) = (tablet(&hall, 0..2), tablet(&hall, 5..6));
    let brought = parcels(&saved(&a));
    block_on(b.adopt(&brought));
    let mut queue: Vec<_> = b.heads().iter().map(|head| (head.order, head.id)).collect();
    queue.sort();
    let own = sealed("Hello", 5, &hall.keys()).head.id;
    assert_eq!(queue, [(5, own), (6, brought[0].id), (7, brought[1].id)]);
}

#[test]
fn envelopes_travel_as_they_were_stored() {
    let hall = TownHall::new(1);
    let entry = sealed("Hello", 0, &hall.keys());
    let a = tablet(&hall, 0..1);
    let storage = MemoryStorage::default();
    let (b, _, _) = device(&hall, &storage);
    block_on(b.adopt(&parcels(&saved(&a))));
    assert_eq!(block_on(storage.envelope(entry.head.id)), Ok(Some(entry.envelope)));
    assert_eq!(
        block_on(b.waiting_envelopes()),
        block_on(a.waiting_envelopes()),
        "and go on from there just so"
    );
}

#[test]
fn fault_25_the_same_entry_by_network_and_by_file_is_one_row_and_both_get_the_receipt() {
    let hall = TownHall::new(1);
    let (a, network, clock) = device(&hall, &MemoryStorage::default());
    block_on(a.post(&sealed("Hello", 0, &hall.keys()))).unwrap();
    let (b, _, _) = device(&hall, &MemoryStorage::default());
    block_on(b.adopt(&parcels(&saved(&a))));
    network.script([Turn::AnswerLost]);
    let Ok(NextStep::WaitUntil(until)) = block_on(a.deliver()) else {
        panic!("its answer was lost")
    };
    assert_eq!((hall.kept.borrow().len(), a.tally()), (1, waiting(1)));
    block_on(b.deliver()).unwrap();
    assert_eq!(
        (hall.kept.borrow().len(), b.tally()),
        (1, received(1)),
        "one row, and the second tablet has the receipt"
    );
    let by_file = receipts(&receipts_saved(&b));
    clock.set(until);
    block_on(a.deliver()).unwrap();
    assert_eq!(
        (hall.kept.borrow().len(), a.heads()[0].receipt()),
        (1, Some(&by_file[0])),
        "the first tablet has the same one"
    );
    assert_eq!(
        block_on(a.take_receipts(&by_file)),
        Ok(Released { known: 1, ..Released::default() })
    );
}

#[test]
fn fault_43_bringing_a_file_in_twice_or_on_its_own_device_changes_nothing() {
    let hall = TownHall::new(1);
    let a = tablet(&hall, 0..3);
    let file = saved(&a);
    let (own, secrets) = (a.heads(), a.heads().iter().filter(|head| !head.is_carried()).count());
    assert_eq!(block_on(a.adopt(&parcels(&file))), Adopted { known: 3, ..Adopted::default() });
    assert_eq!((a.heads(), secrets), (own, 3), "not even the secrets");
    let (b, _, _) = device(&hall, &MemoryStorage::default());
    block_on(b.adopt(&parcels(&file)));
    block_on(b.deliver()).unwrap();
    assert_eq!(block_on(b.adopt(&parcels(&file))), Adopted { known: 3, ..Adopted::default() });
    assert_eq!(
        (b.tally(), hall.kept.borrow().len()),
        (received(3), 3),
        "what was received stays received"
    );
}

#[test]
fn fault_43_a_file_that_is_not_sound_leaves_the_device_as_it_was() {
    let hall = TownHall::new(1);
    let file = saved(&tablet(&hall, 0..2));
    let mut flipped = file.clone();
    flipped[100] ^= 1;
    let elsewhere = domain::MunicipalityId::parse("elsewhere").unwrap();
    assert_eq!(read(&file[..file.len() - 1], &municipality()), Err(BundleFault::CutShort));
    assert_eq!(read(&flipped, &municipality()), Err(BundleFault::Damaged));
    assert_eq!(read(&file, &elsewhere), Err(BundleFault::OtherMunicipality));
}

#[test]
fn fault_43_a_parcel_sealed_to_an_old_key_is_refused_by_name_and_the_rest_goes_on() {
    let hall = TownHall::new(1);
    let a = tablet(&hall, 0..3);
    let (b, network, _) = device(&hall, &MemoryStorage::default());
    block_on(b.adopt(&parcels(&saved(&a))));
    let ids: Vec<_> = b.heads().iter().map(|head| head.id).collect();
    let verdicts = b.heads().into_iter().map(|head| {
        let verdict = if head.id == ids[1] {
            Verdict::Refused(Refusal::UnknownKey)
        } else {
            Verdict::Received(hall.sign(head.id, head.body))
        };
        (head.id, verdict)
    });
    let body = postcard::to_allocvec(&Verdicts { verdicts: verdicts.collect() }).unwrap();
    network.script([Turn::Instead(Exchange::Answered { status: 200, retry_after_s: None, body })]);
    block_on(b.deliver()).unwrap();
    assert_eq!(b.tally(), ParcelTally { received: 2, needs_attention: 1, waiting: 0 });
    assert!(matches!(
        b.heads()[1].state,
        ParcelState::NeedsAttention { reason: Attention::Refused(Refusal::UnknownKey), .. }
    ));
    block_on(a.take_receipts(&receipts(&receipts_saved(&b)))).unwrap();
    assert_eq!(
        a.tally(),
        ParcelTally { received: 2, waiting: 1, needs_attention: 0 },
        "without a receipt it waits on"
    );
}

#[test]
fn fault_36_receipts_by_file_are_believed_for_their_own_bytes_and_signer_alone() {
    let hall = TownHall::new(1);
    let a = tablet(&hall, 0..2);
    let heads = a.heads();
    let good = hall.sign(heads[0].id, heads[0].body);
    let mut forged = good.clone();
    forged.signature.1[3] ^= 4;
    let swapped = hall.sign(heads[0].id, heads[1].body);
    let doubted = Released { doubted: 2, ..Released::default() };
    assert_eq!(block_on(a.take_receipts(&[forged, swapped])), Ok(doubted));
    assert_eq!(a.tally(), waiting(2));
    a.learn_keys(PublicKeys { signing: Vec::new(), ..hall.keys() });
    assert_eq!(
        block_on(a.take_receipts(std::slice::from_ref(&good))),
        Ok(Released { doubted: 1, ..Released::default() }),
        "nor by a device without keys"
    );
    a.learn_keys(hall.keys());
    let stranger = hall.sign(sealed("of another", 9, &hall.keys()).head.id, heads[0].body);
    assert_eq!(
        block_on(a.take_receipts(&[good, stranger])),
        Ok(Released { received: 1, others: 1, ..Released::default() })
    );
    assert_eq!(a.tally(), ParcelTally { received: 1, waiting: 1, needs_attention: 0 });
}

#[test]
fn a_refusal_that_comes_after_a_receipt_by_file_undoes_nothing() {
    let hall = TownHall::new(1);
    let (a, network, _) = device(&hall, &MemoryStorage::default());
    let entry = sealed("Hello", 0, &hall.keys());
    block_on(a.post(&entry)).unwrap();
    let refused =
        Verdicts { verdicts: vec![(entry.head.id, Verdict::Refused(Refusal::DoesNotOpen))] };
    network.script([Turn::Instead(Exchange::Answered {
        status: 200,
        retry_after_s: None,
        body: postcard::to_allocvec(&refused).unwrap(),
    })]);
    block_on(a.deliver()).unwrap();
    assert_eq!(a.tally(), ParcelTally { needs_attention: 1, ..ParcelTally::default() });
    let receipt = hall.sign(entry.head.id, entry.head.body);
    assert_eq!(
        block_on(a.take_receipts(&[receipt])),
        Ok(Released { received: 1, ..Released::default() }),
        "a receipt is the last word"
    );
    assert_eq!(a.tally(), received(1));
    block_on(a.try_again(entry.head.id)).unwrap();
    assert_eq!((block_on(a.deliver()), a.tally()), (Ok(NextStep::Rest), received(1)));
}

#[test]
fn bringing_in_goes_on_where_it_was_stopped() {
    let hall = TownHall::new(1);
    let all = parcels(&saved(&tablet(&hall, 0..5)));
    let storage = MemoryStorage::default();
    let (b, _, _) = device(&hall, &storage);
    block_on(b.adopt(&all[..2]));
    storage.break_with(Some(StorageFault::Full));
    assert_eq!(
        block_on(b.adopt(&all)),
        Adopted { known: 2, taken: 0, fault: Some(StorageFault::Full) }
    );
    assert_eq!(b.tally(), waiting(2), "what was taken is kept");
    storage.break_with(None);
    assert_eq!(block_on(b.adopt(&all)), Adopted { known: 2, taken: 3, fault: None });
    block_on(b.deliver()).unwrap();
    assert_eq!((b.tally(), hall.kept.borrow().len()), (received(5), 5));
}

#[test]
fn an_entry_that_this_version_cannot_read_is_not_written_over() {
    let hall = TownHall::new(1);
    let all = parcels(&saved(&tablet(&hall, 0..2)));
    let storage = MemoryStorage::default();
    let (b, _, _) = device(&hall, &storage);
    storage.spoil_head(all[0].id);
    assert_eq!(block_on(b.adopt(&all)), Adopted { taken: 1, known: 1, fault: None });
    assert_eq!((block_on(b.load()), b.unreadable()), (Ok(()), 1));
}

#[test]
fn a_chain_of_devices_brings_receipts_back_to_the_first() {
    let hall = TownHall::new(1);
    let (a, b) = (tablet(&hall, 0..2), tablet(&hall, 5..6));
    block_on(b.adopt(&parcels(&saved(&a))));
    let (c, _, _) = device(&hall, &MemoryStorage::default());
    assert_eq!(block_on(c.adopt(&parcels(&saved(&b)))).taken, 3);
    block_on(c.deliver()).unwrap();
    assert_eq!(block_on(b.take_receipts(&receipts(&receipts_saved(&c)))).unwrap().received, 3);
    let back = receipts(&receipts_saved(&b));
    assert_eq!(back.len(), 2, "its own is nobody else's business");
    assert_eq!(block_on(a.take_receipts(&back)).unwrap().received, 2);
    assert_eq!((a.tally(), b.tally(), hall.kept.borrow().len()), (received(2), received(3), 3));
}

#[test]
fn a_code_carries_one_message_to_another_device() {
    let hall = TownHall::new(1);
    let entry = sealed("Where do I take old paint?", 0, &hall.keys());
    let digits = offline::code::digits_of(&entry.envelope).expect("a usual question fits");
    let parcel = offline::code::read(&digits, &municipality()).unwrap();
    let (b, _, _) = device(&hall, &MemoryStorage::default());
    assert_eq!(block_on(b.adopt(&[parcel])).taken, 1);
    block_on(b.deliver()).unwrap();
    assert_eq!((b.heads()[0].reference(), b.tally()), (entry.head.reference(), received(1)));
    let long = seal(
        sample_question("x".repeat(2_000)),
        &Address { municipality: municipality(), catalogue_version: 1, now_ms: 0, order: 0 },
        &hall.keys(),
        &mut |bytes: &mut [u8]| {
            bytes.fill(7);
        },
    );
    assert_eq!(offline::code::digits_of(&long.unwrap().envelope), None, "a long one goes by file");
    assert!(postcard::from_bytes::<Envelope>(&entry.envelope).is_ok());
}
