//! Erases messages from this device, with a plain account of what that does and does not do.

use super::{TitledPage, heading};
use crate::app::App;
use crate::route::Route;
use crate::ui::phone::phone_link;
use domain::SubmissionId;
use elements::{Signal, a, div, el, fieldset, form, input, label, legend, live, p};

/// EraseChoice to erase from this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EraseChoice {
    NotChosen,
    Received,
    Everything,
}

pub(crate) fn page(app: App) -> TitledPage {
    let words = app.words;
    let what = Signal::new(EraseChoice::NotChosen);
    let said = Signal::new("");
    let (shown, of) = (said.clone(), what.clone());
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        if what.get_untracked() == EraseChoice::NotChosen {
            return said.set(words.erase_choose);
        }
        if what.get_untracked() == EraseChoice::Everything {
            app.trip.clear();
            app.unsent.clear();
        }
        let ids = chosen(app, what.get_untracked());
        let said = said.clone();
        app.delivery.erase(ids, move |outcome| {
            said.set(if outcome.is_ok() { words.erased } else { words.not_erased })
        });
    };
    let radio = move |value: EraseChoice, id: &'static str, name: &'static str| {
        let of = of.clone();
        let field = input()
            .id(id)
            .attr("type", "radio")
            .attr("name", "what")
            .on("change", move |_| of.set(value));
        div().class("choice").put(field).put(label().attr("for", id).put(name))
    };
    let radios = div()
        .class("choices")
        .put(radio(EraseChoice::Received, "erase-received", words.erase_received))
        .put(radio(EraseChoice::Everything, "erase-all", words.erase_all));
    let actions = p()
        .class("actions")
        .put(
            el("button").class("button button--danger").attr("type", "submit").put(words.erase_now),
        )
        .put(a(app.href(Route::Messages)).class("button").put(words.back));
    let fields = form()
        .class("form")
        .on("submit", submit)
        .put(
            fieldset()
                .class("field")
                .put(legend().class("visually-hidden").put(words.erase_title))
                .put(radios),
        )
        .put(p().attr("role", "alert").class("field__error").put(live(move || shown.get())))
        .put(actions);
    let intro = p()
        .class("lead")
        .put(words.erase_intro)
        .put(" ")
        .put(phone_link(app.language, app.phone()));
    TitledPage::new(words.erase_title, (heading(words.erase_title, None), intro, fields))
}

/// The ids of all messages, or of those with a receipt only.
fn chosen(app: App, what: EraseChoice) -> Vec<SubmissionId> {
    let heads = app.delivery.heads.read_untracked();
    heads
        .iter()
        .filter(|head| what == EraseChoice::Everything || head.receipt().is_some())
        .map(|head| head.id)
        .collect()
}
