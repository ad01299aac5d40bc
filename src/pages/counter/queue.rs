//! What waits on a tablet: how much, and how it is delivered. Never shows who sent it or what it
//! says.

use super::kit::arrival;
use crate::app::App;
use crate::pages::messages::carry::carry;
use crate::pages::messages::device::{device_facts, losses, set_aside};
use crate::pages::messages::waiting;
use crate::pages::not_stored::cannot_keep_here;
use crate::pages::{TitledPage, heading};
use crate::ui::message::error_panel;
use elements::{button, live, p};
use wording::unreadable_count;

pub(super) fn page(app: App) -> TitledPage {
    let words = app.counter_words();
    let unreadable = live(move || {
        let count = app.delivery.unreadable.get();
        (count > 0).then(|| error_panel(&unreadable_count(app.language, count)))
    });
    let lock = p()
        .class("actions")
        .put(button(move || app.counter.lock()).class("button button--quiet").put(words.lock));
    TitledPage::new(
        words.queue_title,
        (
            heading(words.queue_title, None),
            p().class("lead").put(words.queue_lead),
            (cannot_keep_here(app), losses(app), set_aside(app), unreadable),
            arrival(app),
            waiting(app),
            carry(app),
            device_facts(app),
            lock,
        ),
    )
}
