//! What staff do at a counter, counted: which task, by which way somebody came, and how it ended. Nothing of the person.

use crate::hours::Date;
use crate::ids::{HubId, TaskId};
use serde::{Deserialize, Serialize};

/// Somebody was served, or could not be. One entry each; sums of them are all that the office reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    pub task: TaskId,
    /// Where: a counter, or the event that the tablet was at.
    pub hub: HubId,
    /// The day by the municipality's clock on the device. An entry may travel for days.
    pub on: Date,
    pub channel: Channel,
    pub outcome: Outcome,
    /// It takes back one that was counted by mistake: sums count it as minus one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_taken_back: bool,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// By which way somebody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    Counter,
    PopUp,
    Phone,
    Email,
}

impl Channel {
    pub const ALL: [Channel; 4] =
        [Channel::Counter, Channel::PopUp, Channel::Phone, Channel::Email];

    /// Its name in exports.
    pub fn name(self) -> &'static str {
        match self {
            Channel::Counter => "counter",
            Channel::PopUp => "pop-up",
            Channel::Phone => "phone",
            Channel::Email => "email",
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Done,
    /// Another hub, department or government does it, and the person knows where to go.
    Referred(Reason),
    CouldNot(Reason),
}

impl Outcome {
    /// Its name in exports.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Referred(_) => "referred",
            Outcome::CouldNot(_) => "could-not",
        }
    }

    pub fn reason(self) -> Option<Reason> {
        match self {
            Outcome::Done => None,
            Outcome::Referred(reason) | Outcome::CouldNot(reason) => Some(reason),
        }
    }
}

/// Why a task was not done here and now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// This counter does not do it.
    NotDoneHere,
    /// A document or a number was not there.
    DocumentMissing,
    /// It needs an appointment, or another day.
    AnotherTime,
    /// It could not be paid for as the person wanted to.
    Payment,
    /// A system or a device did not work, or there was no network.
    SystemDown,
    /// The city does not do it.
    OtherGovernment,
    Other,
}

impl Reason {
    pub const ALL: [Reason; 7] = [
        Reason::NotDoneHere,
        Reason::DocumentMissing,
        Reason::AnotherTime,
        Reason::Payment,
        Reason::SystemDown,
        Reason::OtherGovernment,
        Reason::Other,
    ];

    /// Its name in exports.
    pub fn name(self) -> &'static str {
        match self {
            Reason::NotDoneHere => "not-done-here",
            Reason::DocumentMissing => "document-missing",
            Reason::AnotherTime => "another-time",
            Reason::Payment => "payment",
            Reason::SystemDown => "system-down",
            Reason::OtherGovernment => "other-government",
            Reason::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(outcome: Outcome) -> Contact {
        Contact {
            task: TaskId::parse("sell-bag-tags").unwrap(),
            hub: HubId::parse("city-hall").unwrap(),
            on: Date::parse("2026-11-26").unwrap(),
            channel: Channel::PopUp,
            outcome,
            is_taken_back: false,
        }
    }

    #[test]
    fn a_contact_is_written_in_words_and_read_back() {
        let written =
            serde_json::to_string(&contact(Outcome::CouldNot(Reason::DocumentMissing))).unwrap();
        assert_eq!(
            written,
            r#"{"task":"sell-bag-tags","hub":"city-hall","on":"2026-11-26","channel":"pop-up","outcome":{"could-not":"document-missing"}}"#
        );
        for outcome in [
            Outcome::Done,
            Outcome::Referred(Reason::NotDoneHere),
            Outcome::CouldNot(Reason::Other),
        ] {
            let taken_back = Contact { is_taken_back: true, ..contact(outcome) };
            for contact in [contact(outcome), taken_back] {
                assert_eq!(
                    serde_json::from_str::<Contact>(&serde_json::to_string(&contact).unwrap())
                        .unwrap(),
                    contact
                );
            }
        }
    }

    #[test]
    fn nothing_about_a_person_fits_in() {
        let with_name = r#"{"task":"a","hub":"b","on":"2026-11-26","channel":"phone","outcome":"done","name":"Ann"}"#;
        assert!(serde_json::from_str::<Contact>(with_name).is_err());
    }
}
