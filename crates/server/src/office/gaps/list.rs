//! What fell between the chairs, as one list by month and place: pure, from the sums of the desk, its inquiries and the catalogue.

use crate::counter::contacts::{Contacts, missing};
use crate::office::finds::{Finds, Record};
use crate::office::listed::Listed;
use crate::office::month::Month;
use crate::office::when::Zone;
use domain::counter::Reason;
use domain::{Catalogue, HubId, Language, ServiceId, SubmissionId, TaskId};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Inquiries that a line leads to, newest first.
pub(super) const LINKS_MAX: usize = 12;

/// What is missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// These words found nothing.
    Search { language: Language, words: String },
    /// Searches with words that came rarely, in a month with more words than are held.
    OtherSearches { language: Language },
    /// Inquiries that name no service, and were not given one.
    NoService,
    /// Somebody says that this is wrong.
    Error { record: Record, field: &'static str },
    /// Asked for at a hub whose counter does none of the service's tasks.
    NotHere { service: ServiceId },
    /// Staff could not do it at their counter, or sent somebody on because it is not done there.
    NotDone { task: TaskId, reason: Reason },
}

impl Gap {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Gap::Search { .. } => "search",
            Gap::OtherSearches { .. } => "other-searches",
            Gap::NoService => "no-service",
            Gap::Error { .. } => "error",
            Gap::NotHere { .. } => "not-here",
            Gap::NotDone { .. } => "counter",
        }
    }
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Missing {
    pub(super) month: Month,
    /// Nothing where no place was named.
    pub(super) hub: Option<HubId>,
    pub(super) gap: Gap,
    pub(super) times: u64,
    /// The newest inquiries that it is about; searches, errors and what counters could not do have none.
    pub(super) inquiries: Vec<SubmissionId>,
}

/// What is looked for; empty is any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) kind: String,
    pub(super) month: Option<Month>,
    pub(super) hub: String,
}

impl Filter {
    pub(super) fn fits(&self, missing: &Missing) -> bool {
        let is_or_any = |wanted: &str, has: &str| wanted.is_empty() || wanted == has;
        is_or_any(&self.kind, missing.gap.kind())
            && self.month.is_none_or(|month| month == missing.month)
            && is_or_any(&self.hub, missing.hub.as_ref().map_or("", |hub| hub.as_str()))
    }
}

/// All that fits: the newest month first, in it place by place, and there what was missed most.
pub(super) fn list(
    finds: &Finds,
    inquiries: &[Listed],
    catalogue: &Catalogue,
    zone: &Zone,
    filter: &Filter,
) -> Vec<Missing> {
    let searches = finds.searches.iter().map(|((month, language, words), times)| Missing {
        month: *month,
        hub: None,
        gap: Gap::Search { language: *language, words: words.clone() },
        times: *times,
        inquiries: Vec::new(),
    });
    let other_searches = finds.other_searches.iter().map(|((month, language), times)| Missing {
        month: *month,
        hub: None,
        gap: Gap::OtherSearches { language: *language },
        times: *times,
        inquiries: Vec::new(),
    });
    let errors = finds.errors.iter().map(|((month, record, field), times)| Missing {
        month: *month,
        hub: record.hub.clone(),
        gap: Gap::Error { record: record.clone(), field },
        times: *times,
        inquiries: Vec::new(),
    });
    let mut all: Vec<Missing> = searches
        .chain(other_searches)
        .chain(errors)
        .chain(of_inquiries(inquiries, catalogue, zone))
        .chain(of_contacts(&finds.contacts))
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

/// Month, place and gap: what makes a line.
type Line = (Month, Option<HubId>, Gap);

/// Inquiries without a service, and those about what the hub's counter does not do.
fn of_inquiries(inquiries: &[Listed], catalogue: &Catalogue, zone: &Zone) -> Vec<Missing> {
    let mut found: BTreeMap<Line, Vec<(u64, SubmissionId)>> = BTreeMap::new();
    for inquiry in inquiries {
        let hub = inquiry.hub().and_then(|id| HubId::parse(id).ok());
        let gap = match inquiry.service().and_then(|id| ServiceId::parse(id).ok()) {
            None => Some(Gap::NoService),
            Some(service) => {
                is_not_here(catalogue, &service, hub.as_ref()).then_some(Gap::NotHere { service })
            }
        };
        if let Some(gap) = gap {
            let month = Month::of(zone.moment(inquiry.received_at_ms()).date);
            found
                .entry((month, hub, gap))
                .or_default()
                .push((inquiry.received_at_ms(), inquiry.id()));
        }
    }
    let missing = |((month, hub, gap), mut places): (Line, Vec<_>)| {
        let times = places.len() as u64;
        places.sort_unstable_by_key(|(at_ms, _)| Reverse(*at_ms));
        Missing {
            month,
            hub,
            gap,
            times,
            inquiries: places.into_iter().take(LINKS_MAX).map(|(_, id)| id).collect(),
        }
    };
    found.into_iter().map(missing).collect()
}

/// What could not be done at a counter, by the days that staff wrote down.
fn of_contacts(contacts: &Contacts) -> impl Iterator<Item = Missing> {
    let mut found: BTreeMap<Line, u64> = BTreeMap::new();
    for (day, of, times) in contacts.all() {
        if let Some(reason) = missing(of.outcome) {
            *found
                .entry((
                    Month::of(day),
                    Some(of.hub.clone()),
                    Gap::NotDone { task: of.task.clone(), reason },
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

/// A service without a task at a counter is missing nowhere; one that has gone from the catalogue says nothing.
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
