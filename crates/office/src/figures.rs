//! The figures: how many inquiries were received, whether they were answered in time, and how they
//! ended; each as a chart with its table. Every figure states its count and its period; counts so
//! small that they could identify a person are suppressed.

mod chart;
mod download;

use super::Office;
use super::guard::Visit;
use super::pages::{PageFrame, PageResult, download, page as made};
use super::record::channel_words as came_by_words;
use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use casework::backlog::DepartmentBacklog;
use casework::case::CaseOutcome;
use casework::channel::InquiryChannel;
use casework::listed::ListedInquiry;
use casework::month::Month;
use casework::promise::PromiseState;
use casework::tally::{Fact, FigureGrouping, Figures, Key, Line, Period, Spread};
use casework::when;
use chart::{Bar, bars};
use domain::hours::{Minute, Moment};
use domain::{Catalogue, HubId, ServiceId};
use insight::Seen;
use std::collections::HashMap;
use std::sync::Arc;
use vault::now_ms;

/// Months of the default period, ending with the current one.
const MONTHS_USUAL: i32 = 12;
/// Months that can be chosen: longer than the retention period of inquiries.
const MONTHS_MAX: i32 = 60;
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

#[derive(Template)]
#[template(path = "office/figures.html")]
struct FiguresPage {
    f: PageFrame,
    is_read: bool,
    period: Period,
    months: Vec<Month>,
    all: String,
    is_few: bool,
    promise_names: Vec<&'static str>,
    outcome_names: Vec<&'static str>,
    whole: LineView,
    to_reply: String,
    to_close: String,
    promise: String,
    promise_chart: String,
    outcome_chart: String,
    sections: Vec<SectionView>,
    backlog: Vec<BacklogRow>,
    /// What matters most, each with the address that it leads to.
    findings: Vec<(String, String)>,
}

impl FiguresPage {
    fn is_month(&self, one: &Month, other: &Month) -> bool {
        one == other
    }
}

/// A table with its chart.
struct SectionView {
    id: &'static str,
    title: &'static str,
    heading: &'static str,
    /// What the chart shows; empty if nothing stands out.
    finding: String,
    chart: String,
    lines: Vec<LineView>,
}

/// What a department has open now.
struct BacklogRow {
    department: String,
    in_time: u64,
    late: u64,
    /// "26 days".
    oldest: String,
    oldest_ms: u64,
    /// The filters of the inbox that list these, as in the address.
    query: String,
}

impl BacklogRow {
    fn all(office: &Office, visit: &Visit, f: &PageFrame) -> Vec<Self> {
        let now_ms = now_ms();
        let active = office.inquiries.active().into_iter().map(ListedInquiry::Active);
        let open = visit.covered(active.collect());
        let row = |backlog: DepartmentBacklog| {
            let seconds = now_ms.saturating_sub(backlog.oldest_ms) / 1_000;
            let mut query = form_urlencoded::Serializer::new(String::new());
            Self {
                query: query.append_pair("department", &backlog.department).finish(),
                department: f.name_of(&backlog.department),
                in_time: backlog.in_time,
                late: backlog.late,
                oldest_ms: backlog.oldest_ms,
                oldest: when::lasting(seconds, f.language),
            }
        };
        let backlogs = DepartmentBacklog::of_all(&open, office.zone.moment(now_ms));
        backlogs.into_iter().map(row).collect()
    }
}

/// Up to three sentences for whoever leads a department: who is late, who waits longest, and how
/// many replies were on time. Each has the address of the page that shows more.
fn findings(f: &PageFrame, backlog: &[BacklogRow], whole: &LineView) -> Vec<(String, String)> {
    let mut findings = Vec::new();
    if let Some(row) = backlog.first().filter(|row| row.late > 0) {
        let text = f.n(
            row.late,
            &[
                "{department} has {n} overdue inquiry, the most of all.",
                "{department} a {n} demande en retard, le plus grand nombre.",
            ],
            &[
                "{department} has {n} overdue inquiries, the most of all.",
                "{department} a {n} demandes en retard, le plus grand nombre.",
            ],
        );
        let address = format!("/office?{}&due=overdue", row.query);
        findings.push((address, f.with(text, "department", &row.department)));
    }
    if let Some(row) = backlog.iter().min_by_key(|row| row.oldest_ms) {
        let text = f.t(
            "The oldest open inquiry has waited {time}: {department}.",
            "La plus ancienne demande ouverte attend depuis {time}\u{a0}: {department}.",
        );
        let text = f.with(f.with(text, "time", &row.oldest), "department", &row.department);
        findings.push((format!("/office?{}", row.query), text));
    }
    if whole.share != "–" {
        let text =
            f.t("First replies on time: {share}.", "Premières réponses à temps\u{a0}: {share}.");
        findings.push(("#h-promises".into(), f.with(text, "share", &whole.share)));
    }
    findings
}

