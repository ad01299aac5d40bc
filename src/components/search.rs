//! The search field.

use super::markup::{El, a, div, el, form, h2, h3, input, label, live, p, span};
use super::phone::phone_link;
use super::results::found_list;
use crate::browser::page;
use crate::route::Route;
use crate::router;
use crate::signal::Signal;
use crate::state::App;
use crate::wording::results_count;
use domain::Language;
use domain::catalogue::{Elsewhere, Who};
use finder::{Found, asked_elsewhere};
use leptos::prelude::event_target_value;

/// More than anybody reads.
const RESULTS_MAX: usize = 50;

/// The field with its button. Typing changes `app.query`; Enter goes to the results.
pub(crate) fn search_form(app: App) -> El {
    let words = app.words;
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        router::go(app, Route::Search { query: app.query.get_untracked() });
    };
    let typed = move |event: web_sys::Event| {
        app.query.set(event_target_value(&event));
        if matches!(app.address.read_untracked().route, Route::Search { .. }) {
            router::replace(app, Route::Search { query: app.query.get_untracked() });
        }
    };
    let french = (app.language == Language::French).then_some((". ", words.search_in_english));
    let field = input()
        .class("search__field")
        .id("q")
        .attr("name", "q")
        .attr("type", "search")
        .attr("autocomplete", "off")
        .attr("enterkeyhint", "search")
        .attr("spellcheck", "false")
        .attr("aria-describedby", "q-hint")
        .value(move || app.query.get())
        .on("input", typed);
    form()
        .class("search")
        .attr("role", "search")
        .on("submit", submit)
        .put(label().class("search__label").attr("for", "q").put(words.search_label))
        .put(p().class("hint").id("q-hint").put(words.search_example).put(french))
        .put(div().class("search__row").put(field).put(el("button").class("button button--main").attr("type", "submit").put(words.find)))
}

/// Puts the cursor into the field where that does not throw a keyboard over the page.
pub(crate) fn focus_where_wide() {
    if page::is_wide() {
        page::focus("#q");
    }
}

/// What the words in the field find; made once a change, read by whoever shows it.
pub(crate) fn findings(app: App) -> Signal<Vec<Found>> {
    Signal::computed(move || app.finder.find(&app.query.read(), RESULTS_MAX))
}

/// What stands under the field once something was typed: the results, or what to do without any.
pub(crate) fn answers(app: App, found: &[Found], most: usize) -> El {
    match asked_elsewhere(app.catalogue, &app.finder, &app.query.read()) {
        Some(elsewhere) => done_elsewhere(app, elsewhere),
        None if found.is_empty() => nothing_found(app),
        None => found_list(app, found, most),
    }
}

/// What was typed with a slip, as it was understood.
pub(crate) fn meant(app: App) -> El {
    let text = live(move || app.finder.explain(&app.query.read()).meant().map(|meant| (app.words.understood_as, " ", span().class("meant__words").put(meant))));
    p().class("meant").put(text)
}

/// Somebody else does it: who, and that our phone can still help.
fn done_elsewhere(app: App, elsewhere: &Elsewhere) -> El {
    let words = app.words;
    let who = match elsewhere.who {
        Who::Federal => words.who_federal,
        Who::Province => words.who_province,
        Who::Utility => words.who_utility,
        Who::Other => words.who_other,
    };
    let names = if app.language == Language::French { elsewhere.fr.first().or(elsewhere.en.first()) } else { elsewhere.en.first() };
    div()
        .class("panel")
        .put(h2().put(words.not_ours))
        .put(p().put(el("strong").put(names.map_or("", String::as_str))).put(": ").put(who))
        .put(p().class("actions").put(span().put(words.or_call_us).put(" ").put(phone_link(app.phone()))))
}

/// The number of results, told to screen readers quietly.
pub(crate) fn count_line(app: App, found: &Signal<Vec<Found>>) -> El {
    let found = found.clone();
    let text = live(move || {
        let query = app.query.read();
        let is_counted = !query.trim().is_empty() && asked_elsewhere(app.catalogue, &app.finder, &query).is_none();
        is_counted.then(|| results_count(app.language, found.read().len()))
    });
    p().class("results-count").attr("role", "status").put(text)
}

/// Nothing was found: what to do instead.
fn nothing_found(app: App) -> El {
    let words = app.words;
    let ask = move |_| app.draft.update(|draft| draft.message = app.query.get_untracked());
    let link = a(app.href(Route::Ask(Default::default()))).class("button button--main").on("click", ask).put(words.ask_instead);
    div()
        .class("panel")
        .put(h2().put(words.no_results))
        .put(p().put(words.no_results_help))
        .put(p().class("actions").put(link).put(span().put(words.or_call).put(" ").put(phone_link(app.phone()))))
        .put(h3().put(words.topics))
        .put(crate::pages::topics::topic_grid(app))
}
