//! Checks time zones and clock changes: an instant is the same moment on the municipality's wall
//! clock in every time zone that a device may be set to, and a location is open or closed by that
//! clock.

use super::made::open_nights;
use crate::oracle::agreement::same_state;
use crate::oracle::timeline::{Timeline, minute, ours};
use domain::catalogue::Catalogue;
use domain::hours::{Date, Hours, Minute, Moment, OpenState};
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};

const YEARS: [&str; 2] = ["2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z"];
/// When Toronto's clock changes in these years.
const CLOCK_CHANGES: [&str; 4] = [
    "2026-03-08T07:00:00Z",
    "2026-11-01T06:00:00Z",
    "2027-03-14T07:00:00Z",
    "2027-11-07T06:00:00Z",
];
const SECONDS_PER_DAY: i64 = 86_400;

fn toronto() -> TimeZone {
    TimeZoneDatabase::bundled().get("America/Toronto").unwrap()
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An instant on a zone's wall clock, from its UTC offset and the product's own dates.
fn moment_in(zone: &TimeZone, instant: Timestamp) -> Moment {
    let seconds = instant.as_second() + i64::from(zone.to_offset(instant).seconds());
    let date = Date::from_days_since_1970(seconds.div_euclid(SECONDS_PER_DAY) as i32);
    Moment { date, minute: minute((seconds.rem_euclid(SECONDS_PER_DAY) / 60) as usize) }
}

/// Converts a wall clock reading back to an instant, with the UTC offset that the device has at
/// that time.
fn instant_of(shown: Moment, zone: &TimeZone, instant: Timestamp) -> Timestamp {
    let seconds = i64::from(shown.date.days_since_1970()) * SECONDS_PER_DAY
        + i64::from(shown.minute.since_midnight()) * 60;
    Timestamp::from_second(seconds - i64::from(zone.to_offset(instant).seconds())).unwrap()
}

/// Builds a moment as browsers report it: year, month, day, hour and minute as numbers.
fn moment_of_parts(wall: DateTime) -> Moment {
    Moment {
        date: ours(wall.date()),
        minute: Minute::new(wall.hour() as u16, wall.minute() as u16).unwrap(),
    }
}

/// The clock changes of a zone in the two years.
fn changes(zone: &TimeZone) -> impl Iterator<Item = Timestamp> {
    zone.following(instant(YEARS[0]))
        .map(|change| change.timestamp())
        .take_while(|&at| at < instant(YEARS[1]))
}

#[test]
fn torontos_clock_changes_when_we_think() {
    assert_eq!(changes(&toronto()).collect::<Vec<_>>(), CLOCK_CHANGES.map(instant));
}

/// Checks the municipality's moment at an instant.
fn check(at: &str, wall: &str) {
    assert_eq!(moment_in(&toronto(), instant(at)), moment_of_parts(wall.parse().unwrap()), "{at}");
}

#[test]
fn the_missing_hour_is_left_out_and_the_repeated_hour_comes_twice() {
    check("2026-03-08T06:59:00Z", "2026-03-08T01:59");
    check("2026-03-08T07:00:00Z", "2026-03-08T03:00");
    check("2026-11-01T05:59:00Z", "2026-11-01T01:59");
    check("2026-11-01T06:00:00Z", "2026-11-01T01:00");
    check("2026-11-01T06:59:00Z", "2026-11-01T01:59");
    check("2026-11-01T07:00:00Z", "2026-11-01T02:00");
    check("2027-03-14T07:00:00Z", "2027-03-14T03:00");
    check("2027-11-07T06:00:00Z", "2027-11-07T01:00");
}

/// At and around the changes of Toronto's clock and of the device's own.
#[test]
fn a_device_in_any_zone_reads_the_same_moment_and_the_same_hours() {
    let (catalogue, home, zones) = (open_nights(), toronto(), TimeZoneDatabase::bundled());
    let names: Vec<_> = zones.available().collect();
    assert!(names.len() > 400, "only {} zones are known", names.len());
    for name in names {
        let zone = zones.get(name.as_str()).unwrap();
        let around =
            |at: Timestamp| [-61, -60, -1, 0, 1, 59, 60].map(|minutes: i64| at + minutes.minutes());
        for at in changes(&home).chain(changes(&zone)).flat_map(around) {
            let shown = moment_of_parts(zone.to_datetime(at));
            let read = moment_in(&home, instant_of(shown, &zone, at));
            let expected = moment_of_parts(home.to_datetime(at));
            assert_eq!((moment_in(&zone, at), read), (shown, expected), "{name} {at}");
            assert_eq!(states_at(&catalogue, read), states_at(&catalogue, expected), "{name} {at}");
        }
    }
}

fn states_at(catalogue: &Catalogue, now: Moment) -> Vec<OpenState> {
    catalogue.hubs().iter().map(|hub| Hours::of(catalogue, hub).state_at(now)).collect()
}

/// Every minute of six hours in each such night.
#[test]
fn on_the_nights_of_a_clock_change_every_hub_is_open_by_the_wall_clock() {
    let home = toronto();
    let without_fair = sample::checked(|file| file.hubs.retain(|hub| hub.event.is_none()));
    for catalogue in [open_nights(), without_fair] {
        for change in CLOCK_CHANGES.map(instant) {
            let first = home.to_datetime(change).date().yesterday().unwrap();
            for hub in catalogue.hubs() {
                let line = Timeline::expand(catalogue.file(), hub, first, 3);
                for minutes in -180..180_i64 {
                    let wall = home.to_datetime(change + minutes.minutes());
                    let at = wall.hour() as usize * 60 + wall.minute() as usize;
                    same_state(
                        Hours::of(&catalogue, hub),
                        &line,
                        line.day_of(wall.date()),
                        at,
                        hub.id.as_str(),
                    );
                }
            }
        }
    }
}
