//! The files of a site: hashes, compresses and lists them, and swaps them into place.

use super::{AssemblyFault, AssemblyResult};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use brotli::enc::BrotliEncoderParams;
use document::is_frame;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How hard Brotli works: its quality, and the size of its window as a power of two.
#[derive(Clone, Copy)]
struct BrotliEffort {
    quality: i32,
    window_bits: i32,
}

/// The best quality and a window of 16 MiB: the site is compressed once and sent many times.
const BROTLI: BrotliEffort = BrotliEffort { quality: 11, window_bits: 24 };
/// For the hundreds of pages: a tenth larger than with the best quality, and twenty times as fast.
/// With a window larger than 64 KiB, each page would need tables of 32 MiB.
const BROTLI_OF_PAGES: BrotliEffort = BrotliEffort { quality: 9, window_bits: 16 };
/// Entropy tables are rebuilt every 64 KiB, because the app's code and its texts differ in their
/// statistics.
const BROTLI_BLOCK_BITS: i32 = 16;
/// Most bytes of a page in Brotli: ten packets, which a server sends before the first
/// acknowledgement (RFC 6928). So a page shows its facts after one round trip.
const PAGE_BYTES_MAX: usize = 14_600;
/// Minimum saving for which a compressed copy is stored.
const SAVED_BYTES_MIN: usize = 64;

/// Files that, beside the frames, only the server reads, from its disk: nothing would be gained by
/// compressing them.
const SERVER_FILES: [&str; 3] = ["/office.json", "/surveys.json", "/whole.json"];

/// Which compressed copies of its files a site contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompressedCopies {
    /// Brotli and gzip, as small as they get: for a site that is sent over networks.
    Smallest,
    /// No copies, and no pages as HTML, so that the site is quick to write. For a site that is
    /// viewed on the same machine, where the app itself makes the pages.
    None,
}

/// Which devices store a file for offline use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoredFile {
    /// None.
    No,
    /// All devices.
    Always,
    /// Staff tablets only.
    OnTablets,
}

/// An assembled site.
#[derive(Debug, Default)]
pub struct AssembledSite {
    /// Version for display: the crate's version with a short fingerprint, or `edition N`.
    pub version: String,
    files: Vec<AssembledFile>,
    /// The bytes of each page in Brotli, ascending; empty if nothing was compressed.
    page_bytes: Vec<usize>,
}

#[derive(Debug)]
struct AssembledFile {
    path: String,
    bytes: Vec<u8>,
    kept: StoredFile,
    is_immutable: bool,
    /// One page of many, which is compressed less and only with Brotli.
    is_page: bool,
    sha256: String,
}

/// One row of `site.json`: what the server needs to serve a file, and what the size report
/// measures.
#[derive(Debug, Clone, Serialize)]
struct ListingRow<'a> {
    path: &'a str,
    bytes: usize,
    br: Option<usize>,
    gz: Option<usize>,
    sha256: &'a str,
    precached: bool,
    /// Stored for offline use by staff tablets, in addition to the precached files.
    tablet: bool,
    immutable: bool,
}

#[derive(Serialize)]
struct AssembledListing<'a> {
    version: &'a str,
    files: Vec<ListingRow<'a>>,
}

impl AssembledSite {
    /// Adds a file at an absolute path. `kept` says which devices store it.
    pub(crate) fn add(&mut self, path: &str, bytes: Vec<u8>, kept: StoredFile) {
        self.push(path, bytes, kept, false);
    }

    /// Adds a page as HTML that no device stores: the app itself makes it there. `path` is its
    /// address.
    pub(super) fn add_page(&mut self, path: &str, html: String) {
        let name = if path == "/" { "/index" } else { path };
        self.push(&format!("/pages{name}.html"), html.into_bytes(), StoredFile::No, false);
        if let Some(file) = self.files.last_mut() {
            file.is_page = true;
        }
    }

