//! The counter's home page: the search for what the person wants, the tasks that the office put
//! first or that are done most, and today's counts.

use crate::app::App;
use crate::pages::home::tile;
use crate::pages::search::results::service_link;
use crate::pages::search::search_box::focus_where_wide;
use crate::pages::{TitledPage, heading};
use crate::route::{Route, router};
use crate::ui::icon::icon;
use crate::ui::section::titled_section;
use domain::TaskId;
use domain::catalogue::{Hub, Task};
use domain::tablet::QUICK_TASKS_MAX;
use domain::text::{folded, is_blank};
use elements::{
    El, Signal, View, a, all, dd, details, div, dl, dt, event_target_value, form, h2, input, label,
    li, live, p, request_animation_frame, section, summary, ul,
};
use finder::{IndexedRecord, find_tasks, record_at};
use wording::counter::at_as;

const TASKS_MAX: usize = 8;
const SERVICES_MAX: usize = 5;

pub(super) fn page(app: App) -> TitledPage {
    request_animation_frame(focus_where_wide);
    let words = app.counter_words();
    let asked = Signal::computed(move || !is_blank(&app.search.query.read()));
    let found = {
        let asked = asked.clone();
        live(move || asked.get().then(|| section().class("section").put(live(move || found(app)))))
    };
    let rest = div()
        .live_flag("hidden", move || asked.get())
        .put(div().class("counter-tiles").put(quick_list(app)).put(today(app)))
        .put(tiles(app))
        .put(all_tasks(app));
    TitledPage::new(
        words.counter,
        (heading(words.home_question, None), search(app), where_and_who(app), found, rest),
    )
}

fn hub(app: App) -> Option<&'static Hub> {
    app.counter.place().and_then(|hub| app.catalogue.hub(&hub))
}

fn where_and_who(app: App) -> View {
    live(move || {
        let place = app
            .counter
            .place()
            .map(|id| app.catalogue.hub(&id).map_or_else(|| id.to_string(), |hub| hub.name.clone()))
            .unwrap_or_default();
        let who = *app.counter.who.read();
        let people = app.counter.people.read();
        let name = people
            .iter()
            .find(|(slot, _)| Some(*slot) == who)
            .map(|(_, person)| person.name.as_str());
        p().class("crumb").put(icon("pin")).put(" ").put(at_as(
            app.language,
            &place,
            name.unwrap_or_default(),
        ))
    })
}

fn search(app: App) -> El {
    let words = app.counter_words();
    let typed = move |event: web_sys::Event| app.search.query.set(event_target_value(&event));
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        // Enter opens the first task.
        let first = find_tasks(app.catalogue, app.finder, &app.search.query.read_untracked(), 1)
            .first()
            .map(|task| task.id.clone());
        match first {
            Some(task) => router::go(app, Route::Task(task)),
            None => app.note_gap(),
        }
    };
    let field = input()
        .id("q")
        .class("search__field")
        .attr("type", "search")
        .attr("autocomplete", "off")
        .attr("spellcheck", "false")
        .attr("enterkeyhint", "search")
        .attr("aria-describedby", "q-hint")
        .value(move || app.search.query.get())
        .on("input", typed);
    form()
        .class("search")
        .attr("role", "search")
        .on("submit", submit)
        .put(label().class("visually-hidden").attr("for", "q").put(words.home_question))
        .put(p().class("hint").id("q-hint").put(words.home_hint))
        .put(div().class("search__row").put(field))
}

fn found(app: App) -> View {
    let words = app.counter_words();
    let query = app.search.query.get();
    let tasks = find_tasks(app.catalogue, app.finder, &query, TASKS_MAX);
    let hits = app.finder.find(&query, SERVICES_MAX);
    let services: Vec<_> = hits
        .iter()
        .filter_map(|hit| match record_at(app.catalogue, hit.document) {
            Some(IndexedRecord::Service(service)) => Some(li().put(service_link(app, service))),
            _ => None,
        })
        .collect();
    if tasks.is_empty() && services.is_empty() {
        let take = a(app.href(Route::Ask(Default::default())))
            .class("button button--main")
            .put(words.take_inquiry);
        return div()
            .class("panel")
            .attr("role", "status")
            .put(p().put(words.nothing_found))
            .put(p().class("actions").put(take))
            .done();
    }
    let of_tasks = (!tasks.is_empty()).then(|| {
        (
            h2().put(words.tasks_found),
            ul().class("cards").put_all(tasks.into_iter().map(|task| task_card(app, task))),
        )
    });
    let of_services = (!services.is_empty())
        .then(|| (h2().put(words.services_found), ul().class("links").put_all(services)));
    all((of_tasks, of_services))
}

