//! One task, step by step, the same at every counter; and below it the outcome, recorded in one or
//! two taps.

use crate::app::App;
use crate::model::delivery::NotStored;
use crate::pages::hub::open_state::confirm;
use crate::pages::hubs::in_order;
use crate::pages::not_stored::reason;
use crate::pages::search::results::{hub_card, service_link};
use crate::pages::service::correction::outcome_line;
use crate::pages::service::fact;
use crate::pages::service::fees::fee_list;
use crate::pages::{TitledPage, heading};
use crate::route::{AboutRecord, Route};
use crate::ui::icon::icon;
use crate::ui::message::or_call;
use crate::ui::phone::phone_link;
use crate::ui::section::titled_section;
use domain::catalogue::{Hub, Service, Task, order_of};
use domain::counter::{Channel, Outcome, Reason};
use domain::place::Position;
use domain::{HubId, TaskId};
use elements::{
    El, Signal, View, a, all, button, details, div, dl, el, event_target_value, h2, input, label,
    li, live, p, request_animation_frame, section, span, summary, ul,
};
use wording::counter::{channel_name, conditions, outcome_name, payments, reason_name};
use wording::{fill, full_date};

/// The most other locations to refer a person to. Nobody reads a longer list out.
const OTHER_HUBS_MAX: usize = 4;

pub(super) fn page(app: App, id: &TaskId) -> Option<TitledPage> {
    let task = app.catalogue.task(id)?;
    let words = app.counter_words();
    let place = app.counter.place_untracked();
    let hub = place.as_ref().and_then(|hub| app.catalogue.hub(hub));
    let service = task.services.first().and_then(|id| app.catalogue.service(id));
    let published = full_date(app.language, app.catalogue.published_on());
    let edition = fill(words.steps_of, &[("date", &published)]);
    let caution = task.steps_basis.as_ref().map(|_| (" ", app.words.steps_are_ours));
    let view = (
        p().class("crumb").put(a(app.href(Route::Home)).put(words.counter)),
        heading(&task.name, app.lang_of(&task.name)),
        not_here(app, task, hub),
        facts(app, task, service, hub),
        steps(app, task),
        p().class("hint").put(edition).put(caution),
        tell(app, service),
        hand_on(app, task, service, place.as_ref()),
        ending(app, task),
    );
    Some(TitledPage::new(&task.name, view))
}

/// What to know before the first step.
fn facts(
    app: App,
    task: &'static Task,
    service: Option<&'static Service>,
    hub: Option<&'static Hub>,
) -> El {
    let words = app.counter_words();
    let documents = if task.documents.is_empty() {
        all(words.no_documents)
    } else {
        all(ul().class("plain").put_all(
            task.documents
                .iter()
                .map(|document| li().lang(app.lang_of(document)).put(document.as_str())),
        ))
    };
    let needs_confirming = service.is_some_and(Service::needs_confirming);
    let fee = match service.and_then(|service| fee_list(app, service)) {
        Some(fees) => all((fees, needs_confirming.then(|| confirm(app)))),
        None => all(words.fee_unknown),
    };
    let offering = hub.and_then(|hub| hub.offering(&task.id));
    let paid_by = payments(app.language, offering).unwrap_or_else(|| words.payment_unknown.into());
    let only = offering.and_then(|offering| conditions(app.language, offering));
    let note = offering.and_then(|offering| offering.note.as_ref());
    dl().class("facts")
        .put(fact(words.check_documents, "bag", documents))
        .put(fact(words.fee, "coin", fee))
        .put(fact(words.payment, "check", all(paid_by)))
        .put((only.is_some() || note.is_some()).then(|| {
            let note = note.map(|note| p().lang(app.lang_of(note)).put(note.as_str()));
            fact(words.conditions, "clock", all((only, note)))
        }))
}

/// A checkbox for each step, with a button to report that the step is done differently here.
fn steps(app: App, task: &'static Task) -> El {
    let words = app.counter_words();
    let ticked = Signal::new(app.counter.ticked_steps(&task.id, task.steps.len()));
    let change = move |ticked: &Signal<Vec<bool>>, act: &dyn Fn(&mut Vec<bool>)| {
        ticked.update(|ticked| act(ticked));
        app.counter.remember_steps(&task.id, &ticked.read_untracked());
    };
    let flagged: Signal<Option<Result<(), NotStored>>> = Signal::default();
    let row = |(at, text): (usize, &'static String)| {
        let id = ["step-", &at.to_string()].concat();
        let (shown, changed, outcome) = (ticked.clone(), ticked.clone(), flagged.clone());
        let field = input()
            .id(&id)
            .attr("type", "checkbox")
            .live_flag("checked", move || shown.read()[at])
            .on("change", move |_| change(&changed, &|ticked| ticked[at] = !ticked[at]));
        let flag = flag_button(app, task, Some(at as u8 + 1), outcome, words.flag)
            .attr("aria-label", [words.flag, app.words.colon, text].concat());
        let tick = div()
            .class("choice choice--tick")
            .put(field)
            .put(label().attr("for", &id).lang(app.lang_of(text)).put(text.as_str()));
        li().class("playbook__step").put(tick).put(flag)
    };
    let list = el("ol").class("playbook").put_all(task.steps.iter().enumerate().map(row));
    let untick = button({
        let ticked = ticked.clone();
        move || change(&ticked, &|ticked| ticked.fill(false))
    })
    .class("link-button")
    .put(words.steps_untick);
    let whole = flag_button(app, task, None, flagged.clone(), words.flag_whole);
    titled_section("steps", words.steps)
        .put(list)
        .put(p().class("actions actions--close").put(untick).put(whole))
        .put(outcome_line(app, flagged, words.flagged))
}

