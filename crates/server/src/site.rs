//! The app's files, compressed ahead of time and held in memory. Only files that `site.json` lists
//! are served, so no path can lead out of the folder.

mod address;
mod demo;
pub mod neighbours;

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use document::is_frame;
use domain::address::tidy_path;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

#[derive(Deserialize)]
struct SiteListing {
    version: String,
    files: Vec<SiteRow>,
}

#[derive(Deserialize)]
struct SiteRow {
    path: String,
    br: Option<usize>,
    gz: Option<usize>,
    sha256: String,
    immutable: bool,
}

/// Where the publisher puts the app's pages as HTML. They are served at the addresses of the pages,
/// not at these.
const PAGES: &str = "/pages";

/// A file in all its encodings.
pub(crate) struct File {
    raw: Bytes,
    brotli: Option<Bytes>,
    /// A smaller compressed copy, once there is one.
    smaller: OnceLock<Bytes>,
    gzip: Option<Bytes>,
    /// Base64, as in the site's own list and its service worker.
    sha256: String,
    etag: String,
    is_immutable: bool,
    content_type: &'static str,
}

/// A site as `publish assemble` builds it.
pub struct ServedSite {
    /// The app's version.
    pub version: String,
    files: HashMap<String, File>,
    sources: HashMap<String, String>,
}

/// Why a site cannot be read.
#[derive(Debug)]
pub struct SiteFault {
    path: PathBuf,
    what: String,
}

impl fmt::Display for SiteFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.what)
    }
}

impl std::error::Error for SiteFault {}

impl ServedSite {
    /// Reads all files of a folder into memory.
    pub fn read(dir: &Path) -> Result<Self, SiteFault> {
        let listing: SiteListing = serde_json::from_slice(&read(&dir.join("site.json"))?)
            .map_err(|error| SiteFault { path: dir.join("site.json"), what: error.to_string() })?;
        let mut files = HashMap::new();
        for row in listing.files {
            let path = dir.join(row.path.trim_start_matches('/'));
            let packed = |ending: &str, size: Option<usize>| {
                size.map(|size| {
                    let path = path.with_file_name(format!("{}{ending}", file_name(&path)));
                    read(&path).and_then(|bytes| whole(bytes, size, path))
                })
                .transpose()
            };
            let file = File {
                raw: read(&path)?,
                brotli: packed(".br", row.br)?,
                smaller: OnceLock::new(),
                gzip: packed(".gz", row.gz)?,
                etag: etag_of(&row.sha256),
                sha256: row.sha256,
                is_immutable: row.immutable,
                content_type: content_type(&row.path),
            };
            files.insert(row.path, file);
        }
        let sources =
            serde_json::from_slice(&read(&dir.join("sources.json"))?).map_err(|error| {
                SiteFault { path: dir.join("sources.json"), what: error.to_string() }
            })?;
        Ok(Self { version: listing.version, files, sources })
    }

    /// The address of the web page that a record, such as `services/dog-licence`, is based on;
    /// `None` if it is unknown.
    pub fn source(&self, record: &str) -> Option<&str> {
        self.sources.get(record).map(String::as_str)
    }

    /// The content of the file whose path starts and ends so; `None` if there is none. For the
    /// server itself.
    pub fn bytes(&self, starts: &str, ends: &str) -> Option<&[u8]> {
        self.named(starts, ends).map(|file| file.raw.as_ref())
    }

    /// The catalogue's bundle; `None` if there is none.
    pub(crate) fn bundle(&self) -> Option<Bytes> {
        self.named("/catalogue-", ".bin").map(File::content)
    }

    fn named(&self, starts: &str, ends: &str) -> Option<&File> {
        let is_named = |path: &str| path.starts_with(starts) && path.ends_with(ends);
        self.files.iter().find(|(path, _)| is_named(path)).map(|(_, file)| file)
    }

    /// The content of the file at this path; `None` if there is none. For the server itself.
    pub(crate) fn file(&self, path: &str) -> Option<Bytes> {
        self.files.get(path).map(File::content)
    }

