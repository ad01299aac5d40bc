//! The conversation about a question: what was said, who has it, what is promised, how it ended,
//! and the form to add to it. The page of the status and that of a message both show it.

use super::ask_check::send_button;
use super::message::attention;
use super::not_stored::{cannot_keep_here, not_stored_panel};
use super::shared_computer::{Leaving, shared_computer};
use crate::app::App;
use crate::browser::clock::{BrowserClock, wall_clock};
use crate::model::status::StatusLookup;
use crate::route::Route;
use crate::ui::icon::icon;
use crate::ui::message::{alert_line, field_error};
use domain::inquiry::InquiryProblem;
use domain::status::{InquiryEnding, InquiryStage, SaidWords, StatusQuestion, StatusThread};
use elements::{
    El, Signal, View, a, all, details, div, event_target_value, follow, h2, label, live, p,
    section, span, summary, textarea,
};
use offline::parcel::{Head, ParcelState};
use offline::ports::Clock;
use std::cell::Cell;
use wording::{day, fill, too_long_by};

/// What was said, in the order in which it was said, and what the City says about it now. Without
/// the promised reply below a receipt, which says it.
pub(super) fn conversation(app: App, thread: &StatusThread, is_below_receipt: bool) -> View {
    let words = app.words;
    let said = thread.said.iter().map(|said| said_panel(app, said));
    let department = (!thread.department.is_empty())
        .then(|| p().put(fill(words.thread_department, &[("department", &thread.department)])));
    // After a reply, what is promised is the end.
    let has_reply = thread.said.iter().any(|said| said.is_reply);
    let promised = thread.promised_ms.and_then(|at_ms| {
        let offer = app.delivery.offer.read_untracked();
        let reply = offer.as_ref().and_then(|offer| offer.first_reply.as_ref());
        let zone = &app.catalogue.municipality().time_zone;
        let date = |at_ms| wall_clock(zone, at_ms).map(|moment| moment.date);
        // Pauses and a change of department move the promise, and the receipt does not follow.
        let on_receipt = thread.said.first().zip(reply).and_then(|(said, reply)| {
            Some(reply.due(app.catalogue, wall_clock(zone, said.at_ms)?)?.date)
        });
        let is_late = date(at_ms) < date(BrowserClock.now_ms());
        let said = match (is_late, has_reply) {
            (true, _) => words.thread_late,
            (false, true) => words.thread_finished,
            (false, false) if is_below_receipt && on_receipt == date(at_ms) => return None,
            (false, false) => words.thread_promised,
        };
        let said = fill(said, &[("when", &day_of(app, at_ms))]);
        let is_doubtful = reply.is_some_and(|reply| !reply.is_confirmed);
        Some((p().put(said), is_doubtful.then(|| p().class("hint").put(words.reply_unconfirmed))))
    });
    let ending = thread.ending.map(|ending| p().put(ending_words(app, ending)));
    let waits = thread.is_waiting.then(|| p().class("panel").put(words.thread_asks));
    all((all(said.collect::<Vec<_>>()), waits, ending, department, promised))
}

/// The day of a promise: people count on the day, not on its minute.
fn day_of(app: App, at_ms: u64) -> String {
    let moment = wall_clock(&app.catalogue.municipality().time_zone, at_ms);
    moment.map(|moment| day(app.language, moment.date)).unwrap_or_default()
}

/// One thing that was said: who, when, and the words.
fn said_panel(app: App, said: &SaidWords) -> El {
    let words = app.words;
    let (class, who) = if said.is_reply {
        ("panel reply", words.thread_city)
    } else {
        ("panel said", words.thread_you)
    };
    let text = if said.text.is_empty() { words.thread_withdrawn.into() } else { said.text.clone() };
    let when = span().class("said__when").put(app.moment(said.at_ms));
    div().class(class).put(h2().put(who).put(" · ").put(when)).put(p().put(text))
}

