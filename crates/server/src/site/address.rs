//! Puts the public address into what search engines and other sites read. Their list of pages has
//! full addresses only, so there is none on a server that does not know its own.

use super::{PAGES, ServedSite};
use crate::pages::render::compressed;
use document::{ORIGIN, PageFrame, at_address, is_frame};

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
        if let Some(url) = public_url {
            self.write_address(url.trim_end_matches('/'));
        }
        self
    }

    /// Writes the address into the head of every page, and into the frames of those that are
    /// written on request.
    fn write_address(&mut self, origin: &str) {
        for (path, file) in &mut self.files {
            let text = || String::from_utf8_lossy(&file.raw);
            if is_frame(path) {
                file.become_text(PageFrame::new(text().into()).at(origin).html().into());
            } else if path.starts_with(PAGES) {
                file.become_text(at_address(&text(), origin));
                file.brotli = compressed(&file.raw).ok().map(Into::into);
            }
        }
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
    use crate::site::File;

    #[test]
    fn what_needs_an_address_is_said_only_where_it_is_known() {
        let text = "User-agent: *\nSitemap: {hub-origin}/sitemap.xml\n";
        assert_eq!(
            filled(text, Some("https://hub.example.org/")),
            "User-agent: *\nSitemap: https://hub.example.org/sitemap.xml\n"
        );
        assert_eq!(filled(text, None), "User-agent: *\n");
    }

    #[test]
    fn pages_and_their_frames_say_where_they_are_and_a_page_stays_compressed() {
        let page = b"<head>\n<link rel=\"canonical\" href=\"/about\">\n</head>".to_vec();
        let files = [
            ("/pages/about.html", File::page(page, Vec::new())),
            (
                "/frame.html",
                File::page(b"<head>\n{hub-head}\n</head>{hub-body}".into(), Vec::new()),
            ),
        ];
        let files = files.into_iter().map(|(path, file)| (path.to_string(), file)).collect();
        let site = ServedSite { version: String::new(), files, sources: Default::default() };
        let site = site.at(Some("https://hub.example.org/"));
        let text = |path: &str| String::from_utf8_lossy(&site.files[path].raw).into_owned();
        let canonical = "<link rel=\"canonical\" href=\"https://hub.example.org/about\">";
        assert!(text("/pages/about.html").contains(canonical));
        assert!(text("/frame.html").contains("hub-origin\" content=\"https://hub.example.org\""));
        let packed = site.files["/pages/about.html"].brotli.clone().expect("it is compressed");
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut packed.as_ref(), &mut unpacked).expect("it can be read");
        assert_eq!(String::from_utf8_lossy(&unpacked), text("/pages/about.html"));
    }
}
