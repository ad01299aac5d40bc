//! Enrols staff tablets, and takes what devices report about themselves.
//!
//! A tablet authenticates with a secret, of which the server stores a hash. A public terminal's
//! report is not authenticated: it changes only that terminal's own line on the office's page.

use crate::api::ServerParts;
use casework::counter::ledger::{CounterAct, CounterLedger, Tablet, mark};
use domain::TerminalId;
use domain::collector::{CollectorCode, Way};
use domain::tablet::{
    DeviceState, Enrolment, EnrolmentCode, ReportAnswer, Reporter, Standing, TabletReport,
};
use office::directory::ServiceDirectory;
use store::{AuditContext, Custody, OfficeStore, SeenRow, StoreFault, SubmissionStore};
use vault::random;

/// Random letters in a tablet's name: 900,000 names, enough to find a free one at once.
const NAME_LETTERS: usize = 4;
/// How many random names are tried; a municipality has about a hundred tablets.
const NAMES_TRIED: usize = 20;
/// The most characters of an app's version that are stored.
const VERSION_CHARS_MAX: usize = 40;

impl<S: SubmissionStore + Custody + OfficeStore> ServerParts<S> {
    /// Enrols the device that presents a valid code as a tablet. If several devices use one code,
    /// only the first one stored is enrolled. The others, and devices with an unknown, used or
    /// expired code, get `None`.
    pub async fn enrol(
        &self,
        code: &EnrolmentCode,
        now_ms: u64,
    ) -> Result<Option<Enrolment>, StoreFault> {
        let (store, cipher) = (&self.receiver.store, self.receiver.keys.event_cipher());
        let ledger = self.counter.look(store, &cipher).await?;
        let code_mark = mark(code.as_str().as_bytes());
        let Some(code) = ledger.good_code(&code_mark, now_ms).cloned() else { return Ok(None) };
        let Some(tablet) = self.free_name(&ledger) else { return Ok(None) };
        let secret: [u8; 32] = random();
        let audit =
            AuditContext { who: "server".into(), reason: tablet.to_string(), at_ms: now_ms };
        let enrolled = |ledger: &CounterLedger| {
            let is_good = ledger.good_code(&code_mark, now_ms).is_some()
                && !ledger.tablets.contains_key(&tablet);
            is_good.then(|| CounterAct::Enrolled {
                code: code_mark.clone(),
                tablet: tablet.clone(),
                secret: mark(&secret),
            })
        };
        let is_first = self.counter.write((store, &cipher), &audit, "", enrolled).await?;
        Ok(is_first.then(|| Enrolment {
            tablet: tablet.clone(),
            secret,
            name: code.name,
            hub: code.hub,
        }))
    }

    /// A name that no tablet ever had and no public terminal has; `None` if none was found.
    fn free_name(&self, ledger: &CounterLedger) -> Option<TerminalId> {
        let catalogue = self.editions.catalogue();
        let name = || {
            let letters = EnrolmentCode::new(random());
            TerminalId::parse(&format!(
                "tablet-{}",
                letters.as_str()[..NAME_LETTERS].to_lowercase()
            ))
            .ok()
        };
        let is_free = |name: &TerminalId| {
            !ledger.tablets.contains_key(name) && catalogue.terminal(name).is_none()
        };
        (0..NAMES_TRIED).filter_map(|_| name()).find(is_free)
    }

    /// Stores what a device reports about itself, and returns a tablet's current settings. Reports
    /// from anything but an enrolled tablet or a known public terminal leave no record and get
    /// nothing.
    pub async fn seen(
        &self,
        report: TabletReport,
        now_ms: u64,
    ) -> Result<ReportAnswer, StoreFault> {
        let nothing = ReportAnswer { standing: None, quick_tasks: Vec::new() };
        let (store, cipher) = (&self.receiver.store, self.receiver.keys.event_cipher());
        let ledger = self.counter.look(store, &cipher).await?;
        match report.reporter {
            Reporter::Tablet { id, secret } => {
                let Some(tablet) =
                    ledger.tablets.get(&id).filter(|tablet| tablet.has_secret(&secret))
                else {
                    return Ok(nothing);
                };
                store.see_device(&seen_row(id, report.state, now_ms)).await?;
                let survey = self.ledger.look(store, &cipher).await?;
                let quick_tasks = ledger.quick_lists.get(&tablet.hub).cloned().unwrap_or_default();
                Ok(ReportAnswer { standing: Some(standing(tablet, &survey)), quick_tasks })
            }
            Reporter::Terminal { id } => {
                // A tablet cannot be reported on without its secret.
                let is_known = self.editions.catalogue().terminal(&id).is_some()
                    && !ledger.tablets.contains_key(&id);
                if is_known {
                    store.see_device(&seen_row(id, report.state, now_ms)).await?;
                }
                Ok(nothing)
            }
        }
    }
}

/// What is stored of a device's report. The app's version is untrusted: control characters are
/// removed, and it is cut.
pub(crate) fn seen_row(device: TerminalId, state: DeviceState, at_ms: u64) -> SeenRow {
    let app =
        state.app.chars().filter(|letter| !letter.is_control()).take(VERSION_CHARS_MAX).collect();
    let state =
        serde_json::to_string(&DeviceState { app, ..state }).expect("the state serializes to JSON");
    SeenRow { device, at_ms, state }
}

/// A tablet's current settings: its location, and the open collectors there that need a tablet.
fn standing(tablet: &Tablet, survey: &casework::survey::ledger::SurveyLedger) -> Standing {
    let is_open = |known: &&casework::survey::ledger::Known| {
        let (collector, is_over) = (&known.collector, known.ended_ms.is_some());
        let is_here = collector.hub.as_ref().is_none_or(|hub| *hub == tablet.hub);
        is_here
            && !is_over
            && matches!(collector.code.way(), Way::StaffAssisted | Way::Kiosk | Way::Paper)
    };
    let collectors = survey
        .collectors
        .values()
        .filter(is_open)
        .map(|known| (known.collector.code.clone(), known.collector.name.clone()));
    let collectors: Vec<(CollectorCode, String)> = collectors.collect();
    Standing {
        is_ended: tablet.ended_ms.is_some(),
        name: tablet.name.clone(),
        hub: tablet.hub.clone(),
        collectors,
    }
}
