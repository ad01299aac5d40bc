//! Filters for search results: by topic, audience, channel and location, with the number of results
//! that each choice would leave.

use crate::catalogue::{IndexedRecord, record_at};
use domain::Catalogue;
use domain::catalogue::{Audience, Service};
use domain::{CategoryId, HubId};

/// How a person wants to use a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FacetWay {
    /// Online.
    Online,
    /// By phone.
    Phone,
    /// At a counter.
    InPerson,
}

impl FacetWay {
    /// All channels, in the order of [`Counts::ways`].
    pub const ALL: [FacetWay; 3] = [FacetWay::Online, FacetWay::Phone, FacetWay::InPerson];
}

/// The chosen filters. Without any, everything passes. A location has no topic, audience or channel
/// of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FacetFilter {
    /// Only services of this topic.
    pub topic: Option<CategoryId>,
    /// Only services for this audience.
    pub audience: Option<Audience>,
    /// Only services that can be used in this way.
    pub way: Option<FacetWay>,
    /// Only services that this location has a task for, and the location itself.
    pub hub: Option<HubId>,
}

impl FacetFilter {
    /// Whether nothing is chosen.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a document passes every filter. False if there is no such document.
    pub fn allows(&self, catalogue: &Catalogue, document: u32) -> bool {
        match record_at(catalogue, document) {
            Some(IndexedRecord::Service(service)) => self.misses(catalogue, service).is_empty(),
            Some(IndexedRecord::Hub(hub)) => FacetFilter {
                hub: self.hub.clone().filter(|wanted| *wanted != hub.id),
                ..self.clone()
            }
            .is_empty(),
            None => false,
        }
    }

    /// The facets, by index, that exclude a service.
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

fn offers(service: &Service, way: FacetWay) -> bool {
    match way {
        FacetWay::Online => service.channels.online_url.is_some(),
        FacetWay::Phone => service.channels.phone.is_some(),
        FacetWay::InPerson => service.channels.in_person,
    }
}

/// How many services each choice of each facet would leave, if the other facets stay as they are
/// chosen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// By topic, in the order of [`Catalogue::categories`].
    pub topics: Vec<usize>,
    /// By audience, in the order of [`AUDIENCES`].
    pub audiences: Vec<usize>,
    /// By channel, in the order of [`FacetWay::ALL`].
    pub ways: Vec<usize>,
    /// By location, in the order of [`Catalogue::hubs`].
    pub hubs: Vec<usize>,
}

/// All audiences, in the order of [`Counts::audiences`].
pub const AUDIENCES: [Audience; 3] = [Audience::Resident, Audience::Business, Audience::Visitor];

impl Counts {
    /// Counts the services among `documents`; other documents are ignored.
    pub fn of(
        catalogue: &Catalogue,
        filter: &FacetFilter,
        documents: impl Iterator<Item = u32>,
    ) -> Self {
        let mut counts = Self {
            topics: vec![0; catalogue.categories().len()],
            audiences: vec![0; AUDIENCES.len()],
            ways: vec![0; FacetWay::ALL.len()],
            hubs: vec![0; catalogue.hubs().len()],
        };
        for document in documents {
            if let Some(IndexedRecord::Service(service)) = record_at(catalogue, document) {
                counts.add(catalogue, filter, service);
            }
        }
        counts
    }

    fn add(&mut self, catalogue: &Catalogue, filter: &FacetFilter, service: &Service) {
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
            raise(&mut self.ways, FacetWay::ALL.iter().map(|&way| offers(service, way)));
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
