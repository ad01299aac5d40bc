//! Checks of locations, their kinds, opening hours and holidays.

use super::{Faults, Problem};
use crate::catalogue::{CatalogueFile, Hub};
use crate::hours::{Date, HolidayRule, Span, Week, Weekday};
use crate::place::Position;

/// Furthest, in degrees, that a location may lie from the median of all: about 150 km. Further is a
/// typing error.
const DEGREES_FROM_MIDDLE_MAX: f64 = 2.0;
/// Longest event in days. A location that exists for longer is a hub with seasons.
const EVENT_DAYS_MAX: usize = 60;

pub(super) fn check_holidays(file: &CatalogueFile, faults: &mut Faults) {
    faults.unique("holiday", file.holidays.iter().map(|holiday| &holiday.id));
    for holiday in &file.holidays {
        let record = format!("holiday {}", holiday.id);
        faults.bilingual(&record, "name", &holiday.name);
        faults.source(&record, &holiday.source);
        check_rule(&holiday.rule, &record, faults);
    }
}

fn check_rule(rule: &HolidayRule, record: &str, faults: &mut Faults) {
    match *rule {
        HolidayRule::Fixed { month, day } | HolidayRule::WeekdayOnOrBefore { month, day, .. } => {
            check_day(month, day, "rule", record, faults)
        }
        HolidayRule::NthWeekday { month, .. } => check_day(month, 1, "rule", record, faults),
        HolidayRule::Easter { offset_days } if offset_days.abs() > 100 => {
            faults.add(record, "rule", Problem::NotADay(format!("{offset_days} days from Easter")));
        }
        HolidayRule::Easter { .. } => {}
    }
}

fn check_day(month: u8, day: u8, field: &str, record: &str, faults: &mut Faults) {
    // 2024 is a leap year, so it has every day that a year can have.
    if Date::new(2024, month, day).is_none() {
        faults.add(record, field, Problem::NotADay(format!("month {month}, day {day}")));
    }
}

pub(super) fn check_facilities(file: &CatalogueFile, faults: &mut Faults) {
    faults.unique("facility", file.facilities.iter().map(|facility| &facility.id));
    let holidays: Vec<_> = file.holidays.iter().map(|holiday| &holiday.id).collect();
    for facility in &file.facilities {
        let record = format!("facility {}", facility.id);
        faults.bilingual(&record, "name", &facility.name);
        for (field, ids) in [("closed_on", &facility.closed_on), ("open_on", &facility.open_on)] {
            ids.iter().for_each(|id| faults.known(&record, field, "holiday", id, &holidays));
        }
        for both in facility.closed_on.iter().filter(|id| facility.open_on.contains(id)) {
            faults.other(
                &record,
                "open_on",
                format!("{both} is in closed_on too"),
                "keep it in one of the two",
            );
        }
        for special in &facility.special_days {
            check_day(special.month, special.day, "special_days", &record, faults);
            check_spans(&special.hours, "special_days", &record, faults);
        }
        faults.source(&record, &facility.source);
    }
}

pub(super) fn check_hubs(file: &CatalogueFile, faults: &mut Faults) {
    faults.unique("hub", file.hubs.iter().map(|hub| &hub.id));
    faults.count("catalogue", "hubs", file.hubs.len(), 1, usize::MAX);
    let middle = middle_of(&file.hubs);
    let facilities: Vec<_> = file.facilities.iter().map(|facility| &facility.id).collect();
    let tasks: Vec<_> = file.tasks.iter().map(|task| &task.id).collect();
    let holidays: Vec<_> = file.holidays.iter().map(|holiday| &holiday.id).collect();
    for hub in &file.hubs {
        let record = format!("hub {}", hub.id);
        faults.known(&record, "facility", "facility", &hub.facility, &facilities);
        hub.tasks.iter().for_each(|task| faults.known(&record, "tasks", "task", task, &tasks));
        hub.also_closed_on
            .iter()
            .for_each(|id| faults.known(&record, "also_closed_on", "holiday", id, &holidays));
        check_hub(hub, &record, faults);
        check_offerings(hub, &record, faults);
        check_event(hub, &record, faults);
        check_point(hub.point.position(), middle, "point", &record, faults);
    }
}

fn check_hub(hub: &Hub, record: &str, faults: &mut Faults) {
    faults.filled(record, "name", &hub.name);
    faults.filled(record, "town", &hub.town);
    for (field, text) in [
        ("address", &hub.address),
        ("hours_note", &hub.hours_note),
        ("accessibility", &hub.accessibility),
        ("notes", &hub.notes),
    ] {
        faults.optional(record, field, text.as_ref());
    }
    faults.phone(record, "phone", hub.phone.as_ref());
    faults.email(record, "email", hub.email.as_ref());
    if let Some(code) = hub.postal_code.as_ref().filter(|code| !is_postal_code(code)) {
        faults.add(record, "postal_code", Problem::NotAPostalCode(code.clone()));
    }
    if hub.hours_verified && hub.event.is_none() && hub.hours.is_unknown() && hub.seasons.is_empty()
    {
        faults.other(
            record,
            "hours_verified",
            "hours are verified but none are given",
            "give the hours, or set hours_verified = false",
        );
    }
    check_week(&hub.hours, "hours", record, faults);
    for season in &hub.seasons {
        check_week(&season.hours, &format!("seasons.{}", season.name), record, faults);
    }
    faults.source(record, &hub.source);
}

