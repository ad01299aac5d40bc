//! Everything that the office writes is encrypted before it is stored, with a key of the key
//! folder, so that a stolen database reveals nothing. ChaCha20-Poly1305 (RFC 8439) with a fresh
//! nonce per text, bound to the place where the text is stored (as associated data).
//!
//! Each ciphertext names its key, so that keys can be rotated, texts encrypted again, and an old
//! key destroyed. Ciphertexts from versions without such keys name none; they open with the key
//! that is derived from the erasure secret.

use crate::{now_s, random};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use domain::SubmissionId;
use domain::submission::KeyId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

const NONCE_BYTES: usize = 12;
/// Precedes the key's id. An older ciphertext begins with a random nonce; one in four thousand
/// million equals this mark, so a text that does not open with the named key is tried with the
/// derived key too.
const MARK: [u8; 4] = *b"chk1";
const PREFIX_BYTES: usize = MARK.len() + 8;

/// The place where a text is stored. A ciphertext that was moved to another place does not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealPlace(Vec<u8>);

impl SealPlace {
    /// The place of an event of an inquiry, or of an act of a ledger, whose id is fixed.
    pub fn event(id: SubmissionId, number: u32) -> Self {
        Self([id.as_bytes().as_slice(), &number.to_be_bytes()].concat())
    }

    /// The place of a saved list.
    pub fn view(login: &str, number: u32) -> Self {
        Self([b"community-hub view 1\0", login.as_bytes(), &[0], &number.to_be_bytes()].concat())
    }
}

/// One key of the office, as its file holds it.
pub struct OfficeKey {
    /// Its id.
    pub id: KeyId,
    /// Seconds since 1970.
    pub begins_at_s: u64,
    /// Not used for anything new.
    pub is_revoked: bool,
    /// The key itself.
    pub secret: [u8; 32],
}

struct CipherKeyPair {
    id: KeyId,
    begins_at_s: u64,
    is_revoked: bool,
    cipher: ChaCha20Poly1305,
}

struct CipherKeys {
    /// Keys, newest first.
    pairs: Vec<CipherKeyPair>,
    /// For ciphertexts that name no key.
    derived: ChaCha20Poly1305,
}

/// Encrypts and decrypts what the office writes.
#[derive(Clone)]
pub struct EventCipher {
    keys: Arc<CipherKeys>,
    /// Keys that are not used for anything new yet.
    held_back: Arc<[KeyId]>,
}

/// The result of encrypting a text again.
#[derive(Debug, PartialEq, Eq)]
pub enum Resealed {
    /// It is encrypted with the newest key already.
    Newest,
    /// The new ciphertext.
    Anew(Vec<u8>),
    /// No key opens it.
    Closed,
}

impl EventCipher {
    /// A cipher with these keys; `derived` opens texts that name no key.
    pub fn new(derived: [u8; 32], keys: impl IntoIterator<Item = OfficeKey>) -> Self {
        let pair = |key: OfficeKey| {
            let OfficeKey { id, begins_at_s, is_revoked, secret } = key;
            CipherKeyPair { id, begins_at_s, is_revoked, cipher: cipher(secret) }
        };
        let mut pairs: Vec<CipherKeyPair> = keys.into_iter().map(pair).collect();
        pairs.sort_by_key(|pair| std::cmp::Reverse(pair.begins_at_s));
        let keys = Arc::new(CipherKeys { pairs, derived: cipher(derived) });
        Self { keys, held_back: Arc::default() }
    }

    /// The same cipher, using only the keys for new texts that `is_usable`. If none of them serves
    /// now, it uses all.
    pub fn using(self, is_usable: impl Fn(KeyId) -> bool) -> Self {
        let now_s = now_s();
        let serves = |pair: &CipherKeyPair| {
            !pair.is_revoked && pair.begins_at_s <= now_s && is_usable(pair.id)
        };
        if !self.keys.pairs.iter().any(serves) {
            return self;
        }
        let ids = self.keys.pairs.iter().map(|pair| pair.id);
        let held_back: Vec<KeyId> = ids.filter(|id| !is_usable(*id)).collect();
        Self { held_back: held_back.into(), ..self }
    }

    /// Encrypts an event of an inquiry, or an act of a ledger.
    pub fn seal(&self, id: SubmissionId, number: u32, event: &impl Serialize) -> Vec<u8> {
        self.seal_at(&SealPlace::event(id, number), event)
    }

    /// Decrypts what [`EventCipher::seal`] returned; `None` when no key opens it, it belongs to
    /// another place, is damaged, or is not a `T`.
    pub fn open<T: DeserializeOwned>(
        &self,
        id: SubmissionId,
        number: u32,
        sealed: &[u8],
    ) -> Option<T> {
        self.open_at(&SealPlace::event(id, number), sealed)
    }

