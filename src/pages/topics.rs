//! The list of topics, and the page of one topic.

use super::{TitledPage, heading, not_found};
use crate::app::App;
use crate::pages::life::life_events;
use crate::pages::search::results::service_list;
use crate::route::Route;
use domain::catalogue::Category;
use domain::{CategoryId, Language};
use elements::{El, a, li, p, ul};
use wording::services_count;

pub(crate) fn page(app: App) -> TitledPage {
    TitledPage::new(
        app.words.topics,
        (heading(app.words.topics, None), topic_grid(app), life_events(app)),
    )
}

pub(crate) fn topic_grid(app: App) -> El {
    ul().class("topics").put_all(
        app.catalogue
            .categories()
            .iter()
            .map(|topic| li().put(topic_link(app, topic).class("topic"))),
    )
}

pub(super) fn topic_link(app: App, topic: &'static Category) -> El {
    let (name, language) = topic.name.for_reader(app.language);
    a(app.href(Route::Topic(topic.id.clone()))).lang(other_lang(app, language)).put(name)
}

pub(crate) fn topic_page(app: App, id: &CategoryId) -> TitledPage {
    let Some(topic) = app.catalogue.category(id) else { return not_found::page(app) };
    let (name, language) = topic.name.for_reader(app.language);
    let lang = other_lang(app, language);
    let services = app.catalogue.services_in(id);
    let view = (
        p().class("crumb").put(a(app.href(Route::Topics)).put(app.words.topics)),
        heading(name, lang),
        p().class("lead").lang(lang).put(topic.description.get(app.language)),
        p().class("results-count").put(services_count(app.language, services.len())),
        service_list(app, services),
    );
    TitledPage::new(name, view)
}

fn other_lang(app: App, language: Language) -> Option<&'static str> {
    (language != app.language).then(|| language.tag())
}
