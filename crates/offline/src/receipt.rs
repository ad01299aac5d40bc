//! Verifies receipts: only the municipality's server can have signed one, for exactly these bytes.
//! Also reads and writes the text file in which a person keeps a receipt.

use domain::submission::{BodyHash, KeyId, Receipt, VerifyingKey};
use ed25519_dalek::Signature;

/// Prefixes of the two lines that hold the signed bytes and the signature, in base64 (RFC 4648).
const SIGNED: &str = "receipt: ";
const SIGNATURE: &str = "signature: ";
/// The most bytes that a receipt file may have; it holds a few lines of text and two of base64.
const FILE_BYTES_MAX: usize = 4_096;

/// Whether a receipt is for this submission and body and is signed by a known key (Ed25519, RFC
/// 8032, strict verification).
pub fn is_believable(
    receipt: &Receipt,
    id: domain::SubmissionId,
    body: BodyHash,
    keys: &[VerifyingKey],
) -> bool {
    names(receipt, id, body) && is_genuine(receipt, keys)
}

/// Whether a receipt is for this submission and body.
pub(crate) fn names(receipt: &Receipt, id: domain::SubmissionId, body: BodyHash) -> bool {
    receipt.id == id && receipt.body == body
}

/// Whether a known key signed the receipt, for any submission.
pub fn is_genuine(receipt: &Receipt, keys: &[VerifyingKey]) -> bool {
    is_signed(&receipt.signed_bytes(), receipt.signer, receipt.signature, keys)
}

/// Writes a receipt as a text file: text for the person, and below it what any program with Ed25519
/// can verify. The caller supplies base64, because a browser has it built in.
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

/// Parses the receipt in such a file without verifying it. `None` if the file is too long or not a
/// receipt. The text above it is ignored, because it is not signed.
pub fn in_file(bytes: &[u8], of_base64: &dyn Fn(&str) -> Option<Vec<u8>>) -> Option<Receipt> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= FILE_BYTES_MAX)?;
    let line =
        |name: &str| of_base64(text.lines().find_map(|line| line.strip_prefix(name))?.trim_end());
    Receipt::of_signed(&line(SIGNED)?.try_into().ok()?, line(SIGNATURE)?.try_into().ok()?)
}

/// Whether `keys` holds the key `signer`, and that key signed `bytes` (Ed25519, strict
/// verification).
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
