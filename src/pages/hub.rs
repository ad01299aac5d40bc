//! One place: whether it is open is the biggest thing after its name.

use super::{Page, heading, not_found};
use crate::browser::page::print;
use crate::components::hub_state::{confirm, hub_state};
use crate::components::icon::icon;
use crate::components::phone::phone_link;
use crate::components::provenance::provenance;
use crate::route::{About, Route};
use crate::state::App;
use crate::wording::{day, day_hours};
use domain::HubId;
use domain::catalogue::{Hub, Task};
use domain::hours::{DayHours, DayPlan, Hours};
use leptos::prelude::*;

pub(crate) fn page(app: App, id: &HubId) -> Page {
    let Some(hub) = app.catalogue.hub(id) else { return not_found::page(app) };
    let words = app.words;
    let about = About { service: None, hub: Some(id.clone()) };
    let view = view! {
        <p class="crumb"><a href=app.href(Route::Hubs)>{words.hubs}</a></p>
        {heading(hub.name.as_str(), app.catalogue_lang())}
        <p class="hub-now">{hub_state(app, hub)}</p>
        {week(app, hub)}
        {place(app, hub)}
        {tasks(app, hub)}
        <section class="section no-print">
            <ul class="links links--row">
                <li><a href=app.href(Route::Ask(about.clone()))>{words.ask_about_this}</a></li>
                <li><a href=app.href(Route::Feedback(about.clone()))>{words.rate_this}</a></li>
                <li><a href=app.href(Route::Ask(about))>{words.report_error}</a></li>
                <li><button class="link-button" type="button" on:click=|_| print()>{icon("print")} " " {words.print}</button></li>
            </ul>
        </section>
        {hub.notes.as_ref().map(|notes| view! { <p lang=app.catalogue_lang()>{notes.as_str()}</p> })}
        {provenance(app, &hub.source, None)}
    };
    Page::new(hub.name.as_str(), view)
}

/// Monday to Sunday of this week, today's row marked, holidays named.
fn week(app: App, hub: &'static Hub) -> impl IntoView {
    let words = app.words;
    let rows = move || {
        let now = app.now.get();
        let plans = now.map(|now| Hours::of(app.catalogue, hub).week_of(now.date)).unwrap_or_default();
        plans.into_iter().map(|plan| day_row(app, &plan, now.is_some_and(|now| now.date == plan.date))).collect_view()
    };
    let note = hub.hours_note.as_ref().map(|note| view! { <p class="hint" lang=app.catalogue_lang()>{note.as_str()}</p> });
    let facility = app.catalogue.facility(&hub.facility).and_then(|facility| facility.note.as_ref());
    let closure = app.catalogue.recurring_closures().iter().find(|closure| closure.hubs.contains(&hub.id));
    view! {
        <section class="section" aria-labelledby="hours">
            <h2 id="hours">{words.this_week} " " {(!hub.hours_verified).then(|| confirm(app))}</h2>
            <table class="week">
                <thead class="visually-hidden"><tr><th scope="col">{words.day}</th><th scope="col">{words.hours}</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
            {note}
            {closure.map(|closure| view! { <p class="hint">{closure.note.get(app.language)}</p> })}
            {facility.map(|note| view! { <p class="hint">{note.get(app.language)}</p> })}
            <p class="hint">{words.times_are_local}</p>
        </section>
    }
}

fn day_row(app: App, plan: &DayPlan, is_today: bool) -> impl IntoView + use<> {
    let words = app.words;
    let holiday = plan.holiday.as_ref().and_then(|id| app.catalogue.holidays().iter().find(|holiday| holiday.id == *id));
    let is_open_question = holiday.is_some() && !plan.is_certain && plan.hours != DayHours::Closed;
    let doubt = is_open_question.then_some(words.holiday_call);
    let holiday =
        holiday.map(|holiday| view! { <span class="week__holiday">{holiday.name.get(app.language)} {doubt.map(|doubt| format!(": {doubt}"))}</span> });
    let today = is_today.then(|| view! { " " <span class="week__mark">{words.today}</span> });
    view! {
        <tr class="week__day" class:week__day--today=is_today>
            <th scope="row">{day(app.language, plan.date)} {today}</th>
            <td>{day_hours(app.language, &plan.hours)} {holiday}</td>
        </tr>
    }
}

