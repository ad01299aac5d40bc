//! The municipality's keys: key pairs that open sealed envelopes, key pairs that sign receipts,
//! keys that encrypt what staff write, and a secret that recognizes erased ids. The first of each
//! is created on the first start. `community-hub keys rotate` adds more; none is ever removed
//! automatically.

pub mod age;
pub mod backup;
mod elsewhere;
pub mod file;
mod folder;
mod opening;

pub use elsewhere::KeyReport;
pub use folder::{KeyFolder, LOOK_S};

use crate::event_cipher::{EventCipher, OfficeKey};
use crate::private::{self, make_file, make_folder, open_to_others};
use crate::{Lookup, SenderTag, Tombstone, now_s, random};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use domain::MunicipalityId;
use domain::edition::Edition;
use domain::submission::{
    BodyHash, Envelope, KeyId, PublicKeys, Receipt, SEAL_INFO, SealingKey, VerifyingKey,
};
use file::{KeyFile, Use};
use hmac::{Hmac, KeyInit, Mac};
use hpke::{Kem, Serializable};
use opening::Opener;
use sha2::{Digest, Sha256};
use std::fmt;
use std::path::{Path, PathBuf};

type X25519 = hpke::kem::X25519HkdfSha256;
/// The secret bytes of a key.
pub type Secret = [u8; 32];

/// All keys of one folder, as they were when it was read.
pub struct Keys {
    /// Newest first. Opens envelopes.
    sealing: Vec<SealingKeyPair<Opener>>,
    /// Oldest first. At least one is not revoked.
    signing: Vec<SealingKeyPair<Ed25519KeyPair>>,
    /// Never changes; with another one, erased submissions could come back.
    erasure: (KeyFile, Secret),
    /// The ids of the keys that encrypt what staff write, oldest first. Empty in a folder from
    /// before such keys existed.
    office: Vec<(KeyId, KeyFile)>,
    event_cipher: EventCipher,
}

struct SealingKeyPair<P> {
    id: KeyId,
    file: KeyFile,
    private: P,
    public: [u8; 32],
}

/// Why there are no usable keys.
#[derive(Debug)]
pub enum KeyFault {
    /// Submissions exist but keys do not: new keys could never open them. The path is the folder.
    Missing(PathBuf),
    /// All keys for one use are revoked.
    NoneInUse {
        /// The keys folder.
        dir: PathBuf,
        /// The use.
        kind: &'static str,
    },
    /// A key file cannot be read or written.
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, for the administrator.
        what: String,
    },
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyFault::Missing(dir) => write!(
                f,
                "{} holds no keys although entries have been received. New keys could not open them, so none were made. Put the keys back from your backup.",
                dir.display()
            ),
            KeyFault::NoneInUse { dir, kind } => {
                write!(
                    f,
                    "All {kind} keys in {} are revoked. Make a new one: community-hub keys rotate {kind} --in 0",
                    dir.display()
                )
            }
            KeyFault::File { path, what } => write!(f, "{}: {what}", path.display()),
        }
    }
}

impl std::error::Error for KeyFault {}

/// How the keys were obtained.
#[derive(Debug, PartialEq, Eq)]
pub enum KeysFound {
    /// They existed.
    Existing,
    /// They were created.
    Made,
}

impl Keys {
    /// Reads the keys of a folder. Creates them if they are absent and `has_entries` is false,
    /// which means that no submission was ever received. Fails if keys are absent although there
    /// are submissions, if all keys for one use are revoked, or if a file cannot be read or
    /// written.
    pub fn open(dir: &Path, has_entries: bool) -> Result<(Self, KeysFound), KeyFault> {
        let read = || file::read_all(dir).map(|secrets| Self::of(dir, &secrets));
        if let Ok(keys) = read()? {
            return Ok((keys, KeysFound::Existing));
        }
        // Two servers that share the folder may start at once: the second one finds what the first
        // created.
        let _alone = alone(dir).map_err(|error| KeyFault::File {
            path: dir.into(),
            what: format!("cannot be written: {error}"),
        })?;
        if let Ok(keys) = read()? {
            return Ok((keys, KeysFound::Existing));
        }
        make_missing(dir, has_entries)?;
        Ok((read()??, KeysFound::Made))
    }

