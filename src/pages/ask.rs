//! The form for a question: first the notice of collection, then the question, then how to reply.

use super::{TitledPage, heading, plain};
use crate::app::App;
use crate::browser::page::focus;
use crate::pages::messages::device::little_room;
use crate::pages::not_stored::cannot_keep_here;
use crate::pages::service_choice::offered;
use crate::route::{AboutRecord, Route, router};
use crate::ui::icon::icon;
use crate::ui::message;
use crate::ui::phone::phone_link;
use domain::ServiceId;
use domain::inquiry::{
    ContactChoice, InquiryDraft, InquiryField, MESSAGE_CHARS_MAX, NAME_CHARS_MAX,
};
use domain::text::length_of;
use elements::{
    El, Signal, View, a, button, details, div, el, event_target_value, form, h2, input, label,
    legend, li, live, p, request_animation_frame, section, strong, summary, textarea, ul,
};
use wording::{characters_left, inquiry_fault};

/// The shortest message whose subject is looked for, in bytes: less is a greeting.
const SUBJECT_BYTES_MIN: usize = 15;
/// The number of characters left from which on it is shown.
const CHARS_LEFT_SAID: usize = 500;

pub(crate) fn page(app: App, about: AboutRecord) -> TitledPage {
    if about != AboutRecord::default() {
        app.inquiry.draft.update(|draft| {
            draft.service = about.service;
            draft.hub = about.hub;
        });
    }
    let words = app.words;
    let submit = move |event: web_sys::Event| {
        event.prevent_default();
        match app.inquiry.check(app.language) {
            Some(_) => router::go(app, Route::AskCheck),
            None => request_animation_frame(|| focus("#error-summary")),
        }
    };
    let form = form().class("form").attr("novalidate", "").on("submit", submit);
    let fields = plain::posted(app, form, route);
    #[cfg(not(target_family = "wasm"))]
    let fields = fields.put(plain::on_enter(app, "check", words.continue_));
    let fields = fields
        .put(message_field(app))
        .put(subject(app))
        .put(text_field(app, InquiryField::Name))
        .put(contact_fields(app))
        .put(
            p().class("actions")
                .put(
                    el("button")
                        .class("button button--main")
                        .attr("type", "submit")
                        .written("name", "do")
                        .written("value", "check")
                        .put(words.continue_),
                )
                .put(plain::language_button(app, route)),
        );
    #[cfg(not(target_family = "wasm"))]
    let fields = fields.put(plain::about_question(app));
    TitledPage::new(
        words.ask_title,
        (
            heading(words.ask_title, None),
            error_summary(app),
            cannot_keep_here(app),
            little_room(app),
            read_aloud(app),
            notice_line(app),
            fields,
        ),
    )
}

fn route() -> Route {
    Route::Ask(AboutRecord::default())
}

/// On a staff tablet: reminds staff, who write for somebody, to read the notice to them first.
fn read_aloud(app: App) -> Option<El> {
    #[cfg(feature = "counter")]
    if app.role.is_counter() {
        return Some(
            p().class("lead").put(icon("ask")).put(" ").put(app.counter_words().read_notice),
        );
    }
    let _ = app;
    None
}

/// The notice on one line, folded, so that the question is on a phone's first screen. A staff
/// tablet shows it whole, because staff read it aloud.
fn notice_line(app: App) -> El {
    if app.role.is_counter() {
        return notice(app);
    }
    details().class("notice-line").put(summary().put(app.words.notice_line)).put(notice(app))
}

/// The notice of collection in plain sentences. The responsible officer and further details are
/// under "more".
pub(crate) fn notice(app: App) -> El {
    let (words, notice) = (app.words, &app.catalogue.municipality().notice);
    let unconfirmed = (!notice.confirmed).then_some(words.notice_unconfirmed);
    let sentences =
        [notice.authority.get(app.language), notice.purpose.get(app.language), words.sealed_notice]
            .join(" ");
    let officer = format!(
        "{} {}, {}, ",
        words.notice_contact,
        notice.officer_title.get(app.language),
        notice.officer_address
    );
    let more = details().put(summary().put(words.notice_more)).put(
        p().put(officer)
            .put(phone_link(app.language, &notice.officer_phone))
            .put(". ")
            .put(unconfirmed),
    );
    section()
        .class("panel notice")
        .attr("aria-labelledby", "notice")
        .put(h2().id("notice").put(words.notice_title))
        .put(p().put(sentences))
        .put(more)
}

