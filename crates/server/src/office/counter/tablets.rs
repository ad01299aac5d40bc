//! Tablets and public terminals: codes that make a device a tablet, where each is, and what each said of itself last. What needs somebody stands first.

use super::{Office, hub_name, hubs_to_choose};
use crate::api::now_ms;
use crate::counter::ledger::{Act, CODE_DAYS, Ledger, mark};
use crate::keys::random;
use crate::office::guard::Visit;
use crate::office::pages::{Answer, Frame, Trouble, go, page as made};
use crate::office::when::{ago, lasting};
use crate::store::{OfficeStore, SeenRow};
use crate::survey::qr::square;
use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use domain::catalogue::Catalogue;
use domain::tablet::{DeviceState, EnrolmentCode};
use domain::{HubId, TerminalId};
use std::sync::Arc;

const NAME_CHARS_MAX: usize = 80;
/// Not seen for so long, or something that waited for so long: somebody has to go there.
const LONG_S: u64 = 3 * 24 * 60 * 60;

#[derive(Template)]
#[template(path = "office/tablets.html")]
struct TabletsPage {
    f: Frame,
    hubs: Vec<(String, String)>,
    fault: &'static str,
    name: String,
    /// A code that was made just now: it is shown once.
    made: Option<Made>,
    codes: Vec<CodeView>,
    devices: Vec<DeviceView>,
    troubled: usize,
    days: u64,
}

struct Made {
    code: String,
    name: String,
    hub: String,
    address: String,
    is_address_known: bool,
    qr: String,
}

/// A code that nobody used yet.
struct CodeView {
    name: String,
    hub: String,
    who: String,
    until: String,
}

struct DeviceView {
    id: String,
    name: String,
    hub_id: String,
    hub: String,
    is_tablet: bool,
    is_over: bool,
    /// Why somebody should look after it.
    troubles: Vec<String>,
    seen: String,
    /// What it said of itself; nothing before it did.
    state: Option<StateView>,
}

struct StateView {
    waiting: u32,
    oldest: String,
    needs_attention: u32,
    catalogue: u32,
    is_old_catalogue: bool,
    app: String,
    room: String,
    is_not_promised: bool,
}

pub(in crate::office) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
) -> Answer {
    shown(&office, &visit, "", None).await
}

async fn shown(office: &Office, visit: &Visit, fault: &'static str, code: Option<Made>) -> Answer {
    let f = Frame::of(office, visit);
    let (ledger, catalogue, now_ms) =
        (office.counter_ledger().await?, office.catalogue(), now_ms());
    let mut devices = devices(&f, &ledger, &catalogue, &office.store().devices().await?, now_ms);
    // Who needs somebody first, then tablets in use, terminals, and those that ended.
    devices.sort_by(|one, other| {
        let rank =
            |device: &DeviceView| (device.troubles.is_empty(), device.is_over, !device.is_tablet);
        (rank(one), &one.name).cmp(&(rank(other), &other.name))
    });
    let is_open = |(mark, _): &(&String, &crate::counter::ledger::Code)| {
        ledger.good_code(mark, now_ms).is_some()
    };
    let codes = ledger.codes.iter().filter(is_open).map(|(_, code)| CodeView {
        name: code.name.clone(),
        hub: hub_name(&catalogue, &ledger, &code.hub),
        who: code.who.clone(),
        until: lasting(
            (code.made_ms + CODE_DAYS * 86_400_000).saturating_sub(now_ms) / 1_000,
            f.language,
        ),
    });
    let status = if fault.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(made(
        status,
        &TabletsPage {
            hubs: hubs_to_choose(&catalogue),
            fault,
            name: if fault.is_empty() { String::new() } else { visit.field("name").into() },
            made: code,
            codes: codes.collect(),
            troubled: devices.iter().filter(|device| !device.troubles.is_empty()).count(),
            devices,
            days: CODE_DAYS,
            f,
        },
    ))
}

/// Every tablet that there ever was, and every public terminal of the catalogue.
fn devices(
    f: &Frame,
    ledger: &Ledger,
    catalogue: &Catalogue,
    seen: &[SeenRow],
    now_ms: u64,
) -> Vec<DeviceView> {
    let said = |id: &TerminalId| seen.iter().find(|row| row.device == *id);
    let tablets = ledger.tablets.iter().map(|(id, tablet)| {
        let device = Device {
            id,
            name: tablet.name.clone(),
            hub: &tablet.hub,
            is_tablet: true,
            is_over: tablet.ended_ms.is_some(),
        };
        device.view(f, ledger, catalogue, said(id), now_ms)
    });
    let terminals = catalogue.file().terminals.iter().map(|terminal| {
        let name = hub_name(catalogue, ledger, &terminal.hub);
        let device =
            Device { id: &terminal.id, name, hub: &terminal.hub, is_tablet: false, is_over: false };
        device.view(f, ledger, catalogue, said(&terminal.id), now_ms)
    });
    tablets.chain(terminals).collect()
}

/// A device as the office knows it.
struct Device<'a> {
    id: &'a TerminalId,
    name: String,
    hub: &'a HubId,
    is_tablet: bool,
    is_over: bool,
}

