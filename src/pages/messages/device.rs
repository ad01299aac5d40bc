//! How reliably this device stores submissions, in plain words.

use crate::app::App;
use crate::browser::room::is_tab_on_ios;
use crate::browser::service_worker::is_controlled;
use crate::model::device::StorageFacts;
use crate::ui::icon::icon;
use crate::ui::message::{alert_line, or_call, warning};
use crate::ui::section::titled_section;
use elements::{View, button, div, h2, li, live, p, ul};
use wording::{bytes_count, lost_count};

/// Warns that submissions were lost, until a person has read it.
pub(crate) fn losses(app: App) -> View {
    live(move || {
        let StorageFacts { lost, is_one_set_aside, .. } = app.device.facts.get();
        let why = if is_one_set_aside { app.words.store_set_aside } else { app.words.lost_text };
        (lost > 0).then(|| {
            let seen = button(move || app.delivery.forget_losses())
                .class("button")
                .put(app.words.lost_seen);
            div()
                .class("panel panel--error")
                .attr("role", "alert")
                .put(h2().put(icon("alert")).put(" ").put(lost_count(app.language, lost)))
                .put(or_call(app.language, p(), why, app.phone()))
                .put(p().class("actions").put(seen))
        })
    })
}

/// Warns that a store does not open any more, unless a loss is already reported.
pub(crate) fn set_aside(app: App) -> View {
    live(move || {
        let is_there =
            app.device.facts.read().is_one_set_aside && app.device.facts.read().lost == 0;
        is_there.then(|| warning(app.language, app.words.store_set_aside, app.phone()))
    })
}

/// What this device promises: for the person, and for staff who set up a tablet.
pub(crate) fn device_facts(app: App) -> View {
    let words = app.words;
    let rows = live(move || {
        let device = app.device.facts.get();
        let promise = match device.is_promised {
            Some(true) => words.device_promised,
            Some(false) => words.device_not_promised,
            None => words.device_promise_unknown,
        };
        let room = device.room_bytes.map(|bytes| {
            if device.has_little_room() {
                words.device_little_room.to_string()
            } else {
                [words.device_room, " ", &bytes_count(app.language, bytes)].concat()
            }
        });
        let ios = is_tab_on_ios().then_some(words.device_ios);
        let opens = if is_controlled() { words.device_offline } else { words.device_online };
        [Some(promise.to_string()), Some(opens.to_string()), room, ios.map(String::from)]
            .into_iter()
            .flatten()
            .map(|text| li().put(text))
            .collect::<Vec<_>>()
    });
    titled_section("device", words.device_title).put(ul().class("plain").put(rows)).done()
}

/// Warns before a form that the device is nearly full.
pub(crate) fn little_room(app: App) -> View {
    live(move || {
        app.device
            .facts
            .read()
            .has_little_room()
            .then(|| alert_line("panel", app.words.device_little_room))
    })
}
