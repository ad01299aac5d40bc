//! The plain word that something was not kept, and what to do. What was written stays on the screen.

use super::icon::icon;
use super::markup::{El, Part, div, h2, live, p};
use super::phone::phone_link;
use crate::state::{App, Keeping, NotKept};

pub(super) fn reason(app: App, why: NotKept) -> &'static str {
    match why {
        NotKept::Full => app.words.device_full,
        NotKept::CannotKeep => app.words.device_cannot_keep,
        NotKept::Newer => app.words.device_newer,
        NotKept::NoKeys => app.words.no_keys,
        NotKept::TooLarge => app.words.too_large,
    }
}

/// Shown where the person pressed the button, and read out at once.
pub(crate) fn not_kept(app: App) -> El {
    let panel = live(move || {
        app.not_kept.get().map(|why| {
            let title = h2().put(icon("alert")).put(" ").put(app.words.not_kept_title);
            div().class("panel panel--error").put(title).put(p().put(reason(app, why)).put(" ").put(phone_link(app.phone())).put("."))
        })
    });
    div().attr("role", "alert").put(panel)
}

/// Said before anything is typed, when this device cannot keep anything.
pub(crate) fn cannot_keep_here(app: App) -> Part {
    live(move || {
        let is_impossible = matches!(*app.keeping.read(), Keeping::Impossible(_));
        is_impossible
            .then(|| p().class("panel panel--error").put(icon("alert")).put(" ").put(app.words.cannot_keep_here).put(" ").put(phone_link(app.phone())).put("."))
    })
}
