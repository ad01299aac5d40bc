//! Detects changes by comparing the times and sizes of files, which works on every file system.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Time and size of every file below some paths.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Snapshot(BTreeMap<PathBuf, (SystemTime, u64)>);

impl Snapshot {
    pub(super) fn of(paths: &[&Path]) -> Self {
        let mut files = BTreeMap::new();
        paths.iter().for_each(|path| add(path, &mut files));
        Self(files)
    }

    /// Files that are new, gone or different.
    pub(super) fn changed_since(&self, before: &Self) -> Vec<PathBuf> {
        let differs = self.0.iter().filter(|(path, state)| before.0.get(*path) != Some(*state));
        let gone = before.0.keys().filter(|path| !self.0.contains_key(*path));
        differs.map(|(path, _)| path).chain(gone).cloned().collect()
    }
}

/// Adds a file, or all files below a folder. Leaves out hidden files and those with a `~`, which
/// editors write while they save.
fn add(path: &Path, files: &mut BTreeMap<PathBuf, (SystemTime, u64)>) {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    if name.starts_with('.') || name.ends_with('~') {
        return;
    }
    let Ok(data) = std::fs::metadata(path) else { return };
    if data.is_dir() {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        entries.for_each(|entry| add(&entry.path(), files));
    } else if let Ok(written) = data.modified() {
        files.insert(path.into(), (written, data.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_changed_and_removed_files_are_noticed_and_those_of_editors_are_not() {
        let dir = std::env::temp_dir().join(format!("xtask-watch-{}", std::process::id()));
        std::fs::create_dir_all(dir.join("sub")).unwrap();
        let (file, backup) = (dir.join("sub/a.rs"), dir.join("sub/a.rs~"));
        let mut before = Snapshot::of(&[&dir]);
        let mut changed = |act: &dyn Fn()| {
            act();
            let now = Snapshot::of(&[&dir]);
            let changed = now.changed_since(&before);
            before = now;
            changed
        };
        let created = changed(&|| std::fs::write(&file, "1").unwrap());
        let same = changed(&|| std::fs::write(&backup, "1").unwrap());
        let longer = changed(&|| std::fs::write(&file, "12").unwrap());
        let gone = changed(&|| std::fs::remove_file(&file).unwrap());
        std::fs::remove_dir_all(&dir).unwrap();
        assert_eq!(created, [file.as_path()]);
        assert!(same.is_empty(), "{same:?}");
        assert_eq!((longer, gone), (vec![file.clone()], vec![file]));
    }
}
