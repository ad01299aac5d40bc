//! One message of this device: a receipt that looks like one, and how far the message has come.

#[cfg(not(target_family = "wasm"))]
use super::heading;
use super::promise::{at_first, heard, reply_time};
use super::status::answer;
use super::thread::add_form;
use super::{TitledPage, feedback_done, plain};
use crate::app::App;
use crate::browser::page::print;
use crate::model::delivery::StoreState;
use crate::model::status::StatusLookup;
#[cfg(not(target_family = "wasm"))]
use crate::render::PlainPage;
use crate::route::Route;
use crate::ui::icon::icon;
use crate::ui::qr::{qr, qr_of_digits};
use domain::SubmissionId;
use domain::inquiry::ContactChoice;
use domain::status::{InquiryStage, StatusQuestion, secret_text};
use domain::submission::Kind;
use elements::{
    El, Piece, Signal, View, a, all, button, dd, details, div, dl, dt, el, h1, h2, li, live, p,
    span, strong, summary,
};
use offline::answer::Obstacle;
use offline::code::digits_of;
use offline::parcel::{Attention, Head, ParcelState};
#[cfg(not(target_family = "wasm"))]
use wording::plain::PlainWording;
use wording::{copy_missing, kept_on, received_on, refused, status_refused};

pub(crate) fn page(app: App, id: SubmissionId) -> TitledPage {
    #[cfg(not(target_family = "wasm"))]
    if let Some(page) = answered(app) {
        return page;
    }
    let head = Signal::computed(move || {
        app.delivery.heads.read().iter().find(|head| head.id == id).cloned()
    });
    let about = head.clone();
    let kind = Signal::computed(move || {
        about.read().as_ref().map(|head| (head.kind, is_carried(app, head)))
    });
    // Computed apart, so that the page is built again only when its title is another.
    let title = Signal::computed(move || match kind.get() {
        Some((Kind::Inquiry, false)) if app.status.stage_of(id) == Some(InquiryStage::Closed) => {
            app.words.question_closed
        }
        Some((Kind::Inquiry, false)) if app.status.stage_of(id) == Some(InquiryStage::Answered) => {
            app.words.question_answered
        }
        Some((Kind::Addition, _)) => app.words.kind_addition,
        Some((Kind::Inquiry | Kind::Feedback, _)) if app.role.is_ephemeral() => {
            app.words.kiosk_sending
        }
        Some((_, true)) => app.words.receipt_carried,
        Some((Kind::Feedback, _)) => app.words.receipt_feedback,
        Some((Kind::Gap, _)) => app.words.kind_gap,
        Some((Kind::Correction, _)) => app.words.kind_correction,
        Some((Kind::Tally, _)) => app.words.kind_tally,
        Some((Kind::Contact, _)) => app.words.kind_contact,
        Some((Kind::Inquiry, _)) => app.words.receipt_question,
        None => app.words.messages_title,
    });
    let envelope = app.carrying.envelope_of(id);
    let body = live(move || match head.get() {
        Some(head) if head.kind == Kind::Feedback && !is_carried(app, &head) => {
            thanks(app, &head, &envelope)
        }
        // Its words are in the conversation of its question, and so is all that became of it.
        Some(head) if head.kind == Kind::Addition => {
            all((ticks(app, &head), next(app, &head), by_code(app, &head, &envelope)))
        }
        Some(head) => message(app, head, &envelope),
        // Nothing is said about a message before the store has been read.
        None if *app.delivery.store.read() == StoreState::Opening => all(()),
        None => p().put(app.words.message_unknown).done(),
    });
    let more = (!app.role.is_terminal()).then(|| {
        p().class("no-print")
            .put(a(app.href(Route::Messages)).class("more").put(app.words.messages_title))
    });
    let name = title.get();
    let body = all((hand_over(app), body));
    // The element stays while its text changes, so that it keeps the focus.
    let heading = h1().attr("tabindex", "-1").put(live(move || title.get()));
    TitledPage::new(name, (heading, body, more))
}

