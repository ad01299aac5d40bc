//! The search field: a combobox (WAI-ARIA 1.2, list autocomplete with manual selection). While a
//! person types, suggestions appear right under it and the rest of the page is hidden.

use crate::app::App;
use crate::browser::page;
use crate::pages::search::answer::answer;
use crate::pages::search::facets::{facets, narrowed};
use crate::pages::search::results::{found_list, suggestion};
use crate::route::{Route, router};
use crate::ui::phone::phone_link;
use domain::Language;
use domain::catalogue::{ServedElsewhere, Who};
use domain::text::is_blank;
use elements::{
    El, Signal, View, a, all, div, el, event_target_value, form, h2, h3, input, label, li, live, p,
    request_animation_frame, span, ul,
};
use finder::{IndexedRecord, SearchMatch, asked_elsewhere, record_at};
use wasm_bindgen::JsCast;
use wording::results_count;

/// The most results that are listed; nobody reads more.
const RESULTS_MAX: usize = 50;
/// The most suggestions that fit under the field. All results are one key press away.
const SUGGESTIONS_MAX: usize = 7;

/// The id of the form with the field. Without scripts the choices of the results are sent with it.
pub(super) const SEARCH_FORM: &str = "search";

/// The state of the suggestions: whether they are open, the results, and the one selected by the
/// arrow keys.
#[derive(Clone)]
struct SuggestionList {
    is_open: Signal<bool>,
    found: Signal<Vec<SearchMatch>>,
    elsewhere: Signal<Option<&'static ServedElsewhere>>,
    active: Signal<Option<usize>>,
}

/// The field, the suggestions while typing, and below them `rest`, the page's own content.
pub(crate) fn search_box(app: App, rest: impl FnOnce(Signal<bool>) -> El) -> View {
    let is_open = Signal::new(page::is_typing_at_start());
    let opened = is_open.clone();
    let found = Signal::computed(move || {
        if *opened.read() {
            app.finder.find(&app.search.query.read(), SUGGESTIONS_MAX)
        } else {
            Vec::new()
        }
    });
    let opened = is_open.clone();
    let elsewhere = Signal::computed(move || {
        if *opened.read() {
            asked_elsewhere(app.catalogue, app.finder, &app.search.query.read())
        } else {
            None
        }
    });
    let box_ =
        SuggestionList { is_open: is_open.clone(), found, elsewhere, active: Signal::default() };
    let shown = box_.clone();
    let suggestions =
        live(move || (*shown.is_open.read() && is_asked(app)).then(|| suggestions(app, &shown)));
    let covered = is_open.clone();
    let rest = rest(is_open).live_flag("hidden", move || *covered.read() && is_asked(app));
    all((search_form(app, &box_), count_line(app, &box_), meant(app), suggestions, rest))
}

fn is_asked(app: App) -> bool {
    !is_blank(&app.search.query.read())
}

/// The field with its button. Enter opens the results page, or the selected suggestion.
fn search_form(app: App, box_: &SuggestionList) -> El {
    let words = app.words;
    let submitted = box_.clone();
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        submitted.is_open.set(false);
        app.note_gap();
        router::go(
            app,
            Route::Search { query: app.search.query.get_untracked(), filter: Default::default() },
        );
    };
    let action = app.href(Route::Search { query: String::new(), filter: Default::default() });
    let french = app.is_catalogue_english().then_some((". ", words.search_in_english));
    let field = search_field(app, box_);
    form()
        .class("search")
        .id(SEARCH_FORM)
        .attr("role", "search")
        .attr("action", action)
        .on("submit", submit)
        .put(label().class("search__label").attr("for", "q").put(words.search_label))
        .put(p().class("hint").id("q-hint").put(words.search_example).put(french))
        .put(
            div().class("search__row").put(field).put(
                el("button").class("button button--main").attr("type", "submit").put(words.find),
            ),
        )
}

