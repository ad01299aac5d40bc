//! The token by which a reply finds its inquiry: in the address to which it was sent, and in the
//! `Message-ID` that it answers.
//!
//! It names the inquiry and one of its events, and is signed with a key that only the server has,
//! so nobody can make one for another's inquiry. It is in letters and digits of one case, because
//! mail servers change the case of addresses.

use domain::SubmissionId;

/// Digits and letters without those that look alike (Crockford).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const SIGNATURE_BYTES: usize = 8;
const PLAIN_BYTES: usize = 18;
const BYTES: usize = PLAIN_BYTES + SIGNATURE_BYTES;
/// Characters of a token: five bits each.
pub const TOKEN_CHARS: usize = (BYTES * 8).div_ceil(5);
/// Longest name before the @ of an address (RFC 5321).
const LOCAL_BYTES_MAX: usize = 64;

/// Which email of which inquiry is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerToken {
    /// The inquiry.
    pub inquiry: SubmissionId,
    /// The number of the event that was sent.
    pub event: u16,
}

impl AnswerToken {
    /// The token as text. `sign` is a keyed hash.
    pub fn text(self, sign: impl Fn(&[u8]) -> [u8; 32]) -> String {
        let plain = self.plain();
        let signature = sign(&plain);
        encoded(&[plain.as_slice(), &signature[..SIGNATURE_BYTES]].concat())
    }

    /// Finds a token in an address or a `Message-ID`; `None` if there is none with a right
    /// signature.
    pub fn find(text: &str, sign: impl Fn(&[u8]) -> [u8; 32]) -> Option<Self> {
        let parts = text.split(|letter: char| !letter.is_ascii_alphanumeric());
        parts.filter(|part| part.len() == TOKEN_CHARS).find_map(|part| Self::read(part, &sign))
    }

    fn read(text: &str, sign: impl Fn(&[u8]) -> [u8; 32]) -> Option<Self> {
        let bytes = decoded(text)?;
        let (plain, signature) = bytes.split_at(PLAIN_BYTES);
        let expected = sign(plain);
        // All of it is compared, so that the time says nothing about where it differs.
        let differs = signature.iter().zip(expected).fold(0, |all, (a, b)| all | (a ^ b));
        let id: [u8; 16] = plain[..16].try_into().ok()?;
        let event = u16::from_be_bytes([plain[16], plain[17]]);
        (differs == 0).then_some(Self { inquiry: SubmissionId::from_bytes(id), event })
    }

    fn plain(self) -> [u8; PLAIN_BYTES] {
        let mut plain = [0; PLAIN_BYTES];
        plain[..16].copy_from_slice(self.inquiry.as_bytes());
        plain[16..].copy_from_slice(&self.event.to_be_bytes());
        plain
    }
}

/// The address with a token after a plus sign (RFC 5233). `None` if it would be too long, or the
/// address has no @.
pub fn with_token(address: &str, token: &str) -> Option<String> {
    let (local, host) = address.rsplit_once('@')?;
    let local = format!("{local}+{token}");
    (local.len() <= LOCAL_BYTES_MAX).then(|| format!("{local}@{host}"))
}

fn encoded(bytes: &[u8]) -> String {
    let (mut text, mut buffer, mut bits) = (String::with_capacity(TOKEN_CHARS), 0_u32, 0);
    for byte in bytes {
        (buffer, bits) = (buffer << 8 | u32::from(*byte), bits + 8);
        while bits >= 5 {
            bits -= 5;
            text.push(ALPHABET[(buffer >> bits) as usize & 31] as char);
        }
        buffer &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(ALPHABET[(buffer << (5 - bits)) as usize & 31] as char);
    }
    text
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut buffer, mut bits) = (Vec::with_capacity(BYTES), 0_u32, 0);
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|of| *of == letter.to_ascii_lowercase())? as u32;
        (buffer, bits) = (buffer << 5 | value, bits + 5);
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
        }
        buffer &= (1 << bits) - 1;
    }
    (bytes.len() == BYTES && buffer == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    fn sign(key: u8) -> impl Fn(&[u8]) -> [u8; 32] {
        move |bytes| Sha256::digest([&[key], bytes].concat()).into()
    }

    fn token(event: u16) -> AnswerToken {
        let inquiry = SubmissionId::from_parts(1_796_000_000_000, [0xd7; 10]);
        AnswerToken { inquiry, event }
    }

    #[test]
    fn a_token_is_found_again_in_an_address_and_a_message_id_in_any_case() {
        for event in [0, 1, 7, u16::MAX] {
            let text = token(event).text(sign(1));
            assert_eq!(text.len(), TOKEN_CHARS);
            let address = with_token("hub@town.example", &text).unwrap();
            for around in [
                address.clone(),
                address.to_uppercase(),
                format!("<reply.{text}@town.example>"),
                format!("Town <hub+{text}@town.example>, x@y.example"),
            ] {
                assert_eq!(AnswerToken::find(&around, sign(1)), Some(token(event)), "{around}");
            }
        }
    }

    #[test]
    fn nobody_makes_a_token_for_another_inquiry() {
        let text = token(3).text(sign(1));
        assert_eq!(AnswerToken::find(&text, sign(2)), None, "another municipality's");
        for at in 0..text.len() {
            for other in ['0', 'z', 'u', '-', 'é'] {
                let mut letters: Vec<char> = text.chars().collect();
                if letters[at] == other {
                    continue;
                }
                letters[at] = other;
                let changed: String = letters.into_iter().collect();
                assert_eq!(AnswerToken::find(&changed, sign(1)), None, "{changed}");
            }
        }
        for damaged in ["", "hub+@town.example", &text[1..], &format!("{text}0"), &"0".repeat(42)] {
            assert_eq!(AnswerToken::find(damaged, sign(1)), None, "{damaged}");
        }
    }

    #[test]
    fn an_address_that_would_be_too_long_gets_none() {
        let text = token(1).text(sign(1));
        assert!(with_token(&format!("{}@town.example", "a".repeat(21)), &text).is_some());
        assert_eq!(with_token(&format!("{}@town.example", "a".repeat(22)), &text), None);
        assert_eq!(with_token("no address", &text), None);
    }
}
