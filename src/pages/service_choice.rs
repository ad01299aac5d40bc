//! What a question or the survey is about: services found in the words typed, each chosen by one
//! press.

use crate::app::App;
use domain::ServiceId;
use elements::{Signal, View, button, div, li, live, p, ul};
use finder::services_found;

/// More would push the rest of the form off the screen of a phone.
const OFFERED_MAX: usize = 3;

/// Up to three services that `typed` may be about, below `title`; nothing if none is found. A press
/// on one calls `on_chosen`.
pub(crate) fn offered(
    app: App,
    title: &'static str,
    typed: impl Fn() -> Option<String> + 'static,
    on_chosen: fn(App, &ServiceId),
) -> View {
    // Computed apart, so that the list is built again only when other services are found.
    let found = Signal::computed(move || {
        let text = typed().unwrap_or_default();
        let services = services_found(app.catalogue, app.finder, &text, OFFERED_MAX);
        services.into_iter().map(|service| service.id.clone()).collect::<Vec<_>>()
    });
    live(move || {
        let found = found.read();
        let rows = found.iter().filter_map(|id| app.catalogue.service(id)).map(|service| {
            let choose = move || on_chosen(app, &service.id);
            li().put(
                button(choose)
                    .class("button")
                    .lang(app.lang_of(&service.name))
                    .put(service.name.as_str()),
            )
        });
        (!found.is_empty()).then(|| {
            let list = ul().class("plain").put_all(rows);
            div().class("offered").put(p().class("hint").put(title)).put(list)
        })
    })
}
