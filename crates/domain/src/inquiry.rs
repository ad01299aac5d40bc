//! A question to the municipality: what a person typed, and the checked form that may be sent.

use crate::contact::{EmailAddress, PhoneNumber};
use crate::ids::{HubId, ServiceId};
use crate::text::{Language, is_blank, length_of, tidied};
use serde::{Deserialize, Serialize};

/// Longest question, in characters: about six hundred words.
pub const MESSAGE_CHARS_MAX: usize = 4_000;
/// Longest name, in characters.
pub const NAME_CHARS_MAX: usize = 120;

/// How a person wants to receive the answer, as chosen so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ContactChoice {
    /// Nothing was chosen yet.
    #[default]
    NotChosen,
    /// By phone.
    Phone,
    /// By e-mail.
    Email,
    /// Neither: the person reads the answer with the receipt, or wants none.
    None,
}

/// The form as typed. Nothing in it has been checked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct InquiryDraft {
    /// The service that the question is about, if any.
    pub service: Option<ServiceId>,
    /// The location that the question is about, if any.
    pub hub: Option<HubId>,
    /// The question.
    pub message: String,
    /// Name of the person; may be empty.
    pub name: String,
    /// How the person wants to receive the answer.
    pub contact: ContactChoice,
    /// Phone number; ignored unless chosen.
    pub phone: String,
    /// E-mail address; ignored unless chosen.
    pub email: String,
}

impl InquiryDraft {
    /// Whether anything but spaces was typed.
    pub fn has_words(&self) -> bool {
        [&self.message, &self.name, &self.phone, &self.email].iter().any(|text| !is_blank(text))
    }
}

/// A field of the form, so that an error can be shown beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InquiryField {
    /// The question.
    Message,
    /// The name.
    Name,
    /// The choice of how to answer.
    Contact,
    /// The phone number.
    Phone,
    /// The e-mail address.
    Email,
}

/// Why a field cannot be sent as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InquiryProblem {
    /// Nothing was written or chosen.
    Missing,
    /// The text is too long.
    TooLong {
        /// Excess in characters.
        by: usize,
    },
    /// Fewer than ten digits, or not a phone number at all.
    NotAPhone,
    /// No @, no dot after it, or a space.
    NotAnEmail,
}

/// Where the answer is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReplyTo {
    /// To this phone number.
    Phone(PhoneNumber),
    /// To this e-mail address.
    Email(EmailAddress),
    /// Nowhere: the person reads the answer with the receipt, or wants none.
    Nobody,
}

/// An inquiry whose fields have been checked. On the device, only [`ValidInquiry::parse`] creates
/// one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidInquiry {
    /// The service that the question is about, if any.
    pub service: Option<ServiceId>,
    /// The location that the question is about, if any.
    pub hub: Option<HubId>,
    /// The question, at most [`MESSAGE_CHARS_MAX`] characters.
    pub message: String,
    /// Name of the person, if they wrote one.
    pub name: Option<String>,
    /// Where the answer is sent.
    pub reply_to: ReplyTo,
    /// The language that the person was reading.
    pub language: Language,
    /// Version of the collection notice that the person was shown.
    pub notice_version: u32,
}

impl ValidInquiry {
    /// Checks a draft. The error names every field that must be corrected, in the order of the
    /// form.
    pub fn parse(
        draft: &InquiryDraft,
        language: Language,
        notice_version: u32,
    ) -> Result<Self, Vec<(InquiryField, InquiryProblem)>> {
        let reply_to = reply_to(draft);
        let faults: Vec<_> =
            [message_fault(draft), name_fault(draft), reply_to.as_ref().err().copied()]
                .into_iter()
                .flatten()
                .collect();
        let Ok(reply_to) = reply_to else { return Err(faults) };
        if !faults.is_empty() {
            return Err(faults);
        }
        let name = tidied(&draft.name);
        Ok(Self {
            service: draft.service.clone(),
            hub: draft.hub.clone(),
            message: tidied(&draft.message),
            name: (!name.is_empty()).then_some(name),
            reply_to,
            language,
            notice_version,
        })
    }
}

fn reply_to(draft: &InquiryDraft) -> Result<ReplyTo, (InquiryField, InquiryProblem)> {
    match draft.contact {
        ContactChoice::NotChosen => Err((InquiryField::Contact, InquiryProblem::Missing)),
        ContactChoice::None => Ok(ReplyTo::Nobody),
        ContactChoice::Phone => PhoneNumber::typed(&draft.phone)
            .map(ReplyTo::Phone)
            .map_err(|problem| (InquiryField::Phone, problem)),
        ContactChoice::Email => EmailAddress::typed(&draft.email)
            .map(ReplyTo::Email)
            .map_err(|problem| (InquiryField::Email, problem)),
    }
}

