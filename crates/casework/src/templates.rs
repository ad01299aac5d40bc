//! Templates of replies: a text in each language with placeholders for facts of the service
//! directory. Every change is a new version. A placeholder without a fact stays in the text, is
//! reported, and stops the reply from being sent: a person never gets a hole.

use domain::Language;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The longest name of a template, in characters.
pub const TEMPLATE_NAME_CHARS_MAX: usize = 60;
/// The longest text in one language, in characters: half a reply.
pub const TEMPLATE_TEXT_CHARS_MAX: usize = 4_000;
/// Templates that can be used at a time: a list that people still read.
pub const TEMPLATES_MAX: usize = 100;

/// A fact that a template asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Placeholder {
    /// How the person is greeted, by name where it is known.
    Greeting,
    /// The name of the service.
    Service,
    /// The location with its weekly hours.
    Hours,
    /// The next day on which the location is open.
    NextOpen,
    /// What it costs, with the date of that fact.
    Fee,
    /// What to bring.
    Bring,
    /// The address of its page.
    Link,
    /// The phone number.
    Phone,
}

impl Placeholder {
    /// All placeholders, in the order of lists.
    pub const ALL: [Placeholder; 8] = [
        Placeholder::Greeting,
        Placeholder::Service,
        Placeholder::Hours,
        Placeholder::NextOpen,
        Placeholder::Fee,
        Placeholder::Bring,
        Placeholder::Link,
        Placeholder::Phone,
    ];

    /// Its name between braces, in English and in French; both are read in both texts.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Placeholder::Greeting => ("greeting", "salutation"),
            Placeholder::Service => ("service", "service"),
            Placeholder::Hours => ("hours", "heures"),
            Placeholder::NextOpen => ("next open day", "prochain jour"),
            Placeholder::Fee => ("fee", "tarif"),
            Placeholder::Bring => ("bring", "apporter"),
            Placeholder::Link => ("link", "lien"),
            Placeholder::Phone => ("phone", "téléphone"),
        }
    }

    /// Its name between braces in one language.
    pub fn name(self, language: Language) -> &'static str {
        let (english, french) = self.names();
        if language == Language::French { french } else { english }
    }

    fn parse(name: &str) -> Option<Self> {
        let name = name.trim().to_lowercase();
        Self::ALL.into_iter().find(|one| {
            let (english, french) = one.names();
            name == english || name == french
        })
    }
}

/// A part of a text with placeholders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TextPart<'a> {
    Words(&'a str),
    /// With its braces, as it is written.
    Fact(Placeholder, &'a str),
    /// Braces around something that is no placeholder.
    Unknown(&'a str),
}

/// Splits a text at its placeholders. Together, the parts are the text.
fn parts(text: &str) -> Vec<TextPart<'_>> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some(open) = rest.find('{') {
        // A brace inside braces begins anew: “{ or {fee}” has the fee.
        let close = rest[open..].find('}').map(|close| open + close);
        let open = close.and_then(|close| rest[..close].rfind('{')).unwrap_or(open);
        let (words, from) = rest.split_at(open);
        if !words.is_empty() {
            parts.push(TextPart::Words(words));
        }
        let Some(close) = from.find('}') else {
            parts.push(TextPart::Words(from));
            return parts;
        };
        let (braced, after) = from.split_at(close + 1);
        parts.push(match Placeholder::parse(&braced[1..close]) {
            Some(fact) => TextPart::Fact(fact, braced),
            None => TextPart::Unknown(braced),
        });
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(TextPart::Words(rest));
    }
    parts
}

/// The placeholders in a text.
pub fn placeholders(text: &str) -> BTreeSet<Placeholder> {
    let fact = |part| match part {
        TextPart::Fact(fact, _) => Some(fact),
        TextPart::Words(_) | TextPart::Unknown(_) => None,
    };
    parts(text).into_iter().filter_map(fact).collect()
}

/// Why texts are not a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateFault {
    /// A text is empty.
    Empty(Language),
    /// A text is too long, by so many characters.
    TooLong(Language, usize),
    /// Braces around something that is no placeholder.
    Unknown(String),
    /// The languages ask for different facts.
    Different(Placeholder),
}

