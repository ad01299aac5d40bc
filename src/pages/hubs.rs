//! All locations with a counter, by town.

pub(crate) mod near;

use super::{TitledPage, heading};
use crate::app::App;
use crate::pages::hub::open_state::hub_state;
use crate::pages::hubs::near::{distance_to, near_form, nearest_first};
use crate::route::Route;
use crate::ui::section::titled_section;
use domain::catalogue::{Hub, order_of};
use elements::{El, View, a, div, h2, li, live, p, section, span, ul};

pub(crate) fn page(app: App) -> TitledPage {
    let lasting = app.catalogue.hubs().iter().filter(|hub| hub.event.is_none());
    let sections = by_town(lasting).into_iter().enumerate().map(|(at, (town, hubs))| {
        let id = format!("town-{at}");
        let cards =
            ul().class("cards cards--two").put_all(hubs.into_iter().map(|hub| hub_card(app, hub)));
        section()
            .class("section")
            .attr("aria-labelledby", id.clone())
            .put(h2().id(id).put(town))
            .put(cards)
    });
    let sections =
        div().live_flag("hidden", move || app.trip.position().is_some()).put_all(sections);
    let nearest = live(move || {
        let hubs = nearest_first(app, app.listed(app.catalogue.hubs().iter()));
        app.trip.position().map(|_| {
            ul().class("cards cards--two section")
                .put_all(hubs.into_iter().map(|hub| hub_card(app, hub)))
        })
    });
    TitledPage::new(
        app.words.hubs_title,
        (
            heading(app.words.hubs_title, None),
            p().class("lead").put(app.words.hubs_intro),
            near_form(app),
            nearest,
            events(app),
            sections,
        ),
    )
}

/// Events that are announced or in progress.
fn events(app: App) -> View {
    live(move || {
        let hubs = app.listed(app.catalogue.hubs().iter().filter(|hub| hub.event.is_some()));
        (!hubs.is_empty()).then(|| {
            let cards = ul()
                .class("cards cards--two")
                .put_all(hubs.into_iter().map(|hub| hub_card(app, hub)));
            titled_section("events", app.words.events).put(cards)
        })
    })
}

fn hub_card(app: App, hub: &'static Hub) -> El {
    let kind =
        app.catalogue.facility(&hub.facility).map(|facility| facility.name.get(app.language));
    let address = hub.address.as_ref().map(|address| (" · ", address.as_str()));
    let far = distance_to(app, hub).map(|far| (" · ", span().class("hub-card__far").put(far)));
    let name = a(app.href(Route::Hub(hub.id.clone())))
        .class("hub-card__name")
        .lang(app.lang_of(&hub.name))
        .put(hub.name.as_str());
    li().class("card hub-card")
        .put(name)
        .put(p().class("hub-card__kind").put(kind).put(address).put(far))
        .put(hub_state(app, hub))
}

/// Groups locations by town: towns with the most locations first, as most people look for these,
/// then by name.
fn by_town(hubs: impl Iterator<Item = &'static Hub>) -> Vec<(&'static str, Vec<&'static Hub>)> {
    let mut towns: Vec<(&str, Vec<&Hub>)> = Vec::new();
    for hub in hubs {
        match towns.iter_mut().find(|(town, _)| *town == hub.town) {
            Some((_, group)) => group.push(hub),
            None => towns.push((&hub.town, vec![hub])),
        }
    }
    let order = order_of(towns.len(), &|a, b| {
        towns[b].1.len().cmp(&towns[a].1.len()).then_with(|| towns[a].0.cmp(towns[b].0))
    });
    order.into_iter().map(|at| towns[at].clone()).collect()
}