/// A row of a table, in words.
struct LineView {
    name: String,
    all: String,
    promises: Vec<String>,
    share: String,
    outcomes: Vec<String>,
}

pub(super) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    let figures = figures(&office, &query);
    let catalogue = office.catalogue();
    let (promise_names, outcome_names) =
        (PromiseState::ALL.map(|promise| promise_words(&f, promise)).to_vec(), outcome_names(&f));
    let whole = Line {
        key: Key::Of(String::new()),
        all: figures.all,
        promises: figures.promises.clone(),
        outcomes: figures.outcomes.clone(),
    };
    let this = this_month(&office);
    let rules = office.directory.rules();
    let whole = line_view(&f, &whole, String::new());
    let backlog = BacklogRow::all(&office, &visit, &f);
    let total = total_words(&f, figures.all);
    Ok(made(
        StatusCode::OK,
        &FiguresPage {
            is_read: office.inquiries.state().0,
            period: figures.period,
            months: (0..MONTHS_MAX).map(|back| this.plus(-back)).collect(),
            is_few: figures.all == Seen::Hidden,
            promise_chart: parts_chart(
                &f,
                "promises",
                f.t("First reply", "Première réponse"),
                &promise_names,
                &figures.promises,
            ),
            outcome_chart: parts_chart(
                &f,
                "outcomes",
                f.t("Outcomes", "Résultats"),
                &outcome_names,
                &figures.outcomes,
            ),
            to_reply: spread_words(&f, figures.to_reply),
            to_close: spread_words(&f, figures.to_close),
            promise: rules
                .map(|rules| hours_words(rules.first_reply.working_hours * 60))
                .unwrap_or_default(),
            sections: figures
                .sections
                .iter()
                .map(|(by, lines)| section_view(&f, *by, lines, &total, &catalogue))
                .collect(),
            promise_names,
            outcome_names,
            findings: findings(&f, &backlog, &whole),
            all: total,
            whole,
            backlog,
            f,
        },
    ))
}

fn total_words(f: &PageFrame, all: Seen) -> String {
    all.count().map_or_else(|| f.t("fewer than 5", "moins de 5").into(), |count| count.to_string())
}

/// The figures as CSV. The download is recorded in the audit log.
pub(super) async fn csv(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    use store::{AuditContext, Custody};
    let f = PageFrame::of(&office, &visit);
    let figures = figures(&office, &query);
    let catalogue = office.catalogue();
    let Period { from, to } = figures.period;
    let Ok(bytes) = download::csv(&figures, |by, key| name_of(&f, by, key, &catalogue)) else {
        return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response());
    };
    let audit = AuditContext {
        who: visit.login().into(),
        reason: format!("figures from {from} to {to}"),
        at_ms: now_ms(),
    };
    office.store().note("figures", &audit).await?;
    Ok(download("text/csv; charset=utf-8", &format!("figures-{from}-{to}.csv"), bytes))
}

fn this_month(office: &Office) -> Month {
    Month::of(office.zone.moment(now_ms()).date)
}

fn figures(office: &Office, query: &HashMap<String, String>) -> Figures {
    let now = office.zone.moment(now_ms());
    let period = period_in(query, Month::of(now.date));
    let mut listed = office.inquiries.listed();
    let first_ms = listed.iter().map(ListedInquiry::received_at_ms).min();
    let first = first_ms.map(|ms| Month::of(office.zone.moment(ms).date));
    // Of a million, most are older than the period. A day more than it, because days are local.
    let begin = Moment { date: period.from.first_day(), minute: Minute::MIDNIGHT };
    let begin_ms = office.zone.ms(begin).saturating_sub(DAY_MS);
    listed.retain(|listed| listed.received_at_ms() >= begin_ms);
    let facts: Vec<Fact<'_>> =
        listed.iter().map(|listed| Fact::of(listed, &office.zone, now)).collect();
    Figures::since(first, &facts, period)
}

/// The period in the address: invalid months become the default, a reversed period is swapped.
fn period_in(query: &HashMap<String, String>, this: Month) -> Period {
    let month = |name: &str| query.get(name).and_then(|text| Month::parse(text));
    let in_reach = |month: Month| month.clamp(this.plus(1 - MONTHS_MAX), this);
    let to = in_reach(month("to").unwrap_or(this));
    let from = in_reach(month("from").unwrap_or(to.plus(1 - MONTHS_USUAL)));
    Period { from: from.min(to), to: from.max(to) }
}

