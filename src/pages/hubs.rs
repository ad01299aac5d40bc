//! All locations: counters first, open ones first, and those with unknown hours folded. Also the
//! order that every list of locations has.

pub(crate) mod near;

use super::{TitledPage, heading};
use crate::app::App;
use crate::model::trip::StartingPoint;
use crate::pages::hub::open_state::{hub_state, paper_hours, state_of};
use crate::pages::hubs::near::{distance_to, near_form};
use crate::pages::search::results::hub_link;
use crate::ui::fold::fold;
use crate::ui::section::titled_section;
use domain::HubId;
use domain::catalogue::{Hub, order_of};
use domain::hours::{DayState, Hours, Moment};
use elements::{El, Signal, View, button, li, live, p, span, ul};
use wording::fill;

/// A location that opens only after more days than these is closed for the season.
const SEASON_DAYS: i32 = 30;

pub(crate) fn page(app: App) -> TitledPage {
    let words = app.words;
    let listed = Signal::computed(move || listed(app));
    let has_open_event = Signal::computed(move || {
        app.catalogue.hubs().iter().any(|hub| hub.event.is_some() && is_open(app, hub))
    });
    let lists = live(move || {
        let HubLists { counters, others, unknown } = listed.get();
        let is_empty =
            counters.is_empty() && others.is_empty() && unknown.is_empty() && !has_open_event.get();
        let is_near = app.trip.position().is_some();
        let others_title = if is_near { words.hubs_nearest } else { words.hubs_others };
        let count = unknown.len().to_string();
        let folded = fold(fill(words.hubs_unknown, &[("count", &count)]));
        (
            is_empty.then(|| none_open(app)),
            section_of(app, "counters", words.hubs_counters, counters),
            section_of(app, "others", others_title, others),
            (!unknown.is_empty()).then(|| folded.put(cards(app, unknown))),
        )
    });
    let line = live(move || match &*app.trip.near.read() {
        Some(StartingPoint::Place(name, _)) => fill(words.near_from, &[("place", name)]),
        Some(StartingPoint::Device(_)) => words.near_here.into(),
        Some(StartingPoint::Asking) => words.near_asking.into(),
        _ => words.hubs_near.into(),
    });
    let toggle = button(move || app.search.is_open_only.update(|is_on| *is_on = !*is_on))
        .class("button button--small button--quiet filter")
        .live_attr("aria-pressed", move || Some(app.search.is_open_only.get().to_string()))
        .put(words.open_now);
    let view = (
        heading(words.hubs_title, None),
        p().class("actions actions--tight no-print").put(toggle),
        fold(line).put(near_form(app)),
        events(app, true),
        lists,
        events(app, false),
    );
    TitledPage::new(words.hubs_title, view)
}

/// The locations to list, by index: counters and other locations, each with open ones first, and
/// those whose hours are not known. Near a place, all with known hours are one list, with counters
/// that are nearer than those.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct HubLists {
    counters: Vec<usize>,
    others: Vec<usize>,
    unknown: Vec<usize>,
}

fn listed(app: App) -> HubLists {
    let now = app.clock.now.get();
    let (is_open_only, is_near) = (app.search.is_open_only.get(), app.trip.position().is_some());
    let hubs: Vec<&'static Hub> = app.catalogue.hubs().iter().collect();
    let mut lists = HubLists::default();
    let mut is_known_nearer = false;
    for (at, state) in ordered(app, &hubs, now) {
        let (hub, is_counter) = (hubs[at], is_counter(app, hubs[at]));
        if hub.event.is_some() || is_open_only && !matches!(state, DayState::Open { .. }) {
            continue;
        }
        // Without a clock no state is known; what is known then is whether there are hours.
        let is_unknown = match now {
            Some(_) => state == DayState::Unknown,
            None => hub.hours.is_unknown() && hub.seasons.is_empty(),
        };
        let is_nearest = is_near && is_counter && !is_known_nearer;
        is_known_nearer |= !is_unknown;
        match is_unknown {
            true if !is_nearest => lists.unknown.push(at),
            false if is_counter && !is_near => lists.counters.push(at),
            _ => lists.others.push(at),
        }
    }
    lists
}

fn is_counter(app: App, hub: &Hub) -> bool {
    app.catalogue.facility(&hub.facility).is_some_and(|facility| facility.is_counter)
}

/// The indexes of locations with their states, in the order of every list: the nearest first if it
/// is known where the person is, else what is open, then by kind. What is closed for the season
/// comes last.
pub(crate) fn ordered(
    app: App,
    hubs: &[&'static Hub],
    now: Option<Moment>,
) -> Vec<(usize, DayState)> {
    let (position, facilities) = (app.trip.position(), app.catalogue.facilities());
    let state = |hub: &&'static Hub| {
        now.map_or(DayState::Unknown, |now| Hours::of(app.catalogue, hub).state_at(now).state)
    };
    let states: Vec<DayState> = hubs.iter().map(state).collect();
    let rank = |at: usize| {
        let hub = hubs[at];
        let (is_out_of_season, openness) = match states[at] {
            DayState::Open { .. } => (false, 0),
            DayState::Closed { opens } => (is_far_off(hub, opens, now), 1),
            DayState::Unknown => (false, 2),
        };
        let metres = position.map(|from| from.metres_to(hub.point.position()) as u64);
        let kind = facilities.iter().position(|kind| kind.id == hub.facility);
        (is_out_of_season, metres, openness, kind, &hub.town)
    };
    let order = order_of(hubs.len(), &|a, b| rank(a).cmp(&rank(b)));
    order.into_iter().map(|at| (at, states[at])).collect()
}

