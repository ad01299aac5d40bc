//! A clock that runs only in working hours: the one rule by which a promise is due, in the office
//! and on devices.

use super::{Date, Minute, Moment, Span};

/// Days that are searched: a promise that is not due within them has no working time to count.
const DAYS_MAX: i32 = 3 * 366;
const DAY_MINUTES: i64 = 24 * 60;

/// Where a clock that runs only in working hours has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkingClock {
    /// The minute at which the time was used up.
    Over(Moment),
    /// The minutes that are left.
    Left(i64),
}

impl WorkingClock {
    /// Runs from one moment to another, or until the time is used up, with `left` minutes to go.
    /// `on` returns the working hours of a day, in order.
    pub fn run(
        on: impl Fn(Date) -> Vec<Span>,
        from: Moment,
        to: Option<Moment>,
        mut left: i64,
    ) -> Self {
        let (begin, end) = (minutes_of(from), to.map_or(i64::MAX, minutes_of));
        for day in 0..DAYS_MAX {
            let date = from.date.plus_days(day);
            let midnight = i64::from(date.days_since_1970()) * DAY_MINUTES;
            if midnight >= end {
                break;
            }
            for span in on(date) {
                let from = (midnight + i64::from(span.from().since_midnight())).max(begin);
                let to = (midnight + i64::from(span.to().since_midnight())).min(end);
                if from + left <= to {
                    return Self::Over(moment_of(from + left));
                }
                left -= (to - from).max(0);
            }
        }
        Self::Left(left)
    }
}

fn minutes_of(moment: Moment) -> i64 {
    i64::from(moment.date.days_since_1970()) * DAY_MINUTES
        + i64::from(moment.minute.since_midnight())
}

fn moment_of(minutes: i64) -> Moment {
    let day = minutes.div_euclid(DAY_MINUTES) as i32;
    let minute = minutes.rem_euclid(DAY_MINUTES) as u16;
    let minute = Minute::new(minute / 60, minute % 60).unwrap_or(Minute::MIDNIGHT);
    Moment { date: Date::from_days_since_1970(day), minute }
}