    /// Its files that have a hash of their content in their name, by path.
    pub(crate) fn into_immutable(mut self) -> HashMap<String, File> {
        self.files.retain(|_, file| file.is_immutable);
        self.files
    }

    /// Whether the site has a file at this path.
    pub fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Answers a GET or HEAD of a page with its facts as HTML; `None` if the site has no such page.
    /// They are those of the site's own edition: only for as long as there is no newer one.
    pub fn answer_page(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let name = if path == "/" { "/index" } else { path };
        let file = self.files.get(&format!("{PAGES}{name}.html"))?;
        Some(file.answer(headers))
    }

    /// Answers a GET or HEAD: a file, or the app's page for a path without a file extension.
    pub fn answer(&self, path: &str, headers: &HeaderMap) -> Response {
        let is_own = path.starts_with(PAGES) || is_frame(path);
        let file = self.files.get(path).filter(|_| !is_own);
        match file.or_else(|| self.page_for(path)) {
            Some(file) => file.answer(headers),
            None => plain(StatusCode::NOT_FOUND, "There is no page at this address.\n"),
        }
    }

    /// The app's page for a path, however it was typed. Paths of the app have no file extension.
    /// `/fr` and below get the French page if the site has one.
    fn page_for(&self, path: &str) -> Option<&File> {
        let path = tidy_path(path);
        if path == "/counter" || path.starts_with("/counter/") {
            return self.files.get("/counter/index.html");
        }
        let is_page = !path.rsplit('/').next().unwrap_or_default().contains('.');
        let is_french = path == "/fr" || path.starts_with("/fr/");
        let french = is_french.then(|| self.files.get("/fr/index.html")).flatten();
        is_page.then(|| french.or_else(|| self.files.get("/index.html"))).flatten()
    }
}

impl File {
    /// A file that was generated by the server, and whose name changes with its content.
    pub(crate) fn made(raw: Vec<u8>, brotli: Vec<u8>, sha256: &[u8; 32]) -> Self {
        let sha256 = STANDARD.encode(sha256);
        let etag = etag_of(&sha256);
        Self {
            raw: raw.into(),
            brotli: Some(brotli.into()),
            smaller: OnceLock::new(),
            gzip: None,
            sha256,
            etag,
            is_immutable: true,
            content_type: content_type(".bin"),
        }
    }

    /// A page that was written by the server.
    pub(crate) fn page(html: Vec<u8>, brotli: Vec<u8>) -> Self {
        let sha256 = STANDARD.encode(Sha256::digest(&html));
        Self {
            raw: html.into(),
            brotli: Some(brotli.into()),
            smaller: OnceLock::new(),
            gzip: None,
            etag: etag_of(&sha256),
            sha256,
            is_immutable: false,
            content_type: content_type(".html"),
        }
    }

    /// Serves a smaller compressed copy from now on. Only the first one counts.
    pub(crate) fn set_smaller(&self, brotli: Vec<u8>) {
        drop(self.smaller.set(brotli.into()));
    }

    /// The file without compression.
    /// Whether the content is the one that the site's list names.
    pub(crate) fn is_whole(&self) -> bool {
        STANDARD.encode(Sha256::digest(&self.raw)) == self.sha256
    }

    pub(crate) fn content(&self) -> Bytes {
        self.raw.clone()
    }

    /// The bytes of its content and of the compressed copies.
    pub(crate) fn bytes(&self) -> usize {
        let copies = self.brotli.iter().chain(self.smaller.get()).chain(&self.gzip);
        self.raw.len() + copies.map(Bytes::len).sum::<usize>()
    }

    /// Answers with a compressed copy if the client accepts one, or with 304 if it has the file.
    pub(crate) fn answer(&self, headers: &HeaderMap) -> Response {
        let caching =
            if self.is_immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
        let response = Response::builder()
            .header(CACHE_CONTROL, caching)
            .header(ETAG, &self.etag)
            .header(VARY, "accept-encoding");
        let is_known = headers
            .get(IF_NONE_MATCH)
            .is_some_and(|tags| tags.to_str().is_ok_and(|tags| tags.contains(&self.etag)));
        let built = if is_known {
            response.status(StatusCode::NOT_MODIFIED).body(Body::empty())
        } else {
            let (bytes, encoding) = self.encoded_for(headers);
            let response = response.header(CONTENT_TYPE, self.content_type);
            let response = if let Some(encoding) = encoding {
                response.header(CONTENT_ENCODING, encoding)
            } else {
                response
            };
            response.body(Body::from(bytes))
        };
        built.expect("all header values are plain ASCII")
    }

