//! The survey's first page: what it is, how long it takes, and that it is anonymous.

use super::{TitledPage, heading};
use crate::app::App;
use crate::pages::messages::device::little_room;
use crate::pages::not_stored::cannot_keep_here;
use crate::route::{AboutRecord, Route};
use domain::Language;
use domain::survey::Journey;
use elements::{El, a, p, strong};

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
    let title = survey.title.get(app.language);
    let view = (
        heading(title, None),
        p().class("lead").put(survey.introduction.get(app.language)),
        about_line(app),
        cannot_keep_here(app),
        little_room(app),
        app.survey.why_asked(app.language).map(|why| p().put(why)),
        p().class("panel").put(words.survey_anonymous).put(" ").put(words.sealed_notice),
        p().class("actions")
            .put(a(app.href(first)).class("button button--main").on("click", start).put(label)),
        results(app),
    );
    TitledPage::new(title, view)
}

/// A link to the server's page of published figures. `None` on a device that people use one after
/// the other.
fn results(app: App) -> Option<El> {
    let path =
        if app.language == Language::French { "/fr/survey-results" } else { "/survey-results" };
    // The `target` makes the browser load the page from the server, instead of this app's router
    // handling the link.
    (!app.role.is_public()).then(|| {
        p().put(a(path).attr("target", "_self").class("more").put(app.words.survey_results))
    })
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
