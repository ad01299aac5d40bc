//! A PIN as it is stored: hashed with Argon2id (RFC 9106). It guards the screen of a tablet. The
//! stored submissions are sealed to the municipality in any case.

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};

/// 9 MiB, four passes, one lane: of the settings that OWASP lists as equivalent, the one that a
/// cheap tablet has memory for.
const MEMORY_KIB: u32 = 9_216;
const PASSES: u32 = 4;
const LANES: u32 = 1;

/// A salted hash of a PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PinHash {
    salt: [u8; 16],
    hash: [u8; 32],
}

impl PinHash {
    /// Hashes a PIN. `salt` must be random.
    pub(super) fn new(pin: &str, salt: [u8; 16]) -> Self {
        Self { salt, hash: hash(pin, &salt) }
    }

    pub(super) fn opens(&self, pin: &str) -> bool {
        let tried = hash(pin, &self.salt);
        // Compares in constant time.
        tried.iter().zip(&self.hash).fold(0, |differs, (one, other)| differs | (one ^ other)) == 0
    }
}

fn hash(pin: &str, salt: &[u8; 16]) -> [u8; 32] {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(32))
        .expect("the settings are within Argon2's bounds");
    let mut hash = [0; 32];
    let outcome = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
        pin.as_bytes(),
        salt,
        &mut hash,
    );
    outcome.expect("Argon2 accepts a PIN and a salt of these lengths");
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_opens_for_its_pin_alone_and_the_pin_is_not_in_it() {
        let hash = PinHash::new("482913", [7; 16]);
        assert!(hash.opens("482913"));
        for other in ["", "482914", "4829130", "048291"] {
            assert!(!hash.opens(other), "{other}");
        }
        assert_ne!(
            hash,
            PinHash::new("482913", [8; 16]),
            "the salt makes the same PIN another hash"
        );
        let kept = postcard::to_allocvec(&hash).unwrap();
        assert!(!kept.windows(6).any(|part| part == b"482913"));
    }
}
