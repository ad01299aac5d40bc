//! A phone number and an e-mail address that a person gave.
//!
//! There are two rules for each, and both are here. `typed` is for a person who can still correct
//! what they wrote; it asks for a number that can be dialled and an address that can be written to.
//! `TryFrom`, which serde uses, is for what was sent or stored. It asks only for what can be kept
//! and shown: a question must not be lost because of how its writer notes a phone number, and every
//! entry that was once accepted must open again. What `typed` accepts, `TryFrom` accepts.

use crate::inquiry::InquiryProblem;
use crate::phone::{PhonePart, phone_parts};
use crate::text::plain;
use serde::{Deserialize, Serialize};

/// Longest phone number with its extension, in characters.
pub const PHONE_CHARS_MAX: usize = 40;
/// Longest e-mail address: typed in bytes, stored in characters.
pub const EMAIL_BYTES_MAX: usize = 254;
/// Longest name before the @, and longest part of a host, in bytes.
const LOCAL_BYTES_MAX: usize = 64;
const LABEL_BYTES_MAX: usize = 63;
/// Shortest e-mail address, in characters: a name, the @ and a host.
const EMAIL_CHARS_MIN: usize = 3;
/// What a link to an address begins with.
const MAILTO: &str = "mailto:";
/// Marks that the name in an address may have (RFC 5321, `Atom` and the dot).
const LOCAL_MARKS: &str = "!#$%&'*+-/=?^_`{|}~.";
/// Digits of a phone number: ten in North America; E.164 allows fifteen.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 10..=15;

/// A phone number, with its extension: 1 to [`PHONE_CHARS_MAX`] characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Checks a number that a person typed or pasted, without invisible marks and the spaces around
    /// it: one number that [`phone_parts`] reads, beside which are no other digits; or, as abroad,
    /// 10 to 15 digits and nothing else.
    pub fn typed(text: &str) -> Result<Self, InquiryProblem> {
        let plain = plain(text);
        let phone = plain.trim();
        if phone.is_empty() {
            return Err(InquiryProblem::Missing);
        }
        let (mut numbers, mut others) = (0, 0);
        for part in phone_parts(phone) {
            match part {
                PhonePart::Number(read) if PHONE_DIGITS.contains(&read.national().len()) => {
                    numbers += 1;
                }
                PhonePart::Number(_) => others += 1,
                PhonePart::Words(words) => others += digits_of(&words),
            }
        }
        let is_abroad = PHONE_DIGITS.contains(&digits_of(phone))
            && phone.chars().all(|c| c.is_ascii_digit() || " +-.(),/".contains(c));
        if (numbers, others) != (1, 0) && !is_abroad {
            return Err(InquiryProblem::NotAPhone);
        }
        Self::try_from(phone.to_string()).map_err(|_| InquiryProblem::NotAPhone)
    }

    /// The number as the person wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn digits_of(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

impl TryFrom<String> for PhoneNumber {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = (1..=PHONE_CHARS_MAX).contains(&text.chars().count());
        fits.then_some(Self(text)).ok_or("not 1 to 40 characters")
    }
}

impl From<PhoneNumber> for String {
    fn from(phone: PhoneNumber) -> String {
        phone.0
    }
}