    pub(super) fn add_named(&mut self, path: &str, bytes: Vec<u8>) -> String {
        self.push(path, bytes, StoredFile::No, false);
        path.into()
    }

    /// Adds a file under a name that contains a hash of its content; returns its URL path.
    pub(crate) fn add_hashed(
        &mut self,
        stem: &str,
        ending: &str,
        bytes: Vec<u8>,
        kept: StoredFile,
    ) -> String {
        let digest = Sha256::digest(&bytes);
        let hash: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let path = format!("/{stem}-{hash}.{ending}");
        self.push(&path, bytes, kept, true);
        path
    }

    fn push(&mut self, path: &str, bytes: Vec<u8>, kept: StoredFile, is_immutable: bool) {
        let sha256 = STANDARD.encode(Sha256::digest(&bytes));
        let path = path.into();
        self.files.push(AssembledFile { path, bytes, kept, is_immutable, is_page: false, sha256 });
    }

    /// The path of the first file whose path begins with `beginning`.
    pub(super) fn path_of(&self, beginning: &str) -> Option<String> {
        self.files.iter().map(|file| &file.path).find(|path| path.starts_with(beginning)).cloned()
    }

    /// Subresource Integrity metadata of a file; empty if the file does not exist.
    pub(super) fn integrity(&self, path: &str) -> String {
        self.files
            .iter()
            .find(|file| file.path == path)
            .map(|file| format!("sha256-{}", file.sha256))
            .unwrap_or_default()
    }

    /// Short fingerprint of all files stored for offline use: a change in any of them is a new
    /// version.
    pub(super) fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for file in self.files.iter().filter(|file| file.kept != StoredFile::No) {
            hash.update(&file.path);
            hash.update(&file.sha256);
        }
        hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// JSON pairs of URL path and SHA-256 that the service worker fetches and verifies.
    pub(super) fn precached_json(&self, kept: StoredFile) -> String {
        let pairs: Vec<(&str, &str)> = self
            .files
            .iter()
            .filter(|file| file.kept == kept)
            .map(|file| (file.path.as_str(), file.sha256.as_str()))
            .collect();
        serde_json::to_string(&pairs).unwrap_or_default()
    }

    /// Writes all files into a folder beside `out` and then swaps the two.
    pub(crate) fn write(&mut self, out: &Path, copies: CompressedCopies) -> AssemblyResult<()> {
        let fresh = out.with_extension("fresh");
        let old = out.with_extension("old");
        for stale in [&fresh, &old] {
            if stale.exists() {
                std::fs::remove_dir_all(stale).map_err(AssemblyFault::not_written(stale))?;
            }
        }
        let rows = write_files(&fresh, &self.files, copies)?;
        let is_page = |row: &&ListingRow<'_>| row.path.starts_with("/pages/");
        let mut page_bytes: Vec<usize> =
            rows.iter().filter(is_page).filter_map(|row| row.br).collect();
        page_bytes.sort_unstable();
        let listing =
            serde_json::to_vec_pretty(&AssembledListing { version: &self.version, files: rows })
                .unwrap_or_default();
        write(&fresh.join("site.json"), &listing)?;
        self.page_bytes = page_bytes;
        if out.exists() {
            std::fs::rename(out, &old).map_err(AssemblyFault::not_written(out))?;
        }
        std::fs::rename(&fresh, out).map_err(AssemblyFault::not_written(out))?;
        // The old site is no longer needed. If it cannot be removed now, the next run tries again.
        let _ = std::fs::remove_dir_all(&old);
        Ok(())
    }

    /// One line with the version, the number of files and their uncompressed size in kB. A second
    /// line with the sizes of the pages, if they were compressed.
    pub fn summary(&self) -> String {
        let total: usize = self.files.iter().map(|file| file.bytes.len()).sum();
        let site =
            format!("Site {}: {} files, {} kB.", self.version, self.files.len(), total / 1000);
        match (self.page_bytes.get(self.page_bytes.len() / 2), self.page_bytes.last()) {
            (Some(median), Some(largest)) => format!(
                "{site}\n{} pages in Brotli: {median} bytes (median), {largest} (largest).",
                self.page_bytes.len()
            ),
            _ => site,
        }
    }
}

