//! The minimal site that the server and its staff interface need: without the app, whose pages this
//! bench does not request.

use domain::Catalogue;
use finder::{Whole, bundle_of};
use publish::source::{check_dir, office_rules, surveys};
use std::path::Path;

/// Writes the site; returns the catalogue.
pub(crate) fn make(municipality: &Path, dir: &Path) -> Result<Catalogue, String> {
    let (catalogue, words) = check_dir(municipality)
        .map_err(|faults| format!("{}: {} faults", municipality.display(), faults.len()))?;
    let json = |value: serde_json::Result<Vec<u8>>| value.map_err(|error| error.to_string());
    let bundle = bundle_of(&catalogue, &words).map_err(|fault| fault.to_string())?.bytes;
    let mut files = vec![
        ("index.html", b"<head><title>hub</title></head>\n<body>\n<p>hub".to_vec()),
        ("catalogue-0123456789abcdef.bin", bundle),
        (
            "whole.json",
            json(serde_json::to_vec(&Whole { catalogue: catalogue.file().clone(), words }))?,
        ),
        ("surveys.json", json(serde_json::to_vec(&surveys(municipality)))?),
        ("sw.js", b"const CACHE = \"app-1\";\nconst FILES = [];\n".to_vec()),
    ];
    if let Some(rules) = office_rules(municipality) {
        files.push(("office.json", json(serde_json::to_vec(&rules))?));
    }
    let row = |name: &str, bytes: &[u8]| serde_json::json!({ "path": format!("/{name}"), "bytes": bytes.len(), "br": null, "gz": null, "sha256": format!("{:0>30}", name.len()), "precached": false, "immutable": false });
    let rows: Vec<_> = files.iter().map(|(name, bytes)| row(name, bytes)).collect();
    let listing = serde_json::json!({ "version": "bench", "files": rows });
    std::fs::create_dir_all(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
    files.push(("site.json", json(serde_json::to_vec(&listing))?));
    files.push(("sources.json", b"{}".to_vec()));
    for (name, bytes) in files {
        std::fs::write(dir.join(name), bytes).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(catalogue)
}
