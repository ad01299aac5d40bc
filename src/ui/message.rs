//! Lines that say that something is wrong, and whom to call.

use super::icon::icon;
use super::phone::phone_link;
use domain::Language;
use elements::{El, p};

/// What is wrong with an entry, beside its field.
#[inline(never)]
pub(crate) fn field_error(text: &str) -> El {
    alert_line("field__error", text)
}

/// A line that begins with the sign for an alert.
#[inline(never)]
pub(crate) fn alert_line(class: &'static str, text: &str) -> El {
    p().class(class).put(icon("alert")).put(" ").put(text)
}

/// A panel that says what is wrong.
#[inline(never)]
pub(crate) fn error_panel(text: &str) -> El {
    alert_line("panel panel--error", text)
}

/// A text and the number to call, in a line that was begun.
#[inline(never)]
pub(crate) fn or_call(language: Language, line: El, text: &str, phone: &str) -> El {
    line.put(text).put(" ").put(phone_link(language, phone)).put(".")
}

/// A panel that says what is wrong, and whom to call.
#[inline(never)]
pub(crate) fn warning(language: Language, text: &str, phone: &str) -> El {
    error_panel(text).put(" ").put(phone_link(language, phone)).put(".")
}
