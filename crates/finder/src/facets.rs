//! Narrowing what was found: by topic, audience, way and hub, with how many each choice would leave.

use crate::catalogue::{Record, record_at};
use domain::Catalogue;
use domain::catalogue::{Audience, Service};
use domain::{CategoryId, HubId};

/// How somebody wants to get it done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Online,
    Phone,
    InPerson,
}

impl Way {
    pub const ALL: [Way; 3] = [Way::Online, Way::Phone, Way::InPerson];
}

/// What was chosen; nothing chosen lets everything through. A hub has no topic, audience or way of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    pub topic: Option<CategoryId>,
    pub audience: Option<Audience>,
    pub way: Option<Way>,
    pub hub: Option<HubId>,
}

impl Filter {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub fn allows(&self, catalogue: &Catalogue, document: u32) -> bool {
        match record_at(catalogue, document) {
            Some(Record::Service(service)) => self.misses(catalogue, service).is_empty(),
            Some(Record::Hub(hub)) => {
                Filter { hub: self.hub.clone().filter(|wanted| *wanted != hub.id), ..self.clone() }
                    .is_empty()
            }
            None => false,
        }
    }

    /// The facets, by their number, that keep a service out.
    fn misses(&self, catalogue: &Catalogue, service: &Service) -> Vec<usize> {
        let is_at = |hub: &HubId| catalogue.hubs_for(service).any(|other| other.id == *hub);
        let has = [
            self.topic.as_ref().is_none_or(|topic| *topic == service.category),
            self.audience.is_none_or(|audience| service.audience.contains(&audience)),
            self.way.is_none_or(|way| offers(service, way)),
            self.hub.as_ref().is_none_or(is_at),
        ];
        (0..has.len()).filter(|&facet| !has[facet]).collect()
    }
}

fn offers(service: &Service, way: Way) -> bool {
    match way {
        Way::Online => service.channels.online_url.is_some(),
        Way::Phone => service.channels.phone.is_some(),
        Way::InPerson => service.channels.in_person,
    }
}

/// How many services each choice of each facet would leave, the other facets as they are chosen. In the order of the catalogue's
/// categories and hubs, of [`AUDIENCES`] and of [`Way::ALL`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    pub topics: Vec<usize>,
    pub audiences: Vec<usize>,
    pub ways: Vec<usize>,
    pub hubs: Vec<usize>,
}

pub const AUDIENCES: [Audience; 3] = [Audience::Resident, Audience::Business, Audience::Visitor];

impl Counts {
    pub fn of(
        catalogue: &Catalogue,
        filter: &Filter,
        documents: impl Iterator<Item = u32>,
    ) -> Self {
        let mut counts = Self {
            topics: vec![0; catalogue.categories().len()],
            audiences: vec![0; AUDIENCES.len()],
            ways: vec![0; Way::ALL.len()],
            hubs: vec![0; catalogue.hubs().len()],
        };
        for document in documents {
            if let Some(Record::Service(service)) = record_at(catalogue, document) {
                counts.add(catalogue, filter, service);
            }
        }
        counts
    }

    fn add(&mut self, catalogue: &Catalogue, filter: &Filter, service: &Service) {
        let misses = filter.misses(catalogue, service);
        let counts_for = |facet: usize| misses.iter().all(|&missed| missed == facet);
        if counts_for(0) {
            raise(
                &mut self.topics,
                catalogue.categories().iter().map(|topic| topic.id == service.category),
            );
        }
        if counts_for(1) {
            raise(
                &mut self.audiences,
                AUDIENCES.iter().map(|audience| service.audience.contains(audience)),
            );
        }
        if counts_for(2) {
            raise(&mut self.ways, Way::ALL.iter().map(|&way| offers(service, way)));
        }
        if counts_for(3) {
            let at = |hub: &domain::catalogue::Hub| {
                hub.tasks.iter().any(|task| service.tasks.contains(task))
            };
            raise(&mut self.hubs, catalogue.hubs().iter().map(at));
        }
    }
}

fn raise(counts: &mut [usize], has: impl Iterator<Item = bool>) {
    counts.iter_mut().zip(has).for_each(|(count, has)| *count += usize::from(has));
}