fn task_card(app: App, task: &'static Task) -> El {
    let is_here = hub(app).is_some_and(|hub| hub.tasks.contains(&task.id));
    let not_here = (!is_here).then(|| {
        p().class("hub-card__kind")
            .put(icon("alert"))
            .put(" ")
            .put(app.counter_words().not_here_title)
    });
    li().class("card").put(task_link(app, task)).put(not_here)
}

fn task_link(app: App, task: &'static Task) -> El {
    a(app.href(Route::Task(task.id.clone()))).lang(app.lang_of(&task.name)).put(task.name.as_str())
}

/// The tasks that the office put first and that are done here, then those that were done most.
fn quick_list(app: App) -> El {
    let words = app.counter_words();
    let list = live(move || {
        let quick = app.counter.quick.read();
        let is_here = |id: &&TaskId| hub(app).is_some_and(|hub| hub.tasks.contains(id));
        let mut ids: Vec<TaskId> = quick.tasks.iter().filter(is_here).cloned().collect();
        for id in app.counter.log.read().most_done(QUICK_TASKS_MAX) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        let tasks: Vec<El> = ids
            .iter()
            .filter_map(|id| app.catalogue.task(id))
            .take(QUICK_TASKS_MAX)
            .map(|task| task_card(app, task))
            .collect();
        if tasks.is_empty() {
            p().class("hint").put(words.most_done_none)
        } else {
            ul().class("cards cards--quick").put_all(tasks)
        }
    });
    titled_section("most", words.most_done).put(list)
}

fn today(app: App) -> El {
    let words = app.counter_words();
    let counts = live(move || {
        let [done, referred, could_not] = app.counter.log.read().of_day(*app.clock.today.read());
        let row = |name: &'static str, count: u32| {
            div().put(dt().put(name)).put(dd().put(count.to_string()))
        };
        dl().class("counts counts--four")
            .put(row(words.all_contacts, done + referred + could_not))
            .put(row(words.done, done))
            .put(row(words.referred, referred))
            .put(row(words.could_not, could_not))
    });
    titled_section("today", words.today).put(counts)
}

fn tiles(app: App) -> El {
    let words = app.counter_words();
    ul().class("tiles section")
        .put(tile(
            app,
            Route::Ask(Default::default()),
            "ask",
            words.take_inquiry,
            words.take_inquiry_text,
        ))
        .put(tile(app, Route::Kit, "bag", words.kit_tile, words.kit_tile_text))
        .put(tile(app, Route::People, "access", words.people_tile, words.people_tile_text))
}

/// The tasks of this location, and below them all others: a librarian who is not a clerk finds a
/// task by its name.
fn all_tasks(app: App) -> El {
    let words = app.counter_words();
    let lists = live(move || {
        let here = hub(app).map(|hub| hub.tasks.as_slice()).unwrap_or_default();
        let (ours, others): (Vec<&Task>, Vec<&Task>) =
            by_name(app).into_iter().partition(|task| here.contains(&task.id));
        let list = |tasks: Vec<&'static Task>| {
            ul().class("links")
                .put_all(tasks.into_iter().map(|task| li().put(task_link(app, task))))
        };
        let ours = details()
            .class("task-list")
            .attr("open", "")
            .put(summary().put([words.all_tasks, " (", &ours.len().to_string(), ")"].concat()))
            .put(list(ours));
        let others = details()
            .class("task-list")
            .put(summary().put([words.other_tasks, " (", &others.len().to_string(), ")"].concat()))
            .put(list(others));
        all((ours, others))
    });
    section().class("section").put(lists)
}

fn by_name(app: App) -> Vec<&'static Task> {
    let mut tasks: Vec<&Task> = app.catalogue.tasks().iter().collect();
    tasks.sort_by_cached_key(|task| folded(&task.name));
    tasks
}