/// The receipt where this page answers the form that sent the question. It is nowhere else, so the
/// tracking code is open, and leads to the status.
#[cfg(not(target_family = "wasm"))]
fn answered(app: App) -> Option<TitledPage> {
    let state = app.plain.read_untracked();
    let Some(PlainPage::Asked { receipt: signed, secret, .. }) = &state.page else { return None };
    let head = Head {
        format: offline::parcel::HEAD_FORMAT,
        id: signed.id,
        kind: Kind::Inquiry,
        order: 0,
        kept_at_ms: signed.received_at_ms,
        size: 0,
        body: signed.body,
        secret: *secret,
        state: ParcelState::Received { receipt: signed.clone(), copy_kept: false },
    };
    let words = PlainWording::in_language(app.language);
    let (slip, _) = receipt(app, &head, true);
    let title = words.received_title;
    let question = StatusQuestion { reference: head.reference(), secret: *secret };
    let view = (
        heading(title, None),
        slip,
        p().class("panel").put(words.note_both).put(" ").put(words.close_window),
        next(app, &head),
        plain::to_status(app, question),
    );
    Some(TitledPage::new(title, view))
}

/// On a staff tablet: tells staff to hand the receipt over.
fn hand_over(app: App) -> Option<El> {
    #[cfg(feature = "counter")]
    if app.role.is_counter() {
        return Some(p().class("lead no-print").put(app.counter_words().hand_receipt));
    }
    let _ = app;
    None
}

/// Whether the message came from another device. On a shared device the page itself holds the
/// secrets, so none counts as carried.
fn is_carried(app: App, head: &Head) -> bool {
    !app.role.is_shared() && head.is_carried()
}

/// After the survey: thanks, and nothing that looks as if it could be traced.
fn thanks(app: App, head: &Head, envelope: &Signal<Option<Vec<u8>>>) -> View {
    let thanks = p().class("lead").put(feedback_done::thanks(app));
    let home = feedback_done::home_link(app).class("no-print");
    all((thanks, next(app, head), by_code(app, head, envelope), home))
}

/// A message and how far it has come. Once there is a reply, it is on top and the receipt is
/// folded. Codes, and a reply that was read before, are shown again only on request: somebody else
/// may look.
fn message(app: App, head: Head, envelope: &Signal<Option<Vec<u8>>>) -> View {
    let looked: Signal<StatusLookup> = Signal::default();
    let (id, envelope) = (head.id, envelope.clone());
    let secret = app.delivery.secret_of(&head);
    let question = StatusQuestion { reference: head.reference(), secret };
    if !is_carried(app, &head) && head.receipt().is_some() {
        app.status.look_up(question, looked.clone());
    }
    let is_settled =
        Signal::computed(move || app.status.stage_of(id) >= Some(InquiryStage::Answered));
    let adding = (head.kind == Kind::Inquiry && !is_carried(app, &head))
        .then(|| add_form(app, question, looked.clone()));
    let shown = live(move || {
        let looked = looked.clone();
        let far = live(move || answer(app, &looked.read(), true));
        let code = (!is_carried(app, &head)).then(|| status_code(app, question));
        let is_open = app.delivery.is_of_visit(id) || is_carried(app, &head);
        let (slip, printing) = receipt(app, &head, is_open || is_settled.get());
        if is_settled.get() {
            // Asked here, because at a start the store is read after the page is built.
            let was_read = app.status.was_read(id) && !app.delivery.is_of_visit(id);
            let far = if was_read { folded(app.words.reply_folded, far) } else { far };
            return all((far, folded(app.words.receipt_folded, (slip, code, printing))));
        }
        let (next, sent) = (next(app, &head), by_code(app, &head, &envelope));
        if is_open {
            return all((slip, next, far, code, sent, printing));
        }
        let secret = p().class("receipt__secret").attr("translate", "no").put(secret_text(&secret));
        let hint = p().class("hint").put(app.words.secret_hint);
        let far = folded(app.words.thread_folded, far);
        all((slip, next, far, folded(app.words.code_folded, (secret, hint, code)), sent, printing))
    });
    all((shown, adding))
}

