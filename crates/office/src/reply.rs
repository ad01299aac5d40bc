//! A reply composed from the current edition: what to bring, the cost, how long it takes, where and
//! when. It is read later than it is written, and must be true then: opening times are days and
//! hours, never "today". If the facts have changed since the draft was composed, the sender is
//! warned first.

pub(super) mod template_facts;

use domain::catalogue::{Hub, Service};
use domain::hours::{Date, DayHours, DayPlan, Hours, Weekday};
use domain::phone::ReadPhone;
use domain::{Catalogue, Language};
use sha2::{Digest, Sha256};
use wording::{day, day_hours, money, spans, weekday};

/// Locations that a reply names; the record has them all.
const HUBS_MAX: usize = 4;
/// Days ahead for which holidays are named: a reply is acted on within two weeks.
const HOLIDAY_DAYS: i32 = 14;
/// Days of an event that are named.
const EVENT_DAYS_MAX: usize = 3;

/// How a reply begins.
pub(super) fn greeting(name: Option<&str>, language: Language) -> String {
    let hello = if language == Language::English { "Hello" } else { "Bonjour" };
    match name {
        Some(name) => format!("{hello} {name},"),
        None => format!("{hello},"),
    }
}

/// The service's record as text for a person, with headings in their language. The record's own
/// texts stay in the language they were written in.
pub(super) fn composed(
    service: &Service,
    catalogue: &Catalogue,
    today: Date,
    language: Language,
) -> String {
    let facts = ReplyFacts { catalogue, today, language };
    let t = |english, french| facts.t(english, french);
    let mut lines = vec![service.name.clone(), service.summary.clone()];
    if !service.documents.is_empty() {
        lines.push(format!("{} {}", t("Bring:", "À apporter :"), service.documents.join("; ")));
    }
    let fees: Vec<String> = service
        .fees
        .iter()
        .map(|fee| format!("{} ({})", money(language, fee.cents.into()), fee.what))
        .chain(service.fee.clone())
        .collect();
    if !fees.is_empty() {
        lines.push(format!("{} {}", t("Cost:", "Coût :"), fees.join("; ")));
    }
    if let Some(time) = &service.processing_time {
        lines.push(format!("{} {time}", t("How long it takes:", "Délai :")));
    }
    if let Some(url) = &service.channels.online_url {
        lines.push(format!("{} {url}", t("Online:", "En ligne :")));
    }
    let general = &catalogue.municipality().contact.phone;
    let phone = shown(service.channels.phone.as_ref().unwrap_or(general), language);
    lines.push(format!("{} {phone}", t("Phone:", "Téléphone :")));
    let hubs: Vec<&Hub> = catalogue.hubs_for(service).take(HUBS_MAX).collect();
    lines.extend(hubs.iter().map(|hub| facts.place(hub)));
    let is_unsure = service.needs_confirming();
    let is_hour_unsure = |hub: &&Hub| !hub.hours_verified && !facts.times(hub).is_empty();
    lines.extend(facts.doubt(
        is_unsure && !fees.is_empty(),
        is_unsure && service.processing_time.is_some(),
        hubs.iter().any(is_hour_unsure),
        &phone,
    ));
    lines.join("\n")
}

/// A short digest of everything that a reply may quote: it differs if the facts have changed.
pub(super) fn digest(
    service: &Service,
    catalogue: &Catalogue,
    today: Date,
    language: Language,
) -> String {
    let quoted = composed(service, catalogue, today, language);
    hex::encode(&Sha256::digest(quoted.as_bytes())[..8])
}

fn shown(phone: &str, language: Language) -> String {
    ReadPhone::first(phone).map_or_else(|| phone.into(), |phone| phone.shown(language))
}

/// Where a reply's facts come from, and for whom they are.
struct ReplyFacts<'a> {
    catalogue: &'a Catalogue,
    today: Date,
    language: Language,
}

