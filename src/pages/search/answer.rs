//! The answer to a question, above its results: one fact of one record, with how certain it is,
//! and whom to call. Without a fact there is no answer.

use crate::app::App;
use crate::pages::hub::open_state::hub_state;
use crate::pages::hubs::in_order;
use crate::pages::search::results::{hub_card, hub_link, service_link};
use crate::pages::service::known;
use crate::ui::phone::phone_link;
use domain::catalogue::{Hub, Service};
use elements::{El, View, all, div, dl, h2, p, ul};
use finder::{Answer, AskedFact, IndexedRecord, SearchMatch, answer_to};
use wording::answer_call;

/// Locations that are listed as the answer to "where"; the record has all.
const PLACES_MAX: usize = 3;

/// The answer to the query, whose results are `found`.
pub(crate) fn answer(app: App, found: &[SearchMatch]) -> Option<El> {
    let query = app.search.query.read_untracked();
    let now = *app.clock.now.read_untracked();
    let Answer { record, fact } = answer_to(app.catalogue, app.finder, &query, found, now)?;
    let (name, value, call) = match record {
        IndexedRecord::Service(service) => {
            (service_link(app, service), of_service(app, service, fact), call(app, service, fact))
        }
        IndexedRecord::Hub(hub) => {
            (hub_link(app, hub), of_hub(app, hub, fact), call_hub(app, hub, fact))
        }
    };
    Some(div().class("panel answer").put(h2().put(name)).put(value).put(call))
}

fn of_service(app: App, service: &'static Service, fact: AskedFact) -> View {
    match fact {
        AskedFact::Place => {
            let hubs = in_order(app, app.listed(app.catalogue.hubs_for(service)));
            let cards = hubs.into_iter().take(PLACES_MAX).map(|hub| hub_card(app, hub));
            ul().class("cards cards--two").put_all(cards).done()
        }
        _ => all(known(app, service, fact).map(|fact| dl().class("facts").put(fact))),
    }
}

fn of_hub(app: App, hub: &'static Hub, fact: AskedFact) -> View {
    let address = hub.address.as_ref().filter(|_| fact == AskedFact::Place);
    let state = (fact == AskedFact::Opening).then(|| hub_state(app, hub));
    p().put(state).put(address.map(|address| [address, ", ", &hub.town].concat())).done()
}

/// How certain the fact is, and the number to call.
fn call(app: App, service: &'static Service, fact: AskedFact) -> El {
    let phone = service.channels.phone.as_deref().unwrap_or(app.phone());
    // No page says which counters do what, so where a service is done is never certain.
    let is_certain = fact != AskedFact::Place && !service.needs_confirming();
    call_line(app, answer_call(app.language, is_certain, service.source.date), phone)
}

fn call_hub(app: App, hub: &'static Hub, fact: AskedFact) -> El {
    // The opening state says itself whether it is confirmed.
    let phone = hub.phone.as_deref().unwrap_or(app.phone());
    let is_certain = fact == AskedFact::Opening || hub.source.verified;
    call_line(app, answer_call(app.language, is_certain, hub.source.date), phone)
}

fn call_line(app: App, said: String, phone: &'static str) -> El {
    p().class("answer__call").put(said).put(" ").put(phone_link(app.language, phone))
}
