//! Reading a question over before it is sealed.

use super::ask::about_name;
use super::{Page, heading};
use crate::components::not_kept::not_kept;
use crate::route::Route;
use crate::router;
use crate::state::App;
use domain::inquiry::{ContactChoice, InquiryDraft};
use leptos::prelude::*;

pub(crate) fn page(app: App) -> Page {
    let words = app.words;
    app.not_kept.set(None);
    let is_empty = app.draft.read_untracked().message.trim().is_empty();
    let body = if is_empty { nothing(app).into_any() } else { answers(app).into_any() };
    Page::new(words.check_title, view! { {heading(words.check_title, None)} {body} })
}

fn nothing(app: App) -> impl IntoView {
    view! {
        <p>{app.words.nothing_to_check}</p>
        <p class="actions"><a class="button button--main" href=app.href(Route::Ask(Default::default()))>{app.words.ask_title}</a></p>
    }
}

fn answers(app: App) -> impl IntoView {
    let words = app.words;
    let draft = app.draft.get_untracked();
    let name = if draft.name.trim().is_empty() { words.not_given.to_string() } else { draft.name.clone() };
    let about = about_name(app, &draft).map(|name| row(app, words.about_service, name.into(), None));
    let start_over = move |_| {
        app.draft.set(InquiryDraft::default());
        router::go(app, Route::Ask(Default::default()));
    };
    view! {
        <dl class="summary">
            {about}
            {row(app, words.your_question, draft.message.clone(), Some("message"))}
            {row(app, words.your_name, name, Some("name"))}
            {row(app, words.reply_how, reply(app, &draft), Some("contact-phone"))}
        </dl>
        {not_kept(app)}
        <p class="actions">
            <button class="button button--main" type="button" disabled=move || app.is_saving.get() on:click=move |_| app.send_question()>
                {move || if app.is_saving.get() { words.keeping } else { words.send_question }}
            </button>
            <a class="button" href=app.href(Route::Ask(Default::default()))>{words.back}</a>
            <button class="link-button" type="button" on:click=start_over>{words.start_over}</button>
        </p>
    }
}

fn reply(app: App, draft: &InquiryDraft) -> String {
    match draft.contact {
        ContactChoice::Phone => format!("{}: {}", app.words.reply_phone, draft.phone),
        ContactChoice::Email => format!("{}: {}", app.words.reply_email, draft.email),
        ContactChoice::None => app.words.reply_none.into(),
        ContactChoice::NotChosen => app.words.not_given.into(),
    }
}

fn row(app: App, name: &'static str, value: String, field: Option<&'static str>) -> impl IntoView {
    let change = field.map(|_| {
        view! { <a href=app.href(Route::Ask(Default::default()))>{app.words.change} <span class="visually-hidden">": " {name}</span></a> }
    });
    view! { <div class="summary__row"><dt>{name}</dt><dd class="summary__value">{value}</dd><dd class="summary__change">{change}</dd></div> }
}
