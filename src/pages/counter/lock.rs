//! The lock: first a name, then a PIN.

use super::enrol::{again, submit_button};
use crate::browser::page;
use crate::components::icon::icon;
use crate::components::markup::{
    El, Part, all, button, div, form, h2, input, label, li, live, p, ul,
};
use crate::pages::{Page, heading};
use crate::signal::Signal;
use crate::state::App;
use crate::state::counter::{Slot, Tried};
use crate::wording::counter::try_again_in;
use domain::tablet::PIN_DIGITS_MAX;
use leptos::prelude::{event_target_value, request_animation_frame};

pub(super) fn page(app: App) -> Page {
    let words = app.counter_words();
    let place = app
        .place_untracked()
        .and_then(|hub| app.catalogue.hub(&hub))
        .map(|hub| p().class("crumb").lang(app.catalogue_lang()).put(hub.name.as_str()));
    let people = app.counter.people.get_untracked();
    let chosen: Signal<Option<Slot>> =
        Signal::new(if people.len() == 1 { Some(people[0].0) } else { None });
    if let Some(slot) = chosen.get_untracked() {
        app.choose_person(slot);
    }
    let body = live(move || match chosen.get() {
        None => names(app, chosen.clone()),
        Some(slot) => pin(app, slot, chosen.clone()),
    });
    let again = again(app, words.enrol_again);
    Page::new(
        words.lock_title,
        (
            place,
            heading(words.lock_title, None),
            p().class("lead").put(words.lock_lead),
            body,
            again,
        ),
    )
}

fn names(app: App, chosen: Signal<Option<Slot>>) -> Part {
    let people = app.counter.people.get_untracked();
    let name = |(slot, person): (Slot, crate::state::counter::Person)| {
        let chosen = chosen.clone();
        let choose = move || {
            app.choose_person(slot);
            chosen.set(Some(slot));
            request_animation_frame(|| page::focus("#pin"));
        };
        li().put(button(choose).class("button lock-name").attr("translate", "no").put(person.name))
    };
    ul().class("lock-names").put_all(people.into_iter().map(name)).done()
}

fn pin(app: App, slot: Slot, chosen: Signal<Option<Slot>>) -> Part {
    let words = app.counter_words();
    let people = app.counter.people.get_untracked();
    let name = people
        .iter()
        .find(|(of, _)| *of == slot)
        .map(|(_, person)| person.name.clone())
        .unwrap_or_default();
    let (typed, is_trying, outcome): (Signal<String>, Signal<bool>, Signal<Option<Tried>>) =
        Default::default();
    let (field_text, shown_text) = (typed.clone(), typed.clone());
    let (trying, said) = (is_trying.clone(), outcome.clone());
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        if is_trying.get_untracked()
            || *app.counter.wait.read_untracked() > 0
            || typed.read_untracked().is_empty()
        {
            return;
        }
        is_trying.set(true);
        outcome.set(None);
        let (is_trying, outcome, text) = (is_trying.clone(), outcome.clone(), typed.clone());
        app.try_pin(slot, typed.get_untracked(), move |tried| {
            if tried == Tried::Right {
                return request_animation_frame(page::focus_heading);
            }
            is_trying.set(false);
            text.set(String::new());
            outcome.set(Some(tried));
        });
    };
    let is_waiting = Signal::computed(move || *app.counter.wait.read() > 0);
    let waits = is_waiting.clone();
    let message = live(move || {
        if waits.get() {
            return Some(
                p().class("field__error")
                    .put(icon("clock"))
                    .put(" ")
                    .put(live(move || try_again_in(app.language, app.counter.wait.get()))),
            );
        }
        if trying.get() {
            return Some(p().put(words.one_moment));
        }
        said.get().map(|tried| {
            let text =
                if tried == Tried::CannotKeep { words.pin_cannot_keep } else { words.pin_wrong };
            p().class("field__error").put(icon("alert")).put(" ").put(text)
        })
    });
    let field = pin_field("pin", move || shown_text.get())
        .attr("aria-describedby", "pin-said")
        .live_flag("disabled", move || is_waiting.get())
        .on("input", move |event| field_text.set(event_target_value(&event)));
    let back = move || chosen.set(None);
    let more =
        (people.len() > 1).then(|| button(back).class("link-button").put(words.someone_else));
    let inner = form()
        .class("form")
        .attr("novalidate", "")
        .on("submit", submit)
        .put(h2().attr("translate", "no").put(name))
        .put(div().class("field").put(label().attr("for", "pin").put(words.pin)).put(field))
        .put(div().id("pin-said").attr("role", "status").put(message))
        .put(submit_button(words.unlock))
        .put(p().put(more));
    all(inner)
}

/// A field for a PIN that no browser offers to remember.
pub(super) fn pin_field(id: &'static str, value: impl Fn() -> String + 'static) -> El {
    input()
        .id(id)
        .class("input pin-field")
        .attr("type", "password")
        .attr("inputmode", "numeric")
        .attr("autocomplete", "off")
        .attr("maxlength", PIN_DIGITS_MAX.to_string())
        .value(value)
}
