//! What people search for and nobody offers: the words of a search that found nothing. Must never
//! contain anything about the person.

use crate::text::Language;
use serde::{Deserialize, Serialize};

/// Most characters and words that are stored of a search; the rest is cut off.
const CHARS_MAX: usize = 60;
const WORDS_MAX: usize = 8;
/// Fewer letters are an accidental key press.
const LETTERS_MIN: usize = 3;
/// Most digits: a year or a house number is allowed; a phone, card or file number is not.
const DIGITS_MAX: usize = 4;
/// What people write before they say who they are.
const PERSONAL: [&str; 4] = ["i'm", "m'appelle", "mr", "mrs"];
const PERSONAL_PAIRS: [[&str; 2]; 6] =
    [["my", "name"], ["i", "am"], ["je", "suis"], ["mon", "nom"], ["my", "number"], ["born", "on"]];

/// Words that found nothing. No time, place or device: the office reads sums by month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    words: String,
    language: Language,
}

impl Gap {
    /// The words in ASCII lower case, cut short. `None` if they mean nothing, or look as if they
    /// said something about a person.
    pub fn of(question: &str, language: Language) -> Option<Self> {
        // Lower case for ASCII only: the tables for all of Unicode would cost the app 8 KB.
        let small = question.to_ascii_lowercase();
        let words: Vec<&str> = small.split_ascii_whitespace().collect();
        let count =
            |is_such: fn(char) -> bool| small.chars().filter(|&letter| is_such(letter)).count();
        let is_address = count(|letter| matches!(letter, '@' | '/' | '\\')) > 0;
        let is_name = words.iter().any(|word| PERSONAL.contains(word))
            || words.windows(2).any(|pair| PERSONAL_PAIRS.iter().any(|personal| personal == pair));
        let has_letters =
            count(|letter| letter.is_ascii_alphabetic() || !letter.is_ascii()) >= LETTERS_MIN;
        if !has_letters
            || is_address
            || is_name
            || count(|letter| letter.is_ascii_digit()) > DIGITS_MAX
        {
            return None;
        }
        let words: String =
            words[..words.len().min(WORDS_MAX)].join(" ").chars().take(CHARS_MAX).collect();
        Some(Self { words: words.trim_ascii_end().into(), language })
    }

    /// The words of the search.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// Language of the interface in which the search was made.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Whether [`Gap::of`] returns the same for these words. A client that sends anything else is
    /// not this app.
    pub fn is_valid(&self) -> bool {
        Self::of(&self.words, self.language).as_ref() == Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(question: &str) -> Option<String> {
        Gap::of(question, Language::English).map(|gap| gap.words)
    }

    #[test]
    fn words_are_kept_small_and_cut_short() {
        assert_eq!(
            words("  Hot AIR  balloon\tlanding ").as_deref(),
            Some("hot air balloon landing")
        );
        assert_eq!(
            words("one two three four five six seven eight nine ten").as_deref(),
            Some("one two three four five six seven eight")
        );
        assert_eq!(words(&"é".repeat(200)).map(|words| words.chars().count()), Some(CHARS_MAX));
        assert_eq!(
            words("plan of 2026").as_deref(),
            Some("plan of 2026"),
            "a year says nothing about a person"
        );
    }

    #[test]
    fn what_looks_personal_is_dropped_whole() {
        for question in [
            "",
            "ab",
            "12",
            "jane@example.org",
            "call 705-555-0199",
            "my name is Jane",
            "I'm Jane Doe",
            "je m'appelle Jeanne",
            "K9V 5R8 1234 567",
            "see https://x.org",
        ] {
            assert_eq!(words(question), None, "{question}");
        }
    }

    #[test]
    fn what_was_kept_is_valid_and_nothing_longer_is() {
        let gap = Gap::of(
            "Snowmobile trail pass for the whole of the long winter season",
            Language::French,
        )
        .unwrap();
        assert!(gap.is_valid());
        assert!(
            !Gap { words: "Jane Doe, 705-555-0199".into(), language: Language::English }.is_valid()
        );
    }
}
