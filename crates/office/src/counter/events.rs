//! Events: locations that exist on some days only, such as a table at a fair. One that the office
//! adds is on every device with the next edition.

mod form;

use super::{Office, hubs_to_choose};
use crate::banner::FinishedAct;
use crate::confirm::{self, Confirmation};
use crate::form::OfficeForm;
use crate::guard::Visit;
use crate::pages::{PageFrame, PageResult, TroublePage, go, page as made};
use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use casework::counter::ledger::{Announced, CounterAct};
use casework::counter::overlay::{Dropped, Overlay, OverlayPart, compose};
use casework::when;
use domain::HubId;
use domain::catalogue::{Catalogue, Hub};
use domain::hours::Date;
use domain::text::folded;
use form::{DayView, EventForm};
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "office/events.html")]
struct EventsPage {
    f: PageFrame,
    faults: Vec<String>,
    form: EventForm,
    is_open: bool,
    days: Vec<DayView>,
    /// Rows for days that are visible; the others are behind a disclosure.
    shown: usize,
    places: Vec<String>,
    kinds: Vec<(String, String)>,
    hubs: Vec<(String, String)>,
    tasks: Vec<(String, String, bool)>,
    events: Vec<EventView>,
    can_publish: bool,
}

impl EventsPage {
    fn is_first_hidden(&self, day: &DayView) -> bool {
        day.number == self.shown + 1
    }

    fn has_hidden(&self) -> bool {
        self.days.len() > self.shown
    }
}

struct EventView {
    id: String,
    name: String,
    town: String,
    address: String,
    days: Vec<String>,
    tasks: usize,
    state: &'static str,
    state_words: &'static str,
    who: String,
    /// Why the newest edition does not include it; empty if it does.
    dropped: String,
}

impl EventView {
    fn of(f: &PageFrame, event: &Announced, dropped: &[Dropped], today: Date) -> Self {
        let (state, words) = state(event, today);
        let days = event.hub.event.iter().flat_map(|of| &of.days).map(|day| {
            let hours = wording::spans(f.language, &day.hours);
            format!("{}, {hours}", when::date(day.date, today, f.language))
        });
        Self {
            id: event.hub.id.to_string(),
            name: event.hub.name.clone(),
            town: event.hub.town.clone(),
            address: event.hub.address.clone().unwrap_or_default(),
            days: days.collect(),
            tasks: event.hub.tasks.len(),
            state,
            state_words: f.t(words.0, words.1),
            who: event.who.clone(),
            dropped: dropped
                .iter()
                .find(|dropped| dropped.hub == event.hub.id)
                .map(|dropped| dropped.why.clone())
                .unwrap_or_default(),
        }
    }
}

pub(crate) async fn page(
    State(office): State<Arc<Office>>,
    Extension(visit): Extension<Visit>,
    Query(query): Query<HashMap<String, String>>,
) -> PageResult {
    let ledger = office.counter_ledger().await?;
    let like = query
        .get("like")
        .and_then(|id| HubId::parse(id).ok())
        .and_then(|id| ledger.events.get(&id));
    let form = like.map(|event| EventForm::like(&event.hub));
    shown(&office, &visit, form, Vec::new()).await
}

/// Renders the page with the form as it was typed, or an empty form.
async fn shown(
    office: &Office,
    visit: &Visit,
    form: Option<EventForm>,
    faults: Vec<String>,
) -> PageResult {
    let f = PageFrame::of(office, visit);
    let (ledger, catalogue, today) =
        (office.counter_ledger().await?, office.catalogue(), office.today());
    let mut events: Vec<&Announced> = ledger.events.values().collect();
    // Current and future events first, then past ones.
    events.sort_by_key(|event| {
        (state(event, today).0 != "coming" && state(event, today).0 != "on", first_day(&event.hub))
    });
    let mut places: Vec<String> =
        catalogue.place_names().into_iter().map(|(name, _)| name.to_string()).collect();
    places.sort_by_cached_key(|name| folded(name));
    places.dedup();
    let is_open = form.is_some();
    let form = form.unwrap_or_default();
    let mut tasks: Vec<_> = catalogue
        .tasks()
        .iter()
        .map(|task| (task.id.to_string(), f.name_of(&task.name), form.tasks.contains(&task.id)))
        .collect();
    tasks.sort_by_cached_key(|(_, name, _)| folded(name));
    let dropped = office.directory.dropped();
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = EventsPage {
        events: events.iter().map(|event| EventView::of(&f, event, &dropped, today)).collect(),
        shown: form.shown(),
        days: form.day_rows(),
        kinds: catalogue
            .facilities()
            .iter()
            .map(|kind| (kind.id.to_string(), kind.name.get(f.language).to_string()))
            .collect(),
        hubs: hubs_to_choose(&f, &catalogue),
        can_publish: office.directory.published().is_some(),
        faults,
        form,
        is_open,
        places,
        tasks,
        f,
    };
    Ok(made(status, &page))
}

fn first_day(hub: &Hub) -> Option<Date> {
    hub.event.as_ref()?.days.iter().map(|day| day.date).min()
}

/// The state's CSS class, and its words.
fn state(event: &Announced, today: Date) -> (&'static str, (&'static str, &'static str)) {
    let days = || event.hub.event.iter().flat_map(|of| &of.days).map(|day| day.date);
    if event.cancelled_ms.is_some() {
        ("closed", ("Cancelled", "Annulé"))
    } else if days().all(|day| day < today) {
        ("over", ("Over", "Terminé"))
    } else if days().any(|day| day == today) {
        ("on", ("Today", "Aujourd’hui"))
    } else {
        ("coming", ("Upcoming", "À venir"))
    }
}

