use super::*;
use crate::counter::ledger::{CounterAct, CounterLedger};
use crate::ledger::{LedgerEntry, LedgerSource};
use crate::random::UnbiasedRandom;

fn text(name: &str) -> TemplateText {
    TemplateText { name: name.into(), english: "It costs {fee}.".into(), french: "{tarif}".into() }
}

#[test]
fn facts_take_the_place_of_their_names_in_either_language() {
    let fact = |of| (of == Placeholder::Fee).then(|| "$5.50".to_string());
    let check = |text: &str, expected: &str, missing: &[Placeholder]| {
        let filled = filled(text, fact);
        assert_eq!((filled.text.as_str(), filled.missing.len()), (expected, missing.len()));
        assert!(missing.iter().all(|of| filled.missing.contains(of)), "{text}");
    };
    check("It costs {fee}.", "It costs $5.50.", &[]);
    check("{ Tarif }, {TARIF}", "$5.50, $5.50", &[]);
    check("{fee} until {hours}", "$5.50 until {hours}", &[Placeholder::Hours]);
    check("a { b", "a { b", &[]);
    check("{}{{fee}}", "{}{$5.50}", &[]);
    check("{ or {fee}", "{ or $5.50", &[]);
    check("} {fee} {", "} $5.50 {", &[]);
    check("", "", &[]);
}

#[test]
fn an_empty_fact_is_a_missing_one_and_a_fact_is_not_read_again() {
    let blank = filled("{fee}", |_| Some("  ".into()));
    assert_eq!((blank.text.as_str(), blank.missing.len()), ("{fee}", 1));
    let tricky = filled("{service}", |_| Some("{fee}".into()));
    assert_eq!((tricky.text.as_str(), tricky.missing.len()), ("{fee}", 0));
}

#[test]
fn a_template_asks_in_both_languages_for_the_same_facts() {
    let check = |english: &str, french: &str, expected: Result<(), TemplateFault>| {
        assert_eq!(check_texts(english, french), expected, "{english} / {french}");
    };
    check("{fee} {hours}", "{heures} {fee}", Ok(()));
    check(" ", "x", Err(TemplateFault::Empty(Language::English)));
    check("x", "\n", Err(TemplateFault::Empty(Language::French)));
    check("{fee}", "x", Err(TemplateFault::Different(Placeholder::Fee)));
    check("x", "{lien}", Err(TemplateFault::Different(Placeholder::Link)));
    check("{price}", "{fee}", Err(TemplateFault::Unknown("{price}".into())));
    let long = "x".repeat(TEMPLATE_TEXT_CHARS_MAX + 2);
    check("x", &long, Err(TemplateFault::TooLong(Language::French, 2)));
    check(&long[2..], &long[2..], Ok(()));
}

#[test]
fn every_name_is_found_again_and_no_two_are_the_same() {
    for of in Placeholder::ALL {
        let (english, french) = of.names();
        assert_eq!((Placeholder::parse(english), Placeholder::parse(french)), (Some(of), Some(of)));
        assert_eq!((of.name(Language::English), of.name(Language::French)), (english, french));
    }
    assert_eq!(Placeholder::parse("price"), None);
}

/// Whatever is typed: nothing is lost, and what can be sent has no placeholder.
#[test]
fn a_random_text_is_whole_and_reports_every_hole() {
    let mut random = UnbiasedRandom::new(5);
    let pieces = ["{", "}", "fee", "{fee}", "{hours}", " x ", "{a}", "é", "{{"];
    for _ in 0..2_000 {
        let count = random.below(9);
        let text: String = (0..count).map(|_| *random.one(&pieces)).collect();
        let joined: String = parts(&text)
            .into_iter()
            .map(|part| match part {
                TextPart::Words(text) | TextPart::Fact(_, text) | TextPart::Unknown(text) => text,
            })
            .collect();
        assert_eq!(joined, text);
        let filled = filled(&text, |of| (of == Placeholder::Fee).then(|| "5".into()));
        assert_eq!(filled.missing, placeholders(&filled.text), "{text}");
    }
}

fn ledger(acts: impl IntoIterator<Item = CounterAct>) -> CounterLedger {
    let mut ledger = CounterLedger::default();
    for (number, act) in (1..).zip(acts) {
        let at_ms = u64::from(number) * 10;
        ledger.take(LedgerEntry { number, at_ms, who: "ann".into(), act: Some(act) });
    }
    ledger
}

#[test]
fn each_change_of_a_template_is_a_new_version_and_a_removed_one_is_not_offered() {
    let saved = |template, name| CounterAct::TemplateSaved { template, text: text(name) };
    let removed = CounterAct::TemplateRemoved { template: 1 };
    let acts = [saved(None, "Fees"), saved(Some(1), "Costs"), saved(Some(9), "None")];
    let all = ledger(acts.clone()).templates;
    let template = all.get(1).unwrap();
    assert_eq!((template.version(), template.newest().name.as_str()), (2, "Costs"));
    assert_eq!((template.who.as_str(), template.at_ms), ("ann", 20));
    assert_eq!(all.in_use().map(|(number, _)| number).collect::<Vec<_>>(), [1]);
    let gone = ledger(acts.clone().into_iter().chain([removed.clone()])).templates;
    assert_eq!((gone.in_use().count(), gone.get(1).map(ReplyTemplate::version)), (0, Some(2)));
    let back = ledger(acts.into_iter().chain([removed, saved(Some(1), "Fees")])).templates;
    assert_eq!(back.in_use().map(|(_, template)| template.version()).collect::<Vec<_>>(), [3]);
    assert_eq!(text("x").text(Language::French), "{tarif}");
    assert_eq!(text("x").text(Language::English), "It costs {fee}.");
}

#[test]
fn acts_on_templates_read_back_and_change_no_edition() {
    let act = CounterAct::TemplateSaved { template: None, text: text("Fees") };
    let stored = serde_json::to_string(&act).unwrap();
    assert_eq!(serde_json::from_str::<CounterAct>(&stored).ok(), Some(act.clone()));
    assert_eq!(ledger([act]).changes, 0);
}
