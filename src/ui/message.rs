//! Lines that say that something is wrong.

use super::icon::icon;
use super::phone::phone_link;
use elements::{El, p};

/// What is wrong with an entry, beside its field.
pub(crate) fn field_error(text: &str) -> El {
    p().class("field__error").put(icon("alert")).put(" ").put(text)
}

/// A panel that warns, and says whom to call.
pub(crate) fn warning(text: &str, phone: &str) -> El {
    alert_panel("panel panel--error", text).put(" ").put(phone_link(phone)).put(".")
}

/// A panel that begins with the sign for an alert.
pub(crate) fn alert_panel(class: &'static str, text: &str) -> El {
    p().class(class).put(icon("alert")).put(" ").put(text)
}
