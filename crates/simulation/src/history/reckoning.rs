//! The check at the end of a history: what is stored where, compared with what really happened.

use crate::chronicle::Saying;
use crate::device::{Device, words_of};
use crate::invariants::{Failure, Invariant};
use crate::world::World;
use domain::SubmissionId;
use offline::parcel::ParcelState;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Whether every submission on the device is received, except those with an excuse (damaged or
/// erased).
pub(super) fn is_drained(world: &World, device: &Device) -> bool {
    let mut chronicle = world.chronicle.borrow_mut();
    device.heads().iter().all(|head| {
        let is_excused =
            chronicle.of(head.id).is_some_and(|saying| saying.damaged || saying.erased);
        is_excused || matches!(head.state, ParcelState::Received { .. })
    })
}

pub(super) fn of(world: &World, devices: &[Rc<Device>], is_drained: bool) -> Vec<Failure> {
    let chronicle = world.chronicle.borrow();
    let mut failures = chronicle.seen.clone();
    let rows = rows_by_saying(world);
    for (number, saying) in chronicle.sayings.iter().enumerate() {
        let ids = rows.get(&number).map_or(&[][..], Vec::as_slice);
        failures.extend(
            of_saying(number, saying, ids)
                .into_iter()
                .map(|(invariant, what)| Failure { invariant, what }),
        );
        failures.extend(
            devices.get(saying.device).and_then(|device| on_device(number, saying, device)),
        );
    }
    let set_aside = world.town.books.set_aside();
    if set_aside > 0 {
        failures.push(Failure {
            invariant: Invariant::NothingIsDoubled,
            what: format!("{set_aside} set aside"),
        });
    }
    if !is_drained {
        let left = devices.iter().map(|device| {
            format!(
                "device {}: {:?}",
                device.number,
                offline::parcel::ParcelTally::of(&device.heads())
            )
        });
        failures.push(Failure {
            invariant: Invariant::QueuesDrain,
            what: left.collect::<Vec<_>>().join(", "),
        });
    }
    failures
}

/// The ids of all rows, grouped by the number of the message in them, which is decrypted as staff
/// would.
fn rows_by_saying(world: &World) -> BTreeMap<usize, Vec<SubmissionId>> {
    let mut by_saying: BTreeMap<usize, Vec<SubmissionId>> = BTreeMap::new();
    let count = world.chronicle.borrow().sayings.len();
    for row in world.town.books.rows() {
        let plain = world.town.words_of(&row).unwrap_or_default();
        let plain = String::from_utf8_lossy(&plain).into_owned();
        let number =
            (0..count).find(|number| plain.contains(&words_of(*number))).unwrap_or(usize::MAX);
        by_saying.entry(number).or_default().push(row.envelope.header.id);
    }
    by_saying
}

fn of_saying(number: usize, saying: &Saying, rows: &[SubmissionId]) -> Vec<(Invariant, String)> {
    let mut wrong = Vec::new();
    let is_owed = saying.kept.filter(|_| !saying.gone_here && !saying.damaged && !saying.erased);
    if let Some(id) = is_owed.filter(|id| !rows.contains(id)) {
        wrong.push((
            Invariant::NothingIsLost,
            format!("saying {number} was called kept as {id} and does not stand"),
        ));
    }
    if rows.len() > 1 {
        wrong.push((
            Invariant::NothingIsDoubled,
            format!("saying {number} stands {} times: {rows:?}", rows.len()),
        ));
    }
    if saying.erased && saying.ids.len() == 1 && !rows.is_empty() {
        wrong.push((Invariant::ErasedStaysErased, format!("saying {number} is back")));
    }
    wrong
}

/// A submission for which the screen said "kept" must still be on the device, readable or damaged.
fn on_device(number: usize, saying: &Saying, device: &Device) -> Option<Failure> {
    let id = saying.kept.filter(|_| !saying.gone_here)?;
    let there = device.storage.on_disk();
    let head = there.readable.iter().find(|head| head.id == id);
    let has_right_to_no_copy =
        head.is_some_and(|head| matches!(head.state, ParcelState::Received { .. }));
    let is_there = there.unreadable.contains(&id) || head.is_some();
    let is_whole = is_there && (has_right_to_no_copy || device.storage.has_envelope(id));
    let what = || {
        format!(
            "saying {number} was called kept as {id} and is no longer whole on device {}",
            device.number
        )
    };
    (!is_whole).then(|| Failure { invariant: Invariant::KeptStaysOnTheDevice, what: what() })
}
