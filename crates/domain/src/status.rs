//! The status of a submission: what the tracking code on its receipt, and nothing else, lets a
//! person see.

use crate::reference::Reference;
use crate::submission::Kind;
use crate::text::{groups_of, plain};
use serde::{Deserialize, Serialize};

/// A stage in the handling of a submission, as shown to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum InquiryStage {
    /// The server has stored it.
    Received,
    /// The office is working on it.
    InProgress,
    /// The office has replied.
    Answered,
    /// The office has closed it.
    Closed,
}

impl InquiryStage {
    /// All stages, in order of their numbers.
    pub const ALL: [InquiryStage; 4] = [
        InquiryStage::Received,
        InquiryStage::InProgress,
        InquiryStage::Answered,
        InquiryStage::Closed,
    ];

    /// The number of the stage wherever it is encoded as one. Never changes.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The stage with this number; `None` if there is no such stage.
    pub fn of_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| i64::from(stage.number()) == number)
    }
}

/// Request of `POST /api/status`, as postcard: what is printed on a receipt. The secret has 128
/// bits, so that it cannot be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusQuestion {
    /// Reference number of the submission.
    pub reference: Reference,
    /// The tracking code.
    pub secret: [u8; 16],
}

impl StatusQuestion {
    /// The content of the QR code on a receipt: reference number and tracking code, separated by a
    /// period.
    pub fn code(&self) -> String {
        [self.reference.to_string(), secret_text(&self.secret).replace(' ', "")].join(".")
    }

    /// Parses the output of [`StatusQuestion::code`]. `None` if it is not such a code.
    pub fn of_code(text: &str) -> Option<Self> {
        let (reference, secret) = text.split_once('.')?;
        Some(Self { reference: Reference::parse(reference)?, secret: secret_of(secret)? })
    }
}

/// A [`StatusQuestion`] as apps send it: with, at its end, who asks. Older apps send the question
/// alone, and older servers read nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusRequest {
    /// The question.
    pub question: StatusQuestion,
    /// Whether the device asks by itself and no person reads the answer now. The response then has
    /// the stages alone: no replies, and nobody is invited to the survey.
    pub is_background: bool,
}

/// Response to a [`StatusQuestion`]. Contains nothing of the submission's content; what was said
/// about a question follows it as [`StatusThread`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Reference number of the submission.
    pub reference: Reference,
    /// Kind of the submission.
    pub kind: Kind,
    /// Each stage reached, with its time in milliseconds since 1970 by the server's clock. Oldest
    /// first; the first is [`InquiryStage::Received`].
    pub stages: Vec<(InquiryStage, u64)>,
}

/// A reply of the office. Replies follow the status in the same response, oldest first; older apps
/// stop reading before them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusAnswer {
    /// Milliseconds since 1970 by the server's clock.
    pub at_ms: u64,
    /// The reply.
    pub text: String,
}

/// The conversation about a question, for whoever has its tracking code and reads it now. Follows
/// the survey code in the response; `None` for other kinds, and in the background.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StatusThread {
    /// What was said, oldest first. The first is the question.
    pub said: Vec<SaidWords>,
    /// The name of the department that has it; empty if none is known.
    pub department: String,
    /// By when the next promise is due, in milliseconds since 1970; `None` if nothing is promised
    /// now.
    pub promised_ms: Option<u64>,
    /// Whether the office waits for the person to answer.
    pub is_waiting: bool,
    /// How it ended; `None` while it is open.
    pub ending: Option<InquiryEnding>,
}

/// One thing that was said in a [`StatusThread`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidWords {
    /// Milliseconds since 1970 by the server's clock.
    pub at_ms: u64,
    /// Whether the office said it; the person did otherwise.
    pub is_reply: bool,
    /// The words; empty for a withdrawal.
    pub text: String,
}

/// How a question ended, as the person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum InquiryEnding {
    /// It was answered.
    Answered,
    /// What the person asked for was done.
    Done,
    /// Another government or company is responsible.
    Elsewhere,
    /// Another question says the same.
    Duplicate,
    /// The person did not answer.
    NoWord,
    /// The person withdrew it.
    Withdrawn,
}

