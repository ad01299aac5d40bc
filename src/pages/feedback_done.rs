//! Thanks, where the next person follows at once: no receipt, and a clean start after a few seconds
//! or a touch.

use super::{TitledPage, heading, plain};
use crate::app::App;
use crate::browser::timer;
use crate::route::Route;
use elements::{El, a, button, p};

/// How long the thanks are shown, in milliseconds: long enough to read, short enough for a queue.
const THANKS_MS: u32 = 8_000;

pub(crate) fn page(app: App) -> TitledPage {
    let words = app.words;
    if app.role.stand.is_some() {
        timer::every(THANKS_MS, move || {
            // A person who was faster has already started over, or is on another page.
            if app.address.read_untracked().route == Route::FeedbackDone {
                app.terminal.start_over();
            }
        });
    }
    let next = button(move || app.terminal.start_over())
        .class("button button--main")
        .put(words.start_over);
    let stored = if plain::is_plain(app) { words.received_text } else { words.stand_again };
    let view = (
        heading(words.receipt_feedback, None),
        p().class("lead").put(thanks(app)),
        p().put(stored),
        p().class("actions").put(next),
        app.role.stand.is_none().then(|| home_link(app)),
    );
    TitledPage::new(words.receipt_feedback, view)
}

/// What the survey says at its end, without the thanks of the heading. Where a message is only
/// being sent the heading does not thank.
pub(super) fn thanks(app: App) -> &'static str {
    let said = app.catalogue.survey().thanks.get(app.language);
    let rest = said
        .strip_prefix(app.words.receipt_feedback)
        .and_then(|rest| rest.strip_prefix(". "))
        .filter(|_| !app.role.is_ephemeral());
    rest.unwrap_or(said)
}

pub(super) fn home_link(app: App) -> El {
    p().put(a(app.href(Route::Home)).class("more").put(app.words.go_home))
}
