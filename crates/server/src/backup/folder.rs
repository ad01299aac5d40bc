//! The folder of a backup: writing what names its files, and checking them against it.

use super::SETTINGS_FILE;
use domain::MunicipalityId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use vault::private::{entries, make_file, make_folder};
use vault::{iso, now_ms};

/// Names every file of the folder.
pub(crate) const MANIFEST: &str = "backup.json";
/// The format of a backup. A program reads its own and older ones.
const FORMAT: u32 = 1;
/// Bytes read at a time for a hash.
const READ_BYTES: usize = 1 << 20;

/// What a backup holds.
#[derive(Debug, Serialize, Deserialize)]
struct BackupManifest {
    format: u32,
    /// The version of the program that made it.
    program: String,
    municipality: String,
    /// When it was made, in UTC.
    made_at: String,
    files: Vec<ManifestFile>,
}

#[derive(Debug, Serialize, Deserialize)]
struct ManifestFile {
    /// Its place in the folder.
    path: PathBuf,
    bytes: u64,
    /// In hexadecimal.
    sha256: String,
}

/// A complete backup whose files are as they were written.
#[derive(Debug)]
pub(super) struct BackupFolder {
    pub(super) path: PathBuf,
    pub(super) municipality: MunicipalityId,
    /// When it was made, in UTC.
    pub(super) made_at: String,
    /// The places of its files.
    pub(super) files: Vec<PathBuf>,
}

impl BackupFolder {
    /// Finishes a backup: names its files, and writes everything to the disk. Returns the number of
    /// files and of bytes.
    pub(super) fn finish(
        path: &Path,
        municipality: &MunicipalityId,
    ) -> Result<(usize, u64), String> {
        let fault = |error: io::Error| format!("{}: {error}", path.display());
        let describe = |file: PathBuf| {
            let (bytes, sha256) = digest(&path.join(&file))?;
            File::open(path.join(&file))?.sync_all()?;
            Ok(ManifestFile { path: file, bytes, sha256 })
        };
        let files = files_in(path).and_then(|files| files.into_iter().map(describe).collect());
        let manifest = BackupManifest {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").into(),
            municipality: municipality.as_str().into(),
            made_at: iso(now_ms()),
            files: files.map_err(fault)?,
        };
        let text = serde_json::to_string_pretty(&manifest).map_err(|error| error.to_string())?;
        let write = || {
            let mut file = make_file(&path.join(MANIFEST))?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            File::open(path)?.sync_all()
        };
        write().map_err(fault)?;
        Ok((manifest.files.len(), manifest.files.iter().map(|file| file.bytes).sum()))
    }

    /// Reads a backup, and checks that every file is there as it was written.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let at = path.display();
        let text = std::fs::read(path.join(MANIFEST)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => format!(
                "{at} is not a complete backup: {MANIFEST}, which is written last, is missing. Copy the folder again, or use another backup."
            ),
            _ => format!("{at}/{MANIFEST} cannot be read: {error}."),
        })?;
        let manifest: BackupManifest = serde_json::from_slice(&text).map_err(|_| {
            format!("{at}/{MANIFEST} is damaged. Copy the folder again, or use another backup.")
        })?;
        if manifest.format > FORMAT {
            return Err(format!(
                "{at} was made by a newer program, version {}. Use that one.",
                manifest.program
            ));
        }
        for file in &manifest.files {
            let what = file.fault(path).map_or(Ok(()), |what| {
                Err(format!(
                    "{at} cannot be used: {} {what}. Copy the folder again, or use another backup.",
                    file.path.display()
                ))
            });
            what?;
        }
        let municipality = MunicipalityId::parse(&manifest.municipality)
            .map_err(|_| format!("{at}/{MANIFEST} names no municipality."))?;
        let files = manifest.files.into_iter().map(|file| file.path).collect();
        Ok(Self { path: path.into(), municipality, made_at: manifest.made_at, files })
    }
}

impl BackupFolder {
    /// When it was made, in milliseconds since 1970.
    pub(super) fn made_at_ms(&self) -> Result<u64, String> {
        let made_at: Option<Timestamp> = self.made_at.parse().ok();
        made_at.and_then(|made_at| u64::try_from(made_at.as_millisecond()).ok()).ok_or_else(|| {
            format!("{}/{MANIFEST} does not say when it was made.", self.path.display())
        })
    }

    /// Whether it has a settings file.
    pub(super) fn has_settings(&self) -> bool {
        self.files.iter().any(|file| file.as_path() == Path::new(SETTINGS_FILE))
    }
}