/// Checks the two texts of a template.
///
/// # Errors
///
/// The first thing that is wrong with them.
pub fn check_texts(english: &str, french: &str) -> Result<(), TemplateFault> {
    for (language, text) in [(Language::English, english), (Language::French, french)] {
        if text.trim().is_empty() {
            return Err(TemplateFault::Empty(language));
        }
        let over = text.chars().count().saturating_sub(TEMPLATE_TEXT_CHARS_MAX);
        if over > 0 {
            return Err(TemplateFault::TooLong(language, over));
        }
        if let Some(TextPart::Unknown(braced)) =
            parts(text).into_iter().find(|part| matches!(part, TextPart::Unknown(_)))
        {
            return Err(TemplateFault::Unknown(braced.into()));
        }
    }
    let different =
        placeholders(english).symmetric_difference(&placeholders(french)).next().copied();
    different.map_or(Ok(()), |fact| Err(TemplateFault::Different(fact)))
}

/// A template with its facts in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledText {
    /// The text; a placeholder without a fact is still in it.
    pub text: String,
    /// The placeholders that are still in it.
    pub missing: BTreeSet<Placeholder>,
}

/// Puts facts into a text. A fact itself is never read for placeholders.
pub fn filled(text: &str, fact: impl Fn(Placeholder) -> Option<String>) -> FilledText {
    let mut filled = FilledText { text: String::new(), missing: BTreeSet::new() };
    for part in parts(text) {
        match part {
            TextPart::Words(words) | TextPart::Unknown(words) => filled.text.push_str(words),
            TextPart::Fact(of, braced) => match fact(of).filter(|fact| !fact.trim().is_empty()) {
                Some(fact) => filled.text.push_str(&fact),
                None => {
                    filled.text.push_str(braced);
                    filled.missing.insert(of);
                }
            },
        }
    }
    filled
}

/// One version of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateText {
    /// Its name in lists of the office.
    pub name: String,
    /// The text for people who write in English.
    pub english: String,
    /// The text for people who write in French.
    pub french: String,
}

impl TemplateText {
    /// The text in a person's language.
    pub fn text(&self, language: Language) -> &str {
        if language == Language::French { &self.french } else { &self.english }
    }
}

/// A template with all its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyTemplate {
    /// The versions, oldest first; never empty. The first one is number 1.
    versions: Vec<TemplateText>,
    /// Who wrote the newest version.
    pub who: String,
    /// When, in ms since 1970.
    pub at_ms: u64,
    /// It is not offered any more.
    pub is_removed: bool,
}

impl ReplyTemplate {
    /// The number of the newest version.
    pub fn version(&self) -> u32 {
        u32::try_from(self.versions.len()).unwrap_or(u32::MAX)
    }

    /// The newest version.
    pub fn newest(&self) -> &TemplateText {
        self.versions.last().expect("a template is made with its first version")
    }
}

/// All templates, by their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplyTemplates(BTreeMap<u32, ReplyTemplate>);

impl ReplyTemplates {
    /// A new template, or a new version of one. A version of a template that does not exist is
    /// nothing.
    pub(crate) fn save(
        &mut self,
        (act, template): (u32, Option<u32>),
        text: TemplateText,
        (who, at_ms): (String, u64),
    ) {
        match template {
            None => {
                let new = ReplyTemplate { versions: vec![text], who, at_ms, is_removed: false };
                self.0.insert(act, new);
            }
            Some(number) => {
                if let Some(known) = self.0.get_mut(&number) {
                    known.versions.push(text);
                    (known.who, known.at_ms, known.is_removed) = (who, at_ms, false);
                }
            }
        }
    }

    pub(crate) fn remove(&mut self, number: u32) {
        if let Some(known) = self.0.get_mut(&number) {
            known.is_removed = true;
        }
    }

    /// A template, removed or not.
    pub fn get(&self, number: u32) -> Option<&ReplyTemplate> {
        self.0.get(&number)
    }

    /// The templates that can be used, with their numbers.
    pub fn in_use(&self) -> impl Iterator<Item = (u32, &ReplyTemplate)> {
        let all = self.0.iter().map(|(number, template)| (*number, template));
        all.filter(|(_, template)| !template.is_removed)
    }
}

#[cfg(test)]
mod tests;
