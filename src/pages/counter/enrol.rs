//! Enrols a device as a staff tablet with a code of the office.

use crate::app::App;
use crate::browser::page;
use crate::model::counter::NotEnrolled;
use crate::pages::{TitledPage, heading};
use crate::ui::message::field_error;
use elements::{
    El, Signal, View, details, div, el, event_target_value, form, input, label, live, p,
    request_animation_frame, summary,
};

pub(super) fn page(app: App) -> TitledPage {
    let words = app.counter_words();
    TitledPage::new(
        words.enrol_title,
        (heading(words.enrol_title, None), p().class("lead").put(words.enrol_lead), enrolment(app)),
    )
}

/// The form. A code from the address is already filled in.
pub(super) fn enrolment(app: App) -> View {
    let words = app.counter_words();
    let code = Signal::new(page::fragment().trim_start_matches('#').to_string());
    let (is_asking, fault): (Signal<bool>, Signal<Option<NotEnrolled>>) = Default::default();
    let (typed, shown, sent) = (code.clone(), code.clone(), code);
    let (asking, of_fault, shown_fault) = (is_asking.clone(), fault.clone(), fault.clone());
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        if is_asking.get_untracked() {
            return;
        }
        is_asking.set(true);
        fault.set(None);
        let (is_asking, fault) = (is_asking.clone(), fault.clone());
        app.counter.enrol(&sent.get_untracked(), move |outcome| {
            is_asking.set(false);
            page::clear_fragment();
            match outcome {
                Ok(()) => request_animation_frame(page::focus_heading),
                Err(why) => fault.set(Some(why)),
            }
        });
    };
    let field = input()
        .id("enrol-code")
        .class("input mono")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "characters")
        .attr("spellcheck", "false")
        .attr("aria-describedby", "enrol-hint enrol-fault")
        .live_attr("aria-invalid", move || of_fault.get().map(|_| "true".into()))
        .value(move || shown.get())
        .on("input", move |event| typed.set(event_target_value(&event)));
    let said = live(move || match (asking.get(), shown_fault.get()) {
        (true, _) => Some(p().put(words.one_moment)),
        (false, Some(why)) => Some(field_error(reason(app, why))),
        (false, None) => None,
    });
    form()
        .class("form")
        .attr("novalidate", "")
        .on("submit", submit)
        .put(
            div()
                .class("field")
                .put(label().attr("for", "enrol-code").put(words.enrol_code))
                .put(p().class("hint").id("enrol-hint").put(words.enrol_code_hint))
                .put(field),
        )
        .put(div().id("enrol-fault").attr("role", "status").put(said))
        .put(submit_button(words.enrol))
        .done()
}

/// Enrols a device again that was a tablet before.
pub(super) fn again(app: App, name: &'static str) -> El {
    let words = app.counter_words();
    details()
        .class("section")
        .put(summary().put(name))
        .put(p().class("hint").put(words.enrol_again_text))
        .put(enrolment(app))
}

pub(super) fn submit_button(name: &'static str) -> El {
    p().class("actions")
        .put(el("button").class("button button--main").attr("type", "submit").put(name))
}

fn reason(app: App, why: NotEnrolled) -> &'static str {
    let words = app.counter_words();
    match why {
        NotEnrolled::NotACode => words.enrol_not_a_code,
        NotEnrolled::NoAnswer => words.enrol_no_answer,
        NotEnrolled::Unknown => words.enrol_unknown,
        NotEnrolled::CannotKeep => words.enrol_cannot_keep,
    }
}
