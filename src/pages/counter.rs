//! The pages that only a staff tablet shows. A tablet that is not enrolled, or is locked, shows
//! nothing else, whatever the address.

mod enrol;
mod home;
mod kit;
mod lock;
mod people;
mod queue;
mod task;

use super::{TitledPage, heading};
use crate::app::App;
use crate::model::counter::tablet::TabletGate;
use crate::pages::messages::carry::carry;
use crate::route::Route;
use crate::ui::message::error_panel;
use elements::all;

/// The page that replaces every other one. `None` if the tablet is unlocked.
pub(super) fn instead(app: App) -> Option<TitledPage> {
    match app.counter.gate.get() {
        TabletGate::Reading => Some(TitledPage::new(
            app.counter_words().counter,
            heading(app.counter_words().counter, None),
        )),
        TabletGate::NotEnrolled => Some(enrol::page(app)),
        TabletGate::Ended => Some(ended(app)),
        TabletGate::Nobody => Some(people::first(app)),
        TabletGate::Locked => Some(lock::page(app)),
        TabletGate::Open => None,
    }
}

/// The tablet's own pages. `None` for a route that it shares with the residents' app.
pub(super) fn of(app: App, route: &Route) -> Option<TitledPage> {
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
fn ended(app: App) -> TitledPage {
    let words = app.counter_words();
    let said = error_panel(words.ended).attr("role", "status");
    let again = enrol::again(app, words.enrol_ended);
    TitledPage::new(
        words.queue_title,
        all((heading(words.queue_title, None), said, kit::arrival(app), carry(app), again)),
    )
}
