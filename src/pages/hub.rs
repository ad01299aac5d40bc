//! One location. Whether it is open is the most prominent fact after its name.

pub(crate) mod open_state;
pub(crate) mod terms;

use super::service::{fact, more};
use super::{TitledPage, heading, not_found};
use crate::app::App;
use crate::pages::hub::open_state::{confirm, hours_text, hub_state};
use crate::pages::hub::terms::terms;
use crate::pages::service::provenance::provenance;
use crate::pages::share::directions;
use crate::pages::trip::trip_button::trip_button;
use crate::route::{AboutRecord, Route};
use crate::ui::phone::phone_link;
use crate::ui::section::titled_section;
use domain::HubId;
use domain::catalogue::{EventDay, Hub, Task};
use domain::hours::{DayHours, DayPlan, Hours, Week, Weekday};
use domain::trip::Errand;
use elements::{
    El, Signal, View, a, all, div, dl, event_target_value, h2, h3, input, label, li, live, p,
    section, span, table, tbody, td, th, thead, tr, ul,
};
use finder::folded;
use wording::{day, day_hours};

/// A list of tasks longer than this gets a search field.
const TASKS_IN_SIGHT: usize = 8;

pub(crate) fn page(app: App, id: &HubId) -> TitledPage {
    let Some(hub) = app.catalogue.hub(id) else { return not_found::page(app) };
    let view = (
        p().class("crumb").put(a(app.href(Route::Hubs)).put(app.words.hubs)),
        heading(&hub.name, app.lang_of(&hub.name)),
        p().class("hub-now").put(hub_state(app, hub)),
        if hub.event.is_some() { Some(event_days(app, hub)) } else { week(app, hub) },
        place(app, hub),
        tasks(app, hub),
        more(app, AboutRecord { service: None, hub: Some(id.clone()) }),
        hub.notes.as_ref().map(|notes| p().lang(app.lang_of(notes)).put(notes.as_str())),
        provenance(app, &hub.source, format!("hubs/{}", hub.id), None),
    );
    TitledPage::new(&hub.name, view)
}

/// The opening hours today and on the six days after, with holidays named.
/// `None` if nothing is known about the hours: the line above says so once, with what to do.
fn week(app: App, hub: &'static Hub) -> Option<El> {
    let words = app.words;
    let rows = live(move || match app.clock.now.get() {
        Some(now) => Hours::of(app.catalogue, hub)
            .seven_days_from(now.date)
            .iter()
            .map(|plan| day_row(app, plan, now.date == plan.date))
            .collect(),
        None => usual_week(app, hub),
    });
    let name = live(move || match *app.clock.now.read() {
        Some(_) => words.this_week,
        None => words.hours,
    });
    let is_known =
        hub.seasons.iter().map(|season| &season.hours).chain([&hub.hours]).any(has_hours);
    let column = |name: &'static str| th().attr("scope", "col").put(name);
    let head =
        thead().class("visually-hidden").put(tr().put(column(words.day)).put(column(words.hours)));
    let hint = |text: &'static str| p().class("hint").put(text);
    let closure =
        app.catalogue.recurring_closures().iter().find(|closure| closure.hubs.contains(&hub.id));
    let facility =
        app.catalogue.facility(&hub.facility).and_then(|facility| facility.note.as_ref());
    if !is_known && hub.hours_note.is_none() && closure.is_none() && facility.is_none() {
        return None;
    }
    // Without a clock, which season it is is not known.
    let has_rows = is_known && (hub.seasons.is_empty() || app.clock.now.read_untracked().is_some());
    let section = section()
        .class("section")
        .attr("aria-labelledby", "hours")
        .put(h2().id("hours").put(name).put((!hub.hours_verified).then(|| (" ", confirm(app)))))
        .put(has_rows.then(|| table().class("week").put(head).put(tbody().put(rows))))
        .put(hub.hours_note.as_ref().map(|note| hint(note).lang(app.lang_of(note))))
        .put(closure.map(|closure| hint(closure.note.get(app.language))))
        .put(facility.map(|note| hint(note.get(app.language))))
        .put(is_known.then(|| hint(words.times_are_local)));
    Some(section)
}

