//! The newest edition of the catalogue: the one that came with the site, or one that was published beside it since. A running
//! server takes a new one by itself; what is older, foreign, cut short or damaged is refused, and the one before stays.

use crate::keys::Keys;
use crate::site::Site;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::edition::{Edition, bundle_path};
use domain::office::OfficeRules;
use domain::survey::Survey;
use domain::{Catalogue, MunicipalityId};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};
use std::time::SystemTime;

/// Where `cargo xtask catalogue publish` puts an edition, in the data folder.
const FOLDER: &str = "catalogue";

pub struct Editions {
    municipality: MunicipalityId,
    folder: PathBuf,
    newest: RwLock<Arc<Newest>>,
    /// When the folder that was looked at last was written; the same one is not looked at again.
    seen: Mutex<Option<SystemTime>>,
}

struct Newest {
    number: u32,
    catalogue: Arc<Catalogue>,
    rules: Option<Arc<OfficeRules>>,
    surveys: Arc<Vec<Survey>>,
    bundle: [u8; 32],
    /// Nothing for the edition that came with the app's site.
    published: Option<Site>,
}

impl Editions {
    /// Begins with what came with the site.
    pub fn of(site: &Site, data_dir: &Path) -> Option<Self> {
        let (bytes, catalogue) = catalogue_in(site)?;
        let municipality = catalogue.municipality().id.clone();
        let (number, rules, surveys) = (catalogue.version(), rules_in(site), surveys_in(site, &catalogue));
        let newest = Newest { number, catalogue: catalogue.into(), rules, surveys, bundle: Sha256::digest(bytes).into(), published: None };
        Some(Self { municipality, folder: data_dir.join(FOLDER), newest: RwLock::new(Arc::new(newest)), seen: Mutex::default() })
    }

    /// Looks whether a newer one was published. Gives its number when it was taken, and what is wrong with it when it was not.
    pub fn refresh(&self) -> Result<Option<u32>, String> {
        let written = std::fs::metadata(self.folder.join("site.json")).and_then(|data| data.modified()).ok();
        let mut seen = self.seen.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if written.is_none() || *seen == written {
            return Ok(None);
        }
        *seen = written;
        let newest = self.read()?;
        let number = newest.number;
        *self.newest.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = Arc::new(newest);
        Ok(Some(number))
    }

    /// The published edition, if it may take the place of the one in use.
    fn read(&self) -> Result<Newest, String> {
        let site = Site::read(&self.folder).map_err(|fault| fault.to_string())?;
        let (bytes, catalogue) = catalogue_in(&site).ok_or("it is damaged, or of a format that this server does not know")?;
        let bundle: [u8; 32] = Sha256::digest(bytes).into();
        if !site.has(&bundle_path(&bundle)) {
            return Err("its content is not what its name says".into());
        }
        if catalogue.municipality().id != self.municipality {
            return Err(format!("it is of “{}”", catalogue.municipality().id));
        }
        let (number, in_use) = (catalogue.version(), self.newest().number);
        if number <= in_use {
            return Err(format!("it has number {number}, and {in_use} is in use"));
        }
        Ok(Newest { number, rules: rules_in(&site), surveys: surveys_in(&site, &catalogue), catalogue: catalogue.into(), bundle, published: Some(site) })
    }

    fn newest(&self) -> Arc<Newest> {
        self.newest.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    /// The newest catalogue.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        self.newest().catalogue.clone()
    }

    /// What the office promises; nothing where the municipality has said nothing.
    pub fn rules(&self) -> Option<Arc<OfficeRules>> {
        self.newest().rules.clone()
    }

    /// Every version of the survey, the newest first: answers keep the version they were given to.
    pub fn surveys(&self) -> Arc<Vec<Survey>> {
        self.newest().surveys.clone()
    }

    /// What devices are told, signed.
    pub fn edition(&self, keys: &Keys, now_ms: u64) -> Edition {
        let newest = self.newest();
        keys.sign_edition(&self.municipality, newest.number, newest.bundle, now_ms)
    }

    /// Answers for a file of the published edition; nothing when it has no such file.
    pub fn answer(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let newest = self.newest();
        newest.published.as_ref().filter(|site| site.has(path)).map(|site| site.answer(path, headers))
    }

    /// The page on which a record of the newest edition rests.
    pub fn source(&self, site: &Site, record: &str) -> Option<String> {
        let newest = self.newest();
        newest.published.as_ref().unwrap_or(site).source(record).map(String::from)
    }
}

/// The newest catalogue that a command can read: the published one, or the site's.
pub fn newest_catalogue(site: &Site, data_dir: &Path) -> Option<Catalogue> {
    let own = catalogue_in(site).map(|(_, catalogue)| catalogue)?;
    let published = Site::read(&data_dir.join(FOLDER)).ok().and_then(|site| catalogue_in(&site).map(|(_, catalogue)| catalogue));
    Some(published.filter(|published| published.version() > own.version()).unwrap_or(own))
}

fn rules_in(site: &Site) -> Option<Arc<OfficeRules>> {
    let read = serde_json::from_slice(site.bytes("/office.json", "")?);
    read.inspect_err(|fault| tracing::error!(%fault, "what the office promises cannot be read; no clock runs")).ok().map(Arc::new)
}

/// An edition that was made before there were versions has the one that is asked.
fn surveys_in(site: &Site, catalogue: &Catalogue) -> Arc<Vec<Survey>> {
    let read = site.bytes("/surveys.json", "").map(serde_json::from_slice::<Vec<Survey>>);
    let read = read.and_then(|read| read.inspect_err(|fault| tracing::error!(%fault, "the survey's versions cannot be read")).ok());
    read.unwrap_or_else(|| vec![catalogue.survey().clone()]).into()
}

fn catalogue_in(site: &Site) -> Option<(&[u8], Catalogue)> {
    let bytes = site.bytes("/catalogue-", ".bin")?;
    Some((bytes, Catalogue::from_bundle(bytes)?.0))
}
