//! The search field.

use crate::browser::page;
use crate::route::Route;
use crate::router;
use crate::state::App;
use crate::wording::results_count;
use finder::Found;
use leptos::prelude::*;

/// The field with its button. Typing changes `app.query`; Enter goes to the results.
pub(crate) fn search_form(app: App) -> impl IntoView {
    let words = app.words;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        router::go(app, Route::Search { query: app.query.get_untracked() });
    };
    let typed = move |event| {
        app.query.set(event_target_value(&event));
        if matches!(app.address.read_untracked().route, Route::Search { .. }) {
            router::replace(app, Route::Search { query: app.query.get_untracked() });
        }
    };
    let french = (app.language == domain::Language::French).then_some(words.search_in_english);
    view! {
        <form class="search" role="search" on:submit=submit>
            <label class="search__label" for="q">{words.search_label}</label>
            <p class="hint" id="q-hint">{words.search_example} {french.map(|text| format!(". {text}"))}</p>
            <div class="search__row">
                <input
                    class="search__field" id="q" name="q" type="search" autocomplete="off" enterkeyhint="search" spellcheck="false"
                    aria-describedby="q-hint" prop:value=move || app.query.get() on:input=typed
                />
                <button class="button button--main" type="submit">{words.find}</button>
            </div>
        </form>
    }
}

/// Puts the cursor into the field where that does not throw a keyboard over the page.
pub(crate) fn focus_where_wide() {
    if page::is_wide() {
        page::focus("#q");
    }
}

/// What the words in the field find; made once a change, read by whoever shows it.
pub(crate) fn findings(app: App) -> Memo<Vec<Found>> {
    Memo::new(move |_| app.finder.find(&app.query.read()))
}

/// The number of results, told to screen readers quietly.
pub(crate) fn count_line(app: App, found: Memo<Vec<Found>>) -> impl IntoView {
    let text = move || {
        let is_asked = !app.query.read().trim().is_empty();
        is_asked.then(|| results_count(app.language, found.read().len()))
    };
    view! { <p class="results-count" role="status">{text}</p> }
}

/// Nothing was found: what to do instead.
pub(crate) fn nothing_found(app: App) -> impl IntoView {
    let words = app.words;
    let ask = move |_| app.draft.update(|draft| draft.message = app.query.get_untracked());
    view! {
        <div class="panel">
            <h2>{words.no_results}</h2>
            <p>{words.no_results_help}</p>
            <p class="actions">
                <a class="button button--main" href=app.href(Route::Ask(Default::default())) on:click=ask>{words.ask_instead}</a>
                <span>{words.or_call} " " {super::phone::phone_link(app.phone())}</span>
            </p>
            <h3>{words.topics}</h3>
            {crate::pages::topics::topic_grid(app)}
        </div>
    }
}