/// The field alone: typing changes the query and opens the suggestions.
fn search_field(app: App, box_: &SuggestionList) -> El {
    let (typing, keys) = (box_.clone(), box_.clone());
    let (expanded, reached) = (box_.clone(), box_.clone());
    let typed = move |event: web_sys::Event| {
        typing.active.set(None);
        app.search.query.set(event_target_value(&event));
        if !typing.is_open.get_untracked() {
            request_animation_frame(|| page::show_on_top("q"));
        }
        typing.is_open.set(true);
        if let Route::Search { filter, .. } = &app.address.get_untracked().route {
            router::replace(
                app,
                Route::Search { query: app.search.query.get_untracked(), filter: filter.clone() },
            );
        }
    };
    input()
        .class("search__field")
        .id("q")
        .attr("name", "q")
        .attr("type", "text")
        .attr("inputmode", "search")
        .attr("autocomplete", "off")
        .attr("enterkeyhint", "search")
        .attr("spellcheck", "false")
        .attr("role", "combobox")
        .attr("aria-autocomplete", "list")
        .attr("aria-describedby", "q-hint")
        .live_attr("aria-expanded", move || Some((!expanded.found.read().is_empty()).to_string()))
        .live_attr("aria-controls", {
            let found = box_.found.clone();
            move || (!found.read().is_empty()).then(|| "found".into())
        })
        .live_attr("aria-activedescendant", move || reached.active.get().map(option_id))
        .value(move || app.search.query.get())
        .on("input", typed)
        .on("keydown", move |event| press(app, &keys, &event))
}

fn option_id(at: usize) -> String {
    format!("found-{at}")
}

/// Handles the keys: Down and Up move through the suggestions and past their ends back to the
/// field, Enter opens the selected one, and Escape closes the list.
fn press(app: App, box_: &SuggestionList, event: &web_sys::Event) {
    let Some(event) = event.dyn_ref::<web_sys::KeyboardEvent>() else { return };
    let count = box_.found.read_untracked().len();
    let active = box_.active.get_untracked();
    match event.key().as_str() {
        "ArrowDown" if count == 0 => box_.is_open.set(true),
        "ArrowDown" => {
            box_.active.set(active.map_or(Some(0), |at| Some(at + 1).filter(|&at| at < count)))
        }
        "ArrowUp" if count > 0 => {
            box_.active.set(active.map_or(Some(count - 1), |at| at.checked_sub(1)))
        }
        "Escape" if box_.is_open.get_untracked() => {
            box_.active.set(None);
            box_.is_open.set(false);
        }
        "Enter" if active.is_some() => {
            if let Some(route) =
                active.and_then(|at| route_of(app, box_.found.read_untracked().get(at)?))
            {
                router::go(app, route);
            }
        }
        _ => return,
    }
    event.prevent_default();
    if let Some(at) = box_.active.get_untracked() {
        page::show(&option_id(at));
    }
}

fn route_of(app: App, found: &SearchMatch) -> Option<Route> {
    Some(match record_at(app.catalogue, found.document)? {
        IndexedRecord::Service(service) => Route::Service(service.id.clone()),
        IndexedRecord::Hub(hub) => Route::Hub(hub.id.clone()),
    })
}

/// The list under the field while typing.
fn suggestions(app: App, box_: &SuggestionList) -> View {
    let found = box_.found.get();
    if let Some(instead) = instead_of_results(app, box_.elsewhere.get(), found.is_empty()) {
        return instead.done();
    }
    let explanation = app.finder.explain(&app.search.query.read_untracked());
    let options = found.iter().enumerate().map(|(at, found)| {
        let active = box_.active.clone();
        let route = route_of(app, found);
        li().class("suggestion")
            .id(option_id(at))
            .attr("role", "option")
            .live_attr("aria-selected", move || Some((*active.read() == Some(at)).to_string()))
            .on("click", move |_| {
                route.clone().into_iter().for_each(|route| router::go(app, route))
            })
            .put(suggestion(app, found.document, explanation.of(found.document)))
    });
    let list = ul()
        .class("suggestions")
        .id("found")
        .attr("role", "listbox")
        .attr("aria-label", app.words.search_title)
        .put_all(options);
    let href = move || {
        Some(app.href(Route::Search { query: app.search.query.get(), filter: Default::default() }))
    };
    let more = el("a").class("more").live_attr("href", href).put(app.words.see_all_results);
    let closes = box_.is_open.clone();
    all((list, p().on("click", move |_| closes.set(false)).put(more)))
}