    /// Encrypts a text for a place with the newest key.
    pub fn seal_at(&self, place: &SealPlace, text: &impl Serialize) -> Vec<u8> {
        self.seal_bytes(
            place,
            &serde_json::to_vec(text).expect("a text of the office can be serialized as JSON"),
        )
    }

    /// Like [`EventCipher::open`].
    pub fn open_at<T: DeserializeOwned>(&self, place: &SealPlace, sealed: &[u8]) -> Option<T> {
        serde_json::from_slice(&self.open_bytes(place, sealed)?).ok()
    }

    /// Encrypts a text again with the newest key, unless it already is.
    pub fn reseal(&self, place: &SealPlace, sealed: &[u8]) -> Resealed {
        if key_of(sealed).is_some() && key_of(sealed) == self.newest().map(|pair| pair.id) {
            return Resealed::Newest;
        }
        self.open_bytes(place, sealed)
            .map_or(Resealed::Closed, |plain| Resealed::Anew(self.seal_bytes(place, &plain)))
    }

    /// Whether one of the keys opens a ciphertext.
    pub fn opens(&self, place: &SealPlace, sealed: &[u8]) -> bool {
        self.open_bytes(place, sealed).is_some()
    }

    /// Whether the named key is present; true for a ciphertext that names none.
    pub fn knows(&self, sealed: &[u8]) -> bool {
        key_of(sealed).is_none_or(|id| self.pair(id).is_some())
    }

    /// The key for new ciphertexts; `None` while no key of the office has begun.
    pub fn newest_key(&self) -> Option<KeyId> {
        self.newest().map(|pair| pair.id)
    }

    fn newest(&self) -> Option<&CipherKeyPair> {
        let now_s = now_s();
        let is_used = |pair: &CipherKeyPair| !pair.is_revoked && !self.held_back.contains(&pair.id);
        self.keys.pairs.iter().find(|pair| is_used(pair) && pair.begins_at_s <= now_s)
    }

    fn pair(&self, id: KeyId) -> Option<&CipherKeyPair> {
        self.keys.pairs.iter().find(|pair| pair.id == id)
    }

    /// Mark, key id, nonce, then ciphertext with tag; without mark and key id while no key of the
    /// office has begun.
    fn seal_bytes(&self, SealPlace(place): &SealPlace, plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_BYTES] = random();
        let (prefix, cipher) = match self.newest() {
            Some(pair) => ([MARK.as_slice(), &pair.id.0].concat(), &pair.cipher),
            None => (Vec::new(), &self.keys.derived),
        };
        let bound = [prefix.as_slice(), place].concat();
        let sealed = cipher.encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: &bound });
        [
            prefix.as_slice(),
            &nonce,
            &sealed.expect("a text of the office is far below the cipher’s limit"),
        ]
        .concat()
    }

    fn open_bytes(&self, SealPlace(place): &SealPlace, sealed: &[u8]) -> Option<Vec<u8>> {
        let by_name = || {
            let pair = self.pair(key_of(sealed)?)?;
            let (prefix, rest) = sealed.split_at_checked(PREFIX_BYTES)?;
            opened(&pair.cipher, &[prefix, place].concat(), rest)
        };
        by_name().or_else(|| opened(&self.keys.derived, place, sealed))
    }
}

/// The key that a ciphertext names; `None` for one from a version without office keys.
pub fn key_of(sealed: &[u8]) -> Option<KeyId> {
    sealed.strip_prefix(&MARK)?.first_chunk().map(|id| KeyId(*id))
}

fn cipher(secret: [u8; 32]) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(&Key::from(secret))
}

