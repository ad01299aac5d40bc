//! Detects changes: a hash over the contents of files.

use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// A short hash that changes when any file below these paths does. Missing paths count as empty.
pub(crate) fn hash_of(paths: &[&Path]) -> String {
    let mut files: Vec<PathBuf> = paths.iter().flat_map(|path| files_below(path)).collect();
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        hash.update(file.to_string_lossy().as_bytes());
        hash.update([0]);
        hash.update(std::fs::read(&file).unwrap_or_default());
    }
    hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn files_below(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(path) else { return vec![path.into()] };
    entries.flatten().flat_map(|entry| files_below(&entry.path())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_a_new_file_and_a_new_name_change_the_hash() {
        let dir = std::env::temp_dir().join(format!("xtask-inputs-{}", std::process::id()));
        std::fs::create_dir_all(dir.join("sub")).unwrap();
        let mut seen = vec![hash_of(&[&dir])];
        let mut note = |act: &dyn Fn()| {
            act();
            seen.push(hash_of(&[&dir]));
        };
        note(&|| std::fs::write(dir.join("sub/a"), "1").unwrap());
        note(&|| std::fs::write(dir.join("sub/a"), "2").unwrap());
        note(&|| std::fs::rename(dir.join("sub/a"), dir.join("sub/b")).unwrap());
        let same = hash_of(&[&dir]);
        std::fs::remove_dir_all(&dir).unwrap();
        assert_eq!(seen.last(), Some(&same));
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 4);
    }
}