/// All results that pass the filter. Empty while the person is typing.
pub(crate) fn results(app: App, is_typing: Signal<bool>) -> View {
    let at_rest = move || !*is_typing.read() && is_asked(app);
    let found = Signal::computed(move || {
        if at_rest() { app.finder.find(&app.search.query.read(), usize::MAX) } else { Vec::new() }
    });
    let listed = found.clone();
    let list = live(move || {
        let found = listed.read();
        if !is_asked(app) {
            return p().put(app.words.type_to_search).done();
        }
        if let Some(instead) = instead_of_results(
            app,
            asked_elsewhere(app.catalogue, app.finder, &app.search.query.read_untracked()),
            found.is_empty(),
        ) {
            return instead.done();
        }
        let left = narrowed(app, &found);
        let count = p()
            .class("results-count")
            .attr("role", "status")
            .put(results_count(app.language, left.len()));
        all((answer(app, &found), count, found_list(app, &left, RESULTS_MAX)))
    });
    all((facets(app, found), list))
}

/// Focuses the field on wide screens, where that does not open an on-screen keyboard, unless the
/// person is further down already: the page is there before the app.
pub(crate) fn focus_where_wide() {
    if page::is_wide() && page::is_at_top() {
        page::focus("#q");
    }
}

/// What to show instead of results: another organization is responsible, or nothing was found.
/// `None` if there are results to show.
fn instead_of_results(
    app: App,
    elsewhere: Option<&ServedElsewhere>,
    is_nothing: bool,
) -> Option<El> {
    match elsewhere {
        Some(elsewhere) => Some(done_elsewhere(app, elsewhere)),
        None => is_nothing.then(|| nothing_found(app)),
    }
}

/// The query as it was understood, if it contained a typing error.
fn meant(app: App) -> El {
    let text = live(move || {
        let query = app.search.query.read();
        let explained = app.finder.explain(&query);
        // A neighbour's name looks like a typing error of a word of ours.
        let meant = explained
            .meant()
            .filter(|_| asked_elsewhere(app.catalogue, app.finder, &query).is_none())?;
        Some((app.words.understood_as, " ", span().class("meant__words").put(meant)))
    });
    p().class("meant").put(text)
}

/// Says which other organization is responsible, and that the municipality's phone line can still
/// help.
fn done_elsewhere(app: App, elsewhere: &ServedElsewhere) -> El {
    let words = app.words;
    let who = match elsewhere.who {
        Who::Federal => words.who_federal,
        Who::Province => words.who_province,
        Who::Utility => words.who_utility,
        Who::Other => words.who_other,
    };
    let names = if app.language == Language::French {
        elsewhere.fr.first().or(elsewhere.en.first())
    } else {
        elsewhere.en.first()
    };
    div()
        .class("panel")
        .put(h2().put(words.not_ours))
        .put(p().put(el("strong").put(names.map_or("", String::as_str))).put(words.colon).put(who))
        .put(
            p().class("actions").put(
                span().put(words.or_call_us).put(" ").put(phone_link(app.language, app.phone())),
            ),
        )
}

/// The number of suggestions, announced politely to screen readers.
fn count_line(app: App, box_: &SuggestionList) -> El {
    let (is_open, found, elsewhere) =
        (box_.is_open.clone(), box_.found.clone(), box_.elsewhere.clone());
    let text = live(move || {
        let is_counted = *is_open.read() && is_asked(app) && elsewhere.read().is_none();
        is_counted.then(|| results_count(app.language, found.read().len()))
    });
    p().class("visually-hidden").attr("role", "status").put(text)
}

/// Nothing was found: offers what to do instead.
fn nothing_found(app: App) -> El {
    let words = app.words;
    let ask = move |_| {
        app.note_gap();
        app.inquiry.draft.update(|draft| draft.message = app.search.query.get_untracked());
    };
    let link = a(app.href(Route::Ask(Default::default())))
        .class("button button--main")
        .on("click", ask)
        .put(words.ask_instead);
    div()
        .class("panel")
        .put(h2().put(words.no_results))
        .put(p().put(words.no_results_help))
        .put(
            p().class("actions")
                .put(link)
                .put(span().put(words.or_call).put(" ").put(phone_link(app.language, app.phone()))),
        )
        .put(p().class("hint").put(words.gap_counted))
        .put(h3().put(words.topics))
        .put(crate::pages::topics::topic_grid(app))
}
