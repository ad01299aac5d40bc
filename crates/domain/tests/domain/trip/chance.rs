//! Trips in generated towns, compared with a search through all sets of locations. What a location
//! does on a day is read from its record again here, without the product's own functions.

use domain::Catalogue;
use domain::catalogue::{Facility, Hub, Offering, Point, Service};
use domain::hours::{Date, DayHours, Hours, Minute, Moment, Week, Weekday};
use domain::place::Position;
use domain::trip::{Errand, Trip, plan};
use sample::{checked, date, every_day, hub, id, task};
use std::collections::BTreeSet;

const TOWNS: u64 = 200;
const LISTS: u64 = 15;
const TASKS: u64 = 12;

/// A small pseudo-random generator (Marsaglia's xorshift), so that a failure can be reproduced.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn week(&mut self) -> Week {
        const HOURS: [&[&str]; 4] =
            [&["08:30-16:30"], &["09:00-12:00", "13:00-20:00"], &[], &["12:00-16:00"]];
        let mut week = every_day(HOURS[self.below(4) as usize]);
        for day in [&mut week.mon, &mut week.wed, &mut week.sun] {
            if self.one_in(3) {
                *day = if self.one_in(2) { None } else { Some(Vec::new()) };
            }
        }
        week
    }

    fn hub(&mut self, at: u64) -> Hub {
        let point = Point {
            lat: 44.2 + self.below(60) as f64 / 100.0,
            lon: -78.9 + self.below(60) as f64 / 100.0,
            is_building: true,
        };
        let tasks: Vec<_> = (0..TASKS).filter(|_| self.one_in(3)).collect();
        let conditional: Vec<u64> = tasks.iter().copied().filter(|_| self.one_in(2)).collect();
        let offering = |chance: &mut Self, task| Offering {
            task: id(&format!("task-{task}")),
            days: Weekday::ALL.into_iter().filter(|_| chance.one_in(3)).collect(),
            by_appointment: chance.one_in(3),
            payments: Vec::new(),
            note: None,
        };
        Hub {
            point,
            hours: self.week(),
            hours_verified: self.one_in(2),
            facility: id(if self.one_in(2) { "office" } else { "yard" }),
            offerings: conditional.into_iter().map(|task| offering(self, task)).collect(),
            tasks: tasks.into_iter().map(|task| id(&format!("task-{task}"))).collect(),
            ..hub(&format!("counter-{at}"))
        }
    }

    /// A town whose services share some of 12 tasks.
    fn town(&mut self) -> Catalogue {
        checked(|file| {
            file.tasks = (0..TASKS).map(|at| task(&format!("task-{at}"), "x")).collect();
            file.tasks.iter_mut().for_each(|task| task.services.clear());
            for service in &mut file.services {
                service.tasks.clear();
            }
            for at in 0..4 {
                let mut service =
                    Service { tasks: Vec::new(), ..sample::service(&format!("service-{at}")) };
                for task in &mut file.tasks {
                    if task.services.is_empty() || self.one_in(4) {
                        task.services.push(service.id.clone());
                        service.tasks.push(task.id.clone());
                    }
                }
                file.services.push(service);
            }
            let kinds: &mut Vec<Facility> = &mut file.facilities;
            kinds[0].source.verified = self.one_in(2);
            file.hubs = (0..1 + self.below(7)).map(|at| self.hub(at)).collect();
            file.terminals.clear();
            file.recurring_closures.clear();
        })
    }

    fn list(&mut self) -> Vec<Errand> {
        let errand = |chance: &mut Self| {
            if chance.one_in(4) {
                Errand::Service(id(&format!("service-{}", chance.below(4))))
            } else {
                Errand::Task(id(&format!("task-{}", chance.below(TASKS))))
            }
        };
        (0..1 + self.below(6)).map(|_| errand(self)).collect()
    }

    fn moment(&mut self) -> Moment {
        Moment {
            date: date("2026-11-24").plus_days(self.below(400) as i32),
            minute: Minute::new(self.below(24) as u16, 0).unwrap(),
        }
    }
}

/// The tasks of an errand at a location.
fn tasks_at(catalogue: &Catalogue, hub: &Hub, errand: &Errand) -> Vec<domain::TaskId> {
    let is_part = |task: &&domain::TaskId| match errand {
        Errand::Task(id) => id == *task,
        Errand::Service(id) => catalogue.service(id).unwrap().tasks.contains(task),
    };
    hub.tasks.iter().filter(is_part).cloned().collect()
}

