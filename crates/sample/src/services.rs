//! Topics, services and tasks of the town.

use crate::{id, text, verified};
use domain::catalogue::{
    AskedAs, Audience, Basis, Category, Channels, Fee, InferredField, LifeEvent, LifeStep, Payment,
    Service, Task,
};
use domain::provenance::SourceDate;

/// A service of the topic `home`, without a task.
pub fn service(name: &str) -> Service {
    Service {
        id: id(name),
        name: name.replace('-', " "),
        summary: format!("What {name} is about."),
        category: id("home"),
        goal: format!("Get {name} done"),
        department: "Clerk".into(),
        audience: vec![Audience::Resident],
        keywords: vec![name.into()],
        former_ids: Vec::new(),
        asked: AskedAs::default(),
        channels: Channels {
            online_url: Some(format!("https://maple-bay.example.org/{name}")),
            phone: Some("705-555-0100".into()),
            email: Some("office@maple-bay.example.org".into()),
            in_person: true,
        },
        fees: Vec::new(),
        payments: Vec::new(),
        fee: None,
        eligibility: None,
        documents: Vec::new(),
        processing_time: None,
        steps: Vec::new(),
        tasks: Vec::new(),
        notes: None,
        basis: Basis::Details,
        inferred: Vec::new(),
        details_verified: true,
        source: verified(name),
    }
}

/// A task for one service. The service must name the task too.
pub fn task(name: &str, of: &str) -> Task {
    Task {
        id: id(name),
        name: name.replace('-', " "),
        for_residents: Some(name.replace('-', " ")),
        steps: vec!["Ask for the form.".into(), "Take the fee.".into()],
        steps_basis: Some("The by-law".into()),
        documents: Vec::new(),
        services: vec![id(of)],
        counter_evidence: Some("Seen at the counter".into()),
        counter_task_confirmed: true,
        source: verified(name),
        explains: Vec::new(),
    }
}

pub(crate) fn categories() -> Vec<Category> {
    ["water", "home"]
        .map(|name| Category {
            id: id(name),
            name: text(name),
            description: text("What it holds"),
            example_searches: vec![format!("{name} things")],
        })
        .into()
}

pub(crate) fn services() -> Vec<Service> {
    vec![
        Service {
            category: id("water"),
            audience: vec![Audience::Resident, Audience::Visitor],
            fees: vec![Fee { what: "A season".into(), cents: 1_250, from: None }],
            documents: vec!["Proof of insurance".into(), "Photo card".into()],
            tasks: vec![id("issue-boat-permit"), id("take-payment")],
            details_verified: false,
            inferred: vec![InferredField::Goal],
            ..service("boat-permit")
        },
        Service {
            former_ids: vec![id("dog-tag")],
            asked: AskedAs {
                en: vec!["my puppy needs a tag".into()],
                fr: vec!["médaille pour mon chiot".into()],
            },
            fees: vec![
                Fee { what: "Spayed or neutered".into(), cents: 2_000, from: None },
                Fee { what: "Service dog".into(), cents: 0, from: SourceDate::parse("2026") },
            ],
            payments: vec![Payment::Cash, Payment::Debit],
            steps: vec!["Bring the dog\u{2019}s papers".into()],
            eligibility: Some("Owners of dogs".into()),
            processing_time: Some("At once".into()),
            notes: Some("Every year".into()),
            documents: vec!["Vaccination record".into()],
            tasks: vec![id("issue-dog-licence"), id("take-payment")],
            ..service("dog-licence")
        },
        Service {
            audience: vec![Audience::Business],
            tasks: vec![id("inspect-kitchen")],
            ..service("food-truck")
        },
        service("marriage-licence"),
        Service {
            category: id("water"),
            channels: Channels { in_person: true, ..Channels::default() },
            ..service("swim-lessons")
        },
    ]
}

pub(crate) fn life_events() -> Vec<LifeEvent> {
    let step = |text: &str, services: &[&str]| LifeStep {
        text: text.into(),
        services: services.iter().map(|name| id(name)).collect(),
    };
    vec![LifeEvent {
        id: id("a-dog"),
        name: "Getting a dog".into(),
        summary: "What a dog needs in the first month.".into(),
        keywords: vec!["puppy".into(), "chiot".into()],
        steps: vec![
            step("Get its licence", &["dog-licence"]),
            step("Take it swimming", &["swim-lessons", "boat-permit"]),
        ],
    }]
}

pub(crate) fn tasks() -> Vec<Task> {
    vec![
        Task {
            services: vec![id("dog-licence"), id("boat-permit")],
            documents: vec!["PHOTO CARD".into(), "Invoice".into()],
            ..task("take-payment", "dog-licence")
        },
        task("issue-dog-licence", "dog-licence"),
        task("issue-boat-permit", "boat-permit"),
        Task { for_residents: None, ..task("inspect-kitchen", "food-truck") },
    ]
}
