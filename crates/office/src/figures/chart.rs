//! Bar charts as SVG: one colour, each bar with its count and its label as text above it, so that
//! nothing depends on colour alone. The chart has no fixed width and stretches to the page, so that
//! its text is as large as the page's. A suppressed count has no bar.

use crate::svg::{begin, labelled};
use insight::Seen;
use std::fmt::Write;

const ROW_PX: usize = 44;
const BAR_PX: usize = 10;
const LETTERS_PX: usize = 18;
/// Letters that fit beside a count on the narrowest phone; the table has the whole name.
const LABEL_CHARS_MAX: usize = 36;

pub(super) struct Bar {
    pub(super) label: String,
    pub(super) seen: Seen,
    /// The count in words.
    pub(super) value: String,
}

/// A chart with a title and a description for screen readers; `id` must be unique on the page.
pub(super) fn bars(id: &str, title: &str, description: &str, bars: &[Bar]) -> String {
    let most = bars.iter().filter_map(|bar| bar.seen.count()).max().unwrap_or(0).max(1);
    let height = bars.len() * ROW_PX;
    let mut svg = begin("chart", id, title, description, height);
    for (at, bar) in bars.iter().enumerate() {
        let top = at * ROW_PX;
        let (text_y, bar_y) = (top + LETTERS_PX, top + LETTERS_PX + 8);
        svg.push_str(&labelled(text_y, &bar.value, &bar.label, LABEL_CHARS_MAX));
        if let Some(count) = bar.seen.count() {
            let tenths = count * 1_000 / most;
            // Writing to a `String` does not fail.
            let _ = write!(
                svg,
                r#"<rect x="0" y="{bar_y}" width="{}.{}%" height="{BAR_PX}"/>"#,
                tenths / 10,
                tenths % 10
            );
        }
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share_of_the_largest_and_what_is_hidden_has_none() {
        let bar = |label: &str, seen: Seen| Bar { label: label.into(), seen, value: "n".into() };
        let svg = bars(
            "a",
            "By service",
            "Largest first",
            &[bar("<b>", Seen::Shown(40)), bar("two", Seen::Marked(5)), bar("three", Seen::Hidden)],
        );
        assert!(
            svg.contains(r#"width="100.0%" height="10""#) && svg.contains(r#"width="12.5%""#),
            "{svg}"
        );
        assert_eq!(svg.matches("<rect").count(), 2);
        assert!(
            svg.contains("&lt;b&gt;") && !svg.contains("<b>") && !svg.contains("style="),
            "{svg}"
        );
        assert!(svg.contains(r#"role="img" aria-labelledby="a-title a-about""#));
    }
}
