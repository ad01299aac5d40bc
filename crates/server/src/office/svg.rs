//! What every chart of ours begins with: a name and a description for those who hear it, and texts that are only texts.

/// Begins a chart that stretches to the page, so that letters stay as large as the page's; `id` is its own on the page.
pub(crate) fn begin(class: &str, id: &str, title: &str, about: &str, height: usize) -> String {
    let (title, about) = (escaped(title), escaped(about));
    format!(
        r#"<svg class="{class}" role="img" aria-labelledby="{id}-title {id}-about" width="100%" height="{height}"><title id="{id}-title">{title}</title><desc id="{id}-about">{about}</desc>"#
    )
}

/// A figure and then its label, which is cut to what fits beside it; the table has the whole.
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

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
