//! One backup of everything that a municipality cannot make again, its drill, and its restore.
//!
//! A backup is a folder: `hub.sqlite`, which SQLite copies while the server runs; `keys.age`, all
//! keys, sealed with words that are on paper; `hub.toml.age`, the settings file, sealed with the
//! same words; `catalogue`, the published edition, if there is one; and `backup.json`, which names
//! every file with its SHA-256. It is written last, so a folder without it, or with other files, is
//! a backup or a copy that was not finished.

pub mod command;
mod drill;
pub(crate) mod folder;
mod restore;

use crate::serve::DATABASE_FILE;
use crate::site::ServedSite;
use domain::MunicipalityId;
pub(crate) use folder::MANIFEST;
use folder::{BackupFolder, copy_file, copy_folder};
use std::fs::Metadata;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use store::AnyStore;
use vault::keys::backup::{fresh_words, pack, seal_text, typed_words};
use vault::private::{entries, make_file, make_folder};

/// All keys, sealed.
const KEYS_FILE: &str = "keys.age";
/// The settings file, sealed, because it may hold passwords.
const SETTINGS_FILE: &str = "hub.toml.age";
/// In the data folder: the words that open the keys of its backups. Whoever reads this file reads
/// the keys beside it too, so it reveals nothing more; a backup never holds it.
pub(crate) const WORDS_FILE: &str = "backup-words";
/// Folders and files of the data folder that a backup has as they are.
const CATALOGUE: &str = "catalogue";
const DEMO: &str = "demo";

/// What a backup is made of, beside the database.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BackupSources<'a> {
    pub(crate) data_dir: &'a Path,
    /// The settings file, if one is used.
    pub(crate) settings: Option<&'a Path>,
}

/// What a backup holds, for the console and the audit log.
pub(crate) struct BackupMade {
    pub(crate) files: usize,
    /// The size of all files together.
    pub(crate) bytes: u64,
    /// The words, if they are new.
    pub(crate) new_words: Option<String>,
}

/// Makes a backup in a new or empty folder. If it fails, nothing of it stays.
pub(crate) async fn write_backup(
    store: &AnyStore,
    of: BackupSources<'_>,
    to: &Path,
) -> Result<BackupMade, String> {
    if !entries(to).is_empty() {
        return Err(format!(
            "{} is not empty. Nothing was written: each backup needs a folder of its own, such as one named after the day.",
            to.display()
        ));
    }
    let was_there = to.exists();
    let made = fill(store, of, to).await;
    made.map_err(|what| {
        let left = folder::clear(to, was_there);
        let left = match left {
            Ok(()) => "What was already written was removed.".to_string(),
            Err(error) => format!("Delete {}, which cannot be removed: {error}.", to.display()),
        };
        format!("The backup was not made: {what}. {left} The data folder is unchanged, and the server keeps running. Check the space and the rights there, then run this again.")
    })
}

async fn fill(store: &AnyStore, of: BackupSources<'_>, to: &Path) -> Result<BackupMade, String> {
    make_folder(to).map_err(cannot(to))?;
    let AnyStore::Sqlite(sqlite) = store else { return Err(OF_POSTGRES.into()) };
    sqlite.copy_to(&to.join(DATABASE_FILE)).await.map_err(|fault| fault.to_string())?;
    // From here on nothing waits, and the words take a second: other requests go on meanwhile.
    tokio::task::block_in_place(|| fill_in_files(sqlite.municipality(), of, to))
}

