//! Generates catalogues with random hours, seasons, holidays and closures. A fixed seed makes every
//! run the same.

use crate::oracle::timeline::{minute, ours};
use domain::catalogue::{
    Catalogue, CatalogueFile, Facility, Hub, MovedDay, RecurringClosure, SpecialDay,
};
use domain::hours::{Holiday, HolidayRule, Nth, Season, Span, Week, Weekday, YearDay};
use domain::provenance::Provenance;
use domain::{FacilityId, HolidayId, HubId};
use jiff::ToSpan;
use jiff::civil::Date;

/// First of the years for moved closures and examined days: they contain leap years, and 1 January
/// on every weekday.
pub(crate) const FIRST_YEAR: i16 = 2027;
const YEARS: usize = 12;

/// Marsaglia's 64-bit xorshift: good enough to vary cases, and the same on every machine.
pub(crate) struct HoursRandom(u64);

impl HoursRandom {
    pub(crate) fn new(seed: u64) -> Self {
        // Never 0, because a xorshift stays at 0.
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number from 0 to `count` - 1.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % count
    }

    pub(crate) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub(crate) fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    fn some_of<T: Clone>(&mut self, all: &[T], one_in: usize) -> Vec<T> {
        all.iter().filter(|_| self.one_in(one_in)).cloned().collect()
    }

    /// Between 0 and `most` values, each number equally likely.
    fn up_to<T>(&mut self, most: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|_| make(self)).collect()
    }

    pub(crate) fn date(&mut self) -> Date {
        let new_year = Date::constant(FIRST_YEAR + self.below(YEARS) as i16, 1, 1);
        // Half of all days are close to New Year, where years, seasons and holidays meet.
        if self.one_in(2) {
            new_year + (self.below(16) as i64 - 8).days()
        } else {
            new_year + (self.below(365) as i64).days()
        }
    }

    /// A day that may be 29 February.
    fn month_and_day(&mut self) -> (u8, u8) {
        let day = if self.one_in(12) { Date::constant(2028, 2, 29) } else { self.date() };
        (day.month() as u8, day.day() as u8)
    }

    /// One, two or three opening spans, some of them adjacent or at the ends of the day.
    fn spans(&mut self) -> Vec<Span> {
        let ends = [0, 60, 419, 480, 495, 510, 720, 721, 780, 990, 1_020, 1_200, 1_439, 1_440];
        let mut times: Vec<usize> =
            (0..2 * (1 + self.below(3))).map(|_| self.one_of(&ends)).collect();
        times.sort_unstable();
        times.chunks(2).filter_map(|pair| Span::new(minute(pair[0]), minute(pair[1]))).collect()
    }

    fn span(&mut self) -> Span {
        self.spans().first().copied().unwrap_or_else(|| Span::parse("08:30-12:00").unwrap())
    }

    fn week(&mut self) -> Week {
        let mut days = [const { None }; 7].map(|_: Option<()>| match self.below(9) {
            0 => None,
            1 | 2 => Some(Vec::new()),
            _ => Some(self.spans()),
        });
        // Some locations open on only one day of the week.
        if self.one_in(6) {
            days[..6].fill(Some(Vec::new()));
        }
        let [mon, tue, wed, thu, fri, sat, sun] = days;
        Week { mon, tue, wed, thu, fri, sat, sun }
    }

    fn season(&mut self) -> Season {
        let mut day = || {
            let (month, day) = self.month_and_day();
            YearDay::parse(&format!("{month:02}-{day:02}")).unwrap()
        };
        let (from, to) = (day(), day());
        Season { name: "made".into(), from, to, hours: self.week() }
    }

    fn rule(&mut self) -> HolidayRule {
        let weekday = self.one_of(&Weekday::ALL);
        let (month, day) = self.month_and_day();
        match self.below(8) {
            0..4 => HolidayRule::Fixed { month, day },
            4 => HolidayRule::NthWeekday { nth: self.nth(), weekday, month },
            5 | 6 => HolidayRule::WeekdayOnOrBefore { weekday, month, day },
            _ => HolidayRule::Easter { offset_days: self.below(201) as i32 - 100 },
        }
    }

    fn nth(&mut self) -> Nth {
        Nth::new(1 + self.below(5) as u8).unwrap()
    }

    fn provenance(&mut self) -> Provenance {
        Provenance {
            url: Some("https://example.org/".into()),
            verified: !self.one_in(3),
            ..Provenance::default()
        }
    }

    fn closure(&mut self, hubs: &[Hub], like: &RecurringClosure) -> RecurringClosure {
        let ids: Vec<HubId> = hubs.iter().map(|hub| hub.id.clone()).collect();
        let (nth, weekday) = (self.nth(), self.one_of(&Weekday::ALL));
        let moved = self.up_to(3, |random| random.moved(nth, weekday));
        let mut mine = self.some_of(&ids, 3);
        mine.push(self.one_of(&ids));
        RecurringClosure {
            hubs: mine,
            nth,
            weekday,
            closed: self.span(),
            moved,
            source: self.provenance(),
            ..like.clone()
        }
    }

    /// The day that the rule names in a random month (or any day if that month has none), moved by
    /// up to a week.
    fn moved(&mut self, nth: Nth, weekday: Weekday) -> MovedDay {
        let near = self.date();
        let weekday = jiff::civil::Weekday::from_monday_zero_offset(weekday as i8).unwrap();
        let from = near.nth_weekday_of_month(nth.get() as i8, weekday).unwrap_or(near);
        MovedDay { from: ours(from), to: ours(from + (self.below(15) as i64 - 7).days()) }
    }

    fn facility(&mut self, at: usize, holidays: &[Holiday], like: &Facility) -> Facility {
        let ids: Vec<HolidayId> = holidays.iter().map(|holiday| holiday.id.clone()).collect();
        let (closed_on, others): (Vec<_>, Vec<_>) = ids.into_iter().partition(|_| !self.one_in(3));
        let special = |random: &mut Self| {
            let (month, day) = random.month_and_day();
            SpecialDay {
                month,
                day,
                hours: if random.one_in(3) { Vec::new() } else { random.spans() },
            }
        };
        let special_days = self.up_to(5, special);
        Facility {
            id: FacilityId::parse(&format!("kind-{at}")).unwrap(),
            closed_on,
            open_on: self.some_of(&others, 2),
            moves_to_working_day: !self.one_in(3),
            special_days,
            source: self.provenance(),
            ..like.clone()
        }
    }

    fn hub(&mut self, at: usize, file: &CatalogueFile, like: &Hub) -> Hub {
        let ids: Vec<HolidayId> = file.holidays.iter().map(|holiday| holiday.id.clone()).collect();
        Hub {
            id: HubId::parse(&format!("hub-{at}")).unwrap(),
            facility: self.one_of(&file.facilities).id,
            hours: self.week(),
            seasons: self.up_to(3, Self::season),
            hours_verified: !self.one_in(4),
            also_closed_on: if self.one_in(3) { self.some_of(&ids, 4) } else { Vec::new() },
            ..like.clone()
        }
    }
}

