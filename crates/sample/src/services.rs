//! Topics, services and tasks of the town.

use crate::{id, text, verified};
use domain::catalogue::{Audience, Basis, Category, Channels, InferredField, Service, Task};

/// A service of the topic `home` that counters do nothing for.
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
        channels: Channels {
            online_url: Some(format!("https://maple-bay.example.org/{name}")),
            phone: Some("705-555-0100".into()),
            email: Some("office@maple-bay.example.org".into()),
            in_person: true,
        },
        fee: None,
        eligibility: None,
        documents: Vec::new(),
        processing_time: None,
        tasks: Vec::new(),
        notes: None,
        basis: Basis::Details,
        inferred: Vec::new(),
        details_verified: true,
        source: verified(name),
    }
}

/// A task for one service, which must name it too.
pub fn task(name: &str, of: &str) -> Task {
    Task {
        id: id(name),
        name: name.replace('-', " "),
        steps: vec!["Ask for the form.".into(), "Take the fee.".into()],
        steps_basis: Some("The by-law".into()),
        documents: Vec::new(),
        services: vec![id(of)],
        counter_evidence: Some("Seen at the counter".into()),
        counter_task_confirmed: true,
        source: verified(name),
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
            fee: Some("$12.50".into()),
            documents: vec!["Proof of insurance".into(), "Photo card".into()],
            tasks: vec![id("issue-boat-permit"), id("take-payment")],
            details_verified: false,
            inferred: vec![InferredField::Goal],
            ..service("boat-permit")
        },
        Service {
            fee: Some("$20 (2026)".into()),
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

pub(crate) fn tasks() -> Vec<Task> {
    vec![
        Task {
            services: vec![id("dog-licence"), id("boat-permit")],
            documents: vec!["PHOTO CARD".into(), "Invoice".into()],
            ..task("take-payment", "dog-licence")
        },
        task("issue-dog-licence", "dog-licence"),
        task("issue-boat-permit", "boat-permit"),
        task("inspect-kitchen", "food-truck"),
    ]
}
