//! Staff tablets, and what devices in the municipality's rooms report about themselves: that they
//! are running, and how many submissions are waiting. A report must never contain content.

use crate::collector::CollectorCode;
use crate::ids::{HubId, TaskId, TerminalId};
use crate::reference::{letter, value_of};
use crate::text::runs_of;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Letters of an enrolment code: 50 bits. A code is valid once, for some days.
pub const ENROLMENT_LETTERS: usize = 10;
/// Fewest digits of a PIN.
pub const PIN_DIGITS_MIN: usize = 6;
/// Most digits of a PIN: no more than people remember.
pub const PIN_DIGITS_MAX: usize = 12;
/// Most people who share one tablet.
pub const PEOPLE_MAX: usize = 12;
/// Most tasks of a location's quick list: what fits on a tablet without scrolling.
pub const QUICK_TASKS_MAX: usize = 8;
/// Longest name, in characters, by which a person recognizes their own lock.
pub const PERSON_CHARS_MAX: usize = 30;
/// Wrong PINs in a row without a wait.
const TRIES_FREE: u32 = 4;
/// Longest wait in seconds, however many PINs were wrong.
const WAIT_S_MAX: u32 = 3_600;

/// A code that the office issues to enrol a device as a staff tablet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EnrolmentCode(Box<str>);

impl EnrolmentCode {
    /// Makes a code from 16 random bytes, `chance`.
    pub fn new(chance: [u8; 16]) -> Self {
        let number = u128::from_be_bytes(chance);
        let code: String = (0..ENROLMENT_LETTERS as u32)
            .map(|at| letter(((number / 31_u128.pow(at)) % 31) as u64))
            .collect();
        Self(code.into())
    }

    /// Parses a code as people type and paste it: in any case, in any groups, with anything around
    /// it, O for 0, I and L for 1, Z for 2. `None` if it is not an enrolment code.
    pub fn parse(text: &str) -> Option<Self> {
        let code = |run: &String| run.chars().map(|c| value_of(c).map(letter)).collect();
        let code: Option<String> = runs_of(text, ENROLMENT_LETTERS).iter().find_map(code);
        code.map(|code| Self(code.into()))
    }

    /// The letters without a hyphen.
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
    /// In two groups, to be read aloud.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, other) = self.0.split_at(ENROLMENT_LETTERS / 2);
        write!(f, "{one}-{other}")
    }
}

/// Response of `POST /api/tablets` to a code, as an optional value in postcard: what makes a device
/// a staff tablet. `None` if the code is unknown, used or expired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// Id of the tablet.
    pub tablet: TerminalId,
    /// Authenticates the tablet to the server. The office stores only its hash.
    pub secret: [u8; 32],
    /// What the office calls the tablet.
    pub name: String,
    /// The location that the tablet belongs to.
    pub hub: HubId,
}

/// The device that reports. A staff tablet authenticates with its secret; a public terminal has
/// none, so its report is not authenticated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reporter {
    /// A staff tablet.
    Tablet {
        /// Id of the tablet.
        id: TerminalId,
        /// The secret from its [`Enrolment`].
        secret: [u8; 32],
    },
    /// A public terminal.
    Terminal {
        /// Id of the terminal.
        id: TerminalId,
    },
}

/// Request of `POST /api/seen`, as postcard: that a device is running, and how much is waiting on
/// it. Numbers only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TabletReport {
    /// The device that reports.
    pub reporter: Reporter,
    /// Its state at the time of the report.
    pub state: DeviceState,
}

/// State of a device, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DeviceState {
    /// Submissions that wait to be sent.
    pub waiting: u32,
    /// Submissions that cannot be sent until a person acts.
    pub needs_attention: u32,
    /// Seconds for which the oldest of them has waited, by the device's clock; `None` if nothing
    /// waits.
    pub oldest_s: Option<u64>,
    /// The edition of the catalogue in use.
    pub catalogue: u32,
    /// Version of the app.
    pub app: String,
    /// Free storage in megabytes that the browser reports.
    pub room_mb: Option<u32>,
    /// Whether the browser granted persistent storage; `None` if it does not say.
    pub is_promised: Option<bool>,
}

/// Response to a report: the tablet as the office has it. A public terminal receives no such
/// information.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The office has retired the tablet: it sends what it has and accepts no new submissions.
    pub is_ended: bool,
    /// What the office calls the tablet.
    pub name: String,
    /// The location that the tablet belongs to.
    pub hub: HubId,
    /// Code and name of each open survey link at its location that needs a tablet.
    pub collectors: Vec<(CollectorCode, String)>,
}

/// Response to a report, as postcard. Servers of before sent only its first field, and apps of
/// before read only that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportAnswer {
    /// `None` for a public terminal, and for what the office does not know.
    pub standing: Option<Standing>,
    /// The tasks that the office puts first at the tablet's location. Empty if it chose none.
    pub quick_tasks: Vec<TaskId>,
}

/// Seconds until a PIN may be tried again after `wrong` wrong ones in a row. Nothing is ever wiped.
pub fn wait_s(wrong: u32) -> u32 {
    match wrong.checked_sub(TRIES_FREE) {
        None | Some(0) => 0,
        Some(more) => {
            30_u32.checked_shl(more - 1).filter(|_| more < 8).unwrap_or(WAIT_S_MAX).min(WAIT_S_MAX)
        }
    }
}

/// Whether a text is acceptable as a PIN: digits, enough of them, and not a sequence that everybody
/// tries first.
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
            format!("“{code}”."),
            format!("Code :\u{a0}{}", code.to_string().replace('-', "\u{2011}")),
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
