//! One message of this device: a receipt that looks like one, and how far it has come.

use super::{Page, heading};
use crate::browser::clock::wall_clock;
use crate::browser::page::print;
use crate::components::icon::icon;
use crate::route::Route;
use crate::state::{App, Keeping};
use crate::wording::{attention, full_date, kept_on, received_on, time};
use domain::SubmissionId;
use domain::submission::Kind;
use leptos::prelude::*;
use offline::answer::Obstacle;
use offline::parcel::{Head, State};

pub(crate) fn page(app: App, id: SubmissionId) -> Page {
    let head = Memo::new(move |_| app.heads.read().iter().find(|head| head.id == id).cloned());
    let kind = Memo::new(move |_| head.read().as_ref().map(|head| head.kind));
    let title = move || match kind.get() {
        Some(Kind::Feedback) => app.words.receipt_feedback,
        Some(Kind::Inquiry) => app.words.receipt_question,
        None => app.words.messages_title,
    };
    let body = move || match head.get() {
        Some(head) => receipt(app, &head).into_any(),
        // Nothing is said of a message before the store has been read.
        None if *app.keeping.read() == Keeping::Opening => ().into_any(),
        None => view! { <p>{app.words.message_unknown}</p> }.into_any(),
    };
    let view = view! {
        {move || heading(title(), None)}
        {body}
        <p class="no-print"><a class="more" href=app.href(Route::Messages)>{app.words.messages_title}</a></p>
    };
    Page::new(title(), view)
}

/// A moment of the device as the municipality's wall clock shows it.
pub(super) fn moment(app: App, at_ms: u64) -> String {
    let moment = wall_clock(&app.catalogue.municipality().time_zone, at_ms);
    moment.map(|moment| format!("{}, {}", full_date(app.language, moment.date), time(app.language, moment.minute))).unwrap_or_default()
}

fn receipt(app: App, head: &Head) -> impl IntoView + use<> {
    let words = app.words;
    let thanks = (head.kind == Kind::Feedback).then(|| view! { <p class="lead">{app.catalogue.survey().thanks.get(app.language)}</p> });
    view! {
        {thanks}
        <div class="receipt">
            <p class="receipt__municipality">{app.catalogue.municipality().formal_name.get(app.language)}</p>
            <dl>
                <dt>{words.reference}</dt>
                <dd class="receipt__reference" translate="no">{head.reference().to_string()}</dd>
                <dd class="hint">{words.reference_hint}</dd>
                <dt>{words.secret}</dt>
                <dd class="receipt__secret" translate="no">{secret(&head.secret)}</dd>
                <dd class="hint">{words.secret_hint}</dd>
            </dl>
            {ticks(app, head)}
        </div>
        {next(app, head)}
        <p class="actions no-print"><button class="button" type="button" on:click=|_| print()>{icon("print")} " " {words.print}</button></p>
    }
}

/// Sixteen bytes as eight groups of four hexadecimal digits.
fn secret(bytes: &[u8; 16]) -> String {
    let groups: Vec<String> = bytes.chunks(2).map(|pair| pair.iter().map(|byte| format!("{byte:02x}")).collect()).collect();
    groups.join(" ")
}

/// Kept, sent, received: each with a word, a shape, and a time where one is known.
fn ticks(app: App, head: &Head) -> impl IntoView + use<> {
    let words = app.words;
    let received = head.receipt();
    let tick = move |name: &'static str, is_done: bool, when: String| {
        let (modifier, picture, word) = if is_done { ("done", "check", words.done) } else { ("waiting", "clock", words.not_yet) };
        view! { <li class=format!("tick tick--{modifier}")>{icon(picture)} " " <strong>{name}</strong> " " <span class="tick__word">{word}</span> " " {when}</li> }
    };
    let received_at = received.map(|receipt| received_on(app.language, &moment(app, receipt.received_at_ms))).unwrap_or_default();
    view! {
        <ol class="ticks" role="status">
            {tick(words.tick_kept, true, kept_on(app.language, &moment(app, head.kept_at_ms)))}
            {tick(words.tick_sent, received.is_some(), String::new())}
            {tick(words.tick_received, received.is_some(), received_at)}
        </ol>
    }
}

/// What happens next, or what the person can do.
fn next(app: App, head: &Head) -> impl IntoView + use<> {
    let (words, id) = (app.words, head.id);
    match &head.state {
        State::Received { .. } => view! { <p>{words.received_text}</p> }.into_any(),
        State::Waiting { .. } => view! { <p>{words.will_be_sent} " " {move || obstacle(app)}</p> }.into_any(),
        State::NeedsAttention { reason, .. } => view! {
            <div class="panel panel--error">
                <h2>{icon("alert")} " " {words.state_attention}</h2>
                <p>{attention(app.language, *reason)}</p>
                <p class="actions"><button class="button" type="button" on:click=move |_| app.try_again(Some(id))>{words.try_again}</button></p>
            </div>
        }
        .into_any(),
    }
}

pub(super) fn obstacle(app: App) -> Option<&'static str> {
    app.obstacle.get().map(|obstacle| match obstacle {
        Obstacle::NoAnswer => app.words.obstacle_none,
        Obstacle::NotTheServer => app.words.obstacle_portal,
        Obstacle::Busy => app.words.obstacle_busy,
    })
}
