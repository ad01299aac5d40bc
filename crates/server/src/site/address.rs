//! Puts the public address into what search engines read. Their list of pages has full addresses
//! only, so there is none on a server that does not know its own.

use super::ServedSite;
use document::ORIGIN;

const ROBOTS: &str = "/robots.txt";
const SITEMAP: &str = "/sitemap.xml";

impl ServedSite {
    /// Returns the same site as it is at this address, such as `https://hub.example.org`.
    pub fn at(mut self, public_url: Option<&str>) -> Self {
        if public_url.is_none() {
            self.files.remove(SITEMAP);
        }
        for path in [ROBOTS, SITEMAP] {
            if let Some(file) = self.files.get_mut(path) {
                let text = filled(&String::from_utf8_lossy(&file.raw), public_url);
                file.become_text(text);
            }
        }
        self
    }
}

/// The text with the address in it; without one, the lines that need it are left out.
fn filled(text: &str, public_url: Option<&str>) -> String {
    match public_url {
        Some(url) => text.replace(ORIGIN, url.trim_end_matches('/')),
        None => text.split_inclusive('\n').filter(|line| !line.contains(ORIGIN)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_an_address_is_said_only_where_it_is_known() {
        let text = "User-agent: *\nSitemap: {hub-origin}/sitemap.xml\n";
        assert_eq!(
            filled(text, Some("https://hub.example.org/")),
            "User-agent: *\nSitemap: https://hub.example.org/sitemap.xml\n"
        );
        assert_eq!(filled(text, None), "User-agent: *\n");
    }
}