/// An e-mail address: at most [`EMAIL_BYTES_MAX`] characters, among them an @.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Checks an address that a person typed or pasted: a name, one @, and a host with a dot, with
    /// none of the letters that a mail server refuses. What was pasted around it goes: invisible
    /// marks, spaces, `mailto:`, brackets, the name before `<jane@...>`, and the comma or full stop
    /// of a sentence.
    pub fn typed(text: &str) -> Result<Self, InquiryProblem> {
        let plain = plain(text);
        let in_brackets = plain.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
        let email = in_brackets.map_or(plain.as_str(), |(email, _)| email).trim();
        let scheme = email.get(..MAILTO.len()).filter(|start| start.eq_ignore_ascii_case(MAILTO));
        let email = scheme
            .map_or(email, |scheme| email[scheme.len()..].split('?').next().unwrap_or_default());
        let email = email.trim_matches(|c: char| c.is_whitespace() || "<>()[],.;:\"'".contains(c));
        if email.is_empty() {
            return Err(InquiryProblem::Missing);
        }
        Self::try_from(email.to_string())
            .ok()
            .filter(Self::can_be_written_to)
            .ok_or(InquiryProblem::NotAnEmail)
    }

    /// Whether mail servers take the address: a name of at most 64 bytes, one @, and a host with a
    /// dot, of parts that neither are empty nor begin or end with a hyphen (RFC 5321, RFC 1035).
    /// What sends mail asks this too, because what is stored need not have been typed in this app.
    pub fn can_be_written_to(&self) -> bool {
        let are_filled = |parts: &str| parts.split('.').all(|part| !part.is_empty());
        let has_parts = self.0.split_once('@').is_some_and(|(local, host)| {
            let host_fits = host.contains('.') && host.split('.').all(is_label);
            let local_fits = local.len() <= LOCAL_BYTES_MAX
                && local.chars().all(|c| is_of_name(c) || LOCAL_MARKS.contains(c));
            are_filled(local) && are_filled(host) && host_fits && local_fits
        });
        has_parts && self.0.len() <= EMAIL_BYTES_MAX
    }

    /// The address as the person wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_label(label: &str) -> bool {
    label.len() <= LABEL_BYTES_MAX
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| is_of_name(c) || c == '-')
}

/// Whether a letter may be in a name or a host. Beyond ASCII all may (RFC 6531), but spaces.
fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || !(letter.is_ascii() || letter.is_whitespace())
}

impl TryFrom<String> for EmailAddress {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let length_fits = (EMAIL_CHARS_MIN..=EMAIL_BYTES_MAX).contains(&text.chars().count());
        let fits = length_fits && text.contains('@');
        fits.then_some(Self(text)).ok_or("not 3 to 254 characters with an @")
    }
}

