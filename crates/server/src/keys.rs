//! The municipality's keys: one pair to open what was sealed, one to sign receipts, a secret to know again what
//! was erased. Made once, on the first start, in files that only the server's user can read.

use crate::store::Tombstone;
use domain::MunicipalityId;
use domain::submission::{BodyHash, Envelope, KeyId, PublicKeys, Receipt, SEAL_INFO, SealingKey, VerifyingKey};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use hpke::{Deserializable, Kem, OpModeR, Serializable};
use sha2::{Digest, Sha256};
use std::fmt;
use std::path::{Path, PathBuf};

type X25519 = hpke::kem::X25519HkdfSha256;

/// All keys of one data folder.
pub struct Keys {
    sealing: Vec<(KeyId, <X25519 as Kem>::PrivateKey, [u8; 32])>,
    signing: SigningKey,
    signer: KeyId,
    /// Never changes, or what was erased could come back.
    erasure: [u8; 32],
}

/// Why there are no usable keys.
#[derive(Debug)]
pub enum KeyFault {
    /// There are entries but no keys: new ones could never open them.
    Missing(PathBuf),
    File {
        path: PathBuf,
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
            KeyFault::File { path, what } => write!(f, "{}: {what}", path.display()),
        }
    }
}

impl std::error::Error for KeyFault {}

/// What happened when the keys were looked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    Existing,
    Made,
}

impl Keys {
    /// Reads the keys of a folder, or makes them when nothing was ever received.
    pub fn open(dir: &Path, has_entries: bool) -> Result<(Self, Found), KeyFault> {
        if let Some(keys) = Self::read(dir)? {
            return Ok((keys, Found::Existing));
        }
        // Two servers that share the folder may start at once: the second finds what the first made.
        let _alone = alone(dir).map_err(|error| KeyFault::File { path: dir.into(), what: format!("cannot be written: {error}") })?;
        if let Some(keys) = Self::read(dir)? {
            return Ok((keys, Found::Existing));
        }
        make_missing(dir, has_entries)?;
        let keys = Self::read(dir)?.ok_or_else(|| KeyFault::Missing(dir.into()))?;
        Ok((keys, Found::Made))
    }

    /// `None` when one of them is missing.
    fn read(dir: &Path) -> Result<Option<Self>, KeyFault> {
        let (sealing, signing, erasure) = (read_secrets(dir, "sealing")?, read_secrets(dir, "signing")?, read_secrets(dir, "erasure")?);
        let are_there = !sealing.is_empty() && !signing.is_empty() && !erasure.is_empty();
        Ok(are_there.then(|| Self::of(&sealing, signing[0], erasure[0])))
    }

    /// From 32 secret bytes each; the last sealing key is the newest, and is offered first.
    fn of(sealing: &[[u8; 32]], signing: [u8; 32], erasure: [u8; 32]) -> Self {
        let pair = |secret: &[u8; 32]| {
            let (private, public) = X25519::derive_keypair(secret);
            let public: [u8; 32] = public.to_bytes().as_slice().try_into().expect("an X25519 public key has 32 bytes");
            (key_id(&public), private, public)
        };
        let signing = SigningKey::from_bytes(&signing);
        let signer = key_id(&signing.verifying_key().to_bytes());
        Self { sealing: sealing.iter().rev().map(pair).collect(), signing, signer, erasure }
    }

    /// What stays of an id when its entry is erased.
    pub fn tombstone(&self, id: domain::SubmissionId) -> Tombstone {
        Tombstone(self.keyed_hash(b"community-hub erased 1\0", id.as_bytes()))
    }

    /// By which a database knows its folder of keys, also after new ones were made to seal and to sign.
    pub fn mark(&self) -> [u8; 32] {
        self.keyed_hash(b"community-hub keys 1\0", &[])
    }

