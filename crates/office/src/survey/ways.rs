//! Survey links (collectors): creating them, their addresses, their counts and their printed
//! material.

use super::Office;
use crate::banner::FinishedAct;
use crate::confirm::{self, Confirmation};
use crate::form::{FieldFault, FromFields, OfficeForm, TypedFields};
use crate::guard::Visit;
use crate::pages::{PageFrame, PageResult, TroublePage, go, page as made};
use crate::survey::words::Words;
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use casework::survey::ledger::{Collector, Known, SurveyAct};
use domain::collector::{CollectorCode, EVERY_MAX, Way};
use domain::hours::Date;
use domain::{Catalogue, HubId};
use std::collections::HashMap;
use std::sync::Arc;
use vault::random;

const NAME_CHARS_MAX: usize = 80;
/// People on one batch sheet; a larger number is taken for a typing error.
const SHEET_MAX: u64 = 2_000;
/// The kinds of survey links that the office creates.
const MADE: [Way; 7] = [
    Way::Poster,
    Way::CounterCode,
    Way::Kiosk,
    Way::StaffAssisted,
    Way::Paper,
    Way::OpenLink,
    Way::AfterInquiry,
];

#[derive(Template)]
#[template(path = "office/survey_ways.html")]
struct WaysPage {
    f: PageFrame,
    ways: Vec<(&'static str, &'static str, bool)>,
    hubs: Vec<(String, String)>,
    rows: Vec<SurveyLinkRow>,
    fault: String,
    name: String,
}

struct SurveyLinkRow {
    code: String,
    name: String,
    way: &'static str,
    hub: String,
    is_invited: bool,
    is_paper: bool,
    every: u8,
    is_over: bool,
    reach: [u64; 3],
    invited: u64,
    refused: u64,
    path: String,
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
    // Counts cover all time.
    let all = HashMap::from([("from".to_string(), Date::from_days_since_1970(0).to_string())]);
    let asked = office.asked(&all).await?;
    let (catalogue, texts) = (office.catalogue(), office.french_texts());
    let words =
        Words { language: f.language, survey: &asked.survey, catalogue: &catalogue, texts: &texts };
    let row = |known: &Known| {
        let code = &known.collector.code;
        let reach = asked.reading.collectors.iter().find(|count| count.collector == *code);
        let (invited, refused) = known.asked(&asked.reading.collectors);
        SurveyLinkRow {
            code: code.to_string(),
            name: known.collector.name.clone(),
            way: words.way(code.way()),
            hub: known
                .collector
                .hub
                .as_ref()
                .and_then(|hub| catalogue.hub(hub))
                .map(|hub| f.name_of(&hub.name))
                .unwrap_or_default(),
            is_invited: code.way().is_invited(),
            is_paper: code.way() == Way::Paper,
            every: code.every(),
            is_over: known.ended_ms.is_some(),
            reach: reach
                .map(|count| [count.opened, count.started, count.completed])
                .unwrap_or_default(),
            invited,
            refused,
            path: format!("/s/{code}"),
        }
    };
    let mut rows: Vec<_> = asked.ledger.collectors.values().collect();
    rows.sort_by_key(|known| (known.ended_ms.is_some(), std::cmp::Reverse(known.made_ms)));
    let ways = MADE.map(|way| (way.name(), words.way(way), way.is_invited())).to_vec();
    let hubs =
        catalogue.hubs().iter().map(|hub| (hub.id.to_string(), f.name_of(&hub.name))).collect();
    let status = if fault.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let name = if fault.is_empty() { String::new() } else { visit.typed.text("name").into() };
    Ok(made(
        status,
        &WaysPage { ways, hubs, rows: rows.into_iter().map(row).collect(), fault, name, f },
    ))
}

/// A survey link to make.
pub(crate) struct WayForm {
    name: String,
    way: Way,
    /// One visitor of this many is asked.
    every: u8,
    hub: Option<HubId>,
}

