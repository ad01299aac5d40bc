//! What is wrong with locations, their kinds, hours and holidays.

use crate::faults::check;
use domain::catalogue::{CatalogueFile, EventDay, Hub, Offering, SpecialDay};
use domain::hours::{HolidayRule, Nth, Week, Weekday};
use domain::place::Place;
use sample::{every_day, hub, id, spans};

const EMPTY: &str = "it is empty; write it, or take the field out if it may be missing";

fn town_hall(change: impl FnOnce(&mut Hub)) -> impl FnOnce(&mut CatalogueFile) {
    |file| change(&mut file.hubs[0])
}

#[test]
fn every_text_of_a_location_is_checked() {
    let blank = || Some(" ".to_string());
    check(
        town_hall(|hub| {
            (hub.name, hub.town) = (" ".into(), String::new());
            (hub.address, hub.hours_note) = (blank(), blank());
            (hub.accessibility, hub.notes) = (blank(), blank());
            (hub.phone, hub.email) = (Some("ask".into()), Some("ask".into()));
            hub.offerings[0].note = blank();
            hub.source.url = None;
        }),
        &[
            &format!("hub town-hall, name: {EMPTY}"),
            &format!("hub town-hall, town: {EMPTY}"),
            &format!("hub town-hall, address: {EMPTY}"),
            &format!("hub town-hall, hours_note: {EMPTY}"),
            &format!("hub town-hall, accessibility: {EMPTY}"),
            &format!("hub town-hall, notes: {EMPTY}"),
            "hub town-hall, phone: “ask” is not a phone number; write a number as 705-324-9411, with “ext. 123” after it if needed",
            "hub town-hall, email: “ask” is not an email address; write it as name@example.ca",
            "hub town-hall, source.verified: it is verified but has no source; give source.url, or set verified = false",
            &format!("hub town-hall, offerings.note: {EMPTY}"),
        ],
    );
}

#[test]
fn every_reference_of_a_location_is_checked() {
    check(
        |file| {
            file.hubs[0].facility = id("ofice");
            file.hubs[0].tasks.push(id("take-paymnt"));
            file.hubs[0].also_closed_on = vec![id("canada-dy")];
            file.facilities[1].closed_on.push(id("christmas"));
            file.facilities[1].open_on.push(id("canada-da"));
            file.recurring_closures[0].hubs.push(id("town-hal"));
        },
        &[
            "facility yard, closed_on: there is no holiday “christmas”; add that holiday, or take the reference out",
            "facility yard, open_on: there is no holiday “canada-da”; did you mean “canada-day”?",
            "hub town-hall, facility: there is no facility “ofice”; did you mean “office”?",
            "hub town-hall, tasks: there is no task “take-paymnt”; did you mean “take-payment”?",
            "hub town-hall, also_closed_on: there is no holiday “canada-dy”; did you mean “canada-day”?",
            "recurring closure 1, hubs: there is no hub “town-hal”; did you mean “town-hall”?",
        ],
    );
}

#[test]
fn a_postal_code_has_letters_and_digits_in_turn_and_a_space() {
    for code in [
        "R0A0A0", "R0A-0A0", "r0a 0a0", "R0A 0A", "0RA 0A0", "R0A 0A00", "RRA 0A0", "R0A 000",
        "R0A 0AA",
    ] {
        check(
            town_hall(|hub| hub.postal_code = Some(code.into())),
            &[&format!(
                "hub town-hall, postal_code: “{code}” is not a postal code; write it as K9V 5R8"
            )],
        );
    }
    check(town_hall(|hub| hub.postal_code = Some("R0A 0A0".into())), &[]);
    check(town_hall(|hub| hub.postal_code = None), &[]);
}

