//! Survey links ("collectors"): how a person reached the survey. A survey link is one route at one
//! place: a poster, a tablet at a fair, a bundle of paper sheets. The office creates it; its code
//! is in the address and in the QR code, and every answer that comes by it contains the code.
//!
//! Invited and self-selected answers must never be pooled, so the office's records, never the
//! device, decide how the answers of a code count.

use crate::reference::{letter, value_of};
use crate::status::secret_of;
use crate::text::runs_of;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Letters of a code that is printed for everybody to see: enough to distinguish codes, few enough
/// to type.
pub const OPEN_CODE_LETTERS: usize = 6;
/// Letters of a code that is an invitation: 50 bits after the first two letters, so that it cannot
/// be guessed.
pub const INVITED_CODE_LETTERS: usize = 12;
/// Largest sampling interval: at least one visitor in this many is invited.
pub const EVERY_MAX: u8 = 30;

/// How a person came to the survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// A link that anybody may follow: the website, a newsletter, this app.
    OpenLink,
    /// A poster of the campaign.
    Poster,
    /// The QR code at a counter.
    CounterCode,
    /// A public terminal or tablet that anybody may use.
    Kiosk,
    /// The link in the answer to an inquiry; everyone whose inquiry was closed receives one.
    AfterInquiry,
    /// Staff invite every k-th visitor and hand over a tablet.
    StaffAssisted,
    /// Paper sheets for every k-th visitor, entered by staff.
    Paper,
}

impl Way {
    /// All routes, in declaration order.
    pub const ALL: [Way; 7] = [
        Way::OpenLink,
        Way::Poster,
        Way::CounterCode,
        Way::Kiosk,
        Way::AfterInquiry,
        Way::StaffAssisted,
        Way::Paper,
    ];

    /// Whether somebody else decided who is asked, and everyone who was asked is counted. People
    /// who come by any other route selected themselves.
    pub fn is_invited(self) -> bool {
        matches!(self, Way::AfterInquiry | Way::StaffAssisted | Way::Paper)
    }

    /// Name of the route in addresses, exports and data.
    pub fn name(self) -> &'static str {
        match self {
            Way::OpenLink => "open-link",
            Way::Poster => "poster",
            Way::CounterCode => "counter-code",
            Way::Kiosk => "kiosk",
            Way::AfterInquiry => "after-inquiry",
            Way::StaffAssisted => "staff-assisted",
            Way::Paper => "paper",
        }
    }

    /// The route with this name; `None` if there is no such route.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.name() == name)
    }

    /// The letter that codes of this route begin with. Never changed, because it is printed.
    fn letter(self) -> u8 {
        match self {
            Way::OpenLink => b'W',
            Way::Poster => b'P',
            Way::CounterCode => b'C',
            Way::Kiosk => b'K',
            Way::AfterInquiry => b'A',
            Way::StaffAssisted => b'T',
            Way::Paper => b'S',
        }
    }

    fn letters(self) -> usize {
        if self.is_invited() { INVITED_CODE_LETTERS } else { OPEN_CODE_LETTERS }
    }
}

/// Code of a survey link: a letter for the [`Way`], a letter for the sampling interval, then random
/// letters. It tells a device without a network what to do; only the office knows how its answers
/// count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CollectorCode(Box<str>);

impl CollectorCode {
    /// Makes a code from 16 random bytes, `chance`. `every` is the sampling interval, 1 to
    /// [`EVERY_MAX`], where every k-th visitor is invited.
    pub fn new(way: Way, every: u8, chance: [u8; 16]) -> Self {
        let mut number = u128::from_be_bytes(chance);
        let mut next = || {
            let value = (number % 31) as u64;
            number /= 31;
            letter(value)
        };
        let mut code = String::with_capacity(way.letters());
        code.push(way.letter() as char);
        code.push(letter(u64::from(every.clamp(1, EVERY_MAX))));
        while code.len() < way.letters() {
            code.push(next());
        }
        Self(code.into())
    }

    /// Parses a code as people type and paste it: in any case, in any groups, with anything around
    /// it, O for 0, I and L for 1, Z for 2. `None` if it is not a code.
    pub fn parse(text: &str) -> Option<Self> {
        [INVITED_CODE_LETTERS, OPEN_CODE_LETTERS]
            .into_iter()
            .flat_map(|letters| runs_of(text, letters))
            .find_map(|run| Self::of_letters(&run))
    }

    fn of_letters(run: &str) -> Option<Self> {
        let letters: Option<String> = run.chars().map(|c| value_of(c).map(letter)).collect();
        let code = Self(letters?.into());
        let (way, every) = (code.known_way()?, code.known_every()?);
        (code.0.len() == way.letters() && (1..=EVERY_MAX).contains(&every)).then_some(code)
    }