fn opened(cipher: &ChaCha20Poly1305, bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    cipher.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: bound }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use casework::case::CaseEvent;

    fn key(number: u8, begins_at_s: u64) -> OfficeKey {
        OfficeKey { id: KeyId([number; 8]), begins_at_s, is_revoked: false, secret: [number; 32] }
    }

    fn place(seed: u8) -> SubmissionId {
        SubmissionId::from_parts(1, [seed; 10])
    }

    fn noted() -> CaseEvent {
        CaseEvent::Noted { text: "called back, no answer".into() }
    }

    #[test]
    fn what_is_written_opens_in_its_own_place_and_nowhere_else() {
        let with_keys = [EventCipher::new([1; 32], []), EventCipher::new([1; 32], [key(5, 100)])];
        for cipher in with_keys {
            let other = EventCipher::new([2; 32], [key(6, 100)]);
            let sealed = cipher.seal(place(1), 3, &noted());
            assert_eq!(cipher.open(place(1), 3, &sealed), Some(noted()));
            assert!(!String::from_utf8_lossy(&sealed).contains("called"));
            let elsewhere = [
                cipher.open(place(1), 4, &sealed),
                cipher.open(place(2), 3, &sealed),
                other.open(place(1), 3, &sealed),
            ];
            assert_eq!(elsewhere, [None::<CaseEvent>, None, None]);
            for length in 0..sealed.len() {
                assert_eq!(
                    cipher.open(place(1), 3, &sealed[..length]),
                    None::<CaseEvent>,
                    "{length}"
                );
            }
            assert_ne!(
                sealed,
                cipher.seal(place(1), 3, &noted()),
                "the same text twice cannot be seen to be the same"
            );
        }
    }

    #[test]
    fn a_text_from_before_opens_and_new_ones_are_sealed_with_the_newest_key_that_has_begun() {
        let before = EventCipher::new([1; 32], []);
        let old = before.seal(place(1), 1, &noted());
        let after = EventCipher::new([1; 32], [key(5, 100), key(6, 200), key(7, u64::MAX)]);
        assert_eq!((key_of(&old), after.open(place(1), 1, &old)), (None, Some(noted())));
        assert_eq!(key_of(&after.seal(place(1), 2, &noted())), Some(KeyId([6; 8])));
        let revoked =
            EventCipher::new([1; 32], [key(5, 100), OfficeKey { is_revoked: true, ..key(6, 200) }]);
        assert_eq!(key_of(&revoked.seal(place(1), 2, &noted())), Some(KeyId([5; 8])));
        let not_begun = EventCipher::new([1; 32], [key(7, u64::MAX)]);
        assert_eq!(
            key_of(&not_begun.seal(place(1), 2, &noted())),
            None,
            "no server writes with what others may not have read"
        );
    }

    #[test]
    fn a_key_that_another_server_lacks_opens_and_seals_nothing_new() {
        let cipher = EventCipher::new([1; 32], [key(5, 100), key(6, 200)]);
        let sealed = cipher.seal(place(1), 3, &noted());
        let held = cipher.using(|id| id == KeyId([5; 8]));
        assert_eq!(held.newest_key(), Some(KeyId([5; 8])));
        assert_eq!(held.open(place(1), 3, &sealed), Some(noted()));
        assert_eq!(held.using(|_| false).newest_key(), Some(KeyId([5; 8])), "one is always used");
    }

    #[test]
    fn what_is_sealed_again_opens_with_the_newest_key_alone() {
        let sealed = EventCipher::new([1; 32], [key(5, 100)]).seal(place(1), 1, &noted());
        let both = EventCipher::new([1; 32], [key(5, 100), key(6, 200)]);
        let at = SealPlace::event(place(1), 1);
        let Resealed::Anew(anew) = both.reseal(&at, &sealed) else {
            panic!("it was sealed with the older key")
        };
        assert_eq!(both.reseal(&at, &anew), Resealed::Newest);
        let newest_alone = EventCipher::new([1; 32], [key(6, 200)]);
        assert_eq!(
            (newest_alone.open(place(1), 1, &anew), newest_alone.open(place(1), 1, &sealed)),
            (Some(noted()), None::<CaseEvent>)
        );
        assert_eq!(newest_alone.reseal(&at, &sealed), Resealed::Closed, "its key is destroyed");
        assert_eq!((newest_alone.knows(&sealed), both.knows(&sealed)), (false, true));
        let of_before = EventCipher::new([1; 32], []).seal(place(1), 1, &noted());
        assert!(matches!(newest_alone.reseal(&at, &of_before), Resealed::Anew(_)));
    }

    #[test]
    fn a_text_of_before_that_begins_like_a_new_one_opens() {
        let derived = cipher([1; 32]);
        let nonce = *b"chk1\x05\x05\x05\x05\x05\x05\x05\x05";
        let plain = serde_json::to_vec(&noted()).unwrap();
        let SealPlace(bound) = SealPlace::event(place(1), 1);
        let sealed =
            derived.encrypt(&Nonce::from(nonce), Payload { msg: &plain, aad: &bound }).unwrap();
        let sealed = [nonce.as_slice(), &sealed].concat();
        for keys in [vec![key(5, 100)], vec![]] {
            assert_eq!(EventCipher::new([1; 32], keys).open(place(1), 1, &sealed), Some(noted()));
        }
    }

    #[test]
    fn a_saved_list_is_bound_to_whose_it_is() {
        let cipher = EventCipher::new([1; 32], [key(5, 100)]);
        let sealed = cipher.seal_at(&SealPlace::view("ann", 1), &"tree on Elm Street");
        assert_eq!(
            cipher.open_at::<String>(&SealPlace::view("ann", 1), &sealed).as_deref(),
            Some("tree on Elm Street")
        );
        for place in
            [SealPlace::view("ann", 2), SealPlace::view("bo", 1), SealPlace::event(place(1), 1)]
        {
            assert_eq!(cipher.open_at::<String>(&place, &sealed), None);
        }
    }
}
