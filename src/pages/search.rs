//! All results for what was typed.

use super::{Page, heading};
use crate::components::markup::{live, p};
use crate::components::results::found_list;
use crate::components::search::{count_line, findings, meant, nothing_found, search_form};
use crate::route::Route;
use crate::state::App;
use leptos::prelude::*;

pub(crate) fn page(app: App) -> Page {
    if let Route::Search { query } = &app.address.read_untracked().route {
        app.query.set(query.clone());
    }
    let found = findings(app);
    let results = live(move || {
        let found = found.read();
        match (app.query.read().trim().is_empty(), found.is_empty()) {
            (true, _) => p().put(app.words.type_to_search),
            (false, true) => nothing_found(app),
            (false, false) => found_list(app, &found, usize::MAX),
        }
    });
    Page::new(app.words.search_title, (heading(app.words.search_title, None), search_form(app), count_line(app, found), meant(app), results))
}
