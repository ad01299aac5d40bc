//! What people search for and nobody offers: the words of a search that found nothing. Must never
//! contain anything about the person.

use crate::text::{Language, plain};
use serde::{Deserialize, Serialize};

/// Most characters and words that are stored of a search; the rest is cut off.
const CHARS_MAX: usize = 60;
const WORDS_MAX: usize = 8;
/// Fewer letters are an accidental key press.
const LETTERS_MIN: usize = 3;
/// Most digits: a year or a house number is allowed; a phone, card or file number is not.
const DIGITS_MAX: usize = 4;
/// What people write before they say who they are.
const PERSONAL: [&str; 16] = [
    "i'm",
    "im",
    "m'appelle",
    "mappelle",
    "mr",
    "mrs",
    "ms",
    "miss",
    "mister",
    "mme",
    "mlle",
    "monsieur",
    "madame",
    "myself",
    "dob",
    "sin",
];
const PERSONAL_PAIRS: [[&str; 2]; 18] = [
    ["my", "name"],
    ["my", "name's"],
    ["name", "is"],
    ["this", "is"],
    ["i", "am"],
    ["je", "suis"],
    ["mon", "nom"],
    ["c'est", "moi"],
    ["moi", "c'est"],
    ["nom", "est"],
    ["my", "number"],
    ["my", "phone"],
    ["my", "email"],
    ["call", "me"],
    ["mon", "numéro"],
    ["born", "on"],
    ["né", "le"],
    ["née", "le"],
];

/// Words that found nothing. No time, place or device: the office reads sums by month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    words: String,
    language: Language,
}

impl Gap {
    /// The words as they are meant, in ASCII lower case, cut short. `None` if they mean nothing, or
    /// look as if they said something about a person.
    pub fn of(question: &str, language: Language) -> Option<Self> {
        // Lower case for ASCII only: the tables for all of Unicode would cost the app 8 KB.
        let small = plain(question).to_ascii_lowercase();
        let words: Vec<&str> = small.split_ascii_whitespace().collect();
        if !has_letters(&small) || has_file_or_address(&small) || has_name(&words) {
            return None;
        }
        let words: String =
            words[..words.len().min(WORDS_MAX)].join(" ").chars().take(CHARS_MAX).collect();
        Some(Self { words: words.trim_ascii_end().into(), language })
    }

    /// The stored gap as it may be shown: read again by today's rules, because an older app folded
    /// less and knew fewer names. `None` if its words may say something about a person.
    pub fn shown(&self) -> Option<Self> {
        Self::of(&self.words, self.language)
    }

    /// The words of the search.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// Language of the interface in which the search was made.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Whether this app or an older one, which folded less and knew fewer names, can have made it.
    /// What is shown must pass [`Gap::shown`] first.
    pub fn is_valid(&self) -> bool {
        let words: Vec<&str> = self.words.split_ascii_whitespace().collect();
        let fits = words.len() <= WORDS_MAX && self.words.chars().count() <= CHARS_MAX;
        let is_small = !self.words.bytes().any(|byte| byte.is_ascii_uppercase());
        let is_plain = words.join(" ") == self.words;
        fits && is_small
            && is_plain
            && has_letters(&self.words)
            && !has_file_or_address(&self.words)
    }
}

fn count(text: &str, is_such: fn(char) -> bool) -> usize {
    text.chars().filter(|&letter| is_such(letter)).count()
}

fn has_letters(text: &str) -> bool {
    count(text, |letter| letter.is_ascii_alphabetic() || !letter.is_ascii()) >= LETTERS_MIN
}

fn has_file_or_address(text: &str) -> bool {
    count(text, |letter| matches!(letter, '@' | '/' | '\\')) > 0
        || count(text, |letter| letter.is_ascii_digit()) > DIGITS_MAX
}

/// Whether someone says who they are, whatever stands around the words.
fn has_name(words: &[&str]) -> bool {
    let bare = |word: &&str| word.trim_matches(|c: char| c.is_ascii_punctuation()).to_string();
    let words: Vec<String> = words.iter().map(bare).filter(|word| !word.is_empty()).collect();
    words.iter().any(|word| PERSONAL.contains(&word.as_str()))
        || words.windows(2).any(|pair| PERSONAL_PAIRS.iter().any(|personal| personal == pair))
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
            "I’m Jane Doe",
            "I‘m Jane Doe",
            "Iʼm Jane Doe",
            "Ｉ’ｍ Jane Doe",
            "I\u{200b}'m Jane Doe",
            "(I'm Jane)",
            "im jane doe",
            "Mr. Doe",
            "my name’s Jane",
            "je m'appelle Jeanne",
            "je m’appelle Jeanne",
            "je m\u{2019}\u{ad}appelle Jeanne",
            "mon\u{a0}nom est Roy",
            "moi, c’est Jeanne",
            "jane＠example.org",
            "７０５-555-0199",
            "٧٠٥ ٥٥٥ ٠١٩٩ call",
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
        let older = Gap { words: "i’m jane".into(), language: Language::English };
        assert!(older.is_valid() && older.shown().is_none());
        assert!(
            !Gap { words: "Jane Doe, 705-555-0199".into(), language: Language::English }.is_valid()
        );
    }
}