/// Content behind one line.
fn folded(title: &'static str, content: impl Piece) -> View {
    details().class("panel").put(summary().put(title)).put(content).done()
}

/// What looks like a paper receipt, with the tracking code or without, and the buttons to print and
/// save it.
fn receipt(app: App, head: &Head, has_code: bool) -> (El, El) {
    let words = app.words;
    let facts = dl()
        .put(dt().put(words.reference))
        .put(
            dd().class("receipt__reference")
                .attr("translate", "no")
                .put(head.reference().to_string()),
        )
        .put(dd().class("hint").put(words.reference_hint));
    let facts = if is_carried(app, head) {
        facts.put(dt().put(words.secret)).put(dd().put(words.carried_secret))
    } else if !has_code {
        facts
    } else {
        let secret = dd()
            .class("receipt__secret")
            .attr("translate", "no")
            .put(secret_text(&app.delivery.secret_of(head)));
        facts.put(dt().put(words.secret)).put(secret).put(dd().class("hint").put(words.secret_hint))
    };
    let slip = div()
        .class("receipt")
        .put(
            p().class("receipt__municipality")
                .put(app.catalogue.municipality().formal_name.get(app.language)),
        )
        .put(facts)
        .put(ticks(app, head));
    let printing = button(print).class("button").put(icon("print")).put(" ").put(words.print);
    let said: Signal<Option<&'static str>> = Signal::default();
    let saving = proof(app, head, said.clone());
    let printing = div()
        .class("no-print")
        .put(p().class("actions").put(printing).put(saving))
        .put(p().class("hint").attr("role", "status").put(live(move || said.get())));
    (slip, printing)
}

/// A button that saves the receipt as the server signed it, as proof for others. `None` without a
/// receipt, and on a public terminal, where nothing may be left.
fn proof(app: App, head: &Head, said: Signal<Option<&'static str>>) -> Option<El> {
    let receipt = head.receipt().filter(|_| !app.role.is_terminal())?.clone();
    let save = move || {
        let municipality = app.catalogue.municipality().formal_name.get(app.language);
        let reference = receipt.reference().to_string();
        let text = [
            municipality,
            "\n",
            app.words.reference,
            app.words.colon,
            &reference,
            "\n",
            &received_on(app.language, &app.moment(receipt.received_at_ms)),
        ]
        .concat();
        let is_saved = app.carrying.save_receipt(&receipt, &text);
        said.set(Some(if is_saved { app.words.receipt_saved } else { app.words.carry_no_file }));
    };
    Some(button(save).class("button").put(app.words.receipt_save))
}

/// For a message that could not be sent: its envelope as a code, on the screen or on paper, for a
/// phone that is online.
fn by_code(app: App, head: &Head, envelope: &Signal<Option<Vec<u8>>>) -> Option<View> {
    let (words, envelope) = (app.words, envelope.clone());
    let is_stuck = matches!(head.state, ParcelState::Waiting { attempts: 1.. });
    is_stuck.then(|| {
        live(move || {
            let code = envelope.read().as_ref().map(|bytes| code(app, bytes))?;
            Some(div().class("section message-code").put(h2().put(words.code_title)).put(code))
        })
    })
}

fn code(app: App, envelope: &[u8]) -> View {
    let words = app.words;
    let address = [&app.href_elsewhere(Route::Bring), "#"].concat();
    match digits_of(envelope).and_then(|digits| qr_of_digits(&address, &digits, words.code_title)) {
        Some(square) => all((p().put(words.code_text), square)),
        None if app.role.is_terminal() => all(()),
        None => p()
            .put(words.code_too_long)
            .put(" ")
            .put(a(app.href(Route::Messages)).put(words.messages_title))
            .put(".")
            .done(),
    }
}

/// A code that opens the status page on any phone and, once the message was received, its status.
fn status_code(app: App, question: StatusQuestion) -> El {
    let address = [&app.href_elsewhere(Route::Status), "#", &question.code()].concat();
    div()
        .class("trip-code")
        .put(qr(&address, app.words.status_code))
        .put(p().class("hint").put(app.words.status_code))
}