/// Everything but the database.
fn fill_in_files(
    municipality: &MunicipalityId,
    BackupSources { data_dir, settings }: BackupSources<'_>,
    to: &Path,
) -> Result<BackupMade, String> {
    let (words, new_words) = words_of(data_dir)?;
    let (sealed, _) = pack(&data_dir.join("keys"), &words).map_err(|fault| fault.to_string())?;
    let keys = to.join(KEYS_FILE);
    make_file(&keys).and_then(|mut file| file.write_all(&sealed)).map_err(cannot(&keys))?;
    if let Some(settings) = settings {
        let text = std::fs::read_to_string(settings).map_err(cannot(settings))?;
        let sealed = seal_text(&text, &words)
            .ok_or_else(|| format!("{} is longer than 64 KB", settings.display()))?;
        let copy = to.join(SETTINGS_FILE);
        make_file(&copy).and_then(|mut file| file.write_all(&sealed)).map_err(cannot(&copy))?;
    }
    let (catalogue, demo) = (data_dir.join(CATALOGUE), data_dir.join(DEMO));
    if catalogue.exists() {
        let copy = to.join(CATALOGUE);
        copy_folder(&catalogue, &copy).map_err(cannot(&copy))?;
        ServedSite::read(&copy).map_err(|fault| {
            format!("an edition was published meanwhile, or is damaged ({fault})")
        })?;
    }
    if demo.exists() {
        copy_file(&demo, &to.join(DEMO)).map_err(cannot(&demo))?;
    }
    let (files, bytes) = BackupFolder::finish(to, municipality)?;
    Ok(BackupMade { files, bytes, new_words })
}

fn cannot(what: &Path) -> impl Fn(std::io::Error) -> String {
    let what = what.display().to_string();
    move |error| format!("{what}: {error}")
}

/// Opens all of a backup with the words in the data folder. Returns what was found, in one line.
pub(crate) async fn try_backup(from: &Path, data_dir: &Path) -> Result<String, String> {
    let words = data_dir.join(WORDS_FILE);
    let (backup, keys) = tokio::task::block_in_place(|| {
        let backup = BackupFolder::read(from)?;
        let (_, keys, _) = command::opened(&backup, Some(&words))?;
        Ok::<_, String>((backup, keys))
    })?;
    let found = drill::verify(&backup, &keys).await?;
    Ok(found.lines().next().unwrap_or_default().to_string())
}

/// What the administrator of a hub with PostgreSQL reads.
pub(crate) const OF_POSTGRES: &str = "the database is PostgreSQL, which makes its own backups while it runs: pg_dump --format=custom, or what your provider offers. The keys: community-hub keys backup --to FILE";

/// The words that open the keys of this folder's backups, and again if they are new. They stay the
/// same, so that one paper opens every backup and nobody needs to be there when one is made.
fn words_of(data_dir: &Path) -> Result<(String, Option<String>), String> {
    let path = data_dir.join(WORDS_FILE);
    match std::fs::read_to_string(&path) {
        Ok(text) if !text.trim().is_empty() => return Ok((typed_words(&text), None)),
        // Words that cannot be read are on paper already; others would open half of the backups.
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(format!("{}: {error}", path.display()));
        }
        _ => {}
    }
    let words = fresh_words();
    note_words(data_dir, &words)?;
    give_to_owner(data_dir, &path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok((words.clone(), Some(words)))
}

/// Gives what an administrator made to the owner of the data folder, so that the server can use it.
fn give_to_owner(data_dir: &Path, path: &Path) -> std::io::Result<()> {
    let owner = std::fs::metadata(data_dir)?;
    let is_theirs = |data: &Metadata| (data.uid(), data.gid()) == (owner.uid(), owner.gid());
    if !is_theirs(&std::fs::metadata(path)?) {
        chown(path, Some(owner.uid()), Some(owner.gid()))?;
    }
    entries(path).iter().try_for_each(|inner| give_to_owner(data_dir, inner))
}

fn note_words(data_dir: &Path, words: &str) -> Result<(), String> {
    let path = data_dir.join(WORDS_FILE);
    make_file(&path)
        .and_then(|mut file| {
            file.set_len(0)?;
            file.write_all(format!("{words}\n").as_bytes())?;
            file.sync_all()
        })
        .map_err(|error| format!("{}: {error}", path.display()))
}
