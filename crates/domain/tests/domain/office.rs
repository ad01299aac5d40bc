//! The response times that the office promises, against the catalogue.

use domain::hours::Moment;
use domain::office::{
    DepartmentHours, OfficeOffer, OfficeRules, PROMISE_HOURS_MAX, ReplyTime, ResponsePromise,
};
use sample::{checked, id, text, verified};

fn promise(working_hours: u32) -> ResponsePromise {
    ResponsePromise { working_hours, note: text("Two days"), source: verified("promise") }
}

fn rules() -> OfficeRules {
    OfficeRules {
        hub: id("town-hall"),
        department: "Clerk".into(),
        first_reply: promise(16),
        resolution: Some(promise(80)),
        departments: vec![DepartmentHours { department: "Clerk".into(), hub: id("library") }],
    }
}

#[test]
fn rules_without_faults_name_hubs_and_departments_of_the_catalogue() {
    assert_eq!(rules().faults(&checked(|_| {})), [""; 0]);
    let wrong = OfficeRules {
        hub: id("hall"),
        department: "Nobody".into(),
        first_reply: promise(0),
        resolution: Some(promise(PROMISE_HOURS_MAX + 1)),
        departments: vec![DepartmentHours { department: "Roads".into(), hub: id("yard") }],
    };
    assert_eq!(
        wrong.faults(&checked(|_| {})),
        [
            "hub: “hall” is not a hub of the catalogue",
            "hub: “yard” is not a hub of the catalogue",
            "department: no service of the catalogue belongs to “Nobody”",
            "department: no service of the catalogue belongs to “Roads”",
            "working_hours: 0 is not between 1 and 2000",
            "working_hours: 2001 is not between 1 and 2000",
        ]
    );
    let edges =
        OfficeRules { first_reply: promise(1), resolution: Some(promise(2_000)), ..rules() };
    assert_eq!(edges.faults(&checked(|_| {})), [""; 0]);
}

#[test]
fn a_department_works_at_its_own_hub_or_at_that_of_the_office() {
    assert_eq!(rules().hub_of("Clerk"), &id("library"));
    assert_eq!(rules().hub_of("Roads"), &id("town-hall"));
}

#[test]
fn a_device_learns_the_promise_and_the_hours_that_count_if_all_departments_have_the_same() {
    let offer = |rules: &OfficeRules| OfficeOffer::of(Some(rules), true).first_reply;
    let reply = |hub| Some(ReplyTime { working_hours: 16, is_confirmed: true, hub });
    assert_eq!(offer(&rules()), reply(None));
    let same = OfficeRules { departments: Vec::new(), ..rules() };
    assert_eq!(offer(&same), reply(Some(id("town-hall"))));
    assert_eq!(OfficeOffer::of(None, false), OfficeOffer::default());
}

#[test]
fn a_question_is_due_when_the_working_hours_are_used_up() {
    let due = |working_hours, hub: Option<&str>, from: &str| {
        let reply = ReplyTime { working_hours, is_confirmed: true, hub: hub.map(id) };
        reply.due(&checked(|_| {}), Moment::parse(from).unwrap()).map(|due| due.to_string())
    };
    // Friday afternoon: two hours on Friday, the rest on Monday.
    assert_eq!(due(4, Some("town-hall"), "2026-11-27 14:30").as_deref(), Some("2026-11-30 10:30"));
    assert_eq!(due(1, Some("town-hall"), "2026-11-28 12:00").as_deref(), Some("2026-11-30 09:30"));
    assert_eq!(due(4, None, "2026-11-27 14:30"), None);
    assert_eq!(due(4, Some("nowhere"), "2026-11-27 14:30"), None);
}
