//! The facts that a template of replies asks for, from the current edition, in the language of the
//! person. What the directory does not have is `None`, and never a guess.

use super::{ReplyFacts, greeting, shown};
use casework::templates::Placeholder;
use domain::catalogue::{Hub, Service};
use domain::hours::{Date, DayHours, Hours};
use domain::{Catalogue, HubId, Language};
use wording::{day, day_hours, money, source_date};

/// Days ahead in which the next open day is looked for.
const OPEN_DAYS_MAX: i32 = 14;

/// Whom a template is filled for, and from what.
pub(crate) struct TemplateFacts<'a> {
    pub(crate) catalogue: &'a Catalogue,
    /// The service that the reply is about.
    pub(crate) service: Option<&'a Service>,
    /// The location that the person named.
    pub(crate) hub: Option<&'a HubId>,
    /// The name of the person.
    pub(crate) name: Option<&'a str>,
    pub(crate) language: Language,
    pub(crate) today: Date,
    /// The app's public address, without a trailing slash.
    pub(crate) public_url: Option<&'a str>,
    /// A text of the directory in the language of the person.
    pub(crate) translated: &'a dyn Fn(&str) -> String,
}

impl TemplateFacts<'_> {
    /// The fact of a placeholder; `None` if the directory does not have it.
    pub(crate) fn of(&self, placeholder: Placeholder) -> Option<String> {
        match placeholder {
            Placeholder::Greeting => Some(greeting(self.name, self.language)),
            Placeholder::Service => self.service.map(|service| self.text(&service.name)),
            Placeholder::Hours => self.hours(),
            Placeholder::NextOpen => self.next_open(),
            Placeholder::Fee => self.fee(),
            Placeholder::Bring => self.bring(),
            Placeholder::Link => self.link(),
            Placeholder::Phone => Some(self.phone()),
        }
    }

    fn text(&self, text: &str) -> String {
        (self.translated)(text)
    }

    fn t(&self, english: &'static str, french: &'static str) -> &'static str {
        if self.language == Language::English { english } else { french }
    }

    /// The location that the person named, if the service is there; or else one whose hours are
    /// known, best a confirmed one.
    fn place(&self) -> Option<&Hub> {
        let (service, facts) = (self.service?, self.reply_facts());
        let all = || self.catalogue.hubs_for(service);
        let named = self.hub.and_then(|id| all().find(|hub| hub.id == *id));
        let is_known = |hub: &&Hub| !facts.times(hub).is_empty();
        let confirmed = || all().find(|hub| hub.hours_verified && is_known(hub));
        named.or_else(confirmed).or_else(|| all().find(is_known))
    }

    fn hours(&self) -> Option<String> {
        let (hub, facts) = (self.place()?, self.reply_facts());
        let times = facts.times(hub);
        if times.is_empty() {
            return None;
        }
        let (name, colon) = (self.text(&hub.name), self.t(":", "\u{a0}:"));
        let times = format!("{name}{colon} {}", times.join("; "));
        Some(if hub.hours_verified { times } else { self.unconfirmed(&times) })
    }

    fn reply_facts(&self) -> ReplyFacts<'_> {
        ReplyFacts { catalogue: self.catalogue, today: self.today, language: self.language }
    }

    /// The next day after today with known hours that nothing makes doubtful.
    fn next_open(&self) -> Option<String> {
        let hours = Hours::of(self.catalogue, self.place()?);
        let mut days = (1..=OPEN_DAYS_MAX).map(|days| hours.on(self.today.plus_days(days)));
        let open = days.find(|on| on.is_certain && matches!(on.hours, DayHours::Open(_)))?;
        let (date, hours) = (day(self.language, open.date), day_hours(self.language, &open.hours));
        Some(format!("{date}, {hours}"))
    }

    /// What it costs, and of when that is.
    fn fee(&self) -> Option<String> {
        let service = self.service?;
        let amounts = service.fees.iter().map(|fee| {
            format!("{} ({})", money(self.language, fee.cents.into()), self.text(&fee.what))
        });
        let words = service.fee.as_ref().map(|fee| self.text(fee));
        let all = amounts.chain(words).collect::<Vec<_>>().join("; ");
        if all.is_empty() {
            return None;
        }
        let all = match service.source.date {
            Some(date) => {
                let date = source_date(self.language, date);
                format!("{all} ({} {date})", self.t("as of", "selon nos données de"))
            }
            None => all,
        };
        Some(if service.needs_confirming() { self.unconfirmed(&all) } else { all })
    }

    fn unconfirmed(&self, fact: &str) -> String {
        let words = self.t("not confirmed; please call", "non confirmé; veuillez appeler le");
        format!("{fact} ({words} {})", self.phone())
    }

    fn bring(&self) -> Option<String> {
        let documents = &self.service?.documents;
        let all: Vec<String> = documents.iter().map(|one| self.text(one)).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    /// Where it is done online, or its page.
    fn link(&self) -> Option<String> {
        let service = self.service?;
        let page = || {
            let prefix = self.t("", "/fr");
            self.public_url.map(|url| format!("{url}{prefix}/services/{}", service.id))
        };
        service.channels.online_url.clone().or_else(page)
    }

    fn phone(&self) -> String {
        let own = self.service.and_then(|service| service.channels.phone.as_ref());
        shown(own.unwrap_or(&self.catalogue.municipality().contact.phone), self.language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::tests::pine_harbour;
    use casework::templates::filled;

    fn with(service: Option<&str>, language: Language, text: &str) -> (String, usize) {
        let catalogue = pine_harbour();
        let service = service.map(|id| domain::ServiceId::parse(id).unwrap());
        let facts = TemplateFacts {
            catalogue: &catalogue,
            service: service.as_ref().and_then(|id| catalogue.service(id)),
            hub: None,
            name: Some("Jane"),
            language,
            today: Date::parse("2026-10-16").unwrap(),
            public_url: Some("https://hub.example"),
            translated: &|text| text.to_string(),
        };
        let filled = filled(text, |of| facts.of(of));
        (filled.text.replace('\u{a0}', " "), filled.missing.len())
    }

    #[test]
    fn facts_are_those_of_the_directory_in_the_language_of_the_person() {
        let english = |text| with(Some("boat-permit"), Language::English, text);
        let french = |text| with(Some("boat-permit"), Language::French, text);
        assert_eq!(english("{greeting} {phone}"), ("Hello Jane, 555-555-0100".into(), 0));
        assert!(french("{salutation}").0.starts_with("Bonjour Jane"));
        let hours = english("{hours}").0;
        assert!(hours.contains("Monday to Friday, 9 am to noon, 1 pm to 5 pm"), "{hours}");
        assert!(french("{heures}").0.contains("du lundi au vendredi, 9 h à midi"));
        // A Friday: the next open day is after the weekend.
        let next = english("{next open day}").0;
        assert!(
            next.contains("October 19") && next.ends_with("9 am to noon, 1 pm to 5 pm"),
            "{next}"
        );
        assert!(french("{prochain jour}").0.contains("19 octobre"));
    }

    #[test]
    fn a_fee_says_of_when_it_is() {
        let catalogue = pine_harbour();
        let has_fee =
            |service: &&Service| !service.fees.is_empty() && service.source.date.is_some();
        let service = catalogue.services().iter().find(has_fee).unwrap();
        let (fee, missing) = with(Some(service.id.as_str()), Language::English, "{fee}");
        assert!(missing == 0 && fee.contains("(as of ") && fee.contains('$'), "{fee}");
    }

    #[test]
    fn without_a_service_only_what_needs_none_is_filled_in() {
        let text = "{greeting}{service}{hours}{next open day}{fee}{bring}{link}{phone}";
        let (filled, missing) = with(None, Language::English, text);
        assert_eq!(missing, 6, "{filled}");
        assert!(filled.contains("{fee}") && filled.contains("555-555-0100"), "{filled}");
    }
}
