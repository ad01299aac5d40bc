//! Baselines: frozen figures, each in a signed file, and which of them is public.

use super::Office;
use crate::guard::Visit;
use crate::pages::{Answer, Frame, Trouble, download, go, page as made};
use crate::survey::baseline::{NAME_CHARS_MAX, freeze, title};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use casework::survey::ledger::{Act, Frozen, Ledger};
use std::collections::HashMap;
use std::sync::Arc;
use vault::now_ms;

#[derive(Template)]
#[template(path = "office/survey_baselines.html")]
struct BaselinesPage {
    f: Frame,
    rows: Vec<Row>,
    fault: &'static str,
    name: String,
    from: String,
    to: String,
}

struct Row {
    number: usize,
    name: String,
    who: String,
    on: String,
    is_published: bool,
}

pub(crate) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
) -> Answer {
    shown(&office, &visit, "").await
}

async fn shown(office: &Office, visit: &Visit, fault: &'static str) -> Answer {
    let f = Frame::of(office, visit);
    let ledger = office.survey_ledger().await?;
    let row = |(number, frozen): (usize, &Frozen)| Row {
        number,
        name: frozen.name.clone(),
        who: frozen.who.clone(),
        on: office.zone.moment(frozen.at_ms).date.to_string(),
        is_published: ledger.published().is_some_and(|published| published.name == frozen.name),
    };
    let rows =
        ledger.frozen.iter().enumerate().map(|(at, frozen)| row((at + 1, frozen))).rev().collect();
    let field =
        |name: &str| if fault.is_empty() { String::new() } else { visit.field(name).into() };
    let yesterday = office.today().plus_days(-1);
    let day = |name: &str, usual: domain::hours::Date| {
        if field(name).is_empty() { usual.to_string() } else { field(name) }
    };
    let status = if fault.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (from, to) = (day("from", yesterday.plus_days(-89)), day("to", yesterday));
    Ok(made(status, &BaselinesPage { rows, fault, name: field("name"), from, to, f }))
}

/// Freezes the figures of past days.
pub(crate) async fn make(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
) -> Answer {
    let f = Frame::of(&office, &visit);
    let name = visit.field("name");
    let query: HashMap<String, String> = ["from", "to", "version", "once"]
        .into_iter()
        .filter(|field| visit.has(field))
        .map(|field| (field.to_string(), visit.field(field).to_string()))
        .collect();
    let asked = office.asked(&query).await?;
    let is_taken = asked.ledger.frozen.iter().any(|frozen| frozen.name == name);
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || is_taken {
        return shown(
            &office,
            &visit,
            f.t(
                "Give it a name of 1 to 60 letters that no other baseline has.",
                "Donnez-lui un nom de 1 à 60 lettres qu'aucun autre niveau de référence ne porte.",
            ),
        )
        .await;
    }
    if asked.days.to >= office.today() {
        return shown(
            &office,
            &visit,
            f.t(
                "Choose days that are over: answers may still come in today.",
                "Choisissez des jours passés : des réponses peuvent encore arriver aujourd'hui.",
            ),
        )
        .await;
    }
    if !office.desk.state().0 {
        return shown(
            &office,
            &visit,
            f.t(
                "The inbox is being read, so closed inquiries are not all counted yet. Try again in a minute.",
                "La réception se charge; les demandes fermées ne sont pas encore toutes comptées. Réessayez dans une minute.",
            ),
        )
        .await;
    }
    let title = title(&office.catalogue().municipality().id, name, office.today().to_string());
    let file = freeze(
        &title,
        &asked.spec,
        &asked.survey,
        &asked.reading,
        &office.receiver().keys.now(),
        now_ms(),
    );
    office.write_survey(visit.login(), name, &Act::Frozen { name: name.into(), file }).await?;
    Ok(go("/office/survey/baselines"))
}

fn numbered(ledger: &Ledger, number: &str) -> Option<Frozen> {
    let number: usize = number.parse().ok()?;
    ledger.frozen.get(number.checked_sub(1)?).cloned()
}

/// Downloads the signed file.
pub(crate) async fn file(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Path(number): Path<String>,
) -> Answer {
    use store::{Custody, Deed};
    let ledger = office.survey_ledger().await?;
    let Some(frozen) = numbered(&ledger, &number) else {
        return Err(Trouble::Nothing(Box::new(Frame::of(&office, &visit))));
    };
    office
        .store()
        .note(
            "export baseline",
            &Deed { who: visit.login().into(), reason: frozen.name, at_ms: now_ms() },
        )
        .await?;
    Ok(download("application/json", &format!("baseline-{number}.json"), frozen.file))
}

/// Makes a baseline's figures public, or withdraws them.
pub(crate) async fn publish(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Path(number): Path<String>,
) -> Answer {
    let ledger = office.survey_ledger().await?;
    let Some(frozen) = numbered(&ledger, &number) else {
        return Err(Trouble::Nothing(Box::new(Frame::of(&office, &visit))));
    };
    let act = if visit.field("act") == "take-back" {
        Act::Unpublished
    } else {
        Act::Published { name: frozen.name.clone() }
    };
    office.write_survey(visit.login(), &frozen.name, &act).await?;
    Ok(go("/office/survey/baselines"))
}
