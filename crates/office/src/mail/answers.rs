//! Where answers to our emails arrive: at an address that names the inquiry, so that they join it.

use super::message::message_id;
use casework::inquiry::Inquiry;
use lettre::Address;
use lettre::message::Mailbox;
use mailbox::token::{AnswerToken, with_token};
use vault::keys::Keys;

/// Keeps the tokens apart from what else follows from the keys.
const TOKEN: &str = "token";
const SECRET: &str = "tracking code";

/// The mailbox that the server reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerAddress {
    /// Its address.
    pub address: Address,
    /// Whether it also receives what is sent to its address with a plus sign and more.
    pub has_plus: bool,
}

/// Where the answers to one email arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AnswerPlace {
    /// The address to answer to; bounces go there too.
    pub(super) address: Address,
    /// The `Message-ID` of the email, with the token in it.
    pub(super) message_id: String,
}

impl AnswerAddress {
    /// Parses an address, perhaps with a name before it. `None` if it is none.
    pub fn parse(text: &str, has_plus: bool) -> Option<Self> {
        let mailbox: Mailbox = text.trim().parse().ok()?;
        Some(Self { address: mailbox.email, has_plus })
    }

    /// Where answers to the email about event `number` arrive.
    pub(super) fn place(&self, keys: &Keys, inquiry: &Inquiry, number: u32) -> AnswerPlace {
        let token =
            AnswerToken { inquiry: inquiry.id, event: u16::try_from(number).unwrap_or_default() };
        let text = token.text(|bytes| keys.mail_hash(TOKEN, bytes));
        let tagged = with_token(self.address.as_ref(), &text).filter(|_| self.has_plus);
        let address = tagged.and_then(|address| address.parse().ok());
        AnswerPlace {
            message_id: format!("<reply.{text}@{}>", self.address.domain()),
            address: address.unwrap_or_else(|| self.address.clone()),
        }
    }
}

/// The email that an answer or a bounce is about: the first of the names with a right token.
pub fn answered(keys: &Keys, names: &[String]) -> Option<AnswerToken> {
    names.iter().find_map(|name| AnswerToken::find(name, |bytes| keys.mail_hash(TOKEN, bytes)))
}

/// The tracking code of an inquiry that was read from the mailbox. It follows from the id, so that
/// the confirmation can say it, and nothing stores it.
pub fn tracking_code(keys: &Keys, id: domain::SubmissionId) -> [u8; 16] {
    let hash = keys.mail_hash(SECRET, id.as_bytes());
    std::array::from_fn(|at| hash[at])
}

/// The `Message-ID` of an email, and where it is answered.
pub(super) fn id_and_place(
    answers: Option<&AnswerAddress>,
    (keys, from): (&Keys, &Mailbox),
    inquiry: &Inquiry,
    number: u32,
) -> (String, Option<Address>) {
    match answers.map(|answers| answers.place(keys, inquiry, number)) {
        Some(place) => (place.message_id, Some(place.address)),
        None => (message_id(inquiry, number, from), None),
    }
}
