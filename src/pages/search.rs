//! The page with all results of a search.

mod answer;
mod facets;
pub(crate) mod results;
pub(crate) mod search_box;

use super::{TitledPage, heading};
use crate::app::App;
use crate::pages::search::search_box::{results, search_box};
use crate::route::Route;
use elements::{all, div};

pub(crate) fn page(app: App) -> TitledPage {
    if let Route::Search { query, .. } = &app.address.read_untracked().route {
        app.search.query.set(query.clone());
    }
    let found = search_box(app, |is_typing| div().put(results(app, is_typing)));
    TitledPage::new(app.words.search_title, all((heading(app.words.search_title, None), found)))
}
