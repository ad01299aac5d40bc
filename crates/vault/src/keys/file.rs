//! Key files. The name of a key's file holds everything that is known of the key beside its secret:
//! its use, when it begins, and whether it was revoked. So every change is one new or one renamed
//! file, which every server that reads the folder sees completely or not at all.

use super::{KeyFault, Secret};
use crate::private::make_folder;
use std::fmt;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// What a key is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// Opens sealed envelopes.
    Sealing,
    /// Signs receipts, editions and audit heads.
    Signing,
    /// Recognizes erased ids. There is one such secret, and it never changes.
    Erasure,
    /// Encrypts what staff write.
    Office,
}

impl Use {
    /// All uses.
    pub const ALL: [Self; 4] = [Use::Sealing, Use::Signing, Use::Erasure, Use::Office];

    /// The name in file names and commands.
    pub fn name(self) -> &'static str {
        match self {
            Use::Sealing => "sealing",
            Use::Signing => "signing",
            Use::Erasure => "erasure",
            Use::Office => "office",
        }
    }

    /// Parses such a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|usage| usage.name() == name)
    }
}

/// A key file's name: `sealing-1763942400.key`, or `sealing-1763942400.revoked.key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyFile {
    /// What the key is used for.
    pub usage: Use,
    /// Seconds since 1970. The first keys begin when they are created.
    pub begins_at_s: u64,
    /// Not used for anything new. A revoked key still opens what was sealed to it.
    pub is_revoked: bool,
}

impl KeyFile {
    /// Parses a file name; `None` unless this program writes it in exactly this form.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.strip_suffix(".key")?;
        let (name, is_revoked) =
            name.strip_suffix(".revoked").map_or((name, false), |name| (name, true));
        let (usage, moment) = name.split_once('-')?;
        let file =
            Self { usage: Use::parse(usage)?, begins_at_s: moment.parse().ok()?, is_revoked };
        // Only a name in the exact form that this program writes: "+1" and "01" are numbers too.
        (file.to_string().strip_suffix(".key")?.strip_suffix(if is_revoked {
            ".revoked"
        } else {
            ""
        })? == name)
            .then_some(file)
    }

    /// The path of the file in a folder.
    pub fn path_in(self, dir: &Path) -> PathBuf {
        dir.join(self.to_string())
    }

    /// Whether the key is in use at `now_ms` (milliseconds since 1970).
    pub fn has_begun(self, now_ms: u64) -> bool {
        self.begins_at_s.saturating_mul(1_000) <= now_ms
    }
}

impl fmt::Display for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}-{}{}.key",
            self.usage.name(),
            self.begins_at_s,
            if self.is_revoked { ".revoked" } else { "" }
        )
    }
}

/// The key files of a folder: by use, oldest first. A folder that cannot be read counts as empty.
pub fn list(dir: &Path) -> Vec<KeyFile> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut files: Vec<KeyFile> =
        entries.flatten().filter_map(|entry| KeyFile::parse(entry.file_name().to_str()?)).collect();
    files.sort();
    files
}

/// Reads the keys of a folder, in the order of [`list`].
pub fn read_all(dir: &Path) -> Result<Vec<(KeyFile, Secret)>, KeyFault> {
    list(dir)
        .into_iter()
        .map(|file| read(&file.path_in(dir)).map(|secret| (file, secret)))
        .collect()
}

fn read(path: &Path) -> Result<Secret, KeyFault> {
    let fault = |what: String| KeyFault::File { path: path.into(), what };
    let text =
        std::fs::read_to_string(path).map_err(|error| fault(format!("cannot be read: {error}")))?;
    let digits: String =
        text.lines().filter(|line| !line.starts_with('#')).map(str::trim).collect();
    secret_of(&digits).ok_or_else(|| {
        fault("is not a key of 64 hexadecimal digits. Put it back from your backup".into())
    })
}

/// Parses 64 hexadecimal digits and nothing else.
pub fn secret_of(digits: &str) -> Option<Secret> {
    hex::decode(digits).ok()?.try_into().ok()
}