/// The hours of any week, where no clock says which week this is. Empty if they change with the
/// season.
fn usual_week(app: App, hub: &Hub) -> Vec<El> {
    let row = |&weekday: &Weekday| {
        let hours = hub.hours.on(weekday).map_or(DayHours::Unknown, DayHours::of);
        tr().class("week__day")
            .put(th().attr("scope", "row").put(wording::weekday(app.language, weekday)))
            .put(td().put(day_hours(app.language, &hours)))
    };
    if hub.seasons.is_empty() { Weekday::ALL.iter().map(row).collect() } else { Vec::new() }
}

fn has_hours(week: &Week) -> bool {
    let Week { mon, tue, wed, thu, fri, sat, sun } = week;
    [mon, tue, wed, thu, fri, sat, sun].into_iter().any(Option::is_some)
}

/// The opening hours on all days of an event.
fn event_days(app: App, hub: &'static Hub) -> El {
    let words = app.words;
    let rows = live(move || {
        let today = *app.clock.today.read();
        let days = hub.event.iter().flat_map(|event| &event.days);
        let plan = |day: &EventDay| Hours::of(app.catalogue, hub).on(day.date);
        days.map(|day| day_row(app, &plan(day), today == Some(day.date))).collect::<Vec<_>>()
    });
    section()
        .class("section")
        .attr("aria-labelledby", "hours")
        .put(
            h2().id("hours")
                .put(words.event_days)
                .put((!hub.hours_verified).then(|| (" ", confirm(app)))),
        )
        .put(table().class("week").put(tbody().put(rows)))
        .put(
            hub.hours_note
                .as_ref()
                .map(|note| p().class("hint").put(note.as_str()).lang(app.lang_of(note))),
        )
        .put(p().class("hint").put(words.times_are_local))
}

fn day_row(app: App, plan: &DayPlan, is_today: bool) -> El {
    let words = app.words;
    let holiday = plan.holiday.as_ref().and_then(|id| app.catalogue.holiday(id));
    let holiday = holiday.map(|holiday| holiday.name.get(app.language));
    let is_open = matches!(plan.hours, DayHours::Open(_));
    let doubt = (is_open && !plan.is_certain).then(|| [words.colon, words.holiday_call].concat());
    let holiday = holiday
        .filter(|_| plan.hours != DayHours::Unknown)
        .map(|holiday| span().class("week__holiday").put(holiday).put(doubt));
    let today = is_today.then(|| (" ", span().class("week__mark").put(words.today)));
    tr().class(if is_today { "week__day week__day--today" } else { "week__day" })
        .put(th().attr("scope", "row").put(day(app.language, plan.date)).put(today))
        .put(td().put(hours_text(app, plan)).put(holiday))
}

fn place(app: App, hub: &'static Hub) -> El {
    let words = app.words;
    let directions = directions(app, hub).map(|link| (" ", link));
    let address = match &hub.address {
        Some(address) => all(span()
            .put(address.as_str())
            .put(hub.postal_code.as_ref().map(|code| format!(", {code}")))
            .put(directions)),
        None => all((words.address_unknown, directions)),
    };
    let phone = match &hub.phone {
        Some(phone) => phone_link(app.language, phone),
        None => all((words.phone_unknown, " ", phone_link(app.language, app.phone()))),
    };
    let email = hub.email.as_ref().map(|email| {
        fact(words.write_email, "mail", a(format!("mailto:{email}")).put(email.as_str()).done())
    });
    let text = |name, picture, text: &'static Option<String>| {
        text.as_ref()
            .map(|text| fact(name, picture, all(span().lang(app.lang_of(text)).put(text.as_str()))))
    };
    dl().class("facts")
        .put(fact(words.address, "pin", address))
        .put(fact(words.phone, "phone", phone))
        .put(email)
        .put(text(words.directions, "pin", &hub.directions))
        .put(text(words.parking, "pin", &hub.parking))
        .put(fact(words.access, "access", access(app, hub)))
}

