//! The checklist of an event: before leaving, at the table, and back again.

use crate::app::App;
use crate::browser::page;
use crate::model::counter::kit::{KitCheck, KitMark, KitMeasurement, progress_by_kind};
use crate::pages::{TitledPage, heading};
use crate::route::{PageAddress, Route};
use crate::ui::icon::icon;
use crate::ui::section::titled_section;
use domain::HubId;
use domain::catalogue::Hub;
use domain::collector::CollectorCode;
use elements::{
    El, Signal, View, a, all, button, div, input, label, li, live, p, span, table, tbody, td, th,
    thead, tr, ul,
};
use wording::counter::{event_day, kind_plural, way_name};

pub(super) fn page(app: App) -> TitledPage {
    let words = app.counter_words();
    let view = (
        p().class("crumb").put(a(app.href(Route::Home)).put(words.counter)),
        heading(words.kit_title, None),
        place(app),
        before(app),
        survey(app),
        back(app),
    );
    TitledPage::new(words.kit_title, view)
}

/// The choice of location: where the office put the tablet, or an event that is announced or in
/// progress.
fn place(app: App) -> El {
    let words = app.counter_words();
    let list = live(move || {
        let events: Vec<&Hub> =
            app.listed(app.catalogue.hubs().iter().filter(|hub| hub.event.is_some()));
        let of_office = app.counter.tablet.read().as_ref().map(|tablet| {
            let hub = tablet.office_hub();
            app.catalogue.hub(hub).map_or_else(|| hub.to_string(), |hub| hub.name.clone())
        });
        let office = place_choice(app, "place-office", None, words.place_office, of_office);
        let none = events.is_empty().then(|| p().class("hint").put(words.place_none));
        let events = events.into_iter().map(|hub| {
            let id = ["place-", hub.id.as_str()].concat();
            place_choice(app, &id, Some(hub.id.clone()), &hub.name, Some(event_days(app, hub)))
        });
        all((
            div()
                .class("choices")
                .attr("role", "radiogroup")
                .attr("aria-labelledby", "place")
                .put(office)
                .put_all(events),
            none,
        ))
    });
    titled_section("place", words.place_title).put(list)
}

/// One location to choose. `event` is `None` for the one that the office chose.
fn place_choice(app: App, id: &str, event: Option<HubId>, name: &str, more: Option<String>) -> El {
    let chosen = app.counter.tablet.read().as_ref().and_then(|tablet| tablet.event.clone());
    let is_chosen = chosen == event;
    let field = input()
        .id(id)
        .attr("type", "radio")
        .attr("name", "place")
        .live_flag("checked", move || is_chosen)
        .on("change", move |_| app.counter.work_at(event.clone()));
    let text = label().attr("for", id).put(
        span()
            .put(span().lang(app.lang_of(name)).put(name))
            .put(more.map(|more| span().class("choice__more").put(more))),
    );
    div().class("choice").put(field).put(text)
}

/// The days and hours of an event, in one line.
fn event_days(app: App, hub: &Hub) -> String {
    let days = hub.event.iter().flat_map(|event| &event.days);
    let days: Vec<String> = days
        .flat_map(|day| {
            day.hours.iter().map(|span| event_day(app.language, day.date, span.from(), span.to()))
        })
        .collect();
    days.join("; ")
}

fn before(app: App) -> El {
    let words = app.counter_words();
    let is_busy: Signal<bool> = Signal::default();
    let busy = is_busy.clone();
    let prepare = move || {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        let is_busy = is_busy.clone();
        app.counter.prepare(move || is_busy.set(false));
    };
    let waits = busy.clone();
    let result = live(move || match (waits.get(), app.counter.measured.get()) {
        (true, _) => Some(all(p().put(words.one_moment))),
        (false, Some(measured)) => Some(checks(app, &measured)),
        (false, None) => None,
    });
    titled_section("before", words.before_title)
        .put(p().put(words.before_lead))
        .put(
            p().class("actions actions--close").put(
                button(prepare)
                    .class("button button--main")
                    .live_flag("disabled", move || busy.get())
                    .put(words.prepare),
            ),
        )
        .put(div().attr("role", "status").put(result))
}

