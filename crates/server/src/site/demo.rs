//! Marks the public pages of a demo. The banner is in the documents themselves, outside of the part
//! that the app replaces, and the service worker gets the new documents' hashes, so that they show
//! it offline too.

use super::{File, PAGES, ServedSite, etag_of};
use axum::body::Bytes;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const ENGLISH: &str = "<aside class=\"demo\" aria-label=\"Demo\"><strong>Demo.</strong> Fictional questions and answers.</aside>";
const FRENCH: &str = "<aside class=\"demo\" aria-label=\"Démonstration\"><strong>Démo.</strong> Questions et réponses fictives.</aside>";
const WORKER: &str = "/sw.js";
/// The service worker's cache name, and the demo's.
const CACHE: (&str, &str) = ("const CACHE = \"app-", "const CACHE = \"app-demo-");

impl ServedSite {
    /// Returns the same site with a banner on every page.
    pub fn of_demo(mut self) -> Self {
        let mut changed = Vec::new();
        for (path, file) in self.files.iter_mut().filter(|(path, _)| path.ends_with(".html")) {
            let path = path.strip_prefix(PAGES).unwrap_or(path);
            let is_french = path.starts_with("/fr/") || path == "/fr.html";
            let words = if is_french { FRENCH } else { ENGLISH };
            let before = file.sha256.clone();
            file.become_text(with_banner(&String::from_utf8_lossy(&file.raw), words));
            changed.push((before, file.sha256.clone()));
        }
        if let Some(worker) = self.files.get_mut(WORKER) {
            let text = String::from_utf8_lossy(&worker.raw).replace(CACHE.0, CACHE.1);
            worker.become_text(
                changed.iter().fold(text, |text, (before, after)| text.replace(before, after)),
            );
        }
        self
    }
}

impl File {
    /// Replaces the content under the same path; it is served uncompressed.
    pub(super) fn become_text(&mut self, text: String) {
        self.sha256 = STANDARD.encode(Sha256::digest(text.as_bytes()));
        self.etag = etag_of(&self.sha256);
        (self.raw, self.brotli, self.gzip) = (Bytes::from(text), None, None);
    }
}

/// Inserts the banner at the start of the body.
fn with_banner(document: &str, words: &str) -> String {
    match document.split_once("<body>") {
        Some((head, body)) => format!("{head}<body>{words}{body}"),
        None => format!("{words}{document}"),
    }
}
