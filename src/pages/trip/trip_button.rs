//! Adds errands to the list of one trip, and links to it.

use crate::app::App;
use crate::route::Route;
use crate::ui::icon::icon;
use domain::trip::{ERRANDS_MAX, Errand};
use elements::{El, View, a, button, live, p, span};
use wording::trip_count;

/// "Add to my trip", or "On my trip. Take it off". In a list of many the text is short, and screen
/// readers also hear the `name`.
pub(crate) fn trip_button(app: App, errand: Errand, name: &'static str) -> El {
    let words = app.words;
    let (shown, is_short) = (errand.clone(), !name.is_empty());
    let said = live(move || {
        let is_on = app.trip.has(&shown);
        let is_full = !is_on && app.trip.errands.read().len() >= ERRANDS_MAX;
        let text = match (is_on, is_full, is_short) {
            (true, _, true) => words.trip_added_short,
            (true, _, false) => words.trip_added,
            (false, true, _) => words.trip_full,
            (false, false, true) => words.trip_add_short,
            (false, false, false) => words.trip_add,
        };
        (icon(if is_on { "check" } else { "bag" }), " ", text)
    });
    let name = (!name.is_empty()).then(|| {
        span().class("visually-hidden").lang(app.lang_of(name)).put(words.colon).put(name)
    });
    button(move || app.trip.toggle(&errand))
        .class("button button--small trip-button no-print")
        .put(said)
        .put(name)
}

/// The link to the list, on every page once something is on it.
pub(crate) fn trip_line(app: App) -> View {
    live(move || {
        let count = app.trip.errands.read().len();
        let is_there = matches!(app.address.read().route, Route::Trip(_));
        let link = a(app.href(Route::Trip(Vec::new())))
            .class("trip-line__link")
            .put(icon("bag"))
            .put(" ")
            .put(trip_count(app.language, count));
        (count > 0 && !is_there).then(|| p().class("status-line trip-line").put(link))
    })
}
