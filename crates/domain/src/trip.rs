//! One trip for several errands at counters: the location that does them all, or else the fewest
//! locations, and what to bring.

mod calendar;
mod cover;
mod errand;
mod paper;

pub use calendar::{CalendarEvent, calendar};
pub use cover::{Candidate, fewest};
pub use errand::Errand;
pub use paper::{ErrandFee, Fees, documents, fees};

use crate::catalogue::{Catalogue, Hub};
use crate::hours::{Date, DayHours, DayPlan, Hours, Minute, Moment, Span};
use crate::place::Position;

/// Most errands in one list. The exact solution examines every set of them: 4,096.
pub const ERRANDS_MAX: usize = 12;
/// How many days ahead [`next_day_for_all`] searches.
const DAYS_AHEAD: i32 = 14;

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
    /// When it is still open on that day. Empty if its hours are not known.
    pub open: Vec<Span>,
}

/// A location that can be visited on a day.
struct Door<'a> {
    hub: &'a Hub,
    plan: DayPlan,
    open: Vec<Span>,
    does: u16,
}

/// The fewest locations that together do all errands of a list on a day. Among equally few, those
/// whose hours are known come first, then the nearest to `from`. Only the first [`ERRANDS_MAX`]
/// errands are considered. `now` matters on its own day only: a location that has closed by then is
/// left out. The answer is exact, not a heuristic; `cover` gives the proof.
pub fn plan<'a>(
    catalogue: &'a Catalogue,
    errands: &[Errand],
    day: Date,
    now: Moment,
    from: Option<Position>,
) -> Trip<'a> {
    let since = if now.date == day { now.minute } else { Minute::MIDNIGHT };
    let places: Vec<Vec<&Hub>> =
        errands.iter().take(ERRANDS_MAX).map(|errand| errand.hubs(catalogue)).collect();
    let doors: Vec<Door<'_>> = catalogue
        .hubs()
        .iter()
        .filter_map(|hub| door(catalogue, hub, &places, day, since))
        .collect();
    let can_be_done = doors.iter().fold(0, |all, door| all | door.does);
    let candidates: Vec<Candidate> = doors.iter().map(|door| candidate(door, from)).collect();
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

/// The next day after `day` on which everything that counters do can be done; `None` if there is no
/// such day within two weeks.
pub fn next_day_for_all(
    catalogue: &Catalogue,
    errands: &[Errand],
    day: Date,
    now: Moment,
) -> Option<Date> {
    (1..=DAYS_AHEAD)
        .map(|days| day.plus_days(days))
        .find(|&day| plan(catalogue, errands, day, now, None).not_that_day.is_empty())
}

fn door<'a>(
    catalogue: &'a Catalogue,
    hub: &'a Hub,
    places: &[Vec<&Hub>],
    day: Date,
    since: Minute,
) -> Option<Door<'a>> {
    let does = places
        .iter()
        .zip(0..)
        .filter(|(hubs, _)| hubs.iter().any(|other| other.id == hub.id))
        .fold(0, |does, (_, at)| does | 1 << at);
    if does == 0 {
        return None;
    }
    let plan = Hours::of(catalogue, hub).on(day);
    let open = match &plan.hours {
        DayHours::Open(spans) => {
            spans.iter().filter_map(|span| Span::new(span.from().max(since), span.to())).collect()
        }
        DayHours::Unknown | DayHours::Closed => Vec::new(),
    };
    let can_be_gone_to = plan.hours == DayHours::Unknown || !open.is_empty();
    can_be_gone_to.then_some(Door { hub, plan, open, does })
}

fn candidate(door: &Door<'_>, from: Option<Position>) -> Candidate {
    let metres = from.map_or(0.0, |from| from.metres_to(door.hub.point.position()));
    Candidate {
        does: door.does,
        is_certain: door.plan.is_certain && !door.open.is_empty(),
        metres: metres as u32,
    }
}

fn numbers(set: u16) -> Vec<usize> {
    (0..ERRANDS_MAX).filter(|at| set & 1 << at != 0).collect()
}
