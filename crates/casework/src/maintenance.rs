//! Maintenance: a time in which the servers of a database only read. It is a setting in the
//! database, so that all of them agree. It has no end of its own: only who began it knows when the
//! work is done, so the time that people are told is a promise, not a timer.

use crate::when::{Zone, day_and_time};
use domain::Language;
use domain::hours::{Date, Minute, Moment};
use serde::{Deserialize, Serialize};

/// The name of the setting in the store.
pub const SETTING: &str = "maintenance";
/// The value of the setting while there is none.
pub const OFF: &str = "";
/// The longest words for people, in characters: three lines on a phone.
pub const WORDS_CHARS_MAX: usize = 200;
/// The longest maintenance that can be announced: a longer one is another matter.
pub const HOURS_MAX: u64 = 7 * 24;
/// When a device asks again, at the earliest and at the latest, in seconds. The work may end before
/// the time that was announced.
const RETRY_S: (u64, u64) = (60, 900);
const HOUR_MS: u64 = 3_600_000;

/// Maintenance that has begun. Stored as JSON: names are never changed, new ones may be added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maintenance {
    /// When it began, in milliseconds since 1970.
    pub since_ms: u64,
    /// When it is to end, in milliseconds since 1970.
    pub until_ms: u64,
    /// What people are told in English; empty for the usual words.
    #[serde(default)]
    pub english: String,
    /// What people are told in French; empty for the usual words.
    #[serde(default)]
    pub french: String,
    /// Everything was moved to another database, so this one never takes anything again.
    #[serde(default)]
    pub is_moved: bool,
    /// That move is complete: the other database has everything, and takes more.
    #[serde(default)]
    pub has_arrived: bool,
}

/// Why maintenance cannot begin as it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaintenanceFault {
    /// The end is not a time.
    Time,
    /// The end has passed.
    Past,
    /// The end is too far away.
    Far,
    /// Words are too long, or have more than one line.
    Words,
}

impl Maintenance {
    /// Maintenance from `now_ms` (milliseconds since 1970) until a local time: `18:30`, the next
    /// time that it is so late, or `2026-12-01T18:30`.
    pub fn parse(
        until: &str,
        [english, french]: [&str; 2],
        zone: &Zone,
        now_ms: u64,
    ) -> Result<Self, MaintenanceFault> {
        let until_ms = local_time(until.trim(), zone, now_ms).ok_or(MaintenanceFault::Time)?;
        if until_ms <= now_ms {
            return Err(MaintenanceFault::Past);
        }
        if until_ms - now_ms > HOURS_MAX * HOUR_MS {
            return Err(MaintenanceFault::Far);
        }
        let [english, french] = [english, french].map(str::trim);
        let is_line = |words: &str| {
            words.chars().count() <= WORDS_CHARS_MAX && !words.contains(char::is_control)
        };
        if !is_line(english) || !is_line(french) {
            return Err(MaintenanceFault::Words);
        }
        let (english, french) = (english.into(), french.into());
        Ok(Self { since_ms: now_ms, until_ms, english, french, ..Self::default() })
    }

    /// What the setting says; `None` if there is no maintenance. A value that a newer server wrote
    /// is maintenance: that is the side on which nothing is lost.
    pub fn of_setting(value: Option<&str>) -> Option<Self> {
        let value = value.filter(|value| *value != OFF)?;
        Some(serde_json::from_str(value).unwrap_or_default())
    }