/// Writes a secret into a new file that only its owner can read. It is durable on disk before it
/// gets its name.
pub fn write_new(dir: &Path, file: KeyFile, secret: &Secret) -> Result<(), KeyFault> {
    let (path, kind) = (file.path_in(dir), file.usage.name());
    let text = format!(
        "# Community Hub {kind} key. Secret. Without it what was sealed can never be opened: back it up.\n{}\n",
        hex::encode(secret)
    );
    create_private(dir, &path, &text)
        .map_err(|error| KeyFault::File { path, what: format!("cannot be written: {error}") })
}

/// Writes to a temporary file and renames it, because a server may be reading the folder at the
/// same time.
fn create_private(dir: &Path, path: &Path, text: &str) -> std::io::Result<()> {
    make_folder(dir)?;
    if path.exists() {
        return Err(std::io::ErrorKind::AlreadyExists.into());
    }
    let unfinished = path.with_extension("unfinished");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)?;
    std::fs::File::open(dir)?.sync_all()
}

/// Renames a key's file to that of a revoked key.
pub fn revoke(dir: &Path, file: KeyFile) -> Result<KeyFile, KeyFault> {
    let revoked = KeyFile { is_revoked: true, ..file };
    let renamed = std::fs::rename(file.path_in(dir), revoked.path_in(dir))
        .and_then(|()| std::fs::File::open(dir)?.sync_all());
    renamed.map(|()| revoked).map_err(|error| KeyFault::File {
        path: file.path_in(dir),
        what: format!("cannot be renamed: {error}"),
    })
}

/// Deletes a key for good. Its content is overwritten first, which helps where a disk writes in
/// place.
pub fn destroy(dir: &Path, file: KeyFile) -> Result<(), KeyFault> {
    let path = file.path_in(dir);
    let overwritten = || -> std::io::Result<()> {
        let length = std::fs::metadata(&path)?.len() as usize;
        let mut open = OpenOptions::new().write(true).open(&path)?;
        open.write_all(&vec![b'0'; length])?;
        open.sync_all()?;
        std::fs::remove_file(&path)?;
        std::fs::File::open(dir)?.sync_all()
    };
    overwritten().map_err(|error| KeyFault::File {
        path: path.clone(),
        what: format!("cannot be deleted: {error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_all_and_other_names_are_no_keys() {
        for name in
            ["sealing-1763942400.key", "signing-0.key", "sealing-12.revoked.key", "office-12.key"]
        {
            assert_eq!(KeyFile::parse(name).unwrap().to_string(), name);
        }
        for name in [
            "sealing.key",
            "sealing-.key",
            "sealing-+1.key",
            "sealing-01.key",
            "sealing-1.unfinished",
            "locking-1.key",
            "../sealing-1.key",
            "sealing-1.revoked",
        ] {
            assert_eq!(KeyFile::parse(name), None, "{name}");
        }
    }

    #[test]
    fn keys_stand_by_use_and_age_as_numbers() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["signing-5.key", "sealing-100.key", "sealing-99.revoked.key", "notes.txt"] {
            std::fs::write(dir.path().join(name), "").unwrap();
        }
        let names: Vec<String> = list(dir.path()).iter().map(KeyFile::to_string).collect();
        assert_eq!(names, ["sealing-99.revoked.key", "sealing-100.key", "signing-5.key"]);
    }

    #[test]
    fn a_secret_is_64_digits() {
        assert_eq!(secret_of(&"0a".repeat(32)), Some([10; 32]));
        for wrong in [
            "0a".repeat(31),
            "0a".repeat(33),
            format!("{}0", "0a".repeat(31)),
            "+1".repeat(32),
            "é".repeat(32),
        ] {
            assert_eq!(secret_of(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_key_is_never_written_over_another() {
        let dir = tempfile::tempdir().unwrap();
        let file = KeyFile { usage: Use::Sealing, begins_at_s: 7, is_revoked: false };
        write_new(dir.path(), file, &[1; 32]).unwrap();
        assert!(write_new(dir.path(), file, &[2; 32]).is_err());
        assert_eq!(read_all(dir.path()).unwrap(), [(file, [1; 32])]);
    }
}