/// Whether a closed location opens only after weeks. One whose next opening is unknown does if it
/// has seasons.
fn is_far_off(hub: &Hub, opens: Option<Moment>, now: Option<Moment>) -> bool {
    let days = |at: Moment| at.date.days_since_1970();
    match opens.zip(now) {
        Some((opens, now)) => days(opens) - days(now) > SEASON_DAYS,
        None => !hub.seasons.is_empty(),
    }
}

fn is_open(app: App, hub: &Hub) -> bool {
    state_of(app, hub).is_some_and(|of| matches!(of.state, DayState::Open { .. }))
}

/// The same locations in the order of every list, as it is now.
pub(crate) fn in_order(app: App, hubs: Vec<&'static Hub>) -> Vec<&'static Hub> {
    let now = app.clock.now.get_untracked();
    ordered(app, &hubs, now).into_iter().map(|(at, _)| hubs[at]).collect()
}

/// Says that nothing is open, and which counter opens next. Empty without a clock. Built again only
/// if another counter opens next: screen readers read out again what is built each minute.
pub(crate) fn none_open(app: App) -> View {
    let next = Signal::computed(move || app.clock.now.get().map(|now| opens_next(app, now)));
    live(move || {
        let hub = next.get()?.and_then(|id| app.catalogue.hub(&id));
        let card = hub.map(|hub| ul().class("cards cards--two").put(hub_card(app, hub)));
        Some((p().put(app.words.none_open_now), card))
    })
}

/// The counter that opens next. `None` if none is known to open.
fn opens_next(app: App, now: Moment) -> Option<HubId> {
    let hubs: Vec<&'static Hub> = app
        .catalogue
        .hubs()
        .iter()
        .filter(|hub| hub.event.is_none() && is_counter(app, hub))
        .collect();
    ordered(app, &hubs, Some(now))
        .into_iter()
        .filter_map(|(at, state)| match state {
            DayState::Closed { opens } => Some((opens?, hubs[at])),
            _ => None,
        })
        .min_by_key(|(opens, _)| *opens)
        .map(|(_, hub)| hub.id.clone())
}

fn section_of(app: App, id: &'static str, title: &'static str, hubs: Vec<usize>) -> Option<El> {
    (!hubs.is_empty()).then(|| titled_section(id, title).put(cards(app, hubs)))
}

fn cards(app: App, hubs: Vec<usize>) -> El {
    let hubs = hubs.into_iter().map(|at| hub_card(app, &app.catalogue.hubs()[at]));
    ul().class("cards cards--two").put_all(hubs)
}

/// The cards of locations, in the order of their ids here.
fn cards_of(app: App, ids: &[HubId]) -> El {
    let hubs = ids.iter().filter_map(|id| app.catalogue.hub(id));
    ul().class("cards cards--two").put_all(hubs.map(|hub| hub_card(app, hub)))
}

/// Events that are announced or in progress: those of today, or the others.
fn events(app: App, of_today: bool) -> View {
    let shown = Signal::computed(move || {
        if !of_today && app.search.is_open_only.get() {
            return Vec::new();
        }
        let today = app.clock.today.get();
        let is_open_only = app.search.is_open_only.get();
        let is_among = |hub: &&'static Hub| {
            let days = hub.event.as_ref().map(|event| &event.days);
            days.is_some_and(|days| days.iter().any(|day| Some(day.date) == today) == of_today)
                && (!is_open_only || is_open(app, hub))
        };
        let hubs = app.listed(app.catalogue.hubs().iter().filter(is_among));
        hubs.into_iter().map(|hub| hub.id.clone()).collect()
    });
    live(move || {
        let shown = shown.read();
        let (id, title) = match of_today {
            true => ("events", app.words.events_today),
            false => ("later", app.words.events_later),
        };
        (!shown.is_empty()).then(|| titled_section(id, title).put(cards_of(app, &shown)))
    })
}

fn hub_card(app: App, hub: &'static Hub) -> El {
    let kind =
        app.catalogue.facility(&hub.facility).map(|facility| facility.name.get(app.language));
    let address = (" · ", hub.address.as_deref().unwrap_or(&hub.town));
    let far = distance_to(app, hub).map(|far| (" · ", span().class("hub-card__far").put(far)));
    let name = hub_link(app, hub).class("hub-card__name");
    li().class("card hub-card")
        .put(name)
        .put(p().class("hub-card__kind").put(kind).put(address).put(far))
        .put(paper_hours(app, hub))
        .put(hub_state(app, hub))
}
