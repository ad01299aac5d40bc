//! The frame around every page: the lines that cannot wait, name and places above, the small print below.

use super::icon::icon;
use super::phone::phone_link;
use crate::browser::page;
use crate::browser::service_worker::use_newer_version;
use crate::route::{Address, Place, Route};
use crate::state::App;
use crate::wording::{full_date, waiting_count};
use domain::Language;
use leptos::prelude::*;

pub(crate) fn header(app: App) -> impl IntoView {
    let municipality = app.catalogue.municipality();
    let emergency = &municipality.emergency;
    let words = app.words;
    view! {
        <div class="lines">
            <p class="lines__inner">
                <a class="lines__emergency" href=format!("tel:{}", emergency.number)>{emergency.line.get(app.language)}</a>
                " "
                <span class="lines__contact">{words.questions_call} " " {phone_link(app.phone())}</span>
            </p>
        </div>
        <header class="header">
            <div class="header__inner">
                <a class="header__name" href=app.href(Route::Home)>
                    {municipality.name.get(app.language)} " " <span class="header__product">{words.product}</span>
                </a>
                {places(app)}
                {language_switch(app)}
            </div>
        </header>
    }
}

/// Five places: below on phones, above on wide screens; the same list, moved by the style sheet.
fn places(app: App) -> impl IntoView {
    let words = app.words;
    let place = Memo::new(move |_| app.address.read().route.place());
    let link = move |of: Place, route: Route, name: &'static str, picture: &'static str| {
        let current = move || (place.get() == of).then_some("true");
        view! { <a class="places__link" href=app.href(route) aria-current=current>{icon(picture)} <span>{name}</span></a> }
    };
    let count = move || app.heads.read().iter().filter(|head| head.is_waiting() || head.needs_attention()).count();
    let badge = move || {
        let count = count();
        (count > 0).then(|| view! { <span class="places__count">{count} <span class="visually-hidden">{waiting_count(app.language, count)}</span></span> })
    };
    let is_messages = move || (place.get() == Place::Messages).then_some("true");
    view! {
        <nav class="places" aria-label=words.places>
            {link(Place::Find, Route::Home, words.find, "search")}
            {link(Place::Hubs, Route::Hubs, words.hubs, "pin")}
            {link(Place::Ask, Route::Ask(Default::default()), words.ask, "ask")}
            {link(Place::Feedback, Route::Feedback(Default::default()), words.feedback, "star")}
            <a class="places__link" href=app.href(Route::Messages) aria-current=is_messages>{icon("mail")} <span>{words.messages}</span> {badge}</a>
        </nav>
    }
}

fn language_switch(app: App) -> impl IntoView {
    let other = if app.language == Language::English { Language::French } else { Language::English };
    let is_offered = app.catalogue.municipality().languages.contains(&other);
    let href = move || Address { language: other, route: app.address.read().route.clone() }.href();
    is_offered.then(|| view! { <a class="header__language" href=href lang=other.tag() hreflang=other.tag()>{app.words.other_language}</a> })
}

/// News about the app itself: quiet, and never in the way.
pub(crate) fn status_lines(app: App) -> impl IntoView {
    let words = app.words;
    let offline = move || (!app.is_online.get()).then(|| view! { <p class="status-line status-line--offline">{icon("cloud")} {words.offline}</p> });
    let update = move || {
        app.update.get().then(|| {
            view! {
                <p class="status-line status-line--update">
                    {words.update_ready} " "
                    <button class="button button--small" type="button" on:click=|_| use_newer_version()>{words.update_use}</button> " "
                    <button class="button button--small button--quiet" type="button" on:click=move |_| app.update.set(false)>{words.update_later}</button>
                </p>
            }
        })
    };
    view! { <div class="status-lines" role="status">{offline} {update}</div> }
}

pub(crate) fn footer(app: App) -> impl IntoView {
    let municipality = app.catalogue.municipality();
    let (contact, emergency, words) = (&municipality.contact, &municipality.emergency, app.words);
    let after_hours = emergency.after_hours_phone.as_ref().map(|phone| {
        let note = emergency.after_hours_note.as_ref().map(|note| note.get(app.language));
        view! { <p>{words.after_hours} " " {phone_link(phone)} ". " {note}</p> }
    });
    let toll_free = contact.toll_free.as_ref().map(|phone| (", ", phone_link(phone)));
    let note = contact.note.as_ref().map(|note| view! { <p class="footer__note">{note.get(app.language)}</p> });
    let version = page::meta("hub-version").unwrap_or_default();
    view! {
        <footer class="footer">
            <div class="footer__inner">
                <p>
                    {municipality.formal_name.get(app.language)} ": " {phone_link(&contact.phone)} {toll_free} ", "
                    <a href=format!("mailto:{}", contact.email)>{contact.email.clone()}</a>
                </p>
                {note}
                {after_hours}
                <ul class="footer__links">
                    <li><a href=app.href(Route::AToZ)>{words.a_to_z}</a></li>
                    <li><a href=app.href(Route::AboutApp)>{words.about}</a></li>
                    <li><a href=app.href(Route::Privacy)>{words.privacy}</a></li>
                    <li><a href=app.href(Route::Accessibility)>{words.accessibility}</a></li>
                </ul>
                <p class="footer__version">
                    {words.version} " " {version} ", " {words.catalogue_of} " " {full_date(app.language, app.catalogue.published_on())}
                </p>
            </div>
        </footer>
    }
}