fn checks(app: App, measured: &KitMeasurement) -> View {
    let words = app.counter_words();
    let name = |what: KitCheck| match what {
        KitCheck::Copy => words.device_copy,
        KitCheck::Keys => words.device_keys,
        KitCheck::Catalogue => words.device_catalogue,
        KitCheck::Room => words.device_room,
        KitCheck::Promise => words.device_promise,
        KitCheck::Clock => words.device_clock,
        KitCheck::Battery => words.device_battery,
        KitCheck::Queue => words.device_queue,
    };
    let row = |(what, mark): (KitCheck, KitMark)| {
        let (class, picture, said) = match mark {
            KitMark::Good => ("tick tick--done", "check", words.mark_good),
            KitMark::Look => ("tick tick--attention", "alert", words.mark_look),
            KitMark::Unknown => ("tick tick--waiting", "clock", words.mark_unknown),
        };
        let help = (what == KitCheck::Promise && mark == KitMark::Look)
            .then(|| span().class("choice__more").put(words.device_promise_help));
        li().class("checks__row")
            .put(span().put(name(what)).put(help))
            .put(span().class(class).put(icon(picture)).put(" ").put(said))
    };
    let (class, picture, said) = if measured.is_ready() {
        ("panel panel--good", "check", words.ready)
    } else {
        ("panel", "alert", words.not_ready)
    };
    let verdict = p()
        .class(class)
        .put(icon(picture))
        .put(" ")
        .put(said)
        .put(" ")
        .put(app.moment(measured.at_ms))
        .put(".");
    all((verdict, ul().class("checks").put_all(measured.checks().map(row))))
}

/// The survey links that need a tablet: to be handed over, for a kiosk, or to enter paper sheets.
fn survey(app: App) -> El {
    let words = app.counter_words();
    let list = live(move || {
        let tablet = app.counter.tablet.read();
        let collectors = tablet
            .as_ref()
            .and_then(|tablet| tablet.standing.as_ref())
            .map(|standing| standing.collectors.clone())
            .unwrap_or_default();
        if collectors.is_empty() {
            return p().class("hint").put(words.survey_none);
        }
        let row = |(code, name): (CollectorCode, String)| {
            // A survey stand does not belong to staff, so its address has no `/counter` prefix.
            let path =
                PageAddress { language: app.language, route: Route::Survey(code.to_string()) }
                    .href();
            let said =
                span().put(span().put(name)).put(span().class("choice__more").put(way_name(
                    app.language,
                    code.way(),
                    code.every().into(),
                )));
            li().class("checks__row")
                .put(said)
                .put(button(move || page::replace_by(&path)).class("button").put(words.start))
        };
        ul().class("checks").put_all(collectors.into_iter().map(row))
    });
    titled_section("survey", words.survey_title).put(p().put(words.survey_lead)).put(list)
}

fn back(app: App) -> El {
    let words = app.counter_words();
    let stick = p()
        .class("hint")
        .put(words.by_stick)
        .put(" ")
        .put(a(app.href(Route::Messages)).put(words.queue))
        .put(".");
    titled_section("back", words.back_title).put(arrival(app)).put(stick)
}

/// KitCheck was stored here and how far it has come, from the store alone.
pub(super) fn arrival(app: App) -> View {
    let words = app.counter_words();
    live(move || {
        let rows = progress_by_kind(&app.delivery.heads.read());
        if rows.is_empty() {
            return all(p().attr("role", "status").put(words.nothing_kept));
        }
        let is_all = rows.iter().all(|row| row.waiting + row.attention == 0);
        let needs_office = rows.iter().any(|row| row.attention > 0);
        let (class, picture, said) = if is_all {
            ("panel panel--good", "check", words.all_arrived)
        } else {
            ("panel", "clock", words.not_all_arrived)
        };
        let verdict = p().class(class).attr("role", "status").put(icon(picture)).put(" ").put(said);
        let column = |name: &'static str| th().attr("scope", "col").put(name);
        let head = thead().put(
            tr().put(column(words.what))
                .put(column(words.arrived))
                .put(column(words.waits))
                .put(column(words.attention)),
        );
        let number = |number: usize| td().class("number").put(number.to_string());
        let rows = rows.iter().map(|row| {
            let name = th().attr("scope", "row").put(kind_plural(app.language, row.kind));
            tr().put(name)
                .put(number(row.received))
                .put(number(row.waiting))
                .put(number(row.attention))
        });
        let table = table().class("arrival").put(head).put(tbody().put_all(rows));
        all((verdict, table, needs_office.then(|| p().class("hint").put(words.attention_text))))
    })
}
