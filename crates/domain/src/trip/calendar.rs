//! A stop of a trip as a calendar file (iCalendar, RFC 5545): an all-day event, so that no time
//! zone is needed and nobody's afternoon is blocked.

use crate::hours::Date;
use std::fmt::Write;

/// Longest line in bytes; longer ones are folded (RFC 5545, section 3.1).
const LINE_BYTES_MAX: usize = 75;

/// The contents of one event. Texts may contain any characters; [`calendar`] escapes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarEvent<'a> {
    /// Globally unique, and the same each time the same day at the same location is exported.
    pub uid: &'a str,
    /// The day of the event.
    pub day: Date,
    /// Title of the event.
    pub summary: &'a str,
    /// Where it takes place.
    pub location: &'a str,
    /// Longer text; may contain line breaks.
    pub description: &'a str,
}

/// Returns the calendar file. `made` is the day on which the file is created.
pub fn calendar(event: &CalendarEvent<'_>, made: Date) -> String {
    let day = |date: Date| format!("{:04}{:02}{:02}", date.year(), date.month(), date.day());
    let lines = [
        ("BEGIN", "VCALENDAR".into()),
        ("VERSION", "2.0".into()),
        ("PRODID", "-//Community Hub//One trip//EN".into()),
        ("BEGIN", "VEVENT".into()),
        ("UID", escaped(event.uid)),
        ("DTSTAMP", format!("{}T000000Z", day(made))),
        ("DTSTART;VALUE=DATE", day(event.day)),
        ("DTEND;VALUE=DATE", day(event.day.plus_days(1))),
        ("TRANSP", "TRANSPARENT".into()),
        ("SUMMARY", escaped(event.summary)),
        ("LOCATION", escaped(event.location)),
        ("DESCRIPTION", escaped(event.description)),
        ("END", "VEVENT".into()),
        ("END", "VCALENDAR".into()),
    ];
    let mut file = String::new();
    for (name, value) in lines {
        // Writing to a `String` cannot fail.
        let _ = write!(file, "{}\r\n", folded(&format!("{name}:{value}")));
    }
    file
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => out.push_str("\\n"),
            '\r' => {}
            ',' | ';' | '\\' => out.extend(['\\', letter]),
            letter => out.push(letter),
        }
    }
    out
}

/// Folds a line between characters, never within one.
fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut length = 0;
    for letter in line.chars() {
        if length + letter.len_utf8() > LINE_BYTES_MAX {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(letter);
        length += letter.len_utf8();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_file_holds_what_it_was_given_in_lines_of_the_right_length() {
        let description = "Open 8:30 am to 4:30 pm; bring: é".repeat(9) + "\nand, \\ that";
        let event = CalendarEvent {
            uid: "a@b",
            day: Date::parse("2026-12-31").unwrap(),
            summary: "City Hall, 3 things",
            location: "26 Francis Street",
            description: &description,
        };
        let file = calendar(&event, Date::parse("2026-11-24").unwrap());
        assert!(
            file.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
                && file.ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n"),
            "{file}"
        );
        assert!(
            file.contains("DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n"),
            "the end is the day after:\n{file}"
        );
        assert!(
            file.split("\r\n")
                .all(|line| line.len() <= LINE_BYTES_MAX && !line.contains(['\r', '\n'])),
            "{file}"
        );
        let unfolded = file.replace("\r\n ", "");
        assert!(unfolded.contains("SUMMARY:City Hall\\, 3 things\r\n"));
        let read: Vec<&str> =
            unfolded.lines().filter_map(|line| line.strip_prefix("DESCRIPTION:")).collect();
        assert_eq!(read, [escaped(&description)]);
        assert_eq!(
            read[0]
                .replace("\\n", "\n")
                .replace("\\,", ",")
                .replace("\\;", ";")
                .replace("\\\\", "\\"),
            description
        );
    }
}
