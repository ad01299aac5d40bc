//! Baselines: frozen figures, each in a signed file, and which of them is public.

use super::{Office, ReportQuery};
use crate::banner::FinishedAct;
use crate::confirm::{self, Confirmation};
use crate::form::{FieldFault, FromFields, OfficeForm, TypedFields};
use crate::guard::Visit;
use crate::pages::{PageFrame, PageResult, TroublePage, download, go, page as made};
use crate::survey::baseline::{NAME_CHARS_MAX, freeze, title};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use casework::survey::ledger::{Frozen, SurveyAct, SurveyLedger};
use domain::Catalogue;
use std::collections::HashMap;
use std::sync::Arc;
use vault::now_ms;

#[derive(Template)]
#[template(path = "office/survey_baselines.html")]
struct BaselinesPage {
    f: PageFrame,
    rows: Vec<BaselineRow>,
    fault: String,
    name: String,
    from: String,
    to: String,
}

struct BaselineRow {
    number: usize,
    name: String,
    who: String,
    on: String,
    is_published: bool,
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
    let ledger = office.survey_ledger().await?;
    let row = |(number, frozen): (usize, &Frozen)| BaselineRow {
        number,
        name: frozen.name.clone(),
        who: frozen.who.clone(),
        on: office.zone.moment(frozen.at_ms).date.to_string(),
        is_published: ledger.published().is_some_and(|published| published.name == frozen.name),
    };
    let rows =
        ledger.frozen.iter().enumerate().map(|(at, frozen)| row((at + 1, frozen))).rev().collect();
    let field =
        |name: &str| if fault.is_empty() { String::new() } else { visit.typed.text(name).into() };
    let yesterday = office.today().plus_days(-1);
    let day = |name: &str, usual: domain::hours::Date| {
        if field(name).is_empty() { usual.to_string() } else { field(name) }
    };
    let status = if fault.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (from, to) = (day("from", yesterday.plus_days(-89)), day("to", yesterday));
    let name = field("name");
    Ok(made(status, &BaselinesPage { rows, fault, name, from, to, f }))
}

/// A baseline to freeze: its name, and what its report asks for.
pub(crate) struct FreezeForm {
    name: String,
    query: HashMap<String, String>,
}

impl FreezeForm {
    const NAME_FAULT: (&'static str, &'static str) = (
        "Enter an unused name of 1 to 60 characters.",
        "Entrez un nom inutilisé de 1 à 60 caractères.",
    );
}

impl FromFields for FreezeForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        let query = ["from", "to", "version", "once"]
            .into_iter()
            .filter(|field| fields.has(field))
            .map(|field| (field.to_string(), fields.text(field).to_string()))
            .collect();
        Ok(Self { name: fields.name("name", NAME_CHARS_MAX, Self::NAME_FAULT)?, query })
    }
}

/// Why these figures cannot be frozen under this name now.
fn freezing_fault(office: &Office, asked: &ReportQuery, name: &str) -> Option<FieldFault> {
    if asked.ledger.frozen.iter().any(|frozen| frozen.name == name) {
        let (english, french) = FreezeForm::NAME_FAULT;
        return Some(FieldFault::new(english, french));
    }
    if asked.days.to >= office.today() {
        return Some(FieldFault::new(
            "Choose past days: more answers may arrive today.",
            "Choisissez des jours passés : d’autres réponses peuvent arriver aujourd’hui.",
        ));
    }
    (!office.inquiries.state().0).then_some(FieldFault::new(
        "The inbox is loading, so some closed inquiries are not counted yet. Try again in a minute.",
        "La boîte de réception se charge; certaines demandes terminées ne sont pas encore comptées. Réessayez dans une minute.",
    ))
}

/// Freezes the figures of past days.
pub(crate) async fn make(
    State(office): State<Arc<Office>>,
    OfficeForm { visit, proof, asked }: OfficeForm<FreezeForm>,
) -> PageResult {
    let FreezeForm { name, query } = match asked {
        Ok(form) => form,
        Err(fault) => return shown(&office, &visit, Some(fault)).await,
    };
    let asked = office.asked(&query).await?;
    if let Some(fault) = freezing_fault(&office, &asked, &name) {
        return shown(&office, &visit, Some(fault)).await;
    }
    let title = title(&office.catalogue().municipality().id, &name, office.today().to_string());
    let file = freeze(
        &title,
        &asked.spec,
        &asked.survey,
        &asked.reading,
        &office.receiver().keys.now(),
        now_ms(),
    );
    office.write_survey(&proof, &name, &SurveyAct::Frozen { name: name.clone(), file }).await?;
    Ok(go(&FinishedAct::BaselineCreated.at("/office/survey/baselines")))
}

fn numbered(ledger: &SurveyLedger, number: &str) -> Option<Frozen> {
    let number: usize = number.parse().ok()?;
    ledger.frozen.get(number.checked_sub(1)?).cloned()
}

/// Downloads the signed file.
pub(crate) async fn file(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Path(number): Path<String>,
) -> PageResult {
    use store::{AuditContext, Custody};
    let ledger = office.survey_ledger().await?;
    let Some(frozen) = numbered(&ledger, &number) else {
        return Err(TroublePage::Nothing(Box::new(PageFrame::of(&office, &visit))));
    };
    office
        .store()
        .note(
            "export baseline",
            &AuditContext { who: visit.login().into(), reason: frozen.name, at_ms: now_ms() },
        )
        .await?;
    Ok(download("application/json", &format!("baseline-{number}.json"), frozen.file))
}

/// Whether a baseline's figures are to be public.
pub(crate) struct PublishForm {
    is_withdrawal: bool,
}

impl FromFields for PublishForm {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        Ok(Self { is_withdrawal: fields.text("act") == "take-back" })
    }
}

/// The question before figures are published.
fn publication(f: &PageFrame, name: String) -> Confirmation {
    Confirmation {
        title: f.t("Publish these figures?", "Publier ces chiffres?").into(),
        facts: vec![(f.t("Baseline", "Mesure de référence"), name)],
        warning: f.t(
            "Everyone can read and copy them at once. You can unpublish them later, but not take back copies.",
            "Tout le monde peut aussitôt les lire et les copier. Vous pourrez les retirer plus tard, mais pas reprendre les copies.",
        ),
        act: f.t("Publish the figures", "Publier les chiffres"),
        back: "/office/survey/baselines".into(),
        ..Confirmation::default()
    }
}

/// Makes a baseline's figures public, or withdraws them.
pub(crate) async fn publish(
    State(office): State<Arc<Office>>,
    Path(number): Path<String>,
    OfficeForm { visit, proof, asked }: OfficeForm<PublishForm>,
) -> PageResult {
    let ledger = office.survey_ledger().await?;
    let Some(frozen) = numbered(&ledger, &number) else {
        return Err(TroublePage::Nothing(Box::new(PageFrame::of(&office, &visit))));
    };
    let (act, done) = if asked.is_ok_and(|form| form.is_withdrawal) {
        (SurveyAct::Unpublished, FinishedAct::BaselineUnpublished)
    } else {
        (SurveyAct::Published { name: frozen.name.clone() }, FinishedAct::BaselinePublished)
    };
    if done == FinishedAct::BaselinePublished && !confirm::is_confirmed(&proof) {
        let f = PageFrame::of(&office, &visit);
        let action = format!("/office/survey/baselines/{number}");
        return Ok(confirm::ask(&f, &proof, &action, &publication(&f, frozen.name)));
    }
    office.write_survey(&proof, &frozen.name, &act).await?;
    Ok(go(&done.at("/office/survey/baselines")))
}
