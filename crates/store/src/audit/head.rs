//! The signed head of the audit log: its length and the hash of its last entry, at a moment. A copy
//! that is stored elsewhere proves later that nothing was cut off the end, and that the chain was
//! not rewritten.

use super::{AuditEntry, BEGINNING, Link};
use crate::{Custody, StoreFault};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::MunicipalityId;
use domain::submission::KeyId;
use vault::keys::Keys;

/// Precedes the signed bytes, so that no other signature can pass for one of an audit head.
const SIGNED_NAME: &[u8] = b"community-hub audit head 1\0";
const HEAD_LINE: &str = "head: ";
const SIGNATURE_LINE: &str = "signature: ";
/// The largest file that is read, in bytes; a head's file has a few hundred.
const FILE_BYTES_MAX: u64 = 16 * 1024;

/// The length of a municipality's audit log at a moment, and its last hash, signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditHead {
    /// Whose audit log it is.
    pub municipality: MunicipalityId,
    /// The number of the last entry; 0 if the audit log is empty.
    pub number: u64,
    /// The hash of the last entry; [`BEGINNING`] if the audit log is empty.
    pub hash: Link,
    /// When it was signed, in milliseconds since 1970.
    pub at_ms: u64,
    /// The id of the key that signed it.
    pub signer: KeyId,
    /// Ed25519 (RFC 8032), by a key that also signs receipts.
    signature: ([u8; 32], [u8; 32]),
}

/// Why a file proves nothing.
#[derive(Debug, PartialEq, Eq)]
pub enum NotAHead {
    /// It is not such a file, or was cut short.
    OtherFile,
    /// It names a key that is not in this folder.
    UnknownKey(KeyId),
    /// The signature does not match the content.
    WrongSignature,
}

impl AuditHead {
    /// Signs the state of an audit log whose last entry is `last`; `None` if it is empty.
    pub fn sign(
        municipality: &MunicipalityId,
        last: Option<&AuditEntry>,
        keys: &Keys,
        now_ms: u64,
    ) -> Self {
        let (number, hash) = last.map_or((0, BEGINNING), |entry| (entry.number, entry.hash));
        let (municipality, signer) = (municipality.clone(), keys.signer(now_ms));
        let mut head = Self {
            municipality,
            number,
            hash,
            at_ms: now_ms,
            signer,
            signature: ([0; 32], [0; 32]),
        };
        (head.signer, head.signature) = keys.sign_bytes(&head.signed_bytes(), now_ms);
        head
    }

    /// The signed bytes, in a fixed layout: a constant ending in a zero byte (27 bytes), number (8,
    /// big endian), hash (32), milliseconds since 1970 (8, big endian), signer (8), municipality.
    fn signed_bytes(&self) -> Vec<u8> {
        let numbers = [self.number.to_be_bytes(), self.at_ms.to_be_bytes()];
        [
            SIGNED_NAME,
            &numbers[0],
            &self.hash,
            &numbers[1],
            &self.signer.0,
            self.municipality.as_str().as_bytes(),
        ]
        .concat()
    }

    /// Writes a text file for people, which also holds the signed bytes and the signature for
    /// programs.
    pub fn file(&self) -> String {
        let Self { municipality, number, hash, at_ms, signer, signature: (r, s) } = self;
        let entries = if *number == 1 { "entry" } else { "entries" };
        format!(
            "The audit log of {municipality} had {number} {entries} on {}.\nIts last hash was {}.\nSigned by key {}. Keep this where no one with access to the server can change it.\n\
             {HEAD_LINE}{}\n{SIGNATURE_LINE}{}\n",
            vault::iso(*at_ms),
            hex::encode(hash),
            hex::encode(signer.0),
            STANDARD.encode(self.signed_bytes()),
            STANDARD.encode([*r, *s].concat()),
        )
    }

    /// Parses a file and verifies its signature against the folder's keys. Only the two last lines
    /// are read; the text above them is not signed.
    pub fn in_file(text: &str, keys: &Keys) -> Result<Self, NotAHead> {
        let head = Self::read(text).ok_or(NotAHead::OtherFile)?;
        let known = keys.all_verifying();
        if !known.iter().any(|key| key.id == head.signer) {
            return Err(NotAHead::UnknownKey(head.signer));
        }
        let is_signed =
            offline::receipt::is_signed(&head.signed_bytes(), head.signer, head.signature, &known);
        if is_signed { Ok(head) } else { Err(NotAHead::WrongSignature) }
    }