impl ManifestFile {
    /// What is wrong with the file in this folder; `None` if it is as it was written.
    fn fault(&self, folder: &Path) -> Option<String> {
        if !self.path.components().all(|part| matches!(part, Component::Normal(_))) {
            return Some("is named outside the folder".into());
        }
        match digest(&folder.join(&self.path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Some("is missing".into()),
            Err(error) => Some(format!("cannot be read ({error})")),
            Ok((bytes, _)) if bytes < self.bytes => {
                Some(format!("is cut short: {bytes} of {} bytes", self.bytes))
            }
            Ok((_, sha256)) if sha256 != self.sha256 => {
                Some("is damaged: its SHA-256 is not the one that was noted".into())
            }
            Ok(_) => None,
        }
    }
}

/// The size and the SHA-256 of a file.
fn digest(path: &Path) -> io::Result<(u64, String)> {
    let (mut file, mut hash, mut bytes) = (File::open(path)?, Sha256::new(), 0);
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((bytes, hex::encode(hash.finalize())));
        }
        hash.update(&buffer[..read]);
        bytes += read as u64;
    }
}

/// The places of all files in a folder and the folders in it, sorted.
fn files_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(within) = folders.pop() {
        for entry in std::fs::read_dir(folder.join(&within))? {
            let entry = entry?;
            let place = within.join(entry.file_name());
            if entry.file_type()?.is_dir() { &mut folders } else { &mut files }.push(place);
        }
    }
    files.sort();
    Ok(files)
}

/// Copies a file into one that only its owner can read.
pub(super) fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        make_folder(folder)?;
    }
    let mut copy = make_file(to)?;
    io::copy(&mut File::open(from)?, &mut copy)?;
    copy.sync_all()
}

/// Copies a folder with all that is in it.
pub(super) fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    files_in(from)?.iter().try_for_each(|file| copy_file(&from.join(file), &to.join(file)))
}

/// Removes what is in a folder, and the folder unless it was there before.
pub(crate) fn clear(folder: &Path, stays: bool) -> io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    if !stays {
        return std::fs::remove_dir_all(folder);
    }
    entries(folder).iter().try_for_each(|path| {
        if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backup() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("catalogue")).unwrap();
        std::fs::write(dir.path().join("hub.sqlite"), "rows").unwrap();
        std::fs::write(dir.path().join("catalogue/site.json"), "{}").unwrap();
        let municipality = MunicipalityId::parse("pine-harbour").unwrap();
        assert_eq!(BackupFolder::finish(dir.path(), &municipality), Ok((2, 6)));
        dir
    }

    #[test]
    fn a_finished_backup_is_read_as_it_was_written() {
        let dir = backup();
        let read = BackupFolder::read(dir.path()).unwrap();
        assert_eq!(read.municipality.as_str(), "pine-harbour");
        assert_eq!(read.files, [PathBuf::from("catalogue/site.json"), "hub.sqlite".into()]);
    }

    #[test]
    fn what_is_not_as_it_was_written_is_named() {
        let check = |change: &dyn Fn(&Path), expected: &str| {
            let dir = backup();
            change(dir.path());
            let said = BackupFolder::read(dir.path()).unwrap_err();
            assert!(said.contains(expected), "{said}");
        };
        let write = |name: &'static str, text: &'static str| {
            move |dir: &Path| std::fs::write(dir.join(name), text).unwrap()
        };
        check(&write("hub.sqlite", "ro"), "hub.sqlite is cut short: 2 of 4 bytes");
        check(&write("hub.sqlite", "Rows"), "hub.sqlite is damaged");
        check(&write("hub.sqlite", "rows and more"), "hub.sqlite is damaged");
        check(&write("backup.json", "{"), "backup.json is damaged");
        check(&|dir| std::fs::remove_file(dir.join("hub.sqlite")).unwrap(), "is missing");
        check(&|dir| std::fs::remove_file(dir.join("backup.json")).unwrap(), "written last");
        let change = |from: &'static str, to: &'static str| {
            move |dir: &Path| {
                let text = std::fs::read_to_string(dir.join("backup.json")).unwrap();
                std::fs::write(dir.join("backup.json"), text.replace(from, to)).unwrap();
            }
        };
        check(&change("\"format\": 1", "\"format\": 2"), "made by a newer program");
        check(&change("\"hub.sqlite\"", "\"../hub.sqlite\""), "is named outside");
    }
}
