//! What happens in a life, and what to do then, in order.

use super::{TitledPage, heading, not_found};
use crate::app::App;
use crate::pages::search::results::service_link;
use crate::route::Route;
use crate::ui::section::titled_section;
use domain::LifeEventId;
use domain::catalogue::{LifeEvent, LifeStep};
use elements::{El, a, el, li, p, ul};

pub(crate) fn page(app: App, id: &LifeEventId) -> TitledPage {
    let Some(event) = app.catalogue.life_event(id) else { return not_found::page(app) };
    let steps = event.steps.iter().map(|step| step_row(app, step));
    let view = (
        p().class("crumb").put(a(app.href(Route::Topics)).put(app.words.topics)),
        heading(&event.name, app.lang_of(&event.name)),
        p().class("lead").lang(app.lang_of(&event.summary)).put(event.summary.as_str()),
        el("ol").class("life").put_all(steps),
    );
    TitledPage::new(&event.name, view)
}

fn step_row(app: App, step: &'static LifeStep) -> El {
    let services = step.services.iter().filter_map(|id| app.catalogue.service(id));
    li().class("life__step")
        .put(p().class("life__text").lang(app.lang_of(&step.text)).put(step.text.as_str()))
        .put(
            ul().class("links")
                .put_all(services.map(|service| li().put(service_link(app, service)))),
        )
}

/// Links to all life events. `None` if the municipality has none.
pub(crate) fn life_events(app: App) -> Option<El> {
    let events = app.catalogue.life_events();
    let link = |event: &'static LifeEvent| {
        let link = a(app.href(Route::Life(event.id.clone())));
        li().put(link.lang(app.lang_of(&event.name)).put(event.name.as_str()))
    };
    (!events.is_empty()).then(|| {
        titled_section("life", app.words.life_events)
            .put(ul().class("links columns").put_all(events.iter().map(link)))
    })
}
