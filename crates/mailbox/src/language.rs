//! Whether a text is in English or in French, by its most frequent small words.

use domain::Language;
use domain::text::folded;

/// Characters that are looked at: a message shows its language at once.
const CHARS_MAX: usize = 4_000;
/// Words that are in every text of a language, and in none of the other.
const ENGLISH: [&str; 36] = [
    "the", "and", "is", "are", "was", "of", "to", "in", "it", "you", "my", "your", "we", "that",
    "this", "have", "has", "for", "with", "what", "when", "where", "how", "can", "do", "does",
    "please", "thanks", "thank", "hello", "hi", "would", "could", "there", "not", "be",
];
const FRENCH: [&str; 36] = [
    "le", "la", "les", "un", "une", "des", "et", "est", "sont", "du", "de", "je", "vous", "mon",
    "ma", "mes", "votre", "nous", "que", "qui", "ce", "cette", "pour", "avec", "quand", "ou",
    "comment", "bonjour", "merci", "pas", "dans", "sur", "au", "aux", "il", "quel",
];

/// The language of a text; `None` if it cannot be told.
pub fn language_of(text: &str) -> Option<Language> {
    let start: String = text.chars().take(CHARS_MAX).collect();
    let plain = folded(&start);
    let words = || plain.split(|letter: char| !letter.is_alphabetic());
    let count = |list: &[&str]| words().filter(|word| list.contains(word)).count();
    let (english, french) = (count(&ENGLISH), count(&FRENCH));
    match english.cmp(&french) {
        std::cmp::Ordering::Greater => Some(Language::English),
        std::cmp::Ordering::Less => Some(Language::French),
        std::cmp::Ordering::Equal => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_question_shows_its_language_and_a_number_does_not() {
        for (text, language) in [
            ("When is garbage day?", Some(Language::English)),
            ("hi, the lamp at 12 Elm is broken", Some(Language::English)),
            ("Bonjour, quand passe la collecte des ordures?", Some(Language::French)),
            ("OÙ EST LE PERMIS DE MON CHIEN", Some(Language::French)),
            ("", None),
            ("705-324-9411", None),
            ("Müll 東京", None),
        ] {
            assert_eq!(language_of(text), language, "{text}");
        }
    }

    #[test]
    fn a_long_text_costs_no_more_than_its_beginning() {
        let text = format!("Bonjour, {}", "the ".repeat(1_000_000));
        assert_eq!(language_of(&text), Some(Language::English));
        let text = format!("{}{}", "merci ".repeat(1_000), "the ".repeat(1_000_000));
        assert_eq!(language_of(&text), Some(Language::French));
    }
}
