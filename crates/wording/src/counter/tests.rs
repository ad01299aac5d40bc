//! The sentences of a staff tablet in both languages.

use super::*;
use domain::catalogue::Payment;

const BOTH: [Language; 2] = [Language::English, Language::French];

/// Texts that are all different.
fn differ(mut texts: Vec<String>) {
    let count = texts.len();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), count);
}

#[test]
fn every_name_is_its_own() {
    for language in BOTH {
        differ(Channel::ALL.map(|channel| channel_name(language, channel).into()).into());
        differ(Reason::ALL.map(|reason| reason_name(language, reason).into()).into());
        let outcomes =
            [Outcome::Done, Outcome::Referred(Reason::Other), Outcome::CouldNot(Reason::Other)];
        differ(outcomes.map(|outcome| outcome_name(language, outcome).into()).into());
        differ(Payment::ALL.map(|payment| payment_names(language, &[payment])).into());
        let kinds = [
            Kind::Contact,
            Kind::Inquiry,
            Kind::Feedback,
            Kind::Tally,
            Kind::Correction,
            Kind::Gap,
        ];
        differ(kinds.map(|kind| kind_plural(language, kind).into()).into());
    }
    assert_ne!(
        reason_name(Language::English, Reason::Payment),
        reason_name(Language::French, Reason::Payment)
    );
}

#[test]
fn times_are_in_minutes_and_seconds() {
    assert_eq!(try_again_in(Language::English, 90), "Too many wrong PINs. Try again in 1:30.");
    assert_eq!(try_again_in(Language::French, 5), "Trop de NIP incorrects. Réessayez dans 0:05.");
    assert_eq!(locks_in(Language::English, 1), "Locking in 1 second");
    assert_eq!(locks_in(Language::French, 12), "Verrouillage dans 12 secondes");
}

#[test]
fn a_kiosk_asks_nobody_and_the_others_every_kth() {
    assert_eq!(way_name(Language::English, Way::Kiosk, 5), "Open to everyone");
    assert_eq!(
        way_name(Language::English, Way::Paper, 5),
        "Paper forms, entered by staff. One visitor in 5 is invited."
    );
    assert_eq!(
        way_name(Language::French, Way::StaffAssisted, 1),
        "Tablette remise aux visiteurs. On invite chaque visiteur."
    );
}

#[test]
fn who_is_where_and_when() {
    assert_eq!(at_as(Language::English, "Fair", "Sam"), "Fair. Unlocked by Sam.");
    assert_eq!(at_as(Language::French, "Foire", "Sam"), "Foire. Tablette déverrouillée par Sam.");
    let (from, to) = (Minute::parse("09:00").unwrap(), Minute::parse("12:00").unwrap());
    let day = Date::parse("2026-12-01").unwrap();
    assert_eq!(
        event_day(Language::English, day, from, to).replace('\u{a0}', " "),
        "Tuesday, December 1, 9 am–noon"
    );
    assert_eq!(payments(Language::English, None), None);
}
