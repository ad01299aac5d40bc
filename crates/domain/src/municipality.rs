//! The municipality itself, as data: its name, its lines, its colours, its legal notice.

use crate::ids::MunicipalityId;
use crate::provenance::Provenance;
use crate::text::{Language, Text};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Municipality {
    pub id: MunicipalityId,
    /// As residents say it: "Kawartha Lakes".
    pub name: Text,
    /// As documents say it: "City of Kawartha Lakes".
    pub formal_name: Text,
    pub website: String,
    /// IANA name of the zone in which all hours are given, as in `America/Toronto`.
    pub time_zone: String,
    /// The languages that the app offers; the first is what a new visitor sees.
    pub languages: Vec<Language>,
    pub contact: Contact,
    pub emergency: Emergency,
    pub colours: Colours,
    pub notice: CollectionNotice,
    /// One sentence under the name on the About page.
    pub about: Text,
    /// Who answers about accessibility and other formats.
    pub accessibility: AccessibilityContact,
    /// Ids of services for the home page, most asked first. At most eight are shown.
    pub common_needs: Vec<crate::ids::ServiceId>,
    /// What must be said of whom data were taken from; on the About page.
    #[serde(default)]
    pub credits: Vec<Credit>,
}

/// The sentence that a licence asks for, and where the licence is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credit {
    pub text: Text,
    pub url: String,
}

/// The lines that answer in working hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    pub phone: String,
    #[serde(default)]
    pub toll_free: Option<String>,
    pub email: String,
    #[serde(default)]
    pub mail: Option<String>,
    /// Says what is unconfirmed about the above, if anything is.
    #[serde(default)]
    pub note: Option<Text>,
    pub source: Provenance,
}

/// What stands on every page for the moment that cannot wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Emergency {
    /// "In an emergency, call 911."
    pub line: Text,
    pub number: String,
    /// Urgent matters that are not for the emergency number, outside office hours.
    #[serde(default)]
    pub after_hours_phone: Option<String>,
    #[serde(default)]
    pub after_hours_note: Option<Text>,
    pub source: Provenance,
}

/// Accent colours as `#rrggbb`; the rest of the palette is the product's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Colours {
    /// Links and main buttons on light paper.
    pub accent: String,
    /// The same on dark paper.
    pub accent_dark: String,
}

/// The notice that stands before the first field that asks for personal information
/// (Ontario's MFIPPA, section 29(2)): authority, purpose, and an officer who answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectionNotice {
    /// Grows with every change; stored with each record.
    pub version: u32,
    pub authority: Text,
    pub purpose: Text,
    pub officer_title: Text,
    pub officer_address: String,
    pub officer_phone: String,
    /// False until the municipality's clerk has confirmed the words; the screen says so.
    pub confirmed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessibilityContact {
    pub email: String,
    pub phone: String,
    pub source: Provenance,
}
