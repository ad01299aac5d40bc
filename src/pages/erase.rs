//! Erasing from this device, with a plain account of what that does and does not do.

use super::{Page, heading};
use crate::components::phone::phone_link;
use crate::route::Route;
use crate::state::App;
use domain::SubmissionId;
use leptos::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    NotChosen,
    Received,
    Everything,
}

pub(crate) fn page(app: App) -> Page {
    let words = app.words;
    let what = RwSignal::new(What::NotChosen);
    let said = RwSignal::new("");
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if what.get_untracked() == What::NotChosen {
            return said.set(words.erase_choose);
        }
        let ids = chosen(app, what.get_untracked());
        app.erase(ids, move |outcome| said.set(if outcome.is_ok() { words.erased } else { words.not_erased }));
    };
    let radio = move |of: What, id: &'static str, label: &'static str| {
        view! { <div class="choice"><input id=id type="radio" name="what" on:change=move |_| what.set(of) /><label for=id>{label}</label></div> }
    };
    let view = view! {
        {heading(words.erase_title, None)}
        <p class="lead">{words.erase_intro} " " {phone_link(app.phone())}</p>
        <form class="form" on:submit=submit>
            <fieldset class="field">
                <legend class="visually-hidden">{words.erase_title}</legend>
                <div class="choices">
                    {radio(What::Received, "erase-received", words.erase_received)}
                    {radio(What::Everything, "erase-all", words.erase_all)}
                </div>
            </fieldset>
            <p role="alert" class="field__error">{move || said.get()}</p>
            <p class="actions">
                <button class="button button--danger" type="submit">{words.erase_now}</button>
                <a class="button" href=app.href(Route::Messages)>{words.back}</a>
            </p>
        </form>
    };
    Page::new(words.erase_title, view)
}

fn chosen(app: App, what: What) -> Vec<SubmissionId> {
    let heads = app.heads.read_untracked();
    heads.iter().filter(|head| what == What::Everything || head.receipt().is_some()).map(|head| head.id).collect()
}
