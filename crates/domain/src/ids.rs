//! Typed ids. Each is parsed once, where it enters the program; inside, an id must never be a bare
//! `String`.

use crate::catalogue::{Columnar, Columns};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest slug of a catalogue, in characters. It keeps addresses readable and keys small.
pub const SLUG_CHARS_MAX: usize = 80;

/// The text that should have been an id and is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an id: use 1 to {SLUG_CHARS_MAX} small letters, digits and single hyphens")]
pub struct NotAnId(pub String);

/// Lower-case letters and digits with single hyphens between them: safe in an address, a file name
/// and a key.
fn is_slug(text: &str) -> bool {
    let fits = !text.is_empty() && text.len() <= SLUG_CHARS_MAX;
    let letters = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    fits && letters
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.as_bytes().windows(2).any(|pair| pair == b"--")
}

macro_rules! slug_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(
            feature = "schema",
            derive(schemars::JsonSchema),
            schemars(extend(
                "pattern" = "^[a-z0-9]+(-[a-z0-9]+)*$",
                "maxLength" = SLUG_CHARS_MAX
            ))
        )]
        pub struct $name(Box<str>);

        impl $name {
            /// Parses an id. Returns an error if the text is not a slug of at most
            /// [`SLUG_CHARS_MAX`] characters.
            pub fn parse(text: &str) -> Result<Self, NotAnId> {
                if is_slug(text) { Ok(Self(text.into())) } else { Err(NotAnId(text.into())) }
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Columnar for $name {
            fn read(columns: &mut Columns<'_>) -> Self {
                Self(columns.text().into())
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

slug_id! {
    /// A service that a resident can look up.
    ServiceId,
    /// Something that a counter does.
    TaskId,
    /// A location with a counter.
    HubId,
    /// A public terminal or a staff tablet.
    TerminalId,
    /// A topic of the catalogue.
    CategoryId,
    /// Something that happens in a life.
    LifeEventId,
    /// A kind of location: offices, libraries and landfills observe different holidays.
    FacilityId,
    /// A holiday of the year.
    HolidayId,
    /// A question of a survey, or an option of a choice.
    QuestionId,
    /// Something that people have words for and that is done elsewhere.
    ConceptId,
    /// A municipality; also a survey.
    MunicipalityId,
}

/// Id of one submission, generated once on the device and never changed: a UUID (RFC 9562, version
/// 7).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SubmissionId([u8; 16]);

impl SubmissionId {
    /// Makes a version 7 UUID from a time in milliseconds since 1970 and 74 random bits (six of the
    /// 80 are overwritten).
    pub fn from_parts(unix_ms: u64, random: [u8; 10]) -> Self {
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&unix_ms.to_be_bytes()[2..]);
        bytes[6..].copy_from_slice(&random);
        bytes[6] = 0x70 | (bytes[6] & 0x0f);
        bytes[8] = 0x80 | (bytes[8] & 0x3f);
        Self(bytes)
    }

    /// An id with the same time and other random bits.
    pub fn with_random(self, random: [u8; 10]) -> Self {
        let time = self.0[..6].iter().fold(0, |time, byte| time << 8 | u64::from(*byte));
        Self::from_parts(time, random)
    }

    /// The id with these bytes, which are not checked.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes of the UUID, big-endian.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Parses the 36-character form that [`fmt::Display`] writes. Returns an error for any other
    /// text.
    pub fn parse(text: &str) -> Result<Self, NotAnId> {
        let wrong = || NotAnId(text.into());
        let hyphens_stand = text.len() == 36
            && text.is_ascii()
            && [8, 13, 18, 23].iter().all(|&i| text.as_bytes()[i] == b'-');
        if !hyphens_stand {
            return Err(wrong());
        }
        let digits: Vec<u8> = text.bytes().filter(|&b| b != b'-').collect();
        if digits.len() != 32 {
            return Err(wrong());
        }
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            *byte = hex_digit(pair[0]).ok_or_else(wrong)? << 4
                | hex_digit(pair[1]).ok_or_else(wrong)?;
        }
        Ok(Self(bytes))
    }
}

fn hex_digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}

impl fmt::Display for SubmissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, byte) in self.0.iter().enumerate() {
            if matches!(i, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for SubmissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubmissionId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_safe_in_an_address() {
        for good in ["a", "dog-licence", "911", "a1-b2"] {
            assert!(ServiceId::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "A", "é", "a b", "a/b", &"x".repeat(81)] {
            assert!(ServiceId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_submission_id_reads_back_and_carries_its_version() {
        let id = SubmissionId::from_parts(1_795_000_000_000, [0xff; 10]);
        let text = id.to_string();
        assert_eq!(&text[14..15], "7");
        assert!(matches!(&text[19..20], "8" | "9" | "a" | "b"));
        assert_eq!(SubmissionId::parse(&text), Ok(id));
    }

    #[test]
    fn submission_ids_sort_by_the_time_they_were_made() {
        assert!(SubmissionId::from_parts(1, [255; 10]) < SubmissionId::from_parts(2, [0; 10]));
    }

    #[test]
    fn text_that_is_not_an_id_is_named() {
        for bad in [
            "",
            "0199",
            "zz99f0a0-0000-7000-8000-000000000000",
            "0199f0a0x0000-7000-8000-000000000000",
            "0199f0a0-0000-7000-8000-00000000é",
        ] {
            assert_eq!(SubmissionId::parse(bad), Err(NotAnId(bad.into())));
        }
    }
}
