//! Checks a catalogue and reports all of its faults at once.

mod hubs;
mod municipality;
mod services;
mod survey;
mod text;

use super::{CatalogueFile, Fault, Problem};
use crate::terminal::{BORROWED, IDLE_S_MAX, IDLE_S_MIN};
use std::collections::BTreeSet;
use std::fmt::Display;

pub(super) fn faults_of(file: &CatalogueFile) -> Vec<Fault> {
    let mut faults = Faults::new(file);
    municipality::check(file, &mut faults);
    services::check_categories(file, &mut faults);
    services::check_services(file, &mut faults);
    services::check_tasks(file, &mut faults);
    services::check_life_events(file, &mut faults);
    hubs::check_holidays(file, &mut faults);
    hubs::check_facilities(file, &mut faults);
    hubs::check_hubs(file, &mut faults);
    hubs::check_closures(file, &mut faults);
    hubs::check_places(file, &mut faults);
    check_alerts(file, &mut faults);
    check_terminals(file, &mut faults);
    survey::check(&file.survey, &mut faults);
    faults.found
}

fn check_alerts(file: &CatalogueFile, faults: &mut Faults) {
    for (at, alert) in file.alerts.iter().enumerate() {
        let record = format!("alert {}", at + 1);
        faults.bilingual(&record, "text", &alert.text);
        faults.address(&record, "url", alert.url.as_ref());
        if alert.until <= alert.from {
            faults.other(
                &record,
                "until",
                format!("it ends at {}, before it begins", alert.until),
                "write the first moment at which it is no longer true",
            );
        }
    }
}

fn check_terminals(file: &CatalogueFile, faults: &mut Faults) {
    faults.unique("terminal", file.terminals.iter().map(|terminal| &terminal.id));
    let hubs: Vec<_> = file.hubs.iter().map(|hub| &hub.id).collect();
    for terminal in &file.terminals {
        let record = format!("terminal {}", terminal.id);
        if terminal.id.as_str() == BORROWED {
            faults.other(&record, "id", "the app itself uses this name", "choose another");
        }
        faults.known(&record, "hub", "hub", &terminal.hub, &hubs);
        faults.count(&record, "languages", terminal.languages.len(), 1, 2);
        if let Some(language) = terminal
            .languages
            .iter()
            .find(|language| !file.municipality.languages.contains(language))
        {
            faults.other(
                &record,
                "languages",
                format!("the municipality does not offer “{}”", language.tag()),
                "take it out",
            );
        }
        if !(IDLE_S_MIN..=IDLE_S_MAX).contains(&terminal.idle_s) {
            faults.other(
                &record,
                "idle_s",
                format!("{} seconds", terminal.idle_s),
                format!("use {IDLE_S_MIN} to {IDLE_S_MAX}"),
            );
        }
    }
}

/// Collects faults. Knows whether the municipality offers French.
struct Faults {
    found: Vec<Fault>,
    needs_french: bool,
}

impl Faults {
    fn new(file: &CatalogueFile) -> Self {
        let needs_french = file.municipality.languages.contains(&crate::text::Language::French);
        Self { found: Vec::new(), needs_french }
    }

    fn add(&mut self, record: &str, field: &str, problem: Problem) {
        self.found.push(Fault::new(record, field, problem));
    }

    fn other(
        &mut self,
        record: &str,
        field: &str,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(record, field, Problem::Other { what: what.into(), remedy: remedy.into() });
    }

    /// Adds a fault for every id that occurs more than once.
    fn unique<T: Ord + Display>(&mut self, kind: &str, ids: impl Iterator<Item = T>) {
        let mut seen = BTreeSet::new();
        for id in ids {
            let record = format!("{kind} {id}");
            if !seen.insert(id) {
                self.add(&record, "id", Problem::DuplicateId);
            }
        }
    }

    /// Adds a fault if no record of the kind has the id.
    fn known<T: PartialEq + Display>(
        &mut self,
        record: &str,
        field: &str,
        kind: &'static str,
        id: &T,
        all: &[&T],
    ) {
        if !all.contains(&id) {
            let wanted = id.to_string();
            let nearest = text::nearest(&wanted, all.iter().map(ToString::to_string));
            self.add(record, field, Problem::Unknown { kind, id: wanted, nearest });
        }
    }

    fn count(&mut self, record: &str, field: &str, is: usize, least: usize, most: usize) {
        if !(least..=most).contains(&is) {
            self.add(record, field, Problem::Count { is, least, most });
        }
    }
}