    /// Builds the keys from a folder's or backup's content, oldest first. Fails if a kind of key
    /// that must exist is absent.
    fn of(place: &Path, secrets: &[(KeyFile, Secret)]) -> Result<Self, KeyFault> {
        let of_use = |usage: Use| secrets.iter().filter(move |(file, _)| file.usage == usage);
        for usage in Use::ALL {
            let is_there = of_use(usage).next().is_some();
            if !is_there && usage != Use::Office {
                return Err(KeyFault::Missing(place.into()));
            }
            if is_there && of_use(usage).all(|(file, _)| file.is_revoked) {
                return Err(KeyFault::NoneInUse { dir: place.into(), kind: usage.name() });
            }
        }
        let sealing = of_use(Use::Sealing).rev().map(|(file, secret)| {
            let (private, _) = X25519::derive_keypair(secret);
            let private = Opener::new(&private.to_bytes().into(), SEAL_INFO);
            let public = private.public();
            SealingKeyPair { id: key_id(&public), file: *file, private, public }
        });
        let signing = of_use(Use::Signing).map(|(file, secret)| {
            let private = Ed25519KeyPair::from_seed_unchecked(secret)
                .expect("any 32 bytes are an Ed25519 secret");
            let public = private
                .public_key()
                .as_ref()
                .try_into()
                .expect("an Ed25519 public key has 32 bytes");
            SealingKeyPair { id: key_id(&public), file: *file, private, public }
        });
        let erasure = *of_use(Use::Erasure).next().expect("its presence was checked above");
        let office = of_use(Use::Office).map(|(file, secret)| (office_key_id(secret), *file));
        let office_keys = of_use(Use::Office).map(|(file, secret)| OfficeKey {
            id: office_key_id(secret),
            begins_at_s: file.begins_at_s,
            is_revoked: file.is_revoked,
            secret: *secret,
        });
        let event_cipher =
            EventCipher::new(keyed_hash(&erasure.1, b"community-hub office 1\0", &[]), office_keys);
        Ok(Self {
            sealing: sealing.collect(),
            signing: signing.collect(),
            erasure,
            office: office.collect(),
            event_cipher,
        })
    }

    /// The keyed hash of an id. It is all that remains of the id after its submission is erased.
    pub fn tombstone(&self, id: domain::SubmissionId) -> Tombstone {
        Tombstone(keyed_hash(&self.erasure.1, b"community-hub erased 1\0", id.as_bytes()))
    }

    /// The keyed hash by which a submission is found for the holder of its receipt. `hash` is the
    /// one in the body of the submission.
    pub fn lookup(&self, hash: &[u8; 32]) -> Lookup {
        let hash = keyed_hash(&self.erasure.1, b"community-hub lookup 1\0", hash);
        Lookup(std::array::from_fn(|at| hash[at]))
    }

    /// A keyed hash for incoming mail: ids, tracking codes and tokens follow from it, so that a
    /// message that is read again gives the same ones, and nobody else can compute them. `purpose`
    /// keeps them apart. Rotation does not change it.
    pub fn mail_hash(&self, purpose: &str, bytes: &[u8]) -> [u8; 32] {
        let named = [purpose.as_bytes(), b"\0", bytes].concat();
        keyed_hash(&self.erasure.1, b"community-hub mail 1\0", &named)
    }

    /// A mark by which a database recognizes its keys folder. Rotation does not change it.
    pub fn mark(&self) -> [u8; 32] {
        keyed_hash(&self.erasure.1, b"community-hub keys 1\0", &[])
    }

    /// A pseudonym that only groups the submissions that one network sent on one day. `day` counts
    /// from 1970-01-01 (UTC). The same network has another tag on another day. Without the keys
    /// folder, nobody can find the address by trying all addresses.
    pub fn sender_tag(&self, day: u64, network: &str) -> SenderTag {
        let hash = keyed_hash(
            &self.erasure.1,
            b"community-hub sender 1\0",
            &[&day.to_be_bytes(), network.as_bytes()].concat(),
        );
        let mut tag = [0; 8];
        tag.copy_from_slice(&hash[..8]);
        SenderTag(tag)
    }

    /// The public keys for devices. The newest sealing key that has begun is first, for new
    /// submissions. Signing keys are listed before they begin: a device must know a key before it
    /// meets a receipt signed with it.
    pub fn public(
        &self,
        municipality: &MunicipalityId,
        epoch: [u8; 16],
        now_ms: u64,
    ) -> PublicKeys {
        let sealing = self.sealing.iter().filter(|pair| !pair.file.is_revoked);
        let begun: Vec<_> = sealing.clone().filter(|pair| pair.file.has_begun(now_ms)).collect();
        // After the clock is set back to before the first start, devices must still get a key.
        let offered = if begun.is_empty() { sealing.collect() } else { begun };
        let signing = self.signing.iter().filter(|pair| !pair.file.is_revoked);
        PublicKeys {
            municipality: municipality.clone(),
            sealing: offered
                .into_iter()
                .map(|pair| SealingKey { id: pair.id, public: pair.public })
                .collect(),
            signing: signing
                .map(|pair| VerifyingKey { id: pair.id, public: pair.public })
                .collect(),
            epoch,
            now_ms,
        }
    }

