//! The page of metrics: what was counted, and what is asked for when somebody looks.

use super::ServerMetrics;
use crate::api::ServerParts;
use crate::operations::{WORKS, WorkDates, key_ages};
use office::InboxState;
use office::operations::{KeyAge, MailboxReport, OperationKind};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Metric, Registry};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};
use store::{AnyStore, StoreFault};
use tokio::sync::Mutex;
use vault::keys::Keys;
use vault::now_ms;

/// How long the dates in the audit log are reused: to find that something was never done, all of
/// the log is read.
const DATES_GOOD_FOR: Duration = Duration::from_secs(60);

type Number = Gauge<f64, AtomicU64>;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CheckLabel {
    check: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WorkLabel {
    work: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct UseLabel {
    usage: &'static str,
}

/// When the operator's work was last done and last failed, in the order of [`WORKS`].
type OperationDates = [WorkDates; WORKS.len()];

/// The dates as they were read last.
#[derive(Default)]
pub(super) struct DatesCopy(Mutex<Option<(Instant, OperationDates)>>);

impl DatesCopy {
    async fn read(&self, store: &AnyStore) -> Result<OperationDates, StoreFault> {
        let mut copy = self.0.lock().await;
        if let Some((at, dates)) = *copy
            && at.elapsed() < DATES_GOOD_FOR
        {
            return Ok(dates);
        }
        let mut dates = OperationDates::default();
        for (dates, (_, name)) in dates.iter_mut().zip(WORKS) {
            *dates = WorkDates::read(store, name).await?;
        }
        *copy = Some((Instant::now(), dates));
        Ok(dates)
    }
}

/// What is outside the parts that all handlers share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Beside {
    /// The inbox; `None` while the server stops.
    pub(super) inbox: Option<InboxState>,
    /// Open connections.
    pub(super) connections: usize,
    /// Connections that found no place, since the start.
    pub(super) refused_connections: u64,
    /// Retention runs every night.
    pub(super) has_nightly_retention: bool,
}

struct MetricsPage(Registry);

impl MetricsPage {
    fn number(&mut self, name: &str, help: &str, value: f64) {
        let gauge = Number::default();
        gauge.set(value);
        self.0.register(name, help, gauge);
    }

    fn total(&mut self, name: &str, help: &str, value: u64) {
        let counter: Counter = Counter::default();
        counter.inc_by(value);
        self.0.register(name, help, counter);
    }

    fn counted(&mut self, name: &str, help: &str, metric: impl Metric) {
        self.0.register(name, help, metric);
    }
}

/// The whole page.
pub(super) async fn text(server: &Arc<ServerParts<AnyStore>>, beside: Beside) -> String {
    let mut page = MetricsPage(Registry::with_prefix("community_hub"));
    put_counts(&mut page, &server.metrics);
    put_checks(&mut page, server).await;
    put_inbox(&mut page, beside.inbox);
    put_mailbox(&mut page, server.mailbox.report());
    put_dates(&mut page, server, beside.has_nightly_retention).await;
    put_keys(&mut page, &server.receiver.keys.now());
    let store = &server.receiver.store;
    page.number("jobs_waiting", "Jobs that wait for the database", store.jobs_waiting() as f64);
    page.number("connections", "Open connections", beside.connections as f64);
    let refused = beside.refused_connections;
    page.total("refused_connections", "Connections that found no place", refused);
    let maintenance = f64::from(u8::from(server.maintenance.is_on()));
    page.number("maintenance", "1 during maintenance, when nothing is stored, 0 else", maintenance);
    let lost = server.lost_lines.count();
    page.total("log_lines_lost", "Lines of the log that could not be written", lost);
    page.number(
        "edition_number",
        "The number of the newest edition of the service directory",
        f64::from(server.editions.number()),
    );
    let mut text = String::new();
    // Writing to a text does not fail.
    let _ = encode(&mut text, &page.0);
    text
}

fn put_counts(page: &mut MetricsPage, metrics: &ServerMetrics) {
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    page.counted("build", "The program", Info::new(version.to_vec()));
    let uptime = metrics.began.elapsed().as_secs_f64();
    page.number("uptime_seconds", "Seconds since the start", uptime);
    page.counted(
        "request_seconds",
        "Seconds to the head of an answer, by kind of address and status",
        metrics.requests.clone(),
    );
    page.counted(
        "refused_requests",
        "Requests that were refused, by reason",
        metrics.refused_requests.clone(),
    );
    page.counted(
        "submissions",
        "Submissions by kind and verdict; one that is sent again counts again",
        metrics.submissions.clone(),
    );
    page.counted(
        "refused_submissions",
        "Submissions that were refused for good, by reason",
        metrics.refused_submissions.clone(),
    );
    page.counted("commit_seconds", "Seconds of a commit", metrics.commits.clone());
    page.counted("failed_commits", "Commits that failed", metrics.failed_commits.clone());
}

/// The checks of /ready, and what they measured.
async fn put_checks(page: &mut MetricsPage, server: &Arc<ServerParts<AnyStore>>) {
    let report = server.report().await;
    let checks = Family::<CheckLabel, Number>::default();
    for (check, is_fine) in report.states() {
        checks.get_or_create(&CheckLabel { check }).set(f64::from(u8::from(is_fine)));
    }
    page.counted("check", "1 if a check of /ready passes, 0 if it does not", checks);
    if let Some(bytes) = report.free_bytes {
        page.number("free_bytes", "Free space on the disk of the data folder", bytes as f64);
    }
}

fn put_inbox(page: &mut MetricsPage, inbox: Option<InboxState>) {
    let Some(inbox) = inbox else { return };
    if let Some(until_ms) = inbox.read_until_ms {
        let lag = now_ms().saturating_sub(until_ms) as f64 / 1_000.0;
        page.number("inbox_lag_seconds", "Seconds since staff’s inbox was last up to date", lag);
    }
    page.number("unopened_inquiries", "Inquiries that no key opens", inbox.unopened as f64);
    page.number(
        "mails_waiting",
        "Inquiries with a reply that waits to be sent by email",
        inbox.mails_waiting as f64,
    );
}

/// The mailbox; all is zero if none is read. Before it was read once, the time since the start
/// counts.
fn put_mailbox(page: &mut MetricsPage, report: Option<MailboxReport>) {
    let read_ms = report.as_ref().map(|report| report.read_ms.unwrap_or(report.since_ms));
    let lag = read_ms.map_or(0, |read_ms| now_ms().saturating_sub(read_ms)) as f64 / 1_000.0;
    let report = report.unwrap_or_default();
    page.number("mailbox_lag_seconds", "Seconds since the mailbox was last read", lag);
    let waiting = f64::from(report.waiting);
    page.number("mailbox_waiting", "Emails that wait in the mailbox", waiting);
    page.total("mailbox_stored", "Emails that were stored", report.stored);
    page.total("mailbox_aside", "Emails that were put aside", report.aside);
}

async fn put_dates(
    page: &mut MetricsPage,
    server: &ServerParts<AnyStore>,
    has_nightly_retention: bool,
) {
    page.number(
        "retention_is_nightly",
        "1 if the server deletes every night what is past its period",
        f64::from(u8::from(has_nightly_retention)),
    );
    let dates = match server.metrics.dates.read(&server.receiver.store).await {
        Ok(dates) => dates,
        // The check of the database tells that it failed.
        Err(fault) => return tracing::warn!(%fault, "the dates for monitoring could not be read"),
    };
    let failed = Family::<WorkLabel, Number>::default();
    for ((kind, _), WorkDates { done, failed: failed_ms }) in WORKS.into_iter().zip(dates) {
        let (work, name, help) = match kind {
            OperationKind::Retention => (
                "retention",
                "last_retention_timestamp_seconds",
                "When retention last ran; 0 if never",
            ),
            OperationKind::Backup => (
                "backup",
                "last_backup_timestamp_seconds",
                "When a backup was last made; 0 if never",
            ),
            OperationKind::Drill => (
                "drill",
                "last_drill_timestamp_seconds",
                "When a backup was last tried; 0 if never",
            ),
        };
        page.number(name, help, done.unwrap_or(0) as f64 / 1_000.0);
        failed.get_or_create(&WorkLabel { work }).set(f64::from(u8::from(failed_ms > done)));
    }
    page.counted("work_failed", "1 if the newest try of nightly work failed", failed);
}

/// Since when the newest key for each use is in use.
fn put_keys(page: &mut MetricsPage, keys: &Keys) {
    let ages = Family::<UseLabel, Number>::default();
    for KeyAge { usage, days } in key_ages(keys, now_ms()) {
        ages.get_or_create(&UseLabel { usage }).set(days as f64);
    }
    page.counted("key_age_days", "Days since the newest key for a use began", ages);
}
