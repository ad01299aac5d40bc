//! All places with a counter, by town.

use super::{Page, heading};
use crate::components::hub_state::hub_state;
use crate::route::Route;
use crate::state::App;
use domain::catalogue::Hub;
use leptos::prelude::*;

pub(crate) fn page(app: App) -> Page {
    let towns = by_town(app.catalogue.hubs());
    let sections = towns.into_iter().enumerate().map(|(at, (town, hubs))| {
        let id = format!("town-{at}");
        view! {
            <section class="section" aria-labelledby=id.clone()>
                <h2 id=id.clone() lang=app.catalogue_lang()>{town}</h2>
                <ul class="cards cards--two">{hubs.into_iter().map(|hub| hub_card(app, hub)).collect_view()}</ul>
            </section>
        }
    });
    let view = view! {
        {heading(app.words.hubs_title, None)}
        <p class="lead">{app.words.hubs_intro}</p>
        {sections.collect_view()}
    };
    Page::new(app.words.hubs_title, view)
}

fn hub_card(app: App, hub: &'static Hub) -> impl IntoView {
    let kind = app.catalogue.facility(&hub.facility).map(|facility| facility.name.get(app.language));
    view! {
        <li class="card hub-card">
            <a class="hub-card__name" href=app.href(Route::Hub(hub.id.clone())) lang=app.catalogue_lang()>{hub.name.as_str()}</a>
            <p class="hub-card__kind">{kind} {hub.address.as_ref().map(|address| format!(" · {address}"))}</p>
            {hub_state(app, hub)}
        </li>
    }
}

/// Towns with the most places first, then by name: the large ones are what most people look for.
fn by_town(hubs: &'static [Hub]) -> Vec<(&'static str, Vec<&'static Hub>)> {
    let mut towns: Vec<(&str, Vec<&Hub>)> = Vec::new();
    for hub in hubs {
        match towns.iter_mut().find(|(town, _)| *town == hub.town) {
            Some((_, group)) => group.push(hub),
            None => towns.push((&hub.town, vec![hub])),
        }
    }
    towns.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(b.0)));
    towns
}