/// Lists all faults at the top, each linked to its field. Receives the focus if there are any.
fn error_summary(app: App) -> El {
    let rows = live(move || {
        let faults = app.inquiry.faults.get();
        let items = faults.iter().map(|(field, problem)| {
            li().put(a(format!("#{}", id_of(*field))).put(inquiry_fault(
                app.language,
                *field,
                *problem,
            )))
        });
        let items = ul().class("plain").put_all(items);
        let title = h2().id("error-title").put(icon("alert")).put(" ").put(app.words.error_summary);
        let panel = div()
            .class("panel panel--error")
            .id("error-summary")
            .attr("tabindex", "-1")
            .written("autofocus", "")
            .attr("role", "group")
            .attr("aria-labelledby", "error-title");
        (!faults.is_empty()).then(|| panel.put(title).put(items))
    });
    div().attr("role", "alert").put(rows)
}

fn id_of(field: InquiryField) -> &'static str {
    match field {
        InquiryField::Message => "message",
        InquiryField::Name => "name",
        InquiryField::Contact => "contact-phone",
        InquiryField::Phone => "phone",
        InquiryField::Email => "email",
    }
}

fn error_id(field: InquiryField) -> String {
    format!("{}-error", id_of(field))
}

/// The error beside a field. Its id is the one that the field's `aria-describedby` names.
fn field_error(app: App, field: InquiryField) -> View {
    live(move || {
        let text = app
            .inquiry
            .faults
            .read()
            .iter()
            .find(|(at, _)| *at == field)
            .map(|(_, problem)| inquiry_fault(app.language, field, *problem));
        text.map(|text| message::field_error(&text).id(error_id(field)))
    })
}

fn is_faulty(app: App, field: InquiryField) -> bool {
    app.inquiry.faults.read().iter().any(|(at, _)| *at == field)
}

/// The element around a field, marked if the field is faulty.
fn around(app: App, tag: &'static str, field: InquiryField) -> El {
    let class =
        move || Some(if is_faulty(app, field) { "field field--faulty" } else { "field" }.into());
    el(tag).live_attr("class", class)
}

/// Adds what every field needs: its `aria-invalid` state, and two-way binding to the draft.
fn tied(app: App, field: InquiryField, element: El) -> El {
    element
        .id(id_of(field))
        .written("name", id_of(field))
        .class("input")
        .live_attr("aria-invalid", move || is_faulty(app, field).then(|| "true".into()))
        .value(move || value_of(&mut app.inquiry.draft.get(), field).clone())
        .on("input", move |event| {
            app.inquiry.draft.update(|draft| *value_of(draft, field) = event_target_value(&event))
        })
}

fn value_of(draft: &mut InquiryDraft, field: InquiryField) -> &mut String {
    match field {
        InquiryField::Phone => &mut draft.phone,
        InquiryField::Email => &mut draft.email,
        InquiryField::Name | InquiryField::Contact => &mut draft.name,
        InquiryField::Message => &mut draft.message,
    }
}

/// What the question is about, chosen on the way here or from the services that its words may be
/// about. Can be removed.
fn subject(app: App) -> View {
    // On a page that answers a form, nothing is found while somebody types.
    let typed = move || {
        if plain::is_plain(app) {
            return None;
        }
        let draft = app.inquiry.draft.read();
        let is_open = draft.service.is_none() && draft.hub.is_none();
        (is_open && draft.message.len() >= SUBJECT_BYTES_MIN).then(|| draft.message.clone())
    };
    let choose = |app: App, id: &ServiceId| {
        app.inquiry.draft.update(|draft| draft.service = Some(id.clone()));
        request_animation_frame(|| focus("#subject"));
    };
    elements::all((about_line(app), offered(app, app.words.subject_offered, typed, choose)))
}

fn about_line(app: App) -> View {
    live(move || {
        let draft = app.inquiry.draft.read();
        let name = about_name(app, &draft)?;
        let take_out = move || {
            app.inquiry.draft.update(|draft| {
                draft.service = None;
                draft.hub = None;
            });
            router::replace(app, Route::Ask(AboutRecord::default()));
        };
        Some(
            p().class("about-line")
                .id("subject")
                .attr("tabindex", "-1")
                .put(app.words.about_service)
                .put(" ")
                .put(strong().lang(app.lang_of(name)).put(name))
                .put(" ")
                .put(
                    plain::press(app, "remove-topic")
                        .unwrap_or_else(|| button(take_out))
                        .class("link-button")
                        .put(app.words.take_out),
                ),
        )
    })
}

