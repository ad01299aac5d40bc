//! Small things that a device remembers for a person, as the list of a trip. Nothing that must not be lost: that is
//! in `storage`.

use super::page::window;
use web_sys::Storage;

fn drawer() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

pub(crate) fn get(name: &str) -> Option<String> {
    drawer()?.get_item(name).ok().flatten()
}

/// A device that keeps nothing goes on without.
pub(crate) fn set(name: &str, value: &str) {
    if let Some(drawer) = drawer() {
        let _ =
            if value.is_empty() { drawer.remove_item(name) } else { drawer.set_item(name, value) };
    }
}
