//! Regression tests for differences that the comparison has found, each reduced to a case that can
//! be checked by hand.

use super::made::bare;
use domain::HolidayId;
use domain::catalogue::{Catalogue, CatalogueFile, RecurringClosure, SpecialDay};
use domain::hours::{
    Date, DayHours, DayState, Holiday, HolidayRule, Hours, Minute, Nth, OpenState, Span, Week,
    Weekday,
};
use domain::provenance::Provenance;

/// One verified location, open on all days of the week at these times, with holidays on which it
/// does not close.
fn one_hub(hours: &[&str], holidays: &[(&str, HolidayRule)]) -> CatalogueFile {
    let (mut file, mut hub) = bare();
    hub.hours = sample::every_day(hours);
    hub.hours_verified = true;
    let like = file.holidays[0].clone();
    let holiday = |(id, rule): &(&str, HolidayRule)| Holiday {
        id: HolidayId::parse(id).unwrap(),
        rule: rule.clone(),
        ..like.clone()
    };
    file.holidays = holidays.iter().map(holiday).collect();
    file.facilities.retain(|facility| facility.id == hub.facility);
    file.facilities[0].source.url = Some("https://example.org/hours".into());
    file.facilities[0].source.verified = true;
    file.facilities[0].closed_on.clear();
    file.hubs = vec![hub];
    file.recurring_closures.clear();
    file
}

fn closed_on(file: &mut CatalogueFile, holiday: &str) {
    file.facilities[0].closed_on.push(HolidayId::parse(holiday).unwrap());
}

fn state(file: CatalogueFile, moment: &str) -> OpenState {
    let catalogue = Catalogue::check(file).unwrap();
    Hours::of(&catalogue, &catalogue.hubs()[0]).state_at(sample::moment(moment))
}

fn hours(file: &CatalogueFile, day: &str) -> DayHours {
    let catalogue = Catalogue::check(file.clone()).unwrap();
    Hours::of(&catalogue, &catalogue.hubs()[0]).on(Date::parse(day).unwrap()).hours
}

fn open(spans: &[&str]) -> DayHours {
    DayHours::Open(spans.iter().map(|span| Span::parse(span).unwrap()).collect())
}

fn fixed(month: u8, day: u8) -> HolidayRule {
    HolidayRule::Fixed { month, day }
}

#[test]
fn opens_tomorrow_says_please_confirm_when_tomorrow_must() {
    let catalogue = sample::checked(|_| {});
    let certain = |moment| {
        let hub = catalogue.hub(&sample::id("town-hall")).unwrap();
        Hours::of(&catalogue, hub).state_at(sample::moment(moment)).is_certain
    };
    // It is unknown whether offices are open on Family Day.
    assert!(certain("2026-02-12 17:00") && certain("2026-02-13 12:00"));
    assert!(!certain("2026-02-13 17:00") && !certain("2026-02-16 12:00"));
}

#[test]
fn of_two_holidays_on_one_day_the_one_that_closes_counts() {
    let mut file = one_hub(&["09:00-17:00"], &[("not-kept", fixed(7, 1)), ("kept", fixed(7, 1))]);
    closed_on(&mut file, "kept");
    assert_eq!(hours(&file, "2026-07-01"), DayHours::Closed);
}

#[test]
fn a_holiday_that_moves_to_a_monday_closes_it_whatever_else_that_monday_is() {
    let monday = HolidayRule::NthWeekday { nth: Nth::FIRST, weekday: Weekday::Monday, month: 7 };
    let mut file = one_hub(&["09:00-17:00"], &[("not-kept", monday), ("kept", fixed(7, 1))]);
    closed_on(&mut file, "kept");
    file.facilities[0].moves_to_working_day = true;
    // July 1, 2028 is a Saturday.
    assert_eq!(
        (hours(&file, "2028-07-03"), hours(&file, "2028-07-04")),
        (DayHours::Closed, open(&["09:00-17:00"]))
    );
}

#[test]
fn a_holiday_waits_longer_than_a_week_when_every_day_of_it_is_taken() {
    let days = [
        ("saturday", 1),
        ("monday", 3),
        ("tuesday", 4),
        ("wednesday", 5),
        ("thursday", 6),
        ("friday", 7),
    ];
    let mut file = one_hub(&["09:00-17:00"], &days.map(|(name, day)| (name, fixed(7, day))));
    days.iter().for_each(|(name, _)| closed_on(&mut file, name));
    file.facilities[0].moves_to_working_day = true;
    assert_eq!(
        (hours(&file, "2028-07-10"), hours(&file, "2028-07-11")),
        (DayHours::Closed, open(&["09:00-17:00"]))
    );
}

#[test]
fn times_of_opening_that_touch_are_one() {
    let file = one_hub(&["09:00-12:00", "12:00-17:00"], &[]);
    assert_eq!(hours(&file, "2026-11-23"), open(&["09:00-17:00"]));
    assert_eq!(
        state(file, "2026-11-23 11:45").state,
        DayState::Open { until: Minute::parse("17:00").unwrap(), closes_soon: false }
    );
}

