//! The lock: first a name, then a PIN.

use super::enrol::{again, submit_button};
use crate::app::App;
use crate::browser::page;
use crate::model::counter::{PersonSlot, PinOutcome, TabletPerson};
use crate::pages::{TitledPage, heading};
use crate::ui::icon::icon;
use crate::ui::message::field_error;
use domain::tablet::PIN_DIGITS_MAX;
use elements::{
    El, Signal, View, all, button, div, event_target_value, form, h2, input, label, li, live, p,
    request_animation_frame, ul,
};
use wording::counter::try_again_in;

pub(super) fn page(app: App) -> TitledPage {
    let words = app.counter_words();
    let place = app
        .counter
        .place_untracked()
        .and_then(|hub| app.catalogue.hub(&hub))
        .map(|hub| p().class("crumb").lang(app.lang_of(&hub.name)).put(hub.name.as_str()));
    let people = app.counter.people.get_untracked();
    let chosen: Signal<Option<PersonSlot>> =
        Signal::new(if people.len() == 1 { Some(people[0].0) } else { None });
    if let Some(slot) = chosen.get_untracked() {
        app.counter.choose_person(slot);
    }
    let body = live(move || match chosen.get() {
        None => names(app, chosen.clone()),
        Some(slot) => pin(app, slot, chosen.clone()),
    });
    let again = again(app, words.enrol_again);
    TitledPage::new(
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

fn names(app: App, chosen: Signal<Option<PersonSlot>>) -> View {
    let people = app.counter.people.get_untracked();
    let name = |(slot, person): (PersonSlot, TabletPerson)| {
        let chosen = chosen.clone();
        let choose = move || {
            app.counter.choose_person(slot);
            chosen.set(Some(slot));
            request_animation_frame(|| page::focus("#pin"));
        };
        li().put(button(choose).class("button lock-name").attr("translate", "no").put(person.name))
    };
    ul().class("lock-names").put_all(people.into_iter().map(name)).done()
}

fn pin(app: App, slot: PersonSlot, chosen: Signal<Option<PersonSlot>>) -> View {
    let words = app.counter_words();
    let people = app.counter.people.get_untracked();
    let name = people
        .iter()
        .find(|(of, _)| *of == slot)
        .map(|(_, person)| person.name.clone())
        .unwrap_or_default();
    let (typed, is_trying, outcome): (Signal<String>, Signal<bool>, Signal<Option<PinOutcome>>) =
        Default::default();
    let (field_text, shown_text) = (typed.clone(), typed.clone());
    let (trying, said) = (is_trying.clone(), outcome.clone());
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        if is_trying.get_untracked()
            || *app.counter.wait_s.read_untracked() > 0
            || typed.read_untracked().is_empty()
        {
            return;
        }
        is_trying.set(true);
        outcome.set(None);
        let (is_trying, outcome, text) = (is_trying.clone(), outcome.clone(), typed.clone());
        app.counter.try_pin(slot, typed.get_untracked(), move |tried| {
            if tried == PinOutcome::Right {
                return request_animation_frame(page::focus_heading);
            }
            is_trying.set(false);
            text.set(String::new());
            outcome.set(Some(tried));
        });
    };
    let is_waiting = Signal::computed(move || *app.counter.wait_s.read() > 0);
    let waits = is_waiting.clone();
    let message = live(move || pin_message(app, waits.get(), trying.get(), said.get()));
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

/// What the lock says: how long to wait, that a PIN is being tried, or that it was wrong.
fn pin_message(
    app: App,
    is_waiting: bool,
    is_trying: bool,
    outcome: Option<PinOutcome>,
) -> Option<El> {
    let words = app.counter_words();
    if is_waiting {
        let left = live(move || try_again_in(app.language, app.counter.wait_s.get()));
        return Some(p().class("field__error").put(icon("clock")).put(" ").put(left));
    }
    if is_trying {
        return Some(p().put(words.one_moment));
    }
    outcome.map(|outcome| {
        let is_stored = outcome != PinOutcome::CannotKeep;
        field_error(if is_stored { words.pin_wrong } else { words.pin_cannot_keep })
    })
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
