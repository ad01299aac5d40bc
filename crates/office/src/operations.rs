//! The page for administrators about the server itself: what it does at night, when that was last
//! done, what failed, and what needs somebody. The server gives the facts; it writes them from the
//! audit log, so they are the same after a restart and at every server.

use super::Office;
use super::form::FieldFault;
use super::guard::Visit;
use super::pages::{PageFrame, PageResult, page as made};
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use casework::maintenance::{Maintenance, SETTING};
use casework::when;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use store::{DoorStore, StoreFault};
use vault::now_ms;

/// Nightly work that was not done for this long, in milliseconds, is late: one night was missed.
const LATE_MS: u64 = 50 * 3_600_000;
/// Days after which a key should be followed by a newer one. The alert for monitoring has the same.
pub const KEY_DAYS_MAX: u64 = 400;

/// Work of the night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationKind {
    /// Deletes what is past its retention.
    Retention,
    /// Makes a backup.
    Backup,
    /// Opens all of the newest backup.
    Drill,
}

/// Work of the night as the audit log and the settings have it. Times are in milliseconds since
/// 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// Which work.
    pub kind: OperationKind,
    /// When the server does it next by itself; `None` if it is done only by command.
    pub next_ms: Option<u64>,
    /// When it was last done, by the server or by command.
    pub last_done_ms: Option<u64>,
    /// When it last failed.
    pub last_failed_ms: Option<u64>,
    /// It waits for the administrator.
    pub waits: Option<OperationDoubt>,
}

/// Why work that cannot be undone waits for the administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationDoubt {
    /// The clock may be wrong.
    Clock,
    /// It would delete this many, which is more than usual.
    Many(u64),
}

/// What becomes of work of the night.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationState {
    /// It waits for the administrator.
    Waits(OperationDoubt),
    /// The newest try failed.
    Failed,
    /// A night was missed.
    Late,
    /// It was never done, and the server does it soon.
    Soon,
    /// It was done.
    Done,
    /// Only commands do it.
    ByCommand,
}

impl Operation {
    /// What becomes of it at `now_ms`.
    pub fn state(&self, now_ms: u64) -> OperationState {
        if let Some(doubt) = self.waits {
            return OperationState::Waits(doubt);
        }
        if self.has_failed() {
            return OperationState::Failed;
        }
        match (self.next_ms, self.last_done_ms) {
            (None, _) => OperationState::ByCommand,
            (Some(_), None) => OperationState::Soon,
            (Some(_), Some(done_ms)) if now_ms.saturating_sub(done_ms) > LATE_MS => {
                OperationState::Late
            }
            (Some(_), Some(_)) => OperationState::Done,
        }
    }

    /// Whether the newest try failed.
    pub fn has_failed(&self) -> bool {
        self.last_failed_ms.is_some_and(|failed_ms| Some(failed_ms) > self.last_done_ms)
    }
}

impl OperationState {
    /// Whether somebody must do something.
    pub fn needs_work(self) -> bool {
        matches!(self, Self::Waits(_) | Self::Failed | Self::Late)
    }
}

/// How long the newest key for a use has been in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyAge {
    /// The use, as in commands: sealing, signing, office.
    pub usage: &'static str,
    /// Its age in days.
    pub days: u64,
}

impl KeyAge {
    /// Whether a newer key should follow.
    pub fn is_old(self) -> bool {
        self.days > KEY_DAYS_MAX
    }
}

/// How the mailbox that is read is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailboxReport {
    /// When this server began to read it, in milliseconds since 1970.
    pub since_ms: u64,
    /// When everything in it was last looked at; `None` if never since the start.
    pub read_ms: Option<u64>,
    /// Messages that wait.
    pub waiting: u32,
    /// Messages that were stored since the start.
    pub stored: u64,
    /// Messages that were put aside since the start.
    pub aside: u64,
    /// Why it could not be read the last time; `None` if it could.
    pub fault: Option<String>,
}

/// A check of `/ready`: its name, its word, and whether it passed.
pub type ReadyCheck = (&'static str, &'static str, bool);

/// Everything that the page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operations {
    /// The work of the night.
    pub works: Vec<Operation>,
    /// The keys in use.
    pub keys: Vec<KeyAge>,
    /// The checks of this server; empty while it stops.
    pub checks: Vec<ReadyCheck>,
    /// How many keys servers of the database lack.
    pub keys_missing: usize,
    /// The mailbox; `None` if none is read.
    pub mailbox: Option<MailboxReport>,
}

/// Where the facts come from.
pub trait OperationsSource: Send + Sync + 'static {
    /// The facts of now.
    fn look(&self) -> Pin<Box<dyn Future<Output = Result<Operations, StoreFault>> + Send + '_>>;
}

#[derive(Template)]
#[template(path = "office/operations.html")]
struct OperationsPage {
    f: PageFrame,
    works: Vec<OperationRow>,
    keys: Vec<KeyRow>,
    checks: Vec<CheckRow>,
    keys_missing: usize,
    mails_waiting: usize,
    has_mail: bool,
    maintenance: MaintenanceView,
    /// Why the form was refused; empty if it was not.
    fault: String,
    mailbox: Option<MailboxRow>,
}

