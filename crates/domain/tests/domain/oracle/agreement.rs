//! Compares the two implementations.

use super::timeline::{Timeline, minute, ours};
use domain::hours::{Hours, Moment};

/// Asserts that the plan of a day on the line equals the product's.
pub(crate) fn same_plan(hours: Hours<'_>, line: &Timeline, day: usize, name: &str) {
    let expected = line.plan(day);
    assert_eq!(hours.on(expected.date), expected, "the plan of {name}");
}

/// Asserts that the state at a minute of a day on the line equals the product's.
pub(crate) fn same_state(hours: Hours<'_>, line: &Timeline, day: usize, at: usize, name: &str) {
    let now = Moment { date: ours(line.date(day)), minute: minute(at) };
    assert_eq!(
        hours.state_at(now),
        line.state_at(day, at),
        "{name} on {} at {}",
        now.date,
        now.minute
    );
}