    /// HMAC-SHA256 (RFC 2104) with the secret for erasure.
    fn keyed_hash(&self, purpose: &[u8], bytes: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.erasure).expect("HMAC takes a key of any length");
        mac.update(purpose);
        mac.update(bytes);
        mac.finalize().into_bytes().into()
    }

    pub fn public(&self, municipality: &MunicipalityId, epoch: [u8; 16], now_ms: u64) -> PublicKeys {
        PublicKeys {
            municipality: municipality.clone(),
            sealing: self.sealing.iter().map(|(id, _, public)| SealingKey { id: *id, public: *public }).collect(),
            signing: vec![VerifyingKey { id: self.signer, public: self.signing.verifying_key().to_bytes() }],
            epoch,
            now_ms,
        }
    }

    pub fn knows(&self, key: KeyId) -> bool {
        self.sealing.iter().any(|(id, _, _)| *id == key)
    }

    /// The bytes inside a seal (HPKE base mode, RFC 9180). `None` when it does not open, for whatever reason.
    pub fn open_seal(&self, envelope: &Envelope) -> Option<Vec<u8>> {
        let (_, private, _) = self.sealing.iter().find(|(id, _, _)| *id == envelope.header.key)?;
        let (encapsulated, ciphertext) = envelope.sealed.split_at_checked(32)?;
        let encapsulated = <X25519 as Kem>::EncappedKey::from_bytes(encapsulated).ok()?;
        hpke::single_shot_open::<hpke::aead::ChaCha20Poly1305, hpke::kdf::HkdfSha256, X25519>(
            &OpModeR::Base,
            private,
            &encapsulated,
            SEAL_INFO,
            ciphertext,
            &envelope.header.bound_bytes(),
        )
        .ok()
    }

    /// The same receipt for the same facts, byte for byte: Ed25519 is deterministic.
    pub fn sign(&self, id: domain::SubmissionId, body: BodyHash, received_at_ms: u64, epoch: [u8; 16]) -> Receipt {
        let mut receipt = Receipt { id, body, received_at_ms, epoch, signer: self.signer, signature: ([0; 32], [0; 32]) };
        let signature = self.signing.sign(&receipt.signed_bytes());
        receipt.signature = (*signature.r_bytes(), *signature.s_bytes());
        receipt
    }
}

fn key_id(public: &[u8; 32]) -> KeyId {
    let digest = Sha256::digest(public);
    KeyId(digest[..8].try_into().expect("SHA-256 has more than 8 bytes"))
}

/// 32 bytes from the operating system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("an operating system without random numbers cannot keep secrets");
    bytes
}

/// All secrets of a kind, oldest first: their file names carry the moment they were made.
fn read_secrets(dir: &Path, kind: &str) -> Result<Vec<[u8; 32]>, KeyFault> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Ok(Vec::new()) };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| is_kind(path, kind)).collect();
    paths.sort();
    paths.iter().map(|path| read_secret(path)).collect()
}

fn is_kind(path: &Path, kind: &str) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(kind) && name.ends_with(".key"))
}

fn read_secret(path: &Path) -> Result<[u8; 32], KeyFault> {
    let fault = |what: String| KeyFault::File { path: path.into(), what };
    let text = std::fs::read_to_string(path).map_err(|error| fault(format!("cannot be read: {error}")))?;
    let digits: Vec<u8> = text.lines().filter(|line| !line.starts_with('#')).flat_map(|line| line.trim().bytes()).collect();
    let pairs: Option<Vec<u8>> = digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    pairs.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| fault("is not a key of 64 hexadecimal digits. Put it back from your backup".into()))
}

/// Makes what is not there. The keys that seal and sign come together, and never anew for entries that they could not open.
fn make_missing(dir: &Path, has_entries: bool) -> Result<(), KeyFault> {
    match (read_secrets(dir, "sealing")?.is_empty(), read_secrets(dir, "signing")?.is_empty()) {
        (false, false) => {}
        (true, true) if !has_entries => {
            write_secret(dir, "sealing", &random())?;
            write_secret(dir, "signing", &random())?;
        }
        _ => return Err(KeyFault::Missing(dir.into())),
    }
    // A folder from before there was erasure has none of this. A database that knows another one says so itself.
    if read_secrets(dir, "erasure")?.is_empty() { write_secret(dir, "erasure", &random()) } else { Ok(()) }
}

