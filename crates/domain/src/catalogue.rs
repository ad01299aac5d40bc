//! The catalogue (service directory): everything that the municipality publishes, with every
//! reference resolved.
//!
//! A [`CatalogueFile`] is what people wrote. [`Catalogue::check`] turns it into a [`Catalogue`] or
//! reports every fault in it. Unchecked data must never become a [`Catalogue`].

mod bundle;
mod check;
mod fault;
mod records;
mod translation;

pub use bundle::NotWritable;
pub(crate) use bundle::{Columnar, Columns};
pub use fault::{Fault, Problem};
pub use records::*;
pub use translation::{TranslationGaps, Translations};

use crate::alert::Alert;
use crate::hours::Holiday;
use crate::ids::{CategoryId, FacilityId, HubId, LifeEventId, ServiceId, TaskId, TerminalId};
use crate::municipality::Municipality;
use crate::place::{Place, Position};
use crate::provenance::Provenance;
use crate::survey::Survey;
use crate::terminal::Terminal;
use crate::text::folded;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// The catalogue as written, not yet checked. A published bundle contains the same records,
/// checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CatalogueFile {
    /// Grows with each publication.
    pub version: u32,
    /// Day on which this version was compiled, as in `2026-11-23`.
    pub published_on: crate::hours::Date,
    /// The municipality that publishes the catalogue.
    pub municipality: Municipality,
    /// Topics, in the order in which they are shown.
    pub categories: Vec<Category>,
    /// Services that residents can look up.
    pub services: Vec<Service>,
    /// What counters do.
    pub tasks: Vec<Task>,
    /// Kinds of locations.
    pub facilities: Vec<Facility>,
    /// Locations with a counter.
    pub hubs: Vec<Hub>,
    /// Holidays, in the order written.
    pub holidays: Vec<Holiday>,
    /// Closures that recur by the calendar.
    pub recurring_closures: Vec<RecurringClosure>,
    /// The survey that residents are asked to answer.
    pub survey: Survey,
    /// What another government or company does.
    pub elsewhere: Vec<ServedElsewhere>,
    /// Communities beyond those with a location.
    pub places: Vec<Place>,
    /// Urgent notices.
    pub alerts: Vec<Alert>,
    /// Public terminals.
    pub terminals: Vec<Terminal>,
    /// What happens in a life, in the order shown.
    pub life_events: Vec<LifeEvent>,
    /// Files of the same edition with its texts in other languages. Empty before it is bundled.
    #[serde(default)]
    pub translations: Vec<TranslationFile>,
}

/// A checked catalogue: ids are unique and references resolve. Tasks and hubs are in order of id;
/// services are ordered by topic and source, so that similar records lie side by side and compress
/// well; categories, holidays and questions keep the order in which they were written. Immutable;
/// share it in an `Arc`.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    file: CatalogueFile,
    /// Texts that are still English in a translated catalogue.
    untranslated: Vec<String>,
}

