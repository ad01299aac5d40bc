//! Times in the municipality's time zone, and in words.

use super::clock::Due;
use domain::Language;
use domain::hours::{Date, Minute, Moment, Weekday};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use wording::{day_number, time};

const DAYS_EN: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const DAYS_FR: [&str; 7] =
    ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
const MONTHS_EN: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"];
const MONTHS_FR: [&str; 12] = [
    "janv.", "févr.", "mars", "avril", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.",
    "déc.",
];
/// A weekday alone is unambiguous up to this many days ahead.
const WEEKDAY_SAYS_DAYS: i32 = 6;

/// The municipality's time zone.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// The time zone of an IANA name; UTC if the name is unknown, which the catalogue's check rules
    /// out.
    pub fn of(name: &str) -> Self {
        Self(TimeZone::get(name).unwrap_or(TimeZone::UTC))
    }

    /// The local time at `ms` (milliseconds since 1970), rounded down to the minute.
    pub fn moment(&self, ms: u64) -> Moment {
        let seconds = i64::try_from(ms / 1_000).unwrap_or(i64::MAX);
        let local = self.0.to_datetime(Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX));
        let date = Date::new(
            local.year().unsigned_abs(),
            local.month().unsigned_abs(),
            local.day().unsigned_abs(),
        );
        let minute = Minute::new(
            u16::from(local.hour().unsigned_abs()),
            u16::from(local.minute().unsigned_abs()),
        );
        Moment {
            date: date.unwrap_or(Date::from_days_since_1970(0)),
            minute: minute.unwrap_or(Minute::MIDNIGHT),
        }
    }

    /// Milliseconds since 1970 at a local time. A time that occurs twice stands for its first
    /// occurrence; a time that is skipped is moved forward by the length of the gap.
    pub fn ms(&self, moment: Moment) -> u64 {
        let (date, minute) = (moment.date, moment.minute);
        // 24:00 is midnight of the next day.
        let (date, hour) =
            if minute.hour() == 24 { (date.plus_days(1), 0) } else { (date, minute.hour()) };
        let local = DateTime::new(
            date.year() as i16,
            date.month() as i8,
            date.day() as i8,
            hour as i8,
            minute.minute() as i8,
            0,
            0,
        );
        let moment = local.ok().and_then(|local| self.0.to_timestamp(local).ok());
        moment.map_or(0, |moment| u64::try_from(moment.as_millisecond()).unwrap_or(0))
    }
}

/// "Monday at 2 pm", or "Thursday, Dec 10 at 2 pm" if it is further away.
pub fn day_and_time(moment: Moment, now: Moment, language: Language) -> String {
    let away = moment.date.days_since_1970() - now.date.days_since_1970();
    let weekday = weekday(moment.date.weekday(), language);
    let day = match (away, language) {
        (0, Language::English) => "today".to_string(),
        (0, Language::French) => "aujourd’hui".to_string(),
        (1, Language::English) => "tomorrow".to_string(),
        (1, Language::French) => "demain".to_string(),
        (-1, Language::English) => "yesterday".to_string(),
        (-1, Language::French) => "hier".to_string(),
        (2..=WEEKDAY_SAYS_DAYS, _) => weekday.to_string(),
        (_, Language::English) => format!("{weekday}, {}", date(moment.date, now.date, language)),
        (_, Language::French) => format!("{weekday} {}", date(moment.date, now.date, language)),
    };
    let at = if language == Language::English { "at" } else { "à" };
    format!("{day} {at} {}", time(language, moment.minute))
}

/// "Nov 26", with the year if it is not the current one.
pub fn date(date: Date, today: Date, language: Language) -> String {
    let at = usize::from(date.month().clamp(1, 12) - 1);
    let year =
        if date.year() == today.year() { String::new() } else { format!(" {}", date.year()) };
    match language {
        Language::English => format!("{} {}{year}", MONTHS_EN[at], date.day()),
        Language::French => format!("{} {}{year}", day_number(date.day()), MONTHS_FR[at]),
    }
}

fn weekday(weekday: Weekday, language: Language) -> &'static str {
    match language {
        Language::English => DAYS_EN[weekday as usize],
        Language::French => DAYS_FR[weekday as usize],
    }
}

/// A duration in words, in minutes, hours or days.
pub fn lasting(seconds: u64, language: Language) -> String {
    let (count, one, many) = match (seconds, language) {
        (0..3_600, Language::English) => (seconds / 60, "minute", "minutes"),
        (0..3_600, Language::French) => (seconds / 60, "minute", "minutes"),
        (3_600..172_800, Language::English) => (seconds / 3_600, "hour", "hours"),
        (3_600..172_800, Language::French) => (seconds / 3_600, "heure", "heures"),
        (_, Language::English) => (seconds / 86_400, "day", "days"),
        (_, Language::French) => (seconds / 86_400, "jour", "jours"),
    };
    format!(
        "{count} {}",
        if count == 1 || (count == 0 && language == Language::French) { one } else { many }
    )
}

