//! Bar charts: one colour, each bar with its count and its label as text above it, so that nothing
//! depends on colour alone. The chart has no fixed width and stretches to the page, so that its
//! text is as large as the page's. A suppressed count has no bar.

use crate::svg::{END_ROWS, begin_rows, row};
use insight::Seen;

const BAR_PX: usize = 10;

pub(super) struct Bar {
    pub(super) label: String,
    pub(super) seen: Seen,
    /// The count in words.
    pub(super) value: String,
}

/// A chart with a title and a description for screen readers; `id` must be unique on the page.
pub(super) fn bars(id: &str, title: &str, description: &str, bars: &[Bar]) -> String {
    let most = bars.iter().filter_map(|bar| bar.seen.count()).max().unwrap_or(0).max(1);
    let mut chart = begin_rows("chart", id, title, description);
    for bar in bars {
        let shape = bar.seen.count().map(|count| {
            let tenths = count * 1_000 / most;
            let (whole, tenth) = (tenths / 10, tenths % 10);
            format!(r#"<rect x="0" y="0" width="{whole}.{tenth}%" height="{BAR_PX}"/>"#)
        });
        chart.push_str(&row(&bar.value, &bar.label, BAR_PX, &shape.unwrap_or_default()));
    }
    chart.push_str(END_ROWS);
    chart
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