#[test]
fn hours_are_in_order_and_do_not_overlap() {
    let wrong = |place: &str| {
        format!(
            "{place}: the hours do not work: 09:00-12:00 and then 11:59-13:00; write from and to as 08:30 and 16:30, in order and apart"
        )
    };
    let overlap = || spans(&["09:00-12:00", "11:59-13:00"]);
    check(town_hall(|hub| hub.hours = every_day(&["09:00-12:00", "12:00-13:00"])), &[]);
    check(town_hall(|hub| hub.hours.sun = Some(overlap())), &[&wrong("hub town-hall, hours")]);
    check(
        |file| file.hubs[2].seasons[0].hours.wed = Some(overlap()),
        &[&wrong("hub boat-house, seasons.summer")],
    );
    check(
        |file| file.facilities[1].special_days[0].hours = overlap(),
        &[&wrong("facility yard, special_days")],
    );
    check(
        |file| file.hubs[4].event.as_mut().unwrap().days[0].hours = overlap(),
        &[&wrong("hub winter-fair, event.days")],
    );
}

#[test]
fn verified_hours_are_given() {
    let fault = "hub town-hall, hours_verified: hours are verified but none are given; give the hours, or set hours_verified = false";
    check(town_hall(|hub| hub.hours = Week::default()), &[fault]);
    check(
        town_hall(|hub| {
            hub.hours = Week::default();
            hub.hours_verified = false;
        }),
        &[],
    );
    check(town_hall(|hub| hub.hours = Week { fri: Some(Vec::new()), ..Week::default() }), &[]);
    check(|file| file.hubs[2].hours = Week::default(), &[]);
}

#[test]
fn an_event_lasts_two_months_at_most() {
    let days = |count: i32| {
        move |file: &mut CatalogueFile| {
            let day = file.hubs[4].event.as_ref().unwrap().days[0].clone();
            file.hubs[4].event.as_mut().unwrap().days = (0..count)
                .map(|at| EventDay { date: day.date.plus_days(at), ..day.clone() })
                .collect();
        }
    };
    check(days(60), &[]);
    check(days(61), &["hub winter-fair, event.days: there are 61; have 1 to 60"]);
    check(
        |file| file.hubs[4].seasons = file.hubs[2].seasons.clone(),
        &[
            "hub winter-fair, event: an event has days, and no usual week; take hours and seasons out",
        ],
    );
}

#[test]
fn an_offering_is_for_a_task_of_the_location_and_is_given_once() {
    let again =
        Offering { task: id("inspect-kitchen"), ..sample::town().hubs[0].offerings[0].clone() };
    check(
        town_hall(|hub| hub.offerings.extend([again, hub.offerings[0].clone()])),
        &[
            "hub town-hall, offerings: inspect-kitchen is not among the hub’s tasks; add it to tasks, or take the offering out",
            "hub town-hall, offerings: take-payment stands here twice; keep one of the two",
        ],
    );
}

#[test]
fn days_of_the_year_exist() {
    let rule = |rule: HolidayRule| move |file: &mut CatalogueFile| file.holidays[0].rule = rule;
    let not_a_day = |day: &str| {
        format!(
            "holiday family-day, rule: {day} is not a day of the year; use a month from 1 to 12 and a day that it has"
        )
    };
    let monday = Weekday::Monday;
    check(rule(HolidayRule::Fixed { month: 2, day: 29 }), &[]);
    check(rule(HolidayRule::Fixed { month: 2, day: 30 }), &[&not_a_day("month 2, day 30")]);
    check(rule(HolidayRule::Fixed { month: 13, day: 1 }), &[&not_a_day("month 13, day 1")]);
    check(
        rule(HolidayRule::WeekdayOnOrBefore { weekday: monday, month: 4, day: 31 }),
        &[&not_a_day("month 4, day 31")],
    );
    check(
        rule(HolidayRule::NthWeekday { nth: Nth::FIRST, weekday: monday, month: 0 }),
        &[&not_a_day("month 0, day 1")],
    );
    check(rule(HolidayRule::Easter { offset_days: 100 }), &[]);
    check(rule(HolidayRule::Easter { offset_days: -100 }), &[]);
    check(rule(HolidayRule::Easter { offset_days: 101 }), &[&not_a_day("101 days from Easter")]);
    check(rule(HolidayRule::Easter { offset_days: -101 }), &[&not_a_day("-101 days from Easter")]);
    check(
        |file| {
            file.facilities[1].special_days.push(SpecialDay {
                month: 4,
                day: 31,
                hours: Vec::new(),
            })
        },
        &[
            "facility yard, special_days: month 4, day 31 is not a day of the year; use a month from 1 to 12 and a day that it has",
        ],
    );
}

