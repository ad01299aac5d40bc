//! The common parts of all charts: a title and a description for screen readers, and escaped text.

/// Begins a chart that stretches to the page, so that its text stays as large as the page's; `id`
/// must be unique on the page.
pub(crate) fn begin(class: &str, id: &str, title: &str, about: &str, height: usize) -> String {
    let (title, about) = (escaped(title), escaped(about));
    format!(
        r#"<svg class="{class}" role="img" aria-labelledby="{id}-title {id}-about" width="100%" height="{height}"><title id="{id}-title">{title}</title><desc id="{id}-about">{about}</desc>"#
    )
}

/// A figure followed by its label, which is cut to `most` characters; the table has the whole
/// label.
pub(crate) fn labelled(y: usize, value: &str, label: &str, most: usize) -> String {
    let (value, label) = (escaped(value), escaped(&cut(label, most)));
    format!(
        r#"<text x="0" y="{y}"><tspan class="value">{value}</tspan><tspan dx="8">{label}</tspan></text>"#
    )
}

fn cut(label: &str, most: usize) -> String {
    if label.chars().count() <= most {
        return label.into();
    }
    format!("{}…", label.chars().take(most - 1).collect::<String>().trim_end())
}

/// Text for the content or an attribute of an element.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
