//! The home page: one search field, and the shortest paths to an answer.

use super::topics::topic_grid;
use super::{TitledPage, heading};
use crate::app::App;
use crate::pages::hubs::{none_open, ordered};
use crate::pages::life::life_events;
use crate::pages::search::results::{hub_card, service_link};
use crate::pages::search::search_box::{focus_where_wide, search_box};
use crate::pages::shared_computer::shared_welcome;
use crate::route::Route;
use crate::ui::icon::icon;
use crate::ui::section::titled_section;
use domain::HubId;
use domain::hours::{DayState, Moment};
use elements::{El, Signal, a, div, li, live, p, request_animation_frame, ul};
use wording::Wording;

/// The most open locations that are shown. All of them are one tap away.
const OPEN_HUBS_MAX: usize = 4;

pub(crate) fn page(app: App) -> TitledPage {
    request_animation_frame(focus_where_wide);
    let topics = titled_section("topics", app.words.topics).put(topic_grid(app));
    let rest = div()
        .put(welcome(app))
        .put(common_needs(app))
        .put(open_now(app))
        .put(tiles(app))
        .put(topics)
        .put(life_events(app));
    TitledPage::new(
        app.words.home_title,
        (heading(app.words.home_title, None), search_box(app, |_| rest)),
    )
}

fn common_needs(app: App) -> El {
    let services =
        app.catalogue.municipality().common_needs.iter().filter_map(|id| app.catalogue.service(id));
    let links = services.map(|service| li().put(service_link(app, service).class("chip")));
    titled_section("needs", app.words.common_needs).put(ul().class("chips").put_all(links))
}

fn open_now(app: App) -> El {
    // Without a clock nothing is known, and nothing is said.
    let shown = Signal::computed(move || app.clock.now.get().map(|now| open_hubs(app, now)));
    let open = live(move || {
        let shown = shown.get()?;
        if shown.is_empty() {
            return Some(none_open(app));
        }
        let hubs = shown.iter().filter_map(|id| app.catalogue.hub(id));
        Some(ul().class("cards cards--two").put_all(hubs.map(|hub| hub_card(app, hub))).done())
    });
    let more = p().put(a(app.href(Route::Hubs)).class("more").put(app.words.all_hubs));
    titled_section("open", app.words.open_now).put(open).put(more)
}

/// The first locations that are open, in the order of every list.
fn open_hubs(app: App, now: Moment) -> Vec<HubId> {
    let hubs = app.listed(app.catalogue.hubs().iter());
    ordered(app, &hubs, Some(now))
        .into_iter()
        .filter(|(_, state)| matches!(state, DayState::Open { .. }))
        .take(OPEN_HUBS_MAX)
        .map(|(at, _)| hubs[at].id.clone())
        .collect()
}

fn tiles(app: App) -> El {
    let words = app.words;
    ul().class("tiles section")
        .put(tile(app, Route::Trip(Vec::new()), "bag", words.trip_tile, words.trip_tile_text))
        .put(tile(app, Route::Ask(Default::default()), "ask", words.ask_tile, words.ask_tile_text))
        .put(tile(
            app,
            Route::Feedback(Default::default()),
            "star",
            words.feedback_tile,
            words.feedback_tile_text,
        ))
}

/// A link with its icon, its name, and what it is for.
pub(super) fn tile(
    app: App,
    route: Route,
    picture: &'static str,
    name: &'static str,
    text: &'static str,
) -> El {
    let said = div()
        .put(a(app.href(route)).class("tile__name").put(name))
        .put(p().class("tile__text").put(text));
    li().class("tile").put(icon(picture)).put(said)
}

/// What a public terminal is, for a person who stands in front of it, in all its languages. `None`
/// on other devices.
fn welcome(app: App) -> Option<El> {
    if app.role.is_borrowed() {
        return Some(div().class("panel").put(shared_welcome(app)));
    }
    let terminal = app.role.terminal?;
    let place = app.catalogue.hub(&terminal.hub).map(|hub| {
        p().class("kiosk-welcome__place").put(icon("pin")).put(" ").put(hub.name.as_str())
    });
    let lines = terminal.languages.iter().map(|&language| {
        p().lang(Some(language.tag())).put(Wording::in_language(language).kiosk_welcome)
    });
    Some(div().class("panel kiosk-welcome").put(place).put_all(lines))
}
