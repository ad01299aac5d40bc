//! "This is a shared computer": for a library's computer or a friend's phone, which nobody enrolled
//! as a terminal. From then on, until its tab is closed, the app keeps nothing on it.

use crate::app::App;
use crate::browser::page::replace_by;
use crate::route::{PageAddress, borrowed};
use elements::{El, View, button, details, p, summary};

/// The offer to keep nothing on this computer, for pages that send or show messages. `said` is what
/// happens then. On a computer that is treated so, says so instead. `None` on terminals, survey
/// stands and staff tablets.
pub(super) fn shared_computer(
    app: App,
    said: &'static str,
    act: impl Fn() + 'static,
) -> Option<View> {
    let words = app.words;
    if app.role.is_borrowed {
        return Some(p().class("hint no-print").put(words.shared_welcome).done());
    }
    let is_own = !app.role.is_shared() && app.role.stand.is_none();
    is_own.then(|| {
        let begin = button(move || {
            act();
            let PageAddress { language, route } = app.address.get_untracked();
            replace_by(&borrowed(&PageAddress { language, route }));
        });
        details()
            .class("shared no-print")
            .put(summary().put(words.shared_computer))
            .put(p().put(said))
            .put(p().class("actions").put(begin.class("button").put(words.shared_now)))
            .done()
    })
}

/// What a computer that is treated as shared does, for its first page.
pub(super) fn shared_welcome(app: App) -> El {
    p().class("panel").put(app.words.shared_welcome)
}
