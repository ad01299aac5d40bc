//! Files and folders for their owner alone. What this program makes is private from the first moment; what is there already is
//! left as it is, because somebody may have meant it so, and warned about at every start.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// For its owner, who may enter it.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// What others may do: read, write, enter; the group too.
const OTHERS: u32 = 0o077;

/// Makes a folder, and those above it that are missing.
pub fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path)
}

/// A file to write, made if it is missing; what is in it stays.
pub fn make_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).mode(FILE_MODE).open(path)
}

/// Which of these others on the machine may read, write or enter. What is not there is none of them.
pub fn open_to_others(paths: impl IntoIterator<Item = PathBuf>) -> Vec<PathBuf> {
    let is_open = |path: &PathBuf| {
        std::fs::metadata(path).is_ok_and(|data| data.permissions().mode() & OTHERS != 0)
    };
    paths.into_iter().filter(is_open).collect()
}

/// What is in a folder.
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
