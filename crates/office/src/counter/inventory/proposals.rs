//! Proposals that wait for a second person, and the decided ones.

use super::cell::REASON_CHARS_MAX;
use super::words::offered_words;
use super::{Office, hub_name, task_name};
use crate::guard::Visit;
use crate::pages::{Answer, Frame, Trouble, go, page as made};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use casework::counter::ledger::{Act, Conditions, Proposal};
use casework::when;
use std::sync::Arc;

/// At most this many of the newest decided proposals are shown.
const DECIDED_SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "office/inventory_proposals.html")]
struct ProposalsPage {
    f: Frame,
    fault: &'static str,
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
) -> Answer {
    shown(&office, &visit, StatusCode::OK, "").await
}

async fn shown(office: &Office, visit: &Visit, status: StatusCode, fault: &'static str) -> Answer {
    let f = Frame::of(office, visit);
    let (ledger, catalogue, today) =
        (office.counter_ledger().await?, office.catalogue(), office.today());
    let day = |at_ms: u64| when::date(office.zone.moment(at_ms).date, today, f.language);
    let view = |(number, proposal): (u32, &Proposal)| {
        let change = &proposal.change;
        let stands = catalogue.hub(&change.hub).and_then(|hub| Conditions::at(hub, &change.task));
        ProposalView {
            number,
            path: format!("/office/inventory/{}/{}", change.hub, change.task),
            task: task_name(&catalogue, &change.task),
            hub: hub_name(&catalogue, &ledger, &change.hub),
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

/// Approves or declines another person's proposal.
pub(crate) async fn decide(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Path(number): Path<String>,
) -> Answer {
    let f = Frame::of(&office, &visit);
    let ledger = office.counter_ledger().await?;
    let number = number.parse::<u32>().ok().filter(|number| ledger.proposals.contains_key(number));
    let Some(proposal) = number else { return Err(Trouble::Nothing(Box::new(f))) };
    let reason = visit.field("reason").to_string();
    let refused = async |fault: &'static str| {
        shown(&office, &visit, StatusCode::UNPROCESSABLE_ENTITY, fault).await
    };
    let act = match visit.field("act") {
        "approve" if reason.chars().count() <= REASON_CHARS_MAX => {
            Act::Approved { proposal, reason }
        }
        "decline" if !reason.is_empty() && reason.chars().count() <= REASON_CHARS_MAX => {
            Act::Declined { proposal, reason }
        }
        _ => {
            return refused(f.t(
                "Say why you decline it, in 1 to 500 letters.",
                "Dites pourquoi vous refusez, en 1 à 500 lettres.",
            ))
            .await;
        }
    };
    // Checked again when it is stored, so that of two simultaneous decisions only one counts.
    let is_written = office
        .write_counter(visit.login(), &proposal.to_string(), |ledger| {
            ledger.may_decide(proposal, visit.login()).then(|| act.clone())
        })
        .await?;
    if !is_written {
        let fault = f.t(
            "Nothing was changed: it was decided already, or it is your own. Somebody else has to decide it.",
            "Rien n'a été changé : c'est déjà décidé, ou c'est votre propre proposition. Quelqu'un d'autre doit décider.",
        );
        return refused(fault).await;
    }
    Ok(go("/office/inventory/proposals"))
}
