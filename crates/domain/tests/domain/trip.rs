//! Trips: the fewest locations for a list of errands, compared with a search through all sets of
//! locations; the next day that does everything; what to bring and what to pay.

use domain::Catalogue;
use domain::catalogue::{Fee, Hub, Point, Service};
use domain::hours::{Date, DayHours, Hours, Minute, Moment};
use domain::place::Position;
use domain::trip::{ERRANDS_MAX, Errand, Trip, documents, fees, next_day_for_all, plan};
use sample::{checked, date, every_day, hub, id, moment, spans, task};
use std::collections::BTreeSet;

fn errands(names: &str) -> Vec<Errand> {
    names.split_whitespace().map(|name| Errand::parse(name).unwrap()).collect()
}

fn planned<'a>(catalogue: &'a Catalogue, names: &str, at: &str) -> Trip<'a> {
    let now = moment(at);
    plan(catalogue, &errands(names), now.date, now, None)
}

/// The stops of a trip: each location with its errands.
fn stops(trip: &Trip<'_>) -> Vec<(String, Vec<usize>)> {
    trip.stops.iter().map(|stop| (stop.hub.id.to_string(), stop.errands.clone())).collect()
}

/// Whether a location can be visited on a day from a minute on. Reimplemented here from its hours.
fn is_worth_going(catalogue: &Catalogue, hub: &Hub, day: Date, since: Minute) -> bool {
    match Hours::of(catalogue, hub).on(day).hours {
        DayHours::Unknown => true,
        DayHours::Closed => false,
        DayHours::Open(spans) => spans.iter().any(|span| span.to() > since),
    }
}

/// The smallest number of locations that cover every errand that can be done at all, by trying all
/// sets of one, two and three.
fn least(catalogue: &Catalogue, errands: &[Errand], day: Date, since: Minute) -> usize {
    let does =
        |hub: &Hub, errand: &Errand| errand.hubs(catalogue).iter().any(|other| other.id == hub.id);
    let doors: Vec<BTreeSet<usize>> = catalogue
        .hubs()
        .iter()
        .filter(|hub| is_worth_going(catalogue, hub, day, since))
        .map(|hub| (0..errands.len()).filter(|&at| does(hub, &errands[at])).collect())
        .collect();
    let wanted: BTreeSet<usize> = doors.iter().flatten().copied().collect();
    let covers = |chosen: &[usize]| {
        chosen.iter().flat_map(|&door| doors[door].iter().copied()).collect::<BTreeSet<_>>()
            == wanted
    };
    (0..=errands.len())
        .find(|&size| some_choice(doors.len(), size, &mut Vec::new(), &covers))
        .unwrap()
}

fn some_choice(
    of: usize,
    size: usize,
    chosen: &mut Vec<usize>,
    is_right: &dyn Fn(&[usize]) -> bool,
) -> bool {
    if chosen.len() == size {
        return is_right(chosen);
    }
    let from = chosen.last().map_or(0, |last| last + 1);
    (from..of).any(|next| {
        chosen.push(next);
        let found = some_choice(of, size, chosen, is_right);
        chosen.pop();
        found
    })
}

/// A town with 14 counters, each of which does a few of 24 tasks in hours of its own.
fn many_counters() -> Catalogue {
    const HOURS: [&[&str]; 4] =
        [&["08:30-16:30"], &["09:00-12:00", "13:00-20:00"], &[], &["12:00-16:00"]];
    checked(|file| {
        let names: Vec<String> = (0..24).map(|at| format!("task-{at}")).collect();
        let service = Service {
            tasks: names.iter().map(|name| id(name)).collect(),
            ..sample::service("everything")
        };
        file.services.push(service);
        file.tasks.extend(names.iter().map(|name| task(name, "everything")));
        for at in 0..14_usize {
            let does = |task: &usize| {
                (task * 7 + at * 5).is_multiple_of(11) || (task + at * 3).is_multiple_of(13)
            };
            file.hubs.push(Hub {
                tasks: (0..24).filter(does).map(|task| id(&names[task])).collect(),
                hours: every_day(HOURS[at % HOURS.len()]),
                ..hub(&format!("counter-{at}"))
            });
        }
    })
}

#[test]
fn no_list_needs_fewer_hubs_than_the_answer_has() {
    let catalogue = many_counters();
    let tasks = catalogue.tasks();
    let mut seed = 7_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let mut several = 0;
    for round in 0..300 {
        let list: Vec<Errand> = (0..1 + next(ERRANDS_MAX))
            .map(|_| Errand::Task(tasks[next(tasks.len())].id.clone()))
            .collect();
        let now = Moment {
            date: date("2026-11-24").plus_days(next(400) as i32),
            minute: Minute::new(next(24) as u16, 0).unwrap(),
        };
        let trip = plan(&catalogue, &list, now.date, now, None);
        let name = || format!("round {round}, {now}: {list:?}");
        assert_eq!(trip.stops.len(), least(&catalogue, &list, now.date, now.minute), "{}", name());
        several += usize::from(trip.stops.len() > 1);
        let mut all: Vec<usize> = trip
            .stops
            .iter()
            .flat_map(|stop| stop.errands.clone())
            .chain(trip.not_that_day)
            .chain(trip.nowhere)
            .collect();
        all.sort_unstable();
        assert_eq!(all, (0..list.len()).collect::<Vec<_>>(), "every errand once: {}", name());
        for stop in &trip.stops {
            assert!(!stop.errands.is_empty(), "{}", name());
            assert!(
                stop.errands
                    .iter()
                    .all(|&errand| list[errand].hubs(&catalogue).contains(&stop.hub)),
                "{}",
                name()
            );
        }
    }
    assert!(several > 20, "lists that need several hubs are among them: {several}");
}

