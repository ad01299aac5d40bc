//! The topics, and one of them.

use super::{Page, heading, not_found};
use crate::components::results::service_list;
use crate::route::Route;
use crate::state::App;
use crate::wording::services_count;
use domain::{CategoryId, Language};
use leptos::prelude::*;

pub(crate) fn page(app: App) -> Page {
    Page::new(app.words.topics, (heading(app.words.topics, None), topic_grid(app)))
}

pub(crate) fn topic_grid(app: App) -> impl IntoView {
    let topics = app.catalogue.categories().iter().map(|topic| {
        let (name, language) = topic.name.for_reader(app.language);
        let lang = other_lang(app, language);
        view! { <li><a class="topic" href=app.href(Route::Topic(topic.id.clone())) lang=lang>{name}</a></li> }
    });
    view! { <ul class="topics">{topics.collect_view()}</ul> }
}

pub(crate) fn topic_page(app: App, id: &CategoryId) -> Page {
    let Some(topic) = app.catalogue.category(id) else { return not_found::page(app) };
    let (name, language) = topic.name.for_reader(app.language);
    let lang = other_lang(app, language);
    let services = app.catalogue.services_in(id);
    let view = view! {
        <p class="crumb"><a href=app.href(Route::Topics)>{app.words.topics}</a></p>
        {heading(name, lang)}
        <p class="lead" lang=lang>{topic.description.get(app.language)}</p>
        <p class="results-count">{services_count(app.language, services.len())}</p>
        {service_list(app, services)}
    };
    Page::new(name, view)
}

fn other_lang(app: App, language: Language) -> Option<&'static str> {
    (language != app.language).then(|| language.tag())
}
