//! Days and times as people write them in each language.

use domain::Language;
use domain::hours::{Date, DayHours, Minute, Span, Weekday};
use domain::provenance::SourceDate;

const MONTHS_ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_FRENCH: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const DAYS_ENGLISH: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const DAYS_FRENCH: [&str; 7] =
    ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

/// "January"; "janvier". The number is from one to twelve.
pub fn month(language: Language, month: u8) -> &'static str {
    let names = if language == Language::French { MONTHS_FRENCH } else { MONTHS_ENGLISH };
    names[usize::from(month.clamp(1, 12)) - 1]
}

/// "Monday"; "lundi".
pub fn weekday(language: Language, weekday: Weekday) -> &'static str {
    let names = if language == Language::French { DAYS_FRENCH } else { DAYS_ENGLISH };
    names[weekday as usize]
}

/// "4:30 pm", "noon"; "16 h 30", "midi".
pub fn time(language: Language, minute: Minute) -> String {
    let (hour, rest) = (minute.hour(), minute.minute());
    match (language, hour, rest) {
        (Language::English, 12, 0) => "noon".into(),
        (Language::English, 0 | 24, 0) => "midnight".into(),
        (Language::English, hour, rest) => {
            let half = if hour % 24 < 12 { "am" } else { "pm" };
            let hour = if hour.is_multiple_of(12) { 12 } else { hour % 12 };
            if rest == 0 {
                format!("{hour}\u{a0}{half}")
            } else {
                format!("{hour}:{rest:02}\u{a0}{half}")
            }
        }
        (Language::French, 12, 0) => "midi".into(),
        (Language::French, 0 | 24, 0) => "minuit".into(),
        (Language::French, hour, 0) => format!("{hour}\u{a0}h"),
        (Language::French, hour, rest) => format!("{hour}\u{a0}h\u{a0}{rest:02}"),
    }
}

/// "Monday, November 23"; "lundi 23 novembre".
pub fn day(language: Language, date: Date) -> String {
    let name = weekday(language, date.weekday());
    match language {
        Language::English => format!("{name}, {} {}", month(language, date.month()), date.day()),
        Language::French => {
            format!("{name} {} {}", day_number(date.day()), month(language, date.month()))
        }
    }
}

/// The date with its year: "November 23, 2026"; "23 novembre 2026".
pub fn full_date(language: Language, date: Date) -> String {
    match language {
        Language::English => {
            format!("{} {}, {}", month(language, date.month()), date.day(), date.year())
        }
        Language::French => {
            format!("{} {} {}", day_number(date.day()), month(language, date.month()), date.year())
        }
    }
}

/// The number of a day of the month in French: "1er", "23".
pub fn day_number(day: u8) -> String {
    if day == 1 { "1er".into() } else { day.to_string() }
}

/// As precise as the source: "2025", "June 2025", "June 30, 2025".
pub fn source_date(language: Language, date: SourceDate) -> String {
    match (date.month, date.day) {
        (Some(m), Some(d)) => Date::new(date.year, m, d)
            .map_or_else(|| date.to_string(), |date| full_date(language, date)),
        (Some(m), None) => format!("{} {}", month(language, m), date.year),
        _ => date.year.to_string(),
    }
}

/// "8:30 am to noon, 1 pm to 4:30 pm".
pub fn spans(language: Language, spans: &[Span]) -> String {
    let to = if language == Language::French { "à" } else { "to" };
    let each: Vec<String> = spans
        .iter()
        .map(|span| format!("{} {to} {}", time(language, span.from()), time(language, span.to())))
        .collect();
    each.join(", ")
}

/// The opening hours of a day, such as "8:30 am to noon".
pub fn day_hours(language: Language, hours: &DayHours) -> String {
    let words = super::Wording::in_language(language);
    match hours {
        DayHours::Unknown => words.unknown_day.into(),
        DayHours::Closed => words.closed_day.into(),
        DayHours::Open(open) => spans(language, open),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_days_are_said_as_people_say_them() {
        let at = |text| Minute::parse(text).unwrap();
        let english = |text| time(Language::English, at(text)).replace('\u{a0}', " ");
        let french = |text| time(Language::French, at(text)).replace('\u{a0}', " ");
        assert_eq!(
            [
                english("08:30"),
                english("12:00"),
                english("16:00"),
                english("00:15"),
                english("12:30")
            ],
            ["8:30 am", "noon", "4 pm", "12:15 am", "12:30 pm"]
        );
        assert_eq!([french("08:30"), french("12:00"), french("16:00")], ["8 h 30", "midi", "16 h"]);
        let date = Date::parse("2026-12-01").unwrap();
        assert_eq!(day(Language::English, date), "Tuesday, December 1");
        assert_eq!(day(Language::French, date), "mardi 1er décembre");
        assert_eq!(full_date(Language::French, date), "1er décembre 2026");
        assert_eq!(
            source_date(Language::English, SourceDate::parse("2025-06").unwrap()),
            "June 2025"
        );
    }
}