/// The sample town without the parts that hours do not need, and one location as a
/// template.
pub(crate) fn bare() -> (CatalogueFile, Hub) {
    let mut file = sample::town();
    file.categories.clear();
    file.services.clear();
    file.tasks.clear();
    file.municipality.common_needs.clear();
    file.terminals.clear();
    file.life_events.clear();
    let mut hub = file.hubs[0].clone();
    hub.tasks.clear();
    hub.offerings.clear();
    hub.source = Provenance { url: Some("https://example.org/".into()), ..Provenance::default() };
    (file, hub)
}

/// Generates catalogues of a few locations each; all of them pass the catalogue's own check.
pub(crate) struct Maker {
    file: CatalogueFile,
    hub: Hub,
}

impl Maker {
    pub(crate) fn new() -> Self {
        let (file, hub) = bare();
        Self { file, hub }
    }

    pub(crate) fn catalogue(&self, random: &mut HoursRandom, hubs: usize) -> Catalogue {
        let mut file = self.file.clone();
        let (holiday, facility, closure) =
            (&self.file.holidays[0], &self.file.facilities[0], &self.file.recurring_closures[0]);
        file.holidays = (0..4 + random.below(9))
            .map(|at| Holiday {
                id: HolidayId::parse(&format!("holiday-{at}")).unwrap(),
                rule: random.rule(),
                is_statutory: !random.one_in(3),
                ..holiday.clone()
            })
            .collect();
        file.facilities = (0..4).map(|at| random.facility(at, &file.holidays, facility)).collect();
        file.hubs = (0..hubs).map(|at| random.hub(at, &file, &self.hub)).collect();
        file.recurring_closures = random.up_to(4, |random| random.closure(&file.hubs, closure));
        Catalogue::check(file).unwrap()
    }
}

/// Locations that are open every day at the time at which clocks change.
pub(crate) fn open_nights() -> Catalogue {
    let (mut file, like) = bare();
    let nights = [
        &["00:00-24:00"][..],
        &["00:30-01:30", "01:45-02:30"],
        &["02:00-03:00"],
        &["00:00-02:00", "22:00-24:00"],
    ];
    file.recurring_closures.clear();
    file.hubs.clear();
    for (at, night) in nights.iter().enumerate() {
        file.hubs.push(Hub {
            id: HubId::parse(&format!("night-{at}")).unwrap(),
            hours: sample::every_day(night),
            ..like.clone()
        });
    }
    Catalogue::check(file).unwrap()
}