impl ReplyFacts<'_> {
    fn t(&self, english: &'static str, french: &'static str) -> &'static str {
        if self.language == Language::English { english } else { french }
    }

    /// A location with its address and opening times.
    fn place(&self, hub: &Hub) -> String {
        let address = hub.address.as_deref();
        let says_town = address.is_some_and(|address| address.trim_end().ends_with(&hub.town));
        let town = (!says_town).then_some(hub.town.as_str());
        let place: Vec<&str> = [hub.name.as_str()].into_iter().chain(address).chain(town).collect();
        let mut times = self.times(hub);
        if times.is_empty() {
            times.push(
                self.t("hours unknown, please call", "heures inconnues, veuillez appeler").into(),
            );
        }
        let (at, colon) = (self.t("At:", "Où :"), self.t(":", "\u{a0}:"));
        format!("{at} {}{colon} {}", place.join(", "), times.join("; "))
    }

    /// When it is open; empty if that is not known.
    fn times(&self, hub: &Hub) -> Vec<String> {
        if hub.event.is_some() { self.event(hub) } else { self.week(hub) }
    }

    /// The days of an event that are still to come.
    fn event(&self, hub: &Hub) -> Vec<String> {
        let days = hub.event.iter().flat_map(|event| &event.days);
        days.filter(|on| on.date >= self.today)
            .take(EVENT_DAYS_MAX)
            .map(|on| {
                format!("{}, {}", day(self.language, on.date), spans(self.language, &on.hours))
            })
            .collect()
    }

    /// The usual week, with neighbouring days of the same hours together, and then the days soon on
    /// which it is closed for a holiday, or may be.
    fn week(&self, hub: &Hub) -> Vec<String> {
        let hours = Hours::of(self.catalogue, hub);
        let week = hours.usual_week(self.today);
        let mut runs: Vec<(Weekday, Weekday, DayHours)> = Vec::new();
        for on in Weekday::ALL {
            let of_day = week.on(on).map_or(DayHours::Unknown, DayHours::of);
            match runs.last_mut().filter(|(.., known)| *known == of_day) {
                Some((_, last, _)) => *last = on,
                None => runs.push((on, on, of_day)),
            }
        }
        if runs.iter().all(|(.., hours)| *hours == DayHours::Unknown) {
            return Vec::new();
        }
        // The days on which it is open are enough, if there are any.
        if runs.iter().any(|(.., hours)| matches!(hours, DayHours::Open(_))) {
            runs.retain(|(.., hours)| *hours != DayHours::Closed);
        }
        let mut times: Vec<String> =
            runs.iter().map(|(from, to, hours)| self.run(*from, *to, hours)).collect();
        let soon = (0..HOLIDAY_DAYS).map(|days| hours.on(self.today.plus_days(days)));
        times.extend(soon.filter_map(|plan| self.holiday(week.on(plan.date.weekday())?, &plan)));
        times
    }

    fn run(&self, from: Weekday, to: Weekday, hours: &DayHours) -> String {
        let (first, last) = (weekday(self.language, from), weekday(self.language, to));
        let days = match (from == to, self.language) {
            (true, _) => first.into(),
            (false, Language::English) => format!("{first} to {last}"),
            (false, Language::French) => format!("du {first} au {last}"),
        };
        let hours = match hours {
            DayHours::Closed => self.t("closed", "fermé").into(),
            DayHours::Unknown => self.t("please call", "veuillez appeler").into(),
            DayHours::Open(_) => day_hours(self.language, hours),
        };
        format!("{days}, {hours}")
    }

    fn holiday(&self, usual: &[domain::hours::Span], plan: &DayPlan) -> Option<String> {
        let holiday = self.catalogue.holiday(plan.holiday.as_ref()?)?;
        let words = match &plan.hours {
            _ if usual.is_empty() => return None,
            DayHours::Closed => self.t("closed", "fermé"),
            _ if !plan.is_certain => self.t("may be closed", "peut-être fermé"),
            _ => return None,
        };
        let on = day(self.language, plan.date);
        Some(format!("{on} ({}), {words}", holiday.name.get(self.language)))
    }

    /// One sentence about what nobody has confirmed, of what the reply says; `None` if everything
    /// is.
    fn doubt(&self, of_cost: bool, of_time: bool, of_hours: bool, phone: &str) -> Option<String> {
        let words = match (of_cost, of_time, of_hours) {
            (false, false, false) => return None,
            (true, false, false) => self.t(
                "The cost may have changed. Before you go, call",
                "Le coût a pu changer. Avant de vous déplacer, appelez le",
            ),
            (false, true, false) => self.t(
                "The time it takes may have changed. Before you go, call",
                "Le délai a pu changer. Avant de vous déplacer, appelez le",
            ),
            (true, true, false) => self.t(
                "The cost or time may have changed. Before you go, call",
                "Le coût ou le délai a pu changer. Avant de vous déplacer, appelez le",
            ),
            (false, false, true) => self.t(
                "The opening hours may have changed. Before you go, call",
                "Les heures d’ouverture ont pu changer. Avant de vous déplacer, appelez le",
            ),
            (true, false, true) => self.t(
                "The cost and opening hours may have changed. Before you go, call",
                "Le coût et les heures d’ouverture ont pu changer. Avant de vous déplacer, appelez le",
            ),
            (false, true, true) => self.t(
                "The time it takes and the opening hours may have changed. Before you go, call",
                "Le délai et les heures d’ouverture ont pu changer. Avant de vous déplacer, appelez le",
            ),
            (true, true, true) => self.t(
                "The cost, time and opening hours may have changed. Before you go, call",
                "Le coût, le délai et les heures d’ouverture ont pu changer. Avant de vous déplacer, appelez le",
            ),
        };
        Some(format!("{words} {phone}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::tests::pine_harbour;

    fn reply(catalogue: &Catalogue, service: &str, today: &str, language: Language) -> String {
        let id = domain::ServiceId::parse(service).unwrap();
        let service = catalogue.service(&id).unwrap();
        composed(service, catalogue, Date::parse(today).unwrap(), language).replace('\u{a0}', " ")
    }

    #[test]
    fn opening_times_are_days_and_hours_that_are_true_whenever_they_are_read() {
        let catalogue = pine_harbour();
        // A Sunday, on which the hall is closed, and the Monday after it.
        let english = reply(&catalogue, "boat-permit", "2026-10-18", Language::English);
        assert_eq!(english, reply(&catalogue, "boat-permit", "2026-10-19", Language::English));
        let hall = "At: Town Hall, 1 Dock Road, Pine Harbour: \
                    Monday to Friday, 9 am to noon, 1 pm to 5 pm";
        assert!(english.lines().any(|line| line == hall), "{english}");
        let french = reply(&catalogue, "boat-permit", "2026-10-18", Language::French);
        let hall = "Où : Town Hall, 1 Dock Road, Pine Harbour : \
                    du lundi au vendredi, 9 h à midi, 13 h à 17 h";
        assert!(french.lines().any(|line| line == hall), "{french}");
        for text in [english, french] {
            for word in ["today", "tomorrow", "aujourd", "demain", "confirm", "(not"] {
                assert!(!text.contains(word), "{word}: {text}");
            }
        }
    }

    #[test]
    fn what_is_not_confirmed_is_said_once_and_to_the_person() {
        let catalogue = pine_harbour();
        let text = reply(&catalogue, "boat-permit", "2026-07-01", Language::English);
        assert!(
            text.contains("Boat House, Pine Harbour: Monday to Friday, please call; "),
            "{text}"
        );
        let last = text.lines().last().unwrap();
        assert_eq!(last, "The opening hours may have changed. Before you go, call 555-555-0100.");
    }

    #[test]
    fn a_reply_that_is_sent_in_another_season_or_after_other_hours_is_noticed() {
        let catalogue = pine_harbour();
        let digest = |catalogue: &Catalogue, today: &str| {
            let id = domain::ServiceId::parse("boat-permit").unwrap();
            let today = Date::parse(today).unwrap();
            digest(catalogue.service(&id).unwrap(), catalogue, today, Language::English)
        };
        let june = digest(&catalogue, "2026-06-10");
        assert_eq!(june, digest(&catalogue, "2026-06-11"));
        assert_ne!(june, digest(&catalogue, "2026-06-16"), "the summer hours have begun");
        let mut file = catalogue.file().clone();
        let hall = file.hubs.iter_mut().find(|hub| hub.id.as_str() == "town-hall").unwrap();
        hall.hours.fri = Some(Vec::new());
        assert_ne!(june, digest(&Catalogue::published(file), "2026-06-10"), "closed on Fridays");
    }

    #[test]
    fn a_reply_says_that_a_location_may_be_closed_on_a_statutory_holiday() {
        let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/kawartha-lakes");
        let (catalogue, _) = publish::check_dir(std::path::Path::new(data)).unwrap();
        // Nobody has confirmed whether City Hall is open on Family Day.
        let soon = reply(&catalogue, "dog-licence", "2027-02-12", Language::English);
        assert!(soon.contains("(Family Day), may be closed"), "{soon}");
        let french = reply(&catalogue, "dog-licence", "2027-02-12", Language::French);
        assert!(french.contains("(Jour de la Famille), peut-être fermé"), "{french}");
        let usual = reply(&catalogue, "dog-licence", "2027-02-16", Language::English);
        assert!(!usual.contains("may be closed"), "{usual}");
    }

    #[test]
    fn a_person_is_greeted_by_name_where_it_is_known() {
        assert_eq!(greeting(Some("Jane"), Language::English), "Hello Jane,");
        assert_eq!(greeting(None, Language::French), "Bonjour,");
    }
}