    /// All signing keys, revoked ones included.
    pub fn all_verifying(&self) -> Vec<VerifyingKey> {
        self.signing.iter().map(|pair| VerifyingKey { id: pair.id, public: pair.public }).collect()
    }

    /// Reads the keys of an existing folder; creates none. Fails as [`Keys::open`] does.
    pub fn existing(dir: &Path) -> Result<Self, KeyFault> {
        Self::of(dir, &file::read_all(dir)?)
    }

    /// Whether envelopes sealed to this key can be opened, even if it is revoked.
    pub fn knows(&self, key: KeyId) -> bool {
        self.sealing.iter().any(|pair| pair.id == key)
    }

    /// Decrypts a sealed envelope (HPKE base mode, RFC 9180). `None` if it does not open, for any
    /// reason.
    pub fn open_seal(&self, envelope: &Envelope) -> Option<Vec<u8>> {
        let pair = self.sealing.iter().find(|pair| pair.id == envelope.header.key)?;
        let (header, sealed) = envelope.as_sealed()?;
        let (encapsulated, ciphertext) = sealed.split_first_chunk()?;
        pair.private.open(encapsulated, ciphertext, &header.bound_bytes())
    }

    /// Signs a receipt. The same facts produce the same receipt, byte for byte: Ed25519 is
    /// deterministic, and the key is the one that was newest at `received_at_ms`. So a rotation
    /// changes no existing receipt, and servers that share keys agree.
    pub fn sign(
        &self,
        id: domain::SubmissionId,
        body: BodyHash,
        received_at_ms: u64,
        epoch: [u8; 16],
    ) -> Receipt {
        let pair = self.signs_at(received_at_ms);
        let mut receipt = Receipt {
            id,
            body,
            received_at_ms,
            epoch,
            signer: pair.id,
            signature: ([0; 32], [0; 32]),
        };
        receipt.signature = signature(&pair.private, &receipt.signed_bytes());
        receipt
    }

    /// The signing key that was newest at a moment.
    fn signs_at(&self, at_ms: u64) -> &SealingKeyPair<Ed25519KeyPair> {
        let in_use = || self.signing.iter().filter(|pair| !pair.file.is_revoked);
        let then = in_use().rfind(|pair| pair.file.has_begun(at_ms));
        then.or_else(|| in_use().next()).expect("a set of keys always has a signing key")
    }

    /// The id of the key that signs at this moment.
    pub fn signer(&self, now_ms: u64) -> KeyId {
        self.signs_at(now_ms).id
    }

    /// Signs with the key of this moment. Returns the id of the key and the two halves of the
    /// signature. `bytes` must begin with a constant that names their kind, so that the signature
    /// cannot pass for that of another kind.
    pub fn sign_bytes(&self, bytes: &[u8], now_ms: u64) -> (KeyId, ([u8; 32], [u8; 32])) {
        let pair = self.signs_at(now_ms);
        (pair.id, signature(&pair.private, bytes))
    }

    /// Signs the number and the hash of the newest edition, with the key of this moment.
    pub fn sign_edition(
        &self,
        municipality: &MunicipalityId,
        number: u32,
        bundle: [u8; 32],
        now_ms: u64,
    ) -> Edition {
        let pair = self.signs_at(now_ms);
        let mut edition = Edition {
            municipality: municipality.clone(),
            number,
            bundle,
            signer: pair.id,
            signature: ([0; 32], [0; 32]),
        };
        edition.signature = signature(&pair.private, &edition.signed_bytes());
        edition
    }

    /// Every key with its file: sealing newest first, then signing and office oldest first, then
    /// the erasure secret.
    pub fn files(&self) -> impl Iterator<Item = (KeyId, KeyFile)> {
        let pairs = self
            .sealing
            .iter()
            .map(|pair| (pair.id, pair.file))
            .chain(self.signing.iter().map(|pair| (pair.id, pair.file)));
        pairs.chain(self.office.iter().copied()).chain([(key_id(&self.mark()), self.erasure.0)])
    }
}

impl EventCipher {
    /// The cipher with the keys of the key folder.
    pub fn of(keys: &Keys) -> Self {
        keys.event_cipher.clone()
    }
}

