//! Opening hours on real days, with the rules of the real catalogue.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use domain::HubId;
use domain::catalogue::Catalogue;
use domain::hours::{Date, DayHours, DayState, Hours, Minute, Moment};
use std::path::Path;

fn catalogue() -> Catalogue {
    publish::check_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/kawartha-lakes"))
        .unwrap()
        .0
}

fn at(text: &str) -> Moment {
    let (date, minute) = text.split_once(' ').unwrap();
    Moment { date: Date::parse(date).unwrap(), minute: Minute::parse(minute).unwrap() }
}

/// Checks the state of a location at a moment, whether it is certain, and the holiday.
fn check(hub: &str, moment: &str, state: DayState, is_certain: bool, holiday: Option<&str>) {
    let catalogue = catalogue();
    let hub = catalogue.hub(&HubId::parse(hub).unwrap()).unwrap();
    let open = Hours::of(&catalogue, hub).state_at(at(moment));
    let expected = (state, is_certain, holiday);
    assert_eq!(
        (open.state, open.is_certain, open.holiday.as_ref().map(domain::HolidayId::as_str)),
        expected,
        "{} {moment}",
        hub.id
    );
}

fn until(time: &str, closes_soon: bool) -> DayState {
    DayState::Open { until: Minute::parse(time).unwrap(), closes_soon }
}

fn closed_till(moment: &str) -> DayState {
    DayState::Closed { opens: Some(at(moment)) }
}

#[test]
fn an_ordinary_week() {
    let hub = "development-services-180-kent";
    check(hub, "2026-11-23 08:29", closed_till("2026-11-23 08:30"), true, None);
    check(hub, "2026-11-23 08:30", until("16:30", false), true, None);
    check(hub, "2026-11-23 16:00", until("16:30", true), true, None);
    check(hub, "2026-11-23 16:30", closed_till("2026-11-24 08:30"), true, None);
    check(hub, "2026-11-28 12:00", closed_till("2026-11-30 08:30"), true, None);
}

#[test]
fn the_first_wednesday_morning_and_the_one_that_was_moved() {
    let hub = "development-services-180-kent";
    check(hub, "2026-12-02 09:00", closed_till("2026-12-02 12:00"), true, None);
    check(hub, "2026-12-02 12:00", until("16:30", false), true, None);
    check(hub, "2026-12-09 09:00", until("16:30", false), true, None);
    check(hub, "2025-01-08 09:00", closed_till("2025-01-08 12:00"), true, None);
}

#[test]
fn holidays_by_kind_of_place() {
    // Canada Day on a Saturday closes offices on the following Monday, which is not confirmed, and
    // landfills on the day itself.
    check(
        "city-hall",
        "2023-07-03 10:00",
        closed_till("2023-07-04 08:30"),
        false,
        Some("canada-day"),
    );
    check(
        "landfill-lindsay-ops",
        "2023-07-01 10:00",
        closed_till("2023-07-03 08:00"),
        false,
        Some("canada-day"),
    );
    check("landfill-lindsay-ops", "2023-07-03 10:00", until("17:00", false), false, None);
    // It is unknown whether offices close on Family Day, and libraries on Christmas Day, so nothing
    // says that they are open.
    check("city-hall", "2027-02-15 10:00", DayState::Unknown, false, Some("family-day"));
    check("library-lindsay", "2026-12-25 12:00", DayState::Unknown, false, Some("christmas-day"));
    // Christmas on a Saturday and Boxing Day on the Sunday are observed on Monday and Tuesday.
    check(
        "city-hall",
        "2027-12-27 10:00",
        closed_till("2027-12-29 08:30"),
        false,
        Some("christmas-day"),
    );
    check(
        "city-hall",
        "2027-12-28 10:00",
        closed_till("2027-12-29 08:30"),
        false,
        Some("boxing-day"),
    );
    // One landfill closes on Labour Day, the others do not.
    check(
        "landfill-lindsay-ops",
        "2026-09-07 10:00",
        closed_till("2026-09-08 08:00"),
        false,
        Some("labour-day"),
    );
}

#[test]
fn seasons_special_days_and_places_that_open_only_in_summer() {
    check("landfill-fenelon", "2026-11-23 10:00", closed_till("2027-05-01 09:00"), false, None);
    check("landfill-lindsay-ops", "2026-12-24 11:45", until("12:00", true), false, None);
    check("landfill-lindsay-ops", "2026-12-24 12:00", closed_till("2026-12-28 08:00"), false, None);
}

#[test]
fn what_is_not_known_is_not_closed() {
    check("library-dalton", "2026-11-23 10:00", DayState::Unknown, false, None);
    let catalogue = catalogue();
    let hub = catalogue.hub(&HubId::parse("library-dalton").unwrap()).unwrap();
    let week = Hours::of(&catalogue, hub).seven_days_from(Date::parse("2026-11-25").unwrap());
    assert_eq!(week.len(), 7);
    assert_eq!(
        (week[0].date.to_string().as_str(), &week[0].hours),
        ("2026-11-25", &DayHours::Unknown)
    );
}

#[test]
fn every_hub_answers_on_every_day_of_two_years_and_says_when_it_opens_rightly() {
    let catalogue = catalogue();
    let first = Date::parse("2026-01-01").unwrap();
    for hub in catalogue.hubs() {
        let hours = Hours::of(&catalogue, hub);
        for offset in (0..730).step_by(3) {
            let moment =
                Moment { date: first.plus_days(offset), minute: Minute::parse("03:00").unwrap() };
            if let DayState::Closed { opens: Some(opens) } = hours.state_at(moment).state {
                assert!(opens > moment);
                let before = Moment { date: opens.date, minute: Minute::new(0, 0).unwrap() };
                assert!(
                    matches!(hours.state_at(opens).state, DayState::Open { .. }),
                    "{} {moment:?}",
                    hub.id
                );
                assert!(
                    opens.minute == before.minute
                        || !matches!(hours.state_at(before).state, DayState::Open { .. })
                );
            }
        }
    }
}