struct MailboxRow {
    last: String,
    waiting: u32,
    stored: u64,
    aside: u64,
    has_fault: bool,
}

/// The part of the page about maintenance.
struct MaintenanceView {
    is_on: bool,
    is_moved: bool,
    /// The announced end has passed.
    is_late: bool,
    /// The setting as this page shows it.
    shown: String,
    /// What was typed.
    until: String,
    english: String,
    french: String,
}

struct OperationRow {
    name: &'static str,
    last: String,
    next: String,
    state: String,
    /// What to run; empty if nothing.
    command: String,
    needs_work: bool,
}

struct KeyRow {
    name: &'static str,
    usage: &'static str,
    age: String,
    is_old: bool,
}

struct CheckRow {
    name: &'static str,
    is_fine: bool,
}

pub(super) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
) -> PageResult {
    shown(&office, &visit, None).await
}

/// The page with why its form was refused.
pub(super) async fn page_with(office: &Office, visit: &Visit, fault: FieldFault) -> PageResult {
    shown(office, visit, Some(fault)).await
}

async fn shown(office: &Office, visit: &Visit, fault: Option<FieldFault>) -> PageResult {
    let f = PageFrame::of(office, visit);
    let Operations { works, keys, checks, keys_missing, mailbox } =
        office.operations.look().await?;
    let now_ms = now_ms();
    let page = OperationsPage {
        works: works.iter().map(|work| row(office, &f, work, now_ms)).collect(),
        keys: keys.iter().map(|key| key_row(&f, *key)).collect(),
        checks: checks.iter().map(|check| check_row(&f, *check)).collect(),
        keys_missing,
        mails_waiting: office.inbox_state().mails_waiting,
        has_mail: office.mailer.is_some(),
        maintenance: maintenance_view(office, visit, now_ms).await?,
        fault: fault.map(|fault| fault.words(visit.language).into_owned()).unwrap_or_default(),
        mailbox: mailbox.map(|report| mailbox_row(office, &f, &report, now_ms)),
        f,
    };
    let status =
        if page.fault.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(made(status, &page))
}

async fn maintenance_view(
    office: &Office,
    visit: &Visit,
    now_ms: u64,
) -> Result<MaintenanceView, StoreFault> {
    let shown = office.store().setting(SETTING).await?.unwrap_or_default();
    let of = Maintenance::of_setting(Some(&shown));
    let typed = |name: &str| visit.typed.text(name).to_string();
    Ok(MaintenanceView {
        is_on: of.is_some(),
        is_moved: of.as_ref().is_some_and(|of| of.is_moved),
        is_late: of.is_some_and(|of| !of.has_time(now_ms)),
        shown,
        until: typed("until"),
        english: typed("english"),
        french: typed("french"),
    })
}

fn row(office: &Office, f: &PageFrame, work: &Operation, now_ms: u64) -> OperationRow {
    let moment =
        |ms| when::day_and_time(office.zone.moment(ms), office.zone.moment(now_ms), f.language);
    let next = match work.next_ms {
        None => f.t("Only by command", "Seulement par commande").to_string(),
        Some(ms) if ms <= now_ms => f.t("Now", "Maintenant").into(),
        Some(ms) => moment(ms),
    };
    let state = work.state(now_ms);
    OperationRow {
        name: name(f, work.kind),
        last: work.last_done_ms.map_or_else(|| f.t("Never", "Jamais").into(), moment),
        next,
        state: state_words(f, state, work.last_failed_ms.map(moment)),
        command: command(work.kind, state),
        needs_work: state.needs_work(),
    }
}

fn mailbox_row(office: &Office, f: &PageFrame, report: &MailboxReport, now_ms: u64) -> MailboxRow {
    let moment =
        |ms| when::day_and_time(office.zone.moment(ms), office.zone.moment(now_ms), f.language);
    MailboxRow {
        last: report.read_ms.map_or_else(|| f.t("Never", "Jamais").into(), moment),
        waiting: report.waiting,
        stored: report.stored,
        aside: report.aside,
        has_fault: report.fault.is_some(),
    }
}

fn name(f: &PageFrame, kind: OperationKind) -> &'static str {
    match (kind, f.tag() == "fr") {
        (OperationKind::Retention, false) => "Deletion after the retention period",
        (OperationKind::Retention, true) => "Suppression après le délai de conservation",
        (OperationKind::Backup, false) => "Backup",
        (OperationKind::Backup, true) => "Sauvegarde",
        (OperationKind::Drill, false) => "Backup test",
        (OperationKind::Drill, true) => "Essai de la sauvegarde",
    }
}