/// Whether a location does an errand on a day and is open then, or may be.
fn can_do(catalogue: &Catalogue, hub: &Hub, errand: &Errand, day: Date, now: Moment) -> bool {
    let tasks = tasks_at(catalogue, hub, errand);
    let is_on = |offering: &&Offering| {
        !tasks.contains(&offering.task)
            || offering.days.is_empty()
            || offering.days.contains(&day.weekday())
    };
    let is_open = match Hours::of(catalogue, hub).on(day).hours {
        DayHours::Unknown => true,
        DayHours::Closed => false,
        DayHours::Open(spans) => day != now.date || spans.iter().any(|span| span.to() > now.minute),
    };
    !tasks.is_empty() && hub.offerings.iter().all(|offering| is_on(&offering)) && is_open
}

/// What a set of locations costs: their number, how many have unknown hours, their metres.
fn cost(catalogue: &Catalogue, hubs: &[&Hub], day: Date, from: Option<Position>) -> [u64; 3] {
    let unknown = hubs
        .iter()
        .filter(|hub| Hours::of(catalogue, hub).on(day).hours == DayHours::Unknown)
        .count();
    let metres = |hub: &&Hub| from.map_or(0, |at| at.metres_to(hub.point.position()) as u64);
    [hubs.len() as u64, unknown as u64, hubs.iter().map(metres).sum()]
}

/// The least cost of locations that do everything that can be done, by trying all sets of them.
fn least(
    catalogue: &Catalogue,
    list: &[Errand],
    (day, now): (Date, Moment),
    from: Option<Position>,
) -> [u64; 3] {
    let hubs = catalogue.hubs();
    let does = |hub: &Hub| -> BTreeSet<usize> {
        (0..list.len()).filter(|&at| can_do(catalogue, hub, &list[at], day, now)).collect()
    };
    let done: Vec<BTreeSet<usize>> = hubs.iter().map(does).collect();
    let union = |set: u32| -> BTreeSet<usize> {
        (0..hubs.len()).filter(|at| set & 1 << at != 0).flat_map(|at| done[at].clone()).collect()
    };
    let all = union(u32::MAX >> 8);
    (0..1u32 << hubs.len())
        .filter(|&set| union(set) == all)
        .map(|set| {
            let chosen: Vec<&Hub> =
                (0..hubs.len()).filter(|at| set & 1 << at != 0).map(|at| &hubs[at]).collect();
            cost(catalogue, &chosen, day, from)
        })
        .min()
        .unwrap()
}

/// Every errand is at one stop that does it then, or on no stop for a reason that holds.
fn check(catalogue: &Catalogue, list: &[Errand], (day, now): (Date, Moment), trip: &Trip<'_>) {
    let mut all: Vec<usize> = trip.stops.iter().flat_map(|stop| stop.errands.clone()).collect();
    for stop in &trip.stops {
        assert!(!stop.errands.is_empty());
        for &at in &stop.errands {
            assert!(
                can_do(catalogue, stop.hub, &list[at], day, now),
                "{} does not do {} on {day}: {:?}",
                stop.hub.id,
                list[at],
                stop.hub.offerings
            );
        }
    }
    let hubs = || catalogue.hubs().iter();
    for &at in &trip.not_that_day {
        assert!(hubs().any(|hub| !tasks_at(catalogue, hub, &list[at]).is_empty()));
        assert!(!hubs().any(|hub| can_do(catalogue, hub, &list[at], day, now)));
    }
    for &at in &trip.nowhere {
        assert!(hubs().all(|hub| tasks_at(catalogue, hub, &list[at]).is_empty()));
    }
    all.extend(trip.not_that_day.iter().chain(&trip.nowhere));
    all.sort_unstable();
    assert_eq!(all, (0..list.len()).collect::<Vec<_>>(), "every errand once");
}

#[test]
fn no_trip_goes_where_an_errand_is_not_done_and_none_is_shorter_or_nearer() {
    let (mut several, mut not_that_day) = (0, 0);
    for town in 1..=TOWNS {
        let mut chance = Chance(town.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let catalogue = chance.town();
        for _ in 0..LISTS {
            let (list, now) = (chance.list(), chance.moment());
            let day = now.date.plus_days(chance.below(3) as i32);
            let from = (!chance.one_in(3)).then_some(Position { lat: 44.5, lon: -78.6 });
            let trip = plan(&catalogue, &list, day, now, from);
            check(&catalogue, &list, (day, now), &trip);
            let hubs: Vec<&Hub> = trip.stops.iter().map(|stop| stop.hub).collect();
            assert_eq!(
                cost(&catalogue, &hubs, day, from),
                least(&catalogue, &list, (day, now), from),
                "town {town}, {day}, {now}: {list:?}"
            );
            several += usize::from(trip.stops.len() > 1);
            not_that_day += usize::from(!trip.not_that_day.is_empty());
        }
    }
    assert!(several > 100 && not_that_day > 100, "{several}, {not_that_day}");
}
