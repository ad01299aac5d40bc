//! Inquiries that are answered together because they say the same: which may be merged, how each
//! person gets the reply, and that no reply names one person to another.

use crate::case::{Case, CaseState, ReplyMethod};
use crate::inquiry::{contact, searchable, searched_words};
use crate::settled::compared_contact;
use domain::inquiry::{ReplyTo, ValidInquiry};
use domain::text::folded;

/// Letters of a word of a name that is looked for in a reply.
const NAME_LETTERS_MIN: usize = 2;
/// Letters of such a word that is looked for in any case: a shorter one counts only where both
/// begin with a capital, because it is often a word of the language too.
const PLAIN_LETTERS_MIN: usize = 3;

/// Why two inquiries cannot be answered together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeRefusal {
    /// One is closed.
    Closed,
    /// One was merged before.
    Merged,
    /// They are in different languages.
    Languages,
    /// The person of the one that goes cannot be reached with the same reply.
    NotReached,
}

/// Whether one inquiry may be answered with another: `stays` and `goes`, each with what the person
/// wrote. `has_mail` says whether replies can be sent by e-mail.
///
/// # Errors
///
/// Why it may not.
pub fn check_merge(
    (stays, stays_said): (&Case, &ValidInquiry),
    (goes, goes_said): (&Case, &ValidInquiry),
    has_mail: bool,
) -> Result<(), MergeRefusal> {
    if [stays, goes].iter().any(|case| case.state == CaseState::Closed) {
        return Err(MergeRefusal::Closed);
    }
    if stays.team.merged_into.is_some() || goes.team.merged_into.is_some() {
        return Err(MergeRefusal::Merged);
    }
    if !goes.team.merged.is_empty() {
        return Err(MergeRefusal::Merged);
    }
    if stays_said.language != goes_said.language {
        return Err(MergeRefusal::Languages);
    }
    let way = way_of_merged((stays_said, goes_said), goes.has_tracking_code(), has_mail);
    let is_reached = way.is_some() || is_same_person(stays_said, goes_said);
    if is_reached { Ok(()) } else { Err(MergeRefusal::NotReached) }
}

/// Whether two inquiries give the same contact.
pub fn is_same_person(one: &ValidInquiry, other: &ValidInquiry) -> bool {
    let of = |said: &ValidInquiry| compared_contact(contact(&said.reply_to));
    !of(one).is_empty() && of(one) == of(other)
}

/// How the person of a merged inquiry gets the reply to the other one. Who has the same contact is
/// not written to twice. `None` if there is no way without a colleague, or no need for one.
pub fn way_of_merged(
    (stays, goes): (&ValidInquiry, &ValidInquiry),
    has_tracking_code: bool,
    has_mail: bool,
) -> Option<ReplyMethod> {
    let is_mail = has_mail && matches!(goes.reply_to, ReplyTo::Email(_));
    if is_mail && !is_same_person(stays, goes) {
        return Some(ReplyMethod::Email);
    }
    has_tracking_code.then_some(ReplyMethod::StatusPage)
}

/// A reply names one person, or their contact, to another: the word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamesSomeone(pub String);

/// The text of a reply for the person of a merged inquiry: the greeting of the first person becomes
/// theirs. `people` are both, `greetings` how each is greeted.
///
/// # Errors
///
/// The name or contact of one of them that the rest of the text has.
pub fn shared_text(
    text: &str,
    people: (&ValidInquiry, &ValidInquiry),
    greetings: (&str, &str),
) -> Result<String, NamesSomeone> {
    let rest = text.strip_prefix(greetings.0);
    let words = rest.unwrap_or(text);
    for person in [people.0, people.1] {
        if let Some(word) = named_in(words, person) {
            return Err(NamesSomeone(word));
        }
    }
    Ok(rest.map_or_else(|| text.into(), |rest| format!("{}{rest}", greetings.1)))
}

/// The part of a person's contact or name that a text has.
fn named_in(text: &str, person: &ValidInquiry) -> Option<String> {
    let contact = contact(&person.reply_to);
    let (searched, parts) = (searchable(text), searched_words(contact));
    if !parts.is_empty() && parts.iter().all(|part| searched.contains(part.as_str())) {
        return Some(contact.into());
    }
    let name = person.name.as_deref().unwrap_or_default();
    let (in_text, names) = (words_of(text), words_of(name));
    let is_named = |word: &&&str| names.iter().any(|name| is_name(word, name));
    if let Some(word) = in_text.iter().find(is_named) {
        return Some((*word).into());
    }
    let is_whole = names.len() > 1 && in_a_row(&in_text).contains(&in_a_row(&names));
    is_whole.then(|| name.into())
}

fn words_of(text: &str) -> Vec<&str> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).collect()
}

/// Folded words with a space around each.
fn in_a_row(words: &[&str]) -> String {
    let mut row = String::from(" ");
    for word in words {
        row.push_str(&folded(word));
        row.push(' ');
    }
    row
}

