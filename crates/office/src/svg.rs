//! The common parts of all charts: a title, a description for screen readers, and escaped text.
//!
//! A chart of rows is HTML with a small SVG under each label: text in an SVG does not wrap, and no
//! label may be cut.

/// Begins a chart that is one SVG and stretches to the page, so that its text stays as large as the
/// page's; `id` must be unique on the page.
pub(crate) fn begin(class: &str, id: &str, title: &str, about: &str, height: usize) -> String {
    let (title, about) = (escaped(title), escaped(about));
    format!(
        r#"<svg class="{class}" role="img" aria-labelledby="{id}-title {id}-about" width="100%" height="{height}"><title id="{id}-title">{title}</title><desc id="{id}-about">{about}</desc>"#
    )
}

/// Begins a chart of rows with a title above it; `id` must be unique on the page.
pub(crate) fn begin_rows(class: &str, id: &str, title: &str, about: &str) -> String {
    let (title, about) = (escaped(title), escaped(about));
    format!(
        r#"<figure class="{class}"><figcaption id="{id}-title">{title}</figcaption><div role="img" aria-labelledby="{id}-title {id}-about"><p id="{id}-about" hidden>{about}</p>"#
    )
}

/// A figure with its whole label, and its shapes (SVG) below them.
pub(crate) fn row(value: &str, label: &str, height: usize, shapes: &str) -> String {
    let (value, label) = (escaped(value), escaped(label));
    format!(r#"<p><span class="value">{value}</span> {label}</p>{}"#, strip(height, shapes))
}

/// Shapes (SVG) as wide as the chart.
pub(crate) fn strip(height: usize, shapes: &str) -> String {
    if shapes.is_empty() {
        return String::new();
    }
    format!(r#"<svg width="100%" height="{height}" aria-hidden="true">{shapes}</svg>"#)
}

/// Ends what [`begin_rows`] began.
pub(crate) const END_ROWS: &str = "</div></figure>";

/// Text for the content or an attribute of an element.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
