//! The page for an address that does not exist.

use super::topics::topic_grid;
use super::{TitledPage, heading};
use crate::app::App;
use crate::pages::search::search_box::search_box;
use crate::route::Route;
use elements::{a, div, p};

pub(crate) fn page(app: App) -> TitledPage {
    let words = app.words;
    let view = (
        heading(words.not_found_title, None),
        p().class("lead").put(words.not_found_text),
        search_box(app, |_| {
            div()
                .put(
                    p().class("actions")
                        .put(a(app.href(Route::Home)).class("button").put(words.go_home)),
                )
                .put(topic_grid(app))
        }),
    );
    TitledPage::new(words.not_found_title, view)
}
