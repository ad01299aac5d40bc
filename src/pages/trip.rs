//! One trip: a list of errands, the fewest locations that handle them all on one day, and what to
//! bring.

mod papers;
mod stop;
pub(crate) mod trip_button;

use super::{TitledPage, heading};
use crate::app::App;
use crate::browser::page::print;
use crate::pages::hubs::near::near_form;
use crate::pages::search::results::service_link;
use crate::pages::share::share_button;
use crate::route::Route;
use crate::ui::icon::icon;
use crate::ui::phone::phone_link;
use crate::ui::section::titled_section;
use domain::hours::{Date, Moment};
use domain::trip::{Errand, Trip, next_day_for_all, plan};
use elements::{
    El, Signal, View, a, all, button, div, el, event_target_value, input, label, li, live, p, ul,
};
use wording::{day, trip_answer};

pub(crate) fn page(app: App) -> TitledPage {
    let words = app.words;
    // The chosen day. `None` means today.
    let chosen: Signal<Option<Date>> = Signal::default();
    let is_empty = Signal::computed(move || app.trip.errands.read().is_empty());
    let body = live(move || if is_empty.get() { nothing_yet(app) } else { planned(app, &chosen) });
    let intro = p().class("lead").put(words.trip_intro);
    TitledPage::new(words.trip_title, (heading(words.trip_title, None), intro, body))
}

fn nothing_yet(app: App) -> View {
    let words = app.words;
    let find = a(app.href(Route::Home)).class("button button--main").put(words.trip_find);
    let hubs = a(app.href(Route::Hubs)).class("button").put(words.all_hubs);
    all((p().put(words.trip_empty), p().class("actions").put(find).put(hubs)))
}

fn planned(app: App, chosen: &Signal<Option<Date>>) -> View {
    let at_stops = chosen.clone();
    let answer = live(move || app.clock.now.get().map(|now| answer(app, &at_stops, now)));
    let along = live(move || papers::along(app));
    all((
        list(app),
        when_and_where(app, chosen),
        div().attr("aria-live", "polite").put(answer),
        along,
        take_away(app),
    ))
}

/// The list of errands, each with a button to remove it.
fn list(app: App) -> El {
    let words = app.words;
    let rows = live(move || {
        let errands = app.trip.errands.get();
        el("ol").class("errands").put_all(errands.into_iter().map(|errand| row(app, errand)))
    });
    let more = a(app.href(Route::Home)).class("button button--small").put(words.trip_more);
    let clear = button(move || app.trip.clear()).class("link-button").put(words.trip_clear);
    titled_section("list", words.trip_list)
        .put(rows)
        .put(p().class("actions no-print").put(more).put(clear))
}

fn row(app: App, errand: Errand) -> El {
    let name = errand.name(app.catalogue).unwrap_or_default();
    let link = errand.service(app.catalogue).map(|service| {
        a(app.href(Route::Service(service.id.clone()))).lang(app.lang_of(name)).put(name)
    });
    let said = [app.words.trip_remove, app.words.colon, name].concat();
    let remove = button(move || app.trip.toggle(&errand))
        .class("link-button no-print")
        .attr("aria-label", said)
        .put(app.words.trip_remove);
    li().put(link).put(" ").put(remove)
}

fn when_and_where(app: App, chosen: &Signal<Option<Date>>) -> El {
    let words = app.words;
    let (of, to) = (chosen.clone(), chosen.clone());
    let today = move || app.clock.now.get().map(|now| now.date);
    let field = input()
        .id("day")
        .class("input")
        .attr("type", "date")
        .live_attr("min", move || today().map(|date| date.to_string()))
        .value(move || of.get().or_else(today).map(|date| date.to_string()).unwrap_or_default())
        .on("change", move |event| to.set(Date::parse(&event_target_value(&event))));
    div()
        .class("trip-choices no-print")
        .put(div().class("field").put(label().attr("for", "day").put(words.trip_day)).put(field))
        .put(near_form(app))
}

fn answer(app: App, chosen: &Signal<Option<Date>>, now: Moment) -> View {
    let (words, errands) = (app.words, app.trip.errands.get());
    // A chosen day that has passed becomes today.
    let on = chosen.get().unwrap_or(now.date).max(now.date);
    let trip = plan(app.catalogue, &errands, on, now, app.trip.position());
    let when = if on == now.date { words.today.to_string() } else { day(app.language, on) };
    let can_be_done = errands.len() - trip.not_that_day.len() - trip.nowhere.len();
    let title = trip_answer(app.language, trip.stops.len(), can_be_done, errands.len(), &when);
    let stops = ul()
        .class("stops")
        .put_all(trip.stops.iter().map(|place| stop::card(app, place, &errands, on)));
    let later =
        (!trip.not_that_day.is_empty()).then(|| another_day(app, chosen, &trip, &errands, on, now));
    let nowhere = (!trip.nowhere.is_empty()).then(|| no_counter(app, &trip, &errands));
    titled_section("places", &title).put(stops).put(later).put(nowhere).done()
}

fn names(app: App, errands: &[Errand], places: &[usize]) -> El {
    let names = places.iter().filter_map(|&at| errands[at].name(app.catalogue));
    ul().class("plain").put_all(names.map(|name| li().lang(app.lang_of(name)).put(name)))
}

/// The errands that cannot be done on that day, and the next day on which all can.
fn another_day(
    app: App,
    chosen: &Signal<Option<Date>>,
    trip: &Trip<'_>,
    errands: &[Errand],
    on: Date,
    now: Moment,
) -> El {
    let to = chosen.clone();
    let next = next_day_for_all(app.catalogue, errands, on, now).map(|next| {
        let choose =
            button(move || to.set(Some(next))).class("button").put(day(app.language, next));
        p().class("actions no-print").put(app.words.trip_all_on).put(" ").put(choose)
    });
    div()
        .class("panel")
        .put(p().put(app.words.trip_not_that_day))
        .put(names(app, errands, &trip.not_that_day))
        .put(next)
}

/// Errands that no counter is known to handle, with other channels.
fn no_counter(app: App, trip: &Trip<'_>, errands: &[Errand]) -> El {
    let services = trip.nowhere.iter().filter_map(|&at| errands[at].service(app.catalogue));
    let rows = services.map(|service| {
        let phone = service.channels.phone.as_deref().unwrap_or(app.phone());
        li().put(service_link(app, service))
            .put(app.words.colon)
            .put(phone_link(app.language, phone))
    });
    div().class("panel").put(p().put(app.words.trip_nowhere)).put(ul().class("plain").put_all(rows))
}

/// Takes the plan along: on paper, or on another phone.
fn take_away(app: App) -> El {
    let words = app.words;
    let code = live(move || papers::code(app));
    let printing = p()
        .class("actions no-print")
        .put(button(print).class("button").put(icon("print")).put(" ").put(words.trip_print))
        .put(share_button(app, words.trip_title, move || {
            Route::Trip(app.trip.errands.get_untracked())
        }));
    titled_section("away", words.trip_away).put(printing).put(code)
}
