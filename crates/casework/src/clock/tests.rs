//! Tests of the clock with invented weeks, and against a simple clock that counts every minute.

use super::*;
use crate::random::UnbiasedRandom;
use domain::hours::{Minute, Weekday};

/// Monday to Friday, 8:30 to 12:00 and 13:00 to 16:30; "Library" on Saturday mornings only; closed
/// on December 25.
struct ClockFixture;

impl WorkingTime for ClockFixture {
    fn on(&self, department: &str, date: Date) -> Vec<Span> {
        let spans = |texts: &[&str]| texts.iter().map(|text| Span::parse(text).unwrap()).collect();
        match (department, date.weekday()) {
            _ if (date.month(), date.day()) == (12, 25) => Vec::new(),
            ("Nobody", _) => Vec::new(),
            ("Library", Weekday::Saturday) => spans(&["09:00-12:00"]),
            ("Library", _) | (_, Weekday::Saturday | Weekday::Sunday) => Vec::new(),
            _ => spans(&["08:30-12:00", "13:00-16:30"]),
        }
    }
}

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn owned(owners: &[(&str, &str)]) -> Vec<(Moment, String)> {
    owners.iter().map(|(since, department)| (at(since), department.to_string())).collect()
}

fn check(owners: &[(&str, &str)], pauses: &[(&str, Option<&str>)], minutes: u32, expected: Due) {
    let pauses: Vec<_> = pauses.iter().map(|(from, to)| (at(from), to.map(at))).collect();
    assert_eq!(
        due(&ClockFixture, &stretches(&owned(owners), &pauses), minutes),
        expected,
        "{owners:?} {pauses:?} {minutes}"
    );
}

#[test]
fn a_promise_is_due_in_working_time() {
    // Monday, 2026-11-23.
    check(&[("2026-11-23 08:30", "Tax")], &[], 60, Due::At(at("2026-11-23 09:30")));
    check(&[("2026-11-23 11:30", "Tax")], &[], 60, Due::At(at("2026-11-23 13:30")));
    check(&[("2026-11-23 16:00", "Tax")], &[], 60, Due::At(at("2026-11-24 09:00")));
    check(&[("2026-11-23 08:30", "Tax")], &[], 420, Due::At(at("2026-11-23 16:30")));
    // Friday night to Monday.
    check(&[("2026-11-27 22:00", "Tax")], &[], 30, Due::At(at("2026-11-30 09:00")));
    // Across a holiday: from Thursday the 24th over Friday the 25th.
    check(&[("2026-12-24 16:00", "Tax")], &[], 60, Due::At(at("2026-12-28 09:00")));
    check(&[("2026-11-23 08:30", "Nobody")], &[], 60, Due::Never);
}

#[test]
fn it_stands_still_while_the_person_has_to_answer() {
    check(
        &[("2026-11-23 08:30", "Tax")],
        &[("2026-11-23 09:00", Some("2026-11-24 09:00"))],
        60,
        Due::At(at("2026-11-24 09:30")),
    );
    check(
        &[("2026-11-23 08:30", "Tax")],
        &[("2026-11-23 09:00", None)],
        60,
        Due::Paused { left_minutes: 30 },
    );
    // A promise that fell due before the pause stays due.
    check(
        &[("2026-11-23 08:30", "Tax")],
        &[("2026-11-24 09:00", None)],
        60,
        Due::At(at("2026-11-23 09:30")),
    );
}

#[test]
fn another_department_goes_on_where_the_first_stopped() {
    check(
        &[("2026-11-23 08:30", "Tax"), ("2026-11-23 09:00", "Library")],
        &[],
        60,
        Due::At(at("2026-11-28 09:30")),
    );
    check(
        &[("2026-11-23 20:00", "Tax"), ("2026-11-23 21:00", "Library")],
        &[],
        60,
        Due::At(at("2026-11-28 10:00")),
    );
}

type OwnerOffices = Vec<(Moment, String)>;
type Pauses = Vec<(Moment, Option<Moment>)>;

