//! Counts of what staff do at a counter: which task, through which channel a person came, and how
//! it ended. Nothing about the person must ever be recorded here.

use crate::hours::Date;
use crate::ids::{HubId, TaskId};
use serde::{Deserialize, Serialize};

/// One person was served, or could not be. Each contact is one submission; the office reads only
/// sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// The task that was asked for.
    pub task: TaskId,
    /// The counter, or the event that the tablet was at.
    pub hub: HubId,
    /// The day by the municipality's clock, on the device. A submission may arrive days later.
    pub on: Date,
    /// How the person came.
    pub channel: Channel,
    /// How it ended.
    pub outcome: Outcome,
    /// Cancels a contact that was counted by mistake: sums count it as minus one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_taken_back: bool,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// How a person came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// At a counter.
    Counter,
    /// At an event.
    PopUp,
    /// By phone.
    Phone,
    /// By e-mail.
    Email,
}

impl Channel {
    /// All channels.
    pub const ALL: [Channel; 4] =
        [Channel::Counter, Channel::PopUp, Channel::Phone, Channel::Email];

    /// Name of the channel in exports.
    pub fn name(self) -> &'static str {
        match self {
            Channel::Counter => "counter",
            Channel::PopUp => "pop-up",
            Channel::Phone => "phone",
            Channel::Email => "email",
        }
    }
}

/// How a contact ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The task was done.
    Done,
    /// Another location, department or government does it, and the person knows where to go.
    Referred(Reason),
    /// It could not be done.
    CouldNot(Reason),
}

impl Outcome {
    /// Name of the outcome in exports, without its reason.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Referred(_) => "referred",
            Outcome::CouldNot(_) => "could-not",
        }
    }

    /// Why the task was not done; `None` if it was.
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
    /// A document or a number was missing.
    DocumentMissing,
    /// It needs an appointment, or another day.
    AnotherTime,
    /// The person's means of payment was not accepted.
    Payment,
    /// A system or a device did not work, or there was no network.
    SystemDown,
    /// The municipality does not do it.
    OtherGovernment,
    /// Any other reason.
    Other,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Reason; 7] = [
        Reason::NotDoneHere,
        Reason::DocumentMissing,
        Reason::AnotherTime,
        Reason::Payment,
        Reason::SystemDown,
        Reason::OtherGovernment,
        Reason::Other,
    ];

    /// Name of the reason in exports.
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
