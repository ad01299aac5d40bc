//! The page for reviewing a question before it is sealed.

use super::ask::about_name;
use super::{TitledPage, heading, plain};
use crate::app::App;
use crate::browser::clock::BrowserClock;
use crate::pages::not_stored::not_stored_panel;
use crate::pages::promise::{at_first, heard, reply_time};
use crate::pages::shared_computer::{Leaving, shared_computer};
use crate::route::{Route, router};
use crate::ui::section::titled_section;
use domain::inquiry::{ContactChoice, InquiryDraft};
use domain::text::is_blank;
use elements::{El, View, a, all, button, dd, div, dl, dt, live, p, span};
use offline::ports::Clock;

pub(crate) fn page(app: App) -> TitledPage {
    app.delivery.not_stored.set(None);
    let is_empty = is_blank(&app.inquiry.draft.read_untracked().message);
    let body = if is_empty { nothing(app) } else { answers(app) };
    let title = title(app);
    TitledPage::new(title, (heading(title, None), body))
}

fn title(app: App) -> &'static str {
    #[cfg(feature = "counter")]
    if app.role.is_counter() {
        return app.counter_words().read_back;
    }
    app.words.check_title
}

fn ask_link(app: App) -> El {
    a(app.href(Route::Ask(Default::default())))
}

fn nothing(app: App) -> View {
    all((
        p().put(app.words.nothing_to_check),
        p().class("actions")
            .put(ask_link(app).class("button button--main").put(app.words.ask_title)),
    ))
}

fn answers(app: App) -> View {
    let words = app.words;
    let draft = app.inquiry.draft.get_untracked();
    let name = if is_blank(&draft.name) { words.not_given.into() } else { draft.name.clone() };
    let change = || Some(to_form(app));
    let rows = dl()
        .class("summary")
        .put(
            about_name(app, &draft)
                .map(|name| summary_row(app, words.facet_topic, name.into(), None)),
        )
        .put(summary_row(app, words.your_question, draft.message.clone(), change()))
        .put(summary_row(app, words.your_name, name, change()))
        .put(summary_row(app, words.reply_how, reply(app, &draft), change()));
    let start_over = move || {
        app.inquiry.draft.set(InquiryDraft::default());
        router::go(app, Route::Ask(Default::default()));
    };
    let actions = p()
        .class("actions")
        .put(match plain::press(app, "send") {
            Some(press) => press.class("button button--main").put(words.send_question),
            None => send_button(app, words.send_question, move || {
                app.inquiry.send(app.language, router::going(app))
            }),
        })
        .put(to_form(app).class("button").put(words.back))
        .put(
            if plain::is_plain(app) { ask_link(app) } else { button(start_over) }
                .class("link-button")
                .put(words.start_over),
        )
        .put(plain::language_button(app, || Route::Ask(Default::default())));
    let shared = shared_computer(app, Leaving::Visit);
    #[cfg(not(target_family = "wasm"))]
    let actions = (plain::not_sent(app), actions);
    let parts = (rows, next(app, draft.contact), not_stored_panel(app), actions, shared);
    all(plain::with_question(app, parts))
}

/// What leads back to the form, with what was typed.
fn to_form(app: App) -> El {
    let press = plain::press(app, "show").map(|press| press.class("link-button"));
    press.unwrap_or_else(|| ask_link(app))
}

/// What happens after sending: when the City replies, and how the person hears of it.
fn next(app: App, contact: ContactChoice) -> El {
    let words = app.words;
    let is_reply_due = matches!(contact, ContactChoice::Phone | ContactChoice::Email);
    let arrives = app.delivery.is_online.get_untracked().then(|| BrowserClock.now_ms());
    let is_here = !app.role.is_shared() && !plain::is_plain(app);
    let here = if is_here { words.reply_here } else { words.reply_by_code };
    titled_section("next", words.next_title)
        .put(is_reply_due.then(|| reply_time(app, arrives)))
        .put(at_first(app))
        .put(p().put(heard(app, contact)).put(" ").put(here))
}

/// The button that seals and stores. It is disabled and says so while storing is in progress.
pub(super) fn send_button(app: App, name: &'static str, act: impl Fn() + 'static) -> El {
    let said = live(move || if app.delivery.is_saving.get() { app.words.keeping } else { name });
    button(act)
        .class("button button--main")
        .live_flag("disabled", move || app.delivery.is_saving.get())
        .put(said)
}

fn reply(app: App, draft: &InquiryDraft) -> String {
    match draft.contact {
        ContactChoice::Phone => [app.words.reply_phone, app.words.colon, &draft.phone].concat(),
        ContactChoice::Email => [app.words.reply_email, app.words.colon, &draft.email].concat(),
        ContactChoice::None => app.words.reply_none.into(),
        ContactChoice::NotChosen => app.words.not_given.into(),
    }
}

/// A field's name, what was entered, and a link to change it.
pub(super) fn summary_row(app: App, name: &'static str, value: String, change: Option<El>) -> El {
    let change = change.map(|link| {
        link.put(app.words.change)
            .put(span().class("visually-hidden").put(app.words.colon).put(name))
    });
    div()
        .class("summary__row")
        .put(dt().put(name))
        .put(dd().class("summary__value").put(value))
        .put(dd().class("summary__change").put(change))
}