fn ending_words(app: App, ending: InquiryEnding) -> &'static str {
    match ending {
        InquiryEnding::Answered => app.words.ended_answered,
        InquiryEnding::Done => app.words.ended_done,
        InquiryEnding::Elsewhere => app.words.ended_elsewhere,
        InquiryEnding::Duplicate => app.words.ended_duplicate,
        InquiryEnding::NoWord => app.words.ended_no_word,
        InquiryEnding::Withdrawn => app.words.ended_withdrawn,
    }
}

/// The form to add words to a question, also without a network, and to withdraw it. What was added
/// and is not sent yet is said above it. `looked` is asked again when the server has received it.
pub(super) fn add_form(app: App, question: StatusQuestion, looked: Signal<StatusLookup>) -> El {
    let words = app.words;
    app.addition.begin(question);
    let (again, before) = (looked.clone(), Cell::new(0));
    follow(Box::new(move || {
        let count = app.addition.unsent(question.secret).len();
        if before.replace(count) > count {
            app.status.look_up(question, again.clone());
        }
    }));
    let unsent = live(move || {
        let heads = app.addition.unsent(question.secret);
        all(heads.iter().map(|head| unsent_line(app, head)).collect::<Vec<_>>())
    });
    let send = move || app.addition.send(app.language, Box::new(|_| ()));
    section()
        .class("section no-print")
        .attr("aria-labelledby", "add")
        .put(h2().id("add").put(words.thread_add))
        .put(div().attr("role", "status").put(unsent))
        .put(app.role.is_ephemeral().then(|| cannot_keep_here(app)))
        .put(words_field(app))
        .put(not_stored_panel(app))
        .put(p().class("actions").put(send_button(app, words.thread_send, send)))
        .put(withdrawal(app, looked))
        .put(shared_computer(app, Leaving::Visit))
}

fn words_field(app: App) -> El {
    let draft = &app.addition.draft;
    let error = live(move || {
        app.addition.problem.get().map(|problem| {
            let text = match problem {
                InquiryProblem::TooLong { by } => too_long_by(app.language, by),
                _ => app.words.thread_empty.into(),
            };
            field_error(&text).id("added-error")
        })
    });
    let field = textarea()
        .id("added")
        .class("input")
        .attr("rows", "4")
        .attr("autocomplete", "off")
        .attr("aria-describedby", "added-error")
        .live_attr("aria-invalid", move || {
            app.addition.problem.get().is_some().then(|| "true".into())
        })
        .value(move || draft.get())
        .on("input", move |event| draft.set(event_target_value(&event)));
    div()
        .class("field")
        .put(label().attr("for", "added").put(app.words.thread_words))
        .put(div().attr("role", "alert").put(error))
        .put(field)
}

/// Withdrawing takes two presses. Not offered for a question that has ended, as far as is known.
fn withdrawal(app: App, looked: Signal<StatusLookup>) -> View {
    let words = app.words;
    let is_over = Signal::computed(move || match &*looked.read() {
        StatusLookup::Known { thread, status, .. } => {
            let last = status.stages.last().map(|(stage, _)| *stage);
            thread.ending.is_some() || thread.said.is_empty() && last == Some(InquiryStage::Closed)
        }
        StatusLookup::Asking => true,
        _ => false,
    });
    let withdraw = move || app.addition.withdraw(app.language, Box::new(|_| ()));
    live(move || {
        (!is_over.get()).then(|| {
            details()
                .put(summary().put(words.thread_withdraw))
                .put(p().put(words.thread_withdraw_text))
                .put(send_button(app, words.thread_withdraw_now, withdraw))
        })
    })
}

/// What was added and has not arrived.
fn unsent_line(app: App, head: &Head) -> El {
    let line = match &head.state {
        ParcelState::NeedsAttention { reason, .. } => {
            alert_line("panel panel--error", app.words.thread_refused)
                .put(" ")
                .put(attention(app, *reason))
        }
        _ => {
            let words = app.words;
            let waits =
                if app.role.is_ephemeral() { words.kiosk_wait } else { words.thread_waiting };
            p().class("panel").put(icon("clock")).put(" ").put(waits)
        }
    };
    line.put(" ").put(a(app.href(Route::Message(head.id))).put(app.words.kind_addition)).put(".")
}