    /// The letters of the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How people come to the survey by this code.
    pub fn way(&self) -> Way {
        self.known_way().unwrap_or(Way::OpenLink)
    }

    /// The sampling interval: one in this many visitors is invited.
    pub fn every(&self) -> u8 {
        self.known_every().unwrap_or(1)
    }

    fn known_way(&self) -> Option<Way> {
        let first = *self.0.as_bytes().first()?;
        Way::ALL.into_iter().find(|way| way.letter() == first)
    }

    fn known_every(&self) -> Option<u8> {
        u8::try_from(value_of(*self.0.as_bytes().get(1)? as char)?).ok()
    }
}

impl TryFrom<String> for CollectorCode {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a collector’s code")
    }
}

impl From<CollectorCode> for String {
    fn from(code: CollectorCode) -> String {
        code.0.into()
    }
}

impl fmt::Display for CollectorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One invitation, valid for one answer: 16 random bytes, written as 32 hexadecimal digits. The
/// office stores only a hash of it, linked to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ticket(pub [u8; 16]);

impl Ticket {
    /// Parses 32 hexadecimal digits; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        if text.len() == 32 { secret_of(text).map(Self) } else { None }
    }
}

impl TryFrom<String> for Ticket {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not an invitation")
    }
}

impl From<Ticket> for String {
    fn from(ticket: Ticket) -> String {
        ticket.to_string()
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Something happened at a survey link that is not an answer. Each is one submission, without time,
/// device or person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Code of the survey link.
    pub collector: CollectorCode,
    /// What happened.
    pub step: Step,
}

/// An event at a survey link that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The first page of the survey was opened by the code.
    Opened,
    /// The survey was begun.
    Started,
    /// A visitor was invited.
    Invited,
    /// An invited visitor refused.
    Refused,
}

impl Step {
    /// All steps.
    pub const ALL: [Step; 4] = [Step::Opened, Step::Started, Step::Invited, Step::Refused];

    /// Name of the step in exports.
    pub fn name(self) -> &'static str {
        match self {
            Step::Opened => "opened",
            Step::Started => "started",
            Step::Invited => "invited",
            Step::Refused => "refused",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_the_way_and_how_many_are_passed_over() {
        for way in Way::ALL {
            for every in [1, 5, EVERY_MAX] {
                let code = CollectorCode::new(way, every, [7; 16]);
                assert_eq!(
                    (code.way(), code.every(), code.as_str().len()),
                    (way, every, way.letters()),
                    "{code}"
                );
                assert_eq!(CollectorCode::parse(&code.to_string().to_lowercase()), Some(code));
            }
            assert_eq!(Way::parse(way.name()), Some(way));
        }
    }

    #[test]
    fn chance_makes_every_code_another() {
        let codes: std::collections::BTreeSet<_> =
            (0..=255).map(|byte| CollectorCode::new(Way::Paper, 3, [byte; 16])).collect();
        assert_eq!(codes.len(), 256);
        assert_eq!(CollectorCode::new(Way::Poster, 0, [0; 16]).every(), 1);
    }

    #[test]
    fn what_is_no_code_is_not_read() {
        for text in [
            "",
            "P",
            "P1234",
            "P1234567",
            "X12345",
            "P01234",
            "T12345",
            "T1234567890123",
            "Pé2345",
            "P1234!",
        ] {
            assert_eq!(CollectorCode::parse(text), None, "{text}");
        }
        assert_eq!(
            CollectorCode::parse("p1-o2 34").map(|code| code.to_string()).as_deref(),
            Some("P10234")
        );
        for pasted in ["P1O234.", "“p1 0234”", "Please use P10234", "Code :\u{a0}P1–0234"] {
            let read = CollectorCode::parse(pasted).map(|code| code.to_string());
            assert_eq!(read.as_deref(), Some("P10234"), "{pasted}");
        }
    }

    #[test]
    fn a_ticket_is_read_as_it_is_written() {
        let ticket = Ticket([0, 1, 15, 16, 127, 128, 254, 255, 9, 8, 7, 6, 5, 4, 3, 2]);
        assert_eq!(Ticket::parse(&ticket.to_string()), Some(ticket));
        assert_eq!(Ticket::try_from(String::from(ticket)), Ok(ticket));
        for text in ["", "00", &"0".repeat(31), &"0".repeat(33), &"g".repeat(32), &"é".repeat(16)]
        {
            assert_eq!(Ticket::parse(text), None, "{text}");
        }
    }
}
