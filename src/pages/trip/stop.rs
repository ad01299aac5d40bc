//! One location of a trip: why it was chosen, its hours, its address, what to do there under which
//! conditions, the other locations, and the visit as a calendar entry.

use crate::app::App;
use crate::pages::hub::open_state::{confirm, hours_text};
use crate::pages::hub::terms::terms;
use crate::pages::hubs::near::distance_to;
use crate::pages::search::results::hub_link;
use crate::pages::share::directions;
use crate::route::encoded;
use crate::ui::icon::icon;
use crate::ui::phone::phone_link;
use domain::catalogue::Hub;
use domain::hours::Date;
use domain::trip::{
    CalendarEvent, Drawback, Errand, OtherHub, Stop, StopReason, calendar, documents,
};
use elements::{El, a, div, li, p, span, ul};
use wording::{distance_compared, fill, offering_terms, spans, things_count, trip_reason};

/// The card of a stop. `days` are the day of the trip and today.
pub(super) fn card(
    app: App,
    stop: &Stop<'static>,
    why: StopReason,
    others: &[OtherHub<'static>],
    errands: &[Errand],
    days: (Date, Date),
) -> El {
    let (words, hub) = (app.words, stop.hub);
    let hours = hours(app, stop);
    let doubt = (!stop.plan.is_certain && !stop.open.is_empty()).then(|| (" ", confirm(app)));
    let far = distance_to(app, hub).map(|far| (" · ", far));
    let phone = phone_link(app.language, hub.phone.as_deref().unwrap_or(app.phone()));
    let entry = a(calendar_address(app, stop, errands, days, &hours))
        .class("button button--small no-print")
        .attr("download", format!("{}-{}.ics", hub.id, days.0));
    let row = |&at: &usize| {
        let name = errands[at].name(app.catalogue)?;
        Some(li().put(span().lang(app.lang_of(name)).put(name)).put(terms(app, hub, &errands[at])))
    };
    // It says how to find the nearest, which paper cannot.
    let why_class = if why == StopReason::Largest { "stop__why no-print" } else { "stop__why" };
    li().class("card stop")
        .put(hub_link(app, hub).class("hub-card__name"))
        .put(p().class(why_class).put(trip_reason(app.language, why, stop.errands.len())))
        .put(
            p().class("stop__hours")
                .put(icon("clock"))
                .put(" ")
                .put(span().put(hours.as_str()))
                .put(doubt),
        )
        .put(p().class("hub-card__kind").put(address(hub)).put(far).put("\u{a0}· ").put(phone))
        .put(ul().class("steps").put_all(stop.errands.iter().filter_map(row)))
        .put(p().class("actions").put(entry.put(words.trip_calendar)).put(directions(app, hub)))
        .put(other_hubs(app, others, errands))
}

/// "8:30 am to 4:30 pm", or why the hours are not known.
fn hours(app: App, stop: &Stop<'_>) -> String {
    if !stop.open.is_empty() {
        return spans(app.language, &stop.open);
    }
    match stop.plan.holiday {
        Some(_) => hours_text(app, &stop.plan),
        None => app.words.hours_unknown.into(),
    }
}

fn address(hub: &Hub) -> String {
    let street = hub.address.as_deref().unwrap_or(&hub.town);
    [Some(street), hub.postal_code.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The other locations, each with its distance and what speaks against it. `None` without any.
fn other_hubs(app: App, others: &[OtherHub<'static>], errands: &[Errand]) -> Option<El> {
    let words = app.words;
    let names = |text: &str, list: &[usize]| {
        let names: Vec<&str> =
            list.iter().filter_map(|&at| errands[at].name(app.catalogue)).collect();
        fill(text, &[("names", &names.join("; "))])
    };
    let row = |other: &OtherHub<'static>| {
        let far = app
            .trip
            .position()
            .map(|_| (distance_compared(app.language, other.metres_farther), " "));
        let drawback = match &other.drawback {
            Drawback::Nothing => words.trip_also.into(),
            Drawback::HoursUnknown => words.hours_unknown.into(),
            Drawback::Closed => words.trip_closed.into(),
            Drawback::Misses(list) => names(words.trip_misses, list),
            Drawback::OtherDays(list) => names(words.trip_other_days, list),
        };
        li().put(hub_link(app, other.hub)).put(words.colon).put(far).put(drawback)
    };
    (!others.is_empty()).then(|| {
        div()
            .class("stop__others no-print")
            .put(p().class("label").put(words.trip_others))
            .put(ul().class("plain").put_all(others.iter().map(row)))
    })
}

/// The visit as an iCalendar file in a `data:` URL, so nothing is fetched.
fn calendar_address(
    app: App,
    stop: &Stop<'_>,
    errands: &[Errand],
    (on, today): (Date, Date),
    hours: &str,
) -> String {
    let (words, hub) = (app.words, stop.hub);
    let here: Vec<Errand> = stop.errands.iter().map(|&at| errands[at].clone()).collect();
    let bring: Vec<&str> =
        documents(app.catalogue, &here).into_iter().map(|(document, _)| document).collect();
    let mut lines = vec![hours.to_string()];
    for errand in &here {
        let terms = errand.offerings(app.catalogue, hub);
        let terms = terms.into_iter().map(|offering| offering_terms(app.language, offering));
        let name = errand.name(app.catalogue).unwrap_or_default().to_string();
        lines.push([name].into_iter().chain(terms).collect::<Vec<_>>().join(". "));
    }
    if !bring.is_empty() {
        lines.push([words.bring, words.colon, &bring.join("; ")].concat());
    }
    lines.push([words.phone, words.colon, hub.phone.as_deref().unwrap_or(app.phone())].concat());
    let event = CalendarEvent {
        uid: &format!("{}-{on}@{}", hub.id, app.catalogue.municipality().id),
        day: on,
        summary: &[&hub.name, words.colon, &things_count(app.language, here.len())].concat(),
        location: &address(hub),
        description: &lines.join("\n"),
    };
    let encoded = encoded(&calendar(&event, today)).replace('+', "%20");
    ["data:text/calendar;charset=utf-8,", &encoded].concat()
}
