//! The newest edition of the catalogue: a statement signed by the server, small enough to be
//! requested often.

use crate::ids::MunicipalityId;
use crate::submission::KeyId;
use serde::{Deserialize, Serialize};

/// Response of `GET /api/catalogue`, as postcard: the newest edition, and the hash of its bundle.
/// The signature is over [`Edition::signed_bytes`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// The municipality that the edition belongs to.
    pub municipality: MunicipalityId,
    /// Grows with each publication.
    pub number: u32,
    /// SHA-256 of the bundle.
    pub bundle: [u8; 32],
    /// The key that signed.
    pub signer: KeyId,
    /// Ed25519 signature (RFC 8032), in two halves, by a key that also signs receipts.
    pub signature: ([u8; 32], [u8; 32]),
}

impl Edition {
    /// The signed bytes in a fixed layout: a zero-terminated text, then number (4 bytes,
    /// big-endian), bundle hash (32), signer (8), municipality.
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = b"community-hub catalogue 1\0".to_vec();
        bytes.extend_from_slice(&self.number.to_be_bytes());
        bytes.extend_from_slice(&self.bundle);
        bytes.extend_from_slice(&self.signer.0);
        bytes.extend_from_slice(self.municipality.as_str().as_bytes());
        bytes
    }

    /// Path of the bundle on the server.
    pub fn path(&self) -> String {
        bundle_path(&self.bundle)
    }
}

/// Path of the bundle with this SHA-256 in a site. It changes with the content.
pub fn bundle_path(sha256: &[u8; 32]) -> String {
    let hash: String = sha256[..8]
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect();
    ["/catalogue-", &hash, ".bin"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_named_by_its_content_and_every_part_is_signed() {
        let mut sha256 = [0; 32];
        sha256[..8].copy_from_slice(&[0, 1, 0x2a, 0xff, 0x10, 9, 0xa0, 0x0b]);
        assert_eq!(bundle_path(&sha256), "/catalogue-00012aff1009a00b.bin");
        let edition = Edition {
            municipality: MunicipalityId::parse("pine-harbour").unwrap(),
            number: 7,
            bundle: sha256,
            signer: KeyId([1; 8]),
            signature: ([0; 32], [0; 32]),
        };
        let others = [
            Edition { number: 8, ..edition.clone() },
            Edition { bundle: [1; 32], ..edition.clone() },
            Edition { signer: KeyId([2; 8]), ..edition.clone() },
            Edition { municipality: MunicipalityId::parse("x").unwrap(), ..edition.clone() },
        ];
        assert!(others.iter().all(|other| other.signed_bytes() != edition.signed_bytes()));
    }
}