    /// The value of the setting.
    pub fn setting(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The mark of a database from which everything was moved away.
    pub fn moved(now_ms: u64) -> Self {
        Self { since_ms: now_ms, until_ms: now_ms, is_moved: true, ..Self::default() }
    }

    /// What people are told, at `now_ms` (milliseconds since 1970): the words, and until when.
    pub fn said(&self, language: Language, zone: &Zone, now_ms: u64) -> String {
        let (words, usual) = match language {
            Language::English => (&self.english, "We are working on our server."),
            Language::French => (&self.french, "Nous travaillons sur notre serveur."),
        };
        let words = if words.is_empty() { usual } else { words };
        if !self.has_time(now_ms) {
            return words.into();
        }
        let until = day_and_time(zone.moment(self.until_ms), zone.moment(now_ms), language);
        match language {
            Language::English => format!("{words} Expected end: {until}."),
            Language::French => format!("{words} Fin prévue\u{a0}: {until}."),
        }
    }

    /// Whether the announced end is still to come.
    pub fn has_time(&self, now_ms: u64) -> bool {
        self.until_ms > now_ms
    }

    /// After how many seconds a device may ask again, at `now_ms`.
    pub fn retry_after_s(&self, now_ms: u64) -> u64 {
        (self.until_ms.saturating_sub(now_ms) / 1_000).clamp(RETRY_S.0, RETRY_S.1)
    }
}

/// A local time as `18:30`, the next time that it is so late, or `2026-12-01T18:30`, in
/// milliseconds since 1970; `None` if it is neither.
pub fn local_time(text: &str, zone: &Zone, now_ms: u64) -> Option<u64> {
    if let Some((date, time)) = text.split_once(['T', ' ']) {
        return Some(zone.ms(Moment { date: Date::parse(date)?, minute: minute_of(time)? }));
    }
    let (minute, now) = (minute_of(text)?, zone.moment(now_ms));
    let today = zone.ms(Moment { date: now.date, minute });
    let tomorrow = || zone.ms(Moment { date: now.date.plus_days(1), minute });
    Some(if today > now_ms { today } else { tomorrow() })
}

/// A time of day as `18:30`. The end of a day belongs to the next one.
fn minute_of(text: &str) -> Option<Minute> {
    Minute::parse(text).filter(|minute| *minute != Minute::END_OF_DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-12-01, 12:00 in Toronto.
    const NOON_MS: u64 = 1_796_144_400_000;

    fn zone() -> Zone {
        Zone::of("America/Toronto")
    }

    fn until(text: &str) -> Result<u64, MaintenanceFault> {
        let parsed = Maintenance::parse(text, ["", ""], &zone(), NOON_MS);
        parsed.map(|of| (of.until_ms - NOON_MS) / 60_000)
    }

    #[test]
    fn an_end_is_a_local_time_that_is_to_come() {
        assert_eq!(until("12:30"), Ok(30));
        assert_eq!(until("11:30"), Ok(23 * 60 + 30), "tomorrow");
        assert_eq!(until("12:00"), Ok(24 * 60), "now is over");
        assert_eq!(until("2026-12-02T12:00"), Ok(24 * 60));
        assert_eq!(until(" 2026-12-01 12:01 "), Ok(1));
        for text in ["", "noon", "12", "12:60", "24:00", "1:30", "2026-13-01T12:00"] {
            assert_eq!(until(text), Err(MaintenanceFault::Time), "{text}");
        }
        assert_eq!(until("2026-11-30T12:00"), Err(MaintenanceFault::Past));
        assert_eq!(until("2026-12-08T12:00"), Ok(HOURS_MAX * 60));
        assert_eq!(until("2026-12-08T12:01"), Err(MaintenanceFault::Far));
    }

    #[test]
    fn words_are_one_line_that_fits() {
        let parse = |words: &str| Maintenance::parse("12:30", ["", words], &zone(), NOON_MS);
        assert_eq!(parse(&"é".repeat(WORDS_CHARS_MAX)).unwrap().french.chars().count(), 200);
        for words in [&"é".repeat(WORDS_CHARS_MAX + 1), "a\nb", "a\0b"] {
            assert_eq!(parse(words), Err(MaintenanceFault::Words), "{words:?}");
        }
    }

    #[test]
    fn people_hear_the_words_and_the_end_until_it_has_passed() {
        let mut of = Maintenance::parse("18:30", ["", "On bricole."], &zone(), NOON_MS).unwrap();
        let said = |of: &Maintenance, language, now_ms| of.said(language, &zone(), now_ms);
        assert_eq!(
            said(&of, Language::English, NOON_MS),
            "We are working on our server. Expected end: today at 6:30\u{a0}pm."
        );
        assert_eq!(
            said(&of, Language::French, NOON_MS),
            "On bricole. Fin prévue\u{a0}: aujourd’hui à 18\u{a0}h\u{a0}30."
        );
        of.until_ms = NOON_MS;
        assert_eq!(said(&of, Language::French, NOON_MS), "On bricole.");
    }

    #[test]
    fn the_setting_reads_back_and_one_that_cannot_be_read_is_maintenance() {
        let of = Maintenance::parse("18:30", ["One", "Un"], &zone(), NOON_MS).unwrap();
        assert_eq!(Maintenance::of_setting(Some(&of.setting())), Some(of));
        assert_eq!(Maintenance::of_setting(None), None);
        assert_eq!(Maintenance::of_setting(Some(OFF)), None);
        let newer = Maintenance::of_setting(Some(r#"{"since_ms":7,"until_ms":8,"more":1}"#));
        assert_eq!(newer.map(|of| of.since_ms), Some(7));
        assert_eq!(Maintenance::of_setting(Some("2")), Some(Maintenance::default()));
        let moved = Maintenance::of_setting(Some(&Maintenance::moved(7).setting())).unwrap();
        assert!(moved.is_moved && !moved.has_arrived);
        let older = r#"{"since_ms":7,"until_ms":7,"is_moved":true}"#;
        assert_eq!(Maintenance::of_setting(Some(older)), Some(moved.clone()));
        let arrived = Maintenance { has_arrived: true, ..moved };
        assert_eq!(Maintenance::of_setting(Some(&arrived.setting())), Some(arrived));
    }

    #[test]
    fn devices_ask_again_within_a_quarter_of_an_hour_and_not_within_a_minute() {
        let after = |minutes: u64| {
            let until_ms = NOON_MS + minutes * 60_000;
            Maintenance { until_ms, ..Maintenance::default() }.retry_after_s(NOON_MS)
        };
        assert_eq!([0, 1, 5, 15, 600].map(after), [60, 60, 300, 900, 900]);
    }
}
