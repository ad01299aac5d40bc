//! A staff tablet: enrolled with a code of the office, unlocked by each person's own PIN, and
//! handed on without either person seeing what the other wrote. Stored submissions are sealed and
//! are delivered whoever is there; the lock decides only what the screen shows.

mod fleet;
pub(crate) mod kit;
pub(crate) mod log;
mod pin;

use super::device::TABLET_MARK;
use super::terminal::SIGNS;
use super::{App, NotKept};
use crate::browser::task::spawn;
use crate::browser::{keepsake, network, random, timer};
use crate::route::Route;
use crate::router;
use crate::signal::Signal;
use crate::wording::counter::CounterWording;
use domain::counter::{Channel, Contact, Outcome};
use domain::hours::Date;
use domain::inquiry::InquiryDraft;
use domain::submission::{Content, CorrectedField, Correction};
use domain::tablet::{Enrolment, EnrolmentCode, PEOPLE_MAX, Standing, wait_s};
use domain::{HubId, TaskId};
use kit::Measured;
use log::Log;
use offline::ports::Storage;
use pin::Lock;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};

const TABLET_NOTE: &str = "tablet";
/// Seconds of inactivity until a tablet asks whether somebody is there. Half a minute later it
/// locks.
const IDLE_S: u32 = 240;
/// Prefix of the name under which a location's log is remembered; the location's id follows.
const LOG_KEPT_AS: &str = "log-";
/// Layout version of the notes below.
const FORMAT: u16 = 1;

/// The enrolment as the device stores it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tablet {
    format: u16,
    pub(crate) enrolment: Enrolment,
    /// The office's last answer. `None` until it has answered.
    pub(crate) standing: Option<Standing>,
    /// The event that staff chose to work at. `None` if they work where the office put the tablet.
    pub(crate) event: Option<HubId>,
}

impl Tablet {
    /// The location where the tablet works now.
    pub(crate) fn hub(&self) -> &HubId {
        let of_office =
            self.standing.as_ref().map_or(&self.enrolment.hub, |standing| &standing.hub);
        self.event.as_ref().unwrap_or(of_office)
    }

    pub(crate) fn name(&self) -> &str {
        self.standing.as_ref().map_or(&self.enrolment.name, |standing| &standing.name)
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.standing.as_ref().is_some_and(|standing| standing.is_ended)
    }
}

/// A person who works with the tablet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Person {
    format: u16,
    pub(crate) name: String,
    lock: Lock,
    /// Wrong PINs since the last right one.
    wrong: u32,
}

/// The number of a person on this tablet. Each has a note of its own in the store.
pub(crate) type Slot = usize;

/// Why enrolment failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotEnrolled {
    NotACode,
    NoAnswer,
    Unknown,
    CannotKeep,
}

/// The outcome of trying a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tried {
    Right,
    Wrong,
    CannotKeep,
}

/// What a tablet shows, whatever its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Gate {
    /// The notes have not been read from the store yet.
    #[default]
    Reading,
    NotEnrolled,
    /// The office ended the enrolment.
    Ended,
    Nobody,
    Locked,
    Open,
}

/// The state of a staff tablet.
#[derive(Default)]
pub(crate) struct Counter {
    pub(crate) gate: Signal<Gate>,
    pub(crate) tablet: Signal<Option<Tablet>>,
    pub(crate) people: Signal<Vec<(Slot, Person)>>,
    /// The person who has unlocked the tablet.
    pub(crate) who: Signal<Option<Slot>>,
    is_read: Cell<bool>,
    /// Seconds until the next PIN may be tried.
    pub(crate) wait: Signal<u32>,
    pub(crate) log: Signal<Log>,
    pub(crate) channel: Signal<Option<Channel>>,
    pub(crate) measured: Signal<Option<Measured>>,
    /// The person whose draft and receipts are still in the page.
    last: Cell<Option<Slot>>,
    /// The contact that was counted last, which can be undone.
    undo: RefCell<Option<Contact>>,
}

fn person_note(slot: Slot) -> String {
    ["person-", &slot.to_string()].concat()
}

fn read<T: for<'a> Deserialize<'a>>(bytes: &[u8]) -> Option<T> {
    let (format, _) = postcard::take_from_bytes::<u16>(bytes).ok()?;
    // A note in a layout that this app does not know is left alone.
    if format == FORMAT { postcard::from_bytes(bytes).ok() } else { None }
}

