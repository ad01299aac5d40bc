//! What search engines read first: `sitemap.xml`, the list of all public pages, and `robots.txt`,
//! the addresses that are not for them. Both need the public address, which only the server knows;
//! the files contain [`ORIGIN`] in its place.

use super::site::{AssembledSite, StoredFile};
use community_hub_app::render::{PageSubject, PublicPage, public_pages};
use document::{ORIGIN, escaped};
use domain::Catalogue;
use domain::provenance::Provenance;
use domain::text::Language;

/// Addresses that are for one person or for staff, in English; the French ones begin with `/fr`.
const NOT_FOR_ALL: [&str; 5] = ["/office", "/api", "/counter", "/status", "/messages"];

/// Adds both files.
pub(super) fn add(site: &mut AssembledSite, catalogue: &Catalogue) {
    site.add("/sitemap.xml", sitemap(catalogue).into_bytes(), StoredFile::No);
    site.add("/robots.txt", robots(catalogue).into_bytes(), StoredFile::No);
}

/// Every public page in every language, with the same page in the others.
fn sitemap(catalogue: &Catalogue) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n",
    );
    for page in public_pages(catalogue) {
        let links = links(&page);
        let date = source_of(catalogue, &page.subject).and_then(|source| source.date);
        let date = date.map(|date| format!("<lastmod>{date}</lastmod>")).unwrap_or_default();
        for (_, path) in &page.languages {
            let path = escaped(path);
            xml.push_str(&format!("<url><loc>{ORIGIN}{path}</loc>{date}{links}</url>\n"));
        }
    }
    xml + "</urlset>\n"
}

/// The links to the page in each of its languages, and to the one for readers of all other
/// languages.
fn links(page: &PublicPage) -> String {
    if page.languages.len() < 2 {
        return String::new();
    }
    let of = |tag: &str, path: &str| {
        let path = escaped(path);
        format!("<xhtml:link rel=\"alternate\" hreflang=\"{tag}\" href=\"{ORIGIN}{path}\"/>")
    };
    let mut links: String =
        page.languages.iter().map(|(language, path)| of(language.tag(), path)).collect();
    if let Some((_, path)) = page.languages.first() {
        links.push_str(&of("x-default", path));
    }
    links
}

/// Where the facts of a page come from; `None` for pages that are not about one record.
fn source_of<'a>(catalogue: &'a Catalogue, subject: &PageSubject) -> Option<&'a Provenance> {
    match subject {
        PageSubject::Service(id) => catalogue.service(id).map(|service| &service.source),
        PageSubject::Hub(id) => catalogue.hub(id).map(|hub| &hub.source),
        PageSubject::Home | PageSubject::NotFound | PageSubject::Request | PageSubject::Other => {
            None
        }
    }
}

fn robots(catalogue: &Catalogue) -> String {
    let mut lines = vec!["User-agent: *".to_string()];
    lines.extend(NOT_FOR_ALL.iter().map(|path| format!("Disallow: {path}")));
    if catalogue.municipality().languages.contains(&Language::French) {
        lines.extend(NOT_FOR_ALL[3..].iter().map(|path| format!("Disallow: /fr{path}")));
    }
    lines.push(format!("Sitemap: {ORIGIN}/sitemap.xml\n"));
    lines.join("\n")
}
