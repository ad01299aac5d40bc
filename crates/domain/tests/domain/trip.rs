//! Trips: the fewest locations for a list of errands; the day that does everything; why, and what
//! else; what to bring and what to pay.

mod chance;

use domain::Catalogue;
use domain::catalogue::{Fee, Hub, Offering, Point, Service};
use domain::hours::{DayHours, Week, Weekday};
use domain::place::Position;
use domain::trip::{
    Drawback, ERRANDS_MAX, Errand, StopReason, Trip, documents, fees, first_day_for_all,
    next_day_for_all, others, plan, reason,
};
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
fn one_counter_that_does_everything_is_one_stop() {
    let catalogue =
        checked(|file| file.hubs[0].hours.tue = Some(spans(&["08:30-12:00", "13:00-16:30"])));
    let names = "issue-dog-licence issue-boat-permit";
    let trip = planned(&catalogue, names, "2026-11-24 12:30");
    assert_eq!(stops(&trip), [("town-hall".to_string(), vec![0, 1])]);
    assert_eq!(trip.stops[0].open, spans(&["13:00-16:30"]), "the morning is over");
    assert_eq!(trip.stops[0].plan.date, date("2026-11-24"));
    assert!(trip.stops[0].plan.is_certain);
    let tuesday = date("2026-11-24");
    let whole = plan(&catalogue, &errands(names), tuesday, moment("2026-11-23 12:30"), None);
    assert_eq!(whole.stops[0].open, spans(&["08:30-12:00", "13:00-16:30"]), "on another day");
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
fn the_nearest_open_location_is_chosen_and_without_a_place_the_one_that_does_most() {
    let catalogue = checked(|file| {
        for (name, lat) in [("north", 44.9), ("south", 44.1)] {
            let point = Point { lat, lon: -78.7, is_building: true };
            let hours_verified = name == "north";
            let tasks = vec![id("inspect-kitchen")];
            file.hubs.push(Hub { point, tasks, hours_verified, ..hub(name) });
        }
        file.hubs.last_mut().unwrap().tasks.push(id("issue-dog-licence"));
    });
    let now = moment("2026-11-24 10:00");
    let to = |from| {
        stops(&plan(&catalogue, &errands("inspect-kitchen"), now.date, now, from))[0].0.clone()
    };
    let near = |lat| to(Some(Position { lat, lon: -78.7 }));
    assert_eq!((near(44.8).as_str(), near(44.2).as_str()), ("north", "south"));
    assert_eq!(to(None), "south", "confirmed hours alone are no reason to go to the other end");
}

#[test]
fn a_location_is_no_answer_on_a_day_on_which_it_does_not_do_the_errand() {
    let catalogue = checked(|_| {});
    // The town hall takes payments on Fridays, and a dog licence has one to take.
    let names = "take-payment s.dog-licence issue-dog-licence";
    let trip = planned(&catalogue, names, "2026-11-23 10:00");
    assert_eq!(
        (stops(&trip), trip.not_that_day),
        (vec![("town-hall".to_string(), vec![2])], vec![0, 1]),
        "on Monday, when the landfill is closed"
    );
    let now = moment("2026-11-23 10:00");
    let list = errands(names);
    assert_eq!(next_day_for_all(&catalogue, &list, now.date, now, 1), Some(date("2026-11-27")));
    assert_eq!(next_day_for_all(&catalogue, &list, now.date, now, 9), Some(date("2026-11-24")));
    assert_eq!(first_day_for_all(&catalogue, &list, now), date("2026-11-24"));
    let friday = planned(&catalogue, names, "2026-11-27 10:00");
    assert_eq!(stops(&friday), [("town-hall".to_string(), vec![0, 1, 2])]);
    let [offering] = list[1].offerings(&catalogue, friday.stops[0].hub)[..] else { panic!() };
    assert!(offering.by_appointment, "and that is known");
}

#[test]
fn the_first_day_is_one_on_which_everything_is_done_and_open() {
    let catalogue = checked(|file| {
        file.hubs[3].tasks = vec![id("issue-dog-licence"), id("inspect-kitchen")];
    });
    let first =
        |names: &str, now: &str| first_day_for_all(&catalogue, &errands(names), moment(now));
    // The library may be open on Sunday; the town hall is open on Monday.
    assert_eq!(first("issue-dog-licence", "2026-11-29 10:00"), date("2026-11-30"));
    assert_eq!(first("issue-dog-licence", "2026-11-27 10:00"), date("2026-11-27"));
    assert_eq!(first("issue-dog-licence", "2026-11-27 17:00"), date("2026-11-30"));
    assert_eq!(first("inspect-kitchen", "2026-11-29 10:00"), date("2026-11-29"), "call first");
    assert_eq!(first("", "2026-11-29 10:00"), date("2026-11-29"));
    assert_eq!(first("no-such-task", "2026-11-29 10:00"), date("2026-11-29"));
}

#[test]
fn the_reason_and_the_other_locations_are_named() {
    let catalogue = checked(|file| {
        let at = |name: &str, lat, tasks: &[&str]| Hub {
            point: Point { lat, lon: -78.7, is_building: true },
            tasks: tasks.iter().map(|task| id(task)).collect(),
            ..hub(name)
        };
        let both = ["issue-dog-licence", "inspect-kitchen"];
        let shut = Hub { hours: every_day(&[]), ..at("shut", 44.52, &both) };
        let unknown =
            Hub { hours: Week::default(), hours_verified: false, ..at("who-knows", 44.7, &both) };
        let friday = Offering { days: vec![Weekday::Friday], ..file.hubs[0].offerings[0].clone() };
        let friday = Offering { task: id("inspect-kitchen"), ..friday };
        let other_day = Hub { offerings: vec![friday], ..at("fridays", 44.51, &both) };
        let (near, far) = (at("near", 44.6, &both), at("far", 44.9, &both));
        file.hubs = vec![near, far, at("half", 44.5, &both[..1]), other_day, shut, unknown];
        file.terminals.clear();
        file.recurring_closures.clear();
    });
    let list = errands("issue-dog-licence inspect-kitchen");
    let now = moment("2026-11-24 10:00");
    let compared = |from: Option<Position>| {
        let trip = plan(&catalogue, &list, now.date, now, from);
        let stop = &trip.stops[0];
        let others = others(&catalogue, &list, (&trip, stop), now, from);
        let why = reason(stop, &others, from);
        let others: Vec<(String, Drawback)> =
            others.iter().map(|other| (other.hub.id.to_string(), other.drawback.clone())).collect();
        (stop.hub.id.to_string(), why, others)
    };
    let from = Some(Position { lat: 44.5, lon: -78.7 });
    let name = String::from;
    assert_eq!(
        compared(from),
        (
            name("near"),
            StopReason::Nearest,
            vec![
                (name("far"), Drawback::Nothing),
                (name("half"), Drawback::Misses(vec![1])),
                (name("fridays"), Drawback::OtherDays(vec![1])),
                (name("shut"), Drawback::Closed),
            ]
        )
    );
    assert_eq!(
        compared(None),
        (
            name("far"),
            StopReason::Largest,
            vec![(name("near"), Drawback::Nothing), (name("who-knows"), Drawback::HoursUnknown)]
        )
    );
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
    let next =
        |names: &str| next_day_for_all(&catalogue, &errands(names), late.date, late, ERRANDS_MAX);
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
        next_day_for_all(&catalogue, &errands("inspect-kitchen"), now.date, now, 1)
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
