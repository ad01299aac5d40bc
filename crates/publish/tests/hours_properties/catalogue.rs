//! Compares all locations of Kawartha Lakes on 400 days, which include two clock changes, a New
//! Year and every holiday.

use crate::oracle::agreement::{same_plan, same_state};
use crate::oracle::plan::MINUTES;
use crate::oracle::timeline::Timeline;
use domain::catalogue::Catalogue;
use domain::hours::Hours;
use jiff::civil::Date;
use std::path::Path;
use std::thread;

const FIRST: Date = Date::constant(2026, 11, 1);
const DAYS: usize = 400;
const STEP_MINUTES: usize = 15;
/// Tests run in parallel anyway; more workers than this would only wait.
const WORKERS: usize = 2;

fn kawartha_lakes() -> Catalogue {
    publish::check_dir(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/kawartha-lakes"))
        .unwrap()
        .0
}

#[test]
fn every_hub_says_the_same_at_every_quarter_of_an_hour_of_400_days() {
    let catalogue = kawartha_lakes();
    assert_eq!(catalogue.hubs().len(), 50);
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            let mine = catalogue.hubs().iter().skip(worker).step_by(WORKERS);
            scope.spawn(|| mine.for_each(|hub| same_on_all_days(&catalogue, hub)));
        }
    });
}

fn same_on_all_days(catalogue: &Catalogue, hub: &domain::catalogue::Hub) {
    let hours = Hours::of(catalogue, hub);
    let line = Timeline::expand(catalogue.file(), hub, FIRST, DAYS);
    for day in 0..DAYS {
        same_plan(hours, &line, day, hub.id.as_str());
        for at in (0..MINUTES).step_by(STEP_MINUTES) {
            same_state(hours, &line, day, at, hub.id.as_str());
        }
        for change in line.changes_on(day) {
            // One minute before an opening or closing, and one minute before "closes soon".
            same_state(hours, &line, day, change - 1, hub.id.as_str());
            same_state(hours, &line, day, change.saturating_sub(31), hub.id.as_str());
        }
    }
}

/// The nights on which clocks change, minute by minute.
#[test]
fn on_the_nights_of_a_clock_change_every_hub_says_the_same_at_every_minute() {
    let catalogue = kawartha_lakes();
    let nights = [(2026, 3, 8), (2026, 11, 1), (2027, 3, 14), (2027, 11, 7)];
    for first in nights.map(|(year, month, day)| Date::constant(year, month, day)) {
        for hub in catalogue.hubs() {
            let line = Timeline::expand(catalogue.file(), hub, first, 1);
            for at in 0..6 * 60 {
                same_state(Hours::of(&catalogue, hub), &line, 0, at, hub.id.as_str());
            }
        }
    }
}