    fn read(text: &str) -> Option<Self> {
        let line = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name))
                .and_then(|encoded| STANDARD.decode(encoded.trim()).ok())
        };
        let (signed, signature) = (line(HEAD_LINE)?, line(SIGNATURE_LINE)?);
        let rest = signed.strip_prefix(SIGNED_NAME)?;
        let (number, rest) = rest.split_first_chunk()?;
        let (hash, rest) = rest.split_first_chunk()?;
        let (at_ms, rest) = rest.split_first_chunk()?;
        let (signer, municipality) = rest.split_first_chunk()?;
        let (r, s) = signature.split_first_chunk()?;
        Some(Self {
            municipality: MunicipalityId::parse(std::str::from_utf8(municipality).ok()?).ok()?,
            number: u64::from_be_bytes(*number),
            hash: *hash,
            at_ms: u64::from_be_bytes(*at_ms),
            signer: KeyId(*signer),
            signature: (*r, s.try_into().ok()?),
        })
    }
}

/// Signs the current end of the audit log.
pub async fn signed_head(
    store: &impl Custody,
    municipality: &MunicipalityId,
    keys: &Keys,
) -> Result<AuditHead, StoreFault> {
    let last = store.last_audit_number().await?;
    let entry = store.audit(last.saturating_sub(1), 1).await?.pop();
    Ok(AuditHead::sign(municipality, entry.as_ref(), keys, vault::now_ms()))
}

/// Reads and verifies the head in a file. The error says why the file proves nothing.
pub fn read_file(path: &std::path::Path, keys: &Keys) -> Result<AuditHead, String> {
    let name = path.display();
    let size =
        std::fs::metadata(path).map_err(|error| format!("{name} cannot be read: {error}."))?.len();
    let text = if size > FILE_BYTES_MAX {
        String::new()
    } else {
        std::fs::read_to_string(path).map_err(|error| format!("{name} cannot be read: {error}."))?
    };
    AuditHead::in_file(&text, keys).map_err(|why| match why {
        NotAHead::OtherFile => format!("{name} is not the head of an audit, or was cut short."),
        NotAHead::UnknownKey(key) => format!(
            "{name} is not genuine: it names a key that is not in this folder (key {}).",
            hex::encode(key.0)
        ),
        NotAHead::WrongSignature => {
            format!("{name} is not genuine: its signature is wrong: it was changed or forged.")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn town() -> MunicipalityId {
        MunicipalityId::parse("pine-harbour").unwrap()
    }

    fn keys() -> (tempfile::TempDir, Keys) {
        let dir = tempfile::tempdir().unwrap();
        let keys = Keys::open(dir.path(), false).unwrap().0;
        (dir, keys)
    }

    #[test]
    fn a_head_is_read_back_and_every_part_of_it_is_signed() {
        let (_dir, keys) = keys();
        let entry = AuditEntry::after((6, [3; 32]), &town(), 5, ["ann", "erase", "1"]);
        let head = AuditHead::sign(&town(), Some(&entry), &keys, 1_700_000_000_000);
        assert_eq!((head.number, head.hash), (7, entry.hash));
        assert_eq!(AuditHead::in_file(&head.file(), &keys), Ok(head.clone()));
        let others = [
            AuditHead { number: 6, ..head.clone() },
            AuditHead { hash: [1; 32], ..head.clone() },
            AuditHead { at_ms: 1, ..head.clone() },
            AuditHead { municipality: MunicipalityId::parse("x").unwrap(), ..head.clone() },
        ];
        for other in others {
            assert_eq!(AuditHead::in_file(&other.file(), &keys), Err(NotAHead::WrongSignature));
        }
        let unknown = AuditHead { signer: KeyId([9; 8]), ..head.clone() };
        assert_eq!(
            AuditHead::in_file(&unknown.file(), &keys),
            Err(NotAHead::UnknownKey(KeyId([9; 8])))
        );
    }

    #[test]
    fn the_layout_is_as_the_page_about_it_says() {
        let (_dir, keys) = keys();
        let bytes = AuditHead::sign(&town(), None, &keys, 1_700_000_000_000).signed_bytes();
        assert_eq!(
            (SIGNED_NAME.len(), bytes.len()),
            (27, 27 + 8 + 32 + 8 + 8 + "pine-harbour".len())
        );
        assert_eq!(bytes[27..35], [0; 8], "the number");
        assert_eq!(bytes[67..75], 1_700_000_000_000_u64.to_be_bytes(), "the moment");
        assert_eq!(bytes[75..83], keys.signer(1_700_000_000_000).0, "the key");
    }

    #[test]
    fn a_file_that_is_cut_short_changed_or_something_else_is_no_head() {
        let (_dir, keys) = keys();
        let file = AuditHead::sign(&town(), None, &keys, 1).file();
        for length in 0..file.len() - 1 {
            assert!(AuditHead::in_file(&file[..length], &keys).is_err(), "{length}");
        }
        for other in [
            "",
            "head: \nsignature: \n",
            "head: AAAA\nsignature: AAAA\n",
            "receipt: AAAA\nsignature: AAAA\n",
        ] {
            assert_eq!(AuditHead::in_file(other, &keys), Err(NotAHead::OtherFile));
        }
    }
}
