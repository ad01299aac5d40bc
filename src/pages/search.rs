//! The page with all results of a search.

use super::{Page, heading};
use crate::components::markup::{all, div};
use crate::components::search::{results, search_box};
use crate::route::Route;
use crate::state::App;

pub(crate) fn page(app: App) -> Page {
    if let Route::Search { query, .. } = &app.address.read_untracked().route {
        app.query.set(query.clone());
    }
    let found = search_box(app, |is_typing| div().put(results(app, is_typing)));
    Page::new(app.words.search_title, all((heading(app.words.search_title, None), found)))
}
