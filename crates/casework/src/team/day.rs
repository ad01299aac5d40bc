//! What waits for one person today, in numbers: what an email in the morning says.

use super::TeamState;
use crate::listed::ListedInquiry;
use domain::hours::{Date, Moment};

/// The hours of the morning in which emails are sent: from and before.
const MORNING: (u16, u16) = (7 * 60, 12 * 60);

/// What waits for one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TeamDay {
    /// Inquiries that colleagues gave them, with which they did nothing yet.
    pub given: usize,
    /// Inquiries of theirs whose person waits for longer than was promised.
    pub overdue: usize,
    /// Questions to their department.
    pub asked: usize,
    /// Inquiries of theirs to come back to today.
    pub follow_up: usize,
}

impl TeamDay {
    /// What waits for the person with a login, of the inquiries that they may read. `asks` says
    /// whether colleagues ask them something.
    pub fn of<'a>(
        all: impl Iterator<Item = &'a ListedInquiry>,
        login: &str,
        asks: impl Fn(&TeamState) -> bool,
        now: Moment,
    ) -> Self {
        let mut day = Self::default();
        for listed in all {
            let Some(team) = listed.team() else { continue };
            let is_theirs = listed.assignee() == Some(login);
            let is_day = team.follow_up.as_ref().is_some_and(|to_do| to_do.on <= now.date);
            day.given += usize::from(is_theirs && team.given_by.is_some());
            day.overdue += usize::from(is_theirs && listed.is_overdue(now));
            day.asked += usize::from(asks(team));
            day.follow_up += usize::from(is_theirs && is_day);
        }
        day
    }

    /// Whether nothing waits for them.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether the emails of today are to be sent: in the morning of a working day, once. `last` is the
/// last day whose emails were begun.
pub fn is_digest_due(last: Option<Date>, now: Moment, is_working_day: bool) -> bool {
    let minute = now.minute.since_midnight();
    is_working_day && last < Some(now.date) && (MORNING.0..MORNING.1).contains(&minute)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{CaseEntry, CaseEvent};
    use crate::clock::Due;
    use crate::inquiry::Inquiry;
    use domain::inquiry::{ReplyTo, ValidInquiry};
    use domain::{Language, SubmissionId};
    use sample::moment;

    fn listed(events: &[CaseEvent]) -> ListedInquiry {
        let said = ValidInquiry {
            service: None,
            hub: None,
            message: "When?".into(),
            name: None,
            reply_to: ReplyTo::Nobody,
            language: Language::English,
            notice_version: 1,
        };
        let id = SubmissionId::from_parts(7, [1; 10]);
        let mut inquiry = Inquiry::received(id, 5, said, "Parks".into());
        inquiry.first_reply = Due::At(moment("2026-11-26 09:00"));
        for (number, event) in (1..).zip(events.iter().cloned()) {
            inquiry.take(number, Some(CaseEntry { number, at_ms: 1, who: "ann".into(), event }));
        }
        ListedInquiry::Active(inquiry.into())
    }

    #[test]
    fn each_person_is_told_of_what_waits_for_them_and_of_nothing_else() {
        let to_bo = CaseEvent::Assigned { to: Some("bo".into()) };
        let day = |on| CaseEvent::FollowUp { on: Date::parse(on), why: String::new() };
        let asked =
            CaseEvent::AskedInside { department: "Roads".into(), text: "Is it plowed?".into() };
        let all = [
            listed(&[to_bo.clone(), day("2026-11-26")]),
            listed(&[to_bo, day("2026-11-27"), asked]),
            listed(&[]),
        ];
        let of =
            |login, now| TeamDay::of(all.iter(), login, |team| team.asks("Roads"), moment(now));
        let expected = TeamDay { given: 2, overdue: 2, asked: 1, follow_up: 1 };
        assert_eq!(of("bo", "2026-11-26 09:01"), expected);
        assert_eq!(of("bo", "2026-11-25 09:01"), TeamDay { overdue: 0, follow_up: 0, ..expected });
        assert_eq!(of("ann", "2026-11-26 09:01"), TeamDay { asked: 1, ..TeamDay::default() });
        let none = TeamDay::of(all.iter(), "ann", |_| false, moment("2026-11-26 09:01"));
        assert!(none.is_empty() && !expected.is_empty());
    }

    #[test]
    fn emails_are_sent_once_in_the_morning_of_a_working_day() {
        let check = |last: Option<&str>, now: &str, works, expected| {
            let last = last.map(sample::date);
            assert_eq!(is_digest_due(last, moment(now), works), expected, "{last:?} {now}");
        };
        check(None, "2026-11-26 07:00", true, true);
        check(Some("2026-11-25"), "2026-11-26 11:59", true, true);
        check(Some("2026-11-26"), "2026-11-26 09:00", true, false);
        check(Some("2026-11-27"), "2026-11-26 09:00", true, false);
        check(None, "2026-11-26 06:59", true, false);
        check(None, "2026-11-26 12:00", true, false);
        check(None, "2026-11-26 09:00", false, false);
    }
}
