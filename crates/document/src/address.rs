//! Full addresses in the head of a document. Other sites and search engines read them out of
//! context, so a path alone means nothing to them; the app itself needs none.

use std::borrow::Cow;

/// A document with the address of its site, such as `https://hub.example.org`, in all that its head
/// says to other sites: links to itself and its languages, the card, and JSON-LD.
pub fn at_address(html: &str, origin: &str) -> String {
    let Some((head, body)) = html.split_once("</head>") else { return html.into() };
    let lines: Vec<_> = head.split('\n').map(|line| in_full(line, origin)).collect();
    [&lines.join("\n"), "</head>", body].concat()
}

/// A line of the head as `head.rs` writes them. In JSON a quote inside a text is escaped, so the
/// name of a field stands only where there is one.
fn in_full<'a>(line: &'a str, origin: &str) -> Cow<'a, str> {
    let starts: &[&str] = match line {
        _ if line.starts_with("<link rel=\"canonical\"") => &["href=\""],
        _ if line.starts_with("<link rel=\"alternate\" hreflang=") => &["href=\""],
        _ if line.starts_with("<meta property=\"og:url\"") => &["content=\""],
        _ if line.starts_with("<meta property=\"og:image\"") => &["content=\""],
        _ if line.starts_with("<script type=\"application/ld+json\"") => {
            &["\"item\":\"", "\"target\":\"", "\"url\":\""]
        }
        _ => return line.into(),
    };
    let filled = starts.iter().fold(line.to_string(), |line, start| {
        line.replace(&[start, "/"].concat(), &[start, origin, "/"].concat())
    });
    filled.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "https://hub.example.org";

    #[test]
    fn what_other_sites_read_has_full_addresses_and_the_app_keeps_its_paths() {
        let html = "<head>\n<link rel=\"canonical\" href=\"/fr\">\n\
            <link rel=\"alternate\" hreflang=\"fr\" href=\"/fr\">\n\
            <meta property=\"og:url\" content=\"/fr\">\n\
            <meta property=\"og:image\" content=\"/icons/icon-512.png\">\n\
            <script type=\"application/ld+json\">{\"item\":\"/fr\",\"name\":\"\\\"url\\\":\\\"/\"}</script>\n\
            <link rel=\"stylesheet\" href=\"/app.css\">\n</head><a href=\"/\">";
        let full = "<head>\n<link rel=\"canonical\" href=\"https://hub.example.org/fr\">\n\
            <link rel=\"alternate\" hreflang=\"fr\" href=\"https://hub.example.org/fr\">\n\
            <meta property=\"og:url\" content=\"https://hub.example.org/fr\">\n\
            <meta property=\"og:image\" content=\"https://hub.example.org/icons/icon-512.png\">\n\
            <script type=\"application/ld+json\">{\"item\":\"https://hub.example.org/fr\",\
            \"name\":\"\\\"url\\\":\\\"/\"}</script>\n\
            <link rel=\"stylesheet\" href=\"/app.css\">\n</head><a href=\"/\">";
        assert_eq!(at_address(html, ORIGIN), full);
    }

    #[test]
    fn a_text_without_a_head_stays_as_it_is() {
        assert_eq!(at_address("<p>\"url\":\"/", ORIGIN), "<p>\"url\":\"/");
    }
}
