//! The catalogue: everything that the municipality publishes, with every reference resolved.
//!
//! A [`CatalogueFile`] is what people wrote. [`Catalogue::check`] turns it into a [`Catalogue`] or
//! says all that is wrong with it; nothing else makes one.

mod bundle;
mod check;
mod fault;
mod records;

pub use bundle::NotWritable;
pub(crate) use bundle::{Columnar, Columns};
pub use fault::{Fault, Problem};
pub use records::*;

use crate::alert::Alert;
use crate::hours::Holiday;
use crate::ids::{CategoryId, FacilityId, HubId, ServiceId, TaskId, TerminalId};
use crate::municipality::Municipality;
use crate::place::{Place, Position};
use crate::provenance::Provenance;
use crate::survey::Survey;
use crate::terminal::Terminal;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// The catalogue as written, not yet checked. It is also what a published bundle carries, checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CatalogueFile {
    /// Grows with each publication.
    pub version: u32,
    /// The day it was put together, as `2026-11-23`.
    pub published_on: crate::hours::Date,
    pub municipality: Municipality,
    pub categories: Vec<Category>,
    pub services: Vec<Service>,
    pub tasks: Vec<Task>,
    pub facilities: Vec<Facility>,
    pub hubs: Vec<Hub>,
    pub holidays: Vec<Holiday>,
    pub recurring_closures: Vec<RecurringClosure>,
    pub survey: Survey,
    pub elsewhere: Vec<Elsewhere>,
    /// Communities beyond those with a hub.
    pub places: Vec<Place>,
    pub alerts: Vec<Alert>,
    pub terminals: Vec<Terminal>,
}

/// A checked catalogue: ids are unique, references resolve, tasks and hubs stand in order of id, services by
/// topic and source, so that what is alike travels side by side (categories, holidays and questions in the order
/// written). Immutable; share it by `Arc`.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    file: CatalogueFile,
}