/// Until it is dropped, no other process makes keys here.
fn alone(dir: &Path) -> std::io::Result<std::fs::File> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    let file = std::fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(dir.join("in-use"))?;
    file.lock()?;
    Ok(file)
}

/// Writes a secret into a new file that its owner alone may read, and makes sure that it is on disk.
fn write_secret(dir: &Path, kind: &str, secret: &[u8; 32]) -> Result<(), KeyFault> {
    let made_at_s = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |age| age.as_secs());
    let path = dir.join(format!("{kind}-{made_at_s}.key"));
    let digits: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let text = format!("# Community Hub {kind} key. Secret. Without it what was sealed can never be opened: back it up.\n{digits}\n");
    create_private(dir, &path, &text).map_err(|error| KeyFault::File { path, what: format!("cannot be written: {error}") })
}

fn create_private(dir: &Path, path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::File::open(dir)?.sync_all()
}

/// Key files that others on the machine can read, for a warning.
pub fn readable_by_others(dir: &Path) -> Vec<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let entries = std::fs::read_dir(dir).map(|entries| entries.flatten().map(|entry| entry.path()).collect()).unwrap_or_else(|_| Vec::new());
    let is_open = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o077 != 0);
    entries.into_iter().filter(is_open).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_for_their_owner_alone_and_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let keys = dir.path().join("keys");
        let (first, found) = Keys::open(&keys, false).unwrap();
        assert_eq!((found, readable_by_others(&keys).len()), (Found::Made, 0));
        let (again, found) = Keys::open(&keys, true).unwrap();
        let municipality = MunicipalityId::parse("x").unwrap();
        assert_eq!((found, again.public(&municipality, [0; 16], 0)), (Found::Existing, first.public(&municipality, [0; 16], 0)));
    }

    #[test]
    fn a_folder_from_before_erasure_gets_its_secret_and_keeps_its_keys() {
        let dir = tempfile::tempdir().unwrap();
        let municipality = MunicipalityId::parse("x").unwrap();
        let (first, _) = Keys::open(dir.path(), false).unwrap();
        let erasure = std::fs::read_dir(dir.path()).unwrap().flatten().find(|entry| is_kind(&entry.path(), "erasure")).unwrap().path();
        std::fs::remove_file(erasure).unwrap();
        let (again, found) = Keys::open(dir.path(), true).unwrap();
        assert_eq!((found, again.public(&municipality, [0; 16], 0)), (Found::Made, first.public(&municipality, [0; 16], 0)));
        assert_ne!(again.mark(), first.mark(), "by which the database knows that it is another secret");
    }

    #[test]
    fn servers_that_start_at_once_share_one_set() {
        let dir = tempfile::tempdir().unwrap();
        let marks: Vec<_> = std::thread::scope(|scope| {
            let opening: Vec<_> = (0..8).map(|_| scope.spawn(|| Keys::open(&dir.path().join("keys"), false).unwrap().0.mark())).collect();
            opening.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(marks.iter().all(|mark| *mark == marks[0]));
    }

    #[test]
    fn a_tombstone_is_the_same_each_time_and_tells_nothing_without_the_secret() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (one, other) = (Keys::open(one.path(), false).unwrap().0, Keys::open(other.path(), false).unwrap().0);
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
        let sealing = std::fs::read_dir(dir.path()).unwrap().flatten().find(|entry| is_kind(&entry.path(), "sealing")).unwrap().path();
        std::fs::write(&sealing, "# cut short\nabcd\n").unwrap();
        let said = Keys::open(dir.path(), true).err().unwrap().to_string();
        assert!(said.contains("backup"), "{said}");
        std::fs::remove_file(sealing).unwrap();
        assert!(matches!(Keys::open(dir.path(), false), Err(KeyFault::Missing(_))), "half a set is no set");
    }
}
