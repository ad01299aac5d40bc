//! What the server does at night, from the audit log and the settings: for the office's page, for
//! monitoring, and for the command `status`.

use crate::api::ServerParts;
use crate::jobs::nightly::{
    NightlySettings, RetentionSettings, clock_fault, newest, next_night, night_of,
};
use crate::records::retention::{doubt, due_of_all};
use crate::serve::{Settings, municipality_of, open_store};
use crate::site::ServedSite;
use casework::when::Zone;
use domain::submission::KeyId;
use office::directory::ServiceDirectory;
use office::operations::{
    KeyAge, Operation, OperationDoubt, OperationKind, OperationState, Operations, OperationsSource,
    command,
};
use office::outside::ask;
use std::future::Future;
use std::pin::Pin;
use std::sync::Weak;
use store::{AnyStore, AuditContext, Custody, StoreFault, SubmissionStore};
use vault::keys::Keys;
use vault::keys::file::{KeyFile, Use};
use vault::{iso, now_ms};

/// Work of the night and its name in the audit log.
pub(crate) const WORKS: [(OperationKind, &str); 3] = [
    (OperationKind::Retention, "retention"),
    (OperationKind::Backup, "backup"),
    (OperationKind::Drill, "backup verify"),
];

/// When work was last done and last failed, in milliseconds since 1970; `None` if never.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct WorkDates {
    pub(crate) done: Option<u64>,
    pub(crate) failed: Option<u64>,
}

impl WorkDates {
    /// Reads them from the audit log.
    pub(crate) async fn read(store: &AnyStore, name: &str) -> Result<Self, StoreFault> {
        let until_ms = now_ms();
        Ok(Self {
            done: store.last_noted(&format!("{name} done"), until_ms).await?,
            failed: store.last_noted(&format!("{name} failed"), until_ms).await?,
        })
    }
}

/// The work of the night at `now_ms`.
async fn works(
    store: &AnyStore,
    settings: &NightlySettings,
    zone: &Zone,
    now_ms: u64,
) -> Result<Vec<Operation>, StoreFault> {
    let mut works = Vec::new();
    for (kind, name) in WORKS {
        let WorkDates { done, failed } = WorkDates::read(store, name).await?;
        let next_ms = match kind {
            OperationKind::Retention => settings
                .retention
                .is_some()
                .then(|| done.map_or(now_ms, |done_ms| next_night(zone, done_ms))),
            // One for each day.
            OperationKind::Backup | OperationKind::Drill => settings.backups.is_some().then(|| {
                done.map_or(now_ms, |done_ms| {
                    night_of(zone, zone.moment(done_ms).date.plus_days(1))
                })
            }),
        };
        let waits = match (&settings.retention, kind) {
            (Some(retention), OperationKind::Retention) if next_ms <= Some(now_ms) => {
                doubt_of(store, retention, now_ms).await?
            }
            _ => None,
        };
        let (last_done_ms, last_failed_ms) = (done, failed);
        works.push(Operation { kind, next_ms, last_done_ms, last_failed_ms, waits });
    }
    Ok(works)
}

/// Why retention waits, although it is due.
async fn doubt_of(
    store: &AnyStore,
    settings: &RetentionSettings,
    now_ms: u64,
) -> Result<Option<OperationDoubt>, StoreFault> {
    let failed = StoreFault::Failed;
    if clock_fault(now_ms, newest(store, now_ms).await.map_err(failed)?).is_some() {
        return Ok(Some(OperationDoubt::Clock));
    }
    let audit = AuditContext { who: String::new(), reason: String::new(), at_ms: now_ms };
    let (due, all) = due_of_all(store, settings.days, &audit).await.map_err(failed)?;
    Ok(doubt(due, all, None).map(|_| OperationDoubt::Many(due)))
}

/// How long the newest key for each use has been in use.
pub(crate) fn key_ages(keys: &Keys, now_ms: u64) -> Vec<KeyAge> {
    let age = |usage: Use| {
        let is_in_use = |(_, file): &(KeyId, KeyFile)| {
            file.usage == usage && !file.is_revoked && file.has_begun(now_ms)
        };
        let since_s = keys.files().filter(is_in_use).map(|(_, file)| file.begins_at_s).max()?;
        let days = (now_ms / 1_000).saturating_sub(since_s) / 86_400;
        Some(KeyAge { usage: usage.name(), days })
    };
    [Use::Sealing, Use::Signing, Use::Office].into_iter().filter_map(age).collect()
}

/// The facts for the office's page.
pub(crate) struct ServerOperations {
    /// Not held, so that a stop can close the store.
    pub(crate) server: Weak<ServerParts<AnyStore>>,
    pub(crate) settings: NightlySettings,
}

