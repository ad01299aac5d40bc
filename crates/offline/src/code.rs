//! One sealed parcel as decimal digits, for the address in a QR code. A QR code holds digits almost
//! without loss (ISO/IEC 18004: ten bits for three digits), so a typical message needs a quarter
//! fewer modules than as base64.

use crate::bundle::{BundleFault, Parcel, parcel};
use domain::MunicipalityId;
use sha2::{Digest, Sha256};

/// The longest envelope that is put into a code, in bytes. A longer one makes modules too small for
/// one phone's camera to read off another phone's screen.
pub const ENVELOPE_BYTES_MAX: usize = 1_700;
/// Length of the checksum in front: the first bytes of the SHA-256 of the envelope.
const SUM_BYTES: usize = 4;
/// Bytes that are encoded together as one decimal number.
const GROUP_BYTES: usize = 7;
const GROUP_DIGITS: usize = DIGITS[GROUP_BYTES];
/// Digits for each number of bytes. All are different, so the length of the last group tells its
/// number of bytes.
const DIGITS: [usize; 8] = [0, 3, 5, 8, 10, 13, 15, 17];

/// Encodes a stored envelope as digits; `None` if it is longer than [`ENVELOPE_BYTES_MAX`].
pub fn digits_of(envelope: &[u8]) -> Option<String> {
    if envelope.len() > ENVELOPE_BYTES_MAX {
        return None;
    }
    let sum = Sha256::digest(envelope);
    let bytes = [&sum[..SUM_BYTES], envelope].concat();
    Some(bytes.chunks(GROUP_BYTES).map(written).collect())
}

fn written(group: &[u8]) -> String {
    let number = group.iter().fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte));
    format!("{number:0width$}", width = DIGITS[group.len()])
}

/// Parses what [`digits_of`] wrote. Fails unless it is one whole parcel of this municipality.
pub fn read(text: &str, ours: &MunicipalityId) -> Result<Parcel, BundleFault> {
    if text.is_empty() || !text.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(BundleFault::NotABundle);
    }
    let mut bytes = Vec::with_capacity(text.len() / 2);
    for group in text.as_bytes().chunks(GROUP_DIGITS) {
        bytes.extend_from_slice(&group_of(group).ok_or(BundleFault::CutShort)?);
    }
    let (sum, envelope) = bytes.split_first_chunk::<SUM_BYTES>().ok_or(BundleFault::CutShort)?;
    if Sha256::digest(envelope)[..SUM_BYTES] != *sum {
        return Err(BundleFault::Damaged);
    }
    match parcel(envelope, ours)? {
        (parcel, []) => Ok(parcel),
        _ => Err(BundleFault::Damaged),
    }
}

/// The bytes of a group; `None` if no group has this many digits or so large a number.
fn group_of(digits: &[u8]) -> Option<Vec<u8>> {
    let bytes = DIGITS.iter().position(|&count| count == digits.len())?;
    let number = digits.iter().fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    let eight = number.to_be_bytes();
    let (beyond, group) = eight.split_at(8 - bytes);
    beyond.iter().all(|&byte| byte == 0).then(|| group.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::SubmissionId;
    use domain::submission::{Envelope, FORMAT, Header, KeyId, Kind, SUITE_X25519_CHACHA};

    fn ours() -> MunicipalityId {
        MunicipalityId::parse("pine-harbour").unwrap()
    }

    fn envelope(sealed: Vec<u8>) -> Vec<u8> {
        let header = Header {
            format: FORMAT,
            suite: SUITE_X25519_CHACHA,
            id: SubmissionId::from_parts(1, [3; 10]),
            municipality: ours(),
            kind: Kind::Feedback,
            key: KeyId([7; 8]),
            catalogue_version: 7,
        };
        postcard::to_allocvec(&Envelope { header, sealed }).unwrap()
    }

    #[test]
    fn an_envelope_of_any_length_and_content_reads_back() {
        for length in 0..60 {
            for fill in [0, 1, 0x7f, 0xff] {
                let bytes = envelope(vec![fill; length]);
                assert_eq!(
                    read(&digits_of(&bytes).unwrap(), &ours()).map(|parcel| parcel.envelope),
                    Ok(bytes)
                );
            }
        }
    }

    #[test]
    fn digits_take_a_quarter_less_room_in_a_code_than_base64() {
        let bytes = envelope(vec![0xa5; 560]);
        let bits_as_digits = digits_of(&bytes).unwrap().len() * 10 / 3;
        let bits_as_base64 = bytes.len().div_ceil(3) * 4 * 8;
        assert!(bits_as_digits * 100 < bits_as_base64 * 78, "{bits_as_digits} of {bits_as_base64}");
    }

    #[test]
    fn fault_43_a_code_that_is_cut_short_changed_or_foreign_is_refused() {
        let digits = digits_of(&envelope((0..80).collect())).unwrap();
        for length in 0..digits.len() {
            assert!(read(&digits[..length], &ours()).is_err(), "{length}");
        }
        for at in 0..digits.len() {
            for other in '0'..='9' {
                let mut changed = digits.clone();
                changed.replace_range(at..=at, &other.to_string());
                assert!(changed == digits || read(&changed, &ours()).is_err(), "{at} {other}");
            }
        }
        assert_eq!(read(&format!("{digits}000"), &ours()), Err(BundleFault::Damaged));
        assert_eq!(
            read(&digits, &MunicipalityId::parse("elsewhere").unwrap()),
            Err(BundleFault::OtherMunicipality)
        );
        for other in ["", "top", "12a", "٣٣٣", "-12"] {
            assert_eq!(read(other, &ours()), Err(BundleFault::NotABundle));
        }
    }

    #[test]
    fn what_is_too_long_for_a_code_says_so() {
        assert!(digits_of(&vec![1; ENVELOPE_BYTES_MAX]).is_some());
        assert_eq!(digits_of(&vec![1; ENVELOPE_BYTES_MAX + 1]), None);
    }
}
