//! The newest edition of the service directory: the one that came with the site, or one that was
//! published beside it since. A running server picks up a new one automatically. An edition that is
//! older, of another municipality, cut short or damaged is refused, and the current one stays.

use crate::site::{File, ServedSite};
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::response::Response;
use brotli::enc::BrotliEncoderParams;
use casework::counter::overlay::{Dropped, Overlay, compose};
use document::PageFrame;
use domain::catalogue::{TranslationFile, Translations};
use domain::edition::{Edition, bundle_path};
use domain::office::OfficeRules;
use domain::survey::Survey;
use domain::{Catalogue, Language, MunicipalityId, ServiceId};
use finder::{EditionBundle, EditionWords, Finder, NotBundled, Whole, bundle_of, services_found};
use office::directory::ServiceDirectory;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Instant, SystemTime};
use vault::keys::Keys;

/// The subfolder of the data folder in which `cargo xtask catalogue publish` puts an edition.
const FOLDER: &str = "catalogue";
/// Brotli's highest quality, as in the publisher, because devices fetch it over weak signals. It
/// takes seconds of one core, so it is done beside the requests.
const BROTLI_BEST: i32 = 11;
/// The quality until then: a tenth larger, and made in some milliseconds, so that nobody waits
/// after a decision of the office.
const BROTLI_AT_ONCE: i32 = 5;
const BROTLI_WINDOW_BITS: i32 = 24;
const BROTLI_BLOCK_BITS: i32 = 16;

/// The editions that a server knows, shared between its requests.
pub struct Editions {
    municipality: MunicipalityId,
    folder: PathBuf,
    newest: RwLock<Arc<NewestEdition>>,
    /// The modification time of the published edition that was read last; the same one is not read
    /// again.
    seen: Mutex<Option<SystemTime>>,
    /// Held during a composition, so that only one runs at a time.
    composing: Mutex<()>,
}

/// What is served: an edition as it was published, or with the decisions of staff merged in.
#[derive(Clone)]
struct NewestEdition {
    base: Arc<PublishedBase>,
    composed: Option<Arc<ComposedEdition>>,
    /// The source of the last composition, whether it succeeded or failed; it is not tried again.
    tried: Option<EditionSource>,
}

/// The hash of a base's bundle, and the number of changes merged into it.
type EditionSource = ([u8; 32], u32);

struct PublishedBase {
    number: u32,
    catalogue: Arc<Catalogue>,
    /// The index of the catalogue, as devices have it.
    index: Arc<[u8]>,
    rules: Option<Arc<OfficeRules>>,
    surveys: Arc<Vec<Survey>>,
    bundle: [u8; 32],
    /// The complete directory; `None` if the site was built before servers could compose editions.
    whole: Option<(Catalogue, EditionWords)>,
    /// The files of a published edition; `None` for the edition that came with the app's site.
    published: Option<ServedSite>,
}

/// An edition that was composed here. When a new base arrives, it stays in use until the next one
/// is composed, because numbers only grow.
struct ComposedEdition {
    number: u32,
    catalogue: Arc<Catalogue>,
    bundle: [u8; 32],
    /// The catalogue and its texts in other languages, by their paths.
    files: Vec<(String, File)>,
    dropped: Vec<Dropped>,
}

/// The files of an edition from which its pages are written.
pub(crate) struct EditionFiles {
    /// SHA-256 of the bundle.
    pub(crate) hash: [u8; 32],
    /// The catalogue's file.
    pub(crate) bundle: Bytes,
    /// Those of the other languages.
    pub(crate) texts: Vec<EditionTexts>,
    /// Whether the frames of the site name these files already.
    is_of_site: bool,
}

/// The texts of an edition in a language.
pub(crate) struct EditionTexts {
    pub(crate) language: Language,
    pub(crate) bytes: Bytes,
    path: String,
}

impl EditionFiles {
    /// The frame of pages in this language, by which the app starts with this edition.
    pub(crate) fn named_in(&self, frame: &PageFrame, language: Language) -> PageFrame {
        if self.is_of_site {
            return frame.clone();
        }
        let texts = self.texts.iter().find(|texts| texts.language == language);
        frame.of_edition(&bundle_path(&self.hash), texts.map(|texts| texts.path.as_str()))
    }
}