fn state_words(f: &PageFrame, state: OperationState, failed: Option<String>) -> String {
    match state {
        OperationState::Waits(OperationDoubt::Clock) => f
            .t(
                "Waiting: the server’s clock may be wrong. Nothing was deleted.",
                "En attente : l’horloge du serveur est peut-être fausse. Rien n’a été supprimé.",
            )
            .into(),
        OperationState::Waits(OperationDoubt::Many(count)) => f.n(
            count,
            &[
                "Waiting: {n} message would be deleted, more than usual.",
                "En attente : {n} message serait supprimé, plus que d’habitude.",
            ],
            &[
                "Waiting: {n} messages would be deleted, more than usual.",
                "En attente : {n} messages seraient supprimés, plus que d’habitude.",
            ],
        ),
        OperationState::Failed => {
            f.with(f.t("Failed {when}.", "Échec {when}."), "when", failed.unwrap_or_default())
        }
        OperationState::Late => {
            f.t("Late: a night was missed.", "En retard : une nuit a été manquée.").into()
        }
        OperationState::Soon => f.t("Not done yet.", "Pas encore effectuée.").into(),
        OperationState::Done => f.t("Done.", "Effectuée.").into(),
        OperationState::ByCommand => {
            f.t("The server doesn’t do this.", "Le serveur ne s’en charge pas.").into()
        }
    }
}

/// What the administrator of the machine runs to see or to do more; empty if nothing is needed.
pub fn command(kind: OperationKind, state: OperationState) -> String {
    let command = match (state, kind) {
        (OperationState::Waits(OperationDoubt::Clock), _) => "community-hub check",
        (OperationState::Waits(OperationDoubt::Many(count)), _) => {
            return format!("community-hub retention --confirm {count}");
        }
        (OperationState::Failed | OperationState::Late, OperationKind::Retention) => {
            "community-hub retention"
        }
        (OperationState::Failed | OperationState::Late, OperationKind::Backup) => {
            "community-hub backup --to FOLDER"
        }
        (OperationState::Failed | OperationState::Late, OperationKind::Drill) => {
            "community-hub backup verify FOLDER"
        }
        _ => "",
    };
    command.into()
}

fn key_row(f: &PageFrame, key: KeyAge) -> KeyRow {
    let french = f.tag() == "fr";
    let name = match (key.usage, french) {
        ("sealing", false) => "Key that protects messages from devices",
        ("sealing", true) => "Clé qui protège les messages des appareils",
        ("signing", false) => "Key that signs proofs of receipt",
        ("signing", true) => "Clé qui signe les accusés de réception",
        (_, false) => "Key for what staff write",
        (_, true) => "Clé des textes du personnel",
    };
    let age = f.n(
        key.days,
        &["{n} day in use", "{n} jour d’utilisation"],
        &["{n} days in use", "{n} jours d’utilisation"],
    );
    KeyRow { name, usage: key.usage, age, is_old: key.is_old() }
}

fn check_row(f: &PageFrame, (name, _, is_fine): ReadyCheck) -> CheckRow {
    let name = match (name, f.tag() == "fr") {
        ("database", false) => "The database accepts messages",
        ("database", true) => "La base de données accepte les messages",
        ("pages", false) => "The database file is intact",
        ("pages", true) => "Le fichier de la base de données est intact",
        ("space", false) => "The disk has enough space",
        ("space", true) => "Le disque a assez d’espace",
        ("keys", false) => "All keys are in place",
        ("keys", true) => "Toutes les clés sont en place",
        ("edition", false) => "The newest service directory is readable",
        ("edition", true) => "Le répertoire des services le plus récent est lisible",
        (_, false) => "Staff see every open inquiry",
        (_, true) => "Le personnel voit toutes les demandes en cours",
    };
    CheckRow { name, is_fine }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: u64 = 3_600_000;
    const NOW_MS: u64 = 1_000 * HOUR_MS;

    #[test]
    fn the_newest_try_counts_and_a_missed_night_is_late() {
        // Hours before now; `None` for never.
        let check = |is_nightly: bool, done_h, failed_h, expected| {
            let before = |hours: Option<u64>| hours.map(|hours| NOW_MS - hours * HOUR_MS);
            let work = Operation {
                kind: OperationKind::Backup,
                next_ms: is_nightly.then_some(NOW_MS + HOUR_MS),
                last_done_ms: before(done_h),
                last_failed_ms: before(failed_h),
                waits: None,
            };
            assert_eq!(work.state(NOW_MS), expected, "{done_h:?} {failed_h:?}");
        };
        check(true, None, None, OperationState::Soon);
        check(true, Some(20), None, OperationState::Done);
        check(true, Some(50), None, OperationState::Done);
        check(true, Some(51), None, OperationState::Late);
        check(true, Some(20), Some(30), OperationState::Done);
        check(true, Some(20), Some(10), OperationState::Failed);
        check(true, None, Some(10), OperationState::Failed);
        check(false, Some(500), None, OperationState::ByCommand);
        check(false, Some(20), Some(10), OperationState::Failed);
    }

    #[test]
    fn what_waits_names_the_command_with_its_number() {
        let doubt = OperationDoubt::Many(51);
        let work = Operation {
            kind: OperationKind::Retention,
            next_ms: Some(0),
            last_done_ms: Some(NOW_MS),
            last_failed_ms: None,
            waits: Some(doubt),
        };
        let state = work.state(NOW_MS);
        assert!(state == OperationState::Waits(doubt) && state.needs_work());
        assert_eq!(command(work.kind, state), "community-hub retention --confirm 51");
    }
}