fn section_view(
    f: &PageFrame,
    by: FigureGrouping,
    lines: &[Line],
    all: &str,
    catalogue: &Catalogue,
) -> SectionView {
    let (title, heading) = match by {
        FigureGrouping::Month => (f.t("By month", "Par mois"), f.t("Month", "Mois")),
        FigureGrouping::Department => {
            (f.t("By department", "Par service municipal"), f.t("Department", "Service municipal"))
        }
        FigureGrouping::Service => (f.t("By service", "Par service"), f.t("Service", "Service")),
        FigureGrouping::Hub => {
            (f.t("By location", "Par point de service"), f.t("Location", "Point de service"))
        }
        FigureGrouping::Channel => (
            f.t("By reply method", "Par moyen de réponse"),
            f.t("Reply method", "Moyen de réponse"),
        ),
        FigureGrouping::Language => (f.t("By language", "Par langue"), f.t("Language", "Langue")),
        FigureGrouping::CameBy => {
            (f.t("By how it came", "Par mode d’arrivée"), f.t("Came by", "Arrivée par"))
        }
    };
    let named = lines.iter().filter(|line| matches!(line.key, Key::Of(_)));
    let most =
        named.filter_map(|line| Some((line.all.count()?, line))).max_by_key(|(count, _)| *count);
    let most = most.filter(|_| lines.len() > 1);
    let finding = most.map_or_else(String::new, |(count, line)| {
        let text = f.t(
            "“{name}” has the most inquiries: {count} of {all}.",
            "«\u{a0}{name}\u{a0}» a le plus de demandes\u{a0}: {count} sur {all}.",
        );
        let text = f.with(f.with(text, "count", count), "all", all);
        f.with(text, "name", name_of(f, by, &line.key, catalogue))
    });
    let view = |line: &Line| line_view(f, line, name_of(f, by, &line.key, catalogue));
    let lines: Vec<(Seen, LineView)> = lines.iter().map(|line| (line.all, view(line))).collect();
    let bar = |(seen, line): &(Seen, LineView)| Bar {
        label: line.name.clone(),
        seen: *seen,
        value: line.all.clone(),
    };
    let about = f.t(
        "Bar chart of inquiries; the table below has the same counts.",
        "Diagramme à barres des demandes; le tableau ci-dessous donne les mêmes nombres.",
    );
    let chart_title = f.t("{group}: number of inquiries", "{group}\u{a0}: nombre de demandes");
    let chart_title = f.with(chart_title, "group", title);
    let bars_of_lines: Vec<Bar> = lines.iter().map(bar).collect();
    let chart = bars(by.name(), &chart_title, about, &bars_of_lines);
    SectionView {
        id: by.name(),
        title,
        heading,
        finding,
        chart,
        lines: lines.into_iter().map(|(_, line)| line).collect(),
    }
}

fn parts_chart(f: &PageFrame, id: &str, group: &str, names: &[&str], parts: &[Seen]) -> String {
    let about = f.t(
        "Bar chart of inquiries; the table below has the same counts.",
        "Diagramme à barres des demandes; le tableau ci-dessous donne les mêmes nombres.",
    );
    let bar = |(name, seen): (&&str, &Seen)| Bar {
        label: (*name).into(),
        seen: *seen,
        value: count_words(f, *seen),
    };
    let title = f.t("{group}: number of inquiries", "{group}\u{a0}: nombre de demandes");
    let title = f.with(title, "group", group);
    bars(id, &title, about, &names.iter().zip(parts).map(bar).collect::<Vec<_>>())
}

fn line_view(f: &PageFrame, line: &Line, name: String) -> LineView {
    let words = |seen: &Seen| count_words(f, *seen);
    LineView {
        name,
        all: words(&line.all),
        promises: line.promises.iter().map(words).collect(),
        share: share_words(f, line.promises[0], &line.promises[1..3]),
        outcomes: line.outcomes.iter().map(words).collect(),
    }
}

/// A star marks a small count; the page explains it under each table.
fn count_words(f: &PageFrame, seen: Seen) -> String {
    match seen {
        Seen::Shown(count) => count.to_string(),
        Seen::Marked(count) => format!("{count}*"),
        Seen::Hidden => f.t("hidden", "masqué").into(),
    }
}

/// "82 % of 45": the share in time of all inquiries whose promise is decided. "–" if it would
/// reveal a suppressed count.
fn share_words(f: &PageFrame, in_time: Seen, broken: &[Seen]) -> String {
    let broken: Option<u64> = broken.iter().map(|seen| seen.count()).sum();
    let (Some(in_time), Some(broken)) = (in_time.count(), broken) else { return "–".into() };
    let all = in_time + broken;
    let percent = (in_time * 200 + all) / (all * 2).max(1);
    match f.tag() {
        "fr" => format!("{percent}\u{a0}% de {all}"),
        _ => format!("{percent}% of {all}"),
    }
}

