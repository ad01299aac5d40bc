//! Small values that a device remembers for a person in `localStorage`, such as a trip list. Never
//! anything that must not be lost: that belongs in `storage`.

use super::IS_BROWSER;
use super::page::window;
use web_sys::Storage;

/// Set in a tab in which a person said that this computer is shared.
const BORROWED_TAB: &str = "shared-computer";

fn drawer() -> Option<Storage> {
    if !IS_BROWSER {
        return None;
    }
    window().local_storage().ok().flatten()
}

/// The value of a name. `None` if there is none, or if the device stores nothing.
pub(crate) fn get(name: &str) -> Option<String> {
    drawer()?.get_item(name).ok().flatten()
}

/// Stores a value; an empty one removes the name. A device that stores nothing is not an error.
pub(crate) fn set(name: &str, value: &str) {
    if let Some(drawer) = drawer() {
        let _ =
            if value.is_empty() { drawer.remove_item(name) } else { drawer.set_item(name, value) };
    }
}

/// Remembers until this tab is closed that its computer is shared.
pub(crate) fn mark_borrowed_tab() {
    if let Ok(Some(tab)) = window().session_storage() {
        let _ = tab.set_item(BORROWED_TAB, "1");
    }
}

/// Whether a person said in this tab that its computer is shared.
pub(crate) fn is_borrowed_tab() -> bool {
    let tab = window().session_storage().ok().flatten();
    tab.and_then(|tab| tab.get_item(BORROWED_TAB).ok().flatten()).is_some()
}
