//! Generates the web app manifest (W3C, Web Application Manifest), one per language.

use domain::catalogue::CatalogueFile;
use domain::text::Language;
use serde_json::{Value, json};

pub(super) fn manifest(file: &CatalogueFile, language: Language) -> String {
    let french = language == Language::French;
    let prefix = if french { "/fr" } else { "" };
    let name = file.municipality.name.get(language);
    let words = |english: &str, of_french: &str| {
        if french { of_french.to_string() } else { english.to_string() }
    };
    let shortcut = |name: String, path: &str| json!({ "name": name, "url": format!("{prefix}{path}"), "icons": [icon("192", "any")] });
    let manifest = json!({
        "id": "/",
        "name": format!("{name}: {}", words("Community Hub", "Carrefour communautaire")),
        "short_name": words("Hub", "Carrefour"),
        "description": file.municipality.about.get(language),
        "lang": language.tag(),
        "dir": "ltr",
        "start_url": if french { "/fr" } else { "/" },
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": file.municipality.colours.accent,
        "categories": ["government", "utilities"],
        "icons": [icon("192", "any"), icon("512", "any"), icon("512", "maskable"), json!({ "src": "/icons/icon.svg", "sizes": "any", "type": "image/svg+xml" })],
        "shortcuts": [
            shortcut(words("Find a service", "Trouver un service"), "/search"),
            shortcut(words("Locations", "Où aller"), "/hubs"),
            shortcut(words("Ask a question", "Poser une question"), "/ask"),
            shortcut(words("How did we do?", "Que pensez-vous de nos services?"), "/feedback"),
        ],
        "screenshots": [screenshot("narrow", "720x1280", &words("Find a service", "Trouver un service")), screenshot("wide", "1280x800", &words("Find a service", "Trouver un service"))],
    });
    serde_json::to_string_pretty(&manifest).unwrap_or_default()
}

fn icon(size: &str, purpose: &str) -> Value {
    let ending = if purpose == "maskable" { "-maskable" } else { "" };
    json!({ "src": format!("/icons/icon-{size}{ending}.png"), "sizes": format!("{size}x{size}"), "type": "image/png", "purpose": purpose })
}

fn screenshot(form: &str, sizes: &str, label: &str) -> Value {
    json!({ "src": format!("/screenshots/{form}.png"), "sizes": sizes, "type": "image/png", "form_factor": form, "label": label })
}