fn flag_button(
    app: App,
    task: &'static Task,
    step: Option<u8>,
    outcome: Signal<Option<Result<(), NotStored>>>,
    name: &'static str,
) -> El {
    let act = move || {
        let outcome = outcome.clone();
        app.counter.flag_step(task.id.clone(), step, app.language, move |stored| {
            outcome.set(Some(stored));
        });
    };
    button(act).class("link-button playbook__flag").put(name)
}

/// Shown if this counter does not handle the task: says which ones do. `None` if it does.
fn not_here(app: App, task: &'static Task, hub: Option<&'static Hub>) -> Option<El> {
    let words = app.counter_words();
    let is_here = hub.is_some_and(|hub| hub.tasks.contains(&task.id));
    (!is_here).then(|| {
        let others = others(app, task, hub.map(|hub| &hub.id));
        let body = if others.is_empty() {
            all(p().put(words.not_here_nobody).put(" ").put(phone_link(app.language, app.phone())))
        } else {
            all((
                p().put(words.not_here_text),
                ul().class("cards cards--two")
                    .put_all(others.into_iter().map(|hub| hub_card(app, hub))),
            ))
        };
        section()
            .class("panel")
            .attr("aria-labelledby", "not-here")
            .put(h2().id("not-here").put(icon("alert")).put(" ").put(words.not_here_title))
            .put(body)
    })
}

/// The nearest other locations whose counters handle a task.
fn others(app: App, task: &Task, here: Option<&HubId>) -> Vec<&'static Hub> {
    let today = *app.clock.today.read_untracked();
    let does = |hub: &&'static Hub| {
        Some(&hub.id) != here
            && hub.tasks.contains(&task.id)
            && today.is_none_or(|today| hub.is_listed(today))
    };
    let hubs: Vec<&'static Hub> = app.catalogue.hubs().iter().filter(does).collect();
    let mut hubs = match here.and_then(|here| app.catalogue.hub(here)) {
        Some(here) => nearest_to(here.point.position(), hubs),
        None => in_order(app, hubs),
    };
    hubs.truncate(OTHER_HUBS_MAX);
    hubs
}

/// The locations by their distance from a position, nearest first.
fn nearest_to(position: Position, hubs: Vec<&'static Hub>) -> Vec<&'static Hub> {
    let metres: Vec<f64> =
        hubs.iter().map(|hub| position.metres_to(hub.point.position())).collect();
    order_of(hubs.len(), &|a, b| metres[a].total_cmp(&metres[b]))
        .into_iter()
        .map(|at| hubs[at])
        .collect()
}

/// What to tell the person before they leave.
fn tell(app: App, service: Option<&'static Service>) -> El {
    let words = app.counter_words();
    let time = match service.and_then(|service| service.processing_time.as_ref()) {
        Some(time) => li()
            .put(words.tell_time)
            .put(" ")
            .put(span().lang(app.lang_of(time)).put(time.as_str()))
            .put("."),
        None => li().put(words.tell_time_unknown),
    };
    let phone =
        service.and_then(|service| service.channels.phone.as_deref()).unwrap_or(app.phone());
    let list = ul()
        .class("steps")
        .put(time)
        .put(li().put(words.tell_receipt))
        .put(li().put(words.tell_late).put(" ").put(phone_link(app.language, phone)).put("."));
    titled_section("tell", words.tell_title).put(list)
}

/// Where to refer the person if the task cannot be finished here.
fn hand_on(
    app: App,
    task: &'static Task,
    service: Option<&'static Service>,
    here: Option<&HubId>,
) -> El {
    let words = app.counter_words();
    let of_service = service.map(|service| {
        let department =
            span().lang(app.lang_of(&service.department)).put(service.department.as_str());
        let about = AboutRecord { service: Some(service.id.clone()), hub: here.cloned() };
        let take = a(app.href(Route::Ask(about))).class("button").put(words.take_inquiry);
        (
            p().put(span().class("label").put(words.department).put(app.words.colon))
                .put(department),
            p().put(service_link(app, service)),
            p().class("actions").put(take),
        )
    });
    let hubs = others(app, task, here).into_iter().map(|hub| hub_card(app, hub));
    details()
        .class("section task-list")
        .put(summary().put(words.hand_on))
        .put(of_service)
        .put(ul().class("cards cards--two").put_all(hubs))
}

/// The state of recording the outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum ContactEnding {
    #[default]
    Open,
    /// Asks for the reason: of a referral (`true`), or of a task that could not be done.
    Why(bool),
    Counted(Outcome),
    TakenBack,
    NotStored(NotStored),
}