/// Adds an event. If the form has faults it is shown again with everything that was typed.
pub(crate) async fn make(
    State(office): State<Arc<Office>>,
    OfficeForm { visit, proof, asked }: OfficeForm<EventForm>,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    let form = asked.unwrap_or_default();
    let (ledger, catalogue, today) =
        (office.counter_ledger().await?, office.catalogue(), office.today());
    let Some(base) = office.directory.published() else {
        let fault = f.t(
            "This version of the site can’t publish events. Ask the server’s administrator to publish a newer one.",
            "Cette version du site ne peut pas publier d’événements. Demandez à l’administration du serveur d’en publier une plus récente.",
        );
        return shown(&office, &visit, Some(form), vec![fault.into()]).await;
    };
    let is_taken = |id: &HubId| {
        ledger.events.contains_key(id) || catalogue.hub(id).is_some() || base.hub(id).is_some()
    };
    let hub = match form.hub(&f, &catalogue, today, is_taken) {
        Ok(hub) => hub,
        Err(faults) => return shown(&office, &visit, Some(form), faults).await,
    };
    let overlay = Overlay::of(&ledger, &office.zone, 0);
    let faults = faults_of(&base, overlay, &hub, today);
    if !faults.is_empty() {
        return shown(&office, &visit, Some(form), faults).await;
    }
    let id = hub.id.clone();
    let act = CounterAct::EventMade { hub: Box::new(hub) };
    office
        .write_counter(&proof, id.as_str(), |ledger| {
            (!ledger.events.contains_key(&id)).then(|| act.clone())
        })
        .await?;
    Ok(go(&FinishedAct::EventCreated.at("/office/events")))
}

/// The faults that the catalogue's own check finds in an event, together with all earlier
/// decisions.
fn faults_of(base: &Catalogue, overlay: Option<Overlay>, hub: &Hub, today: Date) -> Vec<String> {
    let mut overlay = overlay.unwrap_or(Overlay { changes: 0, day: today, parts: Vec::new() });
    overlay.parts.push(OverlayPart::Event(Box::new(hub.clone())));
    let (_, dropped) = compose(base, &overlay);
    dropped
        .into_iter()
        .filter(|dropped| dropped.hub == hub.id && dropped.task.is_none())
        .map(|dropped| dropped.why)
        .collect()
}

/// Cancels an event, or ends one that has begun.
pub(crate) async fn cancel(
    State(office): State<Arc<Office>>,
    Path(hub): Path<String>,
    OfficeForm { visit, proof, .. }: OfficeForm<()>,
) -> PageResult {
    let f = PageFrame::of(&office, &visit);
    let is_there = |ledger: &casework::counter::ledger::CounterLedger, hub: &HubId| {
        ledger.events.get(hub).is_some_and(|event| event.cancelled_ms.is_none())
    };
    let ledger = office.counter_ledger().await?;
    let Some(hub) = HubId::parse(&hub).ok().filter(|hub| is_there(&ledger, hub)) else {
        return Err(TroublePage::Nothing(Box::new(f)));
    };
    if !confirm::is_confirmed(&proof) {
        let name = ledger.events.get(&hub).map(|event| event.hub.name.clone()).unwrap_or_default();
        let action = format!("/office/events/{hub}");
        return Ok(confirm::ask(&f, &proof, &action, &cancellation(&f, name)));
    }
    let act = CounterAct::EventCancelled { hub: hub.clone() };
    office
        .write_counter(&proof, hub.as_str(), |ledger| is_there(ledger, &hub).then(|| act.clone()))
        .await?;
    Ok(go(&FinishedAct::EventCancelled.at("/office/events")))
}

/// The question before an event is cancelled.
fn cancellation(f: &PageFrame, name: String) -> Confirmation {
    Confirmation {
        title: f.t("Cancel this event?", "Annuler cet événement?").into(),
        facts: vec![(f.t("Event", "Événement"), name)],
        warning: f.t(
            "Devices remove it with the next update. You can’t undo this, but you can create a similar event.",
            "Les appareils le retirent à la prochaine mise à jour. C’est irréversible, mais vous pouvez créer un événement semblable.",
        ),
        act: f.t("Cancel the event", "Annuler l’événement"),
        stay: f.t("Keep the event", "Garder l’événement"),
        back: "/office/events".into(),
        ..Confirmation::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::catalogue::{Event, EventDay};

    #[test]
    fn an_event_is_coming_on_over_or_cancelled() {
        let like = crate::form::tests::pine_harbour().hubs()[0].clone();
        let day = |text: &str| EventDay { date: Date::parse(text).unwrap(), hours: Vec::new() };
        let hub =
            Hub { event: Some(Event { days: vec![day("2026-12-05"), day("2026-12-07")] }), ..like };
        let event = |cancelled_ms| Announced {
            hub: hub.clone(),
            who: "ann".into(),
            at_ms: 1,
            cancelled_ms,
        };
        let at = |today: &str| state(&event(None), Date::parse(today).unwrap()).0;
        assert_eq!(
            ["2026-12-01", "2026-12-05", "2026-12-06", "2026-12-07", "2026-12-08"].map(at),
            ["coming", "on", "coming", "on", "over"]
        );
        assert_eq!(state(&event(Some(2)), Date::parse("2026-12-01").unwrap()).0, "closed");
    }
}
