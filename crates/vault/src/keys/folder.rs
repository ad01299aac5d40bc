//! The keys of a running server. A rotation is a new file in the folder. Every server that shares
//! the folder checks it every few seconds, and at once when a submission is sealed to a key that it
//! does not know. This needs no signal, no restart and no list of servers.

use super::elsewhere::{KeyReport, KeysElsewhere, MissingKeys};
use super::{KeyFault, Keys, KeysFound, Secret, file};
use crate::event_cipher::EventCipher;
use crate::now_ms;
use domain::MunicipalityId;
use domain::submission::{KeyId, PublicKeys};
use file::{KeyFile, Use};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

/// Seconds between two checks of the folder.
pub const LOOK_S: u64 = 5;
/// The least time between two checks: an attacker who sends invented key ids cannot make the server
/// check more often.
const LOOK_GAP: Duration = Duration::from_secs(1);

/// The keys of a folder, re-read when it changes.
pub struct KeyFolder {
    dir: PathBuf,
    read: RwLock<Read>,
    /// Held during a check, but never while keys are only used, because a network share may hang.
    looked: Mutex<Instant>,
    /// What the other servers of the database reported last.
    elsewhere: RwLock<KeysElsewhere>,
}

struct Read {
    /// The names in the folder.
    files: Vec<KeyFile>,
    /// The keys in use. Those whose files have vanished are among them.
    secrets: Vec<(KeyFile, Secret)>,
    keys: Arc<Keys>,
}

impl KeyFolder {
    /// Opens a folder as [`Keys::open`] does.
    pub fn open(dir: &Path, has_entries: bool) -> Result<(Self, KeysFound), KeyFault> {
        let (keys, found) = Keys::open(dir, has_entries)?;
        let secrets = file::read_all(dir)?;
        let read = Read { files: names(&secrets), secrets, keys: Arc::new(keys) };
        Ok((
            Self {
                dir: dir.into(),
                read: RwLock::new(read),
                looked: Mutex::new(Instant::now()),
                elsewhere: RwLock::default(),
            },
            found,
        ))
    }

    /// The keys as they were last read.
    pub fn now(&self) -> Arc<Keys> {
        self.read.read().unwrap_or_else(PoisonError::into_inner).keys.clone()
    }

    /// The public keys for devices, as [`Keys::public`]: of the keys to seal to, those that every
    /// server has.
    pub fn public(
        &self,
        municipality: &MunicipalityId,
        epoch: [u8; 16],
        now_ms: u64,
    ) -> PublicKeys {
        self.elsewhere().offered(self.now().public(municipality, epoch, now_ms))
    }

    /// The ids of all keys, to be reported to the other servers.
    pub fn ids(&self) -> Vec<KeyId> {
        self.now().files().map(|(id, _)| id).collect()
    }

    /// Takes note of what the other servers of the database reported. Says in the log which keys
    /// are missing on one of the servers, when that changes, and every day.
    pub fn note_elsewhere(&self, reports: Vec<KeyReport>) {
        let missing = MissingKeys::of(&self.ids(), &reports);
        let mut known = self.elsewhere.write().unwrap_or_else(PoisonError::into_inner);
        let (before, said) = (known.missing, known.said);
        *known = KeysElsewhere { reports, missing, said };
        let now = Instant::now();
        if known.must_say(before, now) {
            known.said = Some(now);
            let MissingKeys { here, elsewhere } = missing;
            tracing::warn!(
                here,
                elsewhere,
                "the servers of this database have different keys; a key is used when all have it. Copy the missing files of keys/"
            );
        }
    }

    /// How many keys servers that run lack, here and elsewhere. While any is missing, a new key is
    /// not used.
    pub fn missing(&self) -> usize {
        let MissingKeys { here, elsewhere } = self.elsewhere().missing;
        here + elsewhere
    }

    /// Whether another server has a key. What is sealed to it can be received as soon as this
    /// server has it too.
    pub fn is_elsewhere(&self, key: KeyId) -> bool {
        self.elsewhere().is_somewhere(key)
    }

    /// The keys of the folder, and with them those in use whose files have vanished. Such a key
    /// seals nothing new if the folder has another one for that.
    fn read_again(&self, in_use: &[(KeyFile, Secret)]) -> Result<Read, KeyFault> {
        let there = file::read_all(&self.dir)?;
        let keys = Keys::of(&self.dir, &there)?;
        let (files, lost) = (names(&there), vanished(in_use, &there));
        if lost.is_empty() {
            return Ok(Read { files, secrets: there, keys: Arc::new(keys) });
        }
        for (file, _) in &lost {
            tracing::error!(%file, "a key file has vanished; its key opens what was sealed to it until the server stops, and seals only if no other can. Put the file back from your backup first");
        }
        let mut secrets = [there.as_slice(), lost.as_slice()].concat();
        secrets.sort();
        let now_ms = now_ms();
        let used: Vec<(KeyFile, Secret)> = secrets
            .iter()
            .map(|(file, secret)| {
                let only_opens =
                    lost.contains(&(*file, *secret)) && is_replaced(*file, &there, now_ms);
                (KeyFile { is_revoked: file.is_revoked || only_opens, ..*file }, *secret)
            })
            .collect();
        let keys = Arc::new(Keys::of(&self.dir, &used)?);
        Ok(Read { files, secrets, keys })
    }