#[test]
fn a_holiday_is_kept_or_not_and_never_both() {
    check(
        |file| file.facilities[1].open_on.push(id("canada-day")),
        &["facility yard, open_on: canada-day is in closed_on too; keep it in one of the two"],
    );
}

#[test]
fn a_closure_names_its_locations() {
    check(
        |file| {
            file.recurring_closures[0].hubs.clear();
            file.recurring_closures[0].source.url = None;
            file.facilities[0].source.url = None;
            file.holidays[0].source.url = None;
        },
        &[
            "holiday family-day, source.verified: it is verified but has no source; give source.url, or set verified = false",
            "facility office, source.verified: it is verified but has no source; give source.url, or set verified = false",
            "recurring closure 1, hubs: there are 0; have 1 to 18446744073709551615",
            "recurring closure 1, source.verified: it is verified but has no source; give source.url, or set verified = false",
        ],
    );
}

/// The field `point` of a hub that lies so many degrees from the middle of all.
fn lies(north: f64, east: f64) -> Vec<String> {
    let mut file = sample::town();
    file.hubs = (0..5).map(|at| hub(&format!("hub-{at}"))).collect();
    (file.recurring_closures, file.terminals, file.places) = Default::default();
    file.hubs[4].point.lat += north;
    file.hubs[4].point.lon += east;
    let faults = domain::Catalogue::check(file).err().unwrap_or_default();
    faults.iter().map(|fault| format!("{}, {}", fault.record, fault.field)).collect()
}

#[test]
fn a_location_far_from_all_others_is_a_slip() {
    for near in [(0.0, 0.0), (1.99, 0.0), (-1.99, 0.0), (0.0, 1.99), (0.0, -1.99), (1.9, 1.9)] {
        assert_eq!(lies(near.0, near.1), [""; 0], "{near:?}");
    }
    for far in [(2.01, 0.0), (-2.01, 0.0), (0.0, 2.01), (0.0, -2.01), (-40.0, 0.0), (3.0, -3.0)] {
        assert_eq!(lies(far.0, far.1), ["hub hub-4, point"], "{far:?}");
    }
}

#[test]
fn a_place_has_a_name_of_its_own_near_the_town() {
    let place = |name: &str, also: &[&str]| Place {
        name: name.into(),
        also: also.iter().map(ToString::to_string).collect(),
        ..sample::town().places[0].clone()
    };
    let pushed = |place: Place| |file: &mut CatalogueFile| file.places.push(place);
    let taken = |name: &str| {
        format!(
            "place 2, name: “{name}” is a name of another place already; keep it in one of the two"
        )
    };
    check(pushed(place("New Mill", &["Mill"])), &[]);
    check(pushed(place("Old Mill", &[])), &[&taken("Old Mill")]);
    check(pushed(place("Mill Pond", &[])), &[&taken("Mill Pond")]);
    check(pushed(place("New Mill", &["Mill", "Mill Pond"])), &[&taken("Mill Pond")]);
    let twice = |name: &str| format!("place 2, also: “{name}” stands here twice; keep it once");
    check(pushed(place("New Mill", &["New Mill"])), &[&twice("New Mill")]);
    check(pushed(place("New Mill", &["Mill", "M", "Mill"])), &[&twice("Mill")]);
    check(
        pushed(Place { lat: 4.44, ..place(" ", &[]) }),
        &[
            &format!("place 2, name: {EMPTY}"),
            "place 2, lat: 4.44, -78.7 is not near the other places; give latitude and longitude in degrees, latitude first",
        ],
    );
    let unknown = domain::provenance::Provenance { url: None, ..sample::verified("x") };
    check(
        pushed(Place { source: unknown, ..place("New Mill", &[]) }),
        &[
            "place 2, source.verified: it is verified but has no source; give source.url, or set verified = false",
        ],
    );
}