/// Whether a word of a text is a word of a name: written alike, or with a capital where only
/// capitals and accents differ.
fn is_name(word: &str, name: &str) -> bool {
    let has_capital = |of: &str| of.starts_with(char::is_uppercase);
    let letters = name.chars().count();
    if letters < NAME_LETTERS_MIN {
        return false;
    }
    let is_alike = || has_capital(word) && folded(word) == folded(name);
    if letters < PLAIN_LETTERS_MIN {
        return has_capital(name) && is_alike();
    }
    word == name || is_alike()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{CaseEntry, CaseEvent, CaseOutcome};
    use crate::channel::InquiryChannel;
    use domain::contact::{EmailAddress, PhoneNumber};
    use domain::{Language, SubmissionId};

    fn said(name: &str, reply_to: ReplyTo) -> ValidInquiry {
        ValidInquiry {
            service: None,
            hub: None,
            message: "When?".into(),
            name: Some(name.into()).filter(|name: &String| !name.is_empty()),
            reply_to,
            language: Language::English,
            notice_version: 1,
        }
    }

    fn mail(address: &str) -> ReplyTo {
        ReplyTo::Email(EmailAddress::typed(address).unwrap())
    }

    fn phone() -> ReplyTo {
        ReplyTo::Phone(PhoneNumber::typed("705-555-0123").unwrap())
    }

    fn case(events: &[CaseEvent]) -> Case {
        let mut case = Case::new(0, "Tax".into(), None);
        for (number, event) in (1..).zip(events.iter().cloned()) {
            case.take(&CaseEntry { number, at_ms: 1, who: "ann".into(), event });
        }
        case
    }

    fn id() -> String {
        SubmissionId::from_parts(1, [9; 10]).to_string()
    }

    #[test]
    fn only_open_inquiries_in_one_language_whose_people_are_reached_are_merged() {
        let (jane, joe) = (said("Jane", mail("jane@example.org")), said("Joe", phone()));
        let french = ValidInquiry { language: Language::French, ..joe.clone() };
        let closed = case(&[CaseEvent::Closed { outcome: CaseOutcome::Done, why: String::new() }]);
        let away = case(&[CaseEvent::MergedInto { into: id() }]);
        let has_others = case(&[CaseEvent::MergedFrom { from: id() }]);
        let by_phone =
            case(&[CaseEvent::Recorded { channel: InquiryChannel::Phone, is_answered: false }]);
        let new = case(&[]);
        let check = |stays: &Case, goes: &Case, other: &ValidInquiry| {
            check_merge((stays, &jane), (goes, other), false).err()
        };
        assert_eq!(check(&new, &new, &joe), None);
        assert_eq!(check(&has_others, &new, &joe), None, "a third one joins");
        assert_eq!(check(&closed, &new, &joe), Some(MergeRefusal::Closed));
        assert_eq!(check(&new, &closed, &joe), Some(MergeRefusal::Closed));
        assert_eq!(check(&away, &new, &joe), Some(MergeRefusal::Merged));
        assert_eq!(check(&new, &away, &joe), Some(MergeRefusal::Merged));
        assert_eq!(check(&new, &has_others, &joe), Some(MergeRefusal::Merged));
        assert_eq!(check(&new, &new, &french), Some(MergeRefusal::Languages));
        assert_eq!(check(&new, &by_phone, &joe), Some(MergeRefusal::NotReached));
        assert_eq!(check(&new, &by_phone, &jane), None, "the same person is reached");
    }

    #[test]
    fn each_person_is_written_to_once() {
        let (jane, joe) = (said("", mail("jane@example.org")), said("", mail("joe@example.org")));
        let check = |other: &ValidInquiry, has_code, has_mail, expected| {
            assert_eq!(way_of_merged((&jane, other), has_code, has_mail), expected);
        };
        check(&joe, true, true, Some(ReplyMethod::Email));
        check(&joe, true, false, Some(ReplyMethod::StatusPage));
        check(&joe, false, false, None);
        check(&said("", mail("Jane@Example.org")), true, true, Some(ReplyMethod::StatusPage));
        check(&said("", mail("jane@example.org")), false, true, None);
        check(&said("", phone()), true, true, Some(ReplyMethod::StatusPage));
        check(&said("", ReplyTo::Nobody), true, true, Some(ReplyMethod::StatusPage));
    }

    #[test]
    fn no_reply_names_one_person_to_another() {
        let jane = said("Jane O’Hara-Lee", mail("jane@example.org"));
        let joe = said("Joe Wu", phone());
        let shared = |text: &str| {
            let greetings = ("Hello Jane O’Hara-Lee,", "Hello Joe Wu,");
            shared_text(text, (&jane, &joe), greetings).map_err(|NamesSomeone(word)| word)
        };
        assert_eq!(shared("Hello Jane O’Hara-Lee,\nMonday."), Ok("Hello Joe Wu,\nMonday.".into()));
        assert_eq!(shared("On Monday."), Ok("On Monday.".into()));
        for (text, word) in [
            ("Hello Jane O’Hara-Lee,\nDear Jane, yes.", "Jane"),
            ("As Ms. Hara asked.", "Hara"),
            ("Joe asked too.", "Joe"),
            ("We wrote to JANE@example.org.", "jane@example.org"),
            ("We called (705) 555 0123.", "705-555-0123"),
        ] {
            assert_eq!(shared(text), Err(word.into()), "{text}");
        }
        assert_eq!(shared("A jane of all trades, woo."), Ok("A jane of all trades, woo.".into()));
    }

    #[test]
    fn a_name_is_found_however_it_is_written() {
        let typed = [
            said("rené lévesque", mail("a@example.org")),
            said("Wu", mail("b@example.org")),
            said("Mary de la Tour", mail("c@example.org")),
        ];
        let named = |text: &str| typed.iter().find_map(|person| named_in(text, person));
        assert_eq!(named("Bonjour M. LEVESQUE.").as_deref(), Some("LEVESQUE"));
        assert_eq!(named("As WU asked.").as_deref(), Some("WU"));
        assert_eq!(named("That is mary  de la tour.").as_deref(), Some("Mary de la Tour"));
        assert_eq!(named("La collecte de la semaine, wu."), None);
    }

    #[test]
    fn a_foreign_phone_number_is_found_whole_only() {
        let far = said("", ReplyTo::Phone(PhoneNumber::typed("+44 20 7946 0958").unwrap()));
        assert_eq!(named_in("It is $20.", &far), None);
    }
}
