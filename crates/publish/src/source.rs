//! Reads a municipality's folder. Each record is read on its own, so that a broken one does not
//! hide the others; the records that could be read are then checked as a whole.

mod file;
mod places;
mod survey;
mod thesaurus;
mod translation;

use crate::located::Located;
use domain::catalogue::{Catalogue, CatalogueFile, Fault, Problem};
use domain::hours::Date;
use domain::municipality::Municipality;
use domain::office::OfficeRules;
use domain::survey::Survey;
use domain::text::utf8_of;
use file::FileReader;
use finder::EditionWords;
use finder::thesaurus::Thesaurus;
use places::Places;
use schemars::JsonSchema;
use serde::Deserialize;
use std::io::Write;
use std::path::Path;
pub(crate) use survey::{PublishedVersion, SurveyHead, hold_newest};

/// The text of a file in UTF-8, without a byte order mark. The error of a file in another encoding
/// says which, in which line, and how to save it.
pub fn read_text(path: &Path) -> std::io::Result<String> {
    let bytes = std::fs::read(path)?;
    let text = utf8_of(&bytes).map_err(|foreign| {
        std::io::Error::new(std::io::ErrorKind::InvalidData, foreign.to_string())
    })?;
    Ok(text.into())
}

/// Replaces the text of a file, or creates it. It happens in one step: when it breaks off, the file
/// has all of the old text. A link, the owner and the permissions stay.
pub fn replace_text(path: &Path, text: &str) -> std::io::Result<()> {
    let path = if path.exists() { std::fs::canonicalize(path)? } else { path.into() };
    let fresh = path.with_extension("part");
    let done = write_like(&fresh, &path, text).and_then(|()| std::fs::rename(&fresh, &path));
    if done.is_err() {
        // If it was never made, there is nothing to remove.
        let _ = std::fs::remove_file(&fresh);
    }
    done
}

/// Writes a new file with the owner and the permissions of `like`, if that exists.
fn write_like(fresh: &Path, like: &Path, text: &str) -> std::io::Result<()> {
    let mut file = std::fs::File::create(fresh)?;
    file.write_all(text.as_bytes())?;
    if let Ok(like) = std::fs::metadata(like) {
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, fchown};
            // Without the right to do so, the file belongs to who runs this, as with an editor.
            let _ = fchown(&file, Some(like.uid()), Some(like.gid()));
        }
        file.set_permissions(like.permissions())?;
    }
    file.sync_all()
}

/// A municipality's folder as read: its content, its faults so far, and the line of every record.
pub struct Source {
    /// Content of the catalogue, unchecked; `None` if an essential file could not be read.
    pub catalogue: Option<CatalogueFile>,
    /// Synonyms for the search, and translations; empty if there is no file.
    pub words: EditionWords,
    /// Rules for handling inquiries; `None` if the municipality does not handle any yet.
    pub office: Option<OfficeRules>,
    /// All versions of the survey, newest first.
    pub surveys: Vec<Survey>,
    /// Faults found while reading.
    pub faults: Vec<Located>,
    places: Places,
    /// Ids of records that exist but could not be read.
    unreadable: Vec<String>,
}

// The keys of `municipality.toml` that describe the edition. Not a doc comment: those get into the
// schema.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EditionFile {
    /// Number of the catalogue's edition. Raise it with every publication;
    /// `cargo xtask catalogue publish` does so.
    #[schemars(range(min = 1))]
    version: u32,
    /// Day on which this edition was compiled, as in `2026-11-23`.
    published_on: Date,
}

