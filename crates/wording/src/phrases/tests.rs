//! Every sentence in both languages, at the numbers where its form changes.

use super::*;
use domain::TaskId;
use domain::hours::{Date, Minute, OpenState, Weekday};

/// Compares the texts of both languages; no-break spaces are written as plain ones.
fn check(said: impl Fn(Language) -> String, english: &str, french: &str) {
    for (language, text) in [(Language::English, english), (Language::French, french)] {
        assert_eq!(said(language).replace('\u{a0}', " "), text);
    }
}

#[test]
fn counts_have_a_singular_and_french_uses_it_for_zero() {
    check(|language| results_count(language, 0), "0 results", "0 résultat");
    check(|language| results_count(language, 1), "1 result", "1 résultat");
    check(|language| results_count(language, 2), "2 results", "2 résultats");
    check(|language| services_count(language, 1), "1 service", "1 service");
    check(|language| services_count(language, 0), "0 services", "0 service");
    check(|language| things_count(language, 1), "1 thing to do", "1 chose à faire");
    check(|language| things_count(language, 3), "3 things to do", "3 choses à faire");
    check(
        |language| trip_count(language, 2),
        "My trip: 2 things to do",
        "Ma sortie : 2 choses à faire",
    );
    check(
        |language| lost_count(language, 1),
        "1 unsent message may be lost",
        "1 message non envoyé est peut-être perdu",
    );
    check(
        |language| lost_count(language, 2),
        "2 unsent messages may be lost",
        "2 messages non envoyés sont peut-être perdus",
    );
    check(|language| bytes_count(language, 999e6), "999 MB", "999 Mo");
    check(|language| bytes_count(language, 10.737e9), "10 GB", "10 Go");
    check(|language| waiting_count(language, 4), "4 unsent", "4 non envoyés");
    check(|language| show_all(language, 60), "Show all 60", "Tout afficher (60)");
    check(|language| question_of(language, 3, 12), "Question 3 of 12", "Question 3 sur 12");
    check(|language| characters_left(language, 5), "5 characters left", "5 caractères restants");
    check(
        |language| too_long_by(language, 7),
        "Shorten this by 7 characters.",
        "Raccourcissez de 7 caractères.",
    );
    check(|language| characters_left(language, 1), "1 character left", "1 caractère restant");
    check(
        |language| unreadable_count(language, 1),
        "This version of the app can’t read 1 message on this device. It was not deleted.",
        "Cette version de l’application ne peut pas lire 1 message de cet appareil. \
         Il n’est pas supprimé.",
    );
    check(
        |language| unreadable_count(language, 2),
        "This version of the app can’t read 2 messages on this device. They were not deleted.",
        "Cette version de l’application ne peut pas lire 2 messages de cet appareil. \
         Ils ne sont pas supprimés.",
    );
}

#[test]
fn seconds_and_visitors_have_a_singular() {
    check(
        |language| seconds_left(language, 1),
        "Starting over in 1 second",
        "Retour au début dans 1 seconde",
    );
    check(
        |language| seconds_left(language, 12),
        "Starting over in 12 seconds",
        "Retour au début dans 12 secondes",
    );
    check(
        |language| every_kth(language, 1),
        "Every visitor is invited",
        "On invite chaque visiteur",
    );
    check(
        |language| every_kth(language, 5),
        "One visitor in 5 is invited",
        "On invite un visiteur sur 5",
    );
    check(|language| kept_on(language, "x"), "Saved x", "Enregistré le x");
    check(|language| received_on(language, "x"), "Received x", "Reçu le x");
}

#[test]
fn an_opening_state_says_the_time_and_a_day_that_is_not_today() {
    let now = Moment {
        date: Date::parse("2026-11-26").unwrap(),
        minute: Minute::parse("10:00").unwrap(),
    };
    let said = |language, state| {
        let open = OpenState { state, is_certain: true, holiday: None };
        open_state(language, &open, now)
    };
    let until = Minute::parse("16:30").unwrap();
    let open = |closes_soon| DayState::Open { until, closes_soon };
    check(|language| said(language, open(false)), "Open until 4:30 pm", "Ouvert jusqu’à 16 h 30");
    let words = |language| Wording::in_language(language);
    for language in [Language::English, Language::French] {
        assert!(said(language, open(true)).ends_with(words(language).closes_soon));
        assert_eq!(said(language, DayState::Unknown), words(language).hours_unknown);
        assert_eq!(said(language, DayState::Closed { opens: None }), words(language).closed);
    }
    let minute = Minute::parse("08:30").unwrap();
    let opens = |date: &str| {
        let opens = Moment { date: Date::parse(date).unwrap(), minute };
        move |language| opens_at(language, opens, now)
    };
    check(opens("2026-11-26"), "Opens today at 8:30 am", "Ouvre aujourd’hui à 8 h 30");
    check(opens("2026-11-27"), "Opens tomorrow at 8:30 am", "Ouvre demain à 8 h 30");
    check(opens("2026-11-28"), "Opens Saturday at 8:30 am", "Ouvre samedi à 8 h 30");
    check(opens("2026-12-02"), "Opens Wednesday at 8:30 am", "Ouvre mercredi à 8 h 30");
    check(
        opens("2026-12-03"),
        "Opens Thursday, December 3 at 8:30 am",
        "Ouvre le jeudi 3 décembre à 8 h 30",
    );
}

#[test]
fn a_holiday_that_may_close_a_location_is_named_with_what_to_do() {
    let said = |language, english, french| {
        let name = if language == Language::French { french } else { english };
        may_be_closed(language, name)
    };
    check(
        |language| said(language, "Christmas Day", "Noël"),
        "May be closed for Christmas Day. Call first.",
        "Peut-être fermé (Noël). Appelez d’abord.",
    );
}

