//! A staff tablet: enrolled with a code of the office, unlocked by each person's own PIN, and
//! handed on without either person seeing what the other wrote. Stored submissions are sealed and
//! are delivered whoever is there; the lock decides only what the screen shows.

pub(crate) mod contact_log;
mod contacts;
pub(crate) mod kit;
mod people;
mod pin;
mod report;
pub(crate) mod tablet;
mod ticked_steps;

use super::clock::MunicipalClock;
use super::delivery::{DeliveryQueue, NotStored};
use super::device::{StorageWatch, TABLET_MARK};
use super::edition::EditionUpdate;
use super::idle::{IdleWatch, SIGNS_OF_USE};
use super::role::DeviceRole;
use super::visit::VisitForms;
use crate::browser::task::spawn;
use crate::browser::{keepsake, network, timer};
use contact_log::ContactLog;
use domain::Catalogue;
use domain::counter::{Channel, Contact};
use domain::tablet::{EnrolmentCode, PEOPLE_MAX};
use elements::Signal;
use kit::KitMeasurement;
use offline::ports::Storage;
pub(crate) use people::{PersonSlot, PinOutcome, TabletPerson};
use people::{person_note, read_people};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, OnceCell, RefCell};
use tablet::{EnrolledTablet, QUICK_LIST_NOTE, QuickList, TABLET_NOTE, TabletGate};

/// Seconds of inactivity until a tablet asks whether somebody is there. Half a minute later it
/// locks.
const IDLE_S: u32 = 240;
/// Layout version of the notes of a tablet.
const FORMAT: u16 = 1;

/// Why enrolment failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotEnrolled {
    NotACode,
    NoAnswer,
    Unknown,
    CannotKeep,
}

/// The capabilities that a staff tablet is made of.
pub(super) struct CounterParts {
    pub(super) catalogue: &'static Catalogue,
    pub(super) role: &'static DeviceRole,
    pub(super) clock: &'static MunicipalClock,
    pub(super) device: &'static StorageWatch,
    pub(super) delivery: &'static DeliveryQueue,
    pub(super) edition: &'static EditionUpdate,
    pub(super) idle: &'static IdleWatch,
    pub(super) visit: VisitForms,
}

/// A staff tablet.
pub(crate) struct Counter {
    parts: CounterParts,
    /// What the tablet shows, whatever its address.
    pub(crate) gate: Signal<TabletGate>,
    /// `None` until the device is enrolled.
    pub(crate) tablet: Signal<Option<EnrolledTablet>>,
    /// Who may unlock the tablet.
    pub(crate) people: Signal<Vec<(PersonSlot, TabletPerson)>>,
    /// The person who has unlocked the tablet.
    pub(crate) who: Signal<Option<PersonSlot>>,
    /// Seconds until the next PIN may be tried.
    pub(crate) wait_s: Signal<u32>,
    /// What the office puts first at the tablet's location.
    pub(crate) quick: Signal<QuickList>,
    /// Contacts counted on this tablet.
    pub(crate) log: Signal<ContactLog>,
    /// The channel that staff chose. `None` until they have.
    pub(crate) chosen_channel: Signal<Option<Channel>>,
    /// The last check of the tablet. `None` until one was made.
    pub(crate) measured: Signal<Option<KitMeasurement>>,
    /// Whether the notes have been read from the store.
    is_read: Cell<bool>,
    /// The person whose draft and receipts are still in the page.
    last: Cell<Option<PersonSlot>>,
    /// The contact that was counted last, which can be undone.
    undo: RefCell<Option<Contact>>,
    on_new_person: OnceCell<Box<dyn Fn()>>,
}

/// Reads a note of a tablet. `None` if it has a layout that this app does not know.
fn read_note<T: for<'a> Deserialize<'a>>(bytes: &[u8]) -> Option<T> {
    let (format, _) = postcard::take_from_bytes::<u16>(bytes).ok()?;
    if format == FORMAT { postcard::from_bytes(bytes).ok() } else { None }
}

impl Counter {
    pub(super) fn new(parts: CounterParts) -> Self {
        Self {
            parts,
            gate: Signal::default(),
            tablet: Signal::default(),
            people: Signal::default(),
            who: Signal::default(),
            wait_s: Signal::default(),
            quick: Signal::default(),
            log: Signal::default(),
            chosen_channel: Signal::default(),
            measured: Signal::default(),
            is_read: Cell::default(),
            last: Cell::default(),
            undo: RefCell::default(),
            on_new_person: OnceCell::new(),
        }
    }