#[test]
fn one_counter_that_does_everything_is_one_stop() {
    let catalogue = checked(|_| {});
    let names = "issue-dog-licence take-payment s.boat-permit";
    let trip = planned(&catalogue, names, "2026-11-24 10:00");
    assert_eq!(stops(&trip), [("town-hall".to_string(), vec![0, 1, 2])]);
    assert_eq!(trip.stops[0].open, spans(&["10:00-16:30"]), "what is left of the day");
    assert_eq!(trip.stops[0].plan.date, date("2026-11-24"));
    assert!(trip.stops[0].plan.is_certain);
    let whole =
        plan(&catalogue, &errands(names), date("2026-11-24"), moment("2026-11-23 10:00"), None);
    assert_eq!(whole.stops[0].open, spans(&["08:30-16:30"]), "on another day, the whole of it");
}

#[test]
fn the_stop_with_most_to_do_comes_first_and_each_errand_is_done_once() {
    let catalogue = checked(|file| {
        file.hubs[0].tasks = vec![id("issue-dog-licence")];
        file.hubs[1].tasks =
            vec![id("take-payment"), id("issue-boat-permit"), id("issue-dog-licence")];
        file.hubs[3].tasks = vec![id("inspect-kitchen"), id("take-payment")];
        file.hubs[0].offerings.clear();
    });
    let names = "inspect-kitchen take-payment issue-boat-permit issue-dog-licence";
    let trip = planned(&catalogue, names, "2026-11-24 10:00");
    assert_eq!(
        stops(&trip),
        [("landfill".to_string(), vec![1, 2, 3]), ("library".to_string(), vec![0])]
    );
}

#[test]
fn a_location_whose_hours_are_not_known_is_the_last_choice_and_no_hours_are_invented() {
    let catalogue = checked(|file| {
        file.hubs[3].tasks = vec![id("inspect-kitchen"), id("issue-dog-licence")];
        file.hubs[4].tasks = vec![id("issue-dog-licence")];
    });
    let trip = planned(&catalogue, "issue-dog-licence", "2026-11-24 10:00");
    assert_eq!(stops(&trip), [("town-hall".to_string(), vec![0])], "the library may be closed");
    let trip = planned(&catalogue, "inspect-kitchen", "2026-11-24 10:00");
    assert_eq!(stops(&trip), [("library".to_string(), vec![0])], "nobody else does it");
    assert!(trip.stops[0].open.is_empty() && trip.stops[0].plan.hours == DayHours::Unknown);
}

#[test]
fn of_locations_that_are_as_sure_the_nearest_is_chosen() {
    let catalogue = checked(|file| {
        for (name, lat) in [("north", 44.9), ("south", 44.1)] {
            let point = Point { lat, lon: -78.7, is_building: true };
            file.hubs.push(Hub { point, tasks: vec![id("inspect-kitchen")], ..hub(name) });
        }
    });
    let now = moment("2026-11-24 10:00");
    let from = |lat| {
        let from = Some(Position { lat, lon: -78.7 });
        stops(&plan(&catalogue, &errands("inspect-kitchen"), now.date, now, from))[0].0.clone()
    };
    assert_eq!((from(44.8).as_str(), from(44.2).as_str()), ("north", "south"));
}

#[test]
fn what_is_closed_is_no_answer_and_the_next_day_is_found() {
    let catalogue = checked(|_| {});
    // The fair is on Christmas, and the landfill opens after it.
    let names = "take-payment inspect-kitchen issue-dog-licence";
    let trip = planned(&catalogue, names, "2026-12-24 22:00");
    assert_eq!(
        (trip.stops.len(), trip.not_that_day, trip.nowhere),
        (0, vec![0, 2], vec![1]),
        "no counter is known for the second"
    );
    let late = moment("2026-12-24 22:00");
    let next = |names: &str| next_day_for_all(&catalogue, &errands(names), late.date, late);
    assert_eq!(next("take-payment"), Some(date("2026-12-25")), "at the fair");
    // Boxing Day is a Saturday, so the town hall is closed on the Monday.
    assert_eq!(next(names), Some(date("2026-12-29")));
    assert_eq!(next(""), Some(date("2026-12-25")));
}

