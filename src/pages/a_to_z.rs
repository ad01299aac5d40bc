//! Every service by its name.

use super::{Page, heading};
use crate::components::results::name_list;
use crate::state::App;
use domain::catalogue::Service;
use leptos::prelude::*;

pub(crate) fn page(app: App) -> Page {
    let groups = by_letter(app.catalogue.services());
    let jumps = groups.iter().map(|(letter, _)| view! { <li><a href=format!("#letter-{letter}")>{letter.to_string()}</a></li> }).collect_view();
    let lists = groups.iter().map(|(letter, services)| {
        view! {
            <section class="section" aria-labelledby=format!("letter-{letter}")>
                <h2 id=format!("letter-{letter}") tabindex="-1">{letter.to_string()}</h2>
                {name_list(app, services)}
            </section>
        }
    });
    let view = view! {
        {heading(app.words.a_to_z_title, None)}
        <nav aria-label=app.words.letters><ul class="letters">{jumps}</ul></nav>
        {lists.collect_view()}
    };
    Page::new(app.words.a_to_z_title, view)
}

fn by_letter(services: &'static [Service]) -> Vec<(char, Vec<&'static Service>)> {
    let mut sorted: Vec<&Service> = services.iter().collect();
    sorted.sort_by_key(|service| service.name.to_lowercase());
    let mut groups: Vec<(char, Vec<&Service>)> = Vec::new();
    for service in sorted {
        let letter = service.name.chars().next().map_or('#', |first| first.to_ascii_uppercase());
        match groups.last_mut().filter(|(last, _)| *last == letter) {
            Some((_, group)) => group.push(service),
            None => groups.push((letter, vec![service])),
        }
    }
    groups
}
