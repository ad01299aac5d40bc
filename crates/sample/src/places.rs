//! Locations of the town, their kinds, hours and holidays.

use crate::{date, id, text, verified};
use domain::catalogue::{
    Access, Event, EventDay, Facility, Hub, MovedDay, Offering, Payment, Point, RecurringClosure,
    SpecialDay,
};
use domain::hours::{Holiday, HolidayRule, Nth, Season, Span, Week, Weekday, YearDay};

/// Parses opening times such as `08:30-16:30`.
///
/// # Panics
///
/// If one of the texts is not a span of time.
pub fn spans(texts: &[&str]) -> Vec<Span> {
    texts.iter().map(|text| Span::parse(text).unwrap()).collect()
}

/// The same hours on every day of the week.
pub fn every_day(texts: &[&str]) -> Week {
    let day = Some(spans(texts));
    Week {
        mon: day.clone(),
        tue: day.clone(),
        wed: day.clone(),
        thu: day.clone(),
        fri: day.clone(),
        sat: day.clone(),
        sun: day,
    }
}

/// An office with verified hours, Monday to Friday from 08:30 to 16:30, that does no task.
pub fn hub(name: &str) -> Hub {
    Hub {
        id: id(name),
        name: name.replace('-', " "),
        facility: id("office"),
        town: "Maple Bay".into(),
        address: Some("1 Main Street".into()),
        postal_code: Some("K9V 5R8".into()),
        point: Point { lat: 44.35, lon: -78.74, is_building: true },
        phone: Some("705-555-0100".into()),
        email: Some("office@maple-bay.example.org".into()),
        hours: Week { sat: Some(Vec::new()), sun: Some(Vec::new()), ..every_day(&["08:30-16:30"]) },
        seasons: Vec::new(),
        hours_verified: true,
        hours_note: None,
        also_closed_on: Vec::new(),
        directions: None,
        parking: None,
        access: Access::default(),
        accessibility: Some("A ramp".into()),
        tasks: Vec::new(),
        tasks_basis: None,
        offerings: Vec::new(),
        notes: None,
        event: None,
        source: verified(name),
    }
}

/// A statutory holiday.
pub fn holiday(name: &str, rule: HolidayRule) -> Holiday {
    Holiday {
        id: id(name),
        name: text(name),
        rule,
        is_statutory: true,
        evidence: Some("The notice board".into()),
        source: verified(name),
    }
}

pub(crate) fn holidays() -> Vec<Holiday> {
    let monday = Weekday::Monday;
    vec![
        holiday("family-day", HolidayRule::NthWeekday { nth: nth(3), weekday: monday, month: 2 }),
        holiday("good-friday", HolidayRule::Easter { offset_days: -2 }),
        holiday(
            "victoria-day",
            HolidayRule::WeekdayOnOrBefore { weekday: monday, month: 5, day: 24 },
        ),
        holiday("canada-day", HolidayRule::Fixed { month: 7, day: 1 }),
        holiday("christmas-day", HolidayRule::Fixed { month: 12, day: 25 }),
        holiday("boxing-day", HolidayRule::Fixed { month: 12, day: 26 }),
    ]
}

fn nth(n: u8) -> Nth {
    Nth::new(n).unwrap()
}

pub(crate) fn facilities() -> Vec<Facility> {
    let facility = |name: &str, closed_on: &[&str], moves_to_working_day| Facility {
        id: id(name),
        name: text(name),
        is_counter: true,
        closed_on: closed_on.iter().map(|name| id(name)).collect(),
        open_on: Vec::new(),
        moves_to_working_day,
        special_days: Vec::new(),
        note: Some(text("As the by-law says")),
        source: verified(name),
    };
    let closed = ["good-friday", "victoria-day", "canada-day", "christmas-day", "boxing-day"];
    vec![
        facility("office", &closed, true),
        Facility {
            is_counter: false,
            open_on: vec![id("family-day")],
            special_days: vec![
                SpecialDay { month: 12, day: 24, hours: spans(&["08:00-12:00"]) },
                SpecialDay { month: 12, day: 31, hours: Vec::new() },
            ],
            ..facility("yard", &["canada-day", "christmas-day"], false)
        },
    ]
}

pub(crate) fn hubs() -> Vec<Hub> {
    vec![
        Hub {
            tasks: vec![id("issue-dog-licence"), id("take-payment"), id("issue-boat-permit")],
            offerings: vec![Offering {
                task: id("take-payment"),
                days: vec![Weekday::Friday],
                by_appointment: true,
                payments: Payment::ALL.to_vec(),
                note: Some("At the second window".into()),
            }],
            ..hub("town-hall")
        },
        Hub {
            facility: id("yard"),
            town: "Norwood".into(),
            point: Point { lat: 44.6, lon: -78.9, is_building: false },
            hours: Week { mon: Some(Vec::new()), ..every_day(&["08:00-17:00"]) },
            hours_note: Some("Weather permitting".into()),
            also_closed_on: vec![id("boxing-day")],
            tasks: vec![id("take-payment")],
            ..hub("landfill")
        },
        Hub {
            facility: id("yard"),
            town: "Norwood".into(),
            point: Point { lat: 44.61, lon: -78.91, is_building: true },
            hours: every_day(&[]),
            seasons: vec![Season {
                name: "summer".into(),
                from: YearDay::parse("05-01").unwrap(),
                to: YearDay::parse("10-15").unwrap(),
                hours: every_day(&["09:00-12:00", "13:00-18:00"]),
            }],
            tasks: vec![id("issue-boat-permit")],
            ..hub("boat-house")
        },
        Hub { hours: Week::default(), hours_verified: false, ..hub("library") },
        Hub {
            hours: Week::default(),
            event: Some(Event {
                days: vec![
                    EventDay { date: date("2026-12-25"), hours: spans(&["10:00-16:00"]) },
                    EventDay { date: date("2026-12-27"), hours: spans(&["11:00-15:00"]) },
                ],
            }),
            tasks: vec![id("take-payment")],
            ..hub("winter-fair")
        },
    ]
}

pub(crate) fn recurring_closures() -> Vec<RecurringClosure> {
    vec![RecurringClosure {
        hubs: vec![id("town-hall")],
        nth: Nth::FIRST,
        weekday: Weekday::Wednesday,
        closed: Span::parse("08:30-12:00").unwrap(),
        moved: vec![MovedDay { from: date("2025-01-01"), to: date("2025-01-08") }],
        note: text("Staff meeting"),
        source: verified("meeting"),
    }]
}
