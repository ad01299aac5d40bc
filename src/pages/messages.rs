//! The messages on this device: their states in words, nothing of their content.

pub(crate) mod carry;
pub(crate) mod device;

use super::message::obstacle;
use super::status::stage_name;
use super::{TitledPage, heading};
use crate::app::App;
use crate::model::delivery::StoreState;
use crate::pages::messages::carry::carry;
use crate::pages::messages::device::{device_facts, losses, set_aside};
use crate::pages::not_stored::cannot_keep_here;
use crate::pages::shared_computer::{Leaving, shared_computer};
use crate::route::Route;
use crate::ui::icon::icon;
use crate::ui::message::error_panel;
use domain::submission::Kind;
use elements::{El, Signal, View, a, button, div, li, live, p, span, ul};
use offline::parcel::{Head, ParcelState, ParcelTally};
use wording::{kept_on, show_all, unreadable_count};

/// The most cards that are shown unless the person asks for all.
const CARDS_MAX: usize = 50;

pub(crate) fn page(app: App) -> TitledPage {
    let words = app.words;
    let all_wanted: Signal<bool> = Signal::default();
    let wanted = all_wanted.clone();
    let list = live(move || {
        let heads = app.delivery.heads.read();
        let is_ready = *app.delivery.store.read() == StoreState::Ready;
        match (heads.is_empty(), is_ready) {
            (true, true) => Some(p().put(words.messages_none)),
            (true, false) => None,
            (false, _) => {
                Some(cards(app, &heads, if all_wanted.get() { usize::MAX } else { CARDS_MAX }))
            }
        }
    });
    let unreadable = live(move || {
        let count = app.delivery.unreadable.get();
        (count > 0).then(|| error_panel(&unreadable_count(app.language, count)))
    });
    let elsewhere = p().put(a(app.href(Route::Status)).class("more").put(words.status_title));
    let intro = p().class("lead").put(words.messages_intro);
    TitledPage::new(
        words.messages_title,
        (
            heading(words.messages_title, None),
            intro,
            (cannot_keep_here(app), losses(app), set_aside(app), unreadable),
            waiting(app),
            (list, all_of_them(app, wanted)),
            erase(app),
            elsewhere,
            shared_computer(app, Leaving::All),
            carry(app),
            device_facts(app),
        ),
    )
}

/// Cards of messages that need a person or have a reply to read, then the others; the newest first.
/// The store lists the oldest first.
fn cards(app: App, heads: &[Head], most: usize) -> El {
    let is_first = move |head: &Head| head.needs_attention() || app.status.has_news(head.id);
    let newest = |first: bool| {
        heads.iter().rev().filter(move |head| is_card(head) && is_first(head) == first)
    };
    let counted = [Kind::Tally, Kind::Contact, Kind::Gap]
        .into_iter()
        .filter_map(|kind| counted(app, kind, heads));
    ul().class("cards")
        .put_all(newest(true).chain(newest(false)).take(most).map(|head| message_card(app, head)))
        .put_all(counted)
}

/// Whether a submission gets a card of its own. Counts, such as tallies, share one line, unless one
/// needs a person.
fn is_card(head: &Head) -> bool {
    head.is_message() || head.needs_attention()
}

fn counted(app: App, kind: Kind, heads: &[Head]) -> Option<El> {
    let count = heads.iter().filter(|head| head.kind == kind && !is_card(head)).count();
    (count > 0).then(|| {
        li().class("card")
            .put(span().put([kind_name(app, kind), " × ", &count.to_string()].concat()))
    })
}

/// A button that shows all cards. After a fair there are thousands.
fn all_of_them(app: App, wanted: Signal<bool>) -> View {
    let count = Signal::computed(move || {
        app.delivery.heads.read().iter().filter(|head| is_card(head)).count()
    });
    live(move || {
        let (wanted, count) = (wanted.clone(), count.get());
        let is_cut = count > CARDS_MAX && !wanted.get();
        is_cut.then(|| {
            p().class("actions").put(
                button(move || wanted.set(true)).class("button").put(show_all(app.language, count)),
            )
        })
    })
}

/// Says that messages wait and what prevents sending, with a button to retry now.
pub(super) fn waiting(app: App) -> View {
    let is_waiting =
        Signal::computed(move || ParcelTally::of(&app.delivery.heads.read()).waiting > 0);
    live(move || {
        let said = p()
            .attr("role", "status")
            .put(app.words.will_be_sent)
            .put(" ")
            .put(live(move || obstacle(app)));
        let again =
            button(move || app.delivery.try_again(None)).class("button").put(app.words.send_now);
        is_waiting
            .get()
            .then(|| div().class("panel").put(said).put(p().class("actions").put(again)))
    })
}

pub(super) fn kind_name(app: App, kind: Kind) -> &'static str {
    match kind {
        Kind::Inquiry => app.words.kind_question,
        Kind::Feedback => app.words.kind_feedback,
        Kind::Gap => app.words.kind_gap,
        Kind::Correction => app.words.kind_correction,
        Kind::Tally => app.words.kind_tally,
        Kind::Contact => app.words.kind_contact,
        Kind::Addition => app.words.kind_addition,
    }
}

fn message_card(app: App, head: &Head) -> El {
    let words = app.words;
    let (class, picture, state) = match head.state {
        ParcelState::Waiting { .. } => ("tick tick--waiting", "clock", words.state_waiting),
        ParcelState::Received { .. } if app.status.has_news(head.id) => {
            ("tick tick--attention", "mail", words.state_news)
        }
        ParcelState::Received { .. } => {
            let stage = app.status.stage_of(head.id);
            (
                "tick tick--done",
                "check",
                stage.map_or(words.state_received, |at| stage_name(app, at)),
            )
        }
        ParcelState::NeedsAttention { .. } => {
            ("tick tick--attention", "alert", words.state_attention)
        }
    };
    // Feedback is anonymous, so nothing about it looks as if it could be traced.
    // People know an addition by its question.
    let reference = (!matches!(head.kind, Kind::Feedback | Kind::Addition))
        .then(|| span().class("mono").attr("translate", "no").put(head.reference().to_string()));
    li().class("card message-card")
        .put(
            a(app.href(Route::Message(head.id)))
                .class("message-card__name")
                .put(kind_name(app, head.kind))
                .put(" ")
                .put(reference),
        )
        .put(span().class(class).put(icon(picture)).put(" ").put(state))
        .put((head.is_carried() && head.kind != Kind::Addition).then(|| span().put(words.carried)))
        .put(
            span()
                .class("message-card__date")
                .put(kept_on(app.language, &app.moment(head.kept_at_ms))),
        )
}

fn erase(app: App) -> View {
    let has_any = Signal::computed(move || !app.delivery.heads.read().is_empty());
    live(move || {
        has_any.get().then(|| {
            p().class("actions").put(
                a(app.href(Route::MessagesErase))
                    .class("button button--quiet")
                    .put(app.words.erase),
            )
        })
    })
}
