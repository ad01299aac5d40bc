//! The commands `backup`, `backup verify` and `restore`.

use super::folder::BackupFolder;
use super::{
    BackupMade, BackupSources, KEYS_FILE, OF_POSTGRES, WORDS_FILE, drill, restore, write_backup,
};
use crate::keys::command::asked_words;
use crate::records::confirm::check_age;
use crate::records::trace::{Asker, traced};
use crate::relocate::check_not_moved;
use crate::serve::{Settings, municipality_of, open_store};
use crate::settings_file::USUAL_PATH;
use crate::site::ServedSite;
use std::path::{Path, PathBuf};
use std::time::Instant;
use store::{AnyStore, SubmissionStore};
use vault::keys::Keys;
use vault::keys::backup::Unpacked;
use vault::now_ms;

/// A command about backups, its settings, and who runs it.
#[derive(Debug)]
pub struct BackupCommand {
    /// The folders.
    pub settings: Settings,
    /// The settings file, if one is used.
    pub settings_file: Option<PathBuf>,
    /// Who runs it and why, for the audit log.
    pub asker: Asker,
    /// What is done.
    pub act: BackupAct,
}

/// What is done with a backup.
#[derive(Debug)]
pub enum BackupAct {
    /// Makes one.
    Make {
        /// Its folder.
        to: PathBuf,
    },
    /// Opens all of it, and restores nothing.
    Verify {
        /// Its folder.
        from: PathBuf,
        /// A file with the words that open the keys; `None` to ask for them.
        words: Option<PathBuf>,
    },
    /// Restores it into the data folder.
    Restore {
        /// Its folder.
        from: PathBuf,
        /// A file with the words that open the keys; `None` to ask for them.
        words: Option<PathBuf>,
        /// Its age in days, if it is old.
        confirmed: Option<u64>,
    },
}

impl BackupCommand {
    /// Runs the command. The error is a message for the administrator.
    pub async fn run(self) -> Result<(), String> {
        let began = Instant::now();
        match &self.act {
            BackupAct::Make { to } => self.make(to, began).await,
            BackupAct::Verify { from, words } => self.verify(from, words.as_deref(), began).await,
            BackupAct::Restore { from, words, confirmed } => {
                self.restore(from, words.as_deref(), *confirmed, began).await
            }
        }
    }

    async fn make(&self, to: &Path, began: Instant) -> Result<(), String> {
        let Settings { data_dir, database_url, site, .. } = &self.settings;
        self.settings.needs_database()?;
        if database_url.is_some() {
            return Err(format!("The backup was not made: {OF_POSTGRES}"));
        }
        let site = ServedSite::read(site).map_err(|fault| fault.to_string())?;
        let store = open_store(data_dir, None, municipality_of(&site)?).await?;
        check_not_moved(&store).await?;
        let of = BackupSources { data_dir, settings: self.settings_file.as_deref() };
        let made = traced((&store, &self.asker), ("backup", "everything"), async || {
            let made = write_backup(&store, of, to).await?;
            let outcome = format!("{} files, {} bytes", made.files, made.bytes);
            Ok((made, outcome))
        })
        .await;
        store.close().await;
        let BackupMade { files, bytes, new_words } = made?;
        println!(
            "The backup is in {}: {files} files, {}, {}.",
            to.display(),
            megabytes(bytes),
            seconds(began)
        );
        match new_words {
            Some(words) => println!(
                "Write these words on paper, and keep the paper away from the backups. They open the keys in this backup and in later ones:\n\n    {words}\n\nThey are also in {}, which no backup holds.",
                data_dir.join(WORDS_FILE).display()
            ),
            None => println!("The words that open it are those on your paper."),
        }
        println!("Try it: community-hub backup verify {}", to.display());
        Ok(())
    }

    async fn verify(
        &self,
        from: &Path,
        words: Option<&Path>,
        began: Instant,
    ) -> Result<(), String> {
        let backup = BackupFolder::read(from)?;
        let (_, keys, _) = opened(&backup, words)?;
        let live = self.live(&backup, &keys).await?;
        let opening = async || {
            let found = drill::verify(&backup, &keys).await?;
            let outcome = found.lines().next().unwrap_or_default().to_string();
            Ok((found, outcome))
        };
        let of = format!("of {}", backup.made_at);
        let found = match &live {
            Some(store) => traced((store, &self.asker), ("backup verify", &of), opening).await,
            None => opening().await.map(|(found, _)| found),
        };
        let is_noted = live.is_some();
        if let Some(store) = live {
            store.close().await;
        }
        println!(
            "The backup of {} is complete: {} files.\n{}\n{}.",
            backup.made_at,
            backup.files.len(),
            found?,
            seconds(began)
        );
        if !is_noted {
            eprintln!(
                "{} holds no database of these keys, so no audit log has a record of this.",
                self.settings.data_dir.display()
            );
        }
        Ok(())
    }

    /// The database that this backup was made of, if the data folder has it: its audit log records
    /// who opened the backup.
    async fn live(&self, backup: &BackupFolder, keys: &Keys) -> Result<Option<AnyStore>, String> {
        let Settings { data_dir, .. } = &self.settings;
        let is_of_these_keys = Keys::existing(&data_dir.join("keys"))
            .is_ok_and(|existing| existing.mark() == keys.mark());
        if !self.settings.has_database() || !is_of_these_keys {
            return Ok(None);
        }
        let url = self.settings.database_url.as_deref();
        open_store(data_dir, url, backup.municipality.clone()).await.map(Some)
    }

    async fn restore(
        &self,
        from: &Path,
        words: Option<&Path>,
        confirmed: Option<u64>,
        began: Instant,
    ) -> Result<(), String> {
        let Settings { data_dir, database_url, .. } = &self.settings;
        if database_url.is_some() {
            return Err("DATABASE_URL is set, and this backup is of SQLite. Nothing was restored. Unset it, or restore with pg_restore and community-hub keys restore.".into());
        }
        restore::check_free(data_dir)?;
        let backup = BackupFolder::read(from)?;
        check_age(backup.made_at_ms()?, now_ms(), confirmed)?;
        let (unpacked, keys, words) = opened(&backup, words)?;
        restore::restore(&backup, (&unpacked, &keys, &words), data_dir, &self.asker).await?;
        println!(
            "The backup of {} is in {}: {} files, {}.\nStart the server. Devices send again what they sent in the last seven days. Staff must sign in again. If something was erased since this backup, erase it again.",
            backup.made_at,
            data_dir.display(),
            backup.files.len(),
            seconds(began)
        );
        if backup.has_settings() {
            println!(
                "The settings from the backup are in {}. Move them to {USUAL_PATH}, or delete them: they may hold passwords.",
                data_dir.join(restore::RESTORED_SETTINGS).display()
            );
        }
        Ok(())
    }
}

/// Opens the keys of a backup. Returns the words too.
pub(super) fn opened(
    backup: &BackupFolder,
    words: Option<&Path>,
) -> Result<(Unpacked, Keys, String), String> {
    let words = match words {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| format!("{}: cannot be read: {error}", path.display()))?,
        None => asked_words()?,
    };
    let unpacked =
        Unpacked::of(&backup.path.join(KEYS_FILE), &words).map_err(|fault| fault.to_string())?;
    let keys = unpacked.keys().map_err(|fault| fault.to_string())?;
    Ok((unpacked, keys, words))
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn seconds(began: Instant) -> String {
    format!("{:.1} s", began.elapsed().as_secs_f64())
}