impl Editions {
    /// Starts with the edition that came with the site; `None` if it holds none that can be read.
    pub fn of(site: &ServedSite, data_dir: &Path) -> Option<Self> {
        let (bytes, catalogue, index) = catalogue_in(site)?;
        let municipality = catalogue.municipality().id.clone();
        let base = PublishedBase::of(site, Sha256::digest(bytes).into(), (catalogue, index)).into();
        let newest = RwLock::new(Arc::new(NewestEdition { base, composed: None, tried: None }));
        Some(Self {
            municipality,
            folder: data_dir.join(FOLDER),
            newest,
            seen: Mutex::default(),
            composing: Mutex::default(),
        })
    }

    /// Checks whether a newer edition was published. Returns its number if it was accepted, `None`
    /// if there is nothing new, and the reason if it was refused.
    pub fn refresh(&self) -> Result<Option<u32>, String> {
        let written =
            std::fs::metadata(self.folder.join("site.json")).and_then(|data| data.modified()).ok();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if written.is_none() || *seen == written {
            return Ok(None);
        }
        *seen = written;
        let base = self.read()?;
        let (number, in_use) = (base.number, self.newest().base.number);
        if number <= in_use {
            // A site that was installed since has a newer directory.
            tracing::warn!(number, in_use, "a published catalogue is not newer; it is not used");
            return Ok(None);
        }
        self.change(|newest| newest.base = base.into());
        Ok(Some(number))
    }

    /// Reads the published edition and checks that it may replace the one in use. Compares the
    /// numbers as published.
    fn read(&self) -> Result<PublishedBase, String> {
        let site = ServedSite::read(&self.folder).map_err(|fault| fault.to_string())?;
        let (bytes, catalogue, index) = catalogue_in(&site)
            .ok_or("it is damaged, or of a format that this server does not know")?;
        let bundle: [u8; 32] = Sha256::digest(bytes).into();
        if !site.has(&bundle_path(&bundle)) {
            return Err("its content is not what its name says".into());
        }
        if catalogue.municipality().id != self.municipality {
            return Err(format!("it is of “{}”", catalogue.municipality().id));
        }
        let base = PublishedBase::of(&site, bundle, (catalogue, index));
        Ok(PublishedBase { published: Some(site), ..base })
    }

    fn newest(&self) -> Arc<NewestEdition> {
        self.newest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut NewestEdition)) {
        change(Arc::make_mut(&mut self.newest.write().unwrap_or_else(PoisonError::into_inner)));
    }

    /// The number of the newest edition.
    pub fn number(&self) -> u32 {
        let newest = self.newest();
        newest.composed.as_ref().map_or(newest.base.number, |composed| composed.number)
    }

    /// The signed description of the newest edition, for devices.
    pub fn edition(&self, keys: &Keys, now_ms: u64) -> Edition {
        let newest = self.newest();
        let (number, bundle) =
            newest.composed.as_ref().map_or((newest.base.number, newest.base.bundle), |composed| {
                (composed.number, composed.bundle)
            });
        keys.sign_edition(&self.municipality, number, bundle, now_ms)
    }

    /// Serves a file of the newest edition; `None` if it has no such file.
    pub fn answer(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let newest = self.newest();
        let composed = newest
            .composed
            .as_ref()
            .and_then(|composed| composed.file(path))
            .map(|file| file.answer(headers));
        composed.or_else(|| {
            newest
                .base
                .published
                .as_ref()
                .filter(|site| site.has(path))
                .map(|site| site.answer(path, headers))
        })
    }

    /// The files of the newest edition; `None` if one of them is missing. `site` is the app's own.
    pub(crate) fn files(&self, site: &ServedSite) -> Option<EditionFiles> {
        let NewestEdition { base, composed, .. } = &*self.newest();
        let site = base.published.as_ref().unwrap_or(site);
        let (hash, catalogue) = match composed {
            Some(composed) => (composed.bundle, &composed.catalogue),
            None => (base.bundle, &base.catalogue),
        };
        let file = |path: &str| match composed {
            Some(composed) => composed.file(path).map(File::content),
            None => site.file(path),
        };
        let bundle = match composed {
            Some(_) => file(&bundle_path(&hash)),
            None => site.bundle(),
        };
        let texts = catalogue.file().translations.iter().map(|texts| {
            let path = texts.path();
            Some(EditionTexts { language: texts.language, bytes: file(&path)?, path })
        });
        let is_of_site = composed.is_none() && base.published.is_none();
        Some(EditionFiles {
            hash,
            bundle: bundle?,
            texts: texts.collect::<Option<_>>()?,
            is_of_site,
        })
    }

    /// Whether the newest edition is the one that came with the app's site.
    pub fn is_of_site(&self) -> bool {
        let newest = self.newest();
        newest.composed.is_none() && newest.base.published.is_none()
    }

    /// The address of a service whose id was changed or merged into another; `None` for every other
    /// address.
    pub fn moved(&self, path: &str) -> Option<String> {
        let (before, id) = path.rsplit_once('/')?;
        if before != "/services" && before != "/fr/services" {
            return None;
        }
        let id = ServiceId::parse(id).ok()?;
        let catalogue = self.catalogue();
        let service = catalogue.service(&id).filter(|service| service.id != id)?;
        Some(format!("{before}/{}", service.id))
    }

    /// The address of the web page that a record of the newest edition is based on; `None` if it is
    /// unknown.
    pub fn source(&self, site: &ServedSite, record: &str) -> Option<String> {
        let newest = self.newest();
        newest.base.published.as_ref().unwrap_or(site).source(record).map(String::from)
    }
}

