//! Whether the promise of a first reply was kept.

use crate::case::{Case, State};
use crate::clock::Due;
use crate::when::Zone;
use domain::hours::Moment;
use serde::{Deserialize, Serialize};

/// The state of the promise of a first reply. The serialized names are stored with the summaries of
/// settled inquiries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Promise {
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

impl Promise {
    /// All states, in the order of columns.
    pub const ALL: [Promise; 5] =
        [Promise::InTime, Promise::Late, Promise::Overdue, Promise::NotYet, Promise::Without];

    /// The state at the time `now` for a promise that is due at `first_reply`.
    pub fn of(case: &Case, first_reply: Due, zone: &Zone, now: Moment) -> Self {
        let replied = case.first_reply_ms.map(|ms| zone.moment(ms));
        match (replied, first_reply) {
            (_, Due::Never) => Promise::Without,
            (Some(at), Due::At(due)) => {
                if at <= due {
                    Promise::InTime
                } else {
                    Promise::Late
                }
            }
            // The clock was paused before the time ran out, so the reply was in time.
            (Some(_), Due::Paused { .. }) => Promise::InTime,
            (None, _) if case.state == State::Closed => Promise::Without,
            (None, Due::At(due)) if due < now => Promise::Overdue,
            (None, _) => Promise::NotYet,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_kept_late_overdue_or_not_due_yet() {
        let zone = Zone::of("America/Toronto");
        let at = |text: &str| Moment::parse(text).unwrap();
        let check = |replied: Option<&str>, is_closed: bool, due: Due, expected: Promise| {
            let mut case = Case::new(0, "Tax".into(), None);
            case.first_reply_ms = replied.map(|text| zone.ms(at(text)));
            case.state = if is_closed { State::Closed } else { State::Open };
            assert_eq!(
                Promise::of(&case, due, &zone, at("2026-11-26 12:00")),
                expected,
                "{replied:?} {is_closed} {due:?}"
            );
        };
        let due = Due::At(at("2026-11-24 10:00"));
        check(Some("2026-11-24 10:00"), false, due, Promise::InTime);
        check(Some("2026-11-24 10:01"), true, due, Promise::Late);
        check(None, false, due, Promise::Overdue);
        check(None, false, Due::At(at("2026-11-26 12:00")), Promise::NotYet);
        check(None, false, Due::Paused { left_minutes: 5 }, Promise::NotYet);
        check(Some("2026-11-24 10:00"), true, Due::Paused { left_minutes: 5 }, Promise::InTime);
        check(None, true, due, Promise::Without);
        check(None, false, Due::Never, Promise::Without);
    }
}
