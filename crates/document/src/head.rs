//! What the head of a document says about its page: the other languages, the card for other sites,
//! and JSON-LD for search engines. Contains only facts that the page shows and that are confirmed.

use crate::escaped;
use crate::structured::{kind_of_place, special_hours, way_to};
use community_hub_app::render::{PageSubject, RenderedPage};
use domain::Catalogue;
use domain::catalogue::Hub;
use domain::hours::{Date, Weekday};
use domain::text::Language;
use serde_json::{Value, json};

/// Links to the same page in each language, the card for other sites, and JSON-LD.
pub(crate) fn head(page: &RenderedPage, catalogue: &Catalogue, today: Date, title: &str) -> String {
    if matches!(page.subject, PageSubject::NotFound | PageSubject::Request) {
        return "<meta name=\"robots\" content=\"noindex\">".into();
    }
    let path = escaped(&page.path);
    let mut lines = vec![format!("<link rel=\"canonical\" href=\"{path}\">")];
    if page.languages.len() > 1 {
        lines.extend(page.languages.iter().map(|(language, path)| {
            let (tag, path) = (language.tag(), escaped(path));
            format!("<link rel=\"alternate\" hreflang=\"{tag}\" href=\"{path}\">")
        }));
        // Readers of any other language get the English page.
        let english = page.languages.iter().find(|(of, _)| *of == Language::English);
        lines.extend(english.map(|(_, path)| {
            let path = escaped(path);
            format!("<link rel=\"alternate\" hreflang=\"x-default\" href=\"{path}\">")
        }));
    }
    let site = escaped(catalogue.municipality().name.get(page.language));
    let description = escaped(&page.description);
    for (property, content) in [
        ("type", "website"),
        ("site_name", &site),
        ("title", title),
        ("description", &description),
        ("url", &path),
        ("locale", if page.language == Language::French { "fr_CA" } else { "en_CA" }),
        ("image", "/icons/icon-512.png"),
    ] {
        lines.push(format!("<meta property=\"og:{property}\" content=\"{content}\">"));
    }
    for data in structured(page, catalogue, today).into_iter().chain(way_to(page)) {
        // In a script only `<` could end it.
        let data = data.to_string().replace('<', "\\u003c");
        lines.push(format!("<script type=\"application/ld+json\">{data}</script>"));
    }
    lines.join("\n")
}

/// The page's subject in the terms of schema.org. `None` for pages that are lists or forms.
fn structured(page: &RenderedPage, catalogue: &Catalogue, today: Date) -> Option<Value> {
    let municipality = catalogue.municipality();
    let operator = json!({
        "@type": "GovernmentOrganization",
        "name": municipality.formal_name.get(page.language),
        "telephone": municipality.contact.phone,
    });
    let mut data = match &page.subject {
        PageSubject::Home => json!({
            "@type": "WebSite",
            "name": municipality.name.get(page.language),
            "description": page.description,
            "url": page.path,
            "publisher": operator,
            "potentialAction": {
                "@type": "SearchAction",
                "target": format!("{}/search?q={{q}}", page.path.trim_end_matches('/')),
                "query-input": "required name=q",
            },
        }),
        PageSubject::Service(id) => {
            let service = catalogue.service(id)?;
            service.source.verified.then(|| {
                json!({
                    "@type": "GovernmentService",
                    "name": page.title,
                    "description": page.description,
                    "serviceOperator": operator,
                })
            })?
        }
        PageSubject::Hub(id) => {
            let hub = catalogue.hub(id)?;
            // An event ends, and its page is then of no use to a search engine.
            hub.event.is_none().then(|| place(page, catalogue, hub, today))?
        }
        PageSubject::NotFound | PageSubject::Request | PageSubject::Other => return None,
    };
    data["@context"] = "https://schema.org".into();
    data["inLanguage"] = page.language.tag().into();
    Some(data)
}

/// A location with the facts that its record confirms.
fn place(page: &RenderedPage, catalogue: &Catalogue, hub: &Hub, today: Date) -> Value {
    let mut data = json!({ "@type": kind_of_place(catalogue, hub), "name": page.title });
    if let Some(phone) = hub.phone.as_ref().filter(|_| hub.source.verified) {
        data["telephone"] = phone.as_str().into();
    }
    if let Some(address) = hub.address.as_ref().filter(|_| hub.source.verified) {
        data["address"] = json!({
            "@type": "PostalAddress",
            "streetAddress": address,
            "addressLocality": hub.town,
            "postalCode": hub.postal_code,
            "addressCountry": "CA",
        });
    }
    let hours = opening_hours(hub);
    if !hours.is_empty() {
        data["openingHoursSpecification"] = hours.into();
    }
    let special = special_hours(catalogue, hub, today);
    if !special.is_empty() {
        data["specialOpeningHoursSpecification"] = special.into();
    }
    data
}

/// The weekly hours, if they are confirmed and the same all year.
fn opening_hours(hub: &Hub) -> Vec<Value> {
    if !hub.hours_verified || !hub.seasons.is_empty() {
        return Vec::new();
    }
    let days = Weekday::ALL.iter().flat_map(|&day| {
        hub.hours.on(day).unwrap_or_default().iter().map(move |span| {
            json!({
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": format!("https://schema.org/{day:?}"),
                "opens": span.from().to_string(),
                "closes": span.to().to_string(),
            })
        })
    });
    days.collect()
}
