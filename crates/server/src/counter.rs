//! The counter and the pop-up, the server's half: what the office did with tablets, with what counters do and with events ([`ledger`]), how that
//! becomes the next edition of the catalogue ([`overlay`]), and what staff counted at their counters ([`contacts`]).
//!
//! A tablet is known by a secret of which the server keeps a hash. What a public terminal says of itself is believed as far as it goes: it moves
//! nothing but its own line on the office's page.

pub mod contacts;
pub mod ledger;
pub mod overlay;

use crate::api::Server;
use crate::keys::random;
use crate::store::{Custody, Deed, OfficeStore, SeenRow, StoreFault, SubmissionStore};
use domain::TerminalId;
use domain::collector::{CollectorCode, Way};
use domain::tablet::{DeviceState, Enrolment, EnrolmentCode, Report, Reporter, Standing};
use ledger::{Act, Ledger, Tablet, mark};

/// Letters of a tablet's name after the word: 900,000 names, enough to find a free one at once.
const NAME_LETTERS: usize = 4;
/// Names that are tried; a town has a hundred tablets.
const NAMES_TRIED: usize = 20;
/// Letters of an app's version that are kept.
const VERSION_CHARS_MAX: usize = 40;

impl<S: SubmissionStore + Custody + OfficeStore> Server<S> {
    /// Makes the device that has a good code a tablet. Of several with one code, whoever is written down first is it: the others, and whoever has
    /// an unknown, used or old code, are told nothing.
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
        let deed = Deed { who: "server".into(), reason: tablet.to_string(), at_ms: now_ms };
        let enrolled = |ledger: &Ledger| {
            let is_good = ledger.good_code(&code_mark, now_ms).is_some()
                && !ledger.tablets.contains_key(&tablet);
            is_good.then(|| Act::Enrolled {
                code: code_mark.clone(),
                tablet: tablet.clone(),
                secret: mark(&secret),
            })
        };
        let is_first = self.counter.write((store, &cipher), &deed, "", enrolled).await?;
        Ok(is_first.then(|| Enrolment {
            tablet: tablet.clone(),
            secret,
            name: code.name,
            hub: code.hub,
        }))
    }

    /// A name that no tablet ever had, and no public terminal has.
    fn free_name(&self, ledger: &Ledger) -> Option<TerminalId> {
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

    /// Keeps what a device says of itself, and tells a tablet how things stand with it. Nothing is kept of, and nothing told to, whoever is neither.
    pub async fn seen(&self, report: Report, now_ms: u64) -> Result<Option<Standing>, StoreFault> {
        let (store, cipher) = (&self.receiver.store, self.receiver.keys.event_cipher());
        let ledger = self.counter.look(store, &cipher).await?;
        match report.reporter {
            Reporter::Tablet { id, secret } => {
                let Some(tablet) =
                    ledger.tablets.get(&id).filter(|tablet| tablet.has_secret(&secret))
                else {
                    return Ok(None);
                };
                store.see_device(&seen_row(id, report.state, now_ms)).await?;
                let survey = self.ledger.look(store, &cipher).await?;
                Ok(Some(standing(tablet, &survey)))
            }
            Reporter::Terminal { id } => {
                // Nobody speaks for a tablet without its secret.
                let is_known = self.editions.catalogue().terminal(&id).is_some()
                    && !ledger.tablets.contains_key(&id);
                if is_known {
                    store.see_device(&seen_row(id, report.state, now_ms)).await?;
                }
                Ok(None)
            }
        }
    }
}

/// What is kept of what a device said.
pub(crate) fn seen_row(device: TerminalId, state: DeviceState, at_ms: u64) -> SeenRow {
    let app =
        state.app.chars().filter(|letter| !letter.is_control()).take(VERSION_CHARS_MAX).collect();
    let state =
        serde_json::to_string(&DeviceState { app, ..state }).expect("numbers have a JSON form");
    SeenRow { device, at_ms, state }
}

/// What a tablet needs to know: where it is, and which ways into the survey are open there that need a tablet.
fn standing(tablet: &Tablet, survey: &crate::survey::ledger::Ledger) -> Standing {
    let is_open = |known: &&crate::survey::ledger::Known| {
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
