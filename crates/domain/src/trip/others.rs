//! Why a trip goes to a location, and the others that one may think of.

use super::{Errand, Stop, Trip, does, metres, most_tasks, numbers, opening, places};
use crate::catalogue::{Catalogue, Hub, order_of};
use crate::hours::Moment;
use crate::place::Position;

/// Most other locations that are named: a person compares few.
const OTHERS_MAX: usize = 4;

/// Why a trip goes to a location and not to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// It alone does this on that day.
    Only,
    /// Of those that do this on that day, it is the nearest.
    Nearest,
    /// Others do this on that day too; it does most, and nobody knows which is near.
    Largest,
    /// Whether it is open is not known, and none that is known to be open does this.
    HoursUnknown,
}

/// What speaks against going to another location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drawback {
    /// Nothing: it does the same on that day.
    Nothing,
    /// Whether it is open on that day is not known.
    HoursUnknown,
    /// It never does these, by index in the list.
    Misses(Vec<usize>),
    /// It does these on other days only, by index in the list.
    OtherDays(Vec<usize>),
    /// It is closed on that day, or no longer open.
    Closed,
}

/// A location to which a trip could have gone instead of a stop.
#[derive(Debug, Clone, PartialEq)]
pub struct OtherHub<'a> {
    /// The location.
    pub hub: &'a Hub,
    /// How many metres farther it is than the stop; negative if it is nearer. 0 if nobody knows.
    pub metres_farther: i64,
    /// What speaks against it.
    pub drawback: Drawback,
}

/// The locations that could take the place of a stop: those that do the same on that day, and,
/// where a place is known, those that are nearer but do not. At most [`OTHERS_MAX`], those without
/// a drawback first, then the nearest.
pub fn others<'a>(
    catalogue: &'a Catalogue,
    errands: &[Errand],
    (trip, stop): (&Trip<'_>, &Stop<'_>),
    now: Moment,
    from: Option<Position>,
) -> Vec<OtherHub<'a>> {
    let day = stop.plan.date;
    let places = places(catalogue, errands);
    let wanted = stop.errands.iter().fold(0, |wanted: u16, at| wanted | 1 << at);
    let other = |hub: &'a Hub| {
        let ever = (0..places.len())
            .filter(|&at| places[at].iter().any(|place| place.id == hub.id))
            .fold(0, |ever, at| ever | 1 << at);
        if ever & wanted == 0 || !hub.is_listed(day) {
            return None;
        }
        let that_day = does(catalogue, errands, &places, hub, day);
        let drawback = match opening(catalogue, hub, day, now) {
            _ if wanted & !ever != 0 => Drawback::Misses(numbers(wanted & !ever)),
            None => Drawback::Closed,
            _ if wanted & !that_day != 0 => Drawback::OtherDays(numbers(wanted & !that_day)),
            Some((_, open)) if open.is_empty() => Drawback::HoursUnknown,
            Some(_) => Drawback::Nothing,
        };
        let metres_farther = i64::from(metres(hub, from)) - i64::from(metres(stop.hub, from));
        let is_useful =
            metres_farther < 0 || matches!(drawback, Drawback::Nothing | Drawback::HoursUnknown);
        is_useful.then_some(OtherHub { hub, metres_farther, drawback })
    };
    let is_in_trip = |hub: &&Hub| trip.stops.iter().any(|stop| stop.hub.id == hub.id);
    let found: Vec<OtherHub<'a>> =
        catalogue.hubs().iter().filter(|hub| !is_in_trip(hub)).filter_map(other).collect();
    let most_tasks = most_tasks(catalogue);
    let rank = |at: usize| {
        let OtherHub { hub, metres_farther, drawback } = &found[at];
        (*drawback != Drawback::Nothing, *metres_farther, most_tasks - hub.tasks.len())
    };
    let in_order = order_of(found.len(), &|a, b| rank(a).cmp(&rank(b)));
    in_order.into_iter().take(OTHERS_MAX).map(|at| found[at].clone()).collect()
}

/// Why a trip goes to a stop, given the others that it could have gone to.
pub fn reason(stop: &Stop<'_>, others: &[OtherHub<'_>], from: Option<Position>) -> StopReason {
    let has_equal = others.iter().any(|other| other.drawback == Drawback::Nothing);
    match from {
        _ if stop.open.is_empty() => StopReason::HoursUnknown,
        _ if !has_equal => StopReason::Only,
        Some(_) => StopReason::Nearest,
        None => StopReason::Largest,
    }
}
