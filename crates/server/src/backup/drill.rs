//! The drill of a backup: opens all of it in a temporary folder, before it is needed.

use super::folder::{BackupFolder, copy_file};
use crate::keys::drill::Drill;
use crate::records::ledger;
use crate::serve::{DATABASE_FILE, open_store};
use std::io;
use std::path::PathBuf;
use store::{AnyStore, SubmissionStore};
use vault::keys::Keys;

/// Checks the pages, the keys, every submission and text, and the audit log of a backup. Returns
/// what was found.
pub(super) async fn verify(backup: &BackupFolder, keys: &Keys) -> Result<String, String> {
    // What is in it is sealed, and the folder is for its owner alone.
    let dir = tempfile::tempdir()
        .map_err(|error| format!("There is no room for a copy of the database: {error}."))?;
    let (from, to) = (backup.path.join(DATABASE_FILE), dir.path().join(DATABASE_FILE));
    copy_apart(from, to).await.map_err(|error| {
        format!(
            "The database cannot be copied to {}: {error}. Name a folder with more space: TMPDIR=/var/tmp",
            dir.path().display()
        )
    })?;
    let store = open_store(dir.path(), None, backup.municipality.clone()).await?;
    let found = look(&store, backup, keys).await;
    store.close().await;
    found
}

/// Copies a file on a thread of its own: a large one takes minutes, and requests go on meanwhile.
async fn copy_apart(from: PathBuf, to: PathBuf) -> io::Result<()> {
    tokio::task::spawn_blocking(move || copy_file(&from, &to)).await?
}

async fn look(store: &AnyStore, backup: &BackupFolder, keys: &Keys) -> Result<String, String> {
    let said = |fault: store::StoreFault| fault.to_string();
    if store.are_pages_whole().await.map_err(said)? != Some(true) {
        return Err("The database of this backup is damaged. Use another backup, and check the disk that this one came from.".into());
    }
    if !store.belongs_to(keys.mark()).await.map_err(said)? {
        return Err("The keys and the database of this backup do not belong together.".into());
    }
    let Drill { opened, closed, texts_opened, texts_closed } =
        Drill::of(store, keys).await.map_err(said)?;
    let (opened, closed) = (opened.values().sum::<u64>(), closed.values().sum::<u64>());
    let audit = ledger::verify(store, &backup.municipality, None, None).await?;
    if closed + texts_closed > 0 {
        return Err(format!(
            "{closed} of {} submissions and {texts_closed} of {} texts of the office do not open with the keys of this backup: keys are missing in {}. Put them back, and make another backup.",
            opened + closed,
            texts_opened + texts_closed,
            backup.path.display()
        ));
    }
    Ok(format!(
        "Submissions that open: {opened}. Texts of the office that open: {texts_opened}. Audit log: {audit}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    /// Reading from a pipe waits until somebody writes: a slow disk.
    #[tokio::test]
    async fn other_work_goes_on_while_a_database_is_copied() {
        static HAS_GONE_ON: AtomicBool = AtomicBool::new(false);
        let dir = tempfile::tempdir().unwrap();
        let (pipe, copy) = (dir.path().join("pipe"), dir.path().join("copy"));
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let slow = pipe.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            std::fs::write(slow, HAS_GONE_ON.load(Ordering::Relaxed).to_string()).unwrap();
        });
        let other = async { HAS_GONE_ON.store(true, Ordering::Relaxed) };
        let (copied, ()) = tokio::join!(copy_apart(pipe, copy.clone()), other);
        copied.unwrap();
        assert_eq!(std::fs::read_to_string(copy).unwrap(), "true");
    }
}
