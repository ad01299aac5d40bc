//! Counts contacts at the location where the tablet works.

use super::contact_log::ContactLog;
use super::{Counter, NotStored};
use crate::browser::keepsake;
use domain::counter::{Channel, Contact, Outcome};
use domain::hours::Date;
use domain::submission::{Content, CorrectedField, Correction};
use domain::{HubId, Language, TaskId};

/// Prefix of the name under which a location's log is remembered; the location's id follows.
const LOG_KEPT_AS: &str = "log-";

impl Counter {
    fn log_name(&self) -> Option<String> {
        self.place_untracked().map(|hub| [LOG_KEPT_AS, hub.as_str()].concat())
    }

    /// Loads the log of the location where the tablet works now.
    pub(super) fn read_log(&self) {
        let text = self.log_name().and_then(|name| keepsake::get(&name));
        self.log.set(text.map(|text| ContactLog::read(&text)).unwrap_or_default());
    }

    /// The location where the tablet works. `None` before enrolment.
    pub(crate) fn place(&self) -> Option<HubId> {
        self.tablet.read().as_ref().map(|tablet| tablet.hub().clone())
    }

    /// The location that the tablet counts for, read without following it. `None` if not enrolled.
    pub(crate) fn place_untracked(&self) -> Option<HubId> {
        self.tablet.read_untracked().as_ref().map(|tablet| tablet.hub().clone())
    }

    /// The channel by which people come here: a pop-up at an event, otherwise the counter, unless
    /// staff chose another.
    pub(crate) fn channel(&self) -> Channel {
        let is_event = self
            .place()
            .and_then(|hub| self.parts.catalogue.hub(&hub))
            .is_some_and(|hub| hub.event.is_some());
        let usual = if is_event { Channel::PopUp } else { Channel::Counter };
        self.chosen_channel.get().unwrap_or(usual)
    }

    /// Today's date, read from the clock again: a tablet that slept overnight still shows
    /// yesterday's.
    fn day_of_contact(&self) -> Option<Date> {
        self.parts.clock.look();
        *self.parts.clock.today.read_untracked()
    }

    /// Seals and stores one contact, then reports whether it was stored. Fails if the location or
    /// the date is unknown.
    pub(crate) fn log_contact(
        &'static self,
        task: TaskId,
        outcome: Outcome,
        on_done: impl FnOnce(Result<(), NotStored>) + 'static,
    ) {
        let (Some(hub), Some(on)) = (self.place_untracked(), self.day_of_contact()) else {
            return on_done(Err(NotStored::CannotKeep));
        };
        let contact =
            Contact { task, hub, on, channel: self.channel(), outcome, is_taken_back: false };
        self.count_contact(contact, on_done);
    }

    /// Undoes the contact that was counted last, at most once.
    pub(crate) fn undo_contact(
        &'static self,
        on_done: impl FnOnce(Result<(), NotStored>) + 'static,
    ) {
        let Some(contact) = self.undo.borrow_mut().take() else { return };
        self.count_contact(Contact { is_taken_back: true, ..contact }, on_done);
    }

    /// Seals and stores a contact. Once it is stored, updates the log and remembers the contact for
    /// an undo.
    fn count_contact(
        &'static self,
        contact: Contact,
        on_done: impl FnOnce(Result<(), NotStored>) + 'static,
    ) {
        let content = Content::Contact(contact.clone());
        let on_posted = move |_, why: Option<NotStored>| {
            if why.is_none() {
                self.log.update(|log| log.count(&contact));
                if let Some(name) = self.log_name() {
                    keepsake::set(&name, &self.log.read_untracked().written());
                }
                if !contact.is_taken_back {
                    self.remember_steps(&contact.task, &[]);
                    self.undo.replace(Some(contact));
                }
            }
            on_done(why.map_or(Ok(()), Err));
        };
        self.parts.delivery.post_beside(vec![content], Box::new(on_posted));
    }

    /// Sends the correction "this is not how it is done here", with the step and the location.
    pub(crate) fn flag_step(
        &self,
        task: TaskId,
        step: Option<u8>,
        language: Language,
        on_done: impl FnOnce(Result<(), NotStored>) + 'static,
    ) {
        let correction = Correction {
            service: None,
            hub: self.place_untracked(),
            task: Some(task),
            step,
            field: CorrectedField::Process,
            language,
        };
        let on_posted = move |_, why: Option<NotStored>| on_done(why.map_or(Ok(()), Err));
        self.parts.delivery.post_beside(vec![Content::Correction(correction)], Box::new(on_posted));
    }
}
