//! The list of all services by name, grouped by first letter.

use super::{TitledPage, heading};
use crate::app::App;
use crate::pages::search::results::name_list;
use domain::catalogue::Service;
use domain::text::folded;
use elements::{a, el, h2, li, section, ul};

pub(crate) fn page(app: App) -> TitledPage {
    let groups = by_letter(app);
    let jumps = groups
        .iter()
        .map(|(letter, _)| li().put(a(format!("#letter-{letter}")).put(letter.to_string())));
    let jumps =
        el("nav").attr("aria-label", app.words.letters).put(ul().class("letters").put_all(jumps));
    let lists = groups.iter().map(|(letter, services)| {
        let id = format!("letter-{letter}");
        let name = h2().id(id.clone()).attr("tabindex", "-1").put(letter.to_string());
        section()
            .class("section")
            .attr("aria-labelledby", id)
            .put(name)
            .put(name_list(app, services))
    });
    TitledPage::new(
        app.words.a_to_z_title,
        (heading(app.words.a_to_z_title, None), jumps, lists.collect::<Vec<_>>()),
    )
}

fn by_letter(app: App) -> Vec<(char, Vec<&'static Service>)> {
    let mut groups: Vec<(char, Vec<&Service>)> = Vec::new();
    for service in app.catalogue.services_by_name() {
        let first = folded(&service.name).chars().find(char::is_ascii_alphanumeric);
        let letter = first.map_or('#', |first| first.to_ascii_uppercase());
        match groups.last_mut().filter(|(last, _)| *last == letter) {
            Some((_, group)) => group.push(service),
            None => groups.push((letter, vec![service])),
        }
    }
    groups
}
