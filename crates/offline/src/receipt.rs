//! Believing a receipt: only the municipality's server can have signed it, for exactly these bytes.

use domain::submission::{BodyHash, KeyId, Receipt, VerifyingKey};
use ed25519_dalek::Signature;

/// Whether a receipt is for this submission and body and signed by a known key (Ed25519, RFC 8032, strict).
pub fn is_believable(receipt: &Receipt, id: domain::SubmissionId, body: BodyHash, keys: &[VerifyingKey]) -> bool {
    let names_it = receipt.id == id && receipt.body == body;
    names_it && is_signed(&receipt.signed_bytes(), receipt.signer, receipt.signature, keys)
}

/// Whether the key that is said to have signed is known, and did.
pub(crate) fn is_signed(bytes: &[u8], signer: KeyId, (r, s): ([u8; 32], [u8; 32]), keys: &[VerifyingKey]) -> bool {
    let signature = Signature::from_components(r, s);
    let has_signed =
        |key: &VerifyingKey| ed25519_dalek::VerifyingKey::from_bytes(&key.public).is_ok_and(|public| public.verify_strict(bytes, &signature).is_ok());
    keys.iter().filter(|key| key.id == signer).any(has_signed)
}
