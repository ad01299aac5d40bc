//! The words that people really use, as the office edits them: concepts with their names in both
//! languages.

use crate::words::{content_words, is_of_any_service, searchable, stem};
use domain::{HubId, ServiceId};
use serde::{Deserialize, Serialize};

/// A thesaurus as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thesaurus {
    /// The concepts, in the order written.
    #[serde(default)]
    pub concept: Vec<Concept>,
}

/// One thing and what people call it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Concept {
    /// Id of the concept: a short name of its own.
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = "^[a-z0-9]+(-[a-z0-9]+)*$"), length(max = 80))
    )]
    pub id: String,
    /// English synonyms. They work both ways: each finds the records that use any other.
    #[cfg_attr(feature = "schema", schemars(inner(length(min = 1))))]
    #[serde(default)]
    pub en: Vec<String>,
    /// French synonyms, in the same way.
    #[cfg_attr(feature = "schema", schemars(inner(length(min = 1))))]
    #[serde(default)]
    pub fr: Vec<String>,
    /// One-way English words: what people say when they want one of the services or locations. They
    /// lead to these, but are not synonyms of the others. Phrases are welcome.
    #[cfg_attr(feature = "schema", schemars(inner(length(min = 1))))]
    #[serde(default)]
    pub also_en: Vec<String>,
    /// One-way French words, in the same way.
    #[cfg_attr(feature = "schema", schemars(inner(length(min = 1))))]
    #[serde(default)]
    pub also_fr: Vec<String>,
    /// Ids of the services that all of these words lead to, best first.
    #[serde(default)]
    pub services: Vec<ServiceId>,
    /// Ids of the locations that all of these words lead to, such as every rink.
    #[serde(default)]
    pub hubs: Vec<HubId>,
}

impl Concept {
    /// The words that can replace each other, in both languages.
    pub fn synonyms(&self) -> impl Iterator<Item = &str> {
        self.en.iter().chain(&self.fr).map(String::as_str)
    }

    /// All words that lead to the services of the concept.
    pub fn all_words(&self) -> impl Iterator<Item = &str> {
        self.synonyms().chain(self.also_en.iter().chain(&self.also_fr).map(String::as_str))
    }

    /// The stems of the synonyms, for finding them in texts in any form of their words.
    pub(crate) fn stems(&self) -> Vec<Stems> {
        self.synonyms().map(Stems::of).collect()
    }
}

/// The stems of a text without stop words, for finding phrases in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stems(Vec<String>);

impl Stems {
    pub(crate) fn of(text: &str) -> Self {
        Self(content_words(&searchable(text)).map(stem).collect())
    }

    /// The share of this text's words that belong to `names`, from 0 to 1. A name counts only if
    /// all of its words occur in this text, in any order. Words for what people do with any service
    /// do not count: "renew online" does not say which licence is meant.
    pub(crate) fn share_of(&self, names: &[Self]) -> f32 {
        let is_whole = |name: &&Self| name.0.iter().all(|word| self.0.contains(word));
        let whole: Vec<&Self> = names.iter().filter(is_whole).collect();
        let has = |word: &&String| whole.iter().any(|name| name.0.contains(word));
        let (named, others): (Vec<&String>, Vec<&String>) = self.0.iter().partition(has);
        let telling = others.iter().filter(|word| !is_of_any_service(word)).count();
        named.len() as f32 / (named.len() + telling).max(1) as f32
    }

    /// Whether the words of `phrase` occur side by side, in this order; `false` if it is empty.
    pub(crate) fn hold(&self, phrase: &Self) -> bool {
        !phrase.0.is_empty() && self.0.windows(phrase.0.len()).any(|window| window == phrase.0)
    }
}
