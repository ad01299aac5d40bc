//! The counts of this tablet: today's sums, and which tasks are done here most. Only numbers, so
//! that they may outlive the page and may be seen by the next person. The submissions themselves
//! are sealed.

use domain::TaskId;
use domain::counter::{Contact, Outcome};
use domain::hours::Date;

/// Contacts counted on this tablet at one location.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ContactLog {
    /// The day of `done`, `referred` and `could_not`.
    day: Option<Date>,
    pub(crate) done: u32,
    pub(crate) referred: u32,
    pub(crate) could_not: u32,
    /// How often each task was asked for here, over all days.
    tasks: Vec<(TaskId, u32)>,
}

impl ContactLog {
    /// Counts a contact, or uncounts it if it is taken back. A contact of another day starts the
    /// sums anew.
    pub(crate) fn count(&mut self, contact: &Contact) {
        if self.day != Some(contact.on) {
            *self = Self {
                day: Some(contact.on),
                tasks: std::mem::take(&mut self.tasks),
                ..Self::default()
            };
        }
        let change = |number: &mut u32| {
            *number = if contact.is_taken_back {
                number.saturating_sub(1)
            } else {
                number.saturating_add(1)
            }
        };
        change(match contact.outcome {
            Outcome::Done => &mut self.done,
            Outcome::Referred(_) => &mut self.referred,
            Outcome::CouldNot(_) => &mut self.could_not,
        });
        match self.tasks.iter_mut().find(|(task, _)| *task == contact.task) {
            Some((_, count)) => change(count),
            None if contact.is_taken_back => {}
            None => self.tasks.push((contact.task.clone(), 1)),
        }
    }

    /// Contacts done, referred and not possible on a day. Zeros for any day but the one that was
    /// counted last.
    pub(crate) fn of_day(&self, day: Option<Date>) -> [u32; 3] {
        if day.is_some() && self.day == day {
            [self.done, self.referred, self.could_not]
        } else {
            [0; 3]
        }
    }

    /// The tasks asked for most often, at most `most`.
    pub(crate) fn most_done(&self, most: usize) -> Vec<TaskId> {
        let mut tasks: Vec<&(TaskId, u32)> =
            self.tasks.iter().filter(|(_, count)| *count > 0).collect();
        tasks.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(&other.0)));
        tasks.into_iter().take(most).map(|(task, _)| task.clone()).collect()
    }

    /// The log as text, such as `2026-11-26 4 1 0 sell-bag-tags:3 …`. Empty if nothing was
    /// counted.
    pub(crate) fn written(&self) -> String {
        let Some(day) = self.day else { return String::new() };
        let sums = format!("{day} {} {} {}", self.done, self.referred, self.could_not);
        self.tasks.iter().fold(sums, |text, (task, count)| {
            [&text, " ", task.as_str(), ":", &count.to_string()].concat()
        })
    }

    /// Reads such a text. An unreadable text becomes an empty log: this is a convenience, not a
    /// record.
    pub(crate) fn read(text: &str) -> Self {
        let mut parts = text.split(' ');
        let day = parts.next().and_then(Date::parse);
        let mut sum = || parts.next().and_then(|part| part.parse().ok());
        let (Some(day), Some(done), Some(referred), Some(could_not)) = (day, sum(), sum(), sum())
        else {
            return Self::default();
        };
        let task = |part: &str| {
            let (task, count) = part.split_once(':')?;
            Some((TaskId::parse(task).ok()?, count.parse().ok()?))
        };
        Self { day: Some(day), done, referred, could_not, tasks: parts.filter_map(task).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::HubId;
    use domain::counter::{Channel, Reason};

    fn contact(task: &str, on: &str, outcome: Outcome) -> Contact {
        let hub = HubId::parse("city-hall").unwrap();
        Contact {
            task: TaskId::parse(task).unwrap(),
            hub,
            on: Date::parse(on).unwrap(),
            channel: Channel::Counter,
            outcome,
            is_taken_back: false,
        }
    }

    #[test]
    fn today_begins_at_nothing_and_the_tasks_go_on() {
        let mut log = ContactLog::default();
        let today = Date::parse("2026-11-26");
        log.count(&contact("sell-bag-tags", "2026-11-25", Outcome::Done));
        assert_eq!(log.of_day(today), [0; 3]);
        log.count(&contact("sell-bag-tags", "2026-11-26", Outcome::Done));
        log.count(&contact("take-water-payment", "2026-11-26", Outcome::CouldNot(Reason::Payment)));
        log.count(&contact(
            "issue-library-card",
            "2026-11-26",
            Outcome::Referred(Reason::NotDoneHere),
        ));
        assert_eq!(log.of_day(today), [1, 1, 1]);
        assert_eq!(
            log.most_done(2).iter().map(TaskId::as_str).collect::<Vec<_>>(),
            ["sell-bag-tags", "issue-library-card"]
        );
        assert_eq!(ContactLog::read(&log.written()), log);
    }

    #[test]
    fn what_is_taken_back_was_never_counted() {
        let mut log = ContactLog::default();
        let done = contact("sell-bag-tags", "2026-11-26", Outcome::Done);
        log.count(&done);
        log.count(&Contact { is_taken_back: true, ..done });
        assert_eq!((log.of_day(Date::parse("2026-11-26")), log.most_done(5)), ([0; 3], vec![]));
    }

    #[test]
    fn what_is_no_log_is_nothing() {
        for text in
            ["", "x", "2026-11-26", "2026-11-26 1 2", "2026-11-26 1 2 x", "2026-13-26 1 2 3"]
        {
            assert_eq!(ContactLog::read(text), ContactLog::default(), "{text}");
        }
        assert_eq!(ContactLog::read("2026-11-26 1 2 3 NO:1 a:x b:2").most_done(9).len(), 1);
    }
}
