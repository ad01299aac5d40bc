//! The list of gaps by month and location: pure, from the counts of demand, the inquiries and the
//! catalogue.

use casework::counter::contacts::{Contacts, missing};
use casework::demand::{DemandCounts, DemandRecord};
use casework::listed::ListedInquiry;
use casework::month::Month;
use casework::when::Zone;
use domain::counter::Reason;
use domain::{Catalogue, HubId, Language, ServiceId, SubmissionId, TaskId};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Inquiries that a row links to, newest first.
pub(super) const LINKS_MAX: usize = 12;

/// What is missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ListedGap {
    /// A search term without a result.
    Search { language: Language, words: String },
    /// Searches with rare terms, in a month with more terms than are held.
    OtherSearches { language: Language },
    /// Inquiries about no service of the directory.
    NoService,
    /// Somebody reported that this field is wrong.
    Error { record: DemandRecord, field: &'static str },
    /// Asked at a location whose counter offers none of the service's tasks.
    NotHere { service: ServiceId },
    /// Staff could not do it at their counter, or referred the person because it is not done there.
    NotDone { task: TaskId, reason: Reason },
}

impl ListedGap {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            ListedGap::Search { .. } => "search",
            ListedGap::OtherSearches { .. } => "other-searches",
            ListedGap::NoService => "no-service",
            ListedGap::Error { .. } => "error",
            ListedGap::NotHere { .. } => "not-here",
            ListedGap::NotDone { .. } => "counter",
        }
    }
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Missing {
    pub(super) month: Month,
    /// `None` where no location was named.
    pub(super) hub: Option<HubId>,
    pub(super) gap: ListedGap,
    pub(super) times: u64,
    /// The newest inquiries that it counts; searches, errors and contacts have none.
    pub(super) inquiries: Vec<SubmissionId>,
}

/// The filters of the list; an empty one matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct GapFilter {
    pub(super) kind: String,
    pub(super) month: Option<Month>,
    pub(super) hub: String,
}

impl GapFilter {
    pub(super) fn fits(&self, missing: &Missing) -> bool {
        let is_or_any = |wanted: &str, has: &str| wanted.is_empty() || wanted == has;
        is_or_any(&self.kind, missing.gap.kind())
            && self.month.is_none_or(|month| month == missing.month)
            && is_or_any(&self.hub, missing.hub.as_ref().map_or("", |hub| hub.as_str()))
    }
}

/// All matching rows: the newest month first, then by location, then the most frequent first.
pub(super) fn list(
    demand: &DemandCounts,
    inquiries: &[ListedInquiry],
    catalogue: &Catalogue,
    zone: &Zone,
    filter: &GapFilter,
) -> Vec<Missing> {
    let searches = demand.searches.iter().map(|((month, language, words), times)| Missing {
        month: *month,
        hub: None,
        gap: ListedGap::Search { language: *language, words: words.clone() },
        times: *times,
        inquiries: Vec::new(),
    });
    let other_searches = demand.other_searches.iter().map(|((month, language), times)| Missing {
        month: *month,
        hub: None,
        gap: ListedGap::OtherSearches { language: *language },
        times: *times,
        inquiries: Vec::new(),
    });
    let errors = demand.errors.iter().map(|((month, record, field), times)| Missing {
        month: *month,
        hub: record.hub.clone(),
        gap: ListedGap::Error { record: record.clone(), field },
        times: *times,
        inquiries: Vec::new(),
    });
    let mut all: Vec<Missing> = searches
        .chain(other_searches)
        .chain(errors)
        .chain(of_inquiries(inquiries, catalogue, zone))
        .chain(of_contacts(&demand.contacts))
        .filter(|missing| filter.fits(missing))
        .collect();
    all.sort_by(|one, other| order(one).cmp(&order(other)));
    all
}

fn order(missing: &Missing) -> impl Ord + '_ {
    (
        Reverse(missing.month),
        missing.hub.as_ref().map(|hub| hub.as_str()),
        Reverse(missing.times),
        &missing.gap,
    )
}

/// Month, location and gap: the key of a row.
type GapLine = (Month, Option<HubId>, ListedGap);

/// Inquiries of one row: how many, and the newest. There may be tens of thousands.
#[derive(Default)]
struct NewestInquiries {
    times: u64,
    /// Time received and id, newest first; at most [`LINKS_MAX`].
    newest: Vec<(u64, SubmissionId)>,
}

impl NewestInquiries {
    fn add(&mut self, at_ms: u64, id: SubmissionId) {
        self.times += 1;
        let place = self.newest.partition_point(|(other_ms, _)| *other_ms >= at_ms);
        if place < LINKS_MAX {
            self.newest.insert(place, (at_ms, id));
            self.newest.truncate(LINKS_MAX);
        }
    }
}

/// Inquiries without a service, and those about tasks that the location's counter does not offer.
fn of_inquiries(inquiries: &[ListedInquiry], catalogue: &Catalogue, zone: &Zone) -> Vec<Missing> {
    let mut found: BTreeMap<GapLine, NewestInquiries> = BTreeMap::new();
    for inquiry in inquiries {
        let hub = inquiry.hub().and_then(|id| HubId::parse(id).ok());
        let gap = match inquiry.service().and_then(|id| ServiceId::parse(id).ok()) {
            None => Some(ListedGap::NoService),
            Some(service) => is_not_here(catalogue, &service, hub.as_ref())
                .then_some(ListedGap::NotHere { service }),
        };
        if let Some(gap) = gap {
            let month = Month::of(zone.moment(inquiry.received_at_ms()).date);
            let line = found.entry((month, hub, gap)).or_default();
            line.add(inquiry.received_at_ms(), inquiry.id());
        }
    }
    let missing = |((month, hub, gap), of): (GapLine, NewestInquiries)| Missing {
        month,
        hub,
        gap,
        times: of.times,
        inquiries: of.newest.into_iter().map(|(_, id)| id).collect(),
    };
    found.into_iter().map(missing).collect()
}

/// What could not be done at counters, by the days that staff recorded.
fn of_contacts(contacts: &Contacts) -> impl Iterator<Item = Missing> {
    let mut found: BTreeMap<GapLine, u64> = BTreeMap::new();
    for (day, of, times) in contacts.all() {
        if let Some(reason) = missing(of.outcome) {
            *found
                .entry((
                    Month::of(day),
                    Some(of.hub.clone()),
                    ListedGap::NotDone { task: of.task.clone(), reason },
                ))
                .or_default() += times;
        }
    }
    found.into_iter().map(|((month, hub, gap), times)| Missing {
        month,
        hub,
        gap,
        times,
        inquiries: Vec::new(),
    })
}

/// False for a service without tasks at counters, and for one that is not in the catalogue any
/// more.
fn is_not_here(catalogue: &Catalogue, service: &ServiceId, hub: Option<&HubId>) -> bool {
    let (Some(service), Some(hub)) =
        (catalogue.service(service), hub.and_then(|id| catalogue.hub(id)))
    else {
        return false;
    };
    !service.tasks.is_empty() && !hub.tasks.iter().any(|task| service.tasks.contains(task))
}

#[cfg(test)]
mod tests;