    fn elsewhere(&self) -> RwLockReadGuard<'_, KeysElsewhere> {
        self.elsewhere.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The keys. Re-reads the folder first if `key` is unknown; the key may still be unknown
    /// afterwards.
    pub fn knowing(&self, key: KeyId) -> Arc<Keys> {
        let keys = self.now();
        if keys.knows(key) {
            return keys;
        }
        self.look(LOOK_GAP);
        self.now()
    }

    /// The cipher for texts of staff. Re-reads the folder first if it does not know the key that
    /// `sealed` names.
    pub fn cipher_for(&self, sealed: &[u8]) -> EventCipher {
        let cipher = self.event_cipher();
        if cipher.knows(sealed) {
            return cipher;
        }
        self.look(LOOK_GAP);
        self.event_cipher()
    }

    /// The cipher for texts of staff, with the keys as they were last read. It seals with the
    /// newest key that every server has.
    pub fn event_cipher(&self) -> EventCipher {
        let elsewhere = self.elsewhere();
        let cipher = EventCipher::of(&self.now());
        match elsewhere.reports.is_empty() {
            true => cipher,
            false => cipher.using(|key| elsewhere.is_everywhere(key)),
        }
    }

    /// Whether the folder can be read and still has every key that is in use here, but for revoked
    /// ones. If a key is missing, the next start will find submissions that nothing opens.
    pub fn is_present(&self) -> bool {
        let in_use = self.read.read().unwrap_or_else(PoisonError::into_inner).secrets.clone();
        file::read_all(&self.dir).is_ok_and(|there| {
            Keys::of(&self.dir, &there).is_ok() && vanished(&in_use, &there).is_empty()
        })
    }

    /// Re-reads the folder if the names of its files changed, unless it was checked less than `gap`
    /// ago. A folder that cannot be read changes nothing: a share that is briefly unavailable must
    /// not take the keys from a server that has them. A key whose file has vanished stays in use
    /// until the next start, because without it nothing opens what was sealed to it.
    pub fn look(&self, gap: Duration) {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if looked.elapsed() < gap {
            return;
        }
        *looked = Instant::now();
        let files = file::list(&self.dir);
        let in_use = {
            let read = self.read.read().unwrap_or_else(PoisonError::into_inner);
            if read.files == files {
                return;
            }
            read.secrets.clone()
        };
        match self.read_again(&in_use) {
            Ok(read) => {
                tracing::info!(keys = read.keys.files().count(), "the keys have changed");
                *self.read.write().unwrap_or_else(PoisonError::into_inner) = read;
            }
            Err(fault) => {
                tracing::error!(%fault, "the keys have changed and cannot be read; those from before stay in use")
            }
        }
    }
}

/// The names of the files of keys.
fn names(secrets: &[(KeyFile, Secret)]) -> Vec<KeyFile> {
    secrets.iter().map(|(file, _)| *file).collect()
}

/// The keys in use that the folder does not have any more. Only a revoked key is ever deleted: by
/// `keys destroy`, which revokes it first.
fn vanished(in_use: &[(KeyFile, Secret)], there: &[(KeyFile, Secret)]) -> Vec<(KeyFile, Secret)> {
    let is_there = |secret: &Secret| there.iter().any(|(_, other)| other == secret);
    let gone = in_use.iter().filter(|(file, secret)| !file.is_revoked && !is_there(secret));
    gone.copied().collect()
}