impl Catalogue {
    /// Checks every record. Returns *all* faults, not only the first.
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
        Ok(Self::published(file))
    }

    /// Wraps a catalogue that has passed [`Catalogue::check`] before: one that a publisher bundled
    /// under a hash that the caller has compared. Checking it again at every start would add 20 KB
    /// to the app and find nothing.
    pub fn published(file: CatalogueFile) -> Self {
        Self { file, untranslated: Vec::new() }
    }

    /// Returns a copy without what no screen of a device shows: words that are in the finder's
    /// index, and the editors' own notes. This saves a visitor 6 KB of 38.
    pub fn for_devices(&self) -> Self {
        let mut file = self.file.clone();
        file.categories.iter_mut().for_each(|category| category.example_searches.clear());
        for service in &mut file.services {
            service.keywords.clear();
            service.asked = AskedAs::default();
            service.inferred.clear();
            service.goal.clear();
        }
        for task in &mut file.tasks {
            // A screen links from a task to one service; in the other direction, the service names
            // its tasks. It does not name those that only explain it: `tasks_of` finds them here.
            task.services.truncate(1);
            task.services.append(&mut task.explains);
            task.counter_evidence = None;
        }
        let services = file.services.iter_mut().map(|service| &mut service.source);
        let tasks = file.tasks.iter_mut().map(|task| &mut task.source);
        services
            .chain(tasks)
            .chain(file.hubs.iter_mut().map(|hub| &mut hub.source))
            .for_each(Provenance::shorten);
        file.holidays.iter_mut().for_each(|holiday| holiday.evidence = None);
        file.life_events.iter_mut().for_each(|event| event.keywords.clear());
        file.places.iter_mut().for_each(|place| place.source = Provenance::default());
        Self { file, untranslated: self.untranslated.clone() }
    }

    /// The checked records, in order, as a publisher writes them.
    pub fn file(&self) -> &CatalogueFile {
        &self.file
    }

    /// Version of the catalogue; it grows with each publication.
    pub fn version(&self) -> u32 {
        self.file.version
    }

    /// Day on which this version was compiled.
    pub fn published_on(&self) -> crate::hours::Date {
        self.file.published_on
    }

    /// The municipality that publishes the catalogue.
    pub fn municipality(&self) -> &Municipality {
        &self.file.municipality
    }

    /// The survey that residents are asked to answer.
    pub fn survey(&self) -> &Survey {
        &self.file.survey
    }

    /// Topics, in the order in which they are shown.
    pub fn categories(&self) -> &[Category] {
        &self.file.categories
    }

    /// All services, ordered by topic and source.
    pub fn services(&self) -> &[Service] {
        &self.file.services
    }

    /// All tasks, in order of id.
    pub fn tasks(&self) -> &[Task] {
        &self.file.tasks
    }

    /// All locations, in order of id.
    pub fn hubs(&self) -> &[Hub] {
        &self.file.hubs
    }

    /// All holidays, in the order written.
    pub fn holidays(&self) -> &[Holiday] {
        &self.file.holidays
    }

    /// All kinds of locations, in the order written.
    pub fn facilities(&self) -> &[Facility] {
        &self.file.facilities
    }

    /// Urgent notices, including those that are over or have not begun.
    pub fn alerts(&self) -> &[Alert] {
        &self.file.alerts
    }

    /// Every name by which a person can say where they are, with its position: towns with a
    /// location, communities, and their other spellings.
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

    /// The place of the first postal code in a text: the town of the locations with that code. In a
    /// town with codes of its own (the second character is not 0), the first three characters are
    /// enough. `None` if no location has them, or if those that do are in different towns.
    pub fn place_with_postal_code(&self, text: &str) -> Option<(&str, Position)> {
        let code = postal_code_in(text)?;
        let town_with = |length: usize| {
            let begins = |hub: &&Hub| {
                let own = hub.postal_code.as_deref().and_then(postal_code_in);
                own.is_some_and(|own| own[..length] == code[..length])
            };
            let mut hubs = self.hubs().iter().filter(begins);
            let first = hubs.next()?;
            hubs.all(|hub| hub.town == first.town).then_some(first)
        };
        let is_rural = code[1] == b'0';
        let hub = town_with(code.len()).or_else(|| if is_rural { None } else { town_with(3) })?;
        Some((&hub.town, hub.point.position()))
    }

    /// What another government or company does.
    pub fn elsewhere(&self) -> &[ServedElsewhere] {
        &self.file.elsewhere
    }

    /// Closures that recur by the calendar.
    pub fn recurring_closures(&self) -> &[RecurringClosure] {
        &self.file.recurring_closures
    }

    /// The service with this id, or the one that such a record was merged into; `None` if there is
    /// none.
    pub fn service(&self, id: &ServiceId) -> Option<&Service> {
        let services = || self.file.services.iter();
        services()
            .find(|service| service.id == *id)
            .or_else(|| services().find(|service| service.former_ids.contains(id)))
    }

    /// What happens in a life, in the order shown.
    pub fn life_events(&self) -> &[LifeEvent] {
        &self.file.life_events
    }

    /// The life event with this id; `None` if there is none.
    pub fn life_event(&self, id: &LifeEventId) -> Option<&LifeEvent> {
        self.file.life_events.iter().find(|event| event.id == *id)
    }

    /// The task with this id; `None` if there is no such task.
    pub fn task(&self, id: &TaskId) -> Option<&Task> {
        self.file.tasks.iter().find(|task| task.id == *id)
    }

    /// The location with this id; `None` if there is no such location.
    pub fn hub(&self, id: &HubId) -> Option<&Hub> {
        self.file.hubs.iter().find(|hub| hub.id == *id)
    }

    /// The public terminal with this id; `None` if there is no such terminal.
    pub fn terminal(&self, id: &TerminalId) -> Option<&Terminal> {
        self.file.terminals.iter().find(|terminal| terminal.id == *id)
    }

    /// The topic with this id; `None` if there is no such topic.
    pub fn category(&self, id: &CategoryId) -> Option<&Category> {
        self.file.categories.iter().find(|category| category.id == *id)
    }

    /// The kind of location with this id; `None` if there is no such kind.
    pub fn facility(&self, id: &FacilityId) -> Option<&Facility> {
        self.file.facilities.iter().find(|facility| facility.id == *id)
    }

    /// The holiday with this id; `None` if there is no such holiday.
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

    /// All services, in order of name: É with E, œ with oe.
    pub fn services_by_name(&self) -> Vec<&Service> {
        let services = self.services();
        let names: Vec<String> = services.iter().map(|service| folded(&service.name)).collect();
        let in_order = order_of(services.len(), &|a, b| names[a].cmp(&names[b]));
        in_order.into_iter().map(|at| &services[at]).collect()
    }

    /// The tasks that counters do for a service, then those that only explain it.
    pub fn tasks_of<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = &'a Task> {
        let explaining = self.tasks().iter().filter(|task| {
            !service.tasks.contains(&task.id) && task.all_services().any(|id| *id == service.id)
        });
        service.tasks.iter().filter_map(|id| self.task(id)).chain(explaining)
    }

    /// The tasks that a location's counter does.
    pub fn tasks_at<'a>(&'a self, hub: &'a Hub) -> impl Iterator<Item = &'a Task> {
        hub.tasks.iter().filter_map(|id| self.task(id))
    }

    /// The locations whose counter does at least one task of a service. A counter that only
    /// explains the service is none of them.
    pub fn hubs_for<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = &'a Hub> {
        self.hubs().iter().filter(|hub| hub.tasks.iter().any(|task| service.tasks.contains(task)))
    }

    /// Other services that share a task with `service`, then others of the same topic; at most
    /// `most`.
    pub fn related_to(&self, service: &Service, most: usize) -> Vec<&Service> {
        let shares_task =
            |other: &&Service| other.tasks.iter().any(|task| service.tasks.contains(task));
        let same_topic =
            |other: &&Service| other.category == service.category && !shares_task(other);
        let others = || self.services().iter().filter(|other| other.id != service.id);
        others().filter(shares_task).chain(others().filter(same_topic)).take(most).collect()
    }
}

/// Returns the indexes 0 to `count` (exclusive) in the order of a comparison; equal items keep
/// their order. One sort, by a heap, serves all types: a sort for each type would cost the app 4 KB
/// each.
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
/// The first Canadian postal code in a text, in capitals and without its space: letter, digit,
/// letter, digit, letter, digit.
fn postal_code_in(text: &str) -> Option<[u8; 6]> {
    let marks: Vec<u8> = text
        .bytes()
        .filter(|byte| !matches!(byte, b' ' | b'-'))
        .map(|byte| byte.to_ascii_uppercase())
        .collect();
    let is_code = |code: &[u8]| {
        let is_right = |(at, mark): (usize, &u8)| match at % 2 {
            0 => mark.is_ascii_uppercase(),
            _ => mark.is_ascii_digit(),
        };
        code.iter().enumerate().all(is_right)
    };
    marks.windows(6).find(|code| is_code(code))?.try_into().ok()
}
