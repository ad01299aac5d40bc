//! Newer service directories: whether to fetch one, whether to trust it, and how it is stored on
//! the device beside the one that came with the app.

use crate::receipt::is_signed;
use domain::edition::Edition;
use domain::submission::PublicKeys;
use sha2::{Digest, Sha256};

/// The name of the note under which the device stores it.
pub const CATALOGUE_NOTE: &str = "catalogue";

/// The name of the note under which the device stores the texts of another language.
pub const TEXTS_NOTE: &str = "texts";
/// Bytes of a SHA-256 in hexadecimal.
const HASH_DIGITS: usize = 64;

/// Returns the note to store for texts that match the hash in their edition (SHA-256, in
/// hexadecimal): the hash, then the bytes.
pub fn texts_note_of(sha256: &str, texts: &[u8]) -> Result<Vec<u8>, NotTaken> {
    let digits = |byte: &u8| [byte >> 4, byte & 15];
    let is_whole = Sha256::digest(texts)
        .iter()
        .flat_map(digits)
        .map(|digit| char::from_digit(digit.into(), 16).unwrap_or_default())
        .eq(sha256.chars());
    if is_whole { Ok([sha256.as_bytes(), texts].concat()) } else { Err(NotTaken::OtherBytes) }
}

/// Returns the texts in a note; `None` unless they have this hash.
pub fn texts_in<'n>(note: &'n [u8], sha256: &str) -> Option<&'n [u8]> {
    let (hash, texts) = note.split_at_checked(HASH_DIGITS)?;
    (hash == sha256.as_bytes()).then_some(texts)
}

/// Why a service directory is rejected. The one in use stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// It is the one in use, or an older one.
    NotNewer,
    /// It belongs to another municipality.
    OtherMunicipality,
    /// No known key of the municipality signed it.
    WrongSignature,
    /// The bytes do not match the signed hash: cut short, or something else.
    OtherBytes,
}

/// Checks whether an edition is worth fetching: for this municipality, newer than `in_use`, and
/// signed by a known key.
pub fn is_wanted(edition: &Edition, in_use: u32, keys: &PublicKeys) -> Result<(), NotTaken> {
    if edition.municipality != keys.municipality {
        return Err(NotTaken::OtherMunicipality);
    }
    if edition.number <= in_use {
        return Err(NotTaken::NotNewer);
    }
    let is_believable =
        is_signed(&edition.signed_bytes(), edition.signer, edition.signature, &keys.signing);
    if is_believable { Ok(()) } else { Err(NotTaken::WrongSignature) }
}

/// Returns the note to store for a bundle that matches the signed hash: its number (4 bytes, big
/// endian), then its bytes.
pub fn note_of(edition: &Edition, bundle: &[u8]) -> Result<Vec<u8>, NotTaken> {
    let is_whole = Sha256::digest(bundle).as_slice() == edition.bundle;
    if is_whole {
        Ok([&edition.number.to_be_bytes(), bundle].concat())
    } else {
        Err(NotTaken::OtherBytes)
    }
}

/// Returns the bundle in a note; `None` unless it is newer than the one that came with the app.
pub fn bundle_in(note: &[u8], with_app: u32) -> Option<&[u8]> {
    let (number, bundle) = note.split_first_chunk()?;
    (u32::from_be_bytes(*number) > with_app).then_some(bundle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::MunicipalityId;
    use domain::submission::{KeyId, VerifyingKey};
    use ed25519_dalek::{Signer, SigningKey};

    const BUNDLE: &[u8] = b"the catalogue";

    #[test]
    fn texts_are_stored_with_their_hash_and_read_only_for_their_edition() {
        let sha256: String = hex(&Sha256::digest(b"textes"));
        let note = texts_note_of(&sha256, b"textes").unwrap();
        assert_eq!(texts_in(&note, &sha256), Some(b"textes".as_slice()));
        assert_eq!(texts_in(&note, &hex(&Sha256::digest(b"other"))), None);
        assert_eq!(texts_in(&note[..20], &sha256), None);
        for cut in [b"texte".as_slice(), b"", b"textes "] {
            assert_eq!(texts_note_of(&sha256, cut), Err(NotTaken::OtherBytes));
        }
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn keys(secret: u8) -> PublicKeys {
        let public = SigningKey::from_bytes(&[secret; 32]).verifying_key().to_bytes();
        let municipality = MunicipalityId::parse("pine-harbour").unwrap();
        PublicKeys {
            municipality,
            sealing: Vec::new(),
            signing: vec![VerifyingKey { id: KeyId([secret; 8]), public }],
            epoch: [0; 16],
            now_ms: 0,
        }
    }

    fn signed(number: u32, secret: u8) -> Edition {
        let municipality = MunicipalityId::parse("pine-harbour").unwrap();
        let mut edition = Edition {
            municipality,
            number,
            bundle: Sha256::digest(BUNDLE).into(),
            signer: KeyId([secret; 8]),
            signature: ([0; 32], [0; 32]),
        };
        let signature = SigningKey::from_bytes(&[secret; 32]).sign(&edition.signed_bytes());
        edition.signature = (*signature.r_bytes(), *signature.s_bytes());
        edition
    }

    #[test]
    fn a_newer_edition_is_taken_and_read_back() {
        let edition = signed(8, 1);
        assert_eq!(is_wanted(&edition, 7, &keys(1)), Ok(()));
        let note = note_of(&edition, BUNDLE).unwrap();
        assert_eq!(bundle_in(&note, 7), Some(BUNDLE));
        assert_eq!(
            bundle_in(&note, 8),
            None,
            "the app that came later carries the same or a newer one"
        );
        assert_eq!(bundle_in(&note[..3], 0), None);
    }

    #[test]
    fn fault_44_a_catalogue_that_is_older_forged_foreign_or_partial_is_refused() {
        let edition = signed(8, 1);
        assert_eq!(is_wanted(&edition, 8, &keys(1)), Err(NotTaken::NotNewer));
        assert_eq!(is_wanted(&edition, 9, &keys(1)), Err(NotTaken::NotNewer));
        assert_eq!(
            is_wanted(&signed(8, 2), 7, &keys(1)),
            Err(NotTaken::WrongSignature),
            "a key that is not the municipality's"
        );
        let posing = Edition { signer: KeyId([1; 8]), ..signed(8, 2) };
        assert_eq!(
            is_wanted(&posing, 7, &keys(1)),
            Err(NotTaken::WrongSignature),
            "under its name"
        );
        assert_eq!(
            is_wanted(&Edition { number: 9, ..edition.clone() }, 8, &keys(1)),
            Err(NotTaken::WrongSignature),
            "an old one with a new number"
        );
        let foreign =
            PublicKeys { municipality: MunicipalityId::parse("elsewhere").unwrap(), ..keys(1) };
        assert_eq!(is_wanted(&edition, 7, &foreign), Err(NotTaken::OtherMunicipality));
        for other in [&BUNDLE[..5], b"", b"the catalogue "] {
            assert_eq!(note_of(&edition, other), Err(NotTaken::OtherBytes));
        }
    }
}