/// How long ago something happened, in words.
pub fn ago(seconds: u64, language: Language) -> String {
    match (seconds, language) {
        (0..120, Language::English) => "just now".into(),
        (0..120, Language::French) => "à l’instant".into(),
        (_, Language::English) => format!("{} ago", lasting(seconds, language)),
        (_, Language::French) => format!("il y a {}", lasting(seconds, language)),
    }
}

/// When a promise is due, in two or three words: for a row of a list.
pub fn due_briefly(due: Due, now: Moment, language: Language) -> String {
    let english = language == Language::English;
    match due {
        Due::At(moment) if moment < now => {
            let late = lasting(seconds_between(moment, now), language);
            if english { format!("{late} late") } else { format!("{late} de retard") }
        }
        Due::At(moment) => {
            let away = moment.date.days_since_1970() - now.date.days_since_1970();
            match away {
                ..=WEEKDAY_SAYS_DAYS => day_and_time(moment, now, language),
                _ => date(moment.date, now.date, language),
            }
        }
        Due::Paused { .. } => if english { "Paused" } else { "Suspendu" }.into(),
        Due::Never => if english { "No set time" } else { "Sans délai" }.into(),
    }
}

fn seconds_between(from: Moment, to: Moment) -> u64 {
    let minutes = |moment: Moment| {
        let minute = i64::from(moment.minute.hour()) * 60 + i64::from(moment.minute.minute());
        i64::from(moment.date.days_since_1970()) * 24 * 60 + minute
    };
    u64::try_from((minutes(to) - minutes(from)) * 60).unwrap_or(0)
}

