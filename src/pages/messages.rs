//! What is on this device: states in words, nothing of the content.

use super::message::{moment, obstacle};
use super::{Page, heading};
use crate::components::icon::icon;
use crate::components::not_kept::cannot_keep_here;
use crate::route::Route;
use crate::state::{App, Keeping};
use crate::wording::{kept_on, unreadable_count};
use domain::submission::Kind;
use leptos::prelude::*;
use offline::parcel::{Head, State, Tally};

pub(crate) fn page(app: App) -> Page {
    let words = app.words;
    let list = move || {
        let mut heads = app.heads.get();
        heads.sort_by_key(|head| std::cmp::Reverse((head.order, head.id)));
        match (heads.is_empty(), &*app.keeping.read()) {
            (true, Keeping::Ready) => view! { <p>{words.messages_none}</p> }.into_any(),
            (true, _) => ().into_any(),
            (false, _) => view! { <ul class="cards">{heads.iter().map(|head| message_card(app, head)).collect_view()}</ul> }.into_any(),
        }
    };
    let unreadable = move || {
        let count = app.unreadable.get();
        (count > 0).then(|| view! { <p class="panel panel--error">{icon("alert")} " " {unreadable_count(app.language, count)}</p> })
    };
    let view = view! {
        {heading(words.messages_title, None)}
        <p class="lead">{words.messages_intro}</p>
        {cannot_keep_here(app)}
        {unreadable}
        {waiting(app)}
        {list}
        {erase(app)}
    };
    Page::new(words.messages_title, view)
}

/// What stands in the way, and a button for the impatient.
fn waiting(app: App) -> impl IntoView {
    move || {
        let is_waiting = Tally::of(&app.heads.read()).waiting > 0;
        is_waiting.then(|| {
            view! {
                <div class="panel" role="status">
                    <p>{app.words.will_be_sent} " " {obstacle(app)}</p>
                    <p class="actions"><button class="button" type="button" on:click=move |_| app.try_again(None)>{app.words.send_now}</button></p>
                </div>
            }
        })
    }
}

fn message_card(app: App, head: &Head) -> impl IntoView + use<> {
    let words = app.words;
    let kind = match head.kind {
        Kind::Inquiry => words.kind_question,
        Kind::Feedback => words.kind_feedback,
    };
    let (modifier, picture, state) = match head.state {
        State::Waiting { .. } => ("waiting", "clock", words.state_waiting),
        State::Received { .. } => ("done", "check", words.state_received),
        State::NeedsAttention { .. } => ("attention", "alert", words.state_attention),
    };
    view! {
        <li class="card message-card">
            <a class="message-card__name" href=app.href(Route::Message(head.id))>{kind} " " <span class="mono" translate="no">{head.reference().to_string()}</span></a>
            <span class=format!("tick tick--{modifier}")>{icon(picture)} " " {state}</span>
            <span class="message-card__date">{kept_on(app.language, &moment(app, head.kept_at_ms))}</span>
        </li>
    }
}

fn erase(app: App) -> impl IntoView {
    let has_any = Memo::new(move |_| !app.heads.read().is_empty());
    move || has_any.get().then(|| view! { <p class="actions"><a class="button button--quiet" href=app.href(Route::MessagesErase)>{app.words.erase}</a></p> })
}
