//! The survey's first page: what it is, how long it takes, and that it is anonymous.

use super::{TitledPage, heading, plain};
use crate::app::App;
use crate::browser::page::focus;
use crate::pages::messages::device::little_room;
use crate::pages::not_stored::cannot_keep_here;
use crate::pages::service_choice::offered;
use crate::route::{AboutRecord, Route};
use domain::Language;
use domain::survey::Journey;
use elements::{
    El, Signal, View, a, all, button, div, event_target_value, input, label, live, p,
    request_animation_frame, strong,
};

pub(crate) fn page(app: App, about: AboutRecord) -> TitledPage {
    if about != AboutRecord::default() {
        app.survey.about.set(about);
    }
    let (words, survey) = (app.words, app.catalogue.survey());
    let answers = app.survey.answers.get_untracked();
    let journey = Journey::of(survey, &answers);
    let (label, at) = if answers.is_empty() {
        (words.start, 0)
    } else {
        (words.go_on, journey.next.unwrap_or(journey.route.len()))
    };
    let first = journey
        .route
        .get(at)
        .map_or(Route::FeedbackCheck, |question| Route::FeedbackQuestion(question.id.clone()));
    let start = move |_| app.survey.begin();
    let begin = plain::begin("start").unwrap_or_else(|| a(app.href(first)).on("click", start));
    let actions = p()
        .class("actions")
        .put(begin.class("button button--main").put(label))
        .put(plain::language_button(app, || Route::Feedback(Default::default())));
    let tap = p().class("scripted").put(words.survey_tap);
    // Where the app never starts, a tap goes nowhere.
    #[cfg(not(target_family = "wasm"))]
    let tap = (!plain::is_plain(app)).then_some(tap);
    let title = survey.title.get(app.language);
    let view = (
        heading(title, None),
        p().class("lead").put(survey.introduction.get(app.language)),
        subject(app),
        cannot_keep_here(app),
        little_room(app),
        app.survey.why_asked(app.language).map(|why| p().put(why)),
        tap,
        p().class("panel").put(words.survey_anonymous).put(" ").put(words.sealed_notice),
        plain::with_survey(app, actions),
        results(app),
    );
    TitledPage::new(title, view)
}

/// A link to the server's page of published figures. Empty on a device that people use one after
/// the other, and while the server says that it has published none.
fn results(app: App) -> View {
    let path =
        if app.language == Language::French { "/fr/survey-results" } else { "/survey-results" };
    // The `target` makes the browser load the page from the server, instead of this app's router
    // handling the link.
    live(move || {
        let is_empty = app.role.is_public() || app.delivery.has_results.get() == Some(false);
        let link = || a(path).attr("target", "_self").class("more").put(app.words.survey_results);
        (!is_empty).then(|| p().put(link()))
    })
}

/// What the survey is about: chosen on the way here, or found by its name. It is no question of the
/// survey, so it may stay empty.
fn subject(app: App) -> View {
    let typed = Signal::new(String::new());
    let is_open = move || app.survey.about.read().service.is_none();
    let take_out = move || app.survey.about.update(|about| about.service = None);
    let remove = move || button(take_out).class("link-button").put(app.words.take_out);
    let line = live(move || {
        let is_chosen = !is_open();
        let line = about_line(app)?.id("subject").attr("tabindex", "-1");
        Some(line.put(" ").put(is_chosen.then(remove)))
    });
    let asked = typed.clone();
    let services = offered(
        app,
        app.words.subject_offered,
        move || Some(asked.get()).filter(|text| !text.trim().is_empty() && is_open()),
        |app, id| {
            app.survey.about.update(|about| about.service = Some(id.clone()));
            request_animation_frame(|| focus("#subject"));
        },
    );
    let field = live(move || {
        let typed = typed.clone();
        (is_open() && !plain::is_plain(app)).then(|| {
            div()
                .class("field")
                .written("class", "field scripted")
                .put(label().attr("for", "about").put(app.words.survey_subject))
                .put(
                    input()
                        .id("about")
                        .class("input")
                        .attr("type", "text")
                        .attr("autocomplete", "off")
                        .on("input", move |event| typed.set(event_target_value(&event))),
                )
        })
    });
    all((line, field, services))
}

pub(super) fn about_line(app: App) -> Option<El> {
    let about = app.survey.about.get_untracked();
    let service = about
        .service
        .as_ref()
        .and_then(|id| app.catalogue.service(id))
        .map(|service| (app.words.about_service, service.name.as_str()));
    let hub = about
        .hub
        .as_ref()
        .and_then(|id| app.catalogue.hub(id))
        .map(|hub| (app.words.where_was_it, hub.name.as_str()));
    service.or(hub).map(|(words, name)| {
        p().class("about-line").put(words).put(" ").put(strong().lang(app.lang_of(name)).put(name))
    })
}