impl App {
    pub(crate) fn counter_words(self) -> &'static CounterWording {
        CounterWording::in_language(self.language)
    }

    /// Reads the enrolment and the people from the store, once it is open.
    pub(in crate::state) async fn read_tablet(self) {
        if !self.is_counter() {
            return;
        }
        if let Some(courier) = self.courier() {
            let note = |name: String| {
                let courier = courier.clone();
                async move { courier.storage().note(&name).await.ok().flatten() }
            };
            let tablet = note(TABLET_NOTE.into()).await.and_then(|bytes| read::<Tablet>(&bytes));
            let mut people = Vec::new();
            for slot in 0..PEOPLE_MAX {
                if let Some(person) =
                    note(person_note(slot)).await.and_then(|bytes| read::<Person>(&bytes))
                {
                    people.push((slot, person));
                }
            }
            self.counter.tablet.set(tablet);
            self.counter.people.set(people);
        }
        self.read_log();
        self.counter.is_read.set(true);
        self.look_at_gate();
        self.report().await;
    }

    /// Enrols this device as a tablet with a code of the office. The list of people starts empty;
    /// stored submissions stay.
    pub(crate) fn enrol(self, code: &str, told: impl FnOnce(Result<(), NotEnrolled>) + 'static) {
        let Some(code) = EnrolmentCode::parse(code) else {
            return told(Err(NotEnrolled::NotACode));
        };
        spawn(async move {
            told(self.enrolled_by(&code).await);
        });
    }

    /// Exchanges the code for an enrolment, stores it, and clears the list of people.
    async fn enrolled_by(self, code: &EnrolmentCode) -> Result<(), NotEnrolled> {
        let courier = self.opened_courier().await.ok_or(NotEnrolled::CannotKeep)?;
        let enrolment =
            network::enrol(code).await.ok_or(NotEnrolled::NoAnswer)?.ok_or(NotEnrolled::Unknown)?;
        let tablet = Tablet { format: FORMAT, enrolment, standing: None, event: None };
        self.put(TABLET_NOTE, &tablet).await.map_err(|_| NotEnrolled::CannotKeep)?;
        for slot in 0..PEOPLE_MAX {
            // A person whose note cannot be cleared is still locked by the PIN.
            let _ = courier.storage().set_note(&person_note(slot), &[]).await;
        }
        keepsake::set(TABLET_MARK, "1");
        self.counter.people.set(Vec::new());
        // Signs out the person who used the device before the enrolment.
        self.counter.who.set(None);
        self.counter.last.set(None);
        self.forget_visit();
        self.counter.tablet.set(Some(tablet));
        self.look_at_gate();
        self.ask_for_promise();
        self.report().await;
        Ok(())
    }

    async fn put(self, name: &str, value: &impl Serialize) -> Result<(), NotKept> {
        let courier = self.courier().ok_or(NotKept::CannotKeep)?;
        let bytes = postcard::to_allocvec(value).map_err(|_| NotKept::CannotKeep)?;
        courier.storage().set_note(name, &bytes).await.map_err(NotKept::from)
    }

    /// Adds a person, or changes the PIN of the person with the same name. The first person on a
    /// tablet unlocks it. Fails with [`NotKept::Full`] if there is no free slot.
    pub(crate) fn add_person(
        self,
        name: String,
        pin: String,
        told: impl FnOnce(Result<(), NotKept>) + 'static,
    ) {
        let people = self.counter.people.get_untracked();
        let same = people.iter().find(|(_, person)| person.name == name).map(|(slot, _)| *slot);
        let free = (0..PEOPLE_MAX).find(|slot| people.iter().all(|(used, _)| used != slot));
        let Some(slot) = same.or(free) else { return told(Err(NotKept::Full)) };
        let mut salt = [0; 16];
        random::fill(&mut salt);
        spawn(async move {
            // Lets the page show "one moment" before the slow hash begins.
            timer::pause(30).await;
            let person = Person { format: FORMAT, name, lock: Lock::new(&pin, salt), wrong: 0 };
            let kept = self.put(&person_note(slot), &person).await;
            if kept.is_ok() {
                self.remember(slot, person);
                if self.counter.who.get_untracked().is_none() {
                    self.unlock(slot);
                }
            }
            told(kept);
        });
    }

    fn remember(self, slot: Slot, person: Person) {
        self.counter.people.update(|people| {
            people.retain(|(used, _)| *used != slot);
            people.push((slot, person));
            people.sort_by_key(|(slot, _)| *slot);
        });
        self.look_at_gate();
    }

    /// Computes the gate again after a change of what it depends on. Notifies the pages only if the
    /// gate differs.
    fn look_at_gate(self) {
        let (tablet, is_open) =
            (self.counter.tablet.read_untracked(), self.counter.who.read_untracked().is_some());
        let gate = match &*tablet {
            _ if !self.counter.is_read.get() => Gate::Reading,
            None => Gate::NotEnrolled,
            Some(tablet) if tablet.is_ended() => Gate::Ended,
            Some(_) if self.counter.people.read_untracked().is_empty() => Gate::Nobody,
            Some(_) if is_open => Gate::Open,
            Some(_) => Gate::Locked,
        };
        if *self.counter.gate.read_untracked() != gate {
            self.counter.gate.set(gate);
        }
    }

    pub(crate) fn remove_person(self, slot: Slot) {
        spawn(async move {
            let Some(courier) = self.courier() else { return };
            if courier.storage().set_note(&person_note(slot), &[]).await.is_ok() {
                self.counter.people.update(|people| people.retain(|(used, _)| *used != slot));
                if self.counter.who.get_untracked() == Some(slot) {
                    self.lock();
                }
                self.look_at_gate();
            }
        });
    }

    /// Tries a PIN. The count of wrong PINs is stored before the result is reported, so that
    /// reloading the page allows no further tries.
    pub(crate) fn try_pin(self, slot: Slot, pin: String, told: impl FnOnce(Tried) + 'static) {
        let Some((_, mut person)) =
            self.counter.people.get_untracked().into_iter().find(|(of, _)| *of == slot)
        else {
            return;
        };
        spawn(async move {
            timer::pause(30).await;
            let is_right = person.lock.opens(&pin);
            person.wrong = if is_right { 0 } else { person.wrong.saturating_add(1) };
            let wrong = person.wrong;
            let is_kept = self.put(&person_note(slot), &person).await.is_ok();
            self.remember(slot, person);
            match (is_right, is_kept) {
                (true, _) => {
                    self.unlock(slot);
                    told(Tried::Right);
                }
                (false, true) => {
                    self.wait(wait_s(wrong));
                    told(Tried::Wrong);
                }
                (false, false) => {
                    self.wait(wait_s(u32::MAX));
                    told(Tried::CannotKeep);
                }
            }
        });
    }

    /// Selects a person at the lock. After wrong PINs the wait starts, even after a reload.
    pub(crate) fn choose_person(self, slot: Slot) {
        let wrong = self
            .counter
            .people
            .read_untracked()
            .iter()
            .find(|(of, _)| *of == slot)
            .map_or(0, |(_, person)| person.wrong);
        self.wait(wait_s(wrong));
    }

    fn wait(self, seconds: u32) {
        self.counter.wait.set(seconds);
    }

    fn unlock(self, slot: Slot) {
        if self.counter.last.replace(Some(slot)).is_some_and(|last| last != slot) {
            self.forget_visit();
        }
        self.counter.who.set(Some(slot));
        self.look_at_gate();
    }

    /// Clears what the previous person left in the page.
    fn forget_visit(self) {
        self.draft.set(InquiryDraft::default());
        self.draft_faults.set(Vec::new());
        self.answers.set(Default::default());
        self.feedback_about.set(Default::default());
        self.query.set(String::new());
        self.scanned.set(None);
        self.visit.borrow_mut().clear();
        self.counter.undo.borrow_mut().take();
        router::replace(self, Route::Home);
    }

    /// Locks the tablet and covers the page. Its content stays for the next person who unlocks it,
    /// but only if that is the same person.
    pub(crate) fn lock(self) {
        self.countdown.set(None);
        self.counter.who.set(None);
        self.look_at_gate();
    }

    pub(crate) fn is_locked(self) -> bool {
        self.counter.who.read().is_none()
    }

    /// Watches every second for inactivity, and counts down the wait after a wrong PIN.
    pub(crate) fn watch_counter(self) {
        if !self.is_counter() {
            return;
        }
        // A pointer that merely moves over a tablet is no sign of a person, so `pointermove` is
        // left out.
        let is_open = move || self.counter.who.read_untracked().is_some();
        self.watch_quiet(&SIGNS[1..], IDLE_S, is_open, move || self.lock());
        timer::every(1_000, move || {
            let left = *self.counter.wait.read_untracked();
            if left > 0 {
                self.counter.wait.set(left - 1);
            }
        });
    }

    fn log_name(self) -> Option<String> {
        self.place_untracked().map(|hub| [LOG_KEPT_AS, hub.as_str()].concat())
    }

    /// Loads the log of the location where the tablet works now.
    fn read_log(self) {
        let text = self.log_name().and_then(|name| keepsake::get(&name));
        self.counter.log.set(text.map(|text| Log::read(&text)).unwrap_or_default());
    }

    /// The location where the tablet works. `None` before enrolment.
    pub(crate) fn place(self) -> Option<HubId> {
        self.counter.tablet.read().as_ref().map(|tablet| tablet.hub().clone())
    }

    pub(crate) fn place_untracked(self) -> Option<HubId> {
        self.counter.tablet.read_untracked().as_ref().map(|tablet| tablet.hub().clone())
    }

    /// The channel by which people come here: a pop-up at an event, otherwise the counter, unless
    /// staff chose another.
    pub(crate) fn channel(self) -> Channel {
        let is_event = self
            .place()
            .and_then(|hub| self.catalogue.hub(&hub))
            .is_some_and(|hub| hub.event.is_some());
        self.counter.channel.get().unwrap_or(if is_event {
            Channel::PopUp
        } else {
            Channel::Counter
        })
    }

    /// Today's date, read from the clock again: a tablet that slept overnight still shows
    /// yesterday's.
    fn day_of_contact(self) -> Option<Date> {
        self.look_at_clock();
        *self.today.read_untracked()
    }

    /// Seals and stores one contact, then reports whether it was stored. Fails if the location or
    /// the date is unknown.
    pub(crate) fn log_contact(
        self,
        task: TaskId,
        outcome: Outcome,
        told: impl FnOnce(Result<(), NotKept>) + 'static,
    ) {
        let (Some(hub), Some(on)) = (self.place_untracked(), self.day_of_contact()) else {
            return told(Err(NotKept::CannotKeep));
        };
        let contact =
            Contact { task, hub, on, channel: self.channel(), outcome, is_taken_back: false };
        self.count_contact(contact, told);
    }

    /// Undoes the contact that was counted last, at most once.
    pub(crate) fn undo_contact(self, told: impl FnOnce(Result<(), NotKept>) + 'static) {
        let Some(contact) = self.counter.undo.borrow_mut().take() else { return };
        self.count_contact(Contact { is_taken_back: true, ..contact }, told);
    }

    /// Seals and stores a contact. Once it is stored, updates the log and remembers the contact for
    /// an undo.
    fn count_contact(self, contact: Contact, told: impl FnOnce(Result<(), NotKept>) + 'static) {
        let content = Content::Contact(contact.clone());
        let done = move |_, why: Option<NotKept>| {
            if why.is_none() {
                self.counter.log.update(|log| log.count(&contact));
                if let Some(name) = self.log_name() {
                    keepsake::set(&name, &self.counter.log.read_untracked().written());
                }
                if !contact.is_taken_back {
                    self.counter.undo.replace(Some(contact));
                }
            }
            told(why.map_or(Ok(()), Err));
        };
        self.post_beside(vec![content], Box::new(done));
    }

    /// Sends the correction "this is not how it is done here", with the step and the location.
    pub(crate) fn flag_step(
        self,
        task: TaskId,
        step: Option<u8>,
        told: impl FnOnce(Result<(), NotKept>) + 'static,
    ) {
        let correction = Correction {
            service: None,
            hub: self.place_untracked(),
            task: Some(task),
            step,
            field: CorrectedField::Process,
            language: self.language,
        };
        let told = move |_, why: Option<NotKept>| told(why.map_or(Ok(()), Err));
        self.post_beside(vec![Content::Correction(correction)], Box::new(told));
    }
}
