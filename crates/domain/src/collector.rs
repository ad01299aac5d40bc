//! By which way a person came to the survey. A collector is one way at one place: a poster, a tablet at a fair, a bundle of paper sheets.
//! The office makes it, its code is in the address and in the QR code, and every answer that comes by it carries the code.
//!
//! Invited and self-selected answers are never pooled, so what a code is worth is the office's word, never the device's.

use crate::reference::{letter, value_of};
use crate::status::secret_of;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Letters of a code that is printed for everybody to see: enough to be told apart, few enough to be typed.
pub const OPEN_CODE_LETTERS: usize = 6;
/// Letters of a code that stands for an invitation: 50 bits behind the first two, so that nobody hits on one.
pub const INVITED_CODE_LETTERS: usize = 12;
/// Of how many visitors one is invited at most.
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
    /// A public terminal or tablet that stands for whoever wants.
    Kiosk,
    /// The link in the answer to an inquiry; everyone whose inquiry was closed gets one.
    AfterInquiry,
    /// Staff ask every k-th visitor and hand over a tablet.
    StaffAssisted,
    /// Sheets for every k-th visitor, entered by staff.
    Paper,
}

impl Way {
    pub const ALL: [Way; 7] = [
        Way::OpenLink,
        Way::Poster,
        Way::CounterCode,
        Way::Kiosk,
        Way::AfterInquiry,
        Way::StaffAssisted,
        Way::Paper,
    ];

    /// Somebody else decided who is asked, and all who were asked are counted. Whoever came otherwise chose themselves.
    pub fn is_invited(self) -> bool {
        matches!(self, Way::AfterInquiry | Way::StaffAssisted | Way::Paper)
    }

    /// Its name in addresses, exports and data.
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

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.name() == name)
    }

    /// The letter that its codes begin with; never changed, because it is printed.
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

/// A collector's code: the way's letter, a letter for "every k-th", then letters of chance. A device without a network knows from it
/// what to do; what it is worth, only the office knows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CollectorCode(Box<str>);

impl CollectorCode {
    /// `chance` is 16 random bytes; `every` is of how many visitors one is invited, 1 to [`EVERY_MAX`], where the way asks every k-th.
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

    /// Reads a code as people type it: any case, with or without hyphens and spaces, O for 0, I and L for 1, Z for 2. `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let values: Option<String> = text
            .chars()
            .filter(|c| !matches!(c, '-' | ' '))
            .take(INVITED_CODE_LETTERS + 1)
            .map(|c| value_of(c).map(letter))
            .collect();
        let code = Self(values?.into());
        let (way, every) = (code.known_way()?, code.known_every()?);
        (code.0.len() == way.letters() && (1..=EVERY_MAX).contains(&every)).then_some(code)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn way(&self) -> Way {
        self.known_way().unwrap_or(Way::OpenLink)
    }

    /// Of how many visitors one is invited.
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
        Self::parse(&text).ok_or("not a collector's code")
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

/// One invitation, good for one answer: 16 random bytes, written as 32 hexadecimal digits. The office keeps only a hash, beside nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ticket(pub [u8; 16]);

impl Ticket {
    pub fn parse(text: &str) -> Option<Self> {
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

/// Something happened at a collector that is no answer. One entry each: no time, no device, nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    pub collector: CollectorCode,
    pub step: Step,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The survey's first page was opened by its code.
    Opened,
    /// And begun.
    Started,
    /// A visitor was invited.
    Invited,
    /// And said no.
    Refused,
}

impl Step {
    pub const ALL: [Step; 4] = [Step::Opened, Step::Started, Step::Invited, Step::Refused];

    /// Its name in exports.
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
