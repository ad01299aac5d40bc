//! One trip for several errands at counters: the location that does them all, or else the fewest
//! locations, and what to bring.

mod calendar;
mod cover;
mod errand;
mod others;
mod paper;

pub use calendar::{CalendarEvent, calendar};
pub use cover::{Candidate, fewest};
pub use errand::Errand;
pub use others::{Drawback, OtherHub, StopReason, others, reason};
pub use paper::{ErrandFee, Fees, documents, fees};

use crate::catalogue::{Catalogue, Hub};
use crate::hours::{Date, DayHours, DayPlan, Hours, Moment, Span};
use crate::place::Position;

/// Most errands in one list. The exact solution examines every set of them: 4,096.
pub const ERRANDS_MAX: usize = 12;
/// How many days ahead a day for all errands is searched.
const DAYS_AHEAD: i32 = 14;
/// How long a person rather waits for a day on which the locations are known to be open.
const OPEN_WITHIN_DAYS: i32 = 6;

/// Where to go on one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Trip<'a> {
    /// The locations to visit, the one with most errands first.
    pub stops: Vec<Stop<'a>>,
    /// Errands, by index in the list, that counters do but none on that day.
    pub not_that_day: Vec<usize>,
    /// Errands, by index in the list, that no counter is known to do.
    pub nowhere: Vec<usize>,
}

/// One location of a trip.
#[derive(Debug, Clone, PartialEq)]
pub struct Stop<'a> {
    /// The location.
    pub hub: &'a Hub,
    /// What to do there, by index in the list. Never empty; no errand is at two stops.
    pub errands: Vec<usize>,
    /// The hours of the location on that day.
    pub plan: DayPlan,
    /// Its hours on that day that are not over. Empty if its hours are not known.
    pub open: Vec<Span>,
}

/// A location that can be visited on a day.
struct Door<'a> {
    hub: &'a Hub,
    plan: DayPlan,
    open: Vec<Span>,
    does: u16,
}

/// The fewest locations that together do all errands of a list on a day, under the conditions that
/// they are known to have. Among equally few, those that are known to be open come first, then the
/// nearest to `from`, or without it those that do most. Only the first [`ERRANDS_MAX`] errands are
/// considered. `now` matters on its own day only: a location that has closed by then is left out.
/// The answer is exact, not a heuristic; `cover` gives the proof.
pub fn plan<'a>(
    catalogue: &'a Catalogue,
    errands: &[Errand],
    day: Date,
    now: Moment,
    from: Option<Position>,
) -> Trip<'a> {
    let places = places(catalogue, errands);
    let doors: Vec<Door<'_>> = catalogue
        .hubs()
        .iter()
        .filter_map(|hub| {
            let does = does(catalogue, errands, &places, hub, day);
            let (plan, open) = opening(catalogue, hub, day, now).filter(|_| does != 0)?;
            Some(Door { hub, plan, open, does })
        })
        .collect();
    let can_be_done = doors.iter().fold(0, |all, door| all | door.does);
    let most_tasks = most_tasks(catalogue);
    let candidates: Vec<Candidate> = doors
        .iter()
        .map(|door| Candidate {
            does: door.does,
            is_open: !door.open.is_empty(),
            is_certain: door.plan.is_certain,
            metres: metres(door.hub, from),
            tasks_fewer: (most_tasks - door.hub.tasks.len()) as u16,
        })
        .collect();
    let chosen = fewest(can_be_done, &candidates).unwrap_or_default();
    let mut left = can_be_done;
    let mut stops = Vec::new();
    for door in chosen.into_iter().map(|at| &doors[at]) {
        let here = numbers(door.does & left);
        left &= !door.does;
        stops.push(Stop {
            hub: door.hub,
            errands: here,
            plan: door.plan.clone(),
            open: door.open.clone(),
        });
    }
    let missing = || (0..places.len()).filter(|&at| can_be_done & 1 << at == 0);
    let nowhere = missing().filter(|&at| places[at].is_empty()).collect();
    let not_that_day = missing().filter(|&at| !places[at].is_empty()).collect();
    Trip { stops, not_that_day, nowhere }
}

/// The next day after `day` on which everything that counters do can be done, with at most
/// `stops_max` stops; `None` if there is no such day within two weeks.
pub fn next_day_for_all(
    catalogue: &Catalogue,
    errands: &[Errand],
    day: Date,
    now: Moment,
    stops_max: usize,
) -> Option<Date> {
    (1..=DAYS_AHEAD).map(|days| day.plus_days(days)).find(|&day| {
        let trip = plan(catalogue, errands, day, now, None);
        trip.not_that_day.is_empty() && trip.stops.len() <= stops_max
    })
}

/// The first day, today or later, on which everything that counters do can be done. Within a week,
/// a day on which every stop is known to be open comes before one on which that is not known. If
/// there is no day for everything within two weeks, the first day for most.
pub fn first_day_for_all(catalogue: &Catalogue, errands: &[Errand], now: Moment) -> Date {
    let mut best = (usize::MAX, true, now.date);
    for days in 0..=DAYS_AHEAD {
        let day = now.date.plus_days(days);
        let trip = plan(catalogue, errands, day, now, None);
        let is_open = trip.stops.iter().all(|stop| !stop.open.is_empty());
        best = best.min((trip.not_that_day.len(), !is_open || days > OPEN_WITHIN_DAYS, day));
        if (best.0, best.1) == (0, false) {
            break;
        }
    }
    best.2
}

/// The locations that do each errand, of the first [`ERRANDS_MAX`].
fn places<'a>(catalogue: &'a Catalogue, errands: &[Errand]) -> Vec<Vec<&'a Hub>> {
    errands.iter().take(ERRANDS_MAX).map(|errand| errand.hubs(catalogue)).collect()
}

/// The errands that a location does on a day, one bit for each, whatever its hours.
fn does(
    catalogue: &Catalogue,
    errands: &[Errand],
    places: &[Vec<&Hub>],
    hub: &Hub,
    day: Date,
) -> u16 {
    let is_here = |hubs: &[&Hub]| hubs.iter().any(|other| other.id == hub.id);
    errands
        .iter()
        .zip(places)
        .zip(0..)
        .filter(|((errand, hubs), _)| {
            is_here(hubs) && errand.is_done_on(catalogue, hub, day.weekday())
        })
        .fold(0, |does, (_, at)| does | 1 << at)
}

/// The plan of a location on a day, and its hours that are not over. `None` if it is not open.
fn opening(
    catalogue: &Catalogue,
    hub: &Hub,
    day: Date,
    now: Moment,
) -> Option<(DayPlan, Vec<Span>)> {
    let plan = Hours::of(catalogue, hub).on(day);
    let is_over = |span: &&Span| now.date == day && span.to() <= now.minute;
    let open: Vec<Span> = match &plan.hours {
        DayHours::Open(spans) => spans.iter().filter(|span| !is_over(span)).copied().collect(),
        DayHours::Unknown | DayHours::Closed => Vec::new(),
    };
    let can_be_gone_to = plan.hours == DayHours::Unknown || !open.is_empty();
    can_be_gone_to.then_some((plan, open))
}

fn metres(hub: &Hub, from: Option<Position>) -> u32 {
    from.map_or(0.0, |from| from.metres_to(hub.point.position())) as u32
}

fn most_tasks(catalogue: &Catalogue) -> usize {
    catalogue.hubs().iter().map(|hub| hub.tasks.len()).max().unwrap_or(0)
}

fn numbers(set: u16) -> Vec<usize> {
    (0..ERRANDS_MAX).filter(|at| set & 1 << at != 0).collect()
}
