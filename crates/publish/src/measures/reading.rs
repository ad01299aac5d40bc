//! How hard a text is to read, by formulas made for prose.
//!
//! English: the Flesch-Kincaid grade (Kincaid, Fishburne, Rogers and Chissom, Research Branch
//! Report 8-75, Naval Technical Training Command, 1975). French: reading ease after Kandel and
//! Moles (Application de l'indice de Flesch à la langue française, Cahiers d'études de
//! radio-télévision 19, 1958), and LIX (Björnsson, Läsbarhet, 1968), which counts letters, not
//! syllables.

use super::syllables::syllables;
use domain::Language;

/// Minimum number of letters of a long word in LIX.
const LONG_WORD_LETTERS: usize = 7;

/// Counts of a passage of one sentence or more.
pub struct ReadingCounts {
    /// Sentences.
    pub sentences: f64,
    /// Words: what is between spaces and has a letter or a digit.
    pub words: f64,
    /// Syllables, counted by rule.
    pub syllables: f64,
    /// Words of seven letters or more.
    pub long_words: f64,
}

impl ReadingCounts {
    /// Counts a passage that was split by [`sentences`].
    pub fn of(language: Language, sentences: &[&str]) -> Self {
        let words: Vec<&str> = sentences.iter().flat_map(|sentence| words(sentence)).collect();
        let letters =
            |word: &&&str| word.chars().filter(|c| c.is_alphabetic()).count() >= LONG_WORD_LETTERS;
        Self {
            sentences: sentences.len() as f64,
            words: words.len() as f64,
            syllables: words.iter().map(|word| syllables(language, word)).sum::<usize>() as f64,
            long_words: words.iter().filter(letters).count() as f64,
        }
    }

    /// Flesch-Kincaid grade (Kincaid et al. 1975).
    pub fn grade(&self) -> f64 {
        0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59
    }

    /// Reading ease for French (Kandel and Moles 1958).
    pub fn ease(&self) -> f64 {
        207.0 - 1.015 * self.words / self.sentences - 73.6 * self.syllables / self.words
    }

    /// LIX (Björnsson 1968).
    pub fn lix(&self) -> f64 {
        self.words / self.sentences + 100.0 * self.long_words / self.words
    }
}

/// The words of a sentence.
pub fn words(sentence: &str) -> Vec<&str> {
    sentence.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).collect()
}

/// The sentences of a text, each with the mark that ends it.
pub fn sentences(text: &str) -> Vec<&str> {
    text.split_inclusive(['.', '?', '!'])
        .map(str::trim)
        .filter(|sentence| !words(sentence).is_empty())
        .collect()
}
