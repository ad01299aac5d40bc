//! Believing a receipt: only the municipality's server can have signed it, for exactly these bytes.

use domain::submission::{BodyHash, Receipt, VerifyingKey};
use ed25519_dalek::Signature;

/// Whether a receipt is for this submission and body and signed by a known key (Ed25519, RFC 8032, strict).
pub fn is_believable(receipt: &Receipt, id: domain::SubmissionId, body: BodyHash, keys: &[VerifyingKey]) -> bool {
    let names_it = receipt.id == id && receipt.body == body;
    names_it && keys.iter().filter(|key| key.id == receipt.signer).any(|key| is_signed_by(receipt, key))
}

fn is_signed_by(receipt: &Receipt, key: &VerifyingKey) -> bool {
    let (r, s) = receipt.signature;
    let signature = Signature::from_components(r, s);
    ed25519_dalek::VerifyingKey::from_bytes(&key.public).is_ok_and(|public| public.verify_strict(&receipt.signed_bytes(), &signature).is_ok())
}
