//! Asking a question: the notice first, then the words, then how to answer.

use super::{Page, heading};
use crate::browser::page::focus;
use crate::components::icon::icon;
use crate::components::not_kept::cannot_keep_here;
use crate::components::phone::phone_link;
use crate::route::{About, Route};
use crate::router;
use crate::state::App;
use crate::wording::{characters_left, inquiry_fault};
use domain::inquiry::{ContactChoice, InquiryDraft, InquiryField, MESSAGE_CHARS_MAX, NAME_CHARS_MAX};
use leptos::prelude::*;

pub(crate) fn page(app: App, about: About) -> Page {
    if about != About::default() {
        app.draft.update(|draft| {
            draft.service = about.service;
            draft.hub = about.hub;
        });
    }
    let words = app.words;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match app.check_draft() {
            Some(_) => router::go(app, Route::AskCheck),
            None => request_animation_frame(|| focus("#error-summary")),
        }
    };
    let view = view! {
        {heading(words.ask_title, None)}
        {error_summary(app)}
        {cannot_keep_here(app)}
        {notice(app)}
        <form class="form" novalidate on:submit=submit>
            {about_line(app)}
            {message_field(app)}
            {text_field(app, InquiryField::Name)}
            {contact_fields(app)}
            <p class="actions"><button class="button button--main" type="submit">{words.continue_}</button></p>
        </form>
    };
    Page::new(words.ask_title, view)
}

/// The notice of collection in plain sentences; the officer and the rest under "more".
pub(crate) fn notice(app: App) -> impl IntoView {
    let (words, notice) = (app.words, &app.catalogue.municipality().notice);
    let unconfirmed = (!notice.confirmed).then_some(words.notice_unconfirmed);
    view! {
        <section class="panel notice" aria-labelledby="notice">
            <h2 id="notice">{words.notice_title}</h2>
            <p>{notice.authority.get(app.language)} " " {notice.purpose.get(app.language)} " " {words.sealed_notice}</p>
            <details>
                <summary>{words.notice_more}</summary>
                <p>{words.notice_contact} " " {notice.officer_title.get(app.language)} ", " {notice.officer_address.as_str()} ", " {phone_link(&notice.officer_phone)} ". " {unconfirmed}</p>
            </details>
        </section>
    }
}

/// All faults at the top, each leading to its field; focused when there are any.
fn error_summary(app: App) -> impl IntoView {
    let rows = move || {
        let faults = app.draft_faults.get();
        (!faults.is_empty()).then(|| {
            let items = faults
                .into_iter()
                .map(|(field, problem)| view! { <li><a href=format!("#{}", id_of(field))>{inquiry_fault(app.language, field, problem)}</a></li> });
            view! {
                <div class="panel panel--error" id="error-summary" tabindex="-1" role="group" aria-labelledby="error-title">
                    <h2 id="error-title">{icon("alert")} " " {app.words.error_summary}</h2>
                    <ul class="plain">{items.collect_view()}</ul>
                </div>
            }
        })
    };
    view! { <div role="alert">{rows}</div> }
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

/// The error beside a field, under the id that the field's `aria-describedby` names.
fn field_error(app: App, field: InquiryField) -> impl IntoView {
    let text = move || app.draft_faults.read().iter().find(|(at, _)| *at == field).map(|(_, problem)| inquiry_fault(app.language, field, *problem));
    let id = format!("{}-error", id_of(field));
    move || text().map(|text| view! { <p class="field__error" id=id.clone()>{icon("alert")} " " {text}</p> })
}

fn is_faulty(app: App, field: InquiryField) -> bool {
    app.draft_faults.read().iter().any(|(at, _)| *at == field)
}

/// What it is about, when one came from a service or a hub; can be taken out.
fn about_line(app: App) -> impl IntoView {
    move || {
        let name = about_name(app, &app.draft.read());
        name.map(|name| {
            let take_out = move |_| {
                app.draft.update(|draft| {
                    draft.service = None;
                    draft.hub = None;
                });
                router::replace(app, Route::Ask(About::default()));
            };
            view! {
                <p class="about-line">
                    {app.words.about_service} " " <strong lang=app.catalogue_lang()>{name}</strong> " "
                    <button class="link-button" type="button" on:click=take_out>{app.words.take_out}</button>
                </p>
            }
        })
    }
}

pub(super) fn about_name(app: App, draft: &InquiryDraft) -> Option<&'static str> {
    let service = draft.service.as_ref().and_then(|id| app.catalogue.service(id)).map(|service| service.name.as_str());
    let hub = || draft.hub.as_ref().and_then(|id| app.catalogue.hub(id)).map(|hub| hub.name.as_str());
    service.or_else(hub)
}