impl From<EmailAddress> for String {
    fn from(email: EmailAddress) -> String {
        email.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_checked_more_strictly_where_it_is_typed_than_where_it_is_kept() {
        let stored = |text: &str| PhoneNumber::try_from(text.to_string()).is_ok();
        for both in ["705-324-9411", "(705) 324 9411", "+1 705 324 9411 poste 12"] {
            assert!(PhoneNumber::typed(both).is_ok() && stored(both), "{both}");
        }
        for kept in ["324-9411", "call the library", "=1+1", " ", &"5".repeat(PHONE_CHARS_MAX)] {
            assert!(PhoneNumber::typed(kept).is_err() && stored(kept), "{kept}");
        }
        for neither in ["", &"5".repeat(PHONE_CHARS_MAX + 1)] {
            assert!(PhoneNumber::typed(neither).is_err() && !stored(neither), "{neither}");
        }
        let extension = format!("705-324-9411 x{}", "1".repeat(PHONE_CHARS_MAX));
        assert_eq!(PhoneNumber::typed(&extension), Err(InquiryProblem::NotAPhone));
    }

    #[test]
    fn an_address_is_checked_more_strictly_where_it_is_typed_than_where_it_is_kept() {
        let stored = |text: &str| EmailAddress::try_from(text.to_string()).is_ok();
        let host = format!("{}.{}.{}", "b".repeat(63), "c".repeat(63), "d".repeat(58));
        let longest = format!("{}@{host}.ca", "a".repeat(LOCAL_BYTES_MAX));
        assert_eq!(longest.len(), EMAIL_BYTES_MAX);
        for both in ["a@b.ca", "é@exemple.ca", longest.as_str()] {
            assert!(EmailAddress::typed(both).is_ok() && stored(both), "{both}");
        }
        let bytes = format!("{}@b.ca", "é".repeat(EMAIL_BYTES_MAX - 5));
        for kept in ["a@b", "@b.ca", "a b@c.ca", "a@b@c.ca", bytes.as_str()] {
            assert!(EmailAddress::typed(kept).is_err() && stored(kept), "{kept}");
        }
        for neither in ["", "a@", "ab.ca", &format!("a{longest}")] {
            assert!(EmailAddress::typed(neither).is_err() && !stored(neither), "{neither}");
        }
    }

    #[test]
    fn what_was_pasted_around_an_email_address_goes_and_what_no_server_takes_is_asked_about() {
        for pasted in [
            "jane@example.org,",
            "mailto:jane@example.org",
            "MAILTO:jane@example.org",
            "<jane@example.org>",
            "jane@example.org.",
            "\u{202d}jane@example.org\u{202c}",
            "(jane@example.org);",
            "Jane <jane@example.org>",
            "\"Doe, Jane\" <jane@example.org>,",
            "<mailto:jane@example.org>",
            "mailto:jane@example.org?subject=Dog",
            "  jane@example.org...  ",
            "“jane@example.org”",
            "ｊａｎｅ＠ｅｘａｍｐｌｅ．ｏｒｇ",
            "jane\u{200b}@example.org\u{a0}\r\n",
        ] {
            let read = EmailAddress::typed(pasted);
            assert_eq!(read.as_ref().map(EmailAddress::as_str), Ok("jane@example.org"), "{pasted}");
        }
        for wrong in [
            "jane,doe@example.org",
            "jane doe@example.org",
            "jane..doe@example.org",
            "jane@exa_mple.org",
            "jane @example.org",
            "jane@example. org",
            "jane@-example.org",
            "jane@@example.org",
            "Jane jane@example.org",
            "jane@example.org, joe@example.org",
        ] {
            assert_eq!(EmailAddress::typed(wrong), Err(InquiryProblem::NotAnEmail), "{wrong}");
        }
        assert_eq!(
            EmailAddress::typed("o’brien@example.org").unwrap().as_str(),
            "o'brien@example.org"
        );
    }

    #[test]
    fn what_was_pasted_around_a_phone_number_goes_and_what_nobody_can_call_is_asked_about() {
        for pasted in [
            "Tel.: 705-324-9411",
            "tel:+17055550147",
            "705-324-9411 (cell)",
            "1 888 822-2225",
            "705.738.2088, ext. 12",
            "705 738 2088 poste 12",
            "7057382088x12",
            "011 44 20 7946 0958",
            "+44 20 7946 0958",
            "（７０５）３２４－９４１１",
            "\u{202d}705-324-9411\u{202c}",
            "705\u{2011}324\u{2011}9411",
            "(705) 324-5632, ext. 12",
        ] {
            assert!(PhoneNumber::typed(pasted).is_ok(), "{pasted}");
        }
        for wrong in ["911", "705-324-9411 or 705-324-9412", "call 911 or 705-324-9411", "324-9411"]
        {
            assert_eq!(PhoneNumber::typed(wrong), Err(InquiryProblem::NotAPhone), "{wrong}");
        }
        assert_eq!(
            PhoneNumber::typed("\u{202d}705-324-9411\u{202c}").unwrap().as_str(),
            "705-324-9411"
        );
    }

    #[test]
    fn both_are_sent_and_stored_as_plain_texts() {
        let phone = PhoneNumber::typed(" 705-324-9411 ").unwrap();
        assert_eq!(serde_json::to_string(&phone).unwrap(), "\"705-324-9411\"");
        assert_eq!(serde_json::from_str::<PhoneNumber>("\"324\"").unwrap().as_str(), "324");
        assert!(serde_json::from_str::<PhoneNumber>("\"\"").is_err());
        let email = EmailAddress::typed("a@b.ca").unwrap();
        assert_eq!(serde_json::to_string(&email).unwrap(), "\"a@b.ca\"");
        assert!(serde_json::from_str::<EmailAddress>("\"ab\"").is_err());
    }
}
