//! Languages of the interface, and texts that the municipality provides in one or both of them.

use serde::{Deserialize, Serialize};

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    English,
    /// French.
    #[serde(rename = "fr")]
    French,
}

impl Language {
    /// The BCP 47 tag, as used in the `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::French => "fr",
        }
    }

    /// The language of a BCP 47 tag; `None` if the interface does not have it.
    pub fn parse(tag: &str) -> Option<Self> {
        [Language::English, Language::French].into_iter().find(|language| language.tag() == tag)
    }
}

/// A text of the municipality: always in English, and in French if it has been written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// In English.
    pub en: String,
    /// In French; needed where the municipality offers French.
    #[serde(default)]
    pub fr: Option<String>,
}

impl Text {
    /// The text for a reader of `language`, and the language that it is actually in.
    pub fn for_reader(&self, language: Language) -> (&str, Language) {
        match (&self.fr, language) {
            (Some(french), Language::French) => (french, Language::French),
            _ => (&self.en, Language::English),
        }
    }

    /// The text alone, for use where its language is marked by other means.
    pub fn get(&self, language: Language) -> &str {
        self.for_reader(language).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_french_says_that_it_is_english() {
        let text = Text { en: "Hours".into(), fr: None };
        assert_eq!(text.for_reader(Language::French), ("Hours", Language::English));
        let both = Text { en: "Hours".into(), fr: Some("Heures".into()) };
        assert_eq!(both.for_reader(Language::French), ("Heures", Language::French));
    }
}