/// The steps stored, sent and received: each with a word, an icon, and a time if one is known.
fn ticks(app: App, head: &Head) -> El {
    let words = app.words;
    let received = head.receipt();
    let tick = move |name: &'static str, is_done: bool, when: String| {
        let (class, picture, word) = if is_done {
            ("tick tick--done", "check", words.done)
        } else {
            ("tick tick--waiting", "clock", words.not_yet)
        };
        let when = (!when.is_empty()).then(|| div().class("tick__when").put(when));
        li().class(class)
            .put(icon(picture))
            .put(" ")
            .put(strong().put(name))
            .put(" ")
            .put(span().class("tick__word").put(word))
            .put(when)
    };
    let received_at = received
        .map(|receipt| received_on(app.language, &app.moment(receipt.received_at_ms)))
        .unwrap_or_default();
    el("ol")
        .class("ticks")
        .attr("role", "list")
        .put((!app.role.is_ephemeral() && !plain::is_plain(app)).then(|| {
            tick(words.tick_kept, true, kept_on(app.language, &app.moment(head.kept_at_ms)))
        }))
        .put(tick(words.tick_sent, received.is_some(), String::new()))
        .put(tick(words.tick_received, received.is_some(), received_at))
}

/// What happens next, or what the person can do.
fn next(app: App, head: &Head) -> View {
    let (words, id) = (app.words, head.id);
    match &head.state {
        ParcelState::Received { receipt, .. } => all((
            p().attr("role", "status").put(words.received_text),
            (head.kind == Kind::Inquiry && !is_carried(app, head))
                .then(|| what_comes_next(app, id, receipt.received_at_ms)),
        )),
        ParcelState::Waiting { .. } if app.role.is_ephemeral() => {
            let obstacle = live(move || obstacle(app));
            p().class("panel panel--error")
                .attr("role", "status")
                .put(words.kiosk_wait)
                .put(" ")
                .put(obstacle)
                .done()
        }
        ParcelState::Waiting { .. } => p()
            .attr("role", "status")
            .put(words.will_be_sent)
            .put(" ")
            .put(live(move || obstacle(app)))
            .done(),
        ParcelState::NeedsAttention { reason, .. } => {
            let again = button(move || app.delivery.try_again(Some(id)))
                .class("button")
                .put(words.try_again);
            let title = h2().put(icon("alert")).put(" ").put(words.state_attention);
            div()
                .class("panel panel--error")
                .put(title)
                .put(p().put(attention(app, *reason)))
                .put(p().class("actions").put(again))
                .done()
        }
    }
}

/// By when the City means to reply to a question that has arrived, how the person hears of it as
/// far as this page still knows, and where the reply appears.
fn what_comes_next(app: App, id: SubmissionId, received_at_ms: u64) -> View {
    let contact = app.inquiry.contact_of(id);
    let is_reply_due = contact != Some(ContactChoice::None);
    let is_here = !app.role.is_shared() && !plain::is_plain(app);
    let heard = contact.map(|contact| (heard(app, contact), " "));
    let here = is_here.then_some(app.words.reply_here);
    let how = (heard.is_some() || is_here).then(|| p().put(heard).put(here));
    all((is_reply_due.then(|| reply_time(app, Some(received_at_ms))), at_first(app), how))
}

/// Why a message needs a person, and what they can do.
pub(super) fn attention(app: App, reason: Attention) -> String {
    match reason {
        Attention::Unreadable => copy_missing(app.language).into(),
        Attention::Status(status) => status_refused(app.language, status),
        Attention::Refused(refusal) => refused(app.language, refusal).into(),
    }
}

pub(super) fn obstacle(app: App) -> Option<&'static str> {
    app.delivery.obstacle.get().map(|obstacle| match obstacle {
        // A public terminal opens no other website, so nobody can sign in to its Wi-Fi on it.
        Obstacle::NotTheServer if !app.role.is_kiosk() => app.words.obstacle_portal,
        Obstacle::NoAnswer | Obstacle::NotTheServer => app.words.obstacle_none,
        Obstacle::Busy => app.words.obstacle_busy,
    })
}