/// HMAC-SHA256 (RFC 2104).
fn keyed_hash(secret: &Secret, purpose: &[u8], bytes: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(purpose);
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

/// The id by which a text names the office key that encrypted it. It reveals nothing about the
/// secret.
fn office_key_id(secret: &Secret) -> KeyId {
    key_id(&keyed_hash(secret, b"community-hub office key 1\0", &[]))
}

/// The two halves of a signature (RFC 8032).
fn signature(private: &Ed25519KeyPair, bytes: &[u8]) -> ([u8; 32], [u8; 32]) {
    let signature = private.sign(bytes);
    let (r, s) = signature.as_ref().split_at(32);
    let half = |bytes: &[u8]| bytes.try_into().expect("a signature has 64 bytes");
    (half(r), half(s))
}

fn key_id(public: &[u8; 32]) -> KeyId {
    let digest = Sha256::digest(public);
    KeyId(digest[..8].try_into().expect("SHA-256 yields more than 8 bytes"))
}

/// Creates absent keys. Sealing and signing keys are created together, and never if submissions
/// exist that new ones could not open.
fn make_missing(dir: &Path, has_entries: bool) -> Result<(), KeyFault> {
    let files = file::list(dir);
    let has = |usage: Use| files.iter().any(|file| file.usage == usage);
    let make = |usage: Use| {
        file::write_new(dir, KeyFile { usage, begins_at_s: now_s(), is_revoked: false }, &random())
    };
    match (has(Use::Sealing), has(Use::Signing)) {
        (true, true) => {}
        (false, false) if !has_entries => {
            make(Use::Sealing)?;
            make(Use::Signing)?;
            // In an older folder, an administrator creates the first one with `keys rotate office`,
            // and makes a new backup then.
            make(Use::Office)?;
        }
        _ => return Err(KeyFault::Missing(dir.into())),
    }
    // A folder from before erasure existed has no such secret. A database that was used with
    // another one reports that itself.
    if has(Use::Erasure) { Ok(()) } else { make(Use::Erasure) }
}

/// Locks the folder: until the file is dropped, no other process creates keys here.
fn alone(dir: &Path) -> std::io::Result<std::fs::File> {
    make_folder(dir)?;
    let file = make_file(&dir.join("in-use"))?;
    file.lock()?;
    Ok(file)
}

/// Key files that other users of the machine can read, for a warning.
pub fn readable_by_others(dir: &Path) -> Vec<PathBuf> {
    open_to_others(private::entries(dir))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn town() -> MunicipalityId {
        MunicipalityId::parse("x").unwrap()
    }

    /// Keys that begin at these seconds; the second byte of a secret is its index.
    fn keys(sealing: &[u64], signing: &[(u64, bool)]) -> Keys {
        let sealing = sealing.iter().map(|&begins_at_s| KeyFile {
            usage: Use::Sealing,
            begins_at_s,
            is_revoked: false,
        });
        let signing = signing.iter().map(|&(begins_at_s, is_revoked)| KeyFile {
            usage: Use::Signing,
            begins_at_s,
            is_revoked,
        });
        let erasure = [KeyFile { usage: Use::Erasure, begins_at_s: 1, is_revoked: false }];
        let files: Vec<_> = sealing
            .chain(signing)
            .chain(erasure)
            .enumerate()
            .map(|(at, file)| (file, [at as u8 + 1; 32]))
            .collect();
        Keys::of(Path::new("keys"), &files).unwrap()
    }

    fn signer(keys: &Keys, received_at_ms: u64) -> KeyId {
        keys.sign(
            domain::SubmissionId::from_parts(1, [1; 10]),
            BodyHash([1; 32]),
            received_at_ms,
            [0; 16],
        )
        .signer
    }

    #[test]
    fn keys_are_made_once_for_their_owner_alone_and_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let keys = dir.path().join("keys");
        let (first, found) = Keys::open(&keys, false).unwrap();
        assert_eq!((found, readable_by_others(&keys).len()), (KeysFound::Made, 0));
        let (again, found) = Keys::open(&keys, true).unwrap();
        assert_eq!(
            (found, again.public(&town(), [0; 16], 0)),
            (KeysFound::Existing, first.public(&town(), [0; 16], 0))
        );
    }

    #[test]
    fn a_folder_from_before_erasure_gets_its_secret_and_keeps_its_keys() {
        let dir = tempfile::tempdir().unwrap();
        let municipality = MunicipalityId::parse("x").unwrap();
        let (first, _) = Keys::open(dir.path(), false).unwrap();
        let erasure = file::list(dir.path())
            .into_iter()
            .find(|file| file.usage == Use::Erasure)
            .unwrap()
            .path_in(dir.path());
        std::fs::remove_file(erasure).unwrap();
        let (again, found) = Keys::open(dir.path(), true).unwrap();
        assert_eq!(
            (found, again.public(&municipality, [0; 16], 0)),
            (KeysFound::Made, first.public(&municipality, [0; 16], 0))
        );
        assert_ne!(
            again.mark(),
            first.mark(),
            "by which the database knows that it is another secret"
        );
    }

    #[test]
    fn servers_that_start_at_once_share_one_set() {
        let dir = tempfile::tempdir().unwrap();
        let marks: Vec<_> = std::thread::scope(|scope| {
            let opening: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| Keys::open(&dir.path().join("keys"), false).unwrap().0.mark())
                })
                .collect();
            opening.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(marks.iter().all(|mark| *mark == marks[0]));
    }

    #[test]
    fn a_tombstone_is_the_same_each_time_and_tells_nothing_without_the_secret() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (one, other) =
            (Keys::open(one.path(), false).unwrap().0, Keys::open(other.path(), false).unwrap().0);
        let id = domain::SubmissionId::from_parts(1, [1; 10]);
        assert_eq!(one.tombstone(id), one.tombstone(id));
        assert_ne!(one.tombstone(id), other.tombstone(id));
        assert_ne!(one.tombstone(id), one.tombstone(domain::SubmissionId::from_parts(1, [2; 10])));
    }

    #[test]
    fn lost_keys_are_never_replaced_in_silence() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(Keys::open(dir.path(), true), Err(KeyFault::Missing(_))));
        Keys::open(dir.path(), false).unwrap();
        let sealing = file::list(dir.path())
            .into_iter()
            .find(|file| file.usage == Use::Sealing)
            .unwrap()
            .path_in(dir.path());
        std::fs::write(&sealing, "# cut short\nabcd\n").unwrap();
        let said = Keys::open(dir.path(), true).err().unwrap().to_string();
        assert!(said.contains("backup"), "{said}");
        std::fs::remove_file(sealing).unwrap();
        assert!(
            matches!(Keys::open(dir.path(), false), Err(KeyFault::Missing(_))),
            "half a set is no set"
        );
    }

    #[test]
    fn the_newest_sealing_key_that_has_begun_is_offered_first_and_older_ones_after_it() {
        let keys = keys(&[100, 200, 300], &[(100, false)]);
        let offered = |now_s: u64| {
            keys.public(&town(), [0; 16], now_s * 1_000)
                .sealing
                .iter()
                .map(|key| key.id)
                .collect::<Vec<_>>()
        };
        let [third, second, first] = [0, 1, 2].map(|at| keys.sealing[at].id);
        assert_eq!(offered(299), [second, first]);
        assert_eq!(offered(300), [third, second, first]);
        assert_eq!(
            offered(5),
            [third, second, first],
            "a clock that was set back leaves nobody without a key"
        );
    }

    #[test]
    fn a_signing_key_is_told_before_it_begins_and_old_receipts_stay_the_same() {
        let (before, after) =
            (keys(&[1], &[(100, false)]), keys(&[1], &[(100, false), (200, false)]));
        assert_eq!(after.public(&town(), [0; 16], 150_000).signing.len(), 2);
        assert_eq!(signer(&after, 150_000), signer(&before, 150_000));
        assert_ne!(signer(&after, 200_000), signer(&before, 200_000));
        assert_eq!(
            signer(&after, 5),
            signer(&before, 5),
            "what came before the first key is signed by the first"
        );
    }

    #[test]
    fn a_revoked_signing_key_signs_nothing_and_is_told_to_nobody() {
        let keys = keys(&[1], &[(100, true), (200, false)]);
        let told = keys.public(&town(), [0; 16], 300_000).signing;
        assert_eq!((told.len(), told[0].id), (1, keys.signing[1].id));
        assert_eq!([signer(&keys, 150_000), signer(&keys, 250_000)], [keys.signing[1].id; 2]);
    }

    #[test]
    fn with_all_keys_of_a_use_revoked_it_says_what_to_do() {
        let revoked = |usage| (KeyFile { usage, begins_at_s: 1, is_revoked: true }, [1; 32]);
        let sealing = (KeyFile { usage: Use::Sealing, begins_at_s: 1, is_revoked: false }, [2; 32]);
        let said = Keys::of(Path::new("keys"), &[sealing, revoked(Use::Signing)])
            .err()
            .unwrap()
            .to_string();
        assert!(said.contains("keys rotate signing"), "{said}");
    }
}