impl Source {
    /// Reads all files of a folder. Never fails: faults are collected.
    pub fn read(dir: &Path) -> Self {
        let mut reader = FileReader::new(dir);
        let edition: Option<EditionFile> =
            reader.head("municipality.toml", "municipality", &["version", "published_on"], true);
        let municipality: Option<Municipality> =
            reader.head("municipality.toml", "municipality", &["version", "published_on"], false);
        let categories = reader.records("categories.toml", "category");
        let services = reader.records_in("services", "service");
        let tasks = reader.records("tasks.toml", "task");
        let facilities = reader.records("facilities.toml", "facility");
        let hubs = reader.records_in("hubs", "hub");
        let holidays = reader.records("holidays.toml", "holiday");
        let recurring_closures = reader.records("holidays.toml", "recurring_closure");
        let surveys = survey::read(&mut reader);
        let concept = reader.optional_records("thesaurus.toml", "concept");
        let elsewhere = reader.optional_records("thesaurus.toml", "elsewhere");
        let places = reader.optional_records("places.toml", "place");
        let alerts = reader.optional_records("alerts.toml", "alert");
        let terminals = reader.optional_records("terminals.toml", "terminal");
        let life_events = reader.optional_records("life-events.toml", "life_event");
        let translations = translation::read(&mut reader);
        let has_office = dir.join("office.toml").exists();
        let office = has_office.then(|| reader.head("office.toml", "office", &[], false)).flatten();
        let catalogue = match (edition, municipality, surveys.first().cloned()) {
            (Some(EditionFile { version, published_on }), Some(municipality), Some(survey)) => {
                Some(CatalogueFile {
                    version,
                    published_on,
                    municipality,
                    categories,
                    services,
                    tasks,
                    facilities,
                    hubs,
                    holidays,
                    recurring_closures,
                    survey,
                    elsewhere,
                    places,
                    alerts,
                    terminals,
                    life_events,
                    translations: Vec::new(),
                })
            }
            _ => None,
        };
        let FileReader { faults, places, unreadable, .. } = reader;
        Self {
            catalogue,
            words: EditionWords { thesaurus: Thesaurus { concept }, translations },
            office,
            surveys,
            faults,
            places,
            unreadable,
        }
    }

    /// Checks the records as a whole. Errors with every fault of every file.
    pub fn check(self) -> Result<(Catalogue, EditionWords), Vec<Located>> {
        let Self { catalogue, words, office, mut faults, places, unreadable, .. } = self;
        let Some(file) = catalogue else { return Err(faults) };
        faults.extend(
            thesaurus::faults_of(&words.thesaurus, &file).iter().map(|fault| places.locate(fault)),
        );
        let checked = Catalogue::check(file);
        if let (Ok(catalogue), Some(office)) = (&checked, &office) {
            faults.extend(office.faults(catalogue).into_iter().map(office_fault));
        }
        match checked {
            Ok(catalogue) if faults.is_empty() => Ok((catalogue, words)),
            Ok(_) => Err(faults),
            Err(more) => {
                let is_own = |fault: &Fault| match &fault.problem {
                    Problem::Unknown { id, .. } => !unreadable.contains(id),
                    _ => true,
                };
                faults.extend(
                    more.iter().filter(|fault| is_own(fault)).map(|fault| places.locate(fault)),
                );
                Err(faults)
            }
        }
    }
}

fn office_fault(fault: String) -> Located {
    let (field, what) = fault.split_once(": ").unwrap_or(("", &fault));
    let remedy = "write it as it stands in the catalogue, or take it out".into();
    Located {
        file: "office.toml".into(),
        line: None,
        record: "office".into(),
        field: field.into(),
        what: what.into(),
        remedy,
    }
}

/// Rules for handling inquiries, as the server reads them; `None` if the municipality has none.
pub fn office_rules(dir: &Path) -> Option<OfficeRules> {
    Source::read(dir).office
}

/// All versions of the survey as the server reads them, newest first.
pub fn surveys(dir: &Path) -> Vec<Survey> {
    Source::read(dir).surveys
}

/// Reads and checks a folder. Errors with every fault of every file.
pub fn check_dir(dir: &Path) -> Result<(Catalogue, EditionWords), Vec<Located>> {
    Source::read(dir).check()
}
