//! The content of a submission, once it is decrypted: parsed, and checked against the app's rules
//! again, because the sender may not be the app.

use domain::inquiry::{EMAIL_BYTES_MAX, MESSAGE_CHARS_MAX, NAME_CHARS_MAX, ReplyTo, ValidInquiry};
use domain::submission::{Body, Content};
use domain::survey::{Answer, COMMENT_CHARS_MAX, CompleteAnswers, SCALE_POINTS};

/// The most characters of a phone number with its extension, as in the app.
const PHONE_CHARS_MAX: usize = 40;
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
    }
}

fn is_valid_inquiry(inquiry: &ValidInquiry) -> bool {
    let reply_fits = match &inquiry.reply_to {
        ReplyTo::Phone(phone) => (1..=PHONE_CHARS_MAX).contains(&phone.chars().count()),
        ReplyTo::Email(email) => {
            (3..=EMAIL_BYTES_MAX).contains(&email.chars().count()) && email.contains('@')
        }
        ReplyTo::Nobody => true,
    };
    let message_fits =
        !inquiry.message.trim().is_empty() && inquiry.message.chars().count() <= MESSAGE_CHARS_MAX;
    message_fits
        && reply_fits
        && inquiry.name.as_ref().is_none_or(|name| name.chars().count() <= NAME_CHARS_MAX)
}

fn are_valid_answers(complete: &CompleteAnswers) -> bool {
    let fits = |answer: &Answer| match answer {
        Answer::Scale(point) => (1..=SCALE_POINTS).contains(point),
        Answer::Comment(text) => text.chars().count() <= COMMENT_CHARS_MAX,
        Answer::DoesNotApply | Answer::Choice(_) | Answer::Skipped => true,
    };
    let answers = complete.answers();
    (1..=ANSWERS_MAX).contains(&answers.len()) && answers.iter().all(|(_, answer)| fits(answer))
}
