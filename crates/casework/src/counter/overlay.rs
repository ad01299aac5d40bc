//! Merges what staff decided into an edition of the service directory: changes of what counters do,
//! and events. Pure: the same edition and the same record produce the same directory, on any server
//! and after any restart.

use super::ledger::{CounterChange, CounterLedger};
use crate::when::Zone;
use domain::catalogue::{Catalogue, CatalogueFile, Fault, Hub};
use domain::hours::Date;
use domain::{HubId, TaskId};
use std::fmt;

/// What is merged into an edition.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlay {
    /// Added to the edition's number: how often staff changed the directory, and how far numbers
    /// were raised when the store was restored from a backup.
    pub changes: u32,
    /// The day of the last change. Events that were over by then are left out. Today's date is not
    /// used, because it would produce another directory under the same number.
    pub day: Date,
    /// The changes and events to merge.
    pub parts: Vec<OverlayPart>,
}

/// One part to merge.
#[derive(Debug, Clone, PartialEq)]
pub enum OverlayPart {
    /// A change of what a location does.
    Change(CounterChange),
    /// A temporary location.
    Event(Box<Hub>),
}

/// A part that could not be merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The location that it is about.
    pub hub: HubId,
    /// The task that it is about; `None` for an event.
    pub task: Option<TaskId>,
    /// The reason, in words for staff.
    pub why: String,
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.task {
            Some(task) => write!(f, "{task} at {}: {}", self.hub, self.why),
            None => write!(f, "event {}: {}", self.hub, self.why),
        }
    }
}

impl Overlay {
    /// Builds the overlay; `None` if staff changed nothing and numbers need not be raised. `floor`
    /// is how far numbers were raised after a restore.
    pub fn of(ledger: &CounterLedger, zone: &Zone, floor: u32) -> Option<Self> {
        let changes =
            ledger.approved().map(|(_, proposal)| OverlayPart::Change(proposal.change.clone()));
        let events = ledger
            .events
            .values()
            .filter(|event| event.cancelled_ms.is_none())
            .map(|event| OverlayPart::Event(Box::new(event.hub.clone())));
        let day = zone.moment(ledger.changed_ms).date;
        let added = ledger.changes.saturating_add(floor);
        (added > 0).then(|| Self { changes: added, day, parts: changes.chain(events).collect() })
    }
}

/// Merges the overlay into an edition. A part with a fault is left out and reported; the others are
/// merged.
pub fn compose(base: &Catalogue, overlay: &Overlay) -> (Catalogue, Vec<Dropped>) {
    let day = overlay.day.max(base.published_on());
    let head = CatalogueFile {
        version: base.version().saturating_add(overlay.changes),
        published_on: day,
        ..base.file().clone()
    };
    let parts: Vec<&OverlayPart> = overlay.parts.iter().filter(|part| !part.is_over(day)).collect();
    let whole = parts
        .iter()
        .try_fold(head.clone(), |file, part| part.laid_over(file))
        .map(Catalogue::check);
    if let Ok(Ok(catalogue)) = whole {
        return (catalogue, Vec::new());
    }
    one_by_one(head, &parts)
}

fn one_by_one(head: CatalogueFile, parts: &[&OverlayPart]) -> (Catalogue, Vec<Dropped>) {
    let (mut catalogue, mut dropped) = (Catalogue::published(head), Vec::new());
    for part in parts {
        let checked = part
            .laid_over(catalogue.file().clone())
            .and_then(|file| Catalogue::check(file).map_err(|faults| said(&faults)));
        match checked {
            Ok(next) => catalogue = next,
            Err(why) => dropped.push(part.dropped(why)),
        }
    }
    (catalogue, dropped)
}