impl ServiceDirectory for Editions {
    fn catalogue(&self) -> Arc<Catalogue> {
        let newest = self.newest();
        newest
            .composed
            .as_ref()
            .map_or(&newest.base.catalogue, |composed| &composed.catalogue)
            .clone()
    }

    fn published(&self) -> Option<Catalogue> {
        self.newest().base.whole.as_ref().map(|(whole, _)| whole.clone())
    }

    fn services_about(&self, words: &str, most: usize) -> Vec<ServiceId> {
        let base = &self.newest().base;
        let Some(finder) = Finder::of(&base.index) else { return Vec::new() };
        let services = services_found(&base.catalogue, &finder, words, most);
        services.into_iter().map(|service| service.id.clone()).collect()
    }

    fn translations(&self) -> Vec<Translations> {
        let newest = self.newest();
        newest.base.whole.as_ref().map(|(_, words)| words.translations.clone()).unwrap_or_default()
    }

    fn dropped(&self) -> Vec<Dropped> {
        self.newest().composed.as_ref().map(|composed| composed.dropped.clone()).unwrap_or_default()
    }

    fn rules(&self) -> Option<Arc<OfficeRules>> {
        self.newest().base.rules.clone()
    }

    fn surveys(&self) -> Arc<Vec<Survey>> {
        self.newest().base.surveys.clone()
    }

    fn is_composed(&self, overlay: Option<&Overlay>) -> bool {
        let newest = self.newest();
        newest.tried == newest.base.source(overlay)
    }

    fn compose(&self, overlay: Option<&Overlay>) {
        let _alone = self.composing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_composed(overlay) {
            return;
        }
        let base = self.newest().base.clone();
        let composed = overlay.zip(base.whole.as_ref()).and_then(|(overlay, (whole, words))| {
            let made = ComposedEdition::of(whole, words, overlay);
            made.inspect_err(|fault| tracing::error!(%fault, "no edition could be made of what the office decided; the published one is used")).ok()
        });
        for dropped in composed.iter().flat_map(|composed| &composed.dropped) {
            tracing::warn!(%dropped, "a decision of the office does not fit the newest catalogue; it is left out");
        }
        let composed = composed.map(Arc::new).inspect(pack_best);
        self.change(|newest| (newest.composed, newest.tried) = (composed, base.source(overlay)));
    }
}

impl PublishedBase {
    fn of(site: &ServedSite, bundle: [u8; 32], (catalogue, index): (Catalogue, &[u8])) -> Self {
        Self {
            number: catalogue.version(),
            rules: rules_in(site),
            surveys: surveys_in(site, &catalogue),
            whole: whole_in(site, &catalogue),
            catalogue: catalogue.into(),
            index: index.into(),
            bundle,
            published: None,
        }
    }

    /// The source of a composition; `None` if nothing is to be composed.
    fn source(&self, overlay: Option<&Overlay>) -> Option<EditionSource> {
        overlay.filter(|_| self.whole.is_some()).map(|overlay| (self.bundle, overlay.changes))
    }
}

impl ComposedEdition {
    fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|(known, _)| path == known).map(|(_, file)| file)
    }

    fn of(whole: &Catalogue, words: &EditionWords, overlay: &Overlay) -> Result<Self, NotBundled> {
        let began = Instant::now();
        let (composed, dropped) = compose(whole, overlay);
        let EditionBundle { catalogue, bytes, translations } = bundle_of(&composed, words)?;
        let bundle = Sha256::digest(&bytes).into();
        let size = bytes.len();
        let mut files = vec![(bundle_path(&bundle), made(bytes))];
        let paths = catalogue.file().translations.iter().map(TranslationFile::path);
        files.extend(paths.zip(translations.into_iter().map(|(_, bytes)| made(bytes))));
        let (number, ms) = (composed.version(), began.elapsed().as_millis() as u64);
        tracing::info!(
            number,
            ms,
            bytes = size,
            translations = files.len() - 1,
            "an edition was made of what the office decided"
        );
        Ok(Self { number, catalogue: catalogue.into(), bundle, files, dropped })
    }
}

