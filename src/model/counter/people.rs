//! The people who work with a tablet, and its lock.

use super::NotStored;
use super::pin::PinHash;
use super::{Counter, FORMAT, read_note};
use crate::browser::storage::BrowserStorage;
use crate::browser::task::spawn;
use crate::browser::{random, timer};
use domain::tablet::{PEOPLE_MAX, wait_s};
use offline::ports::Storage;
use serde::{Deserialize, Serialize};

/// Lets the page show "one moment" before the slow hash begins, in milliseconds.
const BEFORE_HASH_MS: u32 = 30;

/// A person who works with the tablet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TabletPerson {
    format: u16,
    pub(crate) name: String,
    pin: PinHash,
    /// Wrong PINs since the last right one.
    wrong: u32,
}

/// The number of a person on this tablet. Each has a note of its own in the store.
pub(crate) type PersonSlot = usize;

/// The outcome of trying a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PinOutcome {
    Right,
    Wrong,
    CannotKeep,
}

pub(super) fn person_note(slot: PersonSlot) -> String {
    ["person-", &slot.to_string()].concat()
}

/// The people whose notes are in the store, by their numbers.
pub(super) async fn read_people(storage: &BrowserStorage) -> Vec<(PersonSlot, TabletPerson)> {
    let mut people = Vec::new();
    for slot in 0..PEOPLE_MAX {
        let note = storage.note(&person_note(slot)).await.ok().flatten();
        if let Some(person) = note.and_then(|bytes| read_note::<TabletPerson>(&bytes)) {
            people.push((slot, person));
        }
    }
    people
}

impl Counter {
    /// Adds a person, or changes the PIN of the person with the same name. The first person on a
    /// tablet unlocks it. Fails with [`NotStored::Full`] if there is no free slot.
    pub(crate) fn add_person(
        &'static self,
        name: String,
        pin: String,
        on_done: impl FnOnce(Result<(), NotStored>) + 'static,
    ) {
        let people = self.people.get_untracked();
        let same = people.iter().find(|(_, person)| person.name == name).map(|(slot, _)| *slot);
        let free = (0..PEOPLE_MAX).find(|slot| people.iter().all(|(used, _)| used != slot));
        let Some(slot) = same.or(free) else { return on_done(Err(NotStored::Full)) };
        let mut salt = [0; 16];
        random::fill(&mut salt);
        spawn(async move {
            timer::pause(BEFORE_HASH_MS).await;
            let person =
                TabletPerson { format: FORMAT, name, pin: PinHash::new(&pin, salt), wrong: 0 };
            let stored = self.store_note(&person_note(slot), &person).await;
            if stored.is_ok() {
                self.remember(slot, person);
                if self.who.get_untracked().is_none() {
                    self.unlock(slot);
                }
            }
            on_done(stored);
        });
    }

    fn remember(&self, slot: PersonSlot, person: TabletPerson) {
        self.people.update(|people| {
            people.retain(|(used, _)| *used != slot);
            people.push((slot, person));
            people.sort_by_key(|(slot, _)| *slot);
        });
        self.look_at_gate();
    }

    pub(crate) fn remove_person(&'static self, slot: PersonSlot) {
        spawn(async move {
            let Some(courier) = self.parts.delivery.courier() else { return };
            if courier.storage().set_note(&person_note(slot), &[]).await.is_ok() {
                self.people.update(|people| people.retain(|(used, _)| *used != slot));
                if self.who.get_untracked() == Some(slot) {
                    self.lock();
                }
                self.look_at_gate();
            }
        });
    }

    /// Tries a PIN. The count of wrong PINs is stored before the result is reported, so that
    /// reloading the page allows no further tries.
    pub(crate) fn try_pin(
        &'static self,
        slot: PersonSlot,
        pin: String,
        on_done: impl FnOnce(PinOutcome) + 'static,
    ) {
        let Some((_, mut person)) =
            self.people.get_untracked().into_iter().find(|(of, _)| *of == slot)
        else {
            return;
        };
        spawn(async move {
            timer::pause(BEFORE_HASH_MS).await;
            let is_right = person.pin.opens(&pin);
            person.wrong = if is_right { 0 } else { person.wrong.saturating_add(1) };
            let wrong = person.wrong;
            let is_stored = self.store_note(&person_note(slot), &person).await.is_ok();
            self.remember(slot, person);
            match (is_right, is_stored) {
                (true, _) => {
                    self.unlock(slot);
                    on_done(PinOutcome::Right);
                }
                (false, true) => {
                    self.wait_s.set(wait_s(wrong));
                    on_done(PinOutcome::Wrong);
                }
                (false, false) => {
                    self.wait_s.set(wait_s(u32::MAX));
                    on_done(PinOutcome::CannotKeep);
                }
            }
        });
    }

    /// Selects a person at the lock. After wrong PINs the wait starts, even after a reload.
    pub(crate) fn choose_person(&self, slot: PersonSlot) {
        let people = self.people.read_untracked();
        let person = people.iter().find(|(of, _)| *of == slot);
        self.wait_s.set(wait_s(person.map_or(0, |(_, person)| person.wrong)));
    }

    fn unlock(&self, slot: PersonSlot) {
        if self.last.replace(Some(slot)).is_some_and(|last| last != slot) {
            self.forget_visit();
        }
        // 0 is a person's own device.
        self.parts.visit.unsent.is_written_by(slot + 1);
        self.who.set(Some(slot));
        self.look_at_gate();
    }

    /// Locks the tablet and covers the page. Its content stays for the next person who unlocks it,
    /// but only if that is the same person.
    pub(crate) fn lock(&self) {
        self.parts.idle.countdown.set(None);
        self.forget_steps();
        self.who.set(None);
        self.look_at_gate();
    }

    pub(crate) fn is_locked(&self) -> bool {
        self.who.read().is_none()
    }
}
