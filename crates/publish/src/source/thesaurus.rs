//! Checks a thesaurus.

use domain::catalogue::{CatalogueFile, Fault, Problem};
use finder::folded;
use finder::thesaurus::{Concept, Thesaurus};
use std::collections::{HashMap, HashSet};

/// All faults: duplicate ids, unknown services and locations, empty words, and words in two
/// concepts.
pub(super) fn faults_of(thesaurus: &Thesaurus, file: &CatalogueFile) -> Vec<Fault> {
    let services: HashSet<&str> = file.services.iter().map(|service| service.id.as_str()).collect();
    let hubs: HashSet<&str> = file.hubs.iter().map(|hub| hub.id.as_str()).collect();
    let mut ids = HashSet::new();
    let mut owners: HashMap<String, &str> = HashMap::new();
    let mut faults = Vec::new();
    for concept in &thesaurus.concept {
        let mut add = |field: &str, problem: Problem| {
            faults.push(Fault {
                record: format!("concept {}", concept.id),
                field: field.into(),
                problem,
            })
        };
        if !ids.insert(&concept.id) {
            add("id", Problem::DuplicateId);
        }
        for service in
            concept.services.iter().filter(|service| !services.contains(service.as_str()))
        {
            add(
                "services",
                Problem::Unknown { kind: "service", id: service.to_string(), nearest: None },
            );
        }
        for hub in concept.hubs.iter().filter(|hub| !hubs.contains(hub.as_str())) {
            add("hubs", Problem::Unknown { kind: "hub", id: hub.to_string(), nearest: None });
        }
        for (field, word) in words_of(concept) {
            if word.trim().is_empty() {
                add(field, Problem::Empty);
            } else if let Some(other) =
                owners.insert(folded(word), &concept.id).filter(|other| *other != concept.id)
            {
                add(field, meant_twice(word, other));
            }
        }
    }
    faults
}

fn words_of(concept: &Concept) -> impl Iterator<Item = (&'static str, &str)> {
    let english = concept.en.iter().map(|word| ("en", word.as_str()));
    english.chain(concept.fr.iter().map(|word| ("fr", word.as_str())))
}

fn meant_twice(word: &str, other: &str) -> Problem {
    Problem::Other {
        what: format!("“{word}” is a synonym in concept {other} already"),
        remedy: "leave it in one of the two, or move it to also_en or also_fr in both".into(),
    }
}
