//! Restores a backup into an empty data folder, as a whole or not at all.

use super::folder::{BackupFolder, copy_file};
use super::{KEYS_FILE, SETTINGS_FILE, give_to_owner, note_words};
use crate::records::restored::begin_anew;
use crate::records::trace::Asker;
use crate::serve::{DATABASE_FILE, lock, open_store};
use std::io::Write;
use std::path::{Path, PathBuf};
use store::SubmissionStore;
use vault::keys::Keys;
use vault::keys::backup::{Unpacked, open_text, typed_words};
use vault::private::{entries, make_file, make_folder};

/// In the data folder, afterwards.
pub(super) const RESTORED_SETTINGS: &str = "hub.toml";
/// In the data folder, while a restore goes on.
const STAGE: &str = "restoring";

/// Fails unless the data folder is absent or empty. What an earlier try left does not count.
pub(super) fn check_free(data_dir: &Path) -> Result<(), String> {
    if data_dir.join("in-use").exists() {
        // Names a running server first, because to stop it is then the first thing to do.
        drop(lock(data_dir)?);
    }
    let is_left = |path: &PathBuf| path.file_name().is_some_and(|name| name == STAGE);
    if entries(data_dir).iter().all(is_left) {
        return Ok(());
    }
    Err(format!(
        "{} is not empty. Nothing was written: a restore never goes over what is there. Move it away, or give another folder with --data-dir.",
        data_dir.display()
    ))
}

/// Restores a backup and begins a new epoch.
pub(super) async fn restore(
    backup: &BackupFolder,
    (unpacked, keys, words): (&Unpacked, &Keys, &str),
    data_dir: &Path,
    asker: &Asker,
) -> Result<(), String> {
    let stage = data_dir.join(STAGE);
    let staging = async || -> Result<(), String> {
        super::folder::clear(&stage, false).map_err(|error| error.to_string())?;
        make_folder(&stage).map_err(|error| error.to_string())?;
        for file in backup.files.iter().filter(|file| !is_sealed(file)) {
            copy_file(&backup.path.join(file), &stage.join(file))
                .map_err(|error| format!("{}: {error}", file.display()))?;
        }
        unpacked.restore(&stage.join("keys")).map_err(|fault| fault.to_string())?;
        note_words(&stage, &typed_words(words))?;
        put_settings(backup, words, &stage)?;
        let store = open_store(&stage, None, backup.municipality.clone()).await?;
        let is_whole = store.belongs_to(keys.mark()).await.map_err(|fault| fault.to_string())?;
        if !is_whole {
            return Err("its keys and its database do not belong together".into());
        }
        begin_anew(&store, asker).await?;
        store.close().await;
        give_to_owner(data_dir, &stage).map_err(|error| format!("its owner: {error}"))
    };
    if let Err(what) = staging().await {
        // What cannot be removed does not count as data at the next try.
        let _ = super::folder::clear(&stage, false);
        return Err(format!(
            "Nothing was restored: {what}. The backup is unchanged. Check the space and the rights of {}, then run this again.",
            data_dir.display()
        ));
    }
    put_in_place(&stage, data_dir).map_err(|error| {
        format!(
            "The restore was not finished: {error}. The backup is unchanged. Empty {}, then run this again.",
            data_dir.display()
        )
    })
}

/// Whether a file of a backup is opened with the words.
fn is_sealed(file: &Path) -> bool {
    file.starts_with(KEYS_FILE) || file.starts_with(SETTINGS_FILE)
}

/// Opens the settings file into the data folder, for the administrator to put where it belongs.
fn put_settings(backup: &BackupFolder, words: &str, stage: &Path) -> Result<(), String> {
    if !backup.has_settings() {
        return Ok(());
    }
    let text =
        open_text(&backup.path.join(SETTINGS_FILE), words).map_err(|fault| fault.to_string())?;
    let path = stage.join(RESTORED_SETTINGS);
    make_file(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// Moves everything to its place, the database last: without it, no server starts beside the keys.
fn put_in_place(stage: &Path, data_dir: &Path) -> std::io::Result<()> {
    let mut paths = entries(stage);
    paths.sort_by_key(|path| path.ends_with(DATABASE_FILE));
    for path in paths {
        let name = path.file_name().unwrap_or_default();
        std::fs::rename(&path, data_dir.join(name))?;
    }
    std::fs::remove_dir(stage)
}
