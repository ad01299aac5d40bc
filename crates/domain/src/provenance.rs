//! Where a fact comes from and how certain it is. Provenance accompanies the fact as far as the
//! screen.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A date as precise as its source: `2025`, `2025-06` or `2025-06-30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(extend("pattern" = r"^\d{4}(-\d{2}(-\d{2})?)?$"))
)]
#[serde(try_from = "String", into = "String")]
pub struct SourceDate {
    /// Year, four digits.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: Option<u8>,
    /// Day of the month, 1 to 31.
    pub day: Option<u8>,
}

impl SourceDate {
    /// Parses `2025`, `2025-06` or `2025-06-30`. `None` for any other form.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year = number(parts.next()?, 4)?;
        let month = optional(parts.next(), 12)?;
        let day = optional(parts.next(), 31)?;
        parts.next().is_none().then_some(Self { year, month, day })
    }
}

fn number(digits: &str, length: usize) -> Option<u16> {
    let is_number = digits.len() == length && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

/// Parses a two-digit part that may be absent (`Some(None)`) but not invalid (`None`).
fn optional(part: Option<&str>, largest: u16) -> Option<Option<u8>> {
    match part {
        None => Some(None),
        Some(digits) => {
            number(digits, 2).filter(|n| (1..=largest).contains(n)).map(|n| Some(n as u8))
        }
    }
}

impl TryFrom<String> for SourceDate {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
            .ok_or_else(|| format!("“{text}” is not a date: write 2025, 2025-06 or 2025-06-30"))
    }
}

impl From<SourceDate> for String {
    fn from(date: SourceDate) -> String {
        date.to_string()
    }
}

impl fmt::Display for SourceDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        for part in [self.month, self.day].into_iter().flatten() {
            write!(f, "-{part:02}")?;
        }
        Ok(())
    }
}

/// Where a record comes from, and how certain it is. `verified` is never true without a `url`,
/// which the catalogue check ensures.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Full address of the page that is the source. On devices, its host only.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(url))]
    pub url: Option<String>,
    /// When the source was written, as precise as it says: `2025`, `2025-06` or `2025-06-30`.
    #[serde(default)]
    pub date: Option<SourceDate>,
    /// What an editor should know about the source.
    #[serde(default)]
    pub note: Option<String>,
    /// What kind of copy it was: old, new (the municipality's sites), news, print, minutes.
    #[serde(default)]
    pub layout: Option<String>,
    /// Whether a usable page was seen that confirms the record. Never true without `url`.
    pub verified: bool,
}

impl Provenance {
    /// Reduces the source to what a device needs: the host of the page. The full address is useless
    /// without a network, and the server has it. The note is for editors.
    pub fn shorten(&mut self) {
        self.layout = None;
        self.note = None;
        if let Some(url) = &mut self.url {
            let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
            *url = rest.split('/').next().unwrap_or_default().into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortened_source_still_says_whose_page_it_is() {
        for (url, host) in [
            ("https://www.example.ca/a/b?c=d", "www.example.ca"),
            ("http://example.ca", "example.ca"),
            ("example.ca/a", "example.ca"),
        ] {
            let mut source = Provenance {
                url: Some(url.into()),
                layout: Some("old".into()),
                note: Some("a copy".into()),
                ..Provenance::default()
            };
            source.shorten();
            let rest = (source.layout, source.note);
            assert_eq!((source.url.as_deref(), rest), (Some(host), (None, None)));
        }
    }

    #[test]
    fn a_source_date_is_as_precise_as_its_source() {
        for text in ["2025", "2025-06", "2025-06-30"] {
            assert_eq!(SourceDate::parse(text).map(|d| d.to_string()).as_deref(), Some(text));
        }
        for text in
            ["", "25", "2025-13", "2025-00", "2025-6", "2025-06-32", "2025-06-30-1", "June 2025"]
        {
            assert_eq!(SourceDate::parse(text), None, "{text}");
        }
    }
}
