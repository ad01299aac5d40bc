//! A reply composed from the current edition: what to bring, the cost, how long it takes, where. If
//! the record has changed since the draft was composed, the sender is warned first.

use domain::catalogue::Service;
use domain::hours::{DayHours, Hours, Moment};
use domain::{Catalogue, Language};
use sha2::{Digest, Sha256};
use wording::{may_be_closed, money};

/// Locations that a reply names; the record has them all.
const HUBS_MAX: usize = 4;

/// The service's record as text for a person, with headings in their language. The record's own
/// texts stay in the language they were written in.
pub(super) fn composed(
    service: &Service,
    catalogue: &Catalogue,
    today: Moment,
    language: Language,
) -> String {
    let t = |english: &'static str, french: &'static str| {
        if language == Language::English { english } else { french }
    };
    let mut lines = vec![service.name.clone(), service.summary.clone()];
    if !service.documents.is_empty() {
        lines.push(format!("{} {}", t("Bring:", "À apporter :"), service.documents.join("; ")));
    }
    let confirm = if service.needs_confirming() {
        t(" (not confirmed, please call)", " (non confirmé, veuillez appeler)")
    } else {
        ""
    };
    let fees: Vec<String> = service
        .fees
        .iter()
        .map(|fee| format!("{} ({})", money(language, fee.cents.into()), fee.what))
        .chain(service.fee.clone())
        .collect();
    if !fees.is_empty() {
        lines.push(format!("{} {}{confirm}", t("Cost:", "Coût :"), fees.join("; ")));
    }
    if let Some(time) = &service.processing_time {
        lines.push(format!("{} {time}{confirm}", t("How long it takes:", "Délai :")));
    }
    if let Some(url) = &service.channels.online_url {
        lines.push(format!("{} {url}", t("Online:", "En ligne :")));
    }
    if let Some(phone) =
        service.channels.phone.as_ref().or(Some(&catalogue.municipality().contact.phone))
    {
        lines.push(format!("{} {phone}", t("Phone:", "Téléphone :")));
    }
    let hubs: Vec<_> = catalogue.hubs_for(service).take(HUBS_MAX).collect();
    for hub in hubs {
        let plan = Hours::of(catalogue, hub).on(today.date);
        let holiday = plan.holiday.as_ref().and_then(|id| catalogue.holiday(id));
        let is_known = plan.hours != DayHours::Unknown;
        let hours = match plan.hours {
            DayHours::Open(spans) => spans
                .iter()
                .map(|span| format!("{}–{}", span.from(), span.to()))
                .collect::<Vec<_>>()
                .join(", "),
            DayHours::Closed => t("closed today", "fermé aujourd’hui").into(),
            DayHours::Unknown => match holiday {
                Some(holiday) => may_be_closed(language, holiday.name.get(language)),
                None => {
                    t("hours unknown, please call", "heures inconnues, veuillez appeler").into()
                }
            },
        };
        let sure = if plan.is_certain || !is_known {
            ""
        } else {
            t(" (not confirmed)", " (non confirmé)")
        };
        lines.push(
            format!("{} {}, {} : {hours}{sure}", t("At:", "À :"), hub.name, hub.town)
                .replace(" : ", t(": ", " : ")),
        );
    }
    lines.join("\n")
}

/// A short digest of everything that a reply may quote from a record: it differs if the record has
/// changed.
pub(super) fn digest(service: &Service) -> String {
    let said = (
        &service.name,
        &service.summary,
        &service.documents,
        (&service.fees, &service.fee),
        &service.processing_time,
        &service.channels,
        service.details_verified,
    );
    hex::encode(&Sha256::digest(serde_json::to_vec(&said).unwrap_or_default())[..8])
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ServiceId;

    #[test]
    fn a_reply_says_that_a_location_may_be_closed_on_a_statutory_holiday() {
        let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/kawartha-lakes");
        let (catalogue, _) = publish::check_dir(std::path::Path::new(data)).unwrap();
        let service = catalogue.service(&ServiceId::parse("dog-licence").unwrap()).unwrap();
        let said = |day: &str, language| {
            composed(service, &catalogue, Moment::parse(day).unwrap(), language)
        };
        // Nobody has confirmed whether City Hall is open on Family Day.
        let holiday = said("2027-02-15 10:00", Language::English);
        assert!(holiday.contains("May be closed for Family Day. Call first."), "{holiday}");
        assert!(!holiday.contains("08:30"), "{holiday}");
        let french = said("2027-02-15 10:00", Language::French);
        assert!(french.contains("Peut-être fermé (Jour de la famille). Appelez d’abord."));
        let usual = said("2027-02-16 10:00", Language::English);
        assert!(usual.contains("08:30–16:30") && !usual.contains("May be closed"), "{usual}");
    }
}
