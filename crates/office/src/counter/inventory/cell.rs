//! One task at one location: what is in force and why, what people asked for, and a form to propose
//! a change.

use super::table::{DEMAND_DAYS, Demand};
use super::words::offered_words;
use super::{Office, PAYMENTS, WEEKDAYS};
use crate::form::{FieldFault, FromFields, OfficeForm, TypedFields};
use crate::guard::Visit;
use crate::pages::{PageFrame, PageResult, TroublePage, go, page as made};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use casework::counter::ledger::{Conditions, CounterAct, CounterChange, CounterLedger};
use casework::when;
use domain::catalogue::{Hub, Task};
use domain::{Catalogue, HubId, TaskId};
use std::sync::Arc;

pub(super) const REASON_CHARS_MAX: usize = 500;
const NOTE_CHARS_MAX: usize = 200;

#[derive(Template)]
#[template(path = "office/inventory_cell.html")]
struct CellPage {
    f: PageFrame,
    hub_id: String,
    hub: String,
    task_id: String,
    task: String,
    stands: String,
    basis: Vec<String>,
    done: u64,
    missed: u64,
    days: i32,
    /// Proposals that nobody has decided yet: what is offered, by whom, and why.
    waiting: Vec<(String, String, String)>,
    fault: String,
    can_publish: bool,
    is_offered: bool,
    weekdays: Vec<CellChoice>,
    payments: Vec<CellChoice>,
    by_appointment: bool,
    note: String,
    reason: String,
}

struct CellChoice {
    name: &'static str,
    words: &'static str,
    is_chosen: bool,
}

pub(crate) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Path((hub, task)): Path<(String, String)>,
) -> PageResult {
    shown(&office, &visit, (&hub, &task), None, None).await
}

/// Renders the page. `typed` holds a rejected form, to be corrected and sent again.
async fn shown(
    office: &Office,
    visit: &Visit,
    at: (&str, &str),
    fault: Option<FieldFault>,
    typed: Option<(Option<Conditions>, String)>,
) -> PageResult {
    let f = PageFrame::of(office, visit);
    let fault = fault.map(|fault| fault.words(f.language).into_owned()).unwrap_or_default();
    let (catalogue, ledger) = (office.catalogue(), office.counter_ledger().await?);
    let hub =
        HubId::parse(at.0).ok().and_then(|id| catalogue.hub(&id)).filter(|hub| hub.event.is_none());
    let task = TaskId::parse(at.1).ok().and_then(|id| catalogue.task(&id));
    let (Some(hub), Some(task)) = (hub, task) else {
        return Err(TroublePage::Nothing(Box::new(f)));
    };
    let stands = Conditions::at(hub, &task.id);
    let demand = Demand::of(&office.inquiries.demand().contacts, office.today());
    let count = |of: &std::collections::BTreeMap<(TaskId, HubId), u64>| {
        of.get(&(task.id.clone(), hub.id.clone())).copied().unwrap_or(0)
    };
    let (chosen, reason) = typed.unwrap_or_else(|| (stands.clone(), String::new()));
    let is_offered = chosen.is_some();
    let chosen = chosen.unwrap_or_default();
    let status = if fault.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = CellPage {
        hub_id: hub.id.to_string(),
        hub: f.name_of(&hub.name),
        task_id: task.id.to_string(),
        task: f.name_of(&task.name),
        stands: offered_words(&f, stands.as_ref()),
        basis: basis(office, &f, &ledger, hub, task),
        done: count(&demand.done),
        missed: count(&demand.missed),
        days: DEMAND_DAYS,
        waiting: waiting(&f, &ledger, hub, task),
        fault,
        can_publish: office.directory.published().is_some(),
        is_offered,
        weekdays: choices(&f, &WEEKDAYS, &chosen.days),
        payments: choices(&f, &PAYMENTS, &chosen.payments),
        by_appointment: chosen.by_appointment,
        note: chosen.note.unwrap_or_default(),
        reason,
        f,
    };
    Ok(made(status, &page))
}

