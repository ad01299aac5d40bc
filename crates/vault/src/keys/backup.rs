//! One file with all keys, encrypted with words that are written on paper. Inside it is text: one
//! line per key file with its name and its 64 digits, so that a person who opens it with `age
//! --decrypt` can rebuild the folder by hand.

use super::age::{self, NotOpened};
use super::file::{self, KeyFile};
use super::{KeyFault, Keys, Secret};
use crate::random;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Crockford's base 32, which has no characters that look alike.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Five words are 125 bits: they cannot be guessed, and they fit on a line of paper.
const WORDS: usize = 5;
const WORD_LETTERS: usize = 5;

/// Generates random words, as in `7Q3MX-9TBKA-…`.
pub fn fresh_words() -> String {
    let letters: Vec<u8> = random::<{ WORDS * WORD_LETTERS }>()
        .iter()
        .map(|byte| LETTERS[usize::from(byte % 32)])
        .collect();
    grouped(&letters)
}

/// Normalizes words as people type them from paper: any case, with or without hyphens and spaces, O
/// for 0, I and L for 1.
pub fn typed_words(text: &str) -> String {
    let letter = |letter: char| match letter.to_ascii_uppercase() {
        'O' => b'0',
        'I' | 'L' => b'1',
        // Any other character stays wrong, and opens nothing.
        other => u8::try_from(other).unwrap_or(b'?'),
    };
    grouped(
        &text
            .chars()
            .filter(|letter| !letter.is_whitespace() && *letter != '-')
            .map(letter)
            .collect::<Vec<_>>(),
    )
}

fn grouped(letters: &[u8]) -> String {
    letters.chunks(WORD_LETTERS).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
}

/// SHA-256 of a file, in groups that can be compared by eye.
pub fn fingerprint(file: &[u8]) -> String {
    Sha256::digest(file).chunks(4).map(hex::encode).collect::<Vec<_>>().join(" ")
}

/// Encrypts all keys of a folder into one file. Returns the file and the keys.
pub fn pack(dir: &Path, words: &str) -> Result<(Vec<u8>, Keys), KeyFault> {
    let secrets = file::read_all(dir)?;
    let keys = Keys::of(dir, &secrets)?;
    let lines: Vec<String> =
        secrets.iter().map(|(file, secret)| format!("{file} {}\n", hex::encode(secret))).collect();
    let text = format!(
        "# Keys of a Community Hub. Secret. Each line is a file of the keys folder: its name, and what is in it.\n{}",
        lines.concat()
    );
    let file = age::seal(text.as_bytes(), words);
    file.map(|file| (file, keys)).ok_or_else(|| KeyFault::File {
        path: dir.into(),
        what: "holds more keys than a backup has room for".into(),
    })
}

/// Encrypts a text beside the keys, with their words. `None` if it is longer than 64 KB.
pub fn seal_text(text: &str, words: &str) -> Option<Vec<u8>> {
    age::seal(text.as_bytes(), words)
}

/// Decrypts a file with the words from the paper.
pub fn open_text(path: &Path, words: &str) -> Result<String, KeyFault> {
    let fault = |what: String| KeyFault::File { path: path.into(), what };
    let bytes = std::fs::read(path).map_err(|error| fault(format!("cannot be read: {error}")))?;
    let plain = age::open(&bytes, &typed_words(words)).map_err(|why| match why {
        NotOpened::OtherFile => fault("is not a backup of keys, or was cut short".into()),
        NotOpened::DoesNotOpen => fault("does not open with these words. Compare them with the paper; if they are right, the file is damaged".into()),
    })?;
    Ok(String::from_utf8_lossy(&plain).into_owned())
}

/// The keys in a backup file.
pub struct Unpacked(Vec<(KeyFile, Secret)>);

impl Unpacked {
    /// Decrypts a backup file with the words from the paper.
    pub fn of(path: &Path, words: &str) -> Result<Self, KeyFault> {
        let fault = |what: String| KeyFault::File { path: path.into(), what };
        let text = open_text(path, words)?;
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let secrets: Option<Vec<_>> = lines
            .map(|line| {
                line.split_once(' ').and_then(|(name, digits)| {
                    Some((KeyFile::parse(name)?, file::secret_of(digits)?))
                })
            })
            .collect();
        secrets
            .map(|mut secrets| {
                secrets.sort();
                Self(secrets)
            })
            .ok_or_else(|| fault("was written by a newer program".into()))
    }

