//! Modal dialogs.

use crate::browser::page;
use elements::{El, el, h2};

/// A native modal dialog, which keeps the focus inside and makes the page beneath inert.
pub(crate) fn dialog(id: &'static str, title: &'static str) -> El {
    page::open_dialog_soon(id);
    let name = [id, "-title"].concat();
    el("dialog")
        .class("dialog")
        .id(id)
        .attr("aria-labelledby", &name)
        .put(h2().id(&name).put(title))
}
