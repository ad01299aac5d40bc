//! The people who work with a tablet, each with a PIN of their own.

use super::enrol::submit_button;
use super::lock::pin_field;
use crate::app::App;
use crate::browser::page;
use crate::model::counter::{PersonSlot, TabletPerson};
use crate::model::delivery::NotStored;
use crate::pages::not_stored::reason;
use crate::pages::{TitledPage, heading};
use crate::route::Route;
use crate::ui::message::field_error;
use domain::tablet::{PERSON_CHARS_MAX, is_pin};
use domain::text::tidied;
use elements::{
    El, Signal, View, a, button, div, event_target_value, form, h2, input, label, li, live, p,
    request_animation_frame, span, ul,
};

/// The page of a tablet that was just enrolled: adds the first person.
pub(super) fn first(app: App) -> TitledPage {
    let words = app.counter_words();
    TitledPage::new(
        words.people_first,
        (heading(words.people_first, None), p().class("lead").put(words.people_lead), adding(app)),
    )
}

pub(super) fn page(app: App) -> TitledPage {
    let words = app.counter_words();
    let back = p().class("crumb").put(a(app.href(Route::Home)).put(words.counter));
    let list = live(move || {
        let who = *app.counter.who.read();
        let row = |(slot, person): &(PersonSlot, TabletPerson)| {
            let slot = *slot;
            let you = (who == Some(slot)).then_some([" (", words.person_you, ")"].concat());
            let remove = button(move || app.counter.remove_person(slot))
                .class("button button--small button--quiet")
                .attr("aria-label", format!("{} {}", words.person_remove, person.name));
            li().class("people__row")
                .put(span().put(span().attr("translate", "no").put(person.name.as_str())).put(you))
                .put(remove.put(words.person_remove))
        };
        ul().class("people").put_all(app.counter.people.read().iter().map(row))
    });
    let add = h2().put(words.person_add);
    let name = app.counter.tablet.read_untracked().as_ref().map(|tablet| tablet.name().to_string());
    let name = p().class("hint").put(words.this_tablet).put(" ").put(name);
    TitledPage::new(
        words.people_title,
        (
            back,
            heading(words.people_title, None),
            p().class("lead").put(words.people_lead),
            name,
            list,
            add,
            adding(app),
        ),
    )
}

/// What is wrong with the entered name or PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PersonFault {
    Name,
    Taken,
    Weak,
    Differs,
    Full,
    NotStored(NotStored),
}

/// Checks the name and the PIN of a new person. `names` are those in use.
fn check(name: &str, pin: &str, again: &str, names: &[&str]) -> Result<(), PersonFault> {
    match () {
        () if name.is_empty() || name.chars().count() > PERSON_CHARS_MAX => Err(PersonFault::Name),
        () if names.contains(&name) => Err(PersonFault::Taken),
        () if !is_pin(pin) => Err(PersonFault::Weak),
        () if pin != again => Err(PersonFault::Differs),
        () => Ok(()),
    }
}

fn adding(app: App) -> View {
    let words = app.counter_words();
    let texts: [Signal<String>; 3] = Default::default();
    let (is_busy, fault): (Signal<bool>, Signal<Option<PersonFault>>) = Default::default();
    let (busy, shown_fault) = (is_busy.clone(), fault.clone());
    let [name, pin, again] = texts.clone();
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        if is_busy.get_untracked() {
            return;
        }
        let said = tidied(&name.get_untracked());
        let people = app.counter.people.get_untracked();
        let names: Vec<&str> = people.iter().map(|(_, person)| person.name.as_str()).collect();
        if let Err(why) = check(&said, &pin.read_untracked(), &again.read_untracked(), &names) {
            return fault.set(Some(why));
        }
        is_busy.set(true);
        fault.set(None);
        let (is_busy, fault, texts) =
            (is_busy.clone(), fault.clone(), [name.clone(), pin.clone(), again.clone()]);
        app.counter.add_person(said, pin.get_untracked(), move |kept| {
            is_busy.set(false);
            match kept {
                Ok(()) => {
                    texts.iter().for_each(|text| text.set(String::new()));
                    request_animation_frame(page::focus_heading);
                }
                Err(NotStored::Full) if names_are_full(app) => fault.set(Some(PersonFault::Full)),
                Err(why) => fault.set(Some(PersonFault::NotStored(why))),
            }
        });
    };
    let said = live(move || match (busy.get(), shown_fault.get()) {
        (true, _) => Some(p().put(words.one_moment)),
        (false, Some(why)) => Some(field_error(fault_words(app, why))),
        (false, None) => None,
    });
    let [name, pin, again] = texts;
    let shown = name.clone();
    let name_field = input()
        .id("person-name")
        .class("input")
        .attr("autocomplete", "off")
        .attr("maxlength", PERSON_CHARS_MAX.to_string())
        .value(move || shown.get())
        .on("input", move |event| name.set(event_target_value(&event)));
    form()
        .class("form")
        .attr("novalidate", "")
        .on("submit", submit)
        .put(field("person-name", words.person_name, name_field))
        .put(field("pin-new", words.pin_new, typed_pin("pin-new", pin)))
        .put(field("pin-again", words.pin_again, typed_pin("pin-again", again)))
        .put(div().attr("role", "alert").put(said))
        .put(submit_button(words.person_add))
        .done()
}

fn names_are_full(app: App) -> bool {
    app.counter.people.read_untracked().len() >= domain::tablet::PEOPLE_MAX
}

fn field(id: &'static str, name: &'static str, field: El) -> El {
    div().class("field").put(label().attr("for", id).put(name)).put(field)
}

fn typed_pin(id: &'static str, text: Signal<String>) -> El {
    let shown = text.clone();
    pin_field(id, move || shown.get())
        .on("input", move |event| text.set(event_target_value(&event)))
}

fn fault_words(app: App, fault: PersonFault) -> &'static str {
    let words = app.counter_words();
    match fault {
        PersonFault::Name => words.person_no_name,
        PersonFault::Taken => words.person_taken,
        PersonFault::Weak => words.pin_weak,
        PersonFault::Differs => words.pin_differs,
        PersonFault::Full => words.people_full,
        PersonFault::NotStored(why) => reason(app, why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_a_name_of_their_own_and_a_pin_typed_twice() {
        assert_eq!(check("Sam", "482913", "482913", &["Ann"]), Ok(()));
        assert_eq!(check("", "482913", "482913", &[]), Err(PersonFault::Name));
        assert_eq!(check(&"x".repeat(31), "482913", "482913", &[]), Err(PersonFault::Name));
        assert_eq!(check("Ann", "482913", "482913", &["Ann"]), Err(PersonFault::Taken));
        assert_eq!(check("Sam", "123456", "123456", &[]), Err(PersonFault::Weak));
        assert_eq!(check("Sam", "482913", "482914", &[]), Err(PersonFault::Differs));
    }
}
