//! Measures of a directory that its editors want to see grow: titles that say what to do, records
//! with more than a name, texts that are easy to read, and translations.

pub mod reading;
mod syllables;

use domain::Language;
use domain::catalogue::{Catalogue, Service, Translations};
use reading::{ReadingCounts, sentences};

/// First words of titles that say what a resident does.
const ACTIONS: &[&str] = &[
    "add",
    "adopt",
    "appeal",
    "apply",
    "arrange",
    "ask",
    "attend",
    "become",
    "begin",
    "bid",
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
    "dedicate",
    "dispute",
    "donate",
    "drop",
    "enter",
    "explore",
    "file",
    "fill",
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
    "keep",
    "know",
    "launch",
    "learn",
    "leave",
    "light",
    "listen",
    "look",
    "lower",
    "make",
    "meet",
    "move",
    "offer",
    "open",
    "order",
    "pay",
    "pick",
    "plan",
    "plant",
    "play",
    "prepare",
    "print",
    "propose",
    "protect",
    "prove",
    "put",
    "question",
    "raise",
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
    "run",
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
    "swear",
    "swim",
    "take",
    "talk",
    "teach",
    "tell",
    "thank",
    "tie",
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
        format!("{count} of {} ({}%)", services.len(), count * 100 / services.len().max(1))
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
        grades_line(services),
    ];
    lines.extend(translations.iter().map(|translation| {
        let missing = translation.gaps(catalogue).missing.len();
        format!("texts not translated ({}): {missing}", translation.language.tag())
    }));
    lines.join("\n")
}

/// Grade for most readers (docs/glossary.md); a ceiling for texts, not a proof that they are clear.
const GRADE_MAX: f64 = 8.0;

/// The reading grade of the services, and the hardest ones by id.
fn grades_line(services: &[Service]) -> String {
    let mut grades: Vec<(f64, &str)> =
        services.iter().map(|service| (grade_of(service), service.id.as_str())).collect();
    grades.sort_by(|one, other| one.0.total_cmp(&other.0));
    let median = grades.get(grades.len() / 2).map_or(0.0, |(grade, _)| *grade);
    let above = grades.iter().filter(|(grade, _)| *grade > GRADE_MAX).count();
    let hardest: Vec<String> =
        grades.iter().rev().take(5).map(|(grade, id)| format!("{id} {grade:.1}")).collect();
    format!(
        "reading grade of services: median {median:.1}, above {GRADE_MAX:.0}: {above} of {}; \
         hardest: {}",
        services.len(),
        hardest.join(", ")
    )
}

/// The grade of what a resident reads of a service: its name, summary, steps and note. The name is
/// a heading, so it counts as a sentence.
fn grade_of(service: &Service) -> f64 {
    let steps = service.steps.iter().map(String::as_str);
    let texts = [service.name.as_str(), &service.summary].into_iter().chain(steps);
    let texts = texts.chain(service.notes.as_deref());
    let all: Vec<&str> = texts.flat_map(sentences).collect();
    ReadingCounts::of(Language::English, &all).grade()
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
    fn a_plain_service_has_a_lower_grade_than_one_in_an_offices_words() {
        let of = |summary: &str| {
            let mut service = sample::checked(|_| {}).services()[0].clone();
            service.summary = summary.into();
            grade_of(&service)
        };
        let (plain, office) = (
            of("Tell us about a hole in the road. We fix it."),
            of("Municipal infrastructure deficiencies necessitate administrative notification."),
        );
        assert!(plain < GRADE_MAX && plain + 4.0 < office, "{plain} {office}");
    }

    #[test]
    fn each_measure_counts_what_it_says() {
        let report =
            report(&sample::checked(|file| file.services[0].name = "Get a boat".into()), &[]);
        for line in [
            // “swim lessons” begins with one too.
            "titles that begin with an action: 2 of 5 (40%)",
            "services with nothing but a name and a summary: 3 of 5 (60%)",
            "services with amounts: 2 of 5 (40%)",
            "services whose details are verified: 4 of 5 (80%)",
            "services with ten ways of asking in French: 0 of 5 (0%)",
            "reading grade of services: median ",
            "of 5; hardest: ",
        ] {
            assert!(report.contains(line), "{line}\n{report}");
        }
    }
}
