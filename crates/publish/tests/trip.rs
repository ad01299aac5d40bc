//! Trips through the real catalogue. That no trip needs fewer stops is a test of the domain.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use domain::catalogue::{Hub, Service, Task};
use domain::hours::{Date, Moment};
use domain::place::Position;
use domain::trip::{Errand, documents, fees, first_day_for_all, next_day_for_all, plan};
use domain::{Catalogue, ServiceId};
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

#[test]
fn three_things_at_one_counter() {
    let catalogue = catalogue();
    let list = errands("take-property-tax-payment issue-dog-licence accept-building-permit");
    let now = at("2026-11-24 10:00");
    let trip = plan(&catalogue, &list, now.date, now, None);
    let [stop] = trip.stops.as_slice() else { panic!("{trip:?}") };
    assert_eq!((stop.errands.as_slice(), stop.open.is_empty()), ([0, 1, 2].as_slice(), false));
    assert_eq!(
        stop.hub.id.as_str(),
        "city-hall",
        "of five that do them all, the one that does most"
    );
    // Bobcaygeon's own counter is open on Wednesdays; its hours are not confirmed, and those of
    // Coboconk, 35 km away, are.
    let bobcaygeon = Some(Position { lat: 44.536, lon: -78.545 });
    let wednesday = Date::parse("2026-11-25").unwrap();
    let near = plan(&catalogue, &errands("issue-dog-licence"), wednesday, now, bobcaygeon);
    assert_eq!(near.stops[0].hub.id.as_str(), "msc-bobcaygeon");
}

#[test]
fn on_a_sunday_the_answer_is_the_monday_that_does_everything() {
    let catalogue = catalogue();
    let list = errands("issue-library-card take-property-tax-payment issue-dog-licence");
    let sunday = at("2026-11-29 10:00");
    let day = first_day_for_all(&catalogue, &list, sunday);
    assert_eq!(day, Date::parse("2026-11-30").unwrap());
    let trip = plan(&catalogue, &list, day, sunday, None);
    assert!(trip.not_that_day.is_empty() && trip.nowhere.is_empty(), "{trip:?}");
}

/// Services that are dropped off at a landfill: those of the landfills' own tasks, but not those
/// for which counters sell a tag.
fn dropped_off(catalogue: &Catalogue) -> Vec<&Service> {
    let is_landfill = |hub: &&Hub| hub.facility.as_str() == "landfill";
    let done_there = |service: &&Service| catalogue.hubs_for(service).any(|hub| is_landfill(&hub));
    let sells = |task: &&Task| task.id.as_str().starts_with("sell-");
    let services = catalogue.services().iter().filter(done_there);
    services.filter(|service| !catalogue.tasks_of(service).any(|task| sells(&task))).collect()
}

#[test]
fn nobody_goes_to_a_counter_with_a_load_for_the_landfill() {
    let devices = catalogue().for_devices();
    let services = dropped_off(&devices);
    let names: BTreeSet<&str> = services.iter().map(|service| service.id.as_str()).collect();
    for name in ["landfill-drop-off", "household-hazardous-waste", "scrap-metal"] {
        assert!(names.contains(name), "{name} is in {names:?}");
    }
    for service in services {
        for hub in devices.hubs_for(service) {
            assert_eq!(hub.facility.as_str(), "landfill", "{} at {}", service.id, hub.id);
        }
        let list = vec![Errand::Service(service.id.clone())];
        for day in 0..14 {
            let now = at("2026-11-23 09:00");
            let trip = plan(&devices, &list, now.date.plus_days(day), now, None);
            for stop in trip.stops {
                assert_eq!(stop.hub.facility.as_str(), "landfill", "{}", service.id);
            }
        }
    }
    let hazardous = devices.service(&ServiceId::parse("household-hazardous-waste").unwrap());
    let depots: Vec<&str> =
        devices.hubs_for(hazardous.unwrap()).map(|hub| hub.id.as_str()).collect();
    assert_eq!(depots, ["landfill-fenelon", "landfill-lindsay-ops"], "the two with a depot");
}

#[test]
fn nobody_goes_to_a_counter_that_only_explains() {
    let whole = catalogue();
    let devices = whole.for_devices();
    let explained: Vec<_> = whole.tasks().iter().filter(|task| !task.explains.is_empty()).collect();
    assert!(explained.len() >= 9, "{}", explained.len());
    for (task, service) in
        explained.iter().flat_map(|task| task.explains.iter().map(move |service| (task, service)))
    {
        let service = devices.service(service).unwrap();
        for hub in devices.hubs_for(service) {
            let does = |of: &&Task| of.id != task.id && service.tasks.contains(&of.id);
            assert!(devices.tasks_at(hub).any(|of| does(&of)), "{} at {}", service.id, hub.id);
        }
        assert!(devices.tasks_of(service).any(|of| of.id == task.id), "{}", service.id);
    }
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
    let day = next_day_for_all(&catalogue, &list, late.date, late, 3).unwrap();
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
        (fees.each.len(), fees.unknown, fees.varying),
        (3, 1, 2),
        "words with several amounts are not added up: {fees:?}"
    );
}
