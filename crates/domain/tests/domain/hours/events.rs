//! A location that exists on some days only: its hours, when people are notified of it, and what
//! the check reports.

use domain::catalogue::{Catalogue, Event, Hub, Offering, Payment};
use domain::hours::{DayHours, DayState, Hours, Weekday};
use sample::{date, id, moment, spans};

/// The sample town after a change to its fair, which is on two days with one day between them.
fn with_fair(change: impl FnOnce(&mut Hub)) -> Result<Catalogue, Vec<String>> {
    let mut file = sample::town();
    change(file.hubs.iter_mut().find(|hub| hub.event.is_some()).unwrap());
    Catalogue::check(file)
        .map_err(|faults| faults.iter().map(|fault| format!("{fault:?}")).collect())
}

fn fair(catalogue: &Catalogue) -> &Hub {
    catalogue.hub(&id("winter-fair")).unwrap()
}

#[test]
fn an_event_is_open_on_its_days_alone_holiday_or_not() {
    let catalogue = with_fair(|_| {}).unwrap();
    let hours = Hours::of(&catalogue, fair(&catalogue));
    let open = |on: &str| hours.on(date(on)).hours;
    assert_eq!(
        open("2026-12-25"),
        DayHours::Open(spans(&["10:00-16:00"])),
        "Christmas closes offices, and no fair"
    );
    assert_eq!(
        [open("2026-12-24"), open("2026-12-26"), open("2026-12-28")],
        [DayHours::Closed, DayHours::Closed, DayHours::Closed]
    );
    let state = |at: &str| hours.state_at(moment(at)).state;
    assert!(matches!(state("2026-12-25 15:45"), DayState::Open { closes_soon: true, .. }));
    assert_eq!(
        state("2026-12-25 16:00"),
        DayState::Closed { opens: Some(moment("2026-12-27 11:00")) }
    );
    assert_eq!(
        state("2026-12-27 15:00"),
        DayState::Closed { opens: None },
        "it does not come back"
    );
}

#[test]
fn people_are_told_of_it_two_weeks_before_and_not_after() {
    let catalogue = with_fair(|_| {}).unwrap();
    let fair = fair(&catalogue);
    let told = ["2026-12-10", "2026-12-11", "2026-12-26", "2026-12-27", "2026-12-28"]
        .map(|on| fair.is_listed(date(on)));
    assert_eq!(told, [false, true, true, true, false]);
    assert!(
        catalogue
            .hubs()
            .iter()
            .filter(|hub| hub.event.is_none())
            .all(|hub| hub.is_listed(date("2000-01-01")))
    );
}

#[test]
fn it_travels_to_devices_as_it_was_written() {
    let catalogue = with_fair(|fair| {
        let task = fair.tasks[0].clone();
        fair.offerings = vec![Offering {
            task,
            days: vec![Weekday::Friday],
            by_appointment: true,
            payments: Payment::ALL.to_vec(),
            note: Some("At the second table".into()),
        }];
    })
    .unwrap();
    let devices = catalogue.for_devices();
    let bundle = devices.to_bundle(&[]).unwrap();
    let (read, _) = Catalogue::from_bundle(&bundle).unwrap();
    assert_eq!(fair(&read), fair(&devices));
    assert_eq!(fair(&read).offerings, fair(&catalogue).offerings);
}

#[test]
fn what_is_wrong_with_an_event_is_named() {
    let faulty = |change: fn(&mut Hub), word: &str| {
        let faults = with_fair(change).unwrap_err();
        assert!(faults.iter().any(|fault| fault.contains(word)), "{word}: {faults:?}");
    };
    faulty(|fair| fair.event = Some(Event { days: Vec::new() }), "event.days");
    faulty(|fair| fair.event.as_mut().unwrap().days.reverse(), "not in order");
    faulty(|fair| fair.event.as_mut().unwrap().days[1].date = date("2026-12-25"), "not in order");
    faulty(
        |fair| fair.hours = serde_json::from_str(r#"{"mon":["08:00-09:00"]}"#).unwrap(),
        "no usual week",
    );
    let twice = |fair: &mut Hub| {
        let offering = Offering {
            task: fair.tasks[0].clone(),
            days: Vec::new(),
            by_appointment: false,
            payments: Vec::new(),
            note: None,
        };
        fair.offerings = vec![offering.clone(), offering];
    };
    faulty(twice, "twice");
    faulty(
        |fair| {
            let task = fair.tasks.remove(0);
            fair.offerings = vec![Offering {
                task,
                days: Vec::new(),
                by_appointment: true,
                payments: Vec::new(),
                note: None,
            }];
        },
        "not among the hub’s tasks",
    );
}
