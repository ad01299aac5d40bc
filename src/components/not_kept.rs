//! Says plainly that something was not stored, and what to do. What was written stays on the
//! screen.

use super::icon::icon;
use super::markup::{El, Part, div, h2, live, p};
use super::phone::phone_link;
use crate::state::{App, Keeping, NotKept};

pub(crate) fn reason(app: App, why: NotKept) -> &'static str {
    match why {
        NotKept::Full => app.words.device_full,
        NotKept::CannotKeep => app.words.device_cannot_keep,
        NotKept::Newer => app.words.device_newer,
        NotKept::NoKeys => app.words.no_keys,
        NotKept::TooLarge => app.words.too_large,
    }
}

/// The error, shown where the person pressed the button and announced at once.
pub(crate) fn not_kept(app: App) -> El {
    let panel = live(move || {
        app.not_kept.get().map(|why| {
            let title = h2().put(icon("alert")).put(" ").put(app.words.not_kept_title);
            div()
                .class("panel panel--error")
                .put(title)
                .put(p().put(reason(app, why)).put(" ").put(phone_link(app.phone())).put("."))
        })
    });
    div().attr("role", "alert").put(panel)
}

/// Warns before anything is typed if this device cannot store submissions, or must not.
pub(crate) fn cannot_keep_here(app: App) -> Part {
    if app.is_ephemeral() {
        return keeps_nothing(app);
    }
    live(move || {
        let is_impossible = matches!(*app.keeping.read(), Keeping::Impossible(_));
        is_impossible.then(|| {
            p().class("panel panel--error")
                .put(icon("alert"))
                .put(" ")
                .put(app.words.cannot_keep_here)
                .put(" ")
                .put(phone_link(app.phone()))
                .put(".")
        })
    })
}

/// The notice on an ephemeral terminal: a message is sent at once or not at all, because its
/// browser forgets everything.
fn keeps_nothing(app: App) -> Part {
    live(move || {
        let is_online = app.is_online.get();
        let (class, text) = if is_online {
            ("panel", app.words.kiosk_keeps_nothing)
        } else {
            ("panel panel--error", app.words.kiosk_no_connection)
        };
        p().class(class)
            .attr("role", "status")
            .put(icon("alert"))
            .put(" ")
            .put(text)
            .put(" ")
            .put(phone_link(app.phone()))
            .put(".")
    })
}
