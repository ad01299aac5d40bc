//! Maple Bay, a small invented town, as a catalogue for tests: at least one record of every kind,
//! without faults. A test changes what it is about and checks the result.
#![warn(missing_docs)]
#![allow(
    clippy::unwrap_used,
    reason = "only tests call this crate; a wrong literal should stop one"
)]

mod places;
mod services;
mod survey;

pub use places::{every_day, holiday, hub, spans};
pub use services::{service, task};

use domain::Catalogue;
use domain::alert::Alert;
use domain::catalogue::{CatalogueFile, ServedElsewhere, Who};
use domain::hours::{Date, Moment};
use domain::municipality::{
    AccessibilityContact, CollectionNotice, Colours, Credit, Emergency, Municipality,
    MunicipalityContact,
};
use domain::place::Place;
use domain::provenance::Provenance;
use domain::terminal::Terminal;
use domain::text::{Language, Text};

/// The town's records, which have no faults.
pub fn town() -> CatalogueFile {
    CatalogueFile {
        version: 7,
        published_on: date("2026-11-23"),
        municipality: municipality(),
        categories: services::categories(),
        services: services::services(),
        tasks: services::tasks(),
        facilities: places::facilities(),
        hubs: places::hubs(),
        holidays: places::holidays(),
        recurring_closures: places::recurring_closures(),
        survey: survey::survey(),
        elsewhere: vec![ServedElsewhere {
            id: "passport".to_string().try_into().unwrap(),
            en: vec!["passport".into()],
            fr: vec!["passeport".into()],
            who: Who::Federal,
        }],
        places: vec![Place {
            name: "Old Mill".into(),
            also: vec!["Mill Pond".into()],
            lat: 44.4,
            lon: -78.7,
            source: verified("mill"),
        }],
        alerts: vec![alert("2026-11-23 08:00", "2026-11-25 12:00")],
        terminals: vec![Terminal {
            id: id("library-screen"),
            hub: id("library"),
            languages: vec![Language::English, Language::French],
            idle_s: 90,
            is_ephemeral: true,
        }],
        life_events: services::life_events(),
        translations: Vec::new(),
    }
}

/// The town's records after a change, checked.
///
/// # Panics
///
/// If the changed records have faults.
pub fn checked(change: impl FnOnce(&mut CatalogueFile)) -> Catalogue {
    let mut file = town();
    change(&mut file);
    Catalogue::check(file).unwrap()
}

/// Parses an id of any kind.
///
/// # Panics
///
/// If the text is not an id.
pub fn id<T: TryFrom<String, Error: std::fmt::Debug>>(text: &str) -> T {
    text.to_string().try_into().unwrap()
}

/// Parses a date such as `2026-11-23`.
///
/// # Panics
///
/// If the text is not a date.
pub fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

/// Parses a moment such as `2026-11-23 08:30`.
///
/// # Panics
///
/// If the text is not a moment.
pub fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

/// A text in both languages.
pub fn text(en: &str) -> Text {
    Text { en: en.into(), fr: Some(format!("{en} (fr)")) }
}

/// A verified source: a page of the town's own site.
pub fn verified(page: &str) -> Provenance {
    Provenance {
        url: Some(format!("https://maple-bay.example.org/{page}")),
        verified: true,
        ..Provenance::default()
    }
}

/// An urgent notice that is shown from one moment until another.
pub fn alert(from: &str, until: &str) -> Alert {
    Alert {
        text: text("Boil your water"),
        from: moment(from),
        until: moment(until),
        url: Some("https://maple-bay.example.org/water".into()),
    }
}

fn municipality() -> Municipality {
    Municipality {
        id: id("maple-bay"),
        name: text("Maple Bay"),
        formal_name: text("Town of Maple Bay"),
        website: "https://maple-bay.example.org".into(),
        time_zone: "America/Toronto".into(),
        languages: vec![Language::English, Language::French],
        contact: MunicipalityContact {
            phone: "705-555-0100".into(),
            toll_free: Some("1-888-555-0100".into()),
            email: "office@maple-bay.example.org".into(),
            mail: Some("1 Main Street".into()),
            note: Some(text("Not confirmed")),
            source: verified("contact"),
        },
        emergency: Emergency {
            line: text("In an emergency, call 911."),
            number: "911".into(),
            after_hours_phone: Some("705-555-0199".into()),
            after_hours_note: Some(text("For burst pipes")),
            source: verified("emergency"),
        },
        colours: Colours { accent: "#5b2a6e".into(), accent_dark: "#d9b8e6".into() },
        notice: CollectionNotice {
            version: 2,
            authority: text("Municipal Act"),
            purpose: text("To answer you"),
            officer_title: text("Clerk"),
            officer_address: "1 Main Street".into(),
            officer_phone: "705-555-0101".into(),
            confirmed: true,
        },
        about: text("A town by a lake."),
        accessibility: AccessibilityContact {
            email: "access@maple-bay.example.org".into(),
            phone: "705-555-0102".into(),
            source: verified("access"),
        },
        common_needs: vec![id("dog-licence"), id("boat-permit")],
        credits: vec![Credit {
            text: text("Contains open data"),
            url: "https://open.example.org/licence".into(),
        }],
    }
}
