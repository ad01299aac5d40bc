//! What each department has open now: in time, late, and how long the oldest one waits. Live counts
//! for those who assign work; nothing here is suppressed, because the inbox shows the same.

use crate::case::CaseState;
use crate::listed::ListedInquiry;
use domain::hours::Moment;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The open inquiries of a department.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DepartmentBacklog {
    /// The name of the department.
    pub department: String,
    /// Open and not late.
    pub in_time: u64,
    /// Overdue.
    pub late: u64,
    /// When the oldest open one was received, in ms since 1970.
    pub oldest_ms: u64,
}

impl DepartmentBacklog {
    /// The backlogs of all departments that have something open, those with the most late ones
    /// first.
    pub fn of_all(listed: &[ListedInquiry], now: Moment) -> Vec<Self> {
        let mut all: BTreeMap<&str, Self> = BTreeMap::new();
        for inquiry in listed.iter().filter(|one| one.state() != CaseState::Closed) {
            let department = inquiry.department();
            let backlog = all.entry(department).or_insert_with(|| Self {
                department: department.into(),
                oldest_ms: u64::MAX,
                ..Self::default()
            });
            backlog.oldest_ms = backlog.oldest_ms.min(inquiry.received_at_ms());
            match inquiry.is_overdue(now) {
                true => backlog.late += 1,
                false => backlog.in_time += 1,
            }
        }
        let mut all: Vec<Self> = all.into_values().collect();
        all.sort_by_key(|backlog| (Reverse(backlog.late), backlog.oldest_ms));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{CaseEntry, CaseEvent, CaseOutcome};
    use crate::clock::Due;
    use crate::inquiry::Inquiry;
    use domain::SubmissionId;
    use domain::inquiry::{ReplyTo, ValidInquiry};
    use domain::text::Language;
    use std::sync::Arc;

    fn inquiry(department: &str, received_at_ms: u64, due: &str) -> Inquiry {
        let said = ValidInquiry {
            service: None,
            hub: None,
            message: "When?".into(),
            name: None,
            reply_to: ReplyTo::Nobody,
            language: Language::English,
            notice_version: 1,
        };
        let id = SubmissionId::from_parts(received_at_ms, [1; 10]);
        let mut inquiry = Inquiry::received(id, received_at_ms, said, department.into());
        inquiry.first_reply = Due::At(Moment::parse(due).unwrap());
        inquiry
    }

    fn with(mut inquiry: Inquiry, event: CaseEvent) -> Inquiry {
        let number = inquiry.case.last + 1;
        inquiry.take(number, Some(CaseEntry { number, at_ms: 9, who: "ann".into(), event }));
        inquiry
    }

    #[test]
    fn each_department_has_what_is_in_time_what_is_late_and_its_oldest() {
        let (late, early) = ("2026-11-20 10:00", "2026-12-20 10:00");
        let closed = CaseEvent::Closed { outcome: CaseOutcome::Done, why: String::new() };
        let all = [
            inquiry("Tax", 5, early),
            inquiry("Roads", 4, late),
            inquiry("Tax", 3, early),
            with(inquiry("Roads", 1, late), closed.clone()),
            with(inquiry("Clerk", 2, late), closed),
        ];
        let listed: Vec<ListedInquiry> =
            all.into_iter().map(|one| ListedInquiry::Active(Arc::new(one))).collect();
        let backlogs =
            DepartmentBacklog::of_all(&listed, Moment::parse("2026-11-26 09:00").unwrap());
        let of = |department: &str, in_time, late, oldest_ms| DepartmentBacklog {
            department: department.into(),
            in_time,
            late,
            oldest_ms,
        };
        assert_eq!(backlogs, [of("Roads", 0, 1, 4), of("Tax", 2, 0, 3)]);
    }
}