#[test]
fn a_place_that_is_open_through_midnight_does_not_close_soon() {
    let closes_soon = |span| {
        matches!(
            state(one_hub(&[span], &[]), "2026-11-23 23:45").state,
            DayState::Open { closes_soon: true, .. }
        )
    };
    assert!(!closes_soon("00:00-24:00"));
    assert!(closes_soon("08:00-24:00"));
}

#[test]
fn a_special_day_from_a_source_that_is_not_verified_says_so() {
    let mut file = one_hub(&["09:00-17:00"], &[]);
    file.facilities[0].special_days =
        vec![SpecialDay { month: 12, day: 24, hours: vec![Span::parse("09:00-12:00").unwrap()] }];
    file.facilities[0].source.verified = false;
    assert!(!state(file.clone(), "2026-12-24 10:00").is_certain);
    assert!(state(file, "2026-12-23 10:00").is_certain);
}

#[test]
fn a_closure_from_a_source_that_is_not_verified_says_so() {
    let mut file = one_hub(&["09:00-17:00"], &[]);
    let like = sample::town().recurring_closures[0].clone();
    let hubs = vec![file.hubs[0].id.clone()];
    file.recurring_closures =
        vec![RecurringClosure { hubs, source: Provenance::default(), ..like }];
    assert!(!state(file.clone(), "2026-12-02 10:00").is_certain, "the first Wednesday");
    assert!(state(file, "2026-12-09 10:00").is_certain, "the second Wednesday");
}

#[test]
fn closed_all_day_is_known_even_where_the_weekdays_hours_are_not() {
    let mut file = one_hub(&[], &[]);
    file.hubs[0].hours = Week { mon: Some(Vec::new()), ..Week::default() };
    file.facilities[0].special_days = vec![SpecialDay { month: 12, day: 24, hours: Vec::new() }];
    assert_eq!(
        (hours(&file, "2026-12-23"), hours(&file, "2026-12-24")),
        (DayHours::Unknown, DayHours::Closed)
    );
}

/// The hours and the certainty of a location that is usually open from 9 to 5, on the statutory
/// holiday July 1.
fn on_july_1(change: impl FnOnce(&mut CatalogueFile)) -> (DayHours, bool) {
    let mut file = one_hub(&["09:00-17:00"], &[("canada-day", fixed(7, 1))]);
    change(&mut file);
    let catalogue = Catalogue::check(file).unwrap();
    let plan = Hours::of(&catalogue, &catalogue.hubs()[0]).on(Date::parse("2026-07-01").unwrap());
    assert_eq!(plan.holiday.as_ref().map(HolidayId::as_str), Some("canada-day"));
    (plan.hours, plan.is_certain)
}

#[test]
fn nothing_is_open_on_a_statutory_holiday_that_nobody_has_confirmed() {
    let canada_day = || HolidayId::parse("canada-day").unwrap();
    let half_day = |file: &mut CatalogueFile| {
        let hours = vec![Span::parse("10:00-12:00").unwrap()];
        file.facilities[0].special_days = vec![SpecialDay { month: 7, day: 1, hours }];
    };
    let unverified = |file: &mut CatalogueFile| file.facilities[0].source.verified = false;
    let usual = open(&["09:00-17:00"]);
    assert_eq!(on_july_1(|_| {}), (DayHours::Unknown, false));
    assert_eq!(on_july_1(|file| file.holidays[0].is_statutory = false), (usual.clone(), false));
    let stays_open = |file: &mut CatalogueFile| file.facilities[0].open_on.push(canada_day());
    assert_eq!(on_july_1(stays_open), (usual, true));
    assert_eq!(
        on_july_1(|file| (stays_open(file), unverified(file)).0),
        (DayHours::Unknown, false),
        "written down, but not confirmed"
    );
    assert_eq!(on_july_1(half_day), (open(&["10:00-12:00"]), true), "confirmed for the day");
    assert_eq!(on_july_1(|file| (half_day(file), unverified(file)).0), (DayHours::Unknown, false));
    assert_eq!(on_july_1(|file| closed_on(file, "canada-day")), (DayHours::Closed, true));
    let shut = |file: &mut CatalogueFile| file.hubs[0].hours = sample::every_day(&[]);
    assert_eq!(on_july_1(shut).0, DayHours::Closed, "closed anyway");
}

#[test]
fn the_evening_before_such_a_holiday_names_the_day_after_it_and_is_not_certain() {
    let file = one_hub(&["09:00-17:00"], &[("canada-day", fixed(7, 1))]);
    let evening = state(file.clone(), "2026-06-30 18:00");
    let opens = Some(sample::moment("2026-07-02 09:00"));
    assert_eq!((evening.state, evening.is_certain), (DayState::Closed { opens }, false));
    let on_the_day = state(file, "2026-07-01 10:00");
    assert_eq!(on_the_day.state, DayState::Unknown);
    assert_eq!(on_the_day.holiday.as_ref().map(HolidayId::as_str), Some("canada-day"));
}