impl FromFields for WayForm {
    fn from_fields(fields: &TypedFields, catalogue: &Catalogue) -> Result<Self, FieldFault> {
        let every = match fields.text("every") {
            "" => Some(1),
            text => text.parse::<u8>().ok().filter(|every| (1..=EVERY_MAX).contains(every)),
        };
        let (Some(way), Some(every)) = (Way::parse(fields.text("way")), every) else {
            return Err(FieldFault::new(
                "Choose a type and invite one visitor in 1 to 30.",
                "Choisissez un type et invitez un visiteur sur 1 à 30.",
            ));
        };
        let words = ("Enter a name of 1 to 80 characters.", "Entrez un nom de 1 à 80 caractères.");
        let name = fields.name("name", NAME_CHARS_MAX, words)?;
        let hub = HubId::parse(fields.text("hub")).ok();
        Ok(Self { name, way, every, hub: hub.filter(|hub| catalogue.hub(hub).is_some()) })
    }
}

/// Creates a survey link.
pub(crate) async fn make(
    State(office): State<Arc<Office>>,
    OfficeForm { visit, proof, asked }: OfficeForm<WayForm>,
) -> PageResult {
    let WayForm { name, way, every, hub } = match asked {
        Ok(form) => form,
        Err(fault) => return shown(&office, &visit, Some(fault)).await,
    };
    let collector = Collector { code: CollectorCode::new(way, every, random()), name, hub };
    office.write_survey(&proof, way.name(), &SurveyAct::Made { collector }).await?;
    Ok(go(&FinishedAct::LinkCreated.at("/office/survey/ways")))
}

/// The change of a survey link.
pub(crate) enum WayChange {
    End,
    /// The counts of a batch sheet.
    Count {
        invited: u64,
        refused: u64,
    },
}

impl FromFields for WayChange {
    fn from_fields(fields: &TypedFields, _: &Catalogue) -> Result<Self, FieldFault> {
        let count = |name: &str| match fields.text(name) {
            "" => Some(0),
            text => text.parse::<u64>().ok().filter(|count| *count <= SHEET_MAX),
        };
        match (fields.text("act"), count("invited"), count("refused")) {
            ("end", ..) => Ok(Self::End),
            ("count", Some(invited), Some(refused)) if refused <= invited && invited > 0 => {
                Ok(Self::Count { invited, refused })
            }
            _ => Err(FieldFault::new(
                "Enter how many people were invited (2,000 at most) and how many declined: no more than were invited.",
                "Entrez le nombre de personnes invitées (2 000 au plus) et de refus : pas plus que d’invitations.",
            )),
        }
    }
}

/// Ends a survey link, or adds the counts of a batch sheet.
pub(crate) async fn change(
    State(office): State<Arc<Office>>,
    Path(code): Path<String>,
    OfficeForm { visit, proof, asked }: OfficeForm<WayChange>,
) -> PageResult {
    let code = CollectorCode::parse(&code);
    let known = office.survey_ledger().await?;
    let Some(code) = code.filter(|code| known.collectors.contains_key(code)) else {
        return Err(TroublePage::Nothing(Box::new(PageFrame::of(&office, &visit))));
    };
    if matches!(asked, Ok(WayChange::End)) && !confirm::is_confirmed(&proof) {
        let f = PageFrame::of(&office, &visit);
        let of = known.collectors.get(&code).map(|known| known.collector.name.clone());
        let action = format!("/office/survey/ways/{code}");
        return Ok(confirm::ask(&f, &proof, &action, &ending(&f, of.unwrap_or_default())));
    }
    let (act, done) = match asked {
        Ok(WayChange::End) => (SurveyAct::Ended { code }, FinishedAct::LinkEnded),
        Ok(WayChange::Count { invited, refused }) => {
            (SurveyAct::Counted { code, invited, refused }, FinishedAct::CountsAdded)
        }
        Err(fault) => return shown(&office, &visit, Some(fault)).await,
    };
    office.write_survey(&proof, act.name(), &act).await?;
    Ok(go(&done.at("/office/survey/ways")))
}

/// The question before a survey link is ended.
fn ending(f: &PageFrame, name: String) -> Confirmation {
    Confirmation {
        title: f.t("End this survey link?", "Mettre fin à ce lien de sondage?").into(),
        facts: vec![(f.t("Survey link", "Lien de sondage"), name)],
        warning: f.t(
            "New answers no longer count for it. You can’t undo this, but you can create another link.",
            "Les nouvelles réponses ne compteront plus pour lui. C’est irréversible, mais vous pouvez créer un autre lien.",
        ),
        act: f.t("End survey link", "Mettre fin au lien"),
        back: "/office/survey/ways".into(),
        ..Confirmation::default()
    }
}
