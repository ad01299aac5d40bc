//! Files and folders that only their owner can access. What this program creates is private from
//! the start. Existing ones are left unchanged, because their permissions may be intended, and
//! reported at every start.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The owner may read, write and enter.
const FOLDER_MODE: u32 = 0o700;
/// The owner may read and write.
const FILE_MODE: u32 = 0o600;
/// Read, write and enter for the group and others.
const OTHERS: u32 = 0o077;

/// Creates a folder, and the absent ones above it.
pub fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path)
}

/// Opens a file for writing, and creates it if it is absent. An existing file keeps its content.
pub fn make_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).mode(FILE_MODE).open(path)
}

/// Returns those of the paths that other users of the machine may read, write or enter. Paths that
/// do not exist are left out.
pub fn open_to_others(paths: impl IntoIterator<Item = PathBuf>) -> Vec<PathBuf> {
    let is_open = |path: &PathBuf| {
        std::fs::metadata(path).is_ok_and(|data| data.permissions().mode() & OTHERS != 0)
    };
    paths.into_iter().filter(is_open).collect()
}

/// The paths of a folder's entries; empty if it cannot be read.
pub fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default()
}

/// What to do about a path that is open to others, for the console.
pub fn warning(path: &Path) -> String {
    let (whom, mode) = if path.is_dir() { ("enter", "700") } else { ("read", "600") };
    format!("Others on this machine can {whom} {0}. Run: chmod {mode} {0}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_for_its_owner_alone_and_what_was_there_stays_and_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let (folder, file) = (dir.path().join("a/b"), dir.path().join("a/b/c"));
        make_folder(&folder).unwrap();
        drop(make_file(&file).unwrap());
        assert_eq!(
            (mode(&folder), mode(&dir.path().join("a")), mode(&file)),
            (0o700, 0o700, 0o600)
        );
        assert_eq!(
            open_to_others([folder.clone(), file.clone(), dir.path().join("none")]),
            Vec::<PathBuf>::new()
        );
        std::fs::write(&file, "what is in it").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o710)).unwrap();
        make_folder(&folder).unwrap();
        drop(make_file(&file).unwrap());
        assert_eq!(
            (mode(&folder), mode(&file), std::fs::read(&file).unwrap()),
            (0o710, 0o640, b"what is in it".to_vec())
        );
        assert_eq!(open_to_others([folder.clone(), file.clone()]), [folder.clone(), file.clone()]);
        assert!(
            warning(&folder).ends_with(&format!("chmod 700 {}", folder.display()))
                && warning(&file).contains("chmod 600")
        );
        assert_eq!(entries(&folder), [file]);
    }
}
