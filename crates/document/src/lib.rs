#![doc = include_str!("../README.md")]
#![warn(missing_docs)]
#![cfg(not(target_family = "wasm"))]

mod address;
mod head;
mod structured;

pub use address::at_address;
use community_hub_app::render::RenderedPage;
use domain::hours::Date;
use domain::{Catalogue, Language};
use head::head;

/// The path of a language's frame in a site.
pub fn frame_path(language: Language) -> &'static str {
    match language {
        Language::English => "/frame.html",
        Language::French => "/fr/frame.html",
    }
}

/// Whether a path of a site is that of a frame, which the server reads and never serves.
pub fn is_frame(path: &str) -> bool {
    [Language::English, Language::French].into_iter().any(|language| frame_path(language) == path)
}

/// Stands for the scheme, host and port of a site in files that need whole addresses. The publisher
/// does not know them; the server fills them in.
pub const ORIGIN: &str = "{hub-origin}";

/// Escapes a text for HTML, as content or as an attribute in double quotes.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The frame of all pages in one language: HTML with `{hub-title}`, `{hub-description}`,
/// `{hub-head}` and `{hub-body}`, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageFrame(String);

impl PageFrame {
    /// The frame as the publisher wrote it.
    pub fn new(html: String) -> Self {
        Self(html)
    }

    /// Its HTML, with the names that are not filled in.
    pub fn html(&self) -> &str {
        &self.0
    }

    /// The content of `<meta name=… content=…>`, escaped; empty if there is none.
    fn meta(&self, name: &str) -> &str {
        let start = ["<meta name=\"", name, "\" content=\""].concat();
        let content = self.0.split_once(&start).and_then(|(_, rest)| rest.split_once('"'));
        content.map(|(content, _)| content).unwrap_or_default()
    }

    /// The same frame for a newer edition. `catalogue` is the path of its catalogue, `texts` that
    /// of its texts in the frame's language, if it has any. The app starts with the catalogue that
    /// the frame names, and stores it, because the installed app has an older one.
    pub fn of_edition(&self, catalogue: &str, texts: Option<&str>) -> Self {
        let own = self.meta("hub-catalogue");
        if own.is_empty() {
            return self.clone();
        }
        let named = "<meta name=\"hub-catalogue\"";
        let html = self.0.replace(own, &escaped(catalogue));
        let html = html.replace(named, &["<meta name=\"hub-newer\" content>", named].concat());
        let own_texts = html
            .split_once("href=\"/texts-")
            .and_then(|(_, rest)| rest.split_once('"'))
            .map(|(name, _)| ["/texts-", name].concat());
        match own_texts.zip(texts) {
            Some((own, texts)) => Self(html.replace(&own, &escaped(texts))),
            None => Self(html),
        }
    }

    /// The same frame for a page that answers a form: the app does not start in it, because it
    /// would show the empty form of the same address.
    pub fn without_app(&self) -> Self {
        let html = without(&self.0, "<script type=\"module\"", "</script>");
        Self(without(&html, "<link rel=\"preload\"", ">"))
    }

    /// The same frame at an address, such as `https://hub.example.org`: its documents say it to
    /// other sites.
    pub fn at(&self, origin: &str) -> Self {
        let name = ["<meta name=\"hub-origin\" content=\"", &escaped(origin), "\">\n{hub-head}"];
        Self(self.0.replacen("{hub-head}", &name.concat(), 1))
    }

    /// The document of a page. `catalogue` is the one that the page was made of, in English; from
    /// `today` on, special days of a location are named.
    pub fn filled(&self, page: &RenderedPage, catalogue: &Catalogue, today: Date) -> String {
        let name = catalogue.municipality().name.get(page.language);
        let title = escaped(&format!("{} - {name}", page.title));
        let description = escaped(&page.description);
        let body = with_version(&page.body, self.meta("hub-version"));
        let values = [
            ("{hub-title}", title.as_str()),
            ("{hub-description}", &description),
            ("{hub-head}", &head(page, catalogue, today, &title)),
            ("{hub-body}", &body),
        ];
        let (mut rest, mut html) =
            (self.0.as_str(), String::with_capacity(self.0.len() + body.len()));
        // In the frame's own order, so that a value that looks like a name stays as it is.
        for (key, value) in values {
            let (before, after) = rest.split_once(key).unwrap_or((rest, ""));
            html.push_str(before);
            html.push_str(value);
            rest = after;
        }
        html.push_str(rest);
        match self.meta("hub-origin") {
            "" => html,
            origin => at_address(&html, origin),
        }
    }
}

/// The body with the version of the app in the footer. The footer is the last that may name it;
/// what a person typed before it stays as it is.
fn with_version(body: &str, version: &str) -> String {
    match body.rsplit_once("{hub-version}") {
        Some((before, after)) => [before, version, after].concat(),
        None => body.into(),
    }
}

/// A text without its parts that begin and end so.
fn without(text: &str, begins: &str, ends: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once(begins) {
        kept.push_str(before);
        rest = from.split_once(ends).map_or("", |(_, after)| after);
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_without_the_app_starts_and_loads_nothing_of_it() {
        let frame = PageFrame::new(
            "<head>{hub-head}<link rel=\"stylesheet\" href=\"/a.css\">\
             <link rel=\"preload\" href=\"/a.wasm\" as=\"fetch\"><link rel=\"preload\" href=\"/b\">\
             <script type=\"module\" src=\"/a.js\"></script></head>{hub-body}"
                .into(),
        );
        assert_eq!(
            frame.without_app().html(),
            "<head>{hub-head}<link rel=\"stylesheet\" href=\"/a.css\"></head>{hub-body}"
        );
    }

    #[test]
    fn only_the_footer_names_the_version_and_what_was_typed_stays() {
        let body = "<p>What is {hub-version}?</p><footer>Version {hub-version}.</footer>";
        let filled = "<p>What is {hub-version}?</p><footer>Version 7.</footer>";
        assert_eq!(with_version(body, "7"), filled);
        assert_eq!(with_version("<p>No footer", "7"), "<p>No footer");
    }

    #[test]
    fn a_frame_names_the_files_of_another_edition_wherever_it_named_its_own() {
        let frame = PageFrame::new(
            "<meta name=\"hub-catalogue\" content=\"/catalogue-1.bin\">\
             <link href=\"/catalogue-1.bin\"><link href=\"/texts-fr-2.bin\" as=\"fetch\">{hub-head}"
                .into(),
        );
        assert_eq!(
            frame.of_edition("/catalogue-3.bin", Some("/texts-fr-4.bin")).html(),
            "<meta name=\"hub-newer\" content>\
             <meta name=\"hub-catalogue\" content=\"/catalogue-3.bin\">\
             <link href=\"/catalogue-3.bin\"><link href=\"/texts-fr-4.bin\" as=\"fetch\">{hub-head}"
        );
        let without = PageFrame::new("<p>{hub-body}".into());
        assert_eq!(without.of_edition("/catalogue-3.bin", None), without);
    }
}
