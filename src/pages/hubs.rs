//! All locations: counters first, open ones first, and those with unknown hours folded.

pub(crate) mod near;

use super::{TitledPage, heading};
use crate::app::App;
use crate::model::trip::StartingPoint;
use crate::pages::hub::open_state::{hub_state, paper_hours, state_of};
use crate::pages::hubs::near::{distance_to, near_form};
use crate::pages::search::results::hub_link;
use crate::ui::fold::fold;
use crate::ui::section::titled_section;
use domain::catalogue::{Hub, order_of};
use domain::hours::DayState;
use elements::{El, Signal, View, button, li, live, p, span, ul};
use wording::fill;

pub(crate) fn page(app: App) -> TitledPage {
    let words = app.words;
    let listed = Signal::computed(move || listed(app));
    let lists = live(move || {
        let HubLists { counters, others, unknown } = listed.get();
        let is_empty = counters.is_empty() && others.is_empty() && unknown.is_empty();
        let is_near = app.trip.position().is_some();
        let others_title = if is_near { words.hubs_nearest } else { words.hubs_others };
        let count = unknown.len().to_string();
        let folded = fold(fill(words.hubs_unknown, &[("count", &count)]));
        (
            is_empty.then(|| p().put(words.none_open_now)),
            section_of(app, "counters", words.hubs_counters, counters),
            section_of(app, "others", others_title, others),
            (!unknown.is_empty()).then(|| folded.put(cards(app, unknown))),
        )
    });
    let line = live(move || match &*app.trip.near.read() {
        Some(StartingPoint::Place(name, _)) => fill(words.near_from, &[("place", name)]),
        Some(StartingPoint::Device(_)) => words.near_here.into(),
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
        events(app),
        lists,
    );
    TitledPage::new(words.hubs_title, view)
}

/// The locations to list, by index: counters and other locations, each with open ones first, and
/// those whose hours are not known. Near a place, all with known hours are one list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct HubLists {
    counters: Vec<usize>,
    others: Vec<usize>,
    unknown: Vec<usize>,
}

fn listed(app: App) -> HubLists {
    let (hubs, position) = (app.catalogue.hubs(), app.trip.position());
    let is_open_only = app.search.is_open_only.get();
    let facilities = app.catalogue.facilities();
    let kind = |at: usize| facilities.iter().position(|kind| kind.id == hubs[at].facility);
    let states: Vec<DayState> = hubs
        .iter()
        .map(|hub| state_of(app, hub).map_or(DayState::Unknown, |open| open.state))
        .collect();
    // Without a clock no state is known; what is known then is whether there are hours.
    let has_clock = app.clock.now.read().is_some();
    let is_unknown = |at: usize| match has_clock {
        true => states[at] == DayState::Unknown,
        false => hubs[at].hours.is_unknown() && hubs[at].seasons.is_empty(),
    };
    let is_open = |at: usize| matches!(states[at], DayState::Open { .. });
    let metres = |at: usize| position.map(|from| from.metres_to(hubs[at].point.position()) as u64);
    let rank = |at: usize| (metres(at), !is_open(at), kind(at), &hubs[at].town);
    let mut lists = HubLists::default();
    for at in order_of(hubs.len(), &|a, b| rank(a).cmp(&rank(b))) {
        if hubs[at].event.is_some() || is_open_only && !is_open(at) {
            continue;
        }
        let is_counter = kind(at).is_some_and(|kind| facilities[kind].is_counter);
        match is_unknown(at) {
            true => lists.unknown.push(at),
            false if is_counter && position.is_none() => lists.counters.push(at),
            false => lists.others.push(at),
        }
    }
    lists
}

fn section_of(app: App, id: &'static str, title: &'static str, hubs: Vec<usize>) -> Option<El> {
    (!hubs.is_empty()).then(|| titled_section(id, title).put(cards(app, hubs)))
}

fn cards(app: App, hubs: Vec<usize>) -> El {
    let hubs = hubs.into_iter().map(|at| hub_card(app, &app.catalogue.hubs()[at]));
    ul().class("cards cards--two").put_all(hubs)
}

/// Events that are announced or in progress.
fn events(app: App) -> View {
    live(move || {
        let hubs = app.listed(app.catalogue.hubs().iter().filter(|hub| hub.event.is_some()));
        (!hubs.is_empty()).then(|| {
            let cards = ul()
                .class("cards cards--two")
                .put_all(hubs.into_iter().map(|hub| hub_card(app, hub)));
            titled_section("events", app.words.events).put(cards)
        })
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
