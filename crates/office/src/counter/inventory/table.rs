//! A table of tasks by locations: what is offered where, and where people asked for a task that is
//! not.

use super::Office;
use crate::guard::Visit;
use crate::pages::{PageFrame, PageResult, page as made};
use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use casework::counter::contacts::{Contacts, missing};
use casework::counter::ledger::Conditions;
use domain::catalogue::{Catalogue, Hub, Task};
use domain::counter::Outcome;
use domain::hours::Date;
use domain::text::folded;
use domain::{HubId, Language, TaskId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Days over which requests are counted.
pub(super) const DEMAND_DAYS: i32 = 90;
const ORDERS: [&str; 2] = ["name", "missed"];

#[derive(Template)]
#[template(path = "office/inventory.html")]
struct InventoryPage {
    f: PageFrame,
    kind: String,
    kinds: Vec<(String, String)>,
    order: &'static str,
    groups: Vec<InventoryGroup>,
    columns: Vec<InventoryColumn>,
    rows: Vec<InventoryRow>,
    waiting: usize,
    dropped: Vec<String>,
    can_publish: bool,
    days: i32,
}

/// Locations of one kind in adjacent columns.
struct InventoryGroup {
    name: String,
    count: usize,
}

struct InventoryColumn {
    id: String,
    name: String,
}

struct InventoryRow {
    task: String,
    name: String,
    done: u64,
    missed: u64,
    cells: Vec<InventoryMark>,
}

/// A cell: its CSS class, its sign, and its words for screen readers.
struct InventoryMark {
    class: &'static str,
    sign: &'static str,
    words: &'static str,
    times: u64,
}

/// What people asked for in the last [`DEMAND_DAYS`], by task and location.
#[derive(Default)]
pub(super) struct Demand {
    pub(super) done: BTreeMap<(TaskId, HubId), u64>,
    pub(super) missed: BTreeMap<(TaskId, HubId), u64>,
}

impl Demand {
    pub(super) fn of(contacts: &Contacts, today: Date) -> Self {
        let mut demand = Self::default();
        for (_, of, count) in contacts.between(today.plus_days(1 - DEMAND_DAYS), today) {
            let key = (of.task.clone(), of.hub.clone());
            match of.outcome {
                Outcome::Done => *demand.done.entry(key).or_default() += count,
                outcome if missing(outcome).is_some() => {
                    *demand.missed.entry(key).or_default() += count
                }
                _ => {}
            }
        }
        demand
    }

    fn at(of: &BTreeMap<(TaskId, HubId), u64>, task: &TaskId, hub: &HubId) -> u64 {
        of.get(&(task.clone(), hub.clone())).copied().unwrap_or(0)
    }

    fn sum(of: &BTreeMap<(TaskId, HubId), u64>, task: &TaskId) -> u64 {
        of.iter().filter(|((id, _), _)| id == task).map(|(_, count)| count).sum()
    }
}

pub(crate) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    let (catalogue, ledger) = (office.catalogue(), office.counter_ledger().await?);
    let kind = query.get("kind").map(|text| text.trim().to_string()).unwrap_or_default();
    let order = query
        .get("order")
        .and_then(|asked| ORDERS.into_iter().find(|order| *order == asked.as_str()))
        .unwrap_or(ORDERS[0]);
    let hubs = hubs(&catalogue, &kind);
    let demand = Demand::of(&office.inquiries.demand().contacts, office.today());
    let mut rows: Vec<InventoryRow> =
        catalogue.tasks().iter().map(|task| row(&f, task, &hubs, &demand)).collect();
    rows.sort_by_cached_key(|row| {
        let by_missed = order == "missed";
        let rank = if by_missed { (row.missed, row.done) } else { (0, 0) };
        (Reverse(rank), folded(&row.name))
    });
    let columns = hubs
        .iter()
        .map(|hub| InventoryColumn { id: hub.id.to_string(), name: f.name_of(&hub.name) });
    let page = InventoryPage {
        kinds: catalogue
            .facilities()
            .iter()
            .map(|kind| (kind.id.to_string(), kind.name.get(f.language).to_string()))
            .collect(),
        groups: groups(&catalogue, &hubs, f.language),
        columns: columns.collect(),
        rows,
        waiting: ledger.waiting().count(),
        dropped: office.directory.dropped().iter().map(ToString::to_string).collect(),
        can_publish: office.directory.published().is_some(),
        days: DEMAND_DAYS,
        kind,
        order,
        f,
    };
    Ok(made(StatusCode::OK, &page))
}

/// The permanent locations, in the catalogue's order of kinds.
fn hubs<'c>(catalogue: &'c Catalogue, kind: &str) -> Vec<&'c Hub> {
    let place_of =
        |hub: &Hub| catalogue.facilities().iter().position(|kind| kind.id == hub.facility);
    let mut hubs: Vec<&Hub> = catalogue
        .hubs()
        .iter()
        .filter(|hub| hub.event.is_none() && (kind.is_empty() || hub.facility.as_str() == kind))
        .collect();
    hubs.sort_by_cached_key(|hub| (place_of(hub), folded(&hub.name)));
    hubs
}

/// The kinds of adjacent columns, each with the number of its columns.
fn groups(catalogue: &Catalogue, hubs: &[&Hub], language: Language) -> Vec<InventoryGroup> {
    let name_of_kind = |hub: &Hub| {
        catalogue
            .facility(&hub.facility)
            .map_or_else(|| hub.facility.to_string(), |kind| kind.name.get(language).to_string())
    };
    let mut groups: Vec<InventoryGroup> = Vec::new();
    for hub in hubs {
        let name = name_of_kind(hub);
        match groups.last_mut().filter(|group| group.name == name) {
            Some(group) => group.count += 1,
            None => groups.push(InventoryGroup { name, count: 1 }),
        }
    }
    groups
}

fn row(f: &PageFrame, task: &Task, hubs: &[&Hub], demand: &Demand) -> InventoryRow {
    let cells = hubs.iter().map(|hub| {
        mark(
            f,
            Conditions::at(hub, &task.id).as_ref(),
            Demand::at(&demand.missed, &task.id, &hub.id),
        )
    });
    InventoryRow {
        task: task.id.to_string(),
        name: f.name_of(&task.name),
        done: Demand::sum(&demand.done, &task.id),
        missed: Demand::sum(&demand.missed, &task.id),
        cells: cells.collect(),
    }
}

/// Every state has a sign of its own, so that none depends on colour alone (WCAG 1.4.1).
fn mark(f: &PageFrame, offered: Option<&Conditions>, missed: u64) -> InventoryMark {
    match (offered, missed) {
        (Some(conditions), _) if conditions.is_limited() => InventoryMark {
            class: "some",
            sign: "◐",
            words: f.t("Done with conditions", "Offert à certaines conditions"),
            times: 0,
        },
        (Some(_), _) => {
            InventoryMark { class: "yes", sign: "●", words: f.t("Done", "Offert"), times: 0 }
        }
        (None, 0) => {
            InventoryMark {
                class: "no", sign: "–", words: f.t("Not done", "Non offert"), times: 0
            }
        }
        (None, times) => InventoryMark {
            class: "wanted",
            sign: "!",
            words: f.t("Not done, requested", "Non offert, demandé"),
            times,
        },
    }
}
