//! Says plainly that something was not stored, and what to do. What was written stays on the
//! screen.

use crate::app::App;
use crate::model::delivery::{NotStored, StoreState};
use crate::ui::icon::icon;
use crate::ui::message::{alert_line, or_call, warning};
use crate::ui::phone::phone_link;
use elements::{El, View, div, h2, live, p};

/// Why a message was not stored, in words for the person.
pub(crate) fn reason(app: App, why: NotStored) -> &'static str {
    match why {
        NotStored::Full => app.words.device_full,
        NotStored::CannotKeep => app.words.device_cannot_keep,
        NotStored::Newer => app.words.device_newer,
        NotStored::NoKeys => app.words.no_keys,
        NotStored::TooLarge => app.words.too_large,
    }
}

/// The error, shown where the person pressed the button and announced at once.
pub(crate) fn not_stored_panel(app: App) -> El {
    let panel = live(move || {
        app.delivery.not_stored.get().map(|why| {
            let title = h2().put(icon("alert")).put(" ").put(app.words.not_kept_title);
            div().class("panel panel--error").put(title).put(or_call(
                app.language,
                p(),
                reason(app, why),
                app.phone(),
            ))
        })
    });
    div().attr("role", "alert").put(panel)
}

/// Warns before anything is typed if this device cannot store submissions, or must not.
pub(crate) fn cannot_keep_here(app: App) -> View {
    if app.role.is_ephemeral() {
        return keeps_nothing(app);
    }
    live(move || {
        let is_impossible = matches!(*app.delivery.store.read(), StoreState::Impossible(_));
        is_impossible.then(|| warning(app.language, app.words.cannot_keep_here, app.phone()))
    })
}

/// The notice on an ephemeral terminal: a message is sent at once or not at all, because its
/// browser forgets everything.
fn keeps_nothing(app: App) -> View {
    live(move || {
        let is_online = app.delivery.is_online.get();
        let (class, text) = if is_online {
            ("panel", app.words.kiosk_keeps_nothing)
        } else {
            ("panel panel--error", app.words.kiosk_no_connection)
        };
        alert_line(class, text)
            .attr("role", "status")
            .put(" ")
            .put(phone_link(app.language, app.phone()))
            .put(".")
    })
}
