//! The plain word that something was not kept, and what to do. What was written stays on the screen.

use super::icon::icon;
use super::phone::phone_link;
use crate::state::{App, Keeping, NotKept};
use leptos::prelude::*;

fn reason(app: App, why: NotKept) -> &'static str {
    match why {
        NotKept::Full => app.words.device_full,
        NotKept::CannotKeep => app.words.device_cannot_keep,
        NotKept::Newer => app.words.device_newer,
        NotKept::NoKeys => app.words.no_keys,
        NotKept::TooLarge => app.words.too_large,
    }
}

/// Shown where the person pressed the button, and read out at once.
pub(crate) fn not_kept(app: App) -> impl IntoView {
    let panel = move || {
        app.not_kept.get().map(|why| {
            view! {
                <div class="panel panel--error">
                    <h2>{icon("alert")} " " {app.words.not_kept_title}</h2>
                    <p>{reason(app, why)} " " {phone_link(app.phone())} "."</p>
                </div>
            }
        })
    };
    view! { <div role="alert">{panel}</div> }
}

/// Said before anything is typed, when this device cannot keep anything.
pub(crate) fn cannot_keep_here(app: App) -> impl IntoView {
    move || {
        matches!(*app.keeping.read(), Keeping::Impossible(_)).then(|| {
            view! { <p class="panel panel--error">{icon("alert")} " " {app.words.cannot_keep_here} " " {phone_link(app.phone())} "."</p> }
        })
    }
}
