//! The number of a form, with which what the form sends is stored once. Everything that must be the
//! same when the form arrives twice is computed from it, so no server has to remember it.

use domain::SubmissionId;
use sha2::{Digest, Sha256};
use std::fmt;
use vault::random;

/// Hashed first, so that none of the three is derived from another.
const ID_NAME: &[u8] = b"community-hub form id 1\0";
const SECRET_NAME: &[u8] = b"community-hub form tracking code 1\0";
const SEAL_NAME: &[u8] = b"community-hub form seal 1\0";
/// A form cannot have been written later than now, but the clocks of two servers may differ by this
/// many milliseconds.
const AHEAD_MS_MAX: u64 = 10 * 60 * 1_000;
/// Its bytes: a time, and 128 random bits that only the page with the form has.
const BYTES: usize = 22;

/// The number of a form that was shown. Whoever has it can compute the tracking code of what was
/// sent with it; whoever has only the id of the submission, or its reference, can compute neither.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct FormNumber([u8; BYTES]);

impl FormNumber {
    /// A new number at a time in milliseconds since 1970.
    pub(crate) fn fresh(now_ms: u64) -> Self {
        let mut bytes = [0; BYTES];
        bytes[..6].copy_from_slice(&now_ms.to_be_bytes()[2..]);
        bytes[6..].copy_from_slice(&random::<16>());
        Self(bytes)
    }

    /// Reads what a form has. `None` if no server can have written it.
    pub(super) fn parse(text: &str, now_ms: u64) -> Option<Self> {
        let number = Self(hex::decode(text).ok()?.try_into().ok()?);
        (number.at_ms() <= now_ms + AHEAD_MS_MAX).then_some(number)
    }

    fn at_ms(&self) -> u64 {
        self.0[..6].iter().fold(0, |time, byte| time << 8 | u64::from(*byte))
    }

    /// The id of what is sent for a purpose, as a question or the survey's answers. Where too many
    /// submissions have its reference number, another attempt has another id.
    pub(super) fn id(&self, purpose: &str, attempt: u8) -> SubmissionId {
        let hash = self.hash(ID_NAME, &[purpose.as_bytes(), &[attempt]]);
        SubmissionId::from_parts(self.at_ms(), std::array::from_fn(|at| hash[at]))
    }

    /// The tracking code.
    pub(super) fn secret(&self, purpose: &str) -> [u8; 16] {
        let hash = self.hash(SECRET_NAME, &[purpose.as_bytes()]);
        std::array::from_fn(|at| hash[at])
    }

    /// The randomness of the seal. It follows from all that is sealed, so that the same form gives
    /// the same bytes twice, and two texts never share a key.
    pub(super) fn seal_bytes(&self, sealed: &[u8]) -> impl FnMut(&mut [u8]) + use<> {
        let seed = self.hash(SEAL_NAME, &[sealed]);
        let mut count = 0_u32;
        move |bytes: &mut [u8]| {
            for part in bytes.chunks_mut(32) {
                count += 1;
                let block = Sha256::digest([seed.as_slice(), &count.to_be_bytes()].concat());
                part.copy_from_slice(&block[..part.len()]);
            }
        }
    }

    fn hash(&self, name: &[u8], parts: &[&[u8]]) -> [u8; 32] {
        Sha256::digest([name, &self.0, &parts.concat()].concat()).into()
    }
}

impl fmt::Display for FormNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: u64 = 1_796_000_000_000;

    #[test]
    fn a_number_is_read_as_it_was_written_and_nothing_else_is() {
        let number = FormNumber::fresh(NOW_MS);
        let text = number.to_string();
        assert!(FormNumber::parse(&text, NOW_MS) == Some(number.clone()));
        assert!(number != FormNumber::fresh(NOW_MS), "128 bits are random");
        for wrong in ["", "0", &text[2..], &format!("{text}00"), &text.replace(&text[..1], "g")] {
            assert!(FormNumber::parse(wrong, NOW_MS).is_none(), "{wrong}");
        }
        assert!(FormNumber::parse(&text, NOW_MS - 2 * AHEAD_MS_MAX).is_none(), "not yet written");
    }

    #[test]
    fn what_follows_from_a_number_is_the_same_each_time_and_differs_from_all_else() {
        let (number, other) = (FormNumber::fresh(NOW_MS), FormNumber::fresh(NOW_MS));
        assert_eq!(number.id("a", 0), number.id("a", 0));
        assert_eq!(number.secret("a"), number.secret("a"));
        for id in [number.id("b", 0), number.id("a", 1), other.id("a", 0)] {
            assert_ne!(number.id("a", 0), id);
        }
        assert_ne!(number.secret("a"), number.secret("b"));
        assert_ne!(number.secret("a"), other.secret("a"));
        let filled = |number: &FormNumber, sealed: &[u8]| {
            let mut bytes = [0; 80];
            number.seal_bytes(sealed)(&mut bytes);
            bytes
        };
        assert_eq!(filled(&number, b"x"), filled(&number, b"x"));
        assert_ne!(filled(&number, b"x"), filled(&number, b"y"));
        assert_ne!(filled(&number, b"x"), filled(&other, b"x"));
        assert_ne!(filled(&number, b"x")[..32], filled(&number, b"x")[32..64]);
    }
}