fn message_field(app: App) -> impl IntoView {
    let words = app.words;
    let left = move || {
        let left = MESSAGE_CHARS_MAX.saturating_sub(app.draft.read().message.chars().count());
        (left < 500).then(|| characters_left(app.language, left))
    };
    view! {
        <div class="field" class:field--faulty=move || is_faulty(app, InquiryField::Message)>
            <label for="message">{words.your_question}</label>
            <p class="hint" id="message-hint">{words.your_question_hint}</p>
            {field_error(app, InquiryField::Message)}
            <textarea
                id="message" class="input" rows="6" autocomplete="off" aria-describedby="message-error message-hint"
                aria-invalid=move || is_faulty(app, InquiryField::Message).then_some("true")
                prop:value=move || app.draft.read().message.clone()
                on:input=move |event| app.draft.update(|draft| draft.message = event_target_value(&event))
            ></textarea>
            <p class="hint" role="status">{left}</p>
        </div>
    }
}

/// A field of one line: name, phone or e-mail.
fn text_field(app: App, field: InquiryField) -> impl IntoView {
    let words = app.words;
    let (label, kind, complete): (_, _, &'static str) = match field {
        InquiryField::Phone => (words.your_phone, "tel", "tel"),
        InquiryField::Email => (words.your_email, "email", "email"),
        _ => (words.your_name, "text", "name"),
    };
    let id = id_of(field);
    let error = format!("{id}-error");
    view! {
        <div class="field" class:field--faulty=move || is_faulty(app, field)>
            <label for=id>{label}</label>
            {field_error(app, field)}
            <input
                id=id class="input" type=kind autocomplete=complete maxlength=(2 * NAME_CHARS_MAX).to_string() aria-describedby=error
                aria-invalid=move || is_faulty(app, field).then_some("true")
                prop:value=move || value_of(&mut app.draft.get(), field).clone()
                on:input=move |event| app.draft.update(|draft| *value_of(draft, field) = event_target_value(&event))
            />
        </div>
    }
}

fn value_of(draft: &mut InquiryDraft, field: InquiryField) -> &mut String {
    match field {
        InquiryField::Phone => &mut draft.phone,
        InquiryField::Email => &mut draft.email,
        InquiryField::Name | InquiryField::Contact => &mut draft.name,
        InquiryField::Message => &mut draft.message,
    }
}

fn contact_fields(app: App) -> impl IntoView {
    let words = app.words;
    let choice = Memo::new(move |_| app.draft.read().contact);
    let radio = move |of: ContactChoice, id: &'static str, label: &'static str| {
        view! {
            <div class="choice">
                <input id=id type="radio" name="contact" prop:checked=move || choice.get() == of on:change=move |_| app.draft.update(|draft| draft.contact = of) />
                <label for=id>{label}</label>
            </div>
        }
    };
    let detail = move || match choice.get() {
        ContactChoice::Phone => text_field(app, InquiryField::Phone).into_any(),
        ContactChoice::Email => text_field(app, InquiryField::Email).into_any(),
        ContactChoice::None | ContactChoice::NotChosen => ().into_any(),
    };
    view! {
        <fieldset class="field" class:field--faulty=move || is_faulty(app, InquiryField::Contact) aria-describedby="contact-phone-error">
            <legend>{words.reply_how}</legend>
            {field_error(app, InquiryField::Contact)}
            <div class="choices">
                {radio(ContactChoice::Phone, "contact-phone", words.reply_phone)}
                {radio(ContactChoice::Email, "contact-email", words.reply_email)}
                {radio(ContactChoice::None, "contact-none", words.reply_none)}
            </div>
        </fieldset>
        {detail}
    }
}
