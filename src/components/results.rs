//! A list of services, as found or as listed.

use super::markup::{El, a, el, li, p, span, ul};
use crate::route::Route;
use crate::state::App;
use domain::catalogue::Service;
use finder::{Field, Found};

/// One service as a card: name, one line, how it can be reached, why it was found.
fn service_card(app: App, service: &'static Service, found: Option<&Found>) -> El {
    let lang = app.catalogue_lang();
    li().class("card service-card")
        .put(service_link(app, service).class("service-card__name"))
        .put(p().class("service-card__summary").lang(lang).put(service.summary.as_str()))
        .put(p().class("service-card__meta").put(channels(app, service)).put(found.and_then(|found| why_found(app, found))))
}

pub(crate) fn service_link(app: App, service: &'static Service) -> El {
    a(app.href(Route::Service(service.id.clone()))).lang(app.catalogue_lang()).put(service.name.as_str())
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
fn why_found(app: App, found: &Found) -> Option<El> {
    let hidden: Vec<&str> = found.reasons.iter().filter(|reason| reason.field != Field::Name || reason.is_guess).map(|reason| reason.word.as_str()).collect();
    let why = |words: String| span().class("service-card__why").put(app.words.matched).put(" ").put(span().lang(app.catalogue_lang()).put(words));
    (!hidden.is_empty()).then(|| why(hidden.join(", ")))
}

/// What was found, best first; the first stands out.
pub(crate) fn found_list(app: App, found: &[Found], most: usize) -> El {
    let cards = found.iter().take(most).filter_map(|found| Some(service_card(app, app.catalogue.service(&found.service)?, Some(found))));
    el("ol").class("cards cards--found").put_all(cards)
}

pub(crate) fn service_list(app: App, services: Vec<&'static Service>) -> El {
    ul().class("cards").put_all(services.into_iter().map(|service| service_card(app, service, None)))
}

/// Names alone, for long lists.
pub(crate) fn name_list(app: App, services: &[&'static Service]) -> El {
    ul().class("links").put_all(services.iter().map(|service| li().put(service_link(app, service))))
}
