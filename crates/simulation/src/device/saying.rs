//! A person's message: sealed as the app seals it, and what the planted bugs do with sealed
//! messages.

use super::DeviceStorage;
use crate::executor::{at_once, now_ms, random};
use crate::town::municipality;
use crate::world::World;
use domain::SubmissionId;
use domain::submission::PublicKeys;
use offline::ports::Storage;
use offline::sealing::{Address, Sealed, seal};
use offline::storage_contract::sample_question;

/// The text of a message, which is its number in the chronicle.
pub fn words_of(number: usize) -> String {
    format!("saying {number}.")
}

/// Seals a message, each time under a new id, as the app does.
pub(super) fn sealed(number: usize, keys: &PublicKeys, order: u64, now_ms: u64) -> Option<Sealed> {
    let content = sample_question(words_of(number));
    let address = Address { municipality: municipality(), catalogue_version: 1, now_ms, order };
    seal(content, &address, keys, &mut |bytes: &mut [u8]| random(|random| random.fill(bytes))).ok()
}

/// The planted bug [`Bug::DeleteOnSend`](crate::bug::Bug).
pub(super) fn forget(storage: &DeviceStorage, ids: &[SubmissionId]) {
    at_once(storage.disk().erase(ids)).expect("the in-memory store can be written");
}

/// The planted bug [`Bug::NewIdOnRetry`](crate::bug::Bug).
pub(super) fn seal_again(world: &World, storage: &DeviceStorage, id: SubmissionId) {
    let disk = storage.disk();
    let Some(head) =
        storage.on_disk().readable.into_iter().find(|head| head.id == id && head.is_waiting())
    else {
        return;
    };
    let keys = at_once(disk.note(super::page::KEYS_NOTE))
        .ok()
        .flatten()
        .and_then(|bytes| postcard::from_bytes::<PublicKeys>(&bytes).ok());
    let number = world.chronicle.borrow().number_of(id);
    let Some((keys, number)) = keys.zip(number) else { return };
    let Some(again) = sealed(number, &keys, head.order, now_ms()) else { return };
    at_once(disk.keep(&again.head, &again.envelope)).expect("the in-memory store can be written");
    forget(storage, &[id]);
    if let Some(saying) = world.chronicle.borrow_mut().of(id) {
        saying.ids.insert(again.head.id);
        saying.kept = saying.kept.map(|_| again.head.id);
    }
}
