//! Proposals that wait for a second person, and the decided ones.

use super::cell::REASON_CHARS_MAX;
use super::words::offered_words;
use super::{Office, hub_name};
use crate::banner::FinishedAct;
use crate::form::{FieldFault, FromFields, OfficeForm, TypedFields};
use crate::guard::Visit;
use crate::pages::{PageFrame, PageResult, TroublePage, go, page as made};
use crate::record_names::task_name;
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use casework::counter::ledger::{Conditions, CounterAct, Proposal};
use casework::when;
use domain::Catalogue;
use std::sync::Arc;

/// At most this many of the newest decided proposals are shown.
const DECIDED_SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "office/inventory_proposals.html")]
struct ProposalsPage {
    f: PageFrame,
    fault: String,
    waiting: Vec<ProposalView>,
    decided: Vec<ProposalView>,
    has_approved: bool,
    can_publish: bool,
}

struct ProposalView {
    number: u32,
    path: String,
    task: String,
    hub: String,
    stands: String,
    wanted: String,
    reason: String,
    who: String,
    day: String,
    is_own: bool,
    decision: Option<DecisionView>,
}

struct DecisionView {
    is_approved: bool,
    who: String,
    day: String,
    reason: String,
}

pub(crate) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
) -> PageResult {
    shown(&office, &visit, None).await
}

async fn shown(office: &Office, visit: &Visit, fault: Option<FieldFault>) -> PageResult {
    let f = PageFrame::of(office, visit);
    let fault = fault.map(|fault| fault.words(f.language).into_owned()).unwrap_or_default();
    let status = if fault.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (ledger, catalogue, today) =
        (office.counter_ledger().await?, office.catalogue(), office.today());
    let day = |at_ms: u64| when::date(office.zone.moment(at_ms).date, today, f.language);
    let view = |(number, proposal): (u32, &Proposal)| {
        let change = &proposal.change;
        let stands = catalogue.hub(&change.hub).and_then(|hub| Conditions::at(hub, &change.task));
        ProposalView {
            number,
            path: format!("/office/inventory/{}/{}", change.hub, change.task),
            task: task_name(&f, &catalogue, &change.task),
            hub: hub_name(&f, &catalogue, &ledger, &change.hub),
            stands: offered_words(&f, stands.as_ref()),
            wanted: offered_words(&f, change.offered.as_ref()),
            reason: proposal.reason.clone(),
            who: proposal.who.clone(),
            day: day(proposal.at_ms),
            is_own: proposal.who == visit.login(),
            decision: proposal.decision.as_ref().map(|decision| DecisionView {
                is_approved: decision.is_approved,
                who: decision.who.clone(),
                day: day(decision.at_ms),
                reason: decision.reason.clone(),
            }),
        }
    };
    let mut decided: Vec<(u32, &Proposal)> = ledger
        .proposals
        .iter()
        .filter(|(_, of)| of.decision.is_some())
        .map(|(number, of)| (*number, of))
        .collect();
    decided.sort_by_key(|(_, proposal)| {
        std::cmp::Reverse(proposal.decision.as_ref().map(|decision| decision.at_ms))
    });
    let page = ProposalsPage {
        waiting: ledger.waiting().map(view).collect(),
        decided: decided.into_iter().take(DECIDED_SHOWN).map(view).collect(),
        has_approved: ledger.approved().next().is_some(),
        can_publish: office.directory.published().is_some(),
        fault,
        f,
    };
    Ok(made(status, &page))
}

/// A decision about a proposal; declining needs a reason.
pub(crate) struct DecideForm {
    is_approved: bool,
    reason: String,
}

impl FromFields for DecideForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        let reason = fields.text("reason");
        let fits = reason.chars().count() <= REASON_CHARS_MAX;
        match fields.text("act") {
            "approve" if fits => Ok(Self { is_approved: true, reason: reason.into() }),
            "decline" if fits && !reason.is_empty() => {
                Ok(Self { is_approved: false, reason: reason.into() })
            }
            _ => Err(FieldFault::new(
                "Give a reason of 1 to 500 characters to decline.",
                "Donnez une raison de 1 à 500 caractères pour refuser.",
            )),
        }
    }
}

/// Approves or declines another person's proposal.
pub(crate) async fn decide(
    State(office): State<Arc<Office>>,
    Path(number): Path<String>,
    OfficeForm { visit, proof, asked }: OfficeForm<DecideForm>,
) -> PageResult {
    let ledger = office.counter_ledger().await?;
    let number = number.parse::<u32>().ok().filter(|number| ledger.proposals.contains_key(number));
    let Some(proposal) = number else {
        return Err(TroublePage::Nothing(Box::new(PageFrame::of(&office, &visit))));
    };
    let act = match asked {
        Ok(DecideForm { is_approved: true, reason }) => CounterAct::Approved { proposal, reason },
        Ok(DecideForm { is_approved: false, reason }) => CounterAct::Declined { proposal, reason },
        Err(fault) => return shown(&office, &visit, Some(fault)).await,
    };
    // Checked again when it is stored, so that of two simultaneous decisions only one counts.
    let is_written = office
        .write_counter(&proof, &proposal.to_string(), |ledger| {
            ledger.may_decide(proposal, proof.login()).then(|| act.clone())
        })
        .await?;
    if !is_written {
        let fault = FieldFault::new(
            "Nothing was changed: this proposal is already decided, or it is yours. Someone else must decide your own.",
            "Rien n’a été changé : cette proposition est déjà décidée, ou c’est la vôtre. Une autre personne doit décider de la vôtre.",
        );
        return shown(&office, &visit, Some(fault)).await;
    }
    let done = match act {
        CounterAct::Approved { .. } => FinishedAct::ProposalApproved,
        _ => FinishedAct::ProposalDeclined,
    };
    Ok(go(&done.at("/office/inventory/proposals")))
}
