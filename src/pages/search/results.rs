//! Lists of services, as search results or as plain lists.

use crate::app::App;
use crate::pages::hub::open_state::{hub_state, paper_hours};
use crate::pages::hubs::near::distance_to;
use crate::route::Route;
use domain::catalogue::{Hub, Service};
use elements::{El, View, a, all, el, li, p, span, ul};
use finder::{Field, IndexedRecord, MatchReason, Meeting, SearchMatch, record_at};

/// One service as a card: name, summary, channels and why it was found.
fn service_card(app: App, service: &'static Service, found: Vec<MatchReason>) -> El {
    let lang = app.lang_of(&service.summary);
    li().class("card service-card")
        .put(service_link(app, service).class("service-card__name"))
        .put(p().class("service-card__summary").lang(lang).put(service.summary.as_str()))
        .put(p().class("service-card__meta").put(channels(app, service)).put(why_found(app, found)))
}

pub(crate) fn service_link(app: App, service: &'static Service) -> El {
    a(app.href(Route::Service(service.id.clone())))
        .lang(app.lang_of(&service.name))
        .put(service.name.as_str())
}

fn channels(app: App, service: &Service) -> String {
    let ways = [
        (service.channels.online_url.is_some(), app.words.online),
        (service.channels.phone.is_some(), app.words.by_phone),
        (service.channels.in_person, app.words.in_person),
    ];
    let there: Vec<&str> =
        ways.into_iter().filter(|(is_there, _)| *is_there).map(|(_, name)| name).collect();
    there.join(" · ")
}

/// The matched words of the record, if its name does not plainly show them.
fn why_found(app: App, reasons: Vec<MatchReason>) -> Option<El> {
    let hidden: Vec<String> = reasons
        .into_iter()
        .filter(|reason| reason.field != Field::Asked)
        .filter(|reason| reason.field != Field::Name || reason.meeting != Meeting::Same)
        .map(|reason| reason.word)
        .collect();
    let why = |words: String| {
        span().class("service-card__why").put(app.words.matched).put(" ").put(span().put(words))
    };
    (!hidden.is_empty()).then(|| why(hidden.join(", ")))
}

/// The search results, best first, at most `most`. The style sheet emphasizes the first.
pub(crate) fn found_list(app: App, found: &[SearchMatch], most: usize) -> El {
    let explanation = app.finder.explain(&app.search.query.read_untracked());
    let cards = found.iter().take(most).filter_map(|found| {
        match record_at(app.catalogue, found.document)? {
            IndexedRecord::Service(service) => {
                Some(service_card(app, service, explanation.of(found.document)))
            }
            IndexedRecord::Hub(hub) => Some(hub_card(app, hub)),
        }
    });
    el("ol").class("cards cards--found").put_all(cards)
}

/// A search result as one line of suggestions: its name, and why it was found or how it can be
/// reached.
pub(crate) fn suggestion(app: App, document: u32, reasons: Vec<MatchReason>) -> View {
    match record_at(app.catalogue, document) {
        Some(IndexedRecord::Service(service)) => {
            let meta = span()
                .class("service-card__meta")
                .put(channels(app, service))
                .put(" ")
                .put(why_found(app, reasons));
            all((
                span()
                    .class("suggestion__name")
                    .lang(app.lang_of(&service.name))
                    .put(service.name.as_str()),
                meta,
            ))
        }
        Some(IndexedRecord::Hub(hub)) => all((
            span().class("suggestion__name").lang(app.lang_of(&hub.name)).put(hub.name.as_str()),
            hub_state(app, hub),
        )),
        None => all(()),
    }
}

pub(crate) fn hub_link(app: App, hub: &'static Hub) -> El {
    a(app.href(Route::Hub(hub.id.clone()))).lang(app.lang_of(&hub.name)).put(hub.name.as_str())
}

/// A location as a card: its name, distance and opening state; on paper also its address.
pub(crate) fn hub_card(app: App, hub: &'static Hub) -> El {
    let name = hub_link(app, hub).class("hub-card__name");
    let far = distance_to(app, hub).map(|far| p().class("hub-card__kind").put(far));
    let address = p().class("on-paper").put(hub.address.as_deref().unwrap_or(&hub.town));
    li().class("card hub-card")
        .put(name)
        .put(address)
        .put(far)
        .put(paper_hours(app, hub))
        .put(hub_state(app, hub))
}

pub(crate) fn service_list(app: App, services: Vec<&'static Service>) -> El {
    ul().class("cards")
        .put_all(services.into_iter().map(|service| service_card(app, service, Vec::new())))
}

/// Names alone, for long lists.
pub(crate) fn name_list(app: App, services: &[&'static Service]) -> El {
    ul().class("links").put_all(services.iter().map(|service| li().put(service_link(app, service))))
}