impl Catalogue {
    /// Checks everything and reports *all* faults, not the first.
    pub fn check(mut file: CatalogueFile) -> Result<Self, Vec<Fault>> {
        let faults = check::faults_of(&file);
        if !faults.is_empty() {
            return Err(faults);
        }
        let likeness = |service: &Service| {
            (service.category.clone(), service.source.url.clone(), service.id.clone())
        };
        file.services.sort_by_cached_key(likeness);
        file.tasks.sort_by(|a, b| a.id.cmp(&b.id));
        file.hubs.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self { file })
    }

    /// A catalogue that [`Catalogue::check`] has let out before: what a publisher bundled under a hash that
    /// the reader has compared. Checking it again at every start would cost the app 20 KB and find nothing.
    pub fn published(file: CatalogueFile) -> Self {
        Self { file }
    }

    /// Without what no screen of a device shows: words that are in the finder's index, and the editors' notes to themselves.
    /// It saves a visitor 6 KB of 38.
    pub fn for_devices(&self) -> Self {
        let mut file = self.file.clone();
        file.categories.iter_mut().for_each(|category| category.example_searches.clear());
        for service in &mut file.services {
            service.keywords.clear();
            service.inferred.clear();
            service.goal.clear();
        }
        for task in &mut file.tasks {
            // A screen leads from a task to one service; the other way the service names its tasks.
            task.services.truncate(1);
            task.counter_evidence = None;
        }
        let services = file.services.iter_mut().map(|service| &mut service.source);
        let tasks = file.tasks.iter_mut().map(|task| &mut task.source);
        services
            .chain(tasks)
            .chain(file.hubs.iter_mut().map(|hub| &mut hub.source))
            .for_each(Provenance::shorten);
        file.holidays.iter_mut().for_each(|holiday| holiday.evidence = None);
        file.places.iter_mut().for_each(|place| place.source = Provenance::default());
        Self { file }
    }

    /// What a publisher writes: the checked records, in order.
    pub fn file(&self) -> &CatalogueFile {
        &self.file
    }

    pub fn version(&self) -> u32 {
        self.file.version
    }

    pub fn published_on(&self) -> crate::hours::Date {
        self.file.published_on
    }

    pub fn municipality(&self) -> &Municipality {
        &self.file.municipality
    }

    pub fn survey(&self) -> &Survey {
        &self.file.survey
    }

    pub fn categories(&self) -> &[Category] {
        &self.file.categories
    }

    /// By topic and source.
    pub fn services(&self) -> &[Service] {
        &self.file.services
    }

    /// In order of id.
    pub fn tasks(&self) -> &[Task] {
        &self.file.tasks
    }

    /// In order of id.
    pub fn hubs(&self) -> &[Hub] {
        &self.file.hubs
    }

    pub fn holidays(&self) -> &[Holiday] {
        &self.file.holidays
    }

    pub fn facilities(&self) -> &[Facility] {
        &self.file.facilities
    }

    pub fn alerts(&self) -> &[Alert] {
        &self.file.alerts
    }

    /// Every name that says where somebody is, with where that is: communities, their other spellings, and towns with a hub.
    pub fn place_names(&self) -> Vec<(&str, Position)> {
        let mut names: Vec<(&str, Position)> = Vec::new();
        for hub in self.hubs() {
            if !names.iter().any(|(name, _)| *name == hub.town) {
                names.push((&hub.town, hub.point.position()));
            }
        }
        for place in &self.file.places {
            names.push((&place.name, place.position()));
            names.extend(place.also.iter().map(|name| (name.as_str(), place.position())));
        }
        names
    }

    pub fn elsewhere(&self) -> &[Elsewhere] {
        &self.file.elsewhere
    }

    pub fn recurring_closures(&self) -> &[RecurringClosure] {
        &self.file.recurring_closures
    }

    pub fn service(&self, id: &ServiceId) -> Option<&Service> {
        self.file.services.iter().find(|service| service.id == *id)
    }

    pub fn task(&self, id: &TaskId) -> Option<&Task> {
        self.file.tasks.iter().find(|task| task.id == *id)
    }

    pub fn hub(&self, id: &HubId) -> Option<&Hub> {
        self.file.hubs.iter().find(|hub| hub.id == *id)
    }

    pub fn terminal(&self, id: &TerminalId) -> Option<&Terminal> {
        self.file.terminals.iter().find(|terminal| terminal.id == *id)
    }

    pub fn category(&self, id: &CategoryId) -> Option<&Category> {
        self.file.categories.iter().find(|category| category.id == *id)
    }

    pub fn facility(&self, id: &FacilityId) -> Option<&Facility> {
        self.file.facilities.iter().find(|facility| facility.id == *id)
    }

    pub fn holiday(&self, id: &crate::ids::HolidayId) -> Option<&Holiday> {
        self.file.holidays.iter().find(|holiday| holiday.id == *id)
    }

    /// The services of a topic, in order of name.
    pub fn services_in(&self, category: &CategoryId) -> Vec<&Service> {
        self.services_by_name()
            .into_iter()
            .filter(|service| service.category == *category)
            .collect()
    }

    pub fn services_by_name(&self) -> Vec<&Service> {
        let services = self.services();
        let in_order = order_of(services.len(), &|a, b| services[a].name.cmp(&services[b].name));
        in_order.into_iter().map(|at| &services[at]).collect()
    }

    /// The tasks that a counter does for a service.
    pub fn tasks_of<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = &'a Task> {
        service.tasks.iter().filter_map(|id| self.task(id))
    }

    /// The tasks that a hub's counter does.
    pub fn tasks_at<'a>(&'a self, hub: &'a Hub) -> impl Iterator<Item = &'a Task> {
        hub.tasks.iter().filter_map(|id| self.task(id))
    }

    /// The hubs whose counter does at least one task of a service.
    pub fn hubs_for<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = &'a Hub> {
        self.hubs().iter().filter(|hub| hub.tasks.iter().any(|task| service.tasks.contains(task)))
    }

    /// Other services that share a task or, failing that, the topic; at most `most`.
    pub fn related_to(&self, service: &Service, most: usize) -> Vec<&Service> {
        let shares_task =
            |other: &&Service| other.tasks.iter().any(|task| service.tasks.contains(task));
        let same_topic =
            |other: &&Service| other.category == service.category && !shares_task(other);
        let others = || self.services().iter().filter(|other| other.id != service.id);
        others().filter(shares_task).chain(others().filter(same_topic)).take(most).collect()
    }
}

/// The places 0 to `count` in the order of a comparison; equals keep theirs. One sort for all types, and by a
/// heap: each sort of a type of its own costs the app 4 KB.
pub fn order_of(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let ranked: BinaryHeap<Ranked<'_>> = (0..count).map(|at| Ranked { at, compare }).collect();
    ranked.into_sorted_vec().into_iter().map(|ranked| ranked.at).collect()
}

struct Ranked<'a> {
    at: usize,
    compare: &'a dyn Fn(usize, usize) -> Ordering,
}

impl Ord for Ranked<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.compare)(self.at, other.at).then(self.at.cmp(&other.at))
    }
}

impl PartialOrd for Ranked<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ranked<'_> {}
