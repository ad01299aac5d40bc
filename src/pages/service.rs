//! One service: four facts first, the main action, then how it works, step by step.

mod process;

use super::{Page, heading, not_found};
use crate::browser::page::print;
use crate::components::hub_state::{confirm, hub_state};
use crate::components::icon::icon;
use crate::components::phone::phone_link;
use crate::components::provenance::provenance;
use crate::components::results::name_list;
use crate::route::{About, Route};
use crate::state::App;
use domain::ServiceId;
use domain::catalogue::{Audience, Basis, Service};
use leptos::prelude::*;

const RELATED_MAX: usize = 5;

pub(crate) fn page(app: App, id: &ServiceId) -> Page {
    let Some(service) = app.catalogue.service(id) else { return not_found::page(app) };
    let lang = app.catalogue_lang();
    let about = About { service: Some(id.clone()), hub: None };
    let words = app.words;
    let view = view! {
        {topic_crumb(app, service)}
        {heading(service.name.as_str(), lang)}
        <p class="lead" lang=lang>{service.summary.as_str()}</p>
        {facts(app, service)}
        {actions(app, service)}
        {process::process(app, service)}
        {where_to_go(app, service)}
        {who_for(app, service)}
        {notes(app, service)}
        {related(app, service)}
        <section class="section no-print">
            <ul class="links links--row">
                <li><a href=app.href(Route::Ask(about.clone()))>{words.ask_about_this}</a></li>
                <li><a href=app.href(Route::Feedback(about.clone()))>{words.rate_this}</a></li>
                <li><a href=app.href(Route::Ask(about))>{words.report_error}</a></li>
                <li><button class="link-button" type="button" on:click=|_| print()>{icon("print")} " " {words.print}</button></li>
            </ul>
        </section>
        {provenance(app, &service.source, caution(app, service.basis))}
    };
    Page::new(service.name.as_str(), view)
}

fn caution(app: App, basis: Basis) -> Option<&'static str> {
    match basis {
        Basis::Details | Basis::Inferred => None,
        Basis::Existence => Some(app.words.existence_only),
        Basis::OldOrAmbiguousSource => Some(app.words.old_source),
    }
}

fn topic_crumb(app: App, service: &Service) -> impl IntoView + use<> {
    app.catalogue.category(&service.category).map(|topic| {
        let (name, language) = topic.name.for_reader(app.language);
        let lang = (language != app.language).then(|| language.tag());
        view! { <p class="crumb"><a href=app.href(Route::Topic(topic.id.clone())) lang=lang>{name}</a></p> }
    })
}

/// Bring, cost, how long, where: what a person must know before leaving home.
fn facts(app: App, service: &'static Service) -> impl IntoView {
    let words = app.words;
    let lang = app.catalogue_lang();
    let unsure = service.needs_confirming();
    let fact = move |name: &'static str, picture: &'static str, known: Option<AnyView>, or_else: &'static str| {
        let (value, mark) = match known {
            Some(value) => (value, unsure.then(|| confirm(app))),
            None => (or_else.into_any(), None),
        };
        view! { <div class="fact"><dt>{icon(picture)} " " {name}</dt><dd>{value} " " {mark}</dd></div> }
    };
    let documents = (!service.documents.is_empty()).then(|| {
        let items = service.documents.iter().map(|document| view! { <li>{document.as_str()}</li> });
        view! { <ul class="plain" lang=lang>{items.collect_view()}</ul> }.into_any()
    });
    let text = |text: &'static Option<String>| text.as_ref().map(|text| view! { <span lang=lang>{text.as_str()}</span> }.into_any());
    let count = app.catalogue.hubs_for(service).count();
    let place = (service.channels.in_person && count > 0).then(|| view! { <a href="#where">{words.see_hubs} " (" {count} ")"</a> }.into_any());
    let or_place = if service.channels.in_person { words.counters_can_tell } else { words.not_at_counters };
    view! {
        <dl class="facts">
            {fact(words.bring, "bag", documents, words.no_documents)}
            {fact(words.cost, "coin", text(&service.fee), words.not_known)}
            {fact(words.how_long, "clock", text(&service.processing_time), words.not_known)}
            {fact(words.where_, "pin", place, or_place)}
        </dl>
    }
}

/// The main way first, as a button; the others beside it.
fn actions(app: App, service: &'static Service) -> impl IntoView {
    let words = app.words;
    let channels = &service.channels;
    let online = channels.online_url.as_ref().map(|url| {
        view! { <a class="button button--main" href=url.clone() rel="noopener external">{words.go_online} <span class="visually-hidden">" (" {words.leaves_app} ")"</span></a> }
    });
    let is_main = if channels.online_url.is_some() { "button" } else { "button button--main" };
    let phone = channels
        .phone
        .as_ref()
        .map(|phone| view! { <span class=format!("{is_main} button--phone")>{icon("phone")} " " {words.call_number} " " {phone_link(phone)}</span> });
    let email = channels.email.as_ref().map(|email| view! { <a class="button" href=format!("mailto:{email}")>{icon("mail")} " " {email.clone()}</a> });
    view! { <p class="actions">{online} {phone} {email}</p> }
}

fn where_to_go(app: App, service: &'static Service) -> impl IntoView {
    let hubs: Vec<_> = app.catalogue.hubs_for(service).collect();
    let is_shown = service.channels.in_person && !hubs.is_empty();
    is_shown.then(|| {
        let rows = hubs.into_iter().map(|hub| {
            view! {
                <li class="card hub-card">
                    <a class="hub-card__name" href=app.href(Route::Hub(hub.id.clone())) lang=app.catalogue_lang()>{hub.name.as_str()}</a>
                    {hub_state(app, hub)}
                </li>
            }
        });
        view! {
            <section class="section" aria-labelledby="where">
                <h2 id="where" tabindex="-1">{app.words.where_to_go}</h2>
                <p class="hint">{app.words.tasks_unconfirmed}</p>
                <ul class="cards cards--two">{rows.collect_view()}</ul>
            </section>
        }
    })
}

fn who_for(app: App, service: &'static Service) -> impl IntoView {
    let words = app.words;
    let name = |audience: &Audience| match audience {
        Audience::Resident => words.residents,
        Audience::Business => words.businesses,
        Audience::Visitor => words.visitors,
    };
    let audience = if service.audience.len() == 3 { words.anyone.to_string() } else { service.audience.iter().map(name).collect::<Vec<_>>().join(", ") };
    let eligibility = service.eligibility.as_ref().map(|text| view! { <p lang=app.catalogue_lang()>{text.as_str()}</p> });
    view! {
        <section class="section" aria-labelledby="who">
            <h2 id="who">{words.who_for}</h2>
            <p>{audience}</p>
            {eligibility}
            <p><span class="label">{words.department} ":"</span> " " <span lang=app.catalogue_lang()>{service.department.as_str()}</span></p>
        </section>
    }
}

fn notes(app: App, service: &'static Service) -> impl IntoView {
    service.notes.as_ref().map(|notes| {
        view! { <section class="section" aria-labelledby="notes"><h2 id="notes">{app.words.good_to_know}</h2><p lang=app.catalogue_lang()>{notes.as_str()}</p></section> }
    })
}

fn related(app: App, service: &'static Service) -> impl IntoView {
    let related = app.catalogue.related_to(service, RELATED_MAX);
    (!related.is_empty()).then(|| {
        view! { <section class="section no-print" aria-labelledby="related"><h2 id="related">{app.words.related}</h2>{name_list(app, &related)}</section> }
    })
}