/// The name of the service or, failing that, the location that a draft is about. `None` if there is
/// none.
pub(super) fn about_name(app: App, draft: &InquiryDraft) -> Option<&'static str> {
    let service = draft
        .service
        .as_ref()
        .and_then(|id| app.catalogue.service(id))
        .map(|service| service.name.as_str());
    let hub =
        || draft.hub.as_ref().and_then(|id| app.catalogue.hub(id)).map(|hub| hub.name.as_str());
    service.or_else(hub)
}

fn message_field(app: App) -> El {
    let words = app.words;
    let left = live(move || {
        let left = MESSAGE_CHARS_MAX.saturating_sub(length_of(&app.inquiry.draft.read().message));
        (left < CHARS_LEFT_SAID).then(|| characters_left(app.language, left))
    });
    let field = textarea()
        .attr("rows", "6")
        .attr("autocomplete", "off")
        .attr("aria-describedby", "message-error message-hint");
    around(app, "div", InquiryField::Message)
        .put(label().attr("for", "message").put(words.your_question))
        .put(p().class("hint").id("message-hint").put(words.your_question_hint))
        .put(field_error(app, InquiryField::Message))
        .put(tied(app, InquiryField::Message, field))
        .put(p().class("hint").attr("role", "status").put(left))
}

/// A single-line field: name, phone or e-mail.
fn text_field(app: App, field: InquiryField) -> El {
    let words = app.words;
    let (name, kind, complete) = match field {
        InquiryField::Phone => (words.your_phone, "tel", "tel"),
        InquiryField::Email => (words.your_email, "email", "email"),
        _ => (words.your_name, "text", "name"),
    };
    // The browser of a public terminal must not suggest what others have typed.
    let complete = if app.role.is_public() { "off" } else { complete };
    let element = input()
        .attr("type", kind)
        .attr("autocomplete", complete)
        .attr("maxlength", (2 * NAME_CHARS_MAX).to_string())
        .attr("aria-describedby", error_id(field));
    around(app, "div", field)
        .put(label().attr("for", id_of(field)).put(name))
        .put(field_error(app, field))
        .put(tied(app, field, element))
}

fn contact_fields(app: App) -> View {
    let words = app.words;
    let choice = Signal::computed(move || app.inquiry.draft.read().contact);
    let chosen = choice.clone();
    let radio = move |of: ContactChoice, id: &'static str, name: &'static str| {
        let choose = move |_| app.inquiry.draft.update(|draft| draft.contact = of);
        let choice = choice.clone();
        let field = input()
            .id(id)
            .attr("type", "radio")
            .attr("name", "contact")
            .written("value", plain::contact_value(of))
            .live_flag("checked", move || choice.get() == of)
            .on("change", choose);
        div().class("choice").put(field).put(label().attr("for", id).put(name))
    };
    let detail = live(move || match chosen.get() {
        ContactChoice::Phone => Some(text_field(app, InquiryField::Phone)),
        ContactChoice::Email => Some(text_field(app, InquiryField::Email)),
        ContactChoice::None | ContactChoice::NotChosen => None,
    });
    #[cfg(not(target_family = "wasm"))]
    let detail = {
        let _ = detail;
        let phone = text_field(app, InquiryField::Phone);
        let email = offers_email(app).then(|| text_field(app, InquiryField::Email));
        plain::scripts_off(app, (phone, email))
    };
    // A reply by email is not offered where the server says that it cannot send one.
    let by_email = radio.clone();
    let email = live(move || {
        offers_email(app)
            .then(|| by_email(ContactChoice::Email, "contact-email", words.reply_email))
    });
    let radios = div()
        .class("choices")
        .put(radio(ContactChoice::Phone, "contact-phone", words.reply_phone))
        .put(email)
        .put(radio(ContactChoice::None, "contact-none", words.reply_none));
    let group = around(app, "fieldset", InquiryField::Contact)
        .attr("aria-describedby", error_id(InquiryField::Contact));
    elements::all((
        group
            .put(legend().put(words.reply_how))
            .put(field_error(app, InquiryField::Contact))
            .put(radios),
        detail,
    ))
}

/// Whether a reply by email can be chosen, or was chosen before the server said that it cannot send
/// one.
#[inline(always)]
fn offers_email(app: App) -> bool {
    let is_chosen = app.inquiry.draft.read_untracked().contact == ContactChoice::Email;
    is_chosen || app.delivery.offer.read().as_ref().is_none_or(|offer| offer.sends_email)
}