impl Device<'_> {
    fn view(
        self,
        f: &Frame,
        ledger: &Ledger,
        catalogue: &Catalogue,
        row: Option<&SeenRow>,
        now_ms: u64,
    ) -> DeviceView {
        let state = row.and_then(|row| serde_json::from_str::<DeviceState>(&row.state).ok());
        let age_s = row.map(|row| now_ms.saturating_sub(row.at_ms) / 1_000);
        DeviceView {
            id: self.id.to_string(),
            hub_id: self.hub.to_string(),
            hub: hub_name(catalogue, ledger, self.hub),
            troubles: self.troubles(f, age_s, state.as_ref()),
            seen: age_s
                .map_or_else(|| f.t("never", "jamais").into(), |age_s| ago(age_s, f.language)),
            state: state
                .map(|state| StateView::of(f, state, age_s.unwrap_or(0), catalogue.version())),
            name: self.name,
            is_tablet: self.is_tablet,
            is_over: self.is_over,
        }
    }

    fn troubles(&self, f: &Frame, age_s: Option<u64>, state: Option<&DeviceState>) -> Vec<String> {
        let mut troubles = Vec::new();
        let waiting = state.map_or(0, |state| state.waiting);
        if self.is_over && waiting > 0 {
            let words = f.t(
                "it ended, and something still waits on it",
                "elle est retirée, et quelque chose y attend encore",
            );
            troubles.push(words.into());
        }
        if !self.is_over && age_s.is_some_and(|age_s| age_s > LONG_S) {
            troubles.push(f.t("not seen for three days", "pas vue depuis trois jours").into());
        }
        // What waited when it was seen last has waited since then too.
        let oldest_s = state
            .and_then(|state| state.oldest_s)
            .map(|oldest_s| oldest_s.saturating_add(age_s.unwrap_or(0)));
        if oldest_s.is_some_and(|oldest_s| oldest_s > LONG_S) {
            troubles.push(
                f.t(
                    "something has waited for three days",
                    "quelque chose attend depuis trois jours",
                )
                .into(),
            );
        }
        if state.is_some_and(|state| state.needs_attention > 0) {
            troubles.push(f.t("an entry needs a person", "un envoi a besoin de quelqu'un").into());
        }
        troubles
    }
}

impl StateView {
    fn of(f: &Frame, state: DeviceState, age_s: u64, newest: u32) -> Self {
        let oldest =
            state.oldest_s.map(|oldest_s| lasting(oldest_s.saturating_add(age_s), f.language));
        Self {
            waiting: state.waiting,
            oldest: oldest.unwrap_or_default(),
            needs_attention: state.needs_attention,
            is_old_catalogue: state.catalogue < newest,
            catalogue: state.catalogue,
            app: state.app,
            room: state
                .room_mb
                .map_or_else(|| "–".into(), |room| format!("{room} {}", f.t("MB", "Mo"))),
            is_not_promised: state.is_promised == Some(false),
        }
    }
}

/// Makes a code, and shows it this once.
pub(in crate::office) async fn make(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    headers: HeaderMap,
) -> Answer {
    let f = Frame::of(&office, &visit);
    let (name, catalogue) = (visit.field("name"), office.catalogue());
    let hub = HubId::parse(visit.field("hub")).ok().and_then(|hub| catalogue.hub(&hub));
    let Some(hub) = hub.filter(|_| !name.is_empty() && name.chars().count() <= NAME_CHARS_MAX)
    else {
        let fault = f.t(
            "Give the tablet a name of 1 to 80 letters, and choose where it will be.",
            "Donnez à la tablette un nom de 1 à 80 lettres, et choisissez l'endroit où elle sera.",
        );
        return shown(&office, &visit, fault, None).await;
    };
    let code = EnrolmentCode::new(random());
    let act = Act::CodeMade {
        code: mark(code.as_str().as_bytes()),
        name: name.into(),
        hub: hub.id.clone(),
    };
    office.write_counter(visit.login(), name, |_| Some(act.clone())).await?;
    let (address, is_address_known) = office.address(&headers);
    let address = format!("{address}/counter#{}", code.as_str());
    let qr = square(
        &address,
        f.t("Code that makes a device this tablet", "Code qui fait d'un appareil cette tablette"),
    );
    let shown_once = Made {
        code: code.to_string(),
        name: name.into(),
        hub: hub.name.clone(),
        address,
        is_address_known,
        qr,
    };
    shown(&office, &visit, "", Some(shown_once)).await
}

/// Moves a tablet to another hub, or ends it.
pub(in crate::office) async fn change(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Path(tablet): Path<String>,
) -> Answer {
    let f = Frame::of(&office, &visit);
    let ledger = office.counter_ledger().await?;
    let tablet =
        TerminalId::parse(&tablet).ok().filter(|tablet| ledger.tablets.contains_key(tablet));
    let Some(tablet) = tablet else { return Err(Trouble::Nothing(Box::new(f))) };
    let hub =
        HubId::parse(visit.field("hub")).ok().filter(|hub| office.catalogue().hub(hub).is_some());
    let act = match (visit.field("act"), hub) {
        ("end", _) => Act::TabletEnded { tablet: tablet.clone() },
        ("move", Some(hub)) => Act::Moved { tablet: tablet.clone(), hub },
        _ => {
            return shown(
                &office,
                &visit,
                f.t(
                    "Choose where the tablet is now.",
                    "Choisissez l'endroit où se trouve la tablette.",
                ),
                None,
            )
            .await;
        }
    };
    office.write_counter(visit.login(), tablet.as_str(), |_| Some(act.clone())).await?;
    Ok(go("/office/tablets"))
}
