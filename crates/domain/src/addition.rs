//! What a person adds to a question that they sent before: more words, or that they withdraw it.

use crate::inquiry::{InquiryProblem, MESSAGE_CHARS_MAX, words_problem};
use crate::reference::Reference;
use crate::text::{Language, tidied};
use serde::{Deserialize, Serialize};

/// Most additions to one question, with withdrawals: more than any conversation needs. Whoever has
/// more to say asks a new question.
pub const ADDITIONS_MAX: u32 = 20;

/// An addition to a question. Which question is proved by the lookup of its sealed body, which only
/// somebody who has the question's tracking code can compute; the reference number alone proves
/// nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addition {
    /// The reference number of the question.
    pub to: Reference,
    /// What is added.
    pub said: AddedWords,
    /// The language that the person was reading.
    pub language: Language,
}

/// What is added to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddedWords {
    /// More words: at most [`MESSAGE_CHARS_MAX`] characters, and not empty.
    Message(String),
    /// The person withdraws the question and needs no reply.
    Withdrawal,
}

impl AddedWords {
    /// Checks words as they were typed; the error says what must be corrected.
    pub fn parse(typed: &str) -> Result<Self, InquiryProblem> {
        match words_problem(typed) {
            None => Ok(Self::Message(tidied(typed))),
            Some(problem) => Err(problem),
        }
    }

    /// Whether they keep the rules of [`AddedWords::parse`], because their sender may not be the
    /// app.
    pub fn is_valid(&self) -> bool {
        match self {
            Self::Message(text) => {
                !text.trim().is_empty() && text.chars().count() <= MESSAGE_CHARS_MAX
            }
            Self::Withdrawal => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_words_keep_the_rules_of_a_question() {
        assert_eq!(AddedWords::parse(" \u{200b}\n"), Err(InquiryProblem::Missing));
        let long = "x".repeat(MESSAGE_CHARS_MAX + 3);
        assert_eq!(AddedWords::parse(&long), Err(InquiryProblem::TooLong { by: 3 }));
        let added = AddedWords::parse("  The blue one.\r\n ");
        assert_eq!(added, Ok(AddedWords::Message("The blue one.".into())));
        assert!(
            !AddedWords::Message(long).is_valid() && !AddedWords::Message(" ".into()).is_valid()
        );
        assert!(AddedWords::Message("x".repeat(MESSAGE_CHARS_MAX)).is_valid());
        assert!(AddedWords::Withdrawal.is_valid());
    }

    #[test]
    fn the_form_in_which_an_addition_is_sealed_never_changes() {
        let addition = |said| Addition {
            to: Reference::parse("7Q3M-X9TB-E").unwrap(),
            said,
            language: Language::French,
        };
        let check = |said, json: &str| {
            let addition = addition(said);
            assert_eq!(serde_json::to_string(&addition).unwrap(), json);
            assert_eq!(serde_json::from_str::<Addition>(json).unwrap(), addition);
        };
        let number = serde_json::to_string(&addition(AddedWords::Withdrawal).to).unwrap();
        check(
            AddedWords::Message("Le bleu.".into()),
            &format!(r#"{{"to":{number},"said":{{"message":"Le bleu."}},"language":"fr"}}"#),
        );
        check(
            AddedWords::Withdrawal,
            &format!(r#"{{"to":{number},"said":"withdrawal","language":"fr"}}"#),
        );
    }
}