/// Writes all files, on as many threads as the machine has processors: compressing them takes
/// nearly all of the time. Returns the rows in the order of the files.
fn write_files<'a>(
    dir: &Path,
    files: &'a [AssembledFile],
    copies: CompressedCopies,
) -> AssemblyResult<Vec<ListingRow<'a>>> {
    let next = AtomicUsize::new(0);
    let take = || {
        let mut rows = Vec::new();
        while let at = next.fetch_add(1, Ordering::Relaxed)
            && let Some(file) = files.get(at)
        {
            rows.push((at, write_file(dir, file, copies)?));
        }
        Ok(rows)
    };
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let mut rows = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..threads).map(|_| scope.spawn(take)).collect();
        let joined = writers.into_iter().map(|writer| writer.join().expect("no writer panics"));
        joined.collect::<AssemblyResult<Vec<_>>>()
    })?
    .concat();
    rows.sort_unstable_by_key(|(at, _)| *at);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

fn write_file<'a>(
    dir: &Path,
    file: &'a AssembledFile,
    copies: CompressedCopies,
) -> AssemblyResult<ListingRow<'a>> {
    let path = dir.join(file.path.trim_start_matches('/'));
    write(&path, &file.bytes)?;
    let is_compressed_already =
        [".png", ".br", ".gz", ".woff2"].iter().any(|ending| file.path.ends_with(ending));
    let is_sent = !is_frame(&file.path) && !SERVER_FILES.contains(&file.path.as_str());
    let keep = |ending: &str, packed: Vec<u8>| -> AssemblyResult<Option<usize>> {
        if packed.len() + SAVED_BYTES_MIN > file.bytes.len() {
            return Ok(None);
        }
        let mut name = path.clone().into_os_string();
        name.push(ending);
        write(Path::new(&name), &packed)?;
        Ok(Some(packed.len()))
    };
    let (br, gz) = if is_compressed_already || !is_sent || copies == CompressedCopies::None {
        (None, None)
    } else {
        let effort = if file.is_page { BROTLI_OF_PAGES } else { BROTLI };
        let br = keep(".br", brotli(&file.bytes, effort))?;
        // A client that does not accept Brotli gets a page uncompressed.
        let gz = if file.is_page { None } else { keep(".gz", gzip(&file.bytes))? };
        (br, gz)
    };
    if file.is_page && br.is_some_and(|bytes| bytes > PAGE_BYTES_MAX) {
        let what = "is larger than a first flight of packets (14,600 bytes in Brotli)";
        return Err(AssemblyFault::Content { path, what });
    }
    Ok(ListingRow {
        path: &file.path,
        bytes: file.bytes.len(),
        br,
        gz,
        sha256: &file.sha256,
        precached: file.kept == StoredFile::Always,
        tablet: file.kept == StoredFile::OnTablets,
        immutable: file.is_immutable,
    })
}

fn brotli(bytes: &[u8], effort: BrotliEffort) -> Vec<u8> {
    let mut packed = Vec::new();
    let params = BrotliEncoderParams {
        quality: effort.quality,
        lgwin: effort.window_bits,
        lgblock: BROTLI_BLOCK_BITS,
        ..BrotliEncoderParams::default()
    };
    let mut writer = brotli::CompressorWriter::with_params(&mut packed, 1 << 16, &params);
    writer.write_all(bytes).expect("writing to a Vec cannot fail");
    drop(writer);
    packed
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes).expect("writing to a Vec cannot fail");
    writer.finish().expect("writing to a Vec cannot fail")
}

/// Writes a file, and the folders above it if they are missing.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> AssemblyResult<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(AssemblyFault::not_written(parent))?;
    }
    std::fs::write(path, bytes).map_err(AssemblyFault::not_written(path))
}
