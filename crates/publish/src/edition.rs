//! Publishes the next edition of a catalogue for servers that are running: only the catalogue, not
//! the app.

use crate::assemble::site::{AssembledSite, CompressedCopies, StoredFile};
use crate::assemble::{AssemblyFault, AssemblyResult, add_catalogue, add_for_office, sources};
use crate::located::report;
use crate::source::{check_dir, hold_newest, read_text, replace_text};
use domain::catalogue::{Catalogue, CatalogueFile};
use domain::hours::Date;
use finder::{EditionWords, bundle_of};
use std::path::Path;

/// Result of publishing.
#[derive(Debug, PartialEq, Eq)]
pub enum Publication {
    /// A new edition was published.
    Made {
        /// Number of the new edition.
        number: u32,
        /// Number of urgent messages (alerts) in it.
        alerts: usize,
    },
    /// The last edition has the same content, so nothing was published.
    Unchanged {
        /// Number of the last edition.
        number: u32,
    },
}

/// Publishes the next edition of the folder `data` into the folder `to`, replacing its content in
/// one step. The number is one more than the larger of the last edition's and the data's, and is
/// written back into the data, so that an app built from them later is not older. Also records the
/// fingerprint of the newest survey version. Errors if the data has faults, or if a file cannot be
/// read or written.
pub fn publish(data: &Path, to: &Path, today: Date) -> AssemblyResult<Publication> {
    let (catalogue, words) = read(data)?;
    let last = last_edition(to);
    if let Some((number, bytes)) = &last
        && says_the_same(&catalogue, &words, bytes)?
    {
        return Ok(Publication::Unchanged { number: *number });
    }
    let number = last.map_or(0, |(number, _)| number).max(catalogue.version()) + 1;
    raise(&data.join("municipality.toml"), number, today)?;
    let (catalogue, words) = read(data)?;
    let mut site = AssembledSite::default();
    add_catalogue(&mut site, &catalogue, &words, StoredFile::No)?;
    site.add(
        "/sources.json",
        serde_json::to_vec_pretty(&sources(catalogue.file())).unwrap_or_default(),
        StoredFile::No,
    );
    add_for_office(&mut site, data, &catalogue, words);
    site.version = format!("edition {number}");
    // The last step makes the edition live: after it, nothing can fail.
    hold_newest(data).map_err(AssemblyFault::not_written(&data.join("survey")))?;
    site.write(to, CompressedCopies::Smallest)?;
    Ok(Publication::Made { number, alerts: catalogue.alerts().len() })
}

fn read(data: &Path) -> AssemblyResult<(Catalogue, EditionWords)> {
    check_dir(data).map_err(|faults| AssemblyFault::Catalogue(report(&faults)))
}

/// Number and bytes of the last published edition; `None` if there is none, or none that can be
/// read.
fn last_edition(to: &Path) -> Option<(u32, Vec<u8>)> {
    let is_bundle = |name: &str| name.starts_with("catalogue-") && name.ends_with(".bin");
    let mut paths = std::fs::read_dir(to).ok()?.flatten().map(|entry| entry.path());
    let path = paths
        .find(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(is_bundle))?;
    let bytes = std::fs::read(path).ok()?;
    let number = Catalogue::from_bundle(&bytes)?.0.version();
    Some((number, bytes))
}

/// Whether the catalogue, given the number and date of the last edition, would be identical to it
/// byte for byte.
fn says_the_same(catalogue: &Catalogue, words: &EditionWords, last: &[u8]) -> AssemblyResult<bool> {
    let Some((before, _)) = Catalogue::from_bundle(last) else { return Ok(false) };
    let file = CatalogueFile {
        version: before.version(),
        published_on: before.published_on(),
        ..catalogue.file().clone()
    };
    Ok(bundle_of(&Catalogue::published(file), words)?.bytes == last)
}

/// Writes number and date into the head of a municipality's file; every other byte stays as it is.
fn raise(path: &Path, number: u32, today: Date) -> AssemblyResult<()> {
    let text = read_text(path).map_err(AssemblyFault::not_read(path))?;
    let raised = raised(&text, number, today).ok_or_else(|| AssemblyFault::Content {
        path: path.into(),
        what: "has no lines “version = …” and “published_on = …” at its top",
    })?;
    replace_text(path, &raised).map_err(AssemblyFault::not_written(path))
}

fn raised(text: &str, number: u32, today: Date) -> Option<String> {
    // Lines after the first table header belong to something else.
    let head = text.lines().take_while(|line| !line.trim_start().starts_with('[')).count();
    let (mut has_version, mut has_day) = (false, false);
    let lines = text.split_inclusive('\n').enumerate().map(|(at, line)| {
        let end = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
        let is = |name: &str| {
            at < head && line.split_once('=').is_some_and(|(before, _)| before.trim() == name)
        };
        if is("version") {
            has_version = true;
            return format!("version = {number}{end}");
        }
        if is("published_on") {
            has_day = true;
            return format!("published_on = \"{today}\"{end}");
        }
        line.into()
    });
    let raised: String = lines.collect();
    (has_version && has_day).then_some(raised)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_keeps_its_permissions() {
        let dir = tempfile::tempdir().unwrap();
        let (path, link) = (dir.path().join("alerts.toml"), dir.path().join("link.toml"));
        replace_text(&path, "one").unwrap();
        let mut permissions = std::fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        std::fs::set_permissions(&path, permissions.clone()).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        replace_text(&link, "two").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions(), permissions);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left beside");
        // A folder cannot be replaced by a file.
        assert!(replace_text(dir.path(), "three").is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
    }

    #[test]
    fn number_and_day_are_raised_and_every_other_byte_stays() {
        let day = Date::parse("2026-11-25").unwrap();
        let text = "#:schema x\n# raise `version` by one\n\nversion = 1\npublished_on = \"2026-11-23\"\nid = \"x\"\n[notice]\nversion = 3\n";
        let raised = raised(text, 7, day).unwrap();
        assert_eq!(
            raised,
            text.replacen("version = 1", "version = 7", 1).replace("2026-11-23", "2026-11-25")
        );
        assert_eq!(
            super::raised("[notice]\nversion = 3\npublished_on = \"2026-11-23\"\n", 7, day),
            None
        );
        assert_eq!(
            super::raised("version = 1\r\npublished_on = \"2026-11-23\"\r\n", 2, day).unwrap(),
            "version = 2\r\npublished_on = \"2026-11-25\"\r\n"
        );
    }
}
