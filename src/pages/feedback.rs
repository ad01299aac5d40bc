//! The door to the survey: what it is, how long, and that nobody is asked who they are.

use super::{Page, heading};
use crate::browser::clock::BrowserClock;
use crate::components::not_kept::cannot_keep_here;
use crate::route::{About, Route};
use crate::state::App;
use domain::survey::Journey;
use leptos::prelude::*;
use offline::ports::Clock;

pub(crate) fn page(app: App, about: About) -> Page {
    if about != About::default() {
        app.feedback_about.set(about);
    }
    let (words, survey) = (app.words, app.catalogue.survey());
    let answers = app.answers.get_untracked();
    let journey = Journey::of(survey, &answers);
    let (label, at) = if answers.is_empty() { (words.start, 0) } else { (words.go_on, journey.next.unwrap_or(0)) };
    let first = journey.route.get(at).map_or(Route::FeedbackCheck, |question| Route::FeedbackQuestion(question.id.clone()));
    let start = move |_| {
        if app.feedback_started_ms.get_untracked().is_none() {
            app.feedback_started_ms.set(Some(BrowserClock.now_ms()));
        }
    };
    let title = survey.title.get(app.language);
    let view = view! {
        {heading(title, None)}
        <p class="lead">{survey.introduction.get(app.language)}</p>
        {about_line(app)}
        {cannot_keep_here(app)}
        <p class="panel">{words.sealed_notice}</p>
        <p class="actions"><a class="button button--main" href=app.href(first) on:click=start>{label}</a></p>
    };
    Page::new(title, view)
}

pub(super) fn about_line(app: App) -> impl IntoView {
    let about = app.feedback_about.get_untracked();
    let service = about.service.as_ref().and_then(|id| app.catalogue.service(id)).map(|service| service.name.as_str());
    let hub = about.hub.as_ref().and_then(|id| app.catalogue.hub(id)).map(|hub| hub.name.as_str());
    let line = service.map(|name| (app.words.about_service, name)).or(hub.map(|name| (app.words.where_was_it, name)));
    line.map(|(words, name)| view! { <p class="about-line">{words} " " <strong lang=app.catalogue_lang()>{name}</strong></p> })
}
