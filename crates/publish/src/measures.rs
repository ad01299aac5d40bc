//! Measures of a directory that its editors want to see grow: titles that say what to do, records
//! with more than a name, and translations.

use domain::catalogue::{Catalogue, Service, Translations};

/// First words of titles that say what a resident does.
const ACTIONS: &[&str] = &[
    "add",
    "appeal",
    "apply",
    "arrange",
    "ask",
    "become",
    "begin",
    "book",
    "borrow",
    "bring",
    "build",
    "buy",
    "call",
    "cancel",
    "change",
    "check",
    "choose",
    "claim",
    "close",
    "comment",
    "complain",
    "confirm",
    "connect",
    "contact",
    "correct",
    "dispute",
    "donate",
    "enter",
    "explore",
    "file",
    "find",
    "follow",
    "get",
    "give",
    "go",
    "have",
    "help",
    "hire",
    "hold",
    "host",
    "invite",
    "join",
    "know",
    "learn",
    "leave",
    "light",
    "listen",
    "look",
    "lower",
    "make",
    "move",
    "open",
    "order",
    "pay",
    "pick",
    "plan",
    "plant",
    "play",
    "prepare",
    "propose",
    "protect",
    "prove",
    "put",
    "read",
    "recycle",
    "register",
    "remove",
    "renew",
    "rent",
    "replace",
    "report",
    "request",
    "reserve",
    "ride",
    "see",
    "sell",
    "send",
    "set",
    "show",
    "sign",
    "skate",
    "speak",
    "start",
    "stay",
    "store",
    "submit",
    "suggest",
    "swim",
    "take",
    "talk",
    "teach",
    "tell",
    "train",
    "transfer",
    "try",
    "update",
    "use",
    "view",
    "visit",
    "volunteer",
    "vote",
    "walk",
    "watch",
    "work",
    "write",
];

/// A plain-text report, one line for each measure.
pub fn report(catalogue: &Catalogue, translations: &[Translations]) -> String {
    let services = catalogue.services();
    let share = |is_so: fn(&Service) -> bool| {
        let count = services.iter().filter(|service| is_so(service)).count();
        format!("{count} of {} ({} %)", services.len(), count * 100 / services.len().max(1))
    };
    let mut lines = vec![
        format!("titles that begin with an action: {}", share(begins_with_action)),
        format!("services with nothing but a name and a summary: {}", share(is_bare)),
        format!("services with amounts: {}", share(|service| !service.fees.is_empty())),
        format!(
            "services whose details are verified: {}",
            share(|service| service.details_verified)
        ),
        format!(
            "services with ten ways of asking in English: {}",
            share(|service| service.asked.en.len() >= 10)
        ),
        format!(
            "services with ten ways of asking in French: {}",
            share(|service| service.asked.fr.len() >= 10)
        ),
    ];
    lines.extend(translations.iter().map(|translation| {
        let missing = translation.gaps(catalogue).missing.len();
        format!("texts not translated ({}): {missing}", translation.language.tag())
    }));
    lines.join("\n")
}

fn begins_with_action(service: &Service) -> bool {
    let first = service.name.split_whitespace().next().unwrap_or_default().to_lowercase();
    ACTIONS.binary_search(&first.trim_end_matches(',')).is_ok()
}

fn is_bare(service: &Service) -> bool {
    service.documents.is_empty()
        && service.fees.is_empty()
        && service.fee.is_none()
        && service.processing_time.is_none()
        && service.eligibility.is_none()
        && service.steps.is_empty()
        && service.notes.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_in_order_so_that_each_is_found() {
        assert!(ACTIONS.is_sorted());
    }

    #[test]
    fn each_measure_counts_what_it_says() {
        let report =
            report(&sample::checked(|file| file.services[0].name = "Get a boat".into()), &[]);
        for line in [
            // “swim lessons” begins with one too.
            "titles that begin with an action: 2 of 5 (40 %)",
            "services with nothing but a name and a summary: 3 of 5 (60 %)",
            "services with amounts: 2 of 5 (40 %)",
            "services whose details are verified: 4 of 5 (80 %)",
            "services with ten ways of asking in French: 0 of 5 (0 %)",
        ] {
            assert!(report.contains(line), "{line}\n{report}");
        }
    }
}