impl OperationsSource for ServerOperations {
    fn look(&self) -> Pin<Box<dyn Future<Output = Result<Operations, StoreFault>> + Send + '_>> {
        Box::pin(async {
            let Some(server) = self.server.upgrade() else { return Ok(Operations::default()) };
            let zone = Zone::of(&server.editions.catalogue().municipality().time_zone);
            let (store, now_ms) = (&server.receiver.store, now_ms());
            let report = server.report().await;
            let words = report.words().into_iter().zip(report.states());
            Ok(Operations {
                works: works(store, &self.settings, &zone, now_ms).await?,
                keys: key_ages(&server.receiver.keys.now(), now_ms),
                keys_missing: server.receiver.keys.missing(),
                mailbox: server.mailbox.report(),
                checks: words.map(|((name, word), (_, is_fine))| (name, word, is_fine)).collect(),
            })
        })
    }
}

/// The command `status`: what was last done, what is next, what failed. An error if something needs
/// work.
pub async fn status(settings: &Settings) -> Result<(), String> {
    settings.needs_database()?;
    let site = ServedSite::read(&settings.site).map_err(|fault| fault.to_string())?;
    let zone = crate::editions::Editions::of(&site, &settings.data_dir)
        .map(|editions| Zone::of(&editions.catalogue().municipality().time_zone))
        .ok_or("The site has no catalogue.")?;
    let keys =
        Keys::existing(&settings.data_dir.join("keys")).map_err(|fault| fault.to_string())?;
    let url = settings.database_url.as_deref();
    let store = open_store(&settings.data_dir, url, municipality_of(&site)?).await?;
    let now_ms = now_ms();
    let works = works(&store, &settings.nightly, &zone, now_ms).await;
    store.close().await;
    let mut problems = 0;
    for work in works.map_err(|fault| fault.to_string())? {
        problems += usize::from(work.state(now_ms).needs_work());
        println!("{}", line(&work, now_ms));
    }
    for key in key_ages(&keys, now_ms) {
        let (name, old) = (format!("key {}", key.usage), if key.is_old() { "OLD: " } else { "" });
        let rotate = if key.is_old() {
            format!(". Run: community-hub keys rotate {}", key.usage)
        } else {
            String::new()
        };
        let days = if key.days == 1 { "day" } else { "days" };
        println!("{name:<14} {old}{} {days} in use{rotate}", key.days);
        problems += usize::from(key.is_old());
    }
    problems += usize::from(!is_ready(settings).await);
    match problems {
        0 => Ok(()),
        1 => Err("One line needs work.".into()),
        _ => Err(format!("{problems} lines need work.")),
    }
}

/// The command `health`: whether the server of these settings answers. Whether its database does is
/// another question: a restart would not bring that back.
pub async fn health(settings: &Settings) -> Result<(), String> {
    let url = settings.local_url("/health");
    let answer = ask(&url).await.map_err(|fault| format!("{url}: {fault}"))?;
    match answer.status {
        200 => Ok(()),
        status => Err(format!("{url} answers {status}")),
    }
}

/// Asks the running server, and prints what it says. One that does not run is not a problem: this
/// may be about a server that was stopped.
async fn is_ready(settings: &Settings) -> bool {
    let url = settings.local_url("/ready");
    match ask(&url).await {
        Err(_) => {
            println!("{:<14} no server answers at {url}", "server");
            true
        }
        Ok(answer) => {
            let report: serde_json::Value =
                serde_json::from_slice(&answer.body).unwrap_or_default();
            println!("{:<14} {}: {}", "server", report["status"], report["checks"]);
            answer.status == 200
        }
    }
}

/// One line for work of the night.
fn line(work: &Operation, now_ms: u64) -> String {
    let name = match work.kind {
        OperationKind::Retention => "retention",
        OperationKind::Backup => "backup",
        OperationKind::Drill => "backup verify",
    };
    let state = work.state(now_ms);
    let words = match state {
        OperationState::Waits(OperationDoubt::Clock) => "WAITS: the clock may be wrong".into(),
        OperationState::Waits(OperationDoubt::Many(count)) => {
            format!("WAITS: it would delete {count}, more than usual")
        }
        OperationState::Failed => {
            format!("FAILED {}", work.last_failed_ms.map(iso).unwrap_or_default())
        }
        OperationState::Late => "LATE: a night was missed".into(),
        OperationState::Soon => "not done yet".into(),
        OperationState::Done => "done".into(),
        OperationState::ByCommand => "only by command".into(),
    };
    let last = work.last_done_ms.map_or("never".into(), iso);
    let next = match work.next_ms {
        None => String::new(),
        Some(ms) if ms <= now_ms => "; next: now".into(),
        Some(ms) => format!("; next: {}", iso(ms)),
    };
    let run = command(work.kind, state);
    let run = if run.is_empty() { run } else { format!(". Run: {run}") };
    format!("{name:<14} {words}; last done: {last}{next}{run}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_failed_when_and_what_to_run() {
        let work = Operation {
            kind: OperationKind::Backup,
            next_ms: Some(1_800_000_000_000),
            last_done_ms: Some(1_799_900_000_000),
            last_failed_ms: Some(1_799_990_000_000),
            waits: None,
        };
        let said = line(&work, 1_799_999_000_000);
        for expected in
            ["FAILED 2027-01-15T", "last done: 2027-01-14T", "next: 2027-01-15T", "--to"]
        {
            assert!(said.contains(expected), "{said}");
        }
    }
}
