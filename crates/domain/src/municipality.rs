//! The municipality's own record: its name, phone numbers, colours and legal notice.

use crate::ids::MunicipalityId;
use crate::provenance::Provenance;
use crate::text::{Language, Text};
use serde::{Deserialize, Serialize};

/// The municipality's own record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Municipality {
    /// Id of the municipality. Never changes.
    pub id: MunicipalityId,
    /// As residents say it: "Kawartha Lakes".
    pub name: Text,
    /// As documents say it: "City of Kawartha Lakes".
    pub formal_name: Text,
    /// Full address of the municipality's own site.
    #[cfg_attr(feature = "schema", schemars(url))]
    pub website: String,
    /// IANA name of the time zone in which all hours are written, as in `America/Toronto`.
    pub time_zone: String,
    /// The languages that the app offers. A new visitor sees the first.
    pub languages: Vec<Language>,
    /// How to reach the municipality in working hours.
    pub contact: MunicipalityContact,
    /// What every page shows for emergencies.
    pub emergency: Emergency,
    /// Accent colours of the app, as `#rrggbb`.
    pub colours: Colours,
    /// The notice of collection.
    pub notice: CollectionNotice,
    /// One sentence under the name on the About page.
    pub about: Text,
    /// Contact for questions about accessibility and for documents in other formats.
    pub accessibility: AccessibilityContact,
    /// Ids of services for the home page, most requested first; at most eight.
    pub common_needs: Vec<crate::ids::ServiceId>,
    /// Attributions of data sources, shown on the About page.
    #[serde(default)]
    pub credits: Vec<Credit>,
}

/// An attribution that a licence requires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Credit {
    /// The sentence that the licence requires.
    pub text: Text,
    /// Full address of the licence.
    #[cfg_attr(feature = "schema", schemars(url))]
    pub url: String,
}

/// How to reach the municipality in working hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MunicipalityContact {
    /// Main phone number, as in `705-324-9411`.
    pub phone: String,
    /// Toll-free phone number.
    #[serde(default)]
    pub toll_free: Option<String>,
    /// Main e-mail address.
    pub email: String,
    /// Postal address.
    #[serde(default)]
    pub mail: Option<String>,
    /// Says what is unconfirmed about the above. Leave it out if nothing is.
    #[serde(default)]
    pub note: Option<Text>,
    /// Where the record comes from, and how certain it is.
    pub source: Provenance,
}

/// What every page shows for matters that cannot wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Emergency {
    /// Stands on every page, such as "In an emergency, call 911".
    pub line: Text,
    /// The emergency number, as in `911`.
    pub number: String,
    /// Phone number outside office hours for urgent matters that are not for the emergency number.
    #[serde(default)]
    pub after_hours_phone: Option<String>,
    /// What residents should know about that number.
    #[serde(default)]
    pub after_hours_note: Option<Text>,
    /// Where the record comes from, and how certain it is.
    pub source: Provenance,
}

/// Accent colours as `#rrggbb`. The product defines the rest of the palette.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Colours {
    /// Links and main buttons on a light background; its contrast with white is 7:1 or more.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^#[0-9a-f]{6}$")))]
    pub accent: String,
    /// Links and main buttons on a dark background; its contrast with it is 7:1 or more.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^#[0-9a-f]{6}$")))]
    pub accent_dark: String,
}

/// The notice of collection, shown before the first field that asks for personal information
/// (Ontario's MFIPPA, section 29(2)): authority, purpose, and an officer who answers questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CollectionNotice {
    /// Raise it with every change. Stored with each submission.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub version: u32,
    /// Legal authority for the collection: by which law.
    pub authority: Text,
    /// Purposes of the collection.
    pub purpose: Text,
    /// Title of the officer who answers questions.
    pub officer_title: Text,
    /// Business address of the officer.
    pub officer_address: String,
    /// Business phone number of the officer.
    pub officer_phone: String,
    /// False until the municipality's clerk has confirmed the wording; the screen says so.
    pub confirmed: bool,
}

/// Contact for questions about accessibility and for other formats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AccessibilityContact {
    /// E-mail address for them.
    pub email: String,
    /// Phone number for them.
    pub phone: String,
    /// Where the record comes from, and how certain it is.
    pub source: Provenance,
}