/// An offering must be for a task that the location does; a condition of any other task means
/// nothing.
fn check_offerings(hub: &Hub, record: &str, faults: &mut Faults) {
    for (at, offering) in hub.offerings.iter().enumerate() {
        if !hub.tasks.contains(&offering.task) {
            faults.other(
                record,
                "offerings",
                format!("{} is not among the hub’s tasks", offering.task),
                "add it to tasks, or take the offering out",
            );
        }
        if hub.offerings[..at].iter().any(|other| other.task == offering.task) {
            faults.other(
                record,
                "offerings",
                format!("{} stands here twice", offering.task),
                "keep one of the two",
            );
        }
        faults.optional(record, "offerings.note", offering.note.as_ref());
    }
}

fn check_event(hub: &Hub, record: &str, faults: &mut Faults) {
    let Some(event) = &hub.event else { return };
    faults.count(record, "event.days", event.days.len(), 1, EVENT_DAYS_MAX);
    if event.days.windows(2).any(|pair| pair[1].date <= pair[0].date) {
        faults.other(
            record,
            "event.days",
            "its days are not in order, or one stands there twice",
            "give each day once, the earliest first",
        );
    }
    for day in &event.days {
        check_spans(&day.hours, "event.days", record, faults);
    }
    if !hub.hours.is_unknown() || !hub.seasons.is_empty() {
        faults.other(
            record,
            "event",
            "an event has days, and no usual week",
            "take hours and seasons out",
        );
    }
}

fn is_postal_code(code: &str) -> bool {
    let fits = |(at, c): (usize, char)| match at {
        0 | 2 | 5 => c.is_ascii_uppercase(),
        1 | 4 | 6 => c.is_ascii_digit(),
        _ => c == ' ',
    };
    code.len() == 7 && code.chars().enumerate().all(fits)
}

fn check_week(week: &Week, field: &str, record: &str, faults: &mut Faults) {
    for weekday in Weekday::ALL {
        check_spans(week.on(weekday).unwrap_or_default(), field, record, faults);
    }
}

fn check_spans(spans: &[Span], field: &str, record: &str, faults: &mut Faults) {
    for pair in spans.windows(2).filter(|pair| pair[1].from() < pair[0].to()) {
        faults.add(record, field, Problem::Hours(format!("{} and then {}", pair[0], pair[1])));
    }
}

/// The median of all points, which one wrong point does not move.
fn middle_of(hubs: &[Hub]) -> (f64, f64) {
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    (
        median(hubs.iter().map(|hub| hub.point.lat).collect()),
        median(hubs.iter().map(|hub| hub.point.lon).collect()),
    )
}

pub(super) fn check_places(file: &CatalogueFile, faults: &mut Faults) {
    let middle = middle_of(&file.hubs);
    for (at, place) in file.places.iter().enumerate() {
        let record = format!("place {}", at + 1);
        faults.filled(&record, "name", &place.name);
        faults.source(&record, &place.source);
        check_point(place.position(), middle, "lat", &record, faults);
        let is_elsewhere = |name: &String| {
            file.places[..at].iter().any(|other| other.name == *name || other.also.contains(name))
        };
        if let Some(name) =
            std::iter::once(&place.name).chain(&place.also).find(|name| is_elsewhere(name))
        {
            faults.other(
                &record,
                "name",
                format!("“{name}” is a name of another place already"),
                "keep it in one of the two",
            );
        }
        let is_repeated =
            |at: usize| place.also[at] == place.name || place.also[..at].contains(&place.also[at]);
        if let Some(at) = (0..place.also.len()).find(|&at| is_repeated(at)) {
            faults.other(
                &record,
                "also",
                format!("“{}” stands here twice", place.also[at]),
                "keep it once",
            );
        }
    }
}

fn check_point(
    point: Position,
    middle: (f64, f64),
    field: &str,
    record: &str,
    faults: &mut Faults,
) {
    let is_near = (point.lat - middle.0).abs() <= DEGREES_FROM_MIDDLE_MAX
        && (point.lon - middle.1).abs() <= DEGREES_FROM_MIDDLE_MAX;
    if !is_near {
        faults.add(record, field, Problem::NotAPoint(format!("{}, {}", point.lat, point.lon)));
    }
}

pub(super) fn check_closures(file: &CatalogueFile, faults: &mut Faults) {
    let hubs: Vec<_> = file.hubs.iter().map(|hub| &hub.id).collect();
    for (at, closure) in file.recurring_closures.iter().enumerate() {
        let record = format!("recurring closure {}", at + 1);
        closure.hubs.iter().for_each(|hub| faults.known(&record, "hubs", "hub", hub, &hubs));
        faults.count(&record, "hubs", closure.hubs.len(), 1, usize::MAX);
        faults.bilingual(&record, "note", &closure.note);
        faults.source(&record, &closure.source);
    }
}
