//! Small values that a device remembers for a person in `localStorage`, such as a trip list. Never
//! anything that must not be lost: that belongs in `storage`.

use super::page::window;
use web_sys::Storage;

fn drawer() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

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

/// Remembers a mark until the tab ends.
pub(crate) fn mark_tab(name: &str, value: &str) {
    if let Ok(Some(drawer)) = window().session_storage() {
        // A browser that stores nothing forgets the mark with the page.
        let _ = drawer.set_item(name, value);
    }
}

/// The mark that this tab remembers.
pub(crate) fn tab_mark(name: &str) -> Option<String> {
    window().session_storage().ok().flatten()?.get_item(name).ok().flatten()
}
