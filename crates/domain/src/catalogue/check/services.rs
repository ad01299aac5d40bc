//! Checks of topics, services and tasks.

use super::{Faults, Problem};
use crate::catalogue::{CatalogueFile, Service, Task};

/// Fewest and most steps of a task: fewer explain nothing, more are two tasks.
const STEPS: (usize, usize) = (2, 12);
/// Fewest and most steps of a life event: a page that a person reads in one go.
const LIFE_STEPS: (usize, usize) = (2, 12);
/// Fewest and most keywords of a service.
const KEYWORDS: (usize, usize) = (1, 40);

pub(super) fn check_categories(file: &CatalogueFile, faults: &mut Faults) {
    faults.unique("category", file.categories.iter().map(|category| &category.id));
    for category in &file.categories {
        let record = format!("category {}", category.id);
        faults.bilingual(&record, "name", &category.name);
        faults.bilingual(&record, "description", &category.description);
        if !file.services.iter().any(|service| service.category == category.id) {
            faults.other(
                &record,
                "id",
                "no service is in this topic",
                "put a service in it, or take it out",
            );
        }
    }
}

pub(super) fn check_services(file: &CatalogueFile, faults: &mut Faults) {
    let ids = file
        .services
        .iter()
        .flat_map(|service| std::iter::once(&service.id).chain(&service.former_ids));
    faults.unique("service", ids);
    let categories: Vec<_> = file.categories.iter().map(|category| &category.id).collect();
    let tasks: Vec<_> = file.tasks.iter().map(|task| &task.id).collect();
    for service in &file.services {
        let record = format!("service {}", service.id);
        faults.known(&record, "category", "category", &service.category, &categories);
        for task in &service.tasks {
            faults.known(&record, "tasks", "task", task, &tasks);
        }
        check_service_texts(service, &record, faults);
        check_service_trust(service, &record, faults);
        check_named_back(file, service, &record, faults);
    }
}

fn check_service_texts(service: &Service, record: &str, faults: &mut Faults) {
    for (field, text) in [
        ("name", &service.name),
        ("summary", &service.summary),
        ("department", &service.department),
        ("goal", &service.goal),
    ] {
        faults.filled(record, field, text);
    }
    let optional = [
        ("fee", &service.fee),
        ("eligibility", &service.eligibility),
        ("processing_time", &service.processing_time),
        ("notes", &service.notes),
    ];
    for (field, text) in optional {
        faults.optional(record, field, text.as_ref());
    }
    for (field, texts) in [
        ("keywords", &service.keywords),
        ("documents", &service.documents),
        ("steps", &service.steps),
        ("asked.en", &service.asked.en),
        ("asked.fr", &service.asked.fr),
    ] {
        texts.iter().for_each(|text| faults.filled(record, field, text));
    }
    service.fees.iter().for_each(|fee| faults.filled(record, "fees", &fee.what));
    faults.count(record, "keywords", service.keywords.len(), KEYWORDS.0, KEYWORDS.1);
    faults.count(record, "audience", service.audience.len(), 1, 3);
    faults.address(record, "channels.online_url", service.channels.online_url.as_ref());
    faults.phone(record, "channels.phone", service.channels.phone.as_ref());
    faults.email(record, "channels.email", service.channels.email.as_ref());
}

fn check_service_trust(service: &Service, record: &str, faults: &mut Faults) {
    faults.source(record, &service.source);
    if service.details_verified && !service.source.verified {
        faults.other(
            record,
            "details_verified",
            "the details are verified but the record is not",
            "set details_verified = false, or verify the source",
        );
    }
    let has_channel = service.channels.online_url.is_some()
        || service.channels.phone.is_some()
        || service.channels.email.is_some()
        || service.channels.in_person;
    if !has_channel {
        faults.other(
            record,
            "channels",
            "there is no way to reach it",
            "give a phone, an address, or in_person = true",
        );
    }
}

fn check_named_back(file: &CatalogueFile, service: &Service, record: &str, faults: &mut Faults) {
    let one_sided = file
        .tasks
        .iter()
        .filter(|task| service.tasks.contains(&task.id) && !task.services.contains(&service.id));
    for task in one_sided {
        let other = format!("task {}", task.id);
        if task.explains.contains(&service.id) {
            let what = format!("{other} only explains this service");
            faults.other(record, "tasks", what, "take the task out here");
        } else {
            faults.add(record, "tasks", Problem::OneSided { other });
        }
    }
}

pub(super) fn check_tasks(file: &CatalogueFile, faults: &mut Faults) {
    faults.unique("task", file.tasks.iter().map(|task| &task.id));
    let services: Vec<_> = file.services.iter().map(|service| &service.id).collect();
    for task in &file.tasks {
        let record = format!("task {}", task.id);
        for service in &task.services {
            faults.known(&record, "services", "service", service, &services);
        }
        for service in &task.explains {
            faults.known(&record, "explains", "service", service, &services);
            if task.services.contains(service) {
                let what = format!("service {service} is in services too");
                faults.other(&record, "explains", what, "keep it in one of the two");
            }
        }
        check_task(task, &record, faults);
        let one_sided = file.services.iter().filter(|service| {
            task.services.contains(&service.id) && !service.tasks.contains(&task.id)
        });
        for service in one_sided {
            faults.add(
                &record,
                "services",
                Problem::OneSided { other: format!("service {}", service.id) },
            );
        }
    }
}

pub(super) fn check_life_events(file: &CatalogueFile, faults: &mut Faults) {
    faults.unique("life_event", file.life_events.iter().map(|event| &event.id));
    let services: Vec<_> = file.services.iter().map(|service| &service.id).collect();
    for event in &file.life_events {
        let record = format!("life_event {}", event.id);
        for (field, text) in [("name", &event.name), ("summary", &event.summary)] {
            faults.filled(&record, field, text);
        }
        faults.count(&record, "step", event.steps.len(), LIFE_STEPS.0, LIFE_STEPS.1);
        for step in &event.steps {
            faults.filled(&record, "step.text", &step.text);
            for service in &step.services {
                faults.known(&record, "step.services", "service", service, &services);
            }
        }
    }
}

fn check_task(task: &Task, record: &str, faults: &mut Faults) {
    faults.filled(record, "name", &task.name);
    faults.optional(record, "for_residents", task.for_residents.as_ref());
    faults.count(record, "steps", task.steps.len(), STEPS.0, STEPS.1);
    faults.count(record, "services", task.all_services().count(), 1, usize::MAX);
    for (field, texts) in [("steps", &task.steps), ("documents", &task.documents)] {
        texts.iter().for_each(|text| faults.filled(record, field, text));
    }
    faults.source(record, &task.source);
}