fn said(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

impl OverlayPart {
    /// Whether it is an event whose last day is before `day`.
    fn is_over(&self, day: Date) -> bool {
        let OverlayPart::Event(hub) = self else { return false };
        hub.event.as_ref().is_some_and(|event| event.days.iter().all(|of| of.date < day))
    }

    fn laid_over(&self, mut file: CatalogueFile) -> Result<CatalogueFile, String> {
        match self {
            OverlayPart::Event(hub) => file.hubs.push(hub.as_ref().clone()),
            OverlayPart::Change(CounterChange { hub, task, offered }) => {
                let place = file
                    .hubs
                    .iter_mut()
                    .find(|of| of.id == *hub)
                    .ok_or_else(|| format!("there is no hub “{hub}” any more"))?;
                place.offerings.retain(|offering| offering.task != *task);
                match offered {
                    Some(conditions) => {
                        if !place.tasks.contains(task) {
                            place.tasks.push(task.clone());
                        }
                        place.offerings.extend(conditions.offering(task));
                    }
                    None => place.tasks.retain(|of| of != task),
                }
            }
        }
        Ok(file)
    }

    fn dropped(&self, why: String) -> Dropped {
        match self {
            OverlayPart::Change(change) => {
                Dropped { hub: change.hub.clone(), task: Some(change.task.clone()), why }
            }
            OverlayPart::Event(hub) => Dropped { hub: hub.id.clone(), task: None, why },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counter::ledger::{Conditions, CounterAct};
    use crate::ledger::{LedgerEntry, LedgerSource as _};
    use domain::catalogue::{Event, EventDay};
    use sample::{date, id, spans};

    const SOLD: &str = "issue-dog-licence";

    fn base() -> Catalogue {
        sample::checked(|_| {})
    }

    fn counter_change(hub: &str, task: &str, offered: Option<Conditions>) -> CounterChange {
        CounterChange { hub: id(hub), task: id(task), offered }
    }

    fn change(hub: &str, task: &str, offered: Option<Conditions>) -> OverlayPart {
        OverlayPart::Change(counter_change(hub, task, offered))
    }

    fn fair(name: &str, day: &str, task: &str) -> Hub {
        let days = vec![EventDay { date: date(day), hours: spans(&["10:00-16:00"]) }];
        Hub {
            event: Some(Event { days }),
            tasks: vec![id(task)],
            hours: Default::default(),
            ..sample::hub(name)
        }
    }

    fn event(name: &str, day: &str, task: &str) -> OverlayPart {
        OverlayPart::Event(Box::new(fair(name, day, task)))
    }

    fn overlay(parts: Vec<OverlayPart>) -> Overlay {
        Overlay { changes: 3, day: date("2026-12-01"), parts }
    }

    /// What the hub does of the task; `None` if there is no such hub.
    fn offered(catalogue: &Catalogue, hub: &str, task: &str) -> Option<Option<Conditions>> {
        catalogue.hub(&id(hub)).map(|hub| Conditions::at(hub, &id(task)))
    }

    #[test]
    fn changes_and_events_make_the_next_edition() {
        let base = base();
        let limited = Conditions { by_appointment: true, ..Conditions::default() };
        let parts = vec![
            change("boat-house", SOLD, Some(limited.clone())),
            change("town-hall", SOLD, None),
            event("fair", "2026-12-01", SOLD),
            event("over", "2026-11-30", SOLD),
        ];
        let (catalogue, dropped) = compose(&base, &overlay(parts));
        assert_eq!(dropped, []);
        assert_eq!(catalogue.version(), base.version() + 3);
        assert_eq!(catalogue.published_on(), date("2026-12-01"));
        let at = |hub| offered(&catalogue, hub, SOLD);
        assert_eq!((at("boat-house"), at("town-hall")), (Some(Some(limited)), Some(None)));
        assert_eq!(
            at("fair"),
            Some(Some(Conditions::default())),
            "its day is the day of the change"
        );
        assert_eq!(at("over"), None, "what was over by the last change is left out");
    }

    #[test]
    fn a_change_leaves_the_other_tasks_and_locations_as_they_are() {
        let base = base();
        let plain = Some(Conditions::default());
        for of in [None, plain.clone()] {
            let parts = vec![change("town-hall", SOLD, of.clone())];
            let (catalogue, _) = compose(&base, &overlay(parts));
            assert_eq!(offered(&catalogue, "town-hall", SOLD), Some(of));
            for (hub, task) in [
                ("town-hall", "take-payment"),
                ("town-hall", "issue-boat-permit"),
                ("boat-house", "issue-boat-permit"),
                ("landfill", "take-payment"),
            ] {
                let before = offered(&base, hub, task);
                assert_eq!(offered(&catalogue, hub, task), before, "{task} at {hub}");
            }
        }
        let parts = vec![change("town-hall", "take-payment", plain.clone())];
        let (catalogue, _) = compose(&base, &overlay(parts));
        assert_eq!(offered(&catalogue, "town-hall", "take-payment"), Some(plain));
    }

    #[test]
    fn a_part_with_a_fault_is_left_out_and_no_other_with_it() {
        let parts = vec![
            change("gone", SOLD, None),
            change("boat-house", "no-such-task", Some(Conditions::default())),
            change("boat-house", SOLD, Some(Conditions::default())),
            event("town-hall", "2026-12-05", SOLD),
            event("fair", "2026-12-05", "no-such-task"),
            event("market", "2026-12-05", SOLD),
        ];
        let (catalogue, dropped) = compose(&base(), &overlay(parts));
        let why: Vec<String> = dropped.iter().map(ToString::to_string).collect();
        assert_eq!(why.len(), 4, "{why:?}");
        for (why, begin, reason) in [
            (&why[0], "issue-dog-licence at gone: ", "no hub “gone”"),
            (&why[1], "no-such-task at boat-house: ", "no task “no-such-task”"),
            (&why[2], "event town-hall: ", "two records"),
            (&why[3], "event fair: ", "no task “no-such-task”"),
        ] {
            assert!(why.starts_with(begin) && why.contains(reason), "{why}");
        }
        assert!(catalogue.hub(&id("market")).is_some());
        assert_eq!(
            Catalogue::check(catalogue.file().clone()).as_ref(),
            Ok(&catalogue),
            "what is left has no fault, and stands in order"
        );
    }

    #[test]
    fn the_same_makes_the_same_and_what_is_done_twice_is_done_once() {
        let twice = || change("boat-house", SOLD, Some(Conditions::default()));
        let once = compose(&base(), &overlay(vec![twice()]));
        assert_eq!(compose(&base(), &overlay(vec![twice(), twice()])), once);
    }

    #[test]
    fn only_what_was_approved_and_not_cancelled_is_merged() {
        let zone = Zone::of("America/Toronto");
        let mut ledger = CounterLedger::default();
        assert_eq!(Overlay::of(&ledger, &zone, 0), None, "nothing to merge");
        let raised = Overlay { changes: 2, day: date("1969-12-31"), parts: Vec::new() };
        assert_eq!(Overlay::of(&ledger, &zone, 2), Some(raised), "after a restore");
        let proposed = |hub| CounterAct::Proposed {
            change: counter_change(hub, SOLD, None),
            reason: "too busy".into(),
        };
        let acts = [
            proposed("town-hall"),
            proposed("boat-house"),
            CounterAct::Approved { proposal: 1, reason: "agreed".into() },
            CounterAct::EventMade { hub: Box::new(fair("fair", "2026-12-05", SOLD)) },
            CounterAct::EventMade { hub: Box::new(fair("storm", "2026-12-05", SOLD)) },
            CounterAct::EventCancelled { hub: id("storm") },
        ];
        for (number, act) in (1..).zip(acts) {
            let who = if number == 3 { "bo" } else { "ann" }.into();
            let at_ms = zone.ms(sample::moment("2026-12-01 23:59"));
            ledger.take(LedgerEntry { number, at_ms, who, act: Some(act) });
        }
        let parts = vec![change("town-hall", SOLD, None), event("fair", "2026-12-05", SOLD)];
        let merged = Overlay { changes: 6, day: date("2026-12-01"), parts };
        assert_eq!(Overlay::of(&ledger, &zone, 2), Some(merged));
    }
}