#[test]
fn the_next_day_is_searched_for_two_weeks() {
    let fair_in = |days: i32| {
        let catalogue = checked(|file| {
            let fair = file.hubs.iter_mut().find(|hub| hub.event.is_some()).unwrap();
            fair.tasks = vec![id("inspect-kitchen")];
            fair.event.as_mut().unwrap().days.truncate(1);
            fair.event.as_mut().unwrap().days[0].date = date("2026-11-24").plus_days(days);
        });
        let now = moment("2026-11-24 10:00");
        next_day_for_all(&catalogue, &errands("inspect-kitchen"), now.date, now)
    };
    assert_eq!(fair_in(1), Some(date("2026-11-25")));
    assert_eq!(fair_in(14), Some(date("2026-12-08")));
    assert_eq!((fair_in(15), fair_in(0)), (None, None), "today is not the next day");
}

#[test]
fn only_the_first_twelve_errands_are_planned() {
    let catalogue = many_counters();
    let names: Vec<String> = (0..13).map(|at| format!("task-{at}")).collect();
    let trip = planned(&catalogue, &names.join(" "), "2026-11-24 08:00");
    let all: BTreeSet<usize> = trip
        .stops
        .iter()
        .flat_map(|stop| stop.errands.clone())
        .chain(trip.not_that_day.iter().chain(&trip.nowhere).copied())
        .collect();
    assert_eq!(all, (0..ERRANDS_MAX).collect());
}

#[test]
fn an_errand_knows_its_service_its_name_and_its_counters() {
    let catalogue = checked(|_| {});
    for (written, service, name, hubs) in [
        ("issue-dog-licence", "dog-licence", "issue dog licence", &["town-hall"][..]),
        ("take-payment", "dog-licence", "take payment", &["landfill", "town-hall", "winter-fair"]),
        (
            "s.boat-permit",
            "boat-permit",
            "boat permit",
            &["boat-house", "landfill", "town-hall", "winter-fair"],
        ),
        ("inspect-kitchen", "food-truck", "inspect kitchen", &[]),
    ] {
        let errand = Errand::parse(written).unwrap();
        let found: Vec<&str> = errand.hubs(&catalogue).iter().map(|hub| hub.id.as_str()).collect();
        assert_eq!(errand.to_string(), written);
        assert_eq!(errand.service(&catalogue).unwrap().id, id(service), "{written}");
        assert_eq!((errand.name(&catalogue), found.as_slice()), (Some(name), hubs), "{written}");
    }
    for gone in ["no-such-task", "s.no-such-service"] {
        let errand = Errand::parse(gone).unwrap();
        assert!(errand.service(&catalogue).is_none() && errand.name(&catalogue).is_none());
        assert!(errand.hubs(&catalogue).is_empty(), "{gone}");
    }
    assert!(Errand::parse("s.").is_err() && Errand::parse("Dog").is_err());
}

#[test]
fn papers_are_named_once_with_every_errand_that_needs_them() {
    let catalogue = checked(|_| {});
    let list = errands("s.boat-permit take-payment issue-dog-licence s.dog-licence s.boat-permit");
    let papers: Vec<(&str, Vec<usize>)> = documents(&catalogue, &list);
    assert_eq!(
        papers,
        [
            ("Proof of insurance", vec![0, 4]),
            ("Photo card", vec![0, 1, 4]),
            ("Invoice", vec![1]),
            ("Vaccination record", vec![2, 3]),
        ],
        "a task's own papers, or those of its service"
    );
    let twice = checked(|file| {
        file.tasks[0].documents = vec!["Invoice".into(), "INVOICE".into()];
    });
    assert_eq!(documents(&twice, &errands("take-payment")), [("Invoice", vec![0])]);
    assert!(documents(&catalogue, &errands("s.swim-lessons")).is_empty());
}

#[test]
fn fees_are_summed_where_they_are_known_and_counted_where_they_are_not() {
    let catalogue = checked(|_| {});
    let list = errands("s.boat-permit issue-dog-licence s.swim-lessons no-such-task");
    let fees = fees(&catalogue, &list);
    let each: Vec<_> =
        fees.each.iter().map(|fee| (fee.cents, fee.varies, fee.is_certain)).collect();
    assert_eq!(
        each,
        [
            (Some(1_250), false, false),
            (Some(0), true, true),
            (None, false, true),
            (None, false, false),
        ],
        "the lowest amount, and whether it varies"
    );
    assert_eq!((fees.known_cents, fees.unknown, fees.varying), (1_250, 2, 1));
}

#[test]
fn the_largest_amounts_are_added_up_without_wrapping_around() {
    let catalogue = checked(|file| {
        for service in &mut file.services {
            service.fee = None;
            service.fees = vec![Fee { what: "All".into(), cents: u32::MAX, from: None }];
        }
    });
    let fees = fees(&catalogue, &errands("s.boat-permit s.dog-licence"));
    assert_eq!((fees.known_cents, fees.varying), (u64::from(u32::MAX) * 2, 0));
}