/// Hexadecimal digits of a tracking code.
const SECRET_DIGITS: usize = 32;

/// Parses a tracking code as printed on a receipt: eight groups of four hexadecimal digits, in any
/// case, in any groups, with other words around it, O for 0, I and L for 1. `None` for any other
/// text, and if more such digits stand beside it.
pub fn secret_of(text: &str) -> Option<[u8; 16]> {
    let text = plain(text);
    let groups = groups_of(&text);
    let is_hex = |group: &&str| group.chars().all(|letter| hex_digit(letter).is_some());
    groups.split(|group| !is_hex(group)).find_map(secret_in)
}

/// The tracking code in groups that all are of hexadecimal digits. "Code" is such a group too, so
/// words around the code are passed over.
fn secret_in(mut groups: &[&str]) -> Option<[u8; 16]> {
    let is_word = |group: &str| !group.bytes().any(|byte| byte.is_ascii_digit());
    while groups.concat().len() > SECRET_DIGITS {
        groups = match groups {
            [first, rest @ ..] if is_word(first) => rest,
            [rest @ .., last] if is_word(last) => rest,
            _ => return None,
        };
    }
    let digits: Vec<u8> = groups.concat().chars().filter_map(hex_digit).collect();
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    if digits.len() == SECRET_DIGITS { bytes.try_into().ok() } else { None }
}

/// The value of a hexadecimal digit as people type it.
fn hex_digit(letter: char) -> Option<u8> {
    match letter {
        'o' | 'O' => Some(0),
        'i' | 'I' | 'l' | 'L' => Some(1),
        other => other.to_digit(16).map(|digit| digit as u8),
    }
}

/// Writes a tracking code as [`secret_of`] parses it: eight groups of four hexadecimal digits.
pub fn secret_text(secret: &[u8; 16]) -> String {
    let digit = |digit: u8| char::from_digit(digit.into(), 16).unwrap_or('0');
    let mut text = String::new();
    for (at, byte) in secret.iter().enumerate() {
        if at > 0 && at % 2 == 0 {
            text.push(' ');
        }
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_as_people_type_it_and_nothing_else_is() {
        let secret = [0, 1, 0x2a, 0xff, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 0xf0];
        let text = secret_text(&secret);
        assert_eq!(text, "0001 2aff 1011 1213 1415 1617 1819 1af0");
        for typed in [
            text.clone(),
            text.to_uppercase(),
            text.replace(' ', ""),
            text.replace(' ', "-"),
            format!("  {text}\n"),
            format!("Tracking code: {text}."),
            format!("Code: {text} (de la Ville)"),
            format!("Code de suivi : «\u{a0}{text}\u{a0}»"),
            text.replace(' ', "\u{a0}"),
            text.replace(' ', "\u{2011}\u{200b}"),
            text.replace(' ', "\r\n"),
            text.replace('0', "O").replace('1', "l"),
            text.chars()
                .map(|c| char::from_u32(c as u32 + 0xfee0).filter(|_| c != ' ').unwrap_or(c))
                .collect(),
        ] {
            assert_eq!(secret_of(&typed), Some(secret), "{typed}");
        }
        for typed in [
            "",
            "0001",
            &text[..38],
            &format!("{text}0"),
            &text.replace('f', "g"),
            &format!("{text} 00"),
        ] {
            assert_eq!(secret_of(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_code_reads_back_and_a_damaged_one_does_not() {
        let question = StatusQuestion {
            reference: Reference::of(crate::SubmissionId::from_parts(1, [7; 10])),
            secret: [9; 16],
        };
        let code = question.code();
        assert_eq!(StatusQuestion::of_code(&code), Some(question));
        for wrong in ["", ".", &code[1..], &code[..code.len() - 1], &code.replace('.', "-")] {
            assert_eq!(StatusQuestion::of_code(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn stages_keep_their_numbers() {
        assert_eq!(InquiryStage::ALL.map(InquiryStage::number), [0, 1, 2, 3]);
        assert!(
            InquiryStage::ALL
                .into_iter()
                .all(|stage| InquiryStage::of_number(stage.number().into()) == Some(stage))
        );
        assert_eq!(InquiryStage::of_number(4), None);
    }
}
