//! Compares 2,000 generated locations on a few days each, around the minutes at which they open and
//! close.

use super::made::{HoursRandom, Maker};
use crate::oracle::agreement::{same_plan, same_state};
use crate::oracle::holidays::is_day_of;
use crate::oracle::plan::MINUTES;
use crate::oracle::timeline::Timeline;
use domain::catalogue::CatalogueFile;
use domain::hours::Hours;
use jiff::ToSpan;
use jiff::civil::Date;

const CATALOGUES: u64 = 100;
const HUBS_PER_CATALOGUE: usize = 20;
const DAYS: usize = 4;
/// Minutes relative to an opening or closing, including the minute at which "closes soon" begins.
const AROUND_A_CHANGE: [isize; 6] = [-31, -30, -29, -1, 0, 1];

#[test]
fn two_thousand_hubs_of_chance_say_the_same() {
    let maker = Maker::new();
    for seed in 0..CATALOGUES {
        let mut random = HoursRandom::new(seed);
        let catalogue = maker.catalogue(&mut random, HUBS_PER_CATALOGUE);
        for hub in catalogue.hubs() {
            let hours = Hours::of(&catalogue, hub);
            let line = Timeline::expand(
                catalogue.file(),
                hub,
                first_day(&mut random, catalogue.file()),
                DAYS,
            );
            let name = format!("{} of catalogue {seed}", hub.id);
            for day in 0..DAYS {
                same_plan(hours, &line, day, &name);
                minutes(&line, day, &mut random)
                    .into_iter()
                    .for_each(|at| same_state(hours, &line, day, at, &name));
            }
        }
    }
}

/// A random day, or a day before something happens: a holiday, or a closure that was moved from or
/// to a day.
fn first_day(random: &mut HoursRandom, file: &CatalogueFile) -> Date {
    let any = random.date();
    let moved: Vec<Date> = file
        .recurring_closures
        .iter()
        .flat_map(|closure| &closure.moved)
        .flat_map(|moved| [moved.from, moved.to])
        .map(civil)
        .collect();
    let is_holiday =
        |day: &Date| file.holidays.iter().any(|holiday| is_day_of(&holiday.rule, *day));
    match random.below(4) {
        0 => any,
        1 if !moved.is_empty() => random.one_of(&moved) - 1.day(),
        _ => any.series(1.day()).take(60).find(is_holiday).unwrap_or(any) - 1.day(),
    }
}

fn civil(date: domain::hours::Date) -> Date {
    date.to_string().parse().unwrap()
}

/// Midnight, the last minute, a random one, and the minutes around each change.
fn minutes(line: &Timeline, day: usize, random: &mut HoursRandom) -> Vec<usize> {
    let near = line
        .changes_on(day)
        .flat_map(|change| AROUND_A_CHANGE.map(|distance| change.saturating_add_signed(distance)));
    let all = near.chain([0, MINUTES - 29, MINUTES - 1, random.below(MINUTES)]);
    all.filter(|&at| at < MINUTES).collect()
}
