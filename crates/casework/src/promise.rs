//! Whether the promise of a first reply was kept.

use crate::case::{Case, CaseState};
use crate::clock::Due;
use crate::when::Zone;
use domain::ServiceId;
use domain::hours::Moment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a shorter promise applies to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum PromiseSubject {
    /// All inquiries that came to a department first.
    Department {
        /// Its name.
        department: String,
    },
    /// All inquiries about a service.
    Service {
        /// Its id.
        service: ServiceId,
    },
}

/// Within how many working hours the office replies for the first time to inquiries of some
/// departments and services. It can be sooner than what residents are told, and never later.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PromiseRules(BTreeMap<PromiseSubject, u32>);

impl PromiseRules {
    /// Sets a promise; `None` takes it back.
    pub fn set(&mut self, of: PromiseSubject, working_hours: Option<u32>) {
        match working_hours {
            Some(hours) => drop(self.0.insert(of, hours)),
            None => drop(self.0.remove(&of)),
        }
    }

    /// All of them: departments first.
    pub fn all(&self) -> impl Iterator<Item = (&PromiseSubject, u32)> {
        self.0.iter().map(|(of, hours)| (of, *hours))
    }

    /// The working hours that count for an inquiry: those of its service, or else of its first
    /// department, and at most `public`, which residents are told.
    pub fn hours(&self, public: u32, service: Option<&ServiceId>, department: &str) -> u32 {
        let of_service =
            service.map(|service| PromiseSubject::Service { service: service.clone() });
        let of_department = PromiseSubject::Department { department: department.into() };
        let hours =
            of_service.and_then(|of| self.0.get(&of)).or_else(|| self.0.get(&of_department));
        hours.map_or(public, |hours| public.min(*hours))
    }
}

/// The state of the promise of a first reply. The serialized names are stored with the summaries of
/// settled inquiries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PromiseState {
    /// Replied before it was due.
    InTime,
    /// Replied after it was due.
    Late,
    /// Due, but without a reply.
    Overdue,
    /// Neither due nor replied yet.
    NotYet,
    /// Closed without a reply, or in a department without known working hours: nothing to measure.
    Without,
}

/// Whether the person still waits for a first reply after its time. Everything that is called
/// overdue, in lists, counts and figures, is so by this rule.
pub fn is_overdue(case: &Case, first_reply: Due, now: Moment) -> bool {
    let waits = case.first_reply_ms.is_none() && case.state != CaseState::Closed;
    waits && matches!(first_reply, Due::At(due) if due < now)
}

impl PromiseState {
    /// All states, in the order of columns.
    pub const ALL: [PromiseState; 5] = [
        PromiseState::InTime,
        PromiseState::Late,
        PromiseState::Overdue,
        PromiseState::NotYet,
        PromiseState::Without,
    ];

    /// The state at the time `now` for a promise that is due at `first_reply`.
    pub fn of(case: &Case, first_reply: Due, zone: &Zone, now: Moment) -> Self {
        let replied = case.first_reply_ms.map(|ms| zone.moment(ms));
        match (replied, first_reply) {
            (_, Due::Never) => PromiseState::Without,
            (Some(at), Due::At(due)) => {
                if at <= due {
                    PromiseState::InTime
                } else {
                    PromiseState::Late
                }
            }
            // The clock was paused before the time ran out, so the reply was in time.
            (Some(_), Due::Paused { .. }) => PromiseState::InTime,
            (None, _) if case.state == CaseState::Closed => PromiseState::Without,
            (None, _) if is_overdue(case, first_reply, now) => PromiseState::Overdue,
            (None, _) => PromiseState::NotYet,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_promise_of_a_service_comes_before_that_of_its_department_and_is_never_later() {
        let (dogs, boats) = (sample::id("dog-licence"), sample::id("boat-permit"));
        let service = |service: &ServiceId| PromiseSubject::Service { service: service.clone() };
        let roads = || PromiseSubject::Department { department: "Roads".into() };
        let mut rules = PromiseRules::default();
        assert_eq!(rules.hours(16, Some(&dogs), "Roads"), 16);
        rules.set(roads(), Some(8));
        rules.set(service(&dogs), Some(4));
        rules.set(service(&boats), Some(40));
        assert_eq!(rules.hours(16, Some(&dogs), "Roads"), 4);
        assert_eq!(rules.hours(16, Some(&dogs), "Parks"), 4);
        assert_eq!(rules.hours(16, Some(&boats), "Roads"), 16, "no later than residents are told");
        assert_eq!(rules.hours(16, None, "Roads"), 8);
        assert_eq!(rules.all().map(|(_, hours)| hours).collect::<Vec<_>>(), [8, 40, 4]);
        rules.set(roads(), None);
        assert_eq!(rules.hours(16, None, "Roads"), 16);
    }

    #[test]
    fn a_promise_is_kept_late_overdue_or_not_due_yet() {
        let zone = Zone::of("America/Toronto");
        let at = |text: &str| Moment::parse(text).unwrap();
        let check = |replied: Option<&str>, is_closed: bool, due: Due, expected: PromiseState| {
            let mut case = Case::new(0, "Tax".into(), None);
            case.first_reply_ms = replied.map(|text| zone.ms(at(text)));
            case.state = if is_closed { CaseState::Closed } else { CaseState::Open };
            assert_eq!(
                PromiseState::of(&case, due, &zone, at("2026-11-26 12:00")),
                expected,
                "{replied:?} {is_closed} {due:?}"
            );
        };
        let due = Due::At(at("2026-11-24 10:00"));
        check(Some("2026-11-24 10:00"), false, due, PromiseState::InTime);
        check(Some("2026-11-24 10:01"), true, due, PromiseState::Late);
        check(None, false, due, PromiseState::Overdue);
        check(None, false, Due::At(at("2026-11-26 12:00")), PromiseState::NotYet);
        check(None, false, Due::Paused { left_minutes: 5 }, PromiseState::NotYet);
        check(
            Some("2026-11-24 10:00"),
            true,
            Due::Paused { left_minutes: 5 },
            PromiseState::InTime,
        );
        check(None, true, due, PromiseState::Without);
        check(None, false, Due::Never, PromiseState::Without);
    }
}
