//! Days at the sample town that can be checked by hand.

use domain::hours::{Date, DayHours, DayState, Hours, Minute, Moment};
use sample::{checked, date, id, moment, spans};

/// Checks the state of a location at a moment, whether it is certain, and the holiday.
fn check(hub: &str, at: &str, state: DayState, is_certain: bool, holiday: Option<&str>) {
    let catalogue = checked(|_| {});
    let hub = catalogue.hub(&id(hub)).unwrap();
    let open = Hours::of(&catalogue, hub).state_at(moment(at));
    assert_eq!(
        (open.state, open.is_certain, open.holiday.as_ref().map(domain::HolidayId::as_str)),
        (state, is_certain, holiday),
        "{} {at}",
        hub.id
    );
}

fn until(time: &str, closes_soon: bool) -> DayState {
    DayState::Open { until: Minute::parse(time).unwrap(), closes_soon }
}

fn closed_till(at: &str) -> DayState {
    DayState::Closed { opens: Some(moment(at)) }
}

#[test]
fn an_ordinary_week() {
    let hub = "town-hall";
    check(hub, "2026-11-23 08:29", closed_till("2026-11-23 08:30"), true, None);
    check(hub, "2026-11-23 08:30", until("16:30", false), true, None);
    check(hub, "2026-11-23 15:59", until("16:30", false), true, None);
    check(hub, "2026-11-23 16:00", until("16:30", true), true, None);
    check(hub, "2026-11-23 16:29", until("16:30", true), true, None);
    check(hub, "2026-11-23 16:30", closed_till("2026-11-24 08:30"), true, None);
    check(hub, "2026-11-28 12:00", closed_till("2026-11-30 08:30"), true, None);
}

#[test]
fn the_first_wednesday_morning_and_the_one_that_was_moved() {
    let hub = "town-hall";
    check(hub, "2026-12-02 09:00", closed_till("2026-12-02 12:00"), true, None);
    check(hub, "2026-12-02 12:00", until("16:30", false), true, None);
    check(hub, "2026-12-09 09:00", until("16:30", false), true, None);
    check(hub, "2025-01-01 09:00", until("16:30", false), true, None);
    check(hub, "2025-01-08 09:00", closed_till("2025-01-08 12:00"), true, None);
}

#[test]
fn holidays_by_kind_of_place() {
    // Canada Day on a Saturday closes offices on the following Monday, which is not confirmed, and
    // the yard's places on the day itself.
    let canada_day = Some("canada-day");
    check("town-hall", "2023-07-03 10:00", closed_till("2023-07-04 08:30"), false, canada_day);
    check("landfill", "2023-07-01 10:00", closed_till("2023-07-02 08:00"), true, canada_day);
    check("landfill", "2023-07-03 10:00", closed_till("2023-07-04 08:00"), true, None);
    // It is unknown whether offices close on Family Day, so nothing says that they are open. The
    // yard is known to stay open.
    check("town-hall", "2027-02-15 10:00", DayState::Unknown, false, Some("family-day"));
    check("landfill", "2027-02-16 10:00", until("17:00", false), true, None);
    // Christmas on a Saturday and Boxing Day on the Sunday are observed on Monday and Tuesday.
    let closed = closed_till("2027-12-29 08:30");
    check("town-hall", "2027-12-27 10:00", closed, false, Some("christmas-day"));
    check("town-hall", "2027-12-28 10:00", closed, false, Some("boxing-day"));
    // One location closes on Boxing Day, others of its kind do not.
    let landfill = |day: &str| plan("landfill", day);
    assert_eq!(landfill("2025-12-26"), DayHours::Closed);
    assert_eq!(landfill("2025-12-27"), DayHours::Open(spans(&["08:00-17:00"])));
}

fn plan(hub: &str, day: &str) -> DayHours {
    let catalogue = checked(|_| {});
    Hours::of(&catalogue, catalogue.hub(&id(hub)).unwrap()).on(date(day)).hours
}

#[test]
fn seasons_special_days_and_places_that_open_only_in_summer() {
    check("boat-house", "2026-11-23 10:00", closed_till("2027-05-01 09:00"), true, None);
    check("boat-house", "2026-10-15 12:30", closed_till("2026-10-15 13:00"), true, None);
    check("boat-house", "2026-10-15 18:00", closed_till("2027-05-01 09:00"), true, None);
    check("landfill", "2026-12-24 11:45", until("12:00", true), true, None);
    check("landfill", "2026-12-24 12:00", closed_till("2026-12-27 08:00"), true, None);
    assert_eq!(plan("landfill", "2026-12-31"), DayHours::Closed, "a special day without hours");
    assert_eq!(
        plan("boat-house", "2026-12-24"),
        DayHours::Closed,
        "a special day opens nothing that is closed anyway"
    );
}

#[test]
fn what_is_not_known_is_not_closed() {
    check("library", "2026-11-23 10:00", DayState::Unknown, false, None);
    let catalogue = checked(|_| {});
    let week = |hub: &str, day: &str| {
        Hours::of(&catalogue, catalogue.hub(&id(hub)).unwrap()).seven_days_from(date(day))
    };
    for (day, last) in [("2026-11-23", "2026-11-29"), ("2026-11-29", "2026-12-05")] {
        let week = week("library", day);
        let days: Vec<String> = week.iter().map(|plan| plan.date.to_string()).collect();
        assert_eq!((days.len(), days[0].as_str(), days[6].as_str()), (7, day, last));
        assert!(week.iter().all(|plan| plan.hours == DayHours::Unknown));
    }
    let open = week("town-hall", "2026-11-23");
    assert!(open[..5].iter().all(|plan| plan.hours == DayHours::Open(spans(&["08:30-16:30"]))));
    assert!(open[5..].iter().all(|plan| plan.hours == DayHours::Closed));
}

#[test]
fn the_next_opening_is_found_within_a_year_and_not_beyond() {
    let opens = |now: Moment, first: Date| {
        let catalogue = checked(|file| {
            let fair = file.hubs.iter_mut().find(|hub| hub.event.is_some()).unwrap();
            fair.event.as_mut().unwrap().days.retain(|day| day.date > date("2026-12-26"));
            fair.event.as_mut().unwrap().days[0].date = first;
        });
        Hours::of(&catalogue, catalogue.hub(&id("winter-fair")).unwrap()).state_at(now).state
    };
    let first = date("2028-06-01");
    let now = |days: i32| Moment { date: first.plus_days(-days), minute: Minute::MIDNIGHT };
    assert_eq!(opens(now(370), first), closed_till("2028-06-01 11:00"));
    assert_eq!(opens(now(371), first), DayState::Closed { opens: None });
}

#[test]
fn every_hub_answers_on_every_day_of_two_years_and_says_when_it_opens_rightly() {
    let catalogue = checked(|_| {});
    let first = date("2026-01-01");
    for hub in catalogue.hubs() {
        let hours = Hours::of(&catalogue, hub);
        for offset in (0..730).step_by(3) {
            let moment =
                Moment { date: first.plus_days(offset), minute: Minute::parse("03:00").unwrap() };
            if let DayState::Closed { opens: Some(opens) } = hours.state_at(moment).state {
                assert!(opens > moment);
                assert!(
                    matches!(hours.state_at(opens).state, DayState::Open { .. }),
                    "{} {moment:?}",
                    hub.id
                );
            }
        }
    }
}
