//! Believing a receipt: only the municipality's server can have signed it, for exactly these bytes. And the file in which a person keeps one.

use domain::submission::{BodyHash, KeyId, Receipt, VerifyingKey};
use ed25519_dalek::Signature;

/// What stands before the signed bytes and before the signature, each on a line of its own, in base64 (RFC 4648).
const SIGNED: &str = "receipt: ";
const SIGNATURE: &str = "signature: ";
/// No file of a receipt is longer: a few lines of words and two of base64.
const FILE_BYTES_MAX: usize = 4_096;

/// Whether a receipt is for this submission and body and signed by a known key (Ed25519, RFC 8032, strict).
pub fn is_believable(
    receipt: &Receipt,
    id: domain::SubmissionId,
    body: BodyHash,
    keys: &[VerifyingKey],
) -> bool {
    names(receipt, id, body) && is_genuine(receipt, keys)
}

/// Whether it speaks of this submission and body.
pub(crate) fn names(receipt: &Receipt, id: domain::SubmissionId, body: BodyHash) -> bool {
    receipt.id == id && receipt.body == body
}

/// Whether a known key has signed it, for whatever submission.
pub fn is_genuine(receipt: &Receipt, keys: &[VerifyingKey]) -> bool {
    is_signed(&receipt.signed_bytes(), receipt.signer, receipt.signature, keys)
}

/// A receipt as a text file: some words for the person, and below them what any program that knows Ed25519 can check. Base64 is the caller's: a
/// browser has it.
pub fn file_of(receipt: &Receipt, words: &str, base64_of: &dyn Fn(&[u8]) -> String) -> String {
    let (r, s) = receipt.signature;
    [
        words,
        "\n\n",
        SIGNED,
        &base64_of(&receipt.signed_bytes()),
        "\n",
        SIGNATURE,
        &base64_of(&[r, s].concat()),
        "\n",
    ]
    .concat()
}

/// The receipt in such a file, not believed yet. The words above it are not read: nobody has signed them.
pub fn in_file(bytes: &[u8], of_base64: &dyn Fn(&str) -> Option<Vec<u8>>) -> Option<Receipt> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= FILE_BYTES_MAX)?;
    let line =
        |name: &str| of_base64(text.lines().find_map(|line| line.strip_prefix(name))?.trim_end());
    Receipt::of_signed(&line(SIGNED)?.try_into().ok()?, line(SIGNATURE)?.try_into().ok()?)
}

/// Whether the key that is said to have signed is known, and did.
pub fn is_signed(
    bytes: &[u8],
    signer: KeyId,
    (r, s): ([u8; 32], [u8; 32]),
    keys: &[VerifyingKey],
) -> bool {
    let signature = Signature::from_components(r, s);
    let has_signed = |key: &VerifyingKey| {
        ed25519_dalek::VerifyingKey::from_bytes(&key.public)
            .is_ok_and(|public| public.verify_strict(bytes, &signature).is_ok())
    };
    keys.iter().filter(|key| key.id == signer).any(has_signed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use ed25519_dalek::{Signer, SigningKey};

    fn file_of(receipt: &Receipt, words: &str) -> String {
        super::file_of(receipt, words, &|bytes| STANDARD.encode(bytes))
    }

    fn in_file(bytes: &[u8]) -> Option<Receipt> {
        super::in_file(bytes, &|text| STANDARD.decode(text).ok())
    }

    fn signed() -> (Receipt, VerifyingKey) {
        let key = SigningKey::from_bytes(&[7; 32]);
        let id = domain::SubmissionId::from_parts(1, [1; 10]);
        let mut receipt = Receipt {
            id,
            body: BodyHash([2; 32]),
            received_at_ms: 1_795_000_000_000,
            epoch: [3; 16],
            signer: KeyId([4; 8]),
            signature: ([0; 32], [0; 32]),
        };
        let signature = key.sign(&receipt.signed_bytes());
        receipt.signature = (*signature.r_bytes(), *signature.s_bytes());
        (receipt, VerifyingKey { id: KeyId([4; 8]), public: key.verifying_key().to_bytes() })
    }

    #[test]
    fn a_receipt_reads_back_from_its_file_whatever_the_words_say() {
        let (receipt, key) = signed();
        for words in ["City of Elsewhere\nReference 7Q3M", "", "Reçu\r\nle 3 mai"] {
            let file = file_of(&receipt, words);
            assert_eq!(in_file(file.as_bytes()).as_ref(), Some(&receipt), "{file}");
            assert_eq!(
                in_file(file.replace('\n', "\r\n").as_bytes()).as_ref(),
                Some(&receipt),
                "saved anew on Windows"
            );
        }
        assert!(is_genuine(&receipt, &[key]));
    }

    #[test]
    fn a_file_in_which_a_letter_was_changed_holds_no_genuine_receipt() {
        let (receipt, key) = signed();
        let file = file_of(&receipt, "");
        for at in 0..file.len() {
            let mut bytes = file.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let is_taken = in_file(&bytes).is_some_and(|read| is_genuine(&read, &[key]));
            assert!(!is_taken || file.as_bytes()[at] == b'\n', "{at}");
            assert!(
                in_file(&file.as_bytes()[..at]).is_none() || at + 1 == file.len(),
                "cut at {at}"
            );
        }
        assert!(!is_genuine(&receipt, &[]));
        assert_eq!(in_file(&[0xff; 10]), None);
        assert_eq!(in_file("receipt: ".repeat(1_000).as_bytes()), None);
    }
}
