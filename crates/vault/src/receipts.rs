//! Receipts that anyone can verify: the public keys in a format for other programs, and
//! `community-hub receipt`.

use crate::keys::Keys;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::submission::{PublicKeys, Receipt, VerifyingKey};
use offline::receipt::{in_file, is_genuine};
use std::path::Path;

/// The bytes before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410, section 4).
const ED25519_PREFIX: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The public key that a file is named after, as in `b76d3a9c01e2f455.pem`, in the PEM format of
/// RFC 7468. `None` if no such key is in use.
pub fn pem(keys: &PublicKeys, file: &str) -> Option<String> {
    let id = file.strip_suffix(".pem")?;
    let VerifyingKey { public, .. } =
        keys.signing.iter().find(|key| hex::encode(key.id.0) == id)?;
    let info = STANDARD.encode([&ED25519_PREFIX[..], public].concat());
    Some(format!("-----BEGIN PUBLIC KEY-----\n{info}\n-----END PUBLIC KEY-----\n"))
}

/// Returns what a receipt's file proves, as sentences for staff. The error says why the file proves
/// nothing.
pub fn check(file: &Path, keys: &Keys) -> Result<String, String> {
    let name = file.display();
    let bytes = std::fs::read(file).map_err(|error| format!("{name} cannot be read: {error}."))?;
    let receipt = in_file(&bytes, &|text| STANDARD.decode(text).ok()).ok_or_else(|| {
        format!(
            "{name} is not a proof of receipt from this program, or it was changed or cut short."
        )
    })?;
    let Receipt { id, body, received_at_ms, signer, .. } = &receipt;
    let signer = hex::encode(signer.0);
    let known = keys.all_verifying();
    if !is_genuine(&receipt, &known) {
        let is_known = known.iter().any(|key| key.id == receipt.signer);
        let why = if is_known {
            "its signature is wrong: it was changed or forged"
        } else {
            "it names a key that is not in this folder"
        };
        return Err(format!("{name} is not genuine: {why} (key {signer})."));
    }
    let at = jiff::Timestamp::from_millisecond(i64::try_from(*received_at_ms).unwrap_or(i64::MAX))
        .map_err(|error| error.to_string())?;
    let (reference, body) = (receipt.reference(), hex::encode(body.0));
    Ok(format!(
        "Genuine.\nreference  {reference}\nreceived   {at}\nentry      {id}\nSHA-256    {body} (of what was received, sealed)\nsigned by  {signer}"
    ))
}
