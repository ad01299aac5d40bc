//! The words that people really use, as the office edits them: concepts in both languages, and what is done elsewhere.

use crate::words::{folded, is_chatter, stem, words_of};
use domain::ServiceId;
use serde::{Deserialize, Serialize};

/// A thesaurus as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thesaurus {
    #[serde(default)]
    pub concept: Vec<Concept>,
}

/// One thing and what people call it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concept {
    pub id: String,
    /// Two-way: each finds the records that use any other.
    #[serde(default)]
    pub en: Vec<String>,
    #[serde(default)]
    pub fr: Vec<String>,
    /// One-way: they lead to the services of the concept, and mean nothing else.
    #[serde(default)]
    pub also_en: Vec<String>,
    #[serde(default)]
    pub also_fr: Vec<String>,
    #[serde(default)]
    pub services: Vec<ServiceId>,
}

impl Concept {
    /// The words that stand for each other.
    pub fn synonyms(&self) -> impl Iterator<Item = &str> {
        self.en.iter().chain(&self.fr).map(String::as_str)
    }

    /// All words that lead to the services of the concept.
    pub fn all_words(&self) -> impl Iterator<Item = &str> {
        self.synonyms().chain(self.also_en.iter().chain(&self.also_fr).map(String::as_str))
    }

    /// Whether a text uses one of the synonyms, in any form of its words.
    pub(crate) fn is_used_in(&self, text: &Stems) -> bool {
        self.synonyms().any(|synonym| text.hold(&Stems::of(synonym)))
    }
}

/// The stems of a text, for finding phrases in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stems(Vec<String>);

impl Stems {
    pub(crate) fn of(text: &str) -> Self {
        Self(words_of(&folded(text)).filter(|word| !is_chatter(word)).map(stem).collect())
    }

    /// How much of the text a name is that stands in it whole, in any order; nothing when a word of it is missing.
    pub(crate) fn share_of(&self, name: &Self) -> f32 {
        let is_whole = !name.0.is_empty() && name.0.iter().all(|word| self.0.contains(word));
        if is_whole { name.0.len() as f32 / self.0.len() as f32 } else { 0.0 }
    }

    fn hold(&self, phrase: &Self) -> bool {
        !phrase.0.is_empty() && self.0.windows(phrase.0.len()).any(|window| window == phrase.0)
    }
}
