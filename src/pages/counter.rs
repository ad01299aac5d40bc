//! The pages that only a staff tablet shows. A tablet that is not enrolled, or is locked, shows
//! nothing else, whatever the address.

mod enrol;
mod home;
mod kit;
mod lock;
mod people;
mod queue;
mod task;

use super::{Page, heading};
use crate::components::carry::carry;
use crate::components::icon::icon;
use crate::components::markup::{all, p};
use crate::route::Route;
use crate::state::App;
use crate::state::counter::Gate;

/// The page that replaces every other one. `None` if the tablet is unlocked.
pub(super) fn instead(app: App) -> Option<Page> {
    match app.counter.gate.get() {
        Gate::Reading => {
            Some(Page::new(app.counter_words().counter, heading(app.counter_words().counter, None)))
        }
        Gate::NotEnrolled => Some(enrol::page(app)),
        Gate::Ended => Some(ended(app)),
        Gate::Nobody => Some(people::first(app)),
        Gate::Locked => Some(lock::page(app)),
        Gate::Open => None,
    }
}

/// The tablet's own pages. `None` for a route that it shares with the residents' app.
pub(super) fn of(app: App, route: &Route) -> Option<Page> {
    Some(match route {
        Route::Home => home::page(app),
        Route::Task(id) => return task::page(app, id),
        Route::Kit => kit::page(app),
        Route::People => people::page(app),
        Route::Messages | Route::MessagesErase => queue::page(app),
        _ => return None,
    })
}

/// The page of a tablet whose enrolment the office has ended: it still shows and delivers what
/// waits.
fn ended(app: App) -> Page {
    let words = app.counter_words();
    let said = p()
        .class("panel panel--error")
        .attr("role", "status")
        .put(icon("alert"))
        .put(" ")
        .put(words.ended);
    let again = enrol::again(app, words.enrol_ended);
    Page::new(
        words.queue_title,
        all((heading(words.queue_title, None), said, kit::arrival(app), carry(app), again)),
    )
}