/// A random history of a few weeks: owners and pauses at any minute.
fn life(random: &mut UnbiasedRandom) -> (OwnerOffices, Pauses) {
    let begin = minutes_of(at("2026-12-01 00:00")) + random.below(20 * 1_440) as i64;
    let departments = ["Tax", "Library", "Roads"];
    let mut owners = vec![(moment_of(begin), departments[random.below(3) as usize].to_string())];
    let mut turn = begin;
    for _ in 0..random.below(3) {
        turn += random.below(3 * 1_440) as i64;
        owners.push((moment_of(turn), departments[random.below(3) as usize].to_string()));
    }
    let (mut pauses, mut turn) = (Vec::new(), begin);
    for _ in 0..random.below(4) {
        let from = turn + 1 + random.below(2 * 1_440) as i64;
        turn = from + 1 + random.below(3 * 1_440) as i64;
        pauses.push((moment_of(from), (random.below(6) > 0).then(|| moment_of(turn))));
        if pauses.last().is_some_and(|(_, end)| end.is_none()) {
            break;
        }
    }
    (owners, pauses)
}

/// The naive clock: looks at every minute.
fn by_minutes(
    owners: &[(Moment, String)],
    pauses: &[(Moment, Option<Moment>)],
    promised: u32,
) -> Option<Moment> {
    let begin = owners[0].0;
    let mut left = promised;
    for date in (0..120).map(|days| begin.date.plus_days(days)) {
        // A department is asked once for each day, not for each minute.
        let hours: Vec<Vec<Span>> =
            owners.iter().map(|(_, department)| ClockFixture.on(department, date)).collect();
        for minute in 0..DAY_MINUTES as u16 {
            let minute = Minute::new(minute / 60, minute % 60).unwrap();
            let now = Moment { date, minute };
            let Some(owner) = owners.iter().rposition(|(since, _)| *since <= now) else { continue };
            let is_paused =
                pauses.iter().any(|(from, to)| *from <= now && to.is_none_or(|to| now < to));
            let works = hours[owner].iter().any(|span| span.from() <= minute && minute < span.to());
            if works && !is_paused {
                left -= 1;
            }
            if left == 0 {
                return Some(moment_of(minutes_of(now) + 1));
            }
        }
    }
    None
}

#[test]
fn it_agrees_with_a_clock_that_counts_every_minute() {
    let mut random = UnbiasedRandom::new(7);
    for _ in 0..400 {
        let (owners, pauses) = life(&mut random);
        let promised = 1 + random.below(2_000) as u32;
        let stretches = stretches(&owners, &pauses);
        match (due(&ClockFixture, &stretches, promised), by_minutes(&owners, &pauses, promised)) {
            (Due::At(one), Some(other)) => {
                assert_eq!(one, other, "{owners:?} {pauses:?} {promised}")
            }
            (Due::Paused { left_minutes }, None) => assert!((1..=promised).contains(&left_minutes)),
            (one, other) => panic!("{one:?} {other:?}: {owners:?} {pauses:?} {promised}"),
        }
    }
}

#[test]
fn when_it_is_due_exactly_what_was_promised_has_been_worked() {
    let mut random = UnbiasedRandom::new(11);
    for _ in 0..400 {
        let (owners, pauses) = life(&mut random);
        let promised = 1 + random.below(2_000) as u32;
        let stretches = stretches(&owners, &pauses);
        if let Due::At(moment) = due(&ClockFixture, &stretches, promised) {
            assert_eq!(
                worked_minutes(&ClockFixture, &stretches, moment),
                promised,
                "{owners:?} {pauses:?}"
            );
        }
    }
}

#[test]
fn nothing_that_happens_later_makes_a_due_moment_earlier() {
    let mut random = UnbiasedRandom::new(13);
    for _ in 0..400 {
        let (owners, pauses) = life(&mut random);
        let promised = 1 + random.below(2_000) as u32;
        let (Due::At(with), Due::At(without)) = (
            due(&ClockFixture, &stretches(&owners, &pauses), promised),
            due(&ClockFixture, &stretches(&owners, &[]), promised),
        ) else {
            continue;
        };
        assert!(with >= without, "{owners:?} {pauses:?}");
    }
}

const DAY_MINUTES: i64 = 24 * 60;

fn minutes_of(moment: Moment) -> i64 {
    i64::from(moment.date.days_since_1970()) * DAY_MINUTES
        + i64::from(moment.minute.since_midnight())
}

fn moment_of(minutes: i64) -> Moment {
    let minute = minutes.rem_euclid(DAY_MINUTES) as u16;
    Moment {
        date: Date::from_days_since_1970(minutes.div_euclid(DAY_MINUTES) as i32),
        minute: Minute::new(minute / 60, minute % 60).unwrap(),
    }
}