fn message_fault(draft: &InquiryDraft) -> Option<(InquiryField, InquiryProblem)> {
    words_problem(&draft.message).map(|problem| (InquiryField::Message, problem))
}

/// What is wrong with the words of a question, or of an addition to one.
pub(crate) fn words_problem(message: &str) -> Option<InquiryProblem> {
    if is_blank(message) {
        return Some(InquiryProblem::Missing);
    }
    too_long(message, MESSAGE_CHARS_MAX)
}

fn name_fault(draft: &InquiryDraft) -> Option<(InquiryField, InquiryProblem)> {
    too_long(&draft.name, NAME_CHARS_MAX).map(|problem| (InquiryField::Name, problem))
}

fn too_long(text: &str, most: usize) -> Option<InquiryProblem> {
    let by = length_of(text).saturating_sub(most);
    (by > 0).then_some(InquiryProblem::TooLong { by })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(draft: InquiryDraft, expected: &[(InquiryField, InquiryProblem)]) {
        let faults = ValidInquiry::parse(&draft, Language::English, 1).err().unwrap_or_default();
        assert_eq!(faults, expected, "{draft:?}");
    }

    fn asked(contact: ContactChoice, phone: &str, email: &str) -> InquiryDraft {
        InquiryDraft {
            message: "When?".into(),
            contact,
            phone: phone.into(),
            email: email.into(),
            ..Default::default()
        }
    }

    #[test]
    fn every_fault_is_named_in_the_order_of_the_form() {
        let draft = InquiryDraft { name: "x".repeat(NAME_CHARS_MAX + 2), ..Default::default() };
        let missing = InquiryProblem::Missing;
        check(
            draft,
            &[
                (InquiryField::Message, missing),
                (InquiryField::Name, InquiryProblem::TooLong { by: 2 }),
                (InquiryField::Contact, missing),
            ],
        );
        check(asked(ContactChoice::Phone, " ", ""), &[(InquiryField::Phone, missing)]);
    }

    #[test]
    fn what_cannot_be_seen_is_neither_a_message_nor_counted() {
        let unseen = InquiryDraft {
            message: "\u{200b}\u{feff}\u{202d} \u{3164}\r\n".into(),
            contact: ContactChoice::None,
            ..Default::default()
        };
        check(unseen, &[(InquiryField::Message, InquiryProblem::Missing)]);
        let long = ["\r\n", "\u{ad}é"].concat().repeat(MESSAGE_CHARS_MAX / 2 - 1) + "xyz";
        let draft = InquiryDraft {
            message: ["\u{feff}", &long, "\u{200b}"].concat(),
            name: "\u{200b}".into(),
            contact: ContactChoice::None,
            ..Default::default()
        };
        let sent = ValidInquiry::parse(&draft, Language::English, 1).unwrap();
        assert_eq!(sent.message.chars().count(), MESSAGE_CHARS_MAX);
        assert_eq!(sent.name, None);
        let draft = InquiryDraft { message: long + "z", ..draft };
        check(draft, &[(InquiryField::Message, InquiryProblem::TooLong { by: 1 })]);
    }

    #[test]
    fn phones_are_read_as_people_write_them() {
        for good in [
            "705-324-9411",
            "(705) 324 9411",
            "1.888.822.2225",
            "+1 705 324 9411",
            "705-324-9411 ext. 12",
            "705 324-9411 poste 12",
            "705-324-9411 x12",
        ] {
            check(asked(ContactChoice::Phone, good, ""), &[]);
        }
        for bad in ["324-9411", "call me", "12345678901234567", "705-324-941a"] {
            check(
                asked(ContactChoice::Phone, bad, ""),
                &[(InquiryField::Phone, InquiryProblem::NotAPhone)],
            );
        }
    }

    #[test]
    fn emails_need_a_name_a_host_and_no_space() {
        for good in ["a@b.ca", "first.last+tag@sub.example.org", "é@exemple.ca"] {
            check(asked(ContactChoice::Email, "", good), &[]);
        }
        for bad in ["a@b", "@b.ca", "a b@c.ca", "a@b..ca", "a@b.", "ab.ca", "a@b@c.ca"] {
            check(
                asked(ContactChoice::Email, "", bad),
                &[(InquiryField::Email, InquiryProblem::NotAnEmail)],
            );
        }
    }

    #[test]
    fn what_was_typed_for_another_way_is_not_sent() {
        let draft = asked(ContactChoice::None, "705-324-9411", "a@b.ca");
        assert_eq!(
            ValidInquiry::parse(&draft, Language::French, 2).unwrap().reply_to,
            ReplyTo::Nobody
        );
    }
}
