//! A list of services, as found or as listed.

use crate::route::Route;
use crate::state::App;
use domain::catalogue::Service;
use finder::{Field, Found};
use leptos::prelude::*;

/// One service as a card: name, one line, how it can be reached, why it was found.
fn service_card(app: App, service: &'static Service, found: Option<&Found>) -> impl IntoView + use<> {
    let why = found.map(|found| why_found(app, found));
    view! {
        <li class="card service-card">
            <a class="service-card__name" href=app.href(Route::Service(service.id.clone())) lang=app.catalogue_lang()>{service.name.as_str()}</a>
            <p class="service-card__summary" lang=app.catalogue_lang()>{service.summary.as_str()}</p>
            <p class="service-card__meta">{channels(app, service)} {why}</p>
        </li>
    }
}

fn channels(app: App, service: &Service) -> String {
    let ways = [
        (service.channels.online_url.is_some(), app.words.online),
        (service.channels.phone.is_some(), app.words.by_phone),
        (service.channels.in_person, app.words.in_person),
    ];
    let there: Vec<&str> = ways.into_iter().filter(|(is_there, _)| *is_there).map(|(_, name)| name).collect();
    there.join(" · ")
}

/// The words of the record that were met; those of the name are plain to see.
fn why_found(app: App, found: &Found) -> Option<impl IntoView + use<>> {
    let hidden: Vec<&str> = found.reasons.iter().filter(|reason| reason.field != Field::Name || reason.is_guess).map(|reason| reason.word.as_str()).collect();
    let words = hidden.join(", ");
    (!words.is_empty()).then(|| view! { <span class="service-card__why">{app.words.matched} " " <span lang=app.catalogue_lang()>{words}</span></span> })
}

/// What was found, best first; the first stands out.
pub(crate) fn found_list(app: App, found: &[Found], most: usize) -> impl IntoView + use<> {
    let cards = found.iter().take(most).filter_map(|found| Some(service_card(app, app.catalogue.service(&found.service)?, Some(found))));
    view! { <ol class="cards cards--found">{cards.collect_view()}</ol> }
}

pub(crate) fn service_list(app: App, services: Vec<&'static Service>) -> impl IntoView + use<> {
    let cards = services.into_iter().map(|service| service_card(app, service, None));
    view! { <ul class="cards">{cards.collect_view()}</ul> }
}

/// Names alone, for long lists.
pub(crate) fn name_list(app: App, services: &[&'static Service]) -> impl IntoView + use<> {
    let links = services
        .iter()
        .map(|service| view! { <li><a href=app.href(Route::Service(service.id.clone())) lang=app.catalogue_lang()>{service.name.as_str()}</a></li> });
    view! { <ul class="links">{links.collect_view()}</ul> }
}
