//! Codes of a second factor: TOTP (RFC 6238) with SHA-1, 30 seconds and 6 digits, which every
//! authenticator app supports. HMAC comes from AWS-LC, which is a dependency already; the rest is
//! the thirty lines of RFC 4226, tested with the vectors of both RFCs. The crate `totp-rs` would
//! add an older generation of the same hashes.

use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};

const STEP_S: u64 = 30;
const DIGITS: usize = 6;
/// The clocks of phone and server may differ by one step either way (RFC 6238, 5.2).
const STEPS_APART_MAX: u64 = 1;
/// As long as the hash (RFC 4226, 4, requirement 6).
pub(super) const SECRET_BYTES: usize = 20;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The time step whose code this is, if it is within the tolerance and later than the last used
/// step; `None` otherwise.
pub(super) fn step_of(secret: &[u8], code: &str, now_ms: u64, last_step: u64) -> Option<u64> {
    let now = now_ms / 1_000 / STEP_S;
    let steps = now.saturating_sub(STEPS_APART_MAX).max(last_step.saturating_add(1))
        ..=now.saturating_add(STEPS_APART_MAX);
    steps.into_iter().find(|step| code_of(secret, *step) == code)
}

/// Whether a text has the form of a code: six digits.
pub(super) fn is_like_a_code(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The code of a time step (RFC 4226, 5.3).
fn code_of(secret: &[u8], step: u64) -> String {
    let mac = sign(&Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret), &step.to_be_bytes());
    let mac = mac.as_ref();
    let at = usize::from(mac.last().copied().unwrap_or_default() & 0x0f);
    let cut: [u8; 4] = std::array::from_fn(|byte| mac.get(at + byte).copied().unwrap_or_default());
    let number = (u32::from_be_bytes(cut) & 0x7fff_ffff) % 10_u32.pow(DIGITS as u32);
    format!("{number:0DIGITS$}")
}

/// Base 32 without padding (RFC 4648, 6), the form in which apps accept a typed secret.
pub(super) fn base32(bytes: &[u8]) -> String {
    let (mut text, mut held, mut bits) = (String::new(), 0_u32, 0);
    for byte in bytes {
        (held, bits) = (held << 8 | u32::from(*byte), bits + 8);
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(BASE32[(held >> bits & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(BASE32[(held << (5 - bits) & 31) as usize]));
    }
    text
}

/// The URI in the QR code (Key Uri Format of Google Authenticator, which all apps adopted).
pub(super) fn address(secret: &[u8], issuer: &str, login: &str) -> String {
    let encoded = |text: &str| {
        form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
    };
    let (issuer, login, secret) = (encoded(issuer), encoded(login), base32(secret));
    format!(
        "otpauth://totp/{issuer}:{login}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_S}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_rfc_4226_and_rfc_6238() {
        let of_4226 = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ];
        for (step, code) in of_4226.into_iter().enumerate() {
            assert_eq!(code_of(SECRET, step as u64), code);
        }
        // The last six of the eight digits in RFC 6238, appendix B.
        let of_6238 = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (second, code) in of_6238 {
            assert_eq!(step_of(SECRET, code, second * 1_000, 0), Some(second / 30), "{second}");
        }
    }

    #[test]
    fn a_code_counts_one_step_early_or_late_and_never_twice() {
        let code = code_of(SECRET, 100);
        let at = |step: u64, last: u64| step_of(SECRET, &code, step * 30_000, last);
        assert_eq!(
            [98, 99, 100, 101, 102].map(|step| at(step, 0)),
            [None, Some(100), Some(100), Some(100), None]
        );
        assert_eq!((at(100, 99), at(100, 100), at(100, 101)), (Some(100), None, None));
        assert_eq!(step_of(SECRET, "", 3_000_000, 0), None);
    }

    #[test]
    fn a_secret_is_written_as_rfc_4648_says() {
        let vectors = [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ];
        for (bytes, text) in vectors {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        let address = address(SECRET, "Pine Harbour", "ann@example.org");
        assert_eq!(
            address,
            "otpauth://totp/Pine%20Harbour:ann%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Pine%20Harbour&algorithm=SHA1&digits=6&period=30"
        );
    }
}
