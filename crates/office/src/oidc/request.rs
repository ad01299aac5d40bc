//! The authorization request, and what the browser stores until the response, so that the response
//! answers this browser's own request: in an encrypted cookie, because several servers may share
//! one address.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::SubmissionId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use vault::event_cipher::EventCipher;
use vault::random;

/// Like the session cookie: from this host only, over TLS.
pub(super) const COOKIE_NAME: &str = "__Host-hub-office-oidc";
/// Deletes the cookie.
pub(super) const NO_COOKIE_LINE: &str =
    "__Host-hub-office-oidc=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";
/// How long a request is valid, in ms: a person may have to look for a second factor.
const REQUEST_MS: u64 = 10 * 60 * 1_000;
/// The place that the cookie is bound to: events are numbered from one, so no event has it.
const PLACE: ([u8; 16], u32) = ([0; 16], 0);

/// One authorization request (OpenID Connect Core 1.0, 3.1.2.1). Each of its three secrets has 256
/// bits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AuthRequest {
    /// Returned beside the code: proves that the response answers this request.
    pub(super) state: String,
    /// Returned inside the token: proves that the token was issued for this request.
    pub(super) nonce: String,
    /// Sent with the code to the provider (RFC 7636): the code is useless to anybody else.
    pub(super) verifier: String,
    /// The page of the office that was asked for.
    pub(super) back: String,
    pub(super) until_ms: u64,
}

impl AuthRequest {
    pub(super) fn new(back: &str, now_ms: u64) -> Self {
        let secret = || URL_SAFE_NO_PAD.encode(random::<32>());
        Self {
            state: secret(),
            nonce: secret(),
            verifier: secret(),
            back: back.into(),
            until_ms: now_ms + REQUEST_MS,
        }
    }

    /// The code challenge derived from the verifier (RFC 7636, 4.2, method S256).
    pub(super) fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.as_bytes()))
    }

    /// Whether a response with this state answers this request in time.
    pub(super) fn is_answered_by(&self, state: Option<&String>, now_ms: u64) -> bool {
        state == Some(&self.state) && now_ms < self.until_ms
    }

    fn sealed(&self, cipher: &EventCipher) -> String {
        URL_SAFE_NO_PAD.encode(cipher.seal(SubmissionId::from_bytes(PLACE.0), PLACE.1, self))
    }

    /// Decrypts the cookie's value; `None` if it was not encrypted with this server's keys.
    pub(super) fn open(cookie: &str, cipher: &EventCipher) -> Option<Self> {
        cipher.open(
            SubmissionId::from_bytes(PLACE.0),
            PLACE.1,
            &URL_SAFE_NO_PAD.decode(cookie).ok()?,
        )
    }
}

/// The `Set-Cookie` value with the request. `SameSite=Lax`, because the provider's page redirects
/// back.
pub(super) fn cookie_line(request: &AuthRequest, cipher: &EventCipher) -> String {
    format!(
        "{COOKIE_NAME}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={}",
        request.sealed(cipher),
        REQUEST_MS / 1_000
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_comes_back_only_to_the_keys_that_sealed_it() {
        let (cipher, other) = (EventCipher::new([1; 32], []), EventCipher::new([2; 32], []));
        let request = AuthRequest::new("/office/figures", 5);
        let sealed = request.sealed(&cipher);
        assert_eq!(AuthRequest::open(&sealed, &cipher), Some(request.clone()));
        assert_eq!(
            (
                AuthRequest::open(&sealed, &other),
                AuthRequest::open(&sealed[4..], &cipher),
                AuthRequest::open("", &cipher)
            ),
            (None, None, None)
        );
        assert_ne!(AuthRequest::new("/office/figures", 5).state, request.state);
    }

    #[test]
    fn an_answer_has_the_state_and_ten_minutes() {
        let (request, other) = (AuthRequest::new("/office", 5), AuthRequest::new("/office", 5));
        let is_answered = |state: &str, now_ms| request.is_answered_by(Some(&state.into()), now_ms);
        assert!(is_answered(&request.state, 5) && is_answered(&request.state, 600_004));
        assert!(!is_answered(&request.state, 600_005), "too late");
        assert!(
            !is_answered(&other.state, 5)
                && !is_answered("", 5)
                && !request.is_answered_by(None, 5)
        );
    }

    #[test]
    fn the_challenge_is_that_of_rfc_7636() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into();
        let request = AuthRequest { verifier, ..AuthRequest::new("", 0) };
        assert_eq!(request.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert_eq!(AuthRequest::new("", 0).verifier.len(), 43, "the shortest that RFC 7636 allows");
    }
}
