//! Checks of the municipality's own record.

use super::{Faults, Problem};
use crate::catalogue::CatalogueFile;
use crate::municipality::Municipality;

/// Contrast ratio that text needs against its background (WCAG 2.2, success criterion 1.4.6), times
/// 100.
const CONTRAST_HUNDREDTHS: u32 = 700;
/// Light and dark backgrounds, as `--paper` in `style/tokens.css`.
const PAPER: &str = "#ffffff";
const PAPER_DARK: &str = "#0f1a20";
/// Most services shown on the home page.
const COMMON_NEEDS_MAX: usize = 8;

pub(super) fn check(file: &CatalogueFile, faults: &mut Faults) {
    let municipality = &file.municipality;
    let record = format!("municipality {}", municipality.id);
    let texts = [
        ("name", &municipality.name),
        ("formal_name", &municipality.formal_name),
        ("about", &municipality.about),
        ("emergency.line", &municipality.emergency.line),
        ("notice.authority", &municipality.notice.authority),
        ("notice.purpose", &municipality.notice.purpose),
        ("notice.officer_title", &municipality.notice.officer_title),
    ];
    for (field, text) in texts {
        faults.bilingual(&record, field, text);
    }
    check_lines(municipality, &record, faults);
    check_colours(municipality, &record, faults);
    faults.count(&record, "languages", municipality.languages.len(), 1, 2);
    faults.count(&record, "common_needs", municipality.common_needs.len(), 0, COMMON_NEEDS_MAX);
    let services: Vec<_> = file.services.iter().map(|service| &service.id).collect();
    for credit in &municipality.credits {
        faults.bilingual(&record, "credits.text", &credit.text);
        faults.address(&record, "credits.url", Some(&credit.url));
    }
    for need in &municipality.common_needs {
        faults.known(&record, "common_needs", "service", need, &services);
    }
    if !municipality.time_zone.contains('/') && municipality.time_zone != "UTC" {
        faults.other(
            &record,
            "time_zone",
            format!("“{}” is not a time zone", municipality.time_zone),
            "write it as America/Toronto",
        );
    }
}

fn check_lines(municipality: &Municipality, record: &str, faults: &mut Faults) {
    let contact = &municipality.contact;
    let emergency = &municipality.emergency;
    faults.address(record, "website", Some(&municipality.website));
    faults.phone(record, "contact.phone", Some(&contact.phone));
    faults.phone(record, "contact.toll_free", contact.toll_free.as_ref());
    faults.email(record, "contact.email", Some(&contact.email));
    faults.source(&format!("{record} contact"), &contact.source);
    faults.phone(record, "emergency.number", Some(&emergency.number));
    faults.phone(record, "emergency.after_hours_phone", emergency.after_hours_phone.as_ref());
    faults.source(&format!("{record} emergency"), &emergency.source);
    faults.phone(record, "notice.officer_phone", Some(&municipality.notice.officer_phone));
    faults.filled(record, "notice.officer_address", &municipality.notice.officer_address);
    faults.phone(record, "accessibility.phone", Some(&municipality.accessibility.phone));
    faults.email(record, "accessibility.email", Some(&municipality.accessibility.email));
    for (field, note) in [
        ("contact.note", &contact.note),
        ("emergency.after_hours_note", &emergency.after_hours_note),
    ] {
        if let Some(note) = note {
            faults.bilingual(record, field, note);
        }
    }
}

fn check_colours(municipality: &Municipality, record: &str, faults: &mut Faults) {
    let colours = [
        ("colours.accent", &municipality.colours.accent, PAPER),
        ("colours.accent_dark", &municipality.colours.accent_dark, PAPER_DARK),
    ];
    for (field, colour, paper) in colours {
        match contrast_hundredths(colour, paper) {
            None => faults.add(record, field, Problem::NotAColour(colour.clone())),
            Some(hundredths) if hundredths < CONTRAST_HUNDREDTHS => {
                faults.add(
                    record,
                    field,
                    Problem::LowContrast { colour: colour.clone(), hundredths },
                );
            }
            Some(_) => {}
        }
    }
}

/// The contrast ratio of two colours (WCAG 2.2, "contrast ratio"), times 100. `None` if one is not
/// a colour.
fn contrast_hundredths(a: &str, b: &str) -> Option<u32> {
    let (a, b) = (luminance(a)?, luminance(b)?);
    Some(((a.max(b) + 0.05) / (a.min(b) + 0.05) * 100.0) as u32)
}

/// Relative luminance of `#rrggbb` (WCAG 2.2). `None` if it is not a colour.
fn luminance(colour: &str) -> Option<f64> {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let value = u32::from_str_radix(digits, 16).ok()?;
    let channel = |shift: u32| {
        let share = f64::from(value >> shift & 0xff) / 255.0;
        if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    Some(0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        assert_eq!(contrast_hundredths("#000000", "#ffffff"), Some(2100));
        assert_eq!(contrast_hundredths("#767676", "#ffffff"), Some(454));
        assert_eq!(contrast_hundredths("red", "#ffffff"), None);
    }
}
