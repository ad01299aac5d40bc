//! Gaps: what people look for and do not find, as one list by month and location, each with a draft
//! of a change that would close it. Search terms are counted by month and reveal nothing about a
//! person.

mod draft;
mod list;

use super::Office;
use super::counter::reason_words;
use super::guard::Visit;
use super::looks::RecordedView;
use super::pages::{PageFrame, PageResult, TroublePage, download, page as made};
use super::record_names::{hub_name, service_name, task_name};
use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use casework::demand::DemandRecord;
use casework::month::Month;
use domain::reference::Reference;
use domain::{Catalogue, HubId, Language, ServiceId, TaskId};
pub(super) use draft::slug;
use draft::{ThesaurusDraft, Wrong, correction, missing_service, thesaurus_word};
use list::{GapFilter, ListedGap, Missing, list};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

const ROWS_PER_PAGE: usize = 50;
/// Characters of a search term in a draft; a real search is shorter.
const WORDS_CHARS_MAX: usize = 120;
const KINDS: [&str; 6] = ["search", "other-searches", "no-service", "error", "not-here", "counter"];

#[derive(Template)]
#[template(path = "office/gaps.html")]
struct GapsPage {
    f: PageFrame,
    filter: GapFilter,
    months: Vec<Month>,
    hubs: Vec<(String, String)>,
    services: Vec<(String, String)>,
    rows: Vec<GapRow>,
    total: usize,
    times: u64,
    unopened: u64,
    from: usize,
    page: usize,
    pages: usize,
    query: String,
    fault: &'static str,
}

impl GapsPage {
    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        KINDS.map(|kind| (kind, kind_words(&self.f, kind))).into()
    }

    fn is_month(&self, month: &Month) -> bool {
        self.filter.month == Some(*month)
    }
}

/// A row of the list, in words.
struct GapRow {
    month: String,
    place: String,
    kind: &'static str,
    kind_words: &'static str,
    what: String,
    /// The language of a search term; empty for other gaps.
    language: &'static str,
    times: u64,
    /// Ids of inquiries and their reference numbers.
    references: Vec<(String, String)>,
    more: u64,
    /// The query string for the draft of a correction.
    correction: String,
    /// The address of the page where the office changes what the counter offers.
    inventory: String,
}

pub(super) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    office.write_look(visit.login(), RecordedView::Gaps).await?;
    shown(&office, &visit, &query, "")
}

fn shown(
    office: &Office,
    visit: &Visit,
    query: &HashMap<String, String>,
    fault: &'static str,
) -> PageResult {
    let f = PageFrame::of(office, visit);
    let (demand, catalogue, inquiries) =
        (office.inquiries.demand(), office.catalogue(), visit.covered(office.inquiries.listed()));
    let filter = filter_in(query);
    let mut fitting = list(&demand, &inquiries, &catalogue, &office.zone, &GapFilter::default());
    let months: BTreeSet<Month> = fitting.iter().map(|missing| missing.month).collect();
    fitting.retain(|missing| filter.fits(missing));
    let pages = fitting.len().div_ceil(ROWS_PER_PAGE).max(1);
    let page =
        query.get("page").and_then(|text| text.parse::<usize>().ok()).unwrap_or(1).clamp(1, pages);
    let from = (page - 1) * ROWS_PER_PAGE;
    let status = if fault.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(made(
        status,
        &GapsPage {
            months: months.into_iter().rev().collect(),
            hubs: catalogue
                .hubs()
                .iter()
                .map(|hub| (hub.id.to_string(), f.name_of(&hub.name)))
                .collect(),
            services: catalogue
                .services_by_name()
                .iter()
                .map(|service| (service.id.to_string(), f.name_of(&service.name)))
                .collect(),
            rows: fitting
                .iter()
                .skip(from)
                .take(ROWS_PER_PAGE)
                .map(|missing| row(&f, missing, &catalogue))
                .collect(),
            total: fitting.len(),
            times: fitting.iter().map(|missing| missing.times).sum(),
            unopened: demand.unopened,
            from,
            page,
            pages,
            query: query_of(&filter),
            filter,
            fault,
            f,
        },
    ))
}

fn filter_in(query: &HashMap<String, String>) -> GapFilter {
    let text = |name: &str| query.get(name).map(|text| text.trim().to_string()).unwrap_or_default();
    GapFilter { kind: text("kind"), month: Month::parse(&text("month")), hub: text("hub") }
}

fn query_of(filter: &GapFilter) -> String {
    let month = filter.month.map(|month| month.to_string()).unwrap_or_default();
    let pairs = [("kind", &filter.kind), ("month", &month), ("hub", &filter.hub)];
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()))
        .finish()
}

/// What is missing, in words.
fn gap_words(f: &PageFrame, gap: &ListedGap, catalogue: &Catalogue) -> String {
    match gap {
        ListedGap::Search { words, .. } => words.clone(),
        ListedGap::OtherSearches { language: Language::English } => {
            f.t("Rare words in English", "Mots rares en anglais").into()
        }
        ListedGap::OtherSearches { language: Language::French } => {
            f.t("Rare words in French", "Mots rares en français").into()
        }
        ListedGap::NoService => f.t("No service chosen", "Aucun service choisi").into(),
        ListedGap::NotHere { service } => service_name(f, catalogue, service),
        ListedGap::NotDone { task, reason } => {
            format!(
                "{}{} {}",
                task_name(f, catalogue, task),
                f.t(":", "\u{a0}:"),
                reason_words(f, *reason)
            )
        }
        ListedGap::Error { record: DemandRecord { task: Some(task), step, .. }, .. } => {
            flag_words(f, &task_name(f, catalogue, task), *step)
        }
        ListedGap::Error { record, field } => {
            let of = record
                .service
                .as_ref()
                .map(|id| service_name(f, catalogue, id))
                .or_else(|| record.hub.as_ref().map(|id| hub_name(f, catalogue, id)))
                .unwrap_or_default();
            format!("{of}{} {}", f.t(":", "\u{a0}:"), field_words(f, field))
        }
    }
}

