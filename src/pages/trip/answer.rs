//! The answer of a trip: where to go on which day, why, what else there is, and what it costs.

use super::{focus_answer, papers, stop};
use crate::app::App;
use crate::pages::hub::terms::terms;
use crate::pages::search::results::service_link;
use crate::ui::phone::phone_link;
use domain::hours::{Date, Moment};
use domain::trip::{
    ERRANDS_MAX, Errand, OtherHub, StopReason, Trip, first_day_for_all, next_day_for_all, others,
    plan, reason,
};
use elements::{El, Signal, button, div, h2, li, p, section, span, ul};
use wording::{day, trip_answer};

/// Everything that the answer shows. It changes when what it says does, not with every minute, so
/// that nothing is announced again and the focus stays.
#[derive(PartialEq)]
pub(super) struct TripAnswer {
    pub(super) errands: Vec<Errand>,
    pub(super) on: Date,
    today: Date,
    /// The day was not chosen: it is the first on which everything can be done.
    is_first_day: bool,
    trip: Trip<'static>,
    /// For each stop, why it was chosen, and the other locations.
    compared: Vec<(StopReason, Vec<OtherHub<'static>>)>,
    /// A later day on which more can be done, or the same with fewer stops.
    better_day: Option<Date>,
}

impl TripAnswer {
    /// The answer for the chosen day. A day that has passed is as good as none.
    pub(super) fn of(app: App, chosen: Option<Date>, now: Moment) -> Self {
        let (catalogue, errands) = (app.catalogue, app.trip.errands.get());
        let from = app.trip.position();
        let chosen = chosen.filter(|&chosen| chosen >= now.date);
        let on = chosen.unwrap_or_else(|| first_day_for_all(catalogue, &errands, now));
        let trip = plan(catalogue, &errands, on, now, from);
        let compare = |stop| {
            let others = others(catalogue, &errands, (&trip, stop), now, from);
            (reason(stop, &others, from), others)
        };
        let compared = trip.stops.iter().map(compare).collect();
        let stops_max = match (trip.not_that_day.is_empty(), trip.stops.len()) {
            (false, _) => ERRANDS_MAX,
            (true, stops) => stops.saturating_sub(1),
        };
        let better_day = (stops_max > 0)
            .then(|| next_day_for_all(catalogue, &errands, on, now, stops_max))
            .flatten();
        let is_first_day = chosen.is_none() && on > now.date && trip.not_that_day.is_empty();
        Self { errands, on, today: now.date, is_first_day, trip, compared, better_day }
    }
}

/// The answer as a section whose heading can take the focus.
pub(super) fn answer_view(app: App, answer: &TripAnswer, chosen: &Signal<Option<Date>>) -> El {
    let (words, trip, errands) = (app.words, &answer.trip, &answer.errands);
    let can_be_done = errands.len() - trip.not_that_day.len() - trip.nowhere.len();
    let when = day(app.language, answer.on);
    let title = trip_answer(app.language, trip.stops.len(), can_be_done, errands.len(), &when);
    // Paper has the date alone.
    let today = (answer.on == answer.today)
        .then(|| span().class("no-print").put([" (", words.today, ")"].concat()));
    let first_day = answer.is_first_day.then(|| p().class("no-print").put(words.trip_first_day));
    let stops = trip.stops.iter().zip(&answer.compared).map(|(stop, (why, others))| {
        stop::card(app, stop, *why, others, errands, (answer.on, answer.today))
    });
    let total = (!trip.stops.is_empty()).then(|| papers::total(app, errands));
    section()
        .class("section")
        .attr("aria-labelledby", "places")
        .put(h2().id("places").attr("tabindex", "-1").put(title).put(today))
        .put(first_day)
        .put(ul().class("stops").put_all(stops))
        .put(total)
        .put(not_that_day(app, answer))
        .put(better_day(app, answer, chosen))
        .put(nowhere(app, answer))
}

/// The errands that cannot be done on that day, with the conditions that are known. `None` if all
/// can.
fn not_that_day(app: App, answer: &TripAnswer) -> Option<El> {
    let row = |&at: &usize| {
        let errand = &answer.errands[at];
        let name = errand.name(app.catalogue)?;
        let hubs = errand.hubs(app.catalogue);
        let conditions = hubs.into_iter().filter_map(|hub| {
            let terms = terms(app, hub, errand)?;
            Some(li().put(span().lang(app.lang_of(&hub.name)).put(hub.name.as_str())).put(terms))
        });
        let conditions = ul().class("terms").put_all(conditions);
        Some(li().put(span().lang(app.lang_of(name)).put(name)).put(conditions))
    };
    let late = &answer.trip.not_that_day;
    (!late.is_empty()).then(|| {
        div()
            .class("panel")
            .put(p().put(app.words.trip_not_that_day))
            .put(ul().class("plain").put_all(late.iter().filter_map(row)))
    })
}

fn better_day(app: App, answer: &TripAnswer, chosen: &Signal<Option<Date>>) -> Option<El> {
    let (words, better, to) = (app.words, answer.better_day?, chosen.clone());
    let is_for_all = !answer.trip.not_that_day.is_empty();
    let said = if is_for_all { words.trip_all_on } else { words.trip_fewer_on };
    let choose = button(move || {
        to.set(Some(better));
        focus_answer();
    });
    let choose = choose.class("button").put(day(app.language, better));
    Some(p().class("actions no-print").put(said).put(" ").put(choose))
}

/// Errands that no counter is known to handle, with other channels. `None` if there are none.
fn nowhere(app: App, answer: &TripAnswer) -> Option<El> {
    let nowhere = &answer.trip.nowhere;
    let services = nowhere.iter().filter_map(|&at| answer.errands[at].service(app.catalogue));
    let rows = services.map(|service| {
        let phone = service.channels.phone.as_deref().unwrap_or(app.phone());
        li().put(service_link(app, service))
            .put(app.words.colon)
            .put(phone_link(app.language, phone))
    });
    (!nowhere.is_empty()).then(|| {
        div()
            .class("panel")
            .put(p().put(app.words.trip_nowhere))
            .put(ul().class("plain").put_all(rows))
    })
}
