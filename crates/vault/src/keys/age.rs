//! Passphrase-encrypted files in the age format (age-encryption.org/v1, C2SP), so that the standard
//! `age --decrypt` opens them without this program. Implements only what is needed: one passphrase
//! and one chunk, because a set of keys is small.

use crate::random;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;

const VERSION: &str = "age-encryption.org/v1";
/// The most bytes in a chunk; enough for hundreds of keys.
pub const PLAIN_BYTES_MAX: usize = 64 * 1024;
/// log2 of scrypt's rounds, which takes 32 MB. The passphrases have 125 random bits, so they cannot
/// be guessed at any cost.
const WORK: u8 = 15;
/// A file that asks for more than this (1 GB) was not written by this program, and could exhaust
/// the machine's memory.
const WORK_MAX: u8 = 20;

/// Why a file does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOpened {
    /// It is not a file of this kind, or was cut short.
    OtherFile,
    /// The passphrase is wrong, or the file was changed.
    DoesNotOpen,
}

/// Encrypts bytes with a passphrase. `None` if they exceed [`PLAIN_BYTES_MAX`].
pub fn seal(plain: &[u8], passphrase: &str) -> Option<Vec<u8>> {
    seal_with(plain, passphrase, WORK)
}

fn seal_with(plain: &[u8], passphrase: &str, work: u8) -> Option<Vec<u8>> {
    let (file_key, salt, nonce): ([u8; 16], [u8; 16], [u8; 16]) = (random(), random(), random());
    let wrapped = cipher(&wrapping_key(passphrase, &salt, work))
        .encrypt(&Nonce::from([0; 12]), file_key.as_slice())
        .ok()?;
    let header = format!(
        "{VERSION}\n-> scrypt {} {work}\n{}\n---",
        BASE64.encode(salt),
        BASE64.encode(wrapped)
    );
    let mac = mac_of(&file_key, &header).finalize().into_bytes();
    let chunk = payload_cipher(&file_key, &nonce)
        .encrypt(&only_chunk(), plain)
        .ok()
        .filter(|_| plain.len() <= PLAIN_BYTES_MAX)?;
    Some(
        [format!("{header} {}\n", BASE64.encode(mac)).as_bytes(), nonce.as_slice(), &chunk]
            .concat(),
    )
}

/// Decrypts a file of [`seal`] or `age --passphrase`.
pub fn open(file: &[u8], passphrase: &str) -> Result<Vec<u8>, NotOpened> {
    let AgeParts { header, salt, work, wrapped, mac, nonce, chunk } =
        parts(file).ok_or(NotOpened::OtherFile)?;
    let wrapping = cipher(&wrapping_key(passphrase, &salt, work));
    let file_key = wrapping
        .decrypt(&Nonce::from([0; 12]), wrapped.as_slice())
        .map_err(|_| NotOpened::DoesNotOpen)?;
    mac_of(&file_key, header).verify_slice(&mac).map_err(|_| NotOpened::DoesNotOpen)?;
    payload_cipher(&file_key, nonce)
        .decrypt(&only_chunk(), chunk)
        .map_err(|_| NotOpened::DoesNotOpen)
}

/// A parsed file.
struct AgeParts<'a> {
    /// Up to and including the hyphens before the header's MAC.
    header: &'a str,
    salt: [u8; 16],
    work: u8,
    wrapped: Vec<u8>,
    mac: Vec<u8>,
    nonce: &'a [u8],
    chunk: &'a [u8],
}

fn parts(file: &[u8]) -> Option<AgeParts<'_>> {
    let ends: Vec<usize> = file
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .map(|(at, _)| at)
        .take(4)
        .collect();
    let (head, body) = file.split_at_checked(*ends.get(3)? + 1)?;
    let lines: Vec<&str> = std::str::from_utf8(head).ok()?.lines().collect();
    let [VERSION, recipient, wrapped, last] = lines.as_slice() else { return None };
    let (salt, work) = recipient.strip_prefix("-> scrypt ")?.split_once(' ')?;
    let mac = last.strip_prefix("--- ")?;
    let (nonce, chunk) = body.split_at_checked(16)?;
    Some(AgeParts {
        header: std::str::from_utf8(&head[..head.len() - mac.len() - 2]).ok()?,
        salt: BASE64.decode(salt).ok()?.try_into().ok()?,
        work: work.parse().ok().filter(|work| (1..=WORK_MAX).contains(work))?,
        wrapped: BASE64.decode(wrapped).ok()?,
        mac: BASE64.decode(mac).ok()?,
        nonce,
        chunk,
    })
}

fn wrapping_key(passphrase: &str, salt: &[u8; 16], work: u8) -> [u8; 32] {
    let mut key = [0; 32];
    let parameters = scrypt::Params::new(work, 8, 1).expect("the work factor was checked");
    scrypt::scrypt(
        passphrase.as_bytes(),
        &[VERSION.as_bytes(), b"/scrypt", salt].concat(),
        &parameters,
        &mut key,
    )
    .expect("scrypt can produce 32 bytes");
    key
}

fn cipher(key: &[u8; 32]) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(key.into())
}

fn derived(file_key: &[u8], salt: &[u8], info: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    hkdf::Hkdf::<Sha256>::new(Some(salt), file_key)
        .expand(info, &mut key)
        .expect("HKDF can produce 32 bytes");
    key
}

fn mac_of(file_key: &[u8], header: &str) -> Hmac<Sha256> {
    let mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&derived(file_key, &[], b"header"))
        .expect("HMAC accepts a key of any length");
    mac.chain_update(header)
}

fn payload_cipher(file_key: &[u8], nonce: &[u8]) -> ChaCha20Poly1305 {
    cipher(&derived(file_key, nonce, b"payload"))
}

/// The nonce of a chunk that is both the first and the last.
fn only_chunk() -> Nonce {
    let mut nonce = [0; 12];
    nonce[11] = 1;
    Nonce::from(nonce)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_with_its_passphrase_alone() {
        let file = seal(b"the keys", "one").unwrap();
        assert_eq!(open(&file, "one").unwrap(), b"the keys");
        assert_eq!(open(&file, "two"), Err(NotOpened::DoesNotOpen));
        assert_eq!(seal(&vec![0; PLAIN_BYTES_MAX + 1], "one"), None);
    }

    #[test]
    fn a_file_with_any_byte_changed_or_missing_does_not_open() {
        let file = seal_with(b"the keys", "one", 1).unwrap();
        assert!(open(&file, "one").is_ok());
        for at in 0..file.len() {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert!(open(&changed, "one").is_err(), "{at}");
        }
        for length in 0..file.len() {
            assert!(open(&file[..length], "one").is_err(), "{length}");
        }
    }

    #[test]
    fn a_file_that_asks_for_too_much_work_is_not_tried() {
        let file = format!(
            "{VERSION}\n-> scrypt {} {}\n{}\n--- {}\n{}",
            BASE64.encode([1; 16]),
            21,
            BASE64.encode([1; 32]),
            BASE64.encode([1; 32]),
            "x".repeat(40)
        );
        assert_eq!(open(file.as_bytes(), "one"), Err(NotOpened::OtherFile));
        assert_eq!(
            open(file.replace(" 21\n", " 1\n").as_bytes(), "one"),
            Err(NotOpened::DoesNotOpen)
        );
    }
}
