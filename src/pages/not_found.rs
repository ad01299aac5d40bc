//! There is nothing at this address.

use super::{Page, heading};
use crate::components::search::search_form;
use crate::route::Route;
use crate::state::App;
use leptos::prelude::*;

pub(crate) fn page(app: App) -> Page {
    let words = app.words;
    let view = view! {
        {heading(words.not_found_title, None)}
        <p class="lead">{words.not_found_text}</p>
        {search_form(app)}
        <p class="actions"><a class="button" href=app.href(Route::Home)>{words.go_home}</a></p>
        {super::topics::topic_grid(app)}
    };
    Page::new(words.not_found_title, view)
}
