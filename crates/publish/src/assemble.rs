//! Assembles the site: one folder with every file that the server serves, compressed ahead of time.

mod css;
mod html;
mod manifest;
pub(crate) mod site;
mod sitemap;

use crate::located::report;
use crate::source::{check_dir, office_rules, surveys};
use community_hub_app::render::RenderedPage;
use document::{PageFrame, frame_path};
use domain::catalogue::{Catalogue, CatalogueFile};
use domain::hours::Date;
use domain::text::Language;
use finder::{EditionBundle, EditionWords, NotBundled, Whole};
use html::{AppScript, Worker};
pub use site::CompressedCopies;
use site::{AssembledSite, StoredFile};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Inputs and output of an assembly.
#[derive(Debug, Clone)]
pub struct Assembly {
    /// The compiled app: `app.js`, `app.wasm` and, if it has two parts, `second.wasm`; the app for
    /// staff tablets is under `counter/`.
    pub app: PathBuf,
    /// The municipality's folder.
    pub data: PathBuf,
    /// Output folder; replaced as a whole.
    pub out: PathBuf,
    /// The project folder, with `index.html`, `style/` and `public/`.
    pub root: PathBuf,
    /// Which compressed copies of the files it contains.
    pub copies: CompressedCopies,
}

/// Why no site was assembled. The output folder is then unchanged.
#[derive(Debug, thiserror::Error)]
pub enum AssemblyFault {
    /// The catalogue has faults; the report lists them all.
    #[error("{0}")]
    Catalogue(String),
    /// A file or folder cannot be read or written.
    #[error("{}: cannot be {action}", path.display())]
    Access {
        /// Path of the file or folder.
        path: PathBuf,
        /// What was tried: `read` or `written`.
        action: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The content of a file is not what it should be.
    #[error("{}: {what}", path.display())]
    Content {
        /// Path of the file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A template is malformed or uses a value that does not exist.
    #[error("the template {name} cannot be filled, at: {line}")]
    Template {
        /// Name of the template's file.
        name: String,
        /// The line of the template, for finding it.
        line: String,
        /// Why it cannot be filled.
        source: minijinja::Error,
    },
    /// The app cannot read the catalogue that was bundled for it.
    #[error("the pages cannot be written: the bundled catalogue cannot be read")]
    Unrendered,
    /// The catalogue cannot be bundled.
    #[error(transparent)]
    Bundle(#[from] NotBundled),
}

impl AssemblyFault {
    /// For `map_err`: `path` could not be read.
    pub(crate) fn not_read(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Access { path: path.into(), action: "read", source }
    }

    /// For `map_err`: `path` could not be written.
    pub(crate) fn not_written(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Access { path: path.into(), action: "written", source }
    }
}

/// The result of a step of the assembly.
pub(crate) type AssemblyResult<T> = std::result::Result<T, AssemblyFault>;

/// Assembles the site and swaps it into place once it is complete.
pub fn assemble(assembly: &Assembly) -> AssemblyResult<AssembledSite> {
    let (catalogue, words) =
        check_dir(&assembly.data).map_err(|faults| AssemblyFault::Catalogue(report(&faults)))?;
    let file = catalogue.file();
    let mut site = AssembledSite::default();
    let bundle = finder::bundle_of(&catalogue, &words)?;
    let pages = match assembly.copies {
        CompressedCopies::Smallest => {
            community_hub_app::render::pages(&bundle.bytes, &bundle.translations)
                .ok_or(AssemblyFault::Unrendered)?
        }
        CompressedCopies::None => Vec::new(),
    };
    let bundle = add_bundle(&mut site, bundle, StoredFile::Always);
    let css = |folders: &[&str]| {
        css::bundle(&assembly.root.join("style"), folders, &file.municipality.colours)
            .map(String::into_bytes)
    };
    let app = add_app(&mut site, &assembly.app, "app", css(&["components"])?, StoredFile::Always)?;
    let counter = add_app(
        &mut site,
        &assembly.app.join("counter"),
        "counter",
        css(&["components", "counter"])?,
        StoredFile::OnTablets,
    )?;
    site.add(
        "/sources.json",
        serde_json::to_vec_pretty(&sources(file)).unwrap_or_default(),
        StoredFile::No,
    );
    add_for_office(&mut site, &assembly.data, &catalogue, words);
    add_public(&mut site, &assembly.root.join("public"))?;
    add_pages(
        &mut site,
        assembly,
        &catalogue,
        &SiteParts { catalogue: bundle, pages, app, counter },
    )?;
    let worker = Worker {
        cache: &site.fingerprint(),
        files: &site.precached_json(StoredFile::Always),
        tablet_files: &site.precached_json(StoredFile::OnTablets),
    };
    let worker = html::script("public/sw.js", &template(&assembly.root, "public/sw.js")?, &worker)?;
    site.add("/sw.js", without_comments(&worker).into_bytes(), StoredFile::No);
    site.version = version_of(&site);
    site.write(&assembly.out, assembly.copies)?;
    Ok(site)
}

/// URLs of the parts that the pages refer to.
struct SiteParts {
    catalogue: String,
    pages: Vec<RenderedPage>,
    app: BuiltApp,
    counter: BuiltApp,
}

/// URLs of the files of one compiled app.
struct BuiltApp {
    css: String,
    wasm: String,
    start: String,
}

fn add_app(
    site: &mut AssembledSite,
    dir: &Path,
    stem: &str,
    css: Vec<u8>,
    kept: StoredFile,
) -> AssemblyResult<BuiltApp> {
    let css = site.add_hashed(stem, "css", css, kept);
    let wasm = site.add_hashed(stem, "wasm", read(&dir.join("app.wasm"))?, kept);
    let second = dir.join("second.wasm");
    let second = match second.exists() {
        true => site.add_hashed(&format!("{stem}-second"), "wasm", read(&second)?, kept),
        false => String::new(),
    };
    let script = AppScript {
        wasm: &wasm,
        wasm_integrity: &site.integrity(&wasm),
        second: &second,
        second_integrity: &site.integrity(&second),
    };
    let start = html::script("app.js", &template(dir, "app.js")?, &script)?;
    let start = site.add_hashed(stem, "js", start.into_bytes(), kept);
    Ok(BuiltApp { css, wasm, start })
}

fn version_of(site: &AssembledSite) -> String {
    format!("{} ({})", env!("CARGO_PKG_VERSION"), &site.fingerprint()[..7])
}

/// Adds the catalogue with its search index in the form that the app reads, and a file of texts for
/// each other language, which only readers of that language fetch. Returns the path of the
/// catalogue.
pub(crate) fn add_catalogue(
    site: &mut AssembledSite,
    catalogue: &Catalogue,
    words: &EditionWords,
    kept: StoredFile,
) -> AssemblyResult<String> {
    Ok(add_bundle(site, finder::bundle_of(catalogue, words)?, kept))
}

fn add_bundle(site: &mut AssembledSite, bundle: EditionBundle, kept: StoredFile) -> String {
    for (language, bytes) in bundle.translations {
        site.add_hashed(&format!("texts-{}", language.tag()), "bin", bytes, StoredFile::No);
    }
    site.add_hashed("catalogue", "bin", bundle.bytes, kept)
}

/// Adds the files that only the server reads: the rules for handling inquiries, if the municipality
/// has any; every version of the survey, newest first; and the whole catalogue, which the server
/// combines with the decisions of staff.
pub(crate) fn add_for_office(
    site: &mut AssembledSite,
    data: &Path,
    catalogue: &Catalogue,
    words: EditionWords,
) {
    if let Some(rules) = office_rules(data) {
        site.add(
            "/office.json",
            serde_json::to_vec_pretty(&rules).unwrap_or_default(),
            StoredFile::No,
        );
    }
    site.add(
        "/surveys.json",
        serde_json::to_vec(&surveys(data)).unwrap_or_default(),
        StoredFile::No,
    );
    let whole = Whole { catalogue: catalogue.file().clone(), words };
    site.add("/whole.json", serde_json::to_vec(&whole).unwrap_or_default(), StoredFile::No);
}

/// Source URLs of the records, keyed by `services/…` and `hubs/…`; the server redirects to them.
pub(crate) fn sources(file: &CatalogueFile) -> BTreeMap<String, &str> {
    let services =
        file.services.iter().map(|service| (format!("services/{}", service.id), &service.source));
    let hubs = file.hubs.iter().map(|hub| (format!("hubs/{}", hub.id), &hub.source));
    services
        .chain(hubs)
        .filter_map(|(record, source)| Some((record, source.url.as_deref()?)))
        .collect()
}

/// Adds everything under `public/` except the templates, unchanged. Precaches the icons that every
/// page shows.
fn add_public(site: &mut AssembledSite, public: &Path) -> AssemblyResult<()> {
    for path in files_below(public)? {
        let name = path.strip_prefix(public).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let is_template = matches!(name.as_str(), "sw.js" | "boot.js");
        let is_precached =
            matches!(name.as_str(), "icons.svg" | "shoreline.svg" | "icons/icon.svg");
        if !is_template {
            site.add(
                &format!("/{name}"),
                read(&path)?,
                if is_precached { StoredFile::Always } else { StoredFile::No },
            );
        }
    }
    Ok(())
}

fn add_pages(
    site: &mut AssembledSite,
    assembly: &Assembly,
    catalogue: &Catalogue,
    parts: &SiteParts,
) -> AssemblyResult<()> {
    let file = catalogue.file();
    let template = template(&assembly.root, "index.html")?;
    let version = version_of(site);
    let page = |site: &AssembledSite,
                app: &BuiltApp,
                language: Language,
                manifest: &str,
                is_filled_later: bool| {
        let texts = site.path_of(&format!("/texts-{}-", language.tag()));
        let parts = html::PageParts {
            catalogue: &parts.catalogue,
            texts: texts.as_deref(),
            css: &app.css,
            wasm: &app.wasm,
            start: &app.start,
            manifest,
            version: &version,
            is_filled_later,
        };
        html::page(&template, file, language, parts)
    };
    for &language in &file.municipality.languages {
        let folder = if language == Language::English { "" } else { "/fr" };
        let manifest = manifest::manifest(file, language);
        let manifest =
            site.add_named(&format!("{folder}/manifest.webmanifest"), manifest.into_bytes());
        site.add(
            &format!("{folder}/index.html"),
            page(site, &parts.app, language, &manifest, false)?.into_bytes(),
            StoredFile::Always,
        );
        // A site without pages has no frame either: with a frame, the server would write pages on
        // request.
        if !parts.pages.is_empty() {
            let frame = PageFrame::new(page(site, &parts.app, language, &manifest, true)?);
            for page in parts.pages.iter().filter(|page| page.language == language) {
                site.add_page(&page.path, frame.filled(page, catalogue, today()));
            }
            site.add(frame_path(language), frame.html().into(), StoredFile::No);
        }
    }
    // A tablet has one page before the app starts, whichever language staff choose later.
    site.add(
        "/counter/index.html",
        page(site, &parts.counter, Language::English, "/manifest.webmanifest", false)?.into_bytes(),
        StoredFile::OnTablets,
    );
    sitemap::add(site, catalogue);
    Ok(())
}

/// Removes comments that have lines of their own, and indentation, from one of the project's
/// scripts.
fn without_comments(script: &str) -> String {
    let lines: Vec<&str> = script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .collect();
    lines.join("\n")
}

fn template(root: &Path, name: &str) -> AssemblyResult<String> {
    let path = root.join(name);
    String::from_utf8(read(&path)?)
        .map_err(|_| AssemblyFault::Content { path, what: "is not text" })
}

fn read(path: &Path) -> AssemblyResult<Vec<u8>> {
    std::fs::read(path).map_err(AssemblyFault::not_read(path))
}

/// All files below a folder, sorted by path.
fn files_below(dir: &Path) -> AssemblyResult<Vec<PathBuf>> {
    let entries = std::fs::read_dir(dir).map_err(AssemblyFault::not_read(dir))?;
    let mut found = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(files_below(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The day on which the site is made, in UTC.
fn today() -> Date {
    let age = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let days = i32::try_from(age.as_secs() / 86_400).unwrap_or(i32::MAX);
    Date::from_days_since_1970(days)
}
