//! Contacts that staff counted at their counters: how many people came for which task, and how it
//! ended. Counts of acts, so no figure is suppressed.

use super::{Office, hub_name, reason_words};
use crate::cells::CellWriter;
use crate::guard::Visit;
use crate::pages::{PageFrame, PageResult, download, page as made};
use crate::record_names::task_name;
use crate::survey::days_in;
use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use casework::counter::contacts::{Ends, Of, ends_by};
use casework::survey::spec::ReportDays;
use casework::when;
use domain::counter::{Channel, Reason};
use domain::hours::Date;
use domain::text::folded;
use domain::{Catalogue, HubId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use store::{AuditContext, Custody};
use vault::now_ms;

#[derive(Template)]
#[template(path = "office/counter.html")]
struct ContactsPage {
    f: PageFrame,
    days: ReportDays,
    hub: String,
    hubs: Vec<(String, String)>,
    whole: EndsView,
    referred_why: Vec<(&'static str, u64)>,
    could_not_why: Vec<(&'static str, u64)>,
    channels: Vec<(&'static str, u64)>,
    sections: Vec<ContactsSection>,
    query: String,
    unopened: u64,
}

struct ContactsSection {
    id: &'static str,
    title: &'static str,
    rows: Vec<(String, EndsView)>,
}

/// One row of a table.
struct EndsView {
    all: u64,
    done: u64,
    referred: u64,
    could_not: u64,
}

impl EndsView {
    fn of(ends: &Ends) -> Self {
        Self {
            all: ends.all(),
            done: ends.done,
            referred: ends.referred(),
            could_not: ends.could_not(),
        }
    }
}

/// The filters of a request: a range of days, and at most one location.
struct ContactsQuery {
    days: ReportDays,
    hub: Option<HubId>,
}

impl ContactsQuery {
    fn of(office: &Office, query: &HashMap<String, String>) -> Self {
        let hub = query.get("hub").and_then(|text| HubId::parse(text.trim()).ok());
        Self { days: days_in(query, "from", "to", office.today()), hub }
    }

    fn fits(&self, of: &Of) -> bool {
        self.hub.as_ref().is_none_or(|hub| *hub == of.hub)
    }

    fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("from", &self.days.from.to_string())
            .append_pair("to", &self.days.to.to_string());
        query.extend_pairs(self.hub.iter().map(|hub| ("hub", hub.as_str()))).finish()
    }
}

pub(crate) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    let (asked, ledger) = (ContactsQuery::of(&office, &query), office.counter_ledger().await?);
    let (demand, catalogue, today) =
        (office.inquiries.demand(), office.catalogue(), office.today());
    let rows: Vec<(Date, &Of, u64)> = demand
        .contacts
        .between(asked.days.from, asked.days.to)
        .filter(|(_, of, _)| asked.fits(of))
        .collect();
    let whole = ends_by(rows.iter().copied(), |_, _| ()).remove(&()).unwrap_or_default();
    let name_of_hub = |id: &HubId| hub_name(&f, &catalogue, &ledger, id);
    let sections = sections(&f, &rows, &catalogue, name_of_hub, today);
    // Every location that can be chosen, and those with counted contacts.
    let ids: BTreeSet<HubId> = catalogue
        .hubs()
        .iter()
        .map(|hub| hub.id.clone())
        .chain(demand.contacts.all().map(|(_, of, _)| of.hub.clone()))
        .collect();
    let mut hubs: Vec<(String, String)> =
        ids.iter().map(|id| (id.to_string(), name_of_hub(id))).collect();
    hubs.sort_by_cached_key(|(_, name)| folded(name));
    Ok(made(
        StatusCode::OK,
        &ContactsPage {
            whole: EndsView::of(&whole),
            referred_why: why(&f, &whole.referred),
            could_not_why: why(&f, &whole.could_not),
            channels: channels(&f, &rows),
            sections,
            query: asked.query(),
            hub: asked.hub.as_ref().map(ToString::to_string).unwrap_or_default(),
            days: asked.days,
            hubs,
            unopened: demand.unopened,
            f,
        },
    ))
}

/// The counts by task, by location and by day.
fn sections(
    f: &PageFrame,
    rows: &[(Date, &Of, u64)],
    catalogue: &Catalogue,
    name_of_hub: impl Fn(&HubId) -> String,
    today: Date,
) -> Vec<ContactsSection> {
    let by_task = ends_by(rows.iter().copied(), |_, of| of.task.clone());
    let by_hub = ends_by(rows.iter().copied(), |_, of| of.hub.clone());
    let by_day = ends_by(rows.iter().copied(), |day, _| Reverse(day));
    vec![
        section(
            "task",
            f.t("By task", "Par tâche"),
            by_task.iter().map(|(id, ends)| (task_name(f, catalogue, id), ends)),
            true,
        ),
        section(
            "hub",
            f.t("By location", "Par point de service"),
            by_hub.iter().map(|(id, ends)| (name_of_hub(id), ends)),
            true,
        ),
        section(
            "day",
            f.t("By day", "Par jour"),
            by_day.iter().map(|(Reverse(day), ends)| (when::date(*day, today, f.language), ends)),
            false,
        ),
    ]
}

/// The counts by channel.
fn channels(f: &PageFrame, rows: &[(Date, &Of, u64)]) -> Vec<(&'static str, u64)> {
    let mut by_channel: BTreeMap<Channel, u64> = BTreeMap::new();
    rows.iter().for_each(|(_, of, count)| *by_channel.entry(of.channel).or_default() += count);
    by_channel.into_iter().map(|(channel, count)| (channel_words(f, channel), count)).collect()
}

fn section<'a>(
    id: &'static str,
    title: &'static str,
    rows: impl Iterator<Item = (String, &'a Ends)>,
    is_by_size: bool,
) -> ContactsSection {
    let mut rows: Vec<(String, EndsView)> =
        rows.map(|(name, ends)| (name, EndsView::of(ends))).collect();
    if is_by_size {
        rows.sort_by_cached_key(|(name, ends)| (Reverse(ends.all), folded(name)));
    }
    ContactsSection { id, title, rows }
}

/// Reasons with their counts, the most frequent first.
fn why(f: &PageFrame, reasons: &BTreeMap<Reason, u64>) -> Vec<(&'static str, u64)> {
    let mut why: Vec<_> =
        reasons.iter().map(|(reason, count)| (reason_words(f, *reason), *count)).collect();
    why.sort_by_key(|(_, count)| Reverse(*count));
    why
}

fn channel_words(f: &PageFrame, channel: Channel) -> &'static str {
    match channel {
        Channel::Counter => f.t("at a counter", "au comptoir"),
        Channel::PopUp => f.t("at an event", "à un événement"),
        Channel::Phone => f.t("by phone", "par téléphone"),
        Channel::Email => f.t("by email", "par courriel"),
    }
}

/// The counts as a CSV file, by day, location, task, channel and outcome.
pub(crate) async fn csv(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    let asked = ContactsQuery::of(&office, &query);
    let demand = office.inquiries.demand();
    let rows =
        demand.contacts.between(asked.days.from, asked.days.to).filter(|(_, of, _)| asked.fits(of));
    let Ok(bytes) = written(rows) else {
        return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response());
    };
    let audit = AuditContext {
        who: visit.login().into(),
        reason: format!("contacts {}", asked.query()),
        at_ms: now_ms(),
    };
    office.store().note("figures", &audit).await?;
    Ok(download(
        "text/csv; charset=utf-8",
        &format!("contacts-{}-{}.csv", asked.days.from, asked.days.to),
        bytes,
    ))
}

fn written<'a>(rows: impl Iterator<Item = (Date, &'a Of, u64)>) -> Result<Vec<u8>, csv::Error> {
    let mut writer = CellWriter::new(Vec::new())?;
    writer.row(["day", "hub", "task", "channel", "outcome", "reason", "count"])?;
    for (day, of, count) in rows {
        let reason = of.outcome.reason().map(Reason::name).unwrap_or_default();
        let cells = [
            &day.to_string(),
            of.hub.as_str(),
            of.task.as_str(),
            of.channel.name(),
            of.outcome.name(),
            reason,
            &count.to_string(),
        ];
        writer.row(cells)?;
    }
    writer.into_bytes()
}
