//! The content of a submission, once it is decrypted: parsed, and checked against the app's rules
//! again, because the sender may not be the app.

use domain::inquiry::{MESSAGE_CHARS_MAX, NAME_CHARS_MAX, ValidInquiry};
use domain::submission::{Body, Content};
use domain::survey::{COMMENT_CHARS_MAX, CompleteAnswers, SCALE_POINTS, SurveyAnswer};

/// The most answers that a survey can have, now or in a later version.
const ANSWERS_MAX: usize = 64;

/// Parses decrypted bytes; `None` unless they are a body that keeps the rules.
pub fn read_body(plain: &[u8]) -> Option<Body> {
    serde_json::from_slice::<Body>(plain).ok().filter(|body| is_valid(&body.content))
}

/// Checks the app's rules again, because the sender may not be the app.
fn is_valid(content: &Content) -> bool {
    match content {
        Content::Inquiry(inquiry) => is_valid_inquiry(inquiry),
        Content::Feedback(feedback) => are_valid_answers(&feedback.answers),
        Content::Gap(gap) => gap.is_valid(),
        // Their types exclude everything invalid.
        Content::Tally(_) | Content::Contact(_) => true,
        Content::Correction(correction) => correction.is_valid(),
        Content::Addition(addition) => addition.said.is_valid(),
    }
}

/// The type of the address for the answer excludes an invalid one.
fn is_valid_inquiry(inquiry: &ValidInquiry) -> bool {
    let message_fits =
        !inquiry.message.trim().is_empty() && inquiry.message.chars().count() <= MESSAGE_CHARS_MAX;
    message_fits && inquiry.name.as_ref().is_none_or(|name| name.chars().count() <= NAME_CHARS_MAX)
}

fn are_valid_answers(complete: &CompleteAnswers) -> bool {
    let fits = |answer: &SurveyAnswer| match answer {
        SurveyAnswer::Scale(point) => (1..=SCALE_POINTS).contains(point),
        SurveyAnswer::Comment(text) => text.chars().count() <= COMMENT_CHARS_MAX,
        SurveyAnswer::DoesNotApply | SurveyAnswer::Choice(_) | SurveyAnswer::Skipped => true,
    };
    let answers = complete.answers();
    (1..=ANSWERS_MAX).contains(&answers.len()) && answers.iter().all(|(_, answer)| fits(answer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::inquiry::ReplyTo;

    /// A body as stored entries have it, which asks for the answer at `reply_to`.
    fn stored(reply_to: &str) -> Option<Body> {
        let lookup = [7; 32];
        let plain = format!(
            r#"{{"lookup":{lookup:?},"content":{{"inquiry":{{"service":null,"hub":null,"message":"When?","name":null,"reply_to":{reply_to},"language":"en","notice_version":1}}}}}}"#
        );
        read_body(plain.as_bytes())
    }

    #[test]
    fn what_was_accepted_as_phone_or_address_goes_on_being_readable() {
        let longest = "5".repeat(40);
        for phone in ["324-9411", "call the library", "=1+1", " ", longest.as_str()] {
            let body = stored(&format!(r#"{{"phone":"{phone}"}}"#)).unwrap();
            let Content::Inquiry(inquiry) = &body.content else { panic!("{body:?}") };
            assert!(matches!(&inquiry.reply_to, ReplyTo::Phone(of) if of.as_str() == phone));
            let again = serde_json::to_string(&body).unwrap();
            assert!(again.contains(&format!(r#""reply_to":{{"phone":"{phone}"}}"#)), "{again}");
        }
        let longest = format!("{}@b.ca", "é".repeat(249));
        for email in ["a@b", "@b.ca", "a b@c.ca", longest.as_str()] {
            let body = stored(&format!(r#"{{"email":"{email}"}}"#)).unwrap();
            let Content::Inquiry(inquiry) = &body.content else { panic!("{body:?}") };
            assert!(matches!(&inquiry.reply_to, ReplyTo::Email(of) if of.as_str() == email));
        }
        assert!(stored(r#""nobody""#).is_some());
    }

    #[test]
    fn an_addition_without_words_is_not_valid() {
        let added = |said: &str| {
            let plain = format!(
                r#"{{"lookup":{:?},"content":{{"addition":{{"to":5,"said":{said},"language":"en"}}}}}}"#,
                [7; 32]
            );
            read_body(plain.as_bytes()).is_some()
        };
        assert!(added(r#"{"message":"Lot 4."}"#) && added(r#""withdrawal""#));
        assert!(!added(r#"{"message":" "}"#) && !added(r#""something else""#));
    }

    #[test]
    fn what_was_refused_as_phone_or_address_is_still_refused() {
        assert!(stored(r#"{"phone":"5"}"#).is_some() && stored(r#"{"email":"a@b"}"#).is_some());
        for phone in [String::new(), "5".repeat(41)] {
            assert_eq!(stored(&format!(r#"{{"phone":"{phone}"}}"#)), None, "{phone}");
        }
        for email in ["".into(), "a@".into(), "ab.ca".into(), format!("{}@b.ca", "a".repeat(250))] {
            assert_eq!(stored(&format!(r#"{{"email":"{email}"}}"#)), None, "{email}");
        }
    }
    /// Whether a body with this content is read.
    fn is_read(content: &str) -> bool {
        read_body(format!(r#"{{"lookup":{:?},"content":{content}}}"#, [7; 32]).as_bytes()).is_some()
    }

    #[test]
    fn a_question_and_a_name_have_their_lengths() {
        let is_read = |message: &str, name: &str| {
            is_read(&format!(
                r#"{{"inquiry":{{"service":null,"hub":null,"message":"{message}","name":"{name}",
                "reply_to":"nobody","language":"en","notice_version":1}}}}"#
            ))
        };
        let (message, name) = ("é".repeat(MESSAGE_CHARS_MAX), "é".repeat(NAME_CHARS_MAX));
        assert!(is_read(&message, &name) && is_read("?", ""));
        assert!(!is_read(&format!("{message}é"), &name));
        assert!(!is_read(&message, &format!("{name}é")));
        assert!(!is_read("", &name) && !is_read(" \\n", &name));
    }

    #[test]
    fn answers_are_on_the_scale_and_as_many_as_a_survey_can_have() {
        let is_read = |answers: &[String]| {
            is_read(&format!(
                r#"{{"feedback":{{"answers":{{"survey_version":3,"answers":[{}]}},"language":"en",
                "way":"open-link","service":null,"hub":null,"seconds":null}}}}"#,
                answers.join(",")
            ))
        };
        let scale = |point: u8| format!(r#"["ease",{{"scale":{point}}}]"#);
        let comment = |letters| format!(r#"["why",{{"comment":"{}"}}]"#, "é".repeat(letters));
        let chosen = r#"["done",{"choice":"yes"}]"#.to_string();
        assert!(is_read(&[scale(1), chosen.clone(), scale(SCALE_POINTS)]));
        assert!(!is_read(&[scale(0)]) && !is_read(&[scale(SCALE_POINTS + 1)]));
        assert!(!is_read(&[chosen.clone(), scale(0)]), "none may be wrong");
        assert!(
            is_read(&[comment(COMMENT_CHARS_MAX)]) && !is_read(&[comment(COMMENT_CHARS_MAX + 1)])
        );
        assert!(is_read(&vec![chosen.clone(); ANSWERS_MAX]));
        assert!(!is_read(&vec![chosen; ANSWERS_MAX + 1]) && !is_read(&[]));
    }
}