/// All values of a kind as choices; those that are in force or were typed are chosen.
fn choices<T: PartialEq>(
    f: &PageFrame,
    all: &[(T, &'static str, &'static str, &'static str)],
    chosen: &[T],
) -> Vec<CellChoice> {
    all.iter()
        .map(|(value, name, english, french)| CellChoice {
            name,
            words: f.t(english, french),
            is_chosen: chosen.contains(value),
        })
        .collect()
}

/// The proposals about this task at this location that nobody has decided yet.
fn waiting(
    f: &PageFrame,
    ledger: &CounterLedger,
    hub: &Hub,
    task: &Task,
) -> Vec<(String, String, String)> {
    let is_here = |change: &CounterChange| change.hub == hub.id && change.task == task.id;
    let waiting = ledger.waiting().filter(|(_, proposal)| is_here(&proposal.change));
    waiting
        .map(|(_, proposal)| {
            (
                offered_words(f, proposal.change.offered.as_ref()),
                proposal.who.clone(),
                proposal.reason.clone(),
            )
        })
        .collect()
}

/// What the current state rests on: the office's decision, or the sources of the location and the
/// task in the service directory.
fn basis(
    office: &Office,
    f: &PageFrame,
    ledger: &CounterLedger,
    hub: &Hub,
    task: &Task,
) -> Vec<String> {
    if let Some(basis) = decided_basis(office, f, ledger, hub, task) {
        return basis;
    }
    let published = office.directory.published();
    let whole = published.as_ref().and_then(|catalogue| catalogue.task(&task.id));
    let of_hub = match hub.tasks_basis.as_deref() {
        Some("inferred") => Some(
            f.t("Inferred: no source confirms this.", "Déduit : aucune source ne le confirme.")
                .to_string(),
        ),
        other => other.map(String::from),
    };
    let evidence = whole.and_then(|task| task.counter_evidence.clone());
    let basis: Vec<String> = of_hub.into_iter().chain(evidence).collect();
    if basis.is_empty() {
        vec![f.t("The directory doesn’t say.", "Le répertoire ne le dit pas.").into()]
    } else {
        basis
    }
}

/// The office's own decision that is in force, and why the newest edition leaves it out if it does;
/// `None` if the office has decided nothing.
fn decided_basis(
    office: &Office,
    f: &PageFrame,
    ledger: &CounterLedger,
    hub: &Hub,
    task: &Task,
) -> Option<Vec<String>> {
    let number = ledger.standing.get(&(hub.id.clone(), task.id.clone()))?;
    let proposal = ledger.proposals.get(number)?;
    let decision = proposal.decision.as_ref()?;
    let day = when::date(office.zone.moment(decision.at_ms).date, office.today(), f.language);
    let mut basis = vec![match f.tag() {
        "fr" => format!(
            "Décidé par le bureau le {day} : proposé par {}, approuvé par {}. {}",
            proposal.who, decision.who, proposal.reason
        ),
        _ => format!(
            "Decided by the office on {day}: proposed by {}, approved by {}. {}",
            proposal.who, decision.who, proposal.reason
        ),
    }];
    let dropped = office
        .directory
        .dropped()
        .into_iter()
        .find(|dropped| dropped.hub == hub.id && dropped.task.as_ref() == Some(&task.id));
    basis.extend(dropped.map(|dropped| {
        format!(
            "{} {}",
            f.t(
                "It doesn’t fit the current directory:",
                "Il ne s’applique plus au répertoire actuel :"
            ),
            dropped.why
        )
    }));
    Some(basis)
}

/// The conditions from the form; `None` where the task is not offered.
fn offered(fields: &TypedFields) -> Option<Conditions> {
    let note = fields.text("note");
    (fields.text("offered") == "yes").then(|| Conditions {
        days: WEEKDAYS
            .iter()
            .filter(|(_, name, ..)| fields.has(&format!("day-{name}")))
            .map(|(day, ..)| *day)
            .collect(),
        by_appointment: fields.has("by-appointment"),
        payments: PAYMENTS
            .iter()
            .filter(|(_, name, ..)| fields.has(&format!("pay-{name}")))
            .map(|(payment, ..)| *payment)
            .collect(),
        note: (!note.is_empty()).then(|| note.into()),
    })
}

/// A change to propose, and why.
pub(crate) struct ProposeForm {
    offered: Option<Conditions>,
    reason: String,
}

impl FromFields for ProposeForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        if !matches!(fields.text("offered"), "yes" | "no") {
            return Err(FieldFault::new(
                "Choose whether this location does this.",
                "Indiquez si ce point de service fait ceci.",
            ));
        }
        let words = (
            "Give a reason of 1 to 500 characters. A note can have 200 at most.",
            "Donnez une raison de 1 à 500 caractères. Une note en compte au plus 200.",
        );
        let reason = fields.name("reason", REASON_CHARS_MAX, words)?;
        let offered = offered(fields);
        let note = offered.as_ref().and_then(|conditions| conditions.note.as_deref());
        if note.is_some_and(|note| note.chars().count() > NOTE_CHARS_MAX) {
            return Err(FieldFault::new(words.0, words.1));
        }
        Ok(Self { offered, reason })
    }
}

/// Proposes a change. It takes effect only when a second person approves it.
pub(crate) async fn propose(
    State(office): State<Arc<Office>>,
    Path((hub, task)): Path<(String, String)>,
    OfficeForm { visit, proof, asked }: OfficeForm<ProposeForm>,
) -> PageResult {
    let catalogue = office.catalogue();
    let ids = HubId::parse(&hub).ok().zip(TaskId::parse(&task).ok());
    let place = ids.filter(|(hub, task)| {
        catalogue.task(task).is_some() && catalogue.hub(hub).is_some_and(|hub| hub.event.is_none())
    });
    let Some((hub_id, task_id)) = place else {
        return Err(TroublePage::Nothing(Box::new(PageFrame::of(&office, &visit))));
    };
    let stands = catalogue.hub(&hub_id).and_then(|hub| Conditions::at(hub, &task_id));
    let changes = |form: ProposeForm| {
        let is_change = form.offered != stands;
        is_change.then_some(form).ok_or(FieldFault::new(
            "Nothing was changed. Change something first.",
            "Rien n’a été changé. Changez d’abord quelque chose.",
        ))
    };
    let ProposeForm { offered, reason } = match asked.and_then(changes) {
        Ok(form) => form,
        Err(fault) => {
            let typed = (self::offered(proof.typed()), proof.typed().text("reason").to_string());
            return shown(&office, &visit, (&hub, &task), Some(fault), Some(typed)).await;
        }
    };
    let act = CounterAct::Proposed {
        change: CounterChange { hub: hub_id, task: task_id, offered },
        reason,
    };
    office.write_counter(&proof, &format!("{task} at {hub}"), |_| Some(act.clone())).await?;
    Ok(go("/office/inventory/proposals"))
}
