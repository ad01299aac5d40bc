//! The quick list of a location: the tasks that its tablets show first.

use super::{Office, hub_name};
use crate::banner::FinishedAct;
use crate::form::{FieldFault, FromFields, OfficeForm, TypedFields};
use crate::guard::Visit;
use crate::pages::{PageFrame, PageResult, TroublePage, go, page as made};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use casework::counter::ledger::{CounterAct, CounterLedger};
use domain::catalogue::{Catalogue, Hub};
use domain::tablet::QUICK_TASKS_MAX;
use domain::text::folded;
use domain::{HubId, TaskId};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "office/quick_list.html")]
struct QuickListPage {
    f: PageFrame,
    id: String,
    hub: String,
    fault: String,
    /// The ids of the stored list, to notice that somebody else changed it.
    seen: String,
    most: usize,
    tasks: Vec<TaskChoice>,
}

struct TaskChoice {
    id: String,
    name: String,
    is_chosen: bool,
}

pub(crate) async fn page(
    State(office): State<Arc<Office>>,
    Path(hub): Path<String>,
    Extension(visit): Extension<Visit>,
) -> PageResult {
    let hub = known(&office, &visit, &hub)?;
    shown(&office, &visit, &hub, None).await
}

/// A location of the service directory.
fn known(office: &Office, visit: &Visit, hub: &str) -> Result<HubId, TroublePage> {
    let catalogue = office.catalogue();
    let known = HubId::parse(hub).ok().filter(|hub| catalogue.hub(hub).is_some());
    known.ok_or_else(|| TroublePage::Nothing(Box::new(PageFrame::of(office, visit))))
}

/// The page with the stored list or, after a fault, with what was ticked.
async fn shown(
    office: &Office,
    visit: &Visit,
    hub: &HubId,
    fault: Option<FieldFault>,
) -> PageResult {
    let f = PageFrame::of(office, visit);
    let (ledger, catalogue) = (office.counter_ledger().await?, office.catalogue());
    let stored = ledger.quick_lists.get(hub).map(Vec::as_slice).unwrap_or_default();
    let chosen = if fault.is_some() { ticked(&visit.typed) } else { stored.to_vec() };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let fault = fault.map(|fault| fault.words(f.language).into_owned()).unwrap_or_default();
    let tasks =
        catalogue.hub(hub).map(|hub| choices(&f, &catalogue, hub, &chosen)).unwrap_or_default();
    Ok(made(
        status,
        &QuickListPage {
            id: hub.to_string(),
            hub: hub_name(&f, &catalogue, &ledger, hub),
            fault,
            seen: listed(stored),
            most: QUICK_TASKS_MAX,
            tasks,
            f,
        },
    ))
}

/// The tasks of a location by name.
fn choices(f: &PageFrame, catalogue: &Catalogue, hub: &Hub, chosen: &[TaskId]) -> Vec<TaskChoice> {
    let of = |id: &TaskId| {
        catalogue.task(id).map(|task| TaskChoice {
            id: id.to_string(),
            name: f.name_of(&task.name),
            is_chosen: chosen.contains(id),
        })
    };
    let mut tasks: Vec<_> = hub.tasks.iter().filter_map(of).collect();
    tasks.sort_by_cached_key(|task| folded(&task.name));
    tasks
}

/// The chosen tasks.
pub(crate) struct QuickListForm {
    tasks: Vec<TaskId>,
    seen: String,
}

impl FromFields for QuickListForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        let tasks = ticked(fields);
        if tasks.len() > QUICK_TASKS_MAX {
            return Err(FieldFault::of(
                format!("Choose at most {QUICK_TASKS_MAX} tasks."),
                format!("Choisissez au plus {QUICK_TASKS_MAX} tâches."),
            ));
        }
        Ok(Self { tasks, seen: fields.text("seen").into() })
    }
}

/// The ids of a stored list in one text.
fn listed(tasks: &[TaskId]) -> String {
    tasks.iter().map(TaskId::as_str).collect::<Vec<_>>().join(" ")
}

/// The tasks that were ticked, each once.
fn ticked(fields: &TypedFields) -> Vec<TaskId> {
    let ids = fields.all().filter(|(name, _)| *name == "task").map(|(_, id)| id);
    let mut tasks: Vec<TaskId> = ids.filter_map(|id| TaskId::parse(id).ok()).collect();
    tasks.sort_unstable();
    tasks.dedup();
    tasks
}

/// Sets the quick list. Without any task, tablets show those done most.
pub(crate) async fn set(
    State(office): State<Arc<Office>>,
    Path(hub): Path<String>,
    OfficeForm { visit, proof, asked }: OfficeForm<QuickListForm>,
) -> PageResult {
    let hub = known(&office, &visit, &hub)?;
    let QuickListForm { tasks, seen } = match asked {
        Ok(form) => form,
        Err(fault) => return shown(&office, &visit, &hub, Some(fault)).await,
    };
    let catalogue = office.catalogue();
    let is_done_here =
        |task: &TaskId| catalogue.hub(&hub).is_some_and(|hub| hub.tasks.contains(task));
    let tasks: Vec<TaskId> = tasks.into_iter().filter(is_done_here).collect();
    let act = CounterAct::QuickListSet { hub: hub.clone(), tasks };
    let is_unchanged = |ledger: &CounterLedger| {
        seen == ledger.quick_lists.get(&hub).map(|tasks| listed(tasks)).unwrap_or_default()
    };
    let is_written = office
        .write_counter(&proof, hub.as_str(), |ledger| is_unchanged(ledger).then(|| act.clone()))
        .await?;
    if !is_written {
        let fault = FieldFault::new(
            "Someone else changed this list. Check it, and save again.",
            "Quelqu’un d’autre a modifié cette liste. Vérifiez-la et enregistrez de nouveau.",
        );
        return shown(&office, &visit, &hub, Some(fault)).await;
    }
    Ok(go(&FinishedAct::QuickListSet.at("/office/tablets")))
}