#[test]
fn distances_are_whole_kilometres() {
    check(|language| distance(language, 499.0), "under 1 km", "moins de 1 km");
    check(|language| distance(language, 1_500.0), "2 km", "2 km");
    check(|language| distance(language, 12_400.0), "12 km", "12 km");
}

#[test]
fn a_trip_says_how_many_places_do_how_much() {
    let said =
        |places, things, all| move |language| trip_answer(language, places, things, all, "x");
    check(
        said(0, 2, 2),
        "No location is open for this, x",
        "Aucun point de service ouvert pour ceci, x",
    );
    check(said(1, 1, 1), "Where to go, x", "Où aller, x");
    check(said(1, 3, 3), "You need only one stop, x", "Un seul arrêt suffit, x");
    check(said(2, 3, 3), "You need 2 stops, x", "Il faut 2 arrêts, x");
    check(said(1, 2, 3), "You can do 2 of 3, x", "Vous pouvez en faire 2 sur 3, x");
}

#[test]
fn a_trip_says_why_it_goes_there_and_how_far_another_location_is() {
    let why = |why, things| move |language| trip_reason(language, why, things);
    check(
        why(StopReason::Nearest, 3),
        "The nearest that does these 3 things and is open that day.",
        "Le point de service le plus proche qui fait ces 3 choses et ouvre ce jour-là.",
    );
    check(
        why(StopReason::Only, 1),
        "The only location that does this and is open that day.",
        "Le seul point de service qui fait ceci et ouvre ce jour-là.",
    );
    let far = |metres| move |language| distance_compared(language, metres);
    check(far(-11_600), "12 km nearer.", "Plus proche de 12 km.");
    check(far(2_400), "2 km farther.", "Plus loin de 2 km.");
    check(far(-300), "About as near.", "À peu près aussi proche.");
}

#[test]
fn the_conditions_of_an_offering_are_whole_sentences() {
    let offering = |days: &[Weekday], by_appointment, payments: &[Payment]| Offering {
        task: TaskId::parse("marry").unwrap(),
        days: days.to_vec(),
        by_appointment,
        payments: payments.to_vec(),
        note: None,
    };
    let all = offering(&[Weekday::Thursday], true, &[Payment::Cash, Payment::Debit]);
    check(
        |language| offering_terms(language, &all),
        "Only on Thursday. By appointment. Call first. Payment: cash, debit.",
        "Seulement le jeudi. Sur rendez-vous. Appelez d’abord. Paiement : comptant, débit.",
    );
    assert_eq!(offering_terms(Language::English, &offering(&[], false, &[])), "");
}

#[test]
fn money_has_cents_only_where_there_are_some() {
    check(|language| money(language, 500), "$5", "5 $");
    check(|language| money(language, 550), "$5.50", "5,50 $");
    check(|language| money(language, 5), "$0.05", "0,05 $");
}

#[test]
fn a_sum_says_what_it_does_not_contain() {
    let said = |unknown, varying| {
        move |language| fee_total(language, "$5", FeesMissing { unknown, varying, all: 3 })
    };
    check(said(0, 0), "$5 in total", "$5 en tout");
    check(
        said(1, 0),
        "At least $5; 1 of 3 fees unknown. Call before you go.",
        "Au moins $5; frais inconnus : 1 sur 3. Appelez avant de vous déplacer.",
    );
    check(said(3, 1), "Not known. Call before you go.", "Inconnu. Appelez avant de vous déplacer.");
}

#[test]
fn each_fault_of_a_question_names_what_to_do() {
    let said = |field, problem| move |language: Language| inquiry_fault(language, field, problem);
    use InquiryField::{Contact, Email, Message, Name, Phone};
    use InquiryProblem::{Missing, TooLong};
    check(said(Message, Missing), "Write your question.", "Écrivez votre question.");
    check(
        said(Contact, Missing),
        "Choose how we should reply.",
        "Choisissez comment nous devons vous répondre.",
    );
    check(
        said(Name, TooLong { by: 3 }),
        "Shorten this by 3 characters.",
        "Raccourcissez de 3 caractères.",
    );
    for language in [Language::English, Language::French] {
        let all = [said(Phone, Missing), said(Email, Missing)].map(|said| said(language));
        assert_ne!(all[0], all[1]);
        let phone = inquiry_fault(language, Phone, TooLong { by: 1 });
        assert!(phone.contains("705-324-9411"), "{phone}");
        let email = inquiry_fault(language, Email, TooLong { by: 1 });
        assert!(email.contains('@'), "{email}");
    }
}

#[test]
fn every_refusal_says_something_of_its_own_in_both_languages() {
    let refusals = [
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
    ];
    let mut texts: Vec<&str> = [Language::English, Language::French]
        .into_iter()
        .flat_map(|language| refusals.map(|refusal| refused(language, refusal)))
        .collect();
    texts.extend([Language::English, Language::French].map(copy_missing));
    let count = texts.len();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), count);
    for language in [Language::English, Language::French] {
        assert!(status_refused(language, 413).contains("413"));
    }
    assert_ne!(status_refused(Language::English, 1), status_refused(Language::French, 1));
}

#[test]
fn an_answer_says_how_certain_it_is() {
    let since = SourceDate::parse("2023-06-30");
    let said = |is_certain, since| {
        [Language::English, Language::French]
            .map(|language| answer_call(language, is_certain, since))
    };
    assert_eq!(said(true, since), ["Questions? Call", "Des questions? Appelez le"]);
    assert_eq!(said(false, None), ["Not confirmed. Call", "Non confirmé. Appelez le"]);
    assert_eq!(
        said(false, since),
        ["Not confirmed since 2023. Call", "Non confirmé depuis 2023. Appelez le"]
    );
}
