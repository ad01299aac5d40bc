//! One location of a trip: its hours, its address, what to do there, and the visit as a calendar
//! entry.

use crate::app::App;
use crate::pages::hub::open_state::confirm;
use crate::pages::hubs::near::distance_to;
use crate::pages::share::directions;
use crate::route::Route;
use crate::ui::icon::icon;
use crate::ui::phone::phone_link;
use domain::hours::Date;
use domain::trip::{CalendarEvent, Errand, Stop, calendar, documents};
use elements::{El, a, li, p, span, ul};
use js_sys::encode_uri_component;
use wording::{spans, things_count};

pub(super) fn card(app: App, stop: &Stop<'static>, errands: &[Errand], on: Date) -> El {
    let (words, hub) = (app.words, stop.hub);
    let hours = if stop.open.is_empty() {
        words.hours_unknown.to_string()
    } else {
        spans(app.language, &stop.open)
    };
    let doubt = (!stop.plan.is_certain && !stop.open.is_empty()).then(|| (" ", confirm(app)));
    let address = hub.address.as_deref().unwrap_or(&hub.town);
    let far = distance_to(app, hub).map(|far| (" · ", far));
    let phone = phone_link(app.language, hub.phone.as_deref().unwrap_or(app.phone()));
    let names: Vec<&str> =
        stop.errands.iter().filter_map(|&at| errands[at].name(app.catalogue)).collect();
    let entry = a(calendar_address(app, stop, errands, on, &hours, &names))
        .class("button button--small no-print")
        .attr("download", format!("{}-{on}.ics", hub.id));
    li().class("card stop")
        .put(
            a(app.href(Route::Hub(hub.id.clone())))
                .class("hub-card__name")
                .lang(app.lang_of(&hub.name))
                .put(hub.name.as_str()),
        )
        .put(
            p().class("stop__hours")
                .put(icon("clock"))
                .put(" ")
                .put(span().put(hours.as_str()))
                .put(doubt),
        )
        .put(p().class("hub-card__kind").put(address).put(far).put(" · ").put(phone))
        .put(
            ul().class("steps")
                .put_all(names.iter().map(|name| li().lang(app.lang_of(name)).put(*name))),
        )
        .put(p().class("actions").put(entry.put(words.trip_calendar)).put(directions(app, hub)))
}

/// The visit as an iCalendar file in a `data:` URL, so nothing is fetched.
fn calendar_address(
    app: App,
    stop: &Stop<'_>,
    errands: &[Errand],
    on: Date,
    hours: &str,
    names: &[&str],
) -> String {
    let here: Vec<Errand> = stop.errands.iter().map(|&at| errands[at].clone()).collect();
    let bring: Vec<&str> =
        documents(app.catalogue, &here).into_iter().map(|(document, _)| document).collect();
    let bring = if bring.is_empty() {
        String::new()
    } else {
        ["\n", app.words.bring, app.words.colon, &bring.join("; ")].concat()
    };
    let event = CalendarEvent {
        uid: &format!("{}-{on}@{}", stop.hub.id, app.catalogue.municipality().id),
        day: on,
        summary: &[&stop.hub.name, app.words.colon, &things_count(app.language, names.len())]
            .concat(),
        location: stop.hub.address.as_deref().unwrap_or(&stop.hub.town),
        description: &format!("{hours}\n{}{bring}", names.join("\n")),
    };
    let made = app.clock.now.get_untracked().map_or(on, |now| now.date);
    format!("data:text/calendar;charset=utf-8,{}", encode_uri_component(&calendar(&event, made)))
}
