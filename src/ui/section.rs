//! Sections of a page.

use elements::{El, h2, section};

/// A section with its heading, whose id names the section for screen readers.
#[inline(never)]
pub(crate) fn titled_section(id: &'static str, title: &str) -> El {
    section().class("section").attr("aria-labelledby", id).put(h2().id(id).put(title))
}