fn spread_words(f: &PageFrame, spread: Option<Spread>) -> String {
    let Some(Spread { count, is_at_least, median, ninetieth }) = spread else {
        return String::new();
    };
    let (half, most) = (hours_words(median), hours_words(ninetieth));
    let n = if is_at_least { format!("n ≥ {count}") } else { format!("n = {count}") };
    match f.tag() {
        "fr" => format!("la moitié en {half} ou moins, neuf sur dix en {most} ou moins ({n})"),
        _ => format!("half within {half}, nine in ten within {most} ({n})"),
    }
}

/// Working time in words: "16 h", "3 h 05".
fn hours_words(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (hours, 0) => format!("{hours} h"),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes:02}"),
    }
}

fn name_of(f: &PageFrame, by: FigureGrouping, key: &Key, catalogue: &Catalogue) -> String {
    let key = match key {
        Key::Of(key) => key.as_str(),
        Key::Others(count) => return format!("{} ({count})", f.t("All others", "Tous les autres")),
    };
    let known = match by {
        FigureGrouping::Month => Month::parse(key).map(|month| month.name(f.language)),
        FigureGrouping::Service => ServiceId::parse(key)
            .ok()
            .and_then(|id| catalogue.service(&id))
            .map(|service| f.name_of(&service.name)),
        FigureGrouping::Hub => {
            HubId::parse(key).ok().and_then(|id| catalogue.hub(&id)).map(|hub| f.name_of(&hub.name))
        }
        FigureGrouping::Channel => Some(channel_words(f, key).into()),
        FigureGrouping::Language => Some(if key == "fr" { "Français" } else { "English" }.into()),
        FigureGrouping::CameBy => {
            InquiryChannel::parse(key).map(|channel| came_by_words(f, channel).into())
        }
        FigureGrouping::Department => (!key.is_empty()).then(|| f.name_of(key)),
    };
    let none = match by {
        FigureGrouping::Service => f.t("No service chosen", "Aucun service choisi"),
        FigureGrouping::Hub => f.t("No location chosen", "Aucun point de service choisi"),
        _ => f.t("None", "Aucun"),
    };
    known.unwrap_or_else(|| if key.is_empty() { none.into() } else { key.into() })
}

fn channel_words(f: &PageFrame, key: &str) -> &'static str {
    match key {
        "email" => f.t("Email", "Courriel"),
        "phone" => f.t("Phone", "Téléphone"),
        _ => f.t("Status page", "Page de suivi"),
    }
}

fn promise_words(f: &PageFrame, promise: PromiseState) -> &'static str {
    match promise {
        PromiseState::InTime => f.t("On time", "À temps"),
        PromiseState::Late => f.t("Late", "En retard"),
        PromiseState::Overdue => f.t("Overdue, no reply", "Échue, sans réponse"),
        PromiseState::NotYet => f.t("Not due yet", "Pas encore échue"),
        PromiseState::Without => f.t("No response time", "Sans délai"),
    }
}

/// Outcomes as short column headings, then open inquiries.
fn outcome_names(f: &PageFrame) -> Vec<&'static str> {
    let name = |outcome| match outcome {
        CaseOutcome::Answered => f.t("Answered", "Répondue"),
        CaseOutcome::Done => f.t("Done as asked", "Fait comme demandé"),
        CaseOutcome::Elsewhere => f.t("Not a City service", "Ne relève pas de la Ville"),
        CaseOutcome::Duplicate => f.t("Duplicate", "Doublon"),
        CaseOutcome::NoWord => f.t("No follow-up", "Sans suite"),
        CaseOutcome::Withdrawn => f.t("Withdrawn", "Retirée"),
    };
    CaseOutcome::ALL.map(name).into_iter().chain([f.t("Open", "Ouverte")]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_read_from_the_address_and_never_out_of_reach() {
        let this = Month::parse("2026-11").unwrap();
        let check = |pairs: &[(&str, &str)], expected: &str| {
            let Period { from, to } = period_in(
                &pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
                this,
            );
            assert_eq!(format!("{from} {to}"), expected, "{pairs:?}");
        };
        check(&[], "2025-12 2026-11");
        check(&[("from", "2026-02"), ("to", "2026-03")], "2026-02 2026-03");
        check(&[("from", "2026-03"), ("to", "2026-02")], "2026-02 2026-03");
        check(&[("to", "2026-06")], "2025-07 2026-06");
        check(&[("from", "2000-01"), ("to", "9999-12")], "2021-12 2026-11");
        check(&[("from", "yesterday"), ("to", "=1")], "2025-12 2026-11");
    }
}
