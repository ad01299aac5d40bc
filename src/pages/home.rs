//! The first page: one question, and the shortest ways to an answer.

use super::{Page, heading};
use crate::components::hub_state::{hub_state, state_of};
use crate::components::icon::icon;
use crate::components::results::found_list;
use crate::components::search::{count_line, findings, focus_where_wide, nothing_found, search_form};
use crate::route::Route;
use crate::state::App;
use domain::hours::State;
use leptos::prelude::*;

/// Results shown under the field while typing; the rest is one key away.
const SUGGESTIONS_MAX: usize = 5;
/// Open hubs shown; all of them are one tap away.
const OPEN_HUBS_MAX: usize = 4;

pub(crate) fn page(app: App) -> Page {
    let found = findings(app);
    let is_asked = Memo::new(move |_| !app.query.read().trim().is_empty());
    request_animation_frame(focus_where_wide);
    let suggestions = move || {
        is_asked.get().then(|| {
            let found = found.read();
            if found.is_empty() { nothing_found(app).into_any() } else { (found_list(app, &found, SUGGESTIONS_MAX), all_results(app)).into_any() }
        })
    };
    let view = view! {
        {heading(app.words.home_title, None)}
        {search_form(app)}
        {count_line(app, found)}
        {suggestions}
        <div class="home" hidden=move || is_asked.get()>
            {common_needs(app)}
            {open_now(app)}
            {tiles(app)}
            <section class="section" aria-labelledby="topics">
                <h2 id="topics">{app.words.topics}</h2>
                {super::topics::topic_grid(app)}
            </section>
        </div>
    };
    Page::new(app.words.home_title, view)
}

fn all_results(app: App) -> impl IntoView {
    let href = move || app.href(Route::Search { query: app.query.get() });
    view! { <p><a class="more" href=href>{app.words.see_all_results}</a></p> }
}

fn common_needs(app: App) -> impl IntoView {
    let services = app.catalogue.municipality().common_needs.iter().filter_map(|id| app.catalogue.service(id));
    let links = services.map(
        |service| view! { <li><a class="chip" href=app.href(Route::Service(service.id.clone())) lang=app.catalogue_lang()>{service.name.as_str()}</a></li> },
    );
    view! {
        <section class="section" aria-labelledby="needs">
            <h2 id="needs">{app.words.common_needs}</h2>
            <ul class="chips">{links.collect_view()}</ul>
        </section>
    }
}

fn open_now(app: App) -> impl IntoView {
    let open = move || {
        let is_open = |hub: &&domain::catalogue::Hub| matches!(state_of(app, hub).map(|open| open.state), Some(State::Open { .. }));
        let cards = app.catalogue.hubs().iter().filter(is_open).take(OPEN_HUBS_MAX).map(|hub| {
            view! {
                <li class="card hub-card">
                    <a class="hub-card__name" href=app.href(Route::Hub(hub.id.clone())) lang=app.catalogue_lang()>{hub.name.as_str()}</a>
                    {hub_state(app, hub)}
                </li>
            }
        });
        let cards = cards.collect_view();
        if cards.is_empty() { view! { <p>{app.words.none_open_now}</p> }.into_any() } else { view! { <ul class="cards cards--two">{cards}</ul> }.into_any() }
    };
    view! {
        <section class="section" aria-labelledby="open">
            <h2 id="open">{app.words.open_now}</h2>
            {open}
            <p><a class="more" href=app.href(Route::Hubs)>{app.words.all_hubs}</a></p>
        </section>
    }
}

fn tiles(app: App) -> impl IntoView {
    let words = app.words;
    let tile = move |route: Route, picture: &'static str, name: &'static str, text: &'static str| {
        view! {
            <li class="tile">
                {icon(picture)}
                <div><a class="tile__name" href=app.href(route)>{name}</a> <p class="tile__text">{text}</p></div>
            </li>
        }
    };
    view! {
        <ul class="tiles section">
            {tile(Route::Ask(Default::default()), "ask", words.ask_tile, words.ask_tile_text)}
            {tile(Route::Feedback(Default::default()), "star", words.feedback_tile, words.feedback_tile_text)}
        </ul>
    }
}