/// The query string for the draft of a correction of a field.
fn correction_query(record: &DemandRecord, field: &str) -> String {
    let step = record.step.map(|step| step.to_string());
    let ids = [
        ("service", record.service.as_ref().map(|id| id.as_str())),
        ("hub", record.hub.as_ref().map(|id| id.as_str())),
        ("task", record.task.as_ref().map(|id| id.as_str())),
        ("step", step.as_deref()),
    ];
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("draft", "correction").append_pair("field", field);
    query.extend_pairs(ids.into_iter().filter_map(|(name, id)| id.map(|id| (name, id))));
    query.finish()
}

fn row(f: &PageFrame, missing: &Missing, catalogue: &Catalogue) -> GapRow {
    let inventory = match (&missing.gap, &missing.hub) {
        (ListedGap::NotDone { task, .. }, Some(hub)) => format!("/office/inventory/{hub}/{task}"),
        _ => String::new(),
    };
    GapRow {
        month: missing.month.name(f.language),
        place: missing.hub.as_ref().map_or_else(
            || f.t("No location", "Aucun point de service").into(),
            |id| hub_name(f, catalogue, id),
        ),
        kind: missing.gap.kind(),
        kind_words: kind_words(f, missing.gap.kind()),
        what: gap_words(f, &missing.gap, catalogue),
        language: match &missing.gap {
            ListedGap::Search { language, .. } => language.tag(),
            _ => "",
        },
        times: missing.times,
        references: missing
            .inquiries
            .iter()
            .map(|id| (id.to_string(), Reference::of(*id).to_string()))
            .collect(),
        more: if missing.inquiries.is_empty() {
            0
        } else {
            missing.times.saturating_sub(missing.inquiries.len() as u64)
        },
        correction: match &missing.gap {
            ListedGap::Error { record, field } => correction_query(record, field),
            _ => String::new(),
        },
        inventory,
    }
}

/// Staff report that a task is done differently at their counter.
fn flag_words(f: &PageFrame, task: &str, step: Option<u8>) -> String {
    let step = step.map(|step| format!(", {} {step}", f.t("step", "étape"))).unwrap_or_default();
    format!("{task}{step}{}", f.t(": done differently here", " : fait autrement ici"))
}

fn kind_words(f: &PageFrame, kind: &str) -> &'static str {
    match kind {
        "search" => f.t("Search with no results", "Recherche sans résultat"),
        "other-searches" => {
            f.t("Other searches with no results", "Autres recherches sans résultat")
        }
        "no-service" => f.t("Inquiries with no service", "Demandes sans service"),
        "error" => f.t("Error report", "Signalement d’erreur"),
        "counter" => f.t("Couldn’t be done at the counter", "Impossible au comptoir"),
        _ => f.t("Not done at this location", "Non offert à ce point de service"),
    }
}

fn field_words(f: &PageFrame, field: &str) -> &'static str {
    match field {
        "documents" => f.t("what to bring", "documents à apporter"),
        "fee" => f.t("cost", "coût"),
        "hours" => f.t("hours", "heures"),
        "phone" => f.t("phone", "téléphone"),
        "address" => f.t("address", "adresse"),
        "online-page" => f.t("online page", "page en ligne"),
        "process" => f.t("how it works", "marche à suivre"),
        "gone" => f.t("no longer offered", "n’est plus offert"),
        _ => f.t("something else", "autre chose"),
    }
}

/// Downloads a draft of a change file. It changes nothing on the server.
pub(super) async fn draft(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    office.write_look(visit.login(), RecordedView::Gaps).await?;
    let catalogue = office.catalogue();
    let text = |name: &str| query.get(name).map(|text| text.trim()).unwrap_or_default();
    let words: String = text("words").chars().take(WORDS_CHARS_MAX).collect();
    let service = ServiceId::parse(text("service")).ok().and_then(|id| catalogue.service(&id));
    let hub = HubId::parse(text("hub")).ok().and_then(|id| catalogue.hub(&id));
    let task = TaskId::parse(text("task")).ok().and_then(|id| catalogue.task(&id));
    let draft = match text("draft") {
        "word" if !words.is_empty() => match service {
            Some(service) => Some(thesaurus_word(
                &words,
                Language::parse(text("language")).unwrap_or(Language::English),
                service,
            )),
            None => {
                let f = PageFrame::of(&office, &visit);
                let fault = f.t(
                    "Choose a service from the list, then draft the search word again.",
                    "Choisissez un service dans la liste, puis ébauchez le mot de nouveau.",
                );
                return shown(&office, &visit, &HashMap::new(), fault);
            }
        },
        "service" if !words.is_empty() => Some(missing_service(&words, &catalogue)),
        "correction" => match (service, hub) {
            (None, at) if task.is_some() => task.map(|task| {
                correction(&Wrong::Task(task, text("step").parse().ok()), text("field"), at)
            }),
            (Some(service), at) => Some(correction(&Wrong::Service(service), text("field"), at)),
            (None, Some(hub)) => Some(correction(&Wrong::Hub(hub), text("field"), None)),
            (None, None) => None,
        },
        _ => None,
    };
    let Some(ThesaurusDraft { file_name, text }) = draft else {
        return Err(TroublePage::Nothing(Box::new(PageFrame::of(&office, &visit))));
    };
    Ok(download("application/toml; charset=utf-8", &file_name, text))
}
