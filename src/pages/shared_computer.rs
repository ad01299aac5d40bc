//! "Is this a shared computer?": for a library's computer or a friend's phone, which nobody
//! enrolled as a terminal. From then on, until its tab is closed, the app keeps nothing on it.
//! docs/decisions/0038-shared-computer.md

use crate::app::App;
use crate::browser::keepsake::mark_borrowed_tab;
use crate::pages::plain;
use crate::route::{Route, router};
use crate::second_part;
use elements::{El, View, button, details, p, summary};

/// What leaves this device when a person says that it is shared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaving {
    /// What is written and sent from now on, and what this page has sent before.
    Visit,
    /// All messages that are here.
    All,
}

/// The offer to keep nothing on this computer, for pages that send or show messages. On a computer
/// that is treated so, says so instead. `None` on terminals, survey stands and staff tablets.
pub(super) fn shared_computer(app: App, leaving: Leaving) -> Option<View> {
    let words = app.words;
    if app.role.is_borrowed() {
        return Some(shared_welcome(app).class("hint no-print").done());
    }
    let said = if leaving == Leaving::All { words.shared_messages } else { words.shared_text };
    // Without the app nothing is kept.
    let is_own = !app.role.is_shared() && app.role.stand.is_none() && !plain::is_plain(app);
    is_own.then(|| {
        let begin =
            button(move || keep_nothing(app, leaving)).class("button").put(words.shared_now);
        details()
            .class("shared no-print")
            .put(summary().put(words.shared_computer))
            .put(p().put(said))
            .put(p().class("actions").put(begin))
            .done()
    })
}

/// What a computer that is treated as shared does.
pub(super) fn shared_welcome(app: App) -> El {
    p().put(app.words.shared_welcome)
}

/// The page stays as it is, with what is written on it. On a shared computer there is no page of
/// messages.
fn keep_nothing(app: App, leaving: Leaving) {
    mark_borrowed_tab();
    app.delivery.leave_nothing(leaving == Leaving::All);
    app.role.borrowed.set(true);
    app.unsent.leave_nothing();
    second_part::watch_idle(app);
    let route = match leaving {
        Leaving::Visit => app.address.get_untracked().route,
        Leaving::All => Route::Home,
    };
    router::replace(app, route);
}