fn place(app: App, hub: &'static Hub) -> impl IntoView {
    let (words, lang) = (app.words, app.catalogue_lang());
    let address = match &hub.address {
        Some(address) => view! { <span lang=lang>{address.as_str()} {hub.postal_code.as_ref().map(|code| format!(", {code}"))}</span> }.into_any(),
        None => words.address_unknown.into_any(),
    };
    let phone = match &hub.phone {
        Some(phone) => phone_link(phone).into_any(),
        None => view! { {words.phone_unknown} " " {phone_link(app.phone())} }.into_any(),
    };
    let email = hub.email.as_ref().map(|email| view! { <div class="fact"><dt>{icon("mail")} " " {words.write_email}</dt><dd><a href=format!("mailto:{email}")>{email.as_str()}</a></dd></div> });
    let access = match &hub.accessibility {
        Some(access) => view! { <span lang=lang>{access.as_str()}</span> " " {confirm(app)} }.into_any(),
        None => words.access_unknown.into_any(),
    };
    view! {
        <dl class="facts">
            <div class="fact"><dt>{icon("pin")} " " {words.address}</dt><dd>{address}</dd></div>
            <div class="fact"><dt>{icon("phone")} " " {words.phone}</dt><dd>{phone}</dd></div>
            {email}
            <div class="fact"><dt>{icon("access")} " " {words.access}</dt><dd>{access}</dd></div>
        </dl>
    }
}

/// What the counter does, by topic, with a field to search in it.
fn tasks(app: App, hub: &'static Hub) -> impl IntoView {
    let words = app.words;
    let filter = RwSignal::new(String::new());
    let groups = move || {
        let wanted = filter.read().to_lowercase();
        let groups = grouped(app, hub, wanted.trim());
        if groups.is_empty() {
            return view! { <p>{if hub.tasks.is_empty() { words.no_tasks } else { words.no_task_matches }}</p> }.into_any();
        }
        let lists = groups.into_iter().map(|(topic, tasks)| {
            let rows = tasks.into_iter().map(|task| task_row(app, task));
            view! { <h3>{topic}</h3><ul class="links">{rows.collect_view()}</ul> }
        });
        lists.collect_view().into_any()
    };
    let field = (hub.tasks.len() > 8).then(|| {
        view! {
            <div class="field no-print">
                <label for="task-filter">{words.filter_tasks}</label>
                <input id="task-filter" class="input" type="search" autocomplete="off" on:input=move |event| filter.set(event_target_value(&event)) />
            </div>
        }
    });
    let caution = hub.tasks_basis.as_ref().map(|_| view! { <p class="hint">{words.tasks_unconfirmed}</p> });
    view! {
        <section class="section" aria-labelledby="tasks">
            <h2 id="tasks">{words.what_it_does}</h2>
            {caution} {field}
            <div class="columns">{groups}</div>
        </section>
    }
}

fn task_row(app: App, task: &'static Task) -> impl IntoView {
    let lang = app.catalogue_lang();
    match task.services.first() {
        Some(service) => view! { <li><a href=app.href(Route::Service(service.clone())) lang=lang>{task.name.as_str()}</a></li> }.into_any(),
        None => view! { <li lang=lang>{task.name.as_str()}</li> }.into_any(),
    }
}

/// Tasks of a hub under the topic of their first service, those that contain the wanted words.
fn grouped(app: App, hub: &'static Hub, wanted: &str) -> Vec<(&'static str, Vec<&'static Task>)> {
    let mut groups: Vec<(&str, Vec<&Task>)> = Vec::new();
    for task in app.catalogue.tasks_at(hub).filter(|task| task.name.to_lowercase().contains(wanted)) {
        let service = task.services.first().and_then(|id| app.catalogue.service(id));
        let topic = service.and_then(|service| app.catalogue.category(&service.category)).map_or("", |topic| topic.name.get(app.language));
        match groups.iter_mut().find(|(name, _)| *name == topic) {
            Some((_, group)) => group.push(task),
            None => groups.push((topic, vec![task])),
        }
    }
    groups
}
