//! One trip: a list of errands, the fewest locations that handle them all on one day, and what to
//! bring.

mod answer;
mod papers;
mod stop;
pub(crate) mod trip_button;

use super::{TitledPage, heading};
use crate::app::App;
use crate::browser::page::{self, print};
use crate::pages::hubs::near::near_form;
use crate::pages::share::share_button;
use crate::pages::trip::answer::{TripAnswer, answer_view};
use crate::route::Route;
use crate::ui::icon::icon;
use crate::ui::section::titled_section;
use domain::catalogue::Service;
use domain::hours::Date;
use domain::trip::Errand;
use elements::{
    El, Signal, View, a, all, button, div, el, event_target_value, input, label, li, live, p,
    request_animation_frame, span, ul,
};
use finder::services_found;
use wording::results_count;

/// The most services that are offered while a person types what they need to do.
const OFFERED_MAX: usize = 4;

pub(crate) fn page(app: App) -> TitledPage {
    let words = app.words;
    // The chosen day. `None` means the first on which everything can be done.
    let chosen: Signal<Option<Date>> = Signal::default();
    let is_empty = Signal::computed(move || app.trip.errands.read().is_empty());
    let body = live(move || if is_empty.get() { nothing_yet(app) } else { planned(app, &chosen) });
    TitledPage::new(words.trip_title, (heading(words.trip_title, None), add_field(app), body))
}

fn nothing_yet(app: App) -> View {
    let words = app.words;
    let hubs = a(app.href(Route::Hubs)).class("button").put(words.all_hubs);
    all((p().class("lead").put(words.trip_intro), p().class("actions").put(hubs)))
}

/// Moves the focus to the answer, once the page shows the new one. Does nothing on other pages.
pub(crate) fn focus_answer() {
    request_animation_frame(|| page::focus("#places"));
}

/// A field that finds services while a person types, and adds them to the list. It keeps the focus,
/// so that the next can be typed at once.
fn add_field(app: App) -> El {
    let query: Signal<String> = Signal::default();
    let (shown, typed, offered) = (query.clone(), query.clone(), query.clone());
    let field = input()
        .id("need")
        .class("input")
        .attr("type", "search")
        .attr("autocomplete", "off")
        .attr("enterkeyhint", "search")
        .value(move || shown.get())
        .on("input", move |event| typed.set(event_target_value(&event)));
    let found = live(move || {
        let services = services_found(app.catalogue, app.finder, &offered.read(), OFFERED_MAX);
        let count = (!offered.read().is_empty())
            .then(|| p().class("visually-hidden").put(results_count(app.language, services.len())));
        let rows = services.into_iter().map(|service| offer(app, service, &offered));
        (count, ul().class("trip-offers").put_all(rows))
    });
    div()
        .class("field no-print")
        .put(label().attr("for", "need").put(app.words.trip_need))
        .put(field)
        .put(div().attr("role", "status").put(found))
}

fn offer(app: App, service: &'static Service, query: &Signal<String>) -> El {
    let (query, errand) = (query.clone(), Errand::Service(service.id.clone()));
    let add = button(move || {
        if !app.trip.has(&errand) {
            app.trip.toggle(&errand);
        }
        query.set(String::new());
        page::focus("#need");
    });
    li().put(
        add.class("button")
            .put(icon("bag"))
            .put(" ")
            .put(
                span().class("trip-offers__add").put(app.words.trip_add_short).put(app.words.colon),
            )
            .put(span().lang(app.lang_of(&service.name)).put(service.name.as_str())),
    )
}

fn planned(app: App, chosen: &Signal<Option<Date>>) -> View {
    let (of, shown) = (chosen.clone(), chosen.clone());
    let answer =
        Signal::computed(move || app.clock.now.get().map(|now| TripAnswer::of(app, of.get(), now)));
    let on = answer.clone();
    let places =
        live(move || answer.read().as_ref().map(|answer| answer_view(app, answer, &shown)));
    let along = live(move || papers::along(app));
    all((
        div().attr("aria-live", "polite").put(places),
        when_and_where(app, chosen, move || on.read().as_ref().map(|answer| answer.on)),
        list(app),
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
    let clear = button(move || app.trip.clear()).class("link-button").put(words.trip_clear);
    titled_section("list", words.trip_list).put(rows).put(p().class("actions no-print").put(clear))
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

fn when_and_where(
    app: App,
    chosen: &Signal<Option<Date>>,
    on: impl Fn() -> Option<Date> + 'static,
) -> El {
    let words = app.words;
    let (to, of) = (chosen.clone(), chosen.clone());
    // A date that is typed changes with each digit; the focus must stay until it is complete.
    let is_typed: Signal<bool> = Signal::default();
    let types = is_typed.clone();
    let today = move || app.clock.now.get().map(|now| now.date);
    let field = input()
        .id("day")
        .class("input")
        .attr("type", "date")
        .live_attr("min", move || today().map(|date| date.to_string()))
        // What a person types stays, even while it is no day that a trip can be on.
        .value(move || of.get().or_else(&on).map(|date| date.to_string()).unwrap_or_default())
        .on("keydown", move |_| types.set(true))
        .on("change", move |event| {
            to.set(Date::parse(&event_target_value(&event)));
            if !*is_typed.read_untracked() {
                focus_answer();
            }
        });
    div()
        .class("trip-choices no-print")
        .put(div().class("field").put(label().attr("for", "day").put(words.trip_day)).put(field))
        .put(near_form(app))
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
