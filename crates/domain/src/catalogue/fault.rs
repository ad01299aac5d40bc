//! What can be wrong with a catalogue, worded so that the person who edits it can correct it.

use std::fmt;

/// One fault: in which record, in which field, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Kind and id of the record, as in `service dog-licence`; the publisher adds the file.
    pub record: String,
    /// Path of the field, as in `tasks` or `channels.online_url`.
    pub field: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// Two records of a kind share an id.
    DuplicateId,
    /// A reference to a record that does not exist.
    Unknown {
        /// Kind of the record.
        kind: &'static str,
        /// The id that was written.
        id: String,
        /// The nearest existing id; `None` if none is similar.
        nearest: Option<String>,
    },
    /// A task names a service or a service names a task, and the other does not name it back.
    OneSided {
        /// Kind and id of the other record.
        other: String,
    },
    /// A text that must not be empty is empty.
    Empty,
    /// `verified` without a source.
    VerifiedWithoutSource,
    /// Not a web address.
    NotAnAddress(String),
    /// Not a phone number.
    NotAPhone(String),
    /// Not an e-mail address.
    NotAnEmail(String),
    /// Not a colour of the form `#rrggbb`.
    NotAColour(String),
    /// Not a Canadian postal code.
    NotAPostalCode(String),
    /// The colour is not legible on its background; a contrast ratio of 7:1 is needed.
    LowContrast {
        /// The colour as written.
        colour: String,
        /// The contrast ratio that it has, times 100.
        hundredths: u32,
    },
    /// Opening hours that overlap, end before they begin, or are not in order.
    Hours(String),
    /// A day of the year that no calendar has.
    NotADay(String),
    /// A position that is not on the Earth, or is far from all others.
    NotAPoint(String),
    /// An English text without French although the municipality offers French.
    NoFrench,
    /// More or fewer items than the product can show.
    Count {
        /// The count found.
        is: usize,
        /// The least count allowed.
        least: usize,
        /// The highest count allowed.
        most: usize,
    },
    /// A problem that is specific to this field.
    Other {
        /// What is wrong.
        what: String,
        /// What the editor can do about it.
        remedy: String,
    },
}

impl Fault {
    /// A fault in one field of a record.
    pub fn new(record: impl Into<String>, field: impl Into<String>, problem: Problem) -> Self {
        Self { record: record.into(), field: field.into(), problem }
    }
}

impl Problem {
    /// What the editor can do about it.
    pub fn remedy(&self) -> String {
        match self {
            Problem::DuplicateId => "give one of the two another id".into(),
            Problem::Unknown { nearest: Some(nearest), .. } => format!("did you mean “{nearest}”?"),
            Problem::Unknown { kind, .. } => format!("add that {kind}, or take the reference out"),
            Problem::OneSided { other } => format!("add it to {other} too, or take it out here"),
            Problem::Empty => "write it, or take the field out if it may be missing".into(),
            Problem::VerifiedWithoutSource => "give source.url, or set verified = false".into(),
            Problem::NotAnAddress(_) => {
                "write a whole address that begins with https:// or http://".into()
            }
            Problem::NotAPhone(_) => {
                "write a number as 705-324-9411, with “ext. 123” after it if needed".into()
            }
            Problem::NotAnEmail(_) => "write it as name@example.ca".into(),
            Problem::NotAColour(_) => "write six hexadecimal digits after #, as in #0a5675".into(),
            Problem::NotAPostalCode(_) => "write it as K9V 5R8".into(),
            Problem::LowContrast { .. } => {
                "choose a colour with a contrast of 7:1 or more against its paper".into()
            }
            Problem::Hours(_) => "write from and to as 08:30 and 16:30, in order and apart".into(),
            Problem::NotADay(_) => "use a month from 1 to 12 and a day that it has".into(),
            Problem::NotAPoint(_) => {
                "give latitude and longitude in degrees, latitude first".into()
            }
            Problem::NoFrench => "add fr = \"…\", or take French out of languages".into(),
            Problem::Count { least, most, .. } => format!("have {least} to {most}"),
            Problem::Other { remedy, .. } => remedy.clone(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::DuplicateId => write!(f, "two records have this id"),
            Problem::Unknown { kind, id, .. } => write!(f, "there is no {kind} “{id}”"),
            Problem::OneSided { other } => write!(f, "{other} does not name it back"),
            Problem::Empty => write!(f, "it is empty"),
            Problem::VerifiedWithoutSource => write!(f, "it is verified but has no source"),
            Problem::NotAnAddress(text) => write!(f, "“{text}” is not a web address"),
            Problem::NotAPhone(text) => write!(f, "“{text}” is not a phone number"),
            Problem::NotAnEmail(text) => write!(f, "“{text}” is not an email address"),
            Problem::NotAColour(text) => write!(f, "“{text}” is not a colour"),
            Problem::NotAPostalCode(text) => write!(f, "“{text}” is not a postal code"),
            Problem::LowContrast { colour, hundredths } => {
                write!(
                    f,
                    "{colour} has a contrast of {}.{:02}:1 only",
                    hundredths / 100,
                    hundredths % 100
                )
            }
            Problem::Hours(text) => write!(f, "the hours do not work: {text}"),
            Problem::NotADay(text) => write!(f, "{text} is not a day of the year"),
            Problem::NotAPoint(text) => write!(f, "{text} is not near the other places"),
            Problem::NoFrench => write!(f, "it has no French"),
            Problem::Count { is, .. } => write!(f, "there are {is}"),
            Problem::Other { what, .. } => f.write_str(what),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}: {}; {}", self.record, self.field, self.problem, self.problem.remedy())
    }
}
