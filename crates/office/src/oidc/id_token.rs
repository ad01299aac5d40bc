//! Verification of an ID token: OpenID Connect Core 1.0, 3.1.3.7. `jsonwebtoken` checks the
//! signature and the times; this file decides which key may have signed it, and whether it was
//! issued for this client and this request.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::{Deserialize, Deserializer};

/// Allowed difference between the clocks of provider and server, in seconds.
const LEEWAY_S: u64 = 60;

/// The values that a token must contain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
}

/// The claims of a verified token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Claims {
    nonce: Option<String>,
    #[serde(default, deserialize_with = "one_or_many")]
    aud: Vec<String>,
    azp: Option<String>,
    pub(super) email: Option<String>,
    #[serde(default, deserialize_with = "yes_or_no")]
    pub(super) email_verified: bool,
    pub(super) preferred_username: Option<String>,
}

/// The claims of a token that one of the provider's keys signed for this request; an error says
/// what is wrong.
pub(super) fn check(token: &str, keys: &[Jwk], expected: &Expected) -> Result<Claims, String> {
    let header = decode_header(token).map_err(|fault| fault.to_string())?;
    let (key, algorithm) = key_for(keys, header.kid.as_deref())?;
    let mut validation = Validation::new(algorithm);
    validation.leeway = LEEWAY_S;
    validation.validate_nbf = true;
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client_id]);
    let claims =
        decode::<Claims>(token, &key, &validation).map_err(|fault| fault.to_string())?.claims;
    let is_other_party = claims.azp.as_deref().is_some_and(|party| party != expected.client_id);
    if is_other_party || (claims.aud.len() > 1 && claims.azp.is_none()) {
        return Err("it was made for another client".into());
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err("it was made for another request".into());
    }
    Ok(claims)
}

/// The key that a token names, or the only one, with the key's own algorithm: the algorithm in the
/// token's header is ignored.
fn key_for(keys: &[Jwk], id: Option<&str>) -> Result<(DecodingKey, Algorithm), String> {
    let signing = keys.iter().filter_map(|key| algorithm_of(key).map(|algorithm| (key, algorithm)));
    let mut named = signing.filter(|(key, _)| id.is_none() || key.common.key_id.as_deref() == id);
    match (named.next(), named.next()) {
        (Some((key, algorithm)), None) => {
            Ok((DecodingKey::from_jwk(key).map_err(|fault| fault.to_string())?, algorithm))
        }
        (None, _) => Err("none of the provider’s keys may have signed it".into()),
        (Some(_), Some(_)) => Err("it does not say which of the provider’s keys signed it".into()),
    }
}

/// RS256, which every provider must support (OpenID Connect Core 1.0, 15.1), or ES256; `None` for a
/// key of another algorithm or use.
fn algorithm_of(key: &Jwk) -> Option<Algorithm> {
    let algorithm = match &key.algorithm {
        AlgorithmParameters::RSA(_) => Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(parameters)
            if parameters.curve == EllipticCurve::P256 =>
        {
            Algorithm::ES256
        }
        _ => return None,
    };
    let is_named = key
        .common
        .key_algorithm
        .as_ref()
        .is_none_or(|named| format!("{named:?}") == format!("{algorithm:?}"));
    let signs = key
        .common
        .public_key_use
        .as_ref()
        .is_none_or(|purpose| *purpose == PublicKeyUse::Signature);
    (is_named && signs).then_some(algorithm)
}

/// `aud` is one string or a list of strings.
fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum ClaimForm {
        One(String),
        Many(Vec<String>),
    }
    Ok(match ClaimForm::deserialize(from)? {
        ClaimForm::One(one) => vec![one],
        ClaimForm::Many(many) => many,
    })
}

/// Some providers send `"true"` where the standard requires `true`.
fn yes_or_no<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(value == serde_json::Value::Bool(true) || value == "true")
}