fn ending(app: App, task: &'static Task) -> El {
    let words = app.counter_words();
    let ending: Signal<ContactEnding> = Signal::default();
    let shown = ending.clone();
    let body = live(move || match shown.get() {
        ContactEnding::Open => open(app, task, &shown, None),
        ContactEnding::NotStored(why) => open(app, task, &shown, Some(why)),
        ContactEnding::Why(is_referral) => why(app, task, &shown, is_referral),
        ContactEnding::Counted(outcome) => counted(app, &shown, outcome),
        ContactEnding::TakenBack => {
            all((p().attr("role", "status").put(words.undone), open(app, task, &shown, None)))
        }
    });
    section()
        .class("ending no-print")
        .attr("aria-labelledby", "ending")
        .put(h2().id("ending").attr("tabindex", "-1").put(words.how_it_ended))
        .put(body)
}

/// Counts the outcome and shows whether it was stored.
fn log(app: App, task: &'static Task, ending: &Signal<ContactEnding>, outcome: Outcome) {
    let to = ending.clone();
    app.counter.log_contact(task.id.clone(), outcome, move |kept| {
        to.set(match kept {
            Ok(()) => ContactEnding::Counted(outcome),
            Err(why) => ContactEnding::NotStored(why),
        });
        request_animation_frame(|| crate::browser::page::focus("#ending"));
    });
}

fn open(
    app: App,
    task: &'static Task,
    ending: &Signal<ContactEnding>,
    fault: Option<NotStored>,
) -> View {
    let words = app.counter_words();
    let [done, referred, could_not] = [ending.clone(), ending.clone(), ending.clone()];
    let fault = fault.map(|why| {
        or_call(
            app.language,
            p().class("field__error").attr("role", "alert"),
            reason(app, why),
            app.phone(),
        )
    });
    let actions = p()
        .class("actions ending__actions")
        .put(
            button(move || log(app, task, &done, Outcome::Done))
                .class("button button--main")
                .put(icon("check"))
                .put(" ")
                .put(words.done),
        )
        .put(
            button(move || referred.set(ContactEnding::Why(true)))
                .class("button")
                .put(words.referred),
        )
        .put(
            button(move || could_not.set(ContactEnding::Why(false)))
                .class("button")
                .put(words.could_not),
        );
    all((channels(app), fault, actions))
}

/// The channel by which the person came: preselected, and kept for the next person.
fn channels(app: App) -> El {
    let words = app.counter_words();
    let chosen = move |event: web_sys::Event| {
        let name = event_target_value(&event);
        app.counter
            .chosen_channel
            .set(Channel::ALL.into_iter().find(|channel| channel.name() == name));
    };
    let option = |channel: Channel| {
        let is_chosen = app.counter.channel() == channel;
        el("option")
            .attr("value", channel.name())
            .live_flag("selected", move || is_chosen)
            .put(channel_name(app.language, channel))
    };
    let field = el("select")
        .id("channel")
        .class("input")
        .on("change", chosen)
        .put_all(Channel::ALL.map(option));
    div()
        .class("ending__channels")
        .put(label().attr("for", "channel").put(words.came_by))
        .put(field)
}

fn why(app: App, task: &'static Task, ending: &Signal<ContactEnding>, is_referral: bool) -> View {
    let words = app.counter_words();
    let outcome = move |why: Reason| {
        if is_referral { Outcome::Referred(why) } else { Outcome::CouldNot(why) }
    };
    let choice = |why: Reason| {
        let ending = ending.clone();
        li().put(
            button(move || log(app, task, &ending, outcome(why)))
                .class("button")
                .put(reason_name(app.language, why)),
        )
    };
    let back = {
        let ending = ending.clone();
        button(move || ending.set(ContactEnding::Open)).class("link-button").put(app.words.back)
    };
    all((
        p().class("label")
            .put(outcome_name(app.language, outcome(Reason::Other)))
            .put(". ")
            .put(words.why),
        ul().class("ending__reasons").put_all(Reason::ALL.map(choice)),
        p().put(back),
    ))
}

fn counted(app: App, ending: &Signal<ContactEnding>, outcome: Outcome) -> View {
    let words = app.counter_words();
    let why =
        outcome.reason().map(|why| [app.words.colon, reason_name(app.language, why)].concat());
    let said = p()
        .class("ending__counted")
        .attr("role", "status")
        .put(icon("check"))
        .put(" ")
        .put(words.counted)
        .put(app.words.colon)
        .put(outcome_name(app.language, outcome))
        .put(why)
        .put(".");
    let take_back = {
        let ending = ending.clone();
        button(move || {
            let ending = ending.clone();
            app.counter.undo_contact(move |kept| {
                ending
                    .set(kept.map_or_else(ContactEnding::NotStored, |()| ContactEnding::TakenBack))
            });
        })
        .class("button")
        .put(words.undo)
    };
    let next = a(app.href(Route::Home))
        .class("button button--main")
        .on("click", move |_| app.search.query.set(String::new()))
        .put(words.next_person);
    all((said, p().class("actions actions--close").put(next).put(take_back)))
}
