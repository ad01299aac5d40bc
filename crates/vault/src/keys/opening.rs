//! Decrypts sealed envelopes: the receiving half of HPKE (RFC 9180) in base mode, for the one suite
//! in use. Equivalent to the crate that devices seal with, but what is the same for every envelope
//! (the public key and the key schedule's context) is computed once, and the curve arithmetic is
//! AWS-LC's. This takes a third of the processor time.

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, PrivateKey, UnparsedPublicKey};
use hkdf::{Hkdf, HkdfExtract};
use sha2::Sha256;

/// KEM X25519 with HKDF-SHA256 (RFC 9180, section 4.1).
const KEM: &[u8] = b"KEM\x00\x20";
/// That KEM, HKDF-SHA256 and ChaCha20-Poly1305 (section 5.1).
const SUITE: &[u8] = b"HPKE\x00\x20\x00\x01\x00\x03";
const VERSION: &[u8] = b"HPKE-v1";
const BASE_MODE: u8 = 0;
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;

type Digest = [u8; 32];

/// A private key, with what is the same for every envelope sealed to it.
pub(super) struct Opener {
    private: PrivateKey,
    public: [u8; 32],
    context: [u8; 65],
}

impl Opener {
    /// `info` names the purpose of the key.
    pub(super) fn new(private: &[u8; 32], info: &[u8]) -> Self {
        let private = PrivateKey::from_private_key(&agreement::X25519, private)
            .expect("any 32 bytes are an X25519 private key");
        let public = private.compute_public_key().expect("every private key has a public key");
        let public = public.as_ref().try_into().expect("an X25519 public key has 32 bytes");
        let mut context = [BASE_MODE; 65];
        context[1..33].copy_from_slice(&extract(&[], SUITE, b"psk_id_hash", &[]).0);
        context[33..].copy_from_slice(&extract(&[], SUITE, b"info_hash", info).0);
        Self { private, public, context }
    }

    pub(super) fn public(&self) -> [u8; 32] {
        self.public
    }

    /// Decrypts what was sealed to the key and bound to `bound`. `None` if it does not open, for
    /// any reason.
    pub(super) fn open(
        &self,
        encapsulated: &[u8; 32],
        ciphertext: &[u8],
        bound: &[u8],
    ) -> Option<Vec<u8>> {
        let (_, secret) = extract(&self.shared(encapsulated)?, SUITE, b"secret", &[]);
        let key: [u8; KEY_BYTES] = expand(&secret, SUITE, b"key", &self.context);
        let nonce: [u8; NONCE_BYTES] = expand(&secret, SUITE, b"base_nonce", &self.context);
        let key = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &key).ok()?);
        let mut bytes = ciphertext.to_vec();
        let length = key
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(bound), &mut bytes)
            .ok()?
            .len();
        bytes.truncate(length);
        Some(bytes)
    }

    /// The shared secret (section 4.1). A point that would make it zero is refused.
    fn shared(&self, encapsulated: &[u8; 32]) -> Option<[u8; 32]> {
        let theirs = UnparsedPublicKey::new(&agreement::X25519, encapsulated);
        let derive = |agreed: &[u8]| Ok(extract(&[], KEM, b"eae_prk", agreed).1);
        let secret = agreement::agree(&self.private, theirs, (), derive).ok()?;
        let both = [encapsulated.as_slice(), &self.public].concat();
        Some(expand(&secret, KEM, b"shared_secret", &both))
    }
}

/// LabeledExtract (section 4).
fn extract(salt: &[u8], suite: &[u8], label: &[u8], from: &[u8]) -> (Digest, Hkdf<Sha256>) {
    let mut extracting = HkdfExtract::<Sha256>::new(Some(salt));
    [VERSION, suite, label, from].into_iter().for_each(|part| extracting.input_ikm(part));
    let (digest, secret) = extracting.finalize();
    (digest.into(), secret)
}

/// LabeledExpand (section 4).
fn expand<const N: usize>(
    secret: &Hkdf<Sha256>,
    suite: &[u8],
    label: &[u8],
    info: &[u8],
) -> [u8; N] {
    let mut bytes = [0; N];
    let length = (N as u16).to_be_bytes();
    secret
        .expand_multi_info(&[&length, VERSION, suite, label, info], &mut bytes)
        .expect("HKDF can produce a key of this length");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect()
    }

    /// Test vector of RFC 9180, appendix A.2.1, first encryption.
    #[test]
    fn the_seal_of_the_standard_opens() {
        let private = bytes("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb")
            .try_into()
            .unwrap();
        let opener = Opener::new(&private, &bytes("4f6465206f6e2061204772656369616e2055726e"));
        let encapsulated =
            bytes("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a")
                .try_into()
                .unwrap();
        let ciphertext = bytes(
            "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28",
        );
        let opened = opener.open(&encapsulated, &ciphertext, b"Count-0");
        assert_eq!(opened.as_deref(), Some(b"Beauty is truth, truth beauty".as_slice()));
        assert_eq!(opener.open(&encapsulated, &ciphertext, b"Count-1"), None);
    }

    #[test]
    fn what_is_damaged_short_or_of_no_order_does_not_open() {
        let opener = Opener::new(&[7; 32], b"");
        for encapsulated in [[0; 32], [9; 32]] {
            for length in [0, 1, 15, 16, 17, 2_048] {
                assert_eq!(opener.open(&encapsulated, &vec![1; length], b""), None);
            }
        }
    }
}
