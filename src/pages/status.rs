//! "How far is my question?": by the receipt alone, on any device.

use super::message::moment;
use super::{Page, heading};
use crate::browser::page::{clear_fragment, fragment};
use crate::components::icon::icon;
use crate::components::markup::{El, Part, all, div, el, form, h2, input, label, li, live, p, strong};
use crate::components::phone::phone_link;
use crate::signal::Signal;
use crate::state::App;
use crate::state::status::Looked;
use domain::status::{Stage, Status, secret_of, secret_text};
use leptos::prelude::event_target_value;

pub(crate) fn page(app: App) -> Page {
    let words = app.words;
    let looked: Signal<Looked> = Signal::default();
    let typed: Signal<String> = Signal::default();
    // A receipt's code brings the secret behind the #, which no server sees; it does not stay in the address.
    if let Some(secret) = fragment().and_then(|text| secret_of(&text)) {
        typed.set(secret_text(&secret));
        app.look_up(secret, looked.clone());
        clear_fragment();
    }
    let is_wrong: Signal<bool> = Signal::default();
    let (of, to, on_submit, wrong, result) = (typed.clone(), typed.clone(), looked.clone(), is_wrong.clone(), looked);
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        let secret = secret_of(&typed.read_untracked());
        is_wrong.set(secret.is_none());
        if let Some(secret) = secret {
            app.look_up(secret, on_submit.clone());
        }
    };
    let shown = wrong.clone();
    let error = live(move || shown.get().then(|| p().class("field__error").id("secret-error").put(icon("alert")).put(" ").put(words.status_wrong)));
    let field = input()
        .id("secret")
        .class("input")
        .attr("type", "text")
        .attr("autocomplete", "off")
        .attr("spellcheck", "false")
        .attr("aria-describedby", "secret-error secret-hint")
        .live_attr("aria-invalid", move || wrong.get().then(|| "true".into()))
        .value(move || of.get())
        .on("input", move |event| to.set(event_target_value(&event)));
    let fields = form()
        .class("form")
        .attr("novalidate", "")
        .on("submit", submit)
        .put(
            div()
                .class("field")
                .put(label().attr("for", "secret").put(words.secret))
                .put(p().class("hint").id("secret-hint").put(words.status_hint))
                .put(error)
                .put(field),
        )
        .put(p().class("actions").put(el("button").class("button button--main").attr("type", "submit").put(words.status_look)));
    let answer = div().attr("role", "status").put(live(move || answer(app, &result.read())));
    Page::new(words.status_title, (heading(words.status_title, None), p().class("lead").put(words.status_intro), fields, answer))
}

/// What is known, in words.
pub(super) fn answer(app: App, looked: &Looked) -> Part {
    let words = app.words;
    let with_phone = |text: &'static str| p().class("panel").put(text).put(" ").put(phone_link(app.phone())).put(".").done();
    match looked {
        Looked::NotYet => all(()),
        Looked::Asking => p().put(words.status_asking).done(),
        Looked::Unknown => with_phone(words.status_unknown),
        Looked::NoAnswer => with_phone(words.status_no_answer),
        Looked::Known { status, is_old } => {
            let old = is_old.then(|| p().class("hint").put(words.status_old));
            all((h2().put(words.status_of).put(" ").put(strong().attr("translate", "no").put(status.reference.to_string())), old, stages(app, status)))
        }
    }
}

/// All four, those that were reached with their day.
fn stages(app: App, status: &Status) -> El {
    let words = app.words;
    let rows = Stage::ALL.map(|stage| {
        let name = match stage {
            Stage::Received => words.stage_received,
            Stage::InProgress => words.stage_in_progress,
            Stage::Answered => words.stage_answered,
            Stage::Closed => words.stage_closed,
        };
        let at = status.stages.iter().rev().find(|(reached, _)| *reached == stage).map(|(_, at_ms)| moment(app, *at_ms));
        let (class, picture) = if at.is_some() { ("tick tick--done", "check") } else { ("tick tick--waiting", "clock") };
        let when = div().class("tick__when").put(at.unwrap_or_else(|| words.not_yet.into()));
        li().class(class).put(icon(picture)).put(" ").put(strong().put(name)).put(when)
    });
    el("ol").class("ticks").attr("role", "list").put_all(rows)
}
