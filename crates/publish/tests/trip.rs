//! Trip planning on the real catalogue, compared with a brute-force search over sets of locations.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use domain::Catalogue;
use domain::catalogue::Hub;
use domain::hours::{Date, DayHours, Hours, Minute, Moment};
use domain::place::Position;
use domain::trip::{ERRANDS_MAX, Errand, documents, fees, next_day_for_all, plan};
use std::collections::BTreeSet;
use std::path::Path;

fn catalogue() -> Catalogue {
    publish::check_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/kawartha-lakes"))
        .unwrap()
        .0
}

fn errands(names: &str) -> Vec<Errand> {
    names.split(' ').map(|name| Errand::parse(name).unwrap()).collect()
}

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
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

#[test]
fn no_list_needs_fewer_hubs_than_the_answer_has() {
    let catalogue = catalogue();
    let tasks = catalogue.tasks();
    let mut seed = 7_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let mut several = 0;
    for round in 0..150 {
        let list: Vec<Errand> = (0..1 + next(ERRANDS_MAX))
            .map(|_| Errand::Task(tasks[next(tasks.len())].id.clone()))
            .collect();
        let now = Moment {
            date: at("2026-11-24 00:00").date.plus_days(next(400) as i32),
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
fn three_things_at_one_counter() {
    let catalogue = catalogue();
    let list = errands("take-property-tax-payment issue-dog-licence accept-building-permit");
    let now = at("2026-11-24 10:00");
    let trip = plan(&catalogue, &list, now.date, now, None);
    let [stop] = trip.stops.as_slice() else { panic!("{trip:?}") };
    assert_eq!((stop.errands.as_slice(), stop.open.is_empty()), ([0, 1, 2].as_slice(), false));
    assert!(stop.plan.is_certain, "of five that do them all, one whose hours are sure");
}

#[test]
fn the_nearest_where_several_are_as_sure() {
    let catalogue = catalogue();
    // On this Sunday, the only library with confirmed hours is closed.
    let (list, now) = (errands("issue-library-card"), at("2026-11-29 10:00"));
    let town = |lat, lon| {
        plan(&catalogue, &list, now.date, now, Some(Position { lat, lon })).stops[0]
            .hub
            .town
            .clone()
    };
    assert_eq!(
        (town(44.56, -78.99).as_str(), town(44.73, -78.81).as_str()),
        ("Kirkfield", "Norland")
    );
}

#[test]
fn what_is_closed_is_no_answer_and_the_next_day_is_found() {
    let catalogue = catalogue();
    let list = errands("take-property-tax-payment sell-limo-licence book-marriage-licence");
    let late = at("2026-12-24 22:00");
    let trip = plan(&catalogue, &list, late.date, late, None);
    assert_eq!(
        (trip.stops.len(), trip.not_that_day, trip.nowhere),
        (0, vec![0, 2], vec![1]),
        "no counter is known for the second"
    );
    let day = next_day_for_all(&catalogue, &list, late.date, late).unwrap();
    assert!(day > Date::parse("2026-12-26").unwrap(), "{day}: not on Christmas, nor on Boxing Day");
    assert!(plan(&catalogue, &list, day, late, None).not_that_day.is_empty());
}

#[test]
fn papers_are_named_once_and_fees_are_summed_only_where_they_are_known() {
    let catalogue = catalogue();
    let list = errands("issue-dog-licence book-marriage-licence s.dog-licence");
    let papers = documents(&catalogue, &list);
    let names: BTreeSet<String> = papers.iter().map(|(name, _)| name.to_lowercase()).collect();
    assert!(!papers.is_empty() && names.len() == papers.len(), "{papers:?}");
    let fees = fees(&catalogue, &list);
    assert_eq!(
        (fees.each.len(), fees.known_cents, fees.unknown),
        (3, 0, 3),
        "words with several amounts are not added up: {fees:?}"
    );
}