    fn encoded_for(&self, headers: &HeaderMap) -> (Bytes, Option<&'static str>) {
        let accepted =
            headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let accepts = |name: &str| {
            accepted.split(',').any(|part| {
                let mut parts = part.split(';').map(str::trim);
                parts.next() == Some(name) && !parts.any(is_refusal)
            })
        };
        match (self.smaller.get().or(self.brotli.as_ref()), &self.gzip) {
            (Some(bytes), _) if accepts("br") => (bytes.clone(), Some("br")),
            (_, Some(bytes)) if accepts("gzip") => (bytes.clone(), Some("gzip")),
            _ => (self.raw.clone(), None),
        }
    }
}

/// Whether a parameter of an encoding says that it is not wanted: a weight of zero (RFC 9110,
/// section 12.4.2).
fn is_refusal(parameter: &str) -> bool {
    let weight = parameter.split_once('=').filter(|(name, _)| name.eq_ignore_ascii_case("q"));
    weight.is_some_and(|(_, weight)| weight.trim().parse() == Ok(0.0))
}

fn etag_of(sha256: &str) -> String {
    format!("\"{}\"", &sha256[..sha256.len().min(24)])
}

/// An answer of plain text in UTF-8.
pub(crate) fn plain(status: StatusCode, text: impl Into<Body>) -> Response {
    let built = Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "text/plain; charset=utf-8")
        .body(text.into());
    built.expect("all header values are plain ASCII")
}

fn read(path: &Path) -> Result<Bytes, SiteFault> {
    let read = std::fs::read(path).map_err(|error| SiteFault {
        path: path.into(),
        what: format!("cannot be read: {error}. Build the site first: cargo xtask build"),
    });
    read.map(Bytes::from)
}

/// The bytes, if there are as many as the site's list says.
fn whole(bytes: Bytes, size: usize, path: PathBuf) -> Result<Bytes, SiteFault> {
    let what = || format!("{} bytes instead of {size}: copy the site again", bytes.len());
    match bytes.len() == size {
        true => Ok(bytes),
        false => Err(SiteFault { path, what: what() }),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        // Browsers compile while downloading only with this type.
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "xml" => "application/xml",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(file: &File, accepted: &'static str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, accepted.parse().ok()?);
        let response = file.answer(&headers);
        Some(response.headers().get(CONTENT_ENCODING)?.to_str().ok()?.to_owned())
    }

    #[test]
    fn an_encoding_with_a_weight_of_zero_is_not_sent() {
        let file = File::made(b"what it says".to_vec(), b"packed".to_vec(), &[7; 32]);
        for accepted in ["br", "gzip, br", "gzip;q=0, br;q=0.5", "BR;q=0, br", "x;q=0.0,br; q=1"] {
            assert_eq!(answered(&file, accepted).as_deref(), Some("br"), "{accepted}");
        }
        for refused in ["", "gzip", "br;q=0", "br; q=0.0", "br;Q=0.000", "gzip, br;q=0, identity"] {
            assert_eq!(answered(&file, refused), None, "{refused}");
        }
    }

    #[test]
    fn a_smaller_copy_is_served_once_it_is_there() {
        let file = File::made(b"what it says".to_vec(), b"packed".to_vec(), &[7; 32]);
        let accepted = HeaderMap::from_iter([(ACCEPT_ENCODING, "br".parse().unwrap())]);
        assert_eq!(file.encoded_for(&accepted).0, b"packed"[..]);
        file.set_smaller(b"small".to_vec());
        assert_eq!(file.encoded_for(&accepted), (Bytes::from_static(b"small"), Some("br")));
        assert_eq!(file.bytes(), 12 + 6 + 5);
    }
}
