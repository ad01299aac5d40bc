//! What the office writes is sealed before it is stored: with a key of the keys' folder, so that a database alone tells nothing.
//! ChaCha20-Poly1305 (RFC 8439), a fresh nonce for each text; bound to the inquiry and the number of the event.

use crate::keys::random;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use domain::SubmissionId;
use serde::Serialize;
use serde::de::DeserializeOwned;

const NONCE_BYTES: usize = 12;

/// Seals and opens what the office writes.
pub struct Ink(ChaCha20Poly1305);

impl Ink {
    /// With a key that is made from the folder's own secret (`Keys::office_key`).
    pub fn new(key: [u8; 32]) -> Self {
        Self(ChaCha20Poly1305::new(&Key::from(key)))
    }

    /// The nonce, then the text with its tag.
    pub fn seal(&self, id: SubmissionId, number: u32, event: &impl Serialize) -> Vec<u8> {
        let nonce: [u8; NONCE_BYTES] = random();
        let plain = serde_json::to_vec(event).expect("an event has a JSON form");
        let bound = bound(id, number);
        let sealed = self.0.encrypt(&Nonce::from(nonce), Payload { msg: &plain, aad: &bound }).expect("a text of the office is far below the cipher's limit");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Nothing when it was sealed with another key, for another place, or is damaged.
    pub fn open<T: DeserializeOwned>(&self, id: SubmissionId, number: u32, sealed: &[u8]) -> Option<T> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let plain = self.0.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: &bound(id, number) }).ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

fn bound(id: SubmissionId, number: u32) -> [u8; 20] {
    let mut bound = [0; 20];
    bound[..16].copy_from_slice(id.as_bytes());
    bound[16..].copy_from_slice(&number.to_be_bytes());
    bound
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::office::case::Event;

    #[test]
    fn what_is_written_opens_in_its_own_place_and_nowhere_else() {
        let (ink, other) = (Ink::new([1; 32]), Ink::new([2; 32]));
        let (id, another) = (SubmissionId::from_parts(1, [1; 10]), SubmissionId::from_parts(1, [2; 10]));
        let event = Event::Noted { text: "called back, no answer".into() };
        let sealed = ink.seal(id, 3, &event);
        assert_eq!(ink.open(id, 3, &sealed), Some(event.clone()));
        assert!(!String::from_utf8_lossy(&sealed).contains("called"));
        assert_eq!((ink.open(id, 4, &sealed), ink.open(another, 3, &sealed), other.open(id, 3, &sealed)), (None::<Event>, None::<Event>, None::<Event>));
        assert_eq!(ink.open(id, 3, &sealed[..20]), None::<Event>);
        assert_ne!(sealed, ink.seal(id, 3, &event), "the same text twice cannot be seen to be the same");
    }
}