/// Whether the folder has another key with which new things can be sealed instead of this lost one.
/// Nothing that a lost key sealed can be read after the next start.
fn is_replaced(lost: KeyFile, there: &[(KeyFile, Secret)], now_ms: u64) -> bool {
    let seals = matches!(lost.usage, Use::Sealing | Use::Office);
    let replaces =
        |file: &KeyFile| file.usage == lost.usage && !file.is_revoked && file.has_begun(now_ms);
    seals && there.iter().any(|(file, _)| replaces(file))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::file::write_new;
    use domain::MunicipalityId;

    fn offered(folder: &KeyFolder) -> KeyId {
        folder.now().public(&MunicipalityId::parse("x").unwrap(), [0; 16], u64::MAX).sealing[0].id
    }

    fn add(dir: &Path, begins_at_s: u64) {
        write_new(dir, KeyFile { usage: Use::Sealing, begins_at_s, is_revoked: false }, &[9; 32])
            .unwrap();
    }

    #[test]
    fn a_new_key_is_known_at_the_next_look() {
        let dir = tempfile::tempdir().unwrap();
        let (folder, _) = KeyFolder::open(dir.path(), false).unwrap();
        let before = offered(&folder);
        add(dir.path(), 9_999_999_999);
        assert_eq!(offered(&folder), before);
        folder.look(Duration::ZERO);
        assert_ne!(offered(&folder), before);
        assert!(folder.now().knows(before), "and the old one still opens");
    }

    #[test]
    fn an_entry_under_an_unknown_key_makes_it_look_but_not_all_the_time() {
        let dir = tempfile::tempdir().unwrap();
        let (folder, _) = KeyFolder::open(dir.path(), false).unwrap();
        add(dir.path(), 9_999_999_999);
        let new = offered(&KeyFolder::open(dir.path(), true).unwrap().0);
        assert!(!folder.knowing(new).knows(new), "it has just looked");
        *folder.looked.lock().unwrap() -= LOOK_GAP;
        assert!(folder.knowing(new).knows(new));
    }

    fn first_sealing(dir: &Path) -> KeyFile {
        file::list(dir).into_iter().find(|file| file.usage == Use::Sealing).unwrap()
    }

    #[test]
    fn a_file_that_vanishes_is_missed_at_once_and_its_key_stays_in_use() {
        let dir = tempfile::tempdir().unwrap();
        let (folder, _) = KeyFolder::open(dir.path(), false).unwrap();
        let before = offered(&folder);
        add(dir.path(), 9_999_999_999);
        folder.look(Duration::ZERO);
        assert!(folder.is_present());
        let path = first_sealing(dir.path()).path_in(dir.path());
        let aside = dir.path().join("aside");
        std::fs::rename(&path, &aside).unwrap();
        assert!(!folder.is_present());
        folder.look(Duration::ZERO);
        assert!(!folder.is_present() && folder.now().knows(before), "also after another look");
        let another = KeyFile { usage: Use::Sealing, begins_at_s: 9, is_revoked: false };
        write_new(dir.path(), another, &[7; 32]).unwrap();
        let count = folder.ids().len();
        folder.look(Duration::ZERO);
        assert_eq!(folder.ids().len(), count + 1, "a new key is known beside the lost one");
        std::fs::rename(&aside, &path).unwrap();
        assert!(folder.is_present());
        folder.look(Duration::ZERO);
        assert!(folder.is_present() && folder.now().knows(before));
    }

    #[test]
    fn a_lost_key_seals_nothing_new_while_another_one_can() {
        let dir = tempfile::tempdir().unwrap();
        let (folder, _) = KeyFolder::open(dir.path(), false).unwrap();
        let (newest, newest_office) = (offered(&folder), folder.event_cipher().newest_key());
        let list = file::list(dir.path());
        let of =
            |usage: Use| list.iter().find(|file| file.usage == usage).unwrap().path_in(dir.path());
        let aside = dir.path().join("aside");
        let (sealing, office) = (of(Use::Sealing), of(Use::Office));
        for usage in [Use::Sealing, Use::Office] {
            let older = KeyFile { usage, begins_at_s: 9, is_revoked: false };
            write_new(dir.path(), older, &[7; 32]).unwrap();
        }
        folder.look(Duration::ZERO);
        assert_eq!(offered(&folder), newest);
        assert_eq!(folder.event_cipher().newest_key(), newest_office);
        std::fs::rename(&sealing, &aside).unwrap();
        std::fs::rename(&office, aside.with_extension("office")).unwrap();
        folder.look(Duration::ZERO);
        assert_ne!(offered(&folder), newest);
        assert_ne!(folder.event_cipher().newest_key(), newest_office);
        assert!(folder.now().knows(newest) && !folder.is_present(), "it opens, and is missed");
        std::fs::rename(&aside, &sealing).unwrap();
        folder.look(Duration::ZERO);
        assert_eq!(offered(&folder), newest, "it is used again when its file is back");
    }

    #[test]
    fn a_revoked_key_may_be_deleted_and_opens_nothing_more() {
        let dir = tempfile::tempdir().unwrap();
        let (folder, _) = KeyFolder::open(dir.path(), false).unwrap();
        let before = offered(&folder);
        add(dir.path(), 9_999_999_999);
        let revoked = file::revoke(dir.path(), first_sealing(dir.path())).unwrap();
        folder.look(Duration::ZERO);
        assert!(folder.is_present() && folder.now().knows(before));
        std::fs::remove_file(revoked.path_in(dir.path())).unwrap();
        assert!(folder.is_present());
        folder.look(Duration::ZERO);
        assert!(folder.is_present() && !folder.now().knows(before));
    }

    #[test]
    fn a_folder_that_is_gone_or_damaged_takes_no_keys_away() {
        let dir = tempfile::tempdir().unwrap();
        let keys = dir.path().join("keys");
        let (folder, _) = KeyFolder::open(&keys, false).unwrap();
        let before = offered(&folder);
        std::fs::write(keys.join("sealing-9999999999.key"), "half a k").unwrap();
        folder.look(Duration::ZERO);
        assert_eq!(offered(&folder), before);
        std::fs::rename(&keys, dir.path().join("elsewhere")).unwrap();
        folder.look(Duration::ZERO);
        assert_eq!(offered(&folder), before);
    }
}