fn made(bytes: Vec<u8>) -> File {
    let sha256 = Sha256::digest(&bytes).into();
    let packed_now = packed(&bytes, BROTLI_AT_ONCE);
    File::made(bytes, packed_now, &sha256)
}

/// Compresses the files of an edition as small as possible, on a thread of its own. It does nothing
/// for an edition that was replaced in the meantime.
fn pack_best(edition: &Arc<ComposedEdition>) {
    let edition = Arc::downgrade(edition);
    let work = move || {
        for at in 0.. {
            let Some(edition) = edition.upgrade() else { return };
            let Some((_, file)) = edition.files.get(at) else { return };
            file.set_smaller(packed(&file.content(), BROTLI_BEST));
        }
    };
    if let Err(fault) = std::thread::Builder::new().name("packing".into()).spawn(work) {
        tracing::warn!(%fault, "an edition is served a tenth larger than it could be");
    }
}

fn packed(bytes: &[u8], quality: i32) -> Vec<u8> {
    let params = BrotliEncoderParams {
        quality,
        lgwin: BROTLI_WINDOW_BITS,
        lgblock: BROTLI_BLOCK_BITS,
        ..BrotliEncoderParams::default()
    };
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::with_params(&mut packed, 1 << 16, &params);
    writer.write_all(bytes).expect("writing to a Vec does not fail");
    drop(writer);
    packed
}

/// The newest service directory, for commands: the published one, or the site's. `None` if neither
/// can be read.
pub fn newest_catalogue(site: &ServedSite, data_dir: &Path) -> Option<Catalogue> {
    let own = catalogue_in(site).map(|(_, catalogue, _)| catalogue)?;
    let published = ServedSite::read(&data_dir.join(FOLDER))
        .ok()
        .and_then(|site| catalogue_in(&site).map(|(_, catalogue, _)| catalogue));
    Some(published.filter(|published| published.version() > own.version()).unwrap_or(own))
}

fn rules_in(site: &ServedSite) -> Option<Arc<OfficeRules>> {
    let read = serde_json::from_slice(site.bytes("/office.json", "")?);
    read.inspect_err(
        |fault| tracing::error!(%fault, "the response times of the office cannot be read; nothing has a due time"),
    )
    .ok()
    .map(Arc::new)
}

/// All survey versions. An edition from before there were versions has only its own.
fn surveys_in(site: &ServedSite, catalogue: &Catalogue) -> Arc<Vec<Survey>> {
    let read = site.bytes("/surveys.json", "").map(serde_json::from_slice::<Vec<Survey>>);
    let read = read.and_then(|read| {
        read.inspect_err(|fault| tracing::error!(%fault, "the survey’s versions cannot be read"))
            .ok()
    });
    read.unwrap_or_else(|| vec![catalogue.survey().clone()]).into()
}

/// The complete directory, only if it belongs to this edition and passes all checks.
fn whole_in(site: &ServedSite, catalogue: &Catalogue) -> Option<(Catalogue, EditionWords)> {
    let read = serde_json::from_slice::<Whole>(site.bytes("/whole.json", "")?)
        .map_err(|fault| fault.to_string());
    let checked = read.and_then(|Whole { catalogue: file, words }| {
        let is_of_it = file.version == catalogue.version()
            && file.municipality.id == catalogue.municipality().id;
        let whole = Catalogue::check(file).map_err(|faults| {
            faults.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        })?;
        is_of_it.then_some((whole, words)).ok_or_else(|| "it is of another edition".into())
    });
    checked
        .inspect_err(|fault| {
            tracing::error!(
                fault,
                "the whole catalogue cannot be read; decisions of the office reach no device"
            )
        })
        .ok()
}

/// The bytes of the site's catalogue, the catalogue, and its index.
fn catalogue_in(site: &ServedSite) -> Option<(&[u8], Catalogue, &[u8])> {
    let bytes = site.bytes("/catalogue-", ".bin")?;
    let (catalogue, index) = Catalogue::from_bundle(bytes)?;
    Some((bytes, catalogue, index))
}