/// What is known about access, field by field. What is not known is not named.
fn access(app: App, hub: &'static Hub) -> View {
    let words = app.words;
    let known = [
        (hub.access.step_free_entry, words.step_free_entry, words.no_step_free_entry),
        (hub.access.accessible_washroom, words.accessible_washroom, words.no_accessible_washroom),
        (hub.access.hearing_loop, words.hearing_loop, words.no_hearing_loop),
        (hub.access.accessible_parking, words.accessible_parking, words.no_accessible_parking),
    ];
    let facts: Vec<El> = known
        .into_iter()
        .filter_map(|(is_there, there, not_there)| {
            Some(li().put(if is_there? { there } else { not_there }))
        })
        .collect();
    let text =
        hub.accessibility.as_ref().map(|text| li().lang(app.lang_of(text)).put(text.as_str()));
    if facts.is_empty() && text.is_none() {
        return all(words.access_unknown);
    }
    all((ul().class("plain").put_all(facts).put(text), confirm(app)))
}

/// The tasks of the counter by topic, with a field to search them.
fn tasks(app: App, hub: &'static Hub) -> El {
    let words = app.words;
    let filter = Signal::new(String::new());
    let wanted = filter.clone();
    let groups = live(move || {
        let groups = grouped(app, hub, folded(&wanted.read()).trim());
        if groups.is_empty() {
            return all(p().put(if hub.tasks.is_empty() {
                words.no_tasks
            } else {
                words.no_task_matches
            }));
        }
        let lists = groups.into_iter().map(|(topic, tasks)| {
            (
                h3().put(topic),
                ul().class("links").put_all(tasks.into_iter().map(|task| task_row(app, hub, task))),
            )
        });
        all(lists.collect::<Vec<_>>())
    });
    let typed = move |event: web_sys::Event| filter.set(event_target_value(&event));
    let field = (hub.tasks.len() > TASKS_IN_SIGHT).then(|| {
        let field = input()
            .id("task-filter")
            .class("input")
            .attr("type", "search")
            .attr("autocomplete", "off")
            .on("input", typed);
        div()
            .class("field no-print")
            .put(label().attr("for", "task-filter").put(words.filter_tasks))
            .put(field)
    });
    let caution = hub.tasks_basis.as_ref().map(|_| p().class("hint").put(words.tasks_unconfirmed));
    titled_section("tasks", words.what_it_does)
        .put(caution)
        .put(field)
        .put(div().class("columns").put(groups))
}

fn task_row(app: App, hub: &'static Hub, task: &'static Task) -> El {
    let name = task.for_residents.as_deref().unwrap_or_default();
    let service =
        task.services.first().map(|service| a(app.href(Route::Service(service.clone()))).put(name));
    let errand = Errand::Task(task.id.clone());
    let terms = terms(app, hub, &errand);
    let said = div().put(span().lang(app.lang_of(name)).put(service)).put(terms);
    li().class("task-row").put(said).put(trip_button(app, errand, name))
}

/// The tasks of a location that residents come for and whose names contain `wanted`, grouped by the
/// topic of their first service. `wanted` must be folded.
fn grouped(app: App, hub: &'static Hub, wanted: &str) -> Vec<(&'static str, Vec<&'static Task>)> {
    let mut groups: Vec<(&str, Vec<&Task>)> = Vec::new();
    let is_wanted =
        |task: &&Task| task.for_residents.as_ref().is_some_and(|name| holds(&folded(name), wanted));
    for task in app.catalogue.tasks_at(hub).filter(is_wanted) {
        let service = task.services.first().and_then(|id| app.catalogue.service(id));
        let topic = service
            .and_then(|service| app.catalogue.category(&service.category))
            .map_or("", |topic| topic.name.get(app.language));
        match groups.iter_mut().find(|(name, _)| *name == topic) {
            Some((_, group)) => group.push(task),
            None => groups.push((topic, vec![task])),
        }
    }
    groups
}

/// The same as `str::contains`, whose fast search would add 2 KB to the app, for names of five
/// words.
fn holds(text: &str, part: &str) -> bool {
    part.is_empty() || text.as_bytes().windows(part.len()).any(|window| window == part.as_bytes())
}
