//! Every pair of texts follows the rules; so does every phrase, with counts of 0, 1, 2 and 5.

use super::*;
use crate::carrying::{ReturnedReceipts, genuine, receipts_saved, released, saved, taken_in};
use crate::phrases::*;
use crate::{Wording, money};
use domain::catalogue::Payment;
use domain::inquiry::{InquiryField, InquiryProblem};
use domain::submission::Refusal;
use domain::trip::StopReason;

/// Fails with every fault at once.
fn none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

fn of_table(table: &[(&str, &str, &str)]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, english, french) in table {
        let mut faults = pair_faults(english, french);
        for text in [english, french] {
            if text.trim().is_empty() {
                faults.push("empty".into());
            }
            if text.trim() != *text && *name != "colon" {
                faults.push(format!("a space at an end: {text}"));
            }
        }
        found.extend(faults.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    found
}

#[test]
fn every_pair_of_the_app_follows_the_rules() {
    assert!(Wording::ALL.len() > 300);
    none(of_table(Wording::ALL));
    none(of_table(crate::plain::PlainWording::ALL));
}

#[cfg(feature = "counter")]
#[test]
fn every_pair_of_a_staff_tablet_follows_the_rules() {
    use crate::counter::*;
    use domain::collector::Way;
    use domain::counter::{Channel, Reason};
    assert!(CounterWording::ALL.len() > 100);
    none(of_table(CounterWording::ALL));
    let mut found = Vec::new();
    let mut pair = |said: &dyn Fn(Language) -> String| {
        found.extend(pair_faults(&said(Language::English), &said(Language::French)));
    };
    for channel in Channel::ALL {
        pair(&|language| channel_name(language, channel).into());
    }
    for reason in Reason::ALL {
        pair(&|language| reason_name(language, reason).into());
    }
    for way in [Way::Kiosk, Way::Paper, Way::StaffAssisted] {
        pair(&|language| way_name(language, way, 5));
    }
    pair(&|language| try_again_in(language, 90));
    pair(&|language| at_as(language, "A", "B"));
    none(found);
    none(of_counts("locks_in", |language, count| locks_in(language, count as u32)));
}

/// What is wrong with a phrase that has a count: its typography, and a form that does not fit.
/// English has one form for 1 and another for all other counts, French one for 0 and 1.
fn of_counts(name: &str, said: impl Fn(Language, usize) -> String) -> Vec<String> {
    let mut faults = of_any_count(name, &said);
    let form = |language, count: usize| said(language, count).replacen(&count.to_string(), "#", 1);
    for (language, same, others) in [(Language::English, 0, 1), (Language::French, 1, 2)] {
        let (zero, one, two) = (form(language, 0), form(language, 1), form(language, 2));
        let is_right = match language {
            Language::English => zero == two && one != two,
            Language::French => zero == one && one != two,
        };
        if !is_right {
            faults.push(format!("{name}: {same} and {others} in {language:?}: {zero} {one} {two}"));
        }
    }
    faults
}

/// The same for a phrase whose form is the same for all counts.
fn of_any_count(name: &str, said: &impl Fn(Language, usize) -> String) -> Vec<String> {
    let mut faults = Vec::new();
    for count in [0, 1, 2, 5] {
        let texts = [Language::English, Language::French].map(|language| said(language, count));
        faults.extend(pair_faults(texts[0].trim(), texts[1].trim()));
        for text in texts {
            if !text.contains(&count.to_string()) {
                faults.push(format!("{name}: {count} is missing: {text}"));
            }
        }
    }
    faults
}

#[test]
fn every_phrase_fits_no_thing_one_thing_and_many() {
    none(
        [
            of_counts("results_count", results_count),
            of_counts("services_count", services_count),
            of_counts("lost_count", lost_count),
            of_counts("seconds_left", |language, count| seconds_left(language, count as u32)),
            of_counts("things_count", things_count),
            of_counts("trip_count", trip_count),
            of_counts("characters_left", characters_left),
            of_counts("too_long_by", too_long_by),
            of_counts("reply_within", |language, hours| reply_within(language, hours as u32)),
            of_counts("inquiry_fault", |language, by| {
                inquiry_fault(language, InquiryField::Message, InquiryProblem::TooLong { by })
            }),
            of_counts("unreadable_count", unreadable_count),
            of_counts("saved", saved),
            of_counts("receipts_saved", receipts_saved),
            of_any_count("show_all", &show_all),
            of_any_count("question_of", &|language, count| question_of(language, count, 12)),
            of_any_count("status_refused", &|language, count| {
                status_refused(language, count as u16)
            }),
        ]
        .concat(),
    );
}

#[test]
fn every_phrase_about_a_message_follows_the_rules() {
    let mut found = Vec::new();
    let mut pair = |said: &dyn Fn(Language) -> String| {
        found.extend(pair_faults(said(Language::English).trim(), said(Language::French).trim()));
    };
    for refusal in [
        Refusal::OtherContentUnderThisId,
        Refusal::ReferenceFull,
        Refusal::Erased,
        Refusal::UnknownKey,
        Refusal::DoesNotOpen,
        Refusal::NotValid,
        Refusal::OtherMunicipality,
        Refusal::NewerFormat,
        Refusal::TooLarge,
        Refusal::TooManyAdditions,
    ] {
        pair(&|language| refused(language, refusal).into());
    }
    for field in [
        InquiryField::Message,
        InquiryField::Name,
        InquiryField::Contact,
        InquiryField::Phone,
        InquiryField::Email,
    ] {
        for problem in [InquiryProblem::Missing, InquiryProblem::TooLong { by: 1 }] {
            pair(&|language| inquiry_fault(language, field, problem));
        }
    }
    for count in [1, 2, 5] {
        let found =
            ReturnedReceipts { received: count, known: count, others: count, doubted: count };
        pair(&|language| released(language, found));
        pair(&|language| taken_in(language, count, count));
        pair(&|language| every_kth(language, count as u32));
    }
    pair(&|language| waiting_count(language, 3));
    pair(&|language| copy_missing(language).into());
    pair(&|language| kept_on(language, "x"));
    pair(&|language| received_on(language, "x"));
    pair(&|language| genuine(language, "7Q3M", "x"));
    none(found);
}

#[test]
fn every_phrase_about_a_service_or_a_trip_follows_the_rules() {
    let mut found = Vec::new();
    let mut pair = |said: &dyn Fn(Language) -> String| {
        found.extend(pair_faults(said(Language::English).trim(), said(Language::French).trim()));
    };
    for count in [1, 2, 5] {
        for (unknown, varying) in [(count, 0), (0, count)] {
            let missing = FeesMissing { unknown, varying, all: 5 };
            pair(&|language| fee_total(language, &money(language, 550), missing));
        }
    }
    for (places, things, all) in [(0, 1, 1), (1, 1, 1), (1, 3, 3), (2, 3, 3), (1, 2, 3)] {
        pair(&|language| trip_answer(language, places, things, all, "x"));
    }
    for why in
        [StopReason::Only, StopReason::Nearest, StopReason::Largest, StopReason::HoursUnknown]
    {
        pair(&|language| trip_reason(language, why, 1));
        pair(&|language| trip_reason(language, why, 3));
    }
    for metres in [-12_000, 0, 12_000] {
        pair(&|language| distance_compared(language, metres));
    }
    for gaps in 1..8 {
        let gaps = FactGaps { documents: gaps & 1 > 0, cost: gaps & 2 > 0, time: gaps & 4 > 0 };
        pair(&|language| unknown_facts(language, gaps).unwrap_or_default());
    }
    pair(&|language| payment_names(language, &Payment::ALL));
    for metres in [0.0, 1_500.0] {
        pair(&|language| distance(language, metres));
    }
    pair(&|language| may_be_closed(language, "x"));
    none(found);
}

#[test]
fn each_rule_finds_what_it_is_for() {
    let english = |text| faults(Language::English, text).len();
    let french = |text| faults(Language::French, text).len();
    for text in ["It's", "Cost : $5", "80 % of all", "Why ?", "Wait...", "A hub", "Your e-mail"] {
        assert_eq!(english(text), 1, "{text}");
    }
    for text in ["It’s", "Cost: $5", "80%", "The Community Hub", "x.hub", "Hubert", "at 0:30"] {
        assert_eq!(english(text), 0, "{text}");
    }
    for text in [
        "L'avis",
        "Coût :",
        "Coût:",
        "80 %",
        "80%",
        "5 $",
        "Quoi\u{a0}?",
        "« non\u{a0}»",
        "«\u{a0}non »",
        "“non",
        "Un carrefour",
    ] {
        assert_eq!(french(text), 1, "{text}");
    }
    let right = [
        "L’avis",
        "Coût\u{a0}:",
        "80\u{a0}%",
        "Quoi?",
        "«\u{a0}non\u{a0}»",
        "Le Carrefour communautaire",
    ];
    for text in right {
        assert_eq!(french(text), 0, "{text}");
    }
    assert_eq!(pair_faults("{a} of {b}", "{b} sur {a}"), Vec::<String>::new());
    assert_eq!(pair_faults("{a}", "{b}").len(), 1);
    assert_eq!(pair_faults("a", " ").len(), 1);
}

#[test]
fn a_line_of_a_program_is_judged_by_what_it_is() {
    let count = |line| line_faults(line, &["hub"]).len();
    for line in ["Rien n’a été fait :", "it's so", "Ask nobody for the hub", "Total\u{a0}: l'un"]
    {
        assert_eq!(count(line), 1, "{line}");
    }
    for line in ["it’s so", "SELECT a = ?", "nobody, in a log", "The hub of {nobody}", "L'un"] {
        assert_eq!(count(line), 0, "{line}");
    }
    assert_eq!(line_faults("The hub", &[]).len(), 1);
    assert_eq!(line_faults("Run community-hub now", &[]), Vec::<String>::new());
}

#[test]
fn literals_of_a_program_are_found_without_its_comments() {
    let source = "// \"no\"\nfn a<'a>(b: &'a str) { c('\"', '\\'', \"one\\n\", r#\"\"two\"\"#); } //\nd!(\"{b}\")";
    assert_eq!(literals(source), ["one\n", "\"two\"", "{b}"]);
}

#[test]
fn pairs_are_found_in_templates_and_programs() {
    let text = |english: &str, french: &str| (english.to_string(), french.to_string());
    assert_eq!(
        pairs("<p class=\"a\">{{ t(\"One\", \"Un\") }} {{ t(\"Two\",\n \"Deux\\u{a0}:\") }}</p>"),
        [text("One", "Un"), text("Two", "Deux\u{a0}:")]
    );
    assert_eq!(pairs("[\"On\\\n    ly\", \"\\\"Un\\\"\"]"), [text("Only", "\"Un\"")]);
    assert_eq!(pairs("\"a\": \"b\""), []);
}

#[test]
fn values_stand_where_their_names_are() {
    let said = crate::fill("{a} of {b}, {a}", &[("a", "1"), ("b", "2")]);
    assert_eq!(said, "1 of 2, 1");
    assert_eq!(crate::fill("no name {", &[]), "no name {");
}