    /// The keys, ready for use. Fails if the set is not complete.
    pub fn keys(&self) -> Result<Keys, KeyFault> {
        Keys::of(Path::new("The backup"), &self.0)
    }

    /// Creates the keys folder, as a whole or not at all. Fails if the folder is not empty. Returns
    /// how many keys it holds.
    pub fn restore(&self, dir: &Path) -> Result<usize, KeyFault> {
        let fault = |path: &Path, what: String| KeyFault::File { path: path.into(), what };
        if std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(fault(dir, "is not empty. Nothing was written: keys are never put over others. Move what is there away first".into()));
        }
        let beside: PathBuf = dir.with_extension("restoring");
        if beside.exists() {
            std::fs::remove_dir_all(&beside).map_err(|error| {
                fault(&beside, format!("is left from another try and cannot be removed: {error}"))
            })?;
        }
        self.0.iter().try_for_each(|(file, secret)| file::write_new(&beside, *file, secret))?;
        std::fs::rename(&beside, dir)
            .map_err(|error| fault(dir, format!("cannot be made: {error}")))?;
        Ok(self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_folder_comes_back_from_file_and_paper() {
        let place = tempfile::tempdir().unwrap();
        let (dir, path, words) =
            (place.path().join("keys"), place.path().join("backup.age"), fresh_words());
        Keys::open(&dir, false).unwrap();
        let before = file::read_all(&dir).unwrap();
        std::fs::write(&path, pack(&dir, &words).unwrap().0).unwrap();
        let unpacked = Unpacked::of(
            &path,
            &words.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l"),
        )
        .unwrap();
        assert!(
            unpacked
                .restore(&dir)
                .is_err_and(|fault| fault.to_string().contains("never put over others"))
        );
        assert_eq!(file::read_all(&dir).unwrap(), before);
        std::fs::remove_dir_all(&dir).unwrap();
        assert_eq!(
            unpacked.restore(&dir).unwrap(),
            4,
            "to seal, to sign, for the office, and to know again what was erased"
        );
        assert_eq!(file::read_all(&dir).unwrap(), before);
        assert!(super::super::readable_by_others(&dir).is_empty());
    }

    #[test]
    fn a_file_shows_nothing_without_its_words() {
        let place = tempfile::tempdir().unwrap();
        let (dir, path) = (place.path().join("keys"), place.path().join("backup.age"));
        Keys::open(&dir, false).unwrap();
        let (file, _) = pack(&dir, &fresh_words()).unwrap();
        let secrets = file::read_all(&dir).unwrap();
        assert!(
            secrets
                .iter()
                .all(|(_, secret)| !String::from_utf8_lossy(&file).contains(&hex::encode(secret)))
        );
        std::fs::write(&path, &file).unwrap();
        assert!(
            Unpacked::of(&path, &fresh_words())
                .err()
                .unwrap()
                .to_string()
                .contains("Compare them with the paper")
        );
        std::fs::write(&path, "something else").unwrap();
        assert!(Unpacked::of(&path, "x").err().unwrap().to_string().contains("is not a backup"));
    }

    #[test]
    fn words_are_125_bits_in_letters_that_cannot_be_mistaken() {
        let words = fresh_words();
        assert_eq!((words.len(), words.split('-').count()), (29, 5));
        assert_ne!(words, fresh_words());
        assert_eq!(typed_words("  o0il-1abcde "), "00111-ABCDE");
    }

    /// The file was made with `age --passphrase` 1.1.1.
    #[test]
    fn what_the_usual_program_has_sealed_opens() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("backup.age");
        std::fs::write(&path, include_bytes!("by-age.age")).unwrap();
        let unpacked = Unpacked::of(&path, "7q3mx 9tbka o0ill abcde xyz99").unwrap();
        let names: Vec<String> =
            unpacked.0.iter().map(|(file, secret)| format!("{file} {}", secret[0])).collect();
        assert_eq!(
            names,
            [
                "sealing-1700000000.revoked.key 2",
                "sealing-1763942400.key 1",
                "signing-1763942400.key 3"
            ]
        );
    }

    #[test]
    fn a_name_in_a_backup_leads_nowhere_else() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("backup.age");
        std::fs::write(
            &path,
            age::seal(format!("../sealing-1.key {}\n", "00".repeat(32)).as_bytes(), "W0RDS")
                .unwrap(),
        )
        .unwrap();
        assert!(Unpacked::of(&path, "words").err().unwrap().to_string().contains("newer program"));
    }
}
