//! All results for what was typed.

use super::{Page, heading};
use crate::components::markup::{live, p};
use crate::components::search::{answers, count_line, findings, meant, search_form};
use crate::route::Route;
use crate::state::App;

pub(crate) fn page(app: App) -> Page {
    if let Route::Search { query } = &app.address.read_untracked().route {
        app.query.set(query.clone());
    }
    let found = findings(app);
    let counted = count_line(app, &found);
    let results = live(move || {
        let found = found.read();
        if app.query.read().trim().is_empty() { p().put(app.words.type_to_search) } else { answers(app, &found, usize::MAX) }
    });
    Page::new(app.words.search_title, (heading(app.words.search_title, None), search_form(app), counted, meant(app), results))
}