/// The state of a promise in words, so that it never depends on colour alone (WCAG 1.4.1).
pub fn promise(due: Due, now: Moment, language: Language) -> String {
    let english = language == Language::English;
    match due {
        Due::At(moment) if moment < now => {
            let when = day_and_time(moment, now, language);
            if english {
                format!("Overdue since {when}")
            } else {
                format!("En retard depuis {when}")
            }
        }
        Due::At(moment) => {
            let when = day_and_time(moment, now, language);
            if english { format!("Due {when}") } else { format!("Pour {when}") }
        }
        Due::Paused { left_minutes } => {
            let (hours, minutes) = (left_minutes / 60, left_minutes % 60);
            if english {
                format!("Paused, {hours} h {minutes:02} left")
            } else {
                format!("Délai suspendu, reste {hours} h {minutes:02}")
            }
        }
        Due::Never => {
            if english { "Working hours unknown" } else { "Heures de travail inconnues" }.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        Moment::parse(text).unwrap()
    }

    #[test]
    fn the_wall_clock_and_the_worlds_agree_through_both_changes() {
        let zone = Zone::of("America/Toronto");
        for (moment, utc) in [
            ("2026-07-01 12:00", "2026-07-01T16:00:00Z"),
            ("2026-11-26 12:00", "2026-11-26T17:00:00Z"),
        ] {
            let ms = utc.parse::<Timestamp>().unwrap().as_millisecond() as u64;
            assert_eq!((zone.moment(ms), zone.ms(at(moment))), (at(moment), ms));
        }
        // Every half hour around both changes of 2026 converts back to itself, except the repeated
        // hour, which converts to its first occurrence.
        let begin = zone.ms(at("2026-03-07 00:00"));
        for ms in (begin..begin + 3 * 86_400_000).step_by(1_800_000) {
            assert_eq!(zone.ms(zone.moment(ms)), ms);
        }
        assert_eq!(
            zone.ms(at("2026-11-01 01:30")) + 3_600_000 * 2,
            zone.ms(at("2026-11-01 02:30"))
        );
    }

    #[test]
    fn a_row_says_in_few_words_when_it_is_due() {
        let now = at("2026-11-26 09:00");
        let due = |moment: &str, language| {
            due_briefly(Due::At(at(moment)), now, language).replace('\u{a0}', " ")
        };
        for (moment, english, french) in [
            ("2026-10-31 09:00", "26 days late", "26 jours de retard"),
            ("2026-11-26 08:00", "1 hour late", "1 heure de retard"),
            ("2026-11-26 08:59", "1 minute late", "1 minute de retard"),
            ("2026-11-26 16:30", "today at 4:30 pm", "aujourd’hui à 16 h 30"),
            ("2026-11-30 10:00", "Monday at 10 am", "lundi à 10 h"),
            ("2026-12-10 10:00", "Dec 10", "10 déc."),
        ] {
            assert_eq!(due(moment, Language::English), english);
            assert_eq!(due(moment, Language::French), french);
        }
    }

    #[test]
    fn moments_are_said_as_people_say_them() {
        let now = at("2026-11-26 09:00");
        let say =
            |moment: &str, language| day_and_time(at(moment), now, language).replace('\u{a0}', " ");
        assert_eq!(say("2026-11-26 14:00", Language::English), "today at 2 pm");
        assert_eq!(say("2026-11-30 14:00", Language::English), "Monday at 2 pm");
        assert_eq!(say("2026-12-10 14:00", Language::English), "Thursday, Dec 10 at 2 pm");
        assert_eq!(say("2025-12-10 14:00", Language::French), "mercredi 10 déc. 2025 à 14 h");
        assert_eq!(say("2027-01-01 09:00", Language::French), "vendredi 1er janv. 2027 à 9 h");
        assert_eq!(
            [0, 150, 7_300, 172_799, 172_800].map(|seconds| ago(seconds, Language::English)),
            ["just now", "2 minutes ago", "2 hours ago", "47 hours ago", "2 days ago"]
        );
        assert_eq!(
            [30, 3_600, 400_000].map(|seconds| ago(seconds, Language::French)),
            ["à l’instant", "il y a 1 heure", "il y a 4 jours"]
        );
        assert_eq!(
            promise(Due::At(at("2026-11-25 16:00")), now, Language::English),
            "Overdue since yesterday at 4\u{a0}pm"
        );
        assert_eq!(
            promise(Due::Paused { left_minutes: 390 }, now, Language::French),
            "Délai suspendu, reste 6 h 30"
        );
    }

    #[test]
    fn midnight_belongs_to_both_days_and_a_time_is_rounded_down() {
        let zone = Zone::of("America/Toronto");
        let midnight = zone.ms(at("2026-11-27 00:00"));
        let end = Moment { minute: Minute::new(24, 0).unwrap(), ..at("2026-11-26 00:00") };
        assert_eq!(zone.ms(end), midnight);
        assert_eq!(zone.moment(midnight + 59_999), at("2026-11-27 00:00"));
        assert_eq!(Zone::of("Nowhere").moment(0), at("1970-01-01 00:00"));
    }

    #[test]
    fn days_nearby_have_names_and_those_further_away_dates() {
        let now = at("2026-11-26 09:00");
        let say =
            |moment: &str, language| day_and_time(at(moment), now, language).replace('\u{a0}', " ");
        for (moment, english, french) in [
            ("2026-11-24 09:30", "Tuesday, Nov 24 at 9:30 am", "mardi 24 nov. à 9 h 30"),
            ("2026-11-25 09:30", "yesterday at 9:30 am", "hier à 9 h 30"),
            ("2026-11-27 09:30", "tomorrow at 9:30 am", "demain à 9 h 30"),
            ("2026-11-28 09:30", "Saturday at 9:30 am", "samedi à 9 h 30"),
            ("2026-12-02 09:30", "Wednesday at 9:30 am", "mercredi à 9 h 30"),
            ("2026-12-03 09:30", "Thursday, Dec 3 at 9:30 am", "jeudi 3 déc. à 9 h 30"),
        ] {
            assert_eq!(say(moment, Language::English), english);
            assert_eq!(say(moment, Language::French), french);
        }
    }

    #[test]
    fn one_is_said_as_one_and_none_as_the_language_has_it() {
        let say = |language| [0, 60, 120, 3_600, 7_200, 172_800].map(|of| lasting(of, language));
        assert_eq!(
            say(Language::English),
            ["0 minutes", "1 minute", "2 minutes", "1 hour", "2 hours", "2 days"]
        );
        assert_eq!(
            say(Language::French),
            ["0 minute", "1 minute", "2 minutes", "1 heure", "2 heures", "2 jours"]
        );
    }

    #[test]
    fn a_promise_is_said_in_both_languages() {
        let now = at("2026-11-26 09:00");
        let both = |due| {
            [Language::English, Language::French]
                .map(|language| promise(due, now, language).replace('\u{a0}', " "))
        };
        for (due, said) in [
            (Due::At(now), ["Due today at 9 am", "Pour aujourd’hui à 9 h"]),
            (
                Due::At(at("2026-11-25 16:00")),
                ["Overdue since yesterday at 4 pm", "En retard depuis hier à 16 h"],
            ),
            (
                Due::Paused { left_minutes: 125 },
                ["Paused, 2 h 05 left", "Délai suspendu, reste 2 h 05"],
            ),
            (Due::Never, ["Working hours unknown", "Heures de travail inconnues"]),
        ] {
            assert_eq!(both(due), said);
        }
        let briefly =
            |due| [Language::English, Language::French].map(|of| due_briefly(due, now, of));
        assert_eq!(briefly(Due::Paused { left_minutes: 5 }), ["Paused", "Suspendu"]);
        assert_eq!(briefly(Due::Never), ["No set time", "Sans délai"]);
        assert_eq!(due_briefly(Due::At(now), now, Language::English), "today at 9\u{a0}am");
    }
}
