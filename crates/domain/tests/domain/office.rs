//! The response times that the office promises, against the catalogue.

use domain::office::{DepartmentHours, OfficeRules, PROMISE_HOURS_MAX, ResponsePromise};
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