    /// Calls `act` whenever another person takes the tablet over, when what the last one left in
    /// the page is cleared. Set once.
    pub(crate) fn on_new_person(&self, act: impl Fn() + 'static) {
        let _ = self.on_new_person.set(Box::new(act));
    }

    /// Reads the enrolment and the people from the store, once it is open.
    pub(super) async fn read_tablet(&self) {
        if !self.parts.role.is_counter() {
            return;
        }
        if let Some(courier) = self.parts.delivery.courier() {
            let note = courier.storage().note(TABLET_NOTE).await.ok().flatten();
            let quick = courier.storage().note(QUICK_LIST_NOTE).await.ok().flatten();
            let people = read_people(courier.storage()).await;
            self.quick.set(quick.and_then(|bytes| read_note(&bytes)).unwrap_or_default());
            self.tablet.set(note.and_then(|bytes| read_note::<EnrolledTablet>(&bytes)));
            self.people.set(people);
        }
        self.read_log();
        self.is_read.set(true);
        self.look_at_gate();
        self.report().await;
    }

    /// Enrols this device as a tablet with a code of the office. The list of people starts empty;
    /// stored submissions stay.
    pub(crate) fn enrol(
        &'static self,
        code: &str,
        on_done: impl FnOnce(Result<(), NotEnrolled>) + 'static,
    ) {
        let Some(code) = EnrolmentCode::parse(code) else {
            return on_done(Err(NotEnrolled::NotACode));
        };
        spawn(async move {
            on_done(self.enrol_by(&code).await);
        });
    }

    /// Exchanges the code for an enrolment, stores it, and clears the list of people.
    async fn enrol_by(&self, code: &EnrolmentCode) -> Result<(), NotEnrolled> {
        let courier = self.parts.delivery.opened_courier().await.ok_or(NotEnrolled::CannotKeep)?;
        let enrolment =
            network::enrol(code).await.ok_or(NotEnrolled::NoAnswer)?.ok_or(NotEnrolled::Unknown)?;
        let tablet = EnrolledTablet::new(enrolment);
        self.store_note(TABLET_NOTE, &tablet).await.map_err(|_| NotEnrolled::CannotKeep)?;
        for slot in 0..PEOPLE_MAX {
            // A person whose note cannot be cleared is still locked by the PIN.
            let _ = courier.storage().set_note(&person_note(slot), &[]).await;
        }
        keepsake::set(TABLET_MARK, "1");
        // The list of another location; the report that follows brings this one's.
        let none = QuickList::default();
        let _ = self.store_note(QUICK_LIST_NOTE, &none).await;
        self.quick.set(none);
        self.people.set(Vec::new());
        // Signs out the person who used the device before the enrolment.
        self.who.set(None);
        self.last.set(None);
        self.forget_visit();
        self.tablet.set(Some(tablet));
        self.look_at_gate();
        self.parts.device.ask_for_promise();
        self.report().await;
        Ok(())
    }

    async fn store_note(&self, name: &str, value: &impl Serialize) -> Result<(), NotStored> {
        let courier = self.parts.delivery.courier().ok_or(NotStored::CannotKeep)?;
        let bytes = postcard::to_allocvec(value).map_err(|_| NotStored::CannotKeep)?;
        courier.storage().set_note(name, &bytes).await.map_err(NotStored::from)
    }

    /// Computes the gate again after a change of what it depends on. Notifies the pages only if the
    /// gate differs.
    fn look_at_gate(&self) {
        let gate = if self.is_read.get() {
            TabletGate::of(
                self.tablet.read_untracked().as_ref(),
                !self.people.read_untracked().is_empty(),
                self.who.read_untracked().is_some(),
            )
        } else {
            TabletGate::Reading
        };
        if *self.gate.read_untracked() != gate {
            self.gate.set(gate);
        }
    }

    /// Clears what the previous person left in the page.
    fn forget_visit(&self) {
        self.parts.visit.clear();
        self.parts.delivery.forget_visit();
        self.undo.borrow_mut().take();
        self.forget_steps();
        if let Some(act) = self.on_new_person.get() {
            act();
        }
    }

    /// Watches every second for inactivity, and counts down the wait after a wrong PIN.
    pub(crate) fn watch(&'static self) {
        if !self.parts.role.is_counter() {
            return;
        }
        // A pointer that merely moves over a tablet is no sign of a person, so `pointermove` is
        // left out.
        let is_open = move || self.who.read_untracked().is_some();
        self.parts.idle.watch(&SIGNS_OF_USE[1..], IDLE_S, is_open, move || self.lock());
        timer::every(1_000, move || {
            let left_s = *self.wait_s.read_untracked();
            if left_s > 0 {
                self.wait_s.set(left_s - 1);
            }
        });
    }
}
