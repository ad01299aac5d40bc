//! About the app, privacy, accessibility.

use super::{Page, heading};
use crate::components::phone::phone_link;
use crate::route::Route;
use crate::state::App;
use leptos::prelude::*;

pub(crate) fn page(app: App) -> Page {
    let (words, catalogue) = (app.words, app.catalogue);
    let municipality = catalogue.municipality();
    let confirmed = catalogue.services().iter().filter(|service| service.details_verified).count();
    let counts = [
        (catalogue.services().len(), words.services_word),
        (confirmed, words.confirmed_word),
        (catalogue.tasks().len(), words.tasks_word),
        (catalogue.hubs().len(), words.hubs_word),
    ];
    let rows = counts.map(|(count, name)| view! { <li><strong>{count}</strong> " " {name}</li> });
    let view = view! {
        {heading(words.about_title, None)}
        <p class="lead">{municipality.about.get(app.language)}</p>
        <p>{words.about_text}</p>
        <p>{words.about_limits} " " {phone_link(app.phone())} "."</p>
        <p>{words.about_install}</p>
        <h2>{words.about_facts}</h2>
        <ul class="plain">{rows.into_iter().collect_view()}</ul>
        <p><a href=municipality.website.clone() rel="noopener external">{municipality.formal_name.get(app.language)}</a></p>
    };
    Page::new(words.about_title, view)
}

pub(crate) fn privacy_page(app: App) -> Page {
    let words = app.words;
    let texts = [words.privacy_1, words.privacy_2, words.privacy_3, words.privacy_4, words.privacy_5, words.privacy_shared];
    let rows = texts.map(|text| view! { <li>{text}</li> });
    let view = view! {
        {heading(words.privacy_title, None)}
        <ul class="steps">{rows.into_iter().collect_view()}</ul>
        {super::ask::notice(app)}
        <p class="actions"><a class="button" href=app.href(Route::Messages)>{words.messages_title}</a></p>
    };
    Page::new(words.privacy_title, view)
}

pub(crate) fn accessibility_page(app: App) -> Page {
    let words = app.words;
    let contact = &app.catalogue.municipality().accessibility;
    let view = view! {
        {heading(words.accessibility_title, None)}
        <p>{words.accessibility_1}</p>
        <p>{words.accessibility_2}</p>
        <p>{words.accessibility_3} " " {phone_link(&contact.phone)} ", " <a href=format!("mailto:{}", contact.email)>{contact.email.as_str()}</a></p>
    };
    Page::new(words.accessibility_title, view)
}
