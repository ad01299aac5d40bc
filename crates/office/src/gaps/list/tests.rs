//! Tests the list with invented demand and inquiries of a small municipality.

use super::*;
use crate::form::tests::pine_harbour;
use casework::case::Case;
use casework::clock::Due;
use casework::inquiry::Inquiry;
use casework::promise::PromiseState;
use domain::counter::{Channel, Contact, Outcome};
use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::reference::Reference;
use std::sync::Arc;

fn zone() -> Zone {
    Zone::of("America/Toronto")
}

fn inquiry(number: u64, at: &str, service: Option<&str>, hub: Option<&HubId>) -> ListedInquiry {
    let id = SubmissionId::from_parts(number, [number as u8; 10]);
    let service = service.map(|id| ServiceId::parse(id).unwrap());
    let received_at_ms = zone().ms(domain::hours::Moment::parse(at).unwrap());
    let said = ValidInquiry {
        service: service.clone(),
        hub: hub.cloned(),
        message: "?".into(),
        name: None,
        reply_to: ReplyTo::Nobody,
        language: Language::English,
        notice_version: 1,
    };
    ListedInquiry::Active(Arc::new(Inquiry {
        id,
        reference: Reference::of(id),
        received_at_ms,
        said,
        folded: String::new(),
        case: Case::new(received_at_ms, "By-law".into(), service),
        entries: Vec::new(),
        first_reply: Due::Never,
        resolution: Due::Never,
        replied_minutes: None,
        closed_minutes: None,
        first_reply_promise: PromiseState::NotYet,
        closed_entries: 0,
    }))
}

fn month(text: &str) -> Month {
    Month::parse(text).unwrap()
}

/// A location that offers a task of the service, and one that does not.
fn hubs(catalogue: &Catalogue, service: &str) -> (HubId, HubId) {
    let tasks = &catalogue.service(&ServiceId::parse(service).unwrap()).unwrap().tasks;
    let does = |hub: &&domain::catalogue::Hub| hub.tasks.iter().any(|task| tasks.contains(task));
    let (with, without): (Vec<_>, Vec<_>) = catalogue.hubs().iter().partition(does);
    (with[0].id.clone(), without[0].id.clone())
}

fn demand() -> DemandCounts {
    let mut demand = DemandCounts::default();
    demand.searches.insert((month("2026-10"), Language::English, "hot air balloon".into()), 3);
    demand.searches.insert((month("2026-11"), Language::French, "montgolfière".into()), 2);
    demand.searches.insert((month("2026-11"), Language::English, "lamps".into()), 9);
    demand
}

fn lines(missing: &[Missing]) -> Vec<String> {
    missing
        .iter()
        .map(|missing| format!("{} {} {}", missing.month, missing.gap.kind(), missing.times))
        .collect()
}

#[test]
fn the_newest_month_stands_first_and_in_it_what_was_missed_most() {
    let (catalogue, demand) = (pine_harbour(), demand());
    let all = list(
        &demand,
        &[inquiry(1, "2026-11-30 23:59", None, None), inquiry(2, "2026-11-01 00:00", None, None)],
        &catalogue,
        &zone(),
        &GapFilter::default(),
    );
    assert_eq!(
        lines(&all),
        ["2026-11 search 9", "2026-11 search 2", "2026-11 no-service 2", "2026-10 search 3"]
    );
    assert_eq!(
        all[2].inquiries,
        [
            inquiry(1, "2026-11-30 23:59", None, None).id(),
            inquiry(2, "2026-11-01 00:00", None, None).id()
        ],
        "newest first"
    );
}

#[test]
fn what_a_hub_does_not_do_is_missed_there_and_only_there() {
    let catalogue = pine_harbour();
    let (with, without) = hubs(&catalogue, "dog-tag");
    let inquiries = [
        inquiry(1, "2026-11-10 10:00", Some("dog-tag"), Some(&with)),
        inquiry(2, "2026-11-10 10:00", Some("dog-tag"), Some(&without)),
        inquiry(3, "2026-11-10 10:00", Some("dog-tag"), None),
        // No counter offers a task for it.
        inquiry(4, "2026-11-10 10:00", Some("swim-lessons"), Some(&without)),
        inquiry(5, "2026-11-10 10:00", Some("gone-since"), Some(&without)),
    ];
    let all =
        list(&DemandCounts::default(), &inquiries, &catalogue, &zone(), &GapFilter::default());
    assert_eq!(lines(&all), ["2026-11 not-here 1"]);
    assert_eq!((&all[0].hub, &all[0].inquiries), (&Some(without), &vec![inquiries[1].id()]));
}

#[test]
fn what_could_not_be_done_at_a_counter_is_a_line_by_month_task_and_reason() {
    let (catalogue, mut demand) = (pine_harbour(), DemandCounts::default());
    let (with, _) = hubs(&catalogue, "dog-tag");
    let contact = |on: &str, outcome| Contact {
        task: TaskId::parse("sell-dog-tag").unwrap(),
        hub: with.clone(),
        on: domain::hours::Date::parse(on).unwrap(),
        channel: Channel::Counter,
        outcome,
        is_taken_back: false,
    };
    for (on, outcome) in [
        ("2026-11-01", Outcome::CouldNot(Reason::Payment)),
        ("2026-11-30", Outcome::CouldNot(Reason::Payment)),
        ("2026-10-31", Outcome::Referred(Reason::NotDoneHere)),
        ("2026-11-03", Outcome::Referred(Reason::OtherGovernment)),
        ("2026-11-03", Outcome::Done),
    ] {
        demand.contacts.count(contact(on, outcome));
    }
    let all = list(&demand, &[], &catalogue, &zone(), &GapFilter::default());
    assert_eq!(lines(&all), ["2026-11 counter 2", "2026-10 counter 1"]);
    assert_eq!(
        (&all[0].hub, &all[0].gap),
        (
            &Some(with.clone()),
            &ListedGap::NotDone {
                task: TaskId::parse("sell-dog-tag").unwrap(),
                reason: Reason::Payment
            }
        )
    );
}

#[test]
fn filters_leave_what_is_asked_for() {
    let (catalogue, mut demand) = (pine_harbour(), demand());
    let (hub, _) = hubs(&catalogue, "dog-tag");
    demand.errors.insert(
        (
            month("2026-11"),
            DemandRecord { service: None, hub: Some(hub.clone()), task: None, step: None },
            "hours",
        ),
        4,
    );
    let check = |filter: GapFilter, expected: &[&str]| {
        assert_eq!(lines(&list(&demand, &[], &catalogue, &zone(), &filter)), expected, "{filter:?}")
    };
    check(GapFilter { kind: "error".into(), ..GapFilter::default() }, &["2026-11 error 4"]);
    check(
        GapFilter { month: Some(month("2026-10")), ..GapFilter::default() },
        &["2026-10 search 3"],
    );
    check(GapFilter { hub: hub.to_string(), ..GapFilter::default() }, &["2026-11 error 4"]);
    check(GapFilter { kind: "search".into(), hub: hub.to_string(), ..GapFilter::default() }, &[]);
}

#[test]
fn a_line_leads_to_the_newest_inquiries_and_counts_all() {
    let inquiries: Vec<_> = (1..=40)
        .map(|number| inquiry(number, &format!("2026-11-10 10:{number:02}"), None, None))
        .collect();
    let all =
        list(&DemandCounts::default(), &inquiries, &pine_harbour(), &zone(), &GapFilter::default());
    assert_eq!(
        (all[0].times, all[0].inquiries.len(), all[0].inquiries[0]),
        (40, LINKS_MAX, inquiries[39].id())
    );
}
