//! Staff tablets, and what devices in the City's rooms tell the office of themselves: that they are there, and how much waits. Never content.

use crate::collector::CollectorCode;
use crate::ids::{HubId, TerminalId};
use crate::reference::{letter, value_of};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Letters of an enrolment code: 50 bits, good once and for some days.
pub const ENROLMENT_LETTERS: usize = 10;
/// A PIN has at least so many digits, and no more than people remember.
pub const PIN_DIGITS_MIN: usize = 6;
pub const PIN_DIGITS_MAX: usize = 12;
/// People who share one tablet.
pub const PEOPLE_MAX: usize = 12;
/// Letters of the name by which somebody knows their own lock.
pub const PERSON_CHARS_MAX: usize = 30;
/// Wrong tries without a wait.
const TRIES_FREE: u32 = 4;
/// The longest wait, however many tries were wrong.
const WAIT_S_MAX: u32 = 3_600;

/// What the office gives out to make a device a staff tablet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EnrolmentCode(Box<str>);

impl EnrolmentCode {
    /// `chance` is 16 random bytes.
    pub fn new(chance: [u8; 16]) -> Self {
        let number = u128::from_be_bytes(chance);
        let code: String = (0..ENROLMENT_LETTERS as u32)
            .map(|at| letter(((number / 31_u128.pow(at)) % 31) as u64))
            .collect();
        Self(code.into())
    }

    /// Reads a code as people type it: any case, with or without hyphens and spaces, O for 0, I and L for 1. `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let letters = text.chars().filter(|c| !matches!(c, '-' | ' '));
        let code: Option<String> =
            letters.take(ENROLMENT_LETTERS + 1).map(|c| value_of(c).map(letter)).collect();
        code.filter(|code| code.len() == ENROLMENT_LETTERS).map(|code| Self(code.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for EnrolmentCode {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not an enrolment code")
    }
}

impl From<EnrolmentCode> for String {
    fn from(code: EnrolmentCode) -> String {
        code.0.into()
    }
}

impl fmt::Display for EnrolmentCode {
    /// In two groups, to be read out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, other) = self.0.split_at(ENROLMENT_LETTERS / 2);
        write!(f, "{one}-{other}")
    }
}

/// `POST /api/tablets` with a code, as postcard: what makes a device a tablet. `None` where the code is not known, used or too old.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    pub tablet: TerminalId,
    /// By which the tablet is known to the server; the office keeps its hash.
    pub secret: [u8; 32],
    /// What the office calls it.
    pub name: String,
    pub hub: HubId,
}

/// Who reports: a tablet, known by its secret, or a public terminal, which has none and is believed as far as it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reporter {
    Tablet { id: TerminalId, secret: [u8; 32] },
    Terminal { id: TerminalId },
}

/// `POST /api/seen`, as postcard: that a device is there, and how much waits on it. Numbers alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub reporter: Reporter,
    pub state: DeviceState,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DeviceState {
    /// Entries that wait to be sent, and that need a person.
    pub waiting: u32,
    pub needs_attention: u32,
    /// Seconds for which the oldest of them has waited, by the device's clock; nothing waits: `None`.
    pub oldest_s: Option<u64>,
    /// The edition of the catalogue in use.
    pub catalogue: u32,
    /// The app's version.
    pub app: String,
    /// Room that the browser says is left.
    pub room_mb: Option<u32>,
    /// Whether the browser promised to keep the store.
    pub is_promised: Option<bool>,
}

/// The answer to a report: how things stand with the device at the office. A terminal is told nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The office ended it: it sends what it has and takes nothing in any more.
    pub is_ended: bool,
    pub name: String,
    pub hub: HubId,
    /// Ways into the survey at its hub that need a tablet.
    pub collectors: Vec<(CollectorCode, String)>,
}

/// Seconds until a PIN may be tried again after so many wrong ones in a row. Nothing is ever wiped.
pub fn wait_s(wrong: u32) -> u32 {
    match wrong.checked_sub(TRIES_FREE) {
        None | Some(0) => 0,
        Some(more) => {
            30_u32.checked_shl(more - 1).filter(|_| more < 8).unwrap_or(WAIT_S_MAX).min(WAIT_S_MAX)
        }
    }
}

/// Whether a text can be a PIN: digits, enough of them, and not one that everybody tries first.
pub fn is_pin(text: &str) -> bool {
    let digits = text.as_bytes();
    let fits = (PIN_DIGITS_MIN..=PIN_DIGITS_MAX).contains(&digits.len())
        && digits.iter().all(u8::is_ascii_digit);
    let goes_by =
        |step: i16| digits.windows(2).all(|pair| i16::from(pair[1]) - i16::from(pair[0]) == step);
    fits && !goes_by(0) && !goes_by(1) && !goes_by(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enrolment_code_is_read_as_people_type_it() {
        let code = EnrolmentCode::new([0xa7; 16]);
        assert_eq!(code.as_str().len(), ENROLMENT_LETTERS);
        for text in [
            code.to_string(),
            code.to_string().to_lowercase(),
            code.as_str().into(),
            format!(" {code} "),
        ] {
            assert_eq!(EnrolmentCode::parse(&text), Some(code.clone()), "{text}");
        }
        for text in ["", "ABC", "ABCDE-FGHJKM", "ABCDE-FGH!J", "é"] {
            assert_eq!(EnrolmentCode::parse(text), None, "{text}");
        }
        let all: std::collections::BTreeSet<_> =
            (0..=255).map(|byte| EnrolmentCode::new([byte; 16])).collect();
        assert_eq!(all.len(), 256);
    }

    #[test]
    fn wrong_tries_wait_longer_and_longer_up_to_an_hour() {
        assert_eq!([0, 1, 4, 5, 6, 7, 8].map(wait_s), [0, 0, 0, 30, 60, 120, 240]);
        assert_eq!([11, 12, 13, 100, u32::MAX].map(wait_s), [1_920, 3_600, 3_600, 3_600, 3_600]);
    }

    #[test]
    fn a_pin_is_six_digits_or_more_and_not_the_one_that_everybody_tries() {
        for pin in ["482913", "0071942", "112233", "908172635445"] {
            assert!(is_pin(pin), "{pin}");
        }
        for text in [
            "",
            "12345",
            "123456",
            "654321",
            "000000",
            "48291a",
            "4829 13",
            "9081726354459",
            "４８２９１３",
        ] {
            assert!(!is_pin(text), "{text}");
        }
    }
}
